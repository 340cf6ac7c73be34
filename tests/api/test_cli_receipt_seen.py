"""A receipt held against every checkpoint that was seen before: another root of one size is a fork."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.note import Ed25519Signer, sign_note
from ledger.receipt import read_receipt
from ledger.remembering import Heads
from ledger.seen import Log
from ledger.signer import generate_key, load_key
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.support.people import FINANCIER
from tests.support.town import PROGRAMME, TestLedger, lines
from tests.support.witnessing import cosigner

__all__ = ["prompt"]
Members = dict[str, Any]
OTHER_ROOT = bytes(range(32))
COMMANDS = {"verify": ("verify",), "receipt check": ("receipt", "check")}


@dataclass(frozen=True, slots=True)
class Truth:
    """A receipt with its keys, whom to trust, and the log's own key, which may sign two histories."""

    receipt: Members
    trust: Members
    signer: Ed25519Signer

    @property
    def size(self) -> int:
        return int(self.receipt["index"]) + 1

    @property
    def log(self) -> Log:
        return Log(self.trust["origin"], self.trust["genesis"], self.trust["log_key"])

    def note(self, size: int, root: bytes = OTHER_ROOT, by: Ed25519Signer | None = None) -> str:
        said = Checkpoint(self.trust["origin"], size, root)
        return sign_note(format_checkpoint(said), [by or self.signer])


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    with TestLedger.with_programme(tmp_path_factory.mktemp("town")) as town:
        receipt = town.submit("financing.changed", PROGRAMME, lines("150.00"), by=FINANCIER)
        signer = Ed25519Signer(town.name["origin"], load_key(town.path / "log-key.pem"))
        keys = [FINANCIER.key.public.to_jwk()]
        return Truth({**receipt.to_json(), "keys": keys}, town.name | {"log_key": town.log_key}, signer)


class Holder:
    """A person with a receipt, a trust file, and a memory of heads beside it."""

    def __init__(self, prompt: Prompt, truth: Truth) -> None:
        self.prompt, self.truth = prompt, truth
        self.receipt = prompt.write("event.receipt.json", truth.receipt)
        self.trust = prompt.write("trust.json", truth.trust)
        self.heads = prompt.home / "heads"

    def remember(self, note: str) -> None:
        Heads(self.heads).join(self.truth.log, note, lambda *_: [])

    def file(self, text: str, name: str = "seen.checkpoint") -> Path:
        path = self.prompt.home / name
        path.write_text(text, encoding="utf8")
        return path

    def run(self, command: str, *how: object, trust: bool = True) -> Ran:
        more = ("--trust", self.trust) if trust else ()
        return self.prompt.run(*COMMANDS[command], self.receipt, *how, *more)

    def evidence(self) -> list[Members]:
        return [json.loads(path.read_bytes()) for path in sorted(self.heads.glob("*.fork-*.json"))]


@pytest.fixture
def holder(prompt: Prompt, truth: Truth) -> Holder:
    return Holder(prompt, truth)


def row(ran: Ran, name: str = "remembered") -> Members:
    (found,) = [one for one in ran.json["checks"] if one["check"] == name]
    return dict(found)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_receipt_of_another_history_than_is_remembered_fails_and_both_heads_are_kept(
    holder: Holder, truth: Truth, command: str, language: str
) -> None:
    other = truth.note(truth.size)
    holder.remember(other)
    ran = holder.run(command, "--lang", language)
    assert ran.code == 1, ran
    assert ran.out.splitlines()[-1].startswith({"uk": "НЕ СХОДИТЬСЯ", "en": "FAILED"}[language])
    own_root = read_receipt(truth.receipt).checkpoint.split("\n")[2]
    for root in (OTHER_ROOT.hex(), b64decode(own_root).hex()):
        assert root in ran.out
        assert root in ran.err
    (kept,) = holder.evidence()
    assert (kept["remembered"]["note"], kept["shown"]["note"]) == (other, truth.receipt["checkpoint"])
    assert str(next(holder.heads.glob("*.fork-1.json"))) in ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_receipt_of_another_history_than_was_given_fails_and_both_heads_are_kept(
    holder: Holder, truth: Truth, command: str
) -> None:
    holder.remember(truth.receipt["checkpoint"])
    other = truth.note(truth.size)
    ran = holder.run(command, "--checkpoint", holder.file(other), "--json")
    assert (ran.code, ran.json["verdict"]) == (1, "failed")
    assert row(ran)["faults"][0]["code"] == "forked"
    assert OTHER_ROOT.hex() in row(ran)["faults"][0]["words"]["uk"]
    assert holder.evidence()[0]["remembered"]["note"] == other


def test_the_same_two_heads_are_kept_once_and_nothing_new_is_remembered(holder: Holder, truth: Truth) -> None:
    other = truth.note(truth.size)
    given = holder.file(other)
    for _ in range(2):
        assert holder.run("verify", "--checkpoint", given).code == 1
    assert len(holder.evidence()) == 1
    assert Heads(holder.heads).remembered(truth.log) is None


@pytest.mark.parametrize("command", COMMANDS)
def test_the_head_that_was_seen_is_the_receipts_own(holder: Holder, truth: Truth, command: str) -> None:
    holder.remember(truth.receipt["checkpoint"])
    ran = holder.run(command, "--checkpoint", holder.file(truth.receipt["checkpoint"]), "--json")
    assert (ran.code, row(ran)["status"]) == (0, "ok")
    assert "compared" not in ran.json["words"]["en"]
    assert holder.evidence() == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("more", [-1, 1])
