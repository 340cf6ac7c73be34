"""The table of a run: a row a cost, a column a size, and how it grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.bench.growing.costs import COSTS, Cost, Figures
from tests.bench.growing.fit import exponent, is_too_fast, word


def by_cost(found: Mapping[int, Figures]) -> list[tuple[Cost, dict[int, float]]]:
    """found: size → figures. Costs that were measured, each with its figure at each size."""
    sized = [
        (cost, {size: row[cost.name] for size, row in found.items() if cost.name in row}) for cost in COSTS
    ]
    return [(cost, figures) for cost, figures in sized if figures]


def table(found: Mapping[int, Figures]) -> str:
    """In Markdown."""
    sizes = list(found)
    heads = ["cost", "unit", *(f"{size:,}" for size in sizes), "grows as", "expected"]
    rows = [_row(cost, figures, sizes) for cost, figures in by_cost(found)]
    return "\n".join([_line(heads), _line(["---"] * len(heads)), *map(_line, rows)])


def _row(cost: Cost, figures: Mapping[int, float], sizes: list[int]) -> list[str]:
    shown = [_figure(figures[size]) if size in figures else "" for size in sizes]
    name = f"{cost.name} ({cost.note})" if cost.note else cost.name
    return [name, cost.unit, *shown, _growth(figures), _verdict(cost, figures)]


def _growth(figures: Mapping[int, float]) -> str:
    power = exponent(figures)
    return f"n^{power:.2f}, {word(power)}" if power is not None else ""


def _verdict(cost: Cost, figures: Mapping[int, float]) -> str:
    judged = "" if cost.judged else ", not judged"
    return f"{cost.expected}{judged}" + (": GROWS" if is_too_fast(cost, figures) else "")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"
