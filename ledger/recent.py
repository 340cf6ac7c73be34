"""What was used last stays in memory, as much as a bound lets."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

LEFT = 3 / 4  # of the bound, once it was passed: else something is forgotten with each new thing


class Recent(Generic[K, V]):
    """Values by key, each with its size, in the order in which they were used. Used by one thread."""

    def __init__(self, size_max: int, *, least: int = 0) -> None:
        """least: how many stay in any case, however large they are: they would be asked for again at once."""
        self._max, self._least, self.size = size_max, least, 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, size: int = 1) -> None:
        """Also of one that has grown. It stays until `shrink`, however large it is."""
        old = self._values.pop(key, None)
        self.size += size - (old[1] if old is not None else 0)
        self._values[key] = (value, size)

    def shrink(self) -> list[K]:
        """Forget what was not used for longest, where it has become too much; what was forgotten."""
        gone: list[K] = []
        if self.size > self._max:
            while len(self._values) > self._least and self.size > self._max * LEFT:
                key, (_, size) = self._values.popitem(last=False)
                self.size -= size
                gone.append(key)
        return gone
