"""What waits for offices and persons: against a naive computation, and case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal
from projections.inbox import Wanted, read_office_inbox, read_person_inbox
from projections.reports import read_reports
from tests.projections.naive_inbox import Found, Naive
from tests.projections.tables import Tables
from tests.support.people import COUNCIL, FINANCIER, FOREIGN, REGISTRARS, SECRETARY, Official
from tests.support.town import COUNCIL_STREAM, PROGRAMME, Payload, TestLedger, line
from tests.support.waiting import (
    CHAIR,
    DEPUTY,
    EXECUTOR,
    LAWYER,
    actual,
    asks,
    enact,
    local_day,
    propose,
    set_policy,
    speak,
    waiting_town,
)

OFFICES = (
    "council-secretary",
    "finance-head",
    "commission-chair",
    "other-secretary",
    *(one.office for one in (CHAIR, LAWYER, EXECUTOR, DEPUTY)),
)
MONTHLY: Payload = {"period": "month", "months": 1, "day": 5, "shift": "next"}
ALL_REPORTS = ["actual.reported", "progress.reported", "spending.reported"]
EXECUTORS: list[Payload] = [{"items": ["1"], "office": EXECUTOR.office}]


class Town:
    """A town, and its tables; `today` is the day of its clock."""

    def __init__(self, path: Path) -> None:
        self.ledger = waiting_town(path / "ledger")
        self.tables = Tables(path / "tables.db", self.ledger.ledger.reader)

    def close(self) -> None:
        self.tables.close()
        self.ledger.close()

    @property
    def today(self) -> str:
        return local_day(self.ledger)

    def inbox(self, office: str, *, today: str = "", position: int | None = None) -> Any:
        found = read_office_inbox(self.tables.reading(position), today or self.today, office)
        assert found is not None
        return found

    def tasks(self, office: str, **when: Any) -> list[tuple[str, str | None]]:
        return [(one["task"], one["due"]) for one in self.inbox(office, **when)["items"]]

    def person(self, person: str, *, today: str = "") -> Any:
        found = read_person_inbox(self.tables.reading(), today or self.today, person)
        assert found is not None
        return found


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    built = Town(tmp_path)
    yield built
    built.close()


# -- against the naive computation --------------------------------------------------------------------


def keys(items: list[Any], office: str) -> set[Found]:
    found = set()
    for one in items:
        about = one["about"]
        item = about["event"] or f"{about['kind']} {about['indicator'] or about['measure']}"
        found.add((office, one["task"], item, about["period"], one["due"]))
    assert len(found) == len(items)
    return found


class Story:
    """Random words of the town's officials; what the door refuses is not said."""

    def __init__(self, town: TestLedger, seed: int) -> None:
        self.town, self.rng = town, Random(seed)
        self.proposals: list[tuple[str, str]] = []
        self.reports: list[str] = []
        self.observations: list[str] = []
        self.policies = 0

    def step(self) -> None:
        """One word; which of them is as likely as it is often named here."""
        words: list[Callable[[], object]] = [
            self.propose, self.endorse, self.endorse, self.endorse, self.refuse, self.enact, self.withdraw,
            self.report, self.report, self.report, self.correct, self.judge, self.judge,
            self.observe, self.answer, self.ask, self.owe, self.wait, self.end_mandate, self.revoke,
            self.reaffirm,
        ]  # fmt: skip
        with suppress(Refusal, NeedsAcknowledgement, IndexError):
            self.rng.choice(words)()

    def propose(self) -> None:
        amount = f"{self.rng.randint(100, 999)}.00"
        self.proposals.append((propose(self.town, amount), amount))

    def endorse(self) -> None:
        by = self.rng.choice([CHAIR, LAWYER, DEPUTY, SECRETARY])
        speak(self.town, self.rng.choice(self.proposals)[0], by)

    def refuse(self) -> None:
        by = self.rng.choice([CHAIR, LAWYER, DEPUTY])
        speak(self.town, self.rng.choice(self.proposals)[0], by, refuses="ні")

    def enact(self) -> None:
        proposal, amount = self.rng.choice(self.proposals)
        enact(self.town, proposal, amount)

    def withdraw(self) -> None:
        self.town.submit("change.withdrawn", PROGRAMME, {"proposal": self.rng.choice(self.proposals)[0]})

    def period(self) -> str:
        return self.rng.choice(["2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-Q3", "2025-Q4"])

    def report(self) -> None:
        by, period = self.rng.choice([EXECUTOR, EXECUTOR, EXECUTOR, SECRETARY]), self.period()
        which = self.rng.randint(0, 3)
        if which == 0:
            self.reports.append(actual(self.town, period, by=by))
        elif which == 1:
            self.reports.append(actual(self.town, period, indicator="i-2", value="Так", by=by))
        elif which == 2:
            data = {"measure": self.rng.choice(["1.1", "1.2"]), "period": period, "status": "done"}
            self.reports.append(self.town.submit("progress.reported", PROGRAMME, data, by=by).event)
        else:
            self.reports.append(self.spend(period, by))

    def spend(self, period: str, by: Official) -> str:
        measures = self.rng.choice([["1.1"], ["1.1", "1.2"]])
        said = [without_op(line("5.00", measure=measure)) for measure in measures]
        data = {"phase": "paid", "period": period, "accumulation": "period", "lines": said}
        codes = ("over-appropriation",)
        try:
            return self.town.submit("spending.reported", PROGRAMME, data, by=by).event
        except NeedsAcknowledgement:
            return self.town.submit("spending.reported", PROGRAMME, data, by=by, acknowledges=codes).event

    def correct(self) -> None:
        """Another value, or nothing at all."""
        report = self.rng.choice(self.reports)
        members = self.stated(report)
        data = None if self.rng.random() < 0.3 else members["data"]
        common = {"by": EXECUTOR, "corrects": report, "reason": str(self.rng.random())}
        self.town.submit(members["kind"], PROGRAMME, data, **common)

    def stated(self, event: str) -> Any:
        import orjson

        return orjson.loads(self.town.recorded[event].payload)

    def judge(self) -> None:
        kind = self.rng.choice(["report.accepted", "report.returned"])
        data = {"report": self.rng.choice(self.reports), "note": "ще раз"}
        self.town.submit(kind, PROGRAMME, data, by=CHAIR, effective=local_day(self.town))

    def observe(self) -> None:
        data: Payload = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "чому?"}
        if self.rng.random() < 0.5:
            data |= {"to": EXECUTOR.office, "due": "2025-10-15"}
        self.observations.append(self.town.submit("observation.made", PROGRAMME, data, by=CHAIR).event)

    def answer(self) -> None:
        data = {"observation": self.rng.choice(self.observations), "text": "так", "outcome": "explained"}
        self.town.submit("observation.answered", PROGRAMME, data, by=self.rng.choice([EXECUTOR, SECRETARY]))

    def ask(self) -> None:
        """A policy of consent, anew."""
        offices = [one.office for one in self.rng.sample([CHAIR, LAWYER, DEPUTY], self.rng.randint(1, 3))]
        ordered, needed = self.rng.random() < 0.5, self.rng.randint(1, len(offices))
        others = self.rng.random() < 0.7
        rule = asks(*offices, needed=needed, ordered=ordered, other_persons=others, shortfall="acknowledge")
        said: Payload = {"policy": self.rng.choice("ab"), "rules": [rule]}
        if self.rng.random() < 0.5:
            said["lapse_days"] = self.rng.randint(3, 40)
        set_policy(self.town, said, subject=self.rng.choice([COUNCIL_STREAM, "root"]))

    def owe(self) -> None:
        """One more policy of reports: such a policy is not stated twice here."""
        self.policies += 1
        deadline = {
            "kinds": self.rng.sample(ALL_REPORTS, 2),
            "period": self.rng.choice(["month", "quarter"]),
            "months": self.rng.randint(1, 2),
            "day": self.rng.choice([1, 5, 30]),
            "shift": self.rng.choice(["none", "next", "previous"]),
        }
        who: list[Payload] = [{"items": ["1"], "office": EXECUTOR.office}]
        if self.rng.random() < 0.4:
            who.append({"indicators": ["i-1"], "kinds": ["actual.reported"], "office": FINANCIER.office})
        off = [str(date(2025, 9, 1) + timedelta(days=self.rng.randint(0, 60))) for _ in range(3)]
        said = {"policy": f"r{self.policies}", "deadlines": [deadline], "executors": who}
        set_policy(self.town, said | {"calendar": {"holidays": off, "working": []}})

    def wait(self) -> None:
        self.town.clock.advance(days=self.rng.randint(1, 12))

    def end_mandate(self) -> None:
        """The chair's or the lawyer's: perhaps with effect from before today."""
        who = self.rng.choice([CHAIR, LAWYER])
        day = date.fromisoformat(local_day(self.town)) - timedelta(days=self.rng.randint(0, 4))
        data = {"mandate": self.town.ids[f"mandate.granted {who.office}"], "end": str(day)}
        if self.rng.random() < 0.3:
            self.town.submit("mandate.ended", f"body:{who.body}", data)

    def revoke(self) -> None:
        who = self.rng.choice([DEPUTY, SECRETARY, EXECUTOR])
        day = date.fromisoformat(local_day(self.town)) - timedelta(days=self.rng.randint(0, 9))
        data = {"kid": who.key.public.kid, "cause": "stolen", "suspect_from": str(day), "note": ""}
        if self.rng.random() < 0.3 and str(day) >= "2025-09-01":
            self.town.submit("key.revoked", f"body:{who.body}", data)

    def reaffirm(self) -> None:
        report = self.rng.choice(self.reports)
        entries = [{"event": report, "payload": self.town.statements[report]}]
        self.town.submit("entry.reaffirmed", PROGRAMME, {"entries": entries}, by=EXECUTOR)


