"""How bodies hang together: whom each stands below, and who takes its place."""

from __future__ import annotations

from ledger.registry import Root


def above_or_after(root: Root, body: str) -> set[str]:
    """A body, those above it and whoever succeeds any of them, on whatever day, in whatever order."""
    found: set[str] = set()
    waiting = [body]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(tie for tie in root.bodies[name].place[:2] if tie is not None)
    return found
