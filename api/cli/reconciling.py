"""reconcile: the treasury's figures beside the ledger's, what acts explain and what none does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.reading import Programme

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]
Pair = tuple[str, str]

_STATUSES: dict[str, Pair] = {
    "agrees": ("збігається", "agrees"),
    "explained": ("пояснено актами", "explained by acts"),
    "unexplained": ("потребує уваги: не пояснено", "needs attention: unexplained"),
    "ambiguous": ("потребує уваги: пояснень кілька", "needs attention: several explanations fit"),
    "undetermined": ("не визначено", "undetermined"),
    "not-imported": ("виписку казначейства не внесено", "no treasury extract was imported"),
}
_WHY: dict[str, Pair] = {
    "not-in-extract": ("немає у виписці", "not in the extract"),
    "not-in-ledger": ("немає в реєстрі", "not in the ledger"),
    "older-extract": ("немає в найновішій виписці", "not in the newest extract"),
    "reports-end-earlier": ("звіти закінчуються раніше за виписку", "reports end before the extract's day"),
    "shares-above-one": (
        "рядок казначейства віднесено більш ніж один раз",
        "more than the whole treasury line is mapped",
    ),
    "not-mapped": ("не віднесено до жодного рядка", "mapped to no line"),
}
_COMPARED: dict[str, Pair] = {
    "approved": ("затверджений план / перші призначення", "approved / first appropriation"),
    "amended": ("план зі змінами / призначення", "amended / appropriation"),
    "scheduled": ("план зі змінами / розпис", "amended / schedule"),
    "paid": ("касові видатки наростаючим підсумком", "paid year-to-date"),
}


def _word(words: Mapping[str, Pair], name: Any, language: Language) -> str:
    from api.cli.words import said

    return said(words.get(str(name), (str(name), str(name))), language)


def reconcile(
    programme: Programme,
    year: Annotated[int | None, typer.Option("--year", help="Of this year; default the day's.")] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Compare a year's newest treasury extract with the ledger: what acts explain, and what none does."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {"year": year, "as_of": as_of, "known": known, "min_position": min_position}
    route = f"/v1/programmes/{segment(programme)}/reconciliation"
    Asker(server, as_json, lang).show(route, parameters, _reconciliation)


def _reconciliation(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said

    day = (answer.get("extract") or {}).get("day")
    title = said(("виписка казначейства", "treasury extract"), language)
    status = _word(_STATUSES, answer.get("status"), language)
    line(f"{title} {day or answer.get('year')}: {status}", "bold")
    if day is None:
        return
    columns = (
        Column("line", "Захід і джерело", "Measure and source", "key", always=True),
        Column("compared", "Що порівняно", "Compared", always=True),
        Column("treasury", "Казначейство", "Treasury", "money", always=True),
        Column("ledger", "Реєстр", "Ledger", "money", always=True),
        Column("difference", "Різниця", "Difference", "money", always=True),
        Column("status", "Висновок", "Answer", always=True),
        Column("by", "Пояснено актами", "Explained by"),
    )
    rows = [
        _compared(item, one, language) for item in rows_of(answer) for one in rows_of(item, "comparisons")
    ]
    show_rows(columns, rows, language, empty=("нічого не віднесено до програми", "nothing is mapped"))
    for label, names in _loose(answer):
        if names:
            line(
                f"{said(label, language)}: {_word(_STATUSES, 'undetermined', language)}: {', '.join(names)}",
                "yellow",
            )


def _loose(answer: Members) -> Iterator[tuple[Pair, list[str]]]:
    """What has nothing on the other side."""
    from api.cli.asking import rows_of

    lines = [str(row.get("line")) for row in rows_of(answer, "lines") if row.get("mapped") is None]
    yield ("рядки казначейства поза програмою", "treasury lines mapped nowhere"), lines
    own = [f"{row.get('measure')}/{row.get('segment')}" for row in rows_of(answer, "unmapped")]
    yield ("рядки програми без казначейських", "the programme's lines without treasury lines"), own


def _compared(item: Members, one: Members, language: Language) -> dict[str, Any]:
    from api.cli.asking import act, rows_of
    from api.cli.doubts import marked
    from api.cli.words import amount, value

    sides = {name: one.get(name) or {} for name in ("treasury", "ledger")}
    by = "; ".join(
        f"{act(row.get('act'), language) or ''}: {amount(str(row.get('delta')))}"
        for row in rows_of(one, "explained_by")
    )
    status = _word(_STATUSES, one.get("status"), language)
    why = f": {_word(_WHY, one['why'], language)}" if one.get("why") else ""
    return {
        "line": f"{item.get('measure')} {item.get('source')}",
        "compared": _word(_COMPARED, one.get("name"), language),
        **{
            name: marked(value(side.get("amount"), language, money=True), side.get("doubt"))
            for name, side in sides.items()
        },
        "difference": one.get("difference"),
        "status": status + why,
        "by": by or None,
    }


def register(app: typer.Typer) -> None:
    app.command(epilog="Звіряння з випискою казначейства: що пояснено актами, а що ні.")(reconcile)
