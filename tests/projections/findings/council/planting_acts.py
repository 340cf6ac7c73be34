"""Irregularities of acts, consent, keys and publication: one function a code.

Source: docs/findings-lifetime-a.md.
"""

from __future__ import annotations

from decimal import Decimal

from tests.projections.findings.council.deciding import agreed, suspend
from tests.projections.findings.council.deeds import Deed, Payload, Script, Told, later, weekday
from tests.projections.findings.council.hall import Stage, executor_of
from tests.projections.findings.council.moving import enrolment, succession
from tests.projections.findings.council.planted import (
    Mark,
    Planted,
    Planting,
    acknowledged,
    marked,
    novembers,
    without_slip,
)
from tests.support.council import revocation
from tests.support.people import Official, key_of
from tests.support.town import COUNCIL_STREAM

TRIO = ("appropriation", "schedule", "enacted")


def retroactive(script: Script, year: int) -> Planted:
    """Each of the act's three decisions holds from a week before its date."""
    name = novembers(script, year, "retro", since=f"{year}-11-03")
    return Planted("ACT-RETRO", lambda _: [Mark("ACT-RETRO", (f"@{one}/{name}",)) for one in TRIO])


def after_year(script: Script, year: int) -> Planted:
    """An act of the next January changes the money of the year that is over."""
    name = novembers(script, year, "after", dated=f"{year + 1}-01-26")
    return Planted("ACT-AFTERYEAR", lambda _: [Mark("ACT-AFTERYEAR", (f"@{one}/{name}",)) for one in TRIO])


def back_dated(script: Script, year: int) -> Planted:
    """A report that claims to have been signed before what its signer had seen was recorded."""
    name = f"actual/1.2/{year}-Q3"
    without_slip(script, name)
    deed = script.deeds[name]
    script.bend(name, claims=later(deed.day, -20))
    return marked("ACT-BACKDATED", f"@{name}")


def suspended_late(script: Script, year: int) -> Planted:
    """The mayor suspends on the eighth day, which the door asks about."""
    name = novembers(script, year, "halted")
    suspend(script, name, f"{year}-11-10", after=8, acknowledges=["suspended-late"])
    follows = (acknowledged(f"suspended/{name}"),)
    return marked("ACT-SUSPENDED", f"{script.programme}-{name}", follows=follows)


def unpublished(script: Script, year: int) -> Planted:
    name = novembers(script, year, "hidden")
    script.drop(f"published/{name}")
    return marked("ACT-UNPUBLISHED", f"{script.programme}-{name}")


def same_person(script: Script, year: int) -> Planted:
    """The secretary proposes an appropriation, of which no policy asks anything, and enters it, too."""
    name = novembers(script, year, "alone")
    day, decided = script.deeds[f"proposed/{name}"].day, f"appropriation/{name}"
    told = script.deeds[decided].data

    def data(stage: Stage) -> Payload:
        assert callable(told)
        stage.said[decided] = told(stage) or {}
        change = {"kind": "appropriation.set", "schema": 1, "effective": f"{year}-11-10"}
        return {"change": change | {"data": stage.said[decided]}, "note": ""}

    script.add(Deed(day, f"proposed/{decided}", "change.proposed", data))
    script.bend(decided, data=lambda stage: stage.said[decided], enacts=f"proposed/{decided}")
    return marked("GOV-SAMEPERSON", f"@{decided}")


def unendorsed(script: Script, year: int) -> Planted:
    """Nobody endorses; the door asks, and the secretary acknowledges it."""
    name = novembers(script, year, "lonely")
    script.drop(f"chair/{name}", f"mayor/{name}")
    acknowledge(script, f"enacted/{name}", "endorsements-missing")
    return marked("GOV-ENDORSE", f"@enacted/{name}", follows=(acknowledged(f"enacted/{name}"),))


def refused(script: Script, year: int) -> Planted:
    """The chair refuses; the mayor's endorsement is enough for the policy."""
    name = novembers(script, year, "refused")
    script.bend(f"chair/{name}", kind="change.refused", data=agreed(name, "Немає розрахунку"))
    return marked("GOV-REFUSED", f"@enacted/{name}")


