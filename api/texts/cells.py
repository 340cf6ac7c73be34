"""What a cell of a programme's state is called in words, for every kind of cell (cells.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from api.texts.language import Language

_TEXTS: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("cells.toml").read_text("utf8"))
_FAMILIES: Final = ("limit", "move", "phase")  # segments that only a listed word can be
_AXES: Final = ("kpkvk", "kekv", "fund", "unit")
_PERIOD = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")
_NO_SOURCES: Final[Mapping[str, str]] = MappingProxyType({})


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    literal, names = parts[::2], parts[1::2]
    groups = [f"(?P<{name}>{_choice(name)})" for name in names]
    pairs = zip(literal, [*groups, ""], strict=True)
    return re.compile("".join(re.escape(text) + group for text, group in pairs))


def _choice(name: str) -> str:
    return "|".join(_TEXTS[name]) if name in _FAMILIES else "[^/]+"


_PATTERNS: Final = [(_pattern(path), row) for path, row in _TEXTS["cells"].items()]


def cell_words(path: str, language: Language, sources: Mapping[str, str] = _NO_SOURCES) -> str:
    """«Фінансування заходу 3.3.2 на 2025 рік, місцевий бюджет» of `/financing/3.3.2/2025/local`.

    path: of a cell, or of what is above cells; one of no known kind is its own name. sources: names of
    the programme's sources of money by id; one that is not there is called by its id.
    """
    for pattern, row in _PATTERNS:
        found = pattern.fullmatch(path)
        if found is not None:
            given = {name: _said(name, text, language, sources) for name, text in found.groupdict().items()}
            return str(row[language].format(**given))
    return path


def line_words(segment: str, language: Language, sources: Mapping[str, str] = _NO_SOURCES) -> str:
    """The source with its budget codes: `local.0117530.2620.general._` in words."""
    source, *axes = segment.split(".", len(_AXES))  # a unit's id may have dots of its own
    return ", ".join([sources.get(source, source), *_axes(axes, language)])


def period_words(period: str, language: Language) -> str:
    """`2025`, `2025-Q1`, `2025-H1`, `2025-03` in words; anything else as it is."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        return period
    year, quarter, half, month = found.groups()
    if month:
        return str(_TEXTS["month"][month][language].format(year=year))
    name = "quarter" if quarter else "half" if half else "year"
    return str(_TEXTS["period"][name][language].format(year=year, part=quarter or half))


def _said(name: str, text: str, language: Language, sources: Mapping[str, str]) -> str:
    if name == "line":
        return line_words(text, language, sources)
    if name == "treasury":
        return ", ".join(_axes(text.split(".", len(_AXES) - 1), language))
    if name == "period":
        return period_words(text, language)
    if name == "source":
        return sources.get(text, text)
    return _word(name, text, language)


def _axes(parts: list[str], language: Language) -> list[str]:
    """Those that are given, in words; `_` stands for one that is not."""
    named = zip(_AXES, parts, strict=False)
    return [_axis(name, part, language) for name, part in named if part != "_"]


def _axis(name: str, part: str, language: Language) -> str:
    if name == "fund":
        return _word("fund", part, language)
    return str(_TEXTS["axis"][name][language].format(part))


def _word(group: str, name: str, language: Language) -> str:
    """A listed word, else as the data say it: a field of a passport may have any name."""
    word = _TEXTS.get(group, {}).get(name)
    return str(word[language]) if word is not None else name
