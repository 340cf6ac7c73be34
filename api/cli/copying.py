"""copy: a ledger from one store to another, compared to the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.screen import OK, REFUSED, line, say
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.cli.moving import Tell
    from api.comparing import Compared
    from api.texts.language import Language
    from ledger.copying import Copied
    from ledger.copying_ends import End
    from ledger.documents_named import Compared as Named
    from projections.store.base import Generations

_PLACE = "a ledger's directory, or postgresql://… (any connection string of libpq)."


def copy(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help=f"What is copied: {_PLACE}")],
    destination: Annotated[
        str, typer.Argument(metavar="DESTINATION", help=f"Where to, empty or begun: {_PLACE}")
    ],
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Verify the source first as `pledger verify` does (SQLite only)."),
    ] = False,
    trust: options.TrustFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was copied and compared, on stdout.")] = False,
    documents_required: options.DocumentsRequired = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Copy a ledger to another store, and show that both are the same: entries, root, streams, states.

    The usual way is from a directory's SQLite file to a PostgreSQL database (`pledger migrate` first). Only
    entries, checkpoints and documents are copied; all else is made from the entries anew. A copy that was
    broken off goes on when it is run again. The source may be served meanwhile, the destination may not.
    Keys are not copied. Exit 1 if anything differs, or a document is damaged.
    """
    from api.cli.files import pretty
    from api.cli.moving import bars, guarded, named_end, tell_named
    from ledger.copying import copy_ledger
    from ledger.documents_named import compare_documents, documents_named

    ends = named_end(source), named_end(destination)
    if verify:
        _verify(ends[0], trust, lang, as_json)
    with bars(lang) as tell, guarded(ends[1]) as generations:
        copied = copy_ledger(*ends, tell)
        compared, anew = _compare(*ends, generations, copied.size, tell)
        named = compare_documents(documents_named(ends[1].place), ends[1].documents)
    if as_json:
        typer.echo(pretty(_json(ends, copied, compared, named, anew=anew, verified=verify)), nl=False)
    else:
        _tell(ends[1], copied, compared, anew=anew, verified=verify, language=lang)
        tell_named(named, lang)
    raise typer.Exit(REFUSED if copied.lost or (documents_required and named.missing) else OK)


def _verify(source: End, trust: Path | None, language: Language, as_json: bool) -> None:
    """Nothing is copied of what does not hold. Without a trust file it has to hold in itself."""
    from api.cli.trusted import find_trust
    from api.cli.verdicts import show_report
    from api.cli.verifying import _anchors, _progress
    from ledger.verify.ledger_file import verify_ledger_file

    if not isinstance(source.place, Path):
        raise Misused(
            (
                "--verify перевіряє лише джерело SQLite; базу PostgreSQL спершу скопіюйте (`pledger backup`)",
                "--verify is for an SQLite source; back a PostgreSQL database up first (`pledger backup`)",
            )
        )
    trusted = find_trust(trust)
    anchors = _anchors(trusted, trust, [], None, []) if trusted is not None else None
    with _progress(language) as progress:
        report = verify_ledger_file(source.place, anchors, progress)
    if report.verdict == "failed":
        show_report(report, str(source), str(trust) if trust is not None else None, language)
        raise typer.Exit(REFUSED)
    if not as_json:
        say(f"pledger verify {source}: {report.verdict}")


def _compare(
    source: End, target: End, generations: Generations, size: int, tell: Tell
) -> tuple[Compared, bool]:
    """Whether the source's projections were made anew for it is told too."""
    from contextlib import ExitStack

    from api.cli.moving import built, in_use
    from api.comparing import compare_views
    from ledger.log import open_reader

    with ExitStack() as opened:
        logs = [open_reader(source.place), open_reader(target.place)]
        for log in logs:
            opened.callback(log.close)
        there = opened.enter_context(built(generations, logs[1], tell))
        here, anew = opened.enter_context(in_use(source, logs[0], size, tell))
        return compare_views(here, there, size, lambda done, of: tell("states", done, of)), anew


def _json(
    ends: tuple[End, End], copied: Copied, compared: Compared, named: Named, *, anew: bool, verified: bool
) -> dict[str, Any]:
    from api.cli.moving import named_figures

    return {
        "from": str(ends[0]),
        "to": str(ends[1]),
        "origin": copied.origin,
        "genesis": copied.genesis,
        "entries": copied.size,
        "root": copied.root.hex(),
        "before": copied.before,
        "more": copied.more,
        "checkpoints": copied.checkpoints,
        "documents": copied.documents,
        "documents_damaged": [held.sha256 for held in copied.lost],
        **named_figures(named),
        "programmes": compared.programmes,
        "states": compared.states,
        "cells": compared.cells,
        "records": compared.records,
        "blocked": compared.blocked,
        "source_projections": "made-anew" if anew else "in-use",
        "verified": verified,
    }


def _tell(
    target: End, copied: Copied, compared: Compared, *, anew: bool, verified: bool, language: Language
) -> None:
    from api.texts.copying import WORDS
    from ledger.store.place import Database

    words = WORDS[language]
    figures = {
        "origin": copied.origin,
        "genesis": copied.genesis,
        "entries": copied.size,
        "before": copied.before,
        "root": copied.root.hex(),
        "checkpoints": copied.checkpoints,
        "brought": copied.documents,
        "programmes": compared.programmes,
        "state-count": compared.states,
        "cells": compared.cells,
        "records": compared.records,
    }
    width = max(len(words[name]) for name in figures)
    for name, figure in figures.items():
        line(f"{words[name]:<{width}}  {figure}")
    line(words["equal"], "green")
    for held in copied.lost:
        say(words["lost"].format(sha256=held.sha256), "red")
    if compared.blocked:
        say(words["blocked"].format(count=compared.blocked), "red")
    if anew:
        say(words["built"])
    if not verified:
        say(words["unverified"], "yellow")
    if copied.more:
        say(words["more"].format(more=copied.more), "yellow")
    else:
        say(words["no-more"])
    on_database = isinstance(target.place, Database)
    place = target.directory.path if target.directory is not None else target
    say(words["next-database" if on_database else "next-file"].format(target=place))
    say(words["keys-stay"])


def register(app: typer.Typer) -> None:
    app.command(
        epilog="Копіює реєстр з одного сховища в інше (SQLite, PostgreSQL) і показує, що обидва однакові:"
        " записи, корінь, потоки, стани. Обірване копіювання продовжує."
    )(copy)
