"""ask: the auditor's twenty questions, each answered in one sentence with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.cli.kept import Compared
    from api.texts.language import Language

Members = Mapping[str, Any]

LAST = 20
ABOUT_THE_LOG = 18
_VERDICTS = {
    "yes": ("ТАК", "YES"),
    "no": ("НІ", "NO"),
    "undetermined": ("НЕ ВИЗНАЧЕНО", "UNDETERMINED"),
    "not-configured": ("НЕ НАЛАШТОВАНО", "NOT CONFIGURED"),
    "shown": ("ПОКАЗАНО", "SHOWN"),
}
_LABELS = {
    "missing": ("бракує", "lacking"),
    "finding": ("потребує уваги", "needs attention"),
    "act": ("акт", "act"),
    "cells": ("комірки", "cells"),
    "events": ("події", "events"),
    "doubt": ("під сумнівом", "in doubt"),
    "apart": ("Окремо, на відповідь не впливає:", "Apart, deciding nothing:"),
    "evidence": ("перевірити", "check it"),
}
_MORE = ("показано {shown} з {total}", "{shown} of {total} shown")

Number = Annotated[
    int | None,
    typer.Argument(metavar="N", min=1, max=LAST, help="Which question, 1 to 20; without it all of them."),
]
Programme = Annotated[str, typer.Option("--programme", metavar="P", help="The programme's id.")]
Year = Annotated[
    int | None, typer.Option("--year", metavar="YEAR", help="Questions 1, 15 and 17: about which year.")
]
FromAsOf = Annotated[
    str | None, typer.Option("--from-as-of", metavar="DAY", help="Question 2: the earlier state's day.")
]
FromKnown = Annotated[
    str | None,
    typer.Option("--from-known", metavar="POSITION|TIME", help="Question 2: what was known at it."),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="Question 18: a signed checkpoint that you kept; does the log still extend it?",
    ),
]


def ask(
    programme: Programme,
    number: Number = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    year: Year = None,
    from_as_of: FromAsOf = None,
    from_known: FromKnown = None,
    checkpoint: Checkpoint = None,
    trust: options.TrustFile = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Ask one of the auditor's twenty questions; without a number, all of them in one line each."""
    from api.cli.asking import Asker
    from api.client import segment

    _check(number, checkpoint, {"year": year, "from_as_of": from_as_of, "from_known": from_known})
    path = f"/v1/programmes/{segment(programme)}/questions"
    parameters = {"as_of": as_of, "known": known, "min_position": min_position}
    if number is None:
        Asker(server, as_json, lang).show(path, parameters, _all)
        return
    path = f"{path}/{number}"
    parameters |= {"year": year, "from_as_of": from_as_of, "from_known": from_known}
    if checkpoint is not None:
        _ask_of_the_log(server, path, parameters, checkpoint, trust, as_json=as_json, language=lang)
        return
    Asker(server, as_json, lang).show(path, parameters, _one)


def _check(number: int | None, checkpoint: Path | None, given: Mapping[str, Any]) -> None:
    """Refuse options that have no meaning for the question. Raises Misused."""
    if checkpoint is not None and number != ABOUT_THE_LOG:
        raise Misused(("--checkpoint лише до питання 18", "--checkpoint is of question 18 alone"))
    if number is None and any(value is not None for value in given.values()):
        raise Misused(("ці параметри – до одного питання", "these options are of one question"))


def _all(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line

    for row in rows_of(answer):
        _head(row, language)
        line(f"    {_words(row.get('sentence'), language)}")


def _head(row: Members, language: Language) -> None:
    from api.cli.screen import line
    from api.cli.words import said

    verdict = str(row.get("verdict"))
    shown = said(_VERDICTS.get(verdict, (verdict, verdict)), language)
    line(f"{row.get('question'):>2}. {_words(row.get('title'), language)} — {shown}", "bold")


def _one(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line
    from api.cli.words import said

    _head(answer, language)
    line(_words(answer.get("sentence"), language))
    for one in rows_of(answer, "missing"):
        line(f"{said(_LABELS['missing'], language)}: {one.get(language)} [{one.get('what')}]", "yellow")
    items = rows_of(answer)
    for group in ("answer", "apart"):
        mine = [item for item in items if item.get("group") == group]
        if mine and group == "apart":
            line(said(_LABELS["apart"], language), "bold")
        for item in mine:
            _item(item, language)
    total = answer.get("items_total")
    if isinstance(total, int) and total > len(items):
        line(said(_MORE, language).format(shown=len(items), total=total), "dim")
    for name, link in (answer.get("evidence") or {}).items():
        if link:
            line(f"{said(_LABELS['evidence'], language)} ({name}): {link}", "dim")


def _item(item: Members, language: Language) -> None:
    from api.cli.screen import line
    from api.cli.words import said

    line(f"  • {_words(item.get('sentence'), language)}")
    for name, text in _facts(item):
        if text:
            line(f"    {said(_LABELS[name], language)}: {text}", "dim")


def _facts(item: Members) -> Iterator[tuple[str, str]]:
    from api.cli.asking import number, rows_of

    yield "finding", str(item.get("finding") or "")
    yield "act", str(item.get("act") or "")
    yield "cells", ", ".join(str(cell.get("path")) for cell in rows_of(item, "cells"))
    events = rows_of(item, "events")
    yield "events", ", ".join(f"{number(event.get('index'))} {event.get('event')}" for event in events)
    yield "doubt", str(item.get("doubt") or "")


def _words(pair: Any, language: Language) -> str:
    return str(pair.get(language)) if isinstance(pair, dict) else ""


# -- 18, with a checkpoint of one's own --------------------------------------------------


def _ask_of_the_log(
    server: str,
    path: str,
    parameters: Mapping[str, str | int | None],
    checkpoint: Path,
    trust: Path | None,
    *,
    as_json: bool,
    language: Language,
) -> None:
    """The server's answer, and what this machine finds by itself. Exit 1 if something is gone."""
    import json

    from api.cli.kept import compare
    from api.cli.screen import REFUSED, line, print_raw
    from api.cli.watching import watched
    from api.cli.words import header
    from api.client import Client

    with Client(server) as client, watched(client, trust):
        answer = client.get(path, parameters).members
        found = compare(client, checkpoint, trust)
    if as_json:
        print_raw(json.dumps({"answer": answer, "checkpoint": found.to_json()}, ensure_ascii=False))
    else:
        line(header(answer, language), "dim")
        _head({**answer, "verdict": found.verdict}, language)
        line(_told(found, language), "bold red" if found.verdict == "yes" else "bold")
        line(_words(answer.get("sentence"), language), "dim")
    if found.verdict == "yes":
        raise typer.Exit(REFUSED)


_GONE = (
    "Так: журнал уже не продовжує збережену контрольну точку (№ 1–{kept}): {why}",
    "Yes: the log does not extend the checkpoint that you kept (№ 1–{kept}): {why}",
)
_THERE = (
    "Ні: записи № 1–{kept} зі збереженої контрольної точки на місці, усього їх {now}; про пізніші не сказано",
    "No: entries № 1–{kept} of the checkpoint that you kept are there, of {now}; later ones are not covered",
)


def _told(found: Compared, language: Language) -> str:
    from api.cli.words import said

    form = _GONE if found.verdict == "yes" else _THERE
    return said(form, language).format(kept=found.kept, now=found.now, why=said(found.why, language))


def register(app: typer.Typer) -> None:
    app.command(epilog="Двадцять питань аудитора: відповідь одним реченням, що за нею стоїть і чого бракує.")(
        ask
    )
