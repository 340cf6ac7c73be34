"""What a form would do, as people read it: sentences, cells now and then, and what a proposal would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.work_desk import Sheet

Row = dict[str, Any]
_REPORTED = ("actuals", "commitment", "paid", "incurred", "payable", "progress", "reports")


def shown_preview(sheet: Sheet, drafts: Sequence[Mapping[str, Any]]) -> Row:
    """sentences; changes, total; enacting: of a draft about a proposal, else None."""
    changes = [row for draft in drafts for row in _changes(sheet, draft["diff"])]
    outlooks = [draft["enacting"] for draft in drafts if draft["enacting"] is not None]
    return {
        "sentences": [_said(sheet, draft["sentence"], draft["payload"]) for draft in drafts],
        "changes": changes,
        "total": sum(draft["diff_total"] for draft in drafts),
        "enacting": _enacting(sheet, outlooks[0]) if outlooks else None,
    }


def _enacting(sheet: Sheet, outlook: Mapping[str, Any]) -> Row:
    refused = outlook["would_refuse"]
    return {
        "sentence": _said(sheet, outlook["sentence"], outlook),
        "changes": _changes(sheet, outlook["diff"]),
        "total": outlook["diff_total"],
        "asks": [_said(sheet, one["message"], one) for one in outlook["would_ask"]],
        "refused": _said(sheet, refused["message"], refused.get("details")) if refused else "",
        "asked": [_tally(sheet, one) for one in outlook["asked"]],
    }


def _tally(sheet: Sheet, asked: Mapping[str, Any]) -> Row:
    """Who lacks, by name."""
    name = sheet.teller.name if sheet.teller else str
    return {**asked, "lacking_names": [name(one["office"]) for one in asked["lacking"]]}


def _said(sheet: Sheet, texts: Mapping[str, str] | None, figures: object) -> str:
    if texts is None:
        return ""
    language = sheet.desk.page.language
    return sheet.teller.sentence(texts, sheet.named, figures) if sheet.teller else texts[language]


def said_of(sheet: Sheet, item: Mapping[str, Any]) -> str:
    """A discrepancy in words."""
    return _said(sheet, item["message"], item)


def _changes(sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [
        {
            "cell": sheet.teller.cell(row["path"]) if sheet.teller else row["path"],
            "path": row["path"],
            "programme": row["programme"],
            "day": row["day"],
            "old": _side(sheet, row["path"], row["old"]),
            "new": _side(sheet, row["path"], row["new"]),
        }
        for row in rows
    ]


def _side(sheet: Sheet, path: str, side: Mapping[str, Any] | None) -> Row:
    """nil: which of the empties it is, "" for a value; text: the value; doubt: its word."""
    family = path.strip("/").partition("/")[0]
    if side is None:
        return {"nil": "missing" if family in _REPORTED else "none", "text": "", "doubt": None}
    doubt, value = side.get("doubt"), side.get("value")
    if side.get("removed"):
        return {"nil": "removed", "text": "", "doubt": doubt}
    nil = {"": "blank", "-": "printed"}.get(value, "") if isinstance(value, str) else ""
    if value is None:
        nil = "missing" if family in _REPORTED else "none"
    return {"nil": nil, "text": "" if nil else _text(sheet, family, path, value), "doubt": doubt}


def _text(sheet: Sheet, family: str, path: str, value: object) -> str:
    words = sheet.desk.page.words
    if family in ("reports", "progress") and isinstance(value, str):
        return words.maybe(f"value-{value}", value)
    return sheet.teller.value(path, value) if sheet.teller else str(value)
