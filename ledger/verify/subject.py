"""What a bundle says that it is about, read strictly: what reads like a day or a name is one, or is refused.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.values import DAY, EVENT_ID, ID
from ledger.verify.strict import BundleError, matching, members, number

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
        return _READERS[members(given)["type"]](members(given))
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"bundle.json does not say what the bundle is about: {given!r}") from error


def _point(given: Mapping[str, Any]) -> tuple[str, int]:
    day = matching(given["as_of"], DAY)
    date.fromisoformat(day)  # there is such a day
    return day, number(given["known"])


def _programme(given: Mapping[str, Any]) -> Subject:
    said = members(given, "type", "programme", "as_of", "known")
    return Subject("programme", matching(said["programme"], ID), (_point(said),))


def _diff(given: Mapping[str, Any]) -> Subject:
    said = members(given, "type", "programme", "from", "to")
    start, end = (_point(members(said[name], "as_of", "known")) for name in ("from", "to"))
    return Subject("diff", matching(said["programme"], ID), (start, end))


def _cell(given: Mapping[str, Any]) -> Subject:
    said = members(given, "type", "programme", "path", "as_of", "known")
    path = matching(said["path"], PATH)
    if len(path) > PATH_MAX:
        raise ValueError("the path is too long")
    return Subject("cell", matching(said["programme"], ID), (_point(said),), path)


def _event(given: Mapping[str, Any]) -> Subject:
    said = members(given, "type", "event", "known")
    return Subject("event", matching(said["event"], EVENT_ID), (("", number(said["known"])),))


def _act(given: Mapping[str, Any]) -> Subject:
    said = members(given, "type", "act", "known")
    return Subject("act", matching(said["act"], ID), (("", number(said["known"])),))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Subject]] = {
    "programme": _programme,
    "diff": _diff,
    "cell": _cell,
    "event": _event,
    "act": _act,
}
