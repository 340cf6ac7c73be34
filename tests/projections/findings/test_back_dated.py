"""Claimed and recorded times apart: histories that raise it, and ordinary lag, which does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.findings.claimed import RULES
from tests.projections.findings.raised import Record, claims
from tests.support.story import published
from tests.support.town import ACT_DATA, COUNCIL_STREAM

ACT = "town-7-2025-10-15"
DATE = "2025-10-15"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


def test_a_signature_that_claims_to_be_older_than_what_it_has_seen_is_back_dated(record: Record) -> None:
    record.on("2025-10-16")
    seen = record.act(ACT, DATE)
    slot = claims(record, "2025-10-14T09:00:00", act=ACT, effective=DATE)
    hit = record.one(RULES, "ACT-BACKDATED")
    assert (hit.key, hit.day) == (f"{slot}/p-secretary", "2025-10-15")
    assert hit.entries == record.index(seen, slot)
    assert hit.words["claimed"] == "2025-10-14T09:00:00.000000Z"
    assert hit.words["recorded"].startswith("2025-10-16T09:00:00")
    assert hit.words["how"][1] == "before an entry that the signer had already seen"


def test_signed_days_before_it_was_recorded_is_lag(record: Record) -> None:
    seen = record.town.position
    record.on("2025-10-16")
    record.act(ACT, DATE)
    claims(record, "2025-10-01T09:00:00", act=ACT, effective=DATE, seen=seen)
    assert record.found(RULES) == {}


@pytest.mark.parametrize(
    ("iat", "found"),
    [
        ("2025-10-15T20:55:31", 0),  # 23:55:31 in Kyiv, not five minutes before what was seen at 00:00:30
        ("2025-10-15T20:55:29", 1),
        ("2025-10-15T21:00:00", 0),  # the same local day
    ],
)
def test_a_clock_that_is_a_little_wrong_around_midnight_is_no_alarm(
    record: Record, iat: str, found: int
) -> None:
    record.on("2025-10-15", "21:00:30")
    record.act(ACT, DATE)
    record.on("2025-10-15", "21:10:00")
    claims(record, iat, act=ACT, effective=DATE)
    assert len(record.found(RULES).get("ACT-BACKDATED", [])) == found


@pytest.mark.parametrize(
    ("iat", "found"), [("2025-10-15T21:04:59", 0), ("2025-10-15T21:05:00", 1), ("2025-10-15T20:59:59", 0)]
)
def test_a_signature_that_claims_a_day_after_its_recording(record: Record, iat: str, found: int) -> None:
    record.on("2025-10-15", "20:50:00")
    record.act(ACT, DATE)
    record.on("2025-10-15", "20:59:59")
    slot = claims(record, iat, act=ACT, effective=DATE)
    keys = record.found(RULES).get("ACT-BACKDATED", [])
    assert keys == [f"{slot}/p-secretary"] * found


def test_a_correction_is_judged_as_its_own_signing(record: Record) -> None:
    record.on("2025-10-16")
    record.act(ACT, DATE)
    slot = record.decide("200.00", act=ACT, effective=DATE)
    corrected = claims(record, "2025-10-15T09:00:00", act=ACT, effective=DATE, corrects=slot)
    assert record.found(RULES) == {"ACT-BACKDATED": [f"{slot}/{corrected}/p-secretary"]}


def test_an_acts_registration_and_its_statuses_are_judged_too(record: Record) -> None:
    record.on("2025-10-16")
    record.decide("200.00")
    data = ACT_DATA | {"act": ACT, "date": DATE, "points": []}
    payload = record.town.payload("act.registered", COUNCIL_STREAM, data)
    registered = record.signed_at("2025-10-15T09:00:00", payload)
    status = record.town.payload("act.status_changed", COUNCIL_STREAM, published(ACT))
    record.signed_at("2025-10-16T08:00:00", status)
    assert record.found(RULES) == {}, "no statement of the programme cites it yet"
    record.decide("201.00", act=ACT, effective=DATE)
    assert record.found(RULES) == {"ACT-BACKDATED": [f"{ACT}/{registered}/p-secretary"]}
