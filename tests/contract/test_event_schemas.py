"""Schemas of events: a version of a kind never refuses what it let in before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.schemas import event_schema, example_event
from ledger.canonical import dumps
from ledger.kinds import KINDS
from ledger.submission import read_payload
from tests.contract.golden import HOW, SCHEMAS, UPDATING, keep, kept, load
from tests.contract.narrowing import Narrowing

KEYLESS = ("key.enrolled", "ledger.opened")  # their examples hold no real key


def file_of(kind: str) -> Path:
    return SCHEMAS / f"{kind}.{KINDS[kind].schema}.json"


def ways(old: Any, new: Any) -> list[str]:
    """In which the schema refuses an event that the older one of the same version let in."""
    return [*Narrowing(old.get("$defs", {}), new.get("$defs", {})).of(old, new)]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_version_of_a_kind_still_lets_in_all_that_it_did(kind: str) -> None:
    schema = event_schema(kind)
    if UPDATING:
        found = ways(load(file_of(kind)), schema) if file_of(kind).exists() else []
        assert found == [], f"raise the schema version of {kind} first"
        keep(file_of(kind), schema)
    assert file_of(kind).exists(), f"no schema is kept of this version: {HOW}"
    assert ways(load(file_of(kind)), schema) == [], f"raise the schema version of {kind}: {HOW}"


def test_no_kind_of_which_a_schema_is_kept_has_gone() -> None:
    assert {path.name.rpartition(".")[0].rpartition(".")[0] for path in kept(SCHEMAS)} == {*KINDS}


@pytest.mark.parametrize("path", kept(SCHEMAS), ids=lambda path: path.stem)
def test_the_name_of_a_schema_holds_its_kind_and_version_and_stays(path: Path) -> None:
    kind, _, version = path.stem.rpartition(".")
    schema = load(path)
    assert schema["$id"] == f"urn:pledger:schema:{kind}:{version}"
    assert schema["properties"]["kind"]["const"] == kind
    assert schema["properties"]["schema"]["const"] == int(version)
    assert event_schema(kind)["$id"] == f"urn:pledger:schema:{kind}:{KINDS[kind].schema}"


@pytest.mark.parametrize("path", kept(SCHEMAS), ids=lambda path: path.stem)
def test_an_event_of_yesterday_can_still_be_read(path: Path) -> None:
    kind = path.stem.rpartition(".")[0]
    (example,) = load(path)["examples"]
    if kind in KEYLESS:
        assert set(example) == set(example_event(KINDS[kind]))
    else:
        assert read_payload(dumps(example)).kind == kind


@pytest.mark.parametrize("kind", ["financing.changed", "actual.reported", "act.registered"])
def test_a_schema_that_changes_under_its_version_would_be_found(kind: str) -> None:
    schema = event_schema(kind)
    (data,) = [one for name, one in schema["$defs"].items() if name == KINDS[kind].data.__name__]
    member = data["required"][0]
    without = {**data, "properties": {n: s for n, s in data["properties"].items() if n != member}}
    more = {**data, "required": [*data["required"], "reference"]}
    for changed in (without, more):
        defs = {**schema["$defs"], KINDS[kind].data.__name__: changed}
        assert ways(schema, {**schema, "$defs": defs})
