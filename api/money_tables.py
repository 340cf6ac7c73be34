"""The CSV twins of the answers about money: one row a line, a move or a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.csv_table import to_csv
from projections.money.chain import LINE, STEPS

Row = Mapping[str, Any]

_STEPS = tuple(column for step in STEPS for column in (step, f"{step}_deviation"))
_CHAIN = ("lines", "currency", "original", "transferred", *_STEPS, "cells", "events", "doubt")
CHAIN = (*LINE, *_CHAIN)
MOVES = (
    "of", "why", "act", "act_number", "act_date", "what", "from", "to", "amount", "events", "doubt",
)  # fmt: skip
RECONCILIATION = (
    "part", "measure", "year", "source", "line", "compared", "day", "treasury", "ledger", "until",
    "difference", "status", "why", "explained_by", "unexplained", "mapped", "approved", "amended",
    "paid", "appropriated", "scheduled", "cells", "events", "doubt",
)  # fmt: skip


def chain(rows: Sequence[Row], by: Sequence[str]) -> bytes:
    """by: what the lines were grouped by; the first columns."""
    return to_csv((*by, *_CHAIN), map(_link, rows))


def _link(row: Row) -> Row:
    figures = [row["original"], row["transferred"], *row["steps"]]
    return {
        **row["key"],
        **{name: row[name] for name in ("lines", "currency", "doubt")},
        **{name: row[name]["amount"] for name in ("original", "transferred")},
        **{one["step"]: one["amount"] for one in row["steps"]},
        **{f"{one['step']}_deviation": one["deviation"] for one in row["steps"]},
        **_behind(figures),
    }


def _behind(figures: Sequence[Row]) -> Row:
    """The cells and events of some figures, each once; null where there are none."""
    return {
        name: list(dict.fromkeys(one for figure in figures for one in figure[name])) or None
        for name in ("cells", "events")
    }


def moves(rows: Sequence[Row]) -> bytes:
    return to_csv(MOVES, (moved for row in rows for moved in _moved(row)))


def _moved(row: Row) -> Iterator[Row]:
    act = row["act"] or {}
    common = {
        **{name: row[name] for name in ("of", "why", "doubt")},
        **{"act": act.get("id"), "act_number": act.get("number"), "act_date": act.get("date")},
        "events": [cause["event"] for cause in row["causes"]],
    }
    for move in row["moves"]:
        yield {**common, "what": "moved", **move}
    for part in row["added"]:
        yield {**common, "what": "added", "to": part["cell"], "amount": part["amount"]}
    for part in row["taken"]:
        yield {**common, "what": "taken", "from": part["cell"], "amount": part["amount"]}


def reconciliation(answer: Row) -> bytes:
    """part: the whole with its status, a comparison, a treasury line, or a line of the programme that
    nothing is mapped to."""
    extract = answer["extract"] or {"day": None, "events": None}
    whole = {**extract, "part": "extract", "year": answer["year"], "status": answer["status"]}
    compared = (_compared(item, one) for item in answer["items"] for one in item["comparisons"])
    lines = ({**row, "part": "treasury-line"} for row in answer["lines"])
    unmapped = (
        {**row, "part": "programme-line", "source": row["segment"], "cells": row["cells"] or None}
        for row in answer["unmapped"]
    )
    return to_csv(RECONCILIATION, (whole, *compared, *lines, *unmapped))


def _compared(item: Row, one: Row) -> Row:
    sides = one["treasury"], one["ledger"]
    return {
        **{name: item[name] for name in ("measure", "year", "source")},
        **{name: one[name] for name in ("difference", "status", "why", "unexplained", "doubt")},
        "part": "comparison",
        "line": [share["line"] for share in item["shares"]],
        "compared": one["name"],
        "day": sides[0]["day"],
        "until": sides[1]["until"],
        "treasury": sides[0]["amount"],
        "ledger": sides[1]["amount"],
        "explained_by": [_named(by) for by in one["explained_by"]] or None,
        **_behind(sides),
    }


def _named(by: Row) -> str:
    """An act with its own change; of an event without an act its id."""
    act = by["act"]
    return f"{act['id'] if act else ' '.join(by['events'])}: {by['delta']}"
