"""diff, blame: what changed between two points and why; who set a cell, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.reading import Programme

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]

_DOUBTED_BY = (
    "вирішує запис у сумніві: {entry} {kind} {event}",
    "an entry in doubt decides: {entry} {kind} {event}",
)
_WHY = {
    "took_effect": ("настав день", "took effect"),
    "decided": ("вирішено", "decided"),
    "corrected": ("виправлено", "corrected"),
    "status": ("статус акта", "act's status"),
}
_OPS = {
    "set": ("встановлено", "set"),
    "add": ("збільшено на", "added"),
    "unset": ("вилучено", "removed"),
}


def diff(
    programme: Programme,
    from_as_of: Annotated[
        str | None, typer.Option("--from-as-of", metavar="DAY", help="The first point's day.")
    ] = None,
    from_known: Annotated[
        str | None, typer.Option("--from-known", metavar="POSITION|TIME", help="What was known at it.")
    ] = None,
    to_as_of: Annotated[
        str | None, typer.Option("--to-as-of", metavar="DAY", help="The second point's day.")
    ] = None,
    to_known: Annotated[
        str | None, typer.Option("--to-known", metavar="POSITION|TIME", help="What was known at it.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DAY", help="The day of both points.")
    ] = None,
    known: Annotated[
        str | None, typer.Option("--known", metavar="POSITION|TIME", help="What was known at both.")
    ] = None,
    path: options.CellPath = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Compare two points cell by cell: what it was, what it is, why, by which entry."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {
        "from_as_of": from_as_of or as_of,
        "from_known": from_known or known,
        "to_as_of": to_as_of or as_of,
        "to_known": to_known or known,
        "path": path,
        "limit": limit,
        "min_position": min_position,
    }
    route = f"/v1/programmes/{segment(programme)}/diff"
    Asker(server, as_json, lang).show(route, parameters, _diff, dated=False)


def _diff(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows
    from api.cli.words import header, said

    for name, label in (("from", ("від", "from")), ("to", ("до", "to"))):
        line(f"{said(label, language)}: {header(answer.get(name) or {}, language)}", "dim")
    columns = (
        Column("path", "Комірка", "Cell", "key", always=True),
        Column("old", "Було", "Old", always=True),
        Column("new", "Стало", "New", always=True),
        Column("delta", "Різниця", "Delta", "money"),
        Column("why", "Чому", "Why"),
        Column("entry", "Запис", "Entry", "key"),
        Column("act", "Акт", "Act"),
        Column("who", "Хто", "Who"),
        Column("example", "Приклад", "Example"),
    )
    rows = [_change(change, language) for change in rows_of(answer, "changes")]
    show_rows(columns, rows, language, empty=("відмінностей немає", "no differences"))


def _change(change: Members, language: Language) -> dict[str, Any]:
    from rich.text import Text

    from api.cli.asking import act, number, rows_of, signers
    from api.cli.doubts import marked
    from api.cli.previews import side
    from api.cli.words import is_money_path, said

    path = str(change.get("path"))
    cause = next(iter(rows_of(change, "causes")), {})
    why = str(change.get("why"))
    return {
        "path": path,
        **{
            name: side(
                change.get(name), language, money=is_money_path(path), doubt=change.get(f"{name}_doubt")
            )
            for name in ("old", "new")
        },
        "delta": change.get("delta"),
        "why": said(_WHY[why], language) if why in _WHY else why,
        "entry": marked(Text(number(cause.get("index")) or ""), cause.get("doubt")) if cause else None,
        "act": act(cause.get("act"), language),
        "who": signers(cause.get("signers")) or None,
        "example": cause.get("example"),
    }


def blame(
    programme: Programme,
    path: Annotated[str, typer.Argument(metavar="PATH", help="A cell: /financing/2.1.4/2025/local.")],
    as_of: options.AsOf = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show who set a cell: each write that counts, the one in force first."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {
        "path": path,
        "as_of": as_of,
        "known": known,
        "limit": limit,
        "min_position": min_position,
    }
    route = f"/v1/programmes/{segment(programme)}/blame"
    Asker(server, as_json, lang).show(route, parameters, _blame)


def _blame(answer: Members, language: Language) -> None:
    from rich.text import Text

    from api.cli.asking import act, number, rows_of, signers
    from api.cli.doubts import marked
    from api.cli.previews import side
    from api.cli.screen import line, show
    from api.cli.sheet import Column, show_rows
    from api.cli.words import is_money_path, said

    columns = (
        Column("entry", "Запис", "Entry", "key", always=True),
        Column("from", "З дня", "From", "key", always=True),
        Column("op", "Дія", "Op"),
        Column("value", "Значення", "Value", always=True),
        Column("old", "Було", "Old", always=True),
        Column("who", "Хто", "Who", always=True),
        Column("paper", "Акт", "Act"),
        Column("reason", "Підстава", "Reason"),
        Column("example", "Приклад", "Example"),
        Column("recorded_at", "Зареєстровано", "Recorded", "key"),
        Column("event", "Подія", "Event", "key"),
    )
    money = is_money_path(str(answer.get("path") or ""))
    rows = [
        {
            **row,
            "op": said(_OPS.get(str(row.get("op")), (str(row.get("op")),) * 2), language),
            "value": marked(_written(row, language, money=money), row.get("doubt")),
            "old": marked(side(row.get("old"), language, money=money), row.get("old_doubt")),
            "entry": number(row.get("index")),
            "who": signers(row.get("signers")),
            "paper": act(row.get("act"), language),
            "reason": row.get("reason") or None,
        }
        for row in rows_of(answer)
    ]
    in_force = side(answer.get("value"), language, money=money, doubt=answer.get("doubt"))
    show(Text.assemble((said(("чинне значення: ", "in force: "), language), "bold"), in_force))
    show_rows(columns, rows, language, empty=("ніколи не встановлювалося", "never set"))
    for one in rows_of(answer, "doubted_by"):
        line(said(_DOUBTED_BY, language).format(**{**one, "entry": number(one.get("index"))}), "bold red")


def _written(row: Members, language: Language, *, money: bool) -> Any:
    """What a write said: a removal has no value."""
    from api.cli.words import present

    gone = row.get("op") in ("unset", "restate")
    return present(None if gone else row.get("value"), language, money=money)


def register(app: typer.Typer) -> None:
    app.command(epilog="Порівняльна таблиця двох станів: було, стало, чому, ким.")(diff)
    app.command(epilog="Ким і коли встановлено значення комірки.")(blame)
