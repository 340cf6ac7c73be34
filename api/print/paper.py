"""What a print looks at: one programme at one point, its cells, and the names of things."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.print.blocks import Figure, figure
from api.print.wording import Words, by_alphabet, by_code
from api.routes.programmes import state_of
from api.views import View
from projections.cells import read_cells
from projections.findings.case import Case
from projections.findings.engine import Memory
from projections.reading import Reading
from projections.records import scan_records

_ABSENT = object()


@dataclass(slots=True)
class Paper:
    """view: the point; state: nested values, null was removed; cells: path → {event, index, doubt};
    chains: path → the entries (leaf indexes) that a value is made of, several where amounts were added."""

    view: View
    programme: str
    words: Words
    state: dict[str, Any] = field(init=False)
    cells: dict[str, dict[str, Any]] = field(init=False)
    chains: dict[str, tuple[int, ...]] = field(init=False)
    memory: Memory = field(default_factory=Memory)
    _case: Case | None = None
    _paths: list[str] = field(init=False)

    def __post_init__(self) -> None:
        found = state_of(self.view, self.programme)
        self.state, self.cells = found["state"], found["cells"]
        for one in found["gone"]:  # by what is in doubt: it is told beside the empty place
            self.cells.setdefault(one["path"], {"event": None, "index": None, "doubt": one["doubt"]})
        self._paths = sorted(self.cells)
        self.chains = chains(self.view.reading, self.programme, self.view.as_of)

    def case(self) -> Case:
        """What judges look at, of the same programme, day and position; read once."""
        if self._case is None:
            self._case = self.memory.case(self.view.reading, self.programme, self.view.as_of)
        return self._case

    def value(self, path: str) -> Any:
        """As `figure` takes it: None was never set, "removed" was removed."""
        node: Any = self.state
        for name in path.split("/")[1:]:
            node = node.get(name, _ABSENT) if isinstance(node, dict) else _ABSENT
            if node is _ABSENT:
                return None
        return "removed" if node is None else node

    def figure(self, path: str, *, money: bool = False) -> Figure:
        """What a cell holds, with where it comes from."""
        cell = self.cells.get(path, {})
        value, entries = self.value(path), self.chains.get(path, ())
        return figure(self.words, value, money=money, paths=[path], entries=entries, doubt=cell.get("doubt"))

    def below(self, path: str) -> list[str]:
        """The cells at or below a path, in their order."""
        start = bisect_left(self._paths, path + "/")
        end = bisect_left(self._paths, path + "0")  # what follows "/"
        own = [path] if path in self.cells else []
        return own + self._paths[start:end]

    def indexes(self, *paths: str) -> list[int]:
        """The entries behind the cells at or below these paths."""
        below = (one for path in paths for one in self.below(path))
        return sorted({index for one in below for index in self.chains.get(one, ())})

    def family(self, name: str) -> dict[str, dict[str, Any]]:
        """Things by id, as /tree or /sources hold them; what was removed altogether is not there."""
        things = self.state.get(name) or {}
        return {
            one: facts
            for one, facts in things.items()
            if isinstance(facts, dict) and any(value is not None for value in facts.values())
        }

    def nodes(self) -> list[tuple[str, dict[str, Any]]]:
        """The tree, each node after the one to which it belongs, siblings by their codes."""
        tree = self.family("tree")
        parents = {one: facts.get("parent") for one, facts in tree.items()}
        return [(one, tree[one]) for one, _ in ordered(parents, by_code)]

    def source_name(self, source: str) -> str:
        name = self.value(f"/sources/{source}/name")
        return self.words.plain(name) if name not in (None, "", "removed") else source

    def sources(self) -> list[tuple[str, int]]:
        """The sources with their depth, each after the one to which it belongs, by the alphabet."""
        rows = self.family("sources")
        used = {parts.split("/")[4].split(".")[0] for parts in self.cells if parts.startswith("/financing/")}
        for one in used - rows.keys():
            rows[one] = {}
        parents = {one: facts.get("parent") for one, facts in rows.items()}
        return list(ordered(parents, lambda one: (by_alphabet(self.source_name(one)), one)))

    def years(self) -> list[int]:
        """The years of the term, and those besides in which the plan has a line."""
        bounds = [self.value("/term/from"), self.value("/term/to")]
        found = {int(one.split("/")[3]) for one in self.cells if one.startswith("/financing/")}
        if all(str(one).isdecimal() for one in bounds):
            found.update(range(int(bounds[0]), int(bounds[1]) + 1))
        return sorted(found)

    def title(self) -> str:
        """The programme's title; its id where there is none on the day."""
        found = self.value("/title")
        return self.words.plain(found) if found not in (None, "", "removed") else self.programme

    def body(self) -> str:
        """The name of the body that adopted it; "" if that is not known."""
        body = self.value("/body")
        rows = {row["id"]: row for row in scan_records(self.view.reading, "body")}
        return str(rows[body].get("name") or body) if body in rows else ""


def chains(reading: Reading, programme: str, as_of: str, prefix: str = "") -> dict[str, tuple[int, ...]]:
    """The entries behind each cell at or below a path."""
    return {
        cell.path: tuple(sorted({placed.entry for placed in cell.answer.chain}))
        for cell in read_cells(reading, programme, as_of, prefix)
    }


def ordered(parents: Mapping[str, str | None], key: Callable[[str], Any]) -> Iterator[tuple[str, int]]:
    """Each with its depth, after the one to which it belongs; siblings by a key.

    What belongs to nothing that is here, or to itself in a circle, stands at the top: nothing is lost.
    """
    children: dict[str | None, list[str]] = {}
    for one in sorted(parents, key=key, reverse=True):
        parent = parents[one]
        children.setdefault(parent if parent in parents else None, []).append(one)
    seen: set[str] = set()
    circles = [(one, 0) for one in sorted(parents, key=key, reverse=True)]
    for waiting in ([(one, 0) for one in children.get(None, [])], circles):
        while waiting:
            one, depth = waiting.pop()
            if one not in seen:
                seen.add(one)
                yield one, depth
                waiting.extend((child, depth + 1) for child in children.get(one, []))
