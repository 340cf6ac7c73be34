"""What a refusal tells: the rule, the policy that set it, and who could do it instead.

Each row provokes one refusal by signed envelopes, and says what its answer must hold; the words in
both languages must name the policy and whoever could do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.problems import problem_of
from ledger.errors import Refusal
from tests.support.clock import utc
from tests.support.council import (
    CHAIR,
    MAYOR,
    MEMBER,
    MONEY,
    TODAY,
    TREASURER,
    agreed,
    asks,
    council_town,
    endorse,
    named,
    propose,
    revocation,
    revoke,
    rotation_of,
    set_policy,
    statement,
)
from tests.support.people import COMMISSIONER, FINANCIER, REGISTRARS, SECRETARY, STRANGER, Official, key_of
from tests.support.story import ACTUAL, DEPUTY
from tests.support.town import COUNCIL_STREAM, PROGRAMME, Payload, TestLedger, lines, remember

pytestmark = pytest.mark.thorough

SAID = lines("170.00")
PERSON = {"person": "p-x", "name": "Особа"}
STRANGE = SECRETARY.using(remember(key_of("not yet enrolled")))
SECOND = SECRETARY.using(remember(key_of("the secretary's second")))


def held(*officials: Official) -> list[Payload]:
    return [{"office": one.office, "persons": [one.person]} for one in officials]


@dataclass(frozen=True)
class Told:
    """story: what is refused; provoke: how, it may leave a policy's id in ids["policy"].

    instead: exactly what `instead` holds, or for offices what it holds among others (`among`).
    """

    story: str
    code: str
    provoke: Callable[[TestLedger], Refusal]
    instead: Any = None
    among: bool = False
    policy: bool = False


def consenting(town: TestLedger, *officials: Official, **more: Any) -> str:
    """A policy that asks these offices, and a proposal of the secretary's."""
    town.ids["policy"] = set_policy(town, rules=[asks(*officials, **more)])
    return propose(town, SAID)


def endorsed_by(town: TestLedger, proposal: str, by: Any) -> Refusal:
    return town.refused("change.endorsed", PROGRAMME, agreed(town, proposal), by=by)


def self_endorsed(town: TestLedger) -> Refusal:
    return endorsed_by(town, consenting(town, SECRETARY, MAYOR, needed=1), SECRETARY)


def two_mandates(town: TestLedger) -> Refusal:
    proposal = consenting(town, MAYOR, MEMBER, CHAIR, needed=2)
    endorse(town, proposal, MAYOR)
    return endorsed_by(town, proposal, MEMBER)


def too_early(town: TestLedger) -> Refusal:
    return endorsed_by(town, consenting(town, MAYOR, CHAIR, ordered=True), CHAIR)


def unendorsed(town: TestLedger) -> Refusal:
    consenting(town, MAYOR, CHAIR)
    return town.refused(MONEY, PROGRAMME, SAID)


def replayed(town: TestLedger) -> Refusal:
    first, second = propose(town, SAID), propose(town, lines("9999.00"))
    data = agreed(town, first) | {"proposal": second}
    return town.refused("change.endorsed", PROGRAMME, data, by=MAYOR)


def wrong_office(town: TestLedger) -> Refusal:
    town.ids["policy"] = set_policy(town, rules=[{"kinds": [MONEY], "offices": ["mayor", "treasurer"]}])
    return town.refused(MONEY, PROGRAMME, SAID)


def wrong_executor(town: TestLedger) -> Refusal:
    town.ids["policy"] = set_policy(town, executors=[{"items": ["1"], "office": "treasurer"}])
    return town.refused("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"})


def forbidden(town: TestLedger) -> Refusal:
    town.ids["policy"] = set_policy(town, rules=[{"kinds": [MONEY], "forbidden": ["changed-since-seen"]}])
    return town.refused(MONEY, PROGRAMME, SAID, seen=1, acknowledges=["changed-since-seen"])


def lapsed(town: TestLedger) -> Refusal:
    town.ids["policy"] = set_policy(town, lapse_days=3)
    proposal = propose(town, SAID)
    town.clock.set(utc("2025-09-10T09:00:00"))
    return endorsed_by(town, proposal, MAYOR)


def ended(town: TestLedger) -> Refusal:
    data = {"mandate": town.ids["mandate.granted p-secretary"], "end": "2025-09-01"}
    town.submit("mandate.ended", COUNCIL_STREAM, data)
    granted = {"person": "p-mayor", "office": "council-secretary", "start": "2025-09-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    return town.refused(MONEY, PROGRAMME, SAID)


def revoked(town: TestLedger) -> Refusal:
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(SECOND))
    town.ids["revoked"] = revoke(town, SECRETARY.key.public, COUNCIL_STREAM)
    return town.refused(MONEY, PROGRAMME, SAID)


