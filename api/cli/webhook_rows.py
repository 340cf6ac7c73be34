"""How webhooks and dead letters are shown: rows, and their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from api.cli.sheet import Column
from api.webhooks.configuration import Hook
from api.webhooks.memory import Letter, State
from api.webhooks.refused import Reason, reason_words

STANDING: Final = (
    Column("id", "Вебхук", "Webhook", "key", always=True),
    Column("url", "Адреса", "Address"),
    Column("state", "Стан", "State", "key", always=True),
    Column("position", "Позиція", "Position", "key"),
    Column("lag", "Ще не переглянуто", "Not told yet", "key"),
    Column("taken_at", "Остання прийнята", "Last taken", "key"),
    Column("attempts", "Спроб", "Tries", "key"),
    Column("next_at", "Наступна спроба", "Next try", "key"),
    Column("dead", "Недоставлених", "Given up", "key"),
    Column("reason", "Чому", "Why"),
)
LETTERS: Final = (
    Column("index", "№ листка", "Leaf", "key", always=True),
    Column("event", "Подія", "Event", "key", always=True),
    Column("kind", "Вид", "Kind", "key"),
    Column("attempts", "Спроб", "Tries", "key"),
    Column("last_at", "Остання спроба", "Last try", "key"),
    Column("reason", "Чому", "Why"),
)


def rows_of(hooks: Iterable[Hook], states: Mapping[str, State], size: int) -> list[dict[str, Any]]:
    """One for each webhook of the configuration; what is remembered of others is left out."""
    return [_row(hook, states.get(hook.id), size) for hook in hooks]


def _row(hook: Hook, state: State | None, size: int) -> dict[str, Any]:
    """state: None for one that no server has begun with."""
    row: dict[str, Any] = {"id": hook.id, "url": hook.shown_url, "state": _word(hook, state)}
    if state is None:
        return row | dict.fromkeys(_OF_STATE) | {"lag": None, "reason": None}
    members = asdict(state)
    return (
        row
        | {name: members[name] for name in _OF_STATE}
        | {"lag": max(0, size - state.position), "reason": _reason(state.reason)}
    )


_OF_STATE: Final = (
    *("position", "taken_at", "event", "attempts", "first_at", "next_at", "off_since"),
    *("delivered", "failed", "dead"),
)


def _word(hook: Hook, state: State | None) -> str:
    """off: by the configuration; gone: the receiver answered 410; retrying: it did not take the last one."""
    if not hook.enabled:
        return "off"
    if state is None:
        return "new"
    if state.off_since is not None:
        return "gone"
    return "retrying" if state.attempts else "on"


def letter_row(letter: Letter) -> dict[str, Any]:
    return asdict(letter) | {"reason": _reason(letter.reason)}


def _reason(reason: Reason | None) -> dict[str, Any] | None:
    if reason is None:
        return None
    return {
        "code": reason["code"],
        "message": {"uk": reason_words(reason, "uk"), "en": reason_words(reason, "en")},
    }
