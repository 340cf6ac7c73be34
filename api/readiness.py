"""Why a server is not ready: each reason has a stable code, and words in both languages.

No word of a reason is cut. What only the program can say of its own, in English, is the member `detail`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.texts.fill import shorten
from api.texts.language import Language
from ledger.errors import LedgerError
from projections.replica import ReplicaReading

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


def reasons_of(context: Context, *, stopping: bool = False) -> list[Reason]:
    """None while all is well. stopping: the process was told to stop."""
    found = [Reason("shutting-down")] if stopping else []
    for source in SOURCES:
        try:
            found.extend(source(context))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the database does not answer
            if all(reason.code != "database-unreachable" for reason in found):
                found.append(Reason("database-unreachable", detail=f"{type(error).__name__}: {error}"))
    return found


def notes_of(context: Context) -> list[Reason]:
    """What is to be known of a server that is well all the same. None while there is nothing."""
    return [*_blocked(context), *_replica(context), *context.trust.notes()]


def _replica(context: Context) -> list[Reason]:
    """While it does not answer, or is far behind, the primary is asked."""
    follower = context.follower
    if not isinstance(follower, ReplicaReading):
        return []
    if follower.down is not None:
        return [Reason("replica-unreachable", detail=follower.down)]
    lag = follower.lag
    return [Reason("replica-behind", {"lag": lag})] if lag > context.settings.lag_max else []


def _blocked(context: Context) -> list[Reason]:
    """Programmes that do not answer. Every server has them, and everything else goes on: ask no other."""
    blocked = sorted(context.follower.blocked)
    return [Reason("programme-blocked", {"programmes": blocked, "count": len(blocked)})] if blocked else []


# -- where reasons come from: each a function of the context; one more is one more row -----------------


def _store(context: Context) -> Iterator[Reason]:
    """What the store says of itself: (code, details) pairs, where it says anything."""
    said = getattr(context.ledger, "log_state", None)
    for code, details in said() if said is not None else ():
        yield Reason(code, details)


def _projections(context: Context) -> Iterator[Reason]:
    lag, fault = context.position - context.follower.position, context.follower.fault
    if fault is not None:
        yield Reason("projections-at-fault", detail=fault)
    if lag > context.settings.lag_max:
        yield Reason("projections-behind", {"lag": lag})


def _appending(context: Context) -> list[Reason]:
    """Why nothing is appended, in the order in which the appender asks."""
    stopped = context.ledger.appender.stopped
    if stopped is None:
        return []
    size = context.ledger.reader.head().size
    try:
        signed = context.ledger.signer.last()[0]
    except LedgerError as error:  # the one that is asked over a socket
        return [Reason("signer-unreachable", detail=str(error))]
    if signed > size:
        return [Reason("log-shorter", {"size": size, "signed": signed}, detail=stopped)]
    held = context.trust.held
    if held is not None and held.detail == stopped:
        return [held]
    code = "clock-wrong" if stopped.startswith(_CLOCK) else "appending-stopped"
    return [Reason(code, detail=stopped)]


def _witnesses(context: Context) -> list[Reason]:
    return context.trust.reasons()


SOURCES: Final[tuple[Callable[[Context], Iterable[Reason]], ...]] = (
    _store,
    _appending,
    _projections,
    _witnesses,
)

# -- the same by what is checked: every code belongs to one check --------------------------------------

CHECKS: Final[dict[str, tuple[str, ...]]] = {
    "database": (
        "database-unreachable",
        "standby-missing",
        "standby-unsynchronised",
        "replica-behind",
        "replica-unreachable",
    ),
    "migrations": ("migrations-due",),
    "log": ("log-shorter", "appending-stopped"),
    "projections": ("projections-at-fault", "projections-behind", "programme-blocked"),
    "signer": ("signer-unreachable",),
    "witnesses": (
        "asking-witnesses",
        "witness-longer",
        "witness-other-root",
        "witnesses-not-asked",
        "not-witnessed",
        "service-key-revoked",
        "service-key-not-enrolled",
        "service-key-missing",
        "service-key-unread",
    ),
    "stamps": ("not-stamped",),
    "clock": ("clock-wrong",),
    "shutdown": ("shutting-down",),
}


def checks_of(found: Iterable[Reason]) -> dict[str, dict[str, Any]]:
    """Each check with whether it holds, and the codes of the reasons why not. found: reasons and notes."""
    codes = dict.fromkeys(reason.code for reason in found)
    why = {check: [code for code in codes if code in own] for check, own in CHECKS.items()}
    return {check: {"ok": not said, "reasons": said} for check, said in why.items()}


def sentences(reasons: list[Reason]) -> dict[Language, str]:
    """All of them, one after another."""
    return {
        "uk": " ".join(one.message("uk") for one in reasons),
        "en": " ".join(one.message("en") for one in reasons),
    }


def _spoken(value: Any) -> str:
    """{"w1": 57, "w2": 60} as `w1: 57, w2: 60`; anything else as it is."""
    if isinstance(value, list | tuple):
        return ", ".join(_printable(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_printable(name)}: {_printable(one)}" for name, one in value.items())
    return _printable(value)


def _printable(value: object) -> str:
    text = str(value)
    return shorten(text, 10 * len(text))  # ten: nothing of it is cut
