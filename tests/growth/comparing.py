"""The same question at each size, and what its work may be at the largest."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields

from projections.reading import Reading
from tests.growth.counting import Counter, Work
from tests.growth.grown import Grown

Works = dict[int, Work]
NOISE = 20  # so few more are no growth, whatever the share


def ask(counter: Counter, grown: Mapping[int, Grown], question: Callable[[Reading], object]) -> Works:
    """What a question costs at the storage, by size."""
    found = {}
    for size, one in grown.items():
        with one.reading() as reading, counter.counting() as work:
            question(reading)
        found[size] = work
    return found


def assert_flat(works: Mapping[int, Work], *, slack: float = 1.1) -> None:
    """None of the counts may be more at the largest size than at the smallest, but for a slack."""
    smallest, largest = works[min(works)], works[max(works)]
    for name in _counts():
        least, most = _count(smallest, name), _count(largest, name)
        assert most <= least * slack + NOISE, f"{name}: {least} at {min(works)}, {most} at {max(works)}"


def assert_logarithmic(count: int, size: int, *, each: float = 1.0, beside: int = 2) -> None:
    """At most so much each level of the tree, and a little beside."""
    assert count <= each * math.log2(size) + beside, f"{count} of {size}"


def _counts() -> list[str]:
    return [one.name for one in fields(Work)]


def _count(work: Work, name: str) -> int:
    value = getattr(work, name)
    return value if isinstance(value, int) else len(value)
