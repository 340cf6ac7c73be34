"""The size that each witness had last: only a hint, which saves one question when it is right."""

from __future__ import annotations

import contextlib
import json
import threading
from pathlib import Path
from typing import Any


class SizeHints:
    """witness's verifier key → origin → size, in a small JSON file (witness-sizes.json).

    path None: kept in memory alone. A file that is missing or odd counts as empty.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._lock = path, threading.Lock()
        self._sizes = _read(path) if path is not None else {}

    def get(self, key: str, origin: str) -> int:
        """0 when nothing is known."""
        size = self._sizes.get(key, {}).get(origin)
        return size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else 0

    def put(self, key: str, origin: str, size: int) -> None:
        """A disk that is full costs a question, not a cosignature: failures to write are let go."""
        with self._lock:
            if self.get(key, origin) == size:
                return
            self._sizes.setdefault(key, {})[origin] = size
            if self._path is not None:
                with contextlib.suppress(OSError):
                    fresh = self._path.with_name(f"{self._path.name}.new")
                    fresh.write_text(json.dumps(self._sizes, ensure_ascii=False), encoding="utf-8")
                    fresh.replace(self._path)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        members = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(members, dict):
        return {}
    return {key: sizes for key, sizes in members.items() if isinstance(sizes, dict)}
