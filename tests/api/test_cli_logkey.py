"""The log's key is rotated at the prompt, by an operator and a registrar; a client follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from ledger.note import parse_note
from tests.api.cli_runner import Ran
from tests.api.cli_town import ORIGIN, REGISTRAR, Desk
from tests.api.fake_api import fake_api
from tests.api.running import running

pytestmark = pytest.mark.thorough


class Office(Desk):
    """A registrar's desk whose ledger can be served, stopped and served again."""

    folder: Path
    persons = 0

    @contextmanager
    def serving(self) -> Iterator[str]:
        with running(Settings(data=self.folder)) as url:
            self.url = self.env["PLEDGER_SERVER"] = url
            yield url

    @property
    def trusted(self) -> Path:
        return self.home / "pledger" / "trust.json"

    def say_something(self) -> Path:
        """A signed event that is new each time."""
        self.persons += 1
        data = {"person": f"p-{self.persons + 10}", "name": "Особа"}
        ran, path = self.draft("person.registered", "root", data, REGISTRAR)
        assert ran.code == 0, ran
        self.ok("sign", path, "--key", self.key("registrar"), "--out", path)
        return path

    def prepare(self) -> str:
        ran = self.ok("logkey", "prepare", self.folder)
        (log_key,) = [row.removeprefix("log_key: ") for row in ran.out.splitlines() if row[:4] == "log_"]
        return log_key

    def write_rotation(self, log_key: str) -> tuple[Ran, Path]:
        out = self.home / "rotation.json"
        return self.run("logkey", "rotate", log_key, "--registrar", "p-1", "--out", out), out

    def rotate(self, log_key: str) -> None:
        ran, path = self.write_rotation(log_key)
        assert ran.code == 0, ran
        self.ok("draft", path, "--out", path)
        self.sign_and_submit(path)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr("ledger.keyfile.ROUNDS", 0x010001)
    made = Office(tmp_path)
    made.folder = made.open()
    made.trusted.parent.mkdir()
    made.trusted.write_text((made.home / "auditor.json").read_text(encoding="utf8"), encoding="utf8")
    return made


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf8"))


def checkpoint_ids(url: str) -> list[str]:
    """The key ids under the newest checkpoint."""
    text = httpx.get(f"{url}/v1/checkpoint", trust_env=False).text
    return [one.key_id.hex() for one in parse_note(text).signatures]


def id_of(log_key: str) -> str:
    return log_key.split("+")[1]


def test_a_log_key_is_rotated_and_the_client_follows_by_evidence(office: Office) -> None:
    old = read(office.trusted)["log_key"]
    with office.serving() as url:
        new = office.prepare()
        assert checkpoint_ids(url) == [id_of(old)]
        early, out = office.write_rotation(new)
        assert early.code == 1
        assert "restart" in early.err
        assert not out.exists()
    with office.serving() as url:
        assert checkpoint_ids(url) == [id_of(old), id_of(new)]
        office.rotate(new)
        assert httpx.get(f"{url}/v1", trust_env=False).json()["log_key"] == new
        assert httpx.get(f"{url}/readyz", trust_env=False).is_success
        office.ok("submit", office.say_something())
        event = office.say_something()
        running_still = office.run("logkey", "retire", office.folder)
        assert running_still.code == 3
        assert "stop it first" in running_still.err
    retired = office.ok("logkey", "retire", office.folder)
    assert f"log-key.old-{id_of(old)}.pem" in retired.err
    with office.serving() as url:
        assert checkpoint_ids(url) == [id_of(new)]
        refused = office.run("submit", event)
        assert refused.code == 1
        assert "NOT confirmed" in refused.err
        assert "pledger trust URL --follow" in refused.err
        other = office.run("trust", url)
        assert other.code == 1
        assert f"pledger trust {url} --follow" in other.err
        assert read(office.trusted)["log_key"] == old
        followed = office.ok("trust", url, "--follow")
        assert "signed by p-1" in followed.err
        assert read(office.trusted) == read(office.home / "auditor.json") | {"log_key": new}
        assert read(office.trusted.with_name(f"trust.{id_of(old)}.json"))["log_key"] == old
        office.ok("submit", event)
        assert "nothing to follow" in office.ok("trust", url, "--follow").err
        assert "first use" not in office.ok("trust", url).err


def test_clients_of_either_key_are_served_while_keys_overlap(office: Office) -> None:
    old = read(office.trusted)
    new = office.prepare()
    with office.serving() as url:
        office.rotate(new)
        event = office.say_something()
        office.ok("submit", event)
        office.ok("trust", url, "--follow")
        assert read(office.trusted)["log_key"] == new
        office.ok("submit", event)
        first_use = office.home / "fresh.json"
        office.ok("trust", url, "--out", first_use)
        assert read(first_use) == old | {"log_key": new}
        office.ok("submit", event, "--trust", first_use)


def test_a_client_that_missed_two_rotations_follows_both(office: Office) -> None:
    for _ in range(2):
        new = office.prepare()
        with office.serving() as url:
            # Whoever makes the event must trust the key in force.
            office.ok("trust", url, "--follow")
            office.rotate(new)
        office.ok("logkey", "retire", office.folder)
    office.trusted.write_text((office.home / "auditor.json").read_text(encoding="utf8"), encoding="utf8")
    with office.serving() as url:
        ran = office.ok("trust", url, "--follow")
        assert ran.err.count("→") == 2
        assert read(office.trusted)["log_key"] == new


def test_a_server_without_evidence_moves_no_trust(office: Office) -> None:
    before = office.trusted.read_bytes()
    new = office.prepare()
    with office.serving() as url:
        office.rotate(new)
        receipts = [office.home / "rotation.receipt.json"]
    office.ok("logkey", "retire", office.folder)
    with office.serving() as url:
        note = httpx.get(f"{url}/v1/checkpoint", trust_env=False).content
    assert receipts[0].exists()
    answers: dict[tuple[str, str], Any] = {
        ("GET", "/v1"): (200, {"position": 2}),
        ("GET", "/v1/events"): (200, {"items": [], "next": None}),
        ("GET", "/v1/checkpoint"): (200, note),
        ("GET", "/v1/keys"): (200, {"items": [], "next": None}),
    }
    with fake_api(answers) as url:
        ran = office.run("trust", url, "--follow")
    assert ran.code == 1
    assert "no evidence" in ran.err
    assert office.trusted.read_bytes() == before


@pytest.mark.parametrize("answer", [(404, b"no"), (200, b"\xff\xfe"), (200, b"")])
def test_what_is_no_checkpoint_is_not_taken(office: Office, answer: tuple[int, bytes]) -> None:
    log_key = read(office.trusted)["log_key"]
    with fake_api({("GET", "/v1/checkpoint"): answer}) as url:
        office.env["PLEDGER_SERVER"] = url
        ran, out = office.write_rotation(log_key)
    assert ran.code in (1, 3)
    assert not out.exists()


def test_no_key_is_prepared_where_there_is_one_or_no_ledger(office: Office) -> None:
    office.prepare()
    assert office.run("logkey", "prepare", office.folder).code == 3
    assert office.run("logkey", "prepare", office.home).code == 3
    assert office.run("logkey", "retire", office.home).code == 3
    early = office.run("logkey", "retire", office.folder)
    assert early.code == 3
    assert "registrars" in early.err
    assert ORIGIN in early.err


def test_without_a_trust_file_there_is_nothing_to_follow(office: Office) -> None:
    office.trusted.unlink()
    with office.serving() as url:
        assert office.run("trust", url, "--follow").code == 3
    assert not office.trusted.exists()
