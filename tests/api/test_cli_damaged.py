"""Files that somebody damaged: whatever is in them, people are told in sentences, and nothing falls over."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.texts.details import PROGRAM, QUOTED
from ledger.receipt import read_receipt
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.support.people import FINANCIER
from tests.support.service import authority
from tests.support.town import PROGRAMME, TestLedger, lines
from tests.tampering.story import POLICY, told

__all__ = ["prompt"]
pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # files are damaged
Members = dict[str, Any]

HUGE = 10**400
WRONG: list[Any] = [None, 1.5, "x", [], {"a": 1}, HUGE, float("nan")]
RAW = {
    "empty": b"",
    "zeros": bytes(100),
    "binary": bytes(range(256)),
    "truncated": b'{"entry": "e30=',
    "half a letter": '{"a":"\u0456'.encode()[:-1],
    "not UTF-8": b"\xff\xfe{}",
    "a list": b"[1]",
    "null": b"null",
    "nothing in it": b"{}",
    "not a number": b'{"entry":NaN,"checkpoint":Infinity}',
    "too long a number": b'{"entry":' + b"9" * 5000 + b"}",
    "two of them": b"{}{}",
    "a name twice": b'{"entry":"","entry":""}',
    "too deep": b"[" * 5000,
    "with a byte order mark": b"\xef\xbb\xbf{}",
}


def check(ran: Ran, codes: tuple[int, ...] = (1, 3)) -> None:
    """It did not hold, and it was said in words that are no program's."""
    shown = ran.out + ran.err
    assert ran.code in codes, shown
    assert shown.strip()
    assert not PROGRAM.search(QUOTED.sub("''", shown)), shown  # what is quoted stood in the file
    assert "0000000000" * 20 not in shown, "a number without end"
    for line in shown.splitlines():
        assert not line.rstrip().endswith(("'event'", "'index'", "'origin'", "'genesis'", "'payload'")), line


def damaged(members: Members) -> Iterator[tuple[str, str]]:
    """Each member missing, and of each wrong kind."""
    for name in members:
        yield f"no {name}", json.dumps({other: members[other] for other in members if other != name})
        for wrong in WRONG:
            if wrong != members[name]:
                yield f"{name}: {str(wrong)[:20]}", json.dumps(members | {name: wrong})


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> tuple[Members, Members]:
    """A receipt with its keys, and a trust file."""
    with TestLedger.with_programme(tmp_path_factory.mktemp("town")) as town:
        receipt = town.submit("financing.changed", PROGRAMME, lines("150.00"))
        trust = town.name | {"log_key": town.log_key, "policy": POLICY}
        trust |= {"tsa": [root.decode() for root in authority().roots]}
        return {**receipt.to_json(), "keys": [FINANCIER.key.public.to_jwk()]}, trust


class Desk:
    """A person with a receipt and a trust file, each of which may be damaged."""

    def __init__(self, prompt: Prompt, truth: tuple[Members, Members]) -> None:
        self.prompt = prompt
        self.members, self.trusted = truth
        self.receipt = prompt.write("x.receipt.json", self.members)
        self.trust = prompt.write("trust.json", self.trusted)

    def run(self, *words: object, language: str = "en") -> Ran:
        return self.prompt.run(*words, "--trust", self.trust, "--lang", language)


@pytest.fixture
def desk(prompt: Prompt, truth: tuple[Members, Members]) -> Desk:
    return Desk(prompt, truth)


@pytest.mark.parametrize("name", ["event", "index", "version", "entry", "leaf_hash", "proof", "checkpoint"])
def test_a_receipt_with_a_damaged_member(desk: Desk, name: str) -> None:
    for _, text in damaged({name: desk.members[name]}):
        left = {one: value for one, value in desk.members.items() if one != name}
        desk.receipt.write_text(json.dumps(left | json.loads(text)))
        check(desk.run("receipt", "check", desk.receipt, "--json"))


