"""Problems of a workbook: pointers into the file become sheets and cells, keys become titles of columns."""

from __future__ import annotations

from api.importers.errors import Problems
from api.importers.yaml_source import escape


class PlacedProblems(Problems):
    """places: pointer → row of the sheet, and the cell as it is called there."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, tuple[int, str]] = {}

    def add(self, line: int, path: str, code: str, **words: object) -> None:
        if code == "missing-key":
            cell = f"{path}/{escape(str(words['got']))}"
            if cell in self.places:
                path, code = cell, "missing-cell"
        row, place = self._place(line, path)
        super().add(row, place, code, **words)

    def _place(self, line: int, path: str) -> tuple[int, str]:
        """Of the pointer, or of the nearest above it that has one; a place is its own."""
        if not path.startswith("/"):
            return line, path
        at = path
        while at and at not in self.places:
            at = at.rpartition("/")[0]
        return self.places.get(at, (line, path))
