"""One webhook: what it is sent next, and what follows from the answer. No thread, and no waiting."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson

from api.webhooks.configuration import Hook
from api.webhooks.memory import Letter, Memory, State
from api.webhooks.message import of_entry, send
from api.webhooks.posting import Post
from api.webhooks.refused import NotTaken
from api.webhooks.schedule import Schedule
from ledger.clock import Clock, format_instant, parse_instant
from ledger.entry import Entry
from ledger.sentence import Sentence
from ledger.store.base import LogReader

log = logging.getLogger("pledger.webhooks")

AHEAD_ENTRIES: Final = 20  # read at once; of 64 kB at most each
OFF_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Told:
    """What all webhooks share. end: how many entries may be told; public_url: links begin with it."""

    log: LogReader
    end: Callable[[], int]
    memory: Memory
    clock: Clock
    schedule: Schedule
    public_url: str | None = None


class Delivery:
    """Sends the log's entries to one address, in their order, each until it is taken or given up.

    stopping: nothing is held against the receiver any more.
    """

    def __init__(
        self, hook: Hook, told: Told, post: Post, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self.hook, self._told, self._post, self._stopping = hook, told, post, stopping
        self._ahead: deque[Entry] = deque()

    @property
    def position(self) -> int:
        """Entries that it was told of, or that are not for it."""
        state = self._told.memory.state(self.hook.id)
        return state.position if state is not None else 0

    def turn(self) -> float | None:
        """Send one message at most. Seconds until the next turn is due; None when nothing is left to tell."""
        state = self._told.memory.state(self.hook.id)
        if state is None or state.off_since is not None:
            return OFF_SECONDS
        letter = self._told.memory.wanted(self.hook.id)
        if letter is not None:
            self._send_letter(letter)
            return 0.0
        wait = self._wait(state)
        return wait if wait > 0 else self._send_next(state)

    def _wait(self, state: State) -> float:
        """Seconds until a message that was not taken is due; none if the clock went back meanwhile."""
        if state.next_at is None:
            return 0.0
        left = (parse_instant(state.next_at) - self._told.clock.now()).total_seconds()
        return left if left <= self._told.schedule.longest else 0.0

    def _send_next(self, state: State) -> float | None:
        entry = self._next(state.position)
        if entry is None:
            return None
        kind = _kind_of(entry)
        if not self.hook.wants(entry, kind):
            self._pass_over(entry)
            return 0.0
        try:
            self._post_entry(entry)
        except NotTaken as refused:
            if not self._stopping():
                self._note(state, entry, kind, refused)
            return 0.0
        self._told.memory.taken(self.hook.id, entry.index, self._now())
        self._forget(entry)
        if state.reason is not None:
            log.warning("webhook %s: messages are taken again", self.hook.id)
        return 0.0

    def _next(self, position: int) -> Entry | None:
        """The entry at a position, read ahead with some that follow it; None at the end."""
        while self._ahead and self._ahead[0].index < position:
            self._ahead.popleft()
        if not self._ahead:
            end = self._told.end()
            if position >= end:
                return None
            self._ahead.extend(self._told.log.entries(position, min(AHEAD_ENTRIES, end - position)))
        return self._ahead[0]

    def _pass_over(self, entry: Entry) -> None:
        """Entries that are not for it, up to one that is; one write for as many as were read."""
        while self._ahead and not self.hook.wants(self._ahead[0], _kind_of(self._ahead[0])):
            entry = self._ahead.popleft()
        self._told.memory.skip(self.hook.id, entry.index + 1)

    def _forget(self, entry: Entry) -> None:
        if self._ahead and self._ahead[0].index == entry.index:
            self._ahead.popleft()

    def _post_entry(self, entry: Entry) -> None:
        message = of_entry(entry, self._told.public_url)
        send(message, self.hook.url, self.hook.secret_file, self._told.clock.now(), self._post)

    def _note(self, state: State, entry: Entry, kind: str, refused: NotTaken) -> None:
        """It was not taken: try again later, give it up, or send nothing more at all."""
        memory, name = self._told.memory, self.hook.id
        if refused.gone:
            memory.switch_off(name, at=self._now(), reason=refused.reason)
            log.warning("webhook %s is switched off: %s", name, refused)
            return
        attempts = state.attempts + 1
        delay = self._told.schedule.delay(attempts, refused.after_seconds)
        if delay is None:
            memory.died(name, entry, kind, at=self._now(), reason=refused.reason)
            self._forget(entry)
            log.warning(
                "webhook %s: %s is given up after %d tries: %s", name, entry.event_id(), attempts, refused
            )
            return
        due = format_instant(self._told.clock.now() + timedelta(seconds=delay))
        memory.failed(name, entry.index, entry.event_id(), at=self._now(), next_at=due, reason=refused.reason)
        if attempts == 1:
            log.warning(
                "webhook %s does not take %s, which is tried again: %s", name, entry.event_id(), refused
            )

    def _send_letter(self, letter: Letter) -> None:
        """Once: whoever asked for it looks at what came of it."""
        memory = self._told.memory
        try:
            self._post_entry(self._entry_of(letter))
        except NotTaken as refused:
            if refused.gone:
                memory.switch_off(self.hook.id, at=self._now(), reason=refused.reason)
            if not self._stopping():
                memory.letter_failed(letter, at=self._now(), reason=refused.reason)
            return
        memory.letter_taken(letter, self._now())

    def _entry_of(self, letter: Letter) -> Entry:
        """Raises NotTaken where an older log was put in its place."""
        found = self._told.log.entries(letter.index, 1)
        if not found or found[0].event_id() != letter.event:
            raise NotTaken(Sentence("the log does not hold it any more", "webhook-no-entry"))
        return found[0]

    def _now(self) -> str:
        return format_instant(self._told.clock.now())


def _kind_of(entry: Entry) -> str:
    return str(orjson.loads(entry.payload)["kind"])
