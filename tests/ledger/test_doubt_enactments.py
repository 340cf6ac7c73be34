"""What enacts a proposal rests on its endorsements: docs/authority.md, doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

import ledger.doubt
from ledger.canonical import dumps
from ledger.consent import Voice
from ledger.doubt import kinds_behind, offices_behind
from tests.support.clock import utc
from tests.support.council import (
    CHAIR,
    MAYOR,
    MONEY,
    NEW_REGISTRARS,
    TREASURER,
    agreed,
    asks,
    council_town,
    doubt,
    doubts,
    enacts,
    endorse,
    named,
    propose,
    reaffirm,
    refuse,
    revocation,
    revoke,
    set_policy,
    statement,
    world_of,
)
from tests.support.people import FINANCIER, REGISTRARS, SECRETARY, Official, key_of
from tests.support.town import (
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_ID,
    TestLedger,
    lines,
    remember,
    sign_as,
)

SAID = lines("170.00")
COMMISSION_STREAM = "body:budget-commission"
AGAIN = MAYOR.using(remember(key_of("the mayor's second")))
CHAIR_AGAIN = CHAIR.using(remember(key_of("the chair's second")))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def day(town: TestLedger, number: int) -> None:
    town.clock.set(utc(f"2025-09-{number:02}T09:00:00"))


def enact(town: TestLedger, proposal: str, data: Any = SAID, **common: Any) -> str:
    return town.submit(MONEY, PROGRAMME, data, relations=enacts(proposal), **common).event


def agreed_on(town: TestLedger, *by: Official) -> str:
    """What each of them endorsed in an entry of its own, enacted by the secretary."""
    proposal = propose(town, SAID)
    for one in by:
        town.ids[one.office] = endorse(town, proposal, one)
    return enact(town, proposal)


def doubt_mayor(town: TestLedger, since: str | None = "2025-09-01") -> str:
    return revoke(town, MAYOR.key.public, COUNCIL_STREAM, since)


def doubt_chair(town: TestLedger) -> str:
    return revoke(town, CHAIR.key.public, COMMISSION_STREAM, "2025-09-01")


def enrol(town: TestLedger, official: Official) -> Official:
    town.submit("key.enrolled", f"body:{official.body}", town.key_data(official))
    return official


# -- what it rests on ------------------------------------------------------------------------


def test_a_suspect_endorsement_makes_the_enactment_suspect_and_its_value_stays(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR)
    assert doubt(town, slot) == []
    doubt_mayor(town)
    assert doubt(town, slot) == ["suspect"]
    assert town.value(LINE_CELL, "2025-04-01") == "170.00", "what is in doubt counts"


def test_the_doubt_names_the_endorser_and_the_event_that_throws_it(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR, CHAIR)
    revoked = doubt_chair(town)
    (one,) = doubts(town, slot)
    said = (one.doubt, one.kid, one.person, one.office, one.because)
    assert said == ("suspect", CHAIR.key.public.kid, "p-chair", "budget-chair", revoked)


def test_each_suspect_endorsement_is_named_in_the_order_in_which_they_were_given(town: TestLedger) -> None:
    slot = agreed_on(town, CHAIR, TREASURER, MAYOR)
    doubt_mayor(town)
    doubt_chair(town)
    assert [one.office for one in doubts(town, slot)] == ["budget-chair", "mayor"]


def test_one_entry_in_which_two_offices_endorse_is_suspect_by_either_key(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR, CHAIR)
    slot = enact(town, proposal)
    doubt_chair(town)
    assert [(one.doubt, one.office) for one in doubts(town, slot)] == [("suspect", "budget-chair")]


@pytest.mark.parametrize(("since", "expected"), [(None, []), ("2025-09-03", []), ("2025-09-02", ["suspect"])])
def test_an_endorsement_from_before_the_suspect_day_is_sound(
    town: TestLedger, since: str | None, expected: list[str]
) -> None:
    """It was endorsed on the second, and enacted on the fourth."""
    proposal = propose(town, SAID)
    day(town, 2)
    endorse(town, proposal, MAYOR)
    day(town, 4)
    slot = enact(town, proposal)
    day(town, 8)
    doubt_mayor(town, since)
    assert doubt(town, slot) == expected


def test_doubt_that_spread_from_a_registrar_to_an_endorsement_reaches_the_enactment(town: TestLedger) -> None:
    first, second, third = REGISTRARS
    day(town, 3)
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(AGAIN), by=(first, third))
    slot = agreed_on(town, AGAIN)
    revoked = revoke(town, third.key.public, "root", "2025-09-02", by=(first, second))
    assert [(one.office, one.because) for one in doubts(town, slot)] == [("mayor", revoked)]


def test_an_endorsement_that_no_policy_asked_for_is_rested_on_as_well(town: TestLedger) -> None:
    set_policy(town, rules=[asks(CHAIR)])
    slot = agreed_on(town, MAYOR, CHAIR)
    doubt_mayor(town)
    assert doubt(town, slot) == ["suspect"]


def test_what_was_suspect_when_it_was_enacted_makes_it_suspect_at_once(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    doubt_mayor(town)
    assert doubt(town, enact(town, proposal)) == ["suspect"]


def test_its_own_signature_and_its_endorsements_throw_doubt_side_by_side(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR)
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-01")
    doubt_mayor(town)
    assert [one.office for one in doubts(town, slot)] == ["council-secretary", "mayor"]


# -- what it does not rest on ------------------------------------------------------------------


def test_a_cancelled_endorsement_throws_no_doubt(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refuse(town, proposal, MAYOR)
    slot = enact(town, proposal)
    doubt_mayor(town)
    assert doubt(town, slot) == []


def test_an_endorsement_given_again_after_a_refusal_is_the_one_that_counts(town: TestLedger) -> None:
    """The refused one was given by the key that is revoked."""
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    refuse(town, proposal, MAYOR)
    endorse(town, proposal, enrol(town, AGAIN))
    slot = enact(town, proposal)
    doubt_mayor(town)
    assert doubt(town, slot) == []
    revoke(town, AGAIN.key.public, COUNCIL_STREAM, "2025-09-01")
    assert doubt(town, slot) == ["suspect"]


def test_a_refusal_by_a_suspect_key_throws_no_doubt(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    endorse(town, proposal, CHAIR)
    refuse(town, proposal, MAYOR)
    slot = enact(town, proposal)
    doubt_mayor(town)
    assert doubt(town, slot) == []


def test_a_suspect_proposal_throws_no_doubt_on_what_others_enact(town: TestLedger) -> None:
    proposal = propose(town, SAID, by=MAYOR)
    slot = enact(town, proposal)
    doubt_mayor(town)
    assert (doubt(town, proposal), doubt(town, slot)) == (["suspect"], [])


def test_an_enactment_with_another_text_rests_on_no_endorsement(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    slot = enact(town, proposal, lines("171.00"), acknowledges=["other-text"])
    doubt_mayor(town)
    assert doubt(town, slot) == []


def test_a_withdrawal_rests_on_no_endorsement(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    endorse(town, proposal, MAYOR)
    slot = town.submit("change.withdrawn", PROGRAMME, {"proposal": proposal}).event
    doubt_mayor(town)
    assert doubt(town, slot) == []


def test_another_enactment_and_the_same_lines_without_a_proposal_are_in_no_doubt(town: TestLedger) -> None:
    doubted, other = agreed_on(town, MAYOR), agreed_on(town, CHAIR)
    plain = town.submit(MONEY, PROGRAMME, SAID).event
    doubt_mayor(town)
    assert [doubt(town, slot) for slot in (doubted, other, plain)] == [["suspect"], [], []]


def test_an_undetermined_endorsement_throws_no_doubt(town: TestLedger) -> None:
    proposal = propose(town, SAID)
    payload = town.payload("change.endorsed", PROGRAMME, agreed(town, proposal), by=MAYOR)
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-09-10"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended)
    day(town, 20)
    moment = int(utc("2025-09-09T09:00:00").timestamp())
    (receipt,) = town.submit_all([sign_as(dumps(payload), [(MAYOR.key, MAYOR.key.alg)], iat=moment)])
    assert doubt(town, receipt.event) == ["undetermined"]
    assert doubt(town, enact(town, proposal)) == []


def test_an_endorsement_after_whose_mandates_end_was_registered_late_throws_no_doubt(
    town: TestLedger,
) -> None:
    day(town, 12)
    slot = agreed_on(town, MAYOR)
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-09-10"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended)
    assert doubt(town, town.ids["mayor"]) == ["ended-late"]
    assert doubt(town, slot) == []


# -- what is said in its place -------------------------------------------------------------------


def test_a_correction_rests_on_no_endorsement_though_it_says_the_same(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR)
    doubt_mayor(town)
    town.submit(MONEY, PROGRAMME, SAID, corrects=slot)
    assert doubt(town, slot) == []


def test_a_correction_that_was_proposed_rests_on_its_own_endorsements(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR)
    corrects = {"corrects": {"event": slot, "payload": town.statements[slot]}}
    proposal = propose(town, lines("180.00"), relations=corrects)
    endorse(town, proposal, CHAIR)
    town.submit(MONEY, PROGRAMME, lines("180.00"), relations=corrects | enacts(proposal))
    doubt_mayor(town)
    assert doubt(town, slot) == []
    doubt_chair(town)
    assert [one.office for one in doubts(town, slot)] == ["budget-chair"]


# -- what lifts it -----------------------------------------------------------------------------


def test_it_is_lifted_when_the_endorsement_is_reaffirmed(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR, CHAIR)
    doubt_mayor(town)
    doubt_chair(town)
    reaffirm(town, town.ids["mayor"], by=enrol(town, AGAIN))
    assert [one.office for one in doubts(town, slot)] == ["budget-chair"]
    reaffirm(town, town.ids["budget-chair"], by=enrol(town, CHAIR_AGAIN))
    assert doubt(town, slot) == []


def test_it_is_lifted_when_who_could_state_it_anew_reaffirms_the_enactment(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR, CHAIR)
    doubt_mayor(town)
    doubt_chair(town)
    reaffirm(town, slot, by=FINANCIER)
    assert doubt(town, slot) == []
    assert doubt(town, town.ids["mayor"]) == ["suspect"], "the endorsement itself is not"


def test_a_reaffirmed_endorsement_is_doubted_again_with_whoever_reaffirmed_it(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR)
    doubt_mayor(town)
    first = reaffirm(town, town.ids["mayor"], by=enrol(town, AGAIN))
    assert doubt(town, slot) == []
    revoke(town, AGAIN.key.public, COUNCIL_STREAM, "2025-09-01")
    assert doubt(town, slot) == ["suspect"]
    third = enrol(town, MAYOR.using(remember(key_of("the mayor's third"))))
    reaffirm(town, first, by=third)
    assert doubt(town, slot) == []


def test_a_reaffirmation_of_the_enactment_that_is_itself_in_doubt_lifts_nothing(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR)
    doubt_mayor(town)
    reaffirm(town, slot, by=SECRETARY)
    assert doubt(town, slot) == []
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-01")
    assert doubt(town, slot) == ["suspect"]


def test_an_enactment_whose_endorsements_are_sound_cannot_be_reaffirmed(town: TestLedger) -> None:
    slot = agreed_on(town, MAYOR)
    data = {"entries": [statement(town, slot)]}
    assert town.refused("entry.reaffirmed", PROGRAMME, data).code == "nothing-to-reaffirm"
    doubt_mayor(town)
    town.submit("entry.reaffirmed", PROGRAMME, data)
    assert town.refused("entry.reaffirmed", PROGRAMME, data).code == "nothing-to-reaffirm"


@pytest.mark.parametrize("again", [False, True])
def test_the_door_finds_the_endorsers_of_an_enactment_after_a_restart(town: TestLedger, again: bool) -> None:
    """Neither the chair's nor the treasurer's body is loaded for what the secretary re-affirms."""
    slot = agreed_on(town, CHAIR, TREASURER)
    doubt_chair(town)
    if again:
        reaffirm(town, town.ids["budget-chair"], by=enrol(town, CHAIR_AGAIN))
        revoke(town, CHAIR_AGAIN.key.public, COMMISSION_STREAM, "2025-09-01")
    town.reopen()
    reaffirm(town, slot, by=SECRETARY)
    assert doubt(town, slot) == []


# -- in good time ------------------------------------------------------------------------------


@pytest.fixture
def vouched(town: TestLedger) -> TestLedger:
    """Twelve keys, each of which re-affirmed all that had been said before, and then was revoked itself."""
    town.ids["enacted"] = agreed_on(town, MAYOR)
    doubt_mayor(town)
    said = [town.ids["mayor"]]
    for number in range(12):
        mayor = enrol(town, MAYOR.using(remember(key_of(f"the mayor's {number}"))))
        said.append(reaffirm(town, *said, by=mayor))
        revoke(town, mayor.key.public, COUNCIL_STREAM, "2025-09-01")
    town.ids["last"] = said[-1]
    return town


def test_what_many_doubtful_reaffirmations_name_is_judged_a_few_times_for_a_question(
    vouched: TestLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = Mock(side_effect=ledger.doubt._doubts)
    monkeypatch.setattr("ledger.doubt._doubts", judged)
    assert doubt(vouched, vouched.ids["enacted"]) == ["suspect"]
    times = Counter(call.args[2].event for call in judged.call_args_list)
    assert len(times) > 14
    assert max(times.values()) <= 5  # once for each statement that it rests on, and once with all of them


def test_a_long_row_of_statements_that_rest_on_each_other_is_judged(town: TestLedger) -> None:
    """Each set of registrars rests on those before it: deeper than functions may call each other."""
    same = named(town, *REGISTRARS, k=2)
    said = [town.submit("registrar.changed", "root", same, by=REGISTRARS).event for _ in range(400)]
    town.submit("key.revoked", "root", revocation(REGISTRARS[0].key.public, "2025-09-01"), by=REGISTRARS[1:])
    assert doubt(town, said[-1], "root") == ["suspect"]
    reaffirm(town, said[0], stream="root", by=REGISTRARS[1:])
    assert (doubt(town, said[0], "root"), doubt(town, said[-1], "root")) == ([], ["suspect"])


def test_who_and_what_is_behind_many_reaffirmations_is_found_once(vouched: TestLedger) -> None:
    world = world_of(vouched)
    slots = world.programmes[PROGRAMME_ID].timeline.slots
    offices = list(offices_behind(world, PROGRAMME, slots[vouched.ids["enacted"]]))
    assert offices == ["council-secretary"] + ["mayor"] * 13
    assert kinds_behind(world, PROGRAMME, slots[vouched.ids["last"]]) == {"change.endorsed"}


def test_a_sound_reaffirmation_at_the_end_lifts_all_that_was_named(vouched: TestLedger) -> None:
    vouched.reopen()
    reaffirm(vouched, vouched.ids["last"], by=enrol(vouched, AGAIN))
    names = ("last", "mayor", "enacted")
    assert [doubt(vouched, vouched.ids[name]) for name in names] == [[]] * 3


def test_what_was_found_of_who_vouches_for_its_own_ground_is_not_kept(town: TestLedger) -> None:
    """Whom a suspect statement named re-affirms it, and what he signed himself; then sound ones lift it."""
    first, second, third = REGISTRARS
    new = NEW_REGISTRARS[0]
    day(town, 3)
    said = named(town, *REGISTRARS, new, k=2)
    naming = town.submit("registrar.changed", "root", said, by=(first, third, new)).event
    person = {"person": "p-x", "name": "Особа"}
    registered = town.submit("person.registered", "root", person, by=(third, new)).event
    revoke(town, third.key.public, "root", "2025-09-02", by=(first, second))
    reaffirm(town, naming, registered, stream="root", by=(first, new))
    assert (doubt(town, naming, "root"), doubt(town, registered, "root")) == (["suspect"], ["suspect"])
    reaffirm(town, naming, stream="root", by=(first, second))
    assert (doubt(town, naming, "root"), doubt(town, registered, "root")) == ([], [])


def test_only_what_was_said_before_the_enactment_counts(town: TestLedger) -> None:
    """The door lets nothing be said on it afterwards."""
    slot = propose(town, SAID)
    proposal = town.programme().proposals[slot]
    voices = [("mayor", True, 5), ("chair", True, 6), ("mayor", False, 8), ("chair", True, 9)]
    told = [Voice(office, "p", "k", says, f"event {index}", index) for office, says, index in voices]
    known = replace(proposal, voices=tuple(told))
    assert known.endorsed_before(8) == {5: "event 5", 6: "event 6"}
    assert known.endorsed_before(9) == {6: "event 6"}
    assert known.endorsed_before(10) == {9: "event 9"}
