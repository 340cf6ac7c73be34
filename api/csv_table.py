"""CSV twins: RFC 4180 rows that no spreadsheet takes for formulas.

null is an empty field; a blank in the source is the word "blank", as a removed value is the
word "removed": the four answers stay apart.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?%?|-")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows by their columns, with a header row; UTF-8."""
    return (header(columns) + records(columns, rows)).encode()


def header(columns: Sequence[str]) -> str:
    """The first record: the columns' names."""
    return _written([columns])


def records(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows by their columns, as records that may stand after others."""
    return _written([encode(row.get(column)) for column in columns] for row in rows)


def _written(fields: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(fields)
    return text.getvalue()


def encode(value: Any) -> str:
    """One field. A text that a spreadsheet would compute gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return encode("; ".join(map(str, value)))
    text = str(value)
    if text == "":
        return "blank"
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text
