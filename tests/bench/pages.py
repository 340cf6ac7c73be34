"""Pages as a reader's first one: server time and bytes over the wire, beside a bare GET."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from tests.bench.marks import Mark, Sample, interleave, median, percentile
from tests.bench.reads import questions
from tests.bench.server import Server
from tests.bench.stage import Stage

MILLISECONDS_MAX = 50.0
KILOBYTES_MAX = 60.0
FIRSTS = 40  # pages a round
LAST_DAY = date(2026, 11, 22)
GZIP = {"Accept-Encoding": "gzip"}


def measure(stage: Stage, rounds: int, scratch: Path) -> list[Mark]:
    """The front page, and pages of random programmes: never asked for before, and asked for again."""
    programmes = list(dict.fromkeys(programme for programme, _, _ in questions(stage, 20 * FIRSTS)))[:FIRSTS]
    with Server.pledger(stage.path, scratch) as pledger, Server.bare(scratch) as bare:
        pages = [f"/programmes/{one}" for one in programmes]
        days = (LAST_DAY - timedelta(days=n) for n in count())
        return [
            mark
            for name, paths in (
                ("front page", lambda: ["/"] * FIRSTS),
                ("programme page", lambda: _on(pages, next(days))),
                ("programme page, asked for again", lambda: pages),
                ("history page", lambda: _on([f"{page}/history" for page in pages], next(days))),
            )
            for mark in _marks(name, paths, rounds, pledger, bare)
        ]


def _on(paths: list[str], day: date) -> list[str]:
    """Of a day that nobody has asked for: what was drawn already is not drawn again."""
    return [f"{path}?as_of={day}" for path in paths]


def _marks(
    name: str, paths: Callable[[], list[str]], rounds: int, pledger: Server, bare: Server
) -> list[Mark]:
    times, sizes = list[float](), list[int]()

    def ours() -> Sample:
        asked = paths()
        spent = pledger.cpu_seconds()
        took, size = _ask(pledger.port, asked)
        times.extend(took)
        sizes.extend(size)
        return Sample(median(took), (pledger.cpu_seconds() - spent) / len(asked) * 1000)

    def raw() -> Sample:
        took, _ = _ask(bare.port, ["/hello"] * FIRSTS)
        return Sample(median(took))

    _ask(pledger.port, paths())  # templates are compiled once
    measured, limit = interleave(rounds, ours, raw)
    first = Mark(
        name,
        "ms",
        measured.value,
        p99=percentile(times, 0.99),
        cpu_ms=measured.cpu_ms,
        limit_name="bare FastAPI GET",
        limit=limit.value,
        target=MILLISECONDS_MAX,
        least=False,
        note="one reader, compressed",
    )
    # A page, its stylesheet and its script: all that a first visit fetches.
    fixed = sum(_ask(pledger.port, ["/static/pledger.css", "/static/pledger.js", "/static/pledger.svg"])[1])
    weight = Mark(
        f"{name}, bytes",
        "kB",
        (max(sizes) + fixed) / 1000,
        target=KILOBYTES_MAX,
        least=False,
        note=f"the largest, with style and script ({fixed / 1000:.1f} kB)",
    )
    return [first, weight]


def _ask(port: int, paths: list[str]) -> tuple[list[float], list[int]]:
    """Milliseconds and bytes of each, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, sizes = list[float](), list[int]()
    try:
        for path in paths:
            begun = time.perf_counter()
            connection.request("GET", path, headers=GZIP)
            answer = connection.getresponse()
            body = answer.read()
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            sizes.append(len(body))
    finally:
        connection.close()
    return times, sizes
