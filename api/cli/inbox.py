"""inbox: what waits for an office, or for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]

_TASKS = {
    "endorse": ("погодити", "endorse"),
    "enact": ("внести зміну", "enact"),
    "withdraw": ("відкликати", "withdraw"),
    "report": ("звітувати", "report"),
    "correct": ("виправити звіт", "correct"),
    "accept": ("прийняти звіт", "accept"),
    "answer": ("відповісти", "answer"),
    "reaffirm": ("підтвердити", "re-affirm"),
    "key": ("отримати ключ", "get a key"),
}
_REMINDERS = {
    "week": ("за тиждень", "within a week"),
    "today": ("сьогодні", "today"),
    "overdue": ("прострочено", "overdue"),
}
_SETTINGS = {
    "endorsements": ("погодження", "endorsements"),
    "executors": ("виконавці", "executors"),
    "deadlines": ("строки звітів", "deadlines"),
}


def inbox(
    office: Annotated[str | None, typer.Argument(metavar="OFFICE", help="The office's id.")] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="P", help="All the offices that this person holds.")
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", metavar="TASK", help=f"Only one task: {', '.join(_TASKS)}.")
    ] = None,
    reminder: Annotated[
        str | None,
        typer.Option("--reminder", metavar="WHEN", help="Only what is due within a week, today or overdue."),
    ] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show what waits for an office, or for a person: the next due first."""
    from api.cli.asking import Asker

    if (office is None) == (person is None):
        raise Misused(("OFFICE або --person P, одне з двох", "OFFICE or --person P, one of the two"))
    parameters = {
        "office": office,
        "person": person,
        "task": task,
        "reminder": reminder,
        "as_of": as_of,
        "known": known,
        "limit": limit,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show("/v1/inbox", parameters, _inbox)


def _inbox(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.doubts import marked
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said, value

    columns = (
        Column("task", "Завдання", "Task", "key", always=True),
        Column("due", "До", "Due", "key", always=True),
        Column("title", "Що", "What", always=True),
        Column("programme", "Програма", "Programme", "key"),
        Column("office", "Посада", "Office", "key"),
        Column("day", "Чекає з", "Since", "key"),
        Column("link", "Де", "Where", "key"),
    )
    rows = []
    for item in rows_of(answer):
        task = said(_TASKS.get(str(item.get("task")), (str(item.get("task")),) * 2), language)
        title = item.get("title")
        due = _due(item, language)
        day = str(item["since"])[:10] if item.get("since") else "–"
        shown = title.get(language) if isinstance(title, dict) else title
        asks = ", ".join(item.get("acknowledge") or [])
        if asks:
            shown = f"{shown} ({said(('підтвердити', 'acknowledge'), language)}: {asks})"
        what = marked(value(shown, language), item.get("doubt"))
        rows.append({**item, "task": task, "title": what, "due": due, "day": day})
    _show_offices(answer, language)
    show_rows(columns, rows, language, empty=("нічого не чекає", "nothing waits"))
    _show_not_configured(answer, language)


def _due(item: Members, language: Language) -> str:
    """The day, and how near it is."""
    from api.cli.words import said

    if not item.get("due"):
        return said(("без строку", "no date"), language)
    mark = _REMINDERS.get(str(item.get("reminder")))
    return f"{item['due']} ({said(mark, language)})" if mark is not None else str(item["due"])


def _show_offices(answer: Members, language: Language) -> None:
    """For which offices this is, and who holds them."""
    from api.cli.asking import rows_of
    from api.cli.screen import line
    from api.cli.words import said

    offices = rows_of(answer, "offices")
    if not offices:
        line(said(("особа не обіймає жодної посади", "the person holds no office"), language))
    for one in offices:
        holders = ", ".join(one.get("holders") or []) or said(("ніхто", "nobody"), language)
        line(f"{one.get('office')} ({one.get('name')}, {one.get('body')}): {holders}", "bold")


def _show_not_configured(answer: Members, language: Language) -> None:
    from api.cli.screen import line
    from api.cli.words import said

    names = answer.get("not_configured")
    if isinstance(names, list) and names:
        known = [said(_SETTINGS.get(str(name), (str(name),) * 2), language) for name in names]
        line(f"{said(('не налаштовано', 'not configured'), language)}: {', '.join(known)}", "dim")


def register(app: typer.Typer) -> None:
    app.command(epilog="Що чекає на посаду чи особу: погодити, звітувати, прийняти, відповісти.")(inbox)
