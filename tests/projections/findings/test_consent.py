"""Who proposed, endorsed and refused: each finding by a history that raises it, and one that nearly does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.findings.consent import PLACES_MAX, RULES
from tests.projections.findings.raised import Record, check_sentences
from tests.support.council import (
    CHAIR,
    MAYOR,
    MEMBER,
    TREASURER,
    asks,
    enacts,
    endorse,
    policy,
    propose,
    refuse,
    set_policy,
)
from tests.support.people import SECRETARY
from tests.support.town import COUNCIL_STREAM, PROGRAMME_DATA, lines

pytestmark = pytest.mark.thorough

TEXT = lines("200.00")
LACKING = ["endorsements-missing"]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


def enact(record: Record, proposal: str | None, data: Any = TEXT, **common: Any) -> str:
    if proposal is not None:
        common["relations"] = enacts(proposal)
    return record.say("financing.changed", data, **common)


# -- one person on both sides -----------------------------------------------------------------


def test_a_person_who_endorses_the_own_proposal_in_another_office_is_named(record: Record) -> None:
    """The mayor also sits in the commission: it is the person who counts, not key or office."""
    proposal = propose(record.town, TEXT, by=MAYOR)
    voice = endorse(record.town, proposal, MEMBER)
    slot = enact(record, proposal)
    hit = record.one(RULES, "GOV-SAMEPERSON")
    assert (hit.key, hit.day) == (f"{slot}/p-mayor", "2025-03-01")
    assert hit.entries == record.index(proposal, voice, slot)
    assert (hit.words["proposed_as"], hit.words["other_as"]) == (["mayor"], ["budget-member"])
    assert hit.words["did"] == ("погодила", "endorsed it")


def test_another_persons_endorsement_does_not_make_the_own_one_go_away(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=MAYOR)
    endorse(record.town, proposal, MEMBER)
    endorse(record.town, proposal, CHAIR)
    slot = enact(record, proposal)
    assert record.found(RULES) == {"GOV-SAMEPERSON": [f"{slot}/p-mayor"]}


def test_an_endorsement_that_was_taken_back_before_is_none(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=MAYOR)
    endorse(record.town, proposal, MEMBER)
    refuse(record.town, proposal, MEMBER)
    endorse(record.town, proposal, CHAIR)
    enact(record, proposal)
    assert record.found(RULES) == {}


def test_an_office_that_endorsed_with_another_and_then_refused_stands_no_more(
    record: Record,
) -> None:
    proposal = propose(record.town, TEXT, by=MAYOR)
    endorse(record.town, proposal, MEMBER, CHAIR)
    refuse(record.town, proposal, MEMBER)
    enact(record, proposal)
    assert record.found(RULES) == {}


def test_a_correction_may_enact_a_proposal_of_its_own(record: Record) -> None:
    first = propose(record.town, TEXT)
    endorse(record.town, first, CHAIR)
    slot = enact(record, first)
    corrects = {"corrects": {"event": slot, "payload": record.town.statements[slot]}}
    second = propose(record.town, lines("201.00"), by=MAYOR, relations=corrects)
    endorse(record.town, second, MEMBER)
    corrected = record.say("financing.changed", lines("201.00"), relations=corrects | enacts(second))
    hit = record.one(RULES, "GOV-SAMEPERSON")
    assert hit.key == f"{slot}/p-mayor"
    assert hit.entries[0::2] == record.index(second, corrected)


def test_who_proposes_and_enacts_what_nobody_else_endorsed_is_named(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=SECRETARY)
    slot = enact(record, proposal)
    hit = record.one(RULES, "GOV-SAMEPERSON")
    assert (hit.key, hit.entries) == (f"{slot}/p-secretary", record.index(proposal, slot))
    assert "nobody else" in hit.words["did"][1]


def test_who_proposes_and_enters_what_another_person_endorsed_is_not(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=SECRETARY)
    endorse(record.town, proposal, CHAIR)
    enact(record, proposal)
    assert record.found(RULES) == {}


def test_a_change_that_nobody_proposed_has_no_pair(record: Record) -> None:
    enact(record, None)
    assert record.found(RULES) == {}


def test_what_was_voided_since_leaves_no_pair(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=MAYOR)
    endorse(record.town, proposal, MEMBER)
    slot = enact(record, proposal)
    enact(record, None, None, corrects=slot)
    assert record.found(RULES) == {}


# -- lacking ----------------------------------------------------------------------------------


def test_an_endorsement_that_a_policy_asks_for_and_that_is_not_there(record: Record) -> None:
    asked = set_policy(record.town, rules=[asks(MAYOR, CHAIR, shortfall="acknowledge")])
    proposal = propose(record.town, TEXT)
    voice = endorse(record.town, proposal, MAYOR)
    slot = enact(record, proposal, acknowledges=LACKING)
    hit = record.one(RULES, "GOV-ENDORSE")
    assert hit.key == f"{slot}/{asked}"
    assert hit.entries == record.index(asked, voice, slot)
    assert (hit.words["needed"], hit.words["counted"]) == (2, 1)
    assert hit.words["lacking"] == [("budget-chair (немає)", "budget-chair (there is none)")]


def test_with_all_that_were_asked_for_nothing_lacks(record: Record) -> None:
    set_policy(record.town, rules=[asks(MAYOR, CHAIR)])
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, MAYOR)
    endorse(record.town, proposal, CHAIR)
    enact(record, proposal)
    assert record.found(RULES) == {}


def test_one_of_two_is_enough_where_the_policy_needs_one(record: Record) -> None:
    set_policy(record.town, rules=[asks(MAYOR, CHAIR, needed=1)])
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, CHAIR)
    enact(record, proposal)
    assert record.found(RULES) == {}


def test_a_shortfall_that_needs_no_acknowledgement_is_found_all_the_same(record: Record) -> None:
    asked = set_policy(record.town, rules=[asks(CHAIR, shortfall="record")])
    slot = enact(record, None)
    assert record.found(RULES) == {"GOV-ENDORSE": [f"{slot}/{asked}"]}


def test_what_was_recorded_before_the_policy_began_or_after_it_ended_lacks_nothing(record: Record) -> None:
    enact(record, None)
    set_policy(record.town, rules=[asks(CHAIR, shortfall="record")], start="2025-09-02")
    enact(record, None, lines("201.00"))
    record.on("2025-09-03")
    record.town.submit("policy.set", COUNCIL_STREAM, policy(start="2025-09-03"))
    enact(record, None, lines("202.00"))
    assert record.found(RULES) == {}


def test_a_correction_is_asked_the_same_and_stands_for_the_slot(record: Record) -> None:
    asked = set_policy(record.town, rules=[asks(CHAIR, shortfall="record")])
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, CHAIR)
    slot = enact(record, proposal)
    assert record.found(RULES) == {}
    record.on("2025-09-05")
    corrected = enact(record, None, lines("201.00"), corrects=slot)
    hit = record.one(RULES, "GOV-ENDORSE")
    assert (hit.key, hit.day) == (f"{slot}/{asked}", "2025-03-01")
    assert record.index(corrected)[0] in hit.entries


def test_why_an_endorsement_that_is_there_does_not_count_is_said(record: Record) -> None:
    set_policy(record.town, rules=[asks(MAYOR, shortfall="record")])
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, MAYOR)
    ended = {"mandate": record.town.ids["mandate.granted mayor"], "end": "2025-09-01"}
    record.town.submit("mandate.ended", COUNCIL_STREAM, ended)
    enact(record, proposal)
    hit = record.one(RULES, "GOV-ENDORSE")
    assert hit.words["lacking"] == [("mayor (повноваження припинено)", "mayor (the mandate ended)")]
    assert set(record.found(RULES)) == {"GOV-ENDORSE"}, "nobody refused"


def test_an_adoption_in_parts_lacks_its_endorsements_once(record: Record) -> None:
    asked = set_policy(record.town, rules=[asks(CHAIR, kinds=("programme.adopted",), shortfall="record")])
    name = "town-parted"
    whole = {"programme": name, **{n: PROGRAMME_DATA[n] for n in ("title", "body", "currency", "term")}}
    first = whole | {"part": {"number": 1, "of": 2}, "sources": PROGRAMME_DATA["sources"]}
    second = {"programme": name, "part": {"number": 2, "of": 2}, "tree": PROGRAMME_DATA["tree"]}
    parts = [
        record.town.envelope("programme.adopted", f"programme:{name}", data, effective="2025-01-01")
        for data in (first, second)
    ]
    slot = record.town.submit_all(parts)[0].event
    case = record.case(programme=name)
    found = [hit.key for rule in RULES for key in case.keys("slot") for hit in rule.check(case, key)]
    assert found == [f"{slot}/{asked}"]


# -- refused ----------------------------------------------------------------------------------


def test_recorded_although_an_asked_office_refused(record: Record) -> None:
    set_policy(record.town, rules=[asks(MAYOR, CHAIR, shortfall="acknowledge")])
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, MAYOR)
    voice = refuse(record.town, proposal, CHAIR)
    slot = enact(record, proposal, acknowledges=LACKING)
    assert record.found(RULES) == {"GOV-REFUSED": [f"{slot}/budget-chair"]}, "refused, not missing"
    hit = record.one(RULES, "GOV-REFUSED")
    assert hit.entries == record.index(proposal, voice, slot)
    assert hit.words == {"office": "budget-chair", "person": "p-chair"}


def test_a_refusal_is_named_even_where_the_others_are_enough(record: Record) -> None:
    set_policy(record.town, rules=[asks(MAYOR, CHAIR, needed=1)])
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, MAYOR)
    refuse(record.town, proposal, CHAIR)
    slot = enact(record, proposal)
    assert record.found(RULES) == {"GOV-REFUSED": [f"{slot}/budget-chair"]}


def test_a_refusal_that_was_taken_back_or_of_an_office_not_asked_is_not_named(record: Record) -> None:
    set_policy(record.town, rules=[asks(MAYOR)])
    proposal = propose(record.town, TEXT)
    refuse(record.town, proposal, MAYOR)
    endorse(record.town, proposal, MAYOR)
    refuse(record.town, proposal, TREASURER)
    enact(record, proposal)
    assert record.found(RULES) == {}


# -- another text -----------------------------------------------------------------------------


def test_a_text_that_differs_from_the_endorsed_one(record: Record) -> None:
    proposal = propose(record.town, TEXT)
    voice = endorse(record.town, proposal, CHAIR)
    slot = enact(record, proposal, lines("250.00"), acknowledges=["other-text"])
    hit = record.one(RULES, "GOV-OTHERTEXT")
    assert (hit.key, hit.entries) == (slot, record.index(proposal, voice, slot))
    assert hit.words == {"count": 1, "places": ["/data/lines/0/amount"], "offices": ["budget-chair"]}


def test_the_same_text_and_one_that_nobody_had_endorsed_are_not_another(record: Record) -> None:
    same, bare = propose(record.town, TEXT), propose(record.town, lines("1.00"))
    endorse(record.town, same, CHAIR)
    enact(record, same)
    enact(record, bare, lines("2.00"), acknowledges=["other-text", "changed-since-proposed"])
    assert "GOV-OTHERTEXT" not in record.found(RULES)


def test_of_many_differences_the_first_are_named_and_all_are_counted(record: Record) -> None:
    count = PLACES_MAX + 2
    many = [TEXT["lines"][0] | {"since": f"2025-1{n}-01"} for n in range(3)]
    rows = [*many, *(one | {"since": f"2026-0{n}-01"} for n, one in enumerate(many * 2, 1))][:count]
    proposal = propose(record.town, {"lines": rows})
    endorse(record.town, proposal, CHAIR)
    other = {"lines": [row | {"amount": "300.00"} for row in rows]}
    enact(record, proposal, other, acknowledges=["other-text"])
    hit = record.one(RULES, "GOV-OTHERTEXT")
    assert (hit.words["count"], len(hit.words["places"])) == (count, PLACES_MAX)


# -- how it is said ---------------------------------------------------------------------------


def test_every_sentence_is_whole_in_both_languages(record: Record) -> None:
    set_policy(record.town, rules=[asks(TREASURER, CHAIR, shortfall="record", other_persons=False)])
    proposal = propose(record.town, TEXT, by=MAYOR)
    endorse(record.town, proposal, MEMBER)
    refuse(record.town, proposal, CHAIR)
    enact(record, proposal, lines("250.00"), acknowledges=["other-text"])
    corrected = propose(record.town, lines("1.00"), by=SECRETARY)
    enact(record, corrected, lines("1.00"))
    hits = record.hits(RULES)
    assert {rule.code for rule, _ in hits} == {rule.code for rule in RULES}
    check_sentences(hits)
