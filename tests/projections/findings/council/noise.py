"""What a lawful council also does, and what nearly is a finding and is none.

Source: the near misses of docs/findings*.md, and ../shared/domain.md. Each bends a script in its own place.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.projections.findings.council.deeds import Deed, Payload, Script, later, weekday
from tests.projections.findings.council.hall import Stage
from tests.projections.findings.council.moving import enrolment
from tests.projections.findings.council.noise_deciding import (
    THOUSAND,
    at_the_threshold,
    entered_by_proposer,
    entered_late,
    extract_between,
    less_to_come,
    more_to_do,
    new_years_eve,
    published_last,
    slip_in_schedule,
    treasury_behind,
    withdrawn,
)
from tests.projections.findings.council.paper import LIGHTS, ROADS, WATER
from tests.projections.findings.council.planted import Mark, acknowledged, without_slip
from tests.projections.findings.council.reporting import EVIDENCE, spending
from tests.support.council import revocation
from tests.support.people import Official, key_of
from tests.support.town import COUNCIL_STREAM

Noise = Callable[[Script, int], tuple[Mark, ...]]  # the true notes that it causes
FILES = {"files": [EVIDENCE]}


def _told(script: Script, name: str) -> Payload:
    told = script.deeds[name].data
    assert isinstance(told, dict)
    return told


def _again(script: Script, name: str, day: str, data: Payload | None, *, suffix: str = "again") -> None:
    """A correction of a report by who made it."""
    members = {"reason": "Уточнено"} | (FILES if data is not None else {})
    deed = Deed(day, f"{name}/{suffix}", "actual.reported", data, "executor", corrects=name, members=members)
    script.add(deed)


# -- reports ---------------------------------------------------------------------------------


def mended(script: Script, year: int) -> tuple[Mark, ...]:
    """A report is returned, and mended on its last day."""
    name = f"actual/1.1/{year}-Q2"
    without_slip(script, name)
    day = weekday(f"{year}-07-15")
    script.bend(name, day=weekday(f"{year}-07-08"))
    script.bend(
        f"accepted/{name}",
        day=day,
        kind="report.returned",
        data=lambda stage: {"report": stage.slots[name], "note": "Додайте розрахунок"},
    )
    _again(script, name, weekday(f"{year}-07-20"), _told(script, name))
    return ()


def proven_later(script: Script, year: int) -> tuple[Mark, ...]:
    """The evidence comes with a correction, in time."""
    name = f"actual/1.1/{year}-Q1"
    without_slip(script, name)
    script.bend(name, members={})
    _again(script, name, weekday(f"{year}-04-14"), _told(script, name))
    return ()


def last_day(script: Script, year: int) -> tuple[Mark, ...]:
    """Reported on the last day, which a weekend moves."""
    name = f"actual/1.1/{year}-Q3"
    without_slip(script, name)
    script.bend(name, day=weekday(f"{year}-10-20"))
    script.drop(f"accepted/{name}")
    return ()


def said_twice(script: Script, year: int) -> tuple[Mark, ...]:
    """Reported twice; the second is voided the next day."""
    day, name = weekday(f"{year}-04-15"), f"twice/{year}"
    data = {"indicator": "2.1", "period": f"{year}-Q1", "accumulation": "period", "value": "4"}
    script.add(Deed(day, name, "actual.reported", data, "executor", members=FILES))
    _again(script, name, weekday(later(day, 1)), None)
    return ()


def own_report(script: Script, year: int) -> tuple[Mark, ...]:
    """The executor accepts the own report and acknowledges it: a true note."""
    name = f"accepted/actual/1.2/{year}-Q2"
    script.bend(name, by="executor", members={"acknowledges": ["own-report"]})
    return (acknowledged(name),)


def year_to_date(script: Script, year: int) -> tuple[Mark, ...]:
    """One line's payments are reported as the sum since January."""
    for place, quarter in enumerate(("Q1", "Q2", "Q3", "Q4"), 1):
        name = f"paid/{LIGHTS.key(year)}/{quarter}"
        script.bend(name, data=_since_january(script, year, quarter, place))
    return ()


