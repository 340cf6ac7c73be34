"""On which line of a TOML file a key stands: its reader does not say so."""

from __future__ import annotations

import re
from typing import Final

_TABLE: Final = re.compile(r"\s*\[\[\s*[\"']?webhook[\"']?\s*\]\]")
_KEY: Final = re.compile(r"\s*[\"']?([^\s\"'=.\[#]+)[\"']?\s*[=.]|\s*\[{1,2}\s*[\"']?([^\s\"'\].]+)")


class Lines:
    """A hint for people: 1 where it cannot be told, as for tables that are written inline."""

    def __init__(self, text: str) -> None:
        self._top: dict[str, int] = {}
        self._tables: list[dict[str, int]] = []
        for number, line in enumerate(text.splitlines(), 1):
            if _TABLE.match(line):
                self._tables.append({"": number})
            elif found := _KEY.match(line):
                keys = self._tables[-1] if self._tables else self._top
                keys.setdefault(found[1] or found[2], number)

    def top(self, key: str) -> int:
        """Of a key, or of a table, that stands in no webhook."""
        found = [keys[key] for keys in (self._top, *self._tables) if key in keys]
        return found[0] if found else 1

    def of(self, place: int, key: str) -> int:
        """Of a key of the webhook at a place (0-based); key "": of the head of its table."""
        if place >= len(self._tables):
            return 1
        table = self._tables[place]
        return table.get(key, table[""])
