"""The oracle of authority reads docs/authority.md so: one sentence, one small story."""

from __future__ import annotations

import pytest

from tests.oracle.audit import lacking
from tests.oracle.authority import Outcome
from tests.oracle.said import Payload, Said, content_hash, thumbprint
from tests.oracle.telling import (
    CHAIR,
    CLERK,
    COUNCIL,
    DEPARTMENT,
    DEPUTY,
    HEAD,
    OF_DEPARTMENT,
    PROGRAMME,
    ROOT_REGISTRARS,
    STRANGE,
    STRANGER,
    TWO,
    Telling,
    Who,
    asks,
    jwk,
    money,
)

RECORDED = Outcome()
R1, R2, R3 = ROOT_REGISTRARS
R4, R5 = (Who(f"r{n}", "registrar", f"key-r{n}") for n in (4, 5))
NEW_PERSON: Payload = {"person": "somebody"}
NEW_OFFICE: Payload = {"office": "new-office", "kinds": ["financing.changed"]}
WARD = Who("new", "ward-clerk", "key-new", "body:ward")


@pytest.fixture
def told() -> Telling:
    return Telling()


def named(*registrars: Who, k: int) -> Payload:
    listed = [{"person": one.person, "jwk": jwk(one.key), "possession": {}} for one in registrars]
    return {"registrars": listed, "k": k}


def refused(outcome: Outcome) -> set[str]:
    return set(outcome.refused)


# Registrars


def test_an_event_of_the_registry_needs_k_different_persons(told: Telling) -> None:
    assert refused(told.says(R1, "person.registered", NEW_PERSON)) == {"too-few-registrars"}
    assert told.says((R1, R3), "person.registered", NEW_PERSON) == RECORDED


def test_all_sign_in_the_capacity_of_registrars(told: Telling) -> None:
    outcome = told.says((R1, R2, CLERK), "person.registered", NEW_PERSON)
    assert refused(outcome) == {"registrar-needed", "not-a-registrar"}


def test_the_root_registrars_manage_a_body_only_while_it_has_none_of_its_own(told: Telling) -> None:
    told.rules("registrar.changed", named(R4, R5, k=1), COUNCIL, by=(R1, R2, R4))
    mandate = {"person": "new", "office": "clerk", "start": "2025-01-01"}
    outcome = told.says(TWO, "mandate.granted", mandate, subject=COUNCIL)
    assert refused(outcome) == {"not-a-registrar", "too-few-registrars"}
    assert told.says(R5, "mandate.granted", mandate, subject=COUNCIL) == RECORDED
    assert refused(told.says(R5, "person.registered", NEW_PERSON)) == {
        "not-a-registrar",
        "too-few-registrars",
    }


def test_a_body_without_registrars_is_managed_by_those_of_the_nearest_above_that_has_some(
    told: Telling,
) -> None:
    told.rules("body.opened", {"body": "ward", "parent": "department"}, "root")
    ward: Payload = {"office": "w", "kinds": ["financing.changed"]}
    for stream, above, below in ((COUNCIL, (R1, R2), R4), (DEPARTMENT, (R4,), R5)):
        told.rules("registrar.changed", named(below, k=1), stream, by=(*above, below))
        for subject in (stream, "body:ward"):
            outcome = told.says(above, "office.created", ward, subject=subject)
            assert refused(outcome) == {"not-a-registrar", "too-few-registrars"}
            assert not told.model.judge(told.event("office.created", subject, ward, (below,))).refused
    assert not told.model.judge(told.event("office.created", STRANGE, ward, TWO)).refused


def test_what_stands_below_a_succeeded_body_is_managed_by_the_successors_registrars(told: Telling) -> None:
    told.rules("registrar.changed", named(R4, k=1), COUNCIL, by=(R1, R2, R4))
    told.rules("registrar.changed", named(R5, k=1), STRANGE, by=(R1, R2, R5))
    told.succeeds("council", "strange")
    assert told.says(R4, "office.created", NEW_OFFICE, subject=DEPARTMENT).refused
    assert told.says(R5, "office.created", NEW_OFFICE, subject=DEPARTMENT) == RECORDED


def test_a_succeeded_body_is_managed_by_those_who_manage_the_successor_from_its_day_on(told: Telling) -> None:
    told.rules("registrar.changed", named(R4, k=1), COUNCIL, by=(R1, R2, R4))
    merger = {"body": "strange", "successor": "council", "start": "2025-09-04", "order": "№ 1"}
    told.rules("body.succeeded", merger, "root")
    mandate = {"person": "new", "office": "strange-clerk", "start": "2025-01-01"}
    assert told.says(R4, "mandate.granted", mandate, subject=STRANGE).refused
    told.day("2025-09-04")
    assert told.says(R4, "mandate.granted", mandate, subject=STRANGE) == RECORDED


def test_a_change_of_registrars_is_signed_by_the_old_and_by_the_new(told: Telling) -> None:
    change = named(R3, R4, k=2)
    assert refused(told.says((R1, R2, R3), "registrar.changed", change)) == {"too-few-registrars"}
    assert refused(told.says((R3, R4), "registrar.changed", change)) == {"too-few-registrars"}
    assert told.says((R2, R3, R4), "registrar.changed", change) == RECORDED


def test_a_new_registrar_proves_possession_of_the_key(told: Telling) -> None:
    change = named(R1, R2, R4, k=2)
    del change["registrars"][2]["possession"]
    assert refused(told.says(TWO, "registrar.changed", change)) == {"possession-missing"}


def test_a_set_of_fewer_persons_than_k_is_refused(told: Telling) -> None:
    assert "threshold-too-high" in refused(told.says(TWO, "registrar.changed", named(R1, R2, k=3)))


def test_a_revocation_that_leaves_fewer_persons_than_k_is_refused(told: Telling) -> None:
    told.revoke(R3)
    revocation = {"kid": R1.signer()["kid"], "cause": "lost", "note": ""}
    assert refused(told.says(TWO, "key.revoked", revocation)) == {"too-few-left"}


def test_one_key_belongs_to_one_person_for_ever_and_is_never_the_logs(told: Telling) -> None:
    told.rules("key.rotated", {"kid": CLERK.signer()["kid"], "jwk": jwk("key-ann-2")}, COUNCIL)
    assert told.says(
        TWO, "key.enrolled", {"person": "new", "jwk": jwk("key-ann")}, subject=DEPARTMENT
    ).refused == {"key-of-another"}
    assert told.says(
        TWO, "key.enrolled", {"person": "new", "jwk": jwk("key-log")}, subject=COUNCIL
    ).refused == {"key-of-the-log"}


def test_an_acting_mandate_needs_an_order_that_is_not_blank(told: Telling) -> None:
    acting = {"person": "new", "office": "clerk", "start": "2025-01-01", "acting": True}
    for order in ({}, {"order": " "}):
        outcome = told.says(TWO, "mandate.granted", acting | order, subject=COUNCIL)
        assert refused(outcome) == {"order-missing"}
    assert told.says(TWO, "mandate.granted", acting | {"order": "№ 5"}, subject=COUNCIL) == RECORDED


# Bodies and offices


def test_an_office_acts_for_its_own_body_and_for_those_above_it(told: Telling) -> None:
    assert told.changes(HEAD) == told.changes(CLERK) == RECORDED
    assert refused(told.changes(STRANGER)) == {"foreign-body"}


