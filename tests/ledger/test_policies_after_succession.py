"""A predecessor's policies go on judging what it had owned, until the successor's registrars end them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.ids import body_stream
from projections.duties.desk import Desk
from projections.policies import read_policies
from projections.records import read_record
from tests.projections.tables import Tables
from tests.support.clock import utc
from tests.support.council import (
    MAYOR,
    MONEY,
    NEW_REGISTRARS,
    NEWCOMER,
    asks,
    council_town,
    enacts,
    endorse,
    named,
    policy,
    propose,
    set_policy,
)
from tests.support.people import COUNCIL, OFFICE_KINDS, REGISTRARS, Official
from tests.support.town import (
    ACT,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
    TestLedger,
    line,
    lines,
)

ROOT, OWN = REGISTRARS[:2], NEW_REGISTRARS[:2]
SAID = lines("170.00")
CITY, REGION, OBLAST = "city-council", "region", "oblast"
CITY_STREAM, REGION_STREAM = body_stream(CITY), body_stream(REGION)
HEAD = Official(NEWCOMER.person, "city-head", CITY, NEWCOMER.key, OFFICE_KINDS)
CHIEF = Official(NEW_REGISTRARS[2].person, "region-chief", REGION, NEW_REGISTRARS[2].key, OFFICE_KINDS)
START, BEFORE = "2025-09-10", "2025-09-09T20:59:59"
SINCE = "2025-09-10T09:00:00"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    """The council will be succeeded on START by a city, which has an office."""
    with council_town(tmp_path / "ledger") as town:
        town.submit("body.opened", "root", {"body": CITY, "name": "Рада громади"})
        for kind, subject, data in town.enrolment(HEAD):
            town.submit(kind, subject, data)
        yield town


def succeed(town: TestLedger, body: str = COUNCIL, successor: str = CITY, start: str = START) -> str:
    data = {"body": body, "successor": successor, "start": start}
    return town.submit("body.succeeded", "root", data).event


def place(town: TestLedger, body: str, parent: str) -> None:
    """A body is said to stand below another."""
    slot = town.ids[f"body.opened {body}"]
    town.submit("body.opened", "root", {"body": body, "name": "Рада", "parent": parent}, corrects=slot)


def open_body(town: TestLedger, body: str, **more: Any) -> None:
    data = {"body": body, "name": "Орган", **more}
    town.ids[f"body.opened {body}"] = town.submit("body.opened", "root", data).event


def change(town: TestLedger, by: Official = HEAD, **common: Any) -> str:
    """What comes of a change of the programme that the council adopted."""
    return outcome(town, MONEY, PROGRAMME, SAID, by=by, **common)


def outcome(town: TestLedger, kind: str, subject: str, data: Any, **common: Any) -> str:
    found = town.outcome([town.envelope(kind, subject, data, **common)])
    return "taken" if isinstance(found, list) else str(getattr(found, "code", found))


# -- what it had owned ----------------------------------------------------------------------------


def test_a_predecessors_policy_judges_what_it_had_adopted(town: TestLedger) -> None:
    said = set_policy(town, rules=[asks(MAYOR)])
    succeed(town)
    town.clock.set(utc(SINCE))
    refusal = town.refused(MONEY, PROGRAMME, SAID, by=HEAD)
    assert (refusal.code, refusal.details["policy"]) == ("endorsements-missing", said)
    town.reopen()
    assert change(town) == "endorsements-missing"


def test_the_successors_policies_judge_it_beside_them(town: TestLedger) -> None:
    """The council asks its mayor to endorse; the city lets only its head sign."""
    deputy = Official(CHIEF.person, "city-deputy", CITY, CHIEF.key, OFFICE_KINDS)
    for kind, subject, data in town.enrolment(deputy):
        town.submit(kind, subject, data)
    set_policy(town, rules=[asks(MAYOR)])
    set_policy(town, where=CITY_STREAM, rules=[{"kinds": [MONEY], "offices": [HEAD.office]}])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    succeed(town)
    town.clock.set(utc(SINCE))
    assert change(town) == "endorsements-missing"
    assert change(town, by=deputy, relations=enacts(proposal)) == "policy-office"
    assert change(town, relations=enacts(proposal)) == "taken"


def test_the_successors_do_not_judge_it_before_its_day(town: TestLedger) -> None:
    set_policy(town, where=CITY_STREAM, rules=[asks(HEAD)])
    succeed(town)
    town.clock.set(utc(BEFORE))
    assert change(town, by=MAYOR) == "taken"
    town.clock.set(utc(SINCE))
    assert change(town) == "endorsements-missing"


def test_all_that_stood_in_its_place_judge_it_and_those_above_the_last(town: TestLedger) -> None:
    """The council, the city that succeeded it, the region that succeeded the city, and the oblast above."""
    open_body(town, OBLAST)
    open_body(town, REGION, parent=OBLAST)
    for kind, subject, data in town.enrolment(CHIEF):
        town.submit(kind, subject, data)
    succeed(town)
    succeed(town, CITY, REGION)
    town.clock.set(utc(SINCE))
    wrong = {"lines": [line("170.00", stated_old="1.00")]}
    for body in (COUNCIL, CITY, REGION, OBLAST):
        strict = policy(start=START, rules=[{"kinds": [MONEY], "forbidden": ["old-mismatch"]}])
        said = town.submit("policy.set", body_stream(body), strict).event
        town.reopen()
        refusal = town.refused(MONEY, PROGRAMME, wrong, by=CHIEF)
        assert (refusal.code, refusal.details["policy"]) == ("policy-forbids", said)
        town.submit("policy.set", body_stream(body), policy(start=START))
    assert outcome(town, MONEY, PROGRAMME, wrong, by=CHIEF) == "old-mismatch"


def test_those_above_the_predecessor_judge_it_no_more(town: TestLedger) -> None:
    open_body(town, OBLAST)
    place(town, COUNCIL, OBLAST)
    set_policy(town, where=body_stream(OBLAST), rules=[asks(MAYOR)])
    succeed(town)
    assert change(town, by=MAYOR) == "endorsements-missing"
    town.clock.set(utc(SINCE))
    assert change(town) == "taken"


def test_a_body_above_that_was_succeeded_goes_on_judging_beside_its_successor(town: TestLedger) -> None:
    open_body(town, OBLAST)
    open_body(town, REGION)
    place(town, COUNCIL, OBLAST)
    strict = policy(rules=[asks(MAYOR)])
    town.submit("policy.set", body_stream(OBLAST), strict)
    succeed(town, OBLAST, REGION)
    town.clock.set(utc(SINCE))
    assert change(town, by=MAYOR) == "endorsements-missing"
    town.submit("policy.set", body_stream(OBLAST), policy(start=START))
    assert change(town, by=MAYOR) == "taken"
    town.submit("policy.set", REGION_STREAM, strict | {"start": START})
    assert change(town, by=MAYOR) == "endorsements-missing"


def test_what_the_successor_adopts_itself_the_predecessors_policies_do_not_judge(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    succeed(town)
    town.clock.set(utc(SINCE))
    adopted = PROGRAMME_DATA | {"programme": "city-1", "body": CITY}
    town.submit("programme.adopted", "programme:city-1", adopted, by=HEAD)
    town.submit(MONEY, "programme:city-1", SAID, by=HEAD)


def test_they_judge_its_acts_and_an_adoption_in_its_name(town: TestLedger) -> None:
    kinds = ["act.status_changed", "programme.adopted"]
    said = set_policy(town, rules=[{"kinds": kinds, "offices": [MAYOR.office]}])
    succeed(town)
    town.clock.set(utc(SINCE))
    status = {"act": ACT, "status": "published", "date": "2025-09-10"}
    adopted = PROGRAMME_DATA | {"programme": "late-1"}
    for refusal in (
        town.refused("act.status_changed", COUNCIL_STREAM, status, by=HEAD),
        town.refused("programme.adopted", "programme:late-1", adopted, by=HEAD),
    ):
        assert (refusal.code, refusal.details["policy"]) == ("policy-office", said)


# -- until they are ended -----------------------------------------------------------------------------


def test_the_successors_registrars_end_a_policy_of_the_predecessor(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    data = named(town, *NEW_REGISTRARS, k=2)
    town.submit("registrar.changed", CITY_STREAM, data, by=(*ROOT, *OWN))
    succeed(town)
    town.clock.set(utc(BEFORE))
    ended = policy(start="2025-09-09")
    assert outcome(town, "policy.set", COUNCIL_STREAM, ended, by=OWN) == "not-a-registrar"
    town.clock.set(utc(SINCE))
    ended = policy(start=START)
    assert outcome(town, "policy.set", COUNCIL_STREAM, ended, by=ROOT) == "not-a-registrar"
    assert change(town) == "endorsements-missing"
    assert outcome(town, "policy.set", COUNCIL_STREAM, ended, by=OWN) == "taken"
    assert change(town) == "taken"


def test_they_end_one_that_is_for_one_programme(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)], programme=PROGRAMME_ID)
    succeed(town)
    town.clock.set(utc(SINCE))
    assert change(town) == "endorsements-missing"
    town.submit("policy.set", COUNCIL_STREAM, policy(start=START, programme=PROGRAMME_ID))
    assert change(town) == "taken"


def test_a_policy_of_the_same_id_in_the_successors_stream_does_not_end_it(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    succeed(town)
    town.clock.set(utc(SINCE))
    town.submit("policy.set", CITY_STREAM, policy(start=START))
    assert change(town) == "endorsements-missing"


# -- before a succession whose day is to come ------------------------------------------------------------


def test_an_endorsement_that_the_body_above_the_predecessor_asks_counts_until_its_day(
    town: TestLedger,
) -> None:
    """It is judged with all that it needs, though the successor stands elsewhere."""
    open_body(town, REGION)
    for kind, subject, data in town.enrolment(CHIEF):
        town.submit(kind, subject, data)
    place(town, COUNCIL, REGION)
    succeed(town)
    town.submit("policy.set", REGION_STREAM, policy(rules=[asks(CHIEF)]))
    proposal = propose(town, SAID)
    town.reopen()
    refusal = town.refused(MONEY, PROGRAMME, SAID, by=MAYOR)
    assert refusal.details["instead"] == [{"office": CHIEF.office, "persons": [CHIEF.person]}]
    endorse(town, proposal, CHIEF)
    town.reopen()
    assert change(town, by=MAYOR, relations=enacts(proposal)) == "taken"


# -- what is shown ------------------------------------------------------------------------------------------


def test_what_is_shown_follows_the_door(town: TestLedger, tmp_path: Path) -> None:
    """The policies of a programme, how a change stood to them, and what the inbox goes by."""
    root = set_policy(town, where="root", rules=[asks(HEAD, shortfall="record")])
    theirs = set_policy(town, rules=[asks(MAYOR, shortfall="record")])
    succeed(town)
    town.clock.set(utc(SINCE))
    event = town.submit(MONEY, PROGRAMME, SAID, by=HEAD).event
    with Tables(tmp_path / "tables.db", town.ledger.reader) as tables:
        reading = tables.reading()
        shown = read_policies(reading, START, body=COUNCIL, programme=PROGRAMME_ID)
        assert [one["id"] for one in shown] == [root, theirs]
        consent = read_record(reading, "consent", event)
        assert consent is not None
        assert [one["policy"] for one in consent["tallies"]] == [root, theirs]
        desk = Desk(reading, START)
        owned = desk.owned[PROGRAMME]
        assert owned.owner == CITY
        assert [one.event for one in desk.policies(owned)] == [root, theirs]
        assert [one.event for one in desk.policies(desk.owned[COUNCIL_STREAM])] == [root, theirs]
        assert [one.event for one in desk.policies(desk.owned[CITY_STREAM])] == [root]
