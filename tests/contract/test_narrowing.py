"""The comparison of schemas, which the promises rest on, finds what it has to and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.narrowing import Narrowing


def narrowed(old: Any, new: Any) -> list[str]:
    named = {"A": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"]}}
    return [*Narrowing(named, named).of(old, new)]


def members(*required: str, closed: bool = False, **properties: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "object", "properties": properties, "required": list(required)}
    return told | ({"additionalProperties": False} if closed else {})


STRING, INTEGER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "null"}

ALLOWED = {
    "the same": (members("a", a=STRING), members("a", a=STRING)),
    "a member that may be there": (members(a=STRING, closed=True), members(a=STRING, b=STRING, closed=True)),
    "a member need not be there any more": (members("a", a=STRING), members(a=STRING)),
    "one more type": (STRING, {"anyOf": [STRING, NULL]}),
    "one more of a union": ({"anyOf": [STRING, NULL]}, {"anyOf": [INTEGER, STRING, NULL]}),
    "a union said with a list": ({"anyOf": [STRING, NULL]}, {"type": ["string", "null"]}),
    "one more word": ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    "a word becomes any text": ({"const": "a", "type": "string"}, STRING),
    "a pattern goes": ({"type": "string", "pattern": "a"}, STRING),
    "a bound widens": ({"type": "integer", "maximum": 5}, {"type": "integer", "maximum": 6}),
    "a whole number is a number": (INTEGER, {"type": "number"}),
    "it may hold itself": ({"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}),
    "other words about it": (STRING | {"title": "x"}, STRING | {"title": "y", "description": "z"}),
    "the closed opens": (members(a=STRING, closed=True), members(a=STRING)),
}
REFUSED = {
    "a new member is required": (members(a=STRING), members("a", a=STRING)),
    "a member goes": (members(a=STRING, closed=True), members(closed=True)),
    "a member has another name": (members("a", a=STRING, closed=True), members("b", b=STRING, closed=True)),
    "another type": (members(a=STRING), members(a=INTEGER)),
    "one type less": ({"anyOf": [STRING, NULL]}, STRING),
    "anything becomes a text": ({}, STRING),
    "one word less": ({"enum": ["a", "b"]}, {"enum": ["a"]}),
    "any text becomes a word": (STRING, {"const": "a"}),
    "another pattern": ({"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}),
    "a new pattern": (STRING, {"type": "string", "pattern": "b"}),
    "a bound narrows": ({"type": "integer", "maximum": 5}, {"type": "integer", "maximum": 4}),
    "a new bound": (STRING, {"type": "string", "minLength": 1}),
    "the open closes": (members(a=STRING), members(a=STRING, closed=True)),
    "items are something else": (
        {"type": "array", "items": members(a=STRING)},
        {"type": "array", "items": members("a", a=STRING)},
    ),
    "deep inside": (members(a=members(b=members(c=STRING))), members(a=members(b=members(c=INTEGER)))),
    "what stands behind a name": ({"$ref": "#/$defs/A"}, members("a", "b", a={"$ref": "#/$defs/A"})),
    "values of a map": (
        {"type": "object", "additionalProperties": STRING},
        {"type": "object", "additionalProperties": INTEGER},
    ),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_still_takes_all_that_was_taken_passes(case: str) -> None:
    assert narrowed(*ALLOWED[case]) == []


@pytest.mark.parametrize("case", REFUSED)
def test_what_refuses_something_that_was_taken_is_found(case: str) -> None:
    assert narrowed(*REFUSED[case]) != []


def test_a_keyword_that_cannot_be_compared_is_not_overlooked() -> None:
    with pytest.raises(AssertionError, match="contains"):
        narrowed({"contains": STRING}, STRING)
