"""The trust file may name witnesses and time-stamping authorities, which no server gives (docs/proof.md)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from api.cli.files import Unreadable
from api.cli.trusted import find_trust, read_trust
from api.settings import Settings
from api.texts.details import PROGRAM
from tests.api.cli_runner import Prompt, prompt
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.support.heads import GENESIS, ORIGIN, signer_of
from tests.support.town import TestLedger

__all__ = ["prompt"]
POLICY = "quorum none\n"
PLAIN = {"origin": ORIGIN, "genesis": GENESIS, "log_key": str(signer_of().key)}


def certificate(name: str) -> str:
    """A certificate of an authority, PEM."""
    key = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    days = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 7, *days).sign(key, None)
    return made.public_bytes(Encoding.PEM).decode()


def test_witnesses_and_authorities_are_put_in_by_hand_and_kept(
    prompt: Prompt, model_town: TestLedger, tmp_path: Path
) -> None:
    out = prompt.home / "trust.json"
    policy, one, two = (prompt.home / name for name in ("policy", "1.pem", "2.pem"))
    policy.write_text(POLICY, encoding="utf8")
    for path in (one, two):
        path.write_text(certificate(path.name), encoding="utf8")
    TestLedger.copy_of(model_town, tmp_path / "town").close()
    with running(Settings(data=tmp_path / "town")) as url:
        prompt.ok("trust", url, "--out", out)
        assert json.loads(out.read_bytes()) == model_town.name | {"log_key": model_town.log_key}
        prompt.ok("trust", url, "--out", out, "--policy", policy, "--tsa", one, "--tsa", two)
        put_in = out.read_bytes()
        assert json.loads(put_in)["policy"] == POLICY
        assert json.loads(put_in)["tsa"] == [certificate("1.pem"), certificate("2.pem")]
        prompt.ok("trust", url, "--out", out)
        prompt.ok("trust", url, "--out", out, "--follow")
        assert out.read_bytes() == put_in
        prompt.ok("trust", url, "--out", out, "--follow", "--tsa", two)
    trusted = read_trust(out)
    assert (trusted.policy, trusted.tsa) == (POLICY, (certificate("2.pem"),))


@pytest.mark.parametrize(
    "members",
    [
        {"policy": 7},
        {"policy": ["quorum none"]},
        {"policy": "quorum nobody\n"},
        {"tsa": certificate("1")},
        {"tsa": [7]},
        {"tsa": ["no certificate"]},
        {"tsa": [certificate("1") + certificate("2")]},
        {"genesis": "ab"},
        {"origin": "city.example/pledger"},
    ],
    ids=str,
)
def test_a_trust_file_with_anything_else_is_none(prompt: Prompt, members: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        read_trust(prompt.write("trust.json", PLAIN | members))


def test_a_trust_file_without_witnesses_and_authorities_names_none(prompt: Prompt) -> None:
    trusted = read_trust(prompt.write("trust.json", PLAIN))
    assert (trusted.policy, trusted.tsa, trusted.to_json()) == (None, (), PLAIN)


def test_the_trust_file_of_the_environment_is_found(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(prompt.home))
    monkeypatch.delenv("PLEDGER_TRUST", raising=False)
    assert find_trust(None) is None
    monkeypatch.setenv("PLEDGER_TRUST", str(prompt.write("elsewhere.json", PLAIN)))
    found = find_trust(None)
    assert found is not None
    assert found.to_json() == PLAIN
    monkeypatch.setenv("PLEDGER_TRUST", str(prompt.home / "absent.json"))
    with pytest.raises(Unreadable):
        find_trust(None)


@pytest.mark.parametrize("name", ["origin", "genesis", "log_key"])
@pytest.mark.parametrize("wrong", ["gone", None, 7, [], {}, "x"])
def test_a_server_that_does_not_say_which_ledger_it_holds_is_not_believed(
    prompt: Prompt, name: str, wrong: Any
) -> None:
    """It is told in words of ours which member it is about, and nothing is written."""
    said = {one: value for one, value in (PLAIN | {name: wrong}).items() if value != "gone"}
    with fake_api({("GET", "/v1"): (200, said)}) as url:
        ran = prompt.run("trust", url, "--out", prompt.home / "new.json")
    assert ran.code == 3
    assert not PROGRAM.search(ran.err)
    assert not ran.err.rstrip().endswith("'")
    assert not (prompt.home / "new.json").exists()
