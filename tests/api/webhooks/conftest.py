"""A town, a receiver, and a delivery from one to the other that takes its turns when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.webhooks.configuration import Hook
from api.webhooks.delivery import Delivery, Told
from api.webhooks.memory import Memory, State
from api.webhooks.posting import Post
from api.webhooks.schedule import Schedule
from api.webhooks.signing import make_secret
from ledger.clock import SystemClock
from tests.api.webhooks.receiver import Receiver, loopback_reach, receiving
from tests.support.clock import FrozenClock
from tests.support.town import PROGRAMME, TestLedger, lines

TURNS_MAX = 500


def no_jitter() -> float:
    return 0.5


@dataclass
class Wired:
    """clock: of the deliveries; a receiver's own library compares it with the machine's."""

    town: TestLedger
    receiver: Receiver
    folder: Path
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(SystemClock().now()))
    secret: str = field(default_factory=make_secret)
    id: str = "portal"

    def __post_init__(self) -> None:
        self.write_secrets(self.secret)
        self.memory = Memory(self.folder / "webhooks.db")
        self.memory.begin(self.id, self.size)
        self.delivery = self.new()

    def write_secrets(self, *secrets: str) -> None:
        place = self.folder / "secret"
        place.touch(0o600)
        place.write_text("\n".join(secrets) + "\n", encoding="utf8")

    def new(self, **more: Any) -> Delivery:
        """A delivery as after a restart. more: members of Hook."""
        hook = Hook(self.id, self.receiver.url, self.folder / "secret", **more)
        reader = self.town.ledger.reader
        schedule = Schedule(chance=no_jitter)
        told = Told(
            reader, lambda: reader.head().size, self.memory, self.clock, schedule, "https://l.example"
        )
        return Delivery(hook, told, Post(loopback_reach()))

    @property
    def size(self) -> int:
        return self.town.ledger.reader.head().size

    @property
    def state(self) -> State:
        found = self.memory.state(self.id)
        assert found is not None
        return found

    def say(self, amount: str, stream: str = PROGRAMME) -> str:
        """Record an event; its id."""
        return self.town.submit("financing.changed", stream, lines(amount), effective="2026-02-01").event

    def run(self, delivery: Delivery | None = None) -> float | None:
        """Take turns until nothing is left, or something has to be waited for."""
        for _ in range(TURNS_MAX):
            seconds = (delivery or self.delivery).turn()
            if seconds is None or seconds > 0:
                return seconds
        raise AssertionError("it never comes to rest")

    def wait(self) -> None:
        """Let as much time pass as the next try is away, and take turns again."""
        seconds = self.run()
        assert seconds, "there is nothing to wait for"
        self.clock.advance(seconds=seconds)
        self.run()

    def kept(self) -> Memory:
        """Everything is closed as a crash would close it, and opened again."""
        self.memory.close()
        self.memory = Memory(self.folder / "webhooks.db")
        return self.memory


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path / "receiver") as one:
        yield one


@pytest.fixture
def wired(model_town: TestLedger, receiver: Receiver, tmp_path: Path) -> Iterator[Wired]:
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        (tmp_path / "hooks").mkdir()
        one = Wired(town, receiver, tmp_path / "hooks")
        yield one
        one.memory.close()
