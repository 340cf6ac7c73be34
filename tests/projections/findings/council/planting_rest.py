"""Irregularities of money, indicators and reports: one function a code.

Source: ../shared/domain.md, findings over the life of the programme and the twenty questions.
"""

from __future__ import annotations

from decimal import Decimal

from tests.projections.findings.council.deciding import amendment, enactment
from tests.projections.findings.council.deeds import Deed, Line, Payload, Script, weekday
from tests.projections.findings.council.hall import Stage
from tests.projections.findings.council.honest import SMALL
from tests.projections.findings.council.paper import BUSES, LIGHTS, LINES, ROADS, WATER, adoption
from tests.projections.findings.council.planted import (
    FIVE,
    Mark,
    Planted,
    Planting,
    acknowledged,
    marked,
    raised,
    without_slip,
)
from tests.projections.findings.council.planting_acts import acknowledge
from tests.projections.findings.council.reporting import EVIDENCE, spending

GRANT = Line("1.1", "oblast", "2240", "special")  # of no plan until somebody decides one
LAMPS = Line("2.2", "oblast", "2210", "special")


# -- indicators and reports ------------------------------------------------------------------


def lowered(script: Script, year: int) -> Planted:
    """In November the year's target falls below what three quarters lead to; what is printed agrees."""
    row = adoption(script)["indicators"][3]
    targets = row["targets"] | {str(year): "9"}
    dynamics = {"dynamics": f"+{sum(int(one) for one in targets.values())}"}
    names = ("id", "measure", "name", "kind", "unit")
    data = {"indicators": [{name: row[name] for name in names} | {"targets": {str(year): "9"}}]}
    data["indicators"][0]["printed"] = dynamics
    enactment(script, f"lowered-{year}", f"{year}-11-10", "programme.amended", data)
    return marked("IND-LOWERED", "2.2", str(year))


def removed(script: Script, year: int) -> Planted:
    """An indicator far from its target goes; its measure is then one that no indicator means."""
    last = f"actual/2.2/{year}-Q3"
    without_slip(script, last)
    told = script.deeds[last].data
    assert isinstance(told, dict)
    script.bend(last, data=told | {"value": "0"})
    base = "/indicators/2.2"
    names = ("name", "measure", "kind", "unit", "base", "base_date", "printed/dynamics")
    paths = [f"{base}/{name}" for name in names] + [
        f"{base}/targets/{one}" for one in script.years if one >= year
    ]
    enactment(script, f"removed-{year}", f"{year}-11-10", "programme.amended", {"removed": paths})
    for deed in script.named("actual/2.2/"):
        if deed.name.split("/")[2] >= f"{year}-Q4":
            script.drop(deed.name)
    return marked("IND-REMOVED", "2.2", follows=(Mark("LINK-GAP", ("2.2",)),))


def unproven(script: Script, year: int) -> Planted:
    name = f"actual/2.1/{year}-Q3"
    without_slip(script, name)
    script.bend(name, members={})
    return marked("REP-EVIDENCE", "2.1", f"{year}-Q3")


def duplicate(script: Script, year: int) -> Planted:
    """What was reported is reported again, otherwise, and not as a correction."""
    data = {"indicator": "2.1", "period": f"{year}-Q2", "accumulation": "period", "value": "7"}
    day = weekday(f"{year}-07-14")
    script.add(Deed(day, f"again/{year}", "actual.reported", data, "executor", members={"files": [EVIDENCE]}))
    return marked("REP-DUPLICATE", "2.1", f"{year}-Q2")


def overlap(script: Script, year: int) -> Planted:
    """The half-year is reported beside its quarters."""
    data = {"indicator": "2.1", "period": f"{year}-H1", "accumulation": "period", "value": "6"}
    day = weekday(f"{year}-07-14")
    script.add(Deed(day, f"half/{year}", "actual.reported", data, "executor", members={"files": [EVIDENCE]}))
    return marked("REP-OVERLAP", "2.1", str(year))


def corrected(script: Script, year: int) -> Planted:
    """A report that was on time is corrected a week after the last day."""
    name = f"actual/2.1/{year}-Q3"
    without_slip(script, name)
    told = script.deeds[name].data
    assert isinstance(told, dict)
    members = {"files": [EVIDENCE], "reason": "Уточнено"}
    script.add(
        Deed(
            weekday(f"{year}-10-27"),
            f"corrected/{year}",
            "actual.reported",
            told | {"value": "2"},
            "executor",
            corrects=name,
            members=members,
        )
    )
    return marked("REP-CORRECTED", f"@{name}")


def late(script: Script, year: int) -> Planted:
    name = f"actual/2.1/{year}-Q3"
    without_slip(script, name)
    script.bend(name, day=weekday(f"{year}-10-27"))
    return marked("REP-LATE", "actual.reported", "2.1", f"{year}-Q3")


def missing(script: Script, year: int) -> Planted:
    name = f"actual/2.1/{year}-Q3"
    without_slip(script, name)
    script.drop(name)
    return marked("REP-MISSING", "actual.reported", "2.1", f"{year}-Q3")


def returned(script: Script, year: int) -> Planted:
    """The head sends a report back, and nobody mends it."""
    name = f"actual/2.1/{year}-Q3"

    def data(stage: Stage) -> Payload:
        return {"report": stage.slots[name], "note": "Додайте розрахунок"}

    script.add(Deed(weekday(f"{year}-10-16"), f"sent-back/{year}", "report.returned", data, "head"))
    return marked("REP-RETURNED", "actual.reported", "2.1", f"{year}-Q3")


