"""An export is of one point, holds nothing while its reader is slow, and never ends well when it is cut."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from api.context import Context
from api.exports.export import Export, begin
from api.exports.point import Filters
from api.exports.tables import TABLES
from api.parameters import Asked
from api.settings import Settings
from projections.history import row_of
from projections.rebuild import rebuild
from tests.api.blocking import blocked_door
from tests.api.door import Door, open_door, problem_of
from tests.api.exports.asking import Exports
from tests.api.running import running
from tests.support.polling import until
from tests.support.town import PROGRAMME, PROGRAMME_ID, TestLedger, lines

FAILS_AT = 180  # the entry: pieces were sent before it
LATER = {"effective": "2026-02-01"}
CURL_PARTIAL, CURL_HTTP = 18, 22  # the transfer ended too early; --fail and a status of 400 or more


def context_of(door: Door) -> Context:
    context: Any = door.client.app.state.context  # type: ignore[attr-defined] # the test client hides the type
    assert isinstance(context, Context)
    return context


# -- what the answer says of itself ----------------------------------------------------------------


def test_day_and_position_are_said_and_name_the_file(storied: Door) -> None:
    answer = storied.get("/v1/exports/budget?as_of=2025-06-01&known=26&format=csv&source=local")
    assert answer.headers["pledger-as-of"] == "2025-06-01"
    assert answer.headers["pledger-position"] == "26"
    assert answer.headers["content-disposition"] == 'attachment; filename="budget-2025-06-01-26.csv"'
    own = storied.get(f"/v1/exports/cells?programme={PROGRAMME_ID}&known=26&as_of=2025-06-01")
    assert f'"{PROGRAMME_ID}-cells-2025-06-01-26.jsonl"' in own.headers["content-disposition"]


def test_a_table_without_a_day_names_none(storied: Door) -> None:
    answer = storied.get("/v1/exports/acts?known=26")
    assert "pledger-as-of" not in answer.headers
    assert 'filename="acts-26.jsonl"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_kept_copy_is_known_again_and_of_another_point_or_filter_it_is_not(
    storied: Door, table: str
) -> None:
    url = f"/v1/exports/{table}?known=26"
    tag = storied.get(url).headers["etag"]
    again = storied.get(url, if_none_match=tag)
    assert (again.status_code, again.content) == (304, b"")
    for other in (f"/v1/exports/{table}?known=27", url + "&format=csv", f"/v1/exports/{table}"):
        assert storied.get(other, if_none_match=tag).status_code == 200
    if TABLES[table].is_dated:
        assert storied.get(url + "&as_of=2025-01-05", if_none_match=tag).status_code == 200


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_gzip_holds_the_same_bytes_and_the_same_every_time(storied: Door, form: str) -> None:
    url = f"/v1/exports/events?format={form}"
    plain = storied.get(url, accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    packed = [_raw(storied, url) for _ in range(2)]
    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]) == plain.content
    assert "gzip" not in storied.get(url, accept_encoding="gzip;q=0").headers.get("content-encoding", "")


def _raw(door: Door, url: str) -> bytes:
    with door.client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["vary"]
        return b"".join(answer.iter_raw())


# -- what is wrong is found before the first byte --------------------------------------------------


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/v1/exports/budget?programme=nobody", 404, "no-such-programme"),
        ("/v1/exports/events?programme=nobody", 404, "no-such-programme"),
        ("/v1/exports/cells?known=9999", 404, "position-ahead"),
        ("/v1/exports/cells?known=2000-01-01", 404, "no-ledger-yet"),
        ("/v1/exports/cells?as_of=2025-02-30", 400, "bad-parameter"),
        ("/v1/exports/cells?format=xml", 400, "bad-parameter"),
        ("/v1/exports/events?full=yes&format=csv", 400, "bad-parameter"),
        ("/v1/exports/events?full=maybe", 400, "bad-parameter"),
        ("/v1/exports/cells?full=no", 400, "unknown-parameter"),
        ("/v1/exports/budget?year=2025&year=2026", 400, "repeated-parameter"),
        ("/v1/exports/secrets", 404, "not-found"),
    ],
)
def test_what_cannot_be_answered_is_refused(storied: Door, url: str, status: int, code: str) -> None:
    problem_of(storied.get(url), status, code)


def test_without_the_extra_parquet_is_refused_by_its_name_and_not_listed(storied: Door) -> None:
    with patch("api.exports.parquet.find_spec", lambda name: None):
        told = problem_of(storied.get("/v1/exports/acts?format=parquet"), 501, "parquet-not-installed")
        assert "pledger[parquet]" in told["message"]["uk"]
        listed = storied.json("/v1/exports")["items"]
    assert {tuple(one["formats"]) for one in listed} == {("jsonl", "csv")}


def test_no_more_are_worked_on_at_once_than_there_are_slots(storied_town: TestLedger, tmp_path: Path) -> None:
    with open_door(storied_town, tmp_path / "town", exports_at_once=1) as door:
        context, portal = context_of(door), door.client.portal
        assert portal is not None
        portal.call(context.exports.acquire)
        answer = door.get("/v1/exports/cells")
        problem_of(answer, 503, "busy")
        assert answer.headers["retry-after"]
        portal.call(context.exports.release)
        for _ in range(3):  # whatever ends, ends with its slot given back
            assert door.get("/v1/exports/cells").status_code == 200
            assert door.get("/v1/exports/cells?programme=x").status_code == 404
            assert door.get("/v1/exports/cells?format=parquet").status_code == 200


def test_a_programme_that_does_not_answer_stops_its_figures_and_nothing_else(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with blocked_door(model_town, tmp_path / "town") as (door, index):
        for table in ("cells", "budget", "indicators"):
            for query in ("", "?format=csv", "?format=parquet", f"?programme={PROGRAMME_ID}"):
                problem_of(door.get(f"/v1/exports/{table}{query}"), 503, "programme-blocked")
            assert door.get(f"/v1/exports/{table}?known={index}").status_code == 200
            assert door.get(f"/v1/exports/{table}?body=another").status_code == 200
        problem_of(door.get(f"/v1/exports/events?programme={PROGRAMME_ID}"), 503, "programme-blocked")
        exports = Exports(door.client)
        assert len(exports.rows("acts")) == 1
        newest = exports.rows("events")[-1]
        assert (newest["index"], newest["unavailable"], newest["writes"]) == (index, True, [])


# -- what fails on the way -------------------------------------------------------------------------


@pytest.fixture
def failing(nation: Path) -> Iterator[str]:
    """The address of a server that fails at an entry, when much of the answer is sent already."""

    def fail(reading: Any, entry: Any) -> Any:
        if entry.index == FAILS_AT:
            raise sqlite3.DatabaseError("database disk image is malformed")
        return row_of(reading, entry)

    with (
        running(Settings(data=nation)) as url,
        patch("api.exports.events.row_of", fail),
        patch("api.exports.lines.PIECE_BYTES", 4096),  # packed, the whole ledger is hardly more than one
    ):
        yield url


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_export_that_breaks_off_is_seen_as_broken_by_httpx(failing: str, encoding: str) -> None:
    came: list[bytes] = []
    url, headers = f"{failing}/v1/exports/events", {"Accept-Encoding": encoding}
    with (
        httpx.Client(trust_env=False, headers=headers) as client,
        client.stream("GET", url) as answer,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        came.extend(answer.iter_bytes())
    assert answer.status_code == 200
    assert came, "it broke off on the way, not before it began"
    assert httpx.get(f"{failing}/v1/exports/acts", trust_env=False).is_success


def _curl(url: str, to: Path, *options: str) -> int:
    command = ["curl", "--silent", "--fail", "--noproxy", "*", *options, "--output", str(to), url]
    return subprocess.run(command, check=False, timeout=60).returncode


def test_an_export_that_breaks_off_is_seen_as_broken_by_curl(failing: str, tmp_path: Path) -> None:
    url = f"{failing}/v1/exports/events"
    assert _curl(url, tmp_path / "part") == CURL_PARTIAL
    assert (tmp_path / "part").stat().st_size
    assert _curl(f"{url}?format=parquet", tmp_path / "none") == CURL_HTTP
    assert _curl(f"{url}?known={FAILS_AT}", tmp_path / "whole") == 0


def test_without_chunks_it_is_said_before_how_long_the_answer_is(failing: str, tmp_path: Path) -> None:
    """HTTP/1.0 ends an answer by closing: what breaks off would look whole."""
    url = f"{failing}/v1/exports/events"
    assert _curl(url, tmp_path / "none", "--http1.0") == CURL_HTTP
    assert not (tmp_path / "none").exists()
    assert _curl(f"{url}?known={FAILS_AT}", tmp_path / "old", "--http1.0") == 0
    assert _curl(f"{url}?known={FAILS_AT}", tmp_path / "new") == 0
    assert (tmp_path / "old").read_bytes() == (tmp_path / "new").read_bytes()


def test_whoever_goes_away_in_the_middle_leaves_the_slot_to_others(nation: Path) -> None:
    with running(Settings(data=nation, exports_at_once=1)) as url, httpx.Client(trust_env=False) as client:
        for _ in range(3):
            until(lambda: left_early(client, url) == 200, "a slot")
        until(lambda: client.get(f"{url}/v1/exports/acts").status_code == 200, "a slot")


def left_early(client: httpx.Client, url: str) -> int:
    with client.stream("GET", f"{url}/v1/exports/events") as answer:
        next(answer.iter_raw())
        return answer.status_code


# -- slow readers, appends and rebuilds ------------------------------------------------------------


def started(door: Door, table: str = "cells", known: int | None = None) -> Export:
    asked = Asked(None, str(known) if known is not None else None, 0)
    return begin(context_of(door), TABLES[table], asked, Filters(), "jsonl", full=True)


def _is_read(folder: Path) -> bool:
    """Does anybody hold a reading of the projections? Their write-ahead log cannot be emptied meanwhile."""
    (path,) = _tables(folder)
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        held, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(held)


def _tables(folder: Path) -> list[Path]:
    return list(folder.glob("projections-*.db"))


@pytest.mark.sqlite
def test_whoever_reads_slowly_holds_no_reading_and_no_slot(storied_town: TestLedger, tmp_path: Path) -> None:
    with open_door(storied_town, tmp_path / "town", exports_at_once=1) as door:
        export = started(door, "events")
        steps = export.pieces()
        next(steps)
        door.say("financing.changed", PROGRAMME, lines("170.00"), **LATER)
        assert not _is_read(door.town.path), "between two pieces"
        with export.point.reading() as reading:
            reading.rows("SELECT COUNT(*) FROM cells", [])
            door.say("financing.changed", PROGRAMME, lines("171.00"), **LATER)
            assert _is_read(door.town.path), "the test sees a reading that is held"
        assert b"".join(steps)
        assert not context_of(door).exports.locked()


@pytest.mark.parametrize("table", sorted(TABLES))
def test_what_is_appended_meanwhile_does_not_change_a_frozen_export(
    storied_town: TestLedger, tmp_path: Path, table: str
) -> None:
    with open_door(storied_town, tmp_path / "town") as door:
        position = context_of(door).position
        answer = door.get(f"/v1/exports/{table}")
        before, tag = answer.content, answer.headers["etag"]
        export = started(door, table)
        taken = []
        for number, piece in enumerate(export.pieces()):
            taken.append(piece)
            door.say("financing.changed", PROGRAMME, lines(f"{200 + number}.00"), **LATER)
        assert b"".join(taken) == before
        assert door.get(f"/v1/exports/{table}?known={position}").content == before
        newest = door.get(f"/v1/exports/{table}", if_none_match=tag)
        assert newest.status_code == 200, "a kept copy is not taken for what has come since"
        assert newest.headers["pledger-position"] != str(position)


@pytest.mark.sqlite
def test_projections_made_anew_in_the_middle_give_the_same_rows(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(storied_town, tmp_path / "town") as door:
        context = context_of(door)
        whole = door.get("/v1/exports/events").content
        steps = started(door, "events").pieces()
        taken = [next(steps)]
        old = {path.name for path in _tables(door.town.path)}
        rebuild(door.town.path, context.ledger.reader)
        door.say("financing.changed", PROGRAMME, lines("170.00"), **LATER)
        assert {path.name for path in _tables(door.town.path)} != old
        assert b"".join([*taken, *steps]) == whole