def without_op(row: Payload) -> Payload:
    return {name: value for name, value in row.items() if name != "op"}


@pytest.mark.parametrize("seed", range(6))
def test_every_inbox_is_what_the_raw_events_say(town: Town, seed: int) -> None:
    check_story(town, seed, 60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_every_inbox_is_what_the_raw_events_say_at_length(town: Town, seed: int) -> None:
    check_story(town, seed, 150)


def check_story(town: Town, seed: int, steps: int) -> None:
    story, places, told = Story(town.ledger, seed), [(town.ledger.position, town.today)], set[str]()
    story.owe()
    story.ask()
    for number in range(steps):
        story.step()
        places.append((town.ledger.position, town.today))
        if number % 10 == 9:
            told |= compare(town, *places[-1])
    for position, today in story.rng.sample(places, 5):
        later = str(date.fromisoformat(today) + timedelta(days=story.rng.randint(0, 70)))
        told |= compare(town, position, later)
    assert len(told) > 2, told
    compare_reports(town)


def compare_reports(town: Town) -> None:
    """What waits to be accepted are the reports that are listed as current and submitted."""
    reading, programme = town.tables.reading(), PROGRAMME.partition(":")[2]
    rows = read_reports(reading, programme, "9999-12-31", limit=1000)
    listed = {row["report"] for row in rows if row["current"] and row["status"] == "submitted"}
    waiting = town.inbox(CHAIR.office)["items"]
    assert {one["about"]["event"] for one in waiting if one["task"] == "accept"} == listed


def compare(town: Town, position: int, today: str) -> set[str]:
    """Every office's inbox as known at a position; the tasks that are in it."""
    expected = Naive(town.ledger, position, today).inbox()
    found: set[Found] = set()
    for office in OFFICES:
        found |= keys(town.inbox(office, today=today, position=position)["items"], office)
    assert found == expected, (position, today)
    return {one[1] for one in found}


# -- case by case -------------------------------------------------------------------------------------


def owes(*kinds: str, **more: Any) -> Payload:
    deadline = MONTHLY | {"kinds": list(kinds or ALL_REPORTS)} | more
    return {"policy": "reports", "executors": EXECUTORS, "deadlines": [deadline]}


def test_where_no_policy_says_anything_nothing_waits_and_the_answer_says_so(town: Town) -> None:
    found = town.inbox(EXECUTOR.office)
    assert found["items"] == []
    assert found["not_configured"] == ["endorsements", "executors", "deadlines"]
    set_policy(town.ledger, {"policy": "who", "executors": EXECUTORS})
    assert town.inbox(EXECUTOR.office)["not_configured"] == ["endorsements", "deadlines"]
    assert town.tasks(EXECUTOR.office) == []


def test_a_report_waits_from_the_periods_end_until_it_is_made(town: Town) -> None:
    event = set_policy(town.ledger, owes("actual.reported"))
    assert town.tasks(EXECUTOR.office) == [("report", "2025-09-05")] * 2
    (first, _) = town.inbox(EXECUTOR.office)["items"]
    assert first["about"] == {
        "kind": "actual.reported", "event": None, "indicator": "i-1", "measure": None, "period": "2025-08",
    }  # fmt: skip
    assert first["policy"] == event
    assert "Кількість" in first["title"]["uk"]
    assert not first["overdue"]
    assert not town.inbox(EXECUTOR.office, today="2025-09-05")["items"][0]["overdue"]
    assert town.inbox(EXECUTOR.office, today="2025-09-06")["items"][0]["overdue"]
    actual(town.ledger, "2025-08")
    assert [one["about"]["indicator"] for one in town.inbox(EXECUTOR.office)["items"]] == ["i-2"]
    assert town.tasks("finance-head") == []


def test_a_due_day_over_a_weekend_and_a_holiday_of_the_policys_calendar(town: Town) -> None:
    set_policy(town.ledger, owes("actual.reported"))
    off = {"policy": "days", "calendar": {"holidays": ["2025-09-05", "2025-09-08"], "working": []}}
    set_policy(town.ledger, off)
    assert {due for _, due in town.tasks(EXECUTOR.office)} == {"2025-09-09"}
    set_policy(town.ledger, off | {"calendar": {"holidays": ["2025-09-05"], "working": ["2025-09-06"]}})
    assert {due for _, due in town.tasks(EXECUTOR.office)} == {"2025-09-06"}


def test_a_report_made_before_its_periods_end_is_there(town: Town) -> None:
    set_policy(town.ledger, owes("actual.reported", shift="previous", day=1))
    actual(town.ledger, "2025-09")
    waiting = town.inbox(EXECUTOR.office, today="2025-10-01")["items"]
    assert [one["about"]["indicator"] for one in waiting if one["about"]["period"] == "2025-09"] == ["i-2"]


def test_spending_is_asked_of_rows_with_money_and_a_void_report_is_none(town: Town) -> None:
    set_policy(town.ledger, owes("spending.reported"))
    assert [one["about"]["measure"] for one in town.inbox(EXECUTOR.office)["items"]] == ["1.1"]
    data = {"phase": "paid", "period": "2025-08", "accumulation": "ytd", "lines": [without_op(line("1.00"))]}
    said = town.ledger.submit("spending.reported", PROGRAMME, data, by=EXECUTOR)
    assert town.tasks(EXECUTOR.office) == []
    town.ledger.submit("spending.reported", PROGRAMME, None, by=EXECUTOR, corrects=said.event)
    assert town.tasks(EXECUTOR.office) == [("report", "2025-09-05")]
    assert town.tasks(CHAIR.office) == []


def test_what_was_not_there_in_a_period_is_not_asked_for(town: Town) -> None:
    """An indicator of September's, and one that was removed with September."""
    set_policy(town.ledger, owes("actual.reported"))
    new = {"id": "i-3", "measure": "1.1", "name": "Нове", "kind": "flow", "unit": "одиниць"}
    data = {"indicators": [new], "removed": ["/indicators/i-2/name"]}
    town.ledger.submit("programme.amended", PROGRAMME, data, effective="2025-09-01")
    town.ledger.clock.advance(days=30)
    asked = {(one["about"]["period"], one["about"]["indicator"]) for one in town.inbox("executor")["items"]}
    assert asked == {("2025-08", "i-1"), ("2025-08", "i-2"), ("2025-09", "i-1"), ("2025-09", "i-3")}


def test_a_closed_programme_is_asked_for_the_periods_that_it_began(town: Town) -> None:
    set_policy(town.ledger, owes("actual.reported"))
    town.ledger.submit("programme.closed", PROGRAMME, {"outcome": "completed"}, effective="2025-10-01")
    periods = {one["about"]["period"] for one in town.inbox(EXECUTOR.office, today="2025-12-31")["items"]}
    assert periods == {"2025-08", "2025-09"}


def test_a_report_is_accepted_or_returned_corrected_and_accepted(town: Town) -> None:
    report = actual(town.ledger, "2025-08")
    for office in (CHAIR.office, "council-secretary", "commission-chair"):
        assert town.tasks(office) == [("accept", None)]
    assert town.tasks("other-secretary") == []
    returned = {"report": report, "note": "Додайте підтвердні документи"}
    event = town.ledger.submit("report.returned", PROGRAMME, returned, by=CHAIR, effective=town.today).event
    assert town.tasks(CHAIR.office) == []
    (item,) = town.inbox(EXECUTOR.office)["items"]
    assert (item["task"], item["event"], item["about"]["event"]) == ("correct", event, report)
    assert "Додайте підтвердні документи" in item["title"]["en"]
    data = {"indicator": "i-1", "period": "2025-08", "accumulation": "period", "value": "4"}
    town.ledger.submit("actual.reported", PROGRAMME, data, by=EXECUTOR, corrects=report)
    assert town.tasks(EXECUTOR.office) == []
    assert town.tasks(CHAIR.office) == [("accept", None)]
    accepted = {"report": report, "note": ""}
    town.ledger.submit("report.accepted", PROGRAMME, accepted, by=CHAIR, effective=town.today)
    assert town.tasks(CHAIR.office) == []


def test_endorsements_in_order_then_the_enactment(town: Town) -> None:
    policy = {"policy": "c", "rules": [asks(LAWYER.office, CHAIR.office, ordered=True)], "lapse_days": 10}
    event = set_policy(town.ledger, policy)
    proposal = propose(town.ledger, "150.00")
    (item,) = town.inbox(LAWYER.office)["items"]
    assert (item["task"], item["due"], item["policy"]) == ("endorse", "2025-09-11", event)
    assert item["link"] == f"/v1/proposals/{proposal}"
    assert town.tasks(CHAIR.office) == []
    speak(town.ledger, proposal, LAWYER)
    assert (town.tasks(LAWYER.office), town.tasks(CHAIR.office)) == ([], [("endorse", "2025-09-11")])
    assert town.tasks("council-secretary") == []
    speak(town.ledger, proposal, CHAIR)
    assert town.tasks(CHAIR.office) == []
    assert town.tasks("council-secretary") == [("enact", "2025-09-11")]
    assert town.tasks("council-secretary", today="2025-09-12") == []
    enact(town.ledger, proposal, "150.00")
    assert town.tasks("council-secretary") == []


def test_the_turn_comes_with_the_earlier_word_whether_or_not_it_still_counts(town: Town) -> None:
    rule = asks(LAWYER.office, CHAIR.office, ordered=True)
    set_policy(town.ledger, {"policy": "c", "rules": [rule]})
    proposal = propose(town.ledger, "150.00")
    speak(town.ledger, proposal, LAWYER)
    lost = {"kid": LAWYER.key.public.kid, "cause": "lost", "note": ""}
    town.ledger.submit("key.revoked", COUNCIL_STREAM, lost)
    assert (town.tasks(LAWYER.office), town.tasks(CHAIR.office)) == ([("endorse", None)],) * 2
    speak(town.ledger, proposal, CHAIR)  # as the door has it
    assert (town.tasks(LAWYER.office), town.tasks(CHAIR.office)) == ([("endorse", None)], [])


def test_who_takes_an_endorsement_back_takes_the_turn_back(town: Town) -> None:
    rule = asks(LAWYER.office, CHAIR.office, ordered=True)
    set_policy(town.ledger, {"policy": "c", "rules": [rule]})
    proposal = propose(town.ledger, "150.00")
    speak(town.ledger, proposal, LAWYER)
    assert town.tasks(CHAIR.office) == [("endorse", None)]
    speak(town.ledger, proposal, LAWYER, refuses="ні")
    assert town.tasks(CHAIR.office) == []
    with pytest.raises(Refusal, match="out-of-order"):
        speak(town.ledger, proposal, CHAIR)


DRAFTER = Official(
    LAWYER.person, "drafter", COUNCIL, LAWYER.key, ("change.proposed", "change.withdrawn", "change.refused")
)


def with_drafter(town: Town) -> None:
    """An office that proposes changes and may state none; its holder's key is known."""
    for kind, subject, data in town.ledger.enrolment(DRAFTER)[:2]:
        town.ledger.submit(kind, subject, data)


def enacting_offices(town: Town, *offices: str) -> set[str]:
    return {one for one in offices if "enact" in [task for task, _ in town.tasks(one)]}


def test_what_the_proposer_may_not_state_waits_for_every_office_that_may(town: Town) -> None:
    with_drafter(town)
    proposal = propose(town.ledger, "150.00", by=DRAFTER)
    everyone = (*OFFICES, DRAFTER.office)
    expected = {SECRETARY.office, FINANCIER.office}
    assert enacting_offices(town, *everyone) == expected
    tell_naive(town, everyone)
    enact(town.ledger, proposal, "150.00")  # by the secretary
    assert enacting_offices(town, *everyone) == set()


def test_of_several_proposers_those_enact_who_may_state_the_change(town: Town) -> None:
    with_drafter(town)
    propose(town.ledger, "150.00", by=[DRAFTER, SECRETARY])
    everyone = (*OFFICES, DRAFTER.office)
    assert enacting_offices(town, *everyone) == {SECRETARY.office}
    tell_naive(town, everyone)


def test_where_a_policy_takes_the_kind_from_the_proposer_the_office_that_it_names_enacts(
    town: Town,
) -> None:
    propose(town.ledger, "150.00")
    assert enacting_offices(town, *OFFICES) == {SECRETARY.office}
    rule = {"kinds": ["financing.changed"], "offices": [FINANCIER.office]}
    set_policy(town.ledger, {"policy": "c", "rules": [rule]})
    assert enacting_offices(town, *OFFICES) == {FINANCIER.office}
    tell_naive(town, OFFICES)


def test_a_change_that_is_refused_goes_back_to_its_proposer_though_another_would_enact_it(
    town: Town,
) -> None:
    with_drafter(town)
    proposal = propose(town.ledger, "150.00", by=DRAFTER)
    speak(town.ledger, proposal, CHAIR, refuses="ні")
    waiting = {one: town.tasks(one) for one in (*OFFICES, DRAFTER.office) if town.tasks(one)}
    assert waiting == {DRAFTER.office: [("withdraw", None)]}


def tell_naive(town: Town, offices: Sequence[str]) -> None:
    """The naive computation says the same of these offices, and nothing of others."""
    found = {one for office in offices for one in keys(town.inbox(office)["items"], office)}
    assert found == Naive(town.ledger, town.ledger.position, town.today).inbox()


def test_who_is_not_needed_any_more_is_not_asked(town: Town) -> None:
    set_policy(town.ledger, {"policy": "c", "rules": [asks(LAWYER.office, CHAIR.office, needed=1)]})
    proposal = propose(town.ledger, "150.00")
    assert town.tasks(CHAIR.office) == [("endorse", None)]
    speak(town.ledger, proposal, LAWYER)
    assert town.tasks(CHAIR.office) == []
    speak(town.ledger, proposal, LAWYER, refuses="передумала")
    assert town.tasks(CHAIR.office) == [("endorse", None)]
    assert town.tasks("council-secretary") == []


def test_a_refusal_that_blocks_goes_back_to_the_proposer(town: Town) -> None:
    set_policy(town.ledger, {"policy": "c", "rules": [asks(LAWYER.office, CHAIR.office)]})
    proposal = propose(town.ledger, "150.00")
    refusal = speak(town.ledger, proposal, CHAIR, refuses="немає розрахунку")
    (item,) = town.inbox("council-secretary")["items"]
    assert (item["task"], item["event"]) == ("withdraw", refusal)
    assert town.tasks(CHAIR.office) == []
    town.ledger.submit("change.withdrawn", PROGRAMME, {"proposal": proposal, "reason": ""})
    assert (town.tasks("council-secretary"), town.tasks(LAWYER.office)) == ([], [])


def test_an_endorsement_that_counts_no_more_is_asked_for_again(town: Town) -> None:
    set_policy(town.ledger, {"policy": "c", "rules": [asks(LAWYER.office)]})
    proposal = propose(town.ledger, "150.00")
    speak(town.ledger, proposal, LAWYER)
    assert town.tasks(LAWYER.office) == []
    town.ledger.clock.advance(days=1)
    end_of(town, LAWYER)
    assert town.tasks(LAWYER.office) == [("endorse", None)]
    assert town.tasks("council-secretary") == []
    assert town.person(LAWYER.person)["items"] == []


def test_a_key_that_was_revoked_or_a_doubt_voids_an_endorsement(town: Town) -> None:
    set_policy(town.ledger, {"policy": "c", "rules": [asks(LAWYER.office)]})
    first = propose(town.ledger, "150.00")
    speak(town.ledger, first, LAWYER)
    assert town.tasks(LAWYER.office) == []
    end_of(town, LAWYER)  # the lawyer spoke on a day on which the mandate had ended
    tomorrow = str(date.fromisoformat(town.today) + timedelta(days=1))
    again = {"person": LAWYER.person, "office": LAWYER.office, "start": tomorrow}
    town.ledger.submit("mandate.granted", COUNCIL_STREAM, again)
    town.ledger.clock.advance(days=1)
    assert [one["task"] for one in town.inbox(LAWYER.office)["items"]] == ["endorse"]
    speak(town.ledger, first, LAWYER)
    assert town.tasks(LAWYER.office) == []
    lost = {"kid": LAWYER.key.public.kid, "cause": "lost", "note": ""}
    town.ledger.submit("key.revoked", COUNCIL_STREAM, lost)
    assert town.tasks(LAWYER.office) == [("endorse", None)]


def test_an_ordered_policy_is_blocked_by_who_refuses_first(town: Town) -> None:
    rule = asks(LAWYER.office, CHAIR.office, needed=1, ordered=True)
    set_policy(town.ledger, {"policy": "c", "rules": [rule]})
    proposal = propose(town.ledger, "150.00")
    assert town.tasks("council-secretary") == []
    speak(town.ledger, proposal, LAWYER, refuses="ні")
    assert town.tasks("council-secretary") == [("withdraw", None)]
    assert town.tasks(CHAIR.office) == []


def test_where_nobody_is_asked_a_refusal_still_goes_back_to_the_proposer(town: Town) -> None:
    proposal = propose(town.ledger, "150.00")
    assert town.tasks("council-secretary") == [("enact", None)]
    speak(town.ledger, proposal, LAWYER, refuses="ні")
    assert town.tasks("council-secretary") == [("withdraw", None)]


def test_whom_a_policy_does_not_let_sign_is_not_asked(town: Town) -> None:
    set_policy(town.ledger, {"policy": "c", "rules": [asks(LAWYER.office, CHAIR.office)]})
    propose(town.ledger, "150.00")
    report = actual(town.ledger, "2025-08")
    returned = {"report": report, "note": "ще раз"}
    town.ledger.submit("report.returned", PROGRAMME, returned, by=CHAIR, effective=town.today)
    assert town.tasks(LAWYER.office) == [("endorse", None)]
    assert town.tasks(EXECUTOR.office) == [("correct", None)]
    rules = [
        {"kinds": ["change.endorsed"], "offices": [CHAIR.office]},
        {"kinds": ["actual.reported"], "offices": ["council-secretary"]},
    ]
    # Who is above sets it all the same, whatever the council asks.
    set_policy(town.ledger, {"policy": "s", "rules": rules}, subject="root")
    assert town.tasks(LAWYER.office) == []
    assert town.tasks(CHAIR.office) == [("endorse", None)]
    assert town.tasks(EXECUTOR.office) == []


def test_one_person_may_speak_for_two_offices_that_two_policies_ask(town: Town) -> None:
    set_policy(town.ledger, {"policy": "a", "rules": [asks(DEPUTY.office)]})
    set_policy(town.ledger, {"policy": "b", "rules": [asks(EXECUTOR.office)]})
    proposal = propose(town.ledger, "150.00")
    assert len(town.person(EXECUTOR.person)["items"]) == 2
    speak(town.ledger, proposal, DEPUTY)
    assert [one["office"] for one in town.person(EXECUTOR.person)["items"]] == [EXECUTOR.office]
    rule = asks(EXECUTOR.office, DEPUTY.office, shortfall="acknowledge")
    set_policy(town.ledger, {"policy": "b", "rules": [rule]})
    assert town.tasks(EXECUTOR.office) == [("endorse", None)]
    assert town.person(EXECUTOR.person)["items"] == []


def end_of(town: Town, who: Official) -> None:
    data = {"mandate": town.ledger.ids[f"mandate.granted {who.office}"], "end": town.today}
    town.ledger.submit("mandate.ended", f"body:{who.body}", data)


def test_a_person_with_two_offices_finds_what_both_may_do_once(town: Town) -> None:
    set_policy(town.ledger, {"policy": "c", "rules": [asks(DEPUTY.office, LAWYER.office)]})
    set_policy(town.ledger, owes("actual.reported"))
    propose(town.ledger, "150.00")
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "чому?"}
    town.ledger.submit("observation.made", PROGRAMME, about, by=CHAIR)
    found = town.person(EXECUTOR.person)
    assert [one["office"] for one in found["offices"]] == [DEPUTY.office, EXECUTOR.office]
    tasks = [(one["task"], one["office"]) for one in found["items"]]
    assert sorted(tasks) == [
        ("answer", DEPUTY.office),
        ("endorse", DEPUTY.office),
        ("report", EXECUTOR.office),
        ("report", EXECUTOR.office),
    ]
    assert [one["due"] for one in found["items"]] == ["2025-09-05", "2025-09-05", None, None]


