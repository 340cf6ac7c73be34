"""A value that was set by what suspect officials endorsed, behind HTTP: docs/authority.md, doubt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.models.events import EventShown
from tests.api.consenting import EFFECTIVE, change, enacting, endorsing, open_council, proposing, sign, signer
from tests.api.door import BASE, Door
from tests.support.council import CHAIR, MAYOR, asks, policy
from tests.support.people import FINANCIER, SECRETARY
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME

TODAY = "2025-09-01"


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Door]:
    with open_council(tmp_path) as door:
        yield door


def word(door: Door, **query: Any) -> str | None:
    """The doubt beside the value that was enacted."""
    asked = "&".join(f"{name}={value}" for name, value in ({"as_of": EFFECTIVE} | query).items())
    found: str | None = door.json(f"{BASE}?{asked}")["cells"][LINE_CELL]["doubt"]
    return found


def to_reaffirm(door: Door, office: str) -> set[str]:
    """What waits for an office's re-affirmation, by its event."""
    return {one["event"] for one in door.json(f"/v1/inbox?office={office}&task=reaffirm")["items"]}


def test_a_suspect_endorsement_marks_the_value_until_it_is_reaffirmed(council: Door) -> None:
    proposal = sign(council, proposing())["event"]
    endorsed = sign(council, endorsing(proposal, MAYOR))["event"]
    sign(council, endorsing(proposal, CHAIR))
    event = sign(council, enacting(proposal))["event"]
    enacted, etag = council.town.position, council.get(BASE).headers["etag"]
    assert word(council) is None

    stolen = {"kid": MAYOR.key.public.kid, "cause": "stolen", "suspect_from": TODAY}
    revoked = council.say("key.revoked", COUNCIL_STREAM, stolen)["event"]
    assert word(council) == "suspect"
    assert word(council, known=enacted) is None
    assert council.get(BASE).headers["etag"] != etag
    shown = council.json(f"/v1/events/{event}")
    assert shown["doubt"] == shown["in_force"]["doubt"] == "suspect"
    assert shown["doubts"] == [{"doubt": "suspect", **MAYOR.signer(), "because": revoked}]
    history = council.json(f"{BASE}/history")["items"]
    assert {row["event"] for row in history if row["doubt"]} == {event, endorsed}

    assert event in to_reaffirm(council, SECRETARY.office)
    assert to_reaffirm(council, FINANCIER.office) == {event}, "who could state it anew, and no endorsement"
    doubted = council.town.position
    entries = [{"event": event, "payload": council.town.statements[event]}]
    said = {"kind": "entry.reaffirmed", "subject": PROGRAMME, "signers": [signer(FINANCIER)]}
    sign(council, said | {"data": {"entries": entries}})
    assert word(council) is None
    assert word(council, known=doubted) == "suspect"
    assert council.json(f"/v1/events/{event}")["doubts"] == []
    assert event not in to_reaffirm(council, SECRETARY.office)


def test_the_consent_of_an_event_shows_which_endorsement_is_in_doubt_now(council: Door) -> None:
    council.say("policy.set", COUNCIL_STREAM, policy(rules=[asks(MAYOR, CHAIR)]))
    proposal = sign(council, proposing())["event"]
    sign(council, endorsing(proposal, MAYOR))
    sign(council, endorsing(proposal, CHAIR))
    event = sign(council, enacting(proposal))["event"]

    def counted() -> dict[str, str | None]:
        answer = council.get(f"/v1/events/{event}")
        EventShown.model_validate_json(answer.content, strict=True)
        (tally,) = answer.json()["consent"]["tallies"]
        return {one["office"]: one["doubt"] for one in tally["counted"]}

    assert counted() == {MAYOR.office: None, CHAIR.office: None}
    stolen = {"kid": MAYOR.key.public.kid, "cause": "stolen", "suspect_from": TODAY}
    council.say("key.revoked", COUNCIL_STREAM, stolen)
    assert counted() == {MAYOR.office: "suspect", CHAIR.office: None}


def test_a_value_that_was_enacted_with_another_text_is_not_marked(council: Door) -> None:
    proposal = sign(council, proposing())["event"]
    sign(council, endorsing(proposal, MAYOR))
    other = change("1.00") | {"subject": PROGRAMME, "acknowledges": ["other-text"]}
    event = sign(council, enacting(proposal, **other))["event"]
    stolen = {"kid": MAYOR.key.public.kid, "cause": "stolen", "suspect_from": TODAY}
    council.say("key.revoked", COUNCIL_STREAM, stolen)
    assert word(council) is None
    assert council.json(f"/v1/events/{event}")["doubt"] is None
