"""X.509 certificates for a test's own authorities: a root, what is below it, and every defect asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LONG_AGO, FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)
STAMPING: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,)


@dataclass(frozen=True)
class Wanted:
    """What a certificate says. purposes: None for no extended key usage at all."""

    name: str = "Test stamps"
    since: datetime = LONG_AGO
    until: datetime = FAR_OFF
    authority: bool = False
    path_length: int | None = None
    purposes: Sequence[x509.ObjectIdentifier] | None = STAMPING
    critical: bool = True
    signs: bool = True
    enciphers: bool = False
    serial: int = field(default_factory=x509.random_serial_number)


@dataclass(frozen=True)
class Party:
    """A certificate and the key that it is about."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def write(self, folder: Path, name: str) -> None:
        """name.pem and name.key."""
        (folder / f"{name}.pem").write_bytes(self.pem)
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.key").write_bytes(key)


def made(wanted: Wanted, issuer: Party | None = None, key: ec.EllipticCurvePrivateKey | None = None) -> Party:
    """A certificate by the issuer, or by itself; of a new key, if none is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted.name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(wanted.serial)
        .not_valid_before(wanted.since)
        .not_valid_after(wanted.until)
        .add_extension(x509.BasicConstraints(wanted.authority, wanted.path_length), critical=True)
        .add_extension(_usage(wanted), critical=True)
    )
    if wanted.purposes is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(wanted.purposes), critical=wanted.critical)
    return Party(builder.sign(issuer.key if issuer else key, SHA256()), key)


def root(name: str = "Test root", since: datetime = LONG_AGO, until: datetime = FAR_OFF) -> Party:
    return made(Wanted(name, since, until, authority=True, purposes=None))


def between(issuer: Party, *, name: str = "Test between", until: datetime = FAR_OFF) -> Party:
    """An authority under a root, which may issue certificates too."""
    return made(Wanted(name, until=until, authority=True, path_length=0, purposes=None), issuer)


def _usage(wanted: Wanted) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=wanted.signs and not wanted.authority,
        content_commitment=False,
        key_encipherment=wanted.enciphers,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=wanted.authority,
        crl_sign=wanted.authority,
        encipher_only=False,
        decipher_only=False,
    )
