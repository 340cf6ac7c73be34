"""An ordinary, lawful council: what happens to a programme from its adoption to its end.

Source: ../shared/domain.md, and the tables of docs/findings*.md, where they say what is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from random import Random

from tests.projections.findings.council.deciding import act, amendment, decision, enactment
from tests.projections.findings.council.deeds import Deed, Line, Payload, Script, Told, later, weekday
from tests.projections.findings.council.hall import Stage
from tests.projections.findings.council.moving import people
from tests.projections.findings.council.paper import AID, BUSES, LINES, QUARTERLY, ROADS, WATER
from tests.projections.findings.council.paper import adoption, line_script
from tests.support.town import COUNCIL_STREAM

ENDS = {"Q1": "03-31", "Q2": "06-30", "Q3": "09-30", "Q4": "12-31"}
MEASURES = ("1.1", "1.2", "2.1", "2.2")
EVIDENCE = {
    "name": "акт.pdf",
    "media_type": "application/pdf",
    "size": 9,
    "sha256": "5e" * 32,
    "access": "restricted",
}
INDICATOR = ("id", "measure", "name", "kind", "unit", "printed")
SMALL = Decimal("20000.00")  # an amendment: below what has to go to the session


def programme(number: int, years: tuple[int, ...], seed: int) -> Script:
    """A programme's whole life, some 80 to 110 events a year."""
    script = line_script(number, years, Random(f"{seed}/{number}"))
    _begin(script)
    for year in years:
        _budget(script, year)
        for quarter in ENDS:
            _quarter(script, year, quarter)
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


# -- reports ---------------------------------------------------------------------------------


def _quarter(script: Script, year: int, quarter: str) -> None:
    """Reports with evidence before the 20th; some are signed days before, some corrected in time."""
    period, end = f"{year}-{quarter}", f"{year}-{ENDS[quarter]}"
    for measure in MEASURES:
        day = weekday(later(end, script.rng.randrange(5, 12)))
        _actual(script, measure, period, day)
    day = weekday(later(end, script.rng.randrange(5, 12)))
    for line in LINES:
        share = _share(line, quarter)
        script.add(spending(f"paid/{line.key(year)}/{quarter}", day, period, "paid", [(line, year, share)]))
    used = [(line, year, _used(line, quarter)) for line in LINES]
    script.add(spending(f"incurred/{period}", weekday(later(day, 1)), period, "incurred", used))
    if quarter == "Q4":
        nothing = [(line, year, Decimal()) for line in LINES]
        script.add(spending(f"payable/{period}", weekday(later(day, 1)), period, "payable", nothing))
    _review(script, period, weekday(later(end, 15)))
    script.add(
        Deed(weekday(later(end, 17)), f"extract/{period}", "treasury.imported", extract(year, end))
    )


def _actual(script: Script, measure: str, period: str, day: str) -> None:
    data = {"indicator": measure, "period": period, "accumulation": "period", "value": str(QUARTERLY)}
    name, files = f"actual/{measure}/{period}", {"files": [EVIDENCE]}
    chance = script.rng.random()
    if chance < 0.1:
        script.add(Deed(day, name, "actual.reported", data | {"value": "33"}, "executor", members=files))
        slip = {**files, "reason": "Описка"}
        script.add(
            Deed(weekday(later(day, 2)), f"{name}/slip", "actual.reported", data, "executor", corrects=name)
        )
        script.bend(f"{name}/slip", members=slip)
    else:
        signed = later(day, -3) if chance < 0.2 else ""
        script.add(Deed(day, name, "actual.reported", data, "executor", signed=signed, members=files))


def spending(
    name: str, day: str, period: str, phase: str, rows: Iterable[tuple[Line, int, Decimal]]
) -> Deed:
    """A report of shares of what is planned for each line now; with an absolute amount above 1."""
    lines = list(rows)

    def data(stage: Stage) -> Payload:
        said = [line.axes(year) | {"amount": f"{_amount(stage, line, year, share):.2f}"} for line, year, share in lines]
        if phase == "paid":
            for line, year, share in lines:
                before = stage.paid.get((line, year), Decimal())
                stage.paid[line, year] = before + _amount(stage, line, year, share)
        return {"phase": phase, "period": period, "accumulation": "period", "lines": said}

    return Deed(day, name, "spending.reported", data, "executor", members={"files": [EVIDENCE]})


def _amount(stage: Stage, line: Line, year: int, share: Decimal) -> Decimal:
    if share > 1:
        return share
    return (stage.script.plan[line, year] * share).quantize(Decimal("0.01"))


def _share(line: Line, quarter: str) -> Decimal:
    """Of the first plan: a fifth in each quarter; the subvention is sent at once."""
    if line == BUSES:
        return Decimal("0.6" if quarter == "Q2" else "0")
    return Decimal("0.2")


def _used(line: Line, quarter: str) -> Decimal:
    """The subvention is used in autumn, but for what came back."""
    if line == BUSES:
        return Decimal("0.5" if quarter == "Q3" else "0")
    return Decimal("0.2")


def _review(script: Script, period: str, day: str) -> None:
    """The head accepts some of the reports."""
    for measure in MEASURES[:2]:
        name = f"actual/{measure}/{period}"
        script.add(
            Deed(day, f"accepted/{name}", "report.accepted", _report(name), "head")
        )


def _report(name: str) -> Told:
    return lambda stage: {"report": stage.slots[name], "note": "Прийнято"}


def extract(year: int, end: str) -> Told:
    """What the treasury says of a quarter's end: the same as the ledger."""

    def data(stage: Stage) -> Payload:
        lines = [
            line.treasury()
            | {
                "approved": f"{stage.script.plan[line, year]:.2f}",
                "amended": f"{stage.held['appropriation', line, year]:.2f}",
                "paid": f"{stage.paid[line, year]:.2f}",
            }
            for line in LINES
        ]
        return {"year": year, "day": end, "source": "Виписка казначейства", "lines": lines}

    return data


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
        suspend(script, f"spring-{year}", spring)
    if year < script.years[-1]:
        _raise_targets(script, year)
    autumn = weekday(f"{year}-09-{script.rng.randrange(7, 12):02}")
    amendment(script, f"autumn-{year}", autumn, {(AID, year): SMALL}, kind="order", op="add")


def suspend(script: Script, name: str, dated: str, *, after: int = 4, **members: object) -> None:
    """The mayor suspends an act, by default on the fourth day after it, and the council overrides it."""
    votes = {"for": 20, "against": 3, "abstained": 1, "of": 26}
    stopped, again = later(dated, after), later(dated, 14)
    said = {"act": f"{script.programme}-{name}"}
    suspended = said | {"status": "suspended", "date": stopped, "start": stopped, "by": "mayor"}
    resumed = said | {"status": "resumed", "date": again, "start": again, "by": "council", "votes": votes}
    script.add(
        Deed(
            later(dated, 9),
            f"suspended/{name}",
            "act.status_changed",
            suspended,
            subject=COUNCIL_STREAM,
            members=members,
        ),
        Deed(later(again, 1), f"resumed/{name}", "act.status_changed", resumed, subject=COUNCIL_STREAM),
    )


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
    return {
        str(one): str(4 * QUARTERLY + (one - first)) for one in script.years if first < one <= year
    }