def other_text(script: Script, year: int) -> Planted:
    """Endorsed was another sum. That endorsement is not one of this text: the policy's is missing, too."""
    name = novembers(script, year, "altered")
    script.bend(f"proposed/{name}", data=_other(script.deeds[f"proposed/{name}"].data))
    enacted = f"enacted/{name}"
    acknowledge(script, enacted, "endorsements-missing", "other-text")
    follows = (acknowledged(enacted), Mark("GOV-ENDORSE", (f"@{enacted}",)))
    return marked("GOV-OTHERTEXT", f"@{enacted}", follows=follows)


def _other(proposal: Told) -> Told:
    """The same proposal with another amount in its first line."""

    def data(stage: Stage) -> Payload:
        assert callable(proposal)
        said = proposal(stage) or {}
        lines = [dict(one) for one in said["change"]["data"]["lines"]]
        lines[0]["amount"] = f"{Decimal(lines[0]['amount']) + 1:.2f}"
        return said | {"change": said["change"] | {"data": {"lines": lines}}}

    return data


def stated_old(script: Script, year: int) -> Planted:
    """The paper states an old amount that was not in force, and the signer says so."""
    name = f"appropriation/{novembers(script, year, 'mistaken')}"
    told = script.deeds[name].data

    def data(stage: Stage) -> Payload:
        assert callable(told)
        said = told(stage) or {}
        first, *rest = said["lines"]
        return {"lines": [first | {"stated_old": "1.00"}, *rest]}

    script.bend(name, data=data)
    acknowledge(script, name, "old-mismatch")
    return marked("GOV-ACKNOWLEDGED", f"@{name}")


def acknowledge(script: Script, name: str, *codes: str) -> None:
    deed = script.deeds[name]
    script.bend(name, members={**deed.members, "acknowledges": sorted(codes)})


def mandate_over(script: Script, year: int) -> Planted:
    """A report signed on the mandate's last day, and submitted days after it; another executor follows."""
    end = f"{year}-10-07"
    while weekday(end) == end:  # the Saturday, on which nobody reports
        end = later(end, 1)
    name = f"actual/2.2/{year}-Q3"
    without_slip(script, name)
    succession(script, "executor", executor_of(script.number, year), end)
    script.bend(name, signed=later(end, -1), day=later(end, 3))
    return marked("KEY-MANDATE", f"@{name}")


def suspect(script: Script, year: int) -> Planted:
    """The executor's key is revoked: all that it signed since the first of October is doubted."""
    since, day = f"{year}-10-01", weekday(f"{year}-10-29")

    def renewed(stage: Stage) -> Official:
        who = stage.cast["executor"]
        return who.using(key_of(f"{who.person} {year}"))

    script.add(
        Deed(
            day,
            f"revoked/{year}",
            "key.revoked",
            lambda stage: revocation(stage.cast["executor"].key.public, since),
            "registrars",
            COUNCIL_STREAM,
        ),
        enrolment(day, f"key/{year}", "executor", renewed),
    )

    def marks(stage: Stage) -> list[Mark]:
        signed = [one for one in stage.recorded if one.by == "executor" and since <= one.day < day]
        assert len(signed) > 5
        return [Mark("KEY-SUSPECT", (f"@{one.name}",)) for one in signed]

    return Planted("KEY-SUSPECT", marks)


def stale(script: Script, year: int) -> Planted:
    """For three weeks of October nothing is published; it is to be seen until it is."""
    script.silent.append((f"{year}-10-05", f"{year}-10-25"))
    return marked("OPEN-STALE", "programs", look=f"{year}-10-22")


PLANTINGS: dict[str, Planting] = {
    "ACT-RETRO": retroactive,
    "ACT-AFTERYEAR": after_year,
    "ACT-BACKDATED": back_dated,
    "ACT-SUSPENDED": suspended_late,
    "ACT-UNPUBLISHED": unpublished,
    "GOV-SAMEPERSON": same_person,
    "GOV-ENDORSE": unendorsed,
    "GOV-REFUSED": refused,
    "GOV-OTHERTEXT": other_text,
    "GOV-ACKNOWLEDGED": stated_old,
    "KEY-MANDATE": mandate_over,
    "KEY-SUSPECT": suspect,
    "OPEN-STALE": stale,
}
