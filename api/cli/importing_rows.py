"""import-actuals, import-spending, import-schedule: tables of rows, checked cell by cell, as draft events."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli import options
from api.cli.import_drafts import Acknowledge, AsJson, Job, Office, Out, Person, run
from api.cli.reading import Programme
from api.cli.usage import Misused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.cli.words import Pair

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV or XLSX; `pledger template` gives an empty one.")
]
Period = Annotated[
    str, typer.Option("--period", metavar="PERIOD", help="Of every row that names none: 2025-Q1.")
]
Accumulation = Annotated[
    str, typer.Option("--accumulation", metavar="period|ytd", help="Of every row that says nothing of it.")
]
Phase = Annotated[
    str,
    typer.Option("--phase", metavar="PHASE", help="Of every row: paid, commitment, incurred or payable."),
]
AmountsIn = Annotated[
    Literal["uah", "thousand-uah"], typer.Option("--amounts-in", help="What the file's amounts are in.")
]


def import_actuals(
    programme: Programme,
    file: File,
    out: Out,
    period: Period = "",
    accumulation: Accumulation = "",
    server: options.MaybeServer = None,
    person: Person = None,
    office: Office = None,
    acknowledge: Acknowledge = None,
    as_json: AsJson = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a table of indicators' values and write an event for each: 01-actual.json, …

    With a server they are completed and judged: exit 1 unless all would be recorded.
    """
    from api.importers.actuals import ACCUMULATIONS
    from api.importers.rows import Asked

    asked = Asked(
        programme,
        period=_period(period),
        accumulation=_word(accumulation, ACCUMULATIONS, "--accumulation"),
    )
    job = Job("actuals", "actual", out, server, person, office, acknowledge or (), lang, as_json)
    run(job, file, asked)


def import_spending(
    programme: Programme,
    file: File,
    out: Out,
    period: Period = "",
    accumulation: Accumulation = "",
    phase: Phase = "",
    amounts_in: AmountsIn = "uah",
    server: options.MaybeServer = None,
    person: Person = None,
    office: Office = None,
    acknowledge: Acknowledge = None,
    as_json: AsJson = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a table of spending by measure and source and write its events: 01-spending.json, …

    With a server they are completed and judged: exit 1 unless all would be recorded.
    """
    from api.importers.actuals import ACCUMULATIONS
    from api.importers.rows import Asked
    from api.importers.spending import PHASES

    asked = Asked(
        programme,
        amounts_in=amounts_in,
        period=_period(period),
        accumulation=_word(accumulation, ACCUMULATIONS, "--accumulation"),
        phase=_word(phase, PHASES, "--phase"),
    )
    job = Job("spending", "spending", out, server, person, office, acknowledge or (), lang, as_json)
    run(job, file, asked)


def import_schedule(
    programme: Programme,
    file: File,
    out: Out,
    effective: Annotated[
        str, typer.Option("--effective", metavar="DAY", help="From when; default each certificate's date.")
    ] = "",
    year: Annotated[int, typer.Option("--year", help="Of every row that names none.")] = 0,
    amounts_in: AmountsIn = "uah",
    server: options.MaybeServer = None,
    person: Person = None,
    office: Office = None,
    acknowledge: Acknowledge = None,
    as_json: AsJson = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check certificates of changes to the schedule and write their events: 01-schedule.json, …

    With a server they are completed and judged: exit 1 unless all would be recorded.
    """
    from api.importers.rows import Asked

    asked = Asked(
        programme,
        amounts_in=amounts_in,
        effective=day_of(effective, "--effective") if effective else "",
        year=year,
    )
    job = Job("schedule", "schedule", out, server, person, office, acknowledge or (), lang, as_json)
    run(job, file, asked)


def day_of(text: str, option: str) -> str:
    """Raises Misused."""
    from datetime import date

    try:
        if len(text) != len("2025-01-31"):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Misused(("дата має вигляд РРРР-ММ-ДД", "a date is written YYYY-MM-DD"), option) from None


def _period(text: str) -> str:
    from api.importers.periods import read_period

    found = read_period(text) if text else ""
    if found is None:
        words: Pair = (
            "період пишуть 2025, 2025-Q1 або 2025-03",
            "a period is written 2025, 2025-Q1 or 2025-03",
        )
        raise Misused(words, "--period")
    return found


def _word(text: str, words: Mapping[str, str], option: str) -> str:
    if text and text.lower() not in words:
        shown = ", ".join(dict.fromkeys(words.values()))
        raise Misused((f"одне з: {shown}", f"one of: {shown}"), option)
    return words[text.lower()] if text else ""


def register(app: typer.Typer) -> None:
    for name, command, words in (
        ("import-actuals", import_actuals, "Перевіряє таблицю значень індикаторів і пише проєкти подій."),
        ("import-spending", import_spending, "Перевіряє таблицю видатків і пише проєкти подій."),
        ("import-schedule", import_schedule, "Перевіряє довідки про зміни до розпису і пише проєкти подій."),
    ):
        app.command(name, epilog=words)(command)
