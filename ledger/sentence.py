"""What an error says, told apart from the language in which it is said.

Below the doors there is one language: str() is the English sentence, for logs and for other programs. For
people api/texts/sentences.py finds the words of `code` in theirs, and of everything that stands in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Sentence:
    """form: English, with {names} of what stands in it; code: stable, of its row in api/texts/sentences.toml.

    given: texts, numbers, paths; other sentences and errors; lists of these; pairs {"uk", "en"}.
    """

    __slots__ = ("code", "form", "given")

    def __init__(self, form: str, code: str, **given: Any) -> None:
        self.form, self.code, self.given = form, code, given

    def __str__(self) -> str:
        return self.form.format(**{name: _english(one) for name, one in self.given.items()})

    def __repr__(self) -> str:
        return repr(str(self))


def sentence_of(error: BaseException) -> Sentence | None:
    """What an error says, if it can be said in every language."""
    said = error.args[0] if error.args else None
    return said if isinstance(said, Sentence) else None


def _english(given: Any) -> Any:
    if isinstance(given, OSError):
        return given.strerror or str(given)
    if isinstance(given, dict):
        return given["en"]
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return ", ".join(str(_english(one)) for one in given)
    return given
