"""What a receiver gets, in which order, how often, and what follows from its answers."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api.webhooks.memory import Memory
from api.webhooks.schedule import DELAYS_SECONDS, asked_seconds
from api.webhooks.signing import make_secret
from ledger.clock import SystemClock, format_instant
from tests.api.webhooks.conftest import Wired
from tests.api.webhooks.receiver import Receiver, Request, raw, status
from tests.support.town import COUNCIL_STREAM, PROGRAMME, lines


def verified(request: Request, secret: str) -> object:
    """As a receiver does it, by the standard's own library. Raises WebhookVerificationError."""
    return Webhook(secret).verify(request.body, request.headers)


def test_a_receiver_verifies_a_message_with_the_standards_own_library(wired: Wired) -> None:
    event = wired.say("150.00")
    assert wired.run() is None
    (request,) = wired.receiver.requests
    told = verified(request, wired.secret)
    assert request.line == "POST /hook?key=1 HTTP/1.1"
    assert request.id == f"evt_{event}"
    assert request.headers["content-type"] == "application/json"
    assert isinstance(told, dict)
    assert told["type"] == "entry.recorded"
    entry = wired.town.ledger.reader.entries(wired.size - 1, 1)[0]
    assert told["timestamp"] == told["data"]["recorded_at"] == entry.recorded_at
    assert told["data"]["event"] == event
    assert told["data"]["index"] == wired.size - 1
    assert told["data"]["payload"] == hashlib.sha256(entry.payload).hexdigest()
    assert told["data"]["links"]["event"] == f"https://l.example/v1/events/{event}"
    with pytest.raises(WebhookVerificationError):
        verified(request, make_secret())
    with pytest.raises(WebhookVerificationError):
        verified(replace(request, body=request.body.replace(b"recorded", b"Recorded")), wired.secret)


def test_while_a_secret_is_exchanged_both_verify(wired: Wired) -> None:
    following = make_secret()
    wired.write_secrets(following, wired.secret)
    wired.say("150.00")
    wired.run()
    wired.write_secrets(following)
    wired.say("160.00")
    wired.run()
    during, after = wired.receiver.requests
    assert verified(during, wired.secret) == verified(during, following)
    verified(after, following)
    with pytest.raises(WebhookVerificationError):
        verified(after, wired.secret)


def test_messages_come_in_the_logs_order_and_only_new_ones(wired: Wired) -> None:
    events = [wired.say(f"{amount}.00") for amount in range(100, 125)]
    wired.run()
    assert wired.receiver.ids == [f"evt_{event}" for event in events]
    assert wired.state.position == wired.size
    assert wired.state.delivered == len(events)


def test_a_webhook_that_begins_at_a_position_is_told_all_from_there(wired: Wired) -> None:
    wired.memory.begin("other", 0)
    wired.id = "other"
    wired.run(wired.new())
    assert [request.json["data"]["index"] for request in wired.receiver.requests] == list(range(wired.size))


@pytest.mark.parametrize("code", [500, 400, 404, 502])
def test_what_is_not_taken_is_sent_again_with_the_same_id_and_body(wired: Wired, code: int) -> None:
    wired.receiver.answers = [status(code), status(code)]
    wired.say("150.00")
    second = wired.say("160.00")
    assert wired.run() == pytest.approx(DELAYS_SECONDS[0])
    wired.wait()
    assert wired.run() == pytest.approx(DELAYS_SECONDS[1])
    assert wired.state.attempts == 2
    wired.wait()
    first, again, third, following = wired.receiver.requests
    assert first.id == again.id == third.id
    assert first.body == again.body == third.body
    assert int(again.headers["webhook-timestamp"]) >= int(first.headers["webhook-timestamp"]) + 5
    assert following.id == f"evt_{second}"
    assert wired.state.attempts == 0
    assert wired.state.failed == 2


def test_nothing_is_sent_before_its_time(wired: Wired) -> None:
    wired.receiver.answers = [status(500)]
    wired.say("150.00")
    seconds = wired.run()
    assert seconds
    wired.clock.advance(seconds=seconds - 0.01)
    assert wired.run() == pytest.approx(0.01)
    assert len(wired.receiver.requests) == 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_receiver_that_says_when_is_asked_then(wired: Wired, code: int) -> None:
    wired.receiver.answers = [status(code, Retry_After="120"), status(code, Retry_After="1")]
    wired.say("150.00")
    assert wired.run() == pytest.approx(120)
    wired.wait()
    # It is not asked sooner than it would be anyway.
    assert wired.run() == pytest.approx(DELAYS_SECONDS[1])


