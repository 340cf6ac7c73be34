"""Judging drafts in order, each over the world that the ones before it would make."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from api.context import Context
from api.drafts.complete import Desk, Members, with_defaults, with_keys, with_removals
from api.drafts.consequences import Marks, act_of, changed_cells, olds_of, sentences, with_citing
from api.drafts.enacting import Enactor
from api.drafts.proposals import with_proposal
from api.drafts.rests import resting
from api.drafts.statements import with_statements
from api.problems import discrepancy, problem_of
from api.texts.language import Language
from ledger import canonical
from ledger.clock import format_instant, local_date, parse_instant
from ledger.consent import content_hash
from ledger.door import examine
from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.ids import split_stream
from ledger.kinds import Discrepancy, kind_of
from ledger.rules import check_acknowledged
from ledger.streams import load_for
from ledger.submission import read_payload
from projections.consent_records import consent_at

OUTCOMES = ("recorded", "needs-acknowledgement", "refused")


class Judge:
    """Judges one request's drafts. language, request_id: for the problems inside."""

    def __init__(self, context: Context, *, language: Language, request_id: str) -> None:
        self._words: dict[str, Any] = {"language": language, "request_id": request_id}
        self._context = context
        self._world = context.world()
        self._head = self._world.position
        tail = context.ledger.reader.at_position(self._head)
        self._desk = Desk(context, tail, self._head)
        self._recorded_at, self._today = self._moment()
        self._marks = Marks(context, self._head)
        self._enactor = Enactor(tail, self._recorded_at, self._head, self._words, self._marks)
        self._ids: set[str] = set()  # of the events that this request has named so far

    def _moment(self) -> tuple[str, str]:
        """recorded_at and its local date, if a draft came now."""
        now, last = self._context.clock.now(), self._context.ledger.reader.head().recorded_at
        root = self._world.root
        zone = ZoneInfo(root.zone) if root.opened else ZoneInfo("UTC")
        moment = now if not last or now > parse_instant(last) else parse_instant(last)
        return format_instant(moment), local_date(moment, zone).isoformat()

    def all(self, given: Sequence[Mapping[str, Any]]) -> list[Members]:
        """One answer per payload; a refused one leaves the world as it was for the next."""
        drafts = [self.one(payload) for payload in given]
        self._check_whole(drafts)
        return drafts

    def one(self, given: Mapping[str, Any]) -> Members:
        draft: Members = dict.fromkeys(("canonical", "hash", "content", "refusal", "sentence"))
        draft |= {"payload": dict(given), "discrepancies": [], "diff": [], "diff_total": 0}
        draft |= {"rests": [], "rests_total": 0, "consent": None, "enacting": None}
        try:
            self._complete(draft)
            found = self._judge(draft, read_payload(self._spell(draft)))
        except Refusal as refusal:
            return self._refused(draft, refusal)
        draft["outcome"] = OUTCOMES[any(not item["acknowledged"] for item in found)]
        return draft

    def _complete(self, draft: Members) -> None:
        self._world, draft["payload"] = with_proposal(self._desk, self._world, draft["payload"])
        draft["payload"] = with_defaults(self._desk, draft["payload"])
        self._world, draft["payload"] = with_keys(self._desk, self._world, draft["payload"])
        self._world, draft["payload"] = with_statements(self._desk, self._world, draft["payload"])
        self._world, draft["payload"] = with_removals(self._desk, self._world, draft["payload"])

    def _spell(self, draft: Members) -> bytes:
        """The canonical bytes, noted with their hash. Raises Refusal."""
        spelled = canonical.dumps(draft["payload"])
        draft["canonical"] = b64encode(spelled).decode()
        draft["hash"] = hashlib.sha256(spelled).hexdigest()
        draft["content"] = content_hash(draft["payload"])
        return spelled

    def _judge(self, draft: Members, event: Common) -> list[Members]:
        """Raises Refusal; else notes what would come of the event and takes its world."""
        if event.id in self._ids or event.id in self._context.ledger.reader.events([event.id]):
            raise Refusal("event-id-used", "/id", event.id)
        self._ids.add(event.id)
        world = load_for(self._world, event, self._desk.tail)
        act = act_of(world, event)
        if act is not None:
            world = with_citing(self._context, world, act, self._desk.tail)
        if world.position == self._head:
            self._context.keep(world)
        stated = Stated(event, draft["hash"], world.position, self._recorded_at)
        draft["consent"] = consent_at(world, stated, batch_start=lambda: self._head)
        found, after = examine(world, stated, self._today, batch_start=self._head)
        draft["discrepancies"] = [_found(item, event) for item in found]
        cells = changed_cells(world, after, stated, self._today, self._marks)
        draft["diff"], draft["diff_total"] = cells
        rests, draft["rests_total"] = resting(world, after, stated)
        draft["rests"] = sentences(self._desk.tail, world, rests)
        olds, kind = olds_of(after, stated), kind_of(event.kind)
        draft["sentence"] = {"uk": kind.sentence(event, "uk", olds), "en": kind.sentence(event, "en", olds)}
        draft["enacting"] = self._enactor.outlook(after, event)
        check_acknowledged(event, found)
        self._world = after
        return list(draft["discrepancies"])

    def _refused(self, draft: Members, refusal: Refusal) -> Members:
        draft["outcome"] = "refused"
        draft["refusal"] = problem_of(refusal).document(**self._words)
        return draft

    def _check_whole(self, drafts: list[Members]) -> None:
        """An adoption in parts is whole at the end of its batch."""
        for draft in drafts:
            family, name = split_stream(str(draft["payload"].get("subject")))
            programme = self._world.programmes.get(name) if family == "programme" else None
            if programme is not None and programme.parts_due is not None and draft["outcome"] != "refused":
                self._refused(draft, Refusal("part-missing", "/data/part", name))


def _found(item: Discrepancy, event: Common) -> Members:
    acknowledged = item.silent or item.code in event.acknowledges
    return discrepancy(item) | {"acknowledged": acknowledged}


def worst(drafts: Sequence[Mapping[str, Any]]) -> str:
    return max((str(draft["outcome"]) for draft in drafts), key=OUTCOMES.index)
