"""A bug of ours behind four bytes: `make fuzz` would be of no use if it did not find it. Not run by it."""

from __future__ import annotations

from tests.fuzz.harness import Target


class Planted(Exception):
    """What no parser raises."""


def try_bytes(raw: bytes) -> None:
    """One byte after another is looked at, as parsers do; chance alone needs 2^32 tries."""
    if len(raw) < 4 or raw[0] != 0x50:
        return
    if raw[1] != 0x6C:
        return
    if raw[2] != 0x64:
        return
    if raw[3] == 0x67:
        raise Planted


TARGET = Target(try_bytes, bytes_max=64)
