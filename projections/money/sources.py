"""The tree of sources: what each one gives, with all that is below it; and who pays which share.

A source is below its parent as `/sources/{id}/parent` says on the day. Sums are of the lines as they were
stated: nothing is subtracted. Money that is sent out of one source may come back as another one's line
(a received subvention); no statement links the two, so what may stand in a sum twice is listed, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from ledger.doubt import Name
from ledger.values import money
from projections.budget import SUMMED, Row, add_up, is_amount, totals
from projections.cells import read_cells
from projections.doubtful import read_doubtful, worst_of
from projections.money.priorities import Tree, sum_priorities
from projections.reading import Reading

SHARE: Final = Decimal("0.0001")
NEEDS: Final = ("original", "amended", "appropriated", "scheduled")


@dataclass(frozen=True, slots=True)
class Source:
    """name, parent: None where none was stated. doubt: of the statement about the parent."""

    id: str
    name: str | None = None
    parent: str | None = None
    doubt: Name | None = None


Sources = Mapping[str, Source]


def read_sources(reading: Reading, programme: str, as_of: str) -> dict[str, Source]:
    """The programme's sources on a day, by id. Raises Blocked."""
    doubtful = read_doubtful(reading, programme)
    found: dict[str, dict[str, Any]] = {}
    for path, answer in read_cells(reading, programme, as_of, "/sources"):
        _, _, source, member = path.split("/")
        said = found.setdefault(source, {})
        said[member] = answer.value
        if member == "parent":
            said["doubt"] = doubtful.of(path, as_of, answer)
    return {
        source: Source(source, said.get("name"), said.get("parent") or None, said.get("doubt"))
        for source, said in found.items()
        if said.get("name") is not None
    }


def above(source: str, sources: Sources) -> list[str]:
    """The source itself, then its parents up to the root; each once, whatever the statements say."""
    line = [source]
    while (known := sources.get(line[-1])) is not None and known.parent and known.parent not in line:
        line.append(known.parent)
    return line


def sum_tree(rows: list[Row], sources: Sources) -> list[Row]:
    """Each source that has lines, or has some below it: its own and theirs added up; parents first.

    own, below: lines of its own and of the sources below it. mixed: amounts of both kinds are in one
    sum, which the paper may have meant as "of that": whether they count twice is not determined.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows:
        for node in above(row["source"], sources):
            groups.setdefault(node, []).append(row)
    ordered = sorted(groups, key=lambda node: list(reversed(above(node, sources))))
    return [_node(node, groups[node], sources) for node in ordered]


def _node(node: str, rows: list[Row], sources: Sources) -> Row:
    own = [row for row in rows if row["source"] == node]
    below = [row for row in rows if row["source"] != node]
    known = sources.get(node, Source(node))
    placed = worst_of(_placing(row["source"], node, sources) for row in below)
    total = add_up(rows)
    return {
        "source": node,
        "name": known.name,
        "parent": known.parent,
        "depth": len(above(node, sources)) - 1,
        "own": len(own),
        "below": len(below),
        "mixed": any(_has(own, name) and _has(below, name) for name in SUMMED),
        **total,
        "doubt": worst_of([total["doubt"], placed]),
    }


def _placing(source: str, node: str, sources: Sources) -> Name | None:
    """The doubt about what puts a source below a node."""
    line = above(source, sources)
    return worst_of(sources[one].doubt for one in line[: line.index(node)] if one in sources)


def _has(rows: Iterable[Row], name: str) -> bool:
    return any(is_amount(row[name]) for row in rows)


def share_out(rows: list[Row]) -> list[Row]:
    """Of each measure's year: what part of its amended plan each source gives, to four decimals (half up).

    null where the measure's plan is nothing or less, or a part of it is: there is no share of that.
    """
    groups: dict[tuple[str, int], dict[str, list[Row]]] = {}
    for row in rows:
        if is_amount(row["amended"]):
            by_source = groups.setdefault((row["measure"], row["year"]), {})
            by_source.setdefault(row["source"], []).append(row)
    return [share for key, by_source in groups.items() for share in _shares(key, by_source)]


def _shares(key: tuple[str, int], by_source: Mapping[str, list[Row]]) -> list[Row]:
    sums = {
        source: sum((Decimal(row["amended"]) for row in rows), Decimal(0))
        for source, rows in by_source.items()
    }
    total = sum(sums.values(), Decimal(0))
    known = total > 0 and all(amount >= 0 for amount in sums.values())
    every = [row for rows in by_source.values() for row in rows]
    doubt = worst_of(row["doubtful"].get("amended") for row in every)  # one part moves every share
    return [
        {
            "measure": key[0],
            "year": key[1],
            "source": source,
            "amended": money(amount),
            "share": str((amount / total).quantize(SHARE, ROUND_HALF_UP)) if known else None,
            "cells": sorted(row["cell"] for row in by_source[source]),
            "doubt": doubt,
        }
        for source, amount in sums.items()
    ]


def counted_twice(rows: list[Row]) -> list[Row]:
    """Where one sum may hold the same money twice: sent out of one source, and planned in another one too.

    Of each measure's year; answer: always "undetermined", for no statement says that the two are one.
    """
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["measure"], row["year"]), []).append(row)
    found: list[Row] = []
    for (measure, year), group in groups.items():
        for source in sorted({row["source"] for row in group if is_amount(row["transferred"])}):
            sent = [row for row in group if row["source"] == source]
            other = [row for row in group if row["source"] != source and any(_stated(row))]
            if other:
                found.append(
                    {
                        "measure": measure,
                        "year": year,
                        "source": source,
                        "transferred": add_up(sent)["transferred"],
                        "others": sorted({row["source"] for row in other}),
                        "answer": "undetermined",
                    }
                )
    return found


def _stated(row: Row) -> Iterable[bool]:
    return (is_amount(row[name]) for name in (*NEEDS, "committed", "paid", "incurred"))


def all_totals(rows: list[Row], sources: Sources, tree: Tree) -> dict[str, list[Row]]:
    """The budget's totals, by priority, by the tree of sources, the shares, and what may count twice."""
    return {
        **totals(rows),
        "by_priority": sum_priorities(rows, tree),
        "by_source_tree": sum_tree(rows, sources),
        "co_financing": share_out(rows),
        "counted_twice": counted_twice(rows),
    }
