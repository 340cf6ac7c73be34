"""A witness's state: whose it is, what rots or is edited, two at once, and SIGKILL."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import StorageError
from ledger.note import sign_note
from ledger.witness.memory import WitnessMemory, key_of
from ledger.witness.witness import Witness, logs_of
from tests.support.clock import START
from tests.support.witnessing import ORIGIN, Place, SmallLog, cosigned_time, cosigner

ROOT = Path(__file__).resolve().parent.parent.parent
LOG = SmallLog()
FORK = SmallLog("another past", forked=3)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.close()


def test_the_state_is_the_owners_alone_and_one_file(place: Place) -> None:
    place.grow(LOG, 0, 5)
    assert place.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in place.path.parent.iterdir()] == [place.path.name]


def test_a_state_of_another_key_is_refused(place: Place) -> None:
    place.grow(LOG, 0, 5)
    with pytest.raises(StorageError, match="that of the key"):
        WitnessMemory(place.path, cosigner("another.example").verifier)
    assert key_of(place.path) == cosigner().verifier


def test_a_state_is_never_made_by_opening_nor_written_over(place: Place, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        WitnessMemory(tmp_path / "other.db", cosigner().verifier)
    assert not (tmp_path / "other.db").exists()
    place.grow(LOG, 0, 5)
    with pytest.raises(StorageError):
        WitnessMemory.create(place.path, cosigner().verifier)
    assert place.remembered() == (5, LOG.root(5))


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(4080)])
def test_a_file_that_is_no_state_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.db").write_bytes(content)
    for open_it in (lambda path: WitnessMemory(path, cosigner().verifier), key_of):
        with pytest.raises(StorageError):
            open_it(tmp_path / "state.db")


def test_a_torn_file_is_refused(place: Place) -> None:
    place.grow(LOG, 0, 5)
    place.close()
    whole = place.path.read_bytes()
    for cut in (len(whole) // 2, len(whole) - 4096):
        place.path.write_bytes(whole[:cut])
        with pytest.raises(StorageError):
            place.reopen()


EDITS = {
    "another size": ("UPDATE heads SET size=4", ()),
    "another root": ("UPDATE heads SET root=?", (FORK.root(5),)),
    "another time": ("UPDATE heads SET time=time-1", ()),
    "another origin": ("UPDATE heads SET origin='x'", ()),
    "another note of the log": ("UPDATE heads SET note=?", (LOG.note(4),)),
    "a note of nobody": ("UPDATE heads SET note='x'", ()),
    "another history, whole": (
        "UPDATE heads SET root=?, note=?",
        (FORK.root(5), sign_note(FORK.text(5), [LOG.signer, cosigner("another.example")])),
    ),
    "another format": ("UPDATE about SET value='x' WHERE name='format'", ()),
    "no heads": ("DROP TABLE heads", ()),
}


@pytest.mark.parametrize(("edit", "values"), EDITS.values(), ids=EDITS.keys())
def test_a_state_that_somebody_edited_is_refused(place: Place, edit: str, values: tuple[Any, ...]) -> None:
    place.grow(LOG, 0, 5)
    with closing(sqlite3.connect(place.path)) as database:
        database.execute(edit, values)
        database.commit()
    if "about" not in edit:
        with pytest.raises(StorageError):
            place.memory.heads()
    with pytest.raises(StorageError):
        place.reopen()


def test_a_running_witness_signs_nothing_over_an_edited_head(place: Place) -> None:
    place.grow(LOG, 0, 5)
    with closing(sqlite3.connect(place.path)) as database:
        database.execute("UPDATE heads SET size=3, root=?", (LOG.root(3),))
        database.commit()
    with pytest.raises(StorageError):
        place.grow(FORK, 3, 9)


def test_a_failed_commit_gives_no_cosignature_and_changes_nothing(place: Place) -> None:
    place.grow(LOG, 0, 5)
    with closing(sqlite3.connect(place.path)) as database:
        limit = database.execute("PRAGMA page_count").fetchone()[0]
    place.memory._database.execute(f"PRAGMA max_page_count={limit}")
    big = SmallLog("other", origin="o" * 9000, key="other")
    witness = Witness(place.signer, place.memory, logs_of([LOG.key, big.key]), place.clock)
    with pytest.raises(StorageError, match="full"):
        witness.add_checkpoint(big.request(0, 5))
    assert [head.checkpoint.origin for head in place.memory.heads()] == [ORIGIN]
    cosigned_time(place.grow(LOG, 5, 9), LOG.text(9))


# -- at once, and killed ------------------------------------------------------------


def test_of_many_threads_only_one_wins_each_size(place: Place) -> None:
    """Every thread extends what it believes to be remembered; two pasts compete with one key."""
    place.grow(LOG, 0, 3)
    start = threading.Barrier(8)

    def extend(at: int) -> tuple[int, bool]:
        start.wait()
        return place.grow(LOG if at % 2 else FORK, 3, 5 + at).status, bool(at % 2)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(extend, range(8)))
    assert sorted(status for status, _ in answers) == [200] + [409] * 7
    ((_, honest),) = [answer for answer in answers if answer[0] == 200]
    remembered = place.remembered()
    assert remembered is not None
    assert remembered[1] == (LOG if honest else FORK).root(remembered[0])


class Child:
    """A witness in a process of its own, over a state that is there already."""

    def __init__(self, state: Path, *points: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.witness_child", str(state), *points],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self._hear() == "open\n"

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def say(self, body: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b64encode(body).decode() + "\n")
        self._process.stdin.flush()

    def reply(self) -> tuple[int, str] | None:
        """None: it died without one."""
        line = self._hear()
        return tuple(json.loads(line)) if line.endswith("\n") else None

    def end(self) -> int:
        self._process.kill()
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        return code


@contextmanager
def child(state: Path, *points: str) -> Iterator[Child]:
    made = Child(state, *points)
    try:
        yield made
    finally:
        made.end()


@pytest.mark.parametrize(("point", "size"), [("before", 5), ("after", 9)])
def test_a_kill_leaves_what_was_remembered_before_or_all_of_the_new(
    place: Place, point: str, size: int
) -> None:
    place.grow(LOG, 0, 5)
    place.close()
    with child(place.path, point) as dying:
        dying.say(LOG.request(5, 9))
        assert dying.reply() is None
    place.clock.set(START.replace(year=2100))
    place.reopen()
    assert place.remembered() == (size, LOG.root(size))
    assert place.grow(FORK, size, 10).status == 422
    cosigned_time(place.grow(LOG, size, 10), LOG.text(10))


def test_two_processes_on_one_state_never_confirm_two_pasts(place: Place) -> None:
    place.grow(LOG, 0, 3)
    with child(place.path) as one, child(place.path) as other:
        old = 3
        for new in range(4, 10):
            one.say(LOG.request(old, new))
            other.say(FORK.request(old, new))
            first, second = one.reply(), other.reply()
            assert first is not None
            assert second is not None
            if old == 3:  # from the common past only one of the two can go on
                assert sorted((first[0], second[0])) == [200, 409]
                honest = first[0] == 200
            winner, loser = (first, second) if honest else (second, first)
            assert winner[0] == 200
            assert loser[0] in (409, 422)
            old = new
    place.clock.set(START.replace(year=2100))
    place.reopen()
    assert place.remembered() == (9, (LOG if honest else FORK).root(9))
