"""What was planted, what was found, and what was found besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.findings.engine import Memory
from projections.findings.findings import read_findings
from tests.projections.findings.council.hall import Hall, Stage
from tests.projections.findings.council.honest import programme
from tests.projections.findings.council.moving import publish
from tests.projections.findings.council.noise import disturb
from tests.projections.findings.council.planted import Mark, Planted
from tests.projections.findings.council.planting_acts import PLANTINGS as ACTS
from tests.projections.findings.council.planting_rest import PLANTINGS as REST
from tests.projections.tables import Tables

PLANTINGS = {**ACTS, **REST}
DAYS = ("02-28", "05-20", "08-20", "11-28")  # of each year, on which the auditor looks
Sown = Mapping[int, Sequence[tuple[int, str]]]  # a programme's number → (year, code)


@dataclass
class Count:
    """events: of the whole council. true: what follows of what was planted; noted: true notes of lawful work.

    extra: finding and sentence, by programme, of what nobody planted.
    """

    events: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    def table(self) -> str:
        """By code: planted, found, what truly follows of others, true notes, found besides."""
        extra = Counter(name.split(" ")[1].split(":")[0] for name in self.extra)
        codes = sorted({*self.planted, *self.true, *self.noted, *extra})
        rows = [
            f"{code:16}{self.planted[code]:8}{self.found[code]:8}{self.true[code]:8}{self.noted[code]:8}{extra[code]:8}"
            for code in codes
        ]
        head = f"{'code':16}{'planted':>8}{'found':>8}{'follows':>8}{'notes':>8}{'extra':>8}"
        return "\n".join([f"{self.events} events", head, *rows])


def sown(programmes: int, years: Sequence[int], *, honest: int = 5) -> Sown:
    """Each code in its turn, one a programme-year; each `honest`th programme has none."""
    codes, turn, found = list(PLANTINGS), 0, dict[int, list[tuple[int, str]]]()
    for number in range(programmes):
        if number % honest == honest - 1:
            continue
        for year in years:
            found.setdefault(number, []).append((year, codes[turn % len(codes)]))
            turn += 1
    return found


def sown_densely(programmes: Sequence[int], years: Sequence[int]) -> Sown:
    """Every code at least once in as few programme-years as can be: two in each, of different tables."""
    found: dict[int, list[tuple[int, str]]] = {}
    for turn, code in enumerate(REST):
        number, year = programmes[turn // len(years)], years[turn % len(years)]
        found.setdefault(number, []).extend([(year, list(ACTS)[turn % len(ACTS)]), (year, code)])
    return found


def hold(path: Path, programmes: int, years: tuple[int, ...], seed: int, sown: Sown) -> Count:
    """The council's years, told and judged."""
    scripts, planted, noted = [], dict[str, list[Planted]](), dict[str, list[Mark]]()
    for number in range(programmes):
        script = programme(number, years, seed)
        noted[script.programme] = disturb(script)
        planted[script.programme] = [PLANTINGS[code](script, year) for year, code in sown.get(number, ())]
        publish(script)
        scripts.append(script)
    with Hall(path / "ledger", scripts) as hall:
        hall.play()
        count = Count(hall.town.position)
        with Tables(path / "tables.db", hall.town.ledger.reader) as tables:
            for stage in hall.stages.values():
                name = stage.script.programme
                _judge(count, stage, planted[name], noted[name], tables)
        return count


def _judge(
    count: Count, stage: Stage, planted: Sequence[Planted], noted: Sequence[Mark], tables: Tables
) -> None:
    found = _found(stage, [one.look for one in planted if one.look], tables)
    meant: set[str] = set()
    for one in planted:
        for mark in one.marks(stage):
            hits = {name for name in found if mark.meant(stage, *name.split(":", 1))}
            count.planted[one.code] += 1
            count.found[one.code] += bool(hits)
            meant |= hits
            if not hits:
                count.missed.append(f"{stage.script.programme} {mark.code} {mark.resolved(stage)}")
    follows = {name for name in found if any(_follows(one.follows, stage, name) for one in planted)} - meant
    count.true.update(name.split(":", 1)[0] for name in follows)
    notes = {name for name in found if _follows(noted, stage, name)} - meant - follows
    count.noted.update(name.split(":", 1)[0] for name in notes)
    for name in sorted(found.keys() - meant - follows - notes):
        count.extra[f"{stage.script.programme} {name}"] = found[name]


def _follows(marks: Sequence[Mark], stage: Stage, name: str) -> bool:
    return any(mark.meant(stage, *name.split(":", 1)) for mark in marks)


def _found(stage: Stage, looks: Sequence[str], tables: Tables) -> dict[str, str]:
    """All that is found on any of the days, as known at the end of each: its id and its sentence."""
    script, memory, found = stage.script, Memory(), dict[str, str]()
    years = (*script.years, script.years[-1] + 1)
    days = {f"{year}-{day}" for year in years for day in DAYS} | {*looks}
    for day in sorted(days):
        reading = tables.reading(stage.hall.known(day))
        for row in read_findings(memory, reading, script.programme, day):
            found.setdefault(row["id"], row["sentence"]["en"])
    return found
