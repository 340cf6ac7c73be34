"""What each key of a webhook may hold, and how it is said to people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from api.webhooks.address import is_https_url
from ledger.kinds import KINDS
from ledger.values import STREAM

COUNT_MAX: Final = 32
REQUIRED: Final = ("id", "url", "secret_file")
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Reader:
    """takes: is it such a value? wanted: what it has to be, in both languages."""

    takes: Callable[[Any], bool]
    wanted: dict[str, str]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1000 and value.isprintable()


def _list_of(takes: Callable[[str], object]) -> Callable[[Any], bool]:
    """An empty list would be told of nothing: that is said by `enabled`."""
    return lambda value: (
        isinstance(value, list)
        and 0 < len(value) <= 1000
        and all(isinstance(one, str) and bool(takes(one)) for one in value)
    )


def _is_position(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53


READERS: Final[dict[str, Reader]] = {
    "id": Reader(
        lambda value: isinstance(value, str) and bool(_ID.fullmatch(value)),
        {
            "uk": "назвою з малих латинських букв, цифр і дефісів, до 64 знаків",
            "en": "a name of small Latin letters, digits and hyphens, 64 at most",
        },
    ),
    "url": Reader(
        lambda value: isinstance(value, str) and is_https_url(value),
        {
            "uk": "адресою https:// без користувача й пароля і без #; назву не латиницею пишуть як xn--…",
            "en": "an address https:// without user, password and #; other letters are written xn--…",
        },
    ),
    "secret_file": Reader(
        _is_text, {"uk": "назвою файла із секретом", "en": "the name of a file that holds the secret"}
    ),
    "kinds": Reader(
        _list_of(lambda one: one in KINDS),
        {
            "uk": 'списком видів подій, як ["financing.changed"]; їх показує /v1/schemas',
            "en": 'a list of kinds of events, as ["financing.changed"]; /v1/schemas shows them',
        },
    ),
    "subjects": Reader(
        _list_of(re.compile(STREAM).fullmatch),
        {
            "uk": 'списком потоків, як ["root", "programme:…"]',
            "en": 'a list of streams, as ["root", "programme:…"]',
        },
    ),
    "enabled": Reader(lambda value: isinstance(value, bool), {"uk": "true або false", "en": "true or false"}),
    "after": Reader(
        _is_position,
        {"uk": "позицією: цілим числом від 0", "en": "a position: a whole number, 0 or more"},
    ),
}
