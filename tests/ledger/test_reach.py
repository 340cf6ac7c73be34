"""How far an office reaches: to bodies above it under the same registrars, and further where it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.ids import body_stream
from projections.doubtful import read_doubt
from projections.inbox import read_office_inbox
from tests.projections.tables import Tables
from tests.support.clock import utc
from tests.support.council import (
    CHAIR,
    DISTRICT,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    MONEY,
    NEW_REGISTRARS,
    REEVE,
    agreed,
    asks,
    council_town,
    doubt,
    enacts,
    endorse,
    named,
    policy,
    propose,
    reaffirm,
    revoke,
    set_policy,
    statement,
)
from tests.support.people import (
    COMMISSION,
    COUNCIL,
    FINANCE,
    FINANCIER,
    FOREIGN,
    OFFICE_KINDS,
    REGISTRARS,
    SECRETARY,
    STRANGER,
    Official,
    key_of,
)
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    TestLedger,
    lines,
    remember,
)

ROOT, OWN, THEIRS = REGISTRARS[:2], NEW_REGISTRARS[:2], DISTRICT_REGISTRARS[:2]
FINANCE_STREAM, COMMISSION_STREAM = body_stream(FINANCE), body_stream(COMMISSION)
SAID = lines("170.00")
QUASHED = {"act": ACT, "status": "quashed", "date": "2025-08-01", "start": "2025-08-01"}
REGION = "region"  # above the council, with registrars of its own
GOVERNOR = Official("p-new-3", "governor", REGION, key_of("governor"), OFFICE_KINDS)
CLERK = Official("p-newcomer", "clerk", "", key_of("clerk"), OFFICE_KINDS)  # of whatever body


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def appoint(town: TestLedger, official: Official, by: Any) -> Official:
    """A new office of a body, held by the official."""
    for kind, subject, data in town.enrolment(official):
        town.submit(kind, subject, data, by=by)
    return official


def clerk_of(town: TestLedger, body: str, by: Any) -> Official:
    return appoint(town, Official(CLERK.person, f"{body}-clerk", body, CLERK.key, CLERK.kinds), by)


def office(town: TestLedger, stream: str, by: Any) -> str:
    """What comes of an event of a body's registry: a refusal's code, or "taken"."""
    town.ids["count"] = str(int(town.ids.get("count", "0")) + 1)
    data = {"office": f"o-{town.ids['count']}", "name": "Посада", "kinds": [MONEY]}
    return outcome(town, "office.created", stream, data, by=by)


def change(town: TestLedger, by: Official) -> str:
    """What comes of a change of the council's programme."""
    return outcome(town, MONEY, PROGRAMME, SAID, by=by)


def endorsed(town: TestLedger, proposal: str, by: Official) -> str:
    return outcome(town, "change.endorsed", PROGRAMME, agreed(town, proposal), by=by)


def outcome(town: TestLedger, kind: str, subject: str, data: Any, **common: Any) -> str:
    found = town.outcome([town.envelope(kind, subject, data, **common)])
    return "taken" if isinstance(found, list) else str(getattr(found, "code", found))


def own_registrars(town: TestLedger, body: str) -> None:
    data = named(town, *NEW_REGISTRARS, k=2)
    town.submit("registrar.changed", body_stream(body), data, by=(*ROOT, *OWN))


def succeed(town: TestLedger, body: str, successor: str, start: str = "2025-09-01") -> str:
    data = {"body": body, "successor": successor, "start": start}
    return town.submit("body.succeeded", "root", data).event


def open_body(town: TestLedger, body: str, parent: str | None = None, **more: Any) -> None:
    placed = {} if parent is None else {"parent": parent}
    town.submit("body.opened", "root", {"body": body, "name": "Орган", **placed, **more})


def place(town: TestLedger, body: str, parent: str | None) -> None:
    """A body is said to stand below another, or below none."""
    data = {"body": body, "name": "Орган", **({} if parent is None else {"parent": parent})}
    town.submit("body.opened", "root", data, corrects=town.ids[f"body.opened {body}"])


def under_a_region(town: TestLedger) -> None:
    """The council belongs to a region, which has registrars of its own and an office."""
    open_body(town, REGION, **named(town, *NEW_REGISTRARS, k=2))
    appoint(town, GOVERNOR, OWN)
    place(town, COUNCIL, REGION)


# -- who manages a body without registrars ----------------------------------------------------


def test_a_body_without_registrars_is_managed_by_those_of_the_body_above(town: TestLedger) -> None:
    own_registrars(town, COUNCIL)
    for stream in (COUNCIL_STREAM, FINANCE_STREAM):
        assert office(town, stream, ROOT) == "not-a-registrar"
        assert office(town, stream, OWN) == "taken"


