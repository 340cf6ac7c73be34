"""findings: what needs attention in a programme, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.reading import Programme

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]

_SEVERITY = {
    "blocks": ("ПЕРЕШКОДЖАЄ", "BLOCKS"),
    "ask": ("ЗАПИТАТИ", "ASK"),
    "note": ("до відома", "note"),
}
_STATUS = {
    "open": ("відкрито", "open"),
    "answered": ("є відповідь", "answered"),
    "accepted": ("прийнято з поясненням", "accepted with a reason"),
    "resolved": ("знято подією", "resolved by an event"),
}
_COLOUR = {"blocks": "red", "ask": "yellow", "note": ""}

Only = Annotated[
    str | None, typer.Option("--status", metavar="STATUS", help="open, answered, accepted or resolved.")
]
Code = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Only of this rule: FIN-OVER.")]
Theme = Annotated[str | None, typer.Option("--theme", metavar="THEME", help="Only of this theme: money.")]
Severity = Annotated[
    str | None, typer.Option("--severity", metavar="LEVEL", help="Only blocks, ask or note.")
]


def findings(
    programme: Programme,
    as_of: options.AsOf = None,
    known: options.Known = None,
    status: Only = None,
    severity: Severity = None,
    theme: Theme = None,
    code: Code = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show what needs attention: in the document, in the money, in the reports. People judge."""
    from api.cli.asking import Asker
    from api.client import segment

    parameters = {
        "as_of": as_of,
        "known": known,
        "status": status,
        "severity": severity,
        "theme": theme,
        "code": code,
        "limit": limit,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show(f"/v1/programmes/{segment(programme)}/findings", parameters, _findings)


def _findings(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line
    from api.cli.words import said

    rows = rows_of(answer)
    for row in rows:
        _show(row, language)
        line("")
    if not rows:
        line(said(("нічого не знайдено", "nothing found"), language))
    counts = answer.get("counts") or {}
    levels = counts.get("by_severity") or {}
    shown = [f"{said(_SEVERITY[name], language)}: {levels[name]}" for name in _SEVERITY if name in levels]
    total = said(("усього потребує уваги: {n}", "needs attention, in all: {n}"), language)
    line(total.format(n=counts.get("all")) + (f" ({', '.join(shown)})" if shown else ""), "dim")


def _show(row: Members, language: Language) -> None:
    from api.cli.asking import signers
    from api.cli.screen import line
    from api.cli.words import said

    level = str(row.get("severity"))
    status = said(_STATUS.get(str(row.get("status")), ("", "")), language)
    heading = said(_SEVERITY.get(level, (level, level)), language)
    line(f"{heading} · {row.get('id')} · {status}", _COLOUR.get(level) or "bold")
    sentence = row.get("sentence") or {}
    line(f"  {sentence.get(language)}")
    for quote in row.get("quotes") or ():
        place = f" ({quote.get('file')}:{quote.get('line')})" if quote.get("file") else ""
        line(f"  «{quote.get('text')}» — {quote.get('at')}{place}", "dim")
    cells = ", ".join(str(cell.get("path")) for cell in row.get("cells") or ())
    events = ", ".join(_event(event) for event in row.get("events") or ())
    acceptance, resolved = row.get("acceptance"), row.get("resolved")
    facts = (
        (("комірки", "cells"), cells),
        (("події", "events"), events),
        (("прийнято", "accepted"), _accepted(acceptance, language, signers) if acceptance else None),
        (("знято", "resolved by"), _ended(resolved, language) if resolved else None),
    )
    for label, text in facts:
        if text:
            line(f"  {said(label, language)}: {text}", "dim")


def _event(event: Members) -> str:
    from api.cli.asking import number

    return f"{number(event.get('index'))} {event.get('event')}"


def _ended(resolved: Members, language: Language) -> str:
    from api.cli.words import said

    seen = said(("помічено {day}", "seen on {day}"), language).format(day=resolved.get("day"))
    if resolved.get("event") is None:
        return said(("настав день", "the day came"), language) + f", {seen}"
    return f"{_event(resolved)}, {seen}"


def _accepted(acceptance: Members, language: Language, signers: Any) -> str:
    from api.cli.words import said

    stale = (
        "" if acceptance.get("current") else said((" (за інших даних)", " (other figures then)"), language)
    )
    return f"{acceptance.get('reason')} — {signers(acceptance.get('signers'))}{stale}"


def accept(
    programme: Programme,
    finding: Annotated[
        str, typer.Argument(metavar="FINDING", help="The finding's id: FIN-OVER:2.1.4/2025/local.")
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why it is accepted as it is.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Write the payload, to be signed.")],
    as_of: options.AsOf = None,
    server: options.Server = options.DEFAULT_SERVER,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Write a payload that accepts a finding with a reason. It binds what is found now, to the figure."""
    from api.cli.files import pretty, write_text
    from api.cli.screen import say
    from api.cli.words import said
    from api.client import Client, segment

    route = f"/v1/programmes/{segment(programme)}/findings"
    code = finding.partition(":")[0]
    with Client(server) as client:
        rows = [
            row
            for page in client.pages(route, {"as_of": as_of, "code": code, "limit": 500})
            for row in page.members.get("items", [])
            if row.get("id") == finding
        ]
    if not rows:
        missing = (f"немає такого: {finding}", f"there is no such finding: {finding}")
        raise typer.BadParameter(said(missing, lang), param_hint="FINDING")
    data = {"finding": finding, "fingerprint": rows[0]["fingerprint"], "reason": reason}
    payload = {"kind": "finding.accepted", "subject": f"programme:{programme}", "data": data}
    write_text(out, pretty(payload))
    say(str(rows[0]["sentence"][lang]))
    say(f"→ {out}")


def register(app: typer.Typer) -> None:
    app.command(epilog="Що потребує уваги: у документі, у грошах, у звітах. Висновки роблять люди.")(findings)
    app.command("accept", epilog="Чернетка прийняття з поясненням; підписати: pledger sign.")(accept)
