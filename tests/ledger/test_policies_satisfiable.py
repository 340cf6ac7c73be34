"""A policy that nobody could satisfy, or that contradicts itself or another, is refused.

It is judged on its first day with the policies then in force over its own stream. Source:
docs/authority.md, Policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import ledger
from api.problems import problem_of
from api.texts.catalogue import CAUSES, DISCREPANCIES
from ledger.errors import Refusal
from ledger.ids import body_stream
from ledger.policy import DISCREPANCIES as KNOWN
from ledger.submission import read_submission
from tests.support.council import (
    CHAIR,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    MEMBER,
    MONEY,
    REEVE,
    TODAY,
    TREASURER,
    asks,
    council_town,
    policy,
    revoke,
    rotate,
    set_policy,
)
from tests.support.people import (
    COMMISSION,
    COMMISSIONER,
    COUNCIL,
    FINANCE,
    FINANCIER,
    FOREIGN,
    OFFICE_KINDS,
    SECRETARY,
    STRANGER,
    Official,
    key_of,
)
from tests.support.story import OTHER_PROGRAMME_ID
from tests.support.town import COUNCIL_STREAM, PROGRAMME_ID, Payload, TestLedger

LATER = "2025-10-01"
ENDORSED, PROPOSED = "change.endorsed", "change.proposed"
ACTUAL, PROGRESS, SPENDING = "actual.reported", "progress.reported", "spending.reported"
UNSATISFIABLE, CONTRADICTS = "policy-unsatisfiable", "policy-contradicts"
RULE = "/data/rules/0"
EXECUTOR = "/data/executors/0/office"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def refusal(
    town: TestLedger, *, where: str = COUNCIL_STREAM, name: str = "new", **said: Any
) -> Refusal | None:
    """What is wrong with a policy; None once it is recorded."""
    by = DISTRICT_REGISTRARS[:2] if where == DISTRICT_STREAM else None
    told = town.outcome([town.envelope("policy.set", where, policy(name, **said), by=by)])
    assert isinstance(told, Refusal | list), told
    return told if isinstance(told, Refusal) else None


def why(town: TestLedger, **said: Any) -> tuple[str, str, str] | None:
    """The refusal's code, its cause and its pointer; None once it is recorded."""
    told = refusal(town, **said)
    return (told.code, told.details["why"], told.pointer) if told is not None else None


def only(*officials: Official, kind: str = MONEY) -> Payload:
    """A rule: these offices alone sign a kind."""
    return {"kinds": [kind], "offices": [one.office for one in officials]}


def reports(who: Official, *items: str, **more: Any) -> Payload:
    return {"items": list(items), "office": who.office, **more}


def end(town: TestLedger, who: Official, day: str = LATER) -> None:
    """A mandate ends: its holder has the office no more from a day on."""
    slot = town.ids[f"mandate.granted {who.office}"]
    town.submit("mandate.ended", body_stream(who.body), {"mandate": slot, "end": day})


def grant(town: TestLedger, person: str, office: Official, start: str = "2025-01-01") -> None:
    data = {"person": person, "office": office.office, "start": start}
    town.submit("mandate.granted", body_stream(office.body), data)


def create(town: TestLedger, office: str, *kinds: str) -> Official:
    """An office of the council that nobody holds."""
    data = {"office": office, "name": "Посада", "kinds": list(kinds)}
    town.submit("office.created", COUNCIL_STREAM, data)
    return Official("nobody", office, COUNCIL, key_of("nobody"))


# -- who may be named ------------------------------------------------------------------------------

MAY_SIGN = f"{RULE}/offices/0"
MAY_ENDORSE = f"{RULE}/endorsements/offices/0"


def of(office: Official, *, signs: bool = False, endorses: bool = False) -> Payload:
    """A policy that names an office in one part."""
    if signs:
        return {"rules": [only(office)]}
    if endorses:
        return {"rules": [asks(office)]}
    return {"executors": [reports(office, "1")]}


@pytest.mark.parametrize(
    ("where", "office", "signs", "endorses", "reports"),
    [
        (COUNCIL_STREAM, TREASURER, True, True, True),  # of a body below under the same registrars
        (COUNCIL_STREAM, REEVE, False, True, False),  # of a body below that has registrars of its own
        (DISTRICT_STREAM, MAYOR, False, True, False),  # of the body above
        (DISTRICT_STREAM, REEVE, True, True, True),
        (DISTRICT_STREAM, TREASURER, False, False, False),  # of a body beside
        (COUNCIL_STREAM, STRANGER, False, False, False),
        ("root", STRANGER, True, True, True),  # the root names any
    ],
)
def test_signers_and_executors_act_for_the_body_and_endorsers_stand_above_or_below(
    town: TestLedger, where: str, office: Official, signs: bool, endorses: bool, reports: bool
) -> None:
    for part, pointer, accepted in (
        ({"signs": True}, MAY_SIGN, signs),
        ({"endorses": True}, MAY_ENDORSE, endorses),
        ({}, EXECUTOR, reports),
    ):
        refused = None if accepted else (UNSATISFIABLE, "foreign-office", pointer)
        assert why(town, where=where, **of(office, **part)) == refused, part


def test_who_is_let_endorse_may_be_of_a_body_above_like_who_is_asked_to(town: TestLedger) -> None:
    rules = [asks(MAYOR), only(MAYOR, kind=ENDORSED)]
    assert why(town, where=DISTRICT_STREAM, rules=rules) is None
    rules = [only(MAYOR, kind=PROPOSED)]
    assert why(town, where=DISTRICT_STREAM, rules=rules) == (UNSATISFIABLE, "foreign-office", MAY_SIGN)


