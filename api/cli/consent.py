"""proposals, policies, registrars: what is proposed, what is asked, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options

if TYPE_CHECKING:
    from api.texts.language import Language

Members = Mapping[str, Any]
MaybeProgramme = Annotated[
    str | None, typer.Option("--programme", metavar="P", help="Only of this programme.")
]
MaybeBody = Annotated[str | None, typer.Option("--body", metavar="BODY", help="Only of this body.")]

_STATES = {
    "open": ("чекає", "open"),
    "refused": ("відхилено", "refused"),
    "lapsed": ("строк минув", "lapsed"),
    "withdrawn": ("відкликано", "withdrawn"),
    "enacted": ("внесено", "enacted"),
}
_SETTINGS = {
    "endorsements": ("погодження", "endorsements"),
    "offices": ("хто підписує", "who signs"),
    "forbidden": ("не можна визнати", "not to be acknowledged"),
    "silent": ("без визнання", "recorded unasked"),
    "executors": ("виконавці", "executors"),
    "deadlines": ("строки звітів", "deadlines"),
    "calendar": ("календар", "calendar"),
    "lapse": ("строк пропозиції, днів", "a proposal's days"),
    "session": ("межа сесії", "the session's threshold"),
    "publication": ("строк оприлюднення", "time to publish"),
}


def proposals(
    programme: MaybeProgramme = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help=f"Only: {', '.join(_STATES)}.")
    ] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """List proposed changes, with what each office said last."""
    from api.cli.asking import Asker

    parameters = {
        "programme": programme,
        "state": state,
        "as_of": as_of,
        "known": known,
        "limit": limit,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show("/v1/proposals", parameters, _proposals)


def _proposals(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of, signers
    from api.cli.doubts import marked
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said, value

    columns = (
        Column("id", "Пропозиція", "Proposal", "key", always=True),
        Column("kind", "Вид", "Kind", "key"),
        Column("note", "Пояснення", "Note"),
        Column("programme", "Програма", "Programme", "key"),
        Column("by", "Запропонували", "Proposed by"),
        Column("state", "Стан", "State", "key", always=True),
        Column("said", "Висловилися", "Said"),
        Column("until", "Діє до", "Stands until", "key"),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = []
    for item in rows_of(answer):
        state = said(_STATES.get(str(item.get("state")), (str(item.get("state")),) * 2), language)
        shown_state = value(state, language)
        for doubt in dict.fromkeys((item.get("doubt"), item.get("closed_doubt"))):
            shown_state = marked(shown_state, doubt)
        shown = {
            "state": shown_state,
            "by": signers(item.get("proposers")),
            "said": _voices(item.get("voices"), language),
            "until": (item.get("lapses") or {}).get("day"),
            "note": item.get("note") or None,
            "entry": number(item.get("index")),
        }
        rows.append({**item, **shown})
    show_rows(columns, rows, language, empty=("пропозицій немає", "no proposals"))


def _voices(voices: Any, language: Language) -> str | None:
    """What each office said last, and who spoke for it."""
    from api.cli.words import said

    words = {True: ("погоджено", "endorsed"), False: ("відхилено", "refused")}
    told = []
    for one in voices or []:
        if isinstance(one, dict) and one.get("newest"):
            word = said(words[bool(one.get("endorses"))], language)
            told.append(f"{one.get('office')}: {word} ({one.get('person')})")
    return "; ".join(told) or None


def policies(
    programme: MaybeProgramme = None,
    body: MaybeBody = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Show what the policies in force say, setting by setting; where none does: not configured."""
    from api.cli.asking import Asker

    parameters = {
        "programme": programme,
        "body": body,
        "as_of": as_of,
        "known": known,
        "min_position": min_position,
    }
    Asker(server, as_json, lang).show("/v1/policies", parameters, _policies)


def _policies(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of
    from api.cli.screen import line
    from api.cli.sheet import Column, show_rows

    columns = (
        Column("id", "Подія", "Event", "key", always=True),
        Column("policy", "Правило", "Policy", "key", always=True),
        Column("title", "Назва", "Title", always=True),
        Column("stream", "Встановив", "Set by", "key"),
        Column("start", "Діє з", "In force from", "key"),
        Column("programme", "Лише для", "Only for", "key"),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = [{**item, "entry": number(item.get("index"))} for item in rows_of(answer)]
    show_rows(columns, rows, language, empty=("правил немає", "no policies"))
    line("")
    _show_settings(answer.get("settings"), language)


def _show_settings(settings: Any, language: Language) -> None:
    from api.cli.sheet import Column, show_rows
    from api.cli.words import said

    columns = (
        Column("setting", "Налаштування", "Setting", "key", always=True),
        Column("value", "Значення", "Value", always=True),
    )
    none = said(("не налаштовано", "not configured"), language)
    rows = []
    for name, setting in (settings or {}).items():
        title = said(_SETTINGS.get(str(name), (str(name),) * 2), language)
        items = setting.get("items") or []
        rows += [{"setting": title, "value": _setting(item)} for item in items]
        if not items:
            rows.append({"setting": title, "value": none})
    show_rows(columns, rows, language)


def _setting(item: Members) -> dict[str, Any]:
    """What one policy says, without what it leaves open."""
    return {name: value for name, value in item.items() if value not in (None, [], ())}


def registrars(
    body: MaybeBody = None,
    known: options.Known = None,
    limit: options.Limit = None,
    min_position: options.MinPosition = None,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: options.Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """List who manages the root and each body, and how many of them must sign."""
    from api.cli.asking import Asker

    parameters = {"body": body, "known": known, "limit": limit, "min_position": min_position}
    Asker(server, as_json, lang).show("/v1/registrars", parameters, _registrars)


def _registrars(answer: Members, language: Language) -> None:
    from api.cli.asking import number, rows_of
    from api.cli.doubts import marked
    from api.cli.sheet import Column, show_rows
    from api.cli.words import value

    columns = (
        Column("id", "Потік", "Stream", "key", always=True),
        Column("k", "Підписів", "Signatures", "key", always=True),
        Column("persons", "Реєстратори", "Registrars", always=True),
        Column("entry", "Запис", "Entry", "key"),
    )
    rows = []
    for item in rows_of(answer):
        people = [f"{one.get('person')} ({one.get('kid')})" for one in item.get("registrars") or []]
        persons = marked(value("; ".join(people), language), item.get("doubt"))
        shown = {"k": str(item.get("k")), "persons": persons, "entry": number(item.get("index"))}
        rows.append({**item, **shown})
    show_rows(columns, rows, language, empty=("реєстраторів немає", "no registrars"))


def register(app: typer.Typer) -> None:
    app.command(epilog="Пропозиції змін: ким запропоновано, хто погодив чи відхилив.")(proposals)
    app.command(epilog="Чинні правила: погодження, виконавці, строки; або «не налаштовано».")(policies)
    app.command(epilog="Хто веде реєстр ради й органів і скільки підписів потрібно.")(registrars)
