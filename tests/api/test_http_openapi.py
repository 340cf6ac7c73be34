"""The OpenAPI document: whole, with examples that are true, and errors of one shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from api.routers import ROUTERS
from api.schemas import event_schema, example_event
from api.texts.catalogue import PROBLEMS
from ledger.canonical import dumps
from ledger.kinds import KINDS
from ledger.submission import read_payload
from tests.api.door import BASE, Door
from tests.api.json_schema import faults
from tests.api.story import ACT_TWO, EVENTS
from tests.support.people import COUNCIL
from tests.support.town import LINE_CELL

ROUTES = [
    route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.include_in_schema
]


@pytest.fixture(scope="module")
def document(storied: Door) -> Any:
    return storied.json("/openapi.json")


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_says_what_it_is(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["info"]["license"] == {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    assert document["servers"]
    assert {tag["name"] for tag in document["tags"]} == {
        tag for _, operation in operations(document) for tag in operation["tags"]
    }


def test_every_operation_is_described(document: Any) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), (name, parameter["name"])


def test_every_answer_has_an_example(document: Any) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            for media_type, content in response.get("content", {}).items():
                assert content.keys() & {"example", "examples"}, (name, status, media_type)


def test_every_error_is_a_problem_document(document: Any) -> None:
    for name, operation in operations(document):
        errors = {s: r for s, r in operation["responses"].items() if s[0] in "45d"}
        assert "default" in errors, name
        for status, response in errors.items():
            assert list(response["content"]) == ["application/problem+json"], (name, status)
            for code, told in response["content"]["application/problem+json"]["examples"].items():
                example = shared(document, told)
                assert example["value"]["status"] == PROBLEMS[code].status
                assert example["value"]["type"].endswith(f":{code}")
    assert "HTTPValidationError" not in document["components"]["schemas"]


def shared(document: Any, told: Any) -> Any:
    """An example, which may stand among those that are told once."""
    return document["components"]["examples"][told["$ref"].rpartition("/")[2]] if "$ref" in told else told


def told_examples(document: Any, node: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every example of a part of the document, with its place and its schema."""
    if isinstance(node, dict):
        if isinstance(schema := node.get("schema"), dict):
            shown = [node["example"]] if "example" in node else []
            shown += [shared(document, one)["value"] for one in node.get("examples", {}).values()]
            yield from ((at, value, schema) for value in shown + schema.get("examples", []))
        for name, child in node.items():
            yield from told_examples(document, child, f"{at}/{name}")
    elif isinstance(node, list):
        for place, child in enumerate(node):
            yield from told_examples(document, child, f"{at}/{place}")


def test_every_example_is_of_its_schema(document: Any) -> None:
    schemas = document["components"]["schemas"]
    examples = [(name, one["example"], one) for name, one in schemas.items() if "example" in one]
    examples += told_examples(document, document["paths"])
    assert len(examples) > 300
    wrong = {at: found for at, value, schema in examples if (found := [*faults(value, schema, schemas)])}
    assert wrong == {}


def test_the_validator_of_examples_finds_a_member_that_lacks(document: Any) -> None:
    schemas = document["components"]["schemas"]
    row = {name: value for name, value in schemas["Acts"]["example"].items() if name != "next"}
    assert [*faults(row, schemas["Acts"], schemas)]
    assert [*faults({"payload": {}, "x": 1}, schemas["DraftRequest"], schemas)]
    assert [*faults(schemas["Acts"]["example"] | {"next": 1}, schemas["Acts"], schemas)]


def test_a_schema_is_documented_by_the_type_that_it_is_answered_with(storied: Door, document: Any) -> None:
    content = document["paths"]["/v1/schemas/{kind}"]["get"]["responses"]["200"]["content"]
    answer = storied.get("/v1/schemas/financing.changed")
    assert [answer.headers["content-type"]] == [*content] == ["application/schema+json"]


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for child in node.values():
                yield from references(child)
        elif isinstance(node, list):
            for child in node:
                yield from references(child)

    for reference in set(references(document)):
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        assert name in document["components"][kind], reference


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_the_examples_are_of_their_shapes(document: Any, route: APIRoute) -> None:
    operation = document["paths"][route.path_format][min(route.methods or ()).lower()]
    success = operation["responses"][str(route.status_code or 200)]
    content = success["content"].get("application/json")
    if content is not None and "example" in content and route.response_model is not None:
        shape_of(route).validate_python(content["example"])


def shape_of(route: APIRoute) -> TypeAdapter[Any]:
    shape: Any = route.response_model
    return TypeAdapter(shape)


