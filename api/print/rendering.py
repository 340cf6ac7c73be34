"""A print's data as a file: the page, the spreadsheet, the data themselves, or the template."""

from __future__ import annotations

from typing import Any, Final

from api.print.pdf import PDF_TYPE, data_bytes, template, to_pdf
from api.print.xlsx import XLSX_TYPE, to_xlsx

MEDIA_TYPES: Final = {
    "pdf": PDF_TYPE,
    "xlsx": XLSX_TYPE,
    "json": "application/json",
    "typ": "text/plain; charset=utf-8",
}


def rendered(data: dict[str, Any], form: str) -> bytes:
    """form: a key of MEDIA_TYPES. The same data give the same bytes. Takes long: not on the event loop."""
    if form == "xlsx":
        return to_xlsx(data)
    if form == "typ":
        return template()
    raw = data_bytes(data)
    return raw if form == "json" else to_pdf(raw)
