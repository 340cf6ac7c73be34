"""Records of consent, oversight and the wider registry: however they are written, they say the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from projections.bodies import bodies_coded, bodies_meant
from projections.history import read_history
from projections.observations import read_observations
from projections.policies import read_policies, settings_of
from projections.proposals import read_proposal, read_proposals
from projections.reading import Reading
from projections.records import read_record, read_records
from projections.reports import read_reports
from tests.projections.generations import rebuilt
from tests.projections.tables import Tables, contents
from tests.support.council import (
    CHAIR,
    DISTRICT,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    NEW_REGISTRARS,
    REEVE,
    TREASURER,
    asks,
    council_town,
    enacts,
    endorse,
    named,
    policy,
    propose,
    refuse,
    revoke,
    rotate,
    set_policy,
)
from tests.support.people import COUNCIL, FOREIGN, REGISTRARS, SECRETARY, key_of
from tests.support.story import ACTUAL
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, TestLedger, lines

DAY = "2025-09-01"
NEXT = MAYOR.using(key_of("mayor, next"))
SPACES = ("registrars", "body", "key", "mandate", "office", "person", "policy", "proposal", "observation")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


@pytest.fixture
def tables(town: TestLedger, tmp_path: Path) -> Iterator[Tables]:
    with Tables(tmp_path / "tables.db", town.ledger.reader) as tables:
        yield tables


def record(tables: Tables, space: str, name: str, position: int | None = None) -> Any:
    found = read_record(tables.reading(position), space, name)
    assert found is not None
    return found


def tell_all(town: TestLedger) -> None:
    """Something of every kind that makes these records, corrections and voids among it."""
    rule = asks(MAYOR, CHAIR, TREASURER, shortfall="acknowledge")
    set_policy(town, rules=[rule], lapse_days=1, start="2025-09-01")
    set_policy(town, name="root", where="root", deadlines=[DEADLINE])
    first, second, third = (propose(town, lines(f"{n}.00")) for n in (170, 171, 172))
    endorse(town, first, MAYOR)
    refuse(town, first, CHAIR)
    endorse(town, first, CHAIR)
    endorse(town, second, MAYOR, TREASURER)
    town.submit("change.withdrawn", PROGRAMME, {"proposal": second, "reason": "Передумали"})
    asked = {"relations": enacts(first), "acknowledges": ["endorsements-missing"]}
    enacted = town.submit("financing.changed", PROGRAMME, lines("170.00"), **asked).event
    observe(town, third)
    report(town)
    registry(town)
    town.clock.advance(days=3)
    later = {"acknowledges": ["endorsements-missing"], "corrects": enacted}
    town.submit("financing.changed", PROGRAMME, lines("169.00"), **later)
    town.submit("policy.set", COUNCIL_STREAM, policy(start="2025-09-04"))


DEADLINE = {"kinds": ["actual.reported"], "period": "quarter", "months": 1, "day": 5, "shift": "next"}


def observe(town: TestLedger, about: str) -> str:
    """One observation that is answered, corrected and voided, and one about a body's event."""
    said = {"about": {"event": about}, "text": "Навіщо?", "to": "mayor", "due": "2025-09-10"}
    made = town.submit("observation.made", PROGRAMME, said, by=CHAIR).event
    answer = {"observation": made, "text": "Так треба", "outcome": "explained"}
    given = town.submit("observation.answered", PROGRAMME, answer, by=MAYOR).event
    town.submit("observation.answered", PROGRAMME, answer | {"text": "Ось чому"}, by=MAYOR, corrects=given)
    town.submit("observation.answered", PROGRAMME, None, by=MAYOR, corrects=given)
    town.submit("observation.made", PROGRAMME, said | {"text": "Чому?"}, by=CHAIR, corrects=made)
    other = {"about": {"event": town.ids["act"]}, "text": "Коли набрав чинності?"}
    taken = town.submit("observation.made", COUNCIL_STREAM, other, by=SECRETARY).event
    town.submit("observation.made", COUNCIL_STREAM, None, by=SECRETARY, corrects=taken)
    return made