def test_a_person_is_not_asked_for_what_the_door_would_refuse(town: Town) -> None:
    rule = asks("council-secretary", LAWYER.office, shortfall="acknowledge")
    set_policy(town.ledger, {"policy": "c", "rules": [rule]})
    proposal = propose(town.ledger, "150.00")
    about = {"about": {"event": proposal}, "text": "чому?"}
    town.ledger.submit("observation.made", PROGRAMME, about)
    assert [task for task, _ in town.tasks("council-secretary")] == ["endorse", "answer"]
    assert town.person(SECRETARY.person)["items"] == []
    assert town.ledger.outcome([answer_of(town)])  # by another person of another office it is taken


def answer_of(town: Town) -> Any:
    (item,) = town.inbox(EXECUTOR.office)["items"]
    data = {"observation": item["about"]["event"], "text": "так", "outcome": "explained"}
    return town.ledger.envelope("observation.answered", PROGRAMME, data, by=EXECUTOR)


def test_an_ended_mandate_empties_the_persons_inbox_and_not_the_offices(town: Town) -> None:
    set_policy(town.ledger, owes("actual.reported"))
    end_of(town, EXECUTOR)
    end_of(town, DEPUTY)
    found = town.person(EXECUTOR.person)
    assert (found["offices"], found["items"]) == ([], [])
    waiting = town.inbox(EXECUTOR.office)
    assert len(waiting["items"]) == 2
    assert waiting["offices"][0]["holders"] == []


