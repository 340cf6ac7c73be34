"""The ids of cells: given here, so that new cells need not be asked for one by one."""

from __future__ import annotations

from projections.store.base import Writing

_IDS = "SELECT path, id FROM cells WHERE programme=?"
_LAST = "SELECT COALESCE(MAX(id), 0) FROM cells"
_INSERT = "INSERT INTO cells (id, programme, path) VALUES (?,?,?)"


class CellIds:
    """Ids by programme and path; those of a programme are read when it is first met.

    It outlives transactions, but not one that was rolled back.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[str, int]] = {}
        self._last: int | None = None
        self._fresh: list[tuple[int, str, str]] = []

    def id_of(self, writing: Writing, programme: str, path: str) -> int:
        """A cell's id; a new one is in the table after `flush`."""
        ids = self._known.get(programme)
        if ids is None:
            rows = writing.execute(_IDS, (programme,)).fetchall()
            ids = self._known[programme] = {row[0]: row[1] for row in rows}
        found = ids.get(path)
        if found is None:
            found = ids[path] = self._next(writing)
            self._fresh.append((found, programme, path))
        return found

    def flush(self, writing: Writing) -> None:
        writing.executemany(_INSERT, self._fresh)
        self._fresh.clear()

    def _next(self, writing: Writing) -> int:
        if self._last is None:
            self._last = int(writing.execute(_LAST).fetchone()[0])
        self._last += 1
        return self._last
