"""Dated settings: when they are in force, over what, and what they ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import utc
from tests.support.council import (
    CHAIR,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    MEMBER,
    MONEY,
    REEVE,
    TREASURER,
    asks,
    council_town,
    policy,
    reaffirm,
    revoke,
    set_policy,
    statement,
)
from tests.support.people import COMMISSION, COUNCIL, FINANCE, FOREIGN, REGISTRARS, SECRETARY, STRANGER
from tests.support.story import ACTUAL, OTHER_PROGRAMME, OTHER_PROGRAMME_ID
from tests.support.town import (
    ACT_DATA,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
    Payload,
    TestLedger,
    line,
    lines,
)

ONLY_MAYOR = [{"kinds": [MONEY], "offices": ["mayor"]}]
ONLY_CHAIR = [{"kinds": [MONEY], "offices": ["budget-chair"]}]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def code(town: TestLedger, kind: str = MONEY, subject: str = PROGRAMME, data: Any = None, **more: Any) -> str:
    """The refusal's code, what is asked about, or "recorded"."""
    outcome = town.outcome([town.envelope(kind, subject, data or lines("1.00"), **more)])
    if isinstance(outcome, list):
        return "recorded"
    return str(getattr(outcome, "code", outcome))


# -- when -----------------------------------------------------------------------------------


def test_a_policy_is_in_force_from_its_first_day_and_never_before(town: TestLedger) -> None:
    set_policy(town, start="2025-09-10", rules=ONLY_MAYOR)
    town.clock.set(utc("2025-09-09T20:59:59"))
    assert code(town) == "recorded"
    town.clock.set(utc("2025-09-09T21:00:00"))  # midnight in Kyiv
    assert code(town) == "policy-office"
    assert code(town, by=MAYOR) == "recorded"


def test_a_policy_judges_no_event_that_was_recorded_before_it(town: TestLedger) -> None:
    slot = town.submit(MONEY, PROGRAMME, lines("5.00")).event
    set_policy(town, rules=ONLY_MAYOR)
    town.reopen()
    assert town.timeline().slots[slot].event == slot
    assert town.value("/financing/1.1/2025/local", "2025-04-01") == "5.00"


@pytest.mark.parametrize(("start", "refused"), [("2025-08-31", True), ("2025-09-01", False)])
def test_a_policy_starts_today_at_the_earliest(town: TestLedger, start: str, refused: bool) -> None:
    told = town.outcome([town.envelope("policy.set", COUNCIL_STREAM, policy(start=start, lapse_days=3))])
    assert (getattr(told, "code", None) == "policy-retroactive") is refused


def test_a_newer_statement_of_an_id_replaces_the_older_one_from_its_day(town: TestLedger) -> None:
    set_policy(town, rules=ONLY_MAYOR)
    set_policy(town, start="2025-09-10", rules=ONLY_CHAIR)
    assert (code(town, by=CHAIR), code(town, by=MAYOR)) == ("policy-office", "recorded")
    town.clock.set(utc("2025-09-10T09:00:00"))
    assert (code(town, by=CHAIR), code(town, by=MAYOR)) == ("recorded", "policy-office")


def test_the_newest_statement_in_force_replaces_one_that_was_to_start_later(town: TestLedger) -> None:
    """First said: from the tenth the mayor. Then: from the fifth the chair."""
    set_policy(town, start="2025-09-10", rules=ONLY_MAYOR)
    set_policy(town, start="2025-09-05", rules=ONLY_CHAIR)
    town.clock.set(utc("2025-09-10T09:00:00"))
    assert (code(town, by=CHAIR), code(town, by=MAYOR)) == ("recorded", "policy-office")


def test_an_empty_statement_of_an_id_ends_the_policy_from_its_day(town: TestLedger) -> None:
    set_policy(town, rules=ONLY_MAYOR)
    set_policy(town, start="2025-09-10")
    assert code(town) == "policy-office"
    town.clock.set(utc("2025-09-10T09:00:00"))
    assert code(town) == "recorded"


def test_one_id_in_two_streams_is_two_policies(town: TestLedger) -> None:
    set_policy(town, rules=ONLY_MAYOR)
    set_policy(town, where="root")  # ends nothing of the council's
    assert code(town) == "policy-office"
    set_policy(town, where="root", rules=ONLY_MAYOR)
    set_policy(town)
    assert code(town) == "policy-office"


