"""Files of 20,000 rows: read and judged over HTTP, and made into drafts at the prompt without a server."""

from __future__ import annotations

import csv
import http.client
import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

from ledger.service import Ledger
from tests.bench.marks import Mark, Sample, interleave
from tests.bench.server import Server
from tests.bench.stage import Stage, submit_all
from tests.bench.workload import SOURCES, YEARS, ProgrammeSoFar, Scale

ROWS = 20_000
SMALL = 3000  # entries of the ledger in which a table of as many lines is compared
LINES_MAX = 250  # of one event there
FOLDER_MAX, DRAFT_SIZE = 256, 191
SECONDS_MAX = 5.0
PATIENCE_SECONDS = 300


def measure(stage: Stage, rounds: int, scratch: Path) -> list[Mark]:
    """The seconds of a whole request or command, from the file's bytes to the answer or the drafts."""
    programme = stage.workload.ordinary[0]
    extract, spending, actuals = _extract(), _spending(programme), _actuals()
    compared, comparison = _compared(scratch / "compared"), _comparison(programme)
    with (
        Server.pledger(stage.path, scratch, name="imports") as server,
        Server.pledger(compared.path, scratch, name="compared") as other,
    ):

        def read(shape: str, text: str, server: Server = server, **asked: object) -> Sample:
            signer = programme.council.signer()
            who = {"programme": programme.name, "person": signer["person"], "office": signer["office"]}
            spent = server.cpu_seconds()
            seconds = _post(server.port, f"/v1/imports/{shape}?{urlencode(who | asked)}", text.encode())
            return Sample(seconds, (server.cpu_seconds() - spent) * 1000)

        act = compared.workload.ordinary[0].council.acts[-1][0]
        table, treasury, paid, files, raw, bare = interleave(
            rounds,
            lambda: read("comparison", comparison, other, act=act, effective="2026-06-01"),
            lambda: read("treasury", extract, day="2025-09-01", year=2025),
            lambda: read("spending", spending, accumulation="period", phase="paid"),
            lambda: _drafted(programme.name, actuals, scratch),
            lambda: _raw(extract),
            lambda: _raw_files(scratch / "bare"),
        )
    return [
        _mark("import: comparison table, judged", table, raw),
        _mark("import: treasury's extract, judged", treasury, raw),
        _mark("import: spending, judged", paid, raw),
        _mark("import: actual values, to files", files, bare, "files written alone"),
    ]


def _mark(name: str, taken: Sample, raw: Sample, limit: str = "csv and Decimal alone") -> Mark:
    return Mark(
        name,
        "s",
        taken.value,
        cpu_ms=taken.cpu_ms,
        limit_name=limit,
        limit=raw.value,
        target=SECONDS_MAX,
        least=False,
        note=f"{ROWS:,} rows; processor of the whole file",
    )


def _extract() -> str:
    rows = (
        f"{1_000_000 + n // 200};{2000 + n % 200};загальний;100000,00;120000,00;25000,{n % 100:02}\n"
        for n in range(ROWS)
    )
    return "КПКВК;КЕКВ;Фонд;ZAT_AMT;PLANS_AMT;FAKT_AMT\n" + "".join(rows)


def _spending(programme: ProgrammeSoFar) -> str:
    """Of every measure and source by month, in rows that differ by their economic code (КЕКВ)."""
    cells = [
        (measure, source, f"{year}-{month:02}")
        for measure in programme.measures
        for source in SOURCES
        for year in YEARS[:2]
        for month in range(1, 13)
    ]
    rows = ((n, 2000 + n // len(cells), *cells[n % len(cells)]) for n in range(ROWS))
    lines = (
        f"{m};{source};{period};1250,{n % 100:02};{kekv};Предмети\n" for n, kekv, m, source, period in rows
    )
    return "Захід;Джерело;Період;Сума;КЕКВ;Назва КЕКВ\n" + "".join(lines)


def _cells(programme: ProgrammeSoFar) -> Iterator[dict[str, object]]:
    """Lines of the plan that differ by their economic code."""
    ways = [(m, year, source) for m in programme.measures for year in YEARS for source in SOURCES]
    for n in range(ROWS):
        measure, year, source = ways[n % len(ways)]
        yield {"measure": measure, "year": year, "source": source, "kekv": str(2000 + n // len(ways))}


def _compared(path: Path) -> Stage:
    """A small ledger in which every line that the table changes has an amount in force."""
    stage = Stage(path, SMALL, Scale(programmes=2, wide=1, hot_versions=10))
    programme = stage.workload.ordinary[0]
    lines = [{**cell, "op": "set", "amount": "100.00"} for cell in _cells(programme)]
    parts = [lines[at : at + LINES_MAX] for at in range(0, ROWS, LINES_MAX)]
    with Ledger(path) as ledger:
        submit_all(ledger, [stage.workload.financing(programme, part, "2026-05-01") for part in parts])
    return stage


def _comparison(programme: ProgrammeSoFar) -> str:
    """Every amount in force, and another one."""
    rows = (
        f"{cell['measure']};{cell['year']};{cell['source']};100,00;{1250 + n},50;{cell['kekv']}\n"
        for n, cell in enumerate(_cells(programme))
    )
    return "Захід;Рік;Джерело;Чинна редакція;Запропонована редакція;КЕКВ\n" + "".join(rows)


def _actuals() -> str:
    """One value of each indicator and month: without a server nobody knows which indicators there are."""
    rows = (f"i-{n // 12};2025-{n % 12 + 1:02};за період;{n},5\n" for n in range(ROWS))
    return "Індикатор;Період;Як рахується;Значення\n" + "".join(rows)


def _post(port: int, target: str, body: bytes) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    begun = time.perf_counter()
    connection.request("POST", target, body, {"Content-Type": "application/octet-stream"})
    answer = connection.getresponse()
    said = answer.read()
    seconds = time.perf_counter() - begun
    connection.close()
    if answer.status != 200 or json.loads(said)["summary"]["rows"] != ROWS:
        raise RuntimeError(f"{target} answered {answer.status}: {said[:2000]!r}")
    return seconds


def _drafted(programme: str, text: str, scratch: Path) -> Sample:
    """By `pledger import-actuals`, which starts anew each time."""
    file, out = scratch / "actuals.csv", scratch / "drafts"
    file.write_text(text, encoding="utf8")
    command = [str(Path(sys.executable).with_name("pledger")), "import-actuals", programme, str(file)]
    begun = time.perf_counter()
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True, timeout=PATIENCE_SECONDS)
    seconds = time.perf_counter() - begun
    made = sum(1 for _ in out.rglob("*.json"))
    shutil.rmtree(out)
    if made != ROWS:
        raise RuntimeError(f"{made} drafts of {ROWS} rows")
    return Sample(seconds)


def _raw(text: str) -> Sample:
    """What reading the rows and their amounts costs at the least."""
    begun = time.perf_counter()
    for row in csv.DictReader(io.StringIO(text), delimiter=";"):
        for name in ("ZAT_AMT", "PLANS_AMT", "FAKT_AMT"):
            Decimal(row[name].replace(",", "."))
    return Sample(time.perf_counter() - begun)


def _raw_files(folder: Path) -> Sample:
    """What the file system asks for as many files of their size, in folders as the drafts have them."""
    begun = time.perf_counter()
    for n in range(ROWS):
        if n % FOLDER_MAX == 0:
            (folder / str(n)).mkdir(parents=True)
        (folder / str(n - n % FOLDER_MAX) / str(n)).write_bytes(b"x" * DRAFT_SIZE)
    seconds = time.perf_counter() - begun
    shutil.rmtree(folder)
    return Sample(seconds)
