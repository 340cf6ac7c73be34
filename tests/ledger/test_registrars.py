"""Who manages which part of the registry, and how those who manage it change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import utc
from tests.support.council import (
    CHAIR,
    DISTRICT,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    NEW_REGISTRARS,
    NEWCOMER,
    council_town,
    named,
    revocation,
)
from tests.support.people import COUNCIL, FOREIGN, REGISTRARS, Official, key_of
from tests.support.town import COUNCIL_STREAM, Payload, TestLedger, remember

OLD, NEW, THEIRS = REGISTRARS, NEW_REGISTRARS, DISTRICT_REGISTRARS
FOREIGN_STREAM = f"body:{FOREIGN}"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def person(town: TestLedger, by: Any) -> Any:
    """An event of the root registry."""
    town.ids["count"] = str(int(town.ids.get("count", "0")) + 1)
    data = {"person": f"p-x-{town.ids['count']}", "name": "Особа"}
    return town.outcome([town.envelope("person.registered", "root", data, by=by)])


def office(town: TestLedger, stream: str, by: Any) -> Any:
    """An event of a body's registry."""
    town.ids["count"] = str(int(town.ids.get("count", "0")) + 1)
    data = {"office": f"o-{town.ids['count']}", "name": "Посада", "kinds": ["financing.changed"]}
    return town.outcome([town.envelope("office.created", stream, data, by=by)])


def change(town: TestLedger, *to: Official, k: int, by: Any, where: str = "root") -> Any:
    return town.outcome([town.envelope("registrar.changed", where, named(town, *to, k=k), by=by)])


def taken(outcome: Any) -> bool:
    return isinstance(outcome, list)


def code(outcome: Any) -> str:
    return str(getattr(outcome, "code", outcome))


# -- changing the set ---------------------------------------------------------------------


def test_a_change_takes_two_of_the_old_set_and_two_of_the_new(town: TestLedger) -> None:
    assert code(change(town, *NEW, k=2, by=OLD)) == "too-few-registrars"
    assert code(change(town, *NEW, k=2, by=(*OLD[:2], NEW[0]))) == "too-few-registrars"
    assert code(change(town, *NEW, k=2, by=(OLD[0], *NEW[:2]))) == "too-few-registrars"
    assert taken(change(town, *NEW, k=2, by=(*OLD[:2], *NEW[:2])))


def test_who_stays_counts_in_both_sets(town: TestLedger) -> None:
    assert taken(change(town, *OLD[:2], NEW[0], k=2, by=OLD[:2]))
    assert taken(person(town, (OLD[0], NEW[0])))
    assert code(person(town, (OLD[0], OLD[2]))) == "not-a-registrar"


def test_a_higher_threshold_is_met_by_the_new_set_that_raises_it(town: TestLedger) -> None:
    assert code(change(town, *OLD, k=3, by=OLD[:2])) == "too-few-registrars"
    assert taken(change(town, *OLD, k=3, by=OLD))
    assert code(person(town, OLD[:2])) == "too-few-registrars"
    assert taken(person(town, OLD))


def test_a_lower_threshold_is_still_asked_of_the_old_set(town: TestLedger) -> None:
    assert code(change(town, *OLD, k=1, by=OLD[:1])) == "too-few-registrars"
    assert taken(change(town, *OLD, k=1, by=OLD[:2]))
    assert taken(person(town, OLD[:1]))


def test_after_a_change_only_the_new_set_signs_the_registry(town: TestLedger) -> None:
    change(town, *NEW, k=2, by=(*OLD[:2], *NEW[:2]))
    assert code(person(town, OLD[:2])) == "not-a-registrar"
    assert taken(person(town, NEW[1:]))
    town.reopen()
    assert taken(office(town, COUNCIL_STREAM, NEW[:2]))


