"""Private keys on disk: PKCS #8, encrypted under a passphrase, readable by OpenSSL and WebCrypto.

`cryptography` writes PBES2 with 2,048 rounds only, so the outer structure (fixed but for the
salt, the nonce, the rounds and the ciphertext) is written here; reading is left to the library.
Sources: RFC 5958 §3 (EncryptedPrivateKeyInfo), RFC 8018 §6.2 and A.2–A.4 (PBES2), RFC 7468 §11.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from ledger.errors import Refusal, StorageError
from ledger.keys import PrivateKey
from ledger.sentence import Sentence

ROUNDS: Final = 600_000  # OWASP's advice for PBKDF2-HMAC-SHA256; about 0.2 s
FILE_SIZE_MAX: Final = 8_192

_BEGIN: Final = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
_END: Final = "-----END ENCRYPTED PRIVATE KEY-----"
_PBES2: Final = bytes.fromhex("06092a864886f70d01050d")  # 1.2.840.113549.1.5.13
_PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")  # 1.2.840.113549.1.5.12
_HMAC_SHA256: Final = bytes.fromhex("300c06082a864886f70d02090500")  # 1.2.840.113549.2.9, NULL
_AES256_CBC: Final = bytes.fromhex("060960864801650304012a")  # 2.16.840.1.101.3.4.1.42
_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30


def save_key(path: Path, key: PrivateKey, passphrase: str) -> None:
    """Write a new key file, mode 0600, durable when this returns.

    Raises Refusal passphrase-empty; StorageError key-file-exists, key-file-unwritable.
    """
    text = encrypt_key(key, passphrase)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _sync_directory(path.parent)
    except FileExistsError:
        raise StorageError(
            Sentence("key-file-exists: {path} is kept as it is", "key-file-exists", path=path)
        ) from None
    except OSError as error:
        raise StorageError(
            Sentence("key-file-unwritable: {path}: {why}", "key-file-unwritable", path=path, why=error)
        ) from None


def load_key(path: Path, passphrase: str) -> PrivateKey:
    """Read a key file of save_key, `openssl pkcs8 -topk8` or the signing page.

    Raises StorageError key-file-unreadable, and what decrypt_key raises.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_SIZE_MAX + 1)
    except OSError as error:
        raise StorageError(
            Sentence("key-file-unreadable: {path}: {why}", "key-file-unreadable", path=path, why=error)
        ) from None
    return decrypt_key(raw.decode("latin-1"), passphrase)


def encrypt_key(key: PrivateKey, passphrase: str) -> str:
    """The PEM text of a key under a passphrase. Raises Refusal passphrase-empty."""
    if not passphrase:
        raise Refusal("passphrase-empty")
    salt, nonce = os.urandom(16), os.urandom(16)
    inner = key.handle.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padder = PKCS7(128).padder()
    encryptor = Cipher(AES256(_derive(passphrase, salt)), CBC(nonce)).encryptor()
    ciphertext = encryptor.update(padder.update(inner) + padder.finalize()) + encryptor.finalize()
    body = b64encode(_sequence(_scheme(salt, nonce), _tlv(_OCTETS, ciphertext))).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def decrypt_key(text: str, passphrase: str) -> PrivateKey:
    """Read an encrypted PKCS #8 PEM.

    Raises Refusal wrong-passphrase, passphrase-empty, key-unsupported;
    StorageError key-file-damaged, key-file-unencrypted.
    """
    der = _pem_body(text)
    if not passphrase:
        raise Refusal("passphrase-empty")
    try:
        handle = load_der_private_key(der, passphrase.encode())
    except UnsupportedAlgorithm:
        raise Refusal("key-unsupported") from None
    except (ValueError, TypeError):
        # The frame is whole (see _pem_body), so a wrong key from a wrong passphrase is what remains.
        raise Refusal("wrong-passphrase") from None
    if not isinstance(handle, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise Refusal("key-unsupported")
    return PrivateKey(handle)


def _pem_body(text: str) -> bytes:
    """The DER bytes, whole by their own length, of the one PEM block in text (RFC 7468 §3)."""
    if "-----BEGIN PRIVATE KEY-----" in text:
        raise StorageError(
            Sentence("key-file-unencrypted: protect the key with a passphrase first", "key-file-unencrypted")
        )
    body = text.strip()
    if not (body.startswith(_BEGIN) and body.endswith(_END)):
        raise StorageError(Sentence("key-file-damaged: no encrypted private key in it", "key-file-no-key"))
    try:
        der = b64decode("".join(body[len(_BEGIN) : -len(_END)].split()), validate=True)
    except ValueError:
        raise StorageError(Sentence("key-file-damaged: not base64", "key-file-no-base64")) from None
    if not _is_whole(der):
        raise StorageError(Sentence("key-file-damaged: cut short or run together", "key-file-cut"))
    return der


def _is_whole(der: bytes) -> bool:
    """Whether der is one PBES2 structure of exactly the length that it names."""
    if len(der) < 4 or der[0] != _SEQUENCE:
        return False
    extra = der[1] - 0x80 if der[1] > 0x80 else 0
    size = int.from_bytes(der[2 : 2 + extra]) if extra else der[1]
    return len(der) == 2 + extra + size and _PBES2 in der[:24]


def _derive(passphrase: str, salt: bytes) -> bytes:
    return PBKDF2HMAC(SHA256(), 32, salt, ROUNDS).derive(passphrase.encode())


def _scheme(salt: bytes, nonce: bytes) -> bytes:
    """AlgorithmIdentifier of PBES2 (RFC 8018 A.4); the key length is the cipher's, as OpenSSL omits it."""
    rounds = _tlv(_INTEGER, ROUNDS.to_bytes(3))
    kdf = _sequence(_PBKDF2, _sequence(_tlv(_OCTETS, salt), rounds, _HMAC_SHA256))
    return _sequence(_PBES2, _sequence(kdf, _sequence(_AES256_CBC, _tlv(_OCTETS, nonce))))


def _sequence(*parts: bytes) -> bytes:
    return _tlv(_SEQUENCE, b"".join(parts))


def _tlv(tag: int, content: bytes) -> bytes:
    """One DER element (X.690 §8.1.3)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def _sync_directory(directory: Path) -> None:
    """Make the new name durable, where directories can be opened (not on Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