def rotated(town: TestLedger) -> Refusal:
    town.submit("key.rotated", COUNCIL_STREAM, rotation_of(town, SECRETARY, SECOND))
    return town.refused(MONEY, PROGRAMME, SAID)


def last_registrars(town: TestLedger) -> Refusal:
    revoke(town, REGISTRARS[0].key.public, "root", by=REGISTRARS[1:])
    return town.refused("key.revoked", "root", revocation(REGISTRARS[1].key.public), by=REGISTRARS[1:])


def revoked_registrar(town: TestLedger) -> Refusal:
    revoke(town, REGISTRARS[0].key.public, "root", by=REGISTRARS[1:])
    return town.refused("person.registered", "root", PERSON, by=REGISTRARS[:2])


def all_registrars_replaced_by_one(town: TestLedger) -> Refusal:
    """k = 2 with one registrar left: nobody could sign anything any more."""
    return town.refused("registrar.changed", "root", named(town, REGISTRARS[0], k=2), by=REGISTRARS)


def own_report(town: TestLedger) -> Refusal:
    rules = [{"kinds": ["report.accepted"], "forbidden": ["own-report"]}]
    town.ids["policy"] = set_policy(town, rules=rules)
    return town.refused("report.accepted", PROGRAMME, {"report": town.ids["actual"]})


def forbidden_shortfall(town: TestLedger) -> Refusal:
    rule = asks(MAYOR, CHAIR, shortfall="acknowledge") | {"forbidden": ["endorsements-missing"]}
    town.ids["policy"] = set_policy(town, rules=[rule])
    return town.refused(MONEY, PROGRAMME, SAID, acknowledges=["endorsements-missing"])


def enrolled_again(town: TestLedger) -> Refusal:
    """A key that was rotated; the one that took its place is live."""
    town.submit("key.rotated", COUNCIL_STREAM, rotation_of(town, SECRETARY, SECOND))
    return town.refused("key.enrolled", COUNCIL_STREAM, town.key_data(SECRETARY))


def rotated_to_itself(town: TestLedger) -> Refusal:
    return town.refused("key.rotated", COUNCIL_STREAM, rotation_of(town, SECRETARY, SECRETARY))


def enrolled_for_another(town: TestLedger) -> Refusal:
    data = town.key_data(FINANCIER) | {"person": "p-mayor"}
    return town.refused("key.enrolled", COUNCIL_STREAM, data)


def reaffirmed_by_another(town: TestLedger) -> Refusal:
    """The mayor's endorsement is suspect, and his successor in office could say it anew."""
    slot = endorse(town, propose(town, SAID), MAYOR)
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-09-01"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended)
    granted = {"person": "p-chair", "office": "mayor", "start": "2025-09-01"}
    town.submit("mandate.granted", COUNCIL_STREAM, granted)
    revoke(town, MAYOR.key.public, COUNCIL_STREAM, TODAY)
    return town.refused("entry.reaffirmed", PROGRAMME, {"entries": [statement(town, slot)]})


def observed_by(town: TestLedger, by: Official, **more: Any) -> str:
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "Чому?"} | more
    return town.submit("observation.made", PROGRAMME, about, by=by).event


def observation_voided_by_another(town: TestLedger) -> Refusal:
    slot = observed_by(town, CHAIR)
    return town.refused("observation.made", PROGRAMME, None, by=MAYOR, corrects=slot)


def answer_voided_by_another(town: TestLedger) -> Refusal:
    data = {"observation": observed_by(town, CHAIR), "text": "Так", "outcome": "explained"}
    given = town.submit("observation.answered", PROGRAMME, data, by=MAYOR).event
    return town.refused("observation.answered", PROGRAMME, None, by=TREASURER, corrects=given)


def asked_abroad(town: TestLedger) -> Refusal:
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "Чому?", "to": STRANGER.office}
    return town.refused("observation.made", PROGRAMME, about, by=CHAIR)


def asked_who_may_not(town: TestLedger) -> Refusal:
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "Чому?", "to": COMMISSIONER.office}
    return town.refused("observation.made", PROGRAMME, about, by=CHAIR)


def other_genesis(town: TestLedger) -> Refusal:
    return town.refused(MONEY, PROGRAMME, SAID, ledger=town.name | {"genesis": "11" * 32})


def observed_by_self(town: TestLedger) -> Refusal:
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "Чому?", "to": "treasurer"}
    granted = {"person": "p-chair", "office": "treasurer", "start": "2025-01-01"}
    town.submit("mandate.granted", "body:finance-department", granted)
    town.submit("key.enrolled", "body:finance-department", town.key_data(CHAIR))
    slot = town.submit("observation.made", PROGRAMME, about, by=CHAIR).event
    clerk = Official("p-chair", "treasurer", "finance-department", CHAIR.key)
    data = {"observation": slot, "text": "Так", "outcome": "explained"}
    return town.refused("observation.answered", PROGRAMME, data, by=clerk)


