"""The stream `trust`: what the service key states, what it may not, and that nothing rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.doubt import doubts_of
from ledger.errors import Refusal
from ledger.ids import TRUST
from ledger.kinds import KINDS
from ledger.statements import slots_of
from ledger.streams import load_stream
from ledger.trust import size_of
from ledger.world import World
from tests.support import service
from tests.support.council import policy
from tests.support.log import replayed
from tests.support.log_keys import log_key, note, rotation
from tests.support.people import MACHINE, REGISTRARS, SECRETARY, key_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, lines

pytestmark = pytest.mark.thorough

TRUST_KINDS = {"ledger.heads", "checkpoint.witnessed", "timestamp.anchored"}
KID = MACHINE.key.public.kid


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        service.enrol(town)
        yield town


def trusted(town: TestLedger) -> World:
    return town.world(TRUST)


def test_three_kinds_are_the_services_and_no_other() -> None:
    assert {name for name, kind in KINDS.items() if kind.by_service} == TRUST_KINDS
    for name in TRUST_KINDS:
        kind = KINDS[name]
        assert kind.families == ("trust",)
        may = (kind.correctable, kind.voidable, kind.registrar, kind.by_office, kind.proposable)
        assert may == (False,) * 5
    assert KINDS["service_key.enrolled"].registrar
    assert KINDS["service_key.enrolled"].families == ("root",)


def test_the_world_knows_the_newest_of_each_kind_and_after_a_restart_too(town: TestLedger) -> None:
    before = town.position
    receipts = [
        town.submit("ledger.heads", TRUST, service.heads(town)),
        town.submit("checkpoint.witnessed", TRUST, service.witnessed(town, before - 1)),
        town.submit("timestamp.anchored", TRUST, service.anchored(town, before - 2)),
        town.submit("ledger.heads", TRUST, service.heads(town)),
    ]
    assert [receipt.stream for receipt in receipts] == [TRUST] * 4
    assert [receipt.version for receipt in receipts] == [1, 2, 3, 4]
    for _ in range(2):
        trust = trusted(town).trust
        assert trust.heads is not None
        newest = (trust.heads.size, trust.heads.index, trust.heads.event)
        assert newest == (before + 3, receipts[3].index, receipts[3].event)
        assert (size_of(trust.witnessed), size_of(trust.anchored)) == (before - 1, before - 2)
        assert {*trust.kept} == {receipt.event for receipt in receipts}
        town.reopen()
    assert replayed(town.ledger.reader.entries(0, 999)).trust == trusted(town).trust


def test_each_kind_has_a_row_of_sizes_of_its_own(town: TestLedger) -> None:
    size = town.position
    town.submit("ledger.heads", TRUST, service.heads(town, size))
    town.submit("checkpoint.witnessed", TRUST, service.witnessed(town, size))
    town.submit("timestamp.anchored", TRUST, service.anchored(town, size))
    for kind, build in (
        ("ledger.heads", service.heads),
        ("checkpoint.witnessed", service.witnessed),
        ("timestamp.anchored", service.anchored),
    ):
        refusal = town.refused(kind, TRUST, build(town, size))
        assert (refusal.code, refusal.details["before"]) == ("size-not-newer", size)
        town.submit(kind, TRUST, build(town, size + 1))


def test_a_checkpoint_may_be_as_large_as_the_log_before_the_entry_and_no_larger(town: TestLedger) -> None:
    refusal = town.refused("checkpoint.witnessed", TRUST, service.witnessed(town, town.position + 1))
    assert (refusal.code, refusal.got) == ("size-ahead", town.position + 1)
    town.submit("checkpoint.witnessed", TRUST, service.witnessed(town, town.position))


def test_a_checkpoint_holds_by_any_key_that_this_log_ever_had(town: TestLedger) -> None:
    """The door checks that the log said it; which key was in force when is for the verifier."""
    town.submit("log_key.rotated", "root", rotation(town))
    new = service.cosigned(note([log_key("next")], town.position), "witness.example/w1")
    town.submit("checkpoint.witnessed", TRUST, {"checkpoint": new})
    town.submit("checkpoint.witnessed", TRUST, service.witnessed(town))


def test_a_service_that_is_seen_ahead_or_comes_too_late_is_refused_like_all_others(town: TestLedger) -> None:
    data = service.heads(town)
    assert town.refused("ledger.heads", TRUST, data, seen=town.position + 1).code == "seen-ahead"
    late = town.refused("ledger.heads", TRUST, data, submit_before="2025-01-01T00:00:00Z")
    assert late.code == "expired"
    other = town.name | {"genesis": "00" * 32}
    assert town.refused("ledger.heads", TRUST, data, ledger=other).code == "wrong-ledger"


def test_a_forged_signature_in_the_services_name_is_refused(town: TestLedger) -> None:
    payload = town.payload("ledger.heads", TRUST, service.heads(town))
    with pytest.raises(Refusal) as refused:
        town.ledger.submit([town.signed(payload, [key_of("thief")])]).result()
    assert refused.value.code == "signers-differ"
    envelope = town.signed(payload)
    other = town.signed(payload | {"data": service.heads(town, town.position - 1)})
    forged = replace(other, signatures=envelope.signatures)
    with pytest.raises(Refusal) as refused:
        town.ledger.submit([forged]).result()
    assert refused.value.code == "bad-signature"


def test_a_new_service_key_speaks_beside_the_old_and_a_revoked_one_no_more(town: TestLedger) -> None:
    second = MACHINE.using(key_of("second service"))
    service.enrol(town, second)
    town.submit("ledger.heads", TRUST, service.heads(town), by=second)
    town.submit("ledger.heads", TRUST, service.heads(town))
    revoked = town.submit("key.revoked", "root", {"kid": KID, "cause": "lost"}).event
    refusal = town.refused("ledger.heads", TRUST, service.heads(town))
    assert (refusal.code, refusal.details["revoked"]) == ("key-revoked", revoked)
    assert refusal.details["instead"] == [second.key.public.kid]
    town.submit("ledger.heads", TRUST, service.heads(town), by=second)


def test_a_body_cannot_revoke_the_services_key(town: TestLedger) -> None:
    refusal = town.refused("key.revoked", COUNCIL_STREAM, {"kid": KID, "cause": "lost"})
    assert refusal.code == "unknown-key"


def test_the_service_may_sign_no_other_kind_alone_or_beside_others(town: TestLedger) -> None:
    for by in ((MACHINE,), (SECRETARY, MACHINE)):
        refusal = town.refused("financing.changed", PROGRAMME, lines("1.00"), by=by)
        assert refusal.code == "service-may-not"
        assert refusal.pointer == f"/signers/{len(by) - 1}/office"


def test_no_policy_may_speak_of_trust_kinds_and_none_judges_them(town: TestLedger) -> None:
    for kind in sorted(TRUST_KINDS):
        data = policy(start="2025-09-01", rules=[{"kinds": [kind], "offices": ["council-secretary"]}])
        assert town.refused("policy.set", "root", data).code == "unknown-kind"
    data = policy(start="2025-09-01", rules=[{"kinds": ["financing.changed"], "forbidden": ["old-mismatch"]}])
    town.submit("policy.set", "root", data)
    town.submit("ledger.heads", TRUST, service.heads(town))


def test_a_suspect_service_key_throws_doubt_on_its_statements_and_on_nothing_else(town: TestLedger) -> None:
    event = town.submit("ledger.heads", TRUST, service.heads(town)).event
    town.submit("financing.changed", PROGRAMME, lines("150.00"))
    stolen = {"kid": KID, "cause": "stolen", "suspect_from": "2025-09-01"}
    because = town.submit("key.revoked", "root", stolen).event
    world = trusted(town)
    (found,) = doubts_of(world, TRUST, slots_of(world, TRUST)[event])
    assert (found.doubt, found.kid, found.office, found.because) == ("suspect", KID, "service", because)
    world = town.world(PROGRAMME)
    for slot in world.programmes[PROGRAMME.partition(":")[2]].timeline.slots.values():
        loaded = load_stream(world, COUNCIL_STREAM, town.ledger.reader.at_position(world.position))
        loaded = replace(loaded, names=replayed(town.ledger.reader.entries(0, 999)).names)
        assert doubts_of(loaded, PROGRAMME, slot) == ()


def test_what_a_key_enrolled_by_suspect_registrars_states_is_suspect(town: TestLedger) -> None:
    event = town.submit("ledger.heads", TRUST, service.heads(town)).event
    kid = REGISTRARS[0].key.public.kid
    stolen = {"kid": kid, "cause": "stolen", "suspect_from": "2025-09-01"}
    town.submit("key.revoked", "root", stolen, by=REGISTRARS[1:])
    world = trusted(town)
    assert [one.doubt for one in doubts_of(world, TRUST, slots_of(world, TRUST)[event])] == ["suspect"]


def test_statements_of_the_service_are_not_reaffirmed_proposed_or_observed(town: TestLedger) -> None:
    event = town.submit("ledger.heads", TRUST, service.heads(town)).event
    entries = {"entries": [{"event": event, "payload": town.statements[event]}]}
    assert town.refused("entry.reaffirmed", TRUST, entries).code == "wrong-subject"
    assert town.refused("entry.reaffirmed", "root", entries).code == "unknown-event"
    observed = {"about": {"event": event}, "text": "Чому?"}
    assert town.refused("observation.made", PROGRAMME, observed).code == "unknown-event"


def test_trust_entries_leave_every_programme_body_and_registrar_as_they_were(town: TestLedger) -> None:
    before = replayed(town.ledger.reader.entries(0, 999))
    town.submit("ledger.heads", TRUST, service.heads(town))
    town.submit("checkpoint.witnessed", TRUST, service.witnessed(town))
    after = replayed(town.ledger.reader.entries(0, 999))
    for name in ("root", "bodies", "programmes", "names", "citing"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.position == before.position + 2
