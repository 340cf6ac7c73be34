"""ledger.heads: where each stream of the ledger ends, committed by one root.

The door cannot see every stream: each full verification recomputes the root (ledger/heads.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.checkpoints import check_size
from ledger.trust import Trust, covered
from ledger.values import Sha256, Strict


class LedgerHeads(Strict):
    """The log's first `size` entries; root: RFC 6962, over as many leaves as there are streams."""

    size: Annotated[int, Field(ge=1, lt=1 << 53)]
    root: Sha256
    streams: Annotated[int, Field(ge=1, lt=1 << 53)]


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    check_size(view, event.data.size, view.world.trust.heads, "/data/size")
    yield from ()


def evolve(trust: Trust, stated: Stated) -> Trust:
    size = stated.event.data.size
    return replace(trust.noted(stated, size), heads=covered(stated, size))


KIND = Kind(
    "ledger.heads",
    schema=1,
    family="trust",
    data=LedgerHeads,
    correctable=False,
    voidable=False,
    decide=decide,
    evolve=evolve,
    title_uk="Кінці потоків",
    title_en="Heads of the streams",
    uk="Засвідчено, де закінчується кожен із потоків ({streams}) після {size} записів",
    en="Where each of the streams ({streams}) ends after {size} entries is committed",
    example={"size": 57, "root": "00" * 32, "streams": 6},
)
