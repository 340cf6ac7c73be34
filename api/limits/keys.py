"""The rate of a key: only what it really signed anew counts, so that nobody can use it up for another.

Asked before the signatures are checked, which is cheap, and harms nobody: only what was verified
earlier can have used it up. Paid after they were checked, and by nothing that was turned away before.
"""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from api.limits.buckets import Buckets
from api.limits.gate import too_many
from ledger.append.appender import Outcome
from ledger.authority import public_keys
from ledger.door import NeedsAcknowledgement
from ledger.envelope import Envelope
from ledger.errors import Refusal
from ledger.submission import read_payload
from ledger.world import World

_SENT_AGAIN: Final = "partly-recorded"  # a batch of which a part is in the log


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood before something was queued. size: entries in the log."""

    world: World
    size: int


class KeyRates:
    """Entries that each key may sign in a time. Used by the loop's thread alone."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._buckets = Buckets(per_second, burst)

    def check(self, envelopes: Sequence[Envelope]) -> None:
        """Raises Problem too-many-requests if one of the keys has used up what it may."""
        wait = max(
            (self._buckets.wait(kid) for envelope in envelopes for kid in envelope.kids),
            default=0,
        )
        if wait:
            raise too_many(wait, "key")

    async def settle(
        self, envelopes: Sequence[Envelope], future: Future[Outcome], before: Before, after: World
    ) -> Outcome:
        """Wait for what was queued, and let those pay whose signatures were verified, if it is new.

        What is in the log already is public: whoever sends it again is not who signed it. after: the world
        once it was queued; a key that was known before and after was known between.
        """
        try:
            receipts = await wrap_future(future)
        except (Refusal, NeedsAcknowledgement) as error:
            if not (isinstance(error, Refusal) and error.code == _SENT_AGAIN):
                self._pay(one for one in envelopes if _was_verified((before.world, after), one))
            raise
        fresh = (receipt.index >= before.size for receipt in receipts)
        self._pay(one for one, is_fresh in zip(envelopes, fresh, strict=True) if is_fresh)
        return receipts

    def _pay(self, envelopes: Iterable[Envelope]) -> None:
        for envelope in envelopes:
            for kid in envelope.kids:
                self._buckets.spend(kid)


def _was_verified(worlds: Sequence[World], envelope: Envelope) -> bool:
    """Were its signatures checked before it was queued? They are where the keys are known (Ledger.submit)."""
    try:
        event = read_payload(envelope.payload)
    except Refusal:
        return False
    named = {signer.kid for signer in event.signers}
    known = all(named <= public_keys(world, event).keys() for world in worlds)
    return known and named == set(envelope.kids)
