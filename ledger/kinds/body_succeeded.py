"""body.succeeded: from a day on another body owes and owns what this one did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.ties import above_or_after
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
    if data.body in above_or_after(view.root, data.successor):  # nor can a part stand for the whole
        raise Refusal("circular-successor", "/data/successor", data.successor)
    yield from ()


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
