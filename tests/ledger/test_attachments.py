"""Documents that may not be public: told by name and by type, however they are spelled."""

from __future__ import annotations

import pytest

from ledger.attachments import NOTE, check_files, holds_private_key, is_container, note_on
from ledger.errors import Refusal
from ledger.event import FileRef

PDF = "application/pdf"
OCTETS = "application/octet-stream"


def file(name: str, media_type: str = OCTETS, access: str = "public") -> FileRef:
    return FileRef.model_validate(
        {"name": name, "media_type": media_type, "size": 1, "sha256": "00" * 32, "access": access}
    )


def code(*files: FileRef) -> str | None:
    try:
        check_files(files)
    except Refusal as refusal:
        return refusal.code
    return None


CONTAINERS = [
    ("рішення.pdf.p7s", PDF),
    ("РІШЕННЯ.P7S", PDF),
    ("sign.p7m", OCTETS),
    ("package.asice", OCTETS),
    ("package.asics", OCTETS),
    ("seal.cer", OCTETS),
    ("seal.crt", OCTETS),
    ("seal.der", OCTETS),
    ("seal.pem", OCTETS),
    ("seal.p7b", OCTETS),
    ("sign.p7s.", OCTETS),  # a dot at the end, which some file systems drop
    ("sign.p7s ", OCTETS),
    ("sign\uff0ep7s", OCTETS),  # a full-width dot
    ("sign", "application/pkcs7-signature"),
    ("sign", "application/pkcs7-mime"),
    ("sign", "application/x-pkcs7-signature"),
    ("sign", "application/x-pkcs7-certificates"),
    ("sign", "application/pkix-cert"),
    ("sign", "application/x-x509-ca-cert"),
    ("sign", "application/x-x509-user-cert"),
    ("sign", "application/vnd.etsi.asic-e+zip"),
    ("sign", "application/cms"),
]


@pytest.mark.parametrize(("name", "media_type"), CONTAINERS)
def test_a_container_of_a_signature_is_restricted_or_refused(name: str, media_type: str) -> None:
    assert code(file(name, media_type)) == "signature-file-public"
    assert code(file(name, media_type, "restricted")) is None
    assert is_container(name, media_type)
    assert note_on(name, media_type) == NOTE


KEYS = [
    ("key.p12", OCTETS), ("Key.PFX", OCTETS), ("store.jks", OCTETS), ("key-6.dat", OCTETS),
    ("KEY-6.DAT", OCTETS), ("key-6.dat.", OCTETS), ("k", "application/x-pkcs12"), ("k", "application/pkcs12"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "media_type"), KEYS)
@pytest.mark.parametrize("access", ["public", "restricted"])
def test_a_private_key_is_refused_whatever_its_access(name: str, media_type: str, access: str) -> None:
    assert code(file(name, media_type, access)) == "private-key-file"
    assert holds_private_key(name, media_type)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("рішення.pdf", PDF), ("p7s", OCTETS), ("p7s.txt", "text/plain"), ("my-key-6.dat", OCTETS),
        ("дані.dat", OCTETS), ("certificate.docx", OCTETS), ("x", "application/x-pkcs7"),
    ],
)  # fmt: skip
def test_other_documents_are_as_public_as_the_event_says(name: str, media_type: str) -> None:
    assert code(file(name, media_type)) is None
    assert note_on(name, media_type) is None


def test_the_first_file_that_will_not_do_is_pointed_at() -> None:
    with pytest.raises(Refusal) as refused:
        check_files([file("a.pdf"), file("a.p7s"), file("a.p12")])
    assert (refused.value.pointer, refused.value.got) == ("/files/1/access", "public")
    with pytest.raises(Refusal) as refused:
        check_files([file("a.pdf"), file("a.p12")])
    assert (refused.value.pointer, refused.value.got) == ("/files/1", "a.p12")
