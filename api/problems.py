"""Problem documents (RFC 9457) in one shape, from one table, in both languages.

    {"type": "urn:pledger:problem:<code>", "status", "title", "instance": "urn:request:<id>",
     "message": {"uk", "en"}, "errors": [{"pointer", "got"}], "details": {…}}

Every Refusal below the doors and every Problem raised here names a code of the table
(api/texts/problems.toml). Pointers are RFC 6901: into the payload or envelope that was sent,
or /query/…, /path/…, /headers/… for the request's other parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from api.texts.catalogue import DISCREPANCIES, PROBLEMS, ProblemText
from api.texts.fill import fill
from api.texts.language import Language
from ledger.door import NeedsAcknowledgement
from ledger.errors import Busy, LedgerError, Refusal, Stopped, StorageError
from ledger.kinds import Discrepancy
from projections.reading import Blocked

MEDIA_TYPE = "application/problem+json"
GOT_MAX = 200  # characters of one text
VALUE_MAX = 4000  # bytes of one value as JSON
DISCREPANCIES_MAX = 1000
_UNLISTED = PROBLEMS["malformed"]
Errors = list[dict[str, Any]]


class Problem(LedgerError):
    """A request that a door cannot answer as asked.

    code: a row of the table; pointer, got: the culprit; details: words for the message,
    and JSON for the client; headers: further HTTP headers; errors: several culprits.
    """

    def __init__(
        self,
        code: str,
        pointer: str = "",
        got: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Errors | None = None,
        members: Mapping[str, Any] | None = None,
        **details: Any,
    ) -> None:
        self.code, self.pointer, self.got = code, pointer, got
        self.headers, self.details, self.members = dict(headers or {}), details, dict(members or {})
        self.errors = errors if errors is not None else _errors(pointer, got)
        super().__init__(code)

    @property
    def status(self) -> int:
        return _text(self.code).status

    def document(self, *, language: Language, request_id: str) -> dict[str, Any]:
        text = _text(self.code)
        words = {"pointer": self.pointer or "/", "got": self.got, **self.details}
        return {
            "type": f"urn:pledger:problem:{self.code}",
            "status": text.status,
            "title": text.title[language],
            "instance": f"urn:request:{request_id}",
            "message": {
                "uk": fill(text.message["uk"], words, "uk"),
                "en": fill(text.message["en"], words, "en"),
            },
            "errors": self.errors,
            **(
                {"details": {name: shown(value) for name, value in self.details.items()}}
                if self.details
                else {}
            ),
            **self.members,
        }


def _text(code: str) -> ProblemText:
    """A code without a row still answers as a problem; a test keeps the table whole."""
    return PROBLEMS.get(code, _UNLISTED)


def _errors(pointer: str, got: Any) -> Errors:
    return [{"pointer": pointer, "got": shown(got)}] if pointer or got is not None else []


def shown(value: Any, size_max: int = VALUE_MAX) -> Any:
    """A value that may be shown back: JSON of a bounded size. Of a large list: its first items."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value if len(value) <= GOT_MAX else value[:GOT_MAX] + "…"
    if isinstance(value, int):
        return value if abs(value) < 1 << 53 else str(value)[:GOT_MAX]
    try:
        if len(orjson.dumps(value)) <= size_max:
            return value
    except orjson.JSONEncodeError:
        return type(value).__name__
    return _first(value, size_max) if isinstance(value, list | tuple) else type(value).__name__


def _first(items: Sequence[Any], size_max: int) -> list[Any]:
    """As many as fit, the members of each cut down in their turn."""
    kept: list[Any] = []
    left, share = size_max, size_max // 4
    for item in items:
        members = item.items() if isinstance(item, dict) else ()
        one = {name: shown(member, share) for name, member in members} or shown(item, share)
        left -= len(orjson.dumps(one))
        if left < 0:
            break
        kept.append(one)
    return kept


def problem_of(error: LedgerError) -> Problem:
    """Any error of the layers below as a problem."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        details = {name: value for name, value in error.details.items() if name not in _OWN_WORDS}
        errors = [{"pointer": error.pointer, "got": shown(error.got)}]  # "" is the whole
        return Problem(error.code, error.pointer, error.got, errors=errors, **details)
    if isinstance(error, NeedsAcknowledgement):
        return asking(error.found)
    if isinstance(error, Blocked):
        headers = {"Retry-After": "60"}
        return Problem("programme-blocked", "", error.programme, headers=headers, index=error.index)
    for kind, code, seconds in _LATER:
        if isinstance(error, kind):
            return Problem(code, headers={"Retry-After": seconds})
    return Problem("internal")


# What may be tried again, and after how many seconds.
_LATER = (
    (Busy, "busy", "2"),
    (Stopped, "stopped", "30"),
    (StorageError, "storage-failed", "5"),
)


_OWN_WORDS = frozenset(["code", "pointer", "got", "headers", "errors", "members"])


def asking(found: Sequence[Discrepancy]) -> Problem:
    """The 409 that lists everything that the door asks about."""
    return Problem(
        "needs-acknowledgement",
        errors=[{"pointer": one.pointer, "got": None} for one in found[:DISCREPANCIES_MAX]],
        members={"discrepancies": [discrepancy(one) for one in found[:DISCREPANCIES_MAX]]},
        codes=sorted({one.code for one in found}),
    )


def discrepancy(found: Discrepancy) -> dict[str, Any]:
    """One of the door's questions, with its details and in words."""
    form = DISCREPANCIES.get(found.code, {"uk": found.code, "en": found.code})
    return {
        **{name: shown(value) for name, value in found.details.items()},
        "code": found.code,
        "pointer": found.pointer,
        "message": {"uk": fill(form["uk"], found.details, "uk"), "en": fill(form["en"], found.details, "en")},
    }
