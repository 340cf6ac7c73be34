"""POST /v1/events: recorded, asked about, or refused — and never anything else."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from fastapi.routing import APIRoute

from api.routes import submissions
from ledger.envelope import BATCH_SIZE_MAX, Envelope, envelope_json
from ledger.errors import Busy, Stopped, StorageError
from ledger.receipt import read_receipt
from tests.api.door import Door, pointers, problem_of
from tests.support.people import SECRETARY, STRANGER
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, lines


def test_an_event_is_recorded_and_its_receipt_holds(door: Door) -> None:
    envelope = door.town.envelope("financing.changed", PROGRAMME, lines("150.00"))
    answer = door.post(envelope)
    assert answer.status_code == 201
    receipt = read_receipt(answer.json())
    door.town._check(envelope, receipt)
    assert answer.headers["location"] == f"/v1/events/{receipt.event}"
    assert int(answer.headers["pledger-position"]) == receipt.index + 1


def test_the_charset_may_be_named(door: Door) -> None:
    envelope = door.town.envelope("financing.changed", PROGRAMME, lines("150.00"))
    body = orjson.dumps(envelope_json(envelope))
    answer = door.post_raw(body, **{"Content-Type": "application/jose+json; charset=utf-8"})
    assert answer.status_code == 201


def test_the_same_event_again_gets_the_same_receipt(door: Door) -> None:
    envelope = door.town.envelope("financing.changed", PROGRAMME, lines("150.00"))
    first = door.post(envelope).json()
    door.say("financing.changed", PROGRAMME, lines("160.00"))
    assert door.post(envelope).json() == first


def test_a_batch_gets_a_receipt_for_each(door: Door) -> None:
    envelopes = [
        door.town.envelope("financing.changed", PROGRAMME, lines("150.00")),
        door.town.envelope("actual.reported", PROGRAMME, actual("2025-Q1", "1")),
    ]
    answer = door.post(*envelopes)
    assert answer.status_code == 201
    receipts = [read_receipt(item) for item in answer.json()["receipts"]]
    assert len(receipts) == 2
    assert receipts[0].recorded_at == receipts[1].recorded_at
    for envelope, receipt in zip(envelopes, receipts, strict=True):
        door.town._check(envelope, receipt)


def actual(period: str, value: str) -> dict[str, Any]:
    return {"indicator": "i-1", "period": period, "accumulation": "period", "value": value}


def test_a_batch_is_all_or_nothing_and_says_which_envelope(shared_door: Door) -> None:
    good = shared_door.town.envelope("actual.reported", PROGRAMME, actual("2025-Q1", "1"))
    bad = shared_door.town.envelope("actual.reported", PROGRAMME, actual("2031-Q1", "1"))
    before = shared_door.town.position
    document = problem_of(shared_door.post(good, bad), 422, "unknown-period")
    assert pointers(document) == ["/envelopes/1/data/period"]
    assert shared_door.town.position == before


def test_a_batch_of_one_is_a_batch(door: Door) -> None:
    envelope = door.town.envelope("actual.reported", PROGRAMME, actual("2025-Q1", "1"))
    answer = door.post_raw(orjson.dumps({"envelopes": [envelope_json(envelope)]}))
    assert len(answer.json()["receipts"]) == 1


@pytest.mark.parametrize("count", [0, 257])
def test_a_batch_holds_1_to_256_envelopes(shared_door: Door, count: int) -> None:
    envelope = envelope_json(shared_door.town.envelope("actual.reported", PROGRAMME, actual("2025-Q1", "1")))
    document = problem_of(
        shared_door.post_raw(orjson.dumps({"envelopes": [envelope] * count})), 422, "batch-count"
    )
    assert document["errors"] == [{"pointer": "/envelopes", "got": count}]


def test_what_looks_like_a_mistake_is_asked_about_in_full(shared_door: Door) -> None:
    data = {"lines": [{**lines("150.00")["lines"][0], "stated_old": "99.00"}]}
    document = problem_of(
        shared_door.post(shared_door.town.envelope("financing.changed", PROGRAMME, data, seen=0)),
        409,
        "needs-acknowledgement",
    )
    found = {item["code"]: item for item in document["discrepancies"]}
    assert set(found) == {"old-mismatch", "changed-since-seen"}
    assert found["old-mismatch"]["stated"] == "99.00"
    assert found["old-mismatch"]["in_force"] == "100.00"
    assert "99.00" in found["old-mismatch"]["message"]["uk"]
    assert found["changed-since-seen"]["path"] == LINE_CELL
    assert document["details"]["codes"] == ["changed-since-seen", "old-mismatch"]


def test_what_was_asked_about_is_recorded_when_it_is_acknowledged(door: Door) -> None:
    data = {"lines": [{**lines("150.00")["lines"][0], "stated_old": "99.00"}]}
    receipt = door.say("financing.changed", PROGRAMME, data, acknowledges=["old-mismatch"])
    assert door.json(f"/v1/events/{receipt['event']}")["acknowledges"] == ["old-mismatch"]


def test_a_refusal_names_rule_place_and_value_in_both_languages(shared_door: Door) -> None:
    envelope = shared_door.town.envelope(
        "financing.changed", PROGRAMME, {"lines": [{**lines("1.00")["lines"][0], "measure": "9.9"}]}
    )
    document = problem_of(shared_door.post(envelope), 422, "unknown-measure")
    assert document["errors"] == [{"pointer": "/data/lines/0/measure", "got": "9.9"}]
    assert "9.9" in document["message"]["uk"]
    assert "9.9" in document["message"]["en"]


def test_who_may_not_say_it_gets_403(shared_door: Door) -> None:
    envelope = shared_door.town.envelope("financing.changed", PROGRAMME, lines("1.00"), by=STRANGER)
    problem_of(shared_door.post(envelope), 403, "foreign-body")


def test_a_signature_over_something_else_gets_403(shared_door: Door) -> None:
    one = envelope_json(shared_door.town.envelope("financing.changed", PROGRAMME, lines("1.00")))
    other = envelope_json(shared_door.town.envelope("financing.changed", PROGRAMME, lines("2.00")))
    mixed = {"payload": one["payload"], "signatures": other["signatures"]}
    problem_of(shared_door.post_raw(orjson.dumps(mixed)), 403, "bad-signature")


def test_the_title_is_in_the_language_that_the_client_asks_for(shared_door: Door) -> None:
    def title(language: str) -> str:
        return str(shared_door.post_raw(b"{}", **{"Accept-Language": language}).json()["title"])

    assert title("en") == "Malformed envelope"
    assert title("en;q=0.5, uk;q=0.9") == title("*") == title("fr") == "Конверт іншої форми"


def test_the_ledger_is_not_opened_over_http(shared_door: Door) -> None:
    envelope = shared_door.town.signed(
        shared_door.town.payload("ledger.opened", "root", shared_door.town.opening)
    )
    problem_of(shared_door.post(envelope), 403, "open-by-init")
    other = shared_door.town.envelope("actual.reported", PROGRAMME, actual("2025-Q1", "1"))
    document = problem_of(shared_door.post(other, envelope), 403, "open-by-init")
    assert pointers(document) == ["/envelopes/1/kind"]


@pytest.mark.parametrize(
    "given",
    ["application/json", "", "application/jose", "application/jose+json; charset=koi8-u", "text/plain"],
)
def test_another_content_type_is_refused(shared_door: Door, given: str) -> None:
    document = problem_of(shared_door.post_raw(b"{}", **{"Content-Type": given}), 415, "wrong-media-type")
    assert document["details"]["expected"] == "application/jose+json"


def test_a_compressed_body_is_refused(shared_door: Door) -> None:
    problem_of(shared_door.post_raw(b"{}", **{"Content-Encoding": "gzip"}), 415, "wrong-media-type")


def test_a_body_that_announces_too_much_is_not_read(shared_door: Door) -> None:
    headers = {"Content-Type": "application/jose+json", "Content-Length": str(BATCH_SIZE_MAX + 1)}
    answer = shared_door.client.post("/v1/events", content=b"x" * (BATCH_SIZE_MAX + 1), headers=headers)
    document = problem_of(answer, 413, "body-too-large")
    assert document["details"]["size_max"] == BATCH_SIZE_MAX
    assert answer.headers["connection"] == "close"


def test_a_body_without_a_length_is_cut_off_at_the_limit(shared_door: Door) -> None:
    def endless() -> Any:
        for _ in range(100):
            yield b"x" * 65536

    answer = shared_door.client.post(
        "/v1/events", content=endless(), headers={"Content-Type": "application/jose+json"}
    )
    problem_of(answer, 413, "body-too-large")


def test_a_single_envelope_is_smaller_than_an_entry(shared_door: Door) -> None:
    body = orjson.dumps({"payload": "A" * 70_000, "signatures": []})
    problem_of(shared_door.post_raw(body), 413, "envelope-too-large")


def test_no_query_parameter_is_known_here(shared_door: Door) -> None:
    answer = shared_door.client.post(
        "/v1/events?dry=1", content=b"{}", headers={"Content-Type": "application/jose+json"}
    )
    problem_of(answer, 400, "unknown-parameter")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Busy("a secret of the inside"), "busy"),
        (Stopped("a secret of the inside"), "stopped"),
        (StorageError("a secret of the inside"), "storage-failed"),
    ],
)
def test_what_may_pass_later_says_when_to_try_again(
    shared_door: Door, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def refuse(_: object) -> None:
        raise error

    envelope = shared_door.town.envelope("financing.changed", PROGRAMME, lines("1.00"))
    monkeypatch.setattr(shared_door.town.ledger, "submit", refuse)
    answer = shared_door.post(envelope)
    problem_of(answer, 503, code)
    assert int(answer.headers["retry-after"]) > 0
    assert str(error) not in answer.text  # what is inside stays inside


def test_an_unforeseen_error_is_a_problem_without_a_traceback(
    shared_door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a secret of the inside")

    envelope = shared_door.town.envelope("financing.changed", PROGRAMME, lines("1.00"))
    monkeypatch.setattr(shared_door.town.ledger, "submit", fail)
    answer = shared_door.post(envelope)
    document = problem_of(answer, 500, "internal")
    assert "secret" not in answer.text
    assert document["instance"].removeprefix("urn:request:") in caplog.text


def test_the_direct_way_leads_to_the_endpoint_that_the_route_documents() -> None:
    (route,) = [route for route in submissions.router.routes if isinstance(route, APIRoute)]
    assert (route.path, route.methods, route.endpoint) == ("/v1/events", {"POST"}, submissions.submit_events)


def test_a_tampered_payload_is_not_canonical(shared_door: Door) -> None:
    envelope: Envelope = shared_door.town.envelope("financing.changed", PROGRAMME, lines("1.00"))
    spaced = base64.urlsafe_b64encode(envelope.payload.replace(b":", b": ", 1)).rstrip(b"=").decode()
    body = orjson.dumps({**envelope_json(envelope), "payload": spaced})
    problem_of(shared_door.post_raw(body), 422, "not-canonical")


def test_a_correction_of_what_is_no_longer_in_force_shows_what_is(door: Door) -> None:
    first = door.say("act.registered", COUNCIL_STREAM, act("town-7-2025-02-02"))["event"]
    stale = door.town.envelope(
        "act.registered", COUNCIL_STREAM, act("town-7-2025-02-02"), corrects=first, by=SECRETARY
    )
    door.say("act.registered", COUNCIL_STREAM, act("town-7-2025-02-02") | {"number": "7"}, corrects=first)
    document = problem_of(door.post(stale), 409, "stale-correction")
    assert set(document["details"]["in_force"]) == {"event", "payload"}


def act(name: str) -> dict[str, Any]:
    return {
        "act": name,
        "kind": "decision",
        "date": "2025-02-02",
        "title": "Про зміни",
        "in_force": "2025-02-02",
    }
