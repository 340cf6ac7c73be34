"""As much of JSON Schema (2020-12) as the OpenAPI document uses; any other keyword fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

_NOTES = {"title", "description", "example", "examples", "default", "format", "discriminator"}
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_REF = "#/components/schemas/"


def faults(value: Any, schema: Any, schemas: dict[str, Any], at: str = "") -> Iterator[str]:
    """What a value lacks to be of a schema. schemas: what $ref leads to."""
    if isinstance(schema, bool):
        if not schema:
            yield f"{at}: nothing may stand here"
        return
    for keyword, told in schema.items():
        if keyword in _NOTES or keyword in ("properties", "additionalProperties"):
            continue
        yield from _faults(keyword, told, value, schemas, at)
    if isinstance(value, dict):
        yield from _of_members(value, schema, schemas, at)


def _of_members(value: Any, schema: Any, schemas: dict[str, Any], at: str) -> Iterator[str]:
    own = schema.get("properties", {})
    for name, child in value.items():
        told = own.get(name, schema.get("additionalProperties", True))
        yield from faults(child, told, schemas, f"{at}/{name}")


def _faults(keyword: str, told: Any, value: Any, schemas: dict[str, Any], at: str) -> Iterator[str]:
    if keyword == "$ref":
        yield from faults(value, schemas[told.removeprefix(_REF)], schemas, at)
    elif keyword in ("anyOf", "oneOf", "allOf"):
        fitting = sum(not any(faults(value, one, schemas, at)) for one in told)
        if not {"anyOf": fitting >= 1, "oneOf": fitting == 1, "allOf": fitting == len(told)}[keyword]:
            yield f"{at}: {fitting} of {keyword}"
    elif keyword in ("items", "prefixItems"):
        yield from _of_items(keyword, told, value, schemas, at)
    elif not _holds(keyword, told, value):
        yield f"{at}: {keyword} {told} does not hold for {value!r}"


def _of_items(keyword: str, told: Any, value: Any, schemas: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, list):
        each = told if keyword == "prefixItems" else [told] * len(value)
        for place, (child, schema) in enumerate(zip(value, each, strict=False)):
            yield from faults(child, schema, schemas, f"{at}/{place}")


def _holds(keyword: str, told: Any, value: Any) -> bool:
    """One keyword that looks at the value only; it holds for other types than its own."""
    if keyword not in _CHECKS:
        raise AssertionError(f"the validator of the tests does not know {keyword}")
    name, holds = _CHECKS[keyword]
    return bool((name is not None and not _is(value, name)) or holds(value, told))


def _is_of(value: Any, told: Any) -> bool:
    return any(_is(value, one) for one in ([told] if isinstance(told, str) else told))


# keyword → the type that it is about (None: any), and whether it holds for a value of that type
_CHECKS: dict[str, tuple[str | None, Callable[[Any, Any], Any]]] = {
    "type": (None, _is_of),
    "const": (None, lambda value, told: value == told),
    "enum": (None, lambda value, told: value in told),
    "pattern": ("string", lambda value, told: re.search(told, value) is not None),
    "required": ("object", lambda value, told: set(told) <= set(value)),
    "minimum": ("number", lambda value, told: value >= told),
    "maximum": ("number", lambda value, told: value <= told),
    "exclusiveMaximum": ("number", lambda value, told: value < told),
    "minLength": ("string", lambda value, told: len(value) >= told),
    "maxLength": ("string", lambda value, told: len(value) <= told),
    "minItems": ("array", lambda value, told: len(value) >= told),
    "maxItems": ("array", lambda value, told: len(value) <= told),
}


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