@pytest.mark.parametrize("part", [{"signs": True}, {"endorses": True}, {}])
def test_an_office_of_a_body_that_was_succeeded_on_the_first_day_can_do_nothing(
    town: TestLedger, part: Payload
) -> None:
    data = {"body": COUNCIL, "successor": FOREIGN, "start": LATER}
    town.submit("body.succeeded", "root", data)
    assert why(town, start="2025-09-30", **of(MAYOR, **part)) is None
    told = refusal(town, start=LATER, **of(MAYOR, **part))
    assert told is not None
    assert (told.code, told.details["why"]) == (UNSATISFIABLE, "foreign-office")
    assert why(town, start=LATER, **of(STRANGER, **part)) is None
    told = refusal(town, start="2025-09-30", name="early", **of(STRANGER, **part))
    assert told is not None


def test_an_office_that_may_not_sign_what_is_asked_of_it_is_not_named(town: TestLedger) -> None:
    may_not = (UNSATISFIABLE, "may-not-sign")
    assert why(town, rules=[only(COMMISSIONER)]) == (*may_not, MAY_SIGN)
    assert why(town, rules=[asks(COMMISSIONER)]) == (*may_not, MAY_ENDORSE)
    assert why(town, rules=[only(COMMISSIONER, kind=PROGRESS)]) is None
    actuals = create(town, "statistician", ACTUAL)
    assert why(town, executors=[reports(actuals, "1")]) == (*may_not, EXECUTOR)
    assert why(town, executors=[reports(actuals, "1", kinds=[ACTUAL, SPENDING])]) == (*may_not, EXECUTOR)
    assert why(town, executors=[reports(actuals, "1", kinds=[ACTUAL])]) is None
    about = {"indicators": ["i-1"], "office": actuals.office}  # reports about indicators are actuals
    assert why(town, executors=[about]) is None


def test_no_more_endorsements_are_needed_than_offices_are_named(town: TestLedger) -> None:
    told = why(town, rules=[asks(MAYOR, CHAIR, needed=3, shortfall="record")])
    assert told == (UNSATISFIABLE, "too-few-offices", f"{RULE}/endorsements/needed")
    assert why(town, rules=[asks(MAYOR, CHAIR, needed=2, shortfall="record")]) is None


# -- who signs -------------------------------------------------------------------------------------


def test_two_rules_of_one_policy_let_some_office_sign(town: TestLedger) -> None:
    told = refusal(town, rules=[only(MAYOR, CHAIR), only(TREASURER)])
    assert told is not None
    assert (told.code, told.pointer, told.got) == (UNSATISFIABLE, MAY_SIGN[:-2], MONEY)
    assert (told.details["why"], told.details["kind"], told.details["policy"]) == ("no-office", MONEY, None)
    assert told.details["offices"] == ["mayor", "budget-chair", "treasurer"]
    assert {"office": "mayor", "persons": ["p-mayor"]} in told.details["instead"]
    assert why(town, rules=[only(MAYOR, CHAIR), only(TREASURER, CHAIR)]) is None


def test_two_rules_about_different_kinds_do_not_meet(town: TestLedger) -> None:
    assert why(town, rules=[only(MAYOR), only(TREASURER, kind="appropriation.set")]) is None


def test_a_policy_lets_some_office_sign_that_the_others_let_sign_too(town: TestLedger) -> None:
    first = set_policy(town, name="first", rules=[only(MAYOR, CHAIR)])
    told = refusal(town, rules=[only(TREASURER)])
    assert told is not None
    assert (told.details["why"], told.details["policy"]) == ("no-office", first)
    assert why(town, rules=[only(TREASURER, CHAIR)]) is None


def test_three_policies_that_agree_by_twos_can_exclude_each_other(town: TestLedger) -> None:
    set_policy(town, name="first", rules=[only(MAYOR, CHAIR)])
    set_policy(town, name="second", rules=[only(CHAIR, TREASURER)])
    assert why(town, rules=[only(TREASURER, MAYOR)]) == (UNSATISFIABLE, "no-office", f"{RULE}/offices")
    assert why(town, rules=[only(TREASURER, MAYOR, CHAIR)]) is None


def test_a_bodys_policy_is_held_against_the_roots_and_those_above_but_not_the_other_way(
    town: TestLedger,
) -> None:
    set_policy(town, where="root", name="root", rules=[only(MAYOR)])
    assert why(town, rules=[only(CHAIR)]) == (UNSATISFIABLE, "no-office", f"{RULE}/offices")
    assert why(town, rules=[only(CHAIR, MAYOR)]) is None
    assert why(town, where="root", name="root", rules=[only(TREASURER)]) is None  # who is above sets it
    assert why(town, where=f"body:{FINANCE}", name="theirs", rules=[only(FINANCIER)]) is not None
    assert why(town, name="theirs", where=f"body:{FINANCE}", rules=[only(TREASURER)]) is not None
    set_policy(town, name="new")
    assert why(town, name="theirs", where=f"body:{FINANCE}", rules=[only(TREASURER)]) is None


def test_what_a_body_may_not_do_by_the_policy_above_its_own_rules_cannot_mend(town: TestLedger) -> None:
    """The council lets only its mayor sign; the district's reeve may, and the mayor does not act for it."""
    set_policy(town, rules=[only(MAYOR)])
    told = why(town, where=DISTRICT_STREAM, rules=[{"kinds": [MONEY], "silent": ["old-mismatch"]}])
    assert told == (UNSATISFIABLE, "no-office", f"{RULE}/kinds")
    assert why(town, where=DISTRICT_STREAM, rules=[only(REEVE, kind="appropriation.set")]) is None