# -- money -----------------------------------------------------------------------------------


def early(script: Script, year: int) -> Planted:
    """Paid by September on a line that is decided in November: above the plan of that day, too."""
    raised(script, year, "grant", GRANT)
    amount = [(GRANT, year, Decimal("2000.00"))]
    day = weekday(f"{year}-10-13")
    script.add(spending(f"paid/{GRANT.key(year)}/Q3", day, f"{year}-Q3", "paid", amount))
    return marked("FIN-EARLY", GRANT.about(year), follows=(Mark("FIN-OVER", (GRANT.about(year),)),))


def over(script: Script, year: int) -> Planted:
    """The last payment takes the line above its plan, about which the door asks; others have room."""
    name = f"paid/{ROADS.key(year)}/Q4"
    deed, amount = script.deeds[name], [(ROADS, year, Decimal("0.6"))]
    script.bend(name, data=spending(name, deed.day, f"{year}-Q4", "paid", amount).data)
    acknowledge(script, name, "over-appropriation")
    return marked("FIN-OVER", ROADS.about(year), follows=(acknowledged(name),))


def unbalanced(script: Script, year: int) -> Planted:
    """Five thousand are taken, and three are given."""
    name = f"lost-{year}"
    moved = {(ROADS, year): -FIVE, (WATER, year): Decimal("3000.00")}
    amendment(script, name, f"{year}-12-01", moved, session="XXI сесія")
    return marked("FIN-UNBALANCED", f"{script.programme}-{name}")


def above(script: Script, year: int) -> Planted:
    """The need rises alone, which the door asks about."""
    name = raised(script, year, "wish")
    script.drop(f"appropriation/{name}", f"schedule/{name}")
    acknowledge(script, f"enacted/{name}", "over-appropriation")
    in_all = Mark("FIN-ABOVE", (f"all/{year}",))
    return marked("FIN-ABOVE", "2.2", str(year), follows=(acknowledged(f"enacted/{name}"), in_all))


def apart(script: Script, year: int) -> Planted:
    """The appropriation rises alone; the treasury plans by it, and the schedule is apart from both."""
    name = raised(script, year, "gift")
    script.drop(*(f"{one}/{name}" for one in ("schedule", "enacted", "proposed", "chair", "mayor")))
    follows = (Mark("FIN-TREASURY", (f"{year}/0117520.2210", "scheduled")),)
    return marked("FIN-APART", "2.2", str(year), follows=follows)


def split(script: Script, year: int) -> Planted:
    """Three orders within sixty days, none of which would have to go to the session."""
    for place, day in enumerate(("09-28", "10-16", "11-04")):
        amendment(
            script, f"slice-{place}-{year}", f"{year}-{day}", {(LIGHTS, year): SMALL}, kind="order", op="add"
        )
    return marked("FIN-SPLIT", LIGHTS.about(year))


def unused(script: Script, year: int) -> Planted:
    """Nobody says what became of the subvention."""
    period = f"{year}-Q3"
    used = [(line, year, Decimal("0" if line == BUSES else "0.2")) for line in LINES]
    deed = script.deeds[f"incurred/{period}"]
    script.bend(deed.name, data=spending(deed.name, deed.day, period, "incurred", used).data)
    script.drop(f"back/{year}")
    return marked("FIN-SUBVENTION", BUSES.about(year))


def disagreeing(script: Script, year: int) -> Planted:
    """The treasury has paid five thousand more than was reported."""
    name = f"extract/{year}-Q4"
    told = script.deeds[name].data

    def data(stage: Stage) -> Payload:
        assert callable(told)
        said = told(stage) or {}
        first, *rest = said["lines"]
        return said | {"lines": [first | {"paid": f"{Decimal(first['paid']) + FIVE:.2f}"}, *rest]}

    script.bend(name, data=data)
    return marked("FIN-TREASURY", f"{year}/0117520.2240")


def unpaid(script: Script, year: int) -> Planted:
    name, period = f"payable/{year}-Q4", f"{year}-Q4"
    owed = [(line, year, FIVE if line == ROADS else Decimal()) for line in LINES]
    script.bend(name, data=spending(name, "", period, "payable", owed).data)
    return marked("FIN-PAYABLE", ROADS.about(year))


def added_to_none(script: Script, year: int) -> Planted:
    """«Збільшити на» where there was nothing."""
    raised(script, year, "lamps", LAMPS, op="add")
    return marked("FIN-ADDNONE", LAMPS.about(year))


PLANTINGS: dict[str, Planting] = {
    "IND-LOWERED": lowered,
    "IND-REMOVED": removed,
    "REP-EVIDENCE": unproven,
    "REP-DUPLICATE": duplicate,
    "REP-OVERLAP": overlap,
    "REP-CORRECTED": corrected,
    "REP-LATE": late,
    "REP-MISSING": missing,
    "REP-RETURNED": returned,
    "FIN-EARLY": early,
    "FIN-OVER": over,
    "FIN-UNBALANCED": unbalanced,
    "FIN-ABOVE": above,
    "FIN-SPLIT": split,
    "FIN-SUBVENTION": unused,
    "FIN-TREASURY": disagreeing,
    "FIN-APART": apart,
    "FIN-PAYABLE": unpaid,
    "FIN-ADDNONE": added_to_none,
}
