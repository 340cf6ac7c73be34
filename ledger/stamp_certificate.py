"""The certificate that signed a time stamp: whether it may, and whether it is the one that is meant.

The library looks for a certificate by the signer's issuer and number, and does not ask whether the
authority signed which certificate is its own (ESSCertID). So one that was put beside it, or in its
place, is refused here. Its purpose is judged by openssl as well; here the refusal has words.
Source: RFC 3161 §2.3, §2.4.2; RFC 5035 §3, §5.4; RFC 5652 §5.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import TimeStampResponse

from ledger.der import OCTET_STRING, SEQUENCE, DerError, Element, read_element
from ledger.errors import VerificationError

# DER contents of object identifiers.
_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910020c")  # 1.2.840.113549.1.9.16.2.12
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")  # 1.2.840.113549.1.9.16.2.47
_HASHES = {
    bytes.fromhex("608648016503040201"): "sha256",  # 2.16.840.1.101.3.4.2.1 and on
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}

_EXPLICIT_0 = 0xA0


class SignerError(VerificationError):
    """The certificate under a time stamp is not fit for it."""


def check_signer(parsed: TimeStampResponse) -> x509.Certificate:
    """The signer's certificate, which is fit for it, and to which the signature commits.

    Whether it leads to a root is not judged here. Raises SignerError.
    """
    certificate = _signer(parsed)
    _check_purpose(certificate)
    try:
        _check_identifier(_signed_attributes(parsed.time_stamp_token()), certificate)
    except DerError as error:
        raise SignerError(f"what the authority signed cannot be read: {error}") from error
    return certificate


def names_above(
    parsed: TimeStampResponse, signer: x509.Certificate, more: Iterable[x509.Certificate]
) -> set[x509.Name]:
    """Whom the signer's certificate claims above itself, and its own name.

    From issuer to issuer, as far as the certificates in the response and the further ones lead. Nothing of
    it is verified. Raises SignerError.
    """
    try:
        beside = [x509.load_der_x509_certificate(der) for der in parsed.signed_data.certificates]
        pairs = [(each.subject, each.issuer) for each in (*beside, *more)]
        found, waiting = {signer.subject}, [signer.issuer]
    except Exception as error:
        raise SignerError(f"a certificate in the time stamp cannot be read: {error}") from error
    issuers: dict[x509.Name, set[x509.Name]] = {}
    for subject, issuer in pairs:
        issuers.setdefault(subject, set()).add(issuer)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += issuers.get(name, ())
    return found


def _signer(parsed: TimeStampResponse) -> x509.Certificate:
    """The one certificate in the response that the signer's issuer and number name."""
    try:
        signers = list(parsed.signed_data.signer_infos)
        certificates = [x509.load_der_x509_certificate(der) for der in parsed.signed_data.certificates]
        named = [
            each
            for each in certificates
            for signer in signers
            if (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number)
        ]
    except Exception as error:
        raise SignerError(f"a certificate in the time stamp cannot be read: {error}") from error
    if len(signers) != 1 or len(named) != 1:
        raise SignerError("the time stamp is not by one signer with one certificate")
    return named[0]


def _check_purpose(certificate: x509.Certificate) -> None:
    """Time stamping is its only purpose, and said to be critical."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except Exception as error:
        raise SignerError("the certificate names no purpose") from error
    if not purposes.critical:
        raise SignerError("the certificate's purpose is not critical")
    if list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise SignerError("the certificate's purpose is not time stamping alone")


def _signed_attributes(token: bytes) -> list[tuple[bytes, list[Element]]]:
    """(type, values) of each attribute that the signature covers. token: DER ContentInfo."""
    signed_data = read_element(token).part(1).part(0)
    attributes = signed_data.part(-1).part(0).part(3)
    if attributes.tag != _EXPLICIT_0:
        raise DerError("no attributes are signed")
    return [(each.part(0).content, each.part(1).parts()) for each in attributes.parts()]


def _check_identifier(attributes: list[tuple[bytes, list[Element]]], certificate: x509.Certificate) -> None:
    """The signed attributes hold this certificate's hash, and if in both ways then in both."""
    found = [
        (kind, values)
        for kind, values in attributes
        if kind in {_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2}
    ]
    if not found or len({kind for kind, _ in found}) != len(found):
        raise SignerError("the authority did not sign which certificate is its own")
    for kind, values in found:
        if len(values) != 1:
            raise SignerError("the authority signed more than one choice of certificates")
        # SigningCertificate ::= SEQUENCE { certs SEQUENCE OF ESSCertID, … }: the signer's comes first.
        first = values[0].part(0).part(0)
        if _stated(kind, first) != _expected(kind, first, certificate):
            raise SignerError("the authority signed that its certificate is another one")


def _stated(kind: bytes, identifier: Element) -> bytes:
    """certHash of an ESSCertID, or of an ESSCertIDv2, where an algorithm may stand before it."""
    place = 1 if kind == _SIGNING_CERTIFICATE_V2 and identifier.part(0).tag == SEQUENCE else 0
    found = identifier.part(place)
    if found.tag != OCTET_STRING:
        raise DerError("a certificate identifier has no hash")
    return found.content


def _expected(kind: bytes, identifier: Element, certificate: x509.Certificate) -> bytes:
    der = certificate.public_bytes(Encoding.DER)
    if kind == _SIGNING_CERTIFICATE:
        # SHA-1 is what ESSCertID has. It only picks among certificates, and there is one.
        return hashlib.sha1(der, usedforsecurity=False).digest()
    if identifier.part(0).tag != SEQUENCE:
        return hashlib.new("sha256", der).digest()
    algorithm = identifier.part(0).part(0).content
    if algorithm not in _HASHES:
        raise SignerError("the certificate's hash is not by SHA-256, 384 or 512")
    return hashlib.new(_HASHES[algorithm], der).digest()
