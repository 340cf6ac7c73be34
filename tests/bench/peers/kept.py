"""Folders that were filled once and are measured often, each with a stamp of what it was filled with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Unfit(RuntimeError):
    """What is kept was filled with other settings, changes or versions."""


class Kept:
    """NAME is a folder and NAME.json its stamp, which is written when the folder is whole."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory

    def folder(self, name: str) -> Path:
        return self._directory / name

    def stamp(self, name: str) -> dict[str, Any]:
        """{} where the folder is not whole, or not there."""
        place = self._stamp(name)
        return dict(json.loads(place.read_text(encoding="utf8"))) if place.exists() else {}

    def holds(self, name: str, **asked: Any) -> bool:
        """Is the folder whole? A half-filled one is removed. Raises Unfit if `asked` is not its stamp."""
        if not self.stamp(name):
            shutil.rmtree(self.folder(name), ignore_errors=True)
            return False
        self.check(name, **asked)
        return True

    def check(self, name: str, **asked: Any) -> None:
        """Raises Unfit."""
        stamp = self.stamp(name)
        other = [member for member, value in asked.items() if stamp.get(member) != value]
        if other:
            raise Unfit(f"{self.folder(name)} was filled with other {', '.join(other)}: keep it elsewhere")

    def seal(self, name: str, said: Mapping[str, Any]) -> None:
        self._stamp(name).write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf8")

    def copy(self, name: str, scratch: Path) -> Path:
        """A copy that may be appended to, anew each time."""
        copied = scratch / name
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(self.folder(name), copied)
        return copied

    def _stamp(self, name: str) -> Path:
        return self._directory / f"{name}.json"
