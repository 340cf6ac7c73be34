"""What stands in doubt: from which day, how doubt spreads, and who lifts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import utc
from tests.support.council import (
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    MONEY,
    NEW_REGISTRARS,
    NEWCOMER,
    council_town,
    doubt,
    doubts,
    named,
    reaffirm,
    revocation,
    revoke,
    rotation_of,
    statement,
    world_of,
)
from tests.support.people import COMMISSIONER, FINANCIER, REGISTRARS, SECRETARY, Official, key_of
from tests.support.story import ACTUAL
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, lines, remember

FIRST, SECOND, THIRD = REGISTRARS
BY_THIRD = (FIRST, THIRD)  # whoever asks afterwards which registrar was not sound: the third
SOUND = (FIRST, SECOND)
AGAIN = NEWCOMER.using(remember(key_of("the newcomer's second")))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def day(town: TestLedger, number: int, hour: str = "09:00:00") -> None:
    town.clock.set(utc(f"2025-09-{number:02}T{hour}"))


def decide(town: TestLedger, by: Any = SECRETARY, amount: str = "1.00") -> str:
    return town.submit(MONEY, PROGRAMME, lines(amount), by=by).event


def third_is_revoked(town: TestLedger, since: str = "2025-09-02") -> str:
    return revoke(town, THIRD.key.public, "root", since, by=SOUND)


# -- from which day on -----------------------------------------------------------------------


def test_what_a_key_signed_from_the_suspect_day_on_is_suspect_and_nothing_before(town: TestLedger) -> None:
    slots = []
    for number, hour in ((1, "09:00:00"), (4, "20:59:59"), (4, "21:00:00"), (5, "09:00:00"), (8, "09:00:00")):
        day(town, number, hour)
        slots.append(decide(town))
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-05")
    assert [doubt(town, slot) for slot in slots] == [[], [], ["suspect"], ["suspect"], ["suspect"]]


def test_a_revocation_without_a_suspect_day_throws_no_doubt(town: TestLedger) -> None:
    slot = decide(town)
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM)
    assert doubt(town, slot) == []


def test_a_suspicion_names_who_signed_and_the_event_that_throws_it(town: TestLedger) -> None:
    slot = decide(town, [SECRETARY, FINANCIER])
    revoked = revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-01")
    (one,) = doubts(town, slot)
    said = (one.doubt, one.kid, one.person, one.office, one.because)
    kid = SECRETARY.key.public.kid
    assert said == ("suspect", kid, "p-secretary", "council-secretary", revoked)


def test_the_roots_suspicion_covers_every_body_and_a_bodys_its_own(town: TestLedger) -> None:
    mayor, member = decide(town, MAYOR), decide(town, member_of())
    revoke(town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-01")
    assert doubt(town, mayor) == ["suspect"]
    revoke(town, MAYOR.key.public, "root", "2025-09-01")
    assert (doubt(town, mayor), doubt(town, member)) == (["suspect"], ["suspect"])


def member_of() -> Official:
    return Official("p-mayor", "budget-member", "budget-commission", MAYOR.key)


def test_a_corrected_revocation_moves_the_day_of_the_suspicion(town: TestLedger) -> None:
    slot = decide(town)
    day(town, 8)
    revoked = revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-01")
    assert doubt(town, slot) == ["suspect"]
    corrected = revocation(SECRETARY.key.public, "2025-09-02")
    town.submit("key.revoked", COUNCIL_STREAM, corrected, corrects=revoked)
    assert doubt(town, slot) == []


def test_a_statement_that_a_sound_key_corrected_is_no_longer_suspect(town: TestLedger) -> None:
    slot = decide(town)
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-01")
    town.submit(MONEY, PROGRAMME, lines("2.00"), by=MAYOR, corrects=slot)
    assert doubt(town, slot) == []


# -- how it spreads ------------------------------------------------------------------------------


def office(town: TestLedger, by: Any) -> None:
    data = {"office": "newcomer", "name": "Посада", "kinds": list(NEWCOMER.kinds)}
    town.ids["office"] = town.submit("office.created", COUNCIL_STREAM, data, by=by).event


def mandate(town: TestLedger, by: Any, start: str = "2025-01-01") -> None:
    data = {"person": NEWCOMER.person, "office": "newcomer", "start": start}
    town.ids["mandate"] = town.submit("mandate.granted", COUNCIL_STREAM, data, by=by).event


def key(town: TestLedger, by: Any) -> None:
    town.ids["key"] = town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(NEWCOMER), by=by).event


STEPS = {"office": office, "mandate": mandate, "key": key}


@pytest.mark.parametrize("suspect", [*STEPS, None])
def test_what_a_suspect_registrar_made_makes_suspect_what_rests_on_it(
    town: TestLedger, suspect: str | None
) -> None:
    day(town, 3)
    for name, step in STEPS.items():
        step(town, BY_THIRD if name == suspect else SOUND)
    slot = decide(town, NEWCOMER)
    assert doubt(town, slot) == []
    third_is_revoked(town)
    assert doubt(town, slot) == (["suspect"] if suspect else [])
    for name in STEPS:
        assert doubt(town, town.ids[name], COUNCIL_STREAM) == (["suspect"] if name == suspect else [])


def test_a_key_rotated_by_a_suspect_registrar_is_suspect(town: TestLedger) -> None:
    day(town, 3)
    again = SECRETARY.using(remember(key_of("the secretary's second")))
    town.submit("key.rotated", COUNCIL_STREAM, rotation_of(town, SECRETARY, again), by=BY_THIRD)
    slot = decide(town, again)
    third_is_revoked(town)
    assert doubt(town, slot) == ["suspect"]


def test_a_second_sound_mandate_carries_what_a_suspect_one_does_not(town: TestLedger) -> None:
    day(town, 3)
    office(town, SOUND)
    mandate(town, BY_THIRD)
    mandate(town, SOUND)
    key(town, SOUND)
    slot = decide(town, NEWCOMER)
    third_is_revoked(town)
    assert doubt(town, slot) == []


def test_registrars_whom_a_suspect_registrar_named_are_suspect_and_so_is_what_they_made(
    town: TestLedger,
) -> None:
    """The third names a new one, who accepts a key, which signs a decision."""
    day(town, 3)
    new = NEW_REGISTRARS[0]
    town.submit("registrar.changed", "root", named(town, *REGISTRARS, new, k=2), by=(*BY_THIRD, new))
    office(town, SOUND)
    mandate(town, SOUND)
    key(town, (FIRST, new))
    slot = decide(town, NEWCOMER)
    third_is_revoked(town)
    assert doubt(town, slot) == ["suspect"]
    assert doubt(town, town.ids["office"], COUNCIL_STREAM) == []


def test_a_body_whose_registrars_a_suspect_registrar_named_is_suspect_in_all_they_made(
    town: TestLedger,
) -> None:
    day(town, 3)
    opened = {"body": "new", "name": "Відділ", **named(town, *NEW_REGISTRARS[:2], k=2)}
    town.submit("body.opened", "root", opened, by=BY_THIRD)
    data = {"office": "o-1", "name": "Посада", "kinds": [MONEY]}
    slot = town.submit("office.created", "body:new", data, by=NEW_REGISTRARS[:2]).event
    third_is_revoked(town)
    assert doubt(town, slot, "body:new") == ["suspect"]


def test_a_bodys_own_registrar_who_is_suspect_taints_that_body_only(town: TestLedger) -> None:
    day(town, 3)
    data = {"office": "o-1", "name": "Посада", "kinds": [MONEY]}
    slot = town.submit("office.created", DISTRICT_STREAM, data, by=DISTRICT_REGISTRARS[:2]).event
    revoke(town, DISTRICT_REGISTRARS[0].key.public, DISTRICT_STREAM, "2025-09-02", by=DISTRICT_REGISTRARS[1:])
    assert doubt(town, slot, DISTRICT_STREAM) == ["suspect"]
    assert doubt(town, town.ids["person p-mayor"], "root") == []


def test_what_one_registrar_made_rests_on_the_suspect_statement_that_lowered_k(town: TestLedger) -> None:
    """With the third's key k went from two to one; what two sound registrars sign needs no such k."""
    day(town, 3)
    town.submit("registrar.changed", "root", named(town, *REGISTRARS, k=1), by=BY_THIRD)
    office(town, SOUND)
    mandate(town, (FIRST,))
    third_is_revoked(town)
    assert doubt(town, town.ids["office"], COUNCIL_STREAM) == []
    assert doubt(town, town.ids["mandate"], COUNCIL_STREAM) == ["suspect"]