def test_a_second_key_in_a_new_set_does_not_make_one_person_two(town: TestLedger) -> None:
    second = Official(NEW[0].person, "registrar", "root", remember(key_of("a second")))
    refusal = change(town, NEW[0], second, k=2, by=(*OLD[:2], NEW[0], second))
    assert code(refusal) in ("too-few-registrars", "registrar-twice")
    assert code(change(town, NEW[0], second, NEW[1], k=2, by=(*OLD[:2], NEW[0], NEW[1]))) == "registrar-twice"


def test_a_registrar_may_change_the_key_and_stays_one_person(town: TestLedger) -> None:
    again = OLD[0].using(remember(key_of("the first registrar's second")))
    assert taken(change(town, again, *OLD[1:], k=2, by=(*OLD[1:], again)))
    assert code(person(town, OLD[:2])) == "not-a-registrar"
    assert taken(person(town, (again, OLD[1])))


def test_a_new_key_of_a_registrar_needs_its_proof_too(town: TestLedger) -> None:
    again = OLD[0].using(remember(key_of("the first registrar's second")))
    data = named(town, again, *OLD[1:], k=2, proven=False)
    refusal = town.refused("registrar.changed", "root", data, by=(*OLD[1:], again))
    assert (refusal.code, refusal.pointer) == ("missing-field", "/data/registrars/0/possession")


def test_those_who_stay_prove_nothing_anew(town: TestLedger) -> None:
    town.submit("registrar.changed", "root", named(town, *OLD[:2], k=2, proven=False), by=OLD[:2])


def test_a_revocation_leaves_at_least_as_many_persons_as_are_needed(town: TestLedger) -> None:
    town.submit("key.revoked", "root", revocation(OLD[0].key.public), by=OLD[1:])
    refusal = town.refused("key.revoked", "root", revocation(OLD[1].key.public), by=OLD[1:])
    assert (refusal.code, refusal.details["left"]) == ("too-few-registrars-left", [OLD[2].person])
    assert taken(person(town, OLD[1:]))


def test_the_roots_revocation_counts_when_a_body_revokes_the_next_key(town: TestLedger) -> None:
    """Of three registrars with k = 2 the root revokes one: the body may not revoke another."""
    town.submit("key.revoked", "root", revocation(THEIRS[0].key.public))
    second = revocation(THEIRS[1].key.public)
    refusal = town.refused("key.revoked", DISTRICT_STREAM, second, by=THEIRS[1:])
    assert refusal.code == "too-few-registrars-left"


@pytest.mark.parametrize("reopened", [False, True])
def test_the_root_leaves_their_threshold_to_registrars_who_came_later(
    town: TestLedger, reopened: bool
) -> None:
    """The set is neither the founding one, nor are its keys new: the council accepted them before."""
    both = [replace(one, body=DISTRICT, office="registrar") for one in (MAYOR, CHAIR)]
    assert taken(change(town, *both, k=2, by=(*THEIRS[:2], *both), where=DISTRICT_STREAM))
    if reopened:
        town.reopen()
    refusal = town.refused("key.revoked", "root", revocation(MAYOR.key.public))
    assert (refusal.code, refusal.details["left"]) == ("too-few-registrars-left", [CHAIR.person])
    town.submit("key.revoked", "root", revocation(THEIRS[0].key.public))  # who manages it no more
    assert taken(office(town, DISTRICT_STREAM, both))


def test_the_root_leaves_every_body_its_threshold_also_after_a_restart(town: TestLedger) -> None:
    town.submit("key.revoked", "root", revocation(THEIRS[0].key.public))
    town.reopen()
    refusal = town.refused("key.revoked", "root", revocation(THEIRS[1].key.public))
    assert refusal.code == "too-few-registrars-left"


# -- who manages which stream ----------------------------------------------------------------


def test_the_root_manages_a_body_that_has_no_registrars_and_not_one_that_has(town: TestLedger) -> None:
    assert taken(office(town, COUNCIL_STREAM, OLD[:2]))
    assert code(office(town, DISTRICT_STREAM, OLD[:2])) == "not-a-registrar"
    assert taken(office(town, DISTRICT_STREAM, THEIRS[:2]))


