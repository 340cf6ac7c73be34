"""The two programmes at hand, imported through the real door, with their tables beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.importers.programme import read_programme, to_events
from ledger.door import NeedsAcknowledgement
from ledger.ids import body_stream, programme_stream
from ledger.receipt import Receipt
from projections.reading import Reading
from tests.projections.tables import Tables
from tests.support.people import OFFICE_KINDS, Official, key_of
from tests.support.town import Payload, TestLedger

ROOT = Path(__file__).resolve().parents[2]
BELZ = ROOT / "api" / "demo" / "belz-digital-2025.yaml"
RIVERSIDE = ROOT / "tests" / "data" / "riverside-2030.yaml"


class Adopted:
    """A ledger whose only programme came from a file. Close it, or use it in a `with`.

    say() records an event of the programme, acts() one of its council; what the door asks to
    be acknowledged is acknowledged. `act` is the act that adopts the programme.
    """

    def __init__(self, path: Path, file: Path) -> None:
        source = read_programme(file)
        self.town = TestLedger.opened(path / "ledger")
        self.programme, self.act = source.programme, source.act["act"]
        self.stream, self.council = programme_stream(source.programme), body_stream(source.body.id)
        self.official = Official("p-secretary", "clerk", source.body.id, key_of(source.body.id), OFFICE_KINDS)
        body = {"body": source.body.id, "name": source.body.name}
        said = [("body.opened", "root", body), *self.town.enrolment(self.official)]
        self.town.submit_all([self.town.envelope(kind, stream, data) for kind, stream, data in said])
        self.record([self._draft(draft) for draft in to_events(source)])
        self.adopted_at = self.town.position
        self.tables = Tables(path / "tables.db", self.town.ledger.reader)

    def close(self) -> None:
        self.tables.close()
        self.town.close()

    def __enter__(self) -> Adopted:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _draft(self, draft: Any) -> Payload:
        act = dict(draft.act) if draft.act is not None else None
        return self.town.payload(
            draft.kind, draft.subject, dict(draft.data), by=self.official, act=act, effective=draft.effective
        )

    def record(self, payloads: Sequence[Payload]) -> list[Receipt]:
        """Submit a batch, acknowledging envelope by envelope what the door asks about."""
        batch = list(payloads)
        while True:
            try:
                return self.town.submit_all([self.town.signed(payload) for payload in batch])
            except NeedsAcknowledgement as asked:
                for place, codes in _codes_by_place(asked, len(batch)).items():
                    known = set(batch[place].get("acknowledges", ()))
                    assert not codes <= known, "asked again for what was acknowledged"
                    batch[place] = batch[place] | {"acknowledges": sorted(codes | known)}

    def say(self, kind: str, data: Any, *, subject: str | None = None, **common: Any) -> Receipt:
        """Record one event of the programme; common: as TestLedger.payload takes them."""
        common.setdefault("by", self.official)
        payload = self.town.payload(kind, subject or self.stream, data, **common)
        return self.record([payload])[0]

    def pass_act(self, act: str, date: str, *, in_force: str | None = "", **data: Any) -> Receipt:
        """Register an act, in force from its date unless another day or None is said."""
        said = {"act": act, "kind": "decision", "date": date, "title": f"Рішення {act}", **data}
        if in_force is not None:
            said["in_force"] = in_force or date
        return self.say("act.registered", said, subject=self.council)

    def change_status(self, act: str, status: str, start: str, **common: Any) -> Receipt:
        data = {"act": act, "status": status, "date": start, "start": start}
        return self.say("act.status_changed", data, subject=self.council, **common)

    def bring_into_force(self, day: str) -> Receipt:
        """Let the adopting act count from a day."""
        return self.change_status(self.act, "in-force", day)

    def reading(self, position: int | None = None) -> Reading:
        return self.tables.reading(position)


def _codes_by_place(asked: NeedsAcknowledgement, count: int) -> dict[int, set[str]]:
    codes: dict[int, set[str]] = {}
    for found in asked.found:
        place = int(found.pointer.split("/")[2]) if count > 1 else 0
        codes.setdefault(place, set()).add(found.code)
    return codes