def test_a_registrar_who_was_suspect_when_first_named_throws_doubt_on_that_statement(
    town: TestLedger,
) -> None:
    day(town, 3)
    new = NEW_REGISTRARS[0]
    change = town.submit(
        "registrar.changed", COUNCIL_STREAM, named(town, *SOUND, new, k=1), by=(*SOUND, new)
    ).event
    assert doubt(town, change, COUNCIL_STREAM) == []
    revoke(town, new.key.public, COUNCIL_STREAM, "2025-09-02", by=SOUND)
    assert doubt(town, change, COUNCIL_STREAM) == ["suspect"]


# -- what lifts it ----------------------------------------------------------------------------------


@pytest.fixture
def suspect(town: TestLedger) -> TestLedger:
    """The secretary decided and reported by a key that was stolen; now holds a new one."""
    town.ids["money"] = decide(town)
    report = ACTUAL | {"period": "2025-Q2"}
    town.ids["report"] = town.submit("actual.reported", PROGRAMME, report).event
    revoke(town, SECRETARY.key.public, COUNCIL_STREAM, "2025-09-01")
    return town


def test_a_reaffirmation_lifts_the_doubt_of_what_it_names_and_of_nothing_else(suspect: TestLedger) -> None:
    reaffirm(suspect, suspect.ids["money"], by=MAYOR)
    assert doubt(suspect, suspect.ids["money"]) == []
    assert doubt(suspect, suspect.ids["report"]) == ["suspect"]


