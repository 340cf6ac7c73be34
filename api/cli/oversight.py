"""observations, reports: what was remarked and answered, and every report with its standing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.consent import MaybeProgramme
from api.cli.reading import Programme

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]

_STATUS = {
    "submitted": ("подано", "submitted"),
    "accepted": ("прийнято", "accepted"),
    "returned": ("повернуто", "returned"),
}
_STATES = {
    "current": ("чинний", "current"),
    "superseded": ("заступлено", "superseded"),
    "corrected": ("виправлено", "corrected"),
    "voided": ("скасовано", "voided"),
}


def observations(
    programme: MaybeProgramme = None,
    is_open: Annotated[
        bool | None, typer.Option("--open/--answered", help="Only what waits for an answer, or does not.")
    ] = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """List observations with their answers."""
    from api.cli.asking import Asker

    parameters = {
        "programme": programme,
        "open": None if is_open is None else str(is_open).lower(),
        "known": known,
        "limit": limit,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show("/v1/observations", parameters, _observations)


def _observations(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of, signers
    from api.cli.doubts import marked
    from api.cli.sheet import Column, show_rows
    from api.cli.words import value

    columns = (
        Column("id", "Зауваження", "Observation", "key", always=True),
        Column("stream", "Щодо", "In", "key"),
        Column("about", "Про", "About"),
        Column("text", "Зміст", "Text", always=True),
        Column("by", "Від", "By"),
        Column("to", "Кому", "To", "key"),
        Column("due", "До", "Due", "key"),
        Column("told", "Відповідь", "Answer", always=True),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = []
    for item in rows_of(answer):
        about = item.get("about") or {}
        shown = {
            "about": about.get("cell") or about.get("finding") or about.get("event"),
            "text": marked(value(item.get("text"), language), item.get("doubt")),
            "by": signers(item.get("signers")),
            "told": _answers(item, language),
            "entry": number(item.get("index")),
        }
        rows.append({**item, **shown})
    show_rows(columns, rows, language, empty=("зауважень немає", "no observations"))


def _answers(item: Members, language: Language) -> str:
    from api.cli.words import said

    if item.get("voided"):
        return said(("скасовано", "voided"), language)
    answers = [f"{one.get('outcome')}: {one.get('text')}" for one in item.get("answers") or []]
    return "; ".join(answers) or said(("ще немає", "none yet"), language)


def reports(
    programme: Programme,
    indicator: Annotated[str | None, typer.Option("--indicator", help="Only this indicator.")] = None,
    measure: Annotated[str | None, typer.Option("--measure", help="Only this measure.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="Only this period: 2025-Q4.")] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """List a programme's reports, statement by statement: accepted, returned, corrected, superseded."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {
        "indicator": indicator,
        "measure": measure,
        "period": period,
        "as_of": as_of,
        "known": known,
        "limit": limit,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show(f"/v1/programmes/{segment(programme)}/reports", parameters, _reports)


def _reports(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of, signers
    from api.cli.doubts import marked
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said, value

    columns = (
        Column("period", "Період", "Period", "key", always=True),
        Column("what", "Про", "About", "key", always=True),
        Column("kind", "Вид", "Kind", "key"),
        Column("told", "Значення", "Value", always=True),
        Column("status", "Стан звіту", "Status", "key", always=True),
        Column("remarks", "Зауваження", "Remarks"),
        Column("state", "Чинність", "Standing", "key", always=True),
        Column("by", "Підписали", "Signed by"),
        Column("evidence", "Доказів", "Evidence"),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = []
    for item in rows_of(answer):
        status, state = str(item.get("status")), str(item.get("state"))
        shown = {
            "what": item.get("indicator") or ", ".join(item.get("measures") or []),
            "told": marked(value(_told(item), language), item.get("doubt")),
            "status": marked(
                value(said(_STATUS.get(status, (status, status)), language), language),
                item.get("review_doubt"),
            ),
            "state": said(_STATES.get(state, (state, state)), language),
            "by": signers(item.get("signers")),
            "entry": number(item.get("index")),
        }
        rows.append({**item, **shown})
    show_rows(columns, rows, language, empty=("звітів немає", "no reports"))


def _told(item: Members) -> str | None:
    """The value of an actual; of what has cells, each cell's."""
    from api.cli.words import amount

    if item.get("value") is not None:
        return str(item["value"])
    cells = [one for one in item.get("cells") or [] if isinstance(one, dict)]
    return "; ".join(amount(str(one.get("value"))) for one in cells) or None


def register(app: typer.Typer) -> None:
    app.command(epilog="Зауваження та відповіді на них.")(observations)
    app.command(epilog="Звіти програми: подано, прийнято, повернуто, виправлено.")(reports)