def test_their_signatures_are_checked(town: TestLedger) -> None:
    """Under the lock as before it, when nothing is loaded yet."""
    own_registrars(town, COUNCIL)
    data = {"office": "o-forged", "name": "Посада", "kinds": [MONEY]}
    envelope = town.envelope("office.created", FINANCE_STREAM, data, by=OWN)
    broken = [replace(one, signature=bytes(len(one.signature))) for one in envelope.signatures]
    for _ in range(2):
        assert town.refused_all([replace(envelope, signatures=tuple(broken))]).code == "bad-signature"
        town.reopen()


def test_also_after_a_restart_and_by_the_nearest_that_has_some(town: TestLedger) -> None:
    open_body(town, "block", DISTRICT)
    open_body(town, "street", "block")
    own_registrars(town, COUNCIL)
    town.reopen()
    assert office(town, "body:street", THEIRS) == "taken"
    assert office(town, "body:street", OWN) == "not-a-registrar"
    assert office(town, "body:street", ROOT) == "not-a-registrar"


def test_where_no_body_above_has_registrars_the_root_manages(town: TestLedger) -> None:
    own_registrars(town, FOREIGN)
    assert office(town, FINANCE_STREAM, ROOT) == "taken"
    assert office(town, FINANCE_STREAM, OWN) == "not-a-registrar"


def test_a_body_below_gets_its_first_registrars_from_those_who_managed_it(town: TestLedger) -> None:
    own_registrars(town, COUNCIL)
    data = named(town, *DISTRICT_REGISTRARS, k=2)
    refusal = town.refused("registrar.changed", FINANCE_STREAM, data, by=(*ROOT, *THEIRS))
    assert refusal.code == "not-a-registrar"
    town.submit("registrar.changed", FINANCE_STREAM, data, by=(*OWN, *THEIRS))
    assert office(town, FINANCE_STREAM, OWN) == "not-a-registrar"
    assert office(town, FINANCE_STREAM, THEIRS) == "taken"


def test_a_body_that_was_succeeded_is_managed_as_its_successor_is(town: TestLedger) -> None:
    """The successor has no registrars of its own: those of the body above it manage."""
    open_body(town, "quarter", DISTRICT)
    succeed(town, FOREIGN, "quarter", "2025-09-10")
    stream = body_stream(FOREIGN)
    assert office(town, stream, ROOT) == "taken"
    assert office(town, stream, THEIRS) == "not-a-registrar"
    town.clock.set(utc("2025-09-09T21:00:00"))  # midnight in Kyiv
    assert office(town, stream, ROOT) == "not-a-registrar"
    assert office(town, stream, THEIRS) == "taken"


def test_who_succeeds_the_body_above_manages_those_below_it(town: TestLedger) -> None:
    own_registrars(town, FOREIGN)
    succeed(town, COUNCIL, FOREIGN)
    assert office(town, FINANCE_STREAM, ROOT) == "not-a-registrar"
    assert office(town, FINANCE_STREAM, OWN) == "taken"


# -- for whom an office acts --------------------------------------------------------------------


def test_the_districts_registrars_give_no_power_over_the_council(town: TestLedger) -> None:
    """They make an office, and a mandate: it changes no programme of the council, and quashes no act."""
    clerk = clerk_of(town, DISTRICT, THEIRS)
    assert change(town, clerk) == "foreign-body"
    assert outcome(town, "act.status_changed", COUNCIL_STREAM, QUASHED, by=clerk) == "foreign-body"
    adoption = PROGRAMME_DATA | {"programme": "town-third-2025"}
    adopted = outcome(town, "programme.adopted", "programme:town-third-2025", adoption, by=clerk)
    assert adopted == "foreign-body"


def test_an_office_acts_for_its_own_body_whoever_manages_it(town: TestLedger) -> None:
    clerk = clerk_of(town, DISTRICT, THEIRS)
    town.submit("act.registered", DISTRICT_STREAM, ACT_DATA | {"act": "district-1"}, by=clerk)


def test_an_office_below_without_registrars_acts_for_the_council(town: TestLedger) -> None:
    clerk = clerk_of(town, FINANCE, ROOT)
    assert change(town, clerk) == "taken"
    town.submit("act.status_changed", COUNCIL_STREAM, QUASHED, by=clerk, acknowledges=["later-status"])