def test_whoever_may_state_it_anew_may_reaffirm_it(suspect: TestLedger) -> None:
    """The head of finance decides about money; the commission's chair only reports."""
    reaffirm(suspect, suspect.ids["money"], by=FINANCIER)
    data = {"entries": [statement(suspect, suspect.ids["money"])]}
    refusal = suspect.refused("entry.reaffirmed", PROGRAMME, data, by=COMMISSIONER)
    assert (refusal.code, refusal.details["kind"]) == ("office-may-not", MONEY)
    reaffirm(suspect, suspect.ids["report"], by=COMMISSIONER)


def test_who_may_state_one_of_two_may_not_reaffirm_both(suspect: TestLedger) -> None:
    entries = [statement(suspect, suspect.ids[name]) for name in ("report", "money")]
    refusal = suspect.refused("entry.reaffirmed", PROGRAMME, {"entries": entries}, by=COMMISSIONER)
    assert refusal.code == "office-may-not"
    suspect.submit("entry.reaffirmed", PROGRAMME, {"entries": entries}, by=FINANCIER)


def test_what_is_no_longer_in_doubt_cannot_be_reaffirmed(suspect: TestLedger) -> None:
    reaffirm(suspect, suspect.ids["money"], by=MAYOR)
    data = {"entries": [statement(suspect, suspect.ids["money"])]}
    assert suspect.refused("entry.reaffirmed", PROGRAMME, data, by=MAYOR).code == "nothing-to-reaffirm"


def test_a_reaffirmation_that_is_itself_in_doubt_lifts_nothing(suspect: TestLedger) -> None:
    reaffirm(suspect, suspect.ids["money"], by=MAYOR)
    revoke(suspect, MAYOR.key.public, COUNCIL_STREAM, "2025-09-01")
    assert doubt(suspect, suspect.ids["money"]) == ["suspect"]
    reaffirm(suspect, suspect.ids["money"], by=FINANCIER)
    assert doubt(suspect, suspect.ids["money"]) == []


def test_a_reaffirmation_is_reaffirmed_like_any_statement(suspect: TestLedger) -> None:
    first = reaffirm(suspect, suspect.ids["money"], by=MAYOR)
    revoke(suspect, MAYOR.key.public, COUNCIL_STREAM, "2025-09-01")
    suspect.submit("key.enrolled", COUNCIL_STREAM, suspect.key_data(NEWCOMER_AS_SECRETARY))
    reaffirm(suspect, first, by=NEWCOMER_AS_SECRETARY)
    assert doubt(suspect, suspect.ids["money"]) == []


