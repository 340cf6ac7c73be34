"""The passport, as the documents print it; a field that nobody set is told apart from a blank one."""

from __future__ import annotations

from api.print.blocks import Block, Column, Figure, Row, Table, figure, heading, numbers
from api.print.paper import Paper

# In the order of Annex 1; a programme's further fields follow under their own names.
FIELDS = ("initiator", "developer", "co_developers", "executors", "participants", "spending_unit", "stages")


def passport(paper: Paper) -> list[Block]:
    words = paper.words
    columns = [
        Column("field", words("field"), 2.2),
        Column("value", words("value"), 7),
        Column("entry", words("entry"), 1),
    ]
    table = Table("passport", words("passport"), columns)
    for label, found in _rows(paper):
        path = found.paths[0] if len(found.paths) == 1 else None
        event = paper.cells.get(path, {}).get("event") if path is not None else None
        table.rows.append(Row([Figure(label), found, numbers(found.entries)], cell=path, event=event))
    return [heading(words("passport")), table.to_json()]


def _rows(paper: Paper) -> list[tuple[str, Figure]]:
    words = paper.words
    printed = {"term": words("field-term-printed")}
    others = [one for one in sorted(paper.state.get("passport") or {}) if one not in FIELDS]
    return [
        (words("field-title"), paper.figure("/title")),
        (words("field-body"), _body(paper)),
        (words("field-term"), _term(paper)),
        (words("field-currency"), paper.figure("/currency")),
        *(
            (printed.get(name) or words.maybe(f"field-{name}", name), paper.figure(f"/passport/{name}"))
            for name in (*FIELDS, *others)
        ),
        (words("field-predecessor"), _predecessor(paper)),
    ]


def _body(paper: Paper) -> Figure:
    found = paper.figure("/body")
    name = paper.body()
    return Figure(name, found.kind, found.value, found.paths, found.entries, found.doubt) if name else found


def _term(paper: Paper) -> Figure:
    first, last = (paper.figure(f"/term/{name}") for name in ("from", "to"))
    if "none" in (first.kind, last.kind) or "removed" in (first.kind, last.kind):
        return first
    text = paper.words("years", **{"from": first.text, "to": last.text})
    return Figure(
        text, "text", [first.value, last.value], ("/term/from", "/term/to"),
        tuple(sorted({*first.entries, *last.entries})), first.doubt or last.doubt,
    )  # fmt: skip


def _predecessor(paper: Paper) -> Figure:
    said = {name: paper.figure(f"/predecessor/{name}") for name in ("title", "number", "date")}
    if said["title"].kind == "none":
        return figure(paper.words, None)
    day = paper.words.day(said["date"].text)
    text = paper.words("predecessor", title=said["title"].text, number=said["number"].text, date=day)
    entries = sorted({index for one in said.values() for index in one.entries})
    doubt = next((one.doubt for one in said.values() if one.doubt), None)
    paths = tuple(path for one in said.values() for path in one.paths)
    return Figure(text, "text", [one.value for one in said.values()], paths, tuple(entries), doubt)
