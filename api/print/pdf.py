"""The page: typst over the one template and the data, the same bytes on every machine.

Nothing of the machine goes in: no fonts but those in typst's wheel, no date, no network. Data is a JSON file
beside the template, never typst's own language, so that nothing in it can be a command.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import orjson
import typst

TEMPLATE: Final = "document.typ"
PDF_TYPE: Final = "application/pdf"
STANDARD: Final[Literal["ua-1"]] = "ua-1"  # tagged, with a title and a language


@cache
def template() -> bytes:
    """The template's source."""
    return (resources.files("api.print") / "templates" / TEMPLATE).read_bytes()


def data_bytes(data: dict[str, Any]) -> bytes:
    """The data as they are served, put beside the template in a bundle, and given to it."""
    return orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n"


def to_pdf(data: bytes) -> bytes:
    """data: as data_bytes writes it. Takes long: not on the event loop."""
    return _compiled(data, "pdf")[0]


def to_png(data: bytes, ppi: float = 110) -> list[bytes]:
    """Each page as a picture, for whoever looks at it."""
    return _compiled(data, "png", ppi)


def _compiled(data: bytes, form: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    # The library takes files by their names; its types do not say so.
    files: Any = {"main.typ": template(), "data.json": data}
    found: Any = typst.compile(
        files,
        format=form,
        ppi=ppi,
        ignore_system_fonts=True,
        sys_inputs={"data": "data.json"},
        pdf_standards=STANDARD if form == "pdf" else None,
    )
    return list(found) if isinstance(found, list) else [bytes(found)]
