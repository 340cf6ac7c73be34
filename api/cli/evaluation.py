"""evaluation: a year in the four directions, and a draft of a conclusion that binds its figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.cli import options

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]

Programme = Annotated[str, typer.Option("--programme", metavar="P", help="The programme's id.")]
Year = Annotated[int, typer.Option("--year", min=1991, max=2200, help="Which year.")]

_TITLES = {
    "projects": ("Стан впровадження", "Delivery of projects"),
    "money": ("Кошти", "Money"),
    "results": ("Результативність", "Results"),
    "indicators": ("Індикатори", "Indicators"),
}
_VERDICTS = {
    "yes": ("так", "yes"),
    "no": ("ні", "no"),
    "undetermined": ("не визначено", "undetermined"),
}
_RATINGS = {
    "effective": ("ефективна", "effective"),
    "partly": ("частково ефективна", "partly effective"),
    "ineffective": ("неефективна", "ineffective"),
}
_STATES = {
    "current": ("враховано", "counts"),
    "partly": ("враховано частково", "counts in part"),
    "superseded": ("замінено іншим звітом", "replaced by another report"),
    "not-yet": ("ще не діє на цей день", "does not hold yet"),
    "not-in-force": ("не діє на цей день", "does not hold"),
}
_REVIEWS = {
    "submitted": ("подано", "submitted"),
    "accepted": ("прийнято", "accepted"),
    "returned": ("повернено", "returned"),
}
_MONEY = (
    ("original", "Первісний план", "Original"),
    ("amended", "План з урахуванням змін", "Amended"),
    ("appropriated", "Бюджетні призначення", "Appropriated"),
    ("paid", "Касові видатки", "Paid"),
)
_COUNTS = (
    ("asked", "Звітів", "Asked"),
    ("on_time", "Вчасно", "On time"),
    ("late", "Із запізненням", "Late"),
    ("missing", "Не подано", "Missing"),
    ("returned", "Повернуто", "Returned"),
    ("due", "Очікується", "Due"),
    ("accepted", "Прийнято", "Accepted"),
)


def show(
    programme: Programme,
    year: Year,
    as_of: options.AsOf = None,
    known: options.Known = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show a year's figures in the four directions, and what was concluded of them."""
    from api.cli.asking import Asker

    parameters = {"year": year, "as_of": as_of, "known": known, "min_position": min_position}
    Asker(server, as_json, lang).show(_route(programme), parameters, _evaluation)


def draft(
    programme: Programme,
    year: Year,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help="Write the payload, to be completed and signed."),
    ],
    rating: Annotated[
        Literal["effective", "partly", "ineffective"] | None,
        typer.Option("--rating", help="The signer's rating; left blank without it."),
    ] = None,
    conclusion: Annotated[
        str, typer.Option("--conclusion", metavar="WORDS", help="The signer's conclusion, in words.")
    ] = "",
    as_of: options.AsOf = None,
    known: options.Known = None,
    server: options.Server = options.DEFAULT_SERVER,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Write a payload that concludes a year. It binds the figures as they are; the rating is the signer's."""
    from api.cli.files import pretty, write_text
    from api.cli.screen import say
    from api.cli.watching import watched
    from api.client import Client

    parameters = {"year": year, "as_of": as_of, "known": known}
    with Client(server) as client, watched(client):
        answer = client.get(_route(programme), parameters).members
        today = _today(str(client.ledger().get("zone")))
    figures = {
        "as_of": answer["as_of"],
        "known": answer["known"]["position"],
        "sha256": answer["sha256"],
    }
    data = {
        "year": year,
        "conclusion": conclusion,
        "rating": rating or "",
        "sections": {name: answer["summaries"][name]["uk"] for name in _TITLES},
        "figures": figures,
    }
    payload = {
        "kind": "evaluation.concluded",
        "subject": f"programme:{programme}",
        "effective": today,
        "data": data,
    }
    write_text(out, pretty(payload))
    for name in _TITLES:
        say(str(answer["summaries"][name][lang]))
    say(f"→ {out}")


def _route(programme: str) -> str:
    from api.client import segment

    return f"/v1/programmes/{segment(programme)}/evaluation"


def _today(zone: str) -> str:
    """The day in the ledger's zone: a conclusion holds from the day on which it is made."""
    from zoneinfo import ZoneInfo

    from ledger.clock import SystemClock, local_date

    return local_date(SystemClock().now(), ZoneInfo(zone)).isoformat()


def _evaluation(answer: Members, language: Language) -> None:
    from api.cli.screen import line
    from api.cli.words import said

    if answer.get("in_term") is False:
        outside = ("рік {year} поза строком програми", "the year {year} is outside the programme's term")
        line(said(outside, language).format(year=answer.get("year")), "yellow")
    sections = answer.get("sections") or {}
    for name, words in _TITLES.items():
        line("")
        line(said(words, language), "bold")
        line(str(((answer.get("summaries") or {}).get(name) or {}).get(language)))
        _SECTIONS[name](sections.get(name) or {}, language)
    line("")
    line(f"SHA-256: {answer.get('sha256')}", "dim")
    _conclusion(answer.get("conclusion"), language)


