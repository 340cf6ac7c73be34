"""The drill of docs/compromise-drill.md: a key is stolen, and everything is set right in public.

The secretary's key is stolen on the tenth of September. The thief reports and decides, the
secretary goes on honestly, and the theft is noticed on the fifteenth.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.doubt import doubts_of, worst
from ledger.errors import Refusal
from ledger.keys import PrivateKey
from ledger.statements import slots_of
from tests.support.clock import utc
from tests.support.people import REGISTRARS, SECRETARY, Official, key_of
from tests.support.story import ACTUAL
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, TestLedger, lines, remember

NEW_KEY = remember(key_of("secretary, after the theft"))
HONEST = SECRETARY.using(NEW_KEY)
STOLEN = SECRETARY.key.public.kid


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    """The five days, told: what is honest and what is forged."""
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        town.ids["before"] = town.submit("financing.changed", PROGRAMME, lines("150.00")).event
        town.clock.set(utc("2025-09-11T09:00:00"))
        town.ids["honest"] = town.submit("actual.reported", PROGRAMME, ACTUAL).event
        town.clock.set(utc("2025-09-12T23:00:00"))
        forged = lines("999999.00")
        town.ids["forged"] = town.submit("financing.changed", PROGRAMME, forged, effective="2025-09-01").event
        town.clock.set(utc("2025-09-15T09:00:00"))
        yield town


def revoke(town: TestLedger) -> None:
    data = {"kid": STOLEN, "cause": "stolen", "suspect_from": "2025-09-10"}
    town.ids["revoked"] = town.submit("key.revoked", COUNCIL_STREAM, data).event


def new_key(town: TestLedger, key: PrivateKey = NEW_KEY) -> None:
    data = town.key_data(Official(SECRETARY.person, SECRETARY.office, SECRETARY.body, key))
    town.submit("key.enrolled", COUNCIL_STREAM, data)


def doubt(town: TestLedger, name: str) -> str | None:
    world = town.world()
    return worst(doubts_of(world, PROGRAMME, slots_of(world, PROGRAMME)[town.ids[name]]))


def named(town: TestLedger, *names: str) -> list[dict[str, str]]:
    slots = slots_of(town.world(), PROGRAMME)
    return [{"event": town.ids[name], "payload": slots[town.ids[name]].payload} for name in names]


def test_the_drill(town: TestLedger) -> None:
    # The registrars revoke, and say since when the key may have been in other hands.
    revoke(town)
    assert {name: doubt(town, name) for name in ("before", "honest", "forged")} == {
        "before": None,
        "honest": "suspect",
        "forged": "suspect",
    }
    # From the next entry on the stolen key is worth nothing.
    refusal = town.refused("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"})
    assert (refusal.code, refusal.details["revoked"]) == ("key-revoked", town.ids["revoked"])
    # The secretary gets another key, says what is hers, and voids what is not.
    new_key(town)
    mine = {"entries": named(town, "honest")}
    town.submit("entry.reaffirmed", PROGRAMME, mine, by=HONEST)
    town.submit(
        "financing.changed", PROGRAMME, None, corrects=town.ids["forged"], by=HONEST, reason="Підроблено"
    )
    assert doubt(town, "honest") is None
    assert town.value(LINE_CELL, "2025-12-31") == "150.00"
    # What was forged stays in the log: the slot's statement in force is the honest void.
    assert doubt(town, "forged") is None
    assert town.timeline().slots[town.ids["forged"]].writes == ()


def test_the_thief_cannot_reaffirm(town: TestLedger) -> None:
    revoke(town)
    refusal = town.refused("entry.reaffirmed", PROGRAMME, {"entries": named(town, "forged")})
    assert refusal.code == "key-revoked"


def test_what_the_thief_reaffirmed_before_the_revocation_lifts_nothing(town: TestLedger) -> None:
    """There is nothing to re-affirm while nothing is in doubt, so the thief cannot prepare."""
    refusal = town.refused("entry.reaffirmed", PROGRAMME, {"entries": named(town, "forged")})
    assert refusal.code == "nothing-to-reaffirm"


def test_what_was_signed_before_and_is_sent_after_the_revocation_is_refused(town: TestLedger) -> None:
    prepared = town.envelope("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"})
    revoke(town)
    assert town.refused_all([prepared]).code == "key-revoked"


def test_revocation_and_use_in_one_batch_are_refused_together(town: TestLedger) -> None:
    data = {"kid": STOLEN, "cause": "stolen", "suspect_from": "2025-09-10"}
    batch = [
        town.envelope("key.revoked", COUNCIL_STREAM, data),
        town.envelope("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"}),
    ]
    refusal = town.refused_all(batch)
    assert (refusal.code, refusal.pointer) == ("key-revoked", "/envelopes/1/signers/0/kid")


def test_use_and_then_revocation_in_one_batch_are_recorded_and_the_use_is_suspect(town: TestLedger) -> None:
    data = {"kid": STOLEN, "cause": "stolen", "suspect_from": "2025-09-10"}
    use = town.envelope("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"})
    receipts = town.submit_all([use, town.envelope("key.revoked", COUNCIL_STREAM, data)])
    town.ids["use"] = receipts[0].event
    assert doubt(town, "use") == "suspect"


def test_a_wider_range_is_stated_by_a_correction(town: TestLedger) -> None:
    revoke(town)
    data = {"kid": STOLEN, "cause": "stolen", "suspect_from": "2025-09-01"}
    town.submit("key.revoked", COUNCIL_STREAM, data, corrects=town.ids["revoked"])
    assert doubt(town, "before") == "suspect"


def test_a_stolen_registrars_key_throws_doubt_on_what_it_let_in(town: TestLedger) -> None:
    """Two of three registrars sign; one of the two keys was in other hands."""
    crony = Official(
        "p-crony", "crony-office", SECRETARY.body, remember(key_of("crony")), ("actual.reported",)
    )
    by = [REGISTRARS[0], REGISTRARS[2]]
    town.submit("person.registered", "root", {"person": crony.person, "name": "Особа"}, by=by)
    for kind, subject, data in town.enrolment(crony):
        town.submit(kind, subject, data, by=by)
    town.ids["crony"] = town.submit(
        "actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q3"}, by=crony
    ).event
    assert doubt(town, "crony") is None
    stolen = {"kid": REGISTRARS[2].key.public.kid, "cause": "stolen", "suspect_from": "2025-09-14"}
    town.submit("key.revoked", "root", stolen, by=REGISTRARS[:2])
    assert doubt(town, "crony") == "suspect"
    assert doubt(town, "honest") is None


def test_the_last_registrars_cannot_be_revoked_away(town: TestLedger) -> None:
    first, second = (one.key.public.kid for one in REGISTRARS[:2])
    town.submit("key.revoked", "root", {"kid": first, "cause": "lost"}, by=REGISTRARS[1:])
    refusal = town.refused("key.revoked", "root", {"kid": second, "cause": "lost"}, by=REGISTRARS[1:])
    assert isinstance(refusal, Refusal)
    assert refusal.code == "too-few-registrars-left"