def report(town: TestLedger) -> None:
    first = town.submit("actual.reported", PROGRAMME, ACTUAL | {"value": "5"}).event
    town.submit("actual.reported", PROGRAMME, ACTUAL | {"value": "6"}, corrects=first)
    town.submit("actual.reported", PROGRAMME, ACTUAL | {"value": "7"}, by=MAYOR)
    other = town.submit("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"}).event
    note = {"report": first, "note": "Немає доказів"}
    town.submit("report.returned", PROGRAMME, note, effective="2025-09-01")
    town.submit("actual.reported", PROGRAMME, None, corrects=other)


def registry(town: TestLedger) -> None:
    """Registrars, keys, mandates and successions come, change and go."""
    body = {"body": "newer", "name": "Нова рада", "edrpou": "12345678"}
    opened = town.submit("body.opened", "root", body).event
    town.submit("body.opened", "root", body | {"name": "Новіша рада"}, corrects=opened)
    said = {"body": FOREIGN, "successor": "newer", "start": "2025-10-01", "order": ""}
    succeeded = town.submit("body.succeeded", "root", said).event
    town.submit("body.succeeded", "root", said | {"successor": DISTRICT}, corrects=succeeded)
    rotate(town, MAYOR, NEXT)
    revoke(town, CHAIR.key.public, "body:budget-commission", DAY)
    revoke(town, DISTRICT_REGISTRARS[2].key.public, "root")
    data = named(town, *NEW_REGISTRARS, k=2)
    town.submit(
        "registrar.changed", DISTRICT_STREAM, data, by=(*DISTRICT_REGISTRARS[:2], *NEW_REGISTRARS[:2])
    )
    grant = {"person": "p-newcomer", "office": "mayor", "start": "2025-01-01", "acting": True, "order": "№ 1"}
    granted = town.submit("mandate.granted", COUNCIL_STREAM, grant).event
    ended = {"mandate": granted, "end": "2025-08-01"}
    ending = town.submit("mandate.ended", COUNCIL_STREAM, ended).event
    town.submit("mandate.ended", COUNCIL_STREAM, None, corrects=ending)
    town.submit("mandate.ended", COUNCIL_STREAM, ended | {"end": "2025-09-02"})
    town.submit("mandate.granted", DISTRICT_STREAM, None, by=NEW_REGISTRARS[:2],
                corrects=town.ids["mandate.granted reeve"])  # fmt: skip


def answers(reading: Reading) -> Iterator[Any]:
    """All that may be asked of these records."""
    for space in SPACES:
        yield read_records(reading, space, bodies=None, after="", limit=1000)
    for programme in (PROGRAMME_ID, None):
        yield read_proposals(reading, DAY, programme=programme, state=None, after="", limit=1000)
        rows = read_policies(reading, DAY, body=COUNCIL if programme else "", programme=programme)
        yield settings_of(rows)
    yield read_observations(reading, stream=None, is_open=None, after="", limit=1000)
    yield read_reports(reading, PROGRAMME_ID, DAY, limit=1000)
    yield sorted(bodies_meant(reading, "12345678"))
    yield read_history(reading, PROGRAMME_ID, before=None, limit=1000)


def test_however_the_log_is_cut_and_rebuilt_the_records_are_the_same(
    town: TestLedger, tmp_path: Path
) -> None:
    tell_all(town)
    rng, log = Random(1), town.ledger.reader
    with Tables(tmp_path / "whole.db", log) as tables:
        tables.catch_up(100_000)
        whole = contents(tables.path)
    with Tables(tmp_path / "random.db", log) as tables:
        while tables.apply(rng.choice((1, 2, 5))):
            if rng.random() < 0.5:
                tables.restart()
        assert contents(tables.path) == whole
    with Tables(tmp_path / "restarted.db", log) as tables:
        while tables.apply(1):
            tables.restart()
        assert contents(tables.path) == whole
    assert contents(rebuilt(town.path, log)) == whole