def test_an_office_acts_for_a_body_above_only_while_the_same_registrars_manage_both(told: Telling) -> None:
    told.rules("registrar.changed", named(R4, k=1), COUNCIL, by=(R1, R2, R4))
    assert told.changes(HEAD) == RECORDED
    told.rules("registrar.changed", named(R5, k=1), DEPARTMENT, by=(R4, R5))
    assert refused(told.changes(HEAD)) == {"foreign-body"}
    assert told.changes(HEAD, subject=OF_DEPARTMENT) == told.changes(CLERK) == RECORDED


def test_between_two_bodies_that_the_same_manage_others_may_not_stand(told: Telling) -> None:
    told.rules("body.opened", {"body": "ward", "parent": "department"}, "root")
    told.rules("office.created", NEW_OFFICE | {"office": WARD.office}, WARD.stream)
    told.grant(WARD)
    told.enrol(WARD)
    assert told.changes(WARD) == told.changes(WARD, subject=OF_DEPARTMENT) == RECORDED
    told.rules("registrar.changed", named(R5, k=1), DEPARTMENT, by=(R1, R2, R5))
    assert refused(told.changes(WARD)) == {"foreign-body"}
    assert told.changes(WARD, subject=OF_DEPARTMENT) == RECORDED


def test_an_office_of_a_succeeded_body_acts_for_nothing(told: Telling) -> None:
    told.succeeds("department", "strange", "2025-09-03")
    assert told.changes(HEAD) == RECORDED
    told.day("2025-09-03")
    assert refused(told.changes(HEAD)) == {"foreign-body"}
    assert refused(told.changes(HEAD, subject=OF_DEPARTMENT)) == {"foreign-body"}