def test_it_does_so_also_once_the_council_has_registrars_of_its_own(town: TestLedger) -> None:
    """The council's registrars manage both, and the root's make no more offices there."""
    own_registrars(town, COUNCIL)
    town.reopen()
    clerk = clerk_of(town, FINANCE, OWN)
    assert change(town, clerk) == "taken"
    assert change(town, FINANCIER) == "taken"


def test_it_does_so_from_however_far_below(town: TestLedger) -> None:
    """Nothing of the body between the two is in the log but its opening."""
    open_body(town, "block", COUNCIL)
    open_body(town, "street", "block")
    clerk = clerk_of(town, "street", ROOT)
    town.reopen()
    assert change(town, clerk) == "taken"


def test_it_does_so_no_more_once_its_own_body_has_registrars(town: TestLedger) -> None:
    assert change(town, FINANCIER) == "taken"
    own_registrars(town, FINANCE)
    assert change(town, FINANCIER) == "foreign-body"
    town.reopen()
    assert change(town, FINANCIER) == "foreign-body"
    assert change(town, CHAIR) == "taken"


def test_an_office_never_acts_for_a_body_beside_or_below_its_own(town: TestLedger) -> None:
    stream, data = FINANCE_STREAM, ACT_DATA | {"act": "finance-1"}
    assert outcome(town, "act.registered", stream, data, by=CHAIR) == "foreign-body"
    assert outcome(town, "act.registered", stream, data, by=SECRETARY) == "foreign-body"


def test_a_refusal_names_only_offices_that_reach(town: TestLedger) -> None:
    """The district's reeve may sign it by the office's kinds, and is no help."""
    refusal = town.refused(MONEY, PROGRAMME, SAID, by=REEVE)
    assert refusal.code == "foreign-body"
    named_ = {one["office"] for one in refusal.details["instead"]}
    assert SECRETARY.office in named_
    assert REEVE.office not in named_


def test_a_refusal_is_given_though_a_body_is_known_for_an_act_alone(town: TestLedger) -> None:
    """The programme cites an act of a body far below, of which nobody asks who manages it."""
    open_body(town, "block", COUNCIL)
    open_body(town, "street", "block")
    clerk = clerk_of(town, "street", ROOT)
    town.submit("act.registered", "body:street", ACT_DATA | {"act": "street-1"}, by=clerk)
    town.submit(MONEY, PROGRAMME, SAID, act="street-1")
    town.reopen()
    assert change(town, REEVE) == "foreign-body"


def test_an_office_of_a_body_that_was_succeeded_acts_for_nothing(town: TestLedger) -> None:
    """Neither for its own body, nor for the one above, nor for the successor."""
    succeed(town, COMMISSION, FINANCE, "2025-09-10")
    assert change(town, CHAIR) == "taken"
    town.clock.set(utc("2025-09-10T09:00:00"))
    assert change(town, CHAIR) == "foreign-body"
    for body in (COMMISSION, FINANCE):
        data = ACT_DATA | {"act": "late-1"}
        assert outcome(town, "act.registered", body_stream(body), data, by=CHAIR) == "foreign-body"


def test_of_a_succeeded_body_nobody_is_named_as_who_could(town: TestLedger) -> None:
    set_policy(town, rules=[asks(CHAIR)])
    proposal = propose(town, SAID)
    succeed(town, COMMISSION, FINANCE)
    refusal = town.refused(MONEY, PROGRAMME, SAID, relations=enacts(proposal))
    assert refusal.code == "endorsements-missing"
    assert refusal.details["instead"] == [{"office": CHAIR.office, "persons": []}]


# -- consent reaches further --------------------------------------------------------------------


def test_an_office_below_with_registrars_of_its_own_endorses_where_a_policy_asks(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)])
    proposal = propose(town, SAID)
    assert outcome(town, MONEY, PROGRAMME, SAID, relations=enacts(proposal)) == "endorsements-missing"
    assert endorsed(town, proposal, REEVE) == "taken"
    assert outcome(town, MONEY, PROGRAMME, SAID, relations=enacts(proposal)) == "taken"


def test_and_refuses(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)])
    proposal = propose(town, SAID)
    endorse(town, proposal, REEVE)
    data = agreed(town, proposal) | {"reason": "Немає розрахунку"}
    town.submit("change.refused", PROGRAMME, data, by=REEVE)
    assert outcome(town, MONEY, PROGRAMME, SAID, relations=enacts(proposal)) == "endorsements-missing"


