"""The CSV twins of the registry's lists, of policies and observations, and of search.

A null or a list without members is an empty field, a blank of the record the word "blank".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from api.csv_table import to_csv
from api.tables import Rows

_SOURCE: Final = ("event", "index", "doubt")
FOUND: Final = (
    "what", "id", "programme", "title_uk", "title_en", "snippet_uk", "snippet_en", "event", "index",
    "recorded_at", "example", "exact", "doubt",
)  # fmt: skip
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "act": (
        "id", "body", "kind", "number", "project_number", "date", "title", "points", "in_force", "order",
        "session", "convocation", "printed_status", "printed_status_date", "legal_bases", "external_ids",
        "votes", "counts", "statuses", "example", *_SOURCE,
    ),
    "body": (
        "id", "name", "parent", "edrpou", "registrars", "k", "successor", "succeeded_from", "predecessors",
        *_SOURCE,
    ),
    "registrars": ("id", "stream", "k", "registrars", *_SOURCE),
    "office": ("id", "name", "body", "kinds", *_SOURCE),
    "person": ("id", "name", *_SOURCE),
    "mandate": (
        "id", "body", "person", "office", "start", "end", "order", "acting", "ended_by", "ended_recorded_at",
        "late", "void", *_SOURCE,
    ),
    "key": (
        "id", "kid", "person", "body", "office", "status", "replaced_by", "revoked_by", "revoked_index",
        "revoked_cause", "suspect_from", "certificate", *_SOURCE,
    ),
    "policy": ("id", "stream", "policy", "title", "start", "act", "recorded_at", "example", *_SOURCE),
    "observation": (
        "id", "programme", "text", "to", "due", "cell", "about_event", "finding", "as_of", "persons",
        "offices", "answers", "open", "voided", "recorded_at", "example", *_SOURCE,
    ),
}  # fmt: skip


def table(space: str, rows: Rows) -> bytes:
    """space: of the records, as the projections name it."""
    return to_csv(COLUMNS[space], [flat_row(space, row) for row in rows])


def flat_row(space: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """One record by the columns of its table."""
    return _without_empty_lists(_FLAT.get(space, dict)(row))


def _without_empty_lists(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value == [] else value for name, value in row.items()}


def _act(row: Mapping[str, Any]) -> dict[str, Any]:
    printed = row.get("status") or {}
    return {
        **row,
        "printed_status": printed.get("text"),
        "printed_status_date": printed.get("date"),
        "external_ids": [f"{one['system']}: {one['id']}" for one in row.get("external_ids", ())],
        "votes": [f"{one['name']}: {one['vote']}" for one in row.get("votes", ())],
        "counts": [f"{one['from']}/{one['to'] or ''}" for one in row["counts"]],
        "statuses": [f"{one['status']} {one['date']}" for one in row["statuses"]],
    }


def _registrars(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "registrars": [f"{one['person']}: {one['kid']}" for one in row["registrars"]]}


def _body(row: Mapping[str, Any]) -> dict[str, Any]:
    successor = row["successor"] or {}
    return {
        **_registrars(row),
        "successor": successor.get("body"),
        "succeeded_from": successor.get("start"),
    }


def _key(row: Mapping[str, Any]) -> dict[str, Any]:
    revoked = row["revoked"] or {}
    return {
        **row,
        "revoked_by": revoked.get("event"),
        "revoked_index": revoked.get("index"),
        "revoked_cause": revoked.get("cause"),
        "suspect_from": revoked.get("suspect_from"),
    }


def _policy(row: Mapping[str, Any]) -> dict[str, Any]:
    act = row.get("act")
    return {**row, "act": act.get("id") if isinstance(act, Mapping) else act}


def _observation(row: Mapping[str, Any]) -> dict[str, Any]:
    about = row["about"]
    return {
        **row,
        "cell": about.get("cell"),
        "about_event": about.get("event"),
        "finding": about.get("finding"),
        "as_of": about.get("as_of"),
        "persons": [one["person"] for one in row["signers"]],
        "offices": [one["office"] for one in row["signers"]],
        "answers": [f"{one['outcome']}: {one['text']}" for one in row["answers"]],
    }


_FLAT: Final[dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "act": _act,
    "body": _body,
    "registrars": _registrars,
    "key": _key,
    "policy": _policy,
    "observation": _observation,
}


def found_rows(rows: Rows) -> list[dict[str, Any]]:
    """Of search."""
    return [
        {
            **row,
            **{
                f"{name}_{language}": (row[name] or {}).get(language)
                for name in ("title", "snippet")
                for language in ("uk", "en")
            },
        }
        for row in rows
    ]
