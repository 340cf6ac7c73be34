"""`make fuzz SECONDS=60`: look for crashes by coverage, and say what was found.

    python -m tests.fuzz --seconds 60 [NAME …]

The time is split equally between the harnesses. What they found interesting stays in build/fuzz and is
where the next run begins. Exit code 1 after a crash: its input is kept, and its path is printed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.harness import INPUT_SECONDS_MAX, NAMES
from tests.fuzz.seeds import seeds_of

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / "build" / "fuzz"
SPARE_SECONDS = 120  # for the start, the seeds and the last input

_STAT = re.compile(r"stat::(\w+):\s+(\d+)")
_COVERED = re.compile(r"\bcov: (\d+)")


@dataclass(frozen=True)
class Row:
    """One line of the table. edges: None if libFuzzer did not say; fault: why it ended before its time."""

    name: str
    executions: int
    per_second: int
    edges: int | None
    fresh: int
    crashes: tuple[Path, ...]
    fault: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.crashes or self.fault)


def run(name: str, seconds: int, place: Path = PLACE) -> Row:
    """Run one harness for so long."""
    folders = {part: place / name / part for part in ("corpus", "seeds", "crashes")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds_of(name)):
        (folders["seeds"] / f"{number:03}").write_bytes(seed)
    before = {*folders["crashes"].iterdir()}
    arguments = [str(folders[part]) for part in ("corpus", "seeds", "crashes")]
    command = [sys.executable, "-m", "tests.fuzz.harness", name, *arguments, str(seconds)]
    log = place / name / "log.txt"
    with log.open("wb") as output:
        limit = seconds + INPUT_SECONDS_MAX + SPARE_SECONDS
        done = subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, timeout=limit, check=False)
    said = log.read_text(encoding="utf-8", errors="replace")
    crashes = tuple(sorted({*folders["crashes"].iterdir()} - before))
    fault = "" if done.returncode == 0 else f"exit code {done.returncode}, see {log}"
    return row_of(name, said, crashes, fault)


def row_of(name: str, said: str, crashes: tuple[Path, ...], fault: str) -> Row:
    """Read the lines that libFuzzer wrote."""
    stats = {found[1]: int(found[2]) for found in _STAT.finditer(said)}
    covered = _COVERED.findall(said)
    return Row(
        name,
        stats.get("number_of_executed_units", 0),
        stats.get("average_exec_per_sec", 0),
        int(covered[-1]) if covered else None,
        stats.get("new_units_added", 0),
        crashes,
        fault or ("" if stats else "no figures"),
    )


def table(rows: Sequence[Row]) -> str:
    """What was done, a line for each harness; then where the crashes lie."""
    lines = [
        f"{'harness':10}{'executions':>12}{'per second':>12}{'edges':>8}{'new inputs':>12}{'crashes':>9}"
    ]
    for row in rows:
        edges = "-" if row.edges is None else str(row.edges)
        figures = f"{row.executions:12}{row.per_second:12}{edges:>8}{row.fresh:12}{len(row.crashes):9}"
        lines.append(f"{row.name:10}{figures}")
    lines += [f"crash of {row.name}: {path}" for row in rows for path in row.crashes]
    lines += [f"{row.name}: {row.fault}" for row in rows if row.fault]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for all harnesses together")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="harnesses; all by default")
    given = parser.parse_args()
    if sys.platform != "linux":
        print("atheris runs on Linux alone: nothing was done.", file=sys.stderr)
        return 1
    names = given.names or NAMES
    share = max(1, given.seconds // len(names))
    rows = [run(name, share) for name in names]
    print(table(rows))
    return 1 if any(row.failed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