def _projects(section: Members, language: Language) -> None:
    from api.cli.sheet import Column

    columns = (
        Column("measure", "Захід", "Measure", "key", always=True),
        Column("title", "Назва", "Title"),
        Column("status", "Стан", "Status", always=True),
        Column("period", "Період", "Period", "key"),
        Column("done", "Виконано", "Done", always=True),
        Column("gone", "Вилучено з", "Removed from", "key"),
    )
    _table(columns, section.get("rows"), language, verdicts=("done",))


def _money(section: Members, language: Language) -> None:
    from api.cli.sheet import Column

    columns = (
        Column("source", "Джерело", "Source", "key", always=True),
        *(Column(*names, "money", always=True) for names in _MONEY),
        Column("paid_of_plan", "Частка плану", "Share of plan"),
    )
    _table(columns, section.get("by_source"), language)


def _results(section: Members, language: Language) -> None:
    from api.cli.sheet import Column

    columns = (
        Column("kind", "Звіт", "Report", "key", always=True),
        Column("item", "Про що", "About", "key", always=True),
        *(Column(*names, "key") for names in _COUNTS),
    )
    _table(columns, section.get("rows"), language)
    if section.get("reports"):
        _reports(section["reports"], language)


def _reports(reports: list[Members], language: Language) -> None:
    """What was reported, be it asked for or not, and whether it counts on the day."""
    from api.cli.sheet import Column
    from api.cli.words import said

    columns = (
        Column("period", "Період", "Period", "key", always=True),
        Column("about", "Про що", "About", "key", always=True),
        Column("kind", "Звіт", "Report", "key"),
        Column("counts", "Чи враховано", "Counts", always=True),
        Column("judged", "Стан", "Status"),
    )
    rows = [
        {
            **row,
            "about": ", ".join(row["items"]),
            "counts": said(_STATES.get(str(row["state"]), (str(row["state"]),) * 2), language),
            "judged": said(_REVIEWS.get(str(row["review"]), (str(row["review"]),) * 2), language),
        }
        for row in reports
    ]
    _table(columns, rows, language)


def _indicators(section: Members, language: Language) -> None:
    from api.cli.sheet import Column

    columns = (
        Column("indicator", "Індикатор", "Indicator", "key", always=True),
        Column("name", "Назва", "Name"),
        Column("target_then", "Ціль тоді", "Target then", always=True),
        Column("target_now", "Ціль тепер", "Target now", always=True),
        Column("actual", "Факт", "Actual", always=True),
        Column("reached_then", "Досягнуто тоді", "Met then", always=True),
        Column("reached_now", "Досягнуто тепер", "Met now", always=True),
        Column("gone", "Вилучено з", "Removed from", "key"),
    )
    _table(columns, section.get("rows"), language, verdicts=("reached_then", "reached_now"))


_SECTIONS = {"projects": _projects, "money": _money, "results": _results, "indicators": _indicators}


def _table(columns: Any, rows: Any, language: Language, *, verdicts: tuple[str, ...] = ()) -> None:
    from api.cli.doubts import marked
    from api.cli.sheet import show_rows
    from api.cli.words import said, value

    shown = []
    for row in rows or []:
        words = {name: said(_VERDICTS.get(str(row.get(name)), ("", "")), language) for name in verdicts}
        first, gone = columns[0].name, (row.get("removed") or {}).get("since")
        shown.append(
            {**row, **words, "gone": gone, first: marked(value(row.get(first), language), row.get("doubt"))}
        )
    show_rows(columns, shown, language, empty=("рядків немає", "no rows"))


def _conclusion(concluded: Any, language: Language) -> None:
    """What was signed, whether it binds its figures, and what they would be now."""
    from api.cli.asking import number, signers
    from api.cli.screen import line
    from api.cli.words import said

    if not isinstance(concluded, dict):
        line(said(("висновку ще немає", "nothing has been concluded yet"), language), "dim")
        return
    rating = said(_RATINGS.get(str(concluded.get("rating")), ("", "")), language)
    who = f"{number(concluded.get('index'))}, {signers(concluded.get('signers'))}"
    line(
        f"{said(('Висновок', 'Conclusion'), language)} ({who}): {rating}. {concluded.get('conclusion')}",
        "bold",
    )
    bound = ("показники збігаються з підписаними", "the figures are those that were signed")
    other = ("хеш показників не збігається", "the hash is not that of the figures")
    line(
        said(bound if concluded.get("bound") else other, language), "" if concluded.get("bound") else "yellow"
    )
    for one in concluded.get("changed") or []:
        line(f"  {one.get('path')}: {one.get('concluded')} → {one.get('now')}")


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Показники року за чотирма напрямами й висновок.")(show)
    family.command(epilog="Чернетка висновку, прив'язаного до показників; підписати: pledger sign.")(draft)
    app.add_typer(
        family,
        name="evaluation",
        help="A year's evaluation in the four directions of the programme, and its conclusion.",
        epilog="Оцінка виконання програми за рік за чотирма напрямами.",
    )
