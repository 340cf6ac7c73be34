"""What question 15 says of an extract beside the comparisons: why one is open, and what nothing maps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from projections.findings.treasury import FIGURES
from projections.money.books import Books
from projections.money.figures import AMOUNTS, extracted
from projections.money.reconciliation import unmapped_lines
from projections.questions.looking import total
from projections.questions.question import Pair

WHY: dict[str, Pair] = {
    "not-in-extract": ("у виписці суми немає", "the extract states no amount"),
    "older-extract": ("суму каже лише давніша виписка", "only an older extract states the amount"),
    "not-in-ledger": ("в обліку суми немає", "the ledger states no amount"),
    "reports-end-earlier": ("звіти закінчуються раніше", "reports end earlier"),
    "shares-above-one": (
        "рядок казначейства розподілено більш ніж повністю: ті самі гроші враховано б двічі",
        "more than the whole of a treasury line is mapped: the same money would be counted twice",
    ),
}


def unmapped(books: Books, year: int, day: str) -> dict[str, Any]:
    """The lines of a day's extract that no allocation maps: how many, and each figure of theirs added up.

    Nobody has said whose they are; they may be another programme's.
    """
    lines = 0
    amounts: dict[str, list[Decimal]] = {name: [] for name in AMOUNTS}
    for line in unmapped_lines(books, year, day):
        stated = {name: extracted(books, year, line, name, day) for name in AMOUNTS}
        found = {
            name: one.amount for name, one in stated.items() if one.amount is not None and one.day == day
        }
        lines += bool(found)
        for name, amount in found.items():
            amounts[name].append(amount)
    return {"lines": lines, **{name: total(some) for name, some in amounts.items()}}


def said(spare: dict[str, Any]) -> Pair:
    """The tail of a sentence; empty where all is mapped."""
    if not spare["lines"]:
        return ("", "")
    told = [
        ", ".join(f"{FIGURES[name][side]} {spare[name]}" for name in AMOUNTS if spare[name] is not None)
        for side in (0, 1)
    ]
    return (
        f"; рядків виписки, яких не розподілено на програму: {spare['lines']} ({told[0]})",
        f"; lines of the extract that nothing maps: {spare['lines']} ({told[1]})",
    )
