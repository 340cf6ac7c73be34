"""The CSV twins of tables: which columns, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.csv_table import to_csv
from api.documented import Responses

Rows = Sequence[Mapping[str, Any]]

BUDGET = (
    "measure", "year", "source", "kpkvk", "kekv", "fund", "unit", "currency", "original", "amended",
    "appropriated", "scheduled", "transferred", "committed", "paid", "incurred", "payable", "returned",
    "unfunded", "variance", "cell", "event", "index", "entries", "doubt", "doubtful",
)  # fmt: skip
PROGRAMMES = (
    "id", "title", "body", "term_from", "term_to", "currency", "status", "adopted_index", "last_index",
    "doubt",
)  # fmt: skip
INDICATORS = (
    "indicator", "name", "measure", "kind", "unit", "year", "base", "base_date", "target_then", "target_now",
    "actual", "latest_period", "latest_value", "status", "evidence", "report", "achievement",
    "dynamics_printed", "dynamics_computed", "dynamics_rule", "cell", "event", "index", "doubt", "doubtful",
    "reached", "reported_cell", "reported_event", "reported_index", "reported_example",
)  # fmt: skip
HISTORY = (
    "index", "event", "kind", "recorded_at", "effective", "act", "act_number", "act_date", "act_point",
    "persons", "offices", "reason", "example", "acknowledges", "corrects", "sentence_uk", "sentence_en",
    "writes_total", "doubt",
)  # fmt: skip
DIFF = (
    "path", "unit", "old", "new", "delta", "why", "event", "index", "kind", "act", "recorded_at", "persons",
    "offices", "reason", "doubt", "old_doubt", "new_doubt",
)  # fmt: skip
BLAME = (
    "from", "op", "old", "value", "act_date", "event", "index", "kind", "act", "act_number", "act_point",
    "recorded_at", "persons", "offices", "reason", "example", "doubt", "old_doubt", "proof",
)  # fmt: skip


def responses(errors: Responses, columns: Sequence[str]) -> Responses:
    """Error responses, and the 200 that may also be CSV."""
    csv_type = {"text/csv": {"schema": {"type": "string"}, "example": ",".join(columns) + "\r\n"}}
    return {200: {"description": "The table, as JSON or CSV.", "content": csv_type}, **errors}


def programmes(rows: Rows) -> bytes:
    return to_csv(
        PROGRAMMES,
        [{**row, "term_from": row["term"]["from"], "term_to": row["term"]["to"]} for row in rows],
    )


def budget(rows: Rows) -> bytes:
    return to_csv(BUDGET, map(budget_row, rows))


def budget_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "entries": _entries(row), "doubtful": _doubtful(row)}


def _entries(row: Mapping[str, Any]) -> list[str] | None:
    """The leaf indexes behind each column that has any: `amended: 38 44`."""
    return [
        f"{column}: {' '.join(map(str, one['entries']))}" for column, one in row["evidence"].items()
    ] or None


def indicators(rows: Rows) -> bytes:
    return to_csv(INDICATORS, map(indicator_row, rows))


def indicator_row(row: Mapping[str, Any]) -> dict[str, Any]:
    nested = {**_flat("latest", row), **_flat("dynamics", row), **_flat("reported", row)}
    return {**row, **nested, "doubtful": _doubtful(row)}


def _doubtful(row: Mapping[str, Any]) -> list[str] | None:
    """The columns that rest on a statement in doubt, each with its word."""
    return [f"{column}: {word}" for column, word in row["doubtful"].items()] or None


def _flat(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name}_{member}": value for member, value in (row[name] or {}).items()}


def history(rows: Rows) -> bytes:
    return to_csv(HISTORY, map(history_row, rows))


def history_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **_who(row), **_words(row)}


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"sentence_uk": row["sentence"]["uk"], "sentence_en": row["sentence"]["en"]}


def _who(row: Mapping[str, Any]) -> dict[str, Any]:
    """Empty lists and texts as null: here nothing was left blank in a source."""
    act = row["act"] or {}
    return {
        "act": act.get("id"),
        "act_number": act.get("number"),
        "act_date": act.get("date"),
        "act_point": act.get("point"),
        "persons": [signer["person"] for signer in row["signers"]],
        "offices": [signer["office"] for signer in row["signers"]],
        "reason": row["reason"] or None,
        "acknowledges": row.get("acknowledges") or None,
    }


def diff(changes: Rows) -> bytes:
    return to_csv(DIFF, [_change(change) for change in changes])


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    cause = change["causes"][0] if change["causes"] else None
    return {
        **change,
        **({**cause, **_who(cause)} if cause else {}),
        "old": _side(change["old"]),
        "new": _side(change["new"]),
    }


def _side(side: Mapping[str, Any] | None) -> Any:
    if side is None:
        return None
    return "removed" if side["removed"] else side["value"]


def blame(rows: Rows) -> bytes:
    """Each write of a cell, the one in force first. value: "removed" where it took the value away."""
    return to_csv(BLAME, [_write(row) for row in rows])


def _write(row: Mapping[str, Any]) -> dict[str, Any]:
    said = {**row, **_who(row), "act_date": row["act_date"]}  # of the write's rank: its act's, or its own day
    return {**said, "value": "removed" if row["op"] == "unset" else row["value"]}
