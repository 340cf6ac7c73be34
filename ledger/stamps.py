"""Time stamps: an authority outside states that a text existed at a time.

The library reads the response, and checks the CMS signature and the chain of certificates, at
genTime and for time stamping. What it leaves open is checked here and in ledger/stamp_certificate.py.
Source: RFC 3161 §2.4; RFC 5816 (ESSCertIDv2).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.tsp import Accuracy, PKIStatus

from ledger.der import Element, read_element
from ledger.errors import VerificationError
from ledger.stamp_certificate import check_signer, names_above
from ledger.stamp_signature import check_own_signature

# An entry of the log has to hold the response in base64, and the checkpoint beside it.
RESPONSE_BYTES_MAX = 24_576

SHA256 = "sha256"

# Places, from the outside: TimeStampResp, timeStampToken (ContentInfo), content, SignedData. In it
# the certificates have the tag [0].
_WAY_TO_CERTIFICATES = (1, 1, 0)
_CERTIFICATES = 0xA0

_HASHES = {
    "2.16.840.1.101.3.4.2.1": SHA256,
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}

_VERIFY_ERROR = re.compile('"Verify error: ([^"]+)"')
_REASON = re.compile('reason: "([^"]+)"')


class StampError(VerificationError):
    """A time stamp is malformed, not granted, or not what it should be."""


class UnknownAuthority(StampError):
    """A stamp by somebody of whom no trusted certificate says anything: it proves nothing, and is no lie."""


@dataclass(frozen=True, slots=True)
class StampRequest:
    """What an authority is asked: der is a TimeStampReq, nonce what the answer has to repeat."""

    der: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority stated.

    gen_time: UTC; a fraction of its second is cut off. accuracy: how far it may be off, 0 where
    the authority does not say. imprint: the hash of the text, by hash_algorithm: "sha256", "sha384"
    or "sha512". policy: the authority's own, as dotted numbers. serial: unique at the authority.
    """

    gen_time: datetime
    imprint: bytes
    hash_algorithm: str
    policy: str
    serial: int
    nonce: int | None
    accuracy: timedelta = timedelta()

    @property
    def earliest(self) -> datetime:
        """The stamp was made no sooner."""
        try:
            return self.gen_time - self.accuracy
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)

    @property
    def latest(self) -> datetime:
        """The stamp was made before this, so the text is no younger. Exclusive."""
        try:
            return self.gen_time + timedelta(seconds=1) + self.accuracy
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    def is_over(self, text: bytes) -> bool:
        """Is it the text that was stamped?"""
        return hashlib.new(self.hash_algorithm, text).digest() == self.imprint


def request_for(text: bytes) -> StampRequest:
    """Ask for a stamp over a text (not empty): its SHA-256, a new nonce, the certificates with it."""
    builder = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    assert request.nonce is not None
    return StampRequest(request.as_bytes(), request.nonce)


def read_stamp(response: bytes) -> Stamp:
    """What a response states. Nothing is verified: anybody can write one.

    response: DER TimeStampResp. Raises StampError unless it is well formed and granted.
    """
    return _stamp(_parsed(response))


def check_stamp(response: bytes, text: bytes, roots: Sequence[bytes]) -> Stamp:
    """Check that an authority under one of the roots stamped this text.

    roots: PEM certificates. What was valid at genTime is good for ever: a certificate that
    has expired since is no fault. Raises UnknownAuthority for a stamp that holds by its own
    certificate, whose issuers none of the roots is named as; StampError for what does not hold.
    """
    parsed = _parsed(response)
    stamp = _stamp(parsed)
    if not stamp.is_over(text):
        raise StampError("the time stamp is over another text")
    signer, trusted = check_signer(parsed), _certificates(roots)
    above = names_above(parsed, signer, trusted)
    if not any(each.subject in above for each in trusted):
        check_own_signature(parsed.time_stamp_token(), signer)
        raise UnknownAuthority("the time stamp is by no trusted authority")
    _check_chain(parsed, text, trusted)
    return stamp