def test_what_a_policy_replaces_is_not_held_against_it(town: TestLedger) -> None:
    set_policy(town, name="same", rules=[only(MAYOR)])
    assert why(town, name="same", rules=[only(CHAIR)]) is None
    assert why(town, name="other", rules=[only(MAYOR)]) is not None


def test_what_the_root_set_by_the_same_id_is_not_replaced(town: TestLedger) -> None:
    set_policy(town, where="root", name="same", rules=[only(MAYOR)])
    assert why(town, name="same", rules=[only(CHAIR)]) is not None


def test_a_policy_is_held_against_those_in_force_on_its_first_day(town: TestLedger) -> None:
    set_policy(town, name="first", rules=[only(MAYOR)])
    set_policy(town, name="first", start=LATER)  # which ends it
    assert why(town, start="2025-09-30", rules=[only(CHAIR)]) is not None
    assert why(town, start=LATER, rules=[only(CHAIR)]) is None
    set_policy(town, name="second", start="2025-11-01", rules=[only(CHAIR)])
    assert why(town, name="third", start="2025-11-01", rules=[only(MAYOR)]) is not None


def test_a_policy_is_held_against_those_stated_for_later_on_their_first_days(town: TestLedger) -> None:
    first = set_policy(town, name="first", start=LATER, rules=[only(MAYOR)])
    told = refusal(town, rules=[only(TREASURER)])
    assert told is not None
    assert (told.code, told.details["why"]) == (UNSATISFIABLE, "no-office")
    assert (told.details["day"], told.details["policy"]) == (LATER, first)
    assert why(town, name="first", rules=[only(TREASURER)]) is None  # whose place it takes
    assert why(town, rules=[only(TREASURER, MAYOR)]) is None


def test_whichever_of_two_is_stated_first_they_do_not_exclude_each_other_later(town: TestLedger) -> None:
    orders = [asks(MAYOR, CHAIR, ordered=True)], [asks(CHAIR, MAYOR, ordered=True)]
    set_policy(town, name="late", start=LATER, rules=orders[0])
    told = refusal(town, rules=orders[1])
    assert told is not None
    assert (told.code, told.details["why"], told.details["day"]) == (CONTRADICTS, "orders", LATER)
    rule = {"kinds": [ACTUAL], "offices": ["mayor"]}
    set_policy(town, name="late", start=LATER, rules=[rule])
    told = refusal(town, executors=[reports(TREASURER, "1")])
    assert told is not None
    assert (told.details["why"], told.details["day"]) == ("executor-may-not", LATER)
    set_policy(town, where="root", name="late", start=LATER, rules=[only(CHAIR)])  # of above, too
    assert why(town, rules=[only(MAYOR)]) is not None


def test_what_will_not_be_in_force_on_its_first_day_it_does_not_meet(town: TestLedger) -> None:
    set_policy(town, name="ended", start=LATER, rules=[only(MAYOR)])
    set_policy(town, name="ended", start="2025-09-20")
    set_policy(town, name="replaced", start=LATER, rules=[only(MAYOR)])
    set_policy(town, name="replaced", start="2025-09-20", lapse_days=5)
    set_policy(town, name="theirs", where=f"body:{FINANCE}", start=LATER, rules=[only(TREASURER)])
    set_policy(town, name="one", programme=PROGRAMME_ID, start=LATER, rules=[only(MAYOR)])
    assert why(town, programme=OTHER_PROGRAMME_ID, rules=[only(CHAIR)]) is None
    assert why(town, name="all", rules=[only(CHAIR)]) is not None
    set_policy(town, name="one", programme=PROGRAMME_ID, start=LATER)
    assert why(town, name="all", rules=[only(CHAIR)]) is None


def test_on_a_later_day_the_mandates_of_that_day_count(town: TestLedger) -> None:
    end(town, TREASURER, "2025-09-20")
    set_policy(town, name="late", start=LATER, rules=[only(TREASURER, MAYOR, kind=PROPOSED)])
    told = refusal(town, rules=[only(TREASURER)])
    assert told is not None
    assert (told.details["why"], told.details["day"]) == ("nobody-holds", LATER)
    assert why(town, rules=[only(TREASURER, MAYOR)]) is None
    set_policy(town, name="late")
    assert why(town, rules=[only(TREASURER)]) is None  # nothing is to begin any more


def test_policies_of_two_programmes_do_not_apply_together(town: TestLedger) -> None:
    set_policy(town, name="one", programme=PROGRAMME_ID, rules=[only(MAYOR)])
    assert why(town, programme=OTHER_PROGRAMME_ID, rules=[only(CHAIR)]) is None
    assert why(town, name="same", programme=PROGRAMME_ID, rules=[only(CHAIR)]) is not None


def test_a_policy_for_all_applies_with_that_of_each_programme(town: TestLedger) -> None:
    set_policy(town, name="one", programme=PROGRAMME_ID, rules=[only(MAYOR)])
    set_policy(town, name="two", programme=OTHER_PROGRAMME_ID, rules=[only(CHAIR)])
    assert why(town, rules=[only(MAYOR)]) is not None
    assert why(town, rules=[only(MAYOR, CHAIR)]) is None
    assert why(town, programme="third", name="three", rules=[only(TREASURER)]) is not None


