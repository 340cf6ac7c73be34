"""Measure how costs grow with the log: `make growth`, or python -m tests.bench.growing --help.

One ledger is filled from size to size through the real appender, and measured at each. Exits with 1 if a
cost that must not grow with the log does.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from api.collecting import COLLECT_AFTER
from tests.bench.growing import appending, reading, serving, whole
from tests.bench.growing.costs import Figures
from tests.bench.growing.fit import exponent, is_too_fast
from tests.bench.growing.stage import GrowingStage
from tests.bench.growing.table import Grown, Sized, by_cost, table
from tests.bench.growing.workload import Pace
from tests.bench.growing.yardstick import pace
from tests.bench.marks import Theft, surroundings

NAMES = ("reads", "http", "disk", "rebuild", "verify", "appends")
SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (2_000, 4_000, 8_000)
QUICK_ERA = 1_500
WHOLE_MAX = 200_000  # entries; rebuilding and verifying more takes many minutes


def main() -> int:
    gc.set_threshold(*COLLECT_AFTER)  # as the server does
    options = _options()
    sizes = sorted(options.events or (QUICK_SIZES if options.quick else SIZES))
    scratch = Path(tempfile.mkdtemp(prefix="pledger-growing-", dir=options.scratch))
    where, theft = surroundings(), Theft()
    try:
        found, paces = _measured(options, sizes, scratch)
        where["stolen_cpu"] = theft.share()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("\n".join(f"{name}: {value}" for name, value in where.items()), end="\n\n")
    print(table(found, paces))
    if options.json is not None:
        options.json.write_text(
            json.dumps(_as_json(by_cost(found, paces), where), indent=1) + "\n", encoding="utf8"
        )
    return 1 if any(is_too_fast(one.cost, one.steady) for one in by_cost(found, paces)) else 0


def _measured(options: argparse.Namespace, sizes: list[int], scratch: Path) -> tuple[Sized, Sized]:
    """Size → what was found, and the machine's pace then.

    It is said after each size: a run of hours may be broken off.
    """
    stage = GrowingStage(scratch / "ledger", Pace(era=QUICK_ERA) if options.quick else Pace())
    found, paces = dict[int, Figures](), dict[int, Figures]()
    followed = 0
    for size in sizes:
        _say(f"growing to {size:,} events in {scratch}")
        stage.grow_to(size)
        found[size], paces[size] = {}, {}
        for name in (name for name in NAMES if name in (options.only or NAMES)):
            if name in ("rebuild", "verify") and size > options.whole_max:
                continue
            _say(f"{size:,}: measuring {name}")
            before = pace()
            if name == "reads":
                figures, followed = reading.measure(stage, 200 if options.quick else 1000, followed)
            else:
                figures = _run(name, stage, scratch, quick=options.quick)
            found[size] |= figures
            paces[size] |= dict.fromkeys(figures, (before + pace()) / 2)
        _say(table(found, paces))
    return found, paces


def _run(name: str, stage: GrowingStage, scratch: Path, *, quick: bool) -> Figures:
    rounds, count = (2, 100) if quick else (3, 500)
    match name:
        case "http":
            return serving.measure(stage, rounds, count, scratch)
        case "disk":
            return whole.measure_disk(stage)
        case "rebuild":
            return whole.measure_rebuild(stage)
        case "verify":
            return whole.measure_verify(stage)
        case _:
            return appending.measure(stage, count)


def _as_json(measured: list[Grown], where: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "cost": cost.name,
            "unit": cost.unit,
            "expected": cost.expected,
            "judged": cost.judged,
            "figures": figures,
            "steady": steady,
            "exponent": exponent(steady),
            "too_fast": is_too_fast(cost, steady),
        }
        for cost, figures, steady in measured
    ]
    return {"surroundings": where, "costs": rows}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.growing", description="How Pledger's costs grow with its log"
    )
    parser.add_argument(
        "--events", type=int, nargs="+", metavar="N", help="sizes of the log (default 10,000 to 1,000,000)"
    )
    parser.add_argument("--quick", action="store_true", help="2,000 to 8,000 events and short runs")
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--whole-max",
        type=int,
        default=WHOLE_MAX,
        metavar="N",
        help=f"rebuild and verify no larger log than this (default {WHOLE_MAX:,})",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    parser.add_argument(
        "--scratch", type=Path, metavar="DIR", help="where the ledger is made (default: TMPDIR)"
    )
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
