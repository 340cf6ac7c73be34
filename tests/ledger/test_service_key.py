"""The service key: made, kept, enrolled, and what speaks with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.canonical import dumps
from ledger.envelope import parse_envelope, sign_payload
from ledger.errors import Refusal, Stopped, StorageError
from ledger.ids import TRUST
from ledger.opening import create_ledger
from ledger.service import Ledger
from ledger.service_key import load_service_key, make_service_key, prepare_service_key
from ledger.service_signing import TrustWriter, heads_data
from tests.support.clock import FrozenClock
from tests.support.people import PERSON_NAMES, REGISTRARS
from tests.support.town import ORIGIN, Payload, TestLedger

PEOPLE = [(one.person, PERSON_NAMES[one.person], one.key) for one in REGISTRARS]
BODY = {"body": "town-council", "name": "Міська рада"}


def opened(path: Path, **more: object) -> Ledger:
    clock = FrozenClock()
    words = {"origin": ORIGIN, "registrars": PEOPLE, "k": 2, "zone": "Europe/Kyiv", "clock": clock} | more
    create_ledger(path, **words)  # type: ignore[arg-type]
    return Ledger(path, clock=clock)


def speaks(ledger: Ledger) -> bool:
    return ledger.service is not None


def enrol(ledger: Ledger, data: Payload) -> None:
    """What the registrars do with the prepared data."""
    payload = {
        "id": "01990000-0000-7000-8000-000000000001",
        "ledger": {"origin": ledger.root.origin, "genesis": ledger.root.genesis},
        "kind": "service_key.enrolled",
        "schema": 1,
        "subject": "root",
        "signers": [one.signer() for one in REGISTRARS[:2]],
        "seen": ledger.reader.head().size,
        "submit_before": "2030-01-01T00:00:00Z",
        "data": data,
    }
    signed = sign_payload(dumps(payload), [one.key for one in REGISTRARS[:2]], iat=1_756_717_200)
    ledger.submit([parse_envelope(signed)]).result()


def test_a_key_file_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "service-key.pem"
    key = make_service_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_service_key(path).public == key.public
    with pytest.raises(Stopped, match="cannot be made"):
        make_service_key(path)
    path.chmod(0o640)
    with pytest.raises(Stopped, match="service key"):
        load_service_key(path)


def test_an_opening_enrols_the_service_key_after_the_first_body_in_the_same_batch(tmp_path: Path) -> None:
    with opened(tmp_path / "ledger", body=BODY, service="machine") as ledger:
        events = [entry.stated().event for entry in ledger.reader.entries(0, 9)]
        assert [event.kind for event in events] == ["ledger.opened", "body.opened", "service_key.enrolled"]
        assert [signer.person for signer in events[2].signers] == [one.person for one in REGISTRARS]
        assert ledger.service is not None
        key, service = ledger.service
        assert service == "machine"
        assert [*ledger.root.services] == [key.public.kid]


def test_an_opening_without_a_service_makes_no_key(tmp_path: Path) -> None:
    with opened(tmp_path / "ledger") as ledger:
        assert ledger.reader.head().size == 1
        assert ledger.service is None
        assert not (tmp_path / "ledger" / "service-key.pem").exists()
        with pytest.raises(Stopped, match="pledger service prepare"):
            TrustWriter(ledger).state("ledger.heads", heads_data(ledger.reader))


@pytest.mark.parametrize("service", ["p-registrar-1", "Not an id"])
def test_an_opening_with_an_impossible_service_leaves_nothing(tmp_path: Path, service: str) -> None:
    with pytest.raises(Refusal):
        opened(tmp_path / "ledger", service=service)
    assert not (tmp_path / "ledger").exists()


def test_an_opening_does_not_take_up_a_service_key_that_lies_there(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    key = make_service_key(tmp_path / "ledger" / "service-key.pem")
    with pytest.raises(StorageError, match="there already"):
        opened(tmp_path / "ledger", service="service")
    assert load_service_key(tmp_path / "ledger" / "service-key.pem").public == key.public


def test_the_writer_states_what_it_is_given_and_returns_the_receipt(tmp_path: Path) -> None:
    with opened(tmp_path / "ledger", service="service") as ledger:
        clock = FrozenClock()
        writer = TrustWriter(ledger, clock)
        data = heads_data(ledger.reader)
        receipt = writer.state("ledger.heads", data)
        assert (receipt.stream, receipt.index, receipt.version) == (TRUST, 2, 1)
        event = ledger.reader.entries(2, 1)[0].stated().event
        assert [(one.person, one.office) for one in event.signers] == [("service", "service")]
        assert event.data.model_dump() == data


def test_a_batch_of_the_writer_is_all_or_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "ledger", service="service") as ledger:
        writer, size = TrustWriter(ledger, FrozenClock()), ledger.reader.head().size
        good = heads_data(ledger.reader)
        with pytest.raises(Refusal) as refused:
            writer.state_all([("ledger.heads", good), ("ledger.heads", good)])
        assert (refused.value.code, refused.value.pointer) == ("size-not-newer", "/envelopes/1/data/size")
        assert ledger.reader.head().size == size


def test_a_ledger_that_exists_gets_its_key_by_prepare_and_the_registrars(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with opened(path) as ledger:
        key, data = prepare_service_key(path, "service", FrozenClock())  # beside a server that runs
        assert (data["service"], data["jwk"]) == ("service", key.public.to_jwk())
        assert (path / "service-key.pem").stat().st_mode & 0o777 == 0o600
        assert not speaks(ledger), "a server that runs has not read the file"
    again, same = prepare_service_key(path, "service", FrozenClock())
    assert again.public == key.public
    assert same == data
    with Ledger(path, clock=FrozenClock()) as ledger:
        assert not speaks(ledger), "nobody has enrolled it"
        enrol(ledger, data)
        assert speaks(ledger)
        receipt = TrustWriter(ledger, FrozenClock()).state("ledger.heads", heads_data(ledger.reader))
        assert receipt.stream == TRUST


def test_prepare_needs_an_opened_ledger(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="pledger init"):
        prepare_service_key(tmp_path, "service", FrozenClock())
    with TestLedger(tmp_path / "ledger"), pytest.raises(StorageError, match="not open yet"):
        prepare_service_key(tmp_path / "ledger", "service", FrozenClock())
    assert not (tmp_path / "ledger" / "service-key.pem").exists()


def test_a_ledger_whose_service_key_others_can_read_does_not_open(tmp_path: Path) -> None:
    opened(tmp_path / "ledger", service="service").close()
    (tmp_path / "ledger" / "service-key.pem").chmod(0o644)
    with pytest.raises(Stopped, match="service key"):
        Ledger(tmp_path / "ledger")


def test_another_key_in_the_file_speaks_for_nobody(tmp_path: Path) -> None:
    opened(tmp_path / "ledger", service="service").close()
    (tmp_path / "ledger" / "service-key.pem").unlink()
    make_service_key(tmp_path / "ledger" / "service-key.pem")
    with Ledger(tmp_path / "ledger", clock=FrozenClock()) as ledger:
        assert ledger.service is None


def test_after_its_revocation_the_key_speaks_no_more_at_once_and_after_a_restart(tmp_path: Path) -> None:
    with TestLedger.opened(tmp_path / "ledger") as town:
        key, data = prepare_service_key(town.path, "service", town.clock)
        town.reopen()
        town.submit("service_key.enrolled", "root", data)
        assert speaks(town.ledger)
        town.submit("key.revoked", "root", {"kid": key.public.kid, "cause": "lost"})
        for _ in range(2):
            assert not speaks(town.ledger)
            with pytest.raises(Stopped):
                TrustWriter(town.ledger, town.clock).state("ledger.heads", heads_data(town.ledger.reader))
            town.reopen()
