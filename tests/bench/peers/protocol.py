"""What the coordinator and a peer's process say to one another: JSON lines on stdin and stdout.

The neutral shapes stand here, and `serve`, which times every operation inside the peer's process. Only the
standard library: peers run in an environment of their own, without Pledger.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO

PAGE = 100  # rows of a blame, as on a page of Pledger's
CHECKED = 300  # changes of which the bulk path must make what the natural path makes

Step = Callable[[], object]  # one durable append, ready to go
Members = dict[str, Any]


class Change(NamedTuple):
    """One change of the log, as any tool can record it.

    n: leaf index, 0-based; subject: a programme, "act:<id>" or a registry; writes: (path, value), a path
    once, None takes the cell away; who: the person that signs; act: id of the decision, None if none.
    """

    n: int
    subject: str
    writes: list[tuple[str, str | None]]
    who: str
    act: str | None
    point: str | None
    reason: str
    kind: str


class Written(NamedTuple):
    """A row of a blame."""

    value: str | None
    who: str
    act: str | None
    reason: str


class Differing(NamedTuple):
    """A row of a diff, with the change that wrote the cell last."""

    path: str
    old: str | None
    new: str | None
    who: str
    act: str | None


class Question(NamedTuple):
    """What is asked about a programme after the first `k` changes; day is for Pledger alone.

    path: of a blame; earlier: the other end of a diff, ≤ k.
    """

    programme: str
    k: int
    day: str
    path: str = ""
    earlier: int = 0


class Source(NamedTuple):
    """`size` lines from `start` (0-based) on, one per change, of two files.

    changes: the neutral ones; envelopes: Pledger's.
    """

    changes: str
    envelopes: str
    start: int
    size: int

    def lines(self, path: str) -> Iterator[str]:
        with Path(path).open(encoding="utf8") as file:
            yield from islice(file, self.start, self.start + self.size)

    def read(self) -> Iterator[Change]:
        for line in self.lines(self.changes):
            yield parse_change(line)


class Peer(Protocol):
    """One tool. What it does not do raises NotImplementedError."""

    def open(self, place: Path) -> Members:
        """Make an empty store in a directory, or open the one there. What is said: versions and settings."""

    def fill(self, source: Source) -> None:
        """Record changes as fast as the tool allows; not timed. The process is closed after it."""

    def resume(self, source: Source) -> None:
        """After the store that was filled with these was opened: know again what questions need."""

    def check(self, place: Path, source: Source) -> str:
        """Record the same changes by the bulk and by the natural path, in a directory of its own.

        What was compared, in words. Raises AssertionError if the two differ.
        """

    def prepare(self, source: Source, threads: int) -> list[list[Step]]:
        """For each thread the appends that it will make, one after another."""

    def as_of(self, question: Question) -> dict[str, str | None]:
        """The programme's cells after k changes: path → value."""

    def blame(self, question: Question) -> Sequence[Written]:
        """The newest writes of a cell up to k, newest first."""

    def diff(self, question: Question) -> Sequence[Differing]:
        """The cells whose values differ between `earlier` and k, by path."""

    def size(self) -> int:
        """Bytes on disk."""

    def close(self) -> None: ...


def parse_change(line: str) -> Change:
    change = Change(**json.loads(line))
    return change._replace(writes=[(path, value) for path, value in change.writes])


def format_change(change: Change) -> str:
    return json.dumps(change._asdict(), ensure_ascii=False, separators=(",", ":")) + "\n"


def bytes_under(place: Path) -> int:
    """Bytes that the files below a directory take, by their lengths."""
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


def in_batches(changes: Iterator[Change], size: int, name: str) -> Iterator[list[Change]]:
    """Changes in lists of `size`; how far it is goes to stderr."""
    done = 0
    while batch := list(islice(changes, size)):
        yield batch
        done += len(batch)
        print(f"  {name}: {done:,} changes", file=sys.stderr, flush=True)


# -- the loop ----------------------------------------------------------------------------


def serve(peer: Peer) -> None:
    """Answer until stdin ends. What a library prints goes to stderr."""
    replies, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        message = json.loads(line)
        try:
            answer = {"ok": _operations[message.pop("op")](peer, message)}
        except NotImplementedError as missing:
            answer = {"missing": str(missing)}
        except Exception:  # noqa: BLE001 -- the coordinator raises it
            answer = {"error": traceback.format_exc()}
        _say(replies, answer)


