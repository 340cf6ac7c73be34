"""act.status_changed: an act begins to count, ceases to, or merely moves on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.authors import check_authors
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.registry import Body, keep
from ledger.timeline import Act, Status
from ledger.values import FOREVER, Day, Id, Line, Strict

StatusName = Literal[
    "draft",
    "adopted-as-basis",
    "adopted",
    "signed",
    "published",
    "in-force",
    "suspended",
    "resumed",
    "quashed",
    "restored",
    "repealed",
]
By = Literal["mayor", "council", "court", "higher-body", "own-body"]
Count = Annotated[int, Field(ge=0, le=10_000)]
SUSPENDED_WITHIN_DAYS = 5  # calendar days after the act's date in which a mayor may suspend it
ABOVE_MAYORS = ("court", "higher-body")  # who needs no votes to undo what a mayor suspended
COUNTS = {"in-force": True, "suspended": False, "resumed": True, "quashed": False, "restored": True}


class VoteCount(Strict):
    """How a council voted on the status. of: all members of the council, present or not."""

    for_: Annotated[Count, Field(alias="for")]
    against: Count
    abstained: Count
    of: Annotated[int, Field(ge=1, le=10_000)]


class ActStatusChanged(Strict):
    """start, to: the days [start, to) on which the act counts, or does not.

    Statuses that start or stop nothing carry neither. A repealed act keeps what it
    wrote unless `stops` says otherwise. order: the paper that changed the status.
    by: who changed it. A council or own body by which an act counts again that a mayor
    has suspended overrides the mayor, and says by how many votes.
    """

    act: Id
    status: StatusName
    date: Day
    start: Day | None = None
    to: Day | None = None
    stops: bool = False
    order: Line = ""
    by: By | None = None
    votes: VoteCount | None = None

    def counts(self) -> bool | None:
        if self.status == "repealed":
            return False if self.stops else None
        return COUNTS.get(self.status)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ActStatusChanged | None = event.data
    _check_mayors(view, event)
    if data is None:
        return
    act = view.council.acts.get(data.act)
    if act is None:
        raise Refusal("unknown-act", "/data/act", data.act)
    known = view.council.kept.get(view.slot)
    if known is not None and known.about != data.act:
        raise Refusal("correction-changes-id", "/data/act", data.act)
    if data.stops and data.status != "repealed":
        raise Refusal("status-has-no-stop", "/data/stops", data.stops)
    _check_interval(data)
    _check_who(data)
    place = known.index if known is not None else view.world.position
    older = [status for status in act.statuses if status.entry < place]
    yield from _later_status(act, older, data)
    yield from _suspended_late(act, data)
    yield from _override(older, data)


def _check_mayors(view: View, event: Common) -> None:
    """What says that a mayor suspended is corrected and voided by an office that stated it."""
    known = view.council.kept.get(view.slot)
    statuses = view.council.acts[known.about].statuses if known is not None else ()
    if known is not None and any(one.slot == view.slot and one.by == "mayor" for one in statuses):
        check_authors(view, event, tuple(dict.fromkeys(signer.office for signer in known.signers)))


def _check_interval(data: ActStatusChanged) -> None:
    if data.counts() is None:
        if data.start is not None or data.to is not None:
            raise Refusal("status-has-no-interval", "/data/start", data.start or data.to)
        return
    if data.start is None:
        raise Refusal("missing-field", "/data/start")
    if data.to is not None and data.to <= data.start:
        raise Refusal("ends-before-start", "/data/to", data.to)


def _check_who(data: ActStatusChanged) -> None:
    """A mayor can only suspend; more votes than members are no count of votes."""
    if data.by == "mayor" and data.status != "suspended":
        raise Refusal("status-not-by-mayor", "/data/by", data.by, status=data.status)
    votes = data.votes
    if votes is not None and votes.for_ + votes.against + votes.abstained > votes.of:
        cast = votes.for_ + votes.against + votes.abstained
        raise Refusal("votes-too-many", "/data/votes", cast, of=votes.of)


def _suspended_late(act: Act, data: ActStatusChanged) -> Iterator[Discrepancy]:
    """A mayor's suspension from later than the law gives; it is recorded once acknowledged."""
    if data.by != "mayor" or data.start is None:
        return
    days = (date.fromisoformat(data.start) - date.fromisoformat(act.date)).days
    if days > SUSPENDED_WITHIN_DAYS:
        words = {"act_date": act.date, "start": data.start, "days": days, "within": SUSPENDED_WITHIN_DAYS}
        yield Discrepancy("suspended-late", "/data/start", words)


