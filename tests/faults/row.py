"""One row of the table of faults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """name: how tests call it. breaks, follows: for people. stores: those that it can happen to.

    elsewhere: tests outside of this folder that hold it too, `path::name`. gap: what does not hold yet,
    for people; a test that is expected to fail says the same.
    """

    name: str
    breaks: str
    follows: str
    stores: tuple[str, ...] = ("sqlite",)
    elsewhere: tuple[str, ...] = ()
    gap: str = ""
