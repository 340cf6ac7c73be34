"""import-treasury: an extract of the treasury, checked cell by cell, as draft events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli import options
from api.cli.import_drafts import Acknowledge, AsJson, Job, Office, Out, Person, run
from api.cli.importing_rows import day_of
from api.cli.reading import Programme
from api.cli.usage import Misused


def import_treasury(
    programme: Programme,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="With ZAT_AMT, PLANS_AMT and FAKT_AMT.")],
    day: Annotated[str, typer.Option("--day", metavar="DAY", help="The extract's day (YYYY-MM-DD).")],
    out: Out,
    year: Annotated[int | None, typer.Option("--year", help="The budget's year; default the day's.")] = None,
    kpkvk: Annotated[
        list[str] | None,
        typer.Option("--kpkvk", metavar="CODE", help="Only this budget programme; may be repeated."),
    ] = None,
    fund: Annotated[
        list[str] | None,
        typer.Option(
            "--fund",
            metavar="CODE=MEANING",
            help="What a fund's code means: general, special, development, or skip for totals.",
        ),
    ] = None,
    server: options.MaybeServer = None,
    person: Person = None,
    office: Office = None,
    acknowledge: Acknowledge = None,
    as_json: AsJson = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a treasury extract and write its events: 01-treasury.json, 02-treasury.json, …

    With a server they are completed and judged as one batch: exit 1 unless it would be recorded.
    """
    from api.importers.rows import Asked

    asked = Asked(
        programme,
        day=day_of(day, "--day"),
        year=year or 0,
        kpkvk=frozenset(kpkvk or ()),
        funds=_funds(fund or ()),
    )
    job = Job("treasury", "treasury", out, server, person, office, acknowledge or (), lang, as_json)
    run(job, file, asked)


def _funds(given: Sequence[str]) -> Mapping[str, str]:
    """CODE=MEANING of each. Raises Misused."""
    from api.importers.treasury import MEANINGS

    found: dict[str, str] = {}
    for one in given:
        code, _, meaning = one.partition("=")
        if not code or meaning not in MEANINGS:
            words = ", ".join(MEANINGS)
            raise Misused((f"КОД=значення, одне з: {words}", f"CODE=meaning, one of: {words}"), "--fund")
        found[code] = meaning
    return found


def register(app: typer.Typer) -> None:
    app.command("import-treasury", epilog="Перевіряє виписку казначейства (CSV) та пише проєкти подій.")(
        import_treasury
    )
