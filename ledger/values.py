"""One spelling per value: the types that a payload is made of.

pydantic alone accepts `1e3`, `1_0`, Arabic digits and `urn:uuid:`, so every type here is
a string that first matches a pattern. CODES tells which refusal a failed pattern means.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

MONEY = r"^-?(0|[1-9][0-9]{0,14})\.[0-9]{2}$"
NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z$"
EVENT_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
ID = r"^[a-z0-9][a-z0-9._-]{0,63}$"
SOURCE = r"^[a-z0-9][a-z0-9-]{0,31}$"
SHA256 = r"^[0-9a-f]{64}$"
KID = r"^[A-Za-z0-9_-]{43}$"
STREAM = r"^(root|trust|(body|programme):[a-z0-9][a-z0-9._-]{0,63})$"
PERIOD = r"^[0-9]{4}(-(Q[1-4]|H[12]|(0[1-9]|1[0-2])))?$"
CODE = r"^[a-z][a-z0-9-]{0,39}$"
# A finding: the code of its rule, and the key of the place where the rule hit.
FINDING = r"^[A-Z]{2,5}-[A-Z0-9]{1,20}:[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,400}$"
# http or https, ASCII alone: what else an address has is percent-encoded.
URL = r"^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[!#-;=?-\[\]_a-z~]{0,600})?$"

CODES = {
    MONEY: "not-money", NUMBER: "not-a-number", DAY: "not-a-date", INSTANT: "not-an-instant",
    EVENT_ID: "not-an-event-id", ID: "not-an-id", SOURCE: "not-an-id", SHA256: "not-a-hash",
    KID: "not-a-key-id", STREAM: "not-a-subject", PERIOD: "unknown-period", CODE: "not-a-code",
    FINDING: "not-a-finding", URL: "not-a-url",
}  # fmt: skip


class Strict(BaseModel):
    """Base of everything that is signed: no unknown members, no coercion, frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


@lru_cache(maxsize=4096)
def _real_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError("not-a-date", "no such day in the calendar") from error
    return text


@lru_cache(maxsize=4096)
def _real_instant(text: str) -> str:
    _real_day(text[:10])
    if text[11:13] > "23" or text[14:16] > "59" or text[17:19] > "59":
        raise PydanticCustomError("not-an-instant", "no such time of day")
    return text


def _no_minus_zero(text: str) -> str:
    if text == "-0.00":
        raise PydanticCustomError("not-money", "zero has no sign")
    return text


def _no_signed_zero(text: str) -> str:
    if text.startswith("-") and not text.strip("-0."):
        raise PydanticCustomError("not-a-number", "zero has no sign")
    return text


def _not_blank(text: str) -> str:
    """Spaces of whatever width say nothing; letters of no width no payload has (ledger/canonical.py)."""
    if not text.strip():
        raise PydanticCustomError("blank", "words are asked for, and these are blank")
    return text


Money = Annotated[str, StringConstraints(pattern=MONEY), AfterValidator(_no_minus_zero)]
Number = Annotated[str, StringConstraints(pattern=NUMBER), AfterValidator(_no_signed_zero)]
Day = Annotated[str, StringConstraints(pattern=DAY), AfterValidator(_real_day)]
Instant = Annotated[str, StringConstraints(pattern=INSTANT), AfterValidator(_real_instant)]
EventId = Annotated[str, StringConstraints(pattern=EVENT_ID)]
Id = Annotated[str, StringConstraints(pattern=ID)]
Source = Annotated[str, StringConstraints(pattern=SOURCE)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Kid = Annotated[str, StringConstraints(pattern=KID)]
Stream = Annotated[str, StringConstraints(pattern=STREAM)]
Period = Annotated[str, StringConstraints(pattern=PERIOD)]
Code = Annotated[str, StringConstraints(pattern=CODE)]
Finding = Annotated[str, StringConstraints(pattern=FINDING)]
Url = Annotated[str, StringConstraints(pattern=URL)]
Year = Annotated[int, Field(ge=1991, le=2200)]
Text = Annotated[str, StringConstraints(max_length=4000)]
# What is asked for: a reason, a remark, an answer.
RequiredText = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_not_blank)]
# One part of a conclusion: several stand in one payload.
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_not_blank)]
Line = Annotated[str, StringConstraints(max_length=600)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=600), AfterValidator(_not_blank)]
Blank = Literal["-", ""]
Accumulation = Literal["period", "ytd"]

FOREVER = "~"  # sorts after every day: the end of a stretch that has none

_PERIOD_END = {"Q1": "03-31", "Q2": "06-30", "Q3": "09-30", "Q4": "12-31", "H1": "06-30", "H2": "12-31"}
_MONTH_END = ("31", "28", "31", "30", "31", "30", "31", "31", "30", "31", "30", "31")


@lru_cache(maxsize=4096)
def period_end(period: str) -> str:
    """The last day of `2025`, `2025-Q1`, `2025-H2` or `2025-03`."""
    year, part = period[:4], period[5:]
    if not part:
        return f"{year}-12-31"
    if part in _PERIOD_END:
        return f"{year}-{_PERIOD_END[part]}"
    leap = part == "02" and int(year) % 4 == 0 and (int(year) % 100 != 0 or int(year) % 400 == 0)
    return f"{year}-{part}-{'29' if leap else _MONTH_END[int(part) - 1]}"


def period_year(period: str) -> int:
    return int(period[:4])


def money(amount: Decimal) -> str:
    """Two decimals, no exponent, no sign on zero."""
    text = f"{amount:.2f}"
    return "0.00" if text == "-0.00" else text


def is_money(value: Any) -> bool:
    """False for none, removed, a printed dash and a blank: `add` takes those as nothing."""
    return isinstance(value, str) and value not in ("-", "")
