"""Key files: unreadable without the passphrase, readable by others with it, never overwritten."""

from __future__ import annotations

import shutil
import stat
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from ledger.errors import Refusal, StorageError
from ledger.keyfile import FILE_SIZE_MAX, decrypt_key, encrypt_key, load_key, save_key
from ledger.keys import ALGORITHMS, PrivateKey

PASSPHRASE = "довга фраза, яку ніхто не вгадає"
KEY = PrivateKey.from_seed(b"k" * 32)
TEXT = encrypt_key(KEY, PASSPHRASE)
PBKDF2_600_000 = bytes.fromhex("02030927c0300c06082a864886f70d02090500")  # rounds, hmacWithSHA256


@pytest.fixture(scope="module")
def openssl() -> str:
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl not here")
    return found


def refused(text: str, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(Refusal) as caught:
        decrypt_key(text, passphrase)
    return caught.value.code


def der_of(text: str) -> bytes:
    return b64decode("".join(text.splitlines()[1:-1]))


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_saved_key_is_loaded_with_its_passphrase(alg: str, tmp_path: Path) -> None:
    key = PrivateKey.generate(alg)
    save_key(tmp_path / "key.pem", key, PASSPHRASE)
    assert load_key(tmp_path / "key.pem", PASSPHRASE).public == key.public


def test_a_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    save_key(tmp_path / "key.pem", KEY, PASSPHRASE)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_a_key_file_is_never_overwritten_not_even_through_a_dangling_link(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("precious")
    with pytest.raises(StorageError, match="key-file-exists"):
        save_key(path, KEY, PASSPHRASE)
    assert path.read_text() == "precious"
    (tmp_path / "link.pem").symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(StorageError, match="key-file-exists"):
        save_key(tmp_path / "link.pem", KEY, PASSPHRASE)
    assert not (tmp_path / "elsewhere.pem").exists()


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="key-file-unwritable"):
        save_key(tmp_path / "none" / "key.pem", KEY, PASSPHRASE)
    with pytest.raises(StorageError, match="key-file-unreadable"):
        load_key(tmp_path / "none.pem", PASSPHRASE)
    with pytest.raises(StorageError, match="key-file-unreadable"):
        load_key(tmp_path, PASSPHRASE)


def test_the_file_costs_a_guesser_600000_rounds_and_holds_no_key_in_the_clear() -> None:
    assert PBKDF2_600_000 in der_of(TEXT)
    assert b"k" * 16 not in der_of(TEXT)


def test_two_files_of_one_key_share_neither_salt_nor_ciphertext() -> None:
    one, two = der_of(TEXT), der_of(encrypt_key(KEY, PASSPHRASE))
    assert len(one) == len(two)
    assert one[-64:] != two[-64:]
    assert one[30:60] != two[30:60]


@pytest.mark.parametrize("wrong", ["x", PASSPHRASE + " ", PASSPHRASE.upper()])
def test_a_wrong_passphrase_is_named_as_such(wrong: str) -> None:
    assert refused(TEXT, wrong) == "wrong-passphrase"


def test_an_empty_passphrase_is_refused_on_both_ways() -> None:
    assert refused(TEXT, "") == "passphrase-empty"
    with pytest.raises(Refusal, match="passphrase-empty"):
        encrypt_key(KEY, "")


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "not a key",
        TEXT[:-30],
        TEXT.replace("ENCRYPTED", "ENCRYPTD"),
        "\n".join(TEXT.splitlines()[:2] + TEXT.splitlines()[-1:]),
        "\n".join(TEXT.splitlines()[:1] + TEXT.splitlines()[-1:]),
        TEXT[:60] + "*" + TEXT[61:],
        TEXT[:60] + "é" + TEXT[61:],
        TEXT + TEXT,
        TEXT + "trailing",
        "A" * (FILE_SIZE_MAX + 5),
    ],
)
def test_a_damaged_file_is_told_from_a_wrong_passphrase(damaged: str) -> None:
    with pytest.raises(StorageError, match="key-file-damaged"):
        decrypt_key(damaged, PASSPHRASE)


def test_windows_line_ends_do_not_matter() -> None:
    assert decrypt_key(TEXT.replace("\n", "\r\n"), PASSPHRASE).public == KEY.public


def test_a_file_without_a_passphrase_is_not_used() -> None:
    pem = KEY.handle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(StorageError, match="key-file-unencrypted"):
        decrypt_key(pem, PASSPHRASE)


@pytest.mark.parametrize("handle", [generate_private_key(SECP384R1()), X25519PrivateKey.generate()])
def test_keys_of_other_kinds_are_refused(handle: X25519PrivateKey) -> None:
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    pem = handle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()
    assert refused(pem) == "key-unsupported"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_openssl_opens_our_file_with_the_passphrase_and_not_with_another(
    openssl: str, alg: str, tmp_path: Path
) -> None:
    key = PrivateKey.generate(alg)
    save_key(tmp_path / "key.pem", key, PASSPHRASE)
    opened = run(openssl, "pkcs8", "-in", "key.pem", "-passin", f"pass:{PASSPHRASE}", folder=tmp_path)
    expected = key.handle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert opened.stdout == expected
    assert run(openssl, "pkcs8", "-in", "key.pem", "-passin", "pass:other", folder=tmp_path).returncode != 0


@pytest.mark.parametrize("kdf", [("-v2prf", "hmacWithSHA256", "-iter", "600000"), ("-scrypt",)])
def test_we_open_what_openssl_protects(openssl: str, kdf: tuple[str, ...], tmp_path: Path) -> None:
    pem = KEY.handle.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "plain.pem").write_bytes(pem)
    passout = f"pass:{PASSPHRASE}"
    arguments = ("pkcs8", "-topk8", "-in", "plain.pem", "-out", "key.pem", "-passout", passout, *kdf)
    assert run(openssl, *arguments, folder=tmp_path).returncode == 0
    assert load_key(tmp_path / "key.pem", PASSPHRASE).public == KEY.public


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)
