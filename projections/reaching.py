"""Was a target reached? Numbers as printed, and the one rule that compares them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from ledger.periods import PeriodKey, counted
from ledger.values import period_end

Verdict = Literal["yes", "no", "undetermined"]
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_YES_NO = {"так": Decimal(1), "ні": Decimal(0)}


def number(text: str | None) -> Decimal | None:
    """A printed number such as `40`, `85%` or `1,5`; None if it is no number: `20__`, `1e9`."""
    if text is None:
        return None
    plainly = text.strip().removesuffix("%").strip().replace(",", ".").replace("\u00a0", "")
    return Decimal(plainly) if _NUMBER.fullmatch(plainly) else None


def plain(value: Decimal) -> str:
    """Without exponent and without trailing zeros: 10, 0.5, 100."""
    text = f"{value.normalize():f}"
    return "0" if text == "-0" else text


def is_reached(actual: str | None, target: str | None, base: str | None) -> Verdict:
    """All three as printed. A value that is no number is compared with nothing.

    More is taken to be better; a target below its base says otherwise, and no paper says what is then good.
    """
    value, goal, start = worth(actual), worth(target), worth(base)
    if value is None or goal is None or (start is not None and goal < start):
        return "undetermined"
    return "yes" if value >= goal else "no"


def worth(text: str | None) -> Decimal | None:
    """What a printed value counts: Так is 1, Ні is 0; None of what is no number."""
    if text is None:
        return None
    known = _YES_NO.get(text.strip().casefold())
    return known if known is not None else number(text)


def is_surely_whole(kind: str | None, year: int, day: str, reports: Iterable[PeriodKey]) -> bool:
    """Is the year's figure whole, whatever deadlines ask? The year is over, and of a flow each month told.

    A flow of which some month is not told may be whole nevertheless: the evaluation of the year looks closer.
    reports: of the year, oldest slot first.
    """
    if day < f"{year}-12-31":
        return False
    if kind != "flow":
        return kind is not None
    told = counted(dict.fromkeys(reports))
    return {month for key in told for month in months(key)} == {*range(1, 13)}


def months(key: PeriodKey) -> range:
    """1 to 12. Year-to-date begins in January."""
    period, mode = key
    last = int(period_end(period)[5:7])
    length = {"": 12, "H": 6, "Q": 3}.get(period[5:6], 1)
    return range(1 if mode == "ytd" else last - length + 1, last + 1)
