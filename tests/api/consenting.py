"""A council whose changes are proposed and endorsed, behind the HTTP door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ledger.receipt import read_receipt
from tests.api.door import Door, open_door
from tests.support.council import CHAIR, MAYOR, TREASURER, content_of, council_town
from tests.support.people import SECRETARY, Official
from tests.support.town import PROGRAMME, lines

FOUR = (MAYOR, CHAIR, TREASURER, SECRETARY)
EFFECTIVE = "2025-06-01"


@contextmanager
def open_council(path: Path) -> Iterator[Door]:
    """Nothing is proposed and no policy is in force yet; the clock stands on 1 September 2025."""
    model = council_town(path / "model")
    model.close()
    with open_door(model, path / "town") as door:
        yield door


def signer(official: Official) -> dict[str, str]:
    """As a draft names who is to sign: the server knows the key."""
    return {"person": official.person, "office": official.office}


def change(amount: str, **more: Any) -> dict[str, Any]:
    """The content of the event that is proposed."""
    return {"kind": "financing.changed", "schema": 1, "effective": EFFECTIVE, "data": lines(amount), **more}


def proposing(amount: str = "175.00", by: Official = SECRETARY, **more: Any) -> dict[str, Any]:
    return {
        "kind": "change.proposed",
        "subject": PROGRAMME,
        "signers": [signer(by)],
        "data": {"change": change(amount), "note": "Збільшити"},
        **more,
    }


def endorsing(proposal: str, by: Official, kind: str = "change.endorsed", **data: Any) -> dict[str, Any]:
    """Without subject and content: the server knows them."""
    return {"kind": kind, "signers": [signer(by)], "data": {"proposal": proposal, **data}}


def enacting(proposal: str, by: Official = SECRETARY, **more: Any) -> dict[str, Any]:
    """Nothing of the text is typed again."""
    return {
        "relations": {"enacts": {"proposal": proposal}},
        "act": {"id": "town-1-2024-12-20"},
        "signers": [signer(by)],
        **more,
    }


def sign(door: Door, payload: Any) -> Any:
    """Draft an event, sign it and submit it: it must be recorded. Its receipt."""
    draft = door.draft(payload).json()
    assert draft["outcome"] == "recorded", (draft["refusal"], draft["discrepancies"])
    envelope = door.town.signed(draft["payload"])
    answer = door.post(envelope)
    assert answer.status_code == 201, answer.text
    door.town._check(envelope, read_receipt(answer.json()))
    door.settle()
    return answer.json()


def content(door: Door, proposal: str) -> str:
    """The content hash, computed from the document and not by the ledger's code."""
    return content_of(door.town.recorded[proposal])
