"""import-comparison: a table «чинна редакція | запропонована», held against the record, as draft events."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.import_drafts import Acknowledge, AsJson, Office, Out, Person
from api.cli.importing_edition import Act, Effective, Point
from api.cli.importing_rows import AmountsIn
from api.cli.reading import Programme
from api.cli.screen import OK, REFUSED, line

if TYPE_CHECKING:
    from api.importers.comparison import Compared
    from api.texts.language import Language

Members = dict[str, Any]
MISMATCH = "old-mismatch"


def import_comparison(
    programme: Programme,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX; see `pledger template`.")],
    act: Act,
    effective: Effective,
    out: Out,
    point: Point = None,
    amounts_in: AmountsIn = "uah",
    server: options.Server = options.DEFAULT_SERVER,
    person: Person = None,
    office: Office = None,
    acknowledge: Acknowledge = None,
    as_json: AsJson = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Turn a comparison table into changes of the plan, each row held against what is in force.

    Exit 1 unless the server would record them, and if a row calls in force what is not, unless
    `old-mismatch` is acknowledged.
    """
    from api.cli.files import read_bytes
    from api.cli.import_drafts import check_free, signers_of
    from api.cli.import_files import write_drafts
    from api.cli.import_previews import previewed, reading, state_at
    from api.cli.importing import payload_of
    from api.cli.importing_edition import act_of, day_of
    from api.importers.comparison import read_comparison
    from api.importers.rows import Asked

    signers = signers_of(person, office)
    check_free(out)
    raw = read_bytes(file)
    asked = Asked(programme, name=file.name, amounts_in=amounts_in, effective=day_of(effective))
    state = state_at(server, programme, asked.effective)
    with reading(lang):
        compared = read_comparison(raw, asked, state["state"], act_of(act, point))
    seen = {"seen": state["known"]["position"]}
    payloads = [payload_of(made.event, signers) | seen for made in compared.taken.made]
    if not as_json:
        show_compared(compared, lang)
    shown = previewed(server, payloads, acknowledge or [], lang, quiet=as_json)
    if as_json:
        shown.print_json(_members(compared))
    write_drafts(out, shown.payloads, "financing")
    agreed = not compared.mismatches or MISMATCH in (acknowledge or [])
    raise typer.Exit(OK if shown.recordable and agreed else REFUSED)


def show_compared(compared: Compared, language: Language) -> None:
    """How many rows change something, what is not as they say, and whether money is only moved."""
    from api.cli.import_drafts import summarise
    from api.cli.words import said

    summarise(compared.taken, language)
    line(f"{said(('рядків без змін', 'rows unchanged'), language)}: {compared.unchanged}")
    for one in compared.mismatches:
        stated, there = _value(one.stated, language), _value(one.in_force, language)
        words = (
            f"у таблиці чинне {stated}, за записами {there}",
            f"the table says {stated}, the record {there}",
        )
        line(
            f"✗ {said(('рядок', 'line'), language)} {one.line}: {one.place}: {said(words, language)}",
            "bold red",
        )
    moved = (
        (f"перенесено {compared.more}: суми збалансовано", f"{compared.more} moved: the sums balance")
        if compared.balanced
        else (
            f"збільшено на {compared.more}, зменшено на {compared.less}: суми не збалансовано",
            f"{compared.more} added, {compared.less} taken away: the sums do not balance",
        )
    )
    line(said(moved, language), "" if compared.balanced else "yellow")


def _value(value: str | None, language: Language) -> str:
    from api.cli.words import present, said

    return (
        said(("нічого", "nothing"), language) if value is None else str(present(value, language, money=True))
    )


def _members(compared: Compared) -> Mapping[str, Any]:
    from api.importers.summary import summary_of

    return {
        "summary": summary_of(compared.taken),
        "unchanged": compared.unchanged,
        "mismatches": [one._asdict() for one in compared.mismatches],
        "more": compared.more,
        "less": compared.less,
        "balanced": compared.balanced,
    }


def register(app: typer.Typer) -> None:
    app.command(
        "import-comparison", epilog="Порівняльна таблиця «чинна | запропонована» як зміни фінансування."
    )(import_comparison)
