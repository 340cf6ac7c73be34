"""What is found in a ledger, by what it is and by its words, and as known at which position."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.merkle import leaf_hash
from projections.reading import Reading
from projections.search.finding import find, ids_with
from projections.search.showing import show
from tests.projections.adopted import BELZ, Adopted

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    with Adopted(tmp_path_factory.mktemp("belz"), BELZ) as adopted:
        adopted.bring_into_force("2025-02-21")
        yield adopted.reading()


def test_a_number_is_an_entry_and_leads_to_nothing_else(reading: Reading) -> None:
    found = find(reading, "№ 3")
    assert [(hit.what, hit.index, hit.exact) for hit in found.things] == [("entry", 2, True)]
    assert found.entries == []
    assert find(reading, f"№ {reading.position + 1}").total == 0
    assert find(reading, "№ 0").total == 0


def test_an_event_is_found_by_its_id_and_by_both_its_hashes(reading: Reading) -> None:
    entry = reading.entry(4)
    for question in (
        entry.event_id(),
        entry.event_id().upper(),
        entry.stated().payload_hash,
        entry.stated().payload_hash[:8],
        leaf_hash(entry.raw).hex(),
        leaf_hash(entry.raw).hex()[:12],
    ):
        assert [hit.index for hit in find(reading, question).things] == [4], question
    assert find(reading, entry.stated().payload_hash[:7]).total == 0


def test_a_measure_is_found_by_its_code_and_by_its_words(reading: Reading) -> None:
    by_code = find(reading, "3.3.2").things
    assert [(hit.what, hit.exact) for hit in by_code[:2]] == [("measure", True), ("indicator", True)]
    rows = show(reading, find(reading, "супроводження документообігу"), DAY, after=0, limit=10)
    assert ("measure", "3.3.2") in [(row["what"], row["id"]) for row in rows]
    title = next(row["title"]["uk"] for row in rows if row["what"] == "measure")
    assert "документообіг" in title.lower()


def test_a_title_is_of_the_day(reading: Reading) -> None:
    rows = show(reading, find(reading, "3.3.2"), "2025-01-01", after=0, limit=1)
    assert rows[0]["title"] is None


def test_nothing_is_found_before_it_was_recorded(reading: Reading) -> None:
    before = reading.at(3)
    assert find(reading, "документообіг").total > 0
    assert find(before, "документообіг").total == 0
    assert find(before, "3.3.2").total == 0
    assert find(before, reading.entry(5).event_id()).total == 0
    assert find(before, reading.entry(5).stated().payload_hash).total == 0
    assert find(before, "№ 6").total == 0


def test_a_key_is_found_by_how_its_thumbprint_begins(reading: Reading) -> None:
    (key,) = reading.rows("SELECT id FROM records WHERE space='key' ORDER BY id LIMIT 1", [])
    assert [hit.id for hit in find(reading, key[0][:10]).things if hit.what == "key"] == [key[0]]
    assert not [hit for hit in find(reading, key[0][:7]).things if hit.what == "key"]
    assert not [hit for hit in find(reading, key[0][:10].swapcase()).things if hit.what == "key"]


def test_entries_are_newest_first_and_pages_meet(reading: Reading) -> None:
    found = find(reading, "програма")
    assert found.entries == sorted(found.entries, reverse=True)
    whole = show(reading, found, DAY, after=0, limit=500)
    parts = [row for after in range(found.total) for row in show(reading, found, DAY, after=after, limit=1)]
    assert whole == parts
    assert len(whole) == found.total


@pytest.mark.parametrize(
    "question", ["", "   ", '"*"', "' OR 1=1 --", "а" * 200, "%", "\x00", "AND OR NOT", "😀"]
)
def test_odd_questions_find_nothing_and_break_nothing(reading: Reading, question: str) -> None:
    assert find(reading, question).total == 0


def test_acts_are_told_by_their_words(reading: Reading) -> None:
    acts = ids_with(reading, "act", "затвердження програми інформатизації")
    assert acts is not None
    assert len(acts) == 1
    assert ids_with(reading, "act", "немає такого") == set()
    assert ids_with(reading, "act", " ") is None


def test_kinds_are_found_by_their_names_in_both_languages(reading: Reading) -> None:
    for question in ("субвенцію передано", "transfer made"):
        assert "transfer.made" in [hit.id for hit in find(reading, question).things if hit.what == "kind"]


def test_the_words_are_the_same_however_the_log_was_cut(tmp_path: Path) -> None:
    from tests.projections.tables import Tables, contents

    with Adopted(tmp_path, BELZ) as adopted:
        adopted.bring_into_force("2025-02-21")
        log = adopted.reading().log
        made = []
        for batch in (1, 1000):
            with Tables(tmp_path / f"cut-{batch}.db", log) as tables:  # type: ignore[arg-type]
                tables.catch_up(batch=batch)
                made.append(contents(tables.path)["words"])
    assert made[0] == made[1]
    assert made[0]
