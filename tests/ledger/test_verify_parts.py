"""Parts of the verifier on their own: the growing tree, completeness, processes, entries in their place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.heads import heads_leaf, heads_root
from ledger.merkle import inclusion_nodes, leaf_hash, tree_root
from ledger.verify.completeness import Head, StreamRow, check_needed, check_rows, check_whole, read_rows
from ledger.verify.entry_file import EntryFile, recorded_at_of
from ledger.verify.report import FAULTS_KEPT, Check, Fault, Report
from ledger.verify.spool import spooled
from ledger.verify.sweep import sweep
from ledger.verify.tree import Growing
from ledger.verify.workers import run
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, lines

LEAVES = [sha256(bytes([n])).digest() for n in range(200)]


# -- the tree as it grows ----------------------------------------------------------------


@given(
    st.lists(st.integers(1, 40), max_size=12),
    st.sets(st.integers(0, 220)),
    st.sets(st.integers(0, 220)),
)
def test_roots_are_those_of_the_plain_definition_however_the_leaves_come(
    cuts: list[int], wanted: set[int], stops: set[int]
) -> None:
    told: dict[int, bytes] = {}
    growing = Growing(wanted, sorted(stops), told.__setitem__)
    taken = 0
    for cut in cuts:
        part = LEAVES[taken : taken + cut]
        growing.take(b"".join(part))
        taken += len(part)
    assert growing.frontier.size == taken
    assert growing.roots == {size: tree_root(LEAVES[:size]) for size in wanted if size <= taken}
    assert told == {size: tree_root(LEAVES[:size]) for size in stops if size <= taken}


# -- completeness ------------------------------------------------------------------------

STREAMS = [("body:a", 3, 7), ("body:c", 1, 2), ("programme:x", 5, 20), ("root", 4, 9)]


def head_of(rows: list[tuple[str, int, int]], size: int = 30) -> Head:
    return Head(size, size, heads_root(rows), len(rows))


def row_of(rows: list[tuple[str, int, int]], place: int, *, whole: bool = True) -> StreamRow:
    """A row with the audit path of its leaf, by the plain definition."""
    hashes = [leaf_hash(heads_leaf(*row)) for row in rows]
    path = []
    for group in inclusion_nodes(place, len(rows)):
        covered = [leaf for level, index in group for leaf in range(index << level, (index + 1) << level)]
        path.append(tree_root([hashes[leaf] for leaf in covered]))
    return StreamRow(*rows[place], place, tuple(path), whole)


def proved(places: list[int]) -> tuple[Check, list[StreamRow]]:
    check = Check("heads")
    return check, check_rows(check, [row_of(STREAMS, place) for place in places], head_of(STREAMS))


def test_each_stream_is_proved_by_its_leaf_under_the_heads() -> None:
    check, rows = proved([0, 1, 2, 3])
    assert (check.status, len(rows)) == ("ok", 4)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("change", [{"version": 9}, {"last": 99}, {"stream": "body:b"}, {"place": 2}])
def test_a_stream_that_ends_elsewhere_is_not_proved(place: int, change: dict[str, Any]) -> None:
    if change == {"place": place}:
        return
    check = Check("heads")
    row = replace(row_of(STREAMS, place), **change)
    assert check_rows(check, [row], head_of(STREAMS)) == []
    assert check.faults[0].code == "stream-unproved"


@pytest.mark.parametrize(
    ("absent", "neighbours"),
    [("body:0", [0]), ("body:b", [0, 1]), ("programme:a", [1, 2]), ("programme:y", [2, 3]), ("trust2", [3])],
)
def test_a_stream_is_absent_if_two_neighbours_leave_no_place_for_it(
    absent: str, neighbours: list[int]
) -> None:
    _, rows = proved(neighbours)
    check = Check("complete")
    check_needed(check, [absent], rows, head_of(STREAMS))
    assert check.status == "ok"


@pytest.mark.parametrize("missing", [row[0] for row in STREAMS])
def test_a_stream_that_exists_is_never_proved_absent(missing: str) -> None:
    """Whatever others are shown: its leaf stands between its neighbours."""
    _, rows = proved([place for place, row in enumerate(STREAMS) if row[0] != missing])
    check = Check("complete")
    check_needed(check, [missing], rows, head_of(STREAMS))
    assert [fault.code for fault in check.faults] == ["stream-missing"]


def test_a_stream_that_is_there_in_part_does_not_stand_for_the_whole() -> None:
    rows = [row_of(STREAMS, place, whole=False) for place in range(4)]
    check = Check("complete")
    check_needed(check, ["body:a"], rows, head_of(STREAMS))
    assert check.status == "failed"


def test_without_heads_nothing_is_complete() -> None:
    check = Check("complete")
    check_needed(check, ["root"], [], None)
    assert check.status == "failed"


@pytest.mark.parametrize("value", [None, [{}], [1], [{"stream": "root", "version": "x", "last": 1}], [[]]])
def test_a_malformed_list_of_streams_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- whoever reads the manifest gives it words
        read_rows(value)


# -- entries in their place --------------------------------------------------------------


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestLedger]:
    """A programme with a few changes."""
    with TestLedger.with_programme(tmp_path_factory.mktemp("verify") / "ledger") as made:
        for amount in ("110.00", "120.00", "130.00"):
            made.submit("financing.changed", PROGRAMME, lines(amount), effective="2025-03-01")
        yield made


def entries(town: TestLedger) -> list[bytes]:
    return [entry.raw for entry in town.ledger.reader.entries(0, 1000)]


@pytest.mark.sqlite
def test_a_spooled_log_reads_as_the_ledgers_own_file(town: TestLedger) -> None:
    own = EntryFile(town.path / "ledger.db")
    with spooled(enumerate(entries(town))) as file:
        assert list(file.rows(0, 1000)) == list(own.rows(0, 1000))
        assert list(file.of_stream(PROGRAMME, 1000)) == list(own.of_stream(PROGRAMME, 1000))
        assert list(file.registry(1000)) == list(own.registry(1000))
        assert file.programmes(1000) == own.programmes(1000)
        assert file.bounds() == own.bounds()
        assert [file.recorded_at(n) for n in range(5)] == [own.recorded_at(n) for n in range(5)]
    own.close()


def test_the_time_is_read_from_an_entrys_bytes_without_the_rest(town: TestLedger) -> None:
    for entry in town.ledger.reader.entries(0, 1000):
        assert recorded_at_of(entry.raw) == entry.recorded_at
    assert recorded_at_of(b"{}") == ""
    assert recorded_at_of(None) == ""


@pytest.mark.sqlite
def test_a_reader_of_a_ledger_file_cannot_write(town: TestLedger) -> None:
    file = EntryFile(town.path / "ledger.db")
    with pytest.raises(sqlite3.OperationalError):
        file.connection.execute("DELETE FROM stored_events")
    file.close()


@pytest.mark.parametrize("missing", [1, 5, 8])
def test_a_log_with_a_gap_is_noticed(town: TestLedger, missing: int) -> None:
    kept = [(index, raw) for index, raw in enumerate(entries(town)) if index != missing]
    with spooled(kept) as file:
        found = sweep(file, {}, len(kept) + 1, gaps=False)
    assert "entries-missing" in {fault.code for fault in found.order_faults}


def test_times_that_go_back_are_noticed_within_a_chunk_and_between_two(
    town: TestLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = entries(town)
    raws[-1], raws[-2] = raws[-2], raws[-1]
    for chunk in (1, 2048):
        monkeypatch.setattr("ledger.verify.sweep.CHUNK", chunk)
        with spooled(enumerate(raws)) as file:
            found = sweep(file, {}, len(raws), gaps=False)
        assert "time-goes-back" in {fault.code for fault in found.order_faults}


def test_every_signature_by_an_unknown_key_is_told(town: TestLedger) -> None:
    with spooled(enumerate(entries(town))) as file:
        found = sweep(file, {}, len(entries(town)), gaps=False)
    assert {fault.code for fault in found.signature_faults} == {"unknown-key"}
    assert len(found.signature_faults) == len(entries(town))


@pytest.mark.sqlite
def test_a_whole_stream_has_every_version_up_to_its_last_entry(town: TestLedger) -> None:
    listed = {stream: (version, last) for stream, version, last in town.ledger.reader.heads(1000)}
    version, last = listed[COUNCIL_STREAM]
    own = EntryFile(town.path / "ledger.db")
    for said, status in (
        ((version, last), "ok"),
        ((version + 1, last), "failed"),
        ((version, last + 1), "failed"),
    ):
        check = Check("complete")
        check_whole(check, [StreamRow(COUNCIL_STREAM, *said, 0, (), whole=True)], own, 1000)
        assert check.status == status
    own.close()


# -- processes and words -----------------------------------------------------------------


def test_processes_give_the_same_results_in_the_same_order_as_none() -> None:
    tasks = list(range(50))
    assert (
        list(run(_add, 7, tasks, processes=2))
        == list(run(_add, 7, tasks, processes=1))
        == [task + 7 for task in tasks]
    )


def _add(shared: int, task: int) -> int:
    return shared + task


def test_a_report_without_checks_has_verified_nothing() -> None:
    assert Report("ledger").verdict == "failed"


def verdict_of(*faults: Fault, authenticated: bool) -> str:
    report = Report("ledger", authenticated=authenticated)
    report.check("tree")
    for fault in faults:
        report.check("files").fail(fault)
    return report.verdict


def test_one_failure_fails_the_whole_whatever_was_authenticated() -> None:
    assert verdict_of(authenticated=True) == "verified"
    assert verdict_of(Fault("file-altered"), authenticated=True) == "failed"


def test_without_anchors_the_verdict_is_self_consistent_at_best() -> None:
    assert verdict_of(authenticated=False) == "self-consistent"
    assert verdict_of(Fault("file-altered"), authenticated=False) == "failed"


def test_a_warning_does_not_hide_a_failure_nor_a_skip_a_check_that_ran() -> None:
    check = Check("tree", count=1)
    check.skip("whatever")
    seen = [check.status]
    check.fail(Fault("other-root"))
    seen.append(check.status)
    check.warn("whatever")
    assert [*seen, check.status] == ["ok", "failed", "failed"]


def test_all_faults_are_counted_and_the_first_are_kept() -> None:
    check = Check("tables")
    for n in range(FAULTS_KEPT + 5):
        check.fail(Fault("row-differs", n))
    assert (check.wrong, len(check.faults)) == (FAULTS_KEPT + 5, FAULTS_KEPT)


@pytest.mark.sqlite
def test_the_connection_of_another_process_is_not_used(town: TestLedger) -> None:
    file = EntryFile(town.path / "ledger.db")
    mine, count = id(file.connection), file.bounds()[0]
    for number, theirs in run(_connection, file, [1, 2], processes=2):
        assert number == count
        assert theirs != mine
    file.close()


def _connection(file: EntryFile, _: int) -> tuple[int, int]:
    inherited = file._connection  # what the fork brought along
    found = file.connection
    return file.bounds()[0], id(inherited) if found is inherited else 0
