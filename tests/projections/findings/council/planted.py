"""What is planted, and what an irregularity is expected to raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from tests.projections.findings.council.deciding import amendment
from tests.projections.findings.council.deeds import Line, Script
from tests.projections.findings.council.hall import Stage
from tests.projections.findings.council.paper import LIGHTS, ROADS, WATER

FIVE = Decimal("5000.00")


@dataclass(frozen=True)
class Mark:
    """A finding: its code, and what its key speaks of. A part that begins with @ is a deed's slot."""

    code: str
    parts: tuple[str, ...]

    def meant(self, stage: Stage, code: str, key: str) -> bool:
        return code == self.code and all(part in key for part in self.resolved(stage))

    def resolved(self, stage: Stage) -> list[str]:
        return [stage.slots[part[1:]] if part.startswith("@") else part for part in self.parts]


Marks = Callable[[Stage], Iterable[Mark]]


@dataclass(frozen=True)
class Planted:
    """marks: what must be found; follows: what the same irregularity truly raises besides.

    look: a day on whose end it is there to be seen, if not for ever.
    """

    code: str
    marks: Marks
    follows: tuple[Mark, ...] = ()
    look: str = ""


Planting = Callable[[Script, int], Planted]


def marked(code: str, *parts: str, follows: tuple[Mark, ...] = (), look: str = "") -> Planted:
    """One finding is expected."""
    return Planted(code, lambda _: [Mark(code, parts)], follows, look)


def acknowledged(deed: str) -> Mark:
    """What the door asked about is acknowledged, and that is itself a note (design.md, the door)."""
    return Mark("GOV-ACKNOWLEDGED", (f"@{deed}",))


def novembers(script: Script, year: int, name: str, *, dated: str = "", since: str = "") -> str:
    """A further amendment, lawful by itself, whose act is of November. Returns its name."""
    name = f"{name}-{year}"
    moved = {(ROADS, year): -FIVE, (WATER, year): FIVE}
    amendment(script, name, dated or f"{year}-11-10", moved, session="XX сесія", since=since)
    return name


def raised(script: Script, year: int, name: str, line: Line = LIGHTS, *, op: str = "set") -> str:
    """An amendment that adds money to one line. Returns its name."""
    name = f"{name}-{year}"
    amendment(script, name, f"{year}-11-10", {(line, year): FIVE}, session="XX сесія", op=op)
    return name


def without_slip(script: Script, name: str) -> None:
    """A report that is stated once, and on the day of its signing."""
    if f"{name}/slip" in script.deeds:
        slip = script.deeds[f"{name}/slip"]
        script.bend(name, data=slip.data)
        script.drop(f"{name}/slip")
    script.bend(name, signed="")