def test_a_receiver_may_name_a_date_instead_of_seconds(wired: Wired) -> None:
    date = format_datetime(wired.clock.now() + timedelta(seconds=600), usegmt=True)
    wired.receiver.answers = [status(503, Retry_After=date)]
    wired.say("150.00")
    assert wired.run() == pytest.approx(600, abs=1)


def test_nobody_can_put_it_off_for_ever(wired: Wired) -> None:
    wired.receiver.answers = [status(503, Retry_After="999999999")]
    wired.say("150.00")
    seconds = wired.run()
    assert seconds is not None
    assert seconds <= 36_000


@pytest.mark.parametrize("text", ["soon", "-5", "1.5", "", "Wed, 99 Foo 2025 25:00:00 GMT", "٣"])
def test_a_retry_after_that_makes_no_sense_counts_as_none(text: str) -> None:
    assert asked_seconds(text, SystemClock().now()) is None


def test_a_message_that_is_never_taken_is_given_up_and_the_next_goes_on(wired: Wired) -> None:
    wired.receiver.answers = [status(500)] * 8
    event, following = wired.say("150.00"), wired.say("160.00")
    waits = []
    while not wired.memory.letters(wired.id):
        seconds = wired.run()
        if seconds is None:
            break
        waits.append(seconds)
        wired.clock.advance(seconds=seconds)
    assert waits == pytest.approx(DELAYS_SECONDS)
    (letter,) = wired.memory.letters(wired.id)
    assert (letter.event, letter.kind, letter.attempts) == (event, "financing.changed", 8)
    assert letter.reason == {"code": "webhook-status", "given": {"status": 500}}
    assert letter.last_at == format_instant(wired.clock.now())
    assert letter.first_at < letter.last_at
    assert wired.receiver.ids == [f"evt_{event}"] * 8 + [f"evt_{following}"]
    assert wired.state.died == wired.state.dead == 1


def test_a_dead_letter_is_sent_once_more_when_the_operator_asks(wired: Wired) -> None:
    wired.receiver.answers = [status(500)] * 8
    event = wired.say("150.00")
    while (seconds := wired.run()) is not None:
        wired.clock.advance(seconds=seconds)
    assert wired.memory.want(wired.id, "00000000-0000-7000-8000-000000000000") == 0
    wired.receiver.answers = [status(500)]
    assert wired.memory.want(wired.id, event) == 1
    assert wired.run() is None
    (letter,) = wired.memory.letters(wired.id)
    assert (letter.attempts, letter.again) == (9, False)
    assert wired.memory.want(wired.id, None) == 1
    assert wired.run() is None
    assert wired.memory.letters(wired.id) == []
    assert wired.receiver.ids == [f"evt_{event}"] * 10


def test_a_receiver_that_is_gone_gets_nothing_until_the_operator_says_so(wired: Wired) -> None:
    wired.receiver.answers = [status(410)]
    first, second = wired.say("150.00"), wired.say("160.00")
    wired.run()
    wired.clock.advance(days=3)
    wired.kept()
    restarted = wired.new()
    wired.run(restarted)
    assert wired.receiver.ids == [f"evt_{first}"]
    assert wired.state.off_since is not None
    wired.memory.enable(wired.id)
    wired.run(restarted)
    assert wired.receiver.ids == [f"evt_{first}", f"evt_{first}", f"evt_{second}"]


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(wired: Wired, code: int) -> None:
    other = f"https://portal.example:{wired.receiver.port}/elsewhere"
    wired.receiver.answers = [status(code, Location=other)]
    wired.say("150.00")
    assert wired.run()
    assert wired.receiver.connections == 1
    assert wired.state.reason == {"code": "webhook-redirect", "given": {"status": code}}


def test_after_a_restart_it_goes_on_where_it_was(wired: Wired) -> None:
    wired.say("150.00")
    wired.run()
    following = wired.say("160.00")
    wired.kept()
    wired.run(wired.new())
    assert wired.receiver.ids[1:] == [f"evt_{following}"]


