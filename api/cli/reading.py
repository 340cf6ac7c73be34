"""programmes, show, acts, event: what is on the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options

if TYPE_CHECKING:
    from api.texts.language import Language

Programme = Annotated[str, typer.Argument(metavar="P", help="The programme's id.")]
Members = Mapping[str, Any]

_STATUS = {
    "in-force": ("чинна", "in force"),
    "not-in-force": ("ще не чинна", "not in force"),
    "closed": ("завершена", "closed"),
    "unavailable": ("не відповідає", "does not answer"),
}


def programmes(
    as_of: options.AsOf = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """List the programmes on the record."""
    from api.cli.asking import Asker

    parameters = {"as_of": as_of, "known": known, "limit": limit, "min_position": min_position}
    Asker(server, as_json, lang).show("/v1/programmes", parameters, _programmes)


def _programmes(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of
    from api.cli.doubts import marked
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said, value

    columns = (
        Column("id", "Програма", "Programme", "key", always=True),
        Column("title", "Назва", "Title", always=True),
        Column("body", "Орган", "Body", "key"),
        Column("years", "Строк", "Term", "key"),
        Column("status", "Стан", "Status", "key"),
        Column("last", "Останній запис", "Last entry", "key"),
    )
    rows = []
    for item in rows_of(answer):
        term = item.get("term") or {}
        years = f"{term.get('from')}–{term.get('to')}" if term.get("from") else None
        status = said(_STATUS.get(item.get("status", ""), (str(item.get("status")),) * 2), language)
        title = marked(value(item.get("title"), language), item.get("doubt"))
        last = number(item.get("last_index"))
        rows.append({**item, "title": title, "years": years, "status": status, "last": last})
    show_rows(columns, rows, language, empty=("програм ще немає", "no programmes yet"))


def show(
    programme: Programme,
    as_of: options.AsOf = None,
    known: options.Known = None,
    path: options.CellPath = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show a programme's state: every cell, with the day it holds from and the entry that set it."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {"as_of": as_of, "known": known, "path": path, "min_position": min_position}
    Asker(server, as_json, lang).show(f"/v1/programmes/{segment(programme)}", parameters, _state)


def _state(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of
    from api.cli.doubts import marked
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows
    from api.cli.words import is_money_path, present, value

    columns = (
        Column("path", "Комірка", "Cell", "key", always=True),
        Column("value", "Значення", "Value", always=True),
        Column("from", "З дня", "From", "key"),
        Column("entry", "Запис", "Entry", "key"),
    )
    cells = answer.get("cells") or {}
    rows = []
    for path, given in leaves(answer.get("state") or {}):
        cell = cells.get(path, {})
        shown = marked(present(given, language, money=is_money_path(path)), cell.get("doubt"))
        rows.append(
            {"path": path, "value": shown, "from": cell.get("from"), "entry": number(cell.get("index"))}
        )
    for one in rows_of(answer, "gone"):
        rows.append({"path": one.get("path"), "value": marked(value(None, language), one.get("doubt"))})
    show_rows(columns, rows, language, empty=("комірок немає", "no cells"))
    line(f"state_hash: {answer.get('state_hash')}", "dim")


def leaves(state: Any, path: str = "") -> list[tuple[str, Any]]:
    """The cells of a nested state, in its order; a list is one value."""
    if not isinstance(state, dict):
        return [(path, state)]
    return [leaf for name, inner in state.items() for leaf in leaves(inner, f"{path}/{name}")]


def acts(
    body: Annotated[str | None, typer.Option("--body", metavar="BODY", help="Only of this body.")] = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """List the legal acts, with the days on which they count."""
    from api.cli.asking import Asker

    parameters = {"body": body, "known": known, "limit": limit, "min_position": min_position}
    Asker(server, as_json, lang).show("/v1/acts", parameters, _acts)


def _acts(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.doubts import marked
    from api.cli.sheet import Column, show_rows
    from api.cli.words import value

    columns = (
        Column("id", "Акт", "Act", "key", always=True),
        Column("kind", "Вид", "Kind", "key"),
        Column("number", "Номер", "Number", "key", always=True),
        Column("date", "Дата", "Date", "key"),
        Column("body", "Орган", "Body", "key"),
        Column("title", "Назва", "Title"),
        Column("in_force", "Чинний з", "In force from", "key", always=True),
        Column("counted", "Діє", "Counts", always=True),
    )
    rows = []
    for item in rows_of(answer):
        counted = marked(value(_stretches(item.get("counts")), language), item.get("doubt"))
        rows.append({**item, "counted": counted})
    show_rows(columns, rows, language, empty=("актів немає", "no acts"))


def _stretches(counts: Any) -> str | None:
    """The days on which an act counts; None if on no day."""
    if not isinstance(counts, list) or not counts:
        return None
    return "; ".join(f"{stretch.get('from')} – {stretch.get('to') or '…'}" for stretch in counts)


def event(
    event_id: Annotated[str, typer.Argument(metavar="ID", help="The event's id.")],
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show one event: what it says, who signed it, and every cell that it wrote."""
    from api.cli.asking import Asker
    from api.cli.history import event_view
    from api.client import segment

    route = f"/v1/events/{segment(event_id)}"
    Asker(server, as_json, lang).show(route, {"min_position": min_position}, event_view, dated=False)


def register(app: typer.Typer) -> None:
    app.command(epilog="Перелік програм.")(programmes)
    app.command(epilog="Стан програми на день, за даними до позиції.")(show)
    app.command(epilog="Перелік актів і дні, коли вони діють.")(acts)
    app.command(epilog="Одна подія: що сказано, ким підписано, що записано.")(event)
