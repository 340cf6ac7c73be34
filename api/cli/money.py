"""money, moves: the whole chain of money, and where it was moved to."""

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

_KEYS: dict[str, Pair] = {
    "measure": ("Захід", "Measure"),
    "year": ("Рік", "Year"),
    "source": ("Джерело", "Source"),
    "source-tree": ("Джерело, з підпорядкованими", "Source, with all below"),
    "kpkvk": ("КПКВК", "KPKVK"),
    "kekv": ("КЕКВ", "KEKV"),
    "fund": ("Фонд", "Fund"),
    "unit": ("Розпорядник", "Unit"),
}
_STEPS: dict[str, Pair] = {
    "need": ("Потреба (план)", "Need (plan)"),
    "appropriation": ("Бюджетні призначення", "Appropriation"),
    "schedule": ("Розпис", "Schedule"),
    "commitment": ("Зобов'язання", "Commitments"),
    "paid": ("Касові видатки", "Paid"),
    "incurred": ("Фактичні видатки", "Incurred"),
    "payable": ("Кредиторська заборгованість", "Payable"),
    "returned": ("Повернуто", "Returned"),
}
_FAMILIES: dict[str, Pair] = {
    "financing": ("потреба", "need"),
    "appropriation": ("призначення", "appropriation"),
    "schedule": ("розпис", "schedule"),
}


def _word(words: Mapping[str, Pair], name: Any, language: Language) -> str:
    from api.cli.words import said

    return said(words.get(str(name), (str(name), str(name))), language)


def money(
    programme: Programme,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="A,B", help=f"Group by: {', '.join(_KEYS)}; with commas."),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Only this year.")] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show the whole chain: need, appropriation, schedule, commitment, paid, incurred, payable, returned."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {"by": by, "year": year, "as_of": as_of, "known": known, "min_position": min_position}
    Asker(server, as_json, lang).show(f"/v1/programmes/{segment(programme)}/money", parameters, _money)


def _money(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said

    by = [name for name in answer.get("by") or () if isinstance(name, str)]
    columns = (
        *(Column(name, *_KEYS.get(name, (name, name)), "key") for name in by),
        Column("original", "Первісний план", "Original", "money"),
        *(column for name, words in _STEPS.items() for column in _step_columns(name, words)),
    )
    rows = [_link(row, language) for row in rows_of(answer)]
    show_rows(columns, rows, language, empty=("рядків немає", "no lines"))
    totals = answer.get("totals")
    for one in rows_of(totals, "counted_twice") if isinstance(totals, dict) else []:
        line(said(_TWICE, language).format(**{**one, "others": ", ".join(one.get("others") or ())}), "yellow")


_TWICE: Pair = (
    "не визначено, чи це ті самі: захід {measure}, {year}: з «{source}» передано {transferred}; є «{others}»",
    "undetermined if the same: measure {measure}, {year}: {transferred} sent out of {source}; also {others}",
)


def _step_columns(name: str, words: Pair) -> Iterator[Any]:
    from api.cli.sheet import Column

    yield Column(name, *words, "money", always=name == "need")
    yield Column(f"{name}_deviation", f"± {words[0]}", f"± {words[1]}", "money")


def _link(row: Members, language: Language) -> dict[str, Any]:
    from api.cli.asking import rows_of
    from api.cli.doubts import marked
    from api.cli.words import value

    figures = {str(one.get("step")): one for one in rows_of(row, "steps")}
    figures["original"] = row.get("original") or {}
    shown: dict[str, Any] = dict(row.get("key") or {})
    for name, figure in figures.items():
        amount, doubt = figure.get("amount"), figure.get("doubt")
        given = amount is not None or doubt is not None
        shown[name] = marked(value(amount, language, money=True), doubt) if given else None
        shown[f"{name}_deviation"] = figure.get("deviation")
    return shown


def moves(
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
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show where money was moved to between two points, act by act, and the net of it."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {
        "from_as_of": from_as_of,
        "from_known": from_known,
        "to_as_of": to_as_of,
        "to_known": to_known,
        "min_position": min_position,
    }
    route = f"/v1/programmes/{segment(programme)}/moves"
    Asker(server, as_json, lang).show(route, parameters, _moves, dated=False)


def _moves(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows
    from api.cli.words import header, said

    for name, label in (("from", ("від", "from")), ("to", ("до", "to"))):
        line(f"{said(label, language)}: {header(answer.get(name) or {}, language)}", "dim")
    columns = (
        Column("of", "Що", "What", "key", always=True),
        Column("act", "Акт", "Act", always=True),
        Column("from", "Звідки", "From", "key", always=True),
        Column("to", "Куди", "To", "key", always=True),
        Column("amount", "Сума", "Amount", "money", always=True),
        Column("note", "Примітка", "Note"),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = [one for row in rows_of(answer) for one in _parts(row, language)]
    show_rows(columns, rows, language, empty=("нічого не перенесено", "nothing was moved"))
    sums = (
        Column("of", "Що", "What", "key", always=True),
        Column("moved", "Перенесено", "Moved", "money", always=True),
        Column("added", "Додано", "Added", "money", always=True),
        Column("taken", "Знято", "Taken", "money", always=True),
        Column("net", "Разом", "Net", "money", always=True),
    )
    line("")
    totals = [{**row, "of": _word(_FAMILIES, row.get("of"), language)} for row in rows_of(answer, "totals")]
    show_rows(sums, totals, language)


def _parts(row: Members, language: Language) -> Iterator[dict[str, Any]]:
    """The moves of one act, then what it added and took besides."""
    from rich.text import Text

    from api.cli.asking import act, number, rows_of
    from api.cli.doubts import marked
    from api.cli.words import said

    entries = ", ".join(number(cause.get("index")) or "" for cause in rows_of(row, "causes"))
    status = said(("зміна статусу акта", "change of the act's status"), language)
    common = {
        "of": _word(_FAMILIES, row.get("of"), language),
        "act": act(row.get("act"), language),
        "note": status if row.get("why") == "status" else None,
        "entry": marked(Text(entries), row.get("doubt")),
    }
    outside = said(("(ззовні)", "(from outside)"), language), said(("(назовні)", "(to outside)"), language)
    for move in rows_of(row, "moves"):
        yield {**common, **move}
    for part in rows_of(row, "added"):
        yield {**common, "from": outside[0], "to": part.get("cell"), "amount": part.get("amount")}
    for part in rows_of(row, "taken"):
        yield {**common, "from": part.get("cell"), "to": outside[1], "amount": part.get("amount")}


def register(app: typer.Typer) -> None:
    app.command(epilog="Кошти за всім ланцюгом: потреба, призначення, розпис, зобов'язання, видатки.")(money)
    app.command(epilog="Куди перенесли гроші: за актами, між двома станами.")(moves)
