"""An invented time-stamping authority on loopback: `openssl ts -reply` behind HTTP. For training alone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.bodies import read_body
from ledger.clock import Clock

NAME: Final = "Demo TSA – invented"
ROOT_NAME: Final = "Demo TSA root – invented"
VALID: Final = timedelta(days=3650)
QUERY_BYTES_MAX: Final = 4096
OPENSSL_SECONDS_MAX: Final = 10
_CONFIG: Final = """\
[tsa]
default_tsa = own
[own]
serial = serial
crypto_device = builtin
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
certs = root.pem
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class DemoAuthority:
    """Its folder holds a root, a certificate below it, and their use. Made when it is first asked for."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self.root = folder / "root.pem"
        if not self.root.exists():
            _make(folder, clock)

    @staticmethod
    def is_possible() -> bool:
        """Is openssl on this machine?"""
        return shutil.which("openssl") is not None

    def config(self) -> uvicorn.Config:
        """POST /: TimeStampReq to TimeStampResp (RFC 3161 §3.4), on a free port of loopback."""
        routes = [Route("/", self._answer, methods=["POST"]), Route("/healthz", _healthy)]
        app = Starlette(routes=routes)
        return uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_level="warning", ws="none")

    async def _answer(self, request: Request) -> Response:
        query = await read_body(request, size_max=QUERY_BYTES_MAX, seconds=OPENSSL_SECONDS_MAX)
        return await run_in_threadpool(self._reply, query)

    def _reply(self, query: bytes) -> Response:
        """What openssl says: one answer after another, for the serial number is in a file."""
        with self._lock, tempfile.TemporaryDirectory() as place:
            asked, said = Path(place) / "query.tsq", Path(place) / "response.tsr"
            asked.write_bytes(query)
            command = ["openssl", "ts", "-reply", "-config", "tsa.cnf"]
            done = subprocess.run(  # noqa: S603 -- fixed words, and paths of our own
                [*command, "-queryfile", str(asked), "-out", str(said)],
                cwd=self._folder,
                check=False,
                capture_output=True,
                timeout=OPENSSL_SECONDS_MAX,
            )
            if done.returncode:
                return Response(done.stderr, 503, media_type="text/plain")
            return Response(said.read_bytes(), media_type="application/timestamp-reply")


async def _healthy(_: Request) -> Response:
    return Response("ok\n")


def _make(folder: Path, clock: Clock) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    top, signer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issued = _certificate(NAME, signer, ROOT_NAME, top, clock)
    (folder / "signer.pem").write_bytes(issued.public_bytes(Encoding.PEM))
    pem = signer.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "signer.key").write_bytes(pem)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIG)
    # Last: a folder that has it is whole. The root's key is kept by nobody.
    itself = _certificate(ROOT_NAME, top, ROOT_NAME, top, clock)
    (folder / "root.pem").write_bytes(itself.public_bytes(Encoding.PEM))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuing: ec.EllipticCurvePrivateKey,
    clock: Clock,
) -> x509.Certificate:
    """Of a root if it is its own issuer, else of a signer of time stamps. Source: RFC 3161 §2.3."""
    is_root, now = name == issuer, clock.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(_usage(is_root), critical=True)
    )
    if not is_root:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return builder.sign(issuing, SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