def test_an_office_that_a_policy_asks_endorses_and_refuses_of_whatever_body_it_is(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    assert refused(told.endorses(STRANGER, plan)) == {"foreign-body"}
    told.policy(asks("strange-clerk", shortfall="record"), subject="root")
    assert told.endorses(STRANGER, plan) == told.refuses(STRANGER, plan) == RECORDED
    assert refused(told.withdraws(STRANGER, plan)) == {"not-the-proposer", "foreign-body"}
    assert refused(told.enacts(STRANGER, plan)) == {"foreign-body"}
    other = told.propose(CLERK, money("5.00", "1.2") | {"kind": "appropriation.set"})
    assert refused(told.endorses(STRANGER, other)) == {"foreign-body"}


def test_an_office_of_a_succeeded_body_endorses_nothing_whatever_a_policy_asks(told: Telling) -> None:
    told.policy(asks("strange-clerk", shortfall="record"), subject="root")
    plan = told.propose(CLERK, money("5.00"))
    told.succeeds("strange", "council")
    assert refused(told.endorses(STRANGER, plan)) == {"foreign-body"}


def test_a_succeeded_bodys_programmes_are_its_successors_from_its_day_on(told: Telling) -> None:
    merger = {"body": "council", "successor": "strange", "start": "2025-09-04", "order": "№ 1"}
    told.rules("body.succeeded", merger, "root")
    assert refused(told.changes(STRANGER)) == {"foreign-body"}
    assert told.changes(CLERK) == RECORDED
    told.day("2025-09-04")
    assert told.changes(STRANGER) == RECORDED
    assert refused(told.changes(CLERK)) == {"foreign-body"}


def test_who_stood_below_a_succeeded_body_stands_below_its_successor(told: Telling) -> None:
    merger = {"body": "council", "successor": "strange", "start": "2025-09-02", "order": "№ 1"}
    told.rules("body.succeeded", merger, "root")
    assert told.changes(HEAD) == RECORDED
    assert told.policy(asks("strange-clerk"), subject=STRANGE) == RECORDED
    assert refused(told.changes(HEAD, subject=OF_DEPARTMENT)) == {"endorsements-missing"}


def test_a_body_cannot_come_to_stand_below_itself(told: Telling) -> None:
    for body, successor in (("council", "department"), ("council", "council")):
        circular = {"body": body, "successor": successor, "start": "2025-09-02", "order": "№ 1"}
        assert refused(told.says(TWO, "body.succeeded", circular)) == {"circular-successor"}


# Keys


def test_a_key_acts_for_the_offices_of_the_bodies_that_accepted_it(told: Telling) -> None:
    guest = Who("ann", "head", "key-ann", DEPARTMENT)
    told.grant(guest)
    assert refused(told.changes(guest)) == {"key-not-accepted"}
    told.enrol(guest)
    assert told.changes(guest) == RECORDED


def test_a_body_retires_a_key_for_itself_alone(told: Telling) -> None:
    guest = Who("ann", "head", "key-ann", DEPARTMENT)
    told.grant(guest)
    told.enrol(guest)
    told.rules("key.rotated", {"kid": CLERK.signer()["kid"], "jwk": jwk("key-ann-2")}, COUNCIL)
    assert refused(told.changes(CLERK)) == {"key-retired"}
    assert told.changes(CLERK.using("key-ann-2")) == told.changes(guest) == RECORDED


@pytest.mark.parametrize(("by", "elsewhere"), [("root", {"key-revoked"}), (COUNCIL, set[str]())])
def test_a_revocation_by_a_body_holds_there_and_by_the_root_everywhere(
    told: Telling, by: str, elsewhere: set[str]
) -> None:
    guest = Who("ann", "head", "key-ann", DEPARTMENT)
    told.grant(guest)
    told.enrol(guest)
    told.revoke(CLERK, by)
    assert refused(told.changes(CLERK)) == {"key-revoked"}
    assert refused(told.changes(guest)) == elsewhere


def test_the_next_entry_after_a_revocation_is_refused_and_the_last_before_it_is_not(told: Telling) -> None:
    assert told.changes(CLERK) == RECORDED
    before = told.last
    told.revoke(CLERK)
    assert refused(told.changes(CLERK)) == {"key-revoked"}
    assert told.doubts(before) == set()


# Doubt


def test_a_suspect_range_begins_with_its_day_and_ends_with_the_revocation(told: Telling) -> None:
    told.changes(CLERK)
    first = told.last
    told.day("2025-09-03")
    told.changes(CLERK)
    second = told.last
    told.revoke(CLERK, since="2025-09-03")
    assert (told.doubts(first), told.doubts(second)) == (set(), {"suspect"})


def test_doubt_spreads_from_a_registrars_key_to_what_rests_on_its_entries(told: Telling) -> None:
    new = Who("new", "new-office", "key-new", COUNCIL)
    told.rules("office.created", {"office": "new-office", "kinds": ["financing.changed"]}, COUNCIL)
    told.grant(new)
    told.day("2025-09-03")
    accepted = told.rules(
        "key.enrolled", {"person": "new", "jwk": jwk("key-new")}, COUNCIL, by=ROOT_REGISTRARS
    )
    told.changes(new)
    change = told.last
    assert told.doubts(change) == set()
    told.rules("key.revoked", revocation(R3, "2025-09-03"), "root")
    assert told.doubts(accepted) == told.doubts(change) == {"suspect"}
    assert told.changes(new) == RECORDED
    assert told.doubts(told.last) == {"suspect"}


def revocation(who: Who, since: str) -> Payload:
    return {"kid": who.signer()["kid"], "cause": "stolen", "note": "", "suspect_from": since}


def test_no_doubt_falls_on_the_opening_nor_spreads_from_it(told: Telling) -> None:
    told.rules("key.revoked", revocation(R1, "2025-09-01"), "root", by=(R2, R3))
    revoked, opening = told.last, told.model.log[0]
    assert told.doubts(opening) == told.doubts(revoked) == set()
    assert told.doubts(told.mandate(CLERK)) == {"suspect"}
    assert refused(told.reaffirms((R2, R3), opening, subject="root")) == {"not-in-doubt"}
    assert told.reaffirms((R2, R3), told.mandate(CLERK), subject=COUNCIL) == RECORDED
    assert told.doubts(told.mandate(CLERK)) == set()


def test_what_a_suspect_change_of_k_allowed_is_suspect(told: Telling) -> None:
    told.day("2025-09-03")
    told.rules("registrar.changed", named(R1, R2, R3, k=1), "root", by=(R1, R3))
    told.rules("person.registered", NEW_PERSON, "root", by=(R2,))
    alone = told.last
    told.rules("person.registered", {"person": "another"}, "root", by=(R1, R2))
    together = told.last
    told.rules("key.revoked", revocation(R3, "2025-09-03"), "root", by=(R1, R2))
    assert (told.doubts(alone), told.doubts(together)) == ({"suspect"}, set())


def test_a_suspect_succession_is_marked_and_throws_no_doubt_on_what_follows(told: Telling) -> None:
    told.day("2025-09-03")
    merger = {"body": "council", "successor": "strange", "start": "2025-09-03", "order": "№ 1"}
    told.rules("body.succeeded", merger, "root", by=(R1, R3))
    merged = told.last
    told.changes(STRANGER)
    theirs = told.last
    told.changes(HEAD)
    anyway = told.last
    told.rules("key.revoked", revocation(R3, "2025-09-03"), "root")
    assert (told.doubts(theirs), told.doubts(anyway)) == (set(), set())
    assert told.doubts(merged) == {"suspect"}


def test_what_suspect_registrars_named_is_suspect_all_the_way_down(told: Telling) -> None:
    told.day("2025-09-03")
    told.rules("registrar.changed", named(R4, k=1), COUNCIL, by=(R1, R3, R4))
    told.rules(
        "mandate.granted", {"person": "new", "office": "clerk", "start": "2025-01-01"}, COUNCIL, by=(R4,)
    )
    told.rules("key.enrolled", {"person": "new", "jwk": jwk("key-new")}, COUNCIL, by=(R4,))
    told.changes(Who("new", "clerk", "key-new", COUNCIL))
    change = told.last
    told.changes(CHAIR)
    other = told.last
    told.rules("key.revoked", revocation(R3, "2025-09-03"), "root")
    assert (told.doubts(change), told.doubts(other)) == ({"suspect"}, set())


def test_a_reaffirmed_registry_entry_frees_what_rests_on_it(told: Telling) -> None:
    told.day("2025-09-03")
    granted = told.rules(
        "mandate.granted", {"person": "ann", "office": "chair", "start": "2025-01-01"}, COUNCIL, by=(R1, R3)
    )
    told.changes(Who("ann", "chair", "key-ann", COUNCIL))
    change = told.last
    told.rules("key.revoked", revocation(R3, "2025-09-03"), "root")
    assert told.doubts(change) == {"suspect"}
    assert refused(told.reaffirms(CLERK, granted, subject=COUNCIL)) >= {"registrar-needed"}
    assert told.reaffirms(TWO, granted, subject=COUNCIL) == RECORDED
    assert told.doubts(granted) == told.doubts(change) == set()


def test_a_reaffirmation_lifts_and_is_signed_by_who_might_state_it_anew(told: Telling) -> None:
    told.changes(CLERK)
    change = told.last
    told.revoke(CLERK, since="2025-09-02")
    assert refused(told.reaffirms(STRANGER, change)) == {"foreign-body"}
    assert told.reaffirms(CHAIR, change) == RECORDED
    assert told.doubts(change) == set()


def test_an_enactment_rests_on_its_endorsements(told: Telling) -> None:
    plan, enacted = endorsed_and_enacted(told)
    endorsed = told.model.log[enacted.index - 1]
    told.revoke(CHAIR, since="2025-09-02")
    assert told.doubts(endorsed) == told.doubts(enacted) == {"suspect"}
    new = Who("bob", "chair", "key-bob-2", COUNCIL)
    told.enrol(new)
    assert told.reaffirms(new, endorsed) == RECORDED
    assert told.doubts(endorsed) == told.doubts(enacted) == told.doubts(plan) == set()


def test_an_enactment_is_freed_by_its_own_reaffirmation_too(told: Telling) -> None:
    _, enacted = endorsed_and_enacted(told)
    told.revoke(CHAIR, since="2025-09-02")
    assert told.reaffirms(HEAD, enacted) == RECORDED
    assert told.doubts(enacted) == set()
    assert told.doubts(told.model.log[enacted.index - 1]) == {"suspect"}


def endorsed_and_enacted(told: Telling) -> tuple[Said, Said]:
    plan = told.propose(CLERK, money("5.00"))
    assert told.endorses(CHAIR, plan) == told.enacts(CLERK, plan) == RECORDED
    return plan, told.last


def test_an_enactment_does_not_rest_on_what_was_cancelled_or_came_later_or_is_of_another_text(
    told: Telling,
) -> None:
    cancelled, other_text = (told.propose(CLERK, money("5.00", measure)) for measure in ("1.1", "1.2"))
    told.endorses(CHAIR, cancelled)
    told.refuses(CHAIR, cancelled)
    told.endorses(CHAIR, other_text)
    told.enacts(CLERK, cancelled)
    first = told.last
    told.enacts(CLERK, other_text, data=money("6.00", "1.2")["data"])
    second = told.last
    told.revoke(CHAIR, since="2025-09-02")
    assert (told.doubts(first), told.doubts(second)) == (set(), set())


def test_only_suspicion_spreads_from_an_endorsement(told: Telling) -> None:
    _, enacted = endorsed_and_enacted(told)
    told.end(told.mandate(CHAIR), "2025-09-02")
    assert told.doubts(told.model.log[enacted.index - 1]) == {"ended-late"}
    assert told.doubts(enacted) == set()


def test_a_statement_on_a_proposal_is_reaffirmed_by_the_office_that_made_it(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CLERK, plan)
    endorsed = told.last
    told.refuses(CLERK, plan)
    said = told.last
    told.withdraws(CLERK, plan)
    withdrawn = told.last
    told.revoke(CLERK, since="2025-09-02")
    colleague = Who("new", "clerk", "key-new", COUNCIL)
    told.grant(colleague)
    told.enrol(colleague)
    for one in (plan, endorsed, said, withdrawn):
        assert refused(told.reaffirms(CHAIR, one)) == {"not-the-author"}
        assert told.reaffirms(colleague, one) == RECORDED
        assert told.doubts(one) == set()


def test_who_was_asked_from_elsewhere_may_reaffirm_what_it_endorsed(told: Telling) -> None:
    told.policy(asks("strange-clerk", shortfall="record"), subject="root")
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(STRANGER, plan)
    endorsed = told.last
    told.enacts(CLERK, plan)
    told.rules("key.revoked", revocation(STRANGER, "2025-09-02"), "root")
    new = STRANGER.using("key-sam-2")
    told.enrol(new)
    assert told.reaffirms(new, endorsed) == RECORDED
    assert told.doubts(told.model.log[endorsed.index + 1]) == set()


def test_what_is_not_in_doubt_cannot_be_reaffirmed(told: Telling) -> None:
    told.changes(CLERK)
    assert refused(told.reaffirms(CHAIR, told.last)) == {"not-in-doubt"}


def test_a_reaffirmation_that_is_itself_in_doubt_lifts_nothing(told: Telling) -> None:
    told.changes(CLERK)
    change = told.last
    told.revoke(CLERK, since="2025-09-02")
    assert told.reaffirms(CHAIR, change) == RECORDED
    again = told.last
    told.revoke(CHAIR, since="2025-09-02")
    assert told.doubts(change) == told.doubts(again) == {"suspect"}
    assert told.reaffirms(HEAD, again) == RECORDED
    assert told.doubts(change) == told.doubts(again) == set()


def test_a_reaffirmation_names_the_statement_in_force(told: Telling) -> None:
    told.changes(CLERK)
    first = told.last
    told.changes(CHAIR, relations={"corrects": {"event": first.id, "payload": ""}})
    told.revoke(CLERK, since="2025-09-02")
    assert refused(told.reaffirms(HEAD, first)) == {"stale-statement", "not-in-doubt"}


def test_nothing_vouches_for_itself(told: Telling) -> None:
    told.day("2025-09-03")
    accepted = told.rules("key.enrolled", {"person": "r4", "jwk": jwk("key-r4")}, COUNCIL, by=(R1, R3))
    told.rules("registrar.changed", named(R2, R4, k=2), "root", by=(R1, R2, R3, R4))
    changed = told.last
    told.rules("key.revoked", revocation(R3, "2025-09-03"), "root", by=(R2, R4))
    assert told.doubts(changed) == {"suspect"}
    assert told.reaffirms((R2, R4), changed, subject="root") == RECORDED
    assert told.doubts(changed) == {"suspect"}
    assert told.doubts(accepted) == {"suspect"}


# Mandates that ended


def test_a_mandate_that_ended_refuses_from_its_last_day_on(told: Telling) -> None:
    told.end(told.mandate(CLERK), "2025-09-03")
    assert told.changes(CLERK) == RECORDED
    told.day("2025-09-03")
    assert refused(told.changes(CLERK)) == {"no-mandate"}


def test_what_was_signed_before_the_end_is_recorded_and_undetermined(told: Telling) -> None:
    told.end(told.mandate(CLERK), "2025-09-03")
    told.day("2025-09-04")
    position = len(told.model.log)
    assert told.changes(CLERK, seen=position, iat="2025-09-02") == RECORDED
    assert told.doubts(told.last) == {"undetermined"}
    undetermined = told.last
    told.rules("person.registered", NEW_PERSON, "root")
    assert refused(told.changes(CLERK, seen=position, iat="2025-09-03")) == {"no-mandate"}
    assert refused(told.changes(CLERK, seen=position + 1, iat="2025-09-02")) == {"no-mandate"}
    assert told.reaffirms(CHAIR, undetermined) == RECORDED
    assert told.doubts(undetermined) == set()


def test_an_end_that_was_registered_late_shows_on_what_came_after_it(told: Telling) -> None:
    told.changes(CLERK)
    before = told.last
    told.day("2025-09-03")
    told.changes(CLERK)
    after = told.last
    told.end(told.mandate(CLERK), "2025-09-03")
    assert (told.doubts(before), told.doubts(after)) == (set(), {"ended-late"})
    assert told.reaffirms(CHAIR, after) == RECORDED
    assert told.doubts(after) == set()


def test_a_mandate_that_is_registered_later_for_days_gone_by_lifts_a_late_end(told: Telling) -> None:
    told.day("2025-09-03")
    told.changes(CLERK)
    after = told.last
    told.end(told.mandate(CLERK), "2025-09-03")
    told.grant(CLERK, "2025-09-04")
    assert told.doubts(after) == {"ended-late"}
    told.grant(CLERK, "2025-09-03")
    assert told.doubts(after) == set()


# Policies


def test_a_policy_is_never_retroactive_and_begins_on_its_day(told: Telling) -> None:
    assert refused(told.policy(asks("chair"), start="2025-09-01")) == {"policy-retroactive"}
    assert told.policy(asks("chair"), start="2025-09-04") == RECORDED
    assert told.changes(CLERK) == RECORDED
    told.day("2025-09-04")
    assert refused(told.changes(CLERK)) == {"endorsements-missing"}


def test_the_newest_statement_of_an_id_replaces_the_older_and_an_empty_one_ends_it(told: Telling) -> None:
    told.policy(asks("chair"))
    told.policy(asks("chair", shortfall="acknowledge"))
    assert told.changes(CLERK).asked == {"endorsements-missing"}
    told.policy(start="2025-09-04")
    assert told.changes(CLERK).asked == {"endorsements-missing"}
    told.day("2025-09-04")
    assert told.changes(CLERK) == RECORDED


def test_all_policies_in_force_apply_together(told: Telling) -> None:
    told.policy(asks("chair", shortfall="record"), subject="root")
    told.policy(asks("chair", shortfall="acknowledge"))
    told.policy({"kinds": ["financing.changed"], "offices": ["head", "clerk"]}, policy="q")
    told.policy({"kinds": ["financing.changed"], "offices": ["clerk", "chair"]}, policy="r")
    assert told.changes(CLERK).asked == {"endorsements-missing"}
    assert refused(told.changes(HEAD)) == refused(told.changes(CHAIR)) == {"policy-office"}


def test_a_policy_of_a_body_governs_its_programmes_and_those_of_the_bodies_below(told: Telling) -> None:
    told.policy(asks("strange-clerk"), subject=STRANGE)
    told.policy(asks("head"), subject=DEPARTMENT)
    told.policy(asks("head"), programme="roads", policy="one")
    assert refused(told.changes(CLERK)) == {"endorsements-missing"}
    told.policy(policy="one")
    assert told.changes(CLERK) == RECORDED


def test_a_policy_that_cannot_be_met_is_refused(told: Telling) -> None:
    assert refused(told.policy(asks("nobody", shortfall="record"))) == {"unknown-office"}
    assert refused(told.policy(asks("chair", needed=2, shortfall="record"))) == {"needed-too-high"}
    both = asks("chair", "deputy", other_persons=True)
    assert refused(told.policy(both)) == {"too-few-endorsers"}
    assert told.policy(asks("chair", "deputy")) == RECORDED
    eve = Who("eve", "chair", "key-eve", COUNCIL)
    told.grant(eve)
    assert refused(told.policy(both)) == {"too-few-endorsers"}
    told.enrol(eve)
    assert told.policy(both) == RECORDED
    assert refused(told.policy(asks("chair", "deputy", "head", other_persons=True))) == {"too-few-endorsers"}
    told.grant(Who("ann", "chair", "key-ann", COUNCIL))
    assert told.policy(asks("chair", "deputy", "head", other_persons=True)) == RECORDED
    assert told.policy(asks("chair", "deputy", other_persons=True, shortfall="record")) == RECORDED
    assert refused(told.policy({"kinds": ["programme.closed"], "offices": ["chair"]})) == {
        "office-may-not",
    }


def test_a_policy_is_judged_on_its_first_day(told: Telling) -> None:
    told.end(told.mandate(CHAIR), "2025-09-04")
    assert told.policy(asks("chair"), start="2025-09-03") == RECORDED
    assert refused(told.policy(asks("chair"), start="2025-09-04")) == {"too-few-endorsers"}


def test_a_policy_is_judged_on_the_first_days_of_those_stated_for_later(told: Telling) -> None:
    told.policy(signed_by("clerk"), policy="q", start="2025-10-01")
    assert refused(told.policy(signed_by("chair"))) == {"nobody-may-sign"}
    assert told.policy(signed_by("chair"), policy="q") == RECORDED
    assert told.policy(signed_by("chair")) == RECORDED
    told.policy(lapse_days=3, policy="r", start="2025-10-01")
    told.end(told.mandate(CHAIR), "2025-10-01")
    assert refused(told.policy(signed_by("chair"))) == {"nobody-may-sign"}
    told.policy(policy="r", start="2025-10-01")
    assert told.policy(signed_by("chair")) == RECORDED


def test_a_bodys_policy_names_endorsers_of_the_body_and_of_those_above_and_below_it(told: Telling) -> None:
    assert told.policy(asks("chair", "head"), subject=COUNCIL) == RECORDED
    assert refused(told.policy(asks("strange-clerk"))) == {"office-of-another-body"}
    assert told.policy(asks("chair"), subject=DEPARTMENT) == RECORDED
    assert told.policy(asks("chair", "strange-clerk"), subject="root") == RECORDED
    told.rules("registrar.changed", named(R4, k=1), DEPARTMENT, by=(R1, R2, R4))
    assert told.policy(asks("chair", "head"), subject=COUNCIL) == RECORDED


def test_a_bodys_policy_names_signers_and_executors_that_act_for_it(told: Telling) -> None:
    def may_name(office: str, subject: str) -> list[bool]:
        signs = told.policy(signed_by(office), subject=subject)
        reports = told.policy(executors=[reporting(office, "1")], subject=subject)
        told.policy(subject=subject)
        return ["office-of-another-body" not in one.refused for one in (signs, reports)]

    assert may_name("head", COUNCIL) == may_name("clerk", COUNCIL) == [True, True]
    assert may_name("chair", DEPARTMENT) == may_name("strange-clerk", COUNCIL) == [False, False]
    assert may_name("strange-clerk", "root") == [True, True]
    told.rules("registrar.changed", named(R4, k=1), DEPARTMENT, by=(R1, R2, R4))
    assert may_name("head", COUNCIL) == [False, False]


def test_who_signs_endorsements_may_be_of_a_body_above_too(told: Telling) -> None:
    endorses = signed_by("chair", "head", kinds=("change.endorsed", "change.refused"))
    assert told.policy(endorses, subject=DEPARTMENT) == RECORDED


def test_whom_only_the_root_names_must_act_for_the_body_whose_policy_is_set(told: Telling) -> None:
    assert told.policy(signed_by("strange-clerk"), subject="root") == RECORDED
    silent = {"kinds": ["financing.changed"], "silent": ["other-text"]}
    assert refused(told.policy(silent)) == {"nobody-may-sign"}
    assert told.policy(silent, subject=STRANGE) == RECORDED


def reporting(office: str, *items: str, **more: object) -> Payload:
    return {"items": list(items), "office": office, "kinds": ["actual.reported"]} | more


def signed_by(*offices: str, kinds: tuple[str, ...] = ("financing.changed",)) -> Payload:
    return {"kinds": list(kinds), "offices": list(offices)}


def test_rules_that_together_let_nobody_sign_are_refused(told: Telling) -> None:
    nobody = {"nobody-may-sign"}
    assert refused(told.policy(signed_by("clerk"), signed_by("chair"))) == nobody
    assert told.policy(signed_by("clerk", "head")) == RECORDED
    assert refused(told.policy(signed_by("chair"), policy="q")) == nobody
    assert told.policy(signed_by("head"), subject=DEPARTMENT) == RECORDED
    assert told.policy(signed_by("chair")) == RECORDED
    told.revoke(CHAIR, COUNCIL)
    assert refused(told.policy(signed_by("chair"))) == nobody


def test_a_policy_is_judged_with_those_above_and_not_with_those_below(told: Telling) -> None:
    assert told.policy(signed_by("clerk", "head"), subject="root") == RECORDED
    assert refused(told.policy(signed_by("chair"))) == {"nobody-may-sign"}
    assert told.policy(signed_by("clerk")) == RECORDED
    assert refused(told.policy(signed_by("head"), subject=DEPARTMENT)) == {"nobody-may-sign"}
    assert told.policy(signed_by("head"), subject="root") == RECORDED


def test_a_policy_is_judged_with_those_of_the_bodies_whose_place_its_body_took(told: Telling) -> None:
    told.policy(signed_by("clerk"))
    told.succeeds("council", "strange", "2025-09-03")
    assert told.policy(signed_by("strange-clerk"), subject=STRANGE) == RECORDED
    late = told.policy(signed_by("strange-clerk"), subject=STRANGE, policy="q", start="2025-09-03")
    assert refused(late) == {"nobody-may-sign"}
    told.day("2025-09-03")
    assert told.policy(subject=COUNCIL) == RECORDED
    assert told.policy(signed_by("strange-clerk"), subject=STRANGE, policy="q") == RECORDED


def test_policies_for_different_programmes_never_meet(told: Telling) -> None:
    one, other = PROGRAMME.removeprefix("programme:"), OF_DEPARTMENT.removeprefix("programme:")
    assert told.policy(signed_by("clerk"), programme=one) == RECORDED
    assert told.policy(signed_by("head"), policy="q", programme=other) == RECORDED
    assert refused(told.policy(signed_by("clerk"), policy="r")) == {"nobody-may-sign"}
    assert told.policy(signed_by("head"), subject=DEPARTMENT, policy="r") == RECORDED


def test_those_who_endorse_must_be_let_endorse(told: Telling) -> None:
    endorses = signed_by("head", kinds=("change.endorsed",))
    assert refused(told.policy(endorses, asks("chair"))) == {"too-few-endorsers"}
    assert told.policy(endorses, asks("chair", shortfall="record")) == RECORDED
    forbidding = asks("chair", shortfall="record") | {"forbidden": ["endorsements-missing"]}
    assert refused(told.policy(endorses, forbidding)) == {"too-few-endorsers"}
    assert told.policy(asks("chair")) == RECORDED
    assert refused(told.policy(endorses, policy="q")) == {"too-few-endorsers"}


def test_where_rules_say_who_proposes_others_must_be_left_to_endorse(told: Telling) -> None:
    proposes = signed_by("chair", kinds=("change.proposed",))
    asked = asks("deputy", other_persons=True)
    assert refused(told.policy(proposes, asked)) == {"too-few-endorsers"}
    assert told.policy(proposes, asks("deputy")) == RECORDED
    both = signed_by("chair", "clerk", kinds=("change.proposed",))
    assert told.policy(both, asked) == RECORDED
    assert refused(told.policy(both, asked, asks("clerk"))) == {"too-few-endorsers"}
    assert told.policy(both, asked, asks("clerk") | {"kinds": ["appropriation.set"]}) == RECORDED


def test_nobody_endorses_in_order_after_an_office_that_cannot(told: Telling) -> None:
    told.end(told.mandate(HEAD), "2025-09-02")
    assert told.policy(asks("head", "chair", needed=1)) == RECORDED
    assert refused(told.policy(asks("head", "chair", needed=1, ordered=True))) == {"too-few-endorsers"}
    assert told.policy(asks("chair", "head", needed=1, ordered=True)) == RECORDED
    same = asks("chair", "deputy", "clerk", needed=2, ordered=True)
    assert told.policy(same) == RECORDED
    same["endorsements"]["other_persons"] = True
    assert refused(told.policy(same)) == {"too-few-endorsers"}


def test_nothing_can_endorse_an_adoption(told: Telling) -> None:
    adoption = asks("chair", shortfall="record") | {"kinds": ["programme.adopted"]}
    forbids = {"kinds": ["programme.adopted"], "forbidden": ["endorsements-missing"]}
    assert refused(told.policy(adoption, forbids)) == {"cannot-be-endorsed"}
    assert told.policy(adoption) == RECORDED
    assert refused(told.policy(forbids, policy="q")) == {"cannot-be-endorsed"}


def test_an_executor_must_be_let_report(told: Telling) -> None:
    reports = signed_by("chair", kinds=("actual.reported",))
    assert refused(told.policy(reports, executors=[reporting("clerk", "1")])) == {"executor-may-not"}
    assert told.policy(executors=[reporting("clerk", "1")]) == RECORDED
    assert refused(told.policy(reports, policy="q")) == {"executor-may-not"}


def test_offices_of_a_succeeded_body_can_do_nothing_that_a_policy_asks(told: Telling) -> None:
    told.succeeds("strange", "council", "2025-09-04")
    for policy, fault in (
        (asks("strange-clerk"), "too-few-endorsers"),
        (signed_by("strange-clerk"), "nobody-may-sign"),
    ):
        assert told.policy(policy, subject="root", start="2025-09-03") == RECORDED
        assert refused(told.policy(policy, subject="root", start="2025-09-04")) == {fault}


def test_a_body_names_no_office_of_one_that_was_succeeded(told: Telling) -> None:
    told.succeeds("department", "strange")
    for rule in (asks("head", shortfall="record"), signed_by("head", "clerk", kinds=("change.endorsed",))):
        assert "office-of-another-body" in told.policy(rule).refused
    told.succeeds("council", "strange")
    assert refused(told.policy(asks("chair", shortfall="record"))) == {"office-of-another-body"}
    assert told.policy(asks("strange-clerk")) == RECORDED


def test_an_executor_of_an_indicator_is_asked_only_what_was_achieved(told: Telling) -> None:
    kinds = ["actual.reported", "progress.reported", "spending.reported"]
    for office in ("reporter", "other"):
        told.rules("office.created", {"office": office, "kinds": kinds}, COUNCIL)
        told.grant(Who("ann", office, "key-ann", COUNCIL))
    assert told.policy(signed_by("other", kinds=("progress.reported",)), policy="q") == RECORDED
    of_indicator = {"indicators": ["i-1"], "office": "reporter"}
    assert told.policy(executors=[of_indicator]) == RECORDED
    assert refused(told.policy(executors=[of_indicator | {"items": ["1.1"]}])) == {"executor-may-not"}


def test_what_only_the_others_ask_in_vain_is_no_fault_of_a_new_policy(told: Telling) -> None:
    told.policy(asks("chair"), subject="root")
    told.end(told.mandate(CHAIR), "2025-09-02")
    assert (
        told.policy(lapse_days=3) == told.policy(signed_by("clerk", kinds=("actual.reported",))) == RECORDED
    )
    assert refused(told.policy(signed_by("clerk", "head", kinds=("change.endorsed",)))) == {
        "too-few-endorsers"
    }


def test_a_policy_that_contradicts_itself_is_refused(told: Telling) -> None:
    money_rule: Payload = {"kinds": ["financing.changed"]}
    loud, quiet = money_rule | {"forbidden": ["other-text"]}, money_rule | {"silent": ["other-text"]}
    assert refused(told.policy(loud, quiet)) == {"forbidden-and-silent"}
    assert told.policy(loud, quiet | {"kinds": ["appropriation.set"]}) == RECORDED
    assert told.policy(quiet, policy="q") == RECORDED
    assert refused(told.policy(money_rule | {"silent": ["no-such-thing"]})) == {"unknown-discrepancy"}
    days = {"holidays": ["2025-12-25"], "working": ["2025-12-25"]}
    assert refused(told.policy(calendar=days)) == {"off-and-working"}


def test_one_row_has_one_executor_for_the_same_reports(told: Telling) -> None:
    for second, fault in (
        (reporting("chair", "1.1"), {"two-executors"}),
        (reporting("clerk", "1.1"), set[str]()),
        (reporting("chair", "1"), set[str]()),
    ):
        assert refused(told.policy(executors=[reporting("clerk", "1.1"), second])) == fault
    indicators = [
        {"indicators": ["i-1"], "kinds": ["actual.reported"], "office": one} for one in ("clerk", "chair")
    ]
    assert refused(told.policy(executors=indicators)) == {"two-executors"}


def test_orders_that_exclude_each_other_are_refused(told: Telling) -> None:
    forth, back = asks("chair", "head", ordered=True), asks("head", "clerk", "chair", ordered=True, needed=1)
    assert refused(told.policy(forth, back)) == {"orders-exclude"}
    assert told.policy(forth, back | {"kinds": ["appropriation.set"]}) == RECORDED
    assert told.policy(forth, asks("head", "chair")) == RECORDED
    assert refused(told.policy(back, policy="q")) == {"orders-exclude"}
    assert told.policy(back) == RECORDED
    assert told.policy(forth, subject="root") == RECORDED


def test_ending_a_policy_is_never_refused(told: Telling) -> None:
    told.policy(asks("chair"))
    told.end(told.mandate(CHAIR), "2025-09-02")
    assert told.policy() == RECORDED
    assert told.changes(CLERK) == RECORDED


def test_a_predecessors_policies_go_on_judging_what_it_had_owned(told: Telling) -> None:
    told.policy(asks("chair", shortfall="acknowledge"))
    told.policy(asks("strange-clerk", shortfall="record"), subject=STRANGE)
    told.succeeds("council", "strange")
    assert told.changes(STRANGER).asked == {"endorsements-missing"}
    assert told.changes(HEAD, subject=OF_DEPARTMENT).asked == {"endorsements-missing"}
    told.policy()
    assert told.changes(STRANGER).silent == {"endorsements-missing"}
    told.policy(subject=STRANGE)
    assert told.changes(STRANGER) == RECORDED


def test_the_successors_registrars_end_the_predecessors_policies(told: Telling) -> None:
    told.policy(asks("chair"))
    told.rules("registrar.changed", named(R5, k=1), STRANGE, by=(R1, R2, R5))
    told.succeeds("council", "strange")
    assert refused(told.policy()) == {"not-a-registrar", "too-few-registrars"}
    assert told.policy(by=(R5,)) == RECORDED
    assert told.changes(STRANGER) == RECORDED


def test_a_predecessors_policies_do_not_judge_what_its_successor_owned_itself(told: Telling) -> None:
    told.policy(asks("head"), subject=DEPARTMENT)
    told.succeeds("department", "council")
    assert told.changes(CLERK) == RECORDED
    assert refused(told.changes(CLERK, subject=OF_DEPARTMENT)) == {"endorsements-missing"}


def test_a_lapse_is_decided_by_what_was_known_before_the_proposal(told: Telling) -> None:
    told.policy(lapse_days=1)
    plan = told.propose(CLERK, money("5.00"))
    told.policy(lapse_days=9)
    told.succeeds("council", "strange", "2025-09-02")
    told.policy(lapse_days=9)
    told.day("2025-09-03")
    assert told.enacts(STRANGER, told.propose(STRANGER, money("1.00", "1.2"))) == RECORDED
    told.day("2025-09-04")
    assert refused(told.enacts(STRANGER, plan)) == {"proposal-closed"}


def test_endorsements_are_asked_of_what_can_be_proposed_and_of_an_adoption_at_most_recorded(
    told: Telling,
) -> None:
    for kind, shortfall, fault in (
        ("actual.reported", "record", {"cannot-be-endorsed"}),
        ("programme.adopted", "refuse", {"cannot-be-endorsed"}),
        ("programme.adopted", "acknowledge", set[str]()),
        ("programme.closed", "refuse", set[str]()),
    ):
        assert refused(told.policy(asks("chair", shortfall=shortfall) | {"kinds": [kind]})) == fault


def test_forbidden_discrepancies_refuse_and_silent_ones_are_recorded(told: Telling) -> None:
    told.policy({"kinds": ["financing.changed"], "silent": ["other-text"]})
    other = money("2.00")["data"]
    assert told.enacts(CLERK, told.propose(CLERK, money("1.00")), data=other).silent == {"other-text"}
    told.policy({"kinds": ["financing.changed"], "forbidden": ["other-text"]}, policy="q")
    outcome = told.enacts(CLERK, told.propose(CLERK, money("1.00", "1.2")), data=other)
    assert refused(outcome) == {"other-text"}


def test_lacking_endorsements_are_silent_by_the_policy_that_asks_for_them(told: Telling) -> None:
    quiet = {"kinds": ["financing.changed"], "silent": ["endorsements-missing"]}
    told.policy(asks("chair", shortfall="acknowledge"), subject="root")
    told.policy(quiet)
    assert told.changes(CLERK).asked == {"endorsements-missing"}
    told.policy(asks("chair", shortfall="acknowledge"), quiet, subject="root")
    assert told.changes(CLERK).silent == {"endorsements-missing"}


def test_the_newest_policy_that_names_a_row_says_who_reports(told: Telling) -> None:
    told.policy(executors=[reporting("chair", "1")], subject="root")
    told.policy(executors=[reporting("clerk", "1")])
    report = {"indicator": "i-1", "period": "2025", "value": "1"}
    assert refused(told.says(CHAIR, "actual.reported", report)) == {"not-the-executor"}
    assert told.says(CLERK, "actual.reported", report) == RECORDED
    told.policy(executors=[reporting("chair", "1")], subject="root")
    assert told.says(CHAIR, "actual.reported", report) == RECORDED


def test_reports_come_from_the_nearest_executor(told: Telling) -> None:
    executors: list[Payload] = [
        {"items": ["1"], "office": "clerk"},
        {"items": ["1.1"], "office": "chair"},
        {"indicators": ["i-2"], "office": "clerk"},
    ]
    for who in (CLERK, CHAIR):
        kinds = ["actual.reported", "progress.reported", "spending.reported"]
        told.rules("office.created", {"office": f"{who.office}-2", "kinds": kinds}, COUNCIL)
        told.grant(Who(who.person, f"{who.office}-2", who.key, COUNCIL))
    named = [one | {"office": f"{one['office']}-2"} for one in executors]
    assert told.policy(executors=named) == RECORDED
    clerk, chair = (Who(one.person, f"{one.office}-2", one.key) for one in (CLERK, CHAIR))
    reports = {by: [said(told, by, "i-1"), said(told, by, "i-2")] for by in (clerk, chair)}
    assert reports == {clerk: [{"not-the-executor"}, set()], chair: [set(), {"not-the-executor"}]}


def said(told: Telling, by: Who, indicator: str) -> set[str]:
    return refused(told.says(by, "actual.reported", {"indicator": indicator}))


# Consent


def test_an_endorsed_proposal_is_enacted(told: Telling) -> None:
    told.policy(asks("chair", "head"))
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CHAIR, plan)
    assert refused(told.enacts(CLERK, plan)) == {"endorsements-missing"}
    told.endorses(HEAD, plan)
    assert told.enacts(CLERK, plan) == RECORDED


