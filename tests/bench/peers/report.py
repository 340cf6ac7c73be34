"""Pledger beside each peer, as marks and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench import asked
from tests.bench.marks import Mark, aligned, figure
from tests.bench.peers.figures import Figures
from tests.bench.peers.reading import KINDS, WHOLE, Answers

TITLES = {
    "pledger": "Pledger",
    "git": "git, signed commits",
    "continuum": "SQLAlchemy-Continuum",
    "history": "django-simple-history",
    "eventsourcing": "stock eventsourcing",
}
READS = {
    "as_of": "state of a programme after K changes",
    "blame": "blame of a cell, a page of 100",
    "diff": "diff with all causes, 1 % of the log apart",
    WHOLE: "the API's whole state (nested, causes, doubts, hash)",
}
APPEND_HEADINGS = ("appends", "rate", "median", "p99", "CPU each")

# Pledger's run, the peer, the peer's run, how, and what the ratio of the rates should be at least.
_APPENDS = (
    ("pledger, threads", "eventsourcing", "eventsourcing, threads", "32 threads", asked.APPENDS_THREADS),
    ("pledger", "eventsourcing", "eventsourcing", "one thread", asked.APPENDS_ALONE),
    ("pledger", "git", "git", "one thread", asked.APPENDS_GIT),
    ("pledger following", "continuum", "continuum", "one thread, states kept up", None),
    ("pledger following", "history", "history", "one thread, states kept up", None),
)

CAVEATS = """\
What is compared, and what is not:
- The peers know one axis of time: the state after the first K changes, the last write wins. Pledger answers
  more in the same time: the state on a day as known after K entries, with from-days, the order of acts, and
  what is suspended, quashed, restored or corrected; a blame says what each write found, a diff why a value
  changed, both with the signers, the act's number and date and whether a signature is in doubt.
- The peers have no rules at the door, no tree and no receipt. git's commits are chained, all by one key.
- Pledger's appends start as bytes: parsing, the signature, the rules, the commit, the checkpoint and the
  receipt are inside; signing is not, that is done where the official sits. git signs inside. Stock
  eventsourcing saves unsigned event objects that were made beforehand, and reads nothing first.
- Pledger's states are kept up by another thread, which runs in "states kept up" and stands still in the other
  rows. The two history libraries write theirs in the same transaction, eventsourcing and git keep none.
- git: commits are found in an array, not by date. A blame is of the line as it stands: one row, the others
  give a page. Packed once, after the fill, with a commit-graph. eventsourcing: the version after K changes is
  found in an array; a snapshot every 50 events.
- What one event says of one cell for many days is one write to the peers: their hot cell has few versions. A
  value that is written again is told apart by its number, else git and Continuum would record nothing.
- Each store is measured as a copy that was just made: all its files are in the machine's memory.
- Every time of a row with a peer is taken inside the tool's own process, without a network, of ordinary
  programmes."""


def append_marks(found: Mapping[str, Figures]) -> Iterator[Mark]:
    """Rates of the rounds' medians."""
    for run, peer, name, how, target in _APPENDS:
        if run in found and name in found:
            ours, theirs = found[run], found[name]
            yield Mark(
                "append",
                "/s",
                ours.per_second,
                p99=ours.p99,
                cpu_ms=ours.cpu_ms,
                limit_name=TITLES[peer],
                limit=theirs.per_second,
                limit_p99=theirs.p99,
                target=target,
                on_ratio=True,
                note=how,
            )


def read_marks(answers: Answers) -> Iterator[Mark]:
    """Peer's time ÷ Pledger's, of the medians and of the 99th percentiles."""
    for kind in KINDS:
        ours = answers[kind]["pledger"]
        for peer, theirs in answers[kind].items():
            if peer != "pledger":
                yield Mark(
                    READS[kind],
                    "ms",
                    ours.p50,
                    p99=ours.p99,
                    cpu_ms=ours.cpu_ms,
                    limit_name=TITLES[peer],
                    limit=theirs.p50,
                    limit_p99=theirs.p99,
                    inverse=True,
                )
    whole = answers[WHOLE]["pledger"]
    yield Mark(READS[WHOLE], "ms", whole.p50, p99=whole.p99, cpu_ms=whole.cpu_ms)


def appends_table(found: Mapping[str, Figures]) -> str:
    """Markdown: every run's own figures."""
    rows = [
        (name, f"{figure(one.per_second)} /s", *(f"{figure(ms)} ms" for ms in (one.p50, one.p99, one.cpu_ms)))
        for name, one in found.items()
    ]
    return aligned(APPEND_HEADINGS, rows)


def footprint(sizes: Mapping[str, int], memory: Mapping[str, int], events: int) -> str:
    """Bytes after the fill, and of the processes that were asked and appended to."""
    disk = ", ".join(f"{TITLES[name]} {size / events:,.0f}" for name, size in sizes.items())
    taken = ", ".join(f"{TITLES[name]} {mb:,}" for name, mb in memory.items())
    return (
        f"Bytes on disk a change, with what answers are read from: {disk}. "
        f"Memory of a process at most, MiB: {taken}."
    )


def words(said: Mapping[str, Any]) -> str:
    """Versions and settings in one line."""
    return ", ".join(
        f"{name} {words(value) if isinstance(value, dict) else value}" for name, value in said.items()
    )
