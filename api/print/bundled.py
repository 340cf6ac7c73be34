"""The prints of a bundle: the template once, and the data of each document that belongs to its answer.

Anybody draws the page again with typst and compares it, byte for byte. Source: docs/print.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, get_args

from api.bundles.subjects import Subject
from api.print.annex import Annex
from api.print.asked import Asked, Earlier
from api.print.making import make_print
from api.print.paper import Paper
from api.print.pdf import TEMPLATE, data_bytes, template
from api.print.wording import Words
from api.sources import Source
from api.texts.language import Language
from api.views import View


@dataclass(frozen=True, slots=True)
class Prints:
    """How a bundle's prints are asked for. address: as in Asked."""

    language: Language
    address: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """name: in the archive."""

    name: str
    content: bytes

    def to_json(self) -> dict[str, Any]:
        """A row of `print` in bundle.json."""
        digest = sha256(self.content).hexdigest()
        return {"name": self.name, "size": len(self.content), "sha256": digest}


def printed(source: Source, subject: Subject, prints: Prints | None) -> list[Printed]:
    """By name; nothing for what has no document. Raises Problem print-too-large, Blocked."""
    if prints is None or subject.type not in ("programme", "diff"):
        return []
    point = subject.point
    with source.follower.reading(point.known.position) as reading:
        view = View(source, reading, point.as_of, point.known)
        found = [
            Printed(f"print/{name}.json", data_bytes(make_print(view, asked)))
            for name, asked in _asked(view, subject, prints).items()
        ]
    return sorted([*found, Printed(f"print/{TEMPLATE}", template())], key=lambda one: one.name)


def _asked(view: View, subject: Subject, prints: Prints) -> dict[str, Asked]:
    """A comparison for a diff; else the state, the annexes, and the report of each year that has begun."""
    programme, language, address = subject.name, prints.language, prints.address
    if subject.start is not None:
        start = Earlier(subject.start.as_of, subject.start.known)
        return {"comparison": Asked("comparison", programme, language, start=start, address=address)}
    years = Paper(view, programme, Words(language)).years()
    annexes: tuple[Annex, ...] = get_args(Annex)
    return {
        "state": Asked("state", programme, language, address=address),
        **{
            f"annex-{one}": Asked("annex", programme, language, annex=one, address=address) for one in annexes
        },
        **{
            f"report-{year}": Asked("report", programme, language, year=year, address=address)
            for year in years
            if str(year) <= view.as_of[:4]
        },
    }
