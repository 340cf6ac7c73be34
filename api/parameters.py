"""Parameters of questions: one spelling each, none unknown, none repeated.

`as_of` is a calendar date; `known` a position, an RFC 3339 instant with its zone, or a date
(the end of that local day). Both are echoed as they were resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from api.context import behind
from api.problems import Problem
from api.sources import Source
from ledger.kinds import KINDS
from ledger.values import Day, Period
from projections.findings.findings import SEVERITIES
from projections.findings.rules import THEMES
from projections.inbox import REMINDERS, TASKS
from projections.obligations.core import STATUSES
from projections.positions import Known, at_day, at_instant, at_position

LIMIT_MAX = 500
_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = "1970", "9998"  # no ledger is older; a day later has no next day

EXPECTED: dict[str, tuple[str, str]] = {
    "day": ("дата РРРР-ММ-ДД", "a date YYYY-MM-DD"),
    "export-form": ("jsonl, csv або parquet", "jsonl, csv or parquet"),
    "full": ("full=yes лише з format=jsonl", "full=yes with format=jsonl only"),
    "known": (
        "номер позиції, момент RFC 3339 із зоною (знак + як %2B) або дата РРРР-ММ-ДД",
        "a position, an RFC 3339 instant with zone (+ as %2B), or a date YYYY-MM-DD",
    ),
    "whole": ("ціле число від 0", "a whole number from 0"),
    "limit": (f"ціле число від 1 до {LIMIT_MAX}", f"a whole number from 1 to {LIMIT_MAX}"),
    "path": ("шлях показника, як /financing/2.1.4/2025/local", "a path such as /financing/2.1.4/2025/local"),
    "kind": ("вид події з /v1/schemas", "a kind of event from /v1/schemas"),
    "form": ("json або csv", "json or csv"),
    "only": ("money або corrections", "money or corrections"),
    "lang": ("uk або en", "uk or en"),
    "files": ("yes або no", "yes or no"),
    "id": ("малі латинські літери, цифри, . _ -", "lower-case letters, digits, . _ -"),
    "subject": ("root, body:<id> або programme:<id>", "root, body:<id> or programme:<id>"),
    "known-after": ("позиція, не менша за after", "a position that is not below after"),
    "wait": ("ціле число секунд від 0 до 30", "a whole number of seconds from 0 to 30"),
    "cursor": ("значення next із попередньої сторінки", "what next of the page before says"),
    "hash": ("SHA-256 малими шістнадцятковими цифрами", "a SHA-256 in lower-case hexadecimal"),
    "point": ("from_as_of або from_known", "from_as_of or from_known"),
    "point-or-proposal": (
        "from_as_of або from_known, чи proposal замість них",
        "from_as_of or from_known, or proposal instead",
    ),
    "leaf": ("event або index", "event or index"),
    "state": ("open, refused, lapsed, withdrawn або enacted", "open, refused, lapsed, withdrawn or enacted"),
    "open": ("true або false", "true or false"),
    "code": ("вісім цифр коду ЄДРПОУ", "the eight digits of a registry code"),
    "period": ("період, як 2025, 2025-Q1 або 2025-03", "a period such as 2025, 2025-Q1 or 2025-03"),
    "holder": ("office або person, одне з двох", "office or person, one of the two"),
    "cell-or-diff": (
        "або path, або from_as_of чи from_known, не разом",
        "either path, or from_as_of or from_known, not both",
    ),
    "year": ("рік, як 2025", "a year such as 2025"),
    "by": (
        "через кому, без повторів: measure, year, source, source-tree, kpkvk, kekv, fund, unit",
        "with commas, none twice: measure, year, source, source-tree, kpkvk, kekv, fund, unit",
    ),
    "print": ("state, report, comparison або annex", "state, report, comparison or annex"),
    "prints": ("no, uk або en", "no, uk or en"),
    "print-of": (
        "print без path: друкуються стан і порівняння",
        "print without path: of a state or a difference",
    ),
    "proposal-open": (
        "пропозиція, якої на цій позиції ще не внесено й не відкликано",
        "a proposal that is neither enacted nor withdrawn at this position",
    ),
    "print-form": ("pdf, xlsx, json або typ", "pdf, xlsx, json or typ"),
    "annex": ("financing, measures або indicators", "financing, measures or indicators"),
    "annexes": ("через кому: tree, indicators, financing", "with commas: tree, indicators, financing"),
    "act-point": ("номер пункту, до 32 знаків", "the number of a point, up to 32 characters"),
    "funds": (
        "КОД:значення через кому; значення – general, special, development або skip",
        "CODE:MEANING with commas; a meaning is general, special, development or skip",
    ),
    "shape": (
        "вид файлу, як actuals (docs/imports.md)",
        "what a file is, as actuals (docs/imports.md)",
    ),
    "accumulation": ("period або ytd", "period or ytd"),
    "phase": ("paid, commitment, incurred або payable", "paid, commitment, incurred or payable"),
    "amounts-in": ("uah або thousand-uah", "uah or thousand-uah"),
    "typed": ("текст без керівних знаків", "text without control characters"),
    "task": (f"одне з: {', '.join(TASKS)}", f"one of: {', '.join(TASKS)}"),
    "calendar": ("json, csv або ics", "json, csv or ics"),
    "duty-status": (f"одне з: {', '.join(STATUSES)}", f"one of: {', '.join(STATUSES)}"),
    "reminder": (f"одне з: {', '.join(REMINDERS)}", f"one of: {', '.join(REMINDERS)}"),
    "severity": (f"одне з: {', '.join(SEVERITIES)}", f"one of: {', '.join(SEVERITIES)}"),
    "life": ("open, answered, accepted або resolved", "open, answered, accepted or resolved"),
    "order": ("id, newest або oldest", "id, newest or oldest"),
    "words": ("до 200 символів", "up to 200 characters"),
    "ids": ("ідентифікатори через кому, до 6500 символів", "ids with commas between, up to 6500 characters"),
    "fq": ("metadata_modified:[A TO B]", "metadata_modified:[A TO B]"),
    "sort": (
        "поле й asc або desc, як metadata_modified desc",
        "a field and asc or desc: metadata_modified desc",
    ),
    "dataset": ("назва або id набору", "a data set's name or id"),
    "profile": ("2 або 1", "2 or 1"),
    "dialect": ("official, 2020 або lutsk", "official, 2020 or lutsk"),
    "unknown-theme": (f"одне з: {', '.join(THEMES)}", f"one of: {', '.join(THEMES)}"),
    "unknown-code": (
        "код правила, як FIN-OVER (docs/findings.md)",
        "a rule's code, as FIN-OVER (docs/findings.md)",
    ),
}
_OF = {
    "as_of": "day", "from_as_of": "day", "to_as_of": "day",
    "known": "known", "from_known": "known", "to_known": "known",
    "limit": "limit", "wait": "wait", "kind": "kind", "path": "path", "format": "form", "lang": "lang",
    "files": "files", "full": "files", "print": "prints",
    "source": "id", "measure": "id", "body": "id", "by": "by",
    "programme": "id", "indicator": "id", "state": "state", "open": "open", "code": "code",
    "period": "period",
    "q": "words", "ids": "ids", "order": "order",
    "office": "id", "person": "id", "task": "task", "reminder": "reminder",
    "only": "only", "act": "id", "profile": "profile", "dialect": "dialect",
    "fq": "fq", "sort": "sort", "id": "dataset",
    "shape": "shape", "accumulation": "accumulation", "phase": "phase", "amounts_in": "amounts-in",
    "effective": "day", "day": "day", "name": "words", "kpkvk": "words", "fund": "funds",
    "acknowledge": "words", "annex": "annexes", "point": "act-point",
    "subject": "subject", "sha256": "hash", "severity": "severity", "status": "life",
}  # fmt: skip


def _whole(value: Any) -> int:
    """pydantic alone reads `1_0`, `+1` and ` 1 ` as integers."""
    if isinstance(value, int):
        return value
    if not isinstance(value, str) or not _WHOLE.fullmatch(value):
        raise PydanticCustomError("not-a-number", "not a whole number")
    return int(value)


def is_position(text: str) -> bool:
    """Is it spelled as a position is?"""
    return _WHOLE.fullmatch(text) is not None


def _kind(value: str) -> str:
    if value not in KINDS:
        raise PydanticCustomError("unknown-kind", "not a kind of event")
    return value


AsOf = Annotated[
    Day | None,
    Query(description="Effective date; by default today in the ledger's time zone.", examples=["2025-08-01"]),
]
KnownText = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As known then: a position, an RFC 3339 instant with zone, or a date (the end of that "
        "local day); by default everything recorded.",
        examples=["57"],
    ),
]
Whole = Annotated[int, BeforeValidator(_whole)]
MinPosition = Annotated[
    Whole,
    Query(
        ge=0,
        description="Answer only when entries up to this position are worked in: the read of one's own "
        "write, with index + 1 of the receipt.",
        examples=[57],
    ),
]
Limit = Annotated[Whole, Query(ge=1, le=LIMIT_MAX, description="How many items a page has at most.")]
_Path = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._~:-]+)+$", max_length=300)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
CellPath = Annotated[_Path, Query(description="A cell's path.", examples=["/financing/2.1.4/2025/local"])]
MaybePath = Annotated[
    _Path | None,
    Query(description="Only cells at or below this path.", examples=["/financing/2.1.4"]),
]
MaybeSource = Annotated[_Id | None, Query(description="Only this source.", examples=["local"])]
MaybeMeasure = Annotated[_Id | None, Query(description="Only this measure.", examples=["2.1.4"])]
MaybeBody = Annotated[_Id | None, Query(description="Only of this body.", examples=["town-council"])]
MaybeOffice = Annotated[_Id | None, Query(description="An office's id.", examples=["council-secretary"])]
MaybePerson = Annotated[_Id | None, Query(description="A person's id.", examples=["p-07"])]
MaybeOwner = Annotated[
    _Id | None,
    Query(
        description="Only of the body with this id or registry code (ЄДРПОУ), of those that it succeeded "
        "and of those that succeeded it.",
        examples=["town-council"],
    ),
]
MaybeCode = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")] | None,
    Query(
        description="Only the body with this registry code (ЄДРПОУ), with those before and after it.",
        examples=["12345678"],
    ),
]
MaybeProgramme = Annotated[
    _Id | None, Query(description="Only of this programme.", examples=["town-digital-2025"])
]
MaybeIndicator = Annotated[_Id | None, Query(description="Only this indicator.", examples=["1.1.2"])]
MaybePeriod = Annotated[Period | None, Query(description="Only this period.", examples=["2025-Q4"])]
MaybeAct = Annotated[_Id | None, Query(description="An act's id.", examples=["town-2-2025-03-10"])]
MaybeOnly = Annotated[
    Literal["money", "corrections"] | None,
    Query(description="Only entries that changed amounts, or only corrections of earlier ones."),
]
MaybeLate = Annotated[
    Whole | None,
    Query(
        ge=0,
        le=36500,
        description="Only entries recorded more than so many days after the day from which they hold.",
        examples=[5],
    ),
]
MaybeOpen = Annotated[
    Literal["true", "false"] | None,
    Query(alias="open", description="Only what waits for an answer, or only what does not."),
]
MaybeState = Annotated[
    Literal["open", "refused", "lapsed", "withdrawn", "enacted"] | None,
    Query(description="Only proposals in this state on the day."),
]
Format = Annotated[Literal["json", "csv"], Query(alias="format", description="json, or the same as csv.")]
MaybeKind = Annotated[
    Annotated[str, AfterValidator(_kind)] | None,
    Query(
        description="Only events of this kind.",
        examples=["financing.changed"],
        json_schema_extra={"enum": list(KINDS)},
    ),
]
ProgrammeId = Annotated[str, Path(description="A programme's id.", examples=["town-digital-2025"])]
EventName = Annotated[
    str, Path(description="An event's id (UUIDv7).", examples=["01890a5d-ac96-774b-bcce-b302099a8057"])
]
FileHash = Annotated[
    str,
    Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file, hexadecimal.", examples=["ab" * 32]),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """The dates of a question, as they were asked; name: of the parameter that says `known`."""

    as_of: str | None
    known: str | None
    min_position: int
    name: str = "known"


async def _asked(as_of: AsOf = None, known: KnownText = None, min_position: MinPosition = 0) -> Asked:
    return Asked(as_of, known, min_position)


async def _asked_known(known: KnownText = None, min_position: MinPosition = 0) -> Asked:
    return Asked(None, known, min_position)


AskedPoint = Annotated[Asked, Depends(_asked)]
AskedKnown = Annotated[Asked, Depends(_asked_known)]


def resolve(context: Source, known: str | None, *, name: str = "known", min_position: int = 0) -> Known:
    """The position that a question means, once the projections hold it.

    Raises Problem: bad-parameter, position-ahead, no-ledger-yet, behind.
    """
    if not context.reaches(min_position):
        raise ahead("min_position", min_position, context.position)
    context.wait_for(min_position)
    found = _resolve(context, known, name, min_position)
    if found.position == 0:
        raise no_ledger_yet(context, known, name)
    context.wait_for(found.position)
    if known is None and found.position < min_position:  # projections that end inside a batch, for a moment
        raise behind(min_position, found.position)
    return found


def _resolve(context: Source, known: str | None, name: str, least: int) -> Known:
    log, head = context.ledger.reader, context.position
    if known is None:
        context.wait_for(min(1, head))  # just started: nothing is worked in yet
        return at_position(log, context.follower.newest(least))
    if _WHOLE.fullmatch(known):
        if not context.reaches(int(known)):
            raise ahead(name, int(known), head)
        return at_position(log, int(known))
    try:
        return _at_time(context, known, head)
    except (ValueError, OverflowError):
        raise bad_parameter(name, known, "known") from None


def _at_time(context: Source, known: str, head: int) -> Known:
    """Raises ValueError or OverflowError for what is no time."""
    day = _DAY.fullmatch(known)
    if not day and not _INSTANT.fullmatch(known):
        raise ValueError(known)
    moment = datetime.fromisoformat(known)
    if known < _FIRST_YEAR:
        return Known(0, "")
    if day:
        until = min(known, f"{_LAST_YEAR}-12-31")
        return at_day(context.ledger.reader, until, context.identity.zone, head)
    return at_instant(context.ledger.reader, moment.astimezone(UTC), head)


def ahead(name: str, position: int, head: int) -> Problem:
    return Problem("position-ahead", f"/query/{name}", position, position=head)


def no_ledger_yet(context: Source, known: str | None, name: str = "known") -> Problem:
    """The answer about a time at which there was no ledger."""
    first = context.ledger.reader.entries(0, 1)
    opened = first[0].recorded_at if first else None
    shown = known if known is not None else "0"
    return Problem("no-ledger-yet", f"/query/{name}", shown, opened=opened)


def bad_parameter(name: str, got: Any, expected: str | None = None, *, where: str = "query") -> Problem:
    words = EXPECTED[expected or _OF.get(name, "whole")]
    return Problem(
        "bad-parameter", f"/{where}/{name}", got, name=name, expected={"uk": words[0], "en": words[1]}
    )


def missing_parameter(name: str, expected: str | None = None) -> Problem:
    words = EXPECTED[expected or _OF.get(name, "whole")]
    return Problem(
        "missing-parameter", f"/query/{name}", name=name, expected={"uk": words[0], "en": words[1]}
    )
