"""observation.answered: what those who were asked say, on the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.authors import check_authors
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.oversight import Observation, answered, answered_by
from ledger.registry import Body, keep
from ledger.remedy import holders_of
from ledger.values import EventId, RequiredText, Strict

if TYPE_CHECKING:
    from ledger.programme import Programme

OUTCOMES = {
    "explained": ("пояснено", "explained"),
    "corrected": ("виправлено", "corrected"),
    "rejected": ("не погоджуємося", "not agreed"),
}


class ObservationAnswered(Strict):
    """observation: its first event; outcome: what was done about it."""

    observation: EventId
    text: RequiredText
    outcome: Literal["explained", "corrected", "rejected"]


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ObservationAnswered | None = event.data
    observations = (view.body if view.body is not None else view.programme).observations
    before = answered_by(observations, view.slot)
    known = observations.get(data.observation) if data is not None else before
    if data is not None and (known is None or known.void):
        raise Refusal("unknown-observation", "/data/observation", data.observation)
    if data is not None and before is not None and before.slot != data.observation:
        raise Refusal("correction-changes-id", "/data/observation", data.observation)
    if known is not None:
        _check_signers(view, event, known)
    yield from ()


def _check_signers(view: View, event: Common, known: Observation) -> None:
    """Who was asked answers; who answered mends the answer, or takes it back; whoever observed does neither.

    An answer that was given stays its office's own, also where another one is asked by now.
    """
    authors = known.given.get(view.slot)
    to = (known.to,) if known.to is not None else None
    asked = authors or to or tuple(signer.office for signer in event.signers)
    instead = holders_of(view.world, asked, view.today, without=known.observers)
    for place, signer in enumerate(event.signers):
        if authors is None and known.to not in (None, signer.office):
            raise Refusal("not-asked", f"/signers/{place}/office", signer.office, instead=instead)
        if signer.person in known.observers:
            raise Refusal("self-answer", f"/signers/{place}/person", signer.person, instead=instead)
    if authors is not None:
        check_authors(view, event, authors, without=known.observers)


def evolve(state: Body | Programme, stated: Stated) -> Body | Programme:
    state = replace(state, observations=answered(state.observations, stated))
    return _kept(state, stated) if isinstance(state, Body) else state


def _kept(body: Body, stated: Stated) -> Body:
    kept = keep(stated, "answer", body.kept.get(stated.slot))
    return replace(body, kept=body.kept.set(stated.slot, kept))


def phrases(data: ObservationAnswered, olds: object) -> Iterator[Words]:
    yield {"how": OUTCOMES[data.outcome], "text": data.text}


KIND = Kind(
    "observation.answered",
    schema=1,
    family="programme",
    also=("body",),
    data=ObservationAnswered,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Відповідь на зауваження",
    title_en="Observation answered",
    uk="Відповідь на зауваження ({how}): {text}",
    en="Answer to an observation ({how}): {text}",
    example={
        "observation": "01890a5d-ac96-774b-bcce-b302099a8057",
        "text": "Рішенням № 12 (приклад)",
        "outcome": "explained",
    },
)
