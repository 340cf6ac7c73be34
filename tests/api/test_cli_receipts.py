"""A server that lies: whatever it answers, "recorded" is said only of what is proved."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ledger.envelope import envelope_json, parse_envelope
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.fake_api import fake_api
from tests.support.people import FINANCIER, SECRETARY
from tests.support.town import PROGRAMME, TestLedger, lines

__all__ = ["prompt"]
Members = dict[str, Any]


class Truth(NamedTuple):
    """What a ledger took: an envelope, its receipt and another event's, and whom to trust."""

    envelope: Members
    receipt: Members
    other: Members
    trust: Members


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    with TestLedger.with_programme(tmp_path_factory.mktemp("town")) as town:
        envelope = town.envelope("financing.changed", PROGRAMME, lines("150.00"))
        receipt = town.submit_all([envelope])[0].to_json()
        other = town.submit("financing.changed", PROGRAMME, lines("160.00")).to_json()
        return Truth(envelope_json(envelope), receipt, other, town.name | {"log_key": town.log_key})


class Submitted:
    """A signed event in a file, the true receipt of it, and the keys as the API lists them."""

    def __init__(self, prompt: Prompt, truth: Truth) -> None:
        self.prompt, self.receipt, self.other = prompt, truth.receipt, truth.other
        self.file = prompt.write("event.json", truth.envelope)
        self.trust = prompt.write("trust.json", truth.trust)
        self.name = {name: truth.trust[name] for name in ("origin", "genesis")}
        self.keys: list[Members] = [{"jwk": one.key.public.to_jwk()} for one in (FINANCIER, SECRETARY)]

    def submit(self, receipt: Any, *, keys: list[Members] | None = None, status: int = 201) -> Ran:
        """Submit the file to a server that answers with this receipt."""
        listed = {"items": self.keys if keys is None else keys, "next": None}
        answers = {
            ("POST", "/v1/events"): (status, receipt),
            ("GET", "/v1/keys"): (200, listed),
            ("GET", "/v1"): (200, {"position": 20, **self.name}),
            ("GET", "/v1/checkpoint"): (200, self.receipt["checkpoint"].encode()),
        }
        with fake_api(answers) as url:
            return self.prompt.run("submit", self.file, "--server", url, "--trust", self.trust)

    @property
    def kept(self) -> Path:
        return self.file.with_name("event.receipt.json")


@pytest.fixture
def submitted(prompt: Prompt, truth: Truth) -> Submitted:
    return Submitted(prompt, truth)


def test_a_true_receipt_is_kept_and_the_event_is_said_to_be_recorded(submitted: Submitted) -> None:
    ran = submitted.submit(submitted.receipt)
    assert ran.code == 0
    assert ran.out.startswith(f"recorded № {submitted.receipt['index'] + 1} ")
    assert submitted.kept.exists()


def _flipped(text: str) -> str:
    raw = bytearray(b64decode(text))
    raw[-1] ^= 1
    return b64encode(raw).decode()


FORGERIES: dict[str, Callable[[Submitted], Any]] = {
    "another event's receipt": lambda s: s.other,
    "another index": lambda s: s.receipt | {"index": s.receipt["index"] + 1},
    "another time": lambda s: s.receipt | {"recorded_at": "2020-01-01T00:00:00.000000Z"},
    "another entry": lambda s: s.receipt | {"entry": s.other["entry"]},
    "a proof that does not lead to the root": lambda s: (
        s.receipt | {"proof": [_flipped(s.receipt["proof"][0]), *s.receipt["proof"][1:]]}
    ),
    "no proof": lambda s: s.receipt | {"proof": []},
    "a checkpoint that nobody signed": lambda s: (
        s.receipt | {"checkpoint": s.receipt["checkpoint"].partition("\n\n")[0] + "\n\n"}
    ),
    "a changed checkpoint": lambda s: (
        s.receipt | {"checkpoint": s.receipt["checkpoint"].replace("town.example", "city.example")}
    ),
    "another leaf hash": lambda s: s.receipt | {"leaf_hash": _flipped(s.receipt["leaf_hash"])},
    "a receipt without its entry": lambda s: {k: v for k, v in s.receipt.items() if k != "entry"},
    "no receipt at all": lambda s: {},
    "numbers for names": lambda s: s.receipt | {"index": None, "entry": 7},
}


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_a_forged_receipt_is_not_accepted(submitted: Submitted, forgery: str) -> None:
    ran = submitted.submit(FORGERIES[forgery](submitted))
    assert ran.code == 1, ran
    assert "recorded №" not in ran.out
    assert not submitted.kept.exists()


def test_a_receipt_of_another_log_key_is_not_accepted(submitted: Submitted, tmp_path: Path) -> None:
    with TestLedger(tmp_path / "other") as other:
        trust = {"origin": "town.example/pledger", "genesis": "0" * 64, "log_key": other.log_key}
    submitted.trust = submitted.prompt.write("other.json", trust)
    assert submitted.submit(submitted.receipt).code == 1


def test_a_receipt_of_another_ledger_is_not_accepted(submitted: Submitted) -> None:
    other = _read(submitted.trust) | {"genesis": "0" * 64}
    submitted.trust = submitted.prompt.write("other.json", other)
    assert submitted.submit(submitted.receipt).code == 1


def _read(path: Path) -> Members:
    members: Members = json.loads(path.read_text(encoding="utf8"))
    return members


def test_keys_that_do_not_hash_to_their_kid_are_not_taken(submitted: Submitted) -> None:
    strangers = [{"kid": SECRETARY.key.public.kid, "jwk": FINANCIER.key.public.to_jwk()}]
    ran = submitted.submit(submitted.receipt, keys=strangers)
    assert ran.code == 1
    assert SECRETARY.key.public.kid in ran.err


@pytest.mark.parametrize("status", [200, 301, 500])
def test_what_is_no_answer_of_pledger_is_no_answer(submitted: Submitted, status: int) -> None:
    ran = submitted.submit(b"<html>fine</html>", status=status)
    assert ran.code == 3
    assert not submitted.kept.exists()


def test_a_refusal_is_told_in_words_with_its_place(submitted: Submitted) -> None:
    problem = {
        "type": "urn:pledger:problem:no-mandate",
        "status": 403,
        "title": "No mandate",
        "message": {"uk": "Повноважень немає", "en": "No mandate that day"},
        "errors": [{"pointer": "/signers/0/office", "got": "council-secretary"}],
    }
    ran = submitted.submit(problem, status=403)
    assert ran.code == 1
    assert "No mandate that day [no-mandate]" in ran.err
    assert "/signers/0/office" in ran.err


def test_without_a_trust_file_nothing_is_sent(submitted: Submitted) -> None:
    ran = submitted.prompt.run("submit", submitted.file, "--server", "http://127.0.0.1:9")
    assert ran.code == 3
    assert "trust" in ran.err


def test_an_unsigned_payload_is_not_sent(submitted: Submitted) -> None:
    payload = parse_envelope(_read(submitted.file)).payload
    submitted.file.write_bytes(payload)
    ran = submitted.submit(submitted.receipt)
    assert ran.code == 3
    assert "not signed" in ran.err
