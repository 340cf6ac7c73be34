"""A client's memory of heads: it accepts exactly what extends all that it saw (docs/proof.md)."""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.checkpoint import open_checkpoint
from ledger.clock import format_instant
from ledger.errors import StorageError, VerificationError
from ledger.merkle import ConsistencyProofError
from ledger.note import Ed25519Verifier
from ledger.receipt import OtherLogKey
from ledger.remembering import Heads
from ledger.seen import Fork, HeadAlarm, Log, NoHead, OtherKey, Rollback
from tests.support.clock import FrozenClock
from tests.support.heads import GENESIS, LOG, ORIGIN, note_of, prover_of, root_of, signer_of

pytestmark = pytest.mark.thorough

PAST = [1, 2, 3]
LONGER = [1, 2, 3, 4, 5]
FORKED = [1, 2, 9, 4, 5]


def see(heads: Heads, leaves: list[int], *, log: Log = LOG) -> int:
    """Let a server with this log show its newest head; the size that was remembered."""
    return heads.see(log, lambda: note_of(leaves), prover_of(leaves)).size


def never(*_: object) -> list[bytes]:
    raise AssertionError("a proof was asked for where none is needed")


@pytest.fixture
def heads(tmp_path: Path) -> Heads:
    return Heads(tmp_path / "heads", FrozenClock())


def evidence_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.fork-*.json"))


def test_the_first_head_is_remembered_and_longer_ones_after_it(heads: Heads) -> None:
    assert heads.remembered(LOG) is None
    assert [see(heads, LONGER[:size]) for size in (1, 3, 3, 5)] == [1, 3, 3, 5]
    kept = heads.remembered(LOG)
    assert kept is not None
    assert (kept.size, kept.root) == (5, root_of(LONGER))
    assert kept.seen_at == format_instant(FrozenClock().now())


def test_no_proof_is_asked_for_while_nothing_grew(heads: Heads) -> None:
    heads.see(LOG, lambda: note_of(PAST), never)
    heads.see(LOG, lambda: note_of(PAST), never)


def test_a_shorter_log_is_an_alarm_that_names_both_heads_and_keeps_them(heads: Heads, tmp_path: Path) -> None:
    see(heads, LONGER)
    with pytest.raises(Rollback) as alarm:
        see(heads, PAST)
    for said in ("size 5", root_of(LONGER).hex(), "size 3", root_of(PAST).hex()):
        assert said in str(alarm.value)
    kept = heads.remembered(LOG)
    assert kept is not None
    assert kept.seen_at in str(alarm.value)
    assert kept.size == 5
    assert evidence_in(tmp_path / "heads") == [alarm.value.evidence]


def test_the_evidence_holds_two_heads_that_the_logs_own_key_signed(heads: Heads, tmp_path: Path) -> None:
    see(heads, PAST)
    with pytest.raises(Fork):
        see(heads, FORKED)
    (path,) = evidence_in(tmp_path / "heads")
    evidence = json.loads(path.read_bytes())
    found = []
    for side in ("remembered", "shown"):
        verifier = Ed25519Verifier.parse(evidence[side]["log_key"])
        checkpoint, _ = open_checkpoint(evidence[side]["note"], [verifier])
        assert (checkpoint.size, checkpoint.root.hex()) == (evidence[side]["size"], evidence[side]["root"])
        found.append((checkpoint.origin, checkpoint.size, checkpoint.root))
    assert found == [(ORIGIN, 3, root_of(PAST)), (ORIGIN, 5, root_of(FORKED))]


def test_the_same_pair_is_kept_once_and_another_pair_beside_it(heads: Heads, tmp_path: Path) -> None:
    see(heads, PAST)
    for leaves in (FORKED, FORKED, [*FORKED, 6]):
        with pytest.raises(Fork):
            see(heads, leaves)
    assert [path.name for path in evidence_in(tmp_path / "heads")] == [
        f"{GENESIS}.fork-1.json",
        f"{GENESIS}.fork-2.json",
    ]


def test_two_trees_of_one_size_are_a_fork(heads: Heads) -> None:
    see(heads, LONGER)
    with pytest.raises(Fork):
        heads.see(LOG, lambda: note_of(FORKED), never)


@pytest.mark.parametrize("proof", [[], [b"\x00" * 32], [b"short"], [b"\x07" * 32] * 5])
def test_a_longer_log_whose_proof_does_not_hold_is_a_fork(heads: Heads, proof: list[bytes]) -> None:
    see(heads, PAST)
    with pytest.raises(Fork):
        heads.see(LOG, lambda: note_of(LONGER), lambda old, new: proof)
    assert see(heads, PAST) == 3