def test_without_a_proposal_no_endorsement_counts(told: Telling) -> None:
    told.policy(asks("chair", shortfall="acknowledge"))
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CHAIR, plan)
    assert told.changes(CLERK, "5.00").asked == {"endorsements-missing"}


def test_the_content_hash_leaves_the_act_and_what_is_empty_out() -> None:
    change = money("5.00")
    enacted = change | {"act": {"id": "a"}, "relations": {"enacts": {"proposal": "p"}}, "files": []}
    assert content_hash(PROGRAMME, enacted) == content_hash(PROGRAMME, change)
    assert content_hash(PROGRAMME, change | {"effective": "2025-04-01"}) != content_hash(PROGRAMME, change)
    assert content_hash(COUNCIL, change) != content_hash(PROGRAMME, change)


def test_an_endorsement_of_another_hash_is_refused(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    outcome = told.says(CHAIR, "change.endorsed", told.about(plan, content="00" * 32))
    assert refused(outcome) == {"other-content"}


def test_another_text_carries_no_endorsement_over(told: Telling) -> None:
    told.policy(asks("chair", shortfall="acknowledge"))
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CHAIR, plan)
    outcome = told.enacts(CLERK, plan, data=money("6.00")["data"])
    assert outcome.asked == {"other-text", "endorsements-missing"}


