"""print: a programme's state, yearly report, comparison table and annexes as PDF or XLSX, into a file.

A server, or a ledger's own directory, gives the data; the page is drawn here, so that it is the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.cli import options

if TYPE_CHECKING:
    from api.print.answering import Wanted
    from api.texts.language import Language

Programme = Annotated[str, typer.Option("--programme", metavar="P", help="The programme's id.")]
Form = Annotated[
    Literal["pdf", "xlsx", "typ", "json"],
    typer.Option("--format", help="The page, the spreadsheet, the template, or the data."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE|DIR",
        help="Where to put it; in a directory, or without this, under its own name.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="LEDGER",
        help="Make it here, without a server, from a ledger's directory or a copy of its ledger.db.",
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--address", metavar="URL", help="With --data: the public address that the frozen link begins with."
    ),
]
FromDay = Annotated[str | None, typer.Option("--from-as-of", metavar="DAY", help="The first point's day.")]
FromKnown = Annotated[
    str | None, typer.Option("--from-known", metavar="POSITION|TIME", help="What was known at it.")
]
Proposal = Annotated[
    str | None,
    typer.Option(
        "--proposal", metavar="ID", help="Instead of points: the edition in force beside this proposal."
    ),
]
Year = Annotated[int, typer.Option("--year", min=1991, max=2200, help="The year of the report.")]
Annex = Annotated[
    Literal["financing", "measures", "indicators"], typer.Option("--annex", help="Which annex.")
]
Number = Annotated[
    int | None,
    typer.Option(
        "--number", min=1, max=99, help="How the annex is numbered; else as documents do, or blank."
    ),
]


def state(
    programme: Programme,
    as_of: options.AsOf = None,
    known: options.Known = None,
    form: Form = "pdf",
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    address: Address = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Print a programme's state on a day: passport, money, indicators, acts, and the entries behind them."""
    asked = {"as_of": as_of, "known": known}
    _print("state", programme, asked, form, out, server, data, address, lang)


