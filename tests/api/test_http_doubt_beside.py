"""A word that another entry gives a value (accepted, withdrawn, suspended) shows that entry's doubt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.api.door import BASE, Door, open_door
from tests.support.council import (
    MAYOR,
    MONEY,
    TREASURER,
    asks,
    council_town,
    enacts,
    endorse,
    propose,
    reaffirm,
    revoke,
    set_policy,
)
from tests.support.people import SECRETARY, key_of
from tests.support.town import ACT, COUNCIL_STREAM, PROGRAMME, TestLedger, lines, remember

THEFT = "2025-09-02"  # the day from which the mayor's key, and the secretary's second one, are doubted
STOLEN = SECRETARY.using(key_of("stolen"))
REPORT = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "5"}
Tell = Callable[[TestLedger], Any]


def after(
    tmp_path: Path, before: Tell, forged: Tell, later: Tell = lambda _: None
) -> AbstractContextManager[Door]:
    """What is said on the day before the theft, on the day of it, and after the revocations."""
    with council_town(tmp_path / "model") as town:
        remember(STOLEN.key)
        town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(STOLEN))
        before(town)
        town.clock.advance(days=1)
        forged(town)
        town.clock.advance(days=1)
        for official in (MAYOR, STOLEN):
            revoke(town, official.key.public, COUNCIL_STREAM, THEFT)
        later(town)
    return open_door(town, tmp_path / "town")


def reported(town: TestLedger) -> str:
    return town.submit("actual.reported", PROGRAMME, REPORT, by=TREASURER).event


def judged(town: TestLedger, kind: str, report: str, **common: Any) -> str:
    data = {"report": report, "note": "Ні"}
    return town.submit(kind, PROGRAMME, data, effective="2025-04-01", **common).event


def voided(town: TestLedger, kind: str, slot: str) -> None:
    """By the mayor's key."""
    town.submit(kind, PROGRAMME, None, by=MAYOR, effective="2025-04-01", corrects=slot)


class Events(dict[str, str]):
    """Names of what was said in a story."""

    def note(self, name: str, event: str) -> str:
        self[name] = event
        return event