def test_a_policy_of_one_programme_is_not_held_against_a_body_that_does_not_govern_it(
    town: TestLedger,
) -> None:
    set_policy(town, where="root", name="one", programme=PROGRAMME_ID, rules=[only(MAYOR)])
    stranger = policy("theirs", rules=[{"kinds": [MONEY], "forbidden": ["other-text"]}])
    town.reopen()  # nothing is loaded that the policy does not need
    town.submit("policy.set", body_stream(FOREIGN), stranger)
    set_policy(town, where="root", name="later", programme="not-yet-adopted", rules=[only(MAYOR)])
    town.submit("policy.set", body_stream(FOREIGN), stranger)  # nobody knows whose it will be
    ours = policy("ours", rules=[only(CHAIR)])
    assert town.refused("policy.set", COUNCIL_STREAM, ours).code == "policy-unsatisfiable"


def test_a_policy_may_precede_the_adoption_that_it_is_for(town: TestLedger) -> None:
    assert why(town, programme="not-yet-adopted", rules=[only(MAYOR)]) is None


def test_somebody_holds_an_office_that_may_sign(town: TestLedger) -> None:
    empty = create(town, "vacant", *OFFICE_KINDS)
    told = refusal(town, rules=[only(empty)])
    assert told is not None
    assert (told.details["why"], told.details["offices"]) == ("nobody-holds", ["vacant"])
    assert told.details["day"] == TODAY
    assert why(town, rules=[only(empty, MAYOR)]) is None
    assert why(town, name="other", rules=[only(empty, CHAIR)]) is not None  # together: the empty one alone


def test_whoever_holds_it_has_a_live_key(town: TestLedger) -> None:
    assert why(town, name="before", rules=[only(TREASURER)]) is None
    set_policy(town, name="before")
    revoke(town, TREASURER.key.public, body_stream(FINANCE))
    assert why(town, rules=[only(TREASURER)]) == (UNSATISFIABLE, "nobody-holds", f"{RULE}/offices")
    town.submit("key.enrolled", body_stream(FINANCE), town.key_data(TREASURER.using(key_of("treasurer 2"))))
    assert why(town, rules=[only(TREASURER)]) is None


def test_a_key_that_the_root_revoked_is_dead_everywhere_and_a_rotated_one_lives_on_as_the_new(
    town: TestLedger,
) -> None:
    rotate(town, CHAIR, CHAIR.using(key_of("chair 2")))
    assert why(town, rules=[only(CHAIR)]) is None
    revoke(town, key_of("chair 2").public, "root")
    assert why(town, name="other", rules=[only(CHAIR)]) is not None


def test_a_key_that_another_body_accepted_is_none_of_this_ones(town: TestLedger) -> None:
    grant(town, TREASURER.person, CHAIR)  # whose key the commission did not accept
    end(town, CHAIR, TODAY)
    assert why(town, rules=[only(CHAIR)]) == (UNSATISFIABLE, "nobody-holds", f"{RULE}/offices")
    town.submit("key.enrolled", body_stream(COMMISSION), town.key_data(TREASURER))
    assert why(town, rules=[only(CHAIR)]) is None


def test_mandates_are_looked_at_on_the_first_day(town: TestLedger) -> None:
    end(town, TREASURER)
    assert why(town, start="2025-09-30", rules=[only(TREASURER)]) is None
    assert why(town, start=LATER, rules=[only(TREASURER)]) == (
        UNSATISFIABLE,
        "nobody-holds",
        f"{RULE}/offices",
    )
    grant(town, "p-treasurer", TREASURER, start="2025-11-01")
    assert why(town, start="2025-10-31", rules=[only(TREASURER)]) is not None
    assert why(town, start="2025-11-01", rules=[only(TREASURER)]) is None


# -- who endorses ----------------------------------------------------------------------------------

NEEDED = f"{RULE}/endorsements/needed"


@pytest.mark.parametrize("shortfall", ["acknowledge", "record"])
def test_endorsers_are_looked_for_only_where_the_event_would_be_refused(
    town: TestLedger, shortfall: str
) -> None:
    rule = asks(MAYOR, MEMBER, shortfall=shortfall)
    assert why(town, name="a", rules=[rule]) is None
    forbids = {"kinds": [MONEY], "forbidden": ["endorsements-missing"]}
    assert why(town, name="a", rules=[rule, forbids]) == (UNSATISFIABLE, "too-few-endorsers", NEEDED)
    told = refusal(town, name="b", rules=[forbids])
    assert told is not None
    assert (told.pointer, told.got) == (f"{RULE}/forbidden", 2)
    assert told.details["policy"] is not None
    forbids = {"kinds": ["appropriation.set"], "forbidden": ["endorsements-missing"]}
    assert why(town, name="b", rules=[forbids]) is None


def test_a_refusal_tells_who_could_endorse_for_each_office_and_how_many_are_needed(town: TestLedger) -> None:
    told = refusal(town, rules=[asks(MAYOR, MEMBER, CHAIR)])
    assert told is not None
    assert (told.code, told.pointer, told.got) == (UNSATISFIABLE, NEEDED, 3)
    assert (told.details["able"], told.details["needed"], told.details["kind"]) == (2, 3, MONEY)
    assert told.details["offices"] == [
        {"office": "mayor", "persons": ["p-mayor"]},
        {"office": "budget-member", "persons": ["p-mayor"]},
        {"office": "budget-chair", "persons": ["p-chair"]},
    ]
    assert {"office": "budget-chair", "persons": ["p-chair"]} in told.details["instead"]
    assert why(town, rules=[asks(MAYOR, MEMBER, CHAIR, needed=2)]) is None


def test_an_endorser_has_a_live_key(town: TestLedger) -> None:
    revoke(town, CHAIR.key.public, body_stream(COMMISSION))
    assert why(town, rules=[asks(MAYOR, CHAIR)]) == (UNSATISFIABLE, "too-few-endorsers", NEEDED)
    assert why(town, rules=[asks(MAYOR, CHAIR, needed=1)]) is None


