"""Templates: Jinja2 with everything escaped, nothing silently missing, and our figures as filters."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.pages import wording
from api.texts.doubts import DOUBTS
from api.texts.language import Language

FOLDER: Final = Path(__file__).parent / "templates"


@cache
def environment(language: Language) -> Environment:
    """Filters: money, signed, number; day («20 лютого 2025 р.»), dmy (20.02.2025), month; no (№ 35 of index
    34); moment(zone) and local(zone) of an instant; text of {"uk": …, "en": …}."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    made.filters.update(
        money=wording.money,
        signed=wording.signed,
        number=wording.number,
        day=lambda text: wording.long_day(text, language),
        dmy=wording.short_day,
        month=lambda text: wording.month_of(text, language),
        no=wording.entry_number,
        moment=wording.short_moment,
        local=wording.local_day,
        text=lambda texts: texts[language],
    )
    made.globals.update(DOUBTS=DOUBTS, svg=_svg)
    return made


def _svg(number: float) -> Markup:
    """A coordinate, short and the same on every machine."""
    return Markup(f"{number:.1f}".removesuffix(".0"))  # noqa: S704 - digits of a float


Facts = dict[str, Any]