def test_a_bodys_registrars_manage_their_body_and_no_other(town: TestLedger) -> None:
    for stream in ("root", COUNCIL_STREAM, FOREIGN_STREAM):
        told = person(town, THEIRS[:2]) if stream == "root" else office(town, stream, THEIRS[:2])
        assert code(told) == "not-a-registrar"


def test_one_of_the_body_and_one_of_the_root_are_not_two_of_either(town: TestLedger) -> None:
    assert code(office(town, DISTRICT_STREAM, (THEIRS[0], OLD[0]))) == "not-a-registrar"
    assert code(office(town, COUNCIL_STREAM, (OLD[0], THEIRS[0]))) == "not-a-registrar"


def test_a_body_gets_its_first_registrars_from_the_root_and_manages_itself_from_then_on(
    town: TestLedger,
) -> None:
    assert taken(change(town, *NEW, k=2, by=(*OLD[:2], *NEW[:2]), where=COUNCIL_STREAM))
    assert code(office(town, COUNCIL_STREAM, OLD[:2])) == "not-a-registrar"
    assert taken(office(town, COUNCIL_STREAM, NEW[:2]))
    assert (
        code(change(town, *OLD, k=2, by=(*OLD[:2], *NEW[:1]), where=COUNCIL_STREAM)) == "too-few-registrars"
    )


def test_a_body_accepts_keys_by_its_own_registrars(town: TestLedger) -> None:
    data = town.key_data(NEWCOMER)
    assert town.refused("key.enrolled", DISTRICT_STREAM, data).code == "not-a-registrar"
    town.submit("key.enrolled", DISTRICT_STREAM, data, by=THEIRS[1:])


def test_registrars_of_an_opening_manage_the_body_in_the_same_batch(town: TestLedger) -> None:
    opened = town.envelope("body.opened", "root", opening(town))
    data = {"office": "o-new", "name": "Посада", "kinds": ["financing.changed"]}
    refusal = town.refused_all([opened, town.envelope("office.created", "body:new", data)])
    assert (refusal.code, refusal.pointer) == ("not-a-registrar", "/envelopes/1/signers/0/kid")
    town.submit_all([opened, town.envelope("office.created", "body:new", data, by=NEW[:2])])


def opening(town: TestLedger) -> Payload:
    return {"body": "new", "name": "Відділ", **named(town, *NEW[:2], k=2)}


def test_asking_for_a_body_before_it_is_opened_does_not_take_its_registrars_away(town: TestLedger) -> None:
    assert code(office(town, "body:new", OLD[:2])) == "unknown-body"
    town.submit("body.opened", "root", opening(town))
    assert code(office(town, "body:new", OLD[:2])) == "not-a-registrar"
    assert taken(office(town, "body:new", NEW[:2]))


# -- successors --------------------------------------------------------------------------------


def succeed(town: TestLedger, body: str, successor: str, start: str) -> None:
    town.submit("body.succeeded", "root", {"body": body, "successor": successor, "start": start})


def test_the_successors_registrars_manage_the_predecessors_stream_from_its_day_on(town: TestLedger) -> None:
    succeed(town, FOREIGN, DISTRICT, "2025-09-10")
    assert taken(office(town, FOREIGN_STREAM, OLD[:2]))
    assert code(office(town, FOREIGN_STREAM, THEIRS[:2])) == "not-a-registrar"
    town.clock.set(utc("2025-09-09T21:00:00"))  # midnight in Kyiv
    assert taken(office(town, FOREIGN_STREAM, THEIRS[:2]))
    assert code(office(town, FOREIGN_STREAM, OLD[:2])) == "not-a-registrar"


def test_the_predecessors_own_registrars_manage_it_no_more(town: TestLedger) -> None:
    succeed(town, DISTRICT, FOREIGN, "2025-09-01")
    assert code(office(town, DISTRICT_STREAM, THEIRS[:2])) == "not-a-registrar"
    assert taken(office(town, DISTRICT_STREAM, OLD[:2]))  # the successor has none of its own


