"""What changed, ready for a template: by kind of cell, each with its name, and how its value is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.pages.telling import Teller
from api.pages.wording import number, short_day, short_hash
from api.print.wording import by_code
from api.texts.cells import cell_words
from api.texts.language import Language

MONEY: Final = (
    "financing", "appropriation", "schedule", "transfers", "returns", "commitment", "paid", "incurred",
    "payable", "treasury",
)  # fmt: skip
REPORTED: Final = frozenset(
    ("commitment", "paid", "incurred", "payable", "treasury", "actuals", "progress", "reports", "evaluation")
)  # where nothing means that nobody has said it yet
GROUPS: Final = (
    *MONEY, "indicators", "actuals", "progress", "reports", "evaluation", "allocation", "tree", "title",
    "term", "passport", "sources", "endorsements", "predecessor", "printed_totals", "printed", "datasets",
    "closed", "body", "currency",
)  # fmt: skip
_NUMERIC: Final = frozenset(("actuals", "allocation"))


@dataclass(frozen=True, slots=True)
class Namer:
    """Cells and what they hold, in words."""

    language: Language
    tell: Teller

    def cell(self, path: str) -> str:
        return cell_words(path, self.language, self.tell.sources)

    def is_money(self, path: str) -> bool:
        return family_of(path) in MONEY

    def absent(self, path: str) -> str:
        return "missing" if family_of(path) in REPORTED else "none"

    def value(self, path: str, value: Any) -> str:
        """Of a cell that holds no money: numbers and days as people write them, listed words in words."""
        if isinstance(value, list):
            return "; ".join(self.value(path, one) for one in value)
        text = value if isinstance(value, str) else str(value)
        parts = path.split("/")[1:]
        if parts == ["body"]:
            return self.tell.name(text)
        if listed := self.tell.listed(path, text):
            return listed
        is_target = parts[0] == "indicators" and len(parts) > 2 and parts[2] in ("targets", "base")
        return number(text) if parts[0] in _NUMERIC or is_target else short_hash(short_day(text))


def family_of(path: str) -> str:
    return path.split("/")[1]


def grouped(changes: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """By kind of cell, in the order in which people look; within one by code."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for change in changes:
        found.setdefault(family_of(change["path"]), []).append(change)
    ordered = sorted(found, key=lambda family: (_place(family), family))
    return [(family, sorted(found[family], key=_by_path)) for family in ordered]


def _place(family: str) -> int:
    return GROUPS.index(family) if family in GROUPS else len(GROUPS)


def _by_path(change: Mapping[str, Any]) -> list[Any]:
    return [by_code(part) for part in change["path"].split("/")[1:]]


def why_of(change: Mapping[str, Any]) -> str:
    """The name of the words: what is decided by no act was reported."""
    if change["why"] != "decided":
        return f"why-{change['why']}"
    return "why-decided" if any(cause["act"] for cause in change["causes"]) else "why-reported"
