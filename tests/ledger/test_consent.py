"""Proposals, who agreed to them, and what is enacted: docs/authority.md, consent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal
from tests.support.clock import utc
from tests.support.council import (
    CHAIR,
    MAYOR,
    MEMBER,
    MONEY,
    NEWCOMER,
    TODAY,
    TREASURER,
    agreed,
    asks,
    council_town,
    doubt,
    enacts,
    endorse,
    propose,
    reaffirm,
    refuse,
    revoke,
    rotation_of,
    set_policy,
    statement,
)
from tests.support.people import FINANCIER, SECRETARY, Official, key_of
from tests.support.story import OTHER_PROGRAMME
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, Payload, TestLedger, lines, remember

SAID = lines("170.00")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def enact(town: TestLedger, proposal: str, data: Any = SAID, **common: Any) -> Any:
    """How it turns out: the receipt, a Refusal or NeedsAcknowledgement."""
    envelope = town.envelope(MONEY, PROGRAMME, data, relations=enacts(proposal), **common)
    return town.outcome([envelope])


def codes(outcome: Any) -> list[str]:
    """The refusal's code, what is asked about, or nothing."""
    if isinstance(outcome, NeedsAcknowledgement):
        return sorted({one.code for one in outcome.found})
    return [outcome.code] if isinstance(outcome, Refusal) else []


def lacking(outcome: Any) -> dict[str, str]:
    """Why each office's endorsement does not count, as the refusal tells."""
    assert isinstance(outcome, Refusal)
    assert outcome.code == "endorsements-missing"
    return {one["office"]: one["why"] for one in outcome.details["lacking"]}


# -- the whole way -----------------------------------------------------------------------------


def test_what_was_proposed_and_endorsed_is_enacted(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR)])
    proposal = propose(town, SAID)
    assert lacking(enact(town, proposal)) == {"mayor": "missing", "budget-chair": "missing"}
    endorse(town, proposal, MAYOR)
    assert lacking(enact(town, proposal)) == {"budget-chair": "missing"}
    endorse(town, proposal, CHAIR)
    assert codes(enact(town, proposal)) == []
    assert town.value(LINE_CELL, "2025-04-01") == "170.00"


def test_a_proposal_changes_nothing_by_itself(town: TestLedger) -> None:
    before = town.timeline().cells
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refuse(town, proposal, CHAIR)
    town.submit("change.withdrawn", PROGRAMME, {"proposal": proposal})
    assert town.timeline().cells == before


def test_a_proposal_is_enacted_without_any_policy(town: TestLedger) -> None:
    assert codes(enact(town, propose(town, SAID))) == []


def test_two_offices_endorse_in_one_event(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR, CHAIR)
    assert codes(enact(town, proposal)) == []


