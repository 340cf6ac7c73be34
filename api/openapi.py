"""The OpenAPI document: what FastAPI derives, with every example and every error in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.models.shape import AcknowledgeDocument, ProblemDocument, Shape
from api.version import VERSION

TITLE = "Pledger"
SUMMARY = "A public programme's promises, kept on the record."
DESCRIPTION = """\
Every amendment, financing change and reported actual of a public programme is an event, signed by the
official who answers for it and logged in a Merkle tree. Reading is open; the signature is the only
credential for writing. Every answer about a state names the effective date (`as_of`) and the position
(`known`) that it holds for; `known=<position>` freezes a link for ever.

Errors are problem documents (RFC 9457) of one shape, in Ukrainian and English.

Кожна зміна програми є подією, підписаною посадовою особою. Читання відкрите. Кожна відповідь про стан
називає дату (`as_of`) і позицію (`known`), на які вона чинна.
"""
TAGS = [
    {"name": "service", "description": "Which ledger this is, and whether it is well."},
    {"name": "events", "description": "Submitting and reading signed events."},
    {"name": "programmes", "description": "What a programme adds up to, on any date, as known at any time."},
    {"name": "registry", "description": "Acts, bodies, registrars, offices, persons, mandates and keys."},
    {"name": "inbox", "description": "What waits for an office or a person."},
    {"name": "consent", "description": "Proposals, what policies ask for, and observations."},
    {"name": "questions", "description": "The auditor's twenty questions, each with its evidence."},
    {"name": "findings", "description": "What needs attention, and what became of it. People judge."},
    {"name": "schemas", "description": "What may be said: the kinds of event."},
    {"name": "proofs", "description": "RFC 6962 proofs and checkpoints."},
    {"name": "bundles", "description": "Answers with all that is needed to check them offline."},
    {"name": "print", "description": "Documents to print: PDF, XLSX, and the data they are made of."},
    {"name": "files", "description": "The bytes of documents that events name."},
]
_B64URL = {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}
ENVELOPE: dict[str, Any] = {
    "type": "object",
    "title": "Envelope",
    "description": "JWS, general JSON serialization (RFC 7515 §7.2.1), without unprotected headers. payload: "
    "the canonical bytes of an event; typ of each protected header: pledger-event+jws.",
    "required": ["payload", "signatures"],
    "additionalProperties": False,
    "properties": {
        "payload": _B64URL,
        "signatures": {
            "type": "array",
            "minItems": 1,
            "maxItems": 16,
            "items": {
                "type": "object",
                "required": ["protected", "signature"],
                "additionalProperties": False,
                "properties": {"protected": _B64URL, "signature": _B64URL},
            },
        },
    },
}
BATCH: dict[str, Any] = {
    "type": "object",
    "title": "Batch",
    "description": "Taken all or nothing, in order.",
    "required": ["envelopes"],
    "additionalProperties": False,
    "properties": {
        "envelopes": {
            "type": "array",
            "minItems": 1,
            "maxItems": 256,
            "items": {"$ref": "#/components/schemas/Envelope"},
        }
    },
}
_REF = "#/components/schemas/"
# What pydantic leaves beside a union, and JSON Schema's name for it.
_BOUNDS = (("ge", "minimum"), ("le", "maximum"))


def add_openapi(app: FastAPI) -> None:
    """Let the application give our document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way of extending it


def build(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=TITLE,
        version=VERSION,
        summary=SUMMARY,
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/", "description": "This server"}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas = document["components"]["schemas"]
    schemas |= {"Envelope": ENVELOPE, "Batch": BATCH}
    for model in (ProblemDocument, AcknowledgeDocument):
        own = model.model_json_schema(ref_template=_REF + "{model}")
        schemas |= own.pop("$defs", {})
        schemas[model.__name__] = own
    for name, example in _examples(Shape):  # FastAPI drops the nulls inside examples
        if name in schemas:
            schemas[name]["example"] = example
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                _restore(document["paths"][route.path_format][method.lower()], route)
    for item in document["paths"].values():
        for operation in item.values():
            _finish(operation, schemas)
    return document


def _restore(operation: dict[str, Any], route: APIRoute) -> None:
    """The examples that the route gives itself, whose nulls were dropped too."""
    given = {str(status): response for status, response in route.responses.items()}
    for status, response in operation["responses"].items():
        _restore_examples(response, given.get(status, {}))
    body = (route.openapi_extra or {}).get("requestBody", {})
    _restore_examples(operation.get("requestBody", {}), body)


def _restore_examples(shown: dict[str, Any], given: dict[str, Any]) -> None:
    for media_type, content in given.get("content", {}).items():
        own = {name: content[name] for name in ("example", "examples") if name in content}
        shown["content"][media_type] |= own


def _examples(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """The example of every shape that has one of its own."""
    extra = model.__dict__.get("model_config", {}).get("json_schema_extra")
    if isinstance(extra, dict) and "example" in extra:
        yield model.__name__, extra["example"]
    for shape in model.__subclasses__():
        yield from _examples(shape)


def _finish(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Each shape's example beside it, bounds by their names, and the headers that all answers have."""
    for parameter in operation.get("parameters", ()):
        for schema in (parameter["schema"], *parameter["schema"].get("anyOf", ())):
            schema |= {name: schema.pop(own) for own, name in _BOUNDS if own in schema}
    for status, response in operation["responses"].items():
        for content in response.get("content", {}).values():
            example = _example(content.get("schema", {}), schemas)
            if example is not None and not content.keys() & {"example", "examples"}:
                content["example"] = example
        if status[0] in "23":
            response["headers"] = _HEADERS


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    options = [schema, *schema.get("anyOf", ())]
    names = [option["$ref"].removeprefix(_REF) for option in options if "$ref" in option]
    return schemas[names[0]].get("example") if names else None


_HEADERS = {
    "Pledger-Position": {
        "description": "How many entries the answer takes into account.",
        "schema": {"type": "integer"},
        "example": 57,
    },
    "Pledger-Witnessed": {
        "description": "How many entries enough witnesses vouch for; only where the server asks any.",
        "schema": {"type": "integer"},
        "example": 55,
    },
}
