"""What somebody does on a day for one programme, said before it happens.

A script is the list of a programme's deeds. It can be bent in one place: a deed moved, dropped or changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.projections.findings.council.hall import Stage

Payload = dict[str, Any]
Told = Payload | None | Callable[["Stage"], Payload | None]  # None voids what is corrected


@dataclass(frozen=True)
class Line:
    """One line of a programme's money, in every year of the term."""

    measure: str
    source: str
    kekv: str
    fund: str | None = None
    kpkvk: str = "0117520"

    @property
    def segment(self) -> str:
        return f"{self.source}.{self.kpkvk}.{self.kekv}.{self.fund or '_'}._"

    def axes(self, year: int) -> Payload:
        """The members that name the line in an event."""
        found = {"measure": self.measure, "year": year, "source": self.source, **self.treasury()}
        return {name: value for name, value in found.items() if value is not None}

    def treasury(self) -> Payload:
        """The members that a treasury's extract has of it."""
        found = {"kpkvk": self.kpkvk, "kekv": self.kekv, "fund": self.fund}
        return {name: value for name, value in found.items() if value is not None}

    def about(self, year: int) -> str:
        """How a finding names it, whether by its source alone or by all of its axes."""
        return f"{self.measure}/{year}/{self.source}"

    def key(self, year: int) -> str:
        return f"{self.measure}/{year}/{self.segment}"


@dataclass(frozen=True)
class Deed:
    """One event, and who states it when.

    by: a role (hall.py), or "registrars". subject: a stream, the programme's where it is empty. signed: the
    day of signing, where it is earlier than `day`. claims: the day that the signature claims instead.
    corrects, enacts: the names of other deeds. then: what changes once it is recorded.
    """

    day: str
    name: str
    kind: str
    data: Told
    by: str = "secretary"
    subject: str = ""
    signed: str = ""
    claims: str = ""
    corrects: str = ""
    enacts: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[Stage], None] | None = None


@dataclass
class Script:
    """A programme's deeds by name. silent: stretches of days on which no data set is published.

    plan: the need of each line in each year, as the adoption states it.
    """

    programme: str
    number: int
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    rng: Random
    plan: dict[tuple[Line, int], Decimal] = field(default_factory=dict)
    deeds: dict[str, Deed] = field(default_factory=dict)
    silent: list[tuple[str, str]] = field(default_factory=list)
    retargeted: dict[str, str] = field(default_factory=dict)  # year → target, as noise has decided since

    def add(self, *deeds: Deed) -> None:
        for deed in deeds:
            assert deed.name not in self.deeds, deed.name
            self.deeds[deed.name] = deed

    def bend(self, name: str, **changed: Any) -> Deed:
        """Change a deed in its place."""
        self.deeds[name] = replace(self.deeds[name], **changed)
        return self.deeds[name]

    def drop(self, *names: str) -> None:
        for name in names:
            del self.deeds[name]

    def named(self, start: str) -> Iterator[Deed]:
        return (deed for name, deed in list(self.deeds.items()) if name.startswith(start))


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def weekday(day: str) -> str:
    """The day itself, or the Monday after it."""
    found = date.fromisoformat(day)
    return later(day, (7 - found.weekday()) % 7 if found.weekday() > 4 else 0)


def monday(day: str) -> str:
    """The Monday of the day's week."""
    return later(day, -date.fromisoformat(day).weekday())
