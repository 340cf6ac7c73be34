"""Where duties are looked for: bodies, offices and policies on a day, as known at a position.

Everything is read at most once for a question. Policies, bodies and proposals are read whole (they
are few); of programmes only those are read that the office reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from ledger.consent import Voice
from ledger.governing import policies_over
from ledger.ids import REGISTRAR
from ledger.policy import Policy, in_force, rules_of
from ledger.reach import CONSENT, acts_for, is_succeeded
from ledger.voices import Why
from ledger.world import World
from projections.doubtful import Doubtful, read_doubtful
from projections.duties.plan import Plan
from projections.duties.said import Said, read_said
from projections.governing import governing_world
from projections.reading import Reading
from projections.recording import Doc
from projections.records import read_record, scan_records

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Office:
    """kinds: what it may sign."""

    id: str
    name: str
    body: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """What an office may speak about: a programme or a body.

    body: the one that adopted it, or itself; owner: the body that answers for it today.
    """

    stream: str
    body: str
    owner: str

    @property
    def programme(self) -> str | None:
        family, _, name = self.stream.partition(":")
        return name if family == "programme" else None


class Desk:
    def __init__(self, reading: Reading, today: str) -> None:
        self.reading, self.today = reading, today
        self.world: World = governing_world(reading)
        self._policies: dict[tuple[str, str | None], tuple[Policy, ...]] = {}
        self._plans: dict[str, Plan] = {}
        self._said: dict[str, Said] = {}
        self._doubtful: dict[str, Doubtful] = {}
        self._once: dict[str, Any] = {}
        self._mandates: dict[str, list[Doc]] = {}

    def once(self, name: str, read: Callable[[Desk], list[T]]) -> list[T]:
        """What `read` finds, read once for all offices of a question."""
        found: list[T] = self._once[name] if name in self._once else read(self)
        self._once[name] = found
        return found

    # -- who ----------------------------------------------------------------------

    def office(self, name: str) -> Office | None:
        doc = read_record(self.reading, "office", name)
        return Office(name, doc["name"], doc["body"], tuple(doc["kinds"])) if doc is not None else None

    def holders(self, office: Office) -> list[str]:
        """The persons who hold an office today."""
        mandates = self._mandates_in(office.body)
        return sorted({one["person"] for one in mandates if one["office"] == office.id and self._holds(one)})

    def offices_of(self, person: str) -> list[Office]:
        """The offices that a person holds today. Looks at every mandate ever granted."""
        mandates = (one for one in scan_records(self.reading, "mandate") if not one.get("void"))
        names = sorted({one["office"] for one in mandates if one["person"] == person and self._holds(one)})
        return [office for name in names if (office := self.office(name)) is not None]

    def has_live_key(self, person: str, office: Office) -> bool:
        """Is there a key of the person with which the door would take what is signed for the office?"""
        keys = scan_records(self.reading, "key", bodies=[office.body])
        mine = (key for key in keys if key["person"] == person and key.get("office") != REGISTRAR)
        return any(key["status"] == "live" for key in mine)

    def _mandates_in(self, body: str) -> list[Doc]:
        if body not in self._mandates:
            found = scan_records(self.reading, "mandate", bodies=[body])
            self._mandates[body] = [one for one in found if not one.get("void")]
        return self._mandates[body]

    def _holds(self, mandate: Doc) -> bool:
        end: str | None = mandate["end"]
        return bool(mandate["start"] <= self.today and (end is None or self.today < end))

    # -- what they reach ----------------------------------------------------------

    @cached_property
    def programmes(self) -> tuple[Owned, ...]:
        query = "SELECT id, body FROM programmes WHERE adopted_from<? ORDER BY id"
        rows = self.reading.rows(query, [self.reading.position])
        return tuple(
            Owned(f"programme:{name}", body, self._current(body))
            for name, body in rows
            if not self.reading.is_blocked(name)  # /readyz and the programme itself say that it is
        )

    @cached_property
    def owned(self) -> dict[str, Owned]:
        """Every programme and body by its stream."""
        bodies = [Owned(f"body:{name}", name, self._current(name)) for name in self.world.root.bodies]
        return {one.stream: one for one in (*self.programmes, *bodies)}

    def _current(self, body: str) -> str:
        return self.world.root.current(body, self.today)

    def reached(self, office: Office) -> Iterator[Owned]:
        """The programmes for whose owner the office acts, and those on whose changes it is asked."""
        return (one for one in self.programmes if self.reaches(office, one) or self.is_asked(office, one))

    def reaches(self, office: Office, owned: Owned) -> bool:
        return acts_for(self.world, office.body, owned.owner, self.today)

    def is_asked(self, office: Office, owned: Owned) -> bool:
        """Does a policy in force ask the office to endorse changes, of whatever kind?"""
        if is_succeeded(self.world, office.body, self.today):
            return False
        rules = (rule for policy in self.policies(owned) for rule in policy.said.rules)
        return any(rule.endorsements and office.id in rule.endorsements.offices for rule in rules)

    def policies(self, owned: Owned) -> tuple[Policy, ...]:
        """Those in force today, oldest first."""
        key = (owned.body, owned.programme)
        if key not in self._policies:
            self._policies[key] = in_force(
                self.stated(owned), self.today, below=self.reading.position, programme=owned.programme
            )
        return self._policies[key]

    def stated(self, owned: Owned) -> list[Policy]:
        """All that was ever stated for it, in force or not."""
        return policies_over(self.world, owned.body, self.today)

    def may_sign(self, office: Office, kind: str, owned: Owned, *, behind: Collection[str] = ()) -> bool:
        """Would the door let the office say this? behind: the kinds that it re-affirms.

        Of consent: whether it may endorse or refuse some change there, not which.
        """
        said = {*(behind or (kind,))}
        if not said <= {*office.kinds}:
            return False
        if not self.reaches(office, owned) and not (said <= {*CONSENT} and self.is_asked(office, owned)):
            return False
        rules = (found for name in {kind, *behind} for found in rules_of(self.policies(owned), name))
        return all(rule.offices is None or office.id in rule.offices for _, rule in rules)

    # -- what is there ------------------------------------------------------------

    def plan(self, programme: str) -> Plan:
        if programme not in self._plans:
            self._plans[programme] = Plan(self.reading, programme, self.today)
        return self._plans[programme]

    def said(self, programme: str) -> Said:
        if programme not in self._said:
            self._said[programme] = read_said(self.reading, programme)
        return self._said[programme]

    def doubtful(self, programme: str) -> Doubtful:
        if programme not in self._doubtful:
            self._doubtful[programme] = read_doubtful(self.reading, programme)
        return self._doubtful[programme]

    def void(self, programme: str, voice: Voice) -> Why | None:
        """What has become of an endorser since, as ledger/voices.py judges it at enactment."""
        office = self.office(voice.office)
        if office is None or voice.person not in self.holders(office):
            return "mandate-ended"
        key = read_record(self.reading, "key", f"{voice.kid}@{office.body}")
        if key is None or key["revoked"] is not None:
            return "key-revoked"
        return "in-doubt" if voice.index in self.doubtful(programme).entries else None

    def recorded_at(self, index: int) -> str:
        return self.reading.log.entries(index, 1)[0].recorded_at