def test_a_policy_holds_from_the_next_envelope_of_its_batch(town: TestLedger) -> None:
    said = town.envelope("policy.set", COUNCIL_STREAM, policy(rules=ONLY_MAYOR))
    before, after = (town.envelope(MONEY, PROGRAMME, lines(amount)) for amount in ("2.00", "3.00"))
    refusal = town.refused_all([before, said, after])
    assert (refusal.code, refusal.pointer) == ("policy-office", "/envelopes/2/signers/0/office")
    town.submit_all([before, said])


def test_a_policy_may_name_the_act_that_adopts_it(town: TestLedger) -> None:
    for where in (COUNCIL_STREAM, "root"):
        town.submit("policy.set", where, policy(lapse_days=3), act={"id": "town-1-2024-12-20"})


# -- over what -------------------------------------------------------------------------------


def test_where_nothing_is_set_nothing_is_asked(town: TestLedger) -> None:
    assert code(town) == "recorded"


def test_a_councils_policy_is_not_anothers(town: TestLedger) -> None:
    set_policy(town, where=f"body:{FOREIGN}", rules=[{"kinds": [MONEY], "offices": ["other-secretary"]}])
    assert code(town) == "recorded"


def test_a_policy_of_a_body_below_does_not_govern_the_council(town: TestLedger) -> None:
    set_policy(town, where=f"body:{FINANCE}", rules=[{"kinds": [MONEY], "offices": ["finance-head"]}])
    assert code(town) == "recorded"


def test_the_councils_policy_governs_programmes_of_the_bodies_below(town: TestLedger) -> None:
    office = {
        "office": "fin-clerk",
        "name": "Діловод",
        "kinds": ["act.registered", "programme.adopted", MONEY],
    }
    finance = f"body:{FINANCE}"
    town.submit("office.created", finance, office)
    mandate = {"person": TREASURER.person, "office": "fin-clerk", "start": "2025-01-01"}
    town.submit("mandate.granted", finance, mandate)
    theirs = PROGRAMME_DATA | {"programme": "theirs", "body": FINANCE}
    town.submit("programme.adopted", "programme:theirs", theirs, by=TREASURER)
    assert code(town, subject="programme:theirs", by=TREASURER) == "recorded"
    set_policy(town, rules=[{"kinds": [MONEY], "offices": ["fin-clerk"]}])
    town.reopen()
    assert code(town, subject="programme:theirs", by=TREASURER) == "policy-office"


def test_the_roots_policy_governs_all(town: TestLedger) -> None:
    set_policy(town, where="root", rules=ONLY_MAYOR)
    assert code(town) == "policy-office"
    assert code(town, by=MAYOR) == "recorded"
    assert code(town, subject=OTHER_PROGRAMME) == "policy-office"


def test_a_policy_of_one_programme_leaves_the_others_alone(town: TestLedger) -> None:
    set_policy(town, programme=PROGRAMME_ID, rules=ONLY_MAYOR)
    assert code(town) == "policy-office"
    assert code(town, subject=OTHER_PROGRAMME) == "recorded"
    set_policy(town, name="other", programme=OTHER_PROGRAMME_ID, rules=ONLY_CHAIR)
    assert code(town, subject=OTHER_PROGRAMME) == "policy-office"


def test_a_bodys_policy_governs_its_acts(town: TestLedger) -> None:
    set_policy(town, rules=[{"kinds": ["act.registered"], "offices": ["mayor"]}])
    act = ACT_DATA | {"act": "town-9"}
    assert code(town, "act.registered", COUNCIL_STREAM, act) == "policy-office"
    assert code(town, "act.registered", COUNCIL_STREAM, act, by=MAYOR) == "recorded"


def test_the_successors_policies_govern_from_its_day(town: TestLedger) -> None:
    set_policy(
        town, where=f"body:{FOREIGN}", rules=[{"kinds": ["actual.reported"], "offices": ["other-secretary"]}]
    )
    data = {"body": COUNCIL, "successor": FOREIGN, "start": "2025-09-10"}
    town.submit("body.succeeded", "root", data)
    assert code(town, "actual.reported", data=ACTUAL | {"period": "2025-Q2"}) == "recorded"
    town.clock.set(utc("2025-09-10T09:00:00"))
    late = ACTUAL | {"period": "2025-Q3"}
    assert code(town, "actual.reported", data=late, by=STRANGER) == "recorded"


def test_a_district_sets_its_own_policies_by_its_own_registrars(town: TestLedger) -> None:
    data = policy(rules=[{"kinds": ["act.registered"], "offices": [REEVE.office]}])
    assert town.refused("policy.set", DISTRICT_STREAM, data).code == "not-a-registrar"
    town.submit("policy.set", DISTRICT_STREAM, data, by=DISTRICT_REGISTRARS[:2])


