"""Within /v1 nothing that a client may rest on goes or changes its meaning (docs/api.md)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.golden import HOW, OPENAPI, UPDATING, keep, load
from tests.contract.promised import broken, promise_of


def test_every_promise_of_the_document_that_is_kept_still_holds(document: Any) -> None:
    today = promise_of(document)
    if UPDATING:
        assert not OPENAPI.exists() or [*broken(load(OPENAPI), today)] == [], HOW
        keep(OPENAPI, today)
    assert [*broken(load(OPENAPI), today)] == [], HOW


def operation(name: str) -> Callable[[Any], Any]:
    return lambda document: document["operations"][name]


def shape(name: str) -> Callable[[Any], Any]:
    return lambda document: document["schemas"][name]


BUDGET = operation("GET /v1/programmes/{programme}/budget")


def without(of: Callable[[Any], Any], member: str) -> Callable[[Any], Any]:
    return lambda document: of(document).pop(member)


BREAKS: dict[str, Callable[[Any], Any]] = {
    "an address goes": lambda d: d["operations"].pop("GET /v1/acts"),
    "a method has another name": lambda d: BUDGET(d).update(id="get_budget"),
    "a parameter goes": lambda d: BUDGET(d)["parameters"].pop("query measure"),
    "a parameter is required": lambda d: BUDGET(d)["parameters"]["query year"].update(required=True),
    "a new parameter is required": lambda d: BUDGET(d)["parameters"].update(
        {"query x": {"required": True, "schema": {}}}
    ),
    "a parameter takes less": lambda d: BUDGET(d)["parameters"]["query format"]["schema"].update(
        enum=["json"]
    ),
    "a form of the answer goes": lambda d: BUDGET(d)["answers"]["200"].pop("text/csv"),
    "a member goes": lambda d: (
        shape("BudgetRow")(d)["properties"].pop("cell"),
        shape("BudgetRow")(d)["required"].remove("cell"),
    ),
    "a member may be missing": lambda d: shape("BudgetRow")(d)["required"].remove("cell"),
    "a text becomes a number": lambda d: shape("BudgetRow")(d)["properties"].update(
        measure={"type": "integer"}
    ),
    "a member may be null": lambda d: shape("BudgetRow")(d)["properties"].update(
        measure={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "a word that nobody knows": lambda d: shape("ProgrammeItem")(d)["properties"]["status"]["enum"].append(
        "x"
    ),
    "what is sent must hold more": lambda d: shape("Envelope")(d)["required"].append("context"),
}
KEEPS: dict[str, Callable[[Any], Any]] = {
    "a new address": lambda d: d["operations"].update({"GET /v1/new": BUDGET(d)}),
    "a new parameter": lambda d: BUDGET(d)["parameters"].update(
        {"query x": {"required": False, "schema": {}}}
    ),
    "a new member": lambda d: shape("BudgetRow")(d)["properties"].update(x={"type": "string"}),
    "a new form": lambda d: BUDGET(d)["answers"]["200"].update({"text/x": {"type": "string"}}),
    "a parameter takes more": lambda d: BUDGET(d)["parameters"]["query format"]["schema"]["enum"].append("x"),
    "a member is never null any more": lambda d: shape("BudgetRow")(d)["properties"].update(
        currency={"type": "string"}
    ),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_change_that_breaks_clients_is_found(case: str) -> None:
    old, new = load(OPENAPI), copy.deepcopy(load(OPENAPI))
    BREAKS[case](new)
    assert [*broken(old, new)]


@pytest.mark.parametrize("case", KEEPS)
def test_an_addition_is_none(case: str) -> None:
    old, new = load(OPENAPI), copy.deepcopy(load(OPENAPI))
    KEEPS[case](new)
    assert [*broken(old, new)] == []
