"""Webhooks of a running server: they follow what is recorded, and hold nobody up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.context import Context
from api.observing.standing import Standing
from api.settings import Settings
from api.webhooks.memory import Memory
from api.webhooks.opening import end_of
from api.webhooks.signing import make_secret
from ledger.errors import LedgerError, StorageError
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import open_door
from tests.api.webhooks.receiver import Receiver, loopback_reach, receiving, status
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.town import PROGRAMME, TestLedger, lines

__all__ = ["prompt"]
pytestmark = pytest.mark.thorough
STOP_SECONDS_MAX = 4.0  # a second, and what a busy machine takes


def configure(data: Path, **urls: str) -> None:
    """A webhook for each name, with a secret of its own."""
    tables = []
    for name, url in urls.items():
        place = data / f"{name}.secret"
        place.touch(0o600)
        place.write_text(make_secret(), encoding="utf8")
        tables.append(f'[[webhook]]\nid = "{name}"\nurl = "{url}"\nsecret_file = "{name}.secret"\n')
    (data / "webhooks.toml").write_text("\n".join(tables), encoding="utf8")


@contextmanager
def opened(town: TestLedger) -> Iterator[Context]:
    """The town's ledger as a server has it open; what the town says goes through it."""
    context = Context(Settings(data=town.path), town.clock, reach=loopback_reach())
    town.ledger = context.ledger
    try:
        yield context
    finally:
        context.close()


@pytest.fixture
def town(model_town: TestLedger, tmp_path: Path) -> TestLedger:
    """Closed; it is opened as a server."""
    one = TestLedger.copy_of(model_town, tmp_path / "town")
    one.close()
    return one


def say(town: TestLedger, amount: str) -> str:
    event = town.submit("financing.changed", PROGRAMME, lines(amount), effective="2026-02-01").event
    return f"evt_{event}"


def delivered(context: Context) -> dict[str, int]:
    assert context.webhooks is not None
    return {one.id: one.delivered for one in context.webhooks.standing()}


def test_what_is_recorded_is_told_and_can_be_read_by_then(town: TestLedger, receiver: Receiver) -> None:
    readable: list[bool] = []
    with opened(town) as context:
        pass
    configure(town.path, portal=receiver.url)
    with opened(town) as context:

        def answer(line: socket.socket) -> None:
            position = receiver.requests[-1].json["data"]["position"]
            readable.append(context.follower.position >= position)
            line.sendall(b"HTTP/1.1 204 X\r\n\r\n")

        receiver.always = answer
        events = [say(town, f"{amount}.00") for amount in (150, 160, 170)]
        until(lambda: len(receiver.requests) == 3, "three messages")
    assert receiver.ids == events
    assert readable == [True] * 3


@dataclass(frozen=True)
class Applied:
    """A follower that has applied so much."""

    position: int
    leads: bool = True

    def wait_for(self, position: int, timeout_seconds: float) -> bool:
        return self.position >= position


def test_nothing_is_told_before_it_can_be_read_and_lies_under_a_signed_head() -> None:
    assert end_of(Applied(3), lambda: (5, "note")) == 3
    assert end_of(Applied(5), lambda: (3, "note")) == 3
    assert end_of(Applied(5), lambda: None) == 0


def test_a_server_without_webhooks_has_none(town: TestLedger) -> None:
    with opened(town) as context:
        assert context.webhooks is None
    assert not (town.path / "webhooks.db").exists()


def test_what_was_recorded_while_the_server_stood_still_is_told_after_the_start(
    town: TestLedger, receiver: Receiver
) -> None:
    configure(town.path, portal=receiver.url)
    with opened(town):
        first = say(town, "150.00")
        until(lambda: receiver.ids == [first], "the first message")
    town.reopen()
    second = say(town, "160.00")
    town.close()
    with opened(town):
        third = say(town, "170.00")
        until(lambda: len(receiver.ids) >= 3, "the others")
    assert list(dict.fromkeys(receiver.ids)) == [first, second, third]


def test_one_receiver_that_hangs_holds_up_neither_another_nor_the_ledger(
    town: TestLedger, receiver: Receiver, tmp_path: Path
) -> None:
    enough = threading.Event()

    def hang(_: socket.socket) -> None:
        enough.wait(60)

    with ExitStack() as entered:
        slow = entered.enter_context(receiving(tmp_path / "slow"))
        slow.always = hang
        configure(town.path, slow=slow.url, portal=receiver.url)
        with opened(town) as context:
            events = [say(town, f"{amount}.00") for amount in range(100, 110)]
            until(lambda: receiver.ids == events, "all messages at the other")
            until(lambda: len(slow.requests) == 1, "one that hangs")
            until(lambda: delivered(context) == {"portal": 10, "slow": 0}, "the cursor")
            began = time.monotonic()
        assert time.monotonic() - began < STOP_SECONDS_MAX
        enough.set()
    memory = Memory(town.path / "webhooks.db")
    slow_one = memory.state("slow")
    assert slow_one is not None
    # It was our own end: nothing is held against the receiver.
    assert (slow_one.failed, slow_one.attempts) == (0, 0)
    memory.close()


