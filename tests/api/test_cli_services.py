"""`pledger service prepare`: from a ledger without a service key to one whose refusals are signed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.keys import PublicKey
from ledger.service import Ledger
from tests.api.cli_town import REGISTRAR
from tests.api.test_cli_logkey import Office, office

__all__ = ["office"]


def enrol(office: Office) -> str:
    """Prepare the key, and have it enrolled; what `prepare` printed."""
    event = office.home / "service.json"
    told = office.ok("service", "prepare", office.folder, "--registrar", "p-1", "--out", event)
    office.ok("draft", event, "--out", event)
    office.sign_and_submit(event)
    return told.out


def same_person_twice(office: Office) -> list[Path]:
    """Two signed events, of which the one that comes second is refused."""
    made = []
    for _ in range(2):
        ran, path = office.draft("person.registered", "root", {"person": "p-9", "name": "Особа"}, REGISTRAR)
        assert ran.code == 0, ran
        office.ok("sign", path, "--key", office.key("registrar"), "--out", path)
        made.append(path)
    return made


def test_what_is_prepared_and_submitted_signs_refusals_after_a_restart(office: Office) -> None:
    with office.serving():
        told = enrol(office)
    with Ledger(office.folder) as ledger:
        assert ledger.service is not None
        kid = ledger.service[0].public.kid
    assert f"kid: {kid}" in told
    assert (office.folder / "service-key.pem").stat().st_mode & 0o777 == 0o600
    with office.serving():
        first, second = same_person_twice(office)
        office.ok("submit", first)
        ran = office.run("submit", second)
    assert ran.code == 1
    assert "person-exists" in ran.err
    kept = json.loads(second.with_name(f"{second.stem}.refusal.json").read_text())
    assert PublicKey.from_jwk(kept["keys"][0]).kid == kid
    assert not first.with_name(f"{first.stem}.refusal.json").exists()


def test_prepare_writes_the_same_key_again_and_needs_a_ledger(office: Office, tmp_path: Path) -> None:
    out = office.home / "service.json"
    told = [
        office.ok("service", "prepare", office.folder, "--registrar", "p-1", "--out", out).out
        for _ in range(2)
    ]
    assert told[0] == told[1]
    payload = json.loads(out.read_text())
    assert (payload["kind"], payload["data"]["service"]) == ("service_key.enrolled", "service")
    ran = office.run("service", "prepare", tmp_path / "nowhere", "--registrar", "p-1", "--out", out)
    assert ran.code == 3
    assert "pledger init" in ran.err


@pytest.mark.parametrize("lacking", ["--registrar", "--out"])
def test_prepare_asks_who_signs_and_where_to(office: Office, lacking: str) -> None:
    options = {"--registrar": "p-1", "--out": office.home / "service.json"}
    given = [word for name, value in options.items() if name != lacking for word in (name, value)]
    assert office.run("service", "prepare", office.folder, *given).code == 2
    assert not (office.folder / "service-key.pem").exists()
