"""Which language a request asks for: Ukrainian unless English is preferred to it."""

from __future__ import annotations

from typing import Literal

Language = Literal["uk", "en"]


def preferred(accept_language: str) -> Language:
    """Read an Accept-Language header (RFC 9110 §12.5.4); whatever is odd means Ukrainian."""
    weights = {"uk": 0.0, "en": 0.0, "*": 0.0}
    for item in accept_language[:200].split(","):
        name, _, weight = item.strip().partition(";")
        primary = name.strip().lower().partition("-")[0]
        if primary in weights:
            weights[primary] = max(weights[primary], _weight(weight))
    return "en" if weights["en"] > max(weights["uk"], weights["*"]) else "uk"


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
