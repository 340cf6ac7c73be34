"""The table of a run: a row a cost, a column a size, and how it grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tests.bench.growing.costs import COSTS, Cost, Figures
from tests.bench.growing.fit import exponent, is_too_fast, word

Sized = Mapping[int, Figures]


class Grown(NamedTuple):
    """figures: by size, as they were measured; steady: with times as multiples of the machine's pace then."""

    cost: Cost
    figures: dict[int, float]
    steady: dict[int, float]


def by_cost(found: Sized, paces: Sized) -> list[Grown]:
    """found, paces: size → figures, and the pace of the machine when each was measured."""
    return [grown for cost in COSTS if (grown := _grown(cost, found, paces)).figures]


def _grown(cost: Cost, found: Sized, paces: Sized) -> Grown:
    figures = {size: row[cost.name] for size, row in found.items() if cost.name in row}
    if not cost.is_time:
        return Grown(cost, figures, figures)
    return Grown(cost, figures, {size: figure / paces[size][cost.name] for size, figure in figures.items()})


def table(found: Sized, paces: Sized) -> str:
    """In Markdown."""
    sizes = list(found)
    heads = ["cost", "unit", *(f"{size:,}" for size in sizes), "grows as", "expected"]
    rows = [_row(grown, sizes) for grown in by_cost(found, paces)]
    return "\n".join([_line(heads), _line(["---"] * len(heads)), *map(_line, rows)])


def _row(grown: Grown, sizes: list[int]) -> list[str]:
    cost, figures, steady = grown
    shown = [_figure(figures[size]) if size in figures else "" for size in sizes]
    name = f"{cost.name} ({cost.note})" if cost.note else cost.name
    return [name, cost.unit, *shown, _growth(steady), _verdict(cost, steady)]


def _growth(steady: Mapping[int, float]) -> str:
    power = exponent(steady)
    return f"n^{power:.2f}, {word(power)}" if power is not None else ""


def _verdict(cost: Cost, steady: Mapping[int, float]) -> str:
    judged = "" if cost.judged else ", not judged"
    return f"{cost.expected}{judged}" + (": GROWS" if is_too_fast(cost, steady) else "")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"
