"""The ids of cells: given here, so that new cells need not be asked for one by one."""

from __future__ import annotations

from ledger.recent import Recent
from projections.store.base import Writing

_IDS = "SELECT path, id FROM cells WHERE programme=?"
_LAST = "SELECT COALESCE(MAX(id), 0) FROM cells"
_INSERT = "INSERT INTO cells (id, programme, path) VALUES (?,?,?)"


class CellIds:
    """Ids by programme and path; those of a programme are read when it is first met.

    It outlives transactions, but not one that was rolled back.
    """

    def __init__(self, kept_max: int) -> None:
        """kept_max: cells whose ids stay in memory."""
        self._recent: Recent[str, dict[str, int]] = Recent(kept_max)
        self._used: dict[str, dict[str, int]] = {}  # since the last flush
        self._last: int | None = None
        self._fresh: list[tuple[int, str, str]] = []

    def id_of(self, writing: Writing, programme: str, path: str) -> int:
        """A cell's id; a new one is in the table after `flush`."""
        ids = self._used.get(programme)
        if ids is None:
            ids = self._used[programme] = self._recent.get(programme) or self._read(writing, programme)
        found = ids.get(path)
        if found is None:
            found = ids[path] = self._next(writing)
            self._fresh.append((found, programme, path))
        return found

    def _read(self, writing: Writing, programme: str) -> dict[str, int]:
        return dict(writing.execute(_IDS, (programme,)).fetchall())

    def flush(self, writing: Writing) -> None:
        writing.executemany(_INSERT, self._fresh)
        self._fresh.clear()
        for programme, ids in self._used.items():
            self._recent.put(programme, ids, len(ids))
        self._used.clear()
        self._recent.shrink()

    def _next(self, writing: Writing) -> int:
        if self._last is None:
            self._last = int(writing.execute(_LAST).fetchone()[0])
        self._last += 1
        return self._last