def test_who_has_no_live_key_is_told_so(town: Town) -> None:
    assert town.person(LAWYER.person)["items"] == []
    data = {"kid": LAWYER.key.public.kid, "cause": "lost", "note": ""}
    town.ledger.submit("key.revoked", COUNCIL_STREAM, data)
    (item,) = town.person(LAWYER.person)["items"]
    assert (item["task"], item["office"], item["link"]) == (
        "key",
        LAWYER.office,
        "/v1/keys?body=town-council",
    )
    assert not town.person(LAWYER.person)["offices"][0]["live_key"]
    registrar = REGISTRARS[0].person
    assert town.person(registrar)["offices"] == []


def test_an_observation_waits_for_the_office_that_it_names(town: Town) -> None:
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "чому?"}
    one = town.ledger.submit(
        "observation.made", PROGRAMME, about | {"to": EXECUTOR.office, "due": "2025-09-03"}, by=CHAIR
    )
    assert town.tasks(EXECUTOR.office) == [("answer", "2025-09-03")]
    assert town.tasks(DEPUTY.office) == []
    data = {"observation": one.event, "text": "так", "outcome": "explained"}
    town.ledger.submit("observation.answered", PROGRAMME, data, by=EXECUTOR)
    assert town.tasks(EXECUTOR.office) == []


