"""A time-stamping authority of the tests' own: openssl answers behind it, nobody else is asked.

`Authority.reply` is `openssl ts -reply`, at the machine's time; `Authority.at` signs a stamp of any
time, with any certificate, by `openssl cms`. `serving` puts one behind HTTP on a loopback port.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ledger.stamps import request_for
from tests.support.certificates import Party, Wanted, made, root

NO_OPENSSL = "openssl is not here"
POLICY = "1.2.3.4.1"

SHA256_OID = bytes.fromhex("0609608648016503040201")

_CONFIG = f"""
[tsa]
default_tsa = own
[own]
serial = serial
crypto_device = builtin
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
certs = chain.pem
default_policy = {POLICY}
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """One authority and its files. signer: by default a proper one under a root of its own."""

    def __init__(
        self, folder: Path, signer: Party | None = None, top: Party | None = None, chain: Sequence[Party] = ()
    ) -> None:
        if shutil.which("openssl") is None:
            pytest.skip(NO_OPENSSL)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.top = top or root()
        self.signer = signer or made(Wanted(), chain[0] if chain else self.top)
        self._lock = threading.Lock()
        self.signer.write(folder, "signer")
        (folder / "root.pem").write_bytes(self.top.pem)
        (folder / "chain.pem").write_bytes(b"".join(each.pem for each in chain) or self.top.pem)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG)

    @property
    def roots(self) -> list[bytes]:
        """What a verifier has to trust: PEM."""
        return [self.top.pem]

    def reply(self, query: bytes) -> bytes:
        """TimeStampResp for a TimeStampReq, at the machine's time; a refusal where openssl refuses."""
        with self._lock:
            (self.folder / "query.tsq").write_bytes(query)
            self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "out.tsr")
            return (self.folder / "out.tsr").read_bytes()

    def stamp(self, text: bytes) -> bytes:
        """A response over a text."""
        return self.reply(request_for(text).der)

    def at(self, moment: datetime, text: bytes, **parts: bytes) -> bytes:
        """A response whose genTime is any moment. parts: as of tst_info."""
        return response(self.sign(tst_info(moment, text, **parts)))

    def sign(self, info: bytes, *options: str, plain: bool = False) -> bytes:
        """CMS over the DER of a TSTInfo. options: of `openssl cms`. plain: its certificate is not signed."""
        with self._lock:
            (self.folder / "info.der").write_bytes(info)
            self._openssl(
                *("cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-md", "sha256"),
                *("-econtent_type", "1.2.840.113549.1.9.16.1.4", "-in", "info.der", "-outform", "DER"),
                *("-signer", "signer.pem", "-inkey", "signer.key", "-certfile", "chain.pem"),
                *("-out", "token.der", *options, *(() if plain else ("-cades",))),
            )
            return (self.folder / "token.der").read_bytes()

    def accepted_by_openssl(self, answer: bytes, text: bytes, at: datetime | None = None) -> bool:
        """Does `openssl ts -verify` take it, now or as of another moment?"""
        with self._lock:
            (self.folder / "given.tsr").write_bytes(answer)
            (self.folder / "given.txt").write_bytes(text)
            moment = ("-attime", str(int(at.timestamp()))) if at else ()
            given = ("-in", "given.tsr", "-data", "given.txt", "-CAfile", "root.pem", *moment)
            return self._run("ts", "-verify", *given).returncode == 0

    def _openssl(self, *arguments: str) -> None:
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr.decode()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=False)


def der(tag: int, *parts: bytes) -> bytes:
    """One DER element, up to 65,535 bytes of content."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes(1 if length < 0x100 else 2)
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def der_integer(number: int) -> bytes:
    """INTEGER, not negative."""
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1))


def tst_info(
    moment: datetime,
    text: bytes,
    *,
    version: bytes = b"\x01",
    policy: bytes = bytes.fromhex("06042a030401"),
    algorithm: bytes = SHA256_OID,
    imprint: bytes = b"",
    nonce: bytes = b"",
    fraction: bytes = b"",
) -> bytes:
    """DER of a TSTInfo. policy, algorithm and nonce: whole elements. imprint: by default of the text.

    Source: RFC 3161 §2.4.2.
    """
    return der(
        0x30,
        der(0x02, version),
        policy,
        der(0x30, der(0x30, algorithm), der(0x04, imprint or sha256(text).digest())),
        der_integer(7),
        der(0x18, moment.strftime("%Y%m%d%H%M%S").encode() + fraction + b"Z"),
        nonce,
    )


def response(token: bytes, status: int = 0) -> bytes:
    """TimeStampResp. token: DER ContentInfo, may be empty. Source: RFC 3161 §2.4.2."""
    return der(0x30, der(0x30, der_integer(status)), token)


@contextmanager
def serving(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """An address on a loopback port that gives answer(query) to each POST; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            asked = self.headers["Content-Type"] == "application/timestamp-query"
            body = answer(query) if asked else b""
            self.send_response(200 if asked else 415)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base names it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
