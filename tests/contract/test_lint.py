"""The OpenAPI document is clean: what linters ask for, and what a reader and a generator of clients need."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

PROBLEM = "application/problem+json"
SUCCESS = re.compile(r"2..")
REF = "#/components/schemas/"
NAME = re.compile(r"[a-z]+(_[a-z0-9]+)*")
SHAPE = re.compile(r"[A-Z][A-Za-z0-9]*")


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_a_document_that_is_not_valid_would_be_found() -> None:
    wrong = {"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}}
    assert [*OpenAPIV31SpecValidator(wrong).iter_errors()]


def test_it_says_who_what_where_and_under_which_licence(document: Any) -> None:
    assert document["info"].keys() >= {"title", "summary", "description", "version", "contact", "license"}
    assert document["servers"] == [{"url": "/", "description": "This server"}]
    assert document["security"] == []


def test_every_tag_is_described_and_used(document: Any) -> None:
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    used = [operation["tags"] for _, operation in operations(document)]
    assert all(described.values())
    assert all(len(tags) == 1 for tags in used)
    assert {tags[0] for tags in used} == described.keys()


def test_names_of_operations_are_names_of_methods(document: Any) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not NAME.fullmatch(name) or keyword.iskeyword(name)] == []
    assert [name for name in names if re.search(r"_(v1|get|post|put)(_|$)", name)] == []


def test_every_operation_says_what_it_does(document: Any) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert not operation["summary"].endswith("."), name


def test_every_parameter_is_described_and_shown(document: Any) -> None:
    lacking = [
        (name, one["name"])
        for name, operation in operations(document)
        for one in operation.get("parameters", ())
        if not one.get("description") or not one.keys() & {"example", "examples"}
    ]
    assert lacking == []


def test_no_parameter_may_be_null(document: Any) -> None:
    nullable = [
        (name, one["name"])
        for name, operation in operations(document)
        for one in operation.get("parameters", ())
        if {"type": "null"} in one["schema"].get("anyOf", ())
    ]
    assert nullable == []


def test_every_answer_and_every_body_is_described_typed_and_shown(document: Any) -> None:
    lacking = []
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            told = answer.get("content") or "Location" in answer.get("headers", {})
            if answer["description"] in ("", "Successful Response") or not told:
                lacking.append((name, status))
            for media_type, content in answer.get("content", {}).items():
                if not content.get("schema") or not content.keys() & {"example", "examples"}:
                    lacking.append((name, f"{status} {media_type}"))
        body = operation.get("requestBody", {"content": {}})
        lacking += [(name, media) for media, one in body["content"].items() if not one.get("schema")]
    assert lacking == []


def test_every_operation_tells_its_errors_with_examples(document: Any) -> None:
    for name, operation in operations(document):
        errors = {s: r for s, r in operation["responses"].items() if not SUCCESS.fullmatch(s) and s[0] != "3"}
        assert "default" in errors, name
        for status, answer in errors.items():
            (media_type,) = answer["content"]
            assert media_type == PROBLEM, (name, status)
            assert answer["content"][PROBLEM]["examples"], (name, status)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if str(node.get("$ref", "")).startswith(REF):
            yield node["$ref"].removeprefix(REF)
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def test_every_shape_is_used_and_every_reference_leads_to_one(document: Any) -> None:
    schemas, used = document["components"]["schemas"], set[str]()
    waiting = set(references(document["paths"]))
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= set(references(schemas[name])) - used
    assert used == schemas.keys()


def test_shapes_have_names_that_can_be_names_of_classes(document: Any) -> None:
    """Two shapes of one name would be called by their modules, and generators give both up."""
    wrong = [name for name in document["components"]["schemas"] if not SHAPE.fullmatch(name)]
    assert wrong == []


def test_objects_have_names(document: Any) -> None:
    """A shape inside a shape, or in an answer, is a shape of its own: a generated client can name it."""
    nameless = []
    for name, schema in document["components"]["schemas"].items():
        nameless += [(name, at) for at in _inner_objects(schema.get("properties", {}), "")]
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            told = {media: one["schema"] for media, one in answer.get("content", {}).items()}
            nameless += [(f"{name} {status}", at) for at in _inner_objects(told, "")]
    assert nameless == []


def _inner_objects(schemas: dict[str, Any], at: str) -> Iterator[str]:
    """Where an object with named members is told in place."""
    for name, schema in schemas.items():
        if "properties" in schema:
            yield f"{at}/{name}"
        inner = {
            str(place): one for place, one in enumerate([*schema.get("anyOf", ()), *schema.get("oneOf", ())])
        }
        inner |= {
            word: schema[word]
            for word in ("items", "additionalProperties")
            if isinstance(schema.get(word), dict)
        }
        yield from _inner_objects(inner, f"{at}/{name}")


def test_answers_may_get_further_members(document: Any) -> None:
    """A schema that forbids them would make each addition a breach of it."""
    closed = {
        n for n, s in document["components"]["schemas"].items() if s.get("additionalProperties") is False
    }
    assert closed == {"Envelope", "EnvelopeSignature", "Batch", "DraftRequest", "DraftsRequest"}


@pytest.mark.parametrize("name", ["Envelope", "Batch"])
def test_what_is_signed_and_sent_takes_nothing_else(document: Any, name: str) -> None:
    assert document["components"]["schemas"][name]["additionalProperties"] is False
