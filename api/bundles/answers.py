"""The answer in a bundle: what the API answers, on one page, as far as a verifier computes it again."""

from __future__ import annotations

from typing import Any

from api.bundles.evidence import About
from api.bundles.subjects import Subject
from api.context import behind
from api.routes.cells import blame_of, diff_of
from api.routes.events import event_of, find_entry
from api.routes.programmes import state_of
from api.routes.registry import record_of
from api.sources import Source
from api.views import View
from ledger.ids import TRUST, programme_stream
from ledger.verify.answer_shape import shaped
from projections.citations import programmes_citing

ACTS = "acts"


def answer_of(source: Source, subject: Subject) -> dict[str, Any]:
    """answer.json. Raises Problem: no-such-event, no-such-record, behind."""
    point = subject.point
    with source.follower.reading(point.known.position) as reading:
        if reading.position != point.known.position:  # a new generation that is not as far yet
            raise behind(point.known.position, reading.position)
        return shaped(subject.type, _answer(View(source, reading, point.as_of, point.known), subject))


def _answer(view: View, subject: Subject) -> dict[str, Any]:
    if subject.type == "event":
        return event_of(view.reading, find_entry(view.context, subject.name))
    if subject.type == "act":
        return record_of(view, "act", ACTS, subject.name)
    if subject.type == "cell":
        return blame_of(view, subject.name, subject.path)[0]
    if subject.start is not None:
        return diff_of(view, subject.name, subject.start.as_of, subject.start.known)
    return state_of(view, subject.name)


def about(source: Source, subject: Subject) -> About:
    """Where the subject stands, unless the whole programme is in the bundle. Raises Problem no-such-event."""
    if subject.type == "event":
        entry = find_entry(source, subject.name)
        if entry.stream.startswith("programme:"):
            return About((entry.stream,))
        return About(entry=entry.index) if entry.stream == TRUST else About(bodies=(entry.stream,))
    if subject.type == "act":
        found = source.ledger.reader.names([f"act:{subject.name}"])
        with source.follower.reading(subject.position) as reading:
            citing = [programme_stream(one) for one in programmes_citing(reading, subject.name)]
        return About(tuple(citing), tuple(found.values()))
    return About()