def test_between_two_successions_those_of_the_middle_manage(town: TestLedger) -> None:
    middle = opening(town) | {"body": "middle"}
    for data in (middle, {"body": "last", "name": "Останній орган"}):
        town.submit("body.opened", "root", data)
    succeed(town, COUNCIL, "middle", "2025-09-01")
    succeed(town, "middle", "last", "2026-01-01")
    town.reopen()
    assert code(office(town, COUNCIL_STREAM, OLD[:2])) == "not-a-registrar"
    assert taken(office(town, COUNCIL_STREAM, NEW[:2]))
    town.clock.set(utc("2026-01-01T09:00:00"))
    assert code(office(town, COUNCIL_STREAM, NEW[:2])) == "not-a-registrar"
    assert taken(office(town, COUNCIL_STREAM, OLD[:2]))


def test_a_succession_that_was_voided_gives_the_body_back(town: TestLedger) -> None:
    data = {"body": DISTRICT, "successor": FOREIGN, "start": "2025-09-01"}
    slot = town.submit("body.succeeded", "root", data).event
    town.submit("body.succeeded", "root", None, corrects=slot)
    assert taken(office(town, DISTRICT_STREAM, THEIRS[:2]))


def corrected(town: TestLedger, body: str, parent: str | None, slot: str) -> Any:
    data = {"body": body, "name": "Орган", "parent": parent}
    return town.outcome([town.envelope("body.opened", "root", stripped(data), corrects=slot)])


def stripped(data: Payload) -> Payload:
    return {name: value for name, value in data.items() if value is not None}


def opened(town: TestLedger, *bodies: str) -> list[str]:
    """Bodies, each without a place yet; the events that opened them."""
    return [town.submit("body.opened", "root", {"body": body, "name": "Орган"}).event for body in bodies]


@pytest.mark.parametrize("start", ["2025-08-01", "2030-01-01"])
def test_a_body_is_never_its_own_parent_succeeded_or_not(town: TestLedger, start: str) -> None:
    x, _ = opened(town, "x", "z")
    assert code(corrected(town, "x", "x", x)) == "circular-parent"
    succeed(town, "x", "z", start)
    assert code(corrected(town, "x", "x", x)) == "circular-parent"


@pytest.mark.parametrize("start", ["2025-08-01", "2030-01-01"])
def test_parents_and_successors_together_make_no_circle(town: TestLedger, start: str) -> None:
    """y stands below x, z succeeds x: neither may come to stand below y, whenever z takes over."""
    x, y, z = opened(town, "x", "y", "z")
    assert taken(corrected(town, "y", "x", y))
    succeed(town, "x", "z", start)
    assert code(corrected(town, "x", "y", x)) == "circular-parent"
    assert code(corrected(town, "z", "y", z)) == "circular-parent"
    assert code(corrected(town, "z", "x", z)) == "circular-parent"
    assert taken(corrected(town, "y", "z", y))


@pytest.mark.parametrize("start", ["2025-08-01", "2030-01-01"])
def test_a_succession_makes_no_circle_with_parents_either(town: TestLedger, start: str) -> None:
    """y succeeds x and stands below z: z is not succeeded by x."""
    _, y, _ = opened(town, "x", "y", "z")
    succeed(town, "x", "y", start)
    assert taken(corrected(town, "y", "z", y))
    data = {"body": "z", "successor": "x", "start": start}
    refusal = town.refused("body.succeeded", "root", data)
    assert (refusal.code, refusal.pointer) == ("circular-successor", "/data/successor")


def test_a_tie_that_was_taken_back_stands_in_nobodys_way(town: TestLedger) -> None:
    x, y = opened(town, "x", "y")
    assert taken(corrected(town, "y", "x", y))
    assert taken(corrected(town, "y", None, y))
    assert taken(corrected(town, "x", "y", x))
