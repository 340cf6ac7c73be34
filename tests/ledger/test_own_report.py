"""Who accepts a report that the same person signed says so: docs/authority.md, reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.problems import problem_of
from ledger.door import NeedsAcknowledgement
from tests.support.council import CHAIR, MAYOR, MEMBER, TREASURER, council_town, set_policy
from tests.support.people import COMMISSIONER, SECRETARY, key_of
from tests.support.story import ACTUAL
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, remember

SECOND = MAYOR.using(remember(key_of("the mayor's second")))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def reported(town: TestLedger, by: Any = MAYOR, **more: Any) -> str:
    data = ACTUAL | {"period": "2025-Q2"}
    return town.submit("actual.reported", PROGRAMME, data, by=by, **more).event


def asked(town: TestLedger, report: str, by: Any) -> set[str]:
    return town.asked("report.accepted", PROGRAMME, {"report": report}, by=by)


def accept(town: TestLedger, report: str, by: Any, **more: Any) -> str:
    return town.submit("report.accepted", PROGRAMME, {"report": report}, by=by, **more).event


def test_who_accepts_the_own_report_acknowledges_it_whatever_the_office_and_the_key(
    town: TestLedger,
) -> None:
    report = reported(town)
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(SECOND))
    for by in (MAYOR, MEMBER, SECOND):
        assert asked(town, report, by) == {"own-report"}
    accept(town, report, MEMBER, acknowledges=["own-report"])


def test_another_person_accepts_it_unasked_in_the_same_office_too(town: TestLedger) -> None:
    report = reported(town, SECRETARY)
    granted = {"person": MAYOR.person, "office": SECRETARY.office, "start": "2025-01-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    accept(town, report, type(MAYOR)(MAYOR.person, SECRETARY.office, SECRETARY.body, MAYOR.key))


def test_the_question_names_the_person_the_report_and_who_else_could_accept_it(town: TestLedger) -> None:
    report = reported(town)
    (found,) = town.asked_about("report.accepted", PROGRAMME, {"report": report}, by=MAYOR)
    assert (found.details["person"], found.details["report"]) == ("p-mayor", report)
    held = {one["office"]: one["persons"] for one in found.details["instead"]}
    assert held["council-secretary"] == ["p-secretary"]
    assert not any("p-mayor" in persons for persons in held.values())
    document = problem_of(NeedsAcknowledgement([found])).document(language="uk", request_id="r")
    (item,) = document["discrepancies"]
    for language in ("uk", "en"):
        assert all(word in item["message"][language] for word in ("p-mayor", report, "p-secretary"))


def test_whoever_signed_the_report_with_others_is_one_who_signed_it(town: TestLedger) -> None:
    report = reported(town, [TREASURER, MAYOR])
    assert asked(town, report, TREASURER) == asked(town, report, MEMBER) == {"own-report"}
    accept(town, report, CHAIR)


def test_it_is_the_statement_in_force_that_counts(town: TestLedger) -> None:
    """Who made the report first, and did not correct it, did not sign what is accepted."""
    report = reported(town)
    data = ACTUAL | {"period": "2025-Q2", "value": "4"}
    town.submit("actual.reported", PROGRAMME, data, by=TREASURER, corrects=report)
    assert asked(town, report, TREASURER) == {"own-report"}
    accept(town, report, MAYOR)


def test_it_is_judged_as_it_stands_at_the_acceptances_own_place(town: TestLedger) -> None:
    """A report that is corrected in the same batch, just before."""
    report = reported(town)
    data = ACTUAL | {"period": "2025-Q2", "value": "4"}
    corrected = town.envelope("actual.reported", PROGRAMME, data, by=TREASURER, corrects=report)
    accepted = town.envelope("report.accepted", PROGRAMME, {"report": report}, by=TREASURER)
    (found,) = town.asked_all([corrected, accepted])
    assert (found.code, found.pointer) == ("own-report", "/envelopes/1/signers/0/person")


def test_to_return_the_own_report_and_to_take_an_acceptance_back_is_free(town: TestLedger) -> None:
    report = reported(town)
    town.submit("report.returned", PROGRAMME, {"report": report, "note": "Описка"}, by=MAYOR)
    accepted = accept(town, report, CHAIR)
    town.submit("report.accepted", PROGRAMME, None, by=MAYOR, corrects=accepted)


def test_a_corrected_acceptance_is_asked_about_again(town: TestLedger) -> None:
    report = reported(town)
    accepted = accept(town, report, CHAIR)
    data = {"report": report, "note": "Добре"}
    again = {"by": MAYOR, "corrects": accepted}
    assert town.asked("report.accepted", PROGRAMME, data, **again) == {"own-report"}


def test_a_policy_forbids_it_and_the_refusal_names_it_and_who_else_could(town: TestLedger) -> None:
    said = set_policy(town, rules=[{"kinds": ["report.accepted"], "forbidden": ["own-report"]}])
    report = reported(town)
    data = {"report": report}
    refusal = town.refused("report.accepted", PROGRAMME, data, by=MAYOR, acknowledges=["own-report"])
    assert (refusal.code, refusal.got, refusal.details["policy"]) == ("policy-forbids", "own-report", said)
    held = {one["office"]: one["persons"] for one in refusal.details["instead"]}
    assert (held["mayor"], held["council-secretary"]) == ([], ["p-secretary"])
    accept(town, report, COMMISSIONER)


def test_a_policy_lets_it_pass_in_silence(town: TestLedger) -> None:
    set_policy(town, rules=[{"kinds": ["report.accepted"], "silent": ["own-report"]}])
    accept(town, reported(town), MAYOR)