def test_another_kind_and_other_relations_are_refused(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    corrects = {"corrects": {"event": "e-1", "payload": ""}}
    assert refused(told.enacts(CLERK, plan, relations=corrects)) == {"other-relations"}
    assert "enacts-other-kind" in refused(told.enacts(CLERK, plan, kind="appropriation.set"))


def test_the_newest_statement_of_an_office_counts(told: Telling) -> None:
    told.policy(asks("chair"))
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CHAIR, plan)
    told.refuses(CHAIR, plan)
    assert refused(told.enacts(CLERK, plan)) == {"endorsements-missing"}
    told.endorses(CHAIR, plan)
    assert told.enacts(CLERK, plan) == RECORDED


def test_a_proposer_and_one_person_for_two_offices_do_not_endorse_where_others_are_asked(
    told: Telling,
) -> None:
    told.policy(asks("clerk", "chair", "deputy", "head", needed=2, other_persons=True))
    plan = told.propose(CLERK, money("5.00"))
    assert refused(told.endorses(CLERK, plan)) == {"self-endorsement"}
    told.endorses(CHAIR, plan)
    assert refused(told.endorses(DEPUTY, plan)) == {"same-person"}
    assert refused(told.enacts(CLERK, plan)) == {"endorsements-missing"}


def test_a_proposer_is_no_other_person_even_if_that_was_asked_later(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    assert told.endorses(CLERK, plan) == RECORDED
    told.policy(asks("clerk", other_persons=True))
    assert refused(told.enacts(CLERK, plan)) == {"endorsements-missing"}


def test_offices_are_counted_where_nobody_asks_for_other_persons(told: Telling) -> None:
    told.policy(asks("chair", "deputy", shortfall="acknowledge"))
    plan = told.propose(CLERK, money("5.00"))
    assert told.endorses(CHAIR, plan) == told.endorses(DEPUTY, plan) == told.enacts(CLERK, plan) == RECORDED


@pytest.mark.parametrize("spoilt", ["revoked", "doubt", "mandate", "refused"])
def test_one_person_endorses_for_another_office_when_the_first_endorsement_counts_no_more(
    told: Telling, spoilt: str
) -> None:
    told.policy(asks("chair", "deputy", needed=1, other_persons=True))
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CHAIR, plan)
    told.day("2025-09-03")
    again = DEPUTY
    if spoilt == "mandate":
        told.end(told.mandate(CHAIR), "2025-09-03")
    elif spoilt == "refused":
        told.refuses(CHAIR, plan)
    else:
        told.revoke(CHAIR, since="2025-09-02" if spoilt == "doubt" else None)
        again = DEPUTY.using("key-bob-2")
        told.enrol(again)
    assert told.endorses(again, plan) == RECORDED


