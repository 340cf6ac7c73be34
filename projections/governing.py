"""The bodies and the policies as known at a position: enough of a World to ask ledger.governing and reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from immutables import Map

from ledger.ids import ROOT, body_stream
from ledger.policy import Policy, PolicySet
from ledger.registry import Body, BodyEntry, Root, Succession
from ledger.world import World
from projections.reading import Reading
from projections.recording import Doc
from projections.records import scan_records

_VERSIONS = "SELECT id, doc, known_from FROM records WHERE space='body' AND known_from<=? ORDER BY known_from"


def governing_world(reading: Reading) -> World:
    """Bodies as they stood and stand to each other, which have registrars of their own, and every policy.

    Nothing else: of registrars only how many are needed.
    """
    stated: dict[str, list[Policy]] = {}
    for policy in sorted(_policies(reading), key=lambda policy: policy.index):
        stated.setdefault(policy.stream, []).append(policy)
    root = Root(**_identity(reading), policies=tuple(stated.pop(ROOT, ())))
    bodies: dict[str, Body] = {}
    for name, doc, known_from in reading.rows(_VERSIONS, [reading.position]):
        row = {"id": name, **orjson.loads(doc)}
        root = root.with_body(_entry(row), known_from - 1)
        policies = stated.get(body_stream(name), ())
        bodies[name] = Body(name, threshold=row["k"] or 0, policies=tuple(policies))
    return World(position=reading.position, root=root, bodies=Map(bodies))


def _policies(reading: Reading) -> Iterator[Policy]:
    for row in scan_records(reading, "policy"):
        yield Policy(row["stream"], row["event"], row["index"], _said(row))


def _said(row: Doc) -> PolicySet:
    members = {name: row[name] for name in PolicySet.model_fields}
    return PolicySet.model_validate_json(orjson.dumps(members))


def _entry(row: Doc) -> BodyEntry:
    after = row["successor"]
    succeeded = Succession(after["body"], after["start"], after["event"]) if after is not None else None
    return BodyEntry(row["id"], row["name"], row["parent"], succeeded)


def _identity(reading: Reading) -> dict[str, Any]:
    """The zone in which days are reckoned, as the first entry says."""
    first = reading.entry(0).stated().event
    if first.kind != "ledger.opened":
        return {}
    return {"genesis": first.data.genesis(), "zone": first.data.zone}
