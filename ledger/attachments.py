"""Documents beside events that may not be public, told by name and media type.

A container of a signature or certificate (CMS, ASiC, X.509) may carry the signer's national
tax number, so an event may name it only as restricted: its hash is public, its bytes are kept
and never served. What it proves, the national tool says; the ledger does not. A container of
private keys has no place in a ledger at all. Source: security.md, files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from unicodedata import normalize

from ledger.errors import Refusal
from ledger.event import FileRef

NOTE: Final = {
    "uk": "зберігається; перевірте національним засобом",
    "en": "stored, verify with the national tool",
}
_KEY_ENDINGS = (".p12", ".pfx", ".jks")
_KEY_NAMES = frozenset(["key-6.dat"])  # as the tax service's issuer calls them
_KEY_TYPES = frozenset(["application/pkcs12", "application/x-pkcs12", "application/x-java-keystore"])
_ENDINGS = (
    ".p7s", ".p7m", ".p7b", ".p7c", ".asice", ".asics", ".sce", ".scs", ".cer", ".crt", ".der", ".pem",
)  # fmt: skip
_TYPES = frozenset(
    [
        "application/cms", "application/pkcs7-mime", "application/pkcs7-signature",
        "application/pkix-attr-cert", "application/pkix-cert", "application/pkix-pkipath",
        "application/pem-certificate-chain", "application/vnd.etsi.asic-e+zip",
        "application/vnd.etsi.asic-s+zip",
    ]
)  # fmt: skip
_TYPE_FAMILIES = ("application/x-pkcs7-", "application/x-x509-")


def check_files(files: Sequence[FileRef]) -> None:
    """Raises Refusal private-key-file, signature-file-public."""
    for place, file in enumerate(files):
        if holds_private_key(file.name, file.media_type):
            raise Refusal("private-key-file", f"/files/{place}", file.name)
        if file.access != "restricted" and is_container(file.name, file.media_type):
            raise Refusal("signature-file-public", f"/files/{place}/access", file.access, name=file.name)


def holds_private_key(name: str, media_type: str) -> bool:
    """Does a file's name or type say that it holds a private key?"""
    plain = _plain(name)
    return plain in _KEY_NAMES or plain.endswith(_KEY_ENDINGS) or media_type.lower() in _KEY_TYPES


def is_container(name: str, media_type: str) -> bool:
    """Does a file's name or type say that it is a signature's or a certificate's container?"""
    kind = media_type.lower()
    return _plain(name).endswith(_ENDINGS) or kind in _TYPES or kind.startswith(_TYPE_FAMILIES)


def note_on(name: str, media_type: str) -> dict[str, str] | None:
    """What every list of files says beside a container; None for other files."""
    return dict(NOTE) if is_container(name, media_type) else None


def _plain(name: str) -> str:
    """The name as a file system that folds case, or drops a dot at the end, would take it."""
    return normalize("NFKC", name).casefold().rstrip(". ")
