"""History and blame: what happened, by which act, and what it found, as known when recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.timeline import Rank
from projections.blame import read_blame
from projections.cells import cell_id, read_cells, read_chain
from projections.history import read_history
from projections.reading import Reading
from tests.oracle import state as oracle
from tests.oracle.model import Corrected, Event
from tests.projections.adopted import Adopted
from tests.projections.feed import Feed
from tests.projections.tables import Tables
from tests.projections.told import Told, cell_path, tell_many

Row = dict[str, Any]
LINE: Row = {"measure": "3.3.2", "year": 2025, "source": "local"}
CELL = "/financing/3.3.2/2025/local"


def history(adopted: Adopted, known: int | None = None, **query: Any) -> list[Row]:
    return read_history(adopted.reading(known), adopted.programme, **{"before": None, "limit": 100, **query})


def newest(adopted: Adopted) -> Row:
    return history(adopted, limit=1)[0]


def blame(adopted: Adopted, day: str, path: str = CELL, known: int | None = None) -> list[Row]:
    rows = read_blame(adopted.reading(known), adopted.programme, path, day, below=None, limit=100)
    return [row for _, row in rows]


def change(adopted: Adopted, act: str, since: str, *lines: Row, **common: Any) -> str:
    data = {"lines": [LINE | line for line in lines]} if lines else None
    return adopted.say("financing.changed", data, act=act, effective=since, **common).event


def three_decisions(belz: Adopted) -> list[str]:
    """45 000 from June, 5000 more from July; then, recorded last, 1000 more from mid-June."""
    for number, date in (("512", "2025-05-29"), ("600", "2025-06-30"), ("550", "2025-06-14")):
        belz.pass_act(f"belz-{number}", date, number=number)
    return [
        change(belz, "belz-512", "2025-06-01", {"op": "set", "amount": "45000.00"}),
        change(belz, "belz-600", "2025-07-01", {"op": "add", "amount": "5000.00"}),
        change(belz, "belz-550", "2025-06-15", {"op": "add", "amount": "1000.00"}),
    ]


# One row.


def test_a_row_says_who_by_which_act_from_when_and_what_it_found(belz: Adopted) -> None:
    belz.pass_act("belz-512", "2025-05-29", number="512", points=["1", "2"])
    line = LINE | {"op": "set", "amount": "45000.00"}
    receipt = belz.say(
        "financing.changed",
        {"lines": [line]},
        act={"id": "belz-512", "point": "2"},
        effective="2025-06-01",
        reason="Зростання цін",
    )
    row = newest(belz)
    assert (row["index"], row["event"], row["kind"]) == (receipt.index, receipt.event, "financing.changed")
    assert (row["recorded_at"], row["effective"]) == (receipt.recorded_at, "2025-06-01")
    assert row["act"] == {"id": "belz-512", "number": "512", "date": "2025-05-29", "point": "2"}
    assert row["signers"] == [
        {"person": "p-secretary", "office": "clerk", "kid": belz.official.key.public.kid}
    ]
    assert (row["reason"], row["corrects"], row["acknowledges"]) == ("Зростання цін", None, [])
    (write,) = row["writes"]
    assert (write["path"], write["from"], write["op"]) == (CELL, "2025-06-01", "set")
    assert (write["old"], write["old_doubt"], write["new"]) == ("30000.00", None, "45000.00")
    assert row["title"] == {"uk": "Змінено обсяг фінансування", "en": "Financing changed"}
    assert row["sentence"] == {
        "uk": "Фінансування заходу 3.3.2 на 2025 рік (local): 30000.00 → 45000.00",
        "en": "Financing of measure 3.3.2 for 2025 (local): 30000.00 → 45000.00",
    }


def test_old_values_are_those_that_were_known_when_the_row_was_recorded(belz: Adopted) -> None:
    three_decisions(belz)
    olds = {row["act"]["number"]: row["writes"][0]["old"] for row in history(belz, limit=3)}
    assert olds == {"512": "30000.00", "600": "45000.00", "550": "45000.00"}


def test_a_first_value_found_nothing_and_a_removal_is_found_as_removed(belz: Adopted) -> None:
    belz.pass_act("belz-512", "2025-05-29")
    other = {"measure": "3.3.4", "op": "set", "amount": "1.00"}
    change(belz, "belz-512", "2025-06-01", other, {"op": "unset"})
    first = newest(belz)
    assert [(write["old"], write["new"]) for write in first["writes"]] == [
        (None, "1.00"),
        ("30000.00", "removed"),
    ]
    assert "не встановлено → 1.00" in first["sentence"]["uk"]
    assert "30000.00 → removed" in first["sentence"]["en"]
    belz.pass_act("belz-513", "2025-06-29")
    change(belz, "belz-513", "2025-07-01", {"op": "set", "amount": "7.00"})
    assert newest(belz)["writes"][0]["old"] == "removed"


def test_an_addition_says_what_it_adds_and_more_than_three_lines_are_counted(belz: Adopted) -> None:
    belz.pass_act("belz-512", "2025-05-29")
    others = [{"measure": f"3.3.{n}", "op": "set", "amount": "1.00"} for n in (1, 3, 4)]
    change(belz, "belz-512", "2025-06-01", {"op": "add", "amount": "5.00"}, *others)
    row = newest(belz)
    assert row["sentence"]["uk"].startswith("Фінансування заходу 3.3.2 на 2025 рік (local): 30000.00 → +5.00")
    assert row["sentence"]["uk"].endswith("та ще 1")
    assert row["sentence"]["en"].endswith("and 1 more")
    assert row["writes_total"] == 4


def test_a_corrections_writes_keep_the_first_statements_place(belz: Adopted) -> None:
    """Later decisions of the same day rank above the slot, corrected or not."""
    belz.pass_act("belz-512", "2025-06-01", order=1)
    belz.pass_act("belz-513", "2025-06-01", order=2)
    first = change(belz, "belz-512", "2025-06-01", {"op": "set", "amount": "100.00"})
    change(belz, "belz-513", "2025-06-01", {"op": "set", "amount": "120.00"})
    change(belz, "belz-512", "2025-06-01", {"op": "set", "amount": "105.00"}, corrects=first)
    row = newest(belz)
    assert (row["corrects"], row["writes"][0]["old"], row["writes"][0]["new"]) == (
        first,
        "30000.00",
        "105.00",
    )
    change(belz, "belz-512", "2025-06-01", corrects=first)
    void = newest(belz)
    assert (void["writes"], void["writes_total"]) == ([], 0)
    assert void["sentence"] == {
        "uk": "Скасовано запис: Змінено обсяг фінансування",
        "en": "Voided: Financing changed",
    }


def test_many_writes_are_cut_and_counted_unless_all_are_asked_for(belz: Adopted) -> None:
    adoption = next(row for row in history(belz) if row["kind"] == "programme.adopted")
    assert len(adoption["writes"]) == 50
    assert adoption["writes_total"] > 50


# Acts.


def test_an_acts_number_is_the_one_known_when_the_event_was_recorded(belz: Adopted) -> None:
    registered = belz.pass_act("belz-512", "2025-05-29", number="")
    early = change(belz, "belz-512", "2025-06-01", {"op": "set", "amount": "45000.00"})
    data = {"act": "belz-512", "kind": "decision", "number": "512", "date": "2025-05-30", "title": "Рішення"}
    in_force = {"in_force": "2025-05-30"}
    belz.say("act.registered", data | in_force, subject=belz.council, corrects=registered.event)
    late = change(belz, "belz-512", "2025-07-01", {"op": "set", "amount": "46000.00"})
    acts = {row["event"]: (row["act"]["number"], row["act"]["date"]) for row in history(belz) if row["act"]}
    assert (acts[early], acts[late]) == (("", "2025-05-29"), ("512", "2025-05-30"))
    chain = {row["event"]: row["act"]["number"] for row in blame(belz, "2025-12-31")}
    assert (chain[early], chain[late]) == ("", "512")


def test_everything_said_of_an_act_concerns_the_programmes_that_cite_it(belz: Adopted) -> None:
    registered = belz.pass_act("belz-512", "2025-05-29", number="")
    data = {"act": "belz-512", "kind": "decision", "number": "512", "date": "2025-05-29", "title": "Рішення"}
    in_force = {"in_force": "2025-05-29"}
    corrected = belz.say("act.registered", data | in_force, subject=belz.council, corrects=registered.event)
    suspended = belz.change_status("belz-512", "suspended", "2025-06-01")
    belz.pass_act("not-cited", "2025-05-29")
    before, position = history(belz), belz.town.position
    assert not {registered.index, corrected.index, suspended.index} & {row["index"] for row in before}
    change(belz, "belz-512", "2025-06-01", {"op": "set", "amount": "45000.00"})
    resumed = belz.change_status("belz-512", "resumed", "2025-06-10")
    expected = [resumed.index, position, suspended.index, corrected.index, registered.index]
    assert [row["index"] for row in history(belz, limit=5)] == expected
    assert history(belz, position) == before
    acts = {row["act"]["id"] for row in history(belz, kind="act.status_changed")}
    assert acts == {"belz-512", "belz-476-2025"}
    (status, *_) = history(belz, kind="act.status_changed")
    assert status["sentence"] == {
        "uk": "Акт belz-512: дію поновлено з 2025-06-10",
        "en": "Act belz-512: resumed from 2025-06-10",
    }


def test_an_entry_that_concerns_another_programme_is_not_told(belz: Adopted) -> None:
    rows = history(belz)
    other = [row for row in rows if row["stream"] not in (belz.stream, belz.council)]
    assert other == []
    assert read_history(belz.reading(), "no-such-programme", before=None, limit=5) == []


# Pages.


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_pages_of_a_history_have_no_gaps_and_no_repeats(belz: Adopted, limit: int) -> None:
    three_decisions(belz)
    whole, before, pages = history(belz), None, []
    while page := history(belz, before=before, limit=limit):
        pages += page
        before = page[-1]["index"]
    assert pages == whole
    assert [row["index"] for row in whole] == sorted({row["index"] for row in whole}, reverse=True)


def test_pages_of_one_kind_have_no_gaps_either(belz: Adopted) -> None:
    events = three_decisions(belz)
    before, found = None, []
    while page := history(belz, before=before, limit=1, kind="financing.changed"):
        found.append(page[0]["event"])
        before = page[-1]["index"]
    assert found == events[::-1]


def test_a_page_begun_at_a_position_is_not_moved_by_what_is_recorded_meanwhile(belz: Adopted) -> None:
    three_decisions(belz)
    position = belz.town.position
    (first, *_), whole = history(belz, position, limit=1), history(belz, position)
    change(belz, "belz-600", "2025-08-01", {"op": "set", "amount": "9.00"})
    assert [first, *history(belz, position, before=first["index"])] == whole


# Blame.


def test_blame_is_the_whole_chain_with_the_value_that_each_write_found(belz: Adopted) -> None:
    events = three_decisions(belz)
    rows = blame(belz, "2025-07-01")
    said = [(row["event"], row["op"], row["value"], row["old"], row["from"]) for row in rows[:-1]]
    assert said == [
        (events[1], "add", "5000.00", "46000.00", "2025-07-01"),
        (events[2], "add", "1000.00", "45000.00", "2025-06-15"),
        (events[0], "set", "45000.00", "30000.00", "2025-06-01"),
    ]
    assert (rows[-1]["kind"], rows[-1]["value"], rows[-1]["old"]) == ("programme.adopted", "30000.00", None)
    assert [row["act"]["number"] for row in rows] == ["600", "550", "512", ""]
    assert {row["signers"][0]["office"] for row in rows} == {"clerk"}
    assert all(row["proof"].endswith(row["event"]) for row in rows)


def test_blame_asks_what_counts_on_the_day_as_known_at_the_position(belz: Adopted) -> None:
    events = three_decisions(belz)
    before = belz.town.position
    belz.change_status("belz-512", "quashed", "2025-05-29")
    assert [row["event"] for row in blame(belz, "2025-07-01")][:2] == [events[1], events[2]]
    assert [row["old"] for row in blame(belz, "2025-07-01")] == ["31000.00", "30000.00", None]
    assert len(blame(belz, "2025-07-01", known=before)) == 4
    assert len(blame(belz, "2025-06-14")) == 1
    assert blame(belz, "2025-02-20") == []
    assert blame(belz, "2025-07-01", path="/financing/3.3.2/2026/local") == []


# Both, over random histories.


def histories(tmp_path: Path, first: int, count: int) -> Iterator[tuple[Told, Reading]]:
    feed = Feed(tmp_path)
    told = tell_many(feed, range(first, first + count))
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        for one in told:
            yield one, tables.reading()
    feed.close()


def word(answer: oracle.Answer | None) -> str | None:
    return None if answer is None else "removed" if answer.removed else answer.value


def test_each_old_value_is_the_oracles_fold_below_it_when_it_was_recorded(tmp_path: Path) -> None:
    asked = 0
    for told, reading in histories(tmp_path, 2000, 60):
        rows = {row["index"]: row for row in everything(reading, told.programmes[0])}
        for at, entry in enumerate(told.entries):
            if not isinstance(entry, Event | Corrected):
                continue
            slots = {one.event: n for n, one in enumerate(told.entries) if isinstance(one, Event)}
            writes = rows[told.index(at)]["writes"]
            below = [
                oracle.fold_below(told.entries, at + 1, slots[entry.event], line)
                for line in range(len(entry.writes or ()))
            ]
            assert [write["old"] for write in writes] == [word(answer) for answer in below]
            asked += len(writes)
    assert asked > 500


def test_the_history_of_a_told_programme_is_its_events_and_those_of_the_acts_it_cites(tmp_path: Path) -> None:
    for told, reading in histories(tmp_path, 2100, 40):
        cited = {entry.act for entry in told.entries if isinstance(entry, Event) and entry.act}
        expected = [told.index(at) for at in range(len(told.entries)) if concerns(told, at, cited)]
        found = [row["index"] for row in everything(reading, told.programmes[0])]
        assert found == expected[::-1]


def concerns(told: Told, at: int, cited: set[str]) -> bool:
    entry = told.entries[at]
    if isinstance(entry, Event | Corrected):
        return True
    about = told.entries[entry.of] if hasattr(entry, "of") else entry
    return getattr(about, "act", None) in cited


def everything(reading: Reading, programme: str) -> list[Row]:
    return read_history(reading, programme, before=None, limit=1000)


def test_pages_of_blame_put_together_are_the_chain_with_its_earlier_values(tmp_path: Path) -> None:
    long = 0
    for told, reading in histories(tmp_path, 2200, 40):
        for cell in read_cells(reading, told.programmes[0], "2026-12-31"):
            rows = list(pages(reading, told.programmes[0], cell.path))
            number = cell_id(reading, told.programmes[0], cell.path)
            assert number is not None
            chain = read_chain(reading, number, "2026-12-31", below=None, limit=1000)
            assert [row["event"] for row in rows] == [placed.event for placed in chain]
            k = len(told.entries)
            placed = {p.rank[3:]: p for p in oracle.all_writes(told.entries, k)}
            by_place = {(told.index(slot), line): p for (slot, line), p in placed.items()}
            below = [by_place[link.rank[3:]] for link in chain]
            olds = [word(oracle.fold_below(told.entries, k, p.slot.index, p.line)) for p in below]
            assert [row["old"] for row in rows] == olds
            assert cell.path == cell_path(below[0].write.cell)
            long += len(rows) > 3
    assert long > 20


def pages(reading: Reading, programme: str, path: str) -> Iterator[Row]:
    below: Rank | None = None
    while page := read_blame(reading, programme, path, "2026-12-31", below=below, limit=2):
        for below, row in page:  # noqa: B007 -- the last one is where the next page begins
            yield row