def test_another_rule_may_bar_an_office_from_endorsing(town: TestLedger) -> None:
    bar = only(MAYOR, TREASURER, kind=ENDORSED)
    assert why(town, rules=[bar, asks(MAYOR, CHAIR)]) == (
        UNSATISFIABLE,
        "too-few-endorsers",
        "/data/rules/1/endorsements/needed",
    )
    barring = set_policy(town, name="barring", rules=[bar])
    told = refusal(town, rules=[asks(MAYOR, CHAIR)])
    assert told is not None
    assert told.details["policy"] == barring
    assert told.details["offices"][1] == {"office": "budget-chair", "persons": []}
    assert why(town, rules=[asks(MAYOR, CHAIR, needed=1)]) is None
    assert why(town, rules=[asks(MAYOR, TREASURER)]) is None


def test_a_rule_that_bars_endorsers_is_held_against_what_others_ask(town: TestLedger) -> None:
    asking = set_policy(town, name="asking", rules=[asks(MAYOR, CHAIR)])
    told = refusal(town, rules=[only(MAYOR, TREASURER, kind=ENDORSED)])
    assert told is not None
    assert (told.pointer, told.details["policy"]) == (f"{RULE}/offices", asking)
    assert told.details["kind"] == MONEY
    assert why(town, rules=[only(MAYOR, CHAIR, kind=ENDORSED)]) is None


def test_in_an_order_an_office_for_which_nobody_can_endorse_bars_those_after_it(town: TestLedger) -> None:
    empty = create(town, "vacant", *OFFICE_KINDS)
    asked: Payload = {"needed": 1, "ordered": True}
    assert why(town, rules=[asks(empty, MAYOR, **asked)]) == (UNSATISFIABLE, "too-few-endorsers", NEEDED)
    assert why(town, rules=[asks(MAYOR, empty, **asked)]) is None
    assert why(town, rules=[asks(empty, MAYOR, needed=1)]) is None


def test_who_alone_can_propose_cannot_alone_endorse_where_other_persons_are_asked(town: TestLedger) -> None:
    propose = only(MAYOR, MEMBER, kind=PROPOSED)  # one person holds both
    told = refusal(town, rules=[propose, asks(MAYOR)])
    assert told is not None
    assert (told.code, told.details["why"]) == (UNSATISFIABLE, "only-proposers")
    assert told.pointer == "/data/rules/1/endorsements/needed"
    assert (told.details["proposers"], told.details["able"], told.details["needed"]) == (["p-mayor"], 0, 1)
    assert why(town, rules=[propose, asks(MAYOR, other_persons=False)]) is None
    assert why(town, name="new", rules=[only(MAYOR, CHAIR, kind=PROPOSED), asks(MAYOR)]) is None
    assert why(town, name="new", rules=[propose, asks(CHAIR)]) is None


def test_who_may_propose_is_held_against_what_others_ask_and_the_other_way(town: TestLedger) -> None:
    asking = set_policy(town, name="asking", rules=[asks(MAYOR)])
    told = refusal(town, name="who", rules=[only(MAYOR, kind=PROPOSED)])
    assert told is not None
    assert (told.pointer, told.details["policy"]) == (f"{RULE}/offices", asking)
    who = set_policy(town, name="who", rules=[only(CHAIR, kind=PROPOSED)])
    told = refusal(town, name="asking", rules=[asks(CHAIR)])
    assert told is not None
    assert (told.pointer, told.details["policy"]) == (NEEDED, who)


def test_a_rule_about_proposing_or_endorsing_is_refused_while_what_others_ask_cannot_be_given(
    town: TestLedger,
) -> None:
    """Whichever of the two it is about: an event of the kind could not be recorded anyhow."""
    asking = set_policy(town, name="asking", rules=[asks(MAYOR, TREASURER)])
    end(town, TREASURER, TODAY)
    for kind in (PROPOSED, ENDORSED):
        told = refusal(town, rules=[{"kinds": [SPENDING], "silent": []}, only(MAYOR, CHAIR, kind=kind)])
        assert told is not None
        assert (told.code, told.details["why"]) == (UNSATISFIABLE, "too-few-endorsers")
        assert told.pointer in {"/data/rules/1/kinds", "/data/rules/1/offices"}
        assert told.details["policy"] == asking
    assert why(town, rules=[only(MAYOR, CHAIR, kind="change.withdrawn")]) is None
    assert why(town, name="asking", rules=[asks(MAYOR)]) is None
    assert why(town, name="other", rules=[only(MAYOR, CHAIR, kind=PROPOSED)]) is None


def test_one_proposer_must_leave_enough_others_for_all_that_is_asked(town: TestLedger) -> None:
    """Who proposes fails one of two policies: the mayor the first, the chair the second."""
    set_policy(town, name="who", rules=[only(MAYOR, CHAIR, kind=PROPOSED)])
    assert why(town, name="first", rules=[asks(MAYOR)]) is None
    assert why(town, rules=[asks(CHAIR)]) == (UNSATISFIABLE, "only-proposers", NEEDED)
    assert why(town, rules=[asks(CHAIR, kinds=("appropriation.set",))]) is None


def test_who_proposed_endorses_for_nobody_once_one_rule_asks_for_other_persons(town: TestLedger) -> None:
    set_policy(town, name="who", rules=[only(MAYOR, kind=PROPOSED)])
    assert why(town, name="same", rules=[asks(MAYOR, other_persons=False)]) is None
    assert why(town, rules=[asks(CHAIR, shortfall="record")]) == (
        UNSATISFIABLE,
        "only-proposers",
        f"{RULE}/kinds",
    )
    assert why(town, rules=[asks(CHAIR, shortfall="record", other_persons=False)]) is None


