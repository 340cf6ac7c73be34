"""bundle: an answer with everything that is needed to check it without a network, into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import options
from api.cli.fetching import Fetching
from api.cli.reading import Programme
from api.cli.usage import Misused

Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE|DIR",
        help="Where to put it; in a directory, or without this, under its own name.",
    ),
]
Event = Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")]
Act = Annotated[str, typer.Argument(metavar="ACT", help="The act's id.")]
Cell = Annotated[str, typer.Argument(metavar="PATH", help="The cell: /financing/2.1.4/2025/local.")]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="LEDGER",
        help="Make it here, without a server, from a ledger's directory or a copy of its ledger.db.",
    ),
]
NoFiles = Annotated[bool, typer.Option("--no-files", help="Leave the public files out; the bundle says so.")]
Print = Annotated[
    bool,
    typer.Option("--print", help="With the documents to print: their template and data, to draw them again."),
]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="URL", help="With --data --print: what the frozen links begin with."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the file and what verifying it found, as JSON.")]


def programme(
    programme: Programme,
    as_of: options.AsOf = None,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    no_files: NoFiles = False,
    prints: Print = False,
    address: Address = None,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """A programme's state on a day: complete, as far as the heads of the streams prove it."""
    fetching = Fetching(server, data, not no_files, out, trust, as_json, lang, prints, address)
    fetching.fetch("programmes", programme, {"as_of": as_of, "known": known})


def diff(
    programme: Programme,
    from_as_of: Annotated[
        str | None, typer.Option("--from-as-of", metavar="DAY", help="The first point's day.")
    ] = None,
    from_known: Annotated[
        str | None, typer.Option("--from-known", metavar="POSITION|TIME", help="What was known at it.")
    ] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    no_files: NoFiles = False,
    prints: Print = False,
    address: Address = None,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """What changed between two points: complete, as far as the heads of the streams prove it."""
    if from_as_of is None and from_known is None:
        raise Misused(
            (
                "дайте --from-as-of, --from-known або обидва",
                "give --from-as-of, --from-known, or both",
            )
        )
    parameters = {"from_as_of": from_as_of, "from_known": from_known, "as_of": as_of, "known": known}
    fetching = Fetching(server, data, not no_files, out, trust, as_json, lang, prints, address)
    fetching.fetch("programmes", programme, parameters)


def cell(
    programme: Programme,
    path: Cell,
    as_of: options.AsOf = None,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    no_files: NoFiles = False,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """The story of one value, with its whole programme: nothing wrote it but what is told."""
    parameters = {"path": path, "as_of": as_of, "known": known}
    Fetching(server, data, not no_files, out, trust, as_json, lang).fetch("programmes", programme, parameters)


def event(
    event: Event,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    no_files: NoFiles = False,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """One event: a selection, which proves no absence."""
    Fetching(server, data, not no_files, out, trust, as_json, lang).fetch("events", event, {"known": known})


def act(
    act: Act,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    data: Data = None,
    no_files: NoFiles = False,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """One legal act and what cites it: a selection, which proves no absence."""
    Fetching(server, data, not no_files, out, trust, as_json, lang).fetch("acts", act, {"known": known})


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Стан програми на дату, з усіма доказами.")(programme)
    family.command(epilog="Що змінилося між двома точками, з усіма доказами.")(diff)
    family.command(epilog="Історія одного показника, з усіма доказами: програма в пакеті вся.")(cell)
    family.command(epilog="Одна подія, з доказами.")(event)
    family.command(epilog="Один правовий акт і те, що на нього посилається, з доказами.")(act)
    app.add_typer(
        family,
        name="bundle",
        help="Fetch an answer with its proofs as one file, and verify it.",
        epilog="Одержує відповідь разом із доказами одним файлом і одразу її перевіряє.",
    )
