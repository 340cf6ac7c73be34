"""What a bundle is about: a programme's state, a difference, one event, one cell, one act.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from ledger.ids import programme_stream
from projections.positions import Known

Type = Literal["programme", "diff", "event", "cell", "act"]
_STRANGE = re.compile(r"[^A-Za-z0-9._-]")
COMPLETE: frozenset[Type] = frozenset(("programme", "diff", "cell"))


@dataclass(frozen=True, slots=True)
class Point:
    """A day, and what was known. as_of: "" where the answer has no day."""

    as_of: str
    known: Known

    def to_json(self) -> dict[str, Any]:
        return {"as_of": self.as_of, "known": self.known.position}


@dataclass(frozen=True, slots=True)
class Subject:
    """name: of the programme, event or act; point: of the answer; start: the earlier one of a diff;
    path: of the cell."""

    type: Type
    name: str
    point: Point
    start: Point | None = None
    path: str = ""

    @property
    def position(self) -> int:
        """The newest position that the answer rests on."""
        start = self.start.known.position if self.start is not None else 0
        return max(self.point.known.position, start)

    @property
    def is_complete(self) -> bool:
        """Does its bundle prove that nothing is left out?"""
        return self.type in COMPLETE

    @property
    def whole(self) -> tuple[str, ...]:
        """The programme streams that belong into the bundle as a whole."""
        return (programme_stream(self.name),) if self.is_complete else ()

    def to_json(self) -> dict[str, Any]:
        """`subject` of bundle.json."""
        if self.start is not None:
            points = {"from": self.start.to_json(), "to": self.point.to_json()}
            return {"type": self.type, "programme": self.name, **points}
        if self.type in ("event", "act"):
            return {"type": self.type, self.type: self.name, "known": self.point.known.position}
        path = {"path": self.path} if self.type == "cell" else {}
        return {"type": self.type, "programme": self.name, **path, **self.point.to_json()}

    def file_name(self) -> str:
        """A name for the archive: ASCII, as all names of programmes, events and acts are."""
        words = [self.type, self.name, *self.path.split("/")[1:]]
        if self.start is not None:
            words += [self.start.as_of, str(self.start.known.position)]
        words += [self.point.as_of, str(self.point.known.position)]
        plain = (
            "".join(one if (one.isascii() and one.isalnum()) or one in ".-_" else "-" for one in word)
            for word in words
        )
        return "pledger-" + "-".join(word for word in plain if word)[:180] + ".zip"
