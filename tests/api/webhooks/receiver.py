"""A receiver of webhooks: a real https server on the loopback, with a certificate of a test's own authority.

What it answers is raw bytes, so that it can answer as badly as a test wants.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from api.webhooks.address import Reach
from tests.support.certificates import FAR_OFF, LONG_AGO, Party, root

NAME = "portal.example"
LOOPBACK = "127.0.0.1"
READ_SECONDS = 20.0


@dataclass(frozen=True)
class Request:
    """What came: the first line, headers with small names, and the body as it was."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Answer = Callable[[socket.socket], None]


def status(code: int, body: str = "", **headers: str) -> Answer:
    """An ordinary answer."""
    lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    raw = "\r\n".join([*lines, "", body]).encode()
    return lambda line: line.sendall(raw)


def raw(content: bytes) -> Answer:
    return lambda line: line.sendall(content)


OK = status(204)


@cache
def authority() -> Party:
    return root("Test webhooks")


@cache
def certified(name: str, issuer: Party | None = None) -> Party:
    """A server's certificate for a name."""
    by, key = issuer or authority(), ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)
        .not_valid_after(FAR_OFF)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
    )
    return Party(builder.sign(by.key, SHA256()), key)


def trusting() -> ssl.SSLContext:
    """A client that believes the tests' authority alone."""
    context = ssl.create_default_context(cadata=authority().pem.decode())
    # The tests' certificates lack what the standard asks of an authority's: key identifiers.
    if hasattr(ssl, "VERIFY_X509_STRICT"):
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def loopback_reach() -> Reach:
    """Every name leads here, and here may be connected to."""
    return Reach(lambda host, port: [LOOPBACK], lambda address: address == LOOPBACK, trusting)


class Receiver:
    """answers: what it says to one request after the other; then OK, or `always`. requests: what came."""

    def __init__(self, folder: Path, party: Party | None = None) -> None:
        self.answers: list[Answer] = []
        self.always: Answer = OK
        self.requests: list[Request] = []
        self.connections = 0
        self._lock = threading.Lock()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (party or certified(NAME)).write(folder, "receiver")
        self._tls.load_cert_chain(folder / "receiver.pem", folder / "receiver.key")
        self._listening = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/hook?key=1"

    @property
    def ids(self) -> list[str]:
        return [request.id for request in self.requests]

    def close(self) -> None:
        self._listening.close()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(READ_SECONDS)
        with suppress(OSError), plain, self._tls.wrap_socket(plain, server_side=True) as line:
            request = _read(line)
            with self._lock:
                self.requests.append(request)
                answer = self.answers.pop(0) if self.answers else self.always
            answer(line)


def _read(line: socket.socket) -> Request:
    received = b""
    while b"\r\n\r\n" not in received:
        received += line.recv(65536) or _broken()
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest)}
    while len(body) < int(headers["content-length"]):
        body += line.recv(65536) or _broken()
    return Request(first, headers, body)


def _broken() -> bytes:
    raise ConnectionError("the sender went away")


@contextmanager
def receiving(folder: Path, party: Party | None = None) -> Iterator[Receiver]:
    folder.mkdir(parents=True, exist_ok=True)
    receiver = Receiver(folder, party)
    try:
        yield receiver
    finally:
        receiver.close()
