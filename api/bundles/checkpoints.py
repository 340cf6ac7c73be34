"""The checkpoint that a bundle rests on, and the stamps over it.

The newest that witnesses cosigned, if it covers every entry; else the newest that the log's key signed.
Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace

from api.sources import Source
from ledger.entry import read_entry
from ledger.errors import Stopped, VerificationError
from ledger.ids import ROOT, TRUST
from ledger.merkle import read_frontier
from ledger.note import parse_note
from ledger.stamps import read_stamp
from ledger.streams import load_stream
from ledger.verify.entry_file import EntryFile
from ledger.verify.tree import open_by_log
from ledger.world import World

ANCHORED = "timestamp.anchored"


@dataclass(frozen=True, slots=True)
class Covering:
    """A signed note over a tree that holds every entry of a bundle. stamps: DER TimeStampResp."""

    note: str
    size: int
    root: bytes
    stamps: tuple[bytes, ...] = ()

    def times(self) -> Iterator[str]:
        """When authorities say that they saw it, unverified."""
        for response in self.stamps:
            try:
                yield read_stamp(response).gen_time.isoformat()
            except VerificationError:
                continue


def covering(source: Source, file: EntryFile, last: int, end: int) -> Covering:
    """The checkpoint for a bundle whose last entry stands at a leaf index. Raises Stopped.

    end: up to where the root's stream is in the bundle, which must name the key that signed.
    """
    reader = source.ledger.reader
    root = load_stream(replace(World(), position=end), ROOT, reader.at_position(end)).root
    for note in _candidates(source, last):
        try:
            said = open_by_log(note, root)
        except VerificationError:  # signed by a key that came after what the bundle shows
            continue
        if said.root == read_frontier(reader.nodes, said.size).root():  # no note of another tree
            return Covering(note, said.size, said.root, tuple(_stamps(file, note, said.size)))
    raise Stopped("no checkpoint by the log's key of then covers these entries")


def _candidates(source: Source, last: int) -> Iterator[str]:
    """Notes that cover a leaf, the best first."""
    reader = source.ledger.reader
    witnessed = source.ledger.world_now(TRUST).trust.witnessed
    if witnessed is not None and witnessed.size > last:
        yield str(reader.entries(witnessed.index, 1)[0].stated().event.data.checkpoint)
    newest = source.checkpoint()
    if newest is not None and newest[0] > last:
        yield newest[1]
    yield source.checkpoint_over(last)[1]


def _stamps(file: EntryFile, note: str, size: int) -> Iterator[bytes]:
    """Every response that the log keeps over this very text."""
    text, (_, end) = parse_note(note).text, file.bounds()
    for row in file.of_stream(TRUST, end):
        if row.leaf < size:  # it was not signed yet
            continue
        event = read_entry(row.raw).stated().event
        if event.kind == ANCHORED and parse_note(event.data.checkpoint).text == text:
            yield b64decode(event.data.response)