def test_proposing_endorsing_and_enacting_fit_into_one_batch(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    asked = {"kind": MONEY, "schema": 1, "effective": "2025-03-01", "data": SAID}
    proposal = town.envelope("change.proposed", PROGRAMME, {"change": asked})
    town.recorded[proposed_id(proposal)] = proposal
    data = agreed(town, proposed_id(proposal))
    endorsed = town.envelope("change.endorsed", PROGRAMME, data, by=MAYOR)
    enacted = town.envelope(MONEY, PROGRAMME, SAID, relations=enacts(data["proposal"]))
    town.submit_all([proposal, endorsed, enacted])


def proposed_id(envelope: Any) -> str:
    return str(json.loads(envelope.payload)["id"])


def test_without_a_proposal_no_endorsement_counts(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    endorse(town, propose(town, SAID), MAYOR)
    refusal = town.refused(MONEY, PROGRAMME, SAID)
    assert refusal.details["counted"] == 0
    assert lacking(refusal) == {"mayor": "missing"}


def test_a_change_is_enacted_once(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    enact(town, proposal)
    refusal = enact(town, proposal)
    assert (codes(refusal), refusal.details["how"]) == (["proposal-closed"], "enacted")


def test_the_proposers_office_withdraws_whoever_holds_it(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    clerk = type(SECRETARY)(MAYOR.person, SECRETARY.office, SECRETARY.body, MAYOR.key)
    granted = {"person": MAYOR.person, "office": SECRETARY.office, "start": "2025-01-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    refusal = town.refused("change.withdrawn", PROGRAMME, {"proposal": proposal}, by=MAYOR)
    assert refusal.details["instead"] == [
        {"office": SECRETARY.office, "persons": sorted([MAYOR.person, SECRETARY.person])}
    ]
    town.submit("change.withdrawn", PROGRAMME, {"proposal": proposal}, by=clerk)
    refusal = enact(town, proposal)
    assert (codes(refusal), refusal.details["how"]) == (["proposal-closed"], "withdrawn")


# -- the newest statement of an office counts -----------------------------------------------------


def test_a_later_refusal_cancels_an_endorsement_and_a_later_endorsement_the_refusal(
    town: TestLedger,
) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refuse(town, proposal, MAYOR)
    assert lacking(enact(town, proposal)) == {"mayor": "refused"}
    endorse(town, proposal, MAYOR)
    assert codes(enact(town, proposal)) == []


def test_the_refusal_of_another_office_cancels_nothing(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refuse(town, proposal, CHAIR)
    assert codes(enact(town, proposal)) == []


def test_as_many_as_are_needed_of_the_offices_are_enough(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR, TREASURER, needed=2)])
    proposal = propose(town, SAID)
    endorse(town, proposal, TREASURER)
    refuse(town, proposal, MAYOR)
    assert lacking(enact(town, proposal)) == {"mayor": "refused", "budget-chair": "missing"}
    endorse(town, proposal, CHAIR)
    assert codes(enact(town, proposal)) == []


def test_the_endorsement_of_an_office_that_is_not_asked_counts_for_nothing(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    proposal = propose(town, SAID)
    endorse(town, proposal, CHAIR)
    assert enact(town, proposal).details["counted"] == 0


def test_each_policy_in_force_counts_for_itself(town: TestLedger) -> None:
    set_policy(town, name="one", rules=[asks(MAYOR)])
    set_policy(town, name="two", where="root", rules=[asks(CHAIR)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    assert lacking(enact(town, proposal)) == {"budget-chair": "missing"}
    endorse(town, proposal, CHAIR)
    assert codes(enact(town, proposal)) == []


# -- other persons, in order ------------------------------------------------------------------------


def test_a_proposer_endorses_only_where_persons_may_be_the_same(town: TestLedger) -> None:
    set_policy(town, rules=[asks(SECRETARY, MAYOR, needed=1)])
    proposal = propose(town, SAID)
    refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, proposal), by=SECRETARY)
    assert refusal.code == "self-endorsement"
    set_policy(town, rules=[asks(SECRETARY, MAYOR, needed=1, other_persons=False)])
    endorse(town, proposal, SECRETARY)
    assert codes(enact(town, proposal)) == []


def test_each_of_two_proposers_is_one_who_may_not_endorse(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR, needed=1)])
    proposal = propose(town, SAID, by=[SECRETARY, MAYOR])
    refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, proposal), by=MAYOR)
    assert refusal.code == "self-endorsement"
    refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, proposal), by=[CHAIR, MAYOR])
    assert (refusal.code, refusal.pointer) == ("self-endorsement", "/signers/1/person")


def test_one_person_endorses_for_two_offices_only_where_persons_may_be_the_same(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, CHAIR, needed=2)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, proposal), by=MEMBER)
    assert refusal.code == "same-person"
    endorse(town, proposal, MAYOR)  # once more for the same office is no second person
    set_policy(town, rules=[asks(MAYOR, MEMBER, CHAIR, needed=2, other_persons=False)])
    endorse(town, proposal, MEMBER)
    assert codes(enact(town, proposal)) == []