def test_what_was_read_at_a_position_reads_the_same_ever_after(town: TestLedger, tables: Tables) -> None:
    start = town.position
    tables.catch_up()
    tell_all(town)
    kept = []
    while tables.apply(1):
        kept.append(list(answers(Reading(tables.connection, town.ledger.reader, tables.position))))
    assert len(kept) > 30
    for place, before in enumerate(kept):
        assert list(answers(tables.reading(start + place + 1))) == before


# -- consent ----------------------------------------------------------------------------------


def test_a_shortfall_that_was_acknowledged_stays_visible(town: TestLedger, tables: Tables) -> None:
    rule = set_policy(town, rules=[asks(MAYOR, CHAIR, shortfall="acknowledge")])
    proposal = propose(town, lines("170.00"))
    agreed, index = endorse(town, proposal, MAYOR), town.position - 1
    asked = {"relations": enacts(proposal), "acknowledges": ["endorsements-missing"]}
    event = town.submit("financing.changed", PROGRAMME, lines("170.00"), **asked).event
    found = record(tables, "consent", event)
    (tally,) = found.pop("tallies")
    assert tally["policy"] == rule
    counted = {"office": "mayor", "person": "p-mayor", "event": agreed, "index": index, "doubt": None}
    assert tally["counted"] == [counted]
    assert tally["lacking"] == [{"office": "budget-chair", "why": "missing"}]
    assert (found["met"], found["lacking"], found["same_text"]) == (False, 1, True)
    assert found["acknowledges"] == ["endorsements-missing"]
    assert found["proposer_persons"] == found["signer_persons"] == ["p-secretary"]
    row = read_history(tables.reading(), PROGRAMME_ID, before=None, limit=1)[0]
    assert row["consent"] == {"proposal": proposal, "met": False, "lacking": 1}


def test_a_shortfall_that_a_policy_lets_pass_is_recorded_too(town: TestLedger, tables: Tables) -> None:
    set_policy(town, rules=[asks(MAYOR, shortfall="record")])
    event = town.submit("financing.changed", PROGRAMME, lines("170.00")).event
    found = record(tables, "consent", event)
    assert (found["proposal"], found["same_text"], found["met"]) == (None, None, False)
    assert found["tallies"][0]["lacking"] == [{"office": "mayor", "why": "missing"}]


def test_what_nobody_asks_about_has_no_record_of_consent(town: TestLedger, tables: Tables) -> None:
    event = town.submit("financing.changed", PROGRAMME, lines("170.00")).event
    assert read_record(tables.reading(), "consent", event) is None
    row = read_history(tables.reading(), PROGRAMME_ID, before=None, limit=1)[0]
    assert row["consent"] is None


def test_another_text_than_the_proposed_one_is_shown_place_by_place(town: TestLedger, tables: Tables) -> None:
    proposal = propose(town, lines("170.00"))
    asked = {"relations": enacts(proposal), "acknowledges": ["other-text"]}
    event = town.submit("financing.changed", PROGRAMME, lines("171.00"), **asked).event
    found = record(tables, "consent", event)
    assert (found["same_text"], found["met"], found["differences_total"]) == (False, None, 1)
    assert found["differences"] == [
        {"path": "/data/lines/0/amount", "proposed": "170.00", "stated": "171.00"}
    ]


def test_consent_is_judged_by_the_world_before_the_event(town: TestLedger, tables: Tables) -> None:
    """A key that is revoked afterwards takes nothing from what was counted."""
    set_policy(town, rules=[asks(MAYOR)])
    proposal = propose(town, lines("170.00"))
    endorse(town, proposal, MAYOR)
    event = town.submit("financing.changed", PROGRAMME, lines("170.00"), relations=enacts(proposal)).event
    revoke(town, MAYOR.key.public, COUNCIL_STREAM, DAY)
    assert record(tables, "consent", event)["met"]