def test_a_server_without_a_proof_is_a_fork(heads: Heads) -> None:
    def refuse(old: int, new: int) -> list[bytes]:
        raise ConsistencyProofError("no")

    see(heads, PAST)
    with pytest.raises(Fork):
        heads.see(LOG, lambda: note_of(LONGER), refuse)


def test_an_emptied_log_is_an_alarm_even_at_first_use(heads: Heads) -> None:
    with pytest.raises(Rollback):
        see(heads, [])
    assert heads.remembered(LOG) is None
    see(heads, PAST)
    with pytest.raises(Rollback):
        see(heads, [])


def test_a_lagging_answer_is_asked_for_once_more(heads: Heads) -> None:
    see(heads, LONGER)
    answers = [note_of(PAST), note_of(LONGER)]
    assert heads.see(LOG, lambda: answers.pop(0), never).size == 5
    answers = [note_of(PAST), note_of(PAST), note_of(LONGER)]
    with pytest.raises(Rollback):
        heads.see(LOG, lambda: answers.pop(0), never)


def test_a_head_of_another_key_is_not_remembered_and_says_how_to_follow(heads: Heads) -> None:
    see(heads, PAST)
    with pytest.raises(OtherKey) as alarm:
        heads.see(LOG, lambda: note_of(LONGER, signer_of(2)), prover_of(LONGER))
    assert isinstance(alarm.value, OtherLogKey)
    assert signer_of(2).key_id.hex() in alarm.value.why
    assert alarm.value.evidence is None
    kept = heads.remembered(LOG)
    assert kept is not None
    assert kept.size == 3


def _changed(note: str) -> str:
    return note.replace("\n5\n", "\n6\n", 1)


BAD_NOTES: dict[str, Callable[[], str]] = {
    "unsigned": lambda: note_of(LONGER).partition("\n\n")[0] + "\n\n",
    "changed": lambda: _changed(note_of(LONGER)),
    "of another name": lambda: note_of(LONGER, signer_of(1, "city.example/pledger")),
    "nothing": lambda: "",
    "a page": lambda: "<html>fine</html>",
}


@pytest.mark.parametrize("bad", BAD_NOTES)
def test_what_the_trusted_key_did_not_sign_is_never_remembered(heads: Heads, bad: str) -> None:
    for before in (None, PAST):
        if before is not None:
            see(heads, before)
        with pytest.raises(NoHead):
            heads.see(LOG, BAD_NOTES[bad], prover_of(LONGER))
        kept = heads.remembered(LOG)
        assert (kept.size if kept else None) == (len(before) if before else None)


def test_after_a_rotation_the_memory_of_the_old_key_still_counts(heads: Heads) -> None:
    see(heads, PAST)
    followed = Log(ORIGIN, GENESIS, str(signer_of(2).key))
    with pytest.raises(Fork):
        heads.see(followed, lambda: note_of(FORKED, signer_of(2)), prover_of(FORKED))
    assert heads.see(followed, lambda: note_of(LONGER, signer_of(2)), prover_of(LONGER)).size == 5
    kept = heads.remembered(followed)
    assert kept is not None
    assert kept.log_key == followed.log_key


def test_ledgers_are_remembered_apart(heads: Heads) -> None:
    other = Log(ORIGIN, "cd" * 32, LOG.log_key)
    see(heads, LONGER)
    see(heads, FORKED, log=other)
    assert heads.path(GENESIS) != heads.path(other.genesis)


@pytest.mark.parametrize("name", ["", "../../x", "AB" * 32, "ab" * 31])
def test_a_genesis_that_is_none_names_no_file(heads: Heads, name: str) -> None:
    with pytest.raises(StorageError):
        see(heads, PAST, log=Log(ORIGIN, name, LOG.log_key))


