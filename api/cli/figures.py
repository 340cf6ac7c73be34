"""budget, indicators: the plan beside what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.reading import Programme

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]

_KEYS = (
    ("measure", "Захід", "Measure"),
    ("year", "Рік", "Year"),
    ("source", "Джерело", "Source"),
)
_AXES = (
    ("kpkvk", "КПКВК", "KPKVK"),
    ("kekv", "КЕКВ", "KEKV"),
    ("fund", "фонд", "fund"),
    ("unit", "розпорядник", "unit"),
)
_AMOUNTS = (
    ("original", "Первісний план", "Original"),
    ("amended", "План з урахуванням змін", "Amended"),
    ("appropriated", "Бюджетні призначення", "Appropriated"),
    ("scheduled", "Розпис", "Scheduled"),
    ("transferred", "Передано", "Transferred"),
    ("committed", "Зобов'язання", "Committed"),
    ("paid", "Касові видатки", "Paid"),
    ("incurred", "Фактичні видатки", "Incurred"),
    ("payable", "Кредиторська заборгованість", "Payable"),
    ("returned", "Повернуто", "Returned"),
    ("unfunded", "Не забезпечено", "Unfunded"),
    ("variance", "Відхилення", "Variance"),
)

_MONEY = tuple(names[0] for names in _AMOUNTS)


def budget(
    programme: Programme,
    as_of: options.AsOf = None,
    known: options.Known = None,
    year: Annotated[int | None, typer.Option("--year", help="Only this year.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Only this source.")] = None,
    measure: Annotated[str | None, typer.Option("--measure", help="Only this measure.")] = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show the money: original, amended, appropriated and actual, by measure, year and source."""
    from api.cli.asking import Asker
    from api.client import segment

    path = f"/v1/programmes/{segment(programme)}/budget"
    parameters = {
        "as_of": as_of,
        "known": known,
        "year": year,
        "source": source,
        "measure": measure,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show(path, parameters, _budget)


def _budget(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of
    from api.cli.doubts import mark_columns
    from api.cli.sheet import Column, show_rows

    columns = (
        *(Column(*names, "key", always=True) for names in _KEYS),
        Column("axes", "Бюджетні коди", "Budget codes"),
        *(Column(*names, "money", always=names[0] in ("original", "amended")) for names in _AMOUNTS),
        Column("currency", "Валюта", "Currency", "key"),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = [
        {
            **mark_columns(row, language, _MONEY),
            "axes": _axes(row, language),
            "entry": number(row.get("index")),
        }
        for row in rows_of(answer)
    ]
    show_rows(columns, rows, language, empty=("рядків немає", "no lines"))
    _show_totals(answer.get("totals"), language)


def _axes(row: Members, language: Language) -> str | None:
    """The budget codes that a line has, each with its name; None if it has none."""
    from api.cli.words import said

    given = [f"{said((uk, en), language)} {row[name]}" for name, uk, en in _AXES if row.get(name)]
    return ", ".join(given) or None


def _show_totals(totals: Any, language: Language) -> None:
    """The sums that the API gives, by year and in all."""
    from api.cli.doubts import mark_columns
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said

    if not isinstance(totals, dict):
        return
    every = said(("разом", "in all"), language)
    rows = [*(totals.get("by_year") or []), *({**row, "year": every} for row in totals.get("all") or [])]
    columns = (
        Column("year", "Рік", "Year", "key", always=True),
        *(Column(*names, "money") for names in _AMOUNTS),
    )
    line("")
    line(said(("Підсумки", "Totals"), language), "bold")
    present = [c for c in columns if c.always or any(row.get(c.name) is not None for row in rows)]
    show_rows(present, [mark_columns(row, language, _MONEY) for row in rows], language)


def indicators(
    programme: Programme,
    as_of: options.AsOf = None,
    known: options.Known = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show indicators: base, targets then and now, actuals, dynamics printed and computed."""
    from api.cli.asking import Asker
    from api.client import segment

    path = f"/v1/programmes/{segment(programme)}/indicators"
    Asker(server, as_json, lang).show(
        path, {"as_of": as_of, "known": known, "min_position": min_position}, _indicators
    )


def _indicators(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of
    from api.cli.doubts import mark_columns
    from api.cli.sheet import Column, show_rows

    columns = (
        Column("indicator", "Індикатор", "Indicator", "key", always=True),
        Column("name", "Назва", "Name"),
        Column("kind", "Вид", "Kind"),
        Column("unit", "Одиниця", "Unit"),
        Column("year", "Рік", "Year", "key", always=True),
        Column("base", "База", "Base", always=True),
        Column("target_then", "Ціль тоді", "Target then", always=True),
        Column("target_now", "Ціль тепер", "Target now", always=True),
        Column("actual", "Факт", "Actual", always=True),
        Column("status", "Стан звіту", "Report"),
        Column("evidence", "Доказів", "Evidence"),
        Column("achievement", "Виконання", "Achievement"),
        Column("printed", "Динаміка надрукована", "Dynamics printed"),
        Column("computed", "Динаміка обчислена", "Dynamics computed"),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = []
    for row in rows_of(answer):
        dynamics = row.get("dynamics") or {}
        computed = {name: dynamics.get(name) for name in ("printed", "computed")}
        doubtful = dict(row.get("doubtful") or {})
        if "dynamics" in doubtful:
            doubtful |= dict.fromkeys(computed, doubtful["dynamics"])
        said = {**row, **computed, "doubtful": doubtful, "entry": number(row.get("index"))}
        rows.append(mark_columns(said, language))
    show_rows(columns, rows, language, empty=("індикаторів немає", "no indicators"))


def register(app: typer.Typer) -> None:
    app.command(epilog="Кошти: план, призначення, видатки — за заходом, роком і джерелом.")(budget)
    app.command(epilog="Індикатори: база, цілі, факт, динаміка.")(indicators)
