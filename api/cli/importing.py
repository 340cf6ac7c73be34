"""import: a programme's file or workbook, checked cell by cell, as draft events in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.screen import OK, REFUSED, line, say
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.importers.drafts import DraftEvent, ProgrammeFile
    from api.texts.language import Language

Members = dict[str, Any]


def import_programme(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="YAML of pledger-programme/1, or XLSX from `pledger template`."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the draft payloads go.")],
    server: options.MaybeServer = None,
    person: Annotated[str | None, typer.Option("--person", metavar="P", help="Who will sign.")] = None,
    office: Annotated[str | None, typer.Option("--office", metavar="O", help="In which office.")] = None,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", metavar="CODE", help="Acknowledge a discrepancy; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as JSON on stdout.")] = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a programme's file and write its events: 01-act.json, 02-programme.json, …

    With a server they are completed and judged as one batch: exit 1 unless it would be recorded.
    """
    from api.cli.import_previews import previewed
    from api.importers.programme import to_events

    if (person is None) != (office is None):
        raise Misused(
            (
                "підписант – особа на посаді: дайте обидві",
                "a signer is a person in an office: give both",
            ),
            "--person",
        )
    programme = _read(file, lang)
    if not as_json:
        _summarise(programme, lang)
    signers = [{"person": person, "office": office}] if person and office else []
    payloads = [payload_of(event, signers) for event in to_events(programme)]
    shown = previewed(server, payloads, acknowledge or [], lang, quiet=as_json)
    if as_json:
        shown.print_json({"programme": programme.programme, "totals": totals_of(programme.adopted)})
    _write(out, shown.payloads)
    raise typer.Exit(OK if shown.recordable else REFUSED)


def _read(file: Path, language: Language) -> ProgrammeFile:
    """Of a workbook or of YAML, known by its first bytes."""
    from api.cli.files import check_readable, read_bytes
    from api.cli.import_previews import reading
    from api.importers.passport_workbook import read_programme_workbook
    from api.importers.programme import read_programme
    from api.importers.workbook import is_workbook

    check_readable(file)
    with file.open("rb") as opened:
        book = is_workbook(opened.read(4))
    with reading(language):
        return read_programme_workbook(read_bytes(file)) if book else read_programme(file)


def payload_of(event: DraftEvent, signers: Sequence[Members]) -> Members:
    """An event as far as the file knows it; the server adds id, ledger, seen and the keys."""
    from ledger.kinds import KINDS

    payload: Members = {
        "kind": event.kind,
        "schema": KINDS[event.kind].schema,
        "subject": event.subject,
        "data": dict(event.data),
    }
    if signers:
        payload["signers"] = list(signers)
    if event.effective is not None:
        payload["effective"] = event.effective
    if event.act is not None:
        payload["act"] = dict(event.act)
    if event.files:
        payload["files"] = [dict(file) for file in event.files]
    return payload


def _write(out: Path, payloads: Sequence[Members]) -> None:
    from api.cli.files import write_json

    out.mkdir(parents=True, exist_ok=True)
    for number, payload in enumerate(payloads, 1):
        name = "act" if payload["kind"].startswith("act.") else "programme"
        path = out / f"{number:02}-{name}.json"
        write_json(path, payload)
        say(f"→ {path}")


def _summarise(programme: ProgrammeFile, language: Language) -> None:
    """What the file holds, counted; and its printed totals beside the computed ones."""
    from api.cli.words import said

    adopted = programme.adopted
    line(f"{programme.programme}: {adopted['title']}", "bold")
    line(f"{programme.act['act']}, {programme.act['date']}: {programme.act['title']}")
    for pair, rows, by in (
        (("дерево", "tree"), adopted.get("tree", []), "level"),
        (("індикатори", "indicators"), adopted.get("indicators", []), "kind"),
        (("фінансування, рядків", "financing lines"), adopted.get("financing", []), "source"),
        (("погодження", "endorsements"), adopted.get("endorsements", []), None),
    ):
        counts = Counter(row[by] for row in rows) if by else {}
        counted = ", ".join(f"{name} {count}" for name, count in counts.items())
        line(f"{said(pair, language)}: {len(rows)}" + (f" ({counted})" if counted else ""))
    _show_totals(adopted, language)


def totals_of(adopted: Mapping[str, Any]) -> list[Members]:
    """Each printed or computed total: key, printed, computed, agrees (a mark)."""
    printed, computed = adopted.get("totals", {}), _sums(adopted.get("financing", []))
    return [
        {
            "key": key,
            "printed": printed.get(key),
            "computed": _money(computed.get(key)),
            "agrees": _agrees(printed.get(key), computed.get(key)),
        }
        for key in sorted({*printed, *computed})
    ]


def _show_totals(adopted: Mapping[str, Any], language: Language) -> None:
    from api.cli.sheet import Column, show_rows

    columns = (
        Column("key", "Підсумок", "Total", "key", always=True),
        Column("printed", "Надруковано", "Printed", "money", always=True),
        Column("computed", "Обчислено", "Computed", "money", always=True),
        Column("agrees", "Збігається", "Agrees", "key", always=True),
    )
    show_rows(columns, totals_of(adopted), language)


def _sums(lines: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Sums of the lines that are money: in all, by year, by source."""
    sums: dict[str, Decimal] = {}
    for row in lines:
        if row["amount"] not in ("-", ""):
            for key in ("total", str(row["year"]), f"source:{row['source']}"):
                sums[key] = sums.get(key, Decimal(0)) + Decimal(row["amount"])
    return sums


def _money(amount: Decimal | None) -> str | None:
    return f"{amount:.2f}" if amount is not None else None


def _agrees(printed: str | None, computed: Decimal | None) -> str:
    """Only two amounts can agree or differ."""
    if printed in (None, "", "-"):
        return "·"
    return "✓" if Decimal(printed) == (computed or Decimal(0)) else "✗"


def register(app: typer.Typer) -> None:
    app.command("import", epilog="Перевіряє файл програми та пише проєкти подій.")(import_programme)
