"""Server-Sent Events: each entry once, in order, by position; and an end when the server ends."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx
import pytest
from pydantic import TypeAdapter

from api.models.feed import EntryTold
from ledger.directory import Directory
from projections.following import generations_beside
from projections.rebuild import rebuild_in
from tests.api.door import problem_of
from tests.api.feed.served import Served, served
from tests.api.feed.sse import following
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger


def test_from_a_position_on_every_entry_is_told_once_and_in_order(live: Served) -> None:
    size = live.context.position
    with following(live.url, "?after=0") as stream:
        assert stream.next().data == {"position": 0}
        told = stream.entries(size)
        assert [one["index"] for one in told] == list(range(size))
        receipts = [live.say(f"{amount}.00") for amount in (160, 170, 180)]
        assert [one["event"] for one in stream.entries(3)] == [receipt.event for receipt in receipts]
    rows = {row["index"]: row for row in live.json("/v1/events?limit=500")["items"]}
    for one in told:
        TypeAdapter(EntryTold).validate_python(one, strict=True)
        row = rows[one["index"]]
        assert {name: one[name] for name in ("event", "kind", "stream", "version", "recorded_at")} == {
            name: row[name] for name in ("event", "kind", "stream", "version", "recorded_at")
        }
        assert (one["effective"], one["corrects"]) == (row["effective"], row["corrects"])
        assert one["payload"] == live.json(one["links"]["event"])["payload"]


def test_without_a_position_it_begins_at_the_end_and_says_where_that_is(live: Served) -> None:
    with following(live.url) as stream:
        first = stream.next()
        assert (first.event, first.id) == ("position", str(live.context.position))
        receipt = live.say()
        assert stream.entries(1)[0]["index"] == receipt.index


def test_what_is_told_can_be_read_at_once(live: Served) -> None:
    with following(live.url) as stream:
        for amount in range(200, 215):
            live.submit(f"{amount}.00")
            told = stream.entries(1)[0]
            assert live.context.follower.position >= told["position"]
            state = live.json(f"/v1/programmes/{PROGRAMME.partition(':')[2]}")
            assert state["known"]["position"] >= told["position"]


def test_the_last_id_goes_before_the_address_and_nothing_comes_twice(live: Served) -> None:
    size = live.context.position
    with following(live.url, "?after=0", last_event_id=str(size - 2)) as stream:
        assert [one["index"] for one in stream.entries(2)] == [size - 2, size - 1]


@pytest.mark.parametrize("wrong", ["x", "-1", "1.0", "", "0x1", "01", "9" * 17])
def test_a_last_id_that_is_no_position_is_refused(live: Served, wrong: str) -> None:
    document = problem_of(live.get("/v1/events/stream", **{"Last-Event-ID": wrong}), 400, "bad-parameter")
    assert document["errors"] == [{"pointer": "/headers/last-event-id", "got": wrong}]


def test_a_position_beyond_the_log_is_an_alarm_and_no_silence(live: Served) -> None:
    beyond = str(live.context.position + 1)
    for query, headers, pointer in (
        (f"?after={beyond}", {}, "/query/after"),
        ("", {"Last-Event-ID": beyond}, "/headers/last-event-id"),
    ):
        document = problem_of(live.get(f"/v1/events/stream{query}", **headers), 404, "position-ahead")
        assert document["errors"] == [{"pointer": pointer, "got": int(beyond)}]


def test_a_filter_hides_entries_and_the_position_moves_on_all_the_same(
    live: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.feed.streams.HIDDEN_MAX", 3)
    with following(live.url, "?kind=act.status_changed&subject=body:town-council&after=0") as stream:
        assert stream.entries(1)[0]["kind"] == "act.status_changed"
        known = live.context.position
        for amount in (150, 160, 170, 180):
            live.say(f"{amount}.00")
        moved = stream.next()
        assert moved.event == "position"
        assert int(moved.id) >= known + 3
        status = {
            "act": "town-2-2025-03-10",
            "status": "resumed",
            "date": "2025-06-01",
            "start": "2025-06-01",
        }
        receipt = live.town.submit("act.status_changed", COUNCIL_STREAM, status)
        assert stream.entries(1)[0]["index"] == receipt.index


def test_a_quiet_stream_is_kept_alive_and_told_what_was_hidden(
    live: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.feed.streams.KEEP_ALIVE_SECONDS", 0.05)
    with following(live.url, "?kind=key.revoked") as stream:
        stream.next()
        assert stream.next().comment
        receipt = live.say()
        while (message := stream.next()).comment:
            pass
        assert (message.event, message.data) == ("position", {"position": receipt.index + 1})
        assert stream.next().comment


def test_when_the_server_stops_streams_and_waits_end_cleanly_and_at_once(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with (
        served(storied_town, tmp_path / "town", shutdown_seconds=30) as live,
        following(live.url) as one,
        following(live.url, "?kind=key.revoked") as other,
    ):
        one.next()
        other.next()
        live.say()
        begun = time.monotonic()
        live.stop()
        told = [message for message in one.rest() if message.event == "entry"]
        assert len(told) <= 1
        assert all(message.event == "position" for message in other.rest())
        live.thread.join(20)
        assert not live.thread.is_alive()
        assert time.monotonic() - begun < 3


def test_readers_are_limited_by_address_and_in_all(storied_town: TestLedger, tmp_path: Path) -> None:
    limits = {"streams_max": 3, "streams_per_address": 2, "forwarded_allow_ips": "127.0.0.1"}
    one, other = {"x_forwarded_for": "203.0.113.1"}, {"x_forwarded_for": "203.0.113.2"}
    with served(storied_town, tmp_path / "town", **limits) as live:
        path = "/v1/events/stream"
        with following(live.url, **one) as first, following(live.url, **one) as second:
            first.next(), second.next()
            full = live.get(path, **{"X-Forwarded-For": "203.0.113.1"})
            problem_of(full, 429, "too-many-requests")
            assert full.headers["retry-after"]
            waiting = live.get("/v1/events?after=999999", **{"X-Forwarded-For": "203.0.113.1"})
            problem_of(waiting, 404, "position-ahead")  # whoever does not follow is not counted
            with following(live.url, **other) as third:
                third.next()
                over = live.get(path, **{"X-Forwarded-For": "203.0.113.3"})
                problem_of(over, 503, "overloaded")
                assert over.headers["retry-after"]
        live.until(lambda: live.hub.readers == 0)
        with following(live.url, **one) as again:
            again.next()


def test_a_reader_that_takes_nothing_makes_no_memory_grow_and_loses_nothing(
    storied_town: TestLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.feed.ring.BYTES_MAX", 20_000)
    with served(storied_town, tmp_path / "town") as live:
        host, port = live.url.removeprefix("http://").split(":")
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((host, int(port)))
        with slow:
            slow.sendall(b"GET /v1/events/stream?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
            live.until(lambda: live.hub.readers == 1)
            for amount in range(100):
                live.submit(f"{amount + 1}.00")
            size = live.context.position
            live.until(lambda: live.hub.position == size)
            assert live.hub._ring._size <= 40_000
            assert live.hub.is_old(size - 90)
            slow.settimeout(30)
            raw = b""
            while b"id: %d\n" % size not in raw:
                raw += slow.recv(65536)
            ids = [int(line[4:]) for line in raw.split(b"\n") if line.startswith(b"id: ")]
            assert ids == list(range(size + 1))


def test_a_reader_who_goes_is_forgotten(live: Served) -> None:
    with following(live.url) as stream:
        stream.next()
        assert live.hub.readers == 1
    live.until(lambda: live.hub.readers == 0)
    live.until(lambda: live.hub._thread is None)  # and nothing is read for nobody


def test_head_is_answered_and_does_not_last(live: Served) -> None:
    answer = httpx.head(live.url + "/v1/events/stream", trust_env=False, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    live.until(lambda: live.hub.readers == 0)


def test_projections_that_are_made_anew_meanwhile_lose_and_repeat_nothing(live: Served) -> None:
    context, size = live.context, live.context.position
    with following(live.url, "?after=0") as stream:
        stream.entries(size)
        before = context.follower._name
        generations = generations_beside(Directory(live.town.path))
        rebuild_in(generations, context.ledger.reader)
        generations.close()
        receipts = [live.say("160.00")]
        live.until(lambda: context.follower._name != before)
        receipts.append(live.say("170.00"))
        assert [one["event"] for one in stream.entries(2)] == [receipt.event for receipt in receipts]
        page = live.json("/v1/feed/cells?limit=500&as_of=2025-07-01")
        state = live.json(f"/v1/programmes/{PROGRAMME.partition(':')[2]}?as_of=2025-07-01")
        assert [*page["states"].values()] == [state["state_hash"]]
