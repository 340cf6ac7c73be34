"""What a log takes on the disk, beside the envelopes in it."""

from __future__ import annotations

from pathlib import Path

import orjson

from ledger.verify.entry_file import EntryFile
from tests.bench import asked
from tests.bench.marks import Mark
from tests.bench.stage import Stage

MEGABYTE = 2**20


def measure(stage: Stage) -> list[Mark]:
    """Of a closed ledger; the projections are not counted."""
    taken = sum(file.stat().st_size for file in stage.path.glob("ledger.db*"))
    return [
        Mark(
            "ledger.db",
            "MB",
            taken / MEGABYTE,
            limit_name="the envelopes",
            limit=_envelopes(stage.path / "ledger.db") / MEGABYTE,
            target=asked.DISK_RATIO,
            least=False,
            on_ratio=True,
            note=f"{stage.events:,} events",
        )
    ]


def _envelopes(ledger_db: Path) -> int:
    """Bytes of all envelopes, as JSON without spaces."""
    file = EntryFile(ledger_db)
    rows = file.rows(0, file.bounds()[1])
    total = sum(len(orjson.dumps(orjson.loads(row.raw)["envelope"])) for row in rows)
    file.close()
    return total
