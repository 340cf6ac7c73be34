"""The schedule, the treasury, findings, evaluations and data sets over HTTP: drafted, signed, shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from ledger.kinds import KINDS
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import Door, problem_of
from tests.api.running import running
from tests.ledger.refusals.treasury import (
    CONCLUSION,
    DATASET,
    EXTRACT,
    EXTRACT_LINE,
    FINDING,
    KPKVK,
    MAPPED,
)
from tests.support.people import SECRETARY
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, Payload, TestLedger, lines

__all__ = ["prompt"]
BASE = f"/v1/programmes/{PROGRAMME_ID}"
PAID = f"/treasury/2025/{KPKVK}._._._/paid"
# Kind → good data, and what its sentence has to tell in either language.
GOOD: dict[str, tuple[Payload, str]] = {
    "schedule.changed": (lines("90.00") | {"certificate": {"number": "15"}}, "90.00"),
    "treasury.imported": (EXTRACT, "25.00"),
    "allocation.mapped": ({"lines": [MAPPED]}, "0.5"),
    "finding.accepted": (FINDING, "DOC-DATE:decision"),
    "evaluation.concluded": (CONCLUSION, "Виконано"),
    "dataset.published": (DATASET, "https://data.example/p.csv"),
}
CELLS = {
    "schedule.changed": ("/schedule/1.1/2025/local", "90.00"),
    "treasury.imported": (PAID, "25.00"),
    "allocation.mapped": (f"/allocation/2025/{KPKVK}._._._/1.1/local", "0.5"),
    "evaluation.concluded": ("/evaluation/2025/rating", "partly"),
    "dataset.published": ("/datasets/programmes/position", 1),
}


def begun(kind: str) -> Payload:
    """An event as a person would begin it."""
    day = {"effective": "2025-08-30"} if KINDS[kind].effective == "required" else {}
    signer = {"person": SECRETARY.person, "office": SECRETARY.office}
    return {"kind": kind, "subject": PROGRAMME, "signers": [signer], "data": GOOD[kind][0], **day}


@pytest.mark.parametrize("kind", GOOD)
def test_a_draft_is_recorded_when_it_is_signed_and_shown_with_its_sentence(door: Door, kind: str) -> None:
    draft = door.draft(begun(kind)).json()
    assert (draft["outcome"], draft["refusal"]) == ("recorded", None)
    for language in ("uk", "en"):
        assert GOOD[kind][1] in draft["sentence"][language]
    assert door.post(door.town.signed(draft["payload"])).status_code == 201
    door.settle()
    shown = door.json(f"/v1/events/{draft['payload']['id']}")
    assert shown["sentence"] == draft["sentence"]
    if kind in CELLS:
        path, value = CELLS[kind]
        found = door.json(f"{BASE}?as_of=2025-09-01&path={path}")["state"]
        for segment in path.split("/")[1:]:
            found = found[segment]
        assert found == value
    else:
        assert not shown["writes"]


@pytest.mark.parametrize("kind", ["schedule.changed", "treasury.imported"])
def test_what_changes_in_money_has_the_currency_and_a_difference(door: Door, kind: str) -> None:
    common = {"effective": "2025-03-01"} if kind == "schedule.changed" else {}
    door.say(kind, PROGRAMME, GOOD[kind][0], **common)
    query = f"from_as_of=2025-02-28&to_as_of=2025-09-01&path={CELLS[kind][0]}"
    (row,) = door.json(f"{BASE}/diff?{query}")["changes"]
    assert (row["unit"], row["delta"]) == ("UAH", CELLS[kind][1])


def test_a_share_is_no_money(door: Door) -> None:
    door.say("allocation.mapped", PROGRAMME, {"lines": [MAPPED]})
    (row,) = door.json(f"{BASE}/diff?from_as_of=2025-02-28&to_as_of=2025-09-01&path=/allocation")["changes"]
    assert (row["new"]["value"], row["unit"], row["delta"]) == ("0.5", None, None)


def test_what_the_door_asks_about_an_extract_it_tells_in_both_languages(door: Door) -> None:
    door.say("treasury.imported", PROGRAMME, EXTRACT | {"day": "2025-03-31"})
    lower = EXTRACT | {"lines": [EXTRACT_LINE | {"paid": "24.00"}]}
    answer = door.post(door.town.envelope("treasury.imported", PROGRAMME, lower))
    (asked,) = problem_of(answer, 409, "needs-acknowledgement")["discrepancies"]
    for words in asked["message"].values():
        for part in (PAID, "24.00", "2025-06-30", "25.00", "2025-03-31"):
            assert part in words


def test_a_finding_that_is_observed_is_shown(door: Door) -> None:
    data = {"about": {"finding": FINDING["finding"], "as_of": "2025-06-30"}, "text": "Чому?"}
    slot = door.say("observation.made", PROGRAMME, data)["event"]
    about = door.json(f"/v1/observations/{slot}")["item"]["about"]
    assert about == {"event": None, "cell": None, "as_of": "2025-06-30", "finding": FINDING["finding"]}


def test_when_to_publish_is_shown_among_the_settings(door: Door) -> None:
    said: dict[str, Any] = {"policy": "publish", "title": "Оприлюднення", "start": "2025-09-01"}
    asked = {"acts": {"days": 5, "working": False}, "datasets": None}
    before = door.json("/v1/policies")["settings"]["publication"]
    assert before == {"status": "not-configured", "items": []}
    event = door.say("policy.set", COUNCIL_STREAM, said | {"publication": {"acts": asked["acts"]}})["event"]
    page = door.json(f"/v1/policies?programme={PROGRAMME_ID}")["settings"]["publication"]
    assert page == {"status": "configured", "items": [asked | {"policy": event}]}


def test_pledger_draft_takes_each_of_the_kinds(
    model_town: TestLedger, tmp_path: Path, prompt: Prompt
) -> None:
    TestLedger.copy_of(model_town, tmp_path / "served").close()
    with running(Settings(data=tmp_path / "served")) as url:
        for number, kind in enumerate(GOOD):
            path = prompt.write(f"event-{number}.json", begun(kind))
            ran = prompt.ok("draft", path, "--server", url, "--out", path)
            assert GOOD[kind][1] in ran.out + ran.err