def report(
    programme: Programme,
    year: Year,
    as_of: options.AsOf = None,
    known: options.Known = None,
    form: Form = "pdf",
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    address: Address = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Print the report of a year: its money, indicators and reports."""
    asked = {"as_of": as_of, "known": known, "year": year}
    _print("report", programme, asked, form, out, server, data, address, lang)


def comparison(
    programme: Programme,
    from_as_of: FromDay = None,
    from_known: FromKnown = None,
    proposal: Proposal = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    form: Form = "pdf",
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    address: Address = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Print the comparison table of two points: the edition in force, the other one, and the grounds."""
    points = {"as_of": as_of, "known": known, "from_as_of": from_as_of, "from_known": from_known}
    asked = {**points, "proposal": proposal}
    _print("comparison", programme, asked, form, out, server, data, address, lang)


def annex(
    programme: Programme,
    which: Annex,
    number: Number = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    form: Form = "pdf",
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    address: Address = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Print an annex in its edition of a day, ready for a draft decision."""
    asked = {"as_of": as_of, "known": known, "annex": which, "number": number}
    _print("annex", programme, asked, form, out, server, data, address, lang)


def _print(
    which: str,
    programme: str,
    asked: dict[str, Any],
    form: str,
    out: Path | None,
    server: str,
    data: Path | None,
    address: str | None,
    language: Language,
) -> None:
    """Get the data, draw them, and put the file where it belongs; its place is said on stdout."""
    from api.cli.screen import line
    from api.cli.usage import Misused

    if address is not None and data is None:
        raise Misused(("--address діє лише разом із --data", "--address goes with --data only"))
    if data is None:
        found, raw = _asked_of_server(server, which, programme, {**asked, "lang": language})
    else:
        found, raw = _made_here(data, which, programme, asked, language, address or "")
    place = _place(out, f"{_name(found)}.{form}")
    place.write_bytes(_drawn(found, raw, form))
    line(str(place))


def _asked_of_server(
    server: str, which: str, programme: str, asked: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """The data, and their bytes as they came. Raises ServerProblem, Unreachable, HeadAlarm."""
    from api.cli.watching import watched
    from api.client import Client, segment

    with Client(server) as client, watched(client):
        answer = client.get(f"/v1/programmes/{segment(programme)}/print/{which}", {**asked, "format": "json"})
    return answer.members, answer.text.encode()


def _made_here(
    data: Path, which: str, programme: str, asked: dict[str, Any], language: Language, address: str
) -> tuple[dict[str, Any], bytes]:
    """The same from a copy of the ledger. Raises ServerProblem in a server's words, StorageError."""
    from api.bundles.copied import copied
    from api.cli.screen import say
    from api.client import ServerProblem
    from api.print.answering import opened
    from api.print.pdf import data_bytes
    from api.problems import Problem

    try:
        wanted = _wanted(which, programme, asked, language, address.rstrip("/"))
        with copied(data) as source, opened(source, wanted) as question:
            found = question.make()
    except Problem as problem:
        raise ServerProblem(problem.status, problem.document(language=language, request_id="-")) from None
    if not address:
        say(_NO_ADDRESS[language], "yellow")
    return found, data_bytes(found)


_NO_ADDRESS = {
    "uk": "Адреси не задано (--address): постійне посилання й QR-код без імені сервера.",
    "en": "No address was given (--address): the frozen link and its QR code name no server.",
}


def _wanted(which: str, programme: str, asked: dict[str, Any], language: Language, address: str) -> Wanted:
    """The same spelling of each parameter as over HTTP. Raises Problem bad-parameter."""
    from pydantic import TypeAdapter, ValidationError

    from api.parameters import Asked, AsOf, KnownText, bad_parameter
    from api.print.answering import Wanted

    given = dict(asked)
    for name in given.keys() & {"as_of", "from_as_of", "known", "from_known"}:
        shape: Any = AsOf if name.endswith("as_of") else KnownText
        try:
            TypeAdapter(shape).validate_python(given[name])
        except ValidationError:
            raise bad_parameter(name, given[name]) from None
    point = Asked(given.pop("as_of"), given.pop("known"), 0)
    return Wanted(which, programme, point, language=language, address=address, **given)


def _name(found: dict[str, Any]) -> str:
    """The file's name, by what the data say of themselves: letters and digits of ASCII alone."""
    words = ["pledger", found.get("print"), found.get("programme"), found.get("as_of")]
    words.append((found.get("known") or {}).get("position"))
    plain = ("".join(one if one.isascii() and one.isalnum() else "-" for one in str(word)) for word in words)
    return "-".join(plain)[:180]


def _place(out: Path | None, name: str) -> Path:
    """Raises Unreadable if there is no such folder."""
    from api.cli.files import Unreadable

    place = out if out is not None and not out.is_dir() else (out or Path()) / name
    if not place.parent.is_dir():
        raise Unreadable(f"{place.parent}: no such directory")
    return place


def _drawn(found: dict[str, Any], raw: bytes, form: str) -> bytes:
    from api.print.pdf import template, to_pdf
    from api.print.xlsx import to_xlsx

    if form == "typ":
        return template()
    if form == "xlsx":
        return to_xlsx(found)
    return raw if form == "json" else to_pdf(raw)


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Стан програми на дату: паспорт, кошти, індикатори, акти.")(state)
    family.command(epilog="Річний звіт про виконання програми.")(report)
    family.command(epilog="Порівняльна таблиця: чинна редакція, запропонована редакція, підстава.")(
        comparison
    )
    family.command(epilog="Нова редакція додатка для проєкту рішення.")(annex)
    app.add_typer(
        family,
        name="print",
        help="Print a document into a file: PDF, XLSX, or the data it is made of.",
        epilog="Друкує документ у файл: PDF, XLSX або дані, з яких його зроблено.",
    )
