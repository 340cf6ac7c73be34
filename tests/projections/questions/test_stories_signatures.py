"""Questions 4, 13, 14, 20: keys, mandates, who proposed and approved, and which text was endorsed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.findings.engine import Memory
from projections.questions.reading import read_answer
from tests.projections.findings.raised import Record
from tests.projections.questions.telling import apart, ask, decided, events, lacking
from tests.support.council import (
    CHAIR,
    MAYOR,
    MEMBER,
    asks,
    enacts,
    endorse,
    propose,
    reaffirm,
    refuse,
    revoke,
    set_policy,
)
from tests.support.people import REGISTRARS, SECRETARY
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, PROGRAMME_ID, lines

D = "2025-12-31"
TEXT = lines("200.00")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


def by_mayor(record: Record, day: str) -> str:
    record.on(day)
    return record.say("financing.changed", TEXT, by=MAYOR)


# -- 4 ----------------------------------------------------------------------------------


def test_4_what_stands_in_the_log_before_the_revocation_was_signed_by_a_live_key(record: Record) -> None:
    slot = by_mayor(record, "2025-09-12")
    record.on("2025-09-20")
    revoked = revoke(record.town, MAYOR.key.public, COUNCIL_STREAM)
    answer = ask(record, 4, D)
    assert (answer["verdict"], answer["figures"]["keys_revoked"]) == ("no", 1)
    (item,) = answer["items"]
    assert (item["values"]["before"], item["values"]["after"]) == (list(record.index(slot)), [])
    assert events(item) == {revoked}


def test_4_inside_the_suspect_range_the_claimed_time_alone_decides_nothing(record: Record) -> None:
    slot = by_mayor(record, "2025-09-12")
    record.on("2025-09-20")
    revoked = revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-12")
    answer = ask(record, 4, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"entry.reaffirmed"})
    item = decided(answer)[0]
    assert item["finding"] == f"KEY-SUSPECT:{slot}/p-mayor/mayor"
    assert events(item) == {revoked, slot}
    assert item["values"]["times"]["claimed"][0]["at"] == "2025-09-12T09:00:00Z"
    assert item["doubt"] == "suspect"


def test_4_a_suspect_range_that_begins_later_leaves_it_sound(record: Record) -> None:
    by_mayor(record, "2025-09-12")
    record.on("2025-09-20")
    revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-13")
    assert ask(record, 4, D)["verdict"] == "no"


def test_4_without_a_revocation_no_key_was_revoked(record: Record) -> None:
    answer = ask(record, 4, D)
    assert (answer["verdict"], answer["figures"]["keys_revoked"]) == ("no", 0)
    assert answer["figures"]["entries"] > 0


def test_4_before_the_revocation_was_known_the_answer_was_no(record: Record) -> None:
    by_mayor(record, "2025-09-12")
    known = record.town.position
    record.on("2025-09-20")
    revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-12")
    assert ask(record, 4, D, known=known)["verdict"] == "no"


def cited(record: Record) -> str:
    """The secretary registers an act, by which the mayor then decides; returns the registration."""
    record.on("2025-09-12")
    registered = record.act("t-7", "2025-09-11")
    record.on("2025-09-13")
    record.say("financing.changed", TEXT, act="t-7", by=MAYOR, effective="2025-09-13")
    record.on("2025-09-20")
    return registered


def test_4_an_act_on_which_the_figures_stand_that_a_suspect_key_registered_is_named(record: Record) -> None:
    registered = cited(record)
    revoked = revoke(record.town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-12")
    answer = ask(record, 4, D)
    assert (answer["verdict"], answer["figures"]["suspect"]) == ("undetermined", 1)
    item = decided(answer)[0]
    assert item["finding"] == f"KEY-SUSPECT:{registered}/{SECRETARY.person}/{SECRETARY.office}"
    assert (events(item), item["doubt"]) == ({registered, revoked}, "suspect")
    assert item["values"]["times"]["recorded"].startswith("2025-09-12")
    reaffirm(record.town, registered, stream=COUNCIL_STREAM, by=MAYOR)
    assert ask(record, 4, D)["verdict"] == "no"


def test_4_what_is_learnt_of_an_acts_registration_is_seen_by_a_memory_that_grows(record: Record) -> None:
    cited(record)
    memory = Memory()
    answers = []
    for _ in range(2):
        answers.append(read_answer(memory, record.tables.reading(), PROGRAMME_ID, D, 4)["verdict"])
        if len(answers) == 1:
            revoke(record.town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-12")
    assert answers == ["no", "undetermined"]


def test_4_an_act_that_the_programme_does_not_cite_is_not_its_own(record: Record) -> None:
    record.on("2025-09-12")
    record.act("t-7", "2025-09-11")
    revoke(record.town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-12")
    assert ask(record, 4, D)["figures"]["suspect"] == 0


# -- 20 ---------------------------------------------------------------------------------


def end_mandate(record: Record) -> str:
    ended = {"mandate": record.town.ids["mandate.granted mayor"], "end": "2025-09-10"}
    return record.town.submit("mandate.ended", COUNCIL_STREAM, ended).event


def test_20_on_the_last_day_of_the_mandate_it_held(record: Record) -> None:
    by_mayor(record, "2025-09-09")
    record.on("2025-09-20")
    end_mandate(record)
    answer = ask(record, 20, D)
    assert answer["verdict"] == "yes"
    mayor = next(item for item in apart(answer) if item["values"]["person"] == "p-mayor")
    (mandate,) = mayor["values"]["mandates"]
    assert (mandate["start"], mandate["end"], mandate["late"]) == ("2024-01-01", "2025-09-10", True)
    assert (mayor["values"]["count"], mayor["values"]["outside"]) == (1, [])


def test_20_recorded_after_an_end_that_was_registered_later_it_did_not_hold(record: Record) -> None:
    slot = by_mayor(record, "2025-09-10")
    record.on("2025-09-20")
    end_mandate(record)
    answer = ask(record, 20, D)
    assert (answer["verdict"], answer["figures"]["ended"]) == ("no", 1)
    (item,) = decided(answer)
    assert (item["finding"], item["values"]["doubt"]) == (f"KEY-MANDATE:{slot}/p-mayor/mayor", "ended-late")
    mayor = next(item for item in apart(answer) if item["values"]["person"] == "p-mayor")
    assert mayor["values"]["outside"] == list(record.index(slot))


def sent_late(record: Record) -> str:
    """Signed before the end, and recorded after it."""
    payload = record.town.payload("financing.changed", PROGRAMME, TEXT, by=MAYOR)
    end_mandate(record)
    record.on("2025-09-20")
    return record.signed_at("2025-09-09T09:00:00", payload, by=MAYOR)


def test_20_signed_before_the_end_and_submitted_after_it_is_undetermined(record: Record) -> None:
    sent_late(record)
    answer = ask(record, 20, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"entry.reaffirmed"})
    assert answer["figures"]["undetermined"] == 1


def test_20_a_mandate_granted_by_a_key_that_is_not_trusted_is_undetermined(record: Record) -> None:
    """Both registrars that signed the grant: one sound signature less than their k."""
    by_mayor(record, "2025-09-09")
    revoke(record.town, REGISTRARS[0].key.public, "root", "2025-09-01", by=REGISTRARS[1:])
    answer = ask(record, 20, D)
    mayor = next(item for item in apart(answer) if item["values"]["person"] == "p-mayor")
    assert (answer["verdict"], mayor["values"]["doubtful_mandate"]) == ("undetermined", True)


def test_20_until_somebody_who_may_say_it_anew_re_affirms_it(record: Record) -> None:
    slot = sent_late(record)
    reaffirm(record.town, slot)
    answer = ask(record, 20, D)
    assert (answer["verdict"], answer["figures"]["reaffirmed"]) == ("yes", 1)


def test_20_who_registered_the_act_without_a_mandate_is_named(record: Record) -> None:
    registered = cited(record)
    ended = {"mandate": record.town.ids[f"mandate.granted {SECRETARY.person}"], "end": "2025-09-10"}
    record.town.submit("mandate.ended", COUNCIL_STREAM, ended)
    answer = ask(record, 20, D)
    assert (answer["verdict"], answer["figures"]["ended"]) == ("no", 1)
    finding = f"KEY-MANDATE:{registered}/{SECRETARY.person}/{SECRETARY.office}"
    assert [item["finding"] for item in decided(answer)] == [finding]
    holder = next(item for item in apart(answer) if item["values"]["person"] == SECRETARY.person)
    assert record.index(registered)[0] in holder["values"]["outside"]


# -- 13 ---------------------------------------------------------------------------------


def enact(record: Record, proposal: str, data: Any = TEXT, **common: Any) -> str:
    return record.say("financing.changed", data, relations=enacts(proposal), **common)


def test_13_a_person_who_endorses_the_own_proposal_in_another_office_is_a_pair(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=MAYOR)
    voice = endorse(record.town, proposal, MEMBER)
    slot = enact(record, proposal)
    answer = ask(record, 13, D)
    assert (answer["verdict"], answer["figures"]) == ("yes", {"proposals": 1, "pairs": 1})
    (item,) = answer["items"]
    assert events(item) == {proposal, voice, slot}
    assert item["values"]["person"] == "p-mayor"
    assert "законно" in answer["sentence"]["uk"]  # a note: small councils lawfully combine offices


def test_13_another_persons_endorsement_makes_no_pair(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=SECRETARY)
    endorse(record.town, proposal, CHAIR)
    enact(record, proposal)
    answer = ask(record, 13, D)
    assert (answer["verdict"], answer["figures"]) == ("no", {"proposals": 1, "pairs": 0})


def test_13_a_change_that_is_not_enacted_yet_is_looked_at_too(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=MAYOR)
    voice = endorse(record.town, proposal, MEMBER)
    answer = ask(record, 13, D)
    assert answer["verdict"] == "yes"
    (item,) = answer["items"]
    assert (events(item), item["finding"], item["values"]["person"]) == ({proposal, voice}, None, "p-mayor")


def test_13_an_endorsement_that_was_taken_back_makes_no_pair(record: Record) -> None:
    proposal = propose(record.town, TEXT, by=MAYOR)
    endorse(record.town, proposal, MEMBER)
    refuse(record.town, proposal, MEMBER)
    assert ask(record, 13, D)["verdict"] == "no"


def test_13_where_nothing_is_proposed_on_the_record_nobody_knows(record: Record) -> None:
    answer = ask(record, 13, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"change.proposed"})


# -- 14 ---------------------------------------------------------------------------------


def test_14_the_endorsed_text_was_enacted(record: Record) -> None:
    set_policy(record.town, rules=[asks(CHAIR)])
    proposal = propose(record.town, TEXT)
    voice = endorse(record.town, proposal, CHAIR)
    slot = enact(record, proposal)
    answer = ask(record, 14, D)
    assert (answer["verdict"], answer["figures"]["same_text"]) == ("yes", 1)
    (item,) = answer["items"]
    assert events(item) == {proposal, voice, slot}
    assert item["values"]["endorsed_by"] == [{"person": "p-chair", "office": "budget-chair", "event": voice}]
    assert [cell["path"] for cell in item["cells"]] == [LINE_CELL]


def test_14_another_text_was_enacted_and_the_difference_is_shown(record: Record) -> None:
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, CHAIR)
    enact(record, proposal, lines("210.00"), acknowledges=["other-text"])
    answer = ask(record, 14, D)
    assert (answer["verdict"], answer["figures"]["other_text"]) == ("no", 1)
    (shown,) = apart(answer)
    (difference,) = shown["values"]["differences"]
    assert difference == {"path": "/data/lines/0/amount", "proposed": "200.00", "stated": "210.00"}
    assert decided(answer)[0]["finding"].startswith("GOV-OTHERTEXT:")


def test_14_where_a_policy_asks_and_nobody_endorsed_it_is_not_this_text(record: Record) -> None:
    set_policy(record.town, rules=[asks(CHAIR, shortfall="acknowledge")])
    record.say("financing.changed", TEXT, acknowledges=["endorsements-missing"])
    answer = ask(record, 14, D)
    assert answer["verdict"] == "no"
    assert decided(answer)[0]["finding"].startswith("GOV-ENDORSE:")


def test_14_where_no_policy_asks_for_endorsements_it_is_not_configured(record: Record) -> None:
    answer = ask(record, 14, D)
    assert (answer["verdict"], lacking(answer)) == ("not-configured", {"policy.endorsements"})
    enact(record, propose(record.town, TEXT))
    assert ask(record, 14, D)["verdict"] == "not-configured"


def test_14_where_a_policy_asks_and_nothing_was_enacted_nothing_is_said(record: Record) -> None:
    set_policy(record.town, rules=[asks(CHAIR)])
    answer = ask(record, 14, D)
    assert (answer["verdict"], lacking(answer)) == ("undetermined", {"change.endorsed"})
