"""Why a server is not ready: each reason has a stable code, and words in both languages.

No word of a reason is cut. What only the program can say of its own, in English, is the member `detail`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.texts.fill import shorten
from api.texts.language import Language

if TYPE_CHECKING:
    from api.context import Context

WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "texts" / "readiness.toml").read_text(encoding="utf8")
)
_CLOCK: Final = "the machine's clock"  # how the recording clock's reasons begin


@dataclass(frozen=True, slots=True)
class Reason:
    """code: a row of readiness.toml. details: for programs, and for the words.

    words: what only the words need, each {"uk", "en"}. detail: technical, in English; "" for none.
    """

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    detail: str = ""

    def message(self, language: Language) -> str:
        spoken = {name: _spoken(value) for name, value in self.details.items()}
        spoken |= {name: _printable(word[language]) for name, word in self.words.items()}
        return WORDS[self.code][language].format(**spoken)

    def to_json(self) -> dict[str, Any]:
        message = {"uk": self.message("uk"), "en": self.message("en")}
        detail = {"detail": self.detail} if self.detail else {}
        return {"code": self.code, "message": message, **self.details, **detail}


def reasons_of(context: Context) -> list[Reason]:
    """None while all is well."""
    lag, fault = context.position - context.follower.position, context.follower.fault
    found = _appending(context)
    if fault is not None:
        found.append(Reason("projections-at-fault", detail=fault))
    if lag > context.settings.lag_max:
        found.append(Reason("projections-behind", {"lag": lag}))
    return [*found, *context.trust.reasons()]


def notes_of(context: Context) -> list[Reason]:
    """What is to be known of a server that is well all the same. None while there is nothing."""
    return context.trust.notes()


def _appending(context: Context) -> list[Reason]:
    """Why nothing is appended, in the order in which the appender asks."""
    stopped = context.ledger.appender.stopped
    if stopped is None:
        return []
    size, signed = context.ledger.reader.head().size, context.ledger.signer.last()[0]
    if signed > size:
        return [Reason("log-shorter", {"size": size, "signed": signed}, detail=stopped)]
    held = context.trust.held
    if held is not None and held.detail == stopped:
        return [held]
    code = "clock-wrong" if stopped.startswith(_CLOCK) else "appending-stopped"
    return [Reason(code, detail=stopped)]


def sentences(reasons: list[Reason]) -> dict[Language, str]:
    """All of them, one after another."""
    return {
        "uk": " ".join(one.message("uk") for one in reasons),
        "en": " ".join(one.message("en") for one in reasons),
    }


def _spoken(value: Any) -> str:
    """{"w1": 57, "w2": 60} as `w1: 57, w2: 60`; anything else as it is."""
    if isinstance(value, Mapping):
        return ", ".join(f"{_printable(name)}: {_printable(one)}" for name, one in value.items())
    return _printable(value)


def _printable(value: object) -> str:
    text = str(value)
    return shorten(text, 10 * len(text))  # ten: nothing of it is cut