def _override(older: list[Status], data: ActStatusChanged) -> Iterator[Discrepancy]:
    """What the mayor has suspended counts again: by two thirds of all members, a court, or from above."""
    if not data.counts() or data.by in ABOVE_MAYORS or not _lifts_mayors(older, data):
        return
    if data.by is None:
        raise Refusal("missing-field", "/data/by")
    votes = data.votes
    if votes is None:
        raise Refusal("missing-field", "/data/votes")
    if 3 * votes.for_ < 2 * votes.of:
        words = {"for": votes.for_, "of": votes.of, "needed": -(-2 * votes.of // 3)}
        yield Discrepancy("override-short", "/data/votes", words)


def _lifts_mayors(older: list[Status], data: ActStatusChanged) -> bool:
    """Does a mayor's suspension decide any day of [start, to)?

    What decides changes only where some status begins or ends.
    """
    start, end = data.start or "", data.to or FOREVER
    edges = {start, *(edge for one in older for edge in (one.start, one.end) if start < edge < end)}
    return any(_mayor_decides(older, day) for day in edges)


def _mayor_decides(older: list[Status], day: str) -> bool:
    """Is it a mayor who stopped the act on a day, as the newest status says that has the day?

    A stop on top of the mayor's by one who would need votes to lift the mayor's hides nothing.
    """
    for status in reversed(older):
        says = status.counts is not None and status.start <= day < status.end
        if says and (status.counts or status.by in (*ABOVE_MAYORS, "mayor")):
            return status.by == "mayor"
    return False


def _later_status(act: Act, older: list[Status], data: ActStatusChanged) -> Iterator[Discrepancy]:
    """A status may not silently swallow an older one that starts later. Source: time.md, acts."""
    if data.counts() is None:
        return
    if data.status == "quashed":
        begun = _in_force_day(act, older)
        if begun is not None and data.start != begun and data.to is None:
            yield Discrepancy("later-status", "/data/start", {"stated": data.start, "in_force": begun})
        return
    starts = [status.start for status in older if status.counts is not None]
    if act.in_force is not None:
        starts.append(act.in_force)
    later = [start for start in starts if data.start is not None and start > data.start]
    if data.status != "restored" and data.to is None and later:
        yield Discrepancy("later-status", "/data/start", {"stated": data.start, "later": min(later)})


def _in_force_day(act: Act, older: list[Status]) -> str | None:
    begun = [status.start for status in older if status.counts]
    if act.in_force is not None:
        begun.append(act.in_force)
    return min(begun) if begun else None


def evolve(body: Body, stated: Stated) -> Body:
    data: ActStatusChanged | None = stated.event.data
    old = body.kept.get(stated.slot)
    about = data.act if data is not None else old.about if old else ""
    kept = keep(stated, about, old)
    act = body.acts[about]
    counts = data.counts() if data is not None else None
    start, to = (data.start or "", data.to or FOREVER) if data is not None else ("", FOREVER)
    by = data.by if data is not None else None
    status = Status(stated.slot, kept.index, counts, start, to, by)
    statuses = tuple(
        sorted((*(s for s in act.statuses if s.slot != stated.slot), status), key=lambda s: s.entry)
    )
    following = replace(act, statuses=statuses, changed_at=stated.index)
    if following.stretches == act.stretches:
        following = replace(following, changed_at=act.changed_at)
    return replace(body, acts=body.acts.set(about, following), kept=body.kept.set(stated.slot, kept))


def phrases(data: ActStatusChanged, olds: object) -> Iterator[dict[str, object]]:
    uk, en = (_who(data, language) for language in (0, 1))
    when = data.start or data.date
    yield {"act": data.act, "status": STATUS_WORDS[data.status], "when": (when + uk, when + en)}


def _who(data: ActStatusChanged, language: int) -> str:
    """« (рада, за 26 із 38)», or nothing where the event does not say."""
    said = [BY_WORDS[data.by][language]] if data.by is not None else []
    if data.votes is not None:
        votes = data.votes
        said.append((f"за {votes.for_} із {votes.of}", f"{votes.for_} of {votes.of} for")[language])
    return f" ({', '.join(said)})" if said else ""


BY_WORDS = {
    "mayor": ("голова громади", "by the mayor"),
    "council": ("рада", "by the council"),
    "court": ("суд", "by a court"),
    "higher-body": ("орган вищого рівня", "by a higher body"),
    "own-body": ("орган, що ухвалив акт", "by the body that adopted it"),
}

STATUS_WORDS = {
    "draft": ("проєкт", "draft"),
    "adopted-as-basis": ("прийнято за основу", "adopted as a basis"),
    "adopted": ("прийнято в цілому", "adopted"),
    "signed": ("підписано", "signed"),
    "published": ("оприлюднено", "published"),
    "in-force": ("набрав чинності", "in force"),
    "suspended": ("зупинено", "suspended"),
    "resumed": ("дію поновлено", "resumed"),
    "quashed": ("скасовано", "quashed"),
    "restored": ("відновлено", "restored"),
    "repealed": ("втратив чинність", "repealed"),
}

KIND = Kind(
    "act.status_changed",
    schema=1,
    family="body",
    data=ActStatusChanged,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Змінено статус акта",
    title_en="Act's status changed",
    uk="Акт {act}: {status} з {when}",
    en="Act {act}: {status} from {when}",
    example={"act": "town-12-2025-01-15", "status": "suspended", "date": "2025-03-13", "start": "2025-03-13"},
)
