"""timestamp.anchored: a time-stamping authority states that a checkpoint existed.

The door checks that the response is granted and over this very checkpoint. Whether the authority
is one to believe, each verifier's trust file says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ledger.errors import Refusal, VerificationError
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.checkpoints import NoteText, own_checkpoint, size_in
from ledger.note import decode_base64
from ledger.trust import Trust, covered
from ledger.values import Strict

if TYPE_CHECKING:
    from ledger.stamps import Stamp

RESPONSE_TEXT_MAX = 32_768  # base64 of 24,576 bytes


def _one_spelling(text: str) -> str:
    try:
        decode_base64(text)
    except VerificationError as error:
        raise PydanticCustomError("malformed", "no base64 in its canonical form") from error
    return text


ResponseText = Annotated[
    str, Field(min_length=4, max_length=RESPONSE_TEXT_MAX), AfterValidator(_one_spelling)
]


class TimestampAnchored(Strict):
    """checkpoint: the signed note; response: base64 of the DER TimeStampResp over its text."""

    checkpoint: NoteText
    response: ResponseText

    def stamp(self) -> Stamp:
        """What the authority stated; nothing of it is verified. Raises VerificationError."""
        from ledger.stamps import read_stamp  # noqa: PLC0415 -- a large library, for this kind alone

        return read_stamp(decode_base64(self.response))


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: TimestampAnchored = event.data
    _, note = own_checkpoint(view, data.checkpoint, view.world.trust.anchored)
    try:
        stamp = data.stamp()
    except VerificationError as error:
        raise Refusal("stamp-unreadable", "/data/response", None, detail=str(error)) from error
    imprint = sha256(note.text.encode()).digest()
    if (stamp.hash_algorithm, stamp.imprint) != ("sha256", imprint):
        raise Refusal("stamp-of-another", "/data/response", stamp.imprint.hex(), imprint=imprint.hex())
    yield from ()


def evolve(trust: Trust, stated: Stated) -> Trust:
    size = size_in(stated.event.data.checkpoint)
    return replace(trust.noted(stated, size), anchored=covered(stated, size))


def phrases(data: TimestampAnchored, olds: object) -> Iterator[Words]:
    """The time is in the response, which a sentence does not open: it may be of any form."""
    yield {"size": size_in(data.checkpoint), "bytes": len(decode_base64(data.response))}


KIND = Kind(
    "timestamp.anchored",
    schema=1,
    family="trust",
    data=TimestampAnchored,
    correctable=False,
    voidable=False,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Позначка часу",
    title_en="Timestamp anchored",
    uk="Позначка часу на контрольну точку з {size} записів ({bytes} байтів)",
    en="A timestamp over the checkpoint of {size} entries ({bytes} bytes)",
    example={
        "checkpoint": "ledger.example/pledger\n57\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
        f"\u2014 ledger.example/pledger {'A' * 91}=\n",
        "response": "MAMCAQA=",
    },
)