def ended_yesterday(town: TestLedger) -> None:
    """The mayor's mandate has ended; the seat in the commission stays."""
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-09-02"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended)
    town.clock.set(utc("2025-09-03T09:00:00"))


def revoked_in_council(town: TestLedger) -> None:
    """The commission goes on accepting the key."""
    revoke(town, MAYOR.key.public, COUNCIL_STREAM)


def ended_before_it_was_given(town: TestLedger) -> None:
    """The endorsement stands in doubt: the mandate had ended before, and began anew since."""
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-08-15"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended)
    granted = {"person": "p-mayor", "office": "mayor", "start": "2025-09-02"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    town.clock.set(utc("2025-09-02T09:00:00"))


UNDONE = {
    "mandate-ended": ended_yesterday,
    "key-revoked": revoked_in_council,
    "in-doubt": ended_before_it_was_given,
}


@pytest.mark.parametrize("why", UNDONE)
def test_an_endorsement_that_counts_no_more_bars_nobody_from_endorsing_for_another_office(
    town: TestLedger, why: str
) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, needed=1)])
    proposal = propose(town, SAID)
    given = endorse(town, proposal, MAYOR)
    data = agreed(town, proposal)
    assert town.refused("change.endorsed", PROGRAMME, data, by=MEMBER).code == "same-person"
    UNDONE[why](town)
    assert lacking(enact(town, proposal)) == {"mayor": why, "budget-member": "missing"}
    if why == "in-doubt":  # it counts again once it is re-affirmed
        reaffirm(town, given, by=MAYOR)
        assert town.refused("change.endorsed", PROGRAMME, data, by=MEMBER).code == "same-person"
        return
    town.reopen()
    endorse(town, proposal, MEMBER)
    assert codes(enact(town, proposal)) == []


def test_who_endorsed_for_another_office_in_doubt_endorses(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, needed=1)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    ended_before_it_was_given(town)
    endorse(town, proposal, MEMBER)
    assert codes(enact(town, proposal)) == []


def test_an_office_whose_endorsement_counts_no_more_is_named_as_one_that_could(town: TestLedger) -> None:
    set_policy(town, rules=[asks(SECRETARY, MAYOR, needed=1)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    ended_yesterday(town)
    granted = {"person": "p-chair", "office": "mayor", "start": "2025-09-03"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, proposal))
    assert refusal.code == "self-endorsement"
    assert {"office": "mayor", "persons": ["p-chair"]} in refusal.details["instead"]


def test_who_has_refused_again_may_endorse_for_the_other_office(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, CHAIR, needed=1)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refuse(town, proposal, MAYOR)
    endorse(town, proposal, MEMBER)
    assert codes(enact(town, proposal)) == []


def test_persons_are_counted_when_a_stricter_policy_comes_between(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, needed=2, other_persons=False)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    endorse(town, proposal, MEMBER)
    set_policy(town, rules=[asks(MAYOR, MEMBER, CHAIR, needed=2)])
    assert lacking(enact(town, proposal)) == {"budget-member": "same-person", "budget-chair": "missing"}


def test_who_endorsed_for_two_offices_before_a_stricter_policy_endorses_again_for_neither(
    town: TestLedger,
) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, needed=2, other_persons=False)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    endorse(town, proposal, MEMBER)
    set_policy(town, rules=[asks(MAYOR, MEMBER, needed=1)])
    for by in (MAYOR, MEMBER):
        refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, proposal), by=by)
        assert refusal.code == "same-person"


def test_in_order_each_office_waits_for_the_ones_before_it(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR, TREASURER, ordered=True)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refusal = town.refused("change.endorsed", PROGRAMME, agreed(town, proposal), by=TREASURER)
    assert refusal.code == "out-of-order"
    assert refusal.details["instead"] == [{"office": "budget-chair", "persons": ["p-chair"]}]
    endorse(town, proposal, CHAIR)
    endorse(town, proposal, TREASURER)
    assert codes(enact(town, proposal)) == []


