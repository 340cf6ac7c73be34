"""Token buckets by name, in memory and bounded: those that were asked for longest ago are forgotten."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

BUCKETS_MAX: Final = 10_000


class Buckets:
    """Each name may spend `burst` at once, and `per_second` for ever. Used by one thread.

    per_second: 0 limits nothing. now: seconds that never go back.
    A bucket that is forgotten is full again: memory is bounded before rates are.
    """

    def __init__(
        self,
        per_second: float,
        burst: float,
        *,
        now: Callable[[], float] = time.monotonic,
        count_max: int = BUCKETS_MAX,
    ) -> None:
        self._per_second, self._burst = per_second, max(burst, 1.0)
        self._now, self._count_max = now, count_max
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name → tokens, at

    def __len__(self) -> int:
        return len(self._filled)

    def take(self, name: str, cost: float = 1.0) -> int:
        """Spend if there is enough: 0. Else nothing is spent: whole seconds after which there will be."""
        wait = self.wait(name, cost)
        if not wait:
            self.spend(name, cost)
        return wait

    def wait(self, name: str, cost: float = 1.0) -> int:
        """Whole seconds until so much may be spent, 0 for now; what costs more than a burst waits for one."""
        if not self._per_second:
            return 0
        lacking = min(cost, self._burst) - self._tokens(name)
        return math.ceil(lacking / self._per_second) if lacking > 0 else 0

    def spend(self, name: str, cost: float = 1.0) -> None:
        """Spend what was used already, into debt if need be; the debt is never more than a burst."""
        if not self._per_second:
            return
        self._filled[name] = (max(self._tokens(name) - cost, -self._burst), self._now())
        self._filled.move_to_end(name)
        while len(self._filled) > self._count_max:
            self._filled.popitem(last=False)

    def _tokens(self, name: str) -> float:
        found = self._filled.get(name)
        if found is None:
            return self._burst
        tokens, at = found
        return min(tokens + (self._now() - at) * self._per_second, self._burst)
