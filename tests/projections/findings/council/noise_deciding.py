"""What a lawful council also decides, and what nearly is a finding and is none.

Source: the near misses of docs/findings*.md, and ../shared/domain.md.
"""

from __future__ import annotations

from decimal import Decimal

from tests.projections.findings.council.deciding import agreed, amendment, enactment, propose
from tests.projections.findings.council.deeds import Deed, Payload, Script, later, monday, weekday
from tests.projections.findings.council.hall import Stage
from tests.projections.findings.council.honest import SMALL
from tests.projections.findings.council.paper import AID, ROADS, WATER, adoption
from tests.projections.findings.council.planted import Mark
from tests.projections.findings.council.reporting import extract

THOUSAND = Decimal("1000.00")


def _told(script: Script, name: str) -> Payload:
    told = script.deeds[name].data
    assert isinstance(told, dict)
    return told


def withdrawn(script: Script, year: int) -> tuple[Mark, ...]:
    """A proposal is refused by the chair, and given up."""
    name, dated = f"given-up-{year}", f"{year}-03-16"
    axes = ROADS.axes(year) | {"op": "set", "amount": "1.00"}
    propose(script, name, dated, "financing.changed", {"lines": [axes]}, dated)
    script.drop(f"mayor/{name}")
    script.bend(f"chair/{name}", kind="change.refused", data=agreed(name, "Немає розрахунку"))
    script.add(
        Deed(
            dated,
            f"withdrawn/{name}",
            "change.withdrawn",
            lambda stage: {"proposal": stage.slots[f"proposed/{name}"], "reason": ""},
            "head",
        )
    )
    return ()


def entered_by_proposer(script: Script, year: int) -> tuple[Mark, ...]:
    """The secretary proposes what two others endorse, and enters it."""
    script.bend(f"proposed/autumn-{year}", by="secretary")
    return ()


def published_last(script: Script, year: int) -> tuple[Mark, ...]:
    """Published on the fifth working day, a week after a Monday."""
    name, dated = f"slow-{year}", monday(f"{year}-02-15")
    amendment(script, name, dated, {(ROADS, year): -THOUSAND, (WATER, year): THOUSAND}, session="X сесія")
    deed = script.deeds[f"published/{name}"]
    told = _told(script, deed.name)
    script.bend(deed.name, day=later(dated, 8), data=told | {"date": later(dated, 7)})
    return ()


def entered_late(script: Script, year: int) -> tuple[Mark, ...]:
    """An act reaches the ledger four weeks after its date: registration lag, and nothing else."""
    name, dated = f"lagging-{year}", f"{year}-08-10"
    moved = {(ROADS, year): -THOUSAND, (WATER, year): THOUSAND}
    amendment(script, name, dated, moved, session="XV сесія", lag=28)
    return ()


def new_years_eve(script: Script, year: int) -> tuple[Mark, ...]:
    """The year's last day still belongs to it, and the act is entered in January."""
    name, dated = f"eve-{year}", f"{year}-12-31"
    moved = {(ROADS, year): -THOUSAND, (WATER, year): THOUSAND}
    amendment(script, name, dated, moved, session="XXIII сесія", lag=14)
    return ()


def at_the_threshold(script: Script, year: int) -> tuple[Mark, ...]:
    """Two orders within sixty days that make exactly what needs no session."""
    for place, dated in enumerate((f"{year}-06-01", f"{year}-07-22")):
        amendment(
            script, f"half-{place}-{year}", dated, {(WATER, year): Decimal(25000)}, kind="order", op="add"
        )
    return ()


def slip_in_schedule(script: Script, year: int) -> tuple[Mark, ...]:
    """A schedule is entered wrongly, and corrected on the next day."""
    name = f"schedule-{year}"
    deed, told = script.deeds[name], _told(script, name)
    first, *rest = told["lines"]
    script.bend(name, data={"lines": [first | {"amount": "7.00"}, *rest]})
    members = {**deed.members, "reason": "Описка"}
    script.add(Deed(later(deed.day, 1), f"{name}/again", deed.kind, told, corrects=name, members=members))
    return ()


def treasury_behind(script: Script, year: int) -> tuple[Mark, ...]:
    """September's extract does not have September's order yet: that act explains the difference."""
    name = f"extract/{year}-Q3"
    told = script.deeds[name].data

    def data(stage: Stage) -> Payload:
        assert callable(told)
        said = told(stage) or {}
        *rest, last = said["lines"]
        assert last["fund"] == AID.fund
        return said | {"lines": [*rest, last | {"amended": f"{Decimal(last['amended']) - SMALL:.2f}"}]}

    script.bend(name, data=data)
    return ()


def extract_between(script: Script, year: int) -> tuple[Mark, ...]:
    """An extract of October has payments that are to be reported in January."""
    told = extract(year, f"{year}-10-31")

    def data(stage: Stage) -> Payload:
        assert callable(told)
        said = told(stage) or {}
        first, *rest = said["lines"]
        return said | {"lines": [first | {"paid": f"{Decimal(first['paid']) + THOUSAND:.2f}"}, *rest]}

    script.add(Deed(weekday(f"{year}-11-06"), f"extract/{year}-10", "treasury.imported", data))
    return ()


def less_to_come(script: Script, year: int) -> tuple[Mark, ...]:
    """The target of a year that has not begun falls."""
    if year < script.years[-1]:
        _retarget(script, f"less-{year}", f"{year}-08-18", year + 1, "10")
    return ()


def more_to_do(script: Script, year: int) -> tuple[Mark, ...]:
    """The year's own target rises after three reports."""
    _retarget(script, f"more-{year}", f"{year}-10-27", year, "13")
    return ()


def _retarget(script: Script, name: str, dated: str, year: int, target: str) -> None:
    """Another target of the second measure's indicator; what is printed of all its years agrees."""
    row = adoption(script)["indicators"][1]

    def data(stage: Stage) -> Payload:
        script.retargeted[str(year)] = target
        targets = row["targets"] | script.retargeted
        said = {name: row[name] for name in ("id", "measure", "name", "kind", "unit")}
        said["targets"] = {str(year): target}
        said["printed"] = {"dynamics": f"+{sum(int(one) for one in targets.values())}"}
        return {"indicators": [said]}

    enactment(script, name, dated, "programme.amended", data)
