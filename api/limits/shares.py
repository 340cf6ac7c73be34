"""How much of what is done at once one address may hold: else one alone keeps everybody out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Shares:
    """Counts by name what is under way. Used by one thread; who holds nothing takes no memory."""

    def __init__(self, count_max: int) -> None:
        self._count_max = count_max
        self._held: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._held)

    def is_full(self, name: str | None) -> bool:
        """None is whoever is not limited."""
        return name is not None and self._held[name] >= self._count_max

    @contextmanager
    def holding(self, name: str | None) -> Iterator[None]:
        """One more under that name, however it ends."""
        if name is None:
            yield
            return
        self._held[name] += 1
        try:
            yield
        finally:
            self._held[name] -= 1
            if not self._held[name]:
                del self._held[name]