def test_an_entry_in_doubt_waits_until_it_is_reaffirmed_or_corrected(town: Town) -> None:
    first, second = actual(town.ledger, "2025-07"), actual(town.ledger, "2025-08")
    data = {"kid": EXECUTOR.key.public.kid, "cause": "stolen", "suspect_from": town.today, "note": ""}
    town.ledger.submit("key.revoked", f"body:{EXECUTOR.body}", data)
    doubted = [one for one in town.inbox("commission-chair")["items"] if one["task"] == "reaffirm"]
    assert [(one["about"]["event"], one["doubt"]) for one in doubted] == [
        (first, "suspect"),
        (second, "suspect"),
    ]
    assert [one["task"] for one in town.inbox(CHAIR.office)["items"]] == ["accept", "accept"]
    before = town.ledger.position
    entries = [{"event": first, "payload": town.ledger.statements[first]}]
    town.ledger.submit("entry.reaffirmed", PROGRAMME, {"entries": entries}, by=SECRETARY)
    said = {"indicator": "i-1", "period": "2025-08", "accumulation": "period", "value": "4"}
    town.ledger.submit("actual.reported", PROGRAMME, said, by=SECRETARY, corrects=second)
    tasks = {one["task"] for one in town.inbox("commission-chair")["items"]}
    assert tasks == {"accept"}
    then = [task for task, _ in town.tasks("commission-chair", position=before)]
    assert then == ["accept", "accept", "reaffirm", "reaffirm"]