@pytest.mark.parametrize("name", ["envelope", "genesis", "index", "recorded_at", "stream", "v", "version"])
def test_a_receipt_whose_entry_has_a_damaged_member(desk: Desk, name: str) -> None:
    entry = json.loads(b64decode(desk.members["entry"]))
    inner = entry["envelope"]
    texts = [json.dumps({**entry, **json.loads(text)}) for _, text in damaged({name: entry[name]})]
    if name == "envelope":
        texts += [json.dumps(entry | {"envelope": json.loads(text)}) for _, text in damaged(inner)]
    for text in texts:
        members = desk.members | {"entry": b64encode(text.encode()).decode()}
        desk.receipt.write_text(json.dumps(members))
        check(desk.run("receipt", "check", desk.receipt), codes=(1,))


@pytest.mark.parametrize("raw", RAW)
def test_a_file_that_is_something_else(desk: Desk, raw: str) -> None:
    language = "uk" if len(raw) % 2 else "en"
    kept = {name: desk.prompt.home / name for name in ("y.receipt.json", "y.refusal.json", "y.bin")}
    for file in kept.values():
        file.write_bytes(RAW[raw])
        check(desk.run("verify", file, language=language), codes=(3,))
    check(desk.run("receipt", "check", kept["y.bin"], language=language), codes=(3,))
    proof = desk.prompt.home / "x.tlog-proof"
    proof.write_bytes(b"c2sp.org/tlog-proof@v1\n" + RAW[raw])
    check(desk.run("receipt", "check", proof, "--entry", desk.receipt, language=language), codes=(3,))
    proof.write_text(read_receipt(desk.members).to_tlog_proof())
    check(desk.run("receipt", "check", proof, "--entry", kept["y.bin"], language=language), codes=(3,))


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize("option", ["--trust", "--checkpoint", "--policy", "--tsa"])
def test_what_a_verifier_gives_of_its_own(desk: Desk, tmp_path: Path, raw: str, option: str) -> None:
    file = tmp_path / "given"
    file.write_bytes(RAW[raw])
    if option == "--trust":
        desk.trust = file
        ran = desk.run("verify", desk.receipt)
    else:
        ran = desk.run("verify", told().town.path, option, file)
    check(ran, codes=(3,))
    assert str(file) in ran.err


@pytest.mark.parametrize("name", ["origin", "genesis", "log_key", "policy", "tsa"])
def test_a_trust_file_with_a_damaged_member(desk: Desk, name: str) -> None:
    allowed = {
        "policy": ("no policy", "policy: None"),
        "tsa": ("no tsa", "tsa: []"),
    }  # they need not be there
    for what, text in damaged({name: desk.trusted[name]}):
        left = {one: value for one, value in desk.trusted.items() if one != name}
        desk.trust.write_text(json.dumps(left | json.loads(text)))
        if what not in allowed.get(name, ()):
            check(desk.run("receipt", "check", desk.receipt), codes=(3,))


def test_a_refusal_with_a_damaged_member(desk: Desk) -> None:
    refusal: Members = {"payload": "e30", "signatures": []}
    file = desk.prompt.home / "z.refusal.json"
    texts = [text for _, text in damaged({"refusal": refusal, "keys": []})]
    texts += [json.dumps({"refusal": json.loads(text)}) for _, text in damaged(refusal)]
    for text in texts:
        file.write_text(text)
        check(desk.run("receipt", "check", file), codes=(3,))


@pytest.mark.parametrize("size", [16, 100, 5000, -1])
def test_a_ledger_file_that_was_cut(desk: Desk, tmp_path: Path, size: int) -> None:
    ledger = Path(shutil.copytree(told().town.path, tmp_path / "ledger"))
    whole = (ledger / "ledger.db").read_bytes()
    (ledger / "ledger.db").write_bytes(whole[: size if size > 0 else len(whole) // 2])
    check(desk.run("verify", ledger))
    check(desk.run("verify", ledger, language="uk"))
