"""The single appender of a process: gathers waiting submissions into group commits.

An acknowledged event is durable, in the tree and provable at once: the receipt is made
after the commit, and the checkpoint is signed after it too.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from ledger.append.group import LookedUp, Pending, SubmissionGroup
from ledger.append.memory import Memory
from ledger.append.nodes import NodeCache
from ledger.append.recorded import RecordingClock
from ledger.clock import Clock, SystemClock, parse_instant
from ledger.entry import Entry
from ledger.errors import Busy, LedgerError, Moved, Stopped, StorageError
from ledger.log import Log
from ledger.merkle import NodeReader, leaf_hash, prove_consistency, prove_inclusion
from ledger.receipt import Receipt
from ledger.sentence import Sentence
from ledger.signer import LogSigner
from ledger.store.base import Head, LogReader, NewEntry
from ledger.submission import Submission
from ledger.world import World

GROUP_MAX = 256
QUEUE_MAX = 4096
NAP_SECONDS = 0.0005  # a submission is read and verified in less
NAPS_MAX = 20
RETRY_SECONDS = 1.0  # between tries to sign the head while that cannot be done
SIGN_TRIES = 50  # with other processes: each may sign between our look and our asking

Outcome = list[Receipt]


class Ticket:
    """A submission in the queue and the future that will hold its receipts."""

    __slots__ = ("future", "pending")

    def __init__(self, batch: Sequence[Submission]) -> None:
        self.pending = Pending(batch)
        self.future: Future[Outcome] = Future()


class Appender:
    """Owns the writing side of one log. Thread-safe; `close` waits for what is under way."""

    def __init__(
        self,
        log: Log,
        reader: LogReader,
        signer: LogSigner,
        *,
        clock: Clock | None = None,
        on_commit: Callable[[int], None] | None = None,
    ) -> None:
        self._log, self._reader, self._signer = log, reader, signer
        self._clock = RecordingClock(clock or SystemClock())
        self._on_commit = on_commit
        self._nodes = NodeCache(reader)
        self._memory = Memory()
        self._unsaved: list[tuple[int, str]] = []
        self._newest: tuple[int, str] | None = None
        self._unsigned: str | None = None
        self._held: str | None = None
        self._failed: str | None = None
        self._on_group: Callable[[int, float], None] | None = None
        self._queue: queue.Queue[Ticket | None] = queue.Queue(QUEUE_MAX)
        self._together = 1  # submissions in the last group
        self._closing = threading.Lock()
        self._closed = False
        self._try_head()
        self._told = reader.head().size
        self._thread = threading.Thread(target=self._run, name="appender", daemon=True)
        self._thread.start()

    @property
    def checkpoint(self) -> tuple[int, str] | None:
        """The newest signed checkpoint: (size, note)."""
        return self._newest

    @property
    def stopped(self) -> str | None:
        """Why nothing is appended now, None while all is well. Asks the clock anew each time."""
        if self._unsigned is not None:
            return self._unsigned
        if self._held is not None:
            return self._held
        if self._failed is not None:
            return self._failed
        try:
            recorded_at = self._reader.head().recorded_at
            self._clock.check(parse_instant(recorded_at) if recorded_at else None)
        except (Stopped, StorageError) as stopped:
            return str(stopped)
        return None

    def hold(self, reason: str | None) -> None:
        """Take no entries from now on, and so sign no new tree; None: take them again."""
        self._held = reason

    @property
    def waiting(self) -> int:
        """Submissions in the queue, about."""
        return self._queue.qsize()

    def listen(self, on_group: Callable[[int, float], None]) -> None:
        """on_group(entries, seconds): after each commit that inserted any, in the appender's thread."""
        self._on_group = on_group

    @property
    def world(self) -> World:
        """The world as of the last commit; some streams may not be loaded."""
        return self._memory.world

    def submit(self, batch: Sequence[Submission]) -> Future[Outcome]:
        """Queue a submission. Raises Busy when the queue is full, Stopped when closed.

        The future gives one receipt per envelope, or raises Refusal, NeedsAcknowledgement,
        Stopped or StorageError.
        """
        ticket = Ticket(batch)
        with self._closing:
            if self._closed:
                raise Stopped("the ledger is shutting down")
            try:
                self._queue.put_nowait(ticket)
            except queue.Full:
                raise Busy("too many submissions are waiting") from None
        return ticket.future

    def append(self, batch: Sequence[Submission]) -> Outcome:
        """Submit and wait."""
        return self.submit(batch).result()

    def close(self) -> None:
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._queue.put(None)
        self._thread.join()

    # -- the appender's thread --------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                first = self._queue.get(timeout=RETRY_SECONDS if self._is_ailing else None)
            except queue.Empty:
                self._try_again()
                continue
            if first is None:
                return
            tickets, ended = self._gather(first)
            self._commit(tickets)
            if ended:
                return

    @property
    def _is_ailing(self) -> bool:
        return self._unsigned is not None or self._failed is not None

    def _try_again(self) -> None:
        """Who is not ready is sent nothing, and has to find out by itself that all is well again."""
        if self._failed is not None:
            try:
                self._log.probe()
                self._failed = None
            except Exception as error:  # noqa: BLE001 -- whatever it is, the store does not take anything yet
                self._failed = str(error)
                return
        if self._unsigned is not None:
            self._try_head()

    def _gather(self, first: Ticket) -> tuple[list[Ticket], bool]:
        """Everything that waits by now, up to a group's size in envelopes.

        Where several wrote at once last time, as many are waited for, as long as they keep coming: a commit
        and a signature cost as much for one as for all of them. Whoever writes alone never waits.
        """
        tickets, count, naps = [first], len(first.pending.batch), 0
        while count < GROUP_MAX:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                if len(tickets) >= self._together or naps == NAPS_MAX:
                    break
                naps += 1
                time.sleep(NAP_SECONDS)
                if self._queue.empty():
                    break
                continue
            if following is None:
                return tickets, True
            tickets.append(following)
            count += len(following.pending.batch)
        self._together = len(tickets)
        return tickets, False

    def _commit(self, tickets: list[Ticket]) -> None:
        tickets = [ticket for ticket in tickets if ticket.future.set_running_or_notify_cancel()]
        # Read once: it may be let go in between.
        stopped = self._held
        if stopped is None and self._unsigned is not None and not self._try_head():
            stopped = self._unsigned
        if stopped is not None:
            for ticket in tickets:
                ticket.future.set_exception(Stopped(stopped))
            return
        pendings = [ticket.pending for ticket in tickets]
        group = SubmissionGroup(pendings, self._memory, self._clock, tuple(self._unsaved))
        started = time.monotonic()
        try:
            self._log.append(group)
        except Exception as error:  # noqa: BLE001 -- whatever broke, its outcome is looked up
            self._answer(tickets, {}, self._after_failure(pendings, error, group.base))
        else:
            self._failed = None
            self._memory = group.memory
            if group.head is not None:
                self._unsaved.clear()
            if group.entries:
                self._nodes.keep(group.nodes)
                self._told_of(len(group.entries), time.monotonic() - started)
            self._answer(tickets, {entry.index: entry for entry in group.entries}, group.head)

    def _after_failure(self, pendings: list[Pending], error: Exception, base: int) -> Head | None:
        """The commit's outcome is unknown: forget the overlay and look in the log.

        base: entries before the group: what was refused by what the group itself added is not decided.

        Returns its head, if that was committed meanwhile.
        """
        self._memory = Memory()
        if not isinstance(error, LedgerError):
            self._failed = f"the store failed: {error}"
        fault = error if isinstance(error, LedgerError) else StorageError(f"the store failed: {error}")
        asked = [one for one in pendings if one.fault is None or (one.fault.position or 0) > base]
        head, found = self._looked_up([one.payload_hash for pending in asked for one in pending.batch])
        for pending in asked:
            hashes = [submission.payload_hash for submission in pending.batch]
            pending.indexes = [found[payload] for payload in hashes if payload in found]
            pending.fault = None if len(pending.indexes) == len(pending.batch) else fault
        return head

    def _looked_up(self, payload_hashes: Sequence[str]) -> tuple[Head | None, dict[str, int]]:
        """What cannot be lost any more: SHA-256 → leaf index, and the head if it was committed anew."""
        looked = LookedUp(payload_hashes)
        try:
            if not self._log.is_shared:  # whatever can be read is durable
                return None, self._reader.recorded(payload_hashes)
            self._log.append(looked)
        except Exception:  # noqa: BLE001 -- what was found may be lost with it: nothing is known
            return None, {}
        return looked.head, looked.found

    def _answer(self, tickets: list[Ticket], fresh: dict[int, NewEntry], head: Head | None) -> None:
        """head: which was just committed here, if one was."""
        if not self._try_head(head):
            for ticket in tickets:
                ticket.future.set_exception(ticket.pending.fault or Stopped(self._unsigned or ""))
            return
        self._tell(self._unsaved[-1][0])
        outcomes = [self._outcome(ticket.pending, fresh) for ticket in tickets]
        # Only now: whoever is woken wants the interpreter, and would slow down all who still wait.
        for ticket, outcome in zip(tickets, outcomes, strict=True):
            if isinstance(outcome, LedgerError):
                ticket.future.set_exception(outcome)
            else:
                ticket.future.set_result(outcome)

    def _outcome(self, pending: Pending, fresh: dict[int, NewEntry]) -> Outcome | LedgerError:
        if pending.fault is not None:
            return pending.fault
        try:
            return [self._receipt(index, fresh) for index in pending.indexes]
        except Exception as error:  # noqa: BLE001 -- one receipt's fault is not its neighbour's
            return StorageError(f"no receipt could be made: {error}")

    def _told_of(self, entries: int, seconds: float) -> None:
        if self._on_group is not None:
            with contextlib.suppress(Exception):  # whoever counts must not stop what is counted
                self._on_group(entries, seconds)

    def _tell(self, size: int) -> None:
        """Tell the listener that the log has grown."""
        if self._on_commit is None or size == self._told:
            return
        self._told = size
        # A listener that fails is behind, and sees so itself: whoever waits here gets a receipt.
        with contextlib.suppress(Exception):
            self._on_commit(size)

    # -- checkpoints and receipts ------------------------------------------------

    def _try_head(self, committed: Head | None = None) -> bool:
        """Sign the log's head; if that may not be, stop appending and say why."""
        try:
            self._sign_head(committed)
        except Exception as error:  # noqa: BLE001 -- whatever it is, nothing is appended unsigned
            self._unsigned = str(error)
            return False
        self._unsigned = None
        return True

    def _sign_head(self, committed: Head | None) -> None:
        """Sign the head that was committed here, or a later one; the signer remembers before it signs.

        A head that others committed is signed when it is known to be as durable as one of ours.
        """
        head = committed or self._settled_head()
        for _ in range(SIGN_TRIES):
            if self._unsaved and self._unsaved[-1][0] == head.size:
                return
            try:
                note = self._sign(head)
            except Moved as moved:  # another process signed a tree that holds ours
                head = self._settled_head()
                if head.size < moved.size:
                    raise
                continue
            self._newest = (head.size, note)
            self._unsaved.append(self._newest)
            self._log.share(self._newest)
            return
        raise Stopped("the log key signed others' trees all the time: try again")

    def _settled_head(self) -> Head:
        """The log's head, once it cannot be lost."""
        return self._log.settle() or self._reader.head()

    def _sign(self, head: Head) -> str:
        last, _ = self._signer.last()
        if last > head.size:
            missing = Sentence(
                "the log has {size} entries, but {signed} were signed: restore what is missing",
                "memory-ahead",
                size=head.size,
                signed=last,
            )
            raise Moved(missing, *self._signer.last())
        proof = prove_consistency(self._nodes.read, last, head.size) if 0 < last < head.size else []
        return self._signer.sign(head.size, head.frontier.root(), proof, last)

    def _receipt(self, index: int, fresh: dict[int, NewEntry]) -> Receipt:
        """The same payload gets the same receipt for ever: the first checkpoint over it."""
        made = fresh.get(index)
        if made is not None:
            size, note = self._unsaved[-1]
            return make_receipt(made, made.event, size, note, self._nodes.read)
        entry = self._reader.entries(index, 1)[0]
        return make_receipt(entry, entry.event_id(), *self._checkpoint_over(index), self._nodes.read)

    def _checkpoint_over(self, index: int) -> tuple[int, str]:
        stored = self._reader.checkpoint_after(index)
        if stored is not None:
            return stored
        return next(signed for signed in self._unsaved if signed[0] > index)


def make_receipt(entry: Entry | NewEntry, event: str, size: int, note: str, read: NodeReader) -> Receipt:
    """A receipt for an entry under a checkpoint of `size` entries."""
    return Receipt(
        event=event,
        index=entry.index,
        stream=entry.stream,
        version=entry.version,
        recorded_at=entry.recorded_at,
        entry=entry.raw,
        leaf_hash=leaf_hash(entry.raw),
        proof=tuple(prove_inclusion(read, entry.index, size)),
        checkpoint=note,
    )
