"""obligations: which reports are due from whom and when, also as a calendar file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]
Parameters = Mapping[str, str | int | None]

Programme = Annotated[str, typer.Option("--programme", metavar="P", help="The programme's id.")]

STATUSES = {
    "due": ("очікується", "due"),
    "on_time": ("вчасно", "on time"),
    "late": ("із запізненням", "late"),
    "missing": ("не подано", "missing"),
    "returned": ("повернуто", "returned"),
}


def obligations(
    programme: Programme,
    office: Annotated[str | None, typer.Option("--office", help="Only what this office owes.")] = None,
    status: Annotated[
        str | None, typer.Option("--status", help=f"Only one status: {', '.join(STATUSES)}.")
    ] = None,
    ics: Annotated[
        Path | None,
        typer.Option("--ics", metavar="FILE", help="Write what waits as a calendar, with reminders."),
    ] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show which reports are due from whom and when, and which were on time, late, missing or returned."""
    from api.cli.asking import Asker
    from api.client import segment

    path = f"/v1/programmes/{segment(programme)}/obligations"
    parameters = {
        "office": office,
        "status": status,
        "as_of": as_of,
        "known": known,
        "limit": limit,
        "min_position": min_position,
    }
    if ics is not None:
        _write_calendar(server, path, {**parameters, "limit": None}, ics, lang)
        return
    Asker(server, as_json, lang).show(path, parameters, show_obligations)


def _write_calendar(server: str, path: str, parameters: Parameters, file: Path, language: Language) -> None:
    """The same calendar as the server's; of all pages."""
    from api.calendars import Shown, calendar_of
    from api.cli.files import write_text
    from api.cli.screen import say
    from api.cli.watching import watched
    from api.client import Client

    with Client(server) as client, watched(client):
        pages = [answer.members for answer in client.pages(path, parameters)]
        origin = str(client.ledger().get("origin"))
    first = pages[0]
    point = first["known"]
    shown = Shown(
        origin, first["programme"], point["position"], point["recorded_at"], server.rstrip("/"), language
    )
    rows = [row for page in pages for row in page["items"]]
    write_text(file, calendar_of(rows, shown).decode())
    say(f"→ {file}")


def show_obligations(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of
    from api.cli.doubts import marked
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said, value

    if answer.get("configured") is False:
        line(
            said(("не налаштовано: строків звітів", "not configured: deadlines of reports"), language), "dim"
        )
        return
    columns = (
        Column("due", "До", "Due", "key", always=True),
        Column("status", "Стан", "Status", always=True),
        Column("what", "Що", "What", always=True),
        Column("by", "Хто", "By", always=True),
        Column("day", "Подано", "Recorded", "key"),
        Column("corrected", "Виправлено", "Corrected", "key"),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = [
        {
            **row,
            "status": said(STATUSES.get(str(row.get("status")), (str(row.get("status")),) * 2), language),
            "what": marked(value((row.get("title") or {}).get(language), language), row.get("doubt")),
            "by": _owed_by(row, language),
            "corrected": (row.get("corrected") or {}).get("day"),
            "entry": number(row.get("index")),
        }
        for row in rows_of(answer)
    ]
    show_rows(columns, rows, language, empty=("нічого не очікується", "nothing is asked for"))
    _show_totals(answer.get("totals"), language)
    _show_years(answer.get("years"), language)


def _owed_by(row: Members, language: Language) -> str:
    """The office and its holders; where no policy names one, that it is undetermined."""
    from api.cli.words import said

    if row.get("office") is None:
        return said(("не визначено", "undetermined"), language)
    if row.get("succeeded"):
        return f"{row['office']} → {row.get('body')}"
    persons = ", ".join(row.get("persons") or []) or said(("ніхто", "nobody"), language)
    return f"{row['office']}: {persons}"


def _show_totals(totals: Any, language: Language) -> None:
    from api.cli.screen import line
    from api.cli.words import said

    if isinstance(totals, dict):
        told = [f"{said(words, language)}: {totals.get(name, 0)}" for name, words in STATUSES.items()]
        line("; ".join(told), "dim")


def _show_years(years: Any, language: Language) -> None:
    """The programme's years about which nobody asks."""
    from api.cli.screen import line
    from api.cli.words import said

    unasked = [str(one.get("year")) for one in years or [] if one.get("configured") is False]
    if unasked:
        words = ("не налаштовано строків за", "not configured: deadlines about")
        line(f"{said(words, language)}: {', '.join(unasked)}", "dim")


def register(app: typer.Typer) -> None:
    app.command(epilog="Які звіти хто має подати й до якого дня, що вчасно, із запізненням чи не подано.")(
        obligations
    )
