"""The bodies and the policies as known at a position: enough of a World to ask ledger.governing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from immutables import Map

from ledger.ids import ROOT
from ledger.policy import Policy, PolicySet
from ledger.registry import Body, BodyEntry, Root, Succession
from ledger.world import World
from projections.reading import Reading
from projections.recording import Doc
from projections.records import scan_records


def governing_world(reading: Reading) -> World:
    """Bodies with their parents and successors, and every policy that was stated. Nothing else."""
    stated: dict[str, list[Policy]] = {}
    for policy in sorted(_policies(reading), key=lambda policy: policy.index):
        stated.setdefault(policy.stream, []).append(policy)
    entries = {row["id"]: _entry(row) for row in scan_records(reading, "body")}
    root = Root(**_identity(reading), bodies=Map(entries), policies=tuple(stated.pop(ROOT, ())))
    bodies = {
        (name := stream.partition(":")[2]): Body(name, policies=tuple(p)) for stream, p in stated.items()
    }
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
