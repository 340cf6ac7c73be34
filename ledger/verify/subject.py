"""What a bundle says that it is about, read strictly: what reads like a day or a name is one, or is refused.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.values import DAY, EVENT_ID, ID
from ledger.verify.archive import INTEGER_MAX, BundleError

PATH = r"(?:/[A-Za-z0-9._~:-]+)+"  # of a cell: a JSON Pointer in ASCII, never of the whole
PATH_MAX = 300


@dataclass(frozen=True, slots=True)
class Subject:
    """What a bundle answers. points: (as_of, position) of each state that it rests on; name: of the
    programme, event or act; path: of the cell."""

    type: str
    name: str
    points: tuple[tuple[str, int], ...]
    path: str = ""

    @property
    def streams(self) -> tuple[str, ...]:
        """The programme streams that it is about as a whole."""
        return (f"programme:{self.name}",) if self.type in ("programme", "diff", "cell") else ()

    @property
    def positions(self) -> tuple[int, ...]:
        return tuple(position for _, position in self.points)


def read_subject(manifest: Mapping[str, Any]) -> Subject:
    """Raises BundleError."""
    given = manifest.get("subject")
    try:
        return _READERS[_members(given)["type"]](_members(given))
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"bundle.json does not say what the bundle is about: {given!r}") from error


def _members(given: Any, *names: str) -> Mapping[str, Any]:
    """An object of these members and no others, if any are named. Raises ValueError."""
    if not isinstance(given, dict) or (names and given.keys() != {*names}):
        raise ValueError("not the members that are asked for")
    return given


def _matching(value: Any, pattern: str) -> str:
    """Raises ValueError."""
    if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
        raise ValueError(f"{value!r} is written otherwise")
    return value


def _known(value: Any) -> int:
    """A position; true and 48.0 are none. Raises ValueError."""
    if type(value) is not int or not 0 <= value <= INTEGER_MAX:
        raise ValueError(f"{value!r} is no position")
    return value


def _point(given: Mapping[str, Any]) -> tuple[str, int]:
    day = _matching(given["as_of"], DAY)
    date.fromisoformat(day)  # there is such a day
    return day, _known(given["known"])


def _programme(given: Mapping[str, Any]) -> Subject:
    members = _members(given, "type", "programme", "as_of", "known")
    return Subject("programme", _matching(members["programme"], ID), (_point(members),))


def _diff(given: Mapping[str, Any]) -> Subject:
    members = _members(given, "type", "programme", "from", "to")
    start, end = (_point(_members(members[name], "as_of", "known")) for name in ("from", "to"))
    return Subject("diff", _matching(members["programme"], ID), (start, end))


def _cell(given: Mapping[str, Any]) -> Subject:
    members = _members(given, "type", "programme", "path", "as_of", "known")
    path = _matching(members["path"], PATH)
    if len(path) > PATH_MAX:
        raise ValueError("the path is too long")
    return Subject("cell", _matching(members["programme"], ID), (_point(members),), path)


def _event(given: Mapping[str, Any]) -> Subject:
    members = _members(given, "type", "event", "known")
    return Subject("event", _matching(members["event"], EVENT_ID), (("", _known(members["known"])),))


def _act(given: Mapping[str, Any]) -> Subject:
    members = _members(given, "type", "act", "known")
    return Subject("act", _matching(members["act"], ID), (("", _known(members["known"])),))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Subject]] = {
    "programme": _programme,
    "diff": _diff,
    "cell": _cell,
    "event": _event,
    "act": _act,
}