def not_asked(town: TestLedger) -> Refusal:
    about = {"about": {"cell": "/financing/1.1/2025/local"}, "text": "Чому?", "to": "treasurer"}
    slot = town.submit("observation.made", PROGRAMME, about, by=CHAIR).event
    data = {"observation": slot, "text": "Так", "outcome": "explained"}
    return town.refused("observation.answered", PROGRAMME, data, by=MAYOR)


def withdrawn_by_another(town: TestLedger) -> Refusal:
    return town.refused("change.withdrawn", PROGRAMME, {"proposal": propose(town, SAID)}, by=MAYOR)


def said(kind: str, subject: str, data: Any, **common: Any) -> Callable[[TestLedger], Refusal]:
    return lambda town: town.refused(kind, subject, data, **common)


PEOPLE = sorted(one.person for one in REGISTRARS)
TABLE = (
    Told(
        "an endorsement of one's own proposal",
        "self-endorsement",
        self_endorsed,
        policy=True,
    ),
    Told(
        "the same person under two mandates",
        "same-person",
        two_mandates,
        policy=True,
    ),
    Told("an endorsement out of order", "out-of-order", too_early, held(MAYOR), policy=True),
    Told(
        "a change without endorsements", "endorsements-missing", unendorsed, held(MAYOR, CHAIR), policy=True
    ),
    Told("an endorsement replayed onto another proposal", "other-content", replayed, held(MAYOR)),
    Told("an office not of the policy", "policy-office", wrong_office, held(MAYOR, TREASURER), policy=True),
    Told("a report of another's", "not-the-executor", wrong_executor, held(TREASURER), policy=True),
    Told("what a policy forbids", "policy-forbids", forbidden, PEOPLE, policy=True),
    Told(
        "a shortfall that a policy forbids",
        "policy-forbids",
        forbidden_shortfall,
        held(MAYOR, CHAIR),
        policy=True,
    ),
    Told(
        "an own report, where a policy forbids it",
        "policy-forbids",
        own_report,
        held(MAYOR),
        among=True,
        policy=True,
    ),
    Told("a proposal that has lapsed", "proposal-closed", lapsed, policy=True),
    Told(
        "an ended mandate",
        "no-mandate",
        ended,
        [{"office": "council-secretary", "persons": ["p-mayor"]}],
    ),
    Told("a revoked key", "key-revoked", revoked, [SECOND.key.public.kid]),
    Told("a rotated key", "key-retired", rotated, [SECOND.key.public.kid]),
    Told(
        "a key of a foreign body",
        "key-not-accepted",
        said(MONEY, PROGRAMME, SAID, by=DEPUTY),
        [],
    ),
    Told(
        "a key not yet enrolled",
        "unknown-key",
        said(MONEY, PROGRAMME, SAID, by=STRANGE),
        [SECRETARY.key.public.kid],
    ),
    Told(
        "another person's key",
        "key-of-another",
        said(MONEY, PROGRAMME, SAID, by=MAYOR.using(SECRETARY.key)),
        [MAYOR.key.public.kid],
    ),
    Told(
        "another registrar's key",
        "key-of-another",
        said("person.registered", "root", PERSON, by=[REGISTRARS[0].using(REGISTRARS[1].key)]),
        PEOPLE,
    ),
    Told("a key of another person's enrolled", "key-of-another", enrolled_for_another, ["p-financier"]),
    Told("a key enrolled again", "key-exists", enrolled_again, [SECOND.key.public.kid]),
    Told("a key rotated to itself", "key-exists", rotated_to_itself, [SECRETARY.key.public.kid]),
    Told(
        "a revocation of a key that another body accepted",
        "unknown-key",
        said("key.revoked", COUNCIL_STREAM, revocation(STRANGER.key.public)),
        PEOPLE,
    ),
    Told(
        "a revocation of a key that nobody accepted",
        "unknown-key",
        said("key.revoked", "root", revocation(STRANGE.key.public)),
        [],
    ),
    Told(
        "an office of a foreign body",
        "foreign-body",
        said(MONEY, PROGRAMME, SAID, by=STRANGER),
        held(SECRETARY, MAYOR),
        among=True,
    ),
    Told(
        "an office that may not",
        "office-may-not",
        said(MONEY, PROGRAMME, SAID, by=COMMISSIONER),
        held(SECRETARY, MAYOR),
        among=True,
    ),
    Told(
        "a registry event short of k",
        "too-few-registrars",
        said("person.registered", "root", PERSON, by=REGISTRARS[:1]),
        PEOPLE[1:],
    ),
    Told(
        "a registry event by an office",
        "registrar-needed",
        said("person.registered", "root", PERSON, by=FINANCIER),
        PEOPLE,
    ),
    Told(
        "a registry event by who is no registrar",
        "not-a-registrar",
        said("person.registered", "root", PERSON, by=Official("p-mayor", "registrar", "root", MAYOR.key)),
        PEOPLE,
    ),
    Told("a registrar whose key was revoked", "key-revoked", revoked_registrar, PEOPLE[1:]),
    Told("the last registrars' revocation", "too-few-registrars-left", last_registrars, PEOPLE[1:]),
    Told("the last registrars' removal", "too-few-registrars", all_registrars_replaced_by_one, []),
    Told("another log's genesis", "wrong-ledger", other_genesis),
    Told("an answer by another office", "not-asked", not_asked, held(TREASURER)),
    Told(
        "an answer to one's own observation",
        "self-answer",
        observed_by_self,
        [{"office": "treasurer", "persons": ["p-treasurer"]}],
    ),
    Told(
        "an observation for a foreign body", "foreign-body", asked_abroad, held(SECRETARY, MAYOR), among=True
    ),
    Told(
        "an observation for an office that may not answer",
        "office-may-not",
        asked_who_may_not,
        held(SECRETARY, MAYOR),
        among=True,
    ),
    Told(
        "an observation voided by another office",
        "not-the-author",
        observation_voided_by_another,
        held(CHAIR),
    ),
    Told("an answer voided by another office", "not-the-author", answer_voided_by_another, held(MAYOR)),
    Told(
        "an endorsement re-affirmed by another office",
        "not-the-author",
        reaffirmed_by_another,
        [{"office": "mayor", "persons": ["p-chair"]}],
    ),
    Told("a withdrawal by another office", "not-the-proposer", withdrawn_by_another, held(SECRETARY)),
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


each = pytest.mark.parametrize("told", TABLE, ids=lambda told: told.story)


@each
def test_a_refusal_names_the_rule_the_policy_and_who_could_do_it(told: Told, town: TestLedger) -> None:
    refusal = told.provoke(town)
    assert refusal.code == told.code
    assert refusal.details.get("policy") == (town.ids["policy"] if told.policy else None)
    instead = refusal.details.get("instead") or []
    if told.among:
        assert all(one in instead for one in told.instead)
    elif told.instead is not None:
        assert instead == told.instead


@each
def test_after_a_restart_it_tells_the_same(
    told: Told, tmp_path: Path, town: TestLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever could do it may hold an office of a body that the event itself does not need."""
    before = told.provoke(town)
    with council_town(tmp_path / "again") as again:
        refused = again.refused

        def restarted(*said: Any, **common: Any) -> Refusal:
            again.reopen()
            return refused(*said, **common)

        monkeypatch.setattr(again, "refused", restarted)
        after = told.provoke(again)
    assert (after.code, after.details) == (before.code, before.details)


@each
def test_its_words_name_the_policy_and_who_could_do_it_in_both_languages(
    told: Told, town: TestLedger
) -> None:
    document = problem_of(told.provoke(town)).document(language="uk", request_id="r")
    assert document["type"] == f"urn:pledger:problem:{told.code}"
    for language in ("uk", "en"):
        message = document["message"][language]
        assert not set(message) & set("{}[]")
        if told.policy:
            assert town.ids["policy"] in message
        for one in told.instead or ():
            who = one["persons"][0] if isinstance(one, dict) else one
            assert who in message
        if told.instead == []:
            assert {"uk": "нема", "en": "no"}[language] in message


@pytest.mark.parametrize("provoke", [self_endorsed, two_mandates, observed_by_self])
def test_who_is_refused_for_being_that_person_is_not_named_as_who_could_do_it(
    provoke: Callable[[TestLedger], Refusal], town: TestLedger
) -> None:
    refusal = provoke(town)
    persons = {person for one in refusal.details.get("instead", ()) for person in one["persons"]}
    assert refusal.got not in persons
    assert persons, "somebody else could do it"


def test_the_last_registrars_are_told_who_would_be_left(town: TestLedger) -> None:
    refusal = last_registrars(town)
    assert (refusal.details["needed"], refusal.details["left"]) == (2, PEOPLE[2:])


def test_a_replayed_endorsement_is_told_the_content_of_the_proposal_that_it_names(town: TestLedger) -> None:
    refusal = replayed(town)
    proposals = town.programme().proposals.values()
    assert refusal.details["proposal"] in {one.content for one in proposals}
    assert refusal.details["proposal"] != refusal.got


def test_another_logs_genesis_is_told_back(town: TestLedger) -> None:
    assert other_genesis(town).got == "11" * 32


def test_a_revoked_key_is_told_by_which_event(town: TestLedger) -> None:
    assert revoked(town).details["revoked"] == town.ids["revoked"]
