"""Consent at the prompt: a change waits for the chair, and a draft of four members endorses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from ledger.clock import SystemClock, local_date
from tests.api.cli_town import COUNCIL, PROGRAMME, REGISTRAR, SECRETARY, Desk, town

pytestmark = pytest.mark.thorough

CHAIR = [{"person": "p-3", "office": "chair"}]
BODY, SUBJECT = f"body:{COUNCIL}", f"programme:{PROGRAMME}"
LATER = "2031-02-20"
KINDS = ["change.endorsed", "change.refused", "actual.reported", "observation.answered"]
CHANGE: Any = {
    "kind": "financing.changed",
    "schema": 1,
    "effective": "2032-01-01",
    "data": {
        "lines": [{"measure": "w-a1y.3.10", "year": 2032, "source": "local", "op": "set", "amount": "5.00"}]
    },
}


def today() -> str:
    return local_date(SystemClock().now(), ZoneInfo("Europe/Kyiv")).isoformat()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.keyfile.ROUNDS", 0x010001)
        with town(tmp_path_factory.mktemp("desk")) as built:
            seat_chair(built)
            set_policies(built)
            propose(built)
            yield built


def seat_chair(desk: Desk) -> None:
    desk.ok("keygen", "--out", desk.key("chair"))
    possession = desk.ok("possession", "--key", desk.key("chair"), "--person", "p-3").json
    office = {"office": "chair", "name": "Голова комісії", "kinds": KINDS}
    mandate = {"person": "p-3", "office": "chair", "start": "2020-01-01", "order": ""}
    for kind, subject, data in (
        ("person.registered", "root", {"person": "p-3", "name": "Голова"}),
        ("office.created", BODY, office),
        ("mandate.granted", BODY, mandate),
        ("key.enrolled", BODY, possession),
    ):
        desk.record(kind, subject, data, REGISTRAR)


def set_policies(desk: Desk) -> None:
    asks = {"offices": ["chair"], "needed": 1, "shortfall": "refuse"}
    consent = {
        "policy": "consent",
        "title": "Погодження",
        "start": today(),
        "rules": [{"kinds": ["financing.changed"], "endorsements": asks}],
    }
    indicators = list(desk.ok("show", PROGRAMME, "--as-of", LATER, "--json").json["state"]["indicators"])
    reports = {
        "policy": "reports",
        "title": "Звіти",
        "start": today(),
        "executors": [{"indicators": indicators, "office": "chair"}],
        "deadlines": [
            {"kinds": ["actual.reported"], "period": "year", "months": 2, "day": 15, "shift": "next"}
        ],
    }
    for data in (consent, reports):
        desk.record("policy.set", BODY, data, REGISTRAR)


def propose(desk: Desk) -> None:
    path = desk.record("change.proposed", SUBJECT, {"change": CHANGE, "note": "менше"}, SECRETARY)
    receipt = json.loads(path.with_name(f"{path.stem}.receipt.json").read_text(encoding="utf8"))
    desk.record(
        "observation.made",
        SUBJECT,
        {"about": {"event": receipt["event"]}, "text": "Чому менше?", "to": "chair"},
        SECRETARY,
    )


QUESTIONS: dict[str, tuple[list[object], str]] = {
    "inbox": (["inbox", "chair", "--as-of", LATER], f"/v1/inbox?office=chair&as_of={LATER}"),
    "inbox of a person": (["inbox", "--person", "p-3"], "/v1/inbox?person=p-3"),
    "inbox of a task": (["inbox", "chair", "--task", "endorse"], "/v1/inbox?office=chair&task=endorse"),
    "inbox of a reminder": (
        ["inbox", "chair", "--as-of", LATER, "--reminder", "overdue"],
        f"/v1/inbox?office=chair&reminder=overdue&as_of={LATER}",
    ),
    "obligations": (
        ["obligations", "--programme", PROGRAMME, "--as-of", LATER],
        f"/v1/programmes/{PROGRAMME}/obligations?as_of={LATER}",
    ),
    "obligations of an office": (
        ["obligations", "--programme", PROGRAMME, "--office", "chair", "--status", "late"],
        f"/v1/programmes/{PROGRAMME}/obligations?office=chair&status=late",
    ),
    "nothing waits": (["inbox", "--person", "p-1"], "/v1/inbox?person=p-1"),
    "proposals": (["proposals", "--programme", PROGRAMME], f"/v1/proposals?programme={PROGRAMME}"),
    "no proposals": (["proposals", "--state", "lapsed"], "/v1/proposals?state=lapsed"),
    "policies": (["policies", "--programme", PROGRAMME], f"/v1/policies?programme={PROGRAMME}"),
    "policies of the root": (["policies"], "/v1/policies"),
    "observations": (["observations", "--open"], "/v1/observations?open=true"),
    "registrars": (["registrars"], "/v1/registrars"),
    "reports": (["reports", PROGRAMME], f"/v1/programmes/{PROGRAMME}/reports"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_json_is_what_the_api_answers(desk: Desk, question: str) -> None:
    arguments, address = QUESTIONS[question]
    answer = httpx.get(desk.url + address, trust_env=False)
    assert answer.status_code == 200
    assert desk.ok(*arguments, "--json").out == answer.text + "\n"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("columns", ["60", "260"])
def test_every_question_is_answered_on_any_screen(
    desk: Desk, question: str, language: str, columns: str
) -> None:
    ran = desk.ok(*QUESTIONS[question][0], "--lang", language, COLUMNS=columns)
    assert ("за даними, зареєстрованими до №" in ran.out) == (language == "uk")


def test_an_inbox_names_the_task_the_day_and_what_it_is_about(desk: Desk) -> None:
    shown = desk.ok("inbox", "chair", "--as-of", LATER, "--lang", "uk", COLUMNS="260").out
    assert "chair (Голова комісії, riverside-council): p-3" in shown
    assert "звітувати" in shown
    assert "2031-02-17" in shown  # the 15th is a Saturday
    assert "відповісти" in shown
    assert desk.run("inbox").code == 2
    assert desk.run("inbox", "chair", "--person", "p-3").code == 2
    assert desk.run("inbox", "no-office").code == 3
    assert desk.run("inbox", "chair", "--task", "sleep").code == 2


def test_obligations_say_who_owes_what_and_make_a_calendar(desk: Desk, tmp_path: Path) -> None:
    asked = ["obligations", "--programme", PROGRAMME, "--as-of", LATER]
    shown = desk.ok(*asked, "--lang", "uk", COLUMNS="260").out
    assert "chair: p-3" in shown
    assert "не подано" in shown
    file = tmp_path / "due.ics"
    desk.ok(*asked, "--lang", "uk", "--ics", file)
    address = f"{desk.url}/v1/programmes/{PROGRAMME}/obligations?format=ics&as_of={LATER}"
    assert file.read_bytes() == httpx.get(address, trust_env=False).content
    assert file.read_bytes().count(b"BEGIN:VEVENT") == len(desk.ok(*asked, "--json").json["items"])
    assert desk.run(*asked, "--status", "owed").code == 2


def test_policies_say_what_is_not_configured(desk: Desk) -> None:
    shown = desk.ok("policies", "--programme", PROGRAMME, "--lang", "en", COLUMNS="260").out
    assert "offices: chair, needed: 1" in shown
    assert "uncovered: programme.adopted; programme.amended" in shown
    assert "a proposal's days" in shown
    assert "not configured" in shown


def test_what_is_proposed_is_endorsed_by_a_draft_of_four_members_and_enacted(desk: Desk) -> None:
    (proposed,) = desk.ok("proposals", "--json").json["items"]
    proposal = proposed["id"]
    assert "endorse" in desk.ok("inbox", "chair", "--lang", "en").out
    draft = {"kind": "change.endorsed", "subject": SUBJECT, "signers": CHAIR, "data": {"proposal": proposal}}
    path = desk.write("endorsement.json", draft)
    desk.ok("draft", path, "--out", path)
    desk.ok("sign", path, "--key", desk.key("chair"), "--out", path)
    desk.ok("submit", path)
    assert not desk.ok("inbox", "chair", "--task", "endorse", "--json").json["items"]
    (item,) = desk.ok("inbox", "secretary", "--task", "enact", "--json").json["items"]
    assert item["about"]["event"] == proposal
    assert "chair: endorsed (p-3)" in desk.ok("proposals", "--lang", "en", COLUMNS="260").out
    enacting: Any = {
        "kind": "financing.changed",
        "signers": SECRETARY,
        "act": {"id": "riverside-12-7-2029", "point": "1.1"},
        "relations": {"enacts": {"proposal": proposal}},
    }
    path = desk.write("enacting.json", enacting)
    ran = desk.run("draft", path, "--out", path)
    assert ran.code == 0, ran
    desk.sign_and_submit(path)
    assert desk.ok("inbox", "secretary", "--task", "enact", "--json").json["items"] == []
    (shown,) = desk.ok("proposals", "--json").json["items"]
    assert shown["state"] == "enacted"


def test_a_report_is_listed_and_waits_for_acceptance(desk: Desk) -> None:
    (first, *_) = desk.ok("inbox", "chair", "--as-of", LATER, "--task", "report", "--json").json["items"]
    about = first["about"]
    kind = desk.ok("show", PROGRAMME, "--as-of", LATER, "--json").json["state"]["indicators"]
    value = "Так" if kind[about["indicator"]]["kind"] == "boolean" else "1"
    data = {name: about[name] for name in ("indicator", "period")} | {
        "accumulation": "period",
        "value": value,
    }
    path = desk.write(
        "report.json", {"kind": about["kind"], "subject": SUBJECT, "signers": CHAIR, "data": data}
    )
    desk.ok("draft", path, "--out", path)
    desk.ok("sign", path, "--key", desk.key("chair"), "--out", path)
    desk.ok("submit", path)
    left = desk.ok("inbox", "chair", "--as-of", LATER, "--task", "report", "--json").json["items"]
    assert first["about"] not in [one["about"] for one in left]
    assert about["indicator"] in desk.ok("reports", PROGRAMME, "--lang", "en", COLUMNS="260").out
    (item,) = desk.ok("inbox", "secretary", "--task", "accept", "--json").json["items"]
    assert item["about"]["indicator"] == about["indicator"]
