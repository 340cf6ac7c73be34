"""observation.answered: what those who were asked say, on the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.oversight import Observation, answered
from ledger.registry import Body, keep
from ledger.remedy import holders_of
from ledger.values import EventId, Strict

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
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    outcome: Literal["explained", "corrected", "rejected"]


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ObservationAnswered | None = event.data
    observations = (view.body if view.body is not None else view.programme).observations
    answered_before = next((one for one in observations.values() if view.slot in one.answers), None)
    known = observations.get(data.observation) if data is not None else answered_before
    if data is not None and known is None:
        raise Refusal("unknown-observation", "/data/observation", data.observation)
    if data is not None and answered_before not in (None, known):
        raise Refusal("correction-changes-id", "/data/observation", data.observation)
    if known is not None:
        _check_signers(view, event, known)
    yield from ()


def _check_signers(view: View, event: Common, known: Observation) -> None:
    """Who was asked answers, and takes an answer back; whoever observed does neither."""
    asked = (known.to,) if known.to is not None else tuple(signer.office for signer in event.signers)
    instead = holders_of(view.world, asked, view.today, without=known.observers)
    for place, signer in enumerate(event.signers):
        if known.to is not None and signer.office != known.to:
            raise Refusal("not-asked", f"/signers/{place}/office", signer.office, instead=instead)
        if signer.person in known.observers:
            raise Refusal("self-answer", f"/signers/{place}/person", signer.person, instead=instead)


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