# -- together, forbidden, silent ----------------------------------------------------------------


def mismatch() -> Payload:
    """A decision that states an old value which is not in force."""
    return lines(line("1.00", stated_old="7.00"))


def test_all_policies_in_force_apply_together(town: TestLedger) -> None:
    set_policy(town, name="one", rules=[{"kinds": [MONEY], "offices": ["mayor", "budget-chair"]}])
    set_policy(town, name="two", where="root", rules=[{"kinds": [MONEY], "offices": ["mayor", "treasurer"]}])
    said = [code(town, by=one) for one in (SECRETARY, CHAIR, TREASURER, MAYOR)]
    assert said == ["policy-office", "policy-office", "policy-office", "recorded"]


def test_every_signer_must_be_one_whom_the_policy_lets_sign(town: TestLedger) -> None:
    set_policy(town, rules=[{"kinds": [MONEY], "offices": ["mayor", "treasurer"]}])
    assert code(town, by=[MAYOR, SECRETARY]) == "policy-office"
    assert code(town, by=[MAYOR, TREASURER]) == "recorded"


def test_what_a_policy_forbids_cannot_be_acknowledged(town: TestLedger) -> None:
    assert town.asked(MONEY, PROGRAMME, mismatch()) == {"old-mismatch"}
    said = set_policy(town, rules=[{"kinds": [MONEY], "forbidden": ["old-mismatch"]}])
    for acknowledges in ([], ["old-mismatch"]):
        refusal = town.refused(MONEY, PROGRAMME, mismatch(), acknowledges=acknowledges)
        assert (refusal.code, refusal.got) == ("policy-forbids", "old-mismatch")
        assert refusal.details["policy"] == said


def test_what_a_policy_wants_silent_is_recorded_without_being_asked(town: TestLedger) -> None:
    set_policy(town, rules=[{"kinds": [MONEY], "silent": ["old-mismatch"]}])
    town.submit(MONEY, PROGRAMME, mismatch())
    later = lines(line("1.00", since="2025-02-28"))
    assert town.asked(MONEY, PROGRAMME, later) == {"later-decisions"}


def test_what_one_policy_forbids_another_does_not_make_silent(town: TestLedger) -> None:
    set_policy(town, name="silent", rules=[{"kinds": [MONEY], "silent": ["old-mismatch"]}])
    set_policy(town, name="forbids", where="root", rules=[{"kinds": [MONEY], "forbidden": ["old-mismatch"]}])
    assert code(town, data=mismatch()) == "policy-forbids"


def test_lacking_endorsements_are_silent_only_by_the_policy_that_asks_for_them(town: TestLedger) -> None:
    asking = asks(MAYOR, CHAIR, shortfall="acknowledge")
    quiet = {"kinds": [MONEY], "silent": ["endorsements-missing", "old-mismatch"]}
    set_policy(town, where="root", name="above", rules=[asking])
    set_policy(town, name="below", rules=[quiet])
    assert code(town) == "endorsements-missing"
    set_policy(town, where="root", name="above")
    set_policy(town, name="beside", rules=[asking])  # another policy of the same body lifts it no more
    assert code(town) == "endorsements-missing"
    set_policy(town, name="beside", rules=[asking, quiet])
    assert code(town) == "recorded"
    set_policy(town, where="root", name="above", rules=[asking])  # each asks for its own
    assert code(town) == "endorsements-missing"


def test_what_no_policy_asks_about_any_policy_makes_silent(town: TestLedger) -> None:
    set_policy(town, where="root", name="above", rules=[asks(MAYOR, shortfall="record")])
    assert code(town, data=mismatch()) == "old-mismatch"
    set_policy(town, rules=[{"kinds": [MONEY], "silent": ["old-mismatch"]}])
    assert code(town, data=mismatch()) == "recorded"


def test_a_rule_speaks_of_its_kinds_only(town: TestLedger) -> None:
    set_policy(town, rules=[{"kinds": ["appropriation.set"], "offices": ["mayor"]}])
    assert code(town) == "recorded"
    assert code(town, "appropriation.set") == "policy-office"


def test_corrections_and_voids_are_asked_the_same(town: TestLedger) -> None:
    set_policy(town, rules=ONLY_MAYOR)
    slot = town.ids["financing"]
    assert code(town, data=lines("2.00"), corrects=slot) == "policy-office"
    assert town.refused(MONEY, PROGRAMME, None, corrects=slot).code == "policy-office"
    assert code(town, data=lines("2.00"), corrects=slot, by=MAYOR) == "recorded"