ASKED = {
    "/v1": "/v1",
    "/healthz": "/healthz",
    "/readyz": "/readyz",
    "/v1/events": "/v1/events",
    "/v1/feed/acts": "/v1/feed/acts",
    "/v1/feed/cells": "/v1/feed/cells",
    "/v1/history": "/v1/history?office=council-secretary",
    "/v1/events/{event}": "/v1/events/{reported}",
    "/v1/events/{event}/receipt": "/v1/events/{changed}/receipt",
    "/v1/events/{event}/checks": "/v1/events/{changed}/checks",
    "/v1/events/{event}/writes": "/v1/events/{changed}/writes?limit=1",
    "/v1/programmes": "/v1/programmes",
    "/v1/programmes/{programme}": BASE,
    "/v1/programmes/{programme}/budget": f"{BASE}/budget",
    "/v1/programmes/{programme}/indicators": f"{BASE}/indicators",
    "/v1/programmes/{programme}/tree": f"{BASE}/tree",
    "/v1/programmes/{programme}/history": f"{BASE}/history",
    "/v1/programmes/{programme}/timeline": f"{BASE}/timeline",
    "/v1/programmes/{programme}/diff": f"{BASE}/diff?from_as_of=2024-01-01",
    "/v1/programmes/{programme}/blame": f"{BASE}/blame?path={LINE_CELL}",
    "/v1/programmes/{programme}/findings": f"{BASE}/findings",
    "/v1/programmes/{programme}/questions": f"{BASE}/questions",
    "/v1/programmes/{programme}/questions/{question}": f"{BASE}/questions/17?year=2025",
    "/v1/programmes/{programme}/obligations": f"{BASE}/obligations",
    "/v1/programmes/{programme}/evaluation": f"{BASE}/evaluation?year=2025",
    "/v1/acts": "/v1/acts",
    "/v1/acts/{record}": f"/v1/acts/{ACT_TWO}",
    "/v1/exports": "/v1/exports",
    "/opendata/datapackage.json": "/opendata/datapackage.json?profile=1",
    "/opendata/programmes/{programme}/datapackage.json": f"/opendata{BASE[3:]}/datapackage.json",
    "/opendata/835/{table}.csv-metadata.json": "/opendata/835/programs.csv-metadata.json",
    "/opendata/835/lacking.json": "/opendata/835/lacking.json",
    "/opendata/releases": "/opendata/releases",
    "/opendata/releases/{release}": "/opendata/releases/latest",
    "/opendata/catalog.jsonld": "/opendata/catalog.jsonld",
    "/opendata/ckan/package.json": "/opendata/ckan/package.json",
    "/opendata/ckan/api/3/action/package_show": "/opendata/ckan/api/3/action/package_show?id=pledger-835",
    "/opendata/ckan/api/3/action/package_search": "/opendata/ckan/api/3/action/package_search",
    "/v1/opendata/duty": "/v1/opendata/duty",
    "/v1/search": "/v1/search?q=%D0%BF%D1%80%D0%BE%D0%B3%D1%80%D0%B0%D0%BC%D0%B0",
    "/v1/bodies": "/v1/bodies",
    "/v1/bodies/{record}": f"/v1/bodies/{COUNCIL}",
    "/v1/offices": "/v1/offices",
    "/v1/persons": "/v1/persons",
    "/v1/mandates": "/v1/mandates",
    "/v1/keys": "/v1/keys",
    "/v1/inbox": "/v1/inbox?office=council-secretary",
    "/v1/schemas": "/v1/schemas",
    "/v1/schemas/{kind}": "/v1/schemas/financing.changed",
    "/v1/proofs/inclusion": "/v1/proofs/inclusion?index=3",
    "/v1/proofs/consistency": "/v1/proofs/consistency?from=3",
}


@pytest.mark.parametrize("path", sorted(ASKED))
def test_real_answers_are_of_the_shapes_that_are_documented(storied: Door, path: str) -> None:
    (route,) = [route for route in ROUTES if route.path == path and "GET" in (route.methods or ())]
    url = ASKED[path]
    for name, event in EVENTS.items():
        url = url.replace("{" + name + "}", event)
    shape_of(route).validate_json(storied.get(url).content, strict=True)


def test_receipts_and_drafts_are_of_their_shapes_too(door: Door) -> None:
    by_path = {route.path: route for route in ROUTES if "POST" in (route.methods or ())}
    envelope = door.town.envelope(
        "actual.reported",
        f"programme:{BASE.rpartition('/')[2]}",
        {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1"},
    )
    draft, receipt = (shape_of(by_path[path]) for path in ("/v1/drafts", "/v1/events"))
    for answer in (door.draft({"kind": "x"}), door.drafts([{"kind": "x"}, {}])):
        draft.validate_json(answer.content)
    receipt.validate_json(door.post(envelope).content)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_schema_with_an_example_that_can_be_read(storied: Door, kind: str) -> None:
    schema = storied.json(f"/v1/schemas/{kind}")
    assert schema["properties"]["kind"] == {"const": kind, "title": "Kind"}
    assert set(example_event(KINDS[kind])) <= set(schema["properties"])
    assert set(schema["required"]) <= set(schema["properties"])
    assert ("act" in schema["properties"]) == (KINDS[kind].act != "none")
    assert event_schema(kind) is event_schema(kind)
    if kind not in ("key.enrolled", "ledger.opened"):  # whose example holds no real key
        assert read_payload(dumps(schema["examples"][0])).kind == kind
    etag = storied.get(f"/v1/schemas/{kind}").headers["etag"]
    assert storied.get(f"/v1/schemas/{kind}", if_none_match=etag).status_code == 304
