"""The shape of every question: what it asks, what it looks at, and what an answer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from projections.diff import Point
from projections.findings.case import Case
from projections.recording import Doc

Pair = tuple[str, str]  # Ukrainian, English
# shown: a question that shows something rather than deciding it.
Verdict = Literal["yes", "no", "undetermined", "not-configured", "shown"]


@dataclass(frozen=True, slots=True)
class Missing:
    """What must be on the record for an answer. what: a kind of event, or setting of a policy."""

    what: str
    words: Pair


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of an answer. entries: leaf indexes; act: its id; finding: the finding's id, if it is one.

    group: "apart" for what is listed beside the answer and decides nothing.
    """

    sentence: Pair
    cells: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    act: str | None = None
    finding: str | None = None
    group: Literal["answer", "apart"] = "answer"
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """sentence: the whole answer in one, with its figures, which `figures` holds by name."""

    verdict: Verdict
    sentence: Pair
    items: tuple[Item, ...] = ()
    missing: tuple[Missing, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is answered from.

    rows: the findings at the point (projections/findings/findings.py); year: which one was named; start: the
    earlier point of question 2, if one was named.
    """

    case: Case
    rows: tuple[Doc, ...]
    year: int | None = None
    start: Point | None = None

    def found(self, *codes: str) -> list[Doc]:
        """The findings of some rules, in their order."""
        return [row for row in self.rows if row["code"] in codes]

    def items(self, *codes: str) -> tuple[Item, ...]:
        """The same as items of an answer."""
        return tuple(self.item(row) for row in self.found(*codes))

    def item(self, row: Doc, **more: Any) -> Item:
        """A finding as an item. more: further values."""
        entries = tuple(event["index"] for event in row["events"])
        return Item(
            (row["sentence"]["uk"], row["sentence"]["en"]),
            tuple(cell["path"] for cell in row["cells"]),
            entries,
            self.act_of(entries),
            row["id"],
            values={**row["words"], "status": row["status"], **more},
        )

    def act_of(self, entries: Iterable[int]) -> str | None:
        """The act that the newest of the programme's own entries among these cites."""
        said = self.case.dossier.said
        for index in sorted(entries, reverse=True):
            known = said.get(index)
            if known is not None and known.own and known.stated.event.act is not None:
                return known.stated.event.act.id
        return None


@dataclass(frozen=True, slots=True)
class Question:
    """needs: codes of the rules whose findings it looks at."""

    number: int
    uk: str
    en: str
    needs: tuple[str, ...]
    answer: Callable[[Asked], Answer]


def nothing(what: str, uk: str, en: str) -> Answer:
    """There is nothing on the record to look at: no answer is given."""
    return Answer(
        "undetermined", (f"Не визначено: {uk}", f"Undetermined: {en}"), missing=(lacks(what, uk, en),)
    )


def lacks(what: str, uk: str, en: str) -> Missing:
    return Missing(what, (uk, en))
