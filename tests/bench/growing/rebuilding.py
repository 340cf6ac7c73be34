"""A rebuild in a process of its own: python -m tests.bench.growing.rebuilding LEDGER.

The generation that it makes is removed again, and the one in use stays in use. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path

from ledger.log import open_reader
from projections.rebuild import rebuild


def main() -> None:
    """{"cpu_seconds", "memory_mb"}: of the rebuild; of the process at its most, over what it began with."""
    folder = Path(sys.argv[1])
    pointer = folder / "CURRENT"
    named = pointer.read_text(encoding="utf8")
    begun, held = time.process_time(), _memory_mb()
    with closing(open_reader(folder / "ledger.db")) as reader:
        made = rebuild(folder, reader)
    spent = time.process_time() - begun
    pointer.write_text(named, encoding="utf8")
    for left in folder.glob(f"{made.name}*"):
        left.unlink()
    print(json.dumps({"cpu_seconds": spent, "memory_mb": _memory_mb() - held}))


def _memory_mb() -> float:
    """The most that this process has had so far; getrusage would count what the one that started it had."""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main()