def test_a_proposals_state_follows_what_was_said(town: TestLedger, tables: Tables) -> None:
    proposal = propose(town, lines("170.00"))
    positions = [town.position]
    for say in (refuse, endorse):
        say(town, proposal, MAYOR)
        positions.append(town.position)
    town.submit("change.withdrawn", PROGRAMME, {"proposal": proposal, "reason": ""})
    positions.append(town.position)
    readings = [tables.reading(position) for position in positions]
    shown = [found for at in readings if (found := read_proposal(at, DAY, proposal))]
    assert [one["state"] for one in shown] == ["open", "refused", "open", "withdrawn"]
    assert [[voice["newest"] for voice in one["voices"]] for one in shown] == [
        [], [True], [False, True], [False, True],
    ]  # fmt: skip
    assert shown[1]["voices"][0]["words"] == "Немає розрахунку"


def test_a_proposal_lapses_by_the_policy_in_force_when_it_was_recorded(
    town: TestLedger, tables: Tables
) -> None:
    rule = set_policy(town, lapse_days=2)
    proposal = propose(town, lines("170.00"))
    set_policy(town, lapse_days=9)
    for day, state in (("2025-09-03", "open"), ("2025-09-04", "lapsed")):
        found = read_proposal(tables.reading(), day, proposal)
        assert found is not None
        assert (found["state"], found["lapses"]) == (state, {"day": "2025-09-03", "policy": rule})


# -- policies -----------------------------------------------------------------------------------


def test_policies_answer_setting_by_setting_or_not_configured(town: TestLedger, tables: Tables) -> None:
    set_policy(town, where="root", name="dates", deadlines=[DEADLINE])
    own = set_policy(town, rules=[{"kinds": ["financing.changed"], "forbidden": ["other-text"]}])
    set_policy(town, name="ends", lapse_days=3)
    set_policy(town, name="ends")
    set_policy(town, name="later", start="2025-09-02", lapse_days=4)
    reading = tables.reading()
    settings = settings_of(read_policies(reading, DAY, body=COUNCIL, programme=PROGRAMME_ID))
    said = {name: one["items"] for name, one in settings.items() if one["status"] == "configured"}
    assert set(said) == {"deadlines", "forbidden"}
    assert said["forbidden"] == [{"kinds": ["financing.changed"], "forbidden": ["other-text"], "policy": own}]
    after = settings_of(read_policies(reading, "2025-09-02", body=COUNCIL, programme=None))
    assert [item["days"] for item in after["lapse"]["items"]] == [4]
    assert settings["lapse"] == {"status": "not-configured", "items": []}
    root = settings_of(read_policies(reading, DAY, body="", programme=None))
    assert root["forbidden"]["status"] == "not-configured"
    assert [item["policy"] for item in root["deadlines"]["items"]]


# -- oversight ----------------------------------------------------------------------------------


def test_an_observation_is_open_until_its_first_answer(town: TestLedger, tables: Tables) -> None:
    said = {"about": {"cell": "/title"}, "text": "Навіщо?", "to": "mayor"}
    made = town.submit("observation.made", PROGRAMME, said, by=CHAIR).event
    position = town.position
    answer = {"observation": made, "text": "Так треба", "outcome": "explained"}
    given = town.submit("observation.answered", PROGRAMME, answer, by=MAYOR).event
    assert record(tables, "observation", made, position)["open"]
    found = record(tables, "observation", made)
    assert not found["open"]
    assert [(one["slot"], one["text"]) for one in found["answers"]] == [(given, "Так треба")]
    town.submit("observation.answered", PROGRAMME, None, by=MAYOR, corrects=given)
    assert record(tables, "observation", made)["open"]
    town.submit("observation.made", PROGRAMME, None, by=CHAIR, corrects=made)
    taken = record(tables, "observation", made)
    assert (taken["open"], taken["voided"], taken["text"]) == (False, True, "Навіщо?")