def test_an_adoption_cannot_be_endorsed_and_must_not_have_to_be(town: TestLedger) -> None:
    adoption = ("programme.adopted",)
    refused = (UNSATISFIABLE, "not-endorsable")
    told = why(town, rules=[asks(MAYOR, kinds=adoption)])
    assert told == (*refused, f"{RULE}/endorsements")
    assert why(town, rules=[asks(MAYOR, kinds=adoption, shortfall="record")]) is None
    forbids = {"kinds": [*adoption], "forbidden": ["endorsements-missing"]}
    assert why(town, name="other", rules=[forbids]) == (*refused, f"{RULE}/kinds")
    reported = asks(MAYOR, kinds=(ACTUAL,), shortfall="record")
    assert why(town, name="other", rules=[reported]) == (*refused, f"{RULE}/kinds/0")


# -- orders ----------------------------------------------------------------------------------------


def order(*officials: Official, **more: Any) -> Payload:
    return asks(*officials, ordered=True, shortfall="record", **more)


def test_two_orders_of_endorsers_for_one_kind_do_not_exclude_each_other(town: TestLedger) -> None:
    told = refusal(town, rules=[order(MAYOR, CHAIR), order(TREASURER, CHAIR, MAYOR)])
    assert told is not None
    assert (told.code, told.details["why"], told.details["policy"]) == (CONTRADICTS, "orders", None)
    assert (told.pointer, told.got) == (f"{RULE}/endorsements/offices/1", "budget-chair")
    assert told.details["offices"] == ["mayor", "budget-chair", "mayor"]
    assert why(town, rules=[order(MAYOR, CHAIR), order(MAYOR, TREASURER, CHAIR)]) is None
    apart = [order(MAYOR, CHAIR), order(CHAIR, MAYOR, kinds=("appropriation.set",))]
    assert why(town, rules=apart) is None
    loose = asks(CHAIR, MAYOR, shortfall="record")
    assert why(town, rules=[order(MAYOR, CHAIR), loose]) is None


def test_an_order_is_held_against_those_of_the_other_policies(town: TestLedger) -> None:
    first = set_policy(town, name="first", rules=[order(MAYOR, TREASURER, CHAIR)])
    told = refusal(town, rules=[order(CHAIR, MAYOR)])
    assert told is not None
    assert (told.code, told.details["kind"], told.details["policy"]) == (CONTRADICTS, MONEY, first)
    assert told.details["offices"] == ["budget-chair", "mayor", "treasurer", "budget-chair"]
    assert why(town, rules=[order(MAYOR, CHAIR)]) is None
    assert why(town, name="first", rules=[order(TREASURER, MAYOR)]) is None


def test_three_orders_may_go_round_in_a_circle(town: TestLedger) -> None:
    set_policy(town, name="first", rules=[order(MAYOR, CHAIR)])
    set_policy(town, name="second", rules=[order(CHAIR, TREASURER)])
    assert why(town, rules=[order(TREASURER, MAYOR)]) == (
        CONTRADICTS,
        "orders",
        f"{RULE}/endorsements/offices/1",
    )
    assert why(town, rules=[order(MAYOR, TREASURER)]) is None


def test_orders_of_two_programmes_do_not_meet(town: TestLedger) -> None:
    set_policy(town, name="first", programme=PROGRAMME_ID, rules=[order(MAYOR, CHAIR)])
    assert why(town, programme=OTHER_PROGRAMME_ID, rules=[order(CHAIR, MAYOR)]) is None
    assert why(town, name="all", rules=[order(CHAIR, MAYOR)]) is not None


def test_a_circle_of_others_is_not_the_new_policys_fault(town: TestLedger) -> None:
    set_policy(town, name="ours", rules=[order(CHAIR, MAYOR)])
    set_policy(town, where="root", name="roots", rules=[order(MAYOR, CHAIR)])  # who is above sets it
    assert why(town, rules=[order(TREASURER, MAYOR)]) is None


# -- who reports -----------------------------------------------------------------------------------


def test_the_rules_let_an_executor_sign_the_reports_asked_of_it(town: TestLedger) -> None:
    narrow = only(MAYOR, kind=ACTUAL)
    told = refusal(town, rules=[narrow], executors=[reports(TREASURER, "1")])
    assert told is not None
    assert (told.code, told.details["why"], told.pointer) == (UNSATISFIABLE, "executor-may-not", EXECUTOR)
    assert (told.got, told.details["kind"], told.details["item"]) == ("treasurer", ACTUAL, "1")
    assert told.details["offices"] == ["mayor"]
    assert why(town, rules=[narrow], executors=[reports(TREASURER, "1", kinds=[PROGRESS])]) is None
    both = only(MAYOR, TREASURER, kind=ACTUAL)
    assert why(town, rules=[both], executors=[reports(TREASURER, "1")]) is None


def test_executors_and_rules_of_different_policies_are_held_against_each_other(town: TestLedger) -> None:
    rules = set_policy(town, name="rules", rules=[only(MAYOR, kind=ACTUAL)])
    told = refusal(town, executors=[{"indicators": ["i-1"], "office": "treasurer"}])
    assert told is not None
    assert (told.pointer, told.details["policy"]) == (EXECUTOR, rules)
    about = {"indicators": ["i-1"], "office": "mayor"}
    executors = set_policy(town, name="executors", executors=[about])
    told = refusal(town, name="rules", rules=[only(CHAIR, kind=ACTUAL)])
    assert told is not None
    assert (told.pointer, told.details["policy"]) == (f"{RULE}/offices", executors)
    assert why(town, name="rules", rules=[only(CHAIR, MAYOR, kind=ACTUAL)]) is None


