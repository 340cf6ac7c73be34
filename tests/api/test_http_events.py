"""The log as a feed, one event with its bytes, its receipt, and proofs over the tree."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import orjson
import pytest

from api.routes import events as routes
from ledger.checkpoint import open_checkpoint
from ledger.envelope import parse_envelope, verify_envelope
from ledger.merkle import check_consistency, check_inclusion, leaf_hash
from ledger.note import Ed25519Verifier
from ledger.receipt import check_receipt, read_receipt
from tests.api.door import Door, pointers, problem_of
from tests.api.story import EVENTS, EVIDENCE, POSITIONS
from tests.support.people import SECRETARY
from tests.support.town import PROGRAMME, lines

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_the_feed_is_the_log_in_order(storied: Door) -> None:
    seen: list[int] = []
    url: str | None = "/v1/events?limit=7"
    while url is not None:
        page = storied.json(url)
        seen += [row["index"] for row in page["items"]]
        url = page["next"]
    assert seen == list(range(storied.town.position))


def test_the_feed_can_be_of_one_kind_or_one_subject(storied: Door) -> None:
    changed = storied.json("/v1/events?kind=financing.changed")["items"]
    assert [row["event"] for row in changed] == [EVENTS["changed"], EVENTS["corrected"]]
    own = storied.json(f"/v1/events?subject={PROGRAMME}&kind=actual.reported")["items"]
    assert [row["event"] for row in own] == [EVENTS["reported"]]
    assert storied.json(f"/v1/events?after={storied.town.position}")["items"] == []
    problem_of(storied.get("/v1/events?subject=nobody"), 400, "bad-parameter")
    problem_of(storied.get("/v1/events?after=999"), 404, "position-ahead")
    problem_of(storied.get("/v1/events?min_position=999"), 404, "position-ahead")


def test_a_page_looks_at_a_bounded_number_of_entries(storied: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "SCANNED_MAX", 10)
    page = storied.json("/v1/events?kind=financing.changed")
    assert page["items"] == []
    assert page["next"] == "/v1/events?kind=financing.changed&after=10"


def test_an_event_shows_its_bytes_and_what_they_say(storied: Door) -> None:
    event = storied.json(f"/v1/events/{EVENTS['reported']}")
    assert event["index"] == POSITIONS["reported"] - 1
    assert event["files"] == [EVIDENCE | {"note": None}]
    assert event["sentence"]["uk"].startswith("Індикатор i-1")
    envelope = parse_envelope(orjson.dumps(event["envelope"]))
    verify_envelope(envelope, {SECRETARY.key.public.kid: SECRETARY.key.public})
    assert envelope.payload_hash.hex() == event["payload"]
    assert orjson.loads(b64decode(event["entry"]))["envelope"] == event["envelope"]


def test_an_event_names_its_corrections_and_the_statement_in_force(storied: Door) -> None:
    first, correction = (storied.json(f"/v1/events/{EVENTS[name]}") for name in ("changed", "corrected"))
    assert [item["event"] for item in first["corrections"]] == [EVENTS["corrected"]]
    assert first["in_force"] == {
        "event": EVENTS["corrected"],
        "payload": correction["payload"],
        "doubt": None,
    }
    assert (correction["slot"], correction["corrections"]) == (EVENTS["changed"], [])
    assert correction["in_force"] == first["in_force"]


@pytest.mark.parametrize("event", [UNKNOWN, "x", "a.b", "0" * 36, "%00", UNKNOWN.upper()])
def test_an_event_that_is_not_there_is_404(storied: Door, event: str) -> None:
    problem_of(storied.get(f"/v1/events/{event}"), 404, "no-such-event")
    problem_of(storied.get(f"/v1/events/{event}/receipt"), 404, "no-such-event")
    problem_of(storied.get(f"/v1/proofs/inclusion?event={event}"), 404, "no-such-event")


def test_a_receipt_can_be_had_again_and_holds(door: Door) -> None:
    envelope = door.town.envelope("financing.changed", PROGRAMME, lines("150.00"))
    given = door.post(envelope).json()
    door.say("financing.changed", PROGRAMME, lines("160.00"))
    again = door.json(f"/v1/events/{given['event']}/receipt")
    assert again == given
    check_receipt(
        read_receipt(again),
        payload=envelope.payload,
        keys={SECRETARY.key.public.kid: SECRETARY.key.public},
        log_key=door.town.log_key,
        genesis=door.town.name["genesis"],
    )


# -- proofs ---------------------------------------------------------------------------------


def checkpoint(door: Door) -> Any:
    answer = door.get("/v1/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return open_checkpoint(answer.text, [Ed25519Verifier.parse(door.town.log_key)])[0]


def test_every_entry_is_proved_under_the_checkpoint(storied: Door) -> None:
    head = checkpoint(storied)
    assert head.size == storied.town.position
    for index in range(head.size):
        proof = storied.json(f"/v1/proofs/inclusion?index={index}&size={head.size}")
        entry = storied.town.ledger.reader.entries(index, 1)[0]
        assert b64decode(proof["leaf_hash"]) == leaf_hash(entry.raw)
        check_inclusion(
            leaf_hash=leaf_hash(entry.raw),
            leaf_index=index,
            tree_size=head.size,
            proof=[b64decode(item) for item in proof["proof"]],
            root_hash=head.root,
        )


def test_every_smaller_tree_is_the_beginning_of_the_log(storied: Door) -> None:
    head = checkpoint(storied)
    for size in range(head.size + 1):
        proof = storied.json(f"/v1/proofs/consistency?from={size}")
        assert b64decode(proof["to_root"]) == head.root
        check_consistency(
            old_size=size,
            new_size=head.size,
            old_root=b64decode(proof["from_root"]),
            new_root=head.root,
            proof=[b64decode(item) for item in proof["proof"]],
        )


@pytest.mark.parametrize(
    ("query", "status", "code", "pointer"),
    [
        ("inclusion", 400, "missing-parameter", "/query/event"),
        (f"inclusion?event={UNKNOWN}&index=1", 400, "missing-parameter", "/query/event"),
        ("inclusion?index=999", 404, "position-ahead", "/query/index"),
        ("inclusion?index=1&size=999", 404, "position-ahead", "/query/size"),
        ("inclusion?index=9&size=9", 400, "bad-parameter", "/query/size"),
        ("inclusion?index=1&size=0", 400, "bad-parameter", "/query/size"),
        ("inclusion?index=-1", 400, "bad-parameter", "/query/index"),
        ("consistency", 400, "missing-parameter", "/query/from"),
        ("consistency?from=999", 404, "position-ahead", "/query/from"),
        ("consistency?from=2&to=1", 400, "bad-parameter", "/query/from"),
        ("consistency?from=1&to=999", 404, "position-ahead", "/query/to"),
    ],
)
def test_a_proof_that_cannot_be_says_why(
    storied: Door, query: str, status: int, code: str, pointer: str
) -> None:
    document = problem_of(storied.get(f"/v1/proofs/{query}"), status, code)
    assert pointers(document) == [pointer]