def test_an_endorsement_in_doubt_is_in_the_way_of_another_by_the_same_person_once_it_is_reaffirmed(
    told: Telling,
) -> None:
    told.policy(asks("head", "deputy", needed=1, other_persons=True))
    plan, bob = told.propose(CLERK, money("5.00")), Who("bob", "head", "key-bob", DEPARTMENT)
    told.enrol(bob)
    told.day("2025-09-03")
    mandate = {"person": "bob", "office": "head", "start": "2025-01-01"}
    granted = told.rules("mandate.granted", mandate, DEPARTMENT, by=(R1, R3))
    assert told.endorses(bob, plan) == RECORDED
    told.rules("key.revoked", revocation(R3, "2025-09-03"), "root")
    assert not told.model.judge(told.event("change.endorsed", PROGRAMME, told.about(plan), (DEPUTY,))).refused
    told.reaffirms(TWO, granted, subject=DEPARTMENT)
    assert refused(told.endorses(DEPUTY, plan)) == {"same-person"}


def test_endorsements_in_order_wait_for_the_earlier_office(told: Telling) -> None:
    told.policy(asks("chair", "head", ordered=True))
    plan = told.propose(CLERK, money("5.00"))
    assert refused(told.endorses(HEAD, plan)) == {"out-of-order"}
    assert told.endorses(CHAIR, plan) == told.endorses(HEAD, plan) == RECORDED


