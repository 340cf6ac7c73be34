"""In words: who could do it instead, whose endorsement is lacking, how a proposal came to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.texts.language import Language

_VACANT = {"uk": "нікого", "en": "nobody"}
WHYS = {
    "missing": {"uk": "ще не погоджено", "en": "not endorsed yet"},
    "refused": {"uk": "відхилено", "en": "refused"},
    "other-text": {"uk": "погоджено інший текст", "en": "endorsed another text"},
    "self": {"uk": "погодив той, хто запропонував", "en": "endorsed by who proposed it"},
    "same-person": {"uk": "цю особу вже враховано за іншу посаду", "en": "by a person counted already"},
    "out-of-order": {"uk": "не в установленій черзі", "en": "out of order"},
    "mandate-ended": {"uk": "повноваження припинилися", "en": "the mandate has ended"},
    "key-revoked": {"uk": "ключ відкликано", "en": "the key was revoked"},
    "in-doubt": {"uk": "запис під сумнівом", "en": "the entry is in doubt"},
}  # fmt: skip
ENDS = {
    "withdrawn": {"uk": "її відкликано", "en": "it was withdrawn"},
    "enacted": {"uk": "її вже внесено", "en": "it was enacted"},
    "lapsed": {"uk": "її строк сплив", "en": "it has lapsed"},
}


def offices(rows: Sequence[Mapping[str, Any]], language: Language) -> str:
    """`[{office, persons}]` or `[{office, why}]`: "mayor: p-07, p-09; secretary: nobody"."""
    return "; ".join(f"{row.get('office')}: {_beside(row, language)}" for row in rows)


def _beside(row: Mapping[str, Any], language: Language) -> str:
    if "why" in row:
        return WHYS.get(str(row["why"]), {}).get(language, str(row["why"]))
    return ", ".join(str(person) for person in row.get("persons") or ()) or _VACANT[language]
