"""The heads that a bundle rests on: of those that reach as far as it is asked, the ones that are witnessed.

The newest heads may be stated while witnesses are away. Who asks for less than they prove gets those under
the newest witnessed checkpoint, so that witnesses vouch for the whole bundle. Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from typing import Final

from api.bundles.evidence import Heads, can_rest, heads_of
from api.sources import Source
from ledger.ids import TRUST

_LOOKED_AT: Final = 200  # entries before the checkpoint's end: heads are stated right before it is signed


def resting_heads(source: Source, position: int, newest: Heads) -> Heads:
    """The newest heads, unless witnessed ones reach up to a position. newest: of this ledger."""
    witnessed = source.ledger.world_now(TRUST).trust.witnessed
    if witnessed is None or newest.index < witnessed.size:
        return newest
    start = max(0, witnessed.size - _LOOKED_AT)
    for entry in reversed(source.ledger.reader.entries(start, witnessed.size - start)):
        found = heads_of(entry) if entry.stream == TRUST else None
        if found is not None and can_rest(source.ledger.reader, found):
            return found if position <= found.size else newest
    return newest
