"""How a cost grows: the exponent of n in the power of the log's size that fits best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import linear_regression
from typing import Final

from tests.bench.growing.costs import Cost

FLAT_MAX: Final = 0.1
GROWS: Final = 0.15  # faster than this is no noise, and no logarithm: from 10,000 to 1,000,000 that is 0.09
SIZES_MIN: Final = 3  # sizes that a verdict needs
SPAN_MIN: Final = 10  # between the smallest and the largest: over less, noise looks like growth

_WORDS: Final = (
    (-FLAT_MAX, "falls"),
    (FLAT_MAX, "flat"),
    (0.3, "slowly, as a logarithm may"),
    (0.8, "slower than linear"),
    (1.2, "linear"),
)


def exponent(figures: Mapping[int, float]) -> float | None:
    """figures: size → cost. Least squares of log cost on log size; None of fewer than two sizes."""
    points = [(math.log(size), math.log(cost)) for size, cost in figures.items() if cost > 0]
    if len(points) < 2:
        return None
    sizes, costs = zip(*points, strict=True)
    return linear_regression(sizes, costs).slope


def word(power: float) -> str:
    return next((name for most, name in _WORDS if power <= most), "faster than linear")


def is_too_fast(cost: Cost, figures: Mapping[int, float]) -> bool:
    """Does a cost that must not grow with the log grow, by enough sizes to say so?"""
    power = exponent(figures)
    if power is None or not cost.judged or cost.expected == "linear":
        return False
    enough = len(figures) >= SIZES_MIN and max(figures) >= SPAN_MIN * min(figures)
    return enough and power > GROWS
