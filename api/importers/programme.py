"""The import file of a whole programme: docs say `pledger-programme/1`.

The specification below is the format. "" is a blank in the source, "-" a printed dash, a
missing key was not stated; the three stay apart all the way into the events.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Members
from pathlib import Path
from typing import Any, Final, get_args

from api.importers import fields as f
from api.importers.drafts import Body, DraftEvent, ProgrammeFile, check_sizes, to_events
from api.importers.errors import Problems
from api.importers.references import check_references
from api.importers.yaml_source import Broken, Mapping, Node, Scalar, read_yaml
from ledger import values
from ledger.kinds.act_registered import ACT_KINDS

__all__ = ["DraftEvent", "ProgrammeFile", "read_programme", "to_events"]

FORMAT: Final = "pledger-programme/1"
# As many as the kinds of event take; the longer lists are spread over parts.
ROWS_MAX: Final = 10_000
Raw = dict[str, Any]
Member = f.Converter | f.Optional
Standing = Members[str, Any]
UNITS: Final = {"uah": f.uah, "thousand-uah": f.thousands}

_ident = f.pattern("not-an-id", values.ID)
_short = f.pattern("not-a-short-id", values.SOURCE)
_name = f.text(f.NAME_MAX)
_printed_name = f.text(f.NAME_MAX, blank=True)
_text = f.text(blank=True)
_dated = f.blank_or(f.day)
_day_or_blank = f.blank_or(f.day, ("",))
_kpkvk = f.pattern("not-a-code", "[0-9]{7}", digits=7)
_field_name = f.pattern("not-a-field", "[a-z][a-z0-9_]{0,39}(:[a-z0-9][a-z0-9._-]{0,63})?")
_total_name = f.pattern("not-a-total", "total|[0-9]{4}|source:[a-z0-9][a-z0-9-]{0,31}")
_inferred = f.Optional(f.choice("inferred"))

_BODY = f.record(
    {
        "id": _ident,
        "name": _name,
        "edrpou": f.Optional(f.blank_or(f.pattern("not-a-code", "[0-9]{8}", digits=8))),
    }
)
_ACT = f.record(
    {
        "id": _ident,
        "kind": f.choice(*get_args(ACT_KINDS)),
        "number": _printed_name,
        "project_number": f.Optional(_printed_name),
        "date": f.day,
        "order": f.Optional(f.whole_number),
        "title": _name,
        "points": f.Optional(f.rows(_name, 200)),
        # The point that adopts the programme; the first one unless stated.
        "point": f.Optional(_name),
        "in_force": f.Optional(_dated),
        "status": f.Optional(f.record({"text": _printed_name, "date": _day_or_blank})),
        "session": f.Optional(_printed_name),
        "convocation": f.Optional(_printed_name),
        "legal_bases": f.Optional(f.rows(_name, 50)),
        "external_ids": f.Optional(f.rows(f.record({"system": _ident, "id": _name}), 20)),
    }
)
_PASSPORT_FIELDS: Final = (
    "initiator", "legal_basis", "developer", "co_developers", "executors", "participants",
    "spending_unit", "purpose", "term", "stages",
)  # fmt: skip
_TREE = f.record(
    {
        "id": _ident,
        "level": f.choice("priority", "task", "measure", "work"),
        "parent": f.Optional(_ident),
        "title": _name,
        "mode": f.Optional(_ident),
        "executor": f.Optional(_text),
        "result": f.Optional(_text),
        "kpkvk": f.Optional(f.blank_or(_kpkvk)),
    }
)
_INDICATOR = f.record(
    {
        "id": _ident,
        "measure": f.Optional(_ident),
        "name": _name,
        "kind": f.choice("flow", "stock", "boolean"),
        "unit": _printed_name,
        "base": f.Optional(_printed_name),
        "base_date": f.Optional(_day_or_blank),
        "targets": f.table(f.year, _printed_name),
        "printed": f.Optional(f.record({"dynamics": _printed_name})),
        "link": _inferred,
    }
)
_PREDECESSOR = f.record(
    {"title": _name, "act": f.Optional(f.record({"number": _printed_name, "date": _dated}))}
)


def read_programme(path: Path) -> ProgrammeFile:
    """Read and check a whole file. Raises ImportFileError with every problem and its line."""
    problems = Problems()
    return checked_programme(read_yaml(path, problems), problems)


def checked_programme(node: Node, problems: Problems) -> ProgrammeFile:
    """Check a whole file's tree. Raises ImportFileError with every problem and its line."""
    lines = {"": 1}
    raw = f.attempt(_specification(node), f.Field(node, "", problems, lines))
    if raw is not None:
        check_references(raw, lines, problems)
    problems.raise_if_any()
    made = _shape(raw)
    check_sizes(made, lines, problems)
    problems.raise_if_any()
    return made


def _specification(root: Node) -> f.Converter:
    return f.record(_members(root))


def checked_edition(node: Node, annexes: Collection[str], standing: Standing, problems: Problems) -> Raw:
    """Check the annexes of a file that states at least them; what has no say in them is passed over.

    standing: the ids of `tree`, `sources`, `indicators` and the `term` that are on the record. Raises
    ImportFileError.
    """
    lines = {"": 1}
    members = {name: _edition_member(name, one, annexes) for name, one in _members(node).items()}
    raw: Raw = f.attempt(f.record(members), f.Field(node, "", problems, lines)) or {}
    known = {name: ids for name, ids in standing.items() if name != "term" and name not in annexes}
    check_references({"term": standing.get("term"), **raw}, lines, problems, known)
    problems.raise_if_any()
    return raw