def _parsed(response: bytes) -> TimeStampResponse:
    if len(response) > RESPONSE_BYTES_MAX:
        raise StampError(f"the time stamp has more than {RESPONSE_BYTES_MAX} bytes")
    try:
        parsed = decode_timestamp_response(_in_order(response))
        granted = parsed.status == PKIStatus.GRANTED
    except Exception as error:
        raise StampError(f"the time stamp is malformed: {error}") from error
    if not granted:
        raise StampError(f"the authority did not grant the time stamp: status {parsed.status}")
    return parsed


def _in_order(response: bytes) -> bytes:
    """The response with its certificates sorted, as DER has a set, for the library takes no other.

    openssl writes them in the order of its configuration. No signature covers that order.
    """
    return _sorted(read_element(response), _WAY_TO_CERTIFICATES).der


def _sorted(element: Element, way: tuple[int, ...]) -> Element:
    """The same, with the certificates sorted that are found this way, if they are. way: places."""
    parts = element.parts()
    if not way:
        certificates = [part for part in parts if part.tag == _CERTIFICATES]
        ordered = {part: part.holding(sorted(part.parts(), key=_der)) for part in certificates}
        return element.holding([ordered.get(part, part) for part in parts])
    if way[0] < len(parts):
        parts[way[0]] = _sorted(parts[way[0]], way[1:])
    return element.holding(parts)


def _der(element: Element) -> bytes:
    return element.der


def _stamp(parsed: TimeStampResponse) -> Stamp:
    try:
        info = parsed.tst_info
        imprint, algorithm = info.message_imprint, info.message_imprint.hash_algorithm.dotted_string
        accuracy = _duration(info.accuracy)
        gen_time, serial, nonce = info.gen_time.astimezone(UTC), info.serial_number, info.nonce
        # The library's annotations do not say so, but a policy that is missing is None.
        policy = getattr(info.policy, "dotted_string", "")
    except Exception as error:
        raise StampError(f"the time stamp is malformed: {error}") from error
    if info.version != 1 or not policy:
        raise StampError("the time stamp is not of version 1, with a policy")
    if algorithm not in _HASHES:
        raise StampError(f"the time stamp is by the hash {algorithm}, not by SHA-256, 384 or 512")
    name = _HASHES[algorithm]
    if len(imprint.message) != hashlib.new(name).digest_size:
        raise StampError(f"the time stamp's imprint is no {name}")
    return Stamp(gen_time, imprint.message, name, policy, serial, nonce, accuracy)


def _duration(accuracy: Accuracy | None) -> timedelta:
    """Each part may be missing, and so may the whole."""
    if accuracy is None:
        return timedelta()
    parts = {"seconds": accuracy.seconds, "milliseconds": accuracy.millis, "microseconds": accuracy.micros}
    return timedelta(**{unit: number or 0 for unit, number in parts.items()})


def _certificates(roots: Sequence[bytes]) -> list[x509.Certificate]:
    try:
        found = [each for pem in roots for each in x509.load_pem_x509_certificates(pem)]
    except Exception as error:
        raise StampError(f"a certificate to trust cannot be read: {error}") from error
    if not found:
        raise StampError("no time-stamping authority is trusted")
    return found


def _check_chain(parsed: TimeStampResponse, text: bytes, trusted: list[x509.Certificate]) -> None:
    """The CMS signature, and that its certificate leads to a root, all valid at genTime."""
    between = [each for each in trusted if each.issuer != each.subject]
    said = "there is no root among the certificates to trust"
    for root in trusted:
        if root in between:
            continue
        # One at a time: of two roots with one name openssl would look at either.
        verifier = VerifierBuilder(roots=[root], intermediates=between).build()
        try:
            verifier.verify_message(parsed, text)
        except Exception as error:  # noqa: BLE001 - as below
            said = _reason(error)
        else:
            return
    raise StampError(f"the time stamp does not hold by a trusted authority: {said}")


def _reason(error: Exception) -> str:
    """What openssl says last among the places in its source that it names."""
    found = _VERIFY_ERROR.findall(str(error)) or _REASON.findall(str(error))
    return found[-1] if found else str(error)
