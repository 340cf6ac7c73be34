"""Answers that still hold: who asks again with their ETag is told so before router, threads and tables.

An answer is kept by its address for as long as nothing that it was made from can have changed: the tables,
their position, and the day. It is the endpoint that says which of its answers depend on nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final, NamedTuple

from starlette.types import Scope

from api.responses import names_etag

KEPT_MAX: Final = 4096
OPEN: Final = "/v1/programmes/"  # where such answers are
_GIVEN: Final = "pledger.validator"

# Which tables, how far they are, how long the log is, and the local day.
Moment = tuple[str, int, int, str]


class Valid(NamedTuple):
    """An answer's validator, the position that it told, and the route that gave it."""

    etag: str
    position: int
    route: Any


def give(scope: Scope, etag: str, position: int) -> None:
    """Say of the answer under way that it depends on its path, its query and the moment alone."""
    scope[_GIVEN] = (etag, position)


class Validators:
    """The validators of one application. Used by the loop's thread alone."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes], tuple[Moment, Valid]] = OrderedDict()

    def find(self, scope: Scope, moment: Moment) -> Valid | None:
        """The validator that the request names, if what it was given for still holds."""
        asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
        kept = self._kept.get(_address(scope))
        if asked is None or kept is None:
            return None
        given_at, valid = kept
        holds = given_at == moment and names_etag(asked.decode("latin-1"), valid.etag)
        return valid if holds else None

    def keep(self, scope: Scope, moment: Moment) -> None:
        """Keep what the answer was given. moment: before it was made, so that it is never taken for newer."""
        given = scope.get(_GIVEN)
        if given is None:
            return
        etag, position = given
        self._kept[_address(scope)] = (moment, Valid(etag, position, scope.get("route")))
        self._kept.move_to_end(_address(scope))
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)


def _address(scope: Scope) -> tuple[str, bytes]:
    return scope["path"], scope["query_string"]
