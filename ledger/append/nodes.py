"""Nodes of the tree that were read or made lately: each proof asks for many that the last one asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from ledger.merkle import NodeId
from ledger.store.base import LogReader

KEPT_MAX = 100_000


class NodeCache:
    """Tree nodes never change, so those that were read stay. Used by one thread."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._known: OrderedDict[NodeId, bytes] = OrderedDict()

    def keep(self, nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Take nodes that were just committed: the next proofs need them."""
        for level, index, value in nodes:
            self._known[(level, index)] = value

    def read(self, ids: Sequence[NodeId]) -> list[bytes]:
        missing = [node for node in ids if node not in self._known]
        if missing:
            for node, value in zip(missing, self._reader.nodes(missing), strict=True):
                self._known[node] = value
        found = [self._known[node] for node in ids]
        while len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
        return found
