"""The part of an OpenAPI document that is promised: addresses, names, parameters and shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.contract.narrowing import Narrowing

_NOTES = {"title", "description", "example", "examples", "discriminator"}
# Which codes a route may answer can grow; every one of them comes in this shape.
_PROBLEM = {"application/problem+json": {"$ref": "#/components/schemas/ProblemDocument"}}
_METHODS = ("get", "put", "post", "delete", "patch")


def promise_of(document: Any) -> dict[str, Any]:
    """What clients rest on; words about it may change."""
    return {
        "operations": {
            f"{method.upper()} {path}": _operation(item[method])
            for path, item in document["paths"].items()
            for method in _METHODS
            if method in item
        },
        "schemas": {name: _plain(schema) for name, schema in document["components"]["schemas"].items()},
    }


def _operation(told: Any) -> dict[str, Any]:
    body = told.get("requestBody", {}).get("content", {})
    return {
        "id": told["operationId"],
        "parameters": {
            f"{one['in']} {one['name']}": {"required": one["required"], "schema": _plain(one["schema"])}
            for one in told.get("parameters", ())
        },
        "body": {media_type: _plain(content["schema"]) for media_type, content in body.items()},
        "answers": {
            status: shapes
            for status, answer in told["responses"].items()
            if (shapes := _shapes(answer)) != _PROBLEM
        },
    }


def _shapes(answer: Any) -> dict[str, Any]:
    return {media_type: _plain(one["schema"]) for media_type, one in answer.get("content", {}).items()}


def _plain(schema: Any) -> Any:
    """The schema without words about it. A member may be called `title`, and keeps its name."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: {name: _plain(one) for name, one in told.items()} if word == "properties" else _plain(told)
        for word, told in schema.items()
        if word not in _NOTES
    }


def broken(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Each promise of the old document that the new one does not keep."""
    asked = Narrowing(old["schemas"], new["schemas"])  # what is sent: nothing that was taken is refused
    answered = Narrowing(new["schemas"], old["schemas"])  # what is answered: nothing that nobody expected
    for name in ("ProblemDocument", "AcknowledgeDocument"):
        yield from answered.of(new["schemas"][name], old["schemas"][name], name)
    for name, was in old["operations"].items():
        if name not in new["operations"]:
            yield f"{name}: is gone"
        else:
            yield from (
                f"{name}: {way}" for way in _of_operation(was, new["operations"][name], asked, answered)
            )


def _of_operation(was: Any, now: Any, asked: Narrowing, answered: Narrowing) -> Iterator[str]:
    if was["id"] != now["id"]:
        yield f"its name was {was['id']}"
    yield from _of_parameters(was["parameters"], now["parameters"], asked)
    for media_type, schema in was["body"].items():
        if media_type not in now["body"]:
            yield f"no longer takes {media_type}"
        else:
            yield from asked.of(schema, now["body"][media_type], "body ")
    for status, shapes in was["answers"].items():
        for media_type, schema in shapes.items():
            today = now["answers"].get(status, {}).get(media_type)
            if today is None:
                yield f"no longer answers {status} {media_type}"
            else:
                yield from answered.of(today, schema, f"{status} ")


def _of_parameters(was: Any, now: Any, asked: Narrowing) -> Iterator[str]:
    for name, old in was.items():
        if name not in now:
            yield f"{name} is gone"
        else:
            yield from asked.of(old["schema"], now[name]["schema"], name)
    for name, new in now.items():
        if new["required"] and not was.get(name, {}).get("required"):
            yield f"{name} is required now"
