"""The signer's service over its life: its socket's file, stops and starts, a failed memory, other keys."""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.directory import Directory
from ledger.errors import Moved, Stopped
from ledger.signer import FileLogSigner, generate_key
from ledger.signing.listening import unix_socket
from ledger.signing.opening import open_signer
from ledger.signing.remote import RemoteLogSigner
from ledger.signing.token import make_token
from tests.support.signers import FORKED, TRUE, Place, Service, serving, signed


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def service(place: Place) -> Iterator[Service]:
    with serving(place) as started:
        yield started


def test_the_sockets_file_lets_its_owner_in_alone_or_a_group_too(tmp_path: Path) -> None:
    groups = [os.getgid(), *os.getgroups(), *([os.getgid() + 1] if os.geteuid() == 0 else [])]
    for group, mode in ((None, 0o600), *((one, 0o660) for one in groups)):
        with unix_socket(tmp_path / "s", group):
            found = (tmp_path / "s").stat()
            assert stat.S_ISSOCK(found.st_mode)
            assert found.st_mode & 0o777 == mode
            assert group in (None, found.st_gid)
        assert not (tmp_path / "s").exists()


def test_a_socket_for_its_own_group_is_made_where_no_file_may_be_given_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", forbidden)
    with unix_socket(tmp_path / "s", os.getgid()):
        assert (tmp_path / "s").stat().st_mode & 0o777 == 0o660


def test_what_a_killed_signer_left_is_replaced_and_a_live_one_is_not(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "s"))
    left.close()  # its file stays
    with unix_socket(tmp_path / "s") as bound:
        bound.listen()
        with pytest.raises(Stopped, match="stop it first"), unix_socket(tmp_path / "s"):
            pytest.fail("two listen at one place")
    (tmp_path / "s").write_text("no socket", encoding="utf8")
    with pytest.raises(Stopped, match="cannot listen"), unix_socket(tmp_path / "s"):
        pytest.fail("a file was replaced")
    assert (tmp_path / "s").read_text(encoding="utf8") == "no socket"


def test_a_signer_that_was_told_to_stop_lets_go_of_its_memory_and_clients_go_on_after_its_restart(
    place: Place,
) -> None:
    service = Service(place)
    service.start()
    asked = RemoteLogSigner(service.address)
    signed(asked, 3)
    with pytest.raises(Stopped, match="in use"):
        place.open()
    service.stop()
    place.open().close()
    for _ in range(2):
        with pytest.raises(Stopped, match=r"does not answer.*pledger signer serve"):
            signed(asked, 5)
    service.start()
    signed(asked, 5)
    asked.close()
    service.stop()
    assert service.well


def test_a_memory_that_cannot_be_written_ends_the_service_and_says_why(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with serving(place) as service:
        asked = RemoteLogSigner(service.address)
        signed(asked, 3)
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", broken)
            with pytest.raises(Stopped, match=r"signs nothing.*No space left"):
                signed(asked, 5)
        service.wait()
        assert not service.well
        assert [one.code for one in service.told] == ["memory-unwritable"]
        with pytest.raises(Stopped, match="does not answer"):
            asked.last()
        service.start()  # as systemd does
        assert signed(asked, 5)
        asked.close()


def test_the_operator_is_told_once_of_each_second_history_and_not_of_races(service: Service) -> None:
    asked = RemoteLogSigner(service.address)
    signed(asked, 5)
    for _ in range(3):
        with pytest.raises(Stopped):
            asked.sign(6, FORKED.root(6), FORKED.proof(5, 6), 5)
        with pytest.raises(Moved):
            asked.sign(4, TRUE.root(4), [], 4)
    assert [one.code for one in service.told] == ["tree-not-signed"]
    asked.close()


def test_a_next_key_comes_beside_without_a_restart_of_those_who_ask_and_none_goes(place: Place) -> None:
    service = Service(place)
    service.start()
    asked = RemoteLogSigner(service.address)
    (first,) = asked.verifier_keys
    signed(asked, 3)
    service.stop()
    generate_key(place.next_key)
    service.start()
    assert signed(asked, 5).count("\n— ") == 2
    assert asked.verifier_keys[0] == first
    assert len(asked.verifier_keys) == 2
    service.stop()
    place.next_key.replace(place.key)
    service.start()
    with pytest.raises(Stopped, match="start this process anew"):
        signed(asked, 7)
    asked.close()
    anew = RemoteLogSigner(service.address)
    assert signed(anew, 7).count("\n— ") == 1
    anew.close()
    service.stop()


def test_a_ledgers_process_has_its_own_files_or_asks_by_address(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    directory = Directory(folder)
    generate_key(directory.log_key)
    FileLogSigner.create(directory.log_key, directory.log_memory, origin="own.example/log").close()
    own = open_signer(directory)
    assert own.origin == "own.example/log"
    own.close()
    make_token(tmp_path / "token")
    with serving(place, bytes.fromhex((tmp_path / "token").read_text().strip()), tcp=True) as service:
        asked = open_signer(directory, service.address, tmp_path / "token")
        assert asked.origin == "example.org/log"
        asked.close()


@pytest.mark.parametrize(
    "address", ["", "unix:", "host", "host:", ":1", "host:65536", "a b:1", "::1:9", "h:1x"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(Stopped, match="no address"):
        RemoteLogSigner(address)


def test_one_connection_is_shared_by_threads_and_each_gets_its_own_answer(service: Service) -> None:
    asked = RemoteLogSigner(service.address)
    notes: list[str] = []

    def ask() -> None:
        for _ in range(20):
            notes.append(asked.sign(3, TRUE.root(3), [], None))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(notes) == 80
    assert len(set(notes)) == 1
    asked.close()
