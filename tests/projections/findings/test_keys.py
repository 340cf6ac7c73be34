"""Signatures in doubt, and what signers acknowledged: histories that raise it, and near misses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.policy import DISCREPANCIES
from projections.findings import acknowledged, keys
from projections.findings.discrepancies import NAMES
from tests.projections.findings.raised import Record, check_sentences
from tests.support.council import (
    CHAIR,
    MAYOR,
    asks,
    enacts,
    endorse,
    propose,
    reaffirm,
    refuse,
    revoke,
    set_policy,
)
from tests.support.people import SECRETARY
from tests.support.town import ACT, COUNCIL_STREAM, PROGRAMME, lines

RULES = (*keys.RULES, *acknowledged.RULES)
TEXT = lines("200.00")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


def end_mandate(record: Record, end: str = "2025-09-10") -> str:
    ended = {"mandate": record.town.ids["mandate.granted mayor"], "end": end}
    return record.town.submit("mandate.ended", COUNCIL_STREAM, ended).event


def by_mayor(record: Record) -> str:
    return record.say("financing.changed", TEXT, by=MAYOR)


# -- mandates ---------------------------------------------------------------------------------


def test_signed_before_the_mandates_end_and_recorded_after_it_is_undetermined(record: Record) -> None:
    payload = record.town.payload("financing.changed", PROGRAMME, TEXT, by=MAYOR)
    ended = end_mandate(record)
    record.on("2025-09-20")
    slot = record.signed_at("2025-09-09T09:00:00", payload, by=MAYOR)
    hit = record.one(RULES, "KEY-MANDATE")
    assert (hit.key, hit.day) == (f"{slot}/p-mayor/mayor", "2025-03-01")
    assert hit.entries == record.index(ended, slot)
    assert (hit.words["doubt"], hit.words["kid"]) == ("undetermined", MAYOR.key.public.kid)
    assert hit.words["why"][0].startswith("не визначено")
    reaffirm(record.town, slot)
    assert record.found(RULES) == {}, "who may state it anew has re-affirmed it"


def test_a_mandate_whose_end_was_registered_later(record: Record) -> None:
    record.on("2025-09-12")
    slot = by_mayor(record)
    assert record.found(RULES) == {}
    record.on("2025-09-20")
    end_mandate(record)
    hit = record.one(RULES, "KEY-MANDATE")
    assert (hit.key, hit.words["doubt"], hit.day) == (f"{slot}/p-mayor/mayor", "ended-late", "2025-03-01")


def test_what_was_recorded_on_the_last_day_of_a_mandate_stands_in_no_doubt(record: Record) -> None:
    record.on("2025-09-09")
    by_mayor(record)
    record.on("2025-09-20")
    end_mandate(record)
    assert record.found(RULES) == {}


# -- keys -------------------------------------------------------------------------------------


def test_a_key_revoked_with_a_suspect_range_that_covers_the_entry(record: Record) -> None:
    record.on("2025-09-12")
    slot = by_mayor(record)
    record.on("2025-09-20")
    revoked = revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-12")
    hit = record.one(RULES, "KEY-SUSPECT")
    assert (hit.key, hit.entries) == (f"{slot}/p-mayor/mayor", record.index(revoked, slot))
    assert hit.words["doubt"] == "suspect"


@pytest.mark.parametrize("since", [None, "2025-09-13"])
def test_a_range_that_begins_later_or_none_leaves_the_entry_sound(record: Record, since: str | None) -> None:
    record.on("2025-09-12")
    by_mayor(record)
    record.on("2025-09-20")
    revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, since)
    assert record.found(RULES) == {}


def test_what_rests_on_a_suspect_endorsement_is_named_with_who_endorsed(record: Record) -> None:
    proposal = propose(record.town, TEXT)
    endorse(record.town, proposal, CHAIR)
    slot = record.say("financing.changed", TEXT, relations=enacts(proposal))
    revoke(record.town, CHAIR.key.public, "root", "2025-09-01")
    assert f"{slot}/p-chair/budget-chair" in record.found(RULES)["KEY-SUSPECT"]


def test_a_sound_correction_takes_the_suspicion_away(record: Record) -> None:
    slot = by_mayor(record)
    revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-01")
    record.say("financing.changed", TEXT, by=SECRETARY, corrects=slot)
    assert record.found(RULES) == {}


# -- entries about acts -----------------------------------------------------------------------


def test_a_status_by_a_suspect_key_is_found_with_its_act_and_its_sound_correction_is_not(
    record: Record,
) -> None:
    record.on("2025-09-12")
    data = {"act": ACT, "status": "suspended", "date": "2025-09-12", "start": "2025-09-12", "by": "court"}
    status = record.town.submit("act.status_changed", COUNCIL_STREAM, data, by=MAYOR).event
    record.on("2025-09-20")
    revoked = revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-12")
    hit = record.one(RULES, "KEY-SUSPECT")
    assert (hit.key, hit.entries) == (f"{status}/p-mayor/mayor", record.index(status, revoked))
    assert hit.words["act"] == ACT
    check_sentences(record.hits(RULES))
    record.town.submit("act.status_changed", COUNCIL_STREAM, data, corrects=status)
    assert record.found(RULES) == {}


# -- what was acknowledged --------------------------------------------------------------------


def test_each_acknowledged_discrepancy_is_shown_with_its_signers(record: Record) -> None:
    set_policy(record.town, rules=[asks(CHAIR, shortfall="acknowledge")])
    proposal = propose(record.town, TEXT)
    refuse(record.town, proposal, CHAIR)
    codes = ["endorsements-missing", "other-text"]
    slot = record.say(
        "financing.changed",
        lines("250.00"),
        by=[SECRETARY, MAYOR],
        relations=enacts(proposal),
        acknowledges=codes,
    )
    assert record.found(RULES) == {"GOV-ACKNOWLEDGED": [f"{slot}/{code}" for code in codes]}
    _, hit = record.hits(RULES)[0]
    assert hit.words["discrepancy"] == "endorsements-missing"
    assert hit.words["signers"] == ["p-secretary (council-secretary)", "p-mayor (mayor)"]
    assert (hit.entries, hit.day) == (record.index(slot), "2025-03-01")


def test_a_correction_that_acknowledges_the_same_again_is_part_of_it(record: Record) -> None:
    set_policy(record.town, rules=[asks(CHAIR, shortfall="acknowledge")])
    lacking = {"acknowledges": ["endorsements-missing"]}
    slot = record.say("financing.changed", TEXT, **lacking)
    record.on("2025-09-05")
    corrected = record.say("financing.changed", lines("201.00"), by=MAYOR, corrects=slot, **lacking)
    hit = record.one(RULES, "GOV-ACKNOWLEDGED")
    assert (hit.entries, hit.day) == (record.index(slot, corrected), "2025-03-01")
    assert hit.words["signers"] == ["p-secretary (council-secretary)", "p-mayor (mayor)"]


def test_what_was_acknowledged_of_an_acts_status_is_shown_too(record: Record) -> None:
    late = {"start": "2024-12-26", "by": "mayor"}
    acknowledged = ["suspended-late"]
    status = record.status(ACT, "suspended", "2024-12-26", acknowledges=acknowledged, **late)
    hit = record.one(RULES, "GOV-ACKNOWLEDGED")
    assert (hit.key, hit.entries) == (f"{ACT}/{status}/suspended-late", record.index(status))


def test_what_a_policy_records_in_silence_nobody_acknowledged(record: Record) -> None:
    set_policy(record.town, rules=[asks(CHAIR, shortfall="record")])
    record.say("financing.changed", TEXT)
    assert record.found(RULES) == {}


# -- how it is said ---------------------------------------------------------------------------


def test_every_sentence_is_whole_in_both_languages(record: Record) -> None:
    set_policy(record.town, rules=[asks(CHAIR, shortfall="acknowledge")])
    record.on("2025-09-12")
    record.say("financing.changed", TEXT, by=MAYOR, acknowledges=["endorsements-missing"])
    record.on("2025-09-20")
    end_mandate(record)
    revoke(record.town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-12")
    hits = record.hits(RULES)
    assert {rule.code for rule, _ in hits} == {rule.code for rule in RULES}
    check_sentences(hits)


def test_every_discrepancy_has_a_name_in_both_languages() -> None:
    assert NAMES.keys() == DISCREPANCIES
    assert all(uk and en and uk != en for uk, en in NAMES.values())
