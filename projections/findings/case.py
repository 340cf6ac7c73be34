"""What a rule may look at: one programme's dossier, on a day, as known at a position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson

from ledger.calendar import Calendar
from ledger.governing import policies_over
from ledger.ids import LeafIndex
from ledger.kinds import kind_of
from ledger.policy import Policy, executor_of, in_force
from ledger.programme import Programme
from ledger.timeline import Answer, Slot, Timeline
from ledger.values import FOREVER
from projections.anchoring import times_of
from projections.duties.owed import calendar_of
from projections.findings.dossier import Dossier, Said
from projections.findings.paper import Paper, paper_of
from projections.findings.rule import Topic
from projections.findings.topics import OF_HEAD, OF_PAPER
from projections.reading import Reading
from projections.recording import Doc
from projections.records import read_act, read_record

RESTATED = frozenset(("/financing", "/indicators", "/tree"))  # where an edition says that it is a whole one


class Case:
    """day: D, «станом на»; position: K. All answers are as known at K; cells as of D unless a day is given.

    plan: the programme with its timeline and its proposals at K. texts: source texts at hand, SHA-256 → text.
    """

    def __init__(
        self, dossier: Dossier, reading: Reading, day: str, *, texts: Mapping[str, str] | None = None
    ) -> None:
        self.dossier, self.reading, self.day, self.texts = dossier, reading, day, texts or {}
        self.programme, self.position = dossier.programme, dossier.position
        self.plan: Programme = dossier.world.programmes[dossier.programme]
        self.timeline: Timeline = self.plan.timeline
        self._acts: dict[str, Doc] = {}
        self._policies: dict[tuple[str, int], tuple[Policy, ...]] = {}

    # -- what was said --------------------------------------------------------------

    def said(self, index: int) -> Said:
        return self.dossier.said[index]

    def of(self, topic: Topic, key: str) -> list[Said]:
        """The programme's own statements, and those about its acts, that touch a key; oldest first."""
        found = (self.dossier.said[index] for index in self.dossier.touching(topic, key))
        return [one for one in found if one.index < self.position]

    def statements(self, slot: str) -> list[Said]:
        """Of a slot, oldest first: the event and its corrections. Empty if the programme has no such slot."""
        found = (self.dossier.said[index] for index in self.dossier.slots.get(slot, ()))
        return [one for one in found if one.index < self.position]

    def event_id(self, index: int) -> str:
        """Of the entry at a leaf index, be it of another stream."""
        known = self.dossier.said.get(index)
        return known.stated.event.id if known is not None else self.reading.entry(LeafIndex(index)).event_id()

    def happened(self, said: Said) -> str:
        """The day from which a statement speaks: its own, or its act's, or that of its recording if earlier.

        What was entered late is not later for it: (D, K) asks what was so on D, as known at K.
        """
        event = said.stated.event
        day = kind_of(event.kind).from_day(event) or str(getattr(event.data, "date", None) or "")
        act = self.timeline.acts.get(event.act.id) if event.act is not None else None
        if not day and act is not None:
            day = act.date
        return min(said.day, day or said.day)

    def slots_of(self, kind: str) -> list[str]:
        """The slots of a kind, in the order of their first events."""
        slots = self.dossier.kinds.get(kind, ())
        return [slot for slot in slots if self.dossier.slots[slot][0] < self.position]

    def slot(self, slot: str) -> Slot:
        """The statement in force, in its first event's place."""
        return self.timeline.slots[slot]

    def keys(self, topic: Topic) -> Iterable[str]:
        """Every key of a topic that anything has touched, in no order."""
        return self.dossier.keys(topic)

    def act_entries(self, act: str) -> list[Said]:
        """The entries about an act: its registration, its statuses and their corrections."""
        found = (self.dossier.said[index] for index in self.dossier.acts.get(act, ()))
        return [one for one in found if one.index < self.position]

    # -- cells ---------------------------------------------------------------------

    def answer(self, path: str, day: str | None = None) -> Answer | None:
        return self.timeline.answer(path, day if day is not None else self.day)

    def value(self, path: str, day: str | None = None) -> Any:
        """None where nothing was set, or it was removed."""
        answer = self.answer(path, day)
        return answer.value if answer is not None and not answer.removed else None

    def under(self, prefix: str) -> Iterator[str]:
        """The cells at or below a path, whether they hold or not; not the mark of a restated annex."""
        return (path for path in self.timeline.under(prefix) if path not in RESTATED)

    @cached_property
    def cells(self) -> dict[str, Any]:
        """Every cell of the paper that holds a value on the day; not what was paid or reported."""
        paths = (path for family in (*OF_PAPER, *OF_HEAD) for path in self.timeline.under(f"/{family}"))
        answers = ((path, self.answer(path)) for path in paths)
        return {path: one.value for path, one in answers if one is not None and not one.removed}

    @cached_property
    def paper(self) -> Paper:
        """The document behind the programme, as its cells and printed particulars give it."""
        adoptions = self.slots_of("programme.adopted")
        act = self.timeline.slots[adoptions[0]].act if adoptions else None
        named = {file: sha256 for slot in adoptions for file, sha256 in self._texts_named(slot)}
        texts = {file: self.texts[sha256] for file, sha256 in named.items() if sha256 in self.texts}
        # What does not hold yet is no paper.
        record = self.act(act) if act is not None and self.cells else None
        return paper_of(self.cells, record, texts, named=named, edrpou=self._edrpou())

    def _texts_named(self, slot: str) -> Iterator[tuple[str, str]]:
        """The documents that an adoption's statement in force names: file, SHA-256."""
        data = self.statements(slot)[-1].stated.event.data
        yield from ((text.file, text.sha256) for text in data.source_texts) if data is not None else ()

    def _edrpou(self) -> str:
        """The registry code of the body that adopted it; "" if it has none."""
        body = read_record(self.reading, "body", self.plan.body)
        return str(body.get("edrpou") or "") if body is not None else ""

    # -- acts, policies, days --------------------------------------------------------

    def act(self, act: str) -> Doc:
        """An act as known: its registration, its statuses, and `counts`: the stretches on which it counts."""
        if act not in self._acts:
            self._acts[act] = read_act(self.reading, act)
        return self._acts[act]

    def counts(self, act: str | None, day: str) -> bool:
        return self.timeline.counts(act, day)

    def policies(self, day: str | None = None, *, below: int | None = None) -> tuple[Policy, ...]:
        """Those in force on a day, oldest first. below: as the entries before a leaf index say."""
        key = (day or self.day, self.position if below is None else below)
        if key not in self._policies:
            stated = policies_over(self.dossier.governing, self.plan.body, key[0])
            self._policies[key] = in_force(stated, key[0], below=key[1], programme=self.programme)
        return self._policies[key]

    def policies_at(self, index: int) -> tuple[Policy, ...]:
        """Those by which an entry was judged when it was recorded."""
        return self.policies(self.said(index).day, below=index)

    def stated_policies(self) -> list[Policy]:
        """All that was ever stated over the programme, known by now."""
        stated = policies_over(self.dossier.governing, self.plan.body, self.day)
        return [policy for policy in stated if policy.index < self.position]

    def calendar(self, day: str | None = None) -> Calendar:
        """Working days, as the policies in force on a day say; without one weekends alone are off."""
        return calendar_of(self.policies(day))

    def executor(self, kind: str, item: str) -> str | None:
        """The office that reports about an indicator or a row, as today's policies say."""
        found = executor_of(self.policies(), self.plan, kind, item)
        return found[1] if found is not None else None

    def is_onboarding(self, day: str) -> bool:
        """Is what happened on this day older than the ledger? It was entered when the council started."""
        return day < self.dossier.opened

    @cached_property
    def closed(self) -> str:
        """The day from which the programme is closed; FOREVER sorts after every day."""
        return self.plan.closed_on(self.day) or FOREVER

    # -- trust ---------------------------------------------------------------------

    @cached_property
    def doubts(self) -> Mapping[int, Sequence[Doc]]:
        """Leaf index → what stands against the entry: {doubt, kid, person, office, because}."""
        query = "SELECT leaf_index, causes FROM doubts WHERE stream=? AND known_from<=? AND known_to>?"
        rows = self.reading.rows(query, [f"programme:{self.programme}", self.position, self.position])
        members = ("doubt", "kid", "person", "office", "because")
        return {
            index: [dict(zip(members, cause, strict=True)) for cause in orjson.loads(causes)]
            for index, causes in rows
        }

    def times(self, index: int) -> dict[str, Any]:
        """claimed (of each signer), recorded, witnessed and stamped: see projections/anchoring.py."""
        return times_of(self.reading, self.reading.entry(LeafIndex(index)))
