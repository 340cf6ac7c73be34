"""A ledger whose log key is a service's: it appends while that is there, and never without a signature."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.errors import Stopped
from ledger.merkle import leaf_hash, prove_consistency, read_frontier
from ledger.service import Ledger
from ledger.signing.remote import RemoteLogSigner
from tests.support.log import Small, audit, found_small
from tests.support.places import put_back
from tests.support.signers import Place, Service


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return found_small(tmp_path / "ledger")


@pytest.fixture
def service(small: Small, tmp_path: Path) -> Iterator[Service]:
    """The ledger's key and memory are moved to a place of their own, as docs/log-key.md says."""
    place = Place(tmp_path)
    (small.path / "log-key.pem").replace(place.key)
    (small.path / "log-memory").replace(place.memory)
    service = Service(place)
    service.start()
    yield service
    service.stop()


def stopped(ledger: Ledger) -> str | None:
    return ledger.appender.stopped


def test_it_appends_with_the_key_elsewhere_and_goes_on_when_the_signer_is_back(
    small: Small, service: Service
) -> None:
    with Ledger(small.path, signer=service.address) as ledger:
        first = small.person()
        (receipt,) = small.submit(ledger, first)
        small.check(first, receipt)
        service.stop()
        unsigned = small.person()
        for _ in range(2):
            with pytest.raises(Stopped, match="does not answer"):
                small.submit(ledger, unsigned)
        assert stopped(ledger) is not None
        assert ledger.reader.entries(0, 1)  # reading goes on
        service.start()
        (receipt,) = small.submit(ledger, unsigned)
        small.check(unsigned, receipt)
        assert stopped(ledger) is None
    assert len(audit(small.path, small.log_key).entries) == receipt.index + 1


def test_it_does_not_open_without_a_signer_or_with_that_of_another_log(
    small: Small, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Service(Place(tmp_path / "other"))
    other.start()
    with pytest.raises(Stopped, match="log key in force"):
        Ledger(small.path, signer=other.address)
    other.stop()
    with pytest.raises(Stopped, match="does not answer"):
        Ledger(small.path, signer=other.address)
    with Ledger(small.path, signer=service.address) as ledger:
        small.submit(ledger, small.person())


def test_an_old_backup_of_the_database_gets_no_signature(
    small: Small, service: Service, tmp_path: Path
) -> None:
    with Ledger(small.path, signer=service.address) as ledger:
        small.submit(ledger, small.person())
    backup = small.copied(tmp_path / "backup")
    with Ledger(small.path, signer=service.address) as ledger:
        small.submit(ledger, small.person())
    put_back(backup.path, small.path)
    with Ledger(small.path, signer=service.address) as ledger:
        assert "restore what is missing" in str(ledger.appender.stopped)
        with pytest.raises(Stopped):
            small.submit(ledger, small.person())


def test_an_extension_that_somebody_else_had_signed_is_noticed_at_the_next_append(
    small: Small, service: Service
) -> None:
    with Ledger(small.path, signer=service.address) as ledger:
        small.submit(ledger, small.person())
        head = ledger.reader.head()
        grown, made = head.frontier.extend([leaf_hash(b"what is not in the log")])
        nodes = {(level, at): node for level, at, node in made}
        thief = RemoteLogSigner(service.address)
        proof = prove_consistency(
            lambda wanted: [nodes[one] if one in nodes else ledger.reader.nodes([one])[0] for one in wanted],
            head.size,
            grown.size,
        )
        thief.sign(grown.size, grown.root(), proof, head.size)
        thief.close()
        with pytest.raises(Stopped, match="two trees of one size have different roots"):
            small.submit(ledger, small.person())
        assert ledger.appender.stopped is not None
        assert read_frontier(ledger.reader.nodes, head.size).root() == head.frontier.root()
