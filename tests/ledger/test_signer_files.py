"""Files that only their owner can read: keys, also those that systemd hands over, and a signer's token."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Stopped
from ledger.signer import FileLogSigner, generate_key, load_key
from ledger.signing.private_files import admits_only
from ledger.signing.token import make_token, read_token
from tests.conftest import NO_ACCESS_LISTS

ACCESS = "system.posix_acl_access"
OWNER, NAMED_USER, GROUP, NAMED_GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
READ, NOBODY = 4, 0xFFFFFFFF
USER = os.geteuid()
Row = tuple[int, int, int]
# What systemd writes for a service that runs as a user of its own; ls shows it as mode 0440.
CREDENTIAL: list[Row] = [
    (OWNER, READ, NOBODY),
    (NAMED_USER, READ, USER),
    (GROUP, 0, NOBODY),
    (MASK, READ, NOBODY),
    (OTHERS, 0, NOBODY),
]


def access_list(rows: list[Row]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in rows)


def with_row(changed: Row) -> list[Row]:
    return sorted([*(row for row in CREDENTIAL if row[0] != changed[0] or changed[0] == NAMED_USER), changed])


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key as it lies in $CREDENTIALS_DIRECTORY: read-only, beside nothing else."""
    folder = tmp_path / "credentials"
    folder.mkdir(0o700)
    generate_key(folder / "log-key")
    (folder / "log-key").chmod(0o400)
    return folder / "log-key"


def give(key: Path, rows: list[Row]) -> None:
    try:
        os.setxattr(key, ACCESS, access_list(rows))
    except OSError:
        pytest.skip(NO_ACCESS_LISTS)


def test_a_key_from_a_credentials_folder_signs_with_its_memory_elsewhere(key: Path, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    with FileLogSigner.create(key, memory, origin="example.org/log") as signer:
        assert signer.last()[0] == 0
    with FileLogSigner(key, memory, key.with_name("log-key.next")) as signer:
        assert len(signer.verifier_keys) == 1
    (tmp_path / "log-key.pem").symlink_to(key)
    with FileLogSigner(tmp_path / "log-key.pem", memory) as linked:
        assert linked.verifier_key == signer.verifier_key


def test_a_credential_whose_access_list_names_our_user_alone_is_private_though_its_mode_says_0440(
    key: Path,
) -> None:
    give(key, CREDENTIAL)
    assert key.stat().st_mode & 0o777 == 0o440
    load_key(key)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param((NAMED_USER, READ, USER + 1), id="another user"),
        pytest.param((GROUP, READ, NOBODY), id="its group"),
        pytest.param((NAMED_GROUP, READ, 5), id="another group"),
        pytest.param((OTHERS, READ, NOBODY), id="everybody"),
    ],
)
def test_an_access_list_that_lets_somebody_else_in_is_not_private(key: Path, row: Row) -> None:
    give(key, with_row(row))
    with pytest.raises(Stopped, match="open to others"):
        load_key(key)


@pytest.mark.parametrize("mode", [0o440, 0o460, 0o450, 0o444, 0o404, 0o402])
def test_without_an_access_list_no_group_and_nobody_else_may_read(key: Path, mode: int) -> None:
    key.chmod(mode)
    with pytest.raises(Stopped, match="open to others"):
        load_key(key)


def test_an_access_list_is_judged_by_whom_it_lets_in() -> None:
    assert admits_only(access_list(CREDENTIAL), USER)
    assert admits_only(access_list(with_row((NAMED_GROUP, 0, 5))), USER)
    assert not admits_only(access_list(CREDENTIAL), USER + 1)
    assert not admits_only(access_list(with_row((NAMED_USER, READ, USER + 1))), USER)
    for broken in (b"", access_list(CREDENTIAL)[:-1], b"\x03" + access_list(CREDENTIAL)[1:]):
        assert not admits_only(broken, USER)


@given(st.binary(max_size=60))
def test_no_bytes_of_an_access_list_make_it_fail(raw: bytes) -> None:
    assert admits_only(raw, USER) in (True, False)


def test_a_token_is_32_random_bytes_that_only_its_owner_can_read(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    make_token(one)
    make_token(other)
    assert one.stat().st_mode & 0o777 == 0o600
    assert len(read_token(one)) == 32
    assert read_token(one) != read_token(other)
    content = one.read_bytes()
    with pytest.raises(Stopped, match="cannot be made"):
        make_token(one)
    assert one.read_bytes() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_token_that_others_can_read_is_none(tmp_path: Path, mode: int) -> None:
    make_token(tmp_path / "token")
    (tmp_path / "token").chmod(mode)
    with pytest.raises(Stopped, match="open to others"):
        read_token(tmp_path / "token")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"ab" * 31, b"ab" * 31 + b"a", b"ab" * 32 + b"a", b"xy" * 32, b"AB" * 32, b"\xff" * 64],
)
def test_a_token_that_is_too_short_or_none_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(Stopped, match="pledger signer token"):
        read_token(path)