def test_a_dead_receiver_costs_a_row_and_the_rest_goes_on(town: TestLedger, receiver: Receiver) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    configure(town.path, dead=f"https://dead.example:{port}/", portal=receiver.url)
    with opened(town) as context:
        events = [say(town, f"{amount}.00") for amount in (150, 160)]
        until(lambda: receiver.ids == events, "both messages")
        assert context.webhooks is not None
        standing = context.webhooks.standing
        until(lambda: any(one.id == "dead" and one.attempts for one in standing()), "a failed try")
        until(lambda: delivered(context)["portal"] == 2, "the cursor")
        figures = {
            (sample.name, sample.labels["webhook"]): sample.value
            for metric in Standing(lambda: context).collect()
            for sample in metric.samples
            if "webhook" in sample.labels
        }
    assert figures["pledger_webhook_delivered_total", "portal"] == 2
    assert figures["pledger_webhook_lag_entries", "portal"] == 0
    assert figures["pledger_webhook_failed_total", "dead"] == 1
    assert figures["pledger_webhook_lag_entries", "dead"] == 2
    assert figures["pledger_webhook_off", "dead"] == 0


def test_what_an_operator_asks_for_beside_the_server_happens(town: TestLedger, receiver: Receiver) -> None:
    configure(town.path, portal=receiver.url)
    receiver.answers = [status(410)]
    with opened(town) as context:
        event = say(town, "150.00")
        assert context.webhooks is not None
        standing = context.webhooks.standing
        until(lambda: standing()[0].off_since, "it is switched off")
        beside = Memory(town.path / "webhooks.db")
        beside.enable("portal")
        beside.close()
        until(lambda: receiver.ids == [event, event], "it is told again")


def test_a_process_that_does_not_lead_sends_nothing_and_loses_nothing(
    town: TestLedger, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def leads(_: object) -> bool:
        asked.append(1)
        return False

    configure(town.path, portal=receiver.url)
    with opened(town) as context:
        with monkeypatch.context() as patched:
            patched.setattr("projections.follower.Follower.leads", property(leads))
            event = say(town, "150.00")
            context.wait_for(context.position)
            before = len(asked)
            until(lambda: len(asked) >= before + 6, "some turns of the thread")
            assert context.webhooks is not None
            assert context.webhooks.standing() == []
            assert receiver.connections == 0
        until(lambda: receiver.ids == [event], "it leads now, and tells")


@pytest.mark.parametrize(
    "text",
    ["[[webhook]]\n", '[[webhook]]\nid = "a"\nurl = "https://a.example/"\nsecret_file = "not-there"\n'],
    ids=["unfit", "no-secret"],
)
def test_a_server_does_not_start_with_webhooks_that_cannot_be(town: TestLedger, text: str) -> None:
    (town.path / "webhooks.toml").write_text(text, encoding="utf8")
    with pytest.raises(LedgerError):
        Context(Settings(data=town.path), town.clock)
    (town.path / "webhooks.toml").unlink()
    with opened(town):  # nothing was left open
        say(town, "150.00")


def test_a_memory_that_is_damaged_or_of_another_ledger_is_told(town: TestLedger, receiver: Receiver) -> None:
    configure(town.path, portal=receiver.url)
    place = town.path / "webhooks.db"
    place.write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match=r"webhooks\.db"):
        Context(Settings(data=town.path), town.clock)
    place.unlink()
    Memory(place, "ab" * 32).close()
    with pytest.raises(StorageError, match="another ledger"):
        Context(Settings(data=town.path), town.clock)


def test_a_server_by_its_settings_alone_sends_nothing_inside_and_stays_ready(
    model_town: TestLedger, receiver: Receiver, tmp_path: Path
) -> None:
    configure(tmp_path, portal=f"https://127.0.0.1:{receiver.port}/")
    named = tmp_path / "webhooks.toml"
    with open_door(model_town, tmp_path / "town", webhooks=named) as door:
        door.say("financing.changed", PROGRAMME, lines("150.00"), effective="2026-02-01")
        context = door.client.app.state.context  # type: ignore[attr-defined]
        until(lambda: context.webhooks.standing()[0].reason, "a try that failed")
        assert context.webhooks.standing()[0].reason["code"] == "webhook-not-public"
        assert door.get("/readyz").status_code == 200
        figures = door.client.app.state.metrics  # type: ignore[attr-defined]
        assert figures.get_sample_value("pledger_webhook_failed_total", {"webhook": "portal"}) == 1
    assert receiver.connections == 0


@pytest.mark.parametrize(("language", "word"), [("uk", "рядок 3"), ("en", "line 3")])
def test_serve_says_what_is_wrong_with_its_webhooks_and_starts_nothing(
    prompt: Prompt, town: TestLedger, tmp_path: Path, language: str, word: str
) -> None:
    named = tmp_path / "other.toml"
    named.write_text('[[webhook]]\nid = "a"\nurl = "http://a.example"\nsecret_file = "s"\n', encoding="utf8")
    serve = ("serve", "--data", town.path, "--port", free_port(), "--webhooks", named)
    ran = prompt.run(*serve, PLEDGER_LANG=language)
    assert ran.code == 3
    assert word in ran.err
    assert str(named) in ran.err
