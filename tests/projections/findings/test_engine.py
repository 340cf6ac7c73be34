"""What is remembered saves time and changes nothing: judging again finds what judging anew finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from projections.findings.case import Case
from projections.findings.dossier import Dossier, grow, read_dossier
from projections.findings.engine import Hits, Memory, judge
from projections.findings.findings import read_findings, rows_of
from projections.findings.told import read_told
from projections.reading import Reading
from tests.oracle.histories import dates_of
from tests.projections.adopted import Adopted
from tests.projections.feed import Feed
from tests.projections.suspects import Suspects
from tests.projections.tables import Tables
from tests.projections.told import tell_many
from tests.support.clock import utc
from tests.support.council import revoke
from tests.support.people import Official, key_of


def anew(reading: Reading, programme: str, day: str) -> Hits:
    return judge(Case(read_dossier(reading, programme), reading, day))


def programmes_at(reading: Reading) -> list[str]:
    """Those of which something is known, adopted or not."""
    query = (
        "SELECT DISTINCT programme FROM concerns WHERE known_from<=? AND slot IS NOT NULL ORDER BY programme"
    )
    return [row[0] for row in reading.rows(query, [reading.position])]


@pytest.mark.parametrize("seed", range(4))
def test_judging_what_was_touched_finds_what_judging_all_finds(seed: int, feed: Feed, tmp_path: Path) -> None:
    rng = Random(seed)
    told = tell_many(feed, range(seed * 8, seed * 8 + 8), copies=1 + seed % 2)
    days = sorted({day.isoformat() for one in told for day in dates_of(one.entries)})
    memory, looked = Memory(), 0
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        tables.catch_up()
        position = 1
        while position < feed.size:
            position = min(feed.size, position + rng.choice((1, 2, 5, 30)))
            asked = position if rng.random() < 0.8 else rng.randrange(1, position + 1)
            reading, day = tables.reading(asked), rng.choice((days[0], days[-1], rng.choice(days)))
            for programme in programmes_at(reading):
                assert memory.judged(reading, programme, day)[1] == anew(reading, programme, day)
                looked += 1
    assert looked > 20


@pytest.mark.parametrize("seed", range(3))
def test_doubts_and_policies_are_judged_again_too(seed: int, tmp_path: Path) -> None:
    suspects = Suspects(tmp_path / "ledger", Random(seed))
    for _ in range(60):
        suspects.step()
    suspects.feed.keep()
    memory, found = Memory(), set[str]()
    with Tables(tmp_path / "tables.db", suspects.feed.reader) as tables:
        tables.catch_up()
        for position in range(1, suspects.feed.size + 1, 3):
            reading = tables.reading(position)
            for programme in programmes_at(reading):
                hits = memory.judged(reading, programme, "2030-01-01")[1]
                assert hits == anew(reading, programme, "2030-01-01")
                found |= {place[0] for place in hits}
    assert found  # something was there to be forgotten


def test_a_dossier_that_grew_equals_one_that_was_read(belz: Adopted) -> None:
    belz.pass_act("act-2", "2025-06-01")
    fund(belz, "3.3.4", "12000.00", act="act-2")
    belz.change_status("act-2", "quashed", "2025-06-01")
    newest = belz.reading()
    grown: Dossier | None = None
    for position in range(belz.adopted_at, newest.position + 1):
        reading = newest.at(position)
        grown = read_dossier(reading, belz.programme) if grown is None else grow(grown, reading)[0]
        read = read_dossier(reading, belz.programme)
        assert (grown.said, grown.slots, grown.kinds) == (read.said, read.slots, read.kinds)
        assert (grown.acts, grown.topics) == (read.acts, read.topics)
        timelines = [one.world.programmes[belz.programme].timeline for one in (grown, read)]
        assert dict(timelines[0].state("2027-12-31")) == dict(timelines[1].state("2027-12-31"))


def test_an_act_that_stops_counting_opens_what_its_closing_had_ended(belz: Adopted) -> None:
    memory, day = Memory(), "2026-03-01"
    deadline = {"kinds": ["actual.reported"], "period": "quarter", "months": 1, "day": 5}
    policy = {
        "policy": "reports",
        "title": "Строки (приклад)",
        "start": "2025-09-01",
        "deadlines": [deadline],
    }
    belz.town.submit("policy.set", belz.council, policy)
    belz.pass_act("act-end", "2025-06-01")
    memory.judged(belz.reading(), belz.programme, day)
    belz.say("programme.closed", {"outcome": "terminated"}, act="act-end", effective="2025-06-01")
    closed = memory.judged(belz.reading(), belz.programme, day)[1]
    belz.change_status("act-end", "quashed", "2025-06-01")
    opened = memory.judged(belz.reading(), belz.programme, day)[1]
    assert opened == anew(belz.reading(), belz.programme, day)
    assert closed != opened


# -- the life of a finding --------------------------------------------------------------------------

DAY = "2026-01-31"
UNFUNDED = "FIN-UNFUNDED:measures"


def fund(belz: Adopted, measure: str, amount: str, *, act: str, effective: str = "2025-06-01") -> None:
    line = {"measure": measure, "year": 2025, "source": "local", "op": "set", "amount": amount}
    belz.say("financing.changed", {"lines": [line]}, act=act, effective=effective)


def found(belz: Adopted, memory: Memory | None = None) -> dict[str, dict[str, Any]]:
    rows = read_findings(memory or Memory(), belz.reading(), belz.programme, DAY)
    return {row["id"]: row for row in rows}


def accept(belz: Adopted, row: dict[str, Any], reason: str = "Відомо комісії (приклад)") -> None:
    data = {"finding": row["id"], "fingerprint": row["fingerprint"], "reason": reason}
    belz.say("finding.accepted", data)


def test_a_finding_is_open_until_somebody_speaks_of_it(belz: Adopted) -> None:
    rows = found(belz)
    assert rows[UNFUNDED]["status"] == "open"
    assert rows[UNFUNDED]["acceptance"] is None
    assert rows[UNFUNDED]["observations"] == []


def test_what_is_accepted_says_by_whom_and_why(belz: Adopted) -> None:
    memory = Memory()
    accept(belz, found(belz, memory)[UNFUNDED])
    row = found(belz, memory)[UNFUNDED]
    assert row["status"] == "accepted"
    assert row["acceptance"]["reason"] == "Відомо комісії (приклад)"
    assert [one["person"] for one in row["acceptance"]["signers"]] == ["p-secretary"]
    assert row["acceptance"]["current"]


def test_other_figures_open_an_accepted_finding_again(belz: Adopted) -> None:
    memory = Memory()
    accept(belz, found(belz, memory)[UNFUNDED])
    belz.pass_act("act-2", "2025-06-01")
    fund(belz, "1.1.1", "500.00", act="act-2")
    row = found(belz, memory)[UNFUNDED]
    assert row["status"] == "open"
    assert not row["acceptance"]["current"]


def test_an_acceptance_binds_the_finding_that_it_saw_and_no_other(belz: Adopted) -> None:
    rows = found(belz)
    data = {
        "finding": UNFUNDED,
        "fingerprint": rows["DOC-TERM:p1"]["fingerprint"],
        "reason": "Не те (приклад)",
    }
    belz.say("finding.accepted", data)
    assert found(belz)[UNFUNDED]["status"] == "open"


def asked(belz: Adopted) -> Official:
    """Somebody else in an office of their own: nobody answers what they observed themselves."""
    other = replace(belz.official, person="p-other", office="asked", key=key_of("asked"))
    person = [("person.registered", "root", {"person": other.person, "name": "Інша особа (приклад)"})]
    said = [*person, *belz.town.enrolment(other)]
    belz.town.submit_all([belz.town.envelope(kind, stream, data) for kind, stream, data in said])
    return other


def test_a_finding_is_answered_once_every_observation_about_it_is(belz: Adopted) -> None:
    said = belz.say("observation.made", {"about": {"finding": UNFUNDED}, "text": "Чому? (приклад)"})
    row = found(belz)[UNFUNDED]
    assert row["status"] == "open"
    assert [one["observation"] for one in row["observations"]] == [said.event]
    data = {"observation": said.event, "text": "З інших джерел (приклад)", "outcome": "explained"}
    belz.say("observation.answered", data, by=asked(belz))
    row = found(belz)[UNFUNDED]
    assert row["status"] == "answered"
    assert row["observations"][0]["answered"]


def test_one_answer_does_not_answer_two_observations(belz: Adopted) -> None:
    other = asked(belz)
    first, second = (
        belz.say("observation.made", {"about": {"finding": UNFUNDED}, "text": text}).event
        for text in ("Чому? (приклад)", "Доки? (приклад)")
    )
    answer = {"observation": first, "text": "З інших джерел (приклад)", "outcome": "explained"}
    belz.say("observation.answered", answer, by=other)
    assert found(belz)[UNFUNDED]["status"] == "open"
    belz.say("observation.answered", answer | {"observation": second}, by=other)
    assert found(belz)[UNFUNDED]["status"] == "answered"


def test_what_a_later_event_mends_is_resolved_by_it_and_listed_no_more(belz: Adopted) -> None:
    before = found(belz)
    belz.pass_act("act-2", "2025-06-01")
    fund(belz, "3.3.4", "12000.00", act="act-2")
    mending = belz.reading().position - 1
    now = found(belz)
    assert "FIN-UNFUNDED:3.3.4" in before
    assert "FIN-UNFUNDED:3.3.4" not in now
    told = read_told(belz.reading(), belz.programme, DAY)
    gone = {row["id"]: row for row in told.resolved}
    assert gone["FIN-UNFUNDED:3.3.4"]["status"] == "resolved"
    assert gone["FIN-UNFUNDED:3.3.4"]["resolved"]["index"] == mending
    assert not gone.keys() & now.keys()


def appropriate(belz: Adopted, amount: str, effective: str) -> None:
    line = {"measure": "3.3.2", "year": 2025, "source": "local", "op": "set", "amount": amount}
    belz.say("appropriation.set", {"lines": [line]}, act="act-2", effective=effective)


ABOVE = "FIN-ABOVE:3.3.2/2025"


def test_what_a_day_ends_is_resolved_by_the_entry_that_took_effect_on_it(belz: Adopted) -> None:
    belz.pass_act("act-2", "2025-03-01")
    appropriate(belz, "20000.00", "2025-03-01")
    belz.town.clock.set(utc("2025-09-05T09:00:00"))
    appropriate(belz, "30000.00", "2025-10-01")
    ending = belz.reading().position - 1
    told = {row["id"]: row for row in read_told(belz.reading(), belz.programme, DAY).resolved}
    assert told[ABOVE]["resolved"]["index"] == ending
    belz.town.clock.set(utc("2025-11-05T09:00:00"))
    belz.say("observation.made", {"about": {"finding": UNFUNDED}, "text": "Про інше (приклад)"})
    told = {row["id"]: row for row in read_told(belz.reading(), belz.programme, DAY).resolved}
    assert told[ABOVE]["resolved"] == {
        "event": told[ABOVE]["resolved"]["event"],
        "index": ending,
        "day": "2025-11-05",
    }


def test_an_acceptance_by_a_key_that_is_suspect_since_is_no_acceptance(belz: Adopted) -> None:
    memory = Memory()
    accept(belz, found(belz, memory)[UNFUNDED])
    revoke(belz.town, belz.official.key.public, belz.council, "2025-01-01")
    row = found(belz, memory)[UNFUNDED]
    assert row["status"] == "open"
    assert row["acceptance"]["doubt"] == "suspect"
    assert row["acceptance"]["current"]


def test_a_finding_as_known_earlier_is_what_it_was(belz: Adopted) -> None:
    memory, early = Memory(), belz.reading().position
    first = found(belz, memory)
    belz.pass_act("act-2", "2025-06-01")
    fund(belz, "3.3.4", "12000.00", act="act-2")
    found(belz, memory)
    again = read_findings(memory, belz.reading(early), belz.programme, DAY)
    assert {row["id"]: row for row in again} == first


def test_rows_are_the_same_whatever_was_asked_before(belz: Adopted) -> None:
    memory = Memory()
    for day in ("2025-03-01", "2025-12-31", DAY, "2030-01-01", "2025-03-01"):
        case, hits = memory.judged(belz.reading(), belz.programme, day)
        fresh = Case(read_dossier(belz.reading(), belz.programme), belz.reading(), day)
        assert rows_of(case, hits) == rows_of(fresh, judge(fresh))
