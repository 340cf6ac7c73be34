"""The oracle's abstract log: a list of entries whose index is their position in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Op = Literal["set", "add", "unset"]


@dataclass(frozen=True)
class Write:
    """One assertion of a cell from a date; its line is its index in the event's tuple.

    value: money with two decimals, for `set` also "-" or "" as printed; None only with `unset`.
    """

    cell: str
    since: dt.date
    op: Op
    value: str | None = None

    def __post_init__(self) -> None:
        if (self.op == "unset") != (self.value is None):
            raise ValueError(f"{self.op} with value {self.value!r}")
        if self.op == "add":
            Decimal(self.value or "")


@dataclass(frozen=True)
class ActRegistered:
    """An act of a date and an order within that day; in_force None means not yet."""

    act: str
    date: dt.date
    order: int | None
    in_force: dt.date | None


@dataclass(frozen=True)
class ActCorrected:
    """The whole statement of an act's registration, anew. of: index of the ActRegistered."""

    of: int
    date: dt.date
    order: int | None
    in_force: dt.date | None


@dataclass(frozen=True)
class StatusChanged:
    """From `start` to `to` (exclusive; None: without end) the act counts, or does not.

    counts None: a status that starts or stops nothing, such as published or repealed.
    """

    act: str
    counts: bool | None
    start: dt.date | None = None
    to: dt.date | None = None

    def __post_init__(self) -> None:
        _check_status(self.counts, self.start)


@dataclass(frozen=True)
class StatusCorrected:
    """The whole statement of a status, anew, or its voiding. of: index of the StatusChanged."""

    of: int
    counts: bool | None = None
    start: dt.date | None = None
    to: dt.date | None = None
    void: bool = False

    def __post_init__(self) -> None:
        _check_status(self.counts, self.start)


@dataclass(frozen=True)
class Event:
    """The first statement of a slot. act None: it cites no act."""

    event: str
    act: str | None
    writes: tuple[Write, ...]


@dataclass(frozen=True)
class Corrected:
    """A later statement of a slot. event: the slot's first event; writes None voids the slot."""

    event: str
    new_event: str
    writes: tuple[Write, ...] | None


Entry = ActRegistered | ActCorrected | StatusChanged | StatusCorrected | Event | Corrected


def _check_status(counts: bool | None, start: dt.date | None) -> None:
    if (counts is None) != (start is None):
        raise ValueError("a status that starts or stops the counting says from when, no other does")
