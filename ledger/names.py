"""Names that look alike across scripts: «Рада» with a Latin «a» is another string."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.kinds.base import Discrepancy

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_GREEK = re.compile(r"[\u0370-\u03ff]")


def mixed_script(pointer: str, name: str) -> Iterator[Discrepancy]:
    """Flag a word that mixes letters of two scripts."""
    for word in _WORD.findall(name):
        if sum(bool(script.search(word)) for script in (_LATIN, _CYRILLIC, _GREEK)) > 1:
            yield Discrepancy("mixed-script", pointer, {"word": word})
            return
