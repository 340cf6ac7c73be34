"""The signature under a time stamp, by the certificate that lies beside it, whoever issued that.

Asked only of an authority that a verifier does not know, so that a stamp that nobody made is told apart from
one by a stranger; of a known one the library judges signature and chain together.
Source: RFC 5652 §5.4 (message digest, signature), RFC 3161 §2.4.2.
"""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from ledger.der import OCTET_STRING, DerError, Element, read_element
from ledger.errors import VerificationError

_SET = 0x31
_EXPLICIT_0 = 0xA0
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")  # 1.2.840.113549.1.9.4
_PSS = bytes.fromhex("2a864886f70d01010a")  # 1.2.840.113549.1.1.10
_HASHES: dict[bytes, tuple[str, type[HashAlgorithm]]] = {
    bytes.fromhex("608648016503040201"): ("sha256", SHA256),  # 2.16.840.1.101.3.4.2.1 and on
    bytes.fromhex("608648016503040202"): ("sha384", SHA384),
    bytes.fromhex("608648016503040203"): ("sha512", SHA512),
}


class SignatureError(VerificationError):
    """The certificate's key did not sign the time stamp."""


def check_own_signature(token: bytes, certificate: x509.Certificate) -> None:
    """token: DER ContentInfo; certificate: the signer's. Raises SignatureError.

    What is signed in a way that is not known here passes: a stranger's stamp is no evidence either way.
    """
    try:
        signed_data = read_element(token).part(1).part(0)
        signer = signed_data.part(-1).part(0)
        _check(signed_data.part(2), signer, certificate)
    except DerError as error:
        raise SignatureError(f"what the authority signed cannot be read: {error}") from error


def _check(content: Element, signer: Element, certificate: x509.Certificate) -> None:
    """content: EncapsulatedContentInfo; signer: SignerInfo."""
    hashing, attributes = signer.part(2).part(0).content, signer.part(3)
    if attributes.tag != _EXPLICIT_0:
        raise SignatureError("the authority signed no attributes")
    if hashing not in _HASHES or signer.part(4).part(0).content == _PSS:
        return
    name, algorithm = _HASHES[hashing]
    stamped = content.part(1).part(0)
    said = [each.part(1).part(0) for each in attributes.parts() if each.part(0).content == _MESSAGE_DIGEST]
    if stamped.tag != OCTET_STRING or [each.content for each in said] != [
        hashlib.new(name, stamped.content).digest()
    ]:
        raise SignatureError("the authority signed another content")
    _verify(certificate, signer.part(5).content, Element(_SET, attributes.content).der, algorithm())


def _verify(certificate: x509.Certificate, signature: bytes, data: bytes, hashing: HashAlgorithm) -> None:
    try:
        key = certificate.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashing))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashing)
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
    except InvalidSignature as error:
        raise SignatureError("the signature under the time stamp does not hold") from error
    except ValueError as error:  # a key that the certificate spells wrongly
        raise SignatureError(f"the signer's key cannot be read: {error}") from error
