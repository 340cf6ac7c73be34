"""Which state to show: presets, steps from entry to entry, and two lanes of time drawn as SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from api.pages.frame import Frame
from api.pages.wording import local_day, short_day

SHOWN: Final = 100  # entries on the lanes: the newest ones
TICKS_MAX: Final = 11
STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)  # months from tick to tick
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Preset:
    words: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Tie:
    """One or more entries of one effective and one recorded day; x: percent of the lanes' width.

    above: None where the entries have no day from which they count. invented: all of them are.
    """

    above: float | None
    below: float
    count: int
    invented: bool


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    words: str
    anchor: str = "middle"
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Lanes:
    ties: list[Tie]
    ticks: list[Mark]
    as_of: Mark
    known: Mark
    first: str
    last: str
    count: int


def presets(frame: Frame, timeline: Row, today: str) -> list[Preset]:
    """Today, the last session, the ends of the years, as adopted."""
    words, asked = frame.page.words, frame.asked

    def preset(name: str, as_of: str | None, known: int | None, **facts: object) -> Preset:
        number = str(known) if known is not None else None
        address = frame.page.href(f"/programmes/{frame.id}", as_of=as_of, known=number)
        return Preset(words(name, **facts), address, asked == {"as_of": as_of, "known": number})

    found = [preset("preset-today", None, None)]
    held = [one["date"] for one in timeline["sessions"] if one["date"] <= today]
    if held:
        found.append(preset("preset-session", held[0], None, day=short_day(held[0])))
    found += [preset("preset-year", day, None, year=day[:4]) for day in timeline["years"]]
    adopted = timeline["adopted"]
    if adopted["effective"]:
        day = adopted["effective"]
        # By all that is known: the act may have come into force by a later entry than the adoption's.
        found.append(preset("preset-adopted", day, None, day=short_day(day)))
    return found


def draw_lanes(frame: Frame, items: Sequence[Row]) -> Lanes | None:
    """items: entries, newest first; None where there are none."""
    if not items:
        return None
    zone = frame.page.context.identity.zone
    days = [(row["effective"], local_day(row["recorded_at"], zone), row["example"]) for row in items]
    known = local_day(frame.point.recorded_at, zone)
    every = [day for above, below, _ in days for day in (above, below) if day]
    scale = _Scale(min([*every, frame.point.as_of, known]), max([*every, frame.point.as_of, known]))
    return Lanes(
        ties=list(_ties(days, scale)),
        ticks=list(scale.ticks()),
        as_of=scale.mark(frame.point.as_of),
        known=scale.mark(known),
        first=min(every),
        last=max(every),
        count=len(items),
    )


def _ties(days: Sequence[tuple[str | None, str, str]], scale: _Scale) -> Iterator[Tie]:
    """Entries of the same two days are one tie."""
    found: dict[tuple[str | None, str], list[str]] = {}
    for above, below, example in days:
        found.setdefault((above, below), []).append(example)
    for (above, below), examples in found.items():
        x = scale.x(above) if above is not None else None
        yield Tie(x, scale.x(below), len(examples), all(examples))


class _Scale:
    """Days on a line from 2 to 98 percent."""

    def __init__(self, first: str, last: str) -> None:
        self.first, self.last = date.fromisoformat(first), date.fromisoformat(last)
        self.days = max(1, (self.last - self.first).days)

    def x(self, day: str) -> float:
        return 2 + 96 * (date.fromisoformat(day) - self.first).days / self.days

    def mark(self, day: str) -> Mark:
        x = self.x(day)
        return Mark(x, short_day(day), "start" if x < 10 else "end" if x > 90 else "middle")

    def ticks(self) -> Iterator[Mark]:
        """First days of months, evenly thinned out."""
        start = _month(self.first) + (self.first.day > 1)
        end = _month(self.last)  # counted in months: after December 9999 there is no day to count on
        count = end - start + 1
        step = next((n for n in STEPS if count <= n * TICKS_MAX), -(-count // (120 * TICKS_MAX)) * 120)
        kept = [date(month // 12, month % 12 + 1, 1) for month in range(start + -start % step, end + 1, step)]
        for place, day in enumerate(kept):
            x = self.x(day.isoformat())
            if x <= 94:  # its words start there
                yield Mark(x, f"{day:%m.%Y}", "start", minor=place % 3 > 0)


def _month(day: date) -> int:
    """Counted from the beginning of our era, so that January is divisible by 12."""
    return 12 * day.year + day.month - 1


def before(items: Sequence[Row], position: int) -> Row | None:
    """The newest entry before the one at which a state stands. items: newest first."""
    return next((row for row in items if row["index"] + 1 < position), None)


def typed_day(text: str) -> str:
    """`2025-12-31` as 31.12.2025, even where there is no such day: as a reader wrote it."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    return f"{found[3]}.{found[2]}.{found[1]}" if found else text


def fields(frame: Frame) -> dict[str, str]:
    """The two fields as a reader would write them: what was asked for, empty where nothing was."""
    return {name: typed_day(text or "") for name, text in frame.asked.items()}