def test_whom_a_policy_does_not_let_sign_a_kind_does_not_reaffirm_it_either(town: TestLedger) -> None:
    """A re-affirmation is signed by who might state it anew."""
    slot = town.submit(MONEY, PROGRAMME, lines("2.00"), by=CHAIR).event
    set_policy(town, rules=ONLY_MAYOR)
    revoke(town, CHAIR.key.public, f"body:{COMMISSION}", "2025-09-01")
    refusal = town.refused("entry.reaffirmed", PROGRAMME, {"entries": [statement(town, slot)]})
    assert refusal.code == "policy-office"
    reaffirm(town, slot, by=MAYOR)


def test_what_registrars_reaffirm_no_policy_restricts(town: TestLedger) -> None:
    """Policies judge what offices sign."""
    decided = town.submit(MONEY, PROGRAMME, lines("2.00"), by=CHAIR).event
    set_policy(town, rules=[{"kinds": ["entry.reaffirmed"], "offices": ["mayor"]}])
    data = {"person": "p-newcomer", "office": "mayor", "start": "2025-01-01"}
    granted = town.submit("mandate.granted", COUNCIL_STREAM, data).event
    revoke(town, REGISTRARS[0].key.public, "root", "2025-09-01", by=REGISTRARS[1:3])
    revoke(town, CHAIR.key.public, f"body:{COMMISSION}", "2025-09-01", by=REGISTRARS[1:3])
    of_registry, of_office = ({"entries": [statement(town, one)]} for one in (granted, decided))
    again = "entry.reaffirmed"
    assert code(town, again, COUNCIL_STREAM, of_registry, by=MAYOR) == "registrar-needed"
    assert code(town, again, COUNCIL_STREAM, of_registry, by=REGISTRARS[1:3]) == "recorded"
    assert code(town, again, PROGRAMME, of_office, by=TREASURER) == "policy-office"
    assert code(town, again, PROGRAMME, of_office, by=MAYOR) == "recorded"


# -- shortfalls and executors ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shortfall", "expected"),
    [("refuse", "endorsements-missing"), ("acknowledge", "endorsements-missing"), ("record", "recorded")],
)
def test_a_shortfall_refuses_is_acknowledged_or_is_recorded(
    town: TestLedger, shortfall: str, expected: str
) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR, shortfall=shortfall)])
    assert code(town) == expected
    acknowledged = code(town, acknowledges=["endorsements-missing"])
    assert acknowledged == ("endorsements-missing" if shortfall == "refuse" else "recorded")


def test_a_shortfall_that_another_policy_forbids_is_refused(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, CHAIR, shortfall="acknowledge")])
    set_policy(town, name="strict", rules=[{"kinds": [MONEY], "forbidden": ["endorsements-missing"]}])
    assert code(town, acknowledges=["endorsements-missing"]) == "policy-forbids"


def test_reports_come_from_the_executor_of_the_indicator_else_of_the_nearest_row_above(
    town: TestLedger,
) -> None:
    executors = [
        {"items": ["1"], "office": "mayor"},
        {"items": ["1.1"], "office": "treasurer"},
        {"indicators": ["i-2"], "office": "budget-chair"},
    ]
    set_policy(town, executors=executors)
    yes = {"indicator": "i-2", "value": "Так"}
    for data, right in ((ACTUAL | {"period": "2025-Q2"}, TREASURER), (ACTUAL | yes, CHAIR)):
        for one in {MAYOR, TREASURER, CHAIR} - {right}:
            assert code(town, "actual.reported", data=data, by=one) == "not-the-executor"
        assert code(town, "actual.reported", data=data, by=right) == "recorded"
    progress = {"period": "2025", "status": "done"}
    for measure, right in (("1.1", TREASURER), ("1.2", MAYOR)):
        said = progress | {"measure": measure}
        assert code(town, "progress.reported", data=said, by=CHAIR) == "not-the-executor"
        assert code(town, "progress.reported", data=said, by=right) == "recorded"