def test_the_tries_and_their_times_outlive_a_restart(wired: Wired) -> None:
    wired.receiver.answers = [status(500)]
    wired.say("150.00")
    seconds = wired.run()
    wired.kept()
    wired.delivery = wired.new()
    assert wired.run() == pytest.approx(seconds)
    assert len(wired.receiver.requests) == 1
    wired.wait()
    assert len(wired.receiver.requests) == 2


def test_killed_between_the_answer_and_the_cursor_it_repeats_the_same_id(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As if the process had ended here."""

    def killed(*_: object) -> None:
        raise Killed

    event = wired.say("150.00")
    with monkeypatch.context() as patched:
        patched.setattr(Memory, "taken", killed)
        with pytest.raises(Killed):
            wired.run()
    wired.kept()
    wired.run(wired.new())
    assert wired.receiver.ids == [f"evt_{event}"] * 2
    assert wired.receiver.requests[0].body == wired.receiver.requests[1].body


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"kinds": frozenset(["financing.changed", "act.registered"])}, [0, 1]),
        ({"kinds": frozenset(["appropriation.set"])}, [2]),
        ({"subjects": frozenset([PROGRAMME])}, [1, 2]),
        ({"subjects": frozenset([COUNCIL_STREAM, "root"])}, [0]),
        ({"kinds": frozenset(["act.registered"]), "subjects": frozenset([PROGRAMME])}, []),
    ],
)
def test_only_what_it_asks_for_is_sent_and_the_rest_is_passed_over(
    wired: Wired, asked: dict[str, frozenset[str]], told: list[int]
) -> None:
    act = {
        "act": "town-2", "kind": "decision", "number": "2", "date": "2025-08-20", "title": "Зміни",
        "points": ["1"], "in_force": "2025-08-20",
    }  # fmt: skip
    given = {"effective": "2026-02-01"}
    events = [
        wired.town.submit("act.registered", COUNCIL_STREAM, act).event,
        wired.say("150.00"),
        wired.town.submit("appropriation.set", PROGRAMME, lines("10.00"), **given).event,
    ]
    assert wired.run(wired.new(**asked)) is None
    assert wired.receiver.ids == [f"evt_{events[place]}" for place in told]
    assert wired.state.position == wired.size


def test_a_log_that_became_shorter_is_followed_from_its_end(wired: Wired) -> None:
    wired.memory.skip(wired.id, wired.size + 100)
    assert wired.memory.not_beyond(wired.size) == [wired.id]
    assert wired.memory.not_beyond(wired.size) == []
    event = wired.say("150.00")
    wired.run()
    assert wired.receiver.ids == [f"evt_{event}"]


def test_a_clock_that_went_back_does_not_put_a_message_off(wired: Wired) -> None:
    wired.receiver.answers = [status(500)]
    wired.say("150.00")
    assert wired.run()
    wired.clock.advance(days=-400)
    assert wired.run() is None
    assert len(wired.receiver.requests) == 2


def test_a_secret_that_vanished_is_no_reason_to_send_without_a_signature(wired: Wired) -> None:
    (wired.folder / "secret").chmod(0o644)
    event = wired.say("150.00")
    assert wired.run()
    assert wired.receiver.connections == 0
    assert wired.state.reason is not None
    assert wired.state.reason["code"] == "webhook-secret-unusable"
    (wired.folder / "secret").chmod(0o600)
    wired.wait()
    assert wired.receiver.ids == [f"evt_{event}"]


def test_an_answer_that_breaks_off_after_its_head_is_an_answer(wired: Wired, receiver: Receiver) -> None:
    receiver.answers = [raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")]
    wired.say("150.00")
    assert wired.run() is None
    assert wired.state.delivered == 1


def test_a_dead_letter_that_the_log_holds_no_more_is_told_and_holds_nothing_up(wired: Wired) -> None:
    (entry,) = wired.town.ledger.reader.entries(0, 1)
    reason = {"code": "webhook-timeout", "given": {}}
    for index in (1, 10_000):  # another event's place, and none
        wired.memory.died(wired.id, replace(entry, index=index), "ledger.opened", at="x", reason=reason)
    assert wired.memory.want(wired.id, None) == 2
    wired.memory.skip(wired.id, wired.size)
    wired.run()
    assert [one.reason["code"] for one in wired.memory.letters(wired.id)] == ["webhook-no-entry"] * 2
    assert wired.receiver.connections == 0
