"""What a policy lets pass in silence is still on the record."""

from __future__ import annotations

from tests.api.door import Door
from tests.support.town import COUNCIL_STREAM, PROGRAMME, lines


def test_a_silent_discrepancy_stands_in_the_consent_record(door: Door) -> None:
    rules = [{"kinds": ["financing.changed"], "silent": ["over-appropriation"]}]
    policy = {"policy": "calm", "title": "Без запитань", "start": "2025-09-01", "rules": rules}
    door.town.submit("policy.set", COUNCIL_STREAM, policy)
    door.town.submit("appropriation.set", PROGRAMME, lines("100.00"))
    over = door.town.submit("financing.changed", PROGRAMME, lines("500.00")).event
    within = door.town.submit("financing.changed", PROGRAMME, lines("50.00")).event
    assert door.json(f"/v1/events/{over}")["consent"]["silent"] == ["over-appropriation"]
    assert door.json(f"/v1/events/{within}")["consent"] is None
