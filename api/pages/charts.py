"""Small charts, drawn on the server: where the lines and points of an indicator stand.

Only what is a number is drawn, and Так or Ні; the axis begins at zero. The same numbers stand in the row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from api.pages.wording import Words, number

NOTHING: Final = ("", "-", "removed")  # blank, a printed dash, taken away
_YES_NO: Final = {"так": Decimal(1), "ні": Decimal(0)}
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_TOP: Final = 10.0
_BELOW: Final = 19.0  # of the years under the axis
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """In pixels of the view box. left: room for the words of the axis."""

    width: float
    height: float
    left: float


SMALL: Final = Size(190, 68, 38)
BIG: Final = Size(440, 190, 52)


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """base: its height, None where it is no number. target, previous: data of an SVG path, may be empty."""

    id: str
    size: Size
    title: str
    desc: str
    floor: float
    base: float | None
    target: str
    previous: str
    points: Sequence[Point]
    marks: Sequence[Point]
    years: Sequence[Point]
    left_out: Sequence[str]


def worth(text: str | None) -> Decimal | None:
    """A printed value as a height: `85%`, `1,5`, Так; None of what is none."""
    if text is None:
        return None
    plain = text.strip().removesuffix("%").strip().replace("\u00a0", "")
    known = _YES_NO.get(plain.casefold())
    if known is not None:
        return known
    return Decimal(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def value_words(text: str, unit: str | None) -> str:
    """As people write it: `85 %`, `1 250`, `1,5`; what is no number as printed."""
    plain = text.strip()
    bare = plain.removesuffix("%").strip()
    if not _NUMBER.fullmatch(bare):
        return text
    percent = "\u00a0%" if plain.endswith("%") or unit == "%" else ""
    return number(bare.replace(",", ".")) + percent


def draw(rows: Sequence[Row], words: Words, size: Size = SMALL, *, name: str = "") -> Chart | None:
    """Of one indicator: rows as the JSON door gives them, by year. None where nothing is a number.

    words: of words/indicators.toml. name: of the drawing on its page, as its ids must be unique.
    """
    dated = [row for row in rows if row["year"] is not None]
    heights = [worth(text) for row in dated for text in _texts(row)]
    numbers = [one for one in heights if one is not None]
    if not numbers:
        return None
    base = worth(dated[0]["base"])
    lowest, highest = min([Decimal(0), *numbers]), max([Decimal(0), *numbers])
    scale = _Scale(size, lowest, highest if highest > lowest else lowest + 1, len(dated))
    first, code, unit = dated[0], str(dated[0]["indicator"]), dated[0]["unit"]
    return Chart(
        id=name or "c-" + re.sub(r"[^a-zA-Z0-9-]", "-", code),
        size=size,
        title=str(words("chart-title", code=code)),
        desc=describe(dated, words),
        floor=scale.y(Decimal(0)),
        base=scale.y(base) if base is not None else None,
        target=scale.steps([worth(row["target_now"]) for row in dated]),
        previous=scale.steps([_previous(row) for row in dated]),
        points=_points(dated, scale),
        marks=_marks(first, scale, lowest, highest, unit),
        years=[Point(scale.x(n), size.height - 3, str(row["year"])) for n, row in enumerate(dated)],
        left_out=_left_out(dated, words),
    )


def _texts(row: Row) -> tuple[str | None, ...]:
    return row["base"], row["target_now"], row["target_then"], row["actual"]


def _previous(row: Row) -> Decimal | None:
    """The target at the year's end, where it is another one now."""
    return worth(row["target_then"]) if row["target_then"] != row["target_now"] else None


def _points(rows: Sequence[Row], scale: _Scale) -> list[Point]:
    found = []
    for n, row in enumerate(rows):
        height = worth(row["actual"])
        if height is not None:
            words = f"{row['year']}: {value_words(row['actual'], row['unit'])}"
            found.append(Point(scale.x(n), scale.y(height), words))
    return found


def _marks(row: Row, scale: _Scale, lowest: Decimal, highest: Decimal, unit: str | None) -> list[Point]:
    if row["kind"] == "boolean":
        return [Point(0, scale.y(Decimal(1)), "Так"), Point(0, scale.y(Decimal(0)), "Ні")]
    heights = sorted({lowest, Decimal(0), highest})
    return [Point(0, scale.y(one), value_words(f"{one:f}", unit).replace("\u00a0%", "%")) for one in heights]


def describe(rows: Sequence[Row], words: Words) -> str:
    """The drawing in words: base, targets and actuals by year."""
    unit = rows[0]["unit"]
    targets = [f"{row['year']} – {_said(row['target_now'], unit, words)}" for row in rows]
    parts = [words("desc-base", value=_said(rows[0]["base"], unit, words))]
    parts.append(words("desc-targets", values=", ".join(targets)))
    for row in rows:
        if row["target_then"] != row["target_now"]:
            was = _said(row["target_then"], unit, words)
            parts.append(words("desc-was", year=row["year"], value=was))
        if row["actual"] is not None:
            actual = _said(row["actual"], unit, words)
            parts.append(words("desc-actual", year=row["year"], value=actual))
    return " ".join(str(part.unescape()) for part in parts)


def _said(text: str | None, unit: str | None, words: Words) -> str:
    names = {None: "nil-none", "": "nil-blank", "-": "nil-printed", "removed": "nil-removed"}
    return str(words(names[text]).unescape()) if text in names else value_words(str(text), unit)


def _left_out(rows: Sequence[Row], words: Words) -> list[str]:
    """What is stated and is no number: it cannot be drawn, and says so."""
    found = []
    for row in rows:
        for column in ("target_now", "actual"):
            text = row[column]
            if text is not None and text not in NOTHING and worth(text) is None:
                found.append(str(words(f"left-out-{column}", year=row["year"], value=text).unescape()))
    return found


class _Scale:
    def __init__(self, size: Size, lowest: Decimal, highest: Decimal, years: int) -> None:
        self._size, self._lowest, self._highest, self._years = size, lowest, highest, years
        self._bottom = size.height - _BELOW

    def y(self, height: Decimal) -> float:
        part = float((height - self._lowest) / (self._highest - self._lowest))
        return self._bottom - part * (self._bottom - _TOP)

    def x(self, year: int) -> float:
        """The middle of the n-th year."""
        return (self._edge(year) + self._edge(year + 1)) / 2

    def _edge(self, year: int) -> float:
        return self._size.left + (self._size.width - 6 - self._size.left) * year / self._years

    def steps(self, heights: Sequence[Decimal | None]) -> str:
        """One step a year; a year without a number breaks the line."""
        path, on = [], False
        for n, height in enumerate(heights):
            if height is None:
                on = False
                continue
            y = _short(self.y(height))
            path.append(f"V{y}" if on else f"M{_short(self._edge(n))} {y}")
            path.append(f"H{_short(self._edge(n + 1))}")
            on = True
        return "".join(path)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
