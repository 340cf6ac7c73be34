"""history: what happened, newest first; and one event in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.reading import Programme

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]


def history(
    programme: Programme,
    known: options.Known = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only events of this kind.")] = None,
    path: options.CellPath = None,
    before: Annotated[int | None, typer.Option("--before", min=0, help="Only below this leaf index.")] = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show what happened to a programme: who, when, by which act, in a sentence."""
    from api.cli.asking import Asker
    from api.client import segment

    route = f"/v1/programmes/{segment(programme)}/history"
    parameters = {
        "known": known,
        "kind": kind,
        "path": path,
        "before": before,
        "limit": limit,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show(route, parameters, _history)


def _history(answer: Members, language: Language) -> None:
    from api.cli.asking import rows_of
    from api.cli.screen import line

    for row in rows_of(answer):
        show_entry(row, language)
        line("")


def show_entry(row: Members, language: Language) -> None:
    """One entry: its number and time, its sentence, and by whom and why."""
    from api.cli.asking import act, number, signers
    from api.cli.screen import line
    from api.cli.words import said
    from api.texts.doubts import DOUBTS

    doubt = DOUBTS.get(str(row.get("doubt")))
    mark = f" {doubt.mark}" if doubt is not None else ""
    line(f"{number(row.get('index'))} · {row.get('recorded_at')} · {row.get('kind')}{mark}", "bold")
    sentence = row.get("sentence")
    line(f"  {sentence.get(language) if isinstance(sentence, dict) else sentence}")
    facts = (
        (("підписали", "signed by"), signers(row.get("signers"))),
        (("діє з", "effective"), row.get("effective")),
        (("акт", "act"), act(row.get("act"), language)),
        (("підстава", "reason"), row.get("reason")),
        (("виправляє", "corrects"), row.get("corrects")),
        (("визнано", "acknowledges"), ", ".join(row.get("acknowledges") or [])),
        (("сумнів", "doubt"), doubt.name[language] if doubt is not None else None),
        (("приклад", "example"), row.get("example")),
        (("подія", "event"), row.get("event")),
    )
    for label, text in facts:
        if text:
            line(f"  {said(label, language)}: {text}", "dim" if label[1] == "event" else "")


def event_view(answer: Members, language: Language) -> None:
    """An event in full: its entry, then every cell that it wrote with the value that it found."""
    from api.cli.asking import rows_of
    from api.cli.doubts import marked
    from api.cli.previews import side
    from api.cli.sheet import Column, show_rows
    from api.cli.times import show_times
    from api.cli.words import is_money_path

    show_entry(answer, language)
    show_times(answer.get("times"), language)
    _show_doubts(rows_of(answer, "doubts"), language)
    columns = (
        Column("path", "Комірка", "Cell", "key", always=True),
        Column("from", "З дня", "From", "key"),
        Column("op", "Дія", "Op", "key"),
        Column("old", "Було", "Old", always=True),
        Column("new", "Стало", "New", always=True),
    )
    rows = []
    for write in rows_of(answer, "writes"):
        money = is_money_path(str(write.get("path")))
        doubts = {"old": write.get("old_doubt"), "new": answer.get("doubt")}
        values = {
            name: marked(side(write.get(name), language, money=money), doubt)
            for name, doubt in doubts.items()
        }
        rows.append({**write, **values})
    if rows:
        show_rows(columns, rows, language)


def _show_doubts(doubts: list[dict[str, Any]], language: Language) -> None:
    """Whose signature is doubted, and which event throws the doubt."""
    from api.cli.screen import line
    from api.texts.doubts import DOUBTS

    for one in doubts:
        word = str(one.get("doubt"))
        name = DOUBTS[word].name[language] if word in DOUBTS else word
        because = f" ← {one['because']}" if one.get("because") else ""
        line(f"  {name}: {one.get('person')} ({one.get('office')}), {one.get('kid')}{because}")


def register(app: typer.Typer) -> None:
    app.command(epilog="Історія: ким, коли, яким актом, що змінено.")(history)
