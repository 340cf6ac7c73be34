"""What the OpenAPI document says of errors: every code, by status, in the one shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.models.imports import IMPORT_EXAMPLE
from api.models.shape import ACKNOWLEDGE_EXAMPLE
from api.problems import MEDIA_TYPE, Problem
from api.texts.catalogue import PROBLEMS

Responses = dict[int | str, dict[str, Any]]

QUESTION = ("bad-parameter", "unknown-parameter", "repeated-parameter")
DATED = (*QUESTION, "position-ahead", "no-ledger-yet", "behind")
# What every route may answer: it was not let in, or not finished, or what it asks is damaged.
ANYWHERE = ("too-many-requests", "overloaded", "shutting-down", "store-unreadable")
_EXAMPLE_ID = "6f1c2a9e0b7d4c3f8e5a1b2c"
_REF = "#/components/schemas/"
_OWN_SHAPES = {"needs-acknowledgement": "AcknowledgeDocument", "import-file-invalid": "FileProblemDocument"}


def problems(*codes: str) -> Responses:
    """The error responses of a route, from the codes that it may answer."""
    by_status: dict[int, list[str]] = {}
    for code in (*codes, *ANYWHERE):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    found: Responses = {status: _response(by_status[status]) for status in sorted(by_status)}
    found["default"] = _response(["internal"])
    return found


def _response(codes: Sequence[str]) -> dict[str, Any]:
    said = [f"`{code}`: {PROBLEMS[code].title['en']}" for code in codes]
    examples = {
        code: {
            "summary": PROBLEMS[code].title["en"],
            "value": _example(code),
        }
        for code in codes
    }
    return {
        "description": "; ".join(said),
        "content": {MEDIA_TYPE: {"schema": _schema(codes), "examples": examples}},
    }


def _schema(codes: Sequence[str]) -> dict[str, Any]:
    """What has members of its own is told first: it is a problem document as well."""
    own = [_OWN_SHAPES[code] for code in codes if code in _OWN_SHAPES]
    names = own if len(own) == len(codes) else [*own, "ProblemDocument"]
    options = [{"$ref": _REF + name} for name in names]
    return options[0] if len(options) == 1 else {"anyOf": options}


def _example(code: str) -> dict[str, Any]:
    if code == "needs-acknowledgement":
        return ACKNOWLEDGE_EXAMPLE
    if code == "import-file-invalid":
        return IMPORT_EXAMPLE
    return Problem(code).document(language="uk", request_id=_EXAMPLE_ID)


def door_codes() -> tuple[str, ...]:
    """Every code with which the door may turn a submission down."""
    doors_own = {
        code for code, text in PROBLEMS.items() if text.status in (400, 403, 409, 413, 422)
    } - _NOT_OF_THE_DOOR
    return tuple(sorted(doors_own))


_NOT_OF_THE_DOOR = {
    "bad-parameter", "missing-parameter", "draft-malformed", "no-key", "several-keys", "file-restricted",
    "file-size", "file-hash", "wrong-passphrase", "passphrase-empty", "needs-acknowledgement",
    "print-too-large", "import-file-invalid", "import-too-many-events",
}  # fmt: skip