def test_a_proposal_that_may_wait_no_day_lapses_the_next_day(told: Telling) -> None:
    told.policy(lapse_days=0)
    plan = told.propose(CLERK, money("5.00"))
    assert told.endorses(CHAIR, plan) == RECORDED
    told.day("2025-09-03")
    assert refused(told.endorses(CHAIR, plan)) == {"proposal-closed"}


@pytest.mark.parametrize("end", ["withdrawn", "enacted", "lapsed"])
def test_a_closed_proposal_takes_no_statements(told: Telling, end: str) -> None:
    told.policy(lapse_days=2)
    plan = told.propose(CLERK, money("5.00"))
    told.day("2025-09-04")
    assert told.endorses(CHAIR, plan) == RECORDED
    if end == "withdrawn":
        told.withdraws(CLERK, plan)
    elif end == "enacted":
        told.enacts(CLERK, plan)
    else:
        told.day("2025-09-05")
    assert refused(told.endorses(CHAIR, plan)) == refused(told.refuses(CHAIR, plan)) == {"proposal-closed"}
    assert refused(told.enacts(CLERK, plan)) == {"proposal-closed"}


def test_the_proposers_office_withdraws_a_proposal(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    told.grant(Who("new", "clerk", "", COUNCIL))
    told.enrol(Who("new", "clerk", "key-new", COUNCIL))
    assert refused(told.withdraws(CHAIR, plan)) == {"not-the-proposer"}
    assert told.withdraws(Who("new", "clerk", "key-new"), plan) == RECORDED


def test_a_cell_that_somebody_else_wrote_since_is_asked_of_enactor_and_endorser(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    told.changes(HEAD, "7.00")
    assert told.endorses(CHAIR, plan).asked == {"changed-since-proposed"}
    assert told.enacts(CLERK, plan).asked == {"changed-since-proposed"}
    other = told.propose(CLERK, money("5.00", "1.2"))
    assert told.enacts(CLERK, other) == RECORDED


def test_the_proposers_own_later_writes_are_another_event_too(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    told.changes(CLERK, "7.00")
    assert told.enacts(CHAIR, plan).asked == {"changed-since-proposed"}


@pytest.mark.parametrize("spoilt", ["doubt", "mandate", "revoked"])
def test_endorsers_are_judged_again_at_enactment(told: Telling, spoilt: str) -> None:
    told.policy(asks("chair"))
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CHAIR, plan)
    if spoilt == "doubt":
        told.day("2025-09-03")
        told.rules("key.revoked", revocation(CHAIR, "2025-09-02"), "root")
    elif spoilt == "mandate":
        told.end(told.mandate(CHAIR), "2025-09-02")
    else:
        told.revoke(CHAIR, COUNCIL)
    assert refused(told.enacts(CLERK, plan)) == {"endorsements-missing"}


def test_an_endorsement_by_a_key_that_was_only_rotated_since_counts(told: Telling) -> None:
    told.policy(asks("chair"))
    plan = told.propose(CLERK, money("5.00"))
    told.endorses(CHAIR, plan)
    told.rules("key.rotated", {"kid": CHAIR.signer()["kid"], "jwk": jwk("key-bob-2")}, COUNCIL)
    assert told.enacts(CLERK, plan) == RECORDED


def test_a_correction_and_a_void_are_asked_the_same(told: Telling) -> None:
    told.changes(CLERK)
    corrects = {"corrects": {"event": told.last.id, "payload": ""}}
    told.policy(asks("chair"))
    for data in (money("2.00")["data"], None):
        assert refused(told.changes(CLERK, data=data, relations=corrects)) == {"endorsements-missing"}
    plan = told.propose(CLERK, money("2.00") | {"relations": corrects})
    told.endorses(CHAIR, plan)
    assert told.enacts(CLERK, plan) == RECORDED


def test_what_nobody_asked_about_is_not_acknowledged(told: Telling) -> None:
    assert refused(told.changes(CLERK, acknowledges=["endorsements-missing"])) == {"acknowledges-nothing"}


def test_who_accepts_a_report_that_the_same_person_signed_acknowledges_it(told: Telling) -> None:
    told.says(CHAIR, "actual.reported", {"indicator": "i-1"})
    report = told.last
    assert told.says(CLERK, "report.accepted", {"report": report.id}) == RECORDED
    assert told.says(DEPUTY, "report.accepted", {"report": report.id}).asked == {"own-report"}
    assert told.last.payload["acknowledges"] == ["own-report"]
    told.policy({"kinds": ["report.accepted"], "forbidden": ["own-report"]})
    assert refused(told.says(CHAIR, "report.accepted", {"report": report.id})) == {"own-report"}


# The second reading


def test_the_second_reading_finds_a_change_without_what_the_policy_demanded(told: Telling) -> None:
    told.policy(asks("chair", shortfall="acknowledge"))
    told.take(told.event("financing.changed", PROGRAMME, money("5.00")["data"], (CLERK,)))
    assert lacking(told.model.log) == [f"{told.last.index} financing.changed: endorsements by ['chair']"]


def test_the_second_reading_finds_another_text_that_nobody_acknowledged(told: Telling) -> None:
    plan = told.propose(CLERK, money("5.00"))
    enacts = {"relations": {"enacts": {"proposal": plan.id}}, "effective": "2025-03-01"}
    told.take(told.event("financing.changed", PROGRAMME, money("6.00")["data"], (CLERK,), **enacts))
    assert lacking(told.model.log) == [f"{told.last.index} financing.changed: another text"]


def test_a_thumbprint_is_the_one_of_rfc_8037() -> None:
    known = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(known) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
