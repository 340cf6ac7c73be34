"""A question that makes no sense, in words: our own sentences, and the library's made into sentences."""

from __future__ import annotations

from typing import Any, Final

import typer

from api.cli.words import Pair, said
from api.texts.language import Language


class Misused(typer.BadParameter):
    """Options that do not go together. words: Ukrainian, English; hint: of which option."""

    def __init__(self, words: Pair, hint: str | None = None) -> None:
        super().__init__(words[1], param_hint=hint)
        self.words = words


# By the kind of a pydantic error, with what its context holds.
_KINDS: Final[dict[str, Pair]] = {
    "less_than_equal": ("{got}: має бути щонайбільше {le}", "{got}: it has to be at most {le}"),
    "greater_than_equal": ("{got}: має бути щонайменше {ge}", "{got}: it has to be at least {ge}"),
    "int_parsing": ("{got}: має бути ціле число", "{got}: it has to be a whole number"),
    "choice": ("{got}: має бути одне з {choices}", "{got}: it has to be one of {choices}"),
    "other": ("{got}: такого значення тут не буває", "{got}: there is no such value here"),
}
_CHOICES: Final = " is not one of "


def reword(error: typer.BadParameter, language: Language) -> None:
    """Put our words in the place of the library's, where it gave any."""
    if isinstance(error, Misused):
        error.message = said(error.words, language)
        return
    found = getattr(error.__cause__, "errors", None)
    if found is None:
        return
    first: dict[str, Any] = found()[0]
    context = {"got": first.get("input"), **first.get("ctx", {})}
    kind = str(first["type"])
    _, told, choices = str(context.get("error", "")).rpartition(_CHOICES)
    if told:
        kind, context["choices"] = "choice", choices.rstrip(".")
    error.message = said(_KINDS.get(kind, _KINDS["other"]), language).format(**context)