def test_conflicting_reports_are_both_kept_and_one_is_current(town: TestLedger, tables: Tables) -> None:
    period = {"period": "2025-Q3", "indicator": "i-1", "accumulation": "period"}
    first = town.submit("actual.reported", PROGRAMME, period | {"value": "5"}).event
    second = town.submit("actual.reported", PROGRAMME, period | {"value": "7"}, by=MAYOR).event
    again = {"corrects": first, "acknowledges": ["later-decisions"]}
    restated = town.submit("actual.reported", PROGRAMME, period | {"value": "6"}, **again).event
    note = {"report": second, "note": "Добре"}
    town.submit("report.accepted", PROGRAMME, note, effective="2025-09-01")
    rows = read_reports(tables.reading(), PROGRAMME_ID, DAY, period="2025-Q3", limit=10)
    assert [(row["report"], row["event"], row["value"], row["state"]) for row in rows] == [
        (first, first, "5", "corrected"),
        (first, restated, "6", "superseded"),
        (second, second, "7", "current"),
    ]
    assert [row["replaced_by"] for row in rows] == [restated, None, None]
    assert {cell["in_force"] for row in rows for cell in row["cells"]} == {second}
    assert [(row["status"], row["remarks"]) for row in rows] == [
        ("submitted", None), ("submitted", None), ("accepted", "Добре"),
    ]  # fmt: skip
    assert [row["signers"][0]["person"] for row in rows] == ["p-secretary", "p-secretary", "p-mayor"]
    town.submit("actual.reported", PROGRAMME, None, by=MAYOR, corrects=second)
    left = read_reports(tables.reading(), PROGRAMME_ID, DAY, measure="1.1", period="2025-Q3", limit=10)
    assert [row["state"] for row in left] == ["corrected", "current", "voided"]


# -- the wider registry ---------------------------------------------------------------------------


def test_registrars_are_those_who_may_sign_now(town: TestLedger, tables: Tables) -> None:
    def people(stream: str, position: int | None = None) -> list[str]:
        return sorted(one["person"] for one in record(tables, "registrars", stream, position)["registrars"])

    before = town.position
    assert people("root") == [one.person for one in REGISTRARS]
    assert people(DISTRICT_STREAM) == [one.person for one in DISTRICT_REGISTRARS]
    revoke(town, DISTRICT_REGISTRARS[2].key.public, "root")
    assert people(DISTRICT_STREAM) == ["p-district-1", "p-district-2"]
    shown = record(tables, "body", DISTRICT)
    assert ([one["person"] for one in shown["registrars"]], shown["k"]) == (
        ["p-district-1", "p-district-2"],
        2,
    )
    data = named(town, *NEW_REGISTRARS[:2], k=1)
    both = (*DISTRICT_REGISTRARS[:2], NEW_REGISTRARS[0])
    town.submit("registrar.changed", DISTRICT_STREAM, data, by=both)
    assert people(DISTRICT_STREAM) == ["p-new-1", "p-new-2"]
    assert people(DISTRICT_STREAM, before) == [one.person for one in DISTRICT_REGISTRARS]
    keys = {one["id"]: one["status"] for one in read_records(
        tables.reading(), "key", bodies=[DISTRICT], after="", limit=100
    )}  # fmt: skip
    kid = DISTRICT_REGISTRARS[0].key.public.kid
    assert keys[f"{kid}@{DISTRICT_STREAM}"] == "retired"
    assert keys[f"{NEW_REGISTRARS[0].key.public.kid}@{DISTRICT_STREAM}"] == "live"
    assert keys[f"{DISTRICT_REGISTRARS[2].key.public.kid}@{DISTRICT_STREAM}"] == "revoked"
    assert record(tables, "body", COUNCIL)["k"] is None


