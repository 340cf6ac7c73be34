"""The oracle of authority reads docs/authority.md so: one sentence, one small story."""

from __future__ import annotations

import pytest

from tests.oracle.audit import lacking
from tests.oracle.authority import Outcome
from tests.oracle.said import Payload, content_hash, thumbprint
from tests.oracle.telling import (
    CHAIR,
    CLERK,
    COUNCIL,
    DEPARTMENT,
    DEPUTY,
    HEAD,
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
    told.policy(asks("chair"), subject=COUNCIL)
    assert told.changes(HEAD) == RECORDED
    told.policy(asks("strange-clerk"), subject=STRANGE)
    assert refused(told.changes(HEAD)) == {"endorsements-missing"}


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
    told.rules("registrar.changed", named(R4, k=1), DEPARTMENT, by=(R1, R3, R4))
    told.rules(
        "mandate.granted", {"person": "new", "office": "head", "start": "2025-01-01"}, DEPARTMENT, by=(R4,)
    )
    told.rules("key.enrolled", {"person": "new", "jwk": jwk("key-new")}, DEPARTMENT, by=(R4,))
    told.changes(Who("new", "head", "key-new", DEPARTMENT))
    change = told.last
    told.changes(HEAD)
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
    assert refused(told.policy(asks("nobody", shortfall="record"))) == {"unknown-office", "office-may-not"}
    assert refused(told.policy(asks("chair", needed=2, shortfall="record"))) == {"needed-too-high"}
    assert refused(told.policy(asks("chair", "deputy"))) == {"too-few-persons"}
    told.grant(Who("eve", "chair", "", COUNCIL))
    assert told.policy(asks("chair", "deputy")) == RECORDED
    assert refused(told.policy(asks("chair", "deputy", "head"))) == {"too-few-persons"}
    told.grant(Who("ann", "chair", "", COUNCIL))
    assert told.policy(asks("chair", "deputy", "head")) == RECORDED
    assert told.policy(asks("chair", "deputy", shortfall="record")) == RECORDED
    assert refused(told.policy({"kinds": ["report.accepted"], "offices": ["chair"]})) == {"office-may-not"}


def test_a_bodys_policy_names_offices_of_the_body_and_of_those_below_it(told: Telling) -> None:
    assert told.policy(asks("chair", "head"), subject=COUNCIL) == RECORDED
    assert refused(told.policy(asks("strange-clerk"))) == {"office-of-another-body"}
    assert refused(told.policy(asks("chair"), subject=DEPARTMENT)) == {"office-of-another-body"}
    assert told.policy(asks("chair", "strange-clerk"), subject="root") == RECORDED


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
        told.says(CLERK, "change.withdrawn", {"proposal": plan.id, "reason": ""})
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
    data = {"proposal": plan.id, "reason": ""}
    assert refused(told.says(CHAIR, "change.withdrawn", data)) == {"not-the-proposer"}
    assert told.says(Who("new", "clerk", "key-new"), "change.withdrawn", data) == RECORDED


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