def test_the_newest_policy_that_names_a_row_says_who_reports_about_it(town: TestLedger) -> None:
    set_policy(town, name="old", executors=[reports(TREASURER, "1")])
    rules = [only(MAYOR, kind=kind) for kind in (ACTUAL, PROGRESS, SPENDING)]
    assert why(town, rules=rules, executors=[reports(MAYOR, "1.1")]) is not None
    assert why(town, rules=rules, executors=[reports(MAYOR, "1")]) is None


@pytest.mark.parametrize("about", ["items", "indicators"])
def test_one_row_or_indicator_has_one_office_for_each_report(town: TestLedger, about: str) -> None:
    def given(who: Official, *ids: str, **more: Any) -> Payload:
        return {about: list(ids), "office": who.office, **more}

    told = refusal(town, executors=[given(MAYOR, "1"), given(CHAIR, "2", "1", kinds=[ACTUAL])])
    assert told is not None
    assert (told.code, told.details["why"], told.got) == (CONTRADICTS, "two-executors", "1")
    assert told.pointer == f"/data/executors/1/{about}/1"
    assert (told.details["kind"], told.details["offices"]) == (ACTUAL, ["mayor", "budget-chair"])
    apart = [given(MAYOR, "1", kinds=[PROGRESS, SPENDING]), given(CHAIR, "1", kinds=[ACTUAL])]
    assert why(town, executors=apart) is None
    assert why(town, executors=[given(MAYOR, "1"), given(MAYOR, "1", "2")]) is None
    other = "indicators" if about == "items" else "items"
    assert why(town, executors=[given(MAYOR, "1"), {other: ["1"], "office": "budget-chair"}]) is None


# -- what contradicts itself otherwise -------------------------------------------------------------


def test_a_discrepancy_is_not_forbidden_and_silent_at_once_by_whichever_rules(town: TestLedger) -> None:
    forbids = {"kinds": [MONEY, "appropriation.set"], "forbidden": ["old-mismatch"]}
    silent = {"kinds": [MONEY], "silent": ["later-decisions", "old-mismatch"]}
    refused = (CONTRADICTS, "forbidden-and-silent")
    assert why(town, rules=[forbids, silent]) == (*refused, "/data/rules/1/silent")
    assert why(town, rules=[silent, forbids]) == (*refused, "/data/rules/0/silent")
    assert why(town, rules=[forbids | silent]) == (*refused, "/data/rules/0/silent")
    assert why(town, rules=[forbids, silent | {"kinds": ["programme.amended"]}]) is None


def test_a_day_is_not_off_and_working_at_once(town: TestLedger) -> None:
    both = {"holidays": ["2026-01-01", "2026-01-07"], "working": ["2026-01-10", "2026-01-07"]}
    assert why(town, calendar=both) == (CONTRADICTS, "off-and-working", "/data/calendar/working/1")
    assert why(town, calendar=both | {"working": ["2026-01-10"]}) is None


@pytest.mark.parametrize("member", ["forbidden", "silent"])
def test_a_discrepancy_that_no_event_can_have_is_unknown(town: TestLedger, member: str) -> None:
    told = refusal(town, rules=[{"kinds": [MONEY], member: ["old-mismatch", "bad-weather"]}])
    assert told is not None
    assert (told.code, told.pointer, told.got) == ("unknown-discrepancy", f"{RULE}/{member}/1", "bad-weather")
    assert told.details["known"] == sorted(DISCREPANCIES)
    assert why(town, rules=[{"kinds": [MONEY], member: sorted(DISCREPANCIES)}]) is None


def test_the_known_discrepancies_are_those_that_have_words() -> None:
    assert set(DISCREPANCIES) == KNOWN


@pytest.mark.parametrize(("amount", "accepted"), [("-0.01", False), ("0.00", True), ("5000.00", True)])
def test_the_sum_above_which_changes_go_to_the_session_is_not_negative(
    town: TestLedger, amount: str, accepted: bool
) -> None:
    told = refusal(town, session={"amount": amount, "days": 30})
    assert (told is None) is accepted
    if told is not None:
        assert (told.code, told.pointer) == ("not-positive", "/data/session/amount")


# -- what is never refused for these ---------------------------------------------------------------


def test_ending_a_policy_is_never_refused_for_these(town: TestLedger) -> None:
    set_policy(town, name="ours", rules=[only(CHAIR), asks(MAYOR)])
    set_policy(town, where="root", name="roots", rules=[only(TREASURER), only(SECRETARY, kind=ENDORSED)])
    for official in (TREASURER, SECRETARY):
        revoke(town, official.key.public, body_stream(official.body))
    assert why(town, name="ours", rules=[only(CHAIR)]) is not None
    assert why(town, name="ours") is None
    assert why(town, where="root", name="roots", rules=[only(TREASURER)]) is not None
    assert why(town, where="root", name="roots") is None


def test_what_says_nothing_about_signing_is_not_held_against_broken_rules(town: TestLedger) -> None:
    set_policy(town, name="broken", rules=[only(TREASURER)])
    end(town, TREASURER, TODAY)
    assert why(town, lapse_days=3, calendar={"holidays": ["2026-01-01"]}) is None
    assert why(town, name="other", rules=[only(MAYOR, kind="appropriation.set")]) is None
    assert why(town, name="third", rules=[only(MAYOR, TREASURER)]) is not None


# -- after a succession ----------------------------------------------------------------------------