def test_the_order_is_judged_when_an_endorsement_is_given_and_not_again(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR, ordered=True)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    endorse(town, proposal, CHAIR)
    refuse(town, proposal, MAYOR)
    assert lacking(enact(town, proposal)) == {"mayor": "refused"}
    endorse(town, proposal, MAYOR)
    assert codes(enact(town, proposal)) == []


def test_in_order_an_earlier_endorsement_came_first_though_it_counts_no_more(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR, needed=1, ordered=True)])
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    ended_yesterday(town)
    endorse(town, proposal, CHAIR)
    assert codes(enact(town, proposal)) == []


# -- endorsers are judged again at enactment ----------------------------------------------------------


@pytest.fixture
def endorsed(town: TestLedger) -> TestLedger:
    set_policy(town, rules=[asks(MAYOR)])
    town.ids["proposal"] = propose(town, SAID)
    town.ids["endorsed"] = endorse(town, town.ids["proposal"], MAYOR)
    return town


def test_an_endorser_whose_mandate_has_ended_does_not_count(endorsed: TestLedger) -> None:
    ended = {"mandate": endorsed.ids["mandate.granted mayor"], "end": "2025-09-10"}
    endorsed.submit("mandate.ended", COUNCIL_STREAM, ended)
    endorsed.clock.set(utc("2025-09-10T09:00:00"))
    assert lacking(enact(endorsed, endorsed.ids["proposal"])) == {"mayor": "mandate-ended"}


@pytest.mark.parametrize("where", [COUNCIL_STREAM, "root"])
def test_an_endorsement_by_a_key_that_was_revoked_does_not_count(endorsed: TestLedger, where: str) -> None:
    revoke(endorsed, MAYOR.key.public, where)
    assert lacking(enact(endorsed, endorsed.ids["proposal"])) == {"mayor": "key-revoked"}


def test_an_endorsement_by_a_key_that_was_rotated_counts(endorsed: TestLedger) -> None:
    again = MAYOR.using(remember(key_of("the mayor's second")))
    endorsed.submit("key.rotated", COUNCIL_STREAM, rotation_of(endorsed, MAYOR, again))
    assert codes(enact(endorsed, endorsed.ids["proposal"])) == []


def test_an_endorsement_in_doubt_does_not_count_until_it_is_reaffirmed(endorsed: TestLedger) -> None:
    """The mandate is granted anew by a registrar; the old one turns out to have ended before."""
    ended = {"mandate": endorsed.ids["mandate.granted mayor"], "end": "2025-08-15"}
    endorsed.submit("mandate.ended", COUNCIL_STREAM, ended)
    granted = {"person": "p-mayor", "office": "mayor", "start": "2025-09-02"}
    endorsed.submit("mandate.granted", COUNCIL_STREAM, granted)
    endorsed.clock.set(utc("2025-09-02T09:00:00"))
    assert lacking(enact(endorsed, endorsed.ids["proposal"])) == {"mayor": "in-doubt"}
    refused_to_reaffirm(endorsed, endorsed.ids["endorsed"], SECRETARY, "mayor")
    reaffirm(endorsed, endorsed.ids["endorsed"], by=MAYOR)
    assert codes(enact(endorsed, endorsed.ids["proposal"])) == []


def test_endorsers_are_judged_the_same_after_a_restart(endorsed: TestLedger) -> None:
    revoke(endorsed, MAYOR.key.public, "root")
    endorsed.reopen()
    assert lacking(enact(endorsed, endorsed.ids["proposal"])) == {"mayor": "key-revoked"}


# -- an office's own word is re-affirmed by that office -------------------------------------------------

AGAIN = MAYOR.using(remember(key_of("the mayor's second")))
ONCE_MORE = MAYOR.using(remember(key_of("the mayor's third")))
Say = Callable[[TestLedger], str]


