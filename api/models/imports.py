"""Shapes of imports: a file as drafts to sign, and what is wrong with one."""

from __future__ import annotations

from typing import Any, Literal

from api.models.events import Draft
from api.models.shape import ProblemDocument, Shape, Words, example

_PROBLEM: dict[str, Any] = {
    "line": 7,
    "place": "/7/value",
    "code": "not-a-decimal",
    "message": {
        "uk": "«12.5.1» не є числом: пишіть 1234,5; тисячі відділяє лише пробіл",
        "en": "“12.5.1” is no number: write 1234.5 or 1234,5; only a space divides thousands",
    },
}
_SUMMARY: dict[str, Any] = {
    "rows": 21,
    "skipped": 2,
    "events": 21,
    "replaces": 0,
    "totals": [{"name": "Разом", "printed": "1000.00", "counted": "1000.00", "agrees": True}],
}


class FileProblem(Shape):
    """line: 1-based, 0 for the file as a whole. place: /line/column, or a workbook's cell (Аркуш1!C7)."""

    model_config = example(**_PROBLEM)
    line: int
    place: str
    code: str
    message: Words


class TotalShown(Shape):
    """A printed total beside the counted one; printed is "" where the file prints none."""

    name: str
    printed: str
    counted: str
    agrees: bool


class ChangesShown(Shape):
    """Cells that the file changes, adds, takes away, and leaves as they are."""

    changed: int
    added: int
    removed: int
    equal: int


class MovedShown(Shape):
    """Money added and taken away, in hryvnias; balanced: as much the one as the other."""

    more: str
    less: str
    balanced: bool


class Summary(Shape):
    """rows: of which events were made; skipped: that say nothing, or are not of what was asked.

    replaces: reported cells that have a value on the record already, be it the same one. changes, moved: of a
    file that was compared with the programme's state.
    """

    rows: int
    skipped: int
    events: int
    replaces: int
    totals: list[TotalShown]
    changes: ChangesShown | None = None
    moved: MovedShown | None = None


class Imported(Shape):
    """items: drafts as /v1/drafts judges them, in the file's order, each after the ones before it.

    outcome: the worst of them. problems: what the door would refuse, said of the file's rows. noticed: where
    the record has another amount than a row calls in force; not yet acknowledged, they keep the outcome from
    being recorded.
    """

    model_config = example(
        shape="actuals", outcome="refused", items=[], problems=[_PROBLEM], noticed=[], summary=_SUMMARY
    )
    shape: str
    outcome: Literal["recorded", "needs-acknowledgement", "refused"]
    items: list[Draft]
    problems: list[FileProblem]
    noticed: list[FileProblem]
    summary: Summary


IMPORT_EXAMPLE: dict[str, Any] = {
    "type": "urn:pledger:problem:import-file-invalid",
    "status": 422,
    "title": "Файл не підходить",
    "instance": "urn:request:6f1c2a9e0b7d4c3f8e5a1b2c",
    "message": {
        "uk": "У файлі знайдено помилок: 1. Виправте їх у своєму файлі й надішліть його знову; "
        "нічого не збережено.",
        "en": "Problems found in the file: 1. Mend them in your file and send it again; nothing was kept.",
    },
    "errors": [{"pointer": "/7/value", "got": None}],
    "details": {"count": 1},
    "problems": [_PROBLEM],
}


class FileProblemDocument(ProblemDocument):
    """422: every problem of a file, by line and cell, at most 200 of them."""

    model_config = example(**IMPORT_EXAMPLE)
    problems: list[FileProblem]