def test_a_reaffirmation_in_doubt_waits_for_who_may_state_what_it_says_anew(town: Town) -> None:
    report = actual(town.ledger, "2025-08", by=FINANCIER)
    suspect = {"cause": "stolen", "suspect_from": town.today, "note": ""}
    stolen = {"kid": FINANCIER.key.public.kid, **suspect}
    town.ledger.submit("key.revoked", f"body:{FINANCIER.body}", stolen)
    entries = [{"event": report, "payload": town.ledger.statements[report]}]
    said = town.ledger.submit("entry.reaffirmed", PROGRAMME, {"entries": entries}, by=EXECUTOR)
    tasks = [one["task"] for one in town.inbox("commission-chair")["items"]]
    assert tasks == ["accept"]
    stolen = {"kid": EXECUTOR.key.public.kid, **suspect}
    town.ledger.submit("key.revoked", f"body:{EXECUTOR.body}", stolen)
    waiting = [one for one in town.inbox("commission-chair")["items"] if one["task"] == "reaffirm"]
    assert {one["about"]["event"] for one in waiting} == {report, said.event}
    assert [one["task"] for one in town.inbox(CHAIR.office)["items"]] == ["accept"]


def test_a_report_in_doubt_is_its_executors_to_reaffirm(town: Town) -> None:
    actual(town.ledger, "2025-08", by=EXECUTOR)
    stolen = {"kid": EXECUTOR.key.public.kid, "cause": "stolen", "suspect_from": town.today, "note": ""}
    town.ledger.submit("key.revoked", f"body:{EXECUTOR.body}", stolen)
    both = ("commission-chair", EXECUTOR.office)
    assert all(("reaffirm", None) in town.tasks(office) for office in both)
    set_policy(town.ledger, {"policy": "who", "executors": EXECUTORS})
    assert [("reaffirm", None) in town.tasks(office) for office in both] == [False, True]
    rule = {"kinds": ["actual.reported"], "offices": ["council-secretary"]}
    set_policy(town.ledger, {"policy": "whose", "rules": [rule]}, subject="root")
    assert town.tasks(EXECUTOR.office) == []


