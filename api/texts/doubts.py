"""The words and marks of doubt, read once from doubts.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from api.texts.language import Language


class DoubtText(NamedTuple):
    """mark: where there is little room; name, why: in both languages."""

    mark: str
    name: dict[Language, str]
    why: dict[Language, str]


DOUBTS: Final[dict[str, DoubtText]] = {
    word: DoubtText(
        row["mark"], {"uk": row["uk"], "en": row["en"]}, {"uk": row["why-uk"], "en": row["why-en"]}
    )
    for word, row in tomllib.loads(Path(__file__).with_name("doubts.toml").read_text(encoding="utf8")).items()
}
MARKS: Final = tuple(text.mark for text in DOUBTS.values())
