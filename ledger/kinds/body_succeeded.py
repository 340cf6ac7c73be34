"""body.succeeded: from a day on another body owes and owns what this one did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.registry import Root, Succession, keep
from ledger.values import Day, Id, Line, Strict


class BodySucceeded(Strict):
    """start: first day on which the successor stands for the body; order: the basis, as printed."""

    body: Id
    successor: Id
    start: Day
    order: Line = ""


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: BodySucceeded | None = event.data
    if data is None:
        return
    bodies = view.root.bodies
    for member, body in (("body", data.body), ("successor", data.successor)):
        if body not in bodies:
            raise Refusal("unknown-body", f"/data/{member}", body)
    known = view.root.kept.get(view.slot)
    if known is not None and known.about != data.body:
        raise Refusal("correction-changes-id", "/data/body", data.body)
    succeeded = bodies[data.body].succeeded
    if known is None and succeeded is not None:
        raise Refusal("succeeded-already", "/data/body", data.body, successor=succeeded.successor)
    if data.body in _followers(view.root, data.successor) or data.body in _above(view.root, data.successor):
        raise Refusal("circular-successor", "/data/successor", data.successor)
    yield from ()


def _followers(root: Root, body: str) -> set[str]:
    """A body and all that succeed it, whenever."""
    found: set[str] = set()
    step: str | None = body
    while step is not None and step not in found:
        found.add(step)
        succeeded = root.bodies[step].succeeded
        step = succeeded.successor if succeeded is not None else None
    return found


def _above(root: Root, body: str) -> set[str]:
    """The bodies above one: a part cannot stand for the whole that it belongs to."""
    found: set[str] = set()
    step = root.bodies[body].parent
    while step is not None and step not in found:
        found.add(step)
        step = root.bodies[step].parent
    return found


def evolve(root: Root, stated: Stated) -> Root:
    data: BodySucceeded | None = stated.event.data
    old = root.kept.get(stated.slot)
    about = data.body if data is not None else old.about if old is not None else ""
    succession = Succession(data.successor, data.start, stated.event.id) if data is not None else None
    entry = replace(root.bodies[about], succeeded=succession)
    kept = root.kept.set(stated.slot, keep(stated, about, old))
    return replace(root.with_body(entry, stated.index), kept=kept)


KIND = Kind(
    "body.succeeded",
    schema=1,
    family="root",
    data=BodySucceeded,
    registrar=True,
    decide=decide,
    evolve=evolve,
    title_uk="Визначено правонаступника",
    title_en="Body succeeded",
    uk="Правонаступником органу {body} з {start} є {successor}",
    en="From {start} body {successor} succeeds body {body}",
    example={"body": "town-council", "successor": "city-council", "start": "2026-01-01", "order": ""},
)
