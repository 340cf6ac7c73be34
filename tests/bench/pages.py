"""Pages as a reader's first one: server time and bytes over the wire, beside a bare GET."""

from __future__ import annotations

import http.client
import time
from pathlib import Path

from tests.bench.marks import Mark, Sample, interleave, median, percentile
from tests.bench.reads import questions
from tests.bench.server import Server
from tests.bench.stage import Stage

MILLISECONDS_MAX = 50.0
KILOBYTES_MAX = 60.0
FIRSTS = 40  # pages a round
GZIP = {"Accept-Encoding": "gzip"}


def measure(stage: Stage, rounds: int, scratch: Path) -> list[Mark]:
    """The front page and pages of random programmes as of today; then those of the longest history."""
    programmes = list(dict.fromkeys(programme for programme, _, _ in questions(stage, 20 * FIRSTS)))[:FIRSTS]
    with Server.pledger(stage.path, scratch) as pledger, Server.bare(scratch) as bare:
        return [
            mark
            for name, paths in (
                ("front page", ["/"] * FIRSTS),
                ("programme page", [f"/programmes/{one}" for one in programmes]),
                ("history page", [f"/programmes/{one}/history" for one in programmes]),
            )
            for mark in _marks(name, paths, rounds, pledger, bare)
        ]


def _marks(name: str, paths: list[str], rounds: int, pledger: Server, bare: Server) -> list[Mark]:
    times, sizes = list[float](), list[int]()

    def ours() -> Sample:
        spent = pledger.cpu_seconds()
        took, size = _ask(pledger.port, paths)
        times.extend(took)
        sizes.extend(size)
        return Sample(median(took), (pledger.cpu_seconds() - spent) / len(paths) * 1000)

    def raw() -> Sample:
        took, _ = _ask(bare.port, ["/hello"] * len(paths))
        return Sample(median(took))

    _ask(pledger.port, paths[:3])  # templates are compiled once
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
