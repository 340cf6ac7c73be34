"""What is done to a whole log at a time, by its entries: rebuilt, verified, copied, kept on the disk."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

from ledger.store.picture import take_picture
from tests.bench.growing import costs
from tests.bench.growing.costs import Figures
from tests.bench.growing.stage import GrowingStage


def measure_disk(stage: GrowingStage) -> Figures:
    """Bytes an entry, of the log and of the projections in use; and the processor time of a picture of it."""
    begun = time.process_time()
    copy = stage.path.with_name("picture.db")
    take_picture(stage.path / "ledger.db", copy)
    spent = time.process_time() - begun
    copy.unlink()
    current = (stage.path / "CURRENT").read_text(encoding="utf8").strip()
    return {
        costs.COPY: spent / stage.events * 1e6,
        costs.DISK_LOG: (stage.path / "ledger.db").stat().st_size / stage.events,
        costs.DISK_TABLES: (stage.path / current).stat().st_size / stage.events,
    }


def measure_rebuild(stage: GrowingStage) -> Figures:
    """Into a generation beside the one in use, which goes on as before."""
    command = [sys.executable, "-m", "tests.bench.growing.rebuilding", str(stage.path)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    each = said["cpu_seconds"] / stage.events * 1000
    return {costs.REBUILD: each, costs.REBUILD_MEMORY: said["memory_mb"]}


def measure_verify(stage: GrowingStage) -> Figures:
    """In processes of its own, which are all waited for."""
    begun = _children_seconds()
    subprocess.run([sys.executable, "-m", "tests.bench.verify", str(stage.path)], check=True)
    return {costs.VERIFY: (_children_seconds() - begun) / stage.events * 1000}


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