def refused_to_reaffirm(town: TestLedger, slot: str, by: Any, office: str, at: int = 0) -> None:
    """Not the author's office; whoever holds that one could."""
    refusal = town.refused("entry.reaffirmed", PROGRAMME, {"entries": [statement(town, slot)]}, by=by)
    assert (refusal.code, refusal.pointer) == ("not-the-author", f"/signers/{at}/office")
    assert refusal.details["instead"] == [{"office": office, "persons": ["p-mayor"]}]


def stolen(town: TestLedger, holder: Official, after: Official) -> None:
    """The key is revoked, what it signed today is suspect, and another one is accepted instead."""
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(after))
    revoke(town, holder.key.public, COUNCIL_STREAM, TODAY)


def proposed_by_mayor(town: TestLedger) -> str:
    return propose(town, SAID, by=MAYOR)


def withdrawn_by_mayor(town: TestLedger) -> str:
    data = {"proposal": proposed_by_mayor(town)}
    return town.submit("change.withdrawn", PROGRAMME, data, by=MAYOR).event


OWN_WORDS: dict[str, Say] = {
    "proposal": proposed_by_mayor,
    "endorsement": lambda town: endorse(town, propose(town, SAID), MAYOR),
    "refusal": lambda town: refuse(town, propose(town, SAID), MAYOR),
    "withdrawal": withdrawn_by_mayor,
}


@pytest.mark.parametrize("word", OWN_WORDS)
def test_what_an_office_said_on_a_proposal_is_reaffirmed_by_no_other(town: TestLedger, word: str) -> None:
    slot = OWN_WORDS[word](town)
    stolen(town, MAYOR, AGAIN)
    for by in (SECRETARY, TREASURER, MEMBER):  # the last is the same person in another office
        refused_to_reaffirm(town, slot, by, "mayor")
    refused_to_reaffirm(town, slot, [AGAIN, SECRETARY], "mayor", at=1)
    assert doubt(town, slot) == ["suspect"]
    reaffirm(town, slot, by=AGAIN)
    assert doubt(town, slot) == []


