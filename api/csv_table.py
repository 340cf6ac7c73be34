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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([encode(row.get(column)) for column in columns])
    return text.getvalue().encode()


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
