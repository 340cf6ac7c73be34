"""The legal acts that a programme cites, and the entries behind a document's figures."""

from __future__ import annotations

from typing import Any

from api.print.blocks import Block, Column, Figure, Row, Table, entries_of, figure, heading, numbers, text
from api.print.paper import Paper
from api.routes.registry import record_of
from ledger.ids import LeafIndex, programme_stream
from projections.history import row_of


def acts(paper: Paper) -> list[Block]:
    """By date and number; as known, whatever the day: an act counts on the days that stand beside it."""
    words = paper.words
    table = Table(
        "acts",
        words("acts"),
        [
            Column("number", words("number"), 1.1),
            Column("date", words("date"), 1.7),
            Column("title", words("act-title"), 5.5),
            Column("counts", words("counts"), 2.6),
            Column("entry", words("entry"), 0.9),
        ],
    )
    for act in sorted(_cited(paper), key=lambda one: (one["date"], one.get("order") or 0, one["id"])):
        table.rows.append(_row(paper, act))
    return [heading(words("acts")), table.to_json()]


def _cited(paper: Paper) -> list[dict[str, Any]]:
    """The acts that entries below the position name."""
    log = paper.view.reading.log.at_position(paper.view.known.position)
    named = {
        event.act.id
        for entry in log.stream(programme_stream(paper.programme))
        if (event := entry.stated().event).act is not None
    }
    return [record_of(paper.view, "act", "acts", act)["item"] for act in sorted(named)]


def _row(paper: Paper, act: dict[str, Any]) -> Row:
    words, entries = paper.words, (act["index"],)
    doubt = act.get("doubt")
    cells = [
        figure(words, act.get("number", ""), entries=entries, doubt=doubt),
        Figure(words.day(act["date"]), value=act["date"]),
        figure(words, act.get("title", "")),
        Figure(_counts(paper, act["counts"]), value=act["counts"], doubt=doubt),
        numbers(entries),
    ]
    return Row(cells, "line", None, act["event"])


def _counts(paper: Paper, stretches: list[dict[str, Any]]) -> str:
    words = paper.words
    told = [
        words("counts-from", **{"from": words.day(one["from"])})
        if one["to"] is None
        else words("counts-between", **{"from": words.day(one["from"]), "to": words.day(one["to"])})
        for one in stretches
    ]
    return "; ".join(told) or words("counts-never")


def evidence(paper: Paper, blocks: list[Block]) -> list[Block]:
    """The entries that the figures above rest on: what each says, who signed it, and its event."""
    words = paper.words
    table = Table(
        "evidence",
        words("evidence"),
        [
            Column("entry", words("entry"), 0.9),
            Column("event", words("event"), 3.1),
            Column("what", words("what"), 5),
            Column("signed", words("signed"), 2.4),
            Column("recorded", words("recorded"), 1.9),
        ],
    )
    table.rows.extend(_entry(paper, LeafIndex(index)) for index in entries_of(blocks))
    note = words("evidence-note", proof="/v1/proofs/inclusion?event=…")
    return [heading(words("evidence")), text(note, "note"), table.to_json()]


def _entry(paper: Paper, index: LeafIndex) -> Row:
    entry = paper.view.reading.entry(index)
    told = row_of(paper.view.reading, entry, paper.programme)
    doubt = told["doubt"]
    cells = [
        numbers([index]),
        Figure(told["event"], value=told["event"], doubt=doubt),
        Figure(_sentence(paper, told)),
        Figure("; ".join(f"{one['person']} ({one['office']})" for one in told["signers"])),
        Figure(
            paper.words.moment(entry.recorded_at, paper.view.context.identity.zone), value=entry.recorded_at
        ),
    ]
    return Row(cells, "line", None, told["event"])


def _sentence(paper: Paper, told: dict[str, Any]) -> str:
    """What the entry says; of a teaching example, in its own words that it is one."""
    example = f" [{told['example']}]" if told["example"] else ""
    return f"{told['sentence'][paper.words.language]}{example}"