def _edition_member(name: str, member: f.Converter | f.Optional, annexes: Collection[str]) -> Member:
    """The annexes, and the unit of amounts beside the plan, must be stated."""
    if name not in (*annexes, "format", "programme", "amounts_in", "sources", "passport"):
        return f.Optional(lambda field: None)
    convert = member.convert if isinstance(member, f.Optional) else member
    needed = name == "format" or name in annexes or (name == "amounts_in" and "financing" in annexes)
    return convert if needed else f.Optional(convert)


def _members(root: Node) -> dict[str, Member]:
    """The format, with amounts in the unit that the file names."""
    unit = root.members.get("amounts_in", Broken(1)) if isinstance(root, Mapping) else Broken(1)
    money = UNITS.get(unit.text, f.uah) if isinstance(unit, Scalar) else f.uah
    amount = f.blank_or(money)
    passport: dict[str, f.Converter | f.Optional]
    passport = {
        name: f.Optional(f.one_or_many(_text, f.rows(_printed_name, 100))) for name in _PASSPORT_FIELDS
    }
    passport["totals"] = f.Optional(f.table(_total_name, amount))
    return {
        "format": _format,
        "programme": _ident,
        "title": _name,
        "body": _BODY,
        "currency": f.pattern("not-a-currency", "[A-Z]{3}"),
        "amounts_in": f.choice(*UNITS),
        "act": _ACT,
        "source_texts": f.Optional(f.rows(_SOURCE_TEXT, 50)),
        "term": f.record({"from": f.year, "to": f.year}),
        "passport": f.Optional(f.record(passport)),
        "sources": f.rows(f.record({"id": _short, "parent": f.Optional(_short), "name": _name}), 100),
        "predecessor": f.Optional(_PREDECESSOR),
        "tree": f.rows(_TREE, ROWS_MAX),
        "indicators": f.Optional(f.rows(_INDICATOR, ROWS_MAX)),
        "financing": f.Optional(f.rows(_financing(amount), ROWS_MAX)),
        "endorsements": f.Optional(f.rows(_ENDORSEMENT, 50)),
        "printed": f.Optional(f.rows(_PRINTED, 500)),
    }


_SOURCE_TEXT = f.record(
    {
        "file": f.pattern("not-a-file-name", r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"),
        "sha256": f.pattern("not-a-hash", values.SHA256),
    }
)
_ENDORSEMENT = f.record({"office": _name, "person": _printed_name, "date": f.text(f.NAME_MAX, blank=True)})
_PRINTED = f.record({"at": _name, "field": _field_name, "text": f.text(blank=True, quoted=True)})


def _financing(amount: f.Converter) -> f.Converter:
    return f.record(
        {
            "measure": _ident,
            "year": f.year,
            "source": _short,
            "kpkvk": f.Optional(_kpkvk),
            "kekv": f.Optional(f.pattern("not-a-code", "[0-9]{4}", digits=4)),
            "fund": f.Optional(f.choice("general", "special", "development")),
            "unit": f.Optional(_short),
            "amount": amount,
            "at": f.Optional(_name),
            "link": _inferred,
        }
    )


def _format(field: f.Field) -> str:
    got = f.scalar(field)
    if got != FORMAT:
        raise f.Wrong("unknown-format", got=got)
    return got


def _shape(raw: dict[str, Any]) -> ProgrammeFile:
    """The checked file in the shapes of the two kinds of event that it becomes."""
    passport = dict(raw.get("passport", {}))
    totals = passport.pop("totals", {})
    adopted = {
        "programme": raw["programme"],
        "title": raw["title"],
        "body": raw["body"]["id"],
        "currency": raw["currency"],
        "term": raw["term"],
        "passport": {name: value for name, value in passport.items() if value != []},
        "totals": totals,
        "predecessor": _predecessor(raw.get("predecessor", {})),
        "endorsements": _numbered("e", raw.get("endorsements", [])),
        "printed": _numbered("p", raw.get("printed", [])),
    }
    adopted |= {
        name: raw.get(name, []) for name in ("sources", "tree", "indicators", "financing", "source_texts")
    }
    act = raw["act"]
    return ProgrammeFile(
        programme=raw["programme"],
        body=Body(**raw["body"]),
        act=_act(act),
        point=act.get("point") or next(iter(act.get("points", [])), None),
        adopted={name: value for name, value in adopted.items() if value not in ({}, [])},
    )


def _act(raw: dict[str, Any]) -> dict[str, Any]:
    """The data of act.registered; an act whose in-force date is blank is not yet in force."""
    in_force = raw.get("in_force", "")
    always = {
        "order": raw.get("order"),
        "points": raw.get("points", []),
        "in_force": None if in_force in f.BLANKS else in_force,
    }
    given = {name: value for name, value in raw.items() if name not in ("id", "point") and value != []}
    return {"act": raw["id"]} | given | always


def _predecessor(raw: dict[str, Any]) -> dict[str, Any]:
    act: dict[str, Any] = raw.get("act", {})
    return {name: value for name, value in raw.items() if name != "act"} | act


def _numbered(letter: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without an id of their own get one by their place: e1, e2, …"""
    return [{"id": f"{letter}{i}"} | item for i, item in enumerate(items, 1)]