def test_a_key_says_what_became_of_it_at_each_body(town: TestLedger, tables: Tables) -> None:
    """The mayor's key is accepted by the council and by the commission."""
    kid = MAYOR.key.public.kid
    rotate(town, MAYOR, NEXT)
    here, there = (f"{kid}@{body}" for body in (COUNCIL, "budget-commission"))
    assert record(tables, "key", here)["status"] == "retired"
    assert record(tables, "key", here)["replaced_by"] == NEXT.key.public.kid
    assert record(tables, "key", there)["status"] == "live"
    revoked = revoke(town, MAYOR.key.public, "root", "2025-08-01")
    for name in (here, there):
        found = record(tables, "key", name)
        assert (found["status"], found["revoked"]["event"], found["revoked"]["cause"]) == (
            "revoked", revoked, "stolen",
        )  # fmt: skip
    data = {"kid": kid, "cause": "stolen", "suspect_from": "2025-07-01"}
    town.submit("key.revoked", "root", data, corrects=revoked)
    found = record(tables, "key", there)["revoked"]
    assert (found["suspect_from"], found["index"]) == ("2025-07-01", town.position - 2)
    assert record(tables, "key", f"{NEXT.key.public.kid}@{COUNCIL}")["certificate"] is False


def test_a_mandates_end_that_was_registered_late_says_so(town: TestLedger, tables: Tables) -> None:
    granted = town.ids["mandate.granted mayor"]
    assert record(tables, "mandate", granted)["late"] is False
    ended = town.submit("mandate.ended", COUNCIL_STREAM, {"mandate": granted, "end": "2025-08-20"}).event
    found = record(tables, "mandate", granted)
    assert (found["ended_by"], found["end"], found["late"], found["acting"]) == (
        ended, "2025-08-20", True, False,
    )  # fmt: skip
    town.submit("mandate.ended", COUNCIL_STREAM, None, corrects=ended)
    found = record(tables, "mandate", granted)
    assert (found["ended_by"], found["end"], found["late"]) == (None, None, False)
    again = town.submit("mandate.ended", COUNCIL_STREAM, {"mandate": granted, "end": "2025-09-01"}).event
    found = record(tables, "mandate", granted)
    assert (found["ended_by"], found["late"]) == (again, True)  # something may be of that day already
    town.submit("mandate.ended", COUNCIL_STREAM, {"mandate": granted, "end": "2025-09-02"}, corrects=again)
    assert record(tables, "mandate", granted)["late"] is False
    assert REEVE.office == record(tables, "mandate", town.ids["mandate.granted reeve"])["office"]


def test_both_codes_lead_to_both_bodies(town: TestLedger, tables: Tables) -> None:
    for body, code in (("older", "11111111"), ("newer", "22222222"), ("sibling", "33333333")):
        town.submit("body.opened", "root", {"body": body, "name": body, "edrpou": code})
    said = [{"body": one, "successor": "newer", "start": DAY, "order": ""} for one in ("older", "sibling")]
    first, _ = (town.submit("body.succeeded", "root", one).event for one in said)
    reading = tables.reading()
    assert bodies_coded(reading, "11111111") == {"older", "newer"} == bodies_meant(reading, "older")
    assert bodies_coded(reading, "22222222") == {"older", "newer", "sibling"}
    assert record(tables, "body", "older")["successor"] == {"body": "newer", "start": DAY, "event": first}
    assert record(tables, "body", "newer")["predecessors"] == ["older", "sibling"]
    town.submit("body.succeeded", "root", None, corrects=first)
    assert record(tables, "body", "newer")["predecessors"] == ["sibling"]
    assert bodies_meant(tables.reading(), "11111111") == {"older"}
    assert bodies_meant(reading, "11111111") == {"older", "newer"}
