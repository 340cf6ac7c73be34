"""checkpoint.witnessed: a checkpoint with the cosignatures that witnesses gave.

The door checks the log's own signature. Who the witnesses are, and whether enough of them signed,
is for each verifier's policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ledger.envelope import IAT_MAX
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.checkpoints import NoteText, own_checkpoint, size_in
from ledger.note import Note, parse_note
from ledger.trust import Trust, covered
from ledger.values import Strict

_TIME_BYTES = 8
_COSIGNATURE_BYTES = _TIME_BYTES + 64


class CheckpointWitnessed(Strict):
    """checkpoint: the signed note, with cosignature lines."""

    checkpoint: NoteText


@dataclass(frozen=True, slots=True)
class StatedTime:
    """What a cosignature line says, unverified: a witness's name and Unix seconds."""

    name: str
    time: int


def stated_times(note: Note, origin: str) -> list[StatedTime]:
    """The cosignature lines of a note, in their order; the log's own are none.

    Source: C2SP tlog-cosignature, cosignature/v1 (64-bit big-endian time, then Ed25519).
    """
    found = []
    for one in note.signatures:
        time = int.from_bytes(one.blob[:_TIME_BYTES], "big")
        if one.name != origin and len(one.blob) == _COSIGNATURE_BYTES and time <= IAT_MAX:
            found.append(StatedTime(one.name, time))
    return found


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    checkpoint, note = own_checkpoint(view, event.data.checkpoint, view.world.trust.witnessed)
    if not stated_times(note, checkpoint.origin):
        raise Refusal("cosignature-missing", "/data/checkpoint", None)
    yield from ()


def evolve(trust: Trust, stated: Stated) -> Trust:
    size = size_in(stated.event.data.checkpoint)
    return replace(trust.noted(stated, size), witnessed=covered(stated, size))


def phrases(data: CheckpointWitnessed, olds: object) -> Iterator[Words]:
    note = parse_note(data.checkpoint)
    origin, size, _ = note.text.split("\n", 2)
    names = dict.fromkeys(one.name for one in stated_times(note, origin))
    yield {"size": size, "count": len(names), "names": ", ".join(names)}


KIND = Kind(
    "checkpoint.witnessed",
    schema=1,
    family="trust",
    data=CheckpointWitnessed,
    correctable=False,
    voidable=False,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Контрольну точку засвідчено",
    title_en="Checkpoint witnessed",
    uk="Контрольну точку на {size} записів підписали свідки ({count}): {names}",
    en="Witnesses ({count}) cosigned the checkpoint of {size} entries: {names}",
    example={
        "checkpoint": "ledger.example/pledger\n57\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
        f"\u2014 ledger.example/pledger {'A' * 91}=\n"
        f"\u2014 witness.example/w1 {'A' * 102}==\n"
    },
)