def _since_january(script: Script, year: int, quarter: str, place: int) -> Callable[[Stage], Payload]:
    amount = script.plan[LIGHTS, year] * place / 5

    def data(stage: Stage) -> Payload:
        stage.paid[LIGHTS, year] = amount
        line = LIGHTS.axes(year) | {"amount": f"{amount:.2f}"}
        return {"phase": "paid", "period": f"{year}-{quarter}", "accumulation": "ytd", "lines": [line]}

    return data


def owed_in_summer(script: Script, year: int) -> tuple[Mark, ...]:
    """Something is unpaid in June, and nothing at the year's end."""
    period, day = f"{year}-Q2", weekday(f"{year}-07-14")
    script.add(spending(f"payable/{period}", day, period, "payable", [(ROADS, year, THOUSAND)]))
    return ()


def asked(script: Script, year: int) -> tuple[Mark, ...]:
    """The commission asks about a report, and is answered."""
    name, about = f"asked/{year}", f"actual/1.2/{year}-Q1"
    office = f"head-{script.number}"

    def question(stage: Stage) -> Payload:
        return {"about": {"event": stage.slots[about]}, "text": "Як рахували?", "to": office}

    def answer(stage: Stage) -> Payload:
        return {"observation": stage.slots[name], "text": "За актами", "outcome": "explained"}

    script.add(
        Deed(weekday(f"{year}-05-05"), name, "observation.made", question, "chair"),
        Deed(weekday(f"{year}-05-12"), f"answered/{year}", "observation.answered", answer, "head"),
    )
    return ()


# -- money and keys -----------------------------------------------------------------------


def paid_in_full(script: Script, year: int) -> tuple[Mark, ...]:
    """The last payment takes a line exactly to its plan."""
    name = f"paid/{WATER.key(year)}/Q4"

    def data(stage: Stage) -> Payload:
        rest = stage.held["appropriation", WATER, year] - stage.paid[WATER, year]
        stage.paid[WATER, year] += rest
        line = WATER.axes(year) | {"amount": f"{rest:.2f}"}
        return {"phase": "paid", "period": f"{year}-Q4", "accumulation": "period", "lines": [line]}

    script.bend(name, data=data)
    return ()


def lost_key(script: Script, year: int) -> tuple[Mark, ...]:
    """A key is lost and revoked, and nobody doubts what it had signed."""
    day = weekday(f"{year}-11-20")

    def renewed(stage: Stage) -> Official:
        who = stage.cast["executor"]
        return who.using(key_of(f"{who.person} found {year}"))

    def lost(stage: Stage) -> Payload:
        return revocation(stage.cast["executor"].key.public, cause="lost")

    revoked = Deed(day, f"lost/{year}", "key.revoked", lost, "registrars", COUNCIL_STREAM)
    script.add(revoked, enrolment(day, f"key/found/{year}", "executor", renewed))
    return ()


NOISES: tuple[Noise, ...] = (
    mended,
    proven_later,
    last_day,
    said_twice,
    own_report,
    year_to_date,
    owed_in_summer,
    asked,
    withdrawn,
    entered_by_proposer,
    published_last,
    entered_late,
    new_years_eve,
    at_the_threshold,
    slip_in_schedule,
    treasury_behind,
    extract_between,
    less_to_come,
    more_to_do,
    lost_key,
    paid_in_full,
)
A_YEAR = 6  # of these in each year of a programme


def disturb(script: Script) -> list[Mark]:
    """Some of it in each year; what is truly noted of that."""
    return [
        mark
        for year in script.years
        for noise in script.rng.sample(NOISES, A_YEAR)
        for mark in noise(script, year)
    ]
