"""The benchmark's own workload as neutral changes: the same events, in the same order.

Peers know one axis of time, so of an event remain the cells that it writes, who, by which act and why: no
from-days, no order of acts, nothing of what suspending or correcting does to a state. A correction writes its
whole statement again. Where an event writes one cell from many days, the last line stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import orjson

from ledger.canonical import dumps
from ledger.envelope import parse_envelope
from ledger.event import Common
from ledger.ids import split_stream
from ledger.kinds import kind_of
from tests.bench.peers.protocol import Change
from tests.bench.workload import HOT

ACT_STATUSES = {"act.registered": "registered", "act.status_changed": None}  # None: as it says


class Neutral:
    """Derives changes from envelopes, in the order of the log, and counts what kinds there are.

    day_of: leaf index → the invented day on which the entry is stated. Memory: the last value of every cell.
    """

    def __init__(self, day_of: Callable[[int], date]) -> None:
        self._day_of = day_of
        self.counts: Counter[str] = Counter()
        self._n = 0
        self._last: dict[tuple[str, str], str] = {}

    def of(self, envelope: bytes) -> Change:
        payload = parse_envelope(envelope).payload
        event = kind_of(orjson.loads(payload)["kind"]).parse(payload)
        self._count(event)
        subject, writes = _written(event)
        act = event.act
        change = Change(
            n=self._n,
            subject=subject,
            writes=[(path, self._distinct(subject, path, value)) for path, value in writes.items()],
            who=event.signers[0].person,
            act=act.id if act is not None else None,
            point=act.point if act is not None else None,
            reason=event.reason,
            kind=event.kind,
        )
        self._n += 1
        return change

    def _distinct(self, subject: str, path: str, value: str | None) -> str | None:
        """A value that the cell has already is told apart by the change's number.

        Else git and Continuum record nothing, and the peers' answers could not be compared.
        """
        if value is None:
            self._last.pop((subject, path), None)
            return None
        said = f"{value} №{self._n + 1}" if self._last.get((subject, path)) == value else value
        self._last[subject, path] = value
        return said

    def skip_to(self, n: int) -> None:
        """The next change is the n-th (0-based). Those between write no cell that is written from then on."""
        self._n = n

    def _count(self, event: Common) -> None:
        self.counts["events"] += 1
        self.counts[event.kind] += 1
        if event.relations.corrects is not None:
            self.counts["corrections"] += 1
        elif event.kind == "financing.changed" and split_stream(event.subject)[1] != HOT:
            self.counts["changes"] += 1
            self._count_moved(event)
        if event.kind == "act.status_changed":
            self.counts[event.data.status] += 1

    def _count_moved(self, event: Common) -> None:
        stated, holds = self._day_of(self._n), date.fromisoformat(event.effective or "")
        if holds != stated:
            self.counts["late" if holds < stated else "future"] += 1

    def shares(self) -> Iterator[tuple[str, float]]:
        """What the workload promises, as shares of changes or of events."""
        events, changes = max(1, self.counts["events"]), max(1, self.counts["changes"])
        yield "late, of changes", self.counts["late"] / changes
        yield "future-dated, of changes", self.counts["future"] / changes
        yield "corrections, of events", self.counts["corrections"] / events
        yield "suspended or quashed and the reverse, of events", self.counts["act.status_changed"] / events
        for status in ("suspended", "resumed", "quashed", "restored"):
            yield f"{status}, of events", self.counts[status] / events


def _written(event: Common) -> tuple[str, dict[str, str | None]]:
    """Subject, and path → value (None: taken away)."""
    family, name = split_stream(event.subject)
    if event.kind in ACT_STATUSES:
        return f"act:{event.data.act}", {"/status": ACT_STATUSES[event.kind] or event.data.status}
    if family != "programme":
        return event.subject, {f"/{event.kind}/{_name_of(event)}": dumps_text(event.data)}
    writes = kind_of(event.kind).writes_of(event, event.id)
    return name, {write.path: None if write.op == "unset" else text(write.value) for write in writes}


def _name_of(event: Common) -> str:
    """Registry events write a cell each, named after what they are about."""
    for member in ("body", "person", "office"):
        value = getattr(event.data, member, None)
        if value is not None:
            return str(value)
    return event.id


def dumps_text(data: Any) -> str:
    return dumps(data.model_dump(mode="json", by_alias=True, exclude_none=True)).decode()


def text(value: Any) -> str:
    """A cell's value as text in one line; texts as they are."""
    said = value if isinstance(value, str) else dumps(value).decode()
    return " ".join(said.split())
