"""The budget as a table of a page: the door's lines in groups, under each group the door's own sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from api.pages.frame import Frame
from api.pages.wording import entry_number, money, signed
from api.print.wording import by_code
from api.texts.cells import line_words

By = Literal["year", "source", "measure", "priority", "kpkvk"]
BY: Final[tuple[By, ...]] = ("year", "source", "measure", "priority", "kpkvk")
COLUMNS: Final = ("original", "amended", "appropriated", "paid", "variance")
EMPTIES: Final = {"": "blank", "-": "printed", "removed": "removed"}
ABSENT: Final = {"paid": "missing", "variance": "uncomputed"}  # what null means; else nothing was set
PARTS: Final = {"variance": ("paid", "amended")}  # a figure with no cell of its own
LINES_MAX: Final = 60  # on one page; of more each group is shown by its sum, and opened by a link
ENTRIES_MAX: Final = 4  # numbers under one figure
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """words: the amount as people write it, "" where `nil` says which of the empties it is.

    story: address, "" where there is no cell. entries: (number, address), newest last; more: how many
    older ones are not named.
    """

    column: str
    words: str
    nil: str
    story: str
    entries: Sequence[tuple[str, str]]
    more: int
    doubt: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """code, title: of the measure; axis: what else tells the line from others of its group, in words."""

    code: str
    title: str
    axis: str
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Group:
    """open: address that shows the lines of a group alone, where they are not shown."""

    title: str
    lines: list[Line]
    sum: list[Figure]
    count: int
    open: str


@dataclass(frozen=True, slots=True)
class BudgetTable:
    """shown: lines of `count`; note: what was left out stands in its words."""

    by: By
    groups: list[Group]
    all: list[Figure]
    count: int
    shown: int
    only: str | None


def budget_table(
    frame: Frame, budget: Row, tree: Row, by: By, only: str | None, sources: Mapping[str, str]
) -> BudgetTable:
    """budget, tree: the door's answers. only: the key of the one group to open, where lines are many.

    sources: names of those that the budget leaves without one.
    """
    maker = _Maker(frame, budget, tree, by, sources)
    groups = list(maker.groups(only))
    totals = budget["totals"]["all"]
    return BudgetTable(
        by,
        groups,
        maker.sum_of(totals[0]) if totals else [],
        len(budget["items"]),
        sum(len(group.lines) for group in groups),
        only,
    )


class _Maker:
    def __init__(self, frame: Frame, budget: Row, tree: Row, by: By, sources: Mapping[str, str]) -> None:
        self.frame, self.page, self.budget, self.by = frame, frame.page, budget, by
        self.words = frame.page.words
        self.nodes = {row["id"]: row for row in tree["items"]}
        self.sources = {**sources, **source_names(budget)}

    def groups(self, only: str | None) -> Iterator[Group]:
        lines: dict[str, list[Row]] = {}
        for row in self.budget["items"]:
            lines.setdefault(self.key(row), []).append(row)
        many = len(self.budget["items"]) > LINES_MAX
        sums = {_text(row[self.by]): row for row in self.budget["totals"][f"by_{self.by}"]}
        for key in sorted(sums, key=by_code):
            found = lines.get(key, [])
            shown = found if not many or key == only else []
            yield Group(
                self.title(key),
                [self.line(row) for row in shown],
                self.sum_of(sums[key]),
                len(found),
                self.frame.href(by=self.by, only=key or "-", anchor="money") if not shown else "",
            )

    def key(self, row: Row) -> str:
        return self.priority(row["measure"]) if self.by == "priority" else _text(row[self.by])

    def priority(self, measure: str) -> str:
        """The row of the tree without a parent above a measure, if it is a priority."""
        seen = {measure}
        node = self.nodes.get(measure)
        while node is not None and node["parent"] in self.nodes and node["parent"] not in seen:
            node = self.nodes[node["parent"]]
            seen.add(node["id"])
        return str(node["id"]) if node is not None and node["level"] == "priority" else ""

    def title(self, key: str) -> str:
        if not key:
            return self.words(f"no-{self.by}")
        if self.by == "year":
            return self.words("year-of", year=key)
        if self.by == "kpkvk":
            return self.words("kpkvk-of", code=key)
        if self.by == "source":
            return self.sources.get(key, key)
        return f"{key} {self.node_title(key)}"

    def node_title(self, node: str) -> str:
        found = self.nodes.get(node)
        return str(found["title"] or "") if found is not None else ""

    def line(self, row: Row) -> Line:
        *_, segment = row["cell"].split("/")
        axis = [line_words(segment, self.frame.page.language, self.sources)]
        if self.by != "year":
            axis.insert(0, self.words("year-of", year=row["year"]))
        title = self.node_title(row["measure"]) if self.by != "measure" else ""
        return Line(row["measure"], title, " · ".join(axis), [self.figure(row, name) for name in COLUMNS])

    def figure(self, row: Row, column: str) -> Figure:
        behind = row["evidence"].get(column)
        cells = behind["cells"] if behind is not None else []
        entries = behind["entries"] if behind is not None else []
        shown = [(entry_number(one), self.page.href(f"/entries/{one + 1}")) for one in entries[-ENTRIES_MAX:]]
        story = self.frame.href("/figure", path=cells[-1]) if cells else ""
        return _figure(row, column, story, shown, max(0, len(entries) - ENTRIES_MAX))

    def sum_of(self, row: Row) -> list[Figure]:
        return [_figure(row, column) for column in COLUMNS]


def _figure(
    row: Row, column: str, story: str = "", entries: Sequence[tuple[str, str]] = (), more: int = 0
) -> Figure:
    value = row[column]
    nil = ABSENT.get(column, "none") if value is None else EMPTIES.get(value, "")
    words = "" if nil else signed(value) if column == "variance" else money(value)
    return Figure(column, words, nil, story, entries, more, row["doubtful"].get(column))


def source_names(budget: Row) -> dict[str, str]:
    """Of the sources that have lines, by id, as far as they are named."""
    nodes = budget["totals"]["by_source_tree"]
    return {row["source"]: row["name"] for row in nodes if row["name"] is not None}


def _text(value: object) -> str:
    return "" if value is None else str(value)