NEWCOMER_AS_SECRETARY = SECRETARY.using(remember(key_of("the secretary's honest key")))


def test_a_registry_entry_is_reaffirmed_by_registrars_and_what_rests_on_it_is_lifted(
    town: TestLedger,
) -> None:
    day(town, 3)
    office(town, SOUND)
    mandate(town, BY_THIRD)
    key(town, SOUND)
    slot = decide(town, NEWCOMER)
    third_is_revoked(town)
    data = {"entries": [statement(town, town.ids["mandate"])]}
    assert town.refused("entry.reaffirmed", COUNCIL_STREAM, data).code == "registrar-needed"
    refusal = town.refused("entry.reaffirmed", COUNCIL_STREAM, data, by=FIRST)
    assert refusal.code == "too-few-registrars"
    reaffirm(town, town.ids["mandate"], stream=COUNCIL_STREAM, by=SOUND)
    assert doubt(town, town.ids["mandate"], COUNCIL_STREAM) == []
    assert doubt(town, slot) == []


def renamed(town: TestLedger) -> str:
    """The third and the first name a new registrar; then the third's key is revoked."""
    day(town, 3)
    new = NEW_REGISTRARS[0]
    said = named(town, *REGISTRARS, new, k=2)
    slot = town.submit("registrar.changed", "root", said, by=(*BY_THIRD, new)).event
    third_is_revoked(town)
    return slot


def test_who_rests_on_a_suspect_entry_lifts_no_doubt_from_it(town: TestLedger) -> None:
    """A registrar whom the suspect one named vouches for that naming: nothing vouches for itself."""
    slot = renamed(town)
    reaffirm(town, slot, stream="root", by=(FIRST, NEW_REGISTRARS[0]))
    assert doubt(town, slot, "root") == ["suspect"]


def test_after_such_a_reaffirmation_sound_registrars_still_lift_the_doubt(town: TestLedger) -> None:
    slot = renamed(town)
    reaffirm(town, slot, stream="root", by=(FIRST, NEW_REGISTRARS[0]))
    reaffirm(town, slot, stream="root", by=SOUND)
    assert doubt(town, slot, "root") == []


def test_a_reaffirmation_of_the_registry_is_reaffirmed_by_registrars_too(town: TestLedger) -> None:
    day(town, 3)
    slot = town.submit(
        "person.registered", "root", {"person": "p-x", "name": "Особа"}, by=(SECOND, THIRD)
    ).event
    new = NEW_REGISTRARS[0]
    town.submit("registrar.changed", "root", named(town, FIRST, SECOND, THIRD, new, k=2), by=(*SOUND, new))
    third_is_revoked(town)
    first = reaffirm(town, slot, stream="root", by=(SECOND, new))
    revoke(town, new.key.public, "root", "2025-09-01", by=SOUND)
    assert doubt(town, slot, "root") == ["suspect"]
    reaffirm(town, first, stream="root", by=SOUND)
    assert doubt(town, slot, "root") == []


def test_suspicion_is_shown_beside_a_mandate_that_had_ended(town: TestLedger) -> None:
    """suspect is the graver word: an end that was registered late does not hide it."""
    day(town, 3)
    office(town, SOUND)
    mandate(town, BY_THIRD)
    key(town, SOUND)
    slot = decide(town, NEWCOMER)
    third_is_revoked(town)
    ended = {"mandate": town.ids["mandate"], "end": "2025-09-02"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended, by=SOUND)
    assert "suspect" in doubt(town, slot)


# -- the opening -------------------------------------------------------------------------------


def test_no_doubt_falls_on_the_opening_whatever_is_said_of_its_registrars(town: TestLedger) -> None:
    third_is_revoked(town, since="2020-01-01")
    (opening,) = (slot for slot, kept in world_of(town).root.kept.items() if kept.index == 0)
    assert doubt(town, opening, "root") == []
    assert doubt(town, decide(town)) == []