def _say(replies: TextIO, answer: Members) -> None:
    replies.write(json.dumps(answer) + "\n")
    replies.flush()


def _open(peer: Peer, message: Members) -> Members:
    return {"python": sys.version.split()[0], **peer.open(Path(message["place"]))}


def _check(peer: Peer, message: Members) -> str:
    return peer.check(Path(message["place"]), Source(*message["source"]))


def _fill(peer: Peer, message: Members) -> float:
    """Seconds; other peers are filled differently, so this is for information."""
    begun = time.perf_counter()
    peer.fill(Source(*message["source"]))
    return time.perf_counter() - begun


def _resume(peer: Peer, message: Members) -> None:
    peer.resume(Source(*message["source"]))


def _ask(peer: Peer, message: Members) -> Members:
    """Each question, timed: {"ns": of each, "cpu_ms": mean, "digests", "rows"}.

    newest: digests of the newest row of a blame alone, for tools that give no more.
    """
    ask = getattr(peer, message["kind"])
    questions = [Question(*question) for question in message["questions"]]
    times, answers = list[int](), list[Any]()
    busy = _cpu_seconds()
    for question in questions:
        begun = time.perf_counter_ns()
        answer = ask(question)
        times.append(time.perf_counter_ns() - begun)
        answers.append(answer)
    busy = _cpu_seconds() - busy
    return {
        "ns": times,
        "cpu_ms": busy * 1000 / max(1, len(questions)),
        "digests": [digest(answer) for answer in answers],
        "newest": [digest(answer[:1] if isinstance(answer, list) else answer) for answer in answers],
        "rows": [len(answer) for answer in answers],
    }


def _answer(peer: Peer, message: Members) -> Any:
    """The answer itself, for comparing."""
    return getattr(peer, message["kind"])(Question(*message["question"]))


def digest(answer: Any) -> str:
    """SHA-256 of an answer's canonical JSON."""
    canonical = json.dumps(answer, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _append(peer: Peer, message: Members) -> Members:
    """Appends until `seconds` have passed or nothing is left.

    {"ns": of each, "seconds": from the first to the last, "cpu_ms": mean}. settings: attributes of the peer.
    """
    for name, value in message["settings"].items():
        setattr(peer, name, value)
    steps = peer.prepare(Source(*message["source"]), message["threads"])
    busy, begun = _cpu_seconds(), time.perf_counter()
    times = _run(steps, begun + message["seconds"])
    seconds, busy = time.perf_counter() - begun, _cpu_seconds() - busy
    return {"ns": times, "seconds": seconds, "cpu_ms": busy * 1000 / max(1, len(times))}


def _run(steps: list[list[Step]], until: float) -> list[int]:
    """until: of perf_counter. A failure in a thread is raised here."""
    if len(steps) == 1:
        return _run_one(steps[0], until)
    results: list[list[int]] = [[] for _ in steps]
    faults: list[BaseException] = []

    def work(place: int) -> None:
        try:
            results[place] = _run_one(steps[place], until)
        except BaseException as fault:  # noqa: BLE001 -- it is raised in the main thread
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return [one for result in results for one in result]


def _run_one(steps: list[Step], until: float) -> list[int]:
    times = []
    for step in steps:
        begun = time.perf_counter_ns()
        step()
        times.append(time.perf_counter_ns() - begun)
        if time.perf_counter() > until:
            break
    return times


def _cpu_seconds() -> float:
    """Processor time of this process and of its children that ended."""
    return sum(os.times()[:4])


def _size(peer: Peer, message: Members) -> Members:
    """Bytes on disk, and the most memory that the process or a child that ended has taken, in MiB."""
    kib = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"bytes": peer.size(), "memory_mb": kib // 1024}


def _close(peer: Peer, message: Members) -> None:
    peer.close()


_operations: dict[str, Callable[[Any, Members], Any]] = {
    "open": _open,
    "check": _check,
    "fill": _fill,
    "resume": _resume,
    "ask": _ask,
    "answer": _answer,
    "append": _append,
    "size": _size,
    "close": _close,
}
