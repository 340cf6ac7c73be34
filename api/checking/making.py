"""All checks of one event, failures first."""

from __future__ import annotations

from base64 import b64encode
from contextlib import closing
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from api.checking.entry import STREAM_MAX, check_doubt, check_entry, read_form, unread
from api.checking.files import check_files
from api.checking.log import (
    Leaf,
    check_growth,
    check_place,
    check_signing_time,
    check_stamped,
    check_witness,
)
from api.checking.outcome import CODES, WORST_FIRST, Checked, undetermined
from api.context import Context
from api.settings import Settings
from api.texts.event_checks import words_of
from api.trust.outside import Outside, outside
from ledger.clock import local_date, parse_instant
from ledger.errors import LedgerError
from ledger.event import Stated
from ledger.merkle import leaf_hash, prove_inclusion
from ledger.registry import Root
from ledger.store.documents import documents_of
from ledger.store.entries import open_entries
from ledger.verify.judging import Placed
from ledger.verify.tree import read_note
from projections.anchoring import Kind, first_over, times_of
from projections.history import act_of
from projections.reading import Reading, entry_at

Row = dict[str, Any]


class Checks:
    """One question: what is recomputed of the entry at a leaf index. reading: what was recorded since."""

    def __init__(self, context: Context, reading: Reading, event: str, index: int) -> None:
        self._context, self._reading, self._event, self._index = context, reading, event, index
        self._log = context.ledger.reader
        newest = context.checkpoint()
        self._note = newest[1] if newest is not None else None
        self.raw = b""

    def all(self) -> list[Checked]:
        """In the order in which they are told."""
        with closing(open_entries(self._context.ledger.directory.place)) as file:
            row = next(file.rows(self._index, self._index + 1))
            self.raw = row.raw if isinstance(row.raw, bytes) else b""
            placed, form = read_form(row, self._context.identity.genesis, self._event)
            found = [form, *(check_entry(self._log, file, placed) if placed is not None else unread())]
        found += self._of_log()
        if placed is not None:
            documents = documents_of(self._context.ledger.directory)
            found += check_files(documents, placed.submission.event.files)
            found += self._signing_time(found)
            found += self._doubt(placed)
        return sorted(found, key=lambda one: (WORST_FIRST.index(one.outcome), CODES.index(one.code)))

    def _of_log(self) -> list[Checked]:
        leaf, root = Leaf(self._index, self.raw), self._root()
        asked = _asked(self._context.settings)
        first = self._log.checkpoint_after(self._index)
        roots = asked.authority.roots if asked.authority is not None else ()
        return [
            check_place(self._log, leaf, self._note, root),
            check_growth(self._log, leaf, first[1] if first is not None else None, self._note, root),
            check_witness(self._log, leaf, self._keeping("witnessed"), asked.policy, root),
            check_stamped(self._log, leaf, self._keeping("stamped"), roots, root),
        ]

    def _root(self) -> Root:
        return self._context.ledger.world_now().root

    def _keeping(self, kind: Kind) -> Stated | None:
        """The first entry that keeps a checkpoint of a kind over this one, as its own bytes say."""
        found = first_over(self._reading, self._index, kind)
        return entry_at(self._log, found["index"]).stated() if found is not None else None

    def _signing_time(self, found: list[Checked]) -> list[Checked]:
        times = times_of(self._reading, self._reading.entry(self._index))
        outside_of_it = [one for one in found if one.code in ("witness", "stamp")]
        return [check_signing_time(one["at"], outside_of_it) for one in times["claimed"][:1]]

    def _doubt(self, placed: Placed) -> list[Checked]:
        stream = placed.submission.event.subject
        if self._log.version(stream) > STREAM_MAX:
            return [undetermined("doubt", "too-long", limit=STREAM_MAX)]
        try:
            world = self._context.ledger.world_now(stream)
        except (LedgerError, ValueError, KeyError, TypeError, AttributeError):
            return [undetermined("doubt", "history-unread")]
        return check_doubt(world, self._log, placed)

    def days_after_act(self) -> int | None:
        """From the act's date to the local day of recording; None without an act, or unread."""
        try:
            stated = self._reading.entry(self._index).stated()
            act = act_of(self._reading, stated)
            recorded = local_date(parse_instant(stated.recorded_at), self._context.identity.zone)
            return (recorded - date.fromisoformat(act["date"])).days if act is not None else None
        except (LedgerError, ValueError, KeyError, TypeError):
            return None

    def proof(self) -> Row | None:
        """The leaf in the newest checkpoint's tree, for whoever computes it again; None while unsigned."""
        if self._note is None:
            return None
        said = read_note(self._note)
        if self._index >= said.size:
            return None
        return {
            "index": self._index,
            "leaf_hash": _text(leaf_hash(self.raw)),
            "size": said.size,
            "root": _text(said.root),
            "proof": [_text(one) for one in prove_inclusion(self._log.nodes, self._index, said.size)],
            "checkpoint": self._note,
        }


def _asked(settings: Settings) -> Outside:
    """Whom this server believes; nobody, where its files cannot be read."""
    try:
        return outside(settings)
    except LedgerError:
        return Outside()


def rows_of(found: list[Checked], zone: ZoneInfo) -> list[Row]:
    return [
        {
            "code": one.code,
            "outcome": one.outcome,
            "reason": one.reason or None,
            "about": one.about or None,
            "facts": one.facts,
            **words_of(one, zone),
        }
        for one in found
    ]


def counts_of(found: list[Checked]) -> Row:
    counts: Row = {outcome: sum(1 for one in found if one.outcome == outcome) for outcome in WORST_FIRST}
    return {"total": len(found), **counts}


def _text(digest: bytes) -> str:
    return b64encode(digest).decode()
