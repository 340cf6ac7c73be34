"""What a story needs: to move the clock, to say things under names, and to read them back with proof."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from ledger.canonical import dumps
from ledger.clock import local_date, parse_instant
from ledger.entry import Entry
from ledger.envelope import Envelope
from ledger.keys import PublicKey
from ledger.receipt import check_receipt, read_receipt
from tests.api.door import BASE, Answer, Door, problem_of
from tests.support.clock import utc
from tests.support.people import SECRETARY, Official
from tests.support.town import PROGRAMME, ZONE, Payload, sign_as

ACTUAL = "actual.reported"
APPROPRIATION = "appropriation.set"
CHANGE = "financing.changed"


class Story(Door):
    """A door, and what happened behind it by name: the event, and the position after it."""

    def __init__(self, *opened: Any) -> None:
        super().__init__(*opened)
        self.events: dict[str, str] = {}
        self.known: dict[str, int] = {}
        self.kept: dict[str, Answer] = {}  # answers that a test wants to look at later

    # -- telling --------------------------------------------------------------------------

    def now(self, moment: str) -> None:
        """It is this moment of UTC from now on."""
        self.town.clock.set(utc(moment))

    def tell(self, name: str, kind: str, data: Any, *, subject: str = PROGRAMME, **common: Any) -> str:
        """Something is said, and taken; common: as TestLedger.payload takes them."""
        return self.take(name, self.town.envelope(kind, subject, data, **common))

    def take(self, name: str, envelope: Envelope) -> str:
        """A signed event comes in, and is taken."""
        answer = self.post(envelope)
        assert answer.status_code == 201, answer.text
        self.town._check(envelope, read_receipt(answer.json()))
        return self.note(name, answer.json()["event"])

    def note(self, name: str, event: str) -> str:
        """Remember an event that was recorded just now."""
        self.events[name], self.known[name] = event, self.town.position
        self.settle()
        return event

    def signed(
        self, kind: str, data: Any, *, claims: str, by: Official = SECRETARY, **common: Any
    ) -> Envelope:
        """Signed, and not sent; claims: the moment of signing, true or not."""
        payload = self.town.payload(kind, PROGRAMME, data, by=by, **common)
        return sign_as(dumps(payload), [(by.key, by.key.alg)], iat=int(utc(claims).timestamp()))

    # -- what is turned down ----------------------------------------------------------------

    def refusal(self, envelope: Envelope, status: int, code: str) -> Payload:
        """The event is refused, and nothing is written: `details` of the problem."""
        details: Payload = problem_of(self._turned_down(envelope), status, code).get("details", {})
        return details

    def questions(self, envelope: Envelope) -> list[Payload]:
        """The door asks, and nothing is written: what it found."""
        document = problem_of(self._turned_down(envelope), 409, "needs-acknowledgement")
        found: list[Payload] = document["discrepancies"]
        return found

    def _turned_down(self, envelope: Envelope) -> Answer:
        before = self.town.head
        answer = self.post(envelope)
        assert self.town.head == before, "something was written"
        return answer

    # -- reading back ----------------------------------------------------------------------

    def read(self, part: str, **query: Any) -> Any:
        """Of the programme: `reports`, `blame`, … or "" for its state."""
        return self.json(address(part, **query))

    def event(self, name: str) -> Payload:
        """An event of the story as it is shown alone."""
        shown: Payload = self.json(f"/v1/events/{self.events[name]}")
        return shown

    def row(self, items: Iterable[Payload], name: str) -> Payload:
        """The one item that an event of the story has in a list."""
        (found,) = (item for item in items if item["event"] == self.events[name])
        return found

    def names(self, events: Iterable[str]) -> list[str]:
        """Events by what the story calls them."""
        called = {event: name for name, event in self.events.items()}
        return [called[event] for event in events]

    def day(self, name: str) -> str:
        """The Kyiv day on which an event was recorded, as it says itself."""
        return local_date(parse_instant(self.event(name)["recorded_at"]), ZoneInfo(ZONE)).isoformat()

    def proven(self, name: str) -> Entry:
        """The entry, after an auditor's check of its receipt: signatures, proof and checkpoint."""
        event = self.events[name]
        receipt = read_receipt(self.json(f"/v1/events/{event}/receipt"))
        return check_receipt(
            receipt,
            payload=self.town.recorded[event].payload,
            keys=self._public_keys(self.town.recorded[event].kids),
            log_key=self.town.log_key,
            genesis=self.town.name["genesis"],
        )

    def _public_keys(self, kids: Iterable[str]) -> dict[str, PublicKey]:
        """Keys of the registry, dead ones too: an old signature holds for ever."""
        items = self.json("/v1/keys?limit=500")["items"]
        return {item["kid"]: PublicKey.from_jwk(item["jwk"]) for item in items if item["kid"] in kids}


Begin = Callable[[], Story]  # the fixture that starts one


def address(part: str, **query: Any) -> str:
    """Of a question about the programme."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{BASE}/{part}?{asked}" if part else f"{BASE}?{asked}"
