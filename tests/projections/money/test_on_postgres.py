"""Money reads the same from both stores."""

from __future__ import annotations

from pathlib import Path

from projections.budget import read_budget
from projections.diff import Point
from projections.money.chain import BY, read_chain
from projections.money.moves import read_moves
from projections.money.priorities import read_tree
from projections.money.reconciling import read_reconciliation
from projections.money.sources import all_totals, read_sources
from projections.reading import Reading
from tests.projections.adopted import Adopted
from tests.projections.money.saying import allocate, decide, extract, grant, line, schedule, spend, transfer
from tests.projections.tables import Tables


def answers(reading: Reading, programme: str, start: int) -> list[object]:
    found: list[object] = []
    for day in ("2025-05-31", "2025-06-15", "2025-12-31"):
        rows = read_chain(reading, programme, day)
        found += [rows, read_chain(reading, programme, day, by=BY), read_sources(reading, programme, day)]
        found.append(read_reconciliation(reading, programme, day, 2025))
        found.append(
            all_totals(
                read_budget(reading, programme, day),
                read_sources(reading, programme, day),
                read_tree(reading, programme, day),
            )
        )
        points = Point("2025-03-01", start), Point(day, reading.position)
        found += [read_moves(reading, programme, *points), read_moves(reading, programme, *reversed(points))]
    return found


def test_the_same_log_gives_the_same_money(belz: Adopted, tmp_path: Path) -> None:
    start = belz.town.position
    decide(belz, "belz-7", "2025-06-01", line("18000.00"), line("12500.00", measure="3.3.4"))
    belz.change_status("belz-7", "suspended", "2025-06-10")
    belz.change_status("belz-7", "resumed", "2025-06-20")
    grant(belz, "budget-1", "2025-03-01", line("40000.00"))
    grant(belz, "budget-5", "2025-05-01", line("5000.00", "add"))
    schedule(belz, "2025-06-02", line("41000.00"))
    spend(belz, "paid", "2025-H1", "12000.00")
    transfer(belz, "10.00", "2025-06-03")
    allocate(belz, {"share": "0.5"})
    extract(belz, "2025-06-30", {"approved": "80000.00", "amended": "80000.00", "paid": "24000.00"})
    expected = answers(belz.reading(), belz.programme, start)
    with Tables(tmp_path / "database", belz.town.ledger.reader, postgres=True) as database:
        database.catch_up()
        assert answers(database.reading(belz.town.position), belz.programme, start) == expected
