"""Which records an event makes, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from projections import act_records as acts
from projections import anchoring
from projections import consent_records as consent
from projections import key_records as keys
from projections import oversight_records as oversight
from projections import registry_records as registry
from projections.recording import Row, Told

MAKERS: dict[str, Callable[[Told], Iterator[Row]]] = {
    "ledger.opened": registry.ledger_opened,
    "body.opened": registry.body_opened,
    "body.succeeded": registry.body_succeeded,
    "registrar.changed": registry.registrar_changed,
    "person.registered": registry.person_registered,
    "office.created": registry.office_created,
    "mandate.granted": registry.mandate_changed,
    "mandate.ended": registry.mandate_changed,
    "key.enrolled": keys.key_enrolled,
    "key.rotated": keys.key_rotated,
    "key.revoked": registry.key_revoked,
    "service_key.enrolled": keys.service_key_enrolled,
    "checkpoint.witnessed": anchoring.witnessed,
    "timestamp.anchored": anchoring.stamped,
    "policy.set": oversight.policy_set,
    "act.registered": acts.act_stated,
    "act.status_changed": acts.act_stated,
    "change.proposed": consent.change_proposed,
    "change.endorsed": consent.change_spoken,
    "change.refused": consent.change_spoken,
    "observation.made": oversight.observation_made,
    "observation.answered": oversight.observation_answered,
    "actual.reported": oversight.reported,
    "progress.reported": oversight.reported,
    "spending.reported": oversight.reported,
}


def records_of(told: Told) -> list[Row]:
    """The versions that an event makes; the worlds hold the streams that it needed."""
    maker = MAKERS.get(told.event.kind)
    rows = list(maker(told)) if maker is not None else []
    if told.event.subject.startswith("programme:"):
        rows += [*consent.proposal_closed(told), *consent.consent_given(told)]
    return rows
