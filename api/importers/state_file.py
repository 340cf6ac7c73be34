"""A programme's state, as the API gives it, in the shape of the import file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.importers.programme import FORMAT

AXES: Final = ("kpkvk", "kekv", "fund", "unit")
State = Mapping[str, Any]


def raw_of(programme: str, state: State, body_name: str | None = None) -> dict[str, Any]:
    """Amounts are in hryvnias. What was removed, or was never stated, is left out; an act is none of it."""
    body = {"id": state.get("body"), "name": body_name}
    raw: dict[str, Any] = {
        "format": FORMAT,
        "programme": programme,
        "title": state.get("title"),
        "body": _there(body),
        "currency": state.get("currency"),
        "amounts_in": "uah",
        "term": _there(state.get("term") or {}),
        "passport": _there(state.get("passport") or {}) | _totals(state),
        "predecessor": _predecessor(_there(state.get("predecessor") or {})),
        "financing": list(_financing(state.get("financing") or {})),
    }
    for name in ("sources", "tree", "indicators"):
        raw[name] = list(_rows(state.get(name) or {}))
    for name in ("endorsements", "printed"):
        raw[name] = [{key: row[key] for key in row if key != "id"} for row in _rows(state.get(name) or {})]
    return {name: value for name, value in raw.items() if value not in (None, {}, [])}


def in_order(code: str) -> tuple[tuple[int, int, str], ...]:
    """Codes as people count: 3.2 before 3.10."""
    steps = re.split(r"[.\-_]", code)
    return tuple((0, int(step), "") if step.isdecimal() else (1, 0, step) for step in steps)


def cells_of(annex: str, value: Any) -> dict[str, str]:
    """The cells of a part of the state that hold a value, by path."""
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        for name, inner in value.items():
            found |= cells_of(f"{annex}/{name}", inner)
    elif value is not None:
        found[annex] = value
    return found


def axes_of(segment: str) -> dict[str, str]:
    """The last segment of a cell of money: source.kpkvk.kekv.fund.unit, `_` for none."""
    source, *rest = segment.split(".", len(AXES))
    return {"source": source} | {name: text for name, text in zip(AXES, rest, strict=False) if text != "_"}


def _there(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _there(value) if isinstance(value, Mapping) else value
        for name, value in members.items()
        if value is not None
    }


def _rows(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row that was removed as a whole has no member left."""
    for code in sorted(part, key=in_order):
        members = _there(part[code] or {})
        if members:
            yield {"id": code, **members}


def _financing(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for measure in sorted(part, key=in_order):
        for year, amounts in sorted((part[measure] or {}).items()):
            for segment, amount in sorted(_there(amounts or {}).items()):
                yield {"measure": measure, "year": year, **axes_of(segment), "amount": amount}


def _totals(state: State) -> dict[str, Any]:
    totals = _there(state.get("printed_totals") or {})
    return {"totals": totals} if totals else {}


def _predecessor(said: dict[str, Any]) -> dict[str, Any]:
    act = {name: said.pop(name) for name in ("number", "date") if name in said}
    return said | ({"act": act} if act and "title" in said else {})
