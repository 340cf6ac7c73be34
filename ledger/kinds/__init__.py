"""The event kinds: what may be said. Adding one is one file of the same shape, named here."""

from __future__ import annotations

from ledger.errors import Refusal
from ledger.kinds import (
    act_registered,
    act_status_changed,
    actual_reported,
    allocation_mapped,
    appropriation_set,
    body_opened,
    body_succeeded,
    change_endorsed,
    change_proposed,
    change_refused,
    change_withdrawn,
    checkpoint_witnessed,
    dataset_published,
    entry_reaffirmed,
    evaluation_concluded,
    financing_changed,
    finding_accepted,
    key_enrolled,
    key_revoked,
    key_rotated,
    ledger_heads,
    ledger_opened,
    log_key_rotated,
    mandate_ended,
    mandate_granted,
    observation_answered,
    observation_made,
    office_created,
    person_registered,
    policy_set,
    programme_adopted,
    programme_amended,
    programme_closed,
    progress_reported,
    registrar_changed,
    report_accepted,
    report_returned,
    schedule_changed,
    service_key_enrolled,
    spending_reported,
    timestamp_anchored,
    transfer_made,
    transfer_returned,
    treasury_imported,
)
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.report_accepted import REPORTS

KINDS: dict[str, Kind] = {
    module.KIND.name: module.KIND
    for module in (
        ledger_opened,
        log_key_rotated,
        body_opened,
        person_registered,
        office_created,
        mandate_granted,
        mandate_ended,
        key_enrolled,
        key_rotated,
        key_revoked,
        service_key_enrolled,
        registrar_changed,
        body_succeeded,
        policy_set,
        entry_reaffirmed,
        act_registered,
        act_status_changed,
        programme_adopted,
        programme_amended,
        programme_closed,
        financing_changed,
        appropriation_set,
        schedule_changed,
        transfer_made,
        transfer_returned,
        spending_reported,
        actual_reported,
        progress_reported,
        treasury_imported,
        allocation_mapped,
        report_accepted,
        report_returned,
        evaluation_concluded,
        dataset_published,
        change_proposed,
        change_endorsed,
        change_refused,
        change_withdrawn,
        observation_made,
        observation_answered,
        finding_accepted,
        ledger_heads,
        checkpoint_witnessed,
        timestamp_anchored,
    )
}


def kind_of(name: object) -> Kind:
    """Raises Refusal("unknown-kind")."""
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Refusal("unknown-kind", "/kind", name if isinstance(name, str | int | bool) else None)
    return kind


__all__ = ["KINDS", "REPORTS", "Discrepancy", "Kind", "View", "kind_of"]
