"""An annex in a new edition: what it changes, adds and leaves out, and the event that says so.

`restated` lists every removal; what the file cannot state (a link that is no inference) is carried over.
An edition too large for one event becomes several of single rows and removals, which say the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from api.importers.drafts import DraftEvent
from api.importers.errors import Problems
from api.importers.passport_workbook import read_tree
from api.importers.placed import PlacedProblems
from api.importers.programme import checked_edition
from api.importers.state_file import cells_of
from api.importers.workbook import is_workbook
from api.importers.yaml_source import parse_yaml
from ledger import canonical
from ledger.kinds.annexes import Annexes, annex_writes
from ledger.values import is_money, money

ANNEXES: Final = ("tree", "indicators", "financing")
# Of a payload of 40,960 bytes: the rest is the frame, with room for a few signers.
EVENT_BYTES_MAX: Final = 36_000
ROWS_MAX: Final[Mapping[str, int]] = {"tree": 2000, "indicators": 1000, "financing": 2000}
REMOVALS_MAX: Final = 2000
_MODEL_ROWS: Final = 500
# Members that a file states otherwise than the record holds them, or not at all.
_NOT_IN_FILES: Final[Mapping[str, tuple[str, ...]]] = {"tree": ("link",), "indicators": ("link",)}


class Asked(NamedTuple):
    """act: id and point, as the event cites it. effective: the day from which the edition counts."""

    programme: str
    annexes: tuple[str, ...]
    act: Mapping[str, str]
    effective: str


class Change(NamedTuple):
    """op: changed, added or removed. old, new: as the cell holds them; None where there is none."""

    path: str
    op: str
    old: Any
    new: Any


class PrintedTotal(NamedTuple):
    key: str
    printed: str
    computed: str | None

    @property
    def agrees(self) -> bool | None:
        """Only two amounts can agree or differ: None where a dash or a blank is printed."""
        return Decimal(self.printed) == Decimal(self.computed or 0) if is_money(self.printed) else None


@dataclass(frozen=True, slots=True)
class Edition:
    """changes: by cell; equal: how many cells stay as they are; restated: False if rows had to be split."""

    events: tuple[DraftEvent, ...]
    changes: tuple[Change, ...]
    equal: int
    restated: bool
    totals: tuple[PrintedTotal, ...]


def read_edition(raw: bytes, asked: Asked, state: Mapping[str, Any]) -> Edition:
    """raw: a workbook or YAML; state: the programme's, on the day and as known when it is compared.

    Raises ImportFileError.
    """
    problems = PlacedProblems()
    tree = read_tree(raw, problems) if is_workbook(raw) else parse_yaml(raw, problems)
    file = checked_edition(tree, asked.annexes, _standing(state), problems)
    if file.get("programme", asked.programme) != asked.programme:
        problems.stop(0, "/programme", "another-programme", got=file["programme"], first=asked.programme)
    data = {annex: [dict(row) for row in file[annex]] for annex in asked.annexes}
    for annex in asked.annexes:
        _carry_over(annex, data[annex], state.get(annex) or {})
    known = state.get("sources") or {}
    sources = [row for row in file.get("sources", ()) if row["id"] not in known]
    return _derive(data, sources if "financing" in data else [], asked, state, _totals(file), problems)


def _standing(state: Mapping[str, Any]) -> dict[str, Any]:
    term = state.get("term") or {}
    found: dict[str, Any] = {name: set(state.get(name) or {}) for name in ("tree", "sources", "indicators")}
    if term.get("from") and term.get("to"):
        found["term"] = {"from": int(term["from"]), "to": int(term["to"])}
    return found


def _carry_over(annex: str, rows: list[dict[str, Any]], current: Mapping[str, Any]) -> None:
    for row in rows:
        standing = current.get(row["id"]) or {} if annex != "financing" else {}
        for name in _NOT_IN_FILES.get(annex, ()):
            if standing.get(name) is not None and standing[name] != "inferred":
                row.setdefault(name, standing[name])
        extra = {key: text for key, text in (standing.get("printed") or {}).items() if key != "dynamics"}
        if extra:
            row["printed"] = extra | row.get("printed", {})


def cells_stated(data: Mapping[str, Sequence[Mapping[str, Any]]], day: str) -> dict[str, Any]:
    """What rows of annexes write, by cell."""
    found: dict[str, Any] = {}
    for annex, rows in data.items():
        for start in range(0, len(rows), _MODEL_ROWS):
            part = json.dumps({annex: rows[start : start + _MODEL_ROWS]})
            for write in annex_writes(Annexes.model_validate_json(part), day):
                found[write.path] = write.value
    return found


def _derive(
    data: dict[str, list[dict[str, Any]]],
    sources: list[dict[str, Any]],
    asked: Asked,
    state: Mapping[str, Any],
    totals: tuple[PrintedTotal, ...],
    problems: Problems,
) -> Edition:
    stated = cells_stated(data, asked.effective)
    current = {path: v for annex in data for path, v in cells_of(f"/{annex}", state.get(annex)).items()}
    changes = tuple(_changes(stated, current))
    removed = {change.path for change in changes if change.op == "removed"}
    equal = len(stated) - sum(change.op != "removed" for change in changes)
    if not changes:
        return Edition((), (), equal, True, totals)
    events = _whole(data, sources, removed, asked)
    if events is not None:
        return Edition(events, changes, equal, True, totals)
    touched = {change.path for change in changes if change.op != "removed"}
    parts = tuple(_in_rows(data, sources, touched, sorted(removed), asked, problems))
    return Edition(parts, changes, equal, False, totals)


def _changes(stated: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[Change]:
    for path in sorted({*stated, *current}):
        if path not in stated:
            yield Change(path, "removed", current[path], None)
        elif path not in current:
            yield Change(path, "added", None, stated[path])
        elif stated[path] != current[path]:
            yield Change(path, "changed", current[path], stated[path])


def _event(data: dict[str, Any], asked: Asked) -> DraftEvent:
    return DraftEvent(
        "programme.amended", f"programme:{asked.programme}", asked.effective, dict(asked.act), data
    )


def _whole(
    data: Mapping[str, list[dict[str, Any]]],
    sources: list[dict[str, Any]],
    removed: Collection[str],
    asked: Asked,
) -> tuple[DraftEvent, ...] | None:
    """One event for all annexes, else one for each; None if an annex does not fit even alone."""
    for groups in ([asked.annexes], [(annex,) for annex in asked.annexes]):
        made = [_restating(group, data, sources if group is groups[0] else [], removed) for group in groups]
        if all(_fits(one) for one in made):
            return tuple(_event(one, asked) for one in made)
    return None


def _restating(
    annexes: Sequence[str],
    data: Mapping[str, list[dict[str, Any]]],
    sources: list[dict[str, Any]],
    removed: Collection[str],
) -> dict[str, Any]:
    restated = [
        {"annex": annex, "removals": sorted(path for path in removed if path.startswith(f"/{annex}/"))}
        for annex in annexes
    ]
    rows = {annex: data[annex] for annex in annexes if data[annex]}
    return rows | ({"sources": sources} if sources else {}) | {"restated": restated}


def _fits(data: Mapping[str, Any]) -> bool:
    counted = all(len(data.get(annex, ())) <= most for annex, most in ROWS_MAX.items())
    few = all(len(one["removals"]) <= REMOVALS_MAX for one in data["restated"])
    return counted and few and len(canonical.dumps(dict(data))) <= EVENT_BYTES_MAX


def _in_rows(
    data: Mapping[str, list[dict[str, Any]]],
    sources: list[dict[str, Any]],
    touched: Collection[str],
    removed: Sequence[str],
    asked: Asked,
    problems: Problems,
) -> Iterator[DraftEvent]:
    """Only the rows that change, then the removals, as many to an event as it holds."""
    pieces: list[tuple[str, Any]] = [("sources", row) for row in sources]
    pieces += [
        (annex, row)
        for annex in asked.annexes
        for row in data[annex]
        if any(path in touched for path in cells_stated({annex: [row]}, asked.effective))
    ]
    pieces += [("removed", path) for path in removed]
    part: dict[str, list[Any]] = {}
    size = 0
    for name, value in pieces:
        more = len(canonical.dumps({name: [value]}))
        if more > EVENT_BYTES_MAX:
            problems.stop(0, f"/{name}", "too-big-for-an-event", got=more, room=EVENT_BYTES_MAX)
        if part and (size + more > EVENT_BYTES_MAX or len(part.get(name, ())) == ROWS_MAX.get(name, 1000)):
            yield _event(part, asked)
            part, size = {}, 0
        part.setdefault(name, []).append(value)
        size += more
    yield _event(part, asked)


def _totals(file: Mapping[str, Any]) -> tuple[PrintedTotal, ...]:
    """The printed totals of the file beside the sums of its plan, where it has both."""
    printed = (file.get("passport") or {}).get("totals", {})
    if not printed or "financing" not in file:
        return ()
    sums: dict[str, Decimal] = {}
    for row in file["financing"]:
        if is_money(row["amount"]):
            for key in ("total", str(row["year"]), f"source:{row['source']}"):
                sums[key] = sums.get(key, Decimal(0)) + Decimal(row["amount"])
    return tuple(
        PrintedTotal(key, text, money(sums[key]) if key in sums else None)
        for key, text in sorted(printed.items())
    )