@pytest.mark.parametrize("streams", [("root", COUNCIL_STREAM), (COUNCIL_STREAM, "root")])
def test_who_reports_the_newest_policy_that_names_the_row_says_whatever_its_level(
    town: TestLedger, streams: tuple[str, str]
) -> None:
    """Executors are settings, not demands: they do not add up."""
    for where, office in zip(streams, ("mayor", "treasurer"), strict=True):
        set_policy(town, where=where, executors=[{"indicators": ["i-1"], "items": ["1"], "office": office}])
    progress = {"period": "2025", "status": "done", "measure": "1.1"}
    for kind, data in (("actual.reported", ACTUAL), ("progress.reported", progress)):
        assert code(town, kind, data=data, by=MAYOR) == "not-the-executor"
        assert code(town, kind, data=data, by=TREASURER) == "recorded"
    set_policy(town, where=streams[1])  # ended: the older one says so again
    assert code(town, "progress.reported", data=progress, by=MAYOR) == "recorded"


def test_a_nearer_row_goes_before_a_newer_policy(town: TestLedger) -> None:
    set_policy(town, name="older", executors=[{"items": ["1.1"], "office": "mayor"}])
    set_policy(town, name="newer", executors=[{"items": ["1"], "office": "treasurer"}])
    progress = {"period": "2025", "status": "done", "measure": "1.1"}
    assert code(town, "progress.reported", data=progress, by=TREASURER) == "not-the-executor"
    assert code(town, "progress.reported", data=progress, by=MAYOR) == "recorded"


def test_where_no_executor_is_named_any_office_that_may_reports(town: TestLedger) -> None:
    set_policy(town, executors=[{"items": ["1.1"], "office": "treasurer"}])
    assert code(town, "actual.reported", data=ACTUAL | {"indicator": "i-2", "value": "Так"}) == "recorded"


def test_a_report_is_voided_and_reaffirmed_by_its_executor_alone(town: TestLedger) -> None:
    report = town.submit("actual.reported", PROGRAMME, ACTUAL, by=MAYOR).event
    set_policy(town, executors=[{"items": ["1.1"], "office": "treasurer"}])
    refused = town.refused("actual.reported", PROGRAMME, None, by=MAYOR, corrects=report)
    assert refused.code == "not-the-executor"
    revoke(town, MAYOR.key.public, f"body:{MAYOR.body}", "2025-09-01")
    entries = {"entries": [statement(town, report)]}
    assert code(town, "entry.reaffirmed", data=entries, by=CHAIR) == "not-the-executor"
    assert code(town, "entry.reaffirmed", data=entries, by=TREASURER) == "recorded"
    town.submit("actual.reported", PROGRAMME, None, by=TREASURER, corrects=report)


def test_a_correction_does_not_take_away_another_executors_report(town: TestLedger) -> None:
    executors = [{"indicators": ["i-1"], "office": "mayor"}, {"indicators": ["i-2"], "office": "treasurer"}]
    set_policy(town, executors=executors)
    report = town.submit("actual.reported", PROGRAMME, ACTUAL, by=MAYOR).event
    other = ACTUAL | {"indicator": "i-2", "value": "Так"}
    refused = town.refused("actual.reported", PROGRAMME, other, by=TREASURER, corrects=report)
    assert (refused.code, refused.pointer) == ("not-the-executor", "/relations/corrects")


# -- what cannot be satisfied -----------------------------------------------------------------------


@pytest.mark.parametrize("shortfall", ["acknowledge", "record"])
def test_persons_are_looked_for_only_where_a_shortfall_refuses(town: TestLedger, shortfall: str) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, shortfall=shortfall)])


def test_one_person_in_two_offices_is_enough_where_persons_are_not_asked(town: TestLedger) -> None:
    set_policy(town, rules=[asks(MAYOR, MEMBER, other_persons=False)])


def test_persons_are_looked_for_on_the_policys_first_day(town: TestLedger) -> None:
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-10-01"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended)
    set_policy(town, start="2025-09-30", rules=[asks(MAYOR)])
    later = policy(start="2025-10-01", rules=[asks(MAYOR)])
    assert town.refused("policy.set", COUNCIL_STREAM, later).code == "policy-unsatisfiable"


def test_persons_are_matched_to_offices_so_that_each_gives_one(town: TestLedger) -> None:
    """The mayor holds two offices, the chair one of them too: two different persons can be found."""
    mandate = {"person": "p-chair", "office": MEMBER.office, "start": "2025-01-01"}
    town.submit("mandate.granted", f"body:{COMMISSION}", mandate)
    set_policy(town, rules=[asks(MEMBER, MAYOR)])
    three = policy(rules=[asks(MEMBER, MAYOR, CHAIR)])
    assert town.refused("policy.set", COUNCIL_STREAM, three).code == "policy-unsatisfiable"
