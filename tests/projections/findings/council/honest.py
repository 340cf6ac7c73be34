"""An ordinary, lawful council: what happens to a programme from its adoption to its end.

Source: ../shared/domain.md, and the tables of docs/findings*.md, where they say what is none.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.projections.findings.council.deciding import act, amendment, decision, enactment, suspend
from tests.projections.findings.council.deeds import Deed, Payload, Script, weekday
from tests.projections.findings.council.moving import people
from tests.projections.findings.council.paper import (
    AID,
    BUSES,
    LINES,
    MEASURES,
    QUARTERLY,
    ROADS,
    WATER,
    adoption,
    planned,
)
from tests.projections.findings.council.reporting import ENDS, quarterly

INDICATOR = ("id", "measure", "name", "kind", "unit", "printed")
SMALL = Decimal("20000.00")  # an amendment: below what has to go to the session


def programme(number: int, years: tuple[int, ...], seed: int) -> Script:
    """A programme's whole life, some 110 to 140 events a year."""
    script = planned(number, years, Random(f"{seed}/{number}"))
    _begin(script)
    for year in years:
        _budget(script, year)
        for quarter in ENDS:
            quarterly(script, year, quarter)
        _year(script, year)
        _amend(script, year)
    people(script)
    _end(script)
    return script


# -- adoption, budget and end ----------------------------------------------------------------


def _begin(script: Script) -> None:
    first = script.years[0]
    act(script, "adoption", f"{first - 1}-12-16", f"{first - 1}-12-19", number=script.number + 1)
    script.add(
        Deed(
            f"{first - 1}-12-19",
            "adopted",
            "programme.adopted",
            adoption(script),
            members={"act": f"{script.programme}-adoption", "effective": f"{first}-01-01"},
        )
    )


def _budget(script: Script, year: int) -> None:
    """The budget's decision of December: appropriations and schedule equal to the need."""
    dated, entered = f"{year - 1}-12-19", f"{year - 1}-12-24"
    act(script, f"budget-{year}", dated, entered, number=900 + script.number)
    lines = [(line, year, script.plan[line, year]) for line in LINES]
    cited = {"act": f"{script.programme}-budget-{year}", "effective": f"{year}-01-01"}
    script.add(
        decision(entered, f"appropriation-{year}", "appropriation.set", lines, cited),
        decision(entered, f"schedule-{year}", "schedule.changed", lines, {"effective": f"{year}-01-01"}),
        Deed(
            entered,
            f"allocation-{year}",
            "allocation.mapped",
            {
                "lines": [
                    {"op": "set", "year": year, "measure": line.measure, "source": line.source}
                    | line.treasury()
                    for line in LINES
                ]
            },
            members=cited,
        ),
    )


def _end(script: Script) -> None:
    year = script.years[-1] + 1
    act(script, "closing", f"{year}-02-19", f"{year}-02-22", number=700 + script.number)
    cited = {"act": f"{script.programme}-closing", "effective": f"{year}-02-19"}
    script.add(Deed(f"{year}-02-22", "closed", "programme.closed", {"outcome": "completed"}, members=cited))


# -- a year ----------------------------------------------------------------------------------


def _year(script: Script, year: int) -> None:
    """The subvention, the year's progress, and the conclusion."""
    _subvention(script, year)
    day = weekday(f"{year + 1}-01-22")
    for measure in MEASURES:
        data = {"measure": measure, "period": str(year), "status": "in-progress", "note": "Триває"}
        script.add(Deed(day, f"progress/{measure}/{year}", "progress.reported", data, "executor"))
    concluded = weekday(f"{year + 1}-02-10")
    script.add(
        Deed(
            concluded,
            f"conclusion/{year}",
            "evaluation.concluded",
            lambda stage: _conclusion(year, concluded, stage.position),
            "head",
            members={"effective": concluded},
        )
    )


def _conclusion(year: int, day: str, known: int) -> Payload:
    names = ("projects", "money", "results", "indicators")
    return {
        "year": year,
        "conclusion": "Заходи виконано",
        "rating": "effective",
        "sections": dict.fromkeys(names, "Як заплановано"),
        "figures": {"as_of": day, "known": known, "sha256": "ab" * 32},
    }


def _subvention(script: Script, year: int) -> None:
    """Sent in May, used in autumn but for a part, which comes back."""
    sent = (script.plan[BUSES, year] * Decimal("0.6")).quantize(Decimal("0.01"))
    back = (script.plan[BUSES, year] * Decimal("0.1")).quantize(Decimal("0.01"))
    day, returned = weekday(f"{year}-05-14"), weekday(f"{year}-12-03")
    axes = BUSES.axes(year)
    parties = {"payer": "місцевий бюджет", "recipient": "обласний бюджет"}
    script.add(
        Deed(
            day,
            f"sent/{year}",
            "transfer.made",
            axes | {"amount": f"{sent:.2f}"} | parties,
            members={"effective": day},
        ),
        Deed(
            returned,
            f"back/{year}",
            "transfer.returned",
            lambda stage: axes | {"amount": f"{back:.2f}", "transfer": stage.slots[f"sent/{year}"]},
            members={"effective": returned},
        ),
    )


def _amend(script: Script, year: int) -> None:
    """Money moves at a session in spring; targets rise in summer; a small order adds money in autumn."""
    moved = {(ROADS, year): -SMALL, (WATER, year): SMALL}
    spring = weekday(f"{year}-04-{script.rng.randrange(21, 27)}")
    amendment(script, f"spring-{year}", spring, moved, session="XII сесія")
    if script.rng.random() < 0.4:
        suspend(script, f"spring-{year}", spring, after=script.rng.choice((2, 5)))
    if year < script.years[-1]:
        _raise_targets(script, year)
    autumn = weekday(f"{year}-09-{script.rng.randrange(7, 12):02}")
    amendment(script, f"autumn-{year}", autumn, {(AID, year): SMALL}, kind="order", op="add")


def _raise_targets(script: Script, year: int) -> None:
    """Next year's target rises, and what is printed of the dynamics with it."""
    row = dict(adoption(script)["indicators"][0])
    raised = [one for one in script.years if one > year]
    targets = {str(one): str(4 * QUARTERLY + (year - script.years[0] + 1)) for one in raised}
    row["targets"] = row["targets"] | _kept_targets(script, year) | targets
    row["printed"] = {"dynamics": f"+{sum(int(one) for one in row['targets'].values())}"}
    data = {"indicators": [{name: row[name] for name in INDICATOR} | {"targets": targets}]}
    summer = weekday(f"{year}-06-{script.rng.randrange(5, 12):02}")
    enactment(script, f"summer-{year}", summer, "programme.amended", data, session="XIII сесія")


def _kept_targets(script: Script, year: int) -> Payload:
    """What earlier summers have made of the targets of years that have begun."""
    first = script.years[0]
    return {str(one): str(4 * QUARTERLY + (one - first)) for one in script.years if first < one <= year}
