"""/log/: what a client of C2SP tlog-tiles fetches, read by our own reader, and what is not there."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.trust.keeper import TrustKeeper
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.merkle import leaf_hash
from ledger.note import Ed25519Verifier
from ledger.tlog.paths import tiles_of
from ledger.tlog.proof import check_proof, parse_proof
from ledger.tlog.publishing import publish
from ledger.tlog.reading import Absent, TiledLog
from tests.api.door import Door, open_door, problem_of
from tests.api.story import EVENTS
from tests.support.town import PROGRAMME, TestLedger, lines

FOR_EVER = "public, max-age=31536000, immutable"
MANY = 520


@pytest.fixture(scope="module")
def long(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A log with full tiles: more than two of level 0, one partial of level 1."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("long") / "town")
    while town.position < MANY:
        said = [
            ("person.registered", "root", {"person": f"p-{town.position + at}x", "name": "Особа"})
            for at in range(100)
        ]
        town.submit_all([town.envelope(*one) for one in said])
    town.close()
    with open_door(town, tmp_path_factory.mktemp("served") / "town") as opened:
        yield opened


def key(door: Door) -> Ed25519Verifier:
    return Ed25519Verifier.parse(door.town.log_key)


def newest(door: Door) -> Checkpoint:
    answer = door.get("/log/checkpoint")
    assert answer.status_code == 200
    return open_checkpoint(answer.content, [key(door)])[0]


def fetch_of(door: Door) -> Any:
    def fetch(path: str) -> bytes:
        answer = door.get(f"/log/{path}")
        if answer.status_code == 404:
            raise Absent(path)
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)

    return fetch


def test_the_checkpoint_is_text_that_nobody_keeps(storied: Door) -> None:
    answer = storied.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text == storied.get("/v1/checkpoint").text
    assert newest(storied).size == storied.town.position


def test_the_whole_log_is_read_and_verified_through_the_door(long: Door) -> None:
    checkpoint = newest(long)
    entries = [*TiledLog(fetch_of(long), checkpoint).entries()]
    assert checkpoint.size == long.town.position >= MANY
    assert entries == [entry.raw for entry in long.town.ledger.reader.entries(0, MANY * 2)]


def test_every_older_size_is_read_by_the_partial_tiles_of_its_own(long: Door) -> None:
    for size in (1, 2, 100, 255, 256, 257, 511, 512, 513):
        root = TiledLog(fetch_of(long), newest(long)).root_at(size)
        old = TiledLog(fetch_of(long), Checkpoint(long.town.log_key.split("+")[0], size, root))
        for tile in tiles_of(size):
            answer = long.get(f"/log/{tile}")
            assert answer.status_code == 200, tile
            assert answer.content == old.content(tile)


@pytest.mark.parametrize("kind", ["0", "entries"])
def test_each_width_is_served_of_a_tile_that_is_full_now_and_none_beyond_the_log(
    long: Door, kind: str
) -> None:
    full = long.get(f"/log/tile/{kind}/000").content
    for width in range(1, 256):
        part = long.get(f"/log/tile/{kind}/000.p/{width}")
        assert part.status_code == 200
        assert full.startswith(part.content)
        assert len(part.content) < len(full)
    left = long.town.position - 512
    assert long.get(f"/log/tile/{kind}/002.p/{left}").status_code == 200
    for path in (f"002.p/{left + 1}", "002", "003", "003.p/1", "x001/000", "x001/000.p/1"):
        problem_of(long.get(f"/log/tile/{kind}/{path}"), 404, "no-such-tile")


def test_upper_levels_are_served_as_far_as_they_are_complete(long: Door) -> None:
    assert len(long.get("/log/tile/1/000.p/2").content) == 64
    assert long.get("/log/tile/1/000.p/1").content == long.get("/log/tile/1/000.p/2").content[:32]
    for path in ("1/000.p/3", "1/000", "2/000.p/1", "7/000.p/1", "63/000", "63/x999/x999/999.p/255"):
        problem_of(long.get(f"/log/tile/{path}"), 404, "no-such-tile")


@pytest.mark.parametrize("path", ["tile/0/000.p/3", "tile/entries/000.p/3"])
def test_a_tile_may_be_kept_for_ever(storied: Door, path: str) -> None:
    answer = storied.get(f"/log/{path}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == FOR_EVER
    etag = f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert answer.headers["etag"] == etag
    again = storied.get(f"/log/{path}", if_none_match=etag)
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", FOR_EVER)
    assert storied.get(f"/log/{path}", if_none_match='"other"').status_code == 200
    headed = storied.client.head(f"/log/{path}")
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == str(len(answer.content))
    assert headed.headers["etag"] == etag


@pytest.mark.parametrize("path", ["tile/0/000.p/3", "tile/entries/000.p/3"])
def test_what_may_be_kept_for_ever_says_nothing_that_changes(
    storied: Door, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a cache repeats for a year how long the log was, and how far it was witnessed."""
    monkeypatch.setattr(TrustKeeper, "witnessed_size", 3)
    changing = {"pledger-position", "pledger-witnessed"}
    assert changing <= set(storied.get("/log/checkpoint").headers)
    answer = storied.get(f"/log/{path}")
    assert not changing & set(answer.headers)
    kept = storied.get(f"/log/{path}", if_none_match=answer.headers["etag"])
    assert kept.status_code == 304
    assert not changing & set(kept.headers)


