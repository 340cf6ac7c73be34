"""One check of an event, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Outcome = Literal["failed", "undetermined", "passed"]
WORST_FIRST: Final[tuple[Outcome, ...]] = ("failed", "undetermined", "passed")

# In the order in which they are told, below those that are worse.
CODES: Final = (
    "form",
    "signature",
    "key",
    "authority",
    "rules",
    "files",
    "place",
    "growth",
    "witness",
    "stamp",
    "signing-time",
    "doubt",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """code: of CODES; reason: which of the words for this outcome, "" where there is one; about: the SHA-256
    of a file or the event that throws a doubt, "" elsewhere; facts: what the words need."""

    code: str
    outcome: Outcome
    reason: str = ""
    about: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def passed(code: str, reason: str = "", about: str = "", **facts: Any) -> Checked:
    return Checked(code, "passed", reason, about, facts)


def failed(code: str, reason: str = "", about: str = "", **facts: Any) -> Checked:
    return Checked(code, "failed", reason, about, facts)


def undetermined(code: str, reason: str = "", about: str = "", **facts: Any) -> Checked:
    return Checked(code, "undetermined", reason, about, facts)
