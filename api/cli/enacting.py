"""What carrying out a proposal would be asked, and whose endorsement lacks, as lines on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.cli.failures import discrepancy_lines
from api.cli.screen import line
from api.cli.words import said
from api.texts.language import Language
from api.texts.who import offices


def show_enactment(enacting: Mapping[str, Any], language: Language) -> None:
    """Below the cells that it would change."""
    refusal = enacting.get("would_refuse")
    message = refusal.get("message") if isinstance(refusal, dict) else None
    if isinstance(message, dict):
        line(said(("наразі було б відмовлено: ", "would be refused now: "), language) + message[language])
    for item in _mappings(enacting.get("would_ask")):
        if item.get("code") != "endorsements-missing":  # the lines below say it
            for text in discrepancy_lines(item, language):
                line(text)
    for tally in _mappings(enacting.get("asked")):
        line(_tally(tally, language))


def _tally(tally: Mapping[str, Any], language: Language) -> str:
    """2 of 4 endorsements; lacking: finance-head: p-09."""
    counted, needed = len(_mappings(tally.get("counted"))), tally.get("needed")
    words = said((f"погоджень {counted} з {needed}", f"{counted} of {needed} endorsements"), language)
    instead = _mappings(tally.get("instead"))
    if not instead:
        return words
    return words + said(("; бракує: ", "; lacking: "), language) + offices(instead, language)


def _mappings(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
