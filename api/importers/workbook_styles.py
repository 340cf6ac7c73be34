"""What a workbook's number formats make of a number: a date, a percentage, thousands, or just a number.

Imports nothing of Pledger: it runs in the child. Source: ECMA-376 part 1 §18.8.30, §18.8.31.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from api.importers.archive import Archive, Refused
from api.importers.workbook_xml import Attributes, parse

Kind = Literal["number", "percent", "date", "scaled"]
_STYLES_MAX: Final = 70_000
_BUILT_IN: Final[dict[int, Kind]] = {
    9: "percent",
    10: "percent",
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), "date"),
}
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED: Final = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
# A comma after the last digit, or after another such comma, divides what is shown by a thousand.
_SCALED: Final = re.compile(r"[0#?],+(?![0#?,])")
# Words and digits that a format puts beside a number and that make it read as another one: 30 as 30 тис. грн.
_PUT: Final = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]')
_OTHER: Final = re.compile("[0-9%‰]|тис|тыс|млн|млрд|мільй|мільярд|thous|mln|mio|bln", re.IGNORECASE)


def format_kind(code: str) -> Kind:
    """What a format's code shows of a number."""
    if _ELAPSED.search(code):
        return "date"
    bare = _LITERAL.sub("", code)
    general = "general" in bare.lower()
    if not general and "%" in bare:
        return "percent"
    if not general and re.search("[dmyhs]", bare, re.IGNORECASE):
        return "date"
    put = "".join("".join(found.groups("")) for found in _PUT.finditer(code))
    shown = general or re.search("[0#?@]", bare.partition(";")[0])
    return "number" if shown and not _SCALED.search(bare) and not _OTHER.search(put) else "scaled"


def read_styles(archive: Archive, part: str | None) -> list[Kind]:
    """The kind of each cell style (cellXfs), in order."""
    found: list[Kind] = []
    if part is None:
        return found
    codes: dict[int, Kind] = dict(_BUILT_IN)
    within: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt" and len(codes) < _STYLES_MAX:
            codes[_number(attributes.get("numFmtId"))] = format_kind(attributes.get("formatCode", "")[:1000])
        elif name == "xf" and within and within[-1] == "cellXfs":
            if len(found) == _STYLES_MAX:
                raise Refused("workbook-broken")
            found.append(codes.get(_number(attributes.get("numFmtId")), "number"))
        within.append(name)

    def end(name: str, text: str) -> None:
        within.pop()

    parse(archive.chunks(part), start, end)
    return found


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else 0
