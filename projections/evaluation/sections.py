"""What the sections share: rows with their evidence, shares, and the answers yes, no and undetermined."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from projections.doubtful import worst_of
from projections.findings.case import Case

Row = dict[str, Any]
Section = dict[str, Any]
Verdict = Literal["yes", "no", "undetermined"]

_PLACES = Decimal("0.0001")


def evidence(case: Case, paths: Iterable[str], entries: Iterable[int] = ()) -> Row:
    """cells: those of the paths that hold something on the day; events: what set them, and the entries.

    doubt: the worst in which one of the events stands.
    """
    known = {path: answer for path in paths if (answer := case.answer(path)) is not None}
    indexes = sorted({answer.last.entry for answer in known.values()} | set(entries))
    return {
        "cells": sorted(known),
        "events": [case.event_id(index) for index in indexes],
        "doubt": worst_of(one["doubt"] for index in indexes for one in case.doubts.get(index, ())),
    }


def share(part: int | Decimal, whole: int | Decimal) -> str | None:
    """part / whole to four decimals; None of nothing, or of less."""
    if whole <= 0:
        return None
    return str((Decimal(part) / Decimal(whole)).quantize(_PLACES, ROUND_HALF_UP))


def verdicts(found: Iterable[Verdict]) -> Row:
    """How many of each; share: of those that are determined, so that what is unknown is neither."""
    said = list(found)
    yes, no = said.count("yes"), said.count("no")
    return {
        "yes": yes,
        "no": no,
        "undetermined": said.count("undetermined"),
        "share": share(yes, yes + no),
    }


def code_order(code: str) -> list[tuple[int, str]]:
    """Codes as people read them: 3.10 after 3.9."""
    return [(int(part), "") if part.isdecimal() else (1 << 40, part) for part in code.split(".")]