def test_another_holder_of_the_office_reaffirms_what_it_said(town: TestLedger) -> None:
    slot = endorse(town, propose(town, SAID), MAYOR)
    heir = Official("p-newcomer", "mayor", MAYOR.body, NEWCOMER.key)
    granted = {"person": heir.person, "office": heir.office, "start": "2025-01-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(heir))
    revoke(town, MAYOR.key.public, COUNCIL_STREAM, TODAY)
    reaffirm(town, slot, by=heir)
    assert doubt(town, slot) == []


def test_of_two_offices_that_proposed_together_each_reaffirms_it(town: TestLedger) -> None:
    slot = propose(town, SAID, by=[SECRETARY, MAYOR])
    stolen(town, MAYOR, AGAIN)
    data = {"entries": [statement(town, slot)]}
    refusal = town.refused("entry.reaffirmed", PROGRAMME, data, by=TREASURER)
    assert [one["office"] for one in refusal.details["instead"]] == ["council-secretary", "mayor"]
    reaffirm(town, slot, by=SECRETARY)
    assert doubt(town, slot) == []


def test_a_reaffirmation_of_an_offices_word_is_reaffirmed_by_no_other_office_either(
    endorsed: TestLedger,
) -> None:
    stolen(endorsed, MAYOR, AGAIN)
    first = reaffirm(endorsed, endorsed.ids["endorsed"], by=AGAIN)
    stolen(endorsed, AGAIN, ONCE_MORE)
    assert doubt(endorsed, first) == ["suspect"]
    refused_to_reaffirm(endorsed, first, SECRETARY, "mayor")
    endorsed.reopen()
    refused_to_reaffirm(endorsed, first, SECRETARY, "mayor")
    reaffirm(endorsed, first, by=ONCE_MORE)
    assert (doubt(endorsed, first), doubt(endorsed, endorsed.ids["endorsed"])) == ([], [])


def test_a_decision_named_beside_an_offices_word_is_reaffirmed_by_that_office(town: TestLedger) -> None:
    """Of a decision alone any office that may decide says so."""
    word = endorse(town, propose(town, SAID), MAYOR)
    decision = town.submit(MONEY, PROGRAMME, SAID, by=MAYOR).event
    stolen(town, MAYOR, AGAIN)
    entries = [statement(town, decision), statement(town, word)]
    refusal = town.refused("entry.reaffirmed", PROGRAMME, {"entries": entries})
    assert refusal.code == "not-the-author"
    reaffirm(town, decision)
    reaffirm(town, word, by=AGAIN)


# -- what is compared at enactment ----------------------------------------------------------------------


def test_another_text_is_asked_about_and_carries_no_endorsement(endorsed: TestLedger) -> None:
    other = enact(endorsed, endorsed.ids["proposal"], lines("171.00"), acknowledges=["other-text"])
    assert lacking(other) == {"mayor": "other-text"}


def test_another_text_without_a_policy_is_recorded_once_acknowledged(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    outcome = enact(town, proposal, lines("171.00"))
    assert codes(outcome) == ["other-text"]
    (found,) = outcome.found
    assert found.details["differences"] == [
        {"path": "/data/lines/0/amount", "proposed": "170.00", "stated": "171.00"}
    ]
    assert codes(enact(town, proposal, lines("171.00"), acknowledges=["other-text"])) == []


@pytest.mark.parametrize(
    "common",
    [
        {"act": {"id": "town-1-2024-12-20", "point": "2"}},
        {"reason": "За рішенням ради"},
        {"by": FINANCIER},
    ],
    ids=lambda common: next(iter(common)),
)
def test_the_enacted_event_adds_act_reason_and_signers_of_its_own(town: TestLedger, common: Payload) -> None:
    assert codes(enact(town, propose(town, SAID), **common)) == []


def test_a_correction_is_proposed_endorsed_and_enacted_as_such(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    slot = town.ids["financing"]
    corrects = {"corrects": {"event": slot, "payload": town.statements[slot]}}
    proposal = propose(town, SAID, relations=corrects)
    endorse(town, proposal, MAYOR)
    enacted = town.envelope(MONEY, PROGRAMME, SAID, relations=corrects | enacts(proposal))
    assert codes(town.outcome([enacted])) == []


def test_a_void_is_proposed_endorsed_and_enacted_as_such(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR)])
    slot = town.ids["financing"]
    corrects = {"corrects": {"event": slot, "payload": town.statements[slot]}}
    proposal = propose(town, None, relations=corrects)
    endorse(town, proposal, MAYOR)
    enacted = town.envelope(MONEY, PROGRAMME, None, relations=corrects | enacts(proposal))
    assert codes(town.outcome([enacted])) == []


def test_a_cell_that_somebody_wrote_since_is_asked_about_of_endorsers_and_of_who_enacts(
    town: TestLedger,
) -> None:
    proposal = propose(town, SAID)
    town.submit(MONEY, PROGRAMME, lines("5.00"), by=FINANCIER)
    data = agreed(town, proposal)
    asked = town.asked_about("change.endorsed", PROGRAMME, data, by=MAYOR)
    assert [(one.code, one.details["path"]) for one in asked] == [("changed-since-proposed", LINE_CELL)]
    town.submit("change.endorsed", PROGRAMME, data, by=MAYOR, acknowledges=["changed-since-proposed"])
    assert codes(enact(town, proposal)) == ["changed-since-proposed"]
    assert codes(enact(town, proposal, acknowledges=["changed-since-proposed"])) == []


def test_a_cell_of_another_programme_or_another_row_is_none_of_its_cells(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    town.submit(MONEY, OTHER_PROGRAMME, lines("5.00"))
    town.submit("appropriation.set", PROGRAMME, lines("500.00"))
    endorse(town, proposal, MAYOR)
    assert codes(enact(town, proposal)) == []


def test_a_proposal_of_a_programme_that_a_policy_asks_only_elsewhere_is_free(town: TestLedger) -> None:
    set_policy(town, programme="town-second-2025", rules=[asks(MAYOR)])
    assert codes(enact(town, propose(town, SAID))) == []