def test_a_head_of_another_size_is_not_compared_and_the_verdict_says_so(
    holder: Holder, truth: Truth, command: str, more: int
) -> None:
    ran = holder.run(command, "--checkpoint", holder.file(truth.note(truth.size + more)), "--json")
    assert ran.code == 0
    found = row(ran)
    assert (found["status"], found["reason"]) == ("warning", "not-compared")
    assert found["facts"] == {"remembered": truth.size + more, "size": truth.size}
    said = f"NOT compared with what was seen before ({truth.size + more} entries)"
    assert said in ran.json["words"]["en"]
    holder.remember(truth.note(truth.size + more))
    for language, words in (("en", "NOT compared with"), ("uk", "НЕ порівняно з тим")):
        shown = holder.run(command, "--lang", language)
        assert shown.code == 0
        assert words in shown.out.splitlines()[-1]


def test_one_fork_among_several_heads_is_enough(holder: Holder, truth: Truth) -> None:
    holder.remember(truth.note(truth.size + 1))
    same = holder.file(truth.receipt["checkpoint"], "same")
    other = holder.file(truth.note(truth.size), "other")
    ran = holder.run("verify", "--checkpoint", same, "--checkpoint", other)
    assert (ran.code, len(holder.evidence())) == (1, 1)


def test_with_nothing_seen_before_that_is_said_and_nothing_is_written(holder: Holder) -> None:
    ran = holder.run("verify", "--json")
    assert (ran.code, row(ran)["status"], row(ran)["reason"]) == (0, "skipped", "nothing-remembered")
    assert not holder.heads.exists()


def test_a_head_that_no_key_of_the_log_signed_is_not_passed_over(
    holder: Holder, truth: Truth, tmp_path: Path
) -> None:
    generate_key(tmp_path / "key.pem")
    stranger = Ed25519Signer(truth.trust["origin"], load_key(tmp_path / "key.pem"))
    given = holder.file(truth.note(truth.size, by=stranger))
    ran = holder.run("receipt check", "--checkpoint", given, "--json")
    assert (ran.code, row(ran)["faults"][0]["code"]) == (1, "note-unsigned")


def test_a_memory_of_before_the_key_was_rotated_is_compared_too(
    holder: Holder, truth: Truth, tmp_path: Path
) -> None:
    """It is believed by the key of then, which stands in it."""
    generate_key(tmp_path / "old.pem")
    old = Ed25519Signer(truth.trust["origin"], load_key(tmp_path / "old.pem"))
    log = Log(truth.log.origin, truth.log.genesis, str(old.key))
    Heads(holder.heads).join(log, truth.note(truth.size, by=old), lambda *_: [])
    ran = holder.run("verify", "--json")
    assert (ran.code, row(ran)["faults"][0]["code"]) == (1, "forked")
    assert len(holder.evidence()) == 1


def test_a_damaged_memory_is_believed_by_nobody(holder: Holder, truth: Truth) -> None:
    holder.heads.mkdir()
    (holder.heads / f"{truth.log.genesis}.json").write_text("{")
    assert holder.run("verify").code == 3


# -- options -------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--checkpoint", "--policy"])
def test_an_option_file_that_is_none_cannot_be_read(holder: Holder, command: str, option: str) -> None:
    for path in (holder.file("rubbish"), holder.prompt.home / "nowhere"):
        ran = holder.run(command, option, path)
        assert (ran.code, ran.out) == (3, ""), ran
        assert ran.err.startswith("cannot read: ")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--checkpoint", "--policy"])
def test_what_only_a_trust_file_can_use_needs_one(holder: Holder, command: str, option: str) -> None:
    ran = holder.run(command, option, holder.file("rubbish"), trust=False)
    assert (ran.code, "--trust" in ran.err) == (2, True)


@pytest.mark.parametrize(("language", "word"), [("uk", "позначок часу"), ("en", "time stamps")])
def test_a_receipt_has_no_stamps_to_be_judged_by_an_authority(
    holder: Holder, language: str, word: str
) -> None:
    words = (*COMMANDS["verify"], holder.receipt, "--tsa", holder.file("x"), "--trust", holder.trust)
    ran = holder.prompt.run(*words, PLEDGER_LANG=language)
    assert (ran.code, ran.out) == (2, "")
    assert word in " ".join(ran.err.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_witnesses_of_ones_own_stand_in_the_place_of_the_trust_files(
    holder: Holder, truth: Truth, command: str
) -> None:
    asked = f"witness w1 {cosigner('w1.example').key}\nquorum w1\n"
    holder.trust = holder.prompt.write("trust.json", truth.trust | {"policy": "quorum none\n"})
    ran = holder.run(command, "--policy", holder.file(asked, "policy"), "--json")
    assert ran.code == 0, ran
    assert (row(ran, "witnesses")["reason"], row(ran, "witnesses")["facts"]["missing"]) == (
        "quorum-not-met",
        ["w1"],
    )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--checkpoint", "--policy"])
def test_a_refusal_has_no_checkpoint_to_compare(holder: Holder, command: str, option: str) -> None:
    kept = holder.prompt.write("event.refusal.json", {"refusal": {}})
    given = holder.file("x")
    ran = holder.prompt.run(*COMMANDS[command], kept, option, given, "--trust", holder.trust)
    assert (ran.code, option in ran.err) == (2, True)