def test_a_successors_policy_is_held_against_those_of_the_bodies_whose_place_it_took(
    town: TestLedger,
) -> None:
    theirs = body_stream(FOREIGN)
    ours = set_policy(town, rules=[only(SECRETARY, TREASURER)])
    data = {"body": COUNCIL, "successor": FOREIGN, "start": LATER}
    town.submit("body.succeeded", "root", data)
    town.reopen()
    assert why(town, where=theirs, start="2025-09-30", rules=[only(STRANGER)]) is None
    told = refusal(town, where=theirs, start=LATER, rules=[only(STRANGER)])
    assert told is not None
    assert (told.details["why"], told.details["policy"]) == ("no-office", ours)
    assert why(town, where=theirs, start=LATER, rules=[only(STRANGER, kind="appropriation.set")]) is None
    set_policy(town, start=LATER)  # the successor's registrars end it
    assert why(town, where=theirs, start=LATER, rules=[only(STRANGER)]) is None


# -- at every door ---------------------------------------------------------------------------------


def test_the_offices_of_all_policies_are_known_to_a_ledger_that_was_just_opened(town: TestLedger) -> None:
    """Whose bodies neither the new policy nor its signers name."""
    set_policy(town, where="root", name="asking", rules=[asks(CHAIR, TREASURER)])
    town.reopen()
    assert why(town, where="root", name="new", rules=[only(CHAIR, TREASURER, kind=PROPOSED)]) is not None
    town.reopen()
    assert why(town, where="root", name="new", rules=[only(MAYOR, TREASURER, kind=PROPOSED)]) is None


def test_a_draft_is_refused_by_the_same_code(town: TestLedger) -> None:
    set_policy(town, where="root", name="first", rules=[only(CHAIR)])
    town.reopen()
    said = policy("new", rules=[only(TREASURER)])
    submission = read_submission(town.envelope("policy.set", "root", said))
    with pytest.raises(Refusal, match=UNSATISFIABLE):
        town.ledger.draft(submission.event, submission.payload_hash)
    assert town.refused("policy.set", "root", said).code == UNSATISFIABLE


def test_a_policy_is_held_against_one_of_the_same_batch(town: TestLedger) -> None:
    envelopes = [
        town.envelope("policy.set", COUNCIL_STREAM, policy(name, rules=[only(who)]))
        for name, who in (("first", MAYOR), ("second", CHAIR))
    ]
    told = town.refused_all(envelopes)
    assert (told.code, told.pointer) == (UNSATISFIABLE, f"/envelopes/1{RULE}/offices")


# -- in words ---------------------------------------------------------------------------------------


def provoked(town: TestLedger, cause: str) -> Refusal | None:
    """A refusal of each cause, beside another policy where that can be the reason."""
    set_policy(town, name="first", rules=[only(MAYOR, CHAIR), only(MAYOR, kind=ACTUAL), order(MAYOR, CHAIR)])
    empty = create(town, "vacant", *OFFICE_KINDS)
    adoption = {"kinds": ["programme.adopted"]}
    said: dict[str, Payload] = {
        "may-not-sign": {"rules": [only(COMMISSIONER)]},
        "foreign-office": {"rules": [only(STRANGER)]},
        "too-few-offices": {"rules": [asks(MAYOR, needed=2)]},
        "not-endorsable": {"rules": [asks(MAYOR, kinds=("programme.adopted",))]},
        "no-office": {"rules": [only(TREASURER)]},
        "nobody-holds": {"rules": [only(empty, kind="appropriation.set")]},
        "too-few-endorsers": {"rules": [asks(MAYOR, MEMBER)]},
        "only-proposers": {"rules": [only(MAYOR, kind=PROPOSED), asks(MAYOR)]},
        "executor-may-not": {"executors": [reports(TREASURER, "1")]},
        "forbidden-and-silent": {
            "rules": [adoption | {"forbidden": ["other-text"], "silent": ["other-text"]}]
        },
        "orders": {"rules": [order(CHAIR, MAYOR)]},
        "two-executors": {"executors": [reports(MAYOR, "1"), reports(CHAIR, "1")]},
        "off-and-working": {"calendar": {"holidays": ["2026-01-01"], "working": ["2026-01-01"]}},
    }
    return refusal(town, **said[cause])


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_a_refusal_tells_all_that_its_words_name_in_both_languages(town: TestLedger, cause: str) -> None:
    told = provoked(town, cause)
    assert told is not None
    assert told.details["why"] == cause
    named = [
        {name for _, name, _, _ in Formatter().parse(CAUSES[cause][lang]) if name} for lang in ("uk", "en")
    ]
    assert named[0] == named[1]
    assert named[0] - {"got", "policy"} <= set(told.details)
    message = problem_of(told).document(language="uk", request_id="r")["message"]
    for text in message.values():
        assert not set(text) & set("{}[]")
        assert all(word in text for word in _words(told) if word)


def _words(told: Refusal) -> Iterator[str]:
    """What a person must know: the other policy, offices, persons and counts."""
    names = {name for _, name, _, _ in Formatter().parse(CAUSES[told.details["why"]]["en"]) if name}
    for name in names - {"got"}:
        value = told.details.get(name)
        for one in value if isinstance(value, list) else [value]:
            found = [one["office"], *one["persons"]] if isinstance(one, dict) else [one]
            yield from (str(word) for word in found if word is not None)


def test_each_cause_stands_in_the_code() -> None:
    folder = Path(ledger.__path__[0])
    sources = [(folder / name).read_text() for name in ("satisfiable.py", "kinds/policy_set.py")]
    assert {cause for cause in CAUSES if any(f'"{cause}"' in source for source in sources)} == set(CAUSES)
