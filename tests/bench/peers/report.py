"""Ratios first: Pledger beside each peer, as marks, as a Markdown table and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.bench.marks import Mark
from tests.bench.peers.appending import THREADS
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
HEADINGS = ("ratio", "p99 ratio", "measured", "Pledger", "peer", "mark")
VERDICTS = {True: "reached", False: "MISSED", None: ""}

# Pledger's run, the peer, the peer's run, how, and what the ratio of the rates should be at least.
_APPENDS = (
    ("pledger, threads", "eventsourcing", "eventsourcing, threads", f"{THREADS} threads", 1.0),
    ("pledger", "eventsourcing", "eventsourcing", "one thread", 0.5),
    ("pledger", "git", "git", "one thread", 20.0),
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
- Every time is taken inside the tool's own process, without a network, of ordinary programmes."""


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


def table(marks: Sequence[Mark]) -> str:
    """Markdown. Appends say the rate with p50 and p99, reads p50 and p99."""
    rows = [HEADINGS, *(_row(mark) for mark in marks)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["| " + " | ".join(cell.ljust(widths[n]) for n, cell in enumerate(row)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _row(mark: Mark) -> tuple[str, ...]:
    name = f"{mark.name}, {mark.note}" if mark.note else mark.name
    return (
        _ratio(mark.ratio),
        _ratio(mark.p99_ratio) if mark.inverse else "",
        name,
        _said(mark.value, mark.p99, mark.unit),
        f"{mark.limit_name}: {_said(mark.limit, mark.limit_p99, mark.unit)}" if mark.limit else "",
        f"≥ {mark.target:g} {VERDICTS[mark.reached]}" if mark.target is not None else "",
    )


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"


def _said(value: float, p99: float | None, unit: str) -> str:
    slow = f", p99 {figure(p99)} ms" if p99 is not None else ""
    return f"{figure(value)} {unit}{slow}"


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def appends_table(found: Mapping[str, Figures]) -> str:
    """Every run's own figures."""
    lines = ["| appends | rate | p50 | p99 | CPU each |", "|---|---|---|---|---|"]
    for name, one in found.items():
        times = " | ".join(f"{figure(value)} ms" for value in (one.p50, one.p99, one.cpu_ms))
        lines.append(f"| {name} | {figure(one.per_second)} /s | {times} |")
    return "\n".join(lines)
