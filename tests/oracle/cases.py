"""The cases of time.md's table as data, for the oracle and for every implementation.

K counts entries. A decision is two entries, its act's registration and its event; @n of the table (known
after n acts' events) is therefore 2n here. Case 20 is about batches and has no place in a list of entries.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tests.oracle.model import ActRegistered, Corrected, Entry, Event, StatusChanged, Write


class Nothing(Enum):
    """The two answers that are no value."""

    NONE = "none"
    REMOVED = "removed"


NONE: Final = Nothing.NONE
REMOVED: Final = Nothing.REMOVED

Expected = str | Nothing
Question = tuple[str, dt.date, int, Expected]


@dataclass(frozen=True)
class Case:
    """A log, and what it answers. questions: (cell, D, K, expected)."""

    name: str
    entries: tuple[Entry, ...]
    questions: tuple[Question, ...]


def day(number: int, month: int) -> dt.date:
    return dt.date(2025, month, number)


A, B, Q1, Q2 = "/a", "/b", "/q1", "/q2"
JAN, FEB, MAR, MAY, JUN, JUL, AUG = (day(1, month) for month in (1, 2, 3, 5, 6, 7, 8))


def decision(
    name: str, act_date: dt.date, *writes: Write, order: int | None = None, in_force: bool = True
) -> tuple[Entry, ...]:
    """An act of its own, in force from its date or not yet, and the event that cites it."""
    act = f"act-{name}"
    return (
        ActRegistered(act, act_date, order, act_date if in_force else None),
        Event(name, act, writes),
    )


def sets(value: str, since: dt.date, cell: str = A) -> Write:
    return Write(cell, since, "set", value)


def adds(value: str, since: dt.date) -> Write:
    return Write(A, since, "add", value)


def status(name: str, counts: bool, start: dt.date) -> tuple[Entry, ...]:
    return (StatusChanged(f"act-{name}", counts, start),)


D1 = decision("d1", dt.date(2024, 12, 20), sets("100.00", JAN))
D2 = decision("d2", day(10, 2), sets("150.00", JUL))
D3 = decision("d3", MAR, sets("120.00", MAR))
D3_AGAIN = decision("d3", MAR, sets("120.00", MAR), sets("120.00", JUL))

CASE_1 = D1 + D2 + D3
CASE_2 = D1 + D2 + D3_AGAIN
CASE_3 = CASE_2 + status("d3", False, MAR)
CASE_4 = CASE_2 + status("d3", False, day(15, 5))
CASE_5 = CASE_2 + status("d3", False, day(13, 3)) + status("d3", True, day(24, 3))
CASE_6 = CASE_5 + status("d3", False, MAR)
CASE_7 = (
    decision("d1", dt.date(2024, 12, 20), sets("100.00", JAN), sets("10.00", JAN, B))
    + decision("d2", day(10, 2), sets("150.00", JUL), sets("20.00", JUL, B))
    + D3_AGAIN
)
FIRST_OF_DAY = decision("first", MAR, sets("100.00", MAR), order=1)
SECOND_OF_DAY = decision("second", MAR, sets("120.00", MAR), order=2)
FIRST_CORRECTED: tuple[Entry, ...] = (Corrected("first", "first-corrected", (sets("105.00", MAR),)),)
CASE_8 = FIRST_OF_DAY + SECOND_OF_DAY + FIRST_CORRECTED
CASE_9 = SECOND_OF_DAY + FIRST_OF_DAY
CASE_10: tuple[Entry, ...] = (
    Event("q1", None, (sets("900.00", day(31, 3), Q1),)),
    Corrected("q1", "q1-again", (sets("90.00", day(31, 3), Q1),)),
    Corrected("q1", "q1-once-more", (sets("95.00", day(31, 3), Q1),)),
    Corrected("q1", "q1-void", None),
)
CASE_11: tuple[Entry, ...] = (
    Event("q1", None, (sets("900.00", day(31, 3), Q1),)),
    Event("q2", None, (sets("1200.00", day(30, 6), Q2),)),
)
CASE_12 = (
    decision("n1", dt.date(2024, 12, 20), sets("30000.00", JAN))
    + decision("n10", day(20, 6), adds("15000.00", day(20, 6)))
    + decision("n8", day(15, 6), adds("5000.00", day(15, 6)))
)
CASE_13 = CASE_12 + decision("n12", JUL, sets("40000.00", JUL)) + status("n10", False, day(20, 6))
CASE_14 = D1 + decision("d2", MAR, Write(A, MAR, "unset"))
CASE_15 = D1 + decision("d2", day(20, 5), sets("7.00", JUN), in_force=False)
CASE_16 = CASE_15 + status("d2", True, day(10, 6))
CASE_17 = CASE_3 + status("d3", True, MAR)
CASE_18 = (
    decision("d1", dt.date(2024, 12, 20), sets("1.00", JAN), sets("2.00", JAN, B))
    + decision("d2", MAR, sets("50.00", MAR))
    + (Corrected("d2", "d2-corrected", (sets("50.00", MAR, B),)),)
)
ADDS_10 = decision("early", day(1, 4), adds("10.00", MAY))
SETS_200 = decision("late", day(15, 4), sets("200.00", MAY))

CASES: tuple[Case, ...] = (
    Case(
        "1 a later decision takes over from its own date",
        CASE_1,
        ((A, day(15, 3), 4, "100.00"), (A, day(15, 3), 6, "120.00"), (A, AUG, 6, "150.00")),
    ),
    Case(
        "2 a decision that writes the cell again from the later date takes that over too",
        CASE_2,
        ((A, AUG, 4, "150.00"), (A, AUG, 6, "120.00")),
    ),
    Case(
        "3 a quashed act leaves the cell to the others, and what was known before stays known",
        CASE_3,
        (
            (A, day(15, 3), 7, "100.00"),
            (A, AUG, 7, "150.00"),
            (A, day(15, 3), 6, "120.00"),
            (A, AUG, 6, "120.00"),
        ),
    ),
    Case(
        "4 an act that ceases to count gives the cell back from that day",
        CASE_4,
        ((A, day(14, 5), 7, "120.00"), (A, day(15, 5), 7, "100.00"), (A, AUG, 7, "150.00")),
    ),
    Case(
        "5 a suspended and resumed act does not count in between",
        CASE_5,
        ((A, day(12, 3), 8, "120.00"), (A, day(14, 3), 8, "100.00"), (A, day(24, 3), 8, "120.00")),
    ),
    Case(
        "6 an act quashed after it was resumed never counts",
        CASE_6,
        ((A, day(12, 3), 9, "100.00"), (A, AUG, 9, "150.00")),
    ),
    Case(
        "7 a decision leaves the cells that it does not write alone",
        CASE_7,
        ((A, AUG, 6, "120.00"), (B, AUG, 6, "20.00")),
    ),
    Case(
        "8 a correction keeps the place of what it corrects",
        CASE_8,
        ((A, MAR, 5, "120.00"), (A, AUG, 5, "120.00")),
    ),
    Case(
        "9 acts of one day follow their order whichever was recorded first",
        CASE_9,
        ((A, MAR, 4, "120.00"), (A, AUG, 4, "120.00")),
    ),
    Case(
        "10 the newest correction is the statement until the slot is voided",
        CASE_10,
        (
            (Q1, day(31, 7), 1, "900.00"),
            (Q1, day(31, 7), 2, "90.00"),
            (Q1, day(31, 7), 3, "95.00"),
            (Q1, day(31, 7), 4, NONE),
        ),
    ),
    Case(
        "11 a report writes its period's cell from the period's last day",
        CASE_11,
        (
            (Q1, day(31, 7), 2, "900.00"),
            (Q2, day(31, 7), 2, "1200.00"),
            (Q1, day(30, 3), 2, NONE),
            (Q2, day(30, 3), 2, NONE),
        ),
    ),
    Case(
        "12 an addition recorded late takes its place by date",
        CASE_12,
        (
            (A, day(30, 6), 4, "45000.00"),
            (A, day(30, 6), 6, "50000.00"),
            (A, day(17, 6), 4, "30000.00"),
            (A, day(17, 6), 6, "35000.00"),
        ),
    ),
    Case(
        "13 a quashed addition leaves the sum, and a later set stands",
        CASE_13,
        ((A, day(30, 6), 9, "35000.00"), (A, day(2, 7), 9, "40000.00")),
    ),
    Case(
        "14 a removed cell is not a cell that was never set",
        CASE_14,
        (
            (A, FEB, 4, "100.00"),
            (A, MAR, 4, REMOVED),
            (A, dt.date(2024, 12, 31), 4, NONE),
            (B, MAR, 4, NONE),
        ),
    ),
    Case("15 an act that is not yet in force changes nothing", CASE_15, ((A, AUG, 4, "100.00"),)),
    Case(
        "16 an act counts from the day on which it came into force",
        CASE_16,
        ((A, day(9, 6), 5, "100.00"), (A, day(10, 6), 5, "7.00")),
    ),
    Case(
        "17 a restored act counts again from the date of its restoration",
        CASE_17,
        ((A, day(15, 3), 8, "120.00"), (A, AUG, 8, "120.00")),
    ),
    Case(
        "18 a correction to another cell frees the first",
        CASE_18,
        ((A, AUG, 5, "1.00"), (B, AUG, 5, "50.00"), (A, AUG, 4, "50.00"), (B, AUG, 4, "2.00")),
    ),
    Case("19 from one date the later act has the last word", ADDS_10 + SETS_200, ((A, MAY, 4, "200.00"),)),
    Case(
        "19 from one date the later act has the last word though it was recorded first",
        SETS_200 + ADDS_10,
        ((A, MAY, 4, "200.00"),),
    ),
)
