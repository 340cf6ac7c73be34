"""The rate of a key: only what it really signed counts, so that nobody can use it up for somebody else.

Asked before the signatures are checked, which is cheap, and harms nobody: only what was verified
earlier can have used it up. Paid after they were checked, and by nothing that was turned away before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from api.limits.buckets import Buckets
from api.limits.gate import too_many
from ledger.authority import public_keys
from ledger.door import NeedsAcknowledgement
from ledger.envelope import Envelope
from ledger.errors import Refusal
from ledger.submission import read_payload
from ledger.world import World

_BAD_SIGNATURE: Final = "bad-signature"


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

    def pay(self, envelopes: Sequence[Envelope]) -> None:
        """These were verified."""
        for envelope in envelopes:
            for kid in envelope.kids:
                self._buckets.spend(kid)

    @contextmanager
    def paying(self, world: World, envelopes: Sequence[Envelope]) -> Iterator[None]:
        """Around waiting for what was queued: whatever comes of it, those that were verified pay.

        world: as it was before they were queued.
        """
        try:
            yield
        except (Refusal, NeedsAcknowledgement) as error:
            if not (isinstance(error, Refusal) and error.code == _BAD_SIGNATURE):
                self.pay([envelope for envelope in envelopes if _was_verified(world, envelope)])
            raise
        self.pay(envelopes)


def _was_verified(world: World, envelope: Envelope) -> bool:
    """Were its signatures checked before it was queued? They are where the keys are known (Ledger.submit)."""
    try:
        event = read_payload(envelope.payload)
    except Refusal:
        return False
    named = {signer.kid for signer in event.signers}
    return named == set(envelope.kids) and named <= public_keys(world, event).keys()