def _tampered(change: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    def tamper(raw: bytes) -> bytes:
        members = json.loads(raw)
        change(members)
        return json.dumps(members).encode()

    return tamper


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "cut": lambda raw: raw[: len(raw) // 2],
    "a list": lambda raw: b"[]",
    "no UTF-8": lambda raw: b"\xff" + raw,
    "deep": lambda raw: b"[" * 100_000,
    "of another ledger": _tampered(lambda members: members.update(genesis="cd" * 32)),
    "of another origin": _tampered(lambda members: members.update(origin="city.example")),
    "a smaller size": _tampered(lambda members: members.update(size=1)),
    "another root": _tampered(lambda members: members.update(root="00" * 32)),
    "another note": _tampered(lambda members: members.update(note=_changed(note_of(LONGER)))),
    "a note of no signature": _tampered(lambda members: members.update(note="x\n\n")),
    "no note": _tampered(lambda members: members.pop("note")),
    "a number for a note": _tampered(lambda members: members.update(note=5)),
    "no time": _tampered(lambda members: members.update(seen_at="yesterday")),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_memory_believes_nothing_and_says_what_to_do(heads: Heads, damage: str) -> None:
    see(heads, LONGER)
    path = heads.path(GENESIS)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(StorageError, match="move the file away"):
        see(heads, [*LONGER, 6])
    assert path.read_bytes() == before


def test_a_receipts_head_is_of_the_same_log(heads: Heads) -> None:
    see(heads, LONGER)
    heads.join(LOG, note_of(LONGER), never)
    heads.join(LOG, note_of(PAST), prover_of(LONGER))
    with pytest.raises(Fork):
        heads.join(LOG, note_of(FORKED[:3]), prover_of(FORKED))
    with pytest.raises(Fork):
        heads.join(LOG, note_of([*FORKED, 6]), prover_of([*FORKED, 6]))
    kept = heads.remembered(LOG)
    assert kept is not None
    assert kept.size == 5
    heads.join(LOG, note_of([*LONGER, 6]), prover_of([*LONGER, 6]))
    kept = heads.remembered(LOG)
    assert kept is not None
    assert kept.size == 6


def test_a_head_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "heads").write_text("no folder", encoding="utf8")
    with pytest.raises(StorageError):
        see(Heads(tmp_path / "heads"), PAST)


def test_nobody_remembers_a_later_head_between_a_question_and_its_answer(heads: Heads) -> None:
    """Else an honest answer from before would look like a rollback."""
    see(heads, PAST)

    def while_asking() -> str:
        with heads.path(GENESIS).with_suffix(".lock").open("rb") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return note_of(PAST)

    assert heads.see(LOG, while_asking, never).size == 3
    assert see(heads, LONGER) == 5


class Shown(RuleBasedStateMachine):
    """Any heads of any logs with one key: exactly the extensions of the last accepted are accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.heads = Heads(self.folder)
        self.logs: list[list[int]] = [[0, 0, 0]]
        self.accepted: list[int] | None = None

    @rule(pick=st.integers(0, 99), leaves=st.lists(st.integers(0, 1), min_size=1, max_size=9))
    def grow(self, pick: int, leaves: list[int]) -> None:
        self.logs[pick % len(self.logs)].extend(leaves)

    @rule(pick=st.integers(0, 99), keep=st.integers(0, 99), leaf=st.integers(2, 3))
    def fork(self, pick: int, keep: int, leaf: int) -> None:
        log = self.logs[pick % len(self.logs)]
        self.logs.append([*log[: keep % (len(log) + 1)], leaf])

    @rule(pick=st.integers(0, 99), size=st.integers(0, 99), stale=st.integers(0, 99), lie=st.booleans())
    def show(self, pick: int, size: int, stale: int, lie: bool) -> None:
        """Its newest head, maybe after a stale answer; the proof may be of another log."""
        log = self.logs[pick % len(self.logs)]
        shown = log[: len(log) - size % 4] if size % 3 else log[: size % (len(log) + 1)]
        prover = prover_of(self.logs[stale % len(self.logs)] if lie else shown)
        may = bool(shown) and (self.accepted is None or shown[: len(self.accepted)] == self.accepted)
        try:
            self.heads.see(LOG, lambda: note_of(shown), prover)
        except HeadAlarm as alarm:
            wanted = Rollback if len(shown) < len(self.accepted or [0]) else Fork
            assert (not may or lie, type(alarm)) == (True, wanted), f"{shown} after {self.accepted}"  # noqa: PT017 -- no expected error
        else:
            assert may, f"{shown} does not extend {self.accepted}"
            self.accepted = shown

    @invariant()
    def what_was_accepted_is_remembered(self) -> None:
        kept = self.heads.remembered(LOG)
        if self.accepted is None:
            assert kept is None
        else:
            assert kept is not None
            assert (kept.size, kept.root) == (len(self.accepted), root_of(self.accepted))

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestShown = Shown.TestCase
TestShown.settings = settings(max_examples=60, stateful_step_count=25)


def test_every_alarm_is_a_failed_verification() -> None:
    assert issubclass(HeadAlarm, VerificationError)