def test_who_succeeds_a_body_reaches_what_was_its_own(town: Town) -> None:
    actual(town.ledger, "2025-08")
    data = {"body": COUNCIL, "successor": FOREIGN, "start": "2025-09-02", "order": "№ 1"}
    town.ledger.submit("body.succeeded", "root", data)
    day: dict[str, Any] = {"today": "2025-09-02"}
    assert (town.tasks("council-secretary"), town.tasks("other-secretary")) == ([("accept", None)], [])
    assert town.tasks("council-secretary", **day) == []
    assert town.tasks("other-secretary", **day) == [("accept", None)]
    assert town.tasks(CHAIR.office, **day) == [("accept", None)]  # the commission is below the successor


def test_the_inbox_is_as_known_at_a_position(town: Town) -> None:
    before = town.ledger.position
    set_policy(town.ledger, owes("actual.reported"))
    middle = town.ledger.position
    actual(town.ledger, "2025-08")
    counts = [len(town.tasks(EXECUTOR.office, position=p)) for p in (before, middle, town.ledger.position)]
    assert counts == [0, 2, 1]


def test_who_is_not_on_the_record_has_no_inbox(town: Town) -> None:
    reading = town.tables.reading()
    assert read_office_inbox(reading, town.today, "no-office") is None
    assert read_person_inbox(reading, town.today, "p-nobody") is None


def test_one_task_alone_can_be_asked_for(town: Town) -> None:
    set_policy(town.ledger, owes("actual.reported"))
    actual(town.ledger, "2025-08")
    found = read_office_inbox(town.tables.reading(), town.today, "council-secretary", Wanted(task="accept"))
    assert found is not None
    assert [one["task"] for one in found["items"]] == ["accept"]


def test_where_a_policy_forbids_it_nobody_is_asked_to_accept_the_own_report(town: Town) -> None:
    data = {"indicator": "i-1", "period": "2025-08", "accumulation": "period", "value": "3"}
    town.ledger.submit("actual.reported", PROGRAMME, data)
    assert [one["task"] for one in town.person(SECRETARY.person)["items"]] == ["accept"]
    rule = {"kinds": ["report.accepted"], "forbidden": ["own-report"]}
    set_policy(town.ledger, {"policy": "own", "rules": [rule]})
    assert town.person(SECRETARY.person)["items"] == []
    assert [one["task"] for one in town.person(CHAIR.person)["items"]] == ["accept"]
