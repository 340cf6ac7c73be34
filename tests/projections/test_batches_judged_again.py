"""What the door found about a batch, found again: its own earlier envelopes are no news to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from ledger.errors import Refusal
from projections.reading import Reading
from projections.records import read_record
from tests.api.door import open_door
from tests.projections.following import SOON_SECONDS
from tests.projections.generations import follower_of, rebuilt
from tests.projections.tables import Tables, contents
from tests.support.council import MONEY, council_town, enacts, propose, set_policy
from tests.support.town import PROGRAMME, TestLedger, lines

SEEN, PROPOSED = "changed-since-seen", "changed-since-proposed"
SILENT_TOO = "old-mismatch"  # a policy with silent codes: what was found is looked for again


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def sets(town: TestLedger, forbidden: list[str], silent: list[str]) -> None:
    set_policy(town, rules=[{"kinds": [MONEY], "forbidden": forbidden, "silent": silent}])


def one_cell_twice(town: TestLedger, code: str) -> list[Any]:
    """Two envelopes of which the second would be asked about the first, were they not of one batch."""
    relations = enacts(propose(town, lines("170.00"))) if code == PROPOSED else {}
    first = town.envelope(MONEY, PROGRAMME, lines("165.00"))
    return [first, town.envelope(MONEY, PROGRAMME, lines("170.00"), relations=relations)]


def silent_of(reading: Reading, event: str) -> list[str]:
    found = read_record(reading, "consent", event)
    return list(found["silent"]) if found is not None else []


def silent(town: TestLedger, path: Path, event: str) -> list[str]:
    with Tables(path / "tables.db", town.ledger.reader) as tables:
        tables.catch_up()
        return silent_of(tables.reading(), event)


@pytest.mark.parametrize("code", [SEEN, PROPOSED])
def test_an_honest_batch_of_a_forbidden_code_stops_neither_follower_nor_rebuild(
    town: TestLedger, tmp_path: Path, code: str
) -> None:
    sets(town, [code], [SILENT_TOO])
    receipts = town.submit_all(one_cell_twice(town, code))
    town.submit(MONEY, PROGRAMME, lines("175.00"))
    follower = follower_of(town.path, town.ledger.reader)
    try:
        assert follower.wait_for(town.position, SOON_SECONDS)
        assert follower.fault is None
        with follower.reading() as reading:
            assert [silent_of(reading, one.event) for one in receipts] == [[], []]
    finally:
        follower.close()
    made = rebuilt(town.path, town.ledger.reader)
    with Tables(tmp_path / "stepwise.db", town.ledger.reader) as tables:
        while tables.position < town.position:  # a transaction ends within the batch
            tables.apply(1)
        assert contents(tables.path) == contents(made)


@pytest.mark.parametrize("code", [SEEN, PROPOSED])
def test_a_batch_finds_nothing_silent_about_itself(town: TestLedger, tmp_path: Path, code: str) -> None:
    sets(town, [], [code])
    first, second = town.submit_all(one_cell_twice(town, code))
    assert silent(town, tmp_path, first.event) == silent(town, tmp_path, second.event) == []


@pytest.mark.parametrize("code", [SEEN, PROPOSED])
def test_of_two_submissions_the_second_is_recorded_with_what_it_passed_in_silence(
    town: TestLedger, tmp_path: Path, code: str
) -> None:
    sets(town, [], [SEEN, PROPOSED])
    envelopes = one_cell_twice(town, code)
    (first,) = town.submit_all(envelopes[:1])
    town.clock.advance(days=1)
    (second,) = town.submit_all(envelopes[1:])
    assert silent(town, tmp_path, first.event) == []
    assert code in silent(town, tmp_path, second.event)


def test_submissions_of_one_instant_of_the_wall_clock_are_no_batch(town: TestLedger, tmp_path: Path) -> None:
    sets(town, [], [SEEN])
    first, second = one_cell_twice(town, SEEN)
    town.submit_all([first])
    (said,) = town.submit_all([second])
    assert silent(town, tmp_path, said.event) == [SEEN]


def test_what_was_written_before_a_batch_is_found_in_its_second_envelope(
    town: TestLedger, tmp_path: Path
) -> None:
    sets(town, [], [SEEN])
    _, second = one_cell_twice(town, SEEN)
    town.submit(MONEY, PROGRAMME, lines("160.00"))
    other = town.envelope("observation.made", PROGRAMME, {"about": {"cell": "/title"}, "text": "?"})
    said = town.submit_all([other, second])
    assert silent(town, tmp_path, said[1].event) == [SEEN]


def test_what_today_would_be_refused_is_recorded_with_nothing_made_up(
    town: TestLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise Refusal("policy-forbids", "/kind", MONEY)

    sets(town, [], [SEEN])
    receipts = town.submit_all(one_cell_twice(town, SEEN))
    monkeypatch.setattr("projections.consent_records.notice", refuses)
    assert silent(town, tmp_path, receipts[1].event) == []


@pytest.mark.parametrize("code", [SEEN, PROPOSED])
def test_drafts_of_one_batch_are_judged_as_one(town: TestLedger, tmp_path: Path, code: str) -> None:
    sets(town, [], [code])
    envelopes = one_cell_twice(town, code)
    town.close()
    with open_door(town, tmp_path / "door") as door:
        answer = door.drafts([orjson.loads(one.payload) for one in envelopes]).json()
    told = [(one["outcome"], (one["consent"] or {"silent": []})["silent"]) for one in answer["drafts"]]
    assert told == [("recorded", [])] * 2
