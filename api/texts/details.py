"""What a verification found besides its sentences: made fit to stand in one, in either language.

A detail is technical English, made where the evidence is looked at; whoever looks closer finds it whole in
the JSON. Here it is said in Ukrainian where there are words for it (details.toml). What a parser said in a
language of programs is left out.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from api.texts.language import Language

_ROWS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(row["en"], re.DOTALL), row["uk"])
    for row in tomllib.loads(Path(__file__).with_name("details.toml").read_text(encoding="utf8"))["row"]
)

PROGRAM: Final = re.compile(
    r"\w(Error|Exception)\b|Traceback|__\w+__|<class|object (is|has|does|cannot|at 0x)|bytes-like|codec can|"
    r"Expecting |Extra data|Unterminated|Invalid (control|\\)|invalid literal|int\(\)|values to unpack|"
    r"indices must|unhashable|\bNaN\b|NoneType|convert float|recursion depth|line \d+ column \d+|"
    r"validation error|pydantic|\b(Input|Field) (should|required)|\bb['\"]|set_int_max|unexpected keyword|"
    r"nonzero|ordinal not in|argument (must|should)|"
    r"zero-length|unexpected (character|end)|parsed as double|str is not valid|surrogates|trailing characters"
)
"""What no clerk should have to read."""
_MISSING: Final = re.compile(r"([^'\";]+): '[\w.-]+'")  # of a member that was looked for, by a program

_PROSE: Final = re.compile(
    r"(?:^|\s)(?:the|is|are|no|not|of|in|to|by|has|have|was|with|after|entry|entries|given|this|that|and|or|"
    r"its|it|does|do|there|than|from|for|at|an|a)(?=[\s,.;:]|$)"
)
QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_MARK: Final = re.compile(r"Mark\(word=([^,]*), exact=\w+\)")
_CONSTANTS: Final = {"True": "true", "False": "false", "None": "null"}
_CONSTANT: Final = re.compile(r"\b(True|False|None)\b")


def detail_words(detail: str, language: Language) -> str:
    """The detail as a sentence may show it; "" for what has no words in this language."""
    text = _unprogrammed(detail)
    if language == "en" or not text:
        return text
    for form, uk in _ROWS:
        found = form.fullmatch(text)
        if found is not None:
            return uk.format(*("" if one is None else one for one in found.groups()))
    return "" if _PROSE.search(QUOTED.sub("", text)) else text


def _unprogrammed(detail: str) -> str:
    """Without what a parser said: up to the colon before it, if somebody said something there."""
    missing = _MISSING.fullmatch(detail)
    text = missing[1] if missing is not None else _before(_MARK.sub(r"\1", detail))
    quoted = QUOTED.findall(text)
    parts = QUOTED.split(text)
    plain = [_CONSTANT.sub(lambda one: _CONSTANTS[one[0]], part) for part in parts]
    return "".join(part + (quoted[place] if place < len(quoted) else "") for place, part in enumerate(plain))


def _before(detail: str) -> str:
    """The part of a detail that our own words make; quoted values are nobody's words."""
    if not PROGRAM.search(QUOTED.sub("''", detail)):
        return detail
    kept = []
    for part in detail.split(": "):
        if PROGRAM.search(part):
            break
        kept.append(part)
    return ": ".join(kept)