def reviews(door: Door, report: str, **query: Any) -> list[tuple[str, str | None, str | None]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    rows = door.json(f"{BASE}/reports?{asked}")["items"]
    return [
        (row["status"], row["reviewed_by"], row["review_doubt"]) for row in rows if row["report"] == report
    ]


def test_a_report_that_a_thief_accepted_shows_it_until_it_is_reaffirmed(tmp_path: Path) -> None:
    said = Events()
    with after(
        tmp_path,
        lambda town: said.note("report", reported(town)),
        lambda town: said.note("judged", judged(town, "report.accepted", said["report"], by=MAYOR)),
        lambda town: (
            said.note("then", str(town.position)),
            reaffirm(town, said["judged"]),
        ),
    ) as door:
        then = said["then"]
        assert reviews(door, said["report"], known=then) == [("accepted", said["judged"], "suspect")]
        assert reviews(door, said["report"]) == [("accepted", said["judged"], None)]
        before = int(then) - 2  # the revocations are not known yet
        assert reviews(door, said["report"], known=before) == [("accepted", said["judged"], None)]


def test_an_acceptance_that_a_thief_voided_leaves_a_doubtful_submitted_report(tmp_path: Path) -> None:
    said = Events()

    def before(town: TestLedger) -> None:
        said.note("report", reported(town))
        said.note("judged", judged(town, "report.accepted", said["report"]))

    with after(tmp_path, before, lambda town: voided(town, "report.accepted", said["judged"])) as door:
        assert reviews(door, said["report"]) == [("submitted", None, "suspect")]


def test_what_a_thief_said_of_an_older_statement_throws_no_doubt_on_the_newer(tmp_path: Path) -> None:
    said = Events()

    def later(town: TestLedger) -> None:
        data = REPORT | {"value": "6"}
        town.submit("actual.reported", PROGRAMME, data, by=TREASURER, corrects=said["report"])
        said.note("submitted", str(town.position))
        said.note("again", judged(town, "report.returned", said["report"]))

    with after(
        tmp_path,
        lambda town: said.note("report", reported(town)),
        lambda town: said.note("judged", judged(town, "report.accepted", said["report"], by=MAYOR)),
        later,
    ) as door:
        older = ("accepted", said["judged"], "suspect")
        at = said["submitted"]
        assert reviews(door, said["report"], known=at) == [older, ("submitted", None, None)]
        assert reviews(door, said["report"]) == [older, ("returned", said["again"], None)]


def test_what_a_thief_says_of_a_newer_statement_throws_no_doubt_on_the_older(tmp_path: Path) -> None:
    said = Events()

    def before(town: TestLedger) -> None:
        said.note("report", reported(town))
        said.note("judged", judged(town, "report.returned", said["report"]))
        data = REPORT | {"value": "6"}
        town.submit("actual.reported", PROGRAMME, data, by=TREASURER, corrects=said["report"])

    with after(
        tmp_path,
        before,
        lambda town: said.note("forged", judged(town, "report.accepted", said["report"], by=MAYOR)),
    ) as door:
        older, newer = reviews(door, said["report"])
        assert older == ("returned", said["judged"], None)
        assert newer == ("accepted", said["forged"], "suspect")


def test_what_a_thief_takes_from_a_newer_statement_throws_no_doubt_on_the_older(tmp_path: Path) -> None:
    said = Events()

    def before(town: TestLedger) -> None:
        said.note("report", reported(town))
        said.note("returned", judged(town, "report.returned", said["report"]))
        data = REPORT | {"value": "6"}
        town.submit("actual.reported", PROGRAMME, data, by=TREASURER, corrects=said["report"])
        said.note("accepted", judged(town, "report.accepted", said["report"]))

    with after(tmp_path, before, lambda town: voided(town, "report.accepted", said["accepted"])) as door:
        older, newer = reviews(door, said["report"])
        assert older == ("returned", said["returned"], None)
        assert newer == ("submitted", None, "suspect")


def closed(door: Door, proposal: str) -> tuple[Any, ...]:
    """How it was closed, in the list as on its own."""
    (listed,) = (one for one in door.json("/v1/proposals")["items"] if one["id"] == proposal)
    one = door.json(f"/v1/proposals/{proposal}")["item"]
    assert one == listed
    return one["state"], one["closed_by"], one["closed_doubt"], one["doubt"]


def test_a_proposal_that_a_thief_withdrew_shows_it_and_is_itself_sound(tmp_path: Path) -> None:
    said = Events()

    def forged(town: TestLedger) -> None:
        data = {"proposal": said["proposal"], "reason": ""}
        said.note("withdrawn", town.submit("change.withdrawn", PROGRAMME, data, by=STOLEN).event)

    with after(tmp_path, lambda town: said.note("proposal", propose(town, lines("170.00"))), forged) as door:
        assert closed(door, said["proposal"]) == ("withdrawn", said["withdrawn"], "suspect", None)


def test_a_proposal_enacted_on_a_thiefs_endorsement_shows_it(tmp_path: Path) -> None:
    said = Events()

    def before(town: TestLedger) -> None:
        set_policy(town, rules=[asks(MAYOR)])
        said.note("proposal", propose(town, lines("170.00")))
        said.note("open", propose(town, lines("180.00")))

    def forged(town: TestLedger) -> None:
        endorse(town, said["proposal"], MAYOR)
        relations = enacts(said["proposal"])
        event = town.submit(
            MONEY, PROGRAMME, lines("170.00"), effective="2025-03-01", relations=relations
        ).event
        said.note("enacted", event)

    with after(tmp_path, before, forged) as door:
        assert closed(door, said["proposal"]) == ("enacted", said["enacted"], "suspect", None)
        assert closed(door, said["open"]) == ("open", None, None, None)


def act_doubt(door: Door) -> str | None:
    """Of the act, in the list as on its own; no other act stands in doubt."""
    listed = {one["id"]: one["doubt"] for one in door.json("/v1/acts")["items"]}
    assert {act for act, doubt in listed.items() if doubt} <= {ACT}
    word: str | None = door.json(f"/v1/acts/{ACT}")["item"]["doubt"]
    assert listed[ACT] == word
    return word


SUSPENDED = {"act": ACT, "status": "suspended", "date": "2025-09-01", "start": "2025-04-01", "by": "court"}


def test_an_act_that_a_thief_suspended_stands_in_doubt(tmp_path: Path) -> None:
    with after(
        tmp_path,
        lambda _: None,
        lambda town: town.submit("act.status_changed", COUNCIL_STREAM, SUSPENDED, by=MAYOR),
    ) as door:
        assert act_doubt(door) == "suspect"


def test_an_act_of_which_a_thief_voided_a_status_stands_in_doubt(tmp_path: Path) -> None:
    said = Events()

    def forged(town: TestLedger) -> None:
        town.submit("act.status_changed", COUNCIL_STREAM, None, by=MAYOR, corrects=said["status"])

    with after(
        tmp_path,
        lambda town: said.note("status", town.submit("act.status_changed", COUNCIL_STREAM, SUSPENDED).event),
        forged,
    ) as door:
        assert act_doubt(door) == "suspect"
        statuses = door.json(f"/v1/acts/{ACT}")["item"]["statuses"]
        assert said["status"] not in {one["event"] for one in statuses}


def test_a_forged_status_that_was_soundly_voided_throws_no_doubt_on_the_act(tmp_path: Path) -> None:
    said = Events()

    def forged(town: TestLedger) -> None:
        status = town.submit("act.status_changed", COUNCIL_STREAM, SUSPENDED, by=MAYOR)
        said.note("status", status.event)

    with after(
        tmp_path,
        lambda _: None,
        forged,
        lambda town: (
            said.note("then", str(town.position)),
            town.submit("act.status_changed", COUNCIL_STREAM, None, corrects=said["status"]),
        ),
    ) as door:
        assert door.json(f"/v1/acts/{ACT}?known={said['then']}")["item"]["doubt"] == "suspect"
        assert act_doubt(door) is None