def test_an_office_above_endorses_where_a_policy_asks(town: TestLedger) -> None:
    under_a_region(town)
    town.submit("policy.set", COUNCIL_STREAM, policy(rules=[asks(GOVERNOR)]), by=OWN)
    proposal = propose(town, SAID)
    town.reopen()
    assert endorsed(town, proposal, GOVERNOR) == "taken"
    assert outcome(town, MONEY, PROGRAMME, SAID, relations=enacts(proposal)) == "taken"


def test_the_root_may_ask_an_office_of_an_unrelated_body(town: TestLedger) -> None:
    set_policy(town, where="root", rules=[asks(STRANGER)])
    proposal = propose(town, SAID)
    assert endorsed(town, proposal, STRANGER) == "taken"
    assert outcome(town, MONEY, PROGRAMME, SAID, relations=enacts(proposal)) == "taken"


def test_an_office_that_no_policy_asks_does_neither(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    proposal = propose(town, SAID)
    assert endorsed(town, proposal, REEVE) == "foreign-body"
    data = agreed(town, proposal) | {"reason": "Ні"}
    refusal = town.refused("change.refused", PROGRAMME, data, by=REEVE)
    assert refusal.code == "foreign-body"


def test_who_is_asked_about_another_kind_is_not_asked(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE, kinds=("appropriation.set",))])
    assert endorsed(town, propose(town, SAID), REEVE) == "foreign-body"
    proposal = propose(town, SAID, kind="appropriation.set")
    assert endorsed(town, proposal, REEVE) == "taken"


def test_who_is_asked_about_another_programme_is_not_asked(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)], programme="town-second-2025")
    assert endorsed(town, propose(town, SAID), REEVE) == "foreign-body"
    other = propose(town, SAID, subject="programme:town-second-2025")
    town.submit("change.endorsed", "programme:town-second-2025", agreed(town, other), by=REEVE)


def test_only_a_policy_in_force_asks(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)], start="2025-09-02")
    proposal = propose(town, SAID)
    assert endorsed(town, proposal, REEVE) == "foreign-body"
    town.clock.set(utc("2025-09-02T09:00:00"))
    assert endorsed(town, proposal, REEVE) == "taken"
    set_policy(town, start="2025-09-02")  # it ends
    assert endorsed(town, proposal, REEVE) == "foreign-body"


def test_who_is_asked_to_endorse_may_do_nothing_else(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)])
    proposal = propose(town, SAID)
    endorse(town, proposal, REEVE)
    by = {"by": REEVE}
    assert outcome(town, MONEY, PROGRAMME, SAID, relations=enacts(proposal), **by) == "foreign-body"
    assert outcome(town, "change.withdrawn", PROGRAMME, {"proposal": proposal}, **by) == "foreign-body"
    data = {"change": {"kind": MONEY, "schema": 1, "effective": "2025-03-01", "data": SAID}, "note": ""}
    assert outcome(town, "change.proposed", PROGRAMME, data, **by) == "foreign-body"


def test_an_office_of_a_succeeded_body_does_not_endorse_though_it_is_asked(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)])
    proposal = propose(town, SAID)
    succeed(town, DISTRICT, FINANCE, "2025-09-02")
    assert endorsed(town, proposal, REEVE) == "taken"
    town.clock.set(utc("2025-09-02T09:00:00"))
    assert endorsed(town, proposal, REEVE) == "foreign-body"


def test_a_refusal_names_those_who_are_asked(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)])
    refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, propose(town, SAID)), by=STRANGER)
    assert refusal.code == "foreign-body"
    instead = refusal.details["instead"]
    assert {"office": REEVE.office, "persons": [REEVE.person]} in instead
    assert STRANGER.office not in {one["office"] for one in instead}


def test_who_is_asked_reaffirms_what_it_said_as_long_as_it_is_asked(town: TestLedger) -> None:
    set_policy(town, rules=[asks(REEVE)])
    said = endorse(town, propose(town, SAID), REEVE)
    revoke(town, REEVE.key.public, DISTRICT_STREAM, "2025-09-01", by=THEIRS)
    again = REEVE.using(remember(key_of("the reeve's second")))
    town.submit("key.enrolled", DISTRICT_STREAM, town.key_data(again), by=THEIRS)
    data = {"entries": [statement(town, said)]}
    set_policy(town, start="2025-09-01")  # it ends
    assert outcome(town, "entry.reaffirmed", PROGRAMME, data, by=again) == "foreign-body"
    set_policy(town, rules=[asks(REEVE)])
    assert doubt(town, said) == ["suspect"]
    reaffirm(town, said, by=again)
    assert doubt(town, said) == []


