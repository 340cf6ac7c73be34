"""What is reported of each quarter, and what the treasury says of it: in time and in accord."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tests.projections.findings.council.deeds import Deed, Line, Payload, Script, Told, later, weekday
from tests.projections.findings.council.hall import Stage
from tests.projections.findings.council.paper import BUSES, LINES, MEASURES, QUARTERLY

ENDS = {"Q1": "03-31", "Q2": "06-30", "Q3": "09-30", "Q4": "12-31"}
EVIDENCE = {
    "name": "акт.pdf",
    "media_type": "application/pdf",
    "size": 9,
    "sha256": "5e" * 32,
    "access": "restricted",
}


def quarterly(script: Script, year: int, quarter: str) -> None:
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
    script.add(Deed(weekday(later(end, 17)), f"extract/{period}", "treasury.imported", extract(year, end)))


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


def spending(name: str, day: str, period: str, phase: str, rows: Iterable[tuple[Line, int, Decimal]]) -> Deed:
    """A report of shares of what is planned for each line now; with an absolute amount above 1."""
    lines = list(rows)

    def data(stage: Stage) -> Payload:
        said = [
            line.axes(year) | {"amount": f"{_amount(stage, line, year, share):.2f}"}
            for line, year, share in lines
        ]
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
        script.add(Deed(day, f"accepted/{name}", "report.accepted", _report(name), "head"))


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
