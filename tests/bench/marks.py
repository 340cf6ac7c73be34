"""What a benchmark says: one figure, its raw limit, their ratio, and whether it is enough."""

from __future__ import annotations

import math
import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ledger.clock import SystemClock, format_instant

PACKAGES = (
    "cryptography",
    "eventsourcing",
    "fastapi",
    "httptools",
    "immutables",
    "orjson",
    "pydantic",
    "uvicorn",
    "uvloop",
)


@dataclass(frozen=True)
class Mark:
    """One figure. limit: the same unit, measured in the same run; None where there is none.

    target: what is to be reached, None where nothing was promised; `least` says whether the
    figure must be at least or at most that. on_ratio: the target is for figure ÷ limit;
    on_p99: it is for the 99th percentile, which is in milliseconds. cpu_ms: the processor
    time that one event or question takes, which another load on the machine does not change, and
    cpu_p99 that of the slowest hundredth.
    inverse: the ratio is limit ÷ figure, of times that are to be compared with somebody else's.
    """

    name: str
    unit: str
    value: float
    p99: float | None = None
    cpu_ms: float | None = None
    limit_name: str = ""
    limit: float | None = None
    target: float | None = None
    least: bool = True
    on_ratio: bool = False
    on_p99: bool = False
    note: str = ""
    limit_p99: float | None = None
    inverse: bool = False
    cpu_p99: float | None = None

    @property
    def ratio(self) -> float | None:
        return self._ratio(self.value, self.limit)

    @property
    def p99_ratio(self) -> float | None:
        return self._ratio(self.p99, self.limit_p99)

    def _ratio(self, mine: float | None, other: float | None) -> float | None:
        over, under = (other, mine) if self.inverse else (mine, other)
        return over / under if over is not None and under else None

    @property
    def reached(self) -> bool | None:
        judged = self.ratio if self.on_ratio else self.p99 if self.on_p99 else self.value
        if self.target is None or judged is None:
            return None
        return judged >= self.target if self.least else judged <= self.target


def held_to(target: float, marks: Sequence[Mark]) -> list[Mark]:
    return [replace(mark, target=target) for mark in marks]


def percentile(samples: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; share in [0, 1]."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(samples: Sequence[float]) -> float:
    return percentile(samples, 0.5)


class Sample(NamedTuple):
    """One run: its figure, and milliseconds of processor time per item."""

    value: float
    cpu_ms: float | None = None


def per_second(count: int, run: Callable[[], object]) -> Sample:
    """Run something that takes `count` items, in this process."""
    begun, spent = time.perf_counter(), time.process_time()
    run()
    seconds, spent = time.perf_counter() - begun, time.process_time() - spent
    return Sample(count / seconds, spent / count * 1000)


def interleave(rounds: int, *runs: Callable[[], Sample]) -> list[Sample]:
    """Run A B A B …, so that a machine that slows down slows both; the medians of each."""
    results: list[list[Sample]] = [[] for _ in runs]
    for _ in range(rounds):
        for samples, run in zip(results, runs, strict=True):
            samples.append(run())
    return [_medians(samples) for samples in results]


def _medians(samples: Sequence[Sample]) -> Sample:
    spent = [sample.cpu_ms for sample in samples if sample.cpu_ms is not None]
    return Sample(median([sample.value for sample in samples]), median(spent) if spent else None)


# -- saying it ---------------------------------------------------------------------------

HEADINGS = ("ratio", "of p99", "measured", "asked", "", "figure", "p99", "CPU each", "beside")
_VERDICTS: dict[bool | None, Literal["reached", "MISSED", ""]] = {True: "reached", False: "MISSED", None: ""}


def table(marks: Sequence[Mark]) -> str:
    """A Markdown table, ratios first; without the columns that nothing is in."""
    return aligned(HEADINGS, [_row(mark) for mark in marks])


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; columns that are empty in every row are left out."""
    columns = [n for n in range(len(headings)) if any(row[n] for row in rows)]
    shown = [[row[n] for n in columns] for row in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    shown.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in shown
    )


def _row(mark: Mark) -> tuple[str, ...]:
    name = f"{mark.name} ({mark.note})" if mark.note else mark.name
    return (
        figure(mark.ratio) if mark.ratio is not None else "",
        figure(mark.p99_ratio) if mark.inverse and mark.p99_ratio is not None else "",
        name,
        _target(mark),
        _VERDICTS[mark.reached],
        f"{figure(mark.value)} {mark.unit}",
        _ms(mark.p99),
        _with_p99(_ms(mark.cpu_ms), mark.cpu_p99),
        _limit(mark),
    )


def _limit(mark: Mark) -> str:
    if mark.limit is None:
        return ""
    return _with_p99(f"{mark.limit_name}: {figure(mark.limit)} {mark.unit}", mark.limit_p99)


def _with_p99(said: str, p99: float | None) -> str:
    return f"{said}, p99 {_ms(p99)}" if p99 is not None else said


def _ms(value: float | None) -> str:
    return f"{figure(value)} ms" if value is not None else ""


def _target(mark: Mark) -> str:
    if mark.target is None:
        return ""
    bound = f"{'≥' if mark.least else '≤'} {figure(mark.target)}"
    if mark.on_ratio:
        return f"ratio {bound}"
    return f"p99 {bound} ms" if mark.on_p99 else f"{bound} {mark.unit}"


def figure(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def surroundings() -> dict[str, Any]:
    """The machine, the versions and the moment: figures mean nothing without them."""
    return {
        "date": format_instant(SystemClock().now()),
        "machine": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "load": [round(load, 2) for load in os.getloadavg()],
        "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "commit": _commit(),
        **{name: version(name) for name in PACKAGES},
    }


class Theft:
    """How much processor time the hypervisor gave to others while we were measuring."""

    def __init__(self) -> None:
        self._begun = _ticks()

    def share(self) -> float | None:
        """Stolen ÷ wanted since the start: above a few hundredths the figures are too low."""
        passed = [now - then for now, then in zip(_ticks(), self._begun, strict=True)]
        if len(passed) < 8 or not sum(passed):
            return None
        wanted = sum(passed) - passed[3] - passed[4]
        return round(passed[7] / wanted, 3) if wanted else 0.0


class Neighbours:
    """How many cores others on the machine took while we, and all that we started, were measuring.

    Processes that have not ended yet are taken for others: ask when they are gone.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._busy, self._ours = _busy_seconds(), _our_seconds()

    def cores(self) -> float | None:
        busy, ours = _busy_seconds(), _our_seconds()
        if busy is None or self._busy is None:
            return None
        others = (busy - self._busy) - (ours - self._ours)
        return round(max(0.0, others) / (time.monotonic() - self._begun), 2)


def _busy_seconds() -> float | None:
    ticks = _ticks()
    return (sum(ticks) - ticks[3] - ticks[4] - ticks[7]) / os.sysconf("SC_CLK_TCK") if ticks else None


def _our_seconds() -> float:
    """Of this process, and of its children that ended, with theirs."""
    return sum(os.times()[:4])


def _ticks() -> list[int]:
    stat = Path("/proc/stat")
    if not stat.exists():
        return []
    return [int(field) for field in stat.read_text(encoding="utf8").splitlines()[0].split()[1:9]]


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def as_json(marks: Sequence[Mark], where: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {**asdict(mark), "ratio": mark.ratio, "p99_ratio": mark.p99_ratio, "reached": mark.reached}
        for mark in marks
    ]
    return {"surroundings": where, "options": options, "marks": rows}
