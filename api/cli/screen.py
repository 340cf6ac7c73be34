"""What goes to the screen: data to stdout, words about it to stderr, and nothing raw.

Text of events and answers may hold what a terminal obeys, so that every character without
a shape of its own is shown by its number.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, TextIO
from unicodedata import category

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

OK, REFUSED, USAGE, UNREACHABLE = 0, 1, 2, 3

# Control, format (bidi, zero-width), surrogate, private, unassigned; line and paragraph separators.
_SHAPELESS = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
_NOT_ASCII = re.compile(r"[^\x20-\x7e\n]")


def safe(text: object) -> str:
    """Text on one line without anything that a terminal would obey or hide."""
    shown = str(text)
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(_safe_character(character) for character in shown)


def _safe_character(character: str) -> str:
    if character == "\n":
        return "⏎ "
    return f"<U+{ord(character):04X}>" if category(character) in _SHAPELESS else character


def out() -> Console:
    """The console for data. Made anew each time: tests and pipes change stdout."""
    return _console(sys.stdout)


def err() -> Console:
    """The console for everything that is no data."""
    return _console(sys.stderr)


def _console(file: TextIO) -> Console:
    from rich.console import Console

    return Console(file=file, markup=False, highlight=False, emoji=False, soft_wrap=False)


def show(item: RenderableType) -> None:
    """Data: a table or a line."""
    out().print(item)


def say(text: str, style: str = "") -> None:
    """A line about what happens, on stderr; never cut, and wrapped by the terminal alone."""
    from rich.text import Text

    err().print(Text(safe(text), style=style), soft_wrap=True)


def line(text: str, style: str = "") -> None:
    """A line of data; never cut, and wrapped by the terminal alone."""
    from rich.text import Text

    out().print(Text(safe(text), style=style), soft_wrap=True)


def print_raw(text: str) -> None:
    """JSON as it is; on a terminal what is shapeless is written as JSON escapes, which mean the same."""
    if sys.stdout.isatty():
        text = _NOT_ASCII.sub(_escaped, text)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _escaped(match: re.Match[str]) -> str:
    """A JSON string escape (RFC 8259 §7) for a shapeless character; white space stays."""
    character = match[0]
    if character in "\t\r" or category(character) not in _SHAPELESS:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
