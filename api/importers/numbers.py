"""Numbers as people and spreadsheets write them, read strictly: what could be two numbers is none."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

SPACES: Final = " \t\u00a0\u202f\u2009\u2007"
_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?")
_GROUPED: Final = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")  # `1.000`: a thousand to some, one to others
_ONE_SPACE: Final = str.maketrans(dict.fromkeys(SPACES, " ") | {"−": "-"})


def plain_number(text: str, *, typed: bool = True) -> Decimal | None:
    """`30 000,00`, `-1.5`, `2`: spaces between thousands only; None for no number, or what could be two.

    typed: False for a number that a workbook holds as one: its point cannot stand for a thousand.
    """
    spaced = text.translate(_ONE_SPACE).strip(" ")
    if not spaced.isascii() or not _NUMBER.fullmatch(spaced) or (typed and _GROUPED.fullmatch(spaced)):
        return None
    return Decimal(spaced.replace(" ", "").replace(",", "."))


def places(found: Decimal) -> int:
    """How many digits stand after the point."""
    return max(-int(found.as_tuple().exponent), 0)


def spelled(found: Decimal) -> str:
    """A decimal without exponent, sign of zero, leading zeros, or zeros after the comma: `0.5`, `30000`."""
    text = f"{found:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
