"""How often the interpreter looks for cycles of objects that nobody holds."""

from __future__ import annotations

import gc
from typing import Final

# New containers, and younger collections, before a collection: the state of a ledger, and what
# modules are made of, is a great many small objects that stay. Looking through them again and again
# is what the slowest of a hundred submissions waited for, and a quarter of what imports take.
COLLECT_AFTER: Final = (50_000, 20, 50)


def collect_seldom() -> None:
    """For this process, from now on; a server does so before it imports what it is made of."""
    gc.set_threshold(*COLLECT_AFTER)