def test_the_inbox_asks_whom_the_door_lets_speak(town: TestLedger, tmp_path: Path) -> None:
    """The reeve is asked to endorse, and for nothing that the reeve's office does not reach."""
    set_policy(town, rules=[asks(REEVE)])
    propose(town, SAID)
    with Tables(tmp_path / "tables.db", town.ledger.reader) as tables:
        assert tasks(town, tables, REEVE) == ["endorse"]
        succeed(town, DISTRICT, FINANCE, "2025-09-02")
        town.clock.set(utc("2025-09-02T09:00:00"))
        assert tasks(town, tables, REEVE) == []


def test_the_inbox_shows_no_duty_of_a_body_that_other_registrars_manage(
    town: TestLedger, tmp_path: Path
) -> None:
    data = {"about": {"event": town.ids["financing"]}, "text": "Чому саме стільки?"}
    town.submit("observation.made", PROGRAMME, data, by=SECRETARY)
    with Tables(tmp_path / "tables.db", town.ledger.reader) as tables:
        assert "answer" in tasks(town, tables, CHAIR)
        assert tasks(town, tables, REEVE) == []
        own_registrars(town, COMMISSION)
        assert tasks(town, tables, CHAIR) == []


def tasks(town: TestLedger, tables: Tables, official: Official) -> list[str]:
    today = f"{town.clock.now():%Y-%m-%d}"
    found = read_office_inbox(tables.reading(), today, official.office)
    assert found is not None
    return [one["task"] for one in found["items"]]


# -- doubt spreads from whoever managed --------------------------------------------------------------


def test_a_suspect_key_of_the_registrars_above_makes_what_they_signed_below_suspect(
    town: TestLedger,
) -> None:
    own_registrars(town, COUNCIL)
    clerk = clerk_of(town, FINANCE, OWN)
    said = town.submit(MONEY, PROGRAMME, SAID, by=clerk).event
    assert doubt(town, said) == []
    revoke(town, OWN[0].key.public, COUNCIL_STREAM, "2025-09-01", by=NEW_REGISTRARS[1:])
    assert doubt(town, said) == ["suspect"]


def test_so_does_the_statement_that_named_them_registrars_above(town: TestLedger) -> None:
    own_registrars(town, COUNCIL)
    clerk = clerk_of(town, FINANCE, OWN)
    said = town.submit(MONEY, PROGRAMME, SAID, by=clerk).event
    revoke(town, REGISTRARS[0].key.public, "root", "2025-09-01", by=REGISTRARS[1:])
    assert doubt(town, said) == ["suspect"]


def test_new_registrars_above_vouch_for_nothing_that_the_root_signed_before(town: TestLedger) -> None:
    clerk = clerk_of(town, FINANCE, ROOT)
    said = town.submit(MONEY, PROGRAMME, SAID, by=clerk).event
    own_registrars(town, COUNCIL)
    assert doubt(town, said) == []
    revoke(town, REGISTRARS[0].key.public, "root", "2025-09-01", by=REGISTRARS[1:])
    assert doubt(town, said) == ["suspect"]


def test_whoever_stands_above_now_the_doubt_of_those_who_signed_then_stays(town: TestLedger) -> None:
    """The department is said to stand elsewhere: its entries were signed by the council's registrars."""
    own_registrars(town, COUNCIL)
    clerk = clerk_of(town, FINANCE, OWN)
    said = town.submit(MONEY, PROGRAMME, SAID, by=clerk).event
    revoke(town, OWN[0].key.public, COUNCIL_STREAM, "2025-09-01", by=NEW_REGISTRARS[1:])
    place(town, FINANCE, FOREIGN)
    assert doubt(town, said) == ["suspect"]


def test_the_tables_follow_when_a_body_is_said_to_stand_elsewhere(town: TestLedger, tmp_path: Path) -> None:
    """The same persons are registrars of the root and, by a suspect statement, of the council."""
    first, second, third = REGISTRARS
    place(town, FINANCE, None)
    data = named(town, *REGISTRARS, k=2)
    town.submit("registrar.changed", COUNCIL_STREAM, data, by=(first, third))
    index = town.position
    clerk_of(town, FINANCE, ROOT)
    slot = town.ledger.reader.entries(index, 1)[0].event_id()
    revoke(town, third.key.public, "root", "2025-09-01", by=(first, second))
    with Tables(tmp_path / "tables.db", town.ledger.reader) as tables:
        for parent in (None, COUNCIL, FOREIGN):
            place(town, FINANCE, parent)
            stored = read_doubt(tables.reading(), FINANCE_STREAM, index)
            assert stored == next(iter(doubt(town, slot, FINANCE_STREAM)), None)
