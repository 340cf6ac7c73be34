"""What the OpenAPI document gets besides what FastAPI derives: examples, headers, what is submitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.models.shape import HASH
from api.problems import MEDIA_TYPE as PROBLEM_TYPE
from ledger.envelope import BATCH_COUNT_MAX

REF = "#/components/schemas/"
_B64URL = {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}
_ENVELOPE: dict[str, Any] = {
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
            "items": {"$ref": REF + "EnvelopeSignature"},
        },
    },
}
_SIGNATURE: dict[str, Any] = {
    "type": "object",
    "title": "EnvelopeSignature",
    "description": "One signature of an envelope: its protected header and the signature, base64url.",
    "required": ["protected", "signature"],
    "additionalProperties": False,
    "properties": {"protected": _B64URL, "signature": _B64URL},
}
_BATCH: dict[str, Any] = {
    "type": "object",
    "title": "Batch",
    "description": "Taken all or nothing, in order.",
    "required": ["envelopes"],
    "additionalProperties": False,
    "properties": {
        "envelopes": {
            "type": "array",
            "minItems": 1,
            "maxItems": BATCH_COUNT_MAX,
            "items": {"$ref": REF + "Envelope"},
        }
    },
}
_PAYLOAD = {"type": "object", "description": "An event as /v1/schemas describes it, as far as it is known."}
_DRAFT: dict[str, Any] = {
    "type": "object",
    "title": "DraftRequest",
    "description": "An event to be judged.",
    "required": ["payload"],
    "additionalProperties": False,
    "properties": {"payload": _PAYLOAD},
}
_DRAFTS: dict[str, Any] = {
    "type": "object",
    "title": "DraftsRequest",
    "description": "Events to be judged in order, each after the ones before it.",
    "required": ["payloads"],
    "additionalProperties": False,
    "properties": {
        "payloads": {"type": "array", "items": _PAYLOAD, "minItems": 1, "maxItems": BATCH_COUNT_MAX}
    },
}
# Read by strict parsers of their own, so that no model describes them.
SUBMITTED = {
    "Envelope": _ENVELOPE,
    "EnvelopeSignature": _SIGNATURE,
    "Batch": _BATCH,
    "DraftRequest": _DRAFT,
    "DraftsRequest": _DRAFTS,
}
HEADERS = {
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
LOCATION = {
    "Location": {
        "description": "Where to go instead.",
        "schema": {"type": "string"},
        "example": f"/opendata/files/{HASH}.csv",
    }
}
# What pydantic leaves beside a union, and JSON Schema's name for it.
_BOUNDS = (("ge", "minimum"), ("le", "maximum"))
_UNSAID = "Successful Response"


def open_shapes(schemas: dict[str, Any]) -> None:
    """Answers may get further members (docs/api.md): only our own tests demand that there are none."""
    for name, schema in schemas.items():
        if name not in SUBMITTED and schema.get("additionalProperties") is False:
            del schema["additionalProperties"]


def shape_examples(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """The example of every shape that has one of its own."""
    extra = model.__dict__.get("model_config", {}).get("json_schema_extra")
    if isinstance(extra, dict) and "example" in extra:
        yield model.__name__, extra["example"]
    for shape in model.__subclasses__():
        yield from shape_examples(shape)


def restore(operation: dict[str, Any], route: APIRoute) -> None:
    """The examples that the route gives itself, whose nulls FastAPI drops."""
    given = {str(status): response for status, response in route.responses.items()}
    for status, response in operation["responses"].items():
        _restore_examples(response, given.get(status, {}))
    body = (route.openapi_extra or {}).get("requestBody", {})
    _restore_examples(operation.get("requestBody", {}), body)


def _restore_examples(shown: dict[str, Any], given: dict[str, Any]) -> None:
    for media_type, content in given.get("content", {}).items():
        own = {name: content[name] for name in ("example", "examples") if name in content}
        shown["content"][media_type] |= own


def finish(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Each shape's example beside it, parameters as they can be asked, the headers that all answers have."""
    for parameter in operation.get("parameters", ()):
        _finish_parameter(parameter)
    for status, response in operation["responses"].items():
        if status[0] == "3":
            response.pop("content", None)  # FastAPI takes the route's usual type
            response["headers"] = LOCATION
        for content in response.get("content", {}).values():
            example = _example(content.get("schema", {}), schemas)
            if example is not None and not content.keys() & {"example", "examples"}:
                content["example"] = example
        if response["description"] == _UNSAID:
            response["description"] = operation["summary"]
        if status[0] in "23":
            response["headers"] = {**response.get("headers", {}), **HEADERS}


def _finish_parameter(parameter: dict[str, Any]) -> None:
    """No question holds a null: what may be left out is not required, and that is all."""
    schema = parameter["schema"]
    options = [one for one in schema.pop("anyOf", ()) if one != {"type": "null"}]
    if len(options) == 1:
        schema |= options[0]
    elif options:
        schema["anyOf"] = options
    for one in (schema, *options):
        one |= {name: one.pop(own) for own, name in _BOUNDS if own in one}
    shown = [*schema.get("examples", ()), *schema.get("enum", ())]
    if "default" in schema and schema["default"] != "":
        shown.append(schema["default"])
    if "example" not in parameter and "examples" not in parameter and shown:
        parameter["example"] = shown[0]


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    options = [schema, *schema.get("anyOf", ())]
    names = [option["$ref"].removeprefix(REF) for option in options if "$ref" in option]
    return schemas[names[0]].get("example") if names else None


def share_problems(document: dict[str, Any]) -> None:
    """The example of each problem once: the same stands beside a hundred answers."""
    shared = document["components"].setdefault("examples", {})
    for item in document["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                told = response.get("content", {}).get(PROBLEM_TYPE, {})
                if "examples" in told:
                    told["examples"] = _shared(told["examples"], shared)


def _shared(examples: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """The routes' own dictionaries stay as they are: another application describes them too."""
    return {
        code: {"$ref": f"#/components/examples/{code}"}
        if shared.setdefault(code, example) == example
        else example
        for code, example in examples.items()
    }
