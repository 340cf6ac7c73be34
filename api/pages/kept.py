"""Pages that were drawn already: one address, at one end of the log, on one day, is one page.

Such a page says nothing but what the log up to an entry says on a day: it need not be drawn again for
the next reader. Pages that also tell of witnesses, time stamps or files beside the log are never kept.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from fastapi import Request

from api.context import context_of
from ledger.merkle import leaf_hash
from projections.reading import entry_at

BYTES_MAX: Final = 16 * 1024 * 1024  # of all pages that are kept
_KEPT: Final = "is_kept"
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Drawn:
    """body: UTF-8 HTML; packed: the same, compressed; etag: its validator."""

    body: bytes
    packed: bytes = field(repr=False)
    etag: str

    @classmethod
    def of(cls, html: str) -> Drawn:
        body = html.encode()
        return cls(body, gzip.compress(body, 6, mtime=0), f'W/"{hashlib.sha256(body).hexdigest()[:32]}"')

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


class Kept:
    """The pages asked for last, as many as bytes_max holds. Used by the event loop alone."""

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._bytes_max, self._bytes = bytes_max, 0
        self._pages: OrderedDict[Hashable, Drawn] = OrderedDict()

    def get(self, key: Hashable) -> Drawn | None:
        found = self._pages.get(key)
        if found is not None:
            self._pages.move_to_end(key)
        return found

    def put(self, key: Hashable, drawn: Drawn) -> None:
        old = self._pages.pop(key, None)
        self._bytes += drawn.size - (old.size if old is not None else 0)
        self._pages[key] = drawn
        while self._bytes > self._bytes_max:
            _, oldest = self._pages.popitem(last=False)
            self._bytes -= oldest.size

    def clear(self) -> None:
        self._pages.clear()
        self._bytes = 0


def kept(handler: Handler) -> Handler:
    """Mark a page's handler: what it draws depends on nothing but its address, the log and the day."""
    setattr(handler, _KEPT, True)
    return handler


def is_kept(handler: Callable[..., Any]) -> bool:
    return getattr(handler, _KEPT, False)


def key_of(request: Request) -> Hashable | None:
    """What a page is the same under: its address, the log's end (by the last entry's hash), the day.

    None while there is no entry. Reads the log.
    """
    context = context_of(request)
    position = context.position
    if not position:
        return None
    end = leaf_hash(entry_at(context.ledger.reader, position - 1).raw)
    return request.scope["path"], request.scope["query_string"], position, end, context.today()
