"""import-treasury: an extract of the treasury, checked cell by cell, as draft events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.reading import Programme
from api.cli.screen import OK, REFUSED, line, say
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.importers.treasury import Extract
    from api.texts.language import Language

Members = dict[str, Any]


def import_treasury(
    programme: Programme,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="With ZAT_AMT, PLANS_AMT and FAKT_AMT.")],
    day: Annotated[str, typer.Option("--day", metavar="DAY", help="The extract's day (YYYY-MM-DD).")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the draft payloads go.")],
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
    person: Annotated[str | None, typer.Option("--person", metavar="P", help="Who will sign.")] = None,
    office: Annotated[str | None, typer.Option("--office", metavar="O", help="In which office.")] = None,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", metavar="CODE", help="Acknowledge a discrepancy; may be repeated."),
    ] = None,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a treasury extract and write its events: 01-treasury.json, 02-treasury.json, …

    With a server they are completed and judged as one batch: exit 1 unless it would be recorded.
    """
    from api.cli.files import read_bytes
    from api.importers.treasury import Wanted, read_extract, to_data

    if (person is None) != (office is None):
        raise Misused(
            (
                "підписант – особа на посаді: дайте обидві",
                "a signer is a person in an office: give both",
            ),
            "--person",
        )
    asked = _day(day)
    wanted = Wanted(year or int(asked[:4]), asked, frozenset(kpkvk or ()), _funds(fund or ()))
    found = read_extract(read_bytes(file), wanted)
    _summarise(found, lang)
    signers = [{"person": person, "office": office}] if person and office else []
    payloads = [_payload(programme, data, signers) for data in to_data(found, wanted, file.name)]
    recordable = True
    if server is not None:
        payloads, recordable = _previewed(server, payloads, acknowledge or [], lang)
    _write(out, payloads)
    raise typer.Exit(OK if recordable else REFUSED)


def _day(text: str) -> str:
    from datetime import date

    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Misused(("дата має вигляд РРРР-ММ-ДД", "a date is written YYYY-MM-DD"), "--day") from None


def _funds(given: Sequence[str]) -> Mapping[str, str]:
    """CODE=MEANING of each. Raises Misused."""
    from api.importers.treasury import SKIP

    meanings = ("general", "special", "development", SKIP)
    found: dict[str, str] = {}
    for one in given:
        code, _, meaning = one.partition("=")
        if not code or meaning not in meanings:
            words = ", ".join(meanings)
            raise Misused((f"КОД=значення, одне з: {words}", f"CODE=meaning, one of: {words}"), "--fund")
        found[code] = meaning
    return found


def _payload(programme: str, data: Members, signers: Sequence[Members]) -> Members:
    """An event as far as the file knows it; the server adds id, ledger, seen and the keys."""
    from ledger.ids import programme_stream
    from ledger.kinds import KINDS

    kind = KINDS["treasury.imported"]
    payload: Members = {
        "kind": kind.name,
        "schema": kind.schema,
        "subject": programme_stream(programme),
        "data": data,
    }
    return payload | {"signers": list(signers)} if signers else payload


def _previewed(
    server: str, payloads: Sequence[Members], acknowledge: Sequence[str], language: Language
) -> tuple[list[Members], bool]:
    """The payloads as the server completed them, and whether all of them would be recorded."""
    from api.cli.previews import all_recordable, judge_batch, show_outcome
    from api.cli.watching import watched
    from api.client import Client

    with Client(server) as client, watched(client):
        previews = judge_batch(client, payloads, acknowledge)
    for preview in previews:
        show_outcome(preview, language)
    return [preview.payload for preview in previews], all_recordable(previews)


def _write(out: Path, payloads: Sequence[Members]) -> None:
    from api.cli.files import write_json

    out.mkdir(parents=True, exist_ok=True)
    for number, payload in enumerate(payloads, 1):
        path = out / f"{number:02}-treasury.json"
        write_json(path, payload)
        say(f"→ {path}")


def _summarise(found: Extract, language: Language) -> None:
    """What was read, and what was left out: a row that is not taken must not pass unnoticed."""
    from api.cli.words import said

    read = said(("рядків узято", "rows taken"), language)
    left = said(("рядків не взято (інший місяць, програма чи підсумок)", "rows left out"), language)
    line(f"{read}: {len(found.lines)}", "bold")
    line(f"{left}: {found.skipped}")


def register(app: typer.Typer) -> None:
    app.command("import-treasury", epilog="Перевіряє виписку казначейства (CSV) та пише проєкти подій.")(
        import_treasury
    )
