"""import-edition: an annex in a new edition, compared with what is on the record, as draft events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.import_drafts import Acknowledge, AsJson, Office, Out, Person
from api.cli.reading import Programme
from api.cli.screen import OK, REFUSED, line
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.importers.edition import Edition
    from api.texts.language import Language

Members = dict[str, Any]
Act = Annotated[str, typer.Option("--act", metavar="A", help="The act's id on the record.")]
Point = Annotated[str | None, typer.Option("--point", metavar="N", help="The act's point.")]
Effective = Annotated[
    str, typer.Option("--effective", metavar="DAY", help="From which day it counts (YYYY-MM-DD).")
]
SHOWN_MAX = 200


def import_edition(
    programme: Programme,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="XLSX from `pledger template`, or YAML with the annexes.")
    ],
    annex: Annotated[
        list[str],
        typer.Option("--annex", metavar="ANNEX", help="tree, indicators or financing; may be repeated."),
    ],
    act: Act,
    effective: Effective,
    out: Out,
    point: Point = None,
    server: options.Server = options.DEFAULT_SERVER,
    person: Person = None,
    office: Office = None,
    acknowledge: Acknowledge = None,
    as_json: AsJson = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Compare a new edition with the record, cell by cell, and write the events that bring it in.

    What the edition leaves out is stated as removed. Exit 1 unless the server would record them.
    """
    from api.cli.files import read_bytes
    from api.cli.import_drafts import check_free, signers_of
    from api.cli.import_files import write_drafts
    from api.cli.import_previews import previewed, reading, state_at
    from api.cli.importing import payload_of
    from api.importers.edition import Asked, read_edition

    signers = signers_of(person, office)
    check_free(out)
    raw = read_bytes(file)
    asked = Asked(programme, annexes_of(annex), act_of(act, point), day_of(effective))
    state = state_at(server, programme, asked.effective)
    with reading(lang):
        edition = read_edition(raw, asked, state["state"])
    seen = {"seen": state["known"]["position"]}
    payloads = [payload_of(event, signers) | seen for event in edition.events]
    if not as_json:
        show_edition(edition, lang)
    shown = previewed(server, payloads, acknowledge or [], lang, quiet=as_json)
    if as_json:
        shown.print_json(_members(edition))
    write_drafts(out, shown.payloads, "amended")
    raise typer.Exit(OK if shown.recordable else REFUSED)


def annexes_of(given: Sequence[str]) -> tuple[str, ...]:
    """Each once, in their own order. Raises Misused."""
    from api.importers.edition import ANNEXES

    words = ", ".join(ANNEXES)
    if not set(given) <= set(ANNEXES):
        raise Misused((f"додаток – один з: {words}", f"an annex is one of: {words}"), "--annex")
    return tuple(annex for annex in ANNEXES if annex in given)


def act_of(act: str, point: str | None) -> Mapping[str, str]:
    return {"id": act} | ({"point": point} if point is not None else {})


def day_of(text: str) -> str:
    """A day of the calendar. Raises Misused."""
    from datetime import date

    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        words = ("дата має вигляд РРРР-ММ-ДД", "a date is written YYYY-MM-DD")
        raise Misused(words, "--effective") from None


def show_edition(edition: Edition, language: Language) -> None:
    """What changes, cell by cell; how much stays; and the printed totals beside the sums."""
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said

    columns = (
        Column("op", "Що", "What", "key", always=True),
        Column("path", "Комірка", "Cell", "key", always=True),
        Column("old", "Було", "Old", always=True),
        Column("new", "Стане", "New", always=True),
    )
    rows = [
        {"op": said(_OPS[one.op], language), "path": one.path, "old": _said(one.old), "new": _said(one.new)}
        for one in edition.changes[:SHOWN_MAX]
    ]
    if rows:
        show_rows(columns, rows, language)
    if len(edition.changes) > SHOWN_MAX:
        line(
            said(
                (f"… усього змін: {len(edition.changes)}", f"… changes in all: {len(edition.changes)}"),
                language,
            )
        )
    for op, words in _OPS.items():
        line(f"{said(words, language)}: {sum(one.op == op for one in edition.changes)}")
    line(f"{said(('без змін', 'unchanged'), language)}: {edition.equal}")
    _show_rest(edition, language)


_OPS = {
    "changed": ("змінено", "changed"),
    "added": ("додано", "added"),
    "removed": ("вилучено", "removed"),
}


def _said(value: Any) -> str | None:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _show_rest(edition: Edition, language: Language) -> None:
    from api.cli.words import said

    if not edition.changes:
        line(
            said(("змін немає: подавати нічого", "no changes: there is nothing to submit"), language), "bold"
        )
    if not edition.restated:
        words = (
            "редакція завелика для однієї події: її подано окремими рядками й вилученнями",
            "the edition is too large for one event: it is stated as single rows and removals",
        )
        line(said(words, language), "yellow")
    for total in edition.totals:
        printed, computed = (
            said(("надруковано", "printed"), language),
            said(("обчислено", "computed"), language),
        )
        mark = {True: "✓", False: "✗", None: "·"}[total.agrees]
        style = "bold red" if total.agrees is False else ""
        line(f"{mark} {total.key}: {printed} {total.printed}, {computed} {total.computed or '·'}", style)


def _members(edition: Edition) -> Members:
    return {
        "changes": [one._asdict() for one in edition.changes],
        "equal": edition.equal,
        "restated": edition.restated,
        "totals": [{**one._asdict(), "agrees": one.agrees} for one in edition.totals],
    }


def register(app: typer.Typer) -> None:
    app.command("import-edition", epilog="Порівнює додаток у новій редакції з чинним та пише проєкти подій.")(
        import_edition
    )
