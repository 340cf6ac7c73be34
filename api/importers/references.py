"""What a file's parts say about each other: ids, parents, measures, sources and years."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.importers.errors import Problems

_AXES: Final = ("measure", "year", "source", "kpkvk", "kekv", "fund", "unit")
# As an event's `act.point` takes it (ledger.event.ActRef).
_POINT: Final = re.compile("[0-9A-Za-z.,() -]{1,32}")


@dataclass(frozen=True, slots=True)
class _File:
    """What the converters made of a file; values that failed are missing from it."""

    raw: dict[str, Any]
    lines: dict[str, int]
    problems: Problems
    standing: Mapping[str, Collection[str]]
    known: dict[str, set[str]] = field(default_factory=dict)

    def rows(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for i, row in enumerate(self.raw.get(name) or ()):
            if row is not None:
                yield f"/{name}/{i}", row

    def ids(self, name: str) -> set[str]:
        if name not in self.known:
            stated = {row["id"] for _, row in self.rows(name) if "id" in row}
            self.known[name] = stated.union(self.standing.get(name, ()))
        return self.known[name]

    def unreadable(self, name: str) -> bool:
        """Whether a list failed as a whole, so that nothing can be said about what names it."""
        return f"/{name}" in self.lines and name not in self.raw

    def wrong(self, path: str, code: str, **words: object) -> None:
        self.problems.add(self.lines[path], path, code, **words)


def check_references(
    raw: dict[str, Any],
    lines: dict[str, int],
    problems: Problems,
    standing: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Note every reference that leads nowhere.

    lines: pointer → line of the value. standing: ids on the record, by list, that the file need not state.
    """
    file = _File(raw, lines, problems, standing or {})
    for name in ("sources", "tree", "indicators"):
        _check_ids(file, name)
    for name in ("sources", "tree"):
        _check_parents(file, name)
    _check_known(file)
    _check_expected(file)
    _check_years(file)
    _check_totals(file)
    _check_financing_rows(file)
    _check_point(file)


def _check_ids(file: _File, name: str) -> None:
    first: dict[str, int] = {}
    for path, row in file.rows(name):
        id_ = row.get("id")
        if id_ in first:
            file.wrong(f"{path}/id", "duplicate-id", got=id_, first=first[id_])
        elif id_ is not None:
            first[id_] = file.lines[f"{path}/id"]


def _check_parents(file: _File, name: str) -> None:
    parents = {row["id"]: row.get("parent") for _, row in file.rows(name) if "id" in row}
    in_cycles = _in_cycles(parents)
    for path, row in file.rows(name):
        parent = row.get("parent")
        if parent is not None and parent not in parents and parent not in file.standing.get(name, ()):
            file.wrong(f"{path}/parent", "unknown-parent", got=parent)
        elif row.get("id") in in_cycles and parent is not None:
            file.wrong(f"{path}/parent", "parent-cycle", got=row["id"])


def _in_cycles(parents: dict[str, str | None]) -> set[str]:
    """The ids that are their own ancestor. Each id is walked over once."""
    done: set[str] = set()
    found: set[str] = set()
    for start in parents:
        way: dict[str, int] = {}
        at: str | None = start
        while at is not None and at in parents and at not in done and at not in way:
            way[at] = len(way)
            at = parents[at]
        if at in way:
            found.update(list(way)[way[at] :])
        done.update(way)
    return found


def _check_known(file: _File) -> None:
    for name in ("indicators", "financing"):
        for path, row in file.rows(name):
            _check_names(file, "tree", f"{path}/measure", row.get("measure"), "unknown-measure")
            _check_names(file, "sources", f"{path}/source", row.get("source"), "unknown-source")


def _check_names(file: _File, name: str, path: str, got: str | None, code: str) -> None:
    """Check that got is an id in the list of that name."""
    if got is not None and got not in file.ids(name) and not file.unreadable(name):
        file.wrong(path, code, got=got)


def _check_expected(file: _File) -> None:
    """An expected result `expected:<id>` says which indicator measures it."""
    for path, row in file.rows("printed"):
        about_what, _, about = row.get("field", "").partition(":")
        if about_what == "expected":
            _check_names(file, "indicators", f"{path}/field", about or None, "unknown-indicator")


def _check_years(file: _File) -> None:
    term = file.raw.get("term") or {}
    if "from" not in term or "to" not in term:
        return
    first, last = term["from"], term["to"]
    if first > last:
        file.wrong("/term", "term-backwards")
        return
    for path, year in _years(file):
        if not first <= year <= last:
            file.wrong(path, "year-outside-term", got=year)


def _years(file: _File) -> Iterator[tuple[str, int]]:
    for path, row in file.rows("financing"):
        if "year" in row:
            yield f"{path}/year", row["year"]
    for path, row in file.rows("indicators"):
        yield from ((f"{path}/targets/{year}", int(year)) for year in row.get("targets", ()))
    totals = (file.raw.get("passport") or {}).get("totals", {})
    yield from ((f"/passport/totals/{name}", int(name)) for name in totals if name.isdecimal())


def _check_totals(file: _File) -> None:
    for name in (file.raw.get("passport") or {}).get("totals", {}):
        kind, _, source = name.partition(":")
        if kind == "source":
            _check_names(file, "sources", f"/passport/totals/{name}", source, "unknown-source")


def _check_financing_rows(file: _File) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for path, row in file.rows("financing"):
        key = tuple(row.get(axis) for axis in _AXES)
        if None in key[:3]:
            continue
        if key in first:
            file.wrong(path, "duplicate-row", first=first[key])
        else:
            first[key] = file.lines[path]


def _check_point(file: _File) -> None:
    """The adopting point, stated or the first one, is cited by every event of the adoption."""
    act = file.raw.get("act") or {}
    points = act.get("points") or [None]
    path = "/act/point" if "point" in act else "/act/points/0"
    point = act.get("point", points[0])
    if point is None:
        return
    if point not in points:
        file.wrong(path, "unknown-point", got=point)
    elif not _POINT.fullmatch(point):
        file.wrong(path, "not-a-point", got=point)