def test_what_is_not_there_yet_is_not_kept(door: Door) -> None:
    size = door.town.position
    for kind in ("0", "entries"):
        answer = door.get(f"/log/tile/{kind}/000.p/{size + 1}")
        problem_of(answer, 404, "no-such-tile")
        assert answer.headers["cache-control"] == "no-store"
    door.say("financing.changed", PROGRAMME, lines("151.00"))
    for kind in ("0", "entries"):
        assert door.get(f"/log/tile/{kind}/000.p/{size + 1}").headers["cache-control"] == FOR_EVER


def test_what_no_checkpoint_vouches_for_is_not_served(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Committed and not signed: after a restore other entries may stand in its place."""
    size = door.town.position
    context = door.client.app.state.context  # type: ignore[attr-defined]
    older = context.ledger.reader.checkpoint_after(size - 2)
    assert older[0] == size - 1
    monkeypatch.setattr(type(context), "checkpoint", lambda _: older)
    problem_of(door.get(f"/log/tile/0/000.p/{size}"), 404, "no-such-tile")
    assert door.get(f"/log/tile/0/000.p/{size - 1}").status_code == 200
    monkeypatch.setattr(type(context), "checkpoint", lambda _: None)
    problem_of(door.get("/log/checkpoint"), 503, "stopped")
    assert door.get(f"/log/tile/0/000.p/{size}").status_code == 200, "a stored checkpoint vouches for it"
    problem_of(door.get(f"/log/tile/0/000.p/{size + 1}"), 404, "no-such-tile")


@pytest.mark.parametrize(
    "path",
    [
        "0/0",
        "0/0000",
        "00/000",
        "64/000",
        "-1/000",
        "x/000",
        "0/x000/000",
        "0/001/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000/",
        "0//000",
        "0/",
        "entries/",
        "entries/1",
        "entries/x000/001",
        "entries/000.p/999",
        "entries/000%00",
        "0/..%2f000",
        "%d9%a0/000",
    ],
)
def test_another_spelling_of_a_path_is_refused(storied: Door, path: str) -> None:
    document = problem_of(storied.get(f"/log/tile/{path}"), 400, "bad-parameter")
    assert document["errors"][0]["pointer"] == "/path/place"
    assert "tlog-tiles" in document["message"]["uk"]
    assert "tlog-tiles" in document["message"]["en"]


@pytest.mark.parametrize("path", ["/log", "/log/", "/log/tile", "/log/checkpoint/", "/log/checkpoint.1"])
def test_nothing_else_is_there(storied: Door, path: str) -> None:
    problem_of(storied.get(path), 404, "not-found")


def test_tiles_take_no_parameters(storied: Door) -> None:
    for path in ("checkpoint", "checkpoint.witnessed", "tile/0/000.p/1", "tile/entries/000.p/1"):
        problem_of(storied.get(f"/log/{path}?x=1"), 400, "unknown-parameter")


def test_without_a_witnessed_checkpoint_there_is_none(storied: Door) -> None:
    answer = storied.get("/log/checkpoint.witnessed")
    problem_of(answer, 404, "not-witnessed")
    assert answer.headers["cache-control"] == "no-store"


def test_the_witnessed_checkpoint_is_that_of_the_context(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    context = door.client.app.state.context  # type: ignore[attr-defined]
    size, note = context.checkpoint()
    monkeypatch.setattr(type(context), "witnessed", lambda _: (size, note))
    answer = door.get("/log/checkpoint.witnessed")
    assert (answer.status_code, answer.text) == (200, note)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


# -- a receipt as a file ----------------------------------------------------------


def test_a_receipt_is_had_as_a_tlog_proof_of_the_same_checkpoint(storied: Door) -> None:
    events = [row["event"] for row in storied.json("/v1/events")["items"]]
    assert {EVENTS["changed"], EVENTS["reported"]} <= set(events)
    for event in events:
        path = f"/v1/events/{event}/receipt"
        receipt, answer = storied.json(path), storied.get(f"{path}?format=tlog-proof")
        assert storied.json(f"{path}?format=json") == receipt
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-disposition"] == f'attachment; filename="{event}.tlog-proof"'
        proof = parse_proof(answer.content)
        assert (proof.index, proof.checkpoint, proof.extra) == (receipt["index"], receipt["checkpoint"], b"")
        check_proof(proof, leaf_hash=leaf_hash(b64decode(receipt["entry"])), verifiers=[key(storied)])


@pytest.mark.parametrize("form", ["csv", "", "tlog-proof ", "JSON"])
def test_a_receipt_has_no_other_form(storied: Door, form: str) -> None:
    answer = storied.client.get(f"/v1/events/{next(iter(EVENTS.values()))}/receipt", params={"format": form})
    document = problem_of(answer, 400, "bad-parameter")
    assert document["errors"][0]["pointer"] == "/query/format"
    assert "tlog-proof" in document["message"]["uk"]


def test_the_service_says_where_the_log_is(storied: Door) -> None:
    assert storied.json("/v1")["links"]["log"] == "/log/checkpoint"


def test_a_folder_and_the_door_give_the_same_bytes(long: Door, tmp_path: Path) -> None:
    note = long.get("/log/checkpoint").text
    publish(tmp_path, fetch_of(long), note, verifiers=[key(long)])
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert long.get(f"/log/{path.relative_to(tmp_path).as_posix()}").content == path.read_bytes()
