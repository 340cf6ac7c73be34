"""One page of the feed of cells: what reads otherwise, programme by programme, up to one end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from projections.changed import programmes_moved, read_moved
from projections.diff import Point
from projections.reading import Reading

PROGRAMMES_MAX: Final = 20  # that one page compares, at most


@dataclass(frozen=True, slots=True)
class Span:
    """From what a reader has to what it is to have. only: one programme; past: where the page begins."""

    start: Point
    end: Point
    only: str | None
    past: str

    @property
    def place(self) -> tuple[str, str]:
        """Programme and path after which the page begins."""
        programme, slash, path = self.past.partition("/")
        return programme, slash + path


@dataclass(slots=True)
class Cells:
    """past: where the next page begins, None on the last one."""

    items: list[dict[str, Any]] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    past: str | None = None


def read_cells_page(reading: Reading, span: Span, limit: int) -> Cells:
    """Raises Blocked."""
    page, (begun, path) = Cells(), span.place
    compared, last = 0, ""
    for programme in programmes_moved(reading, span.start, span.end, only=span.only):
        if programme < begun or (programme == begun and not path):
            continue
        if compared == PROGRAMMES_MAX or len(page.items) == limit:
            page.past = last
            return page
        moved = read_moved(reading, programme, span.start, span.end)
        left = [row for row in moved.cells if programme != begun or row["path"] > path]
        room = limit - len(page.items)
        page.items += left[:room]
        if len(left) > room:
            page.past = programme + page.items[-1]["path"]
            return page
        page.states[programme] = moved.state_hash
        compared, last = compared + 1, programme
    return page
