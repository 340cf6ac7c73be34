"""Pledger's HTTP API as functions: one method per route, answers as the API gives them.

LedgerError
├── Unreachable     no answer, or none that the API would give
│   └── AnswerLost  the connection broke after the request was sent
└── ServerProblem   a problem document (RFC 9457): refused, needs acknowledgement, not there
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from types import TracebackType
from typing import IO, Any, Final, Self
from urllib.parse import quote

import httpx

from api.texts.reasons import transport_words
from ledger.envelope import EnvelopeJSON
from ledger.errors import LedgerError, VerificationError
from ledger.keys import PublicKey
from ledger.merkle import ConsistencyProofError
from ledger.note import decode_base64
from ledger.receipt import Receipt, read_receipt
from ledger.sentence import Sentence
from ledger.tlog.reading import Absent
from ledger.tlog.tiles import FILE_BYTES_MAX

JOSE: Final = "application/jose+json"
TIMEOUT_SECONDS: Final = 30.0
ZIP: Final = "application/zip"
BUNDLE_SECONDS: Final = 600.0
PAGES_MAX: Final = 1000
NOT_NOW: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)

Members = dict[str, Any]
Parameters = Mapping[str, str | int | None]
Told = Callable[[int, int], None]
TABLE_TYPES: Final = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
_TABLE_NAME = re.compile(r'filename="([A-Za-z0-9_][A-Za-z0-9._-]{0,199}[.](?:jsonl|csv|parquet))"')
_ZIP_NAME = re.compile(r'filename="([A-Za-z0-9_][A-Za-z0-9._-]{0,199}[.]zip)"')  # no folder, nothing hidden


class Unreachable(LedgerError):
    """The server did not answer, or not as Pledger answers."""


class AnswerLost(Unreachable):
    """The connection broke after the request was sent: what came of it is unknown."""


class ServerProblem(LedgerError):
    """The server's problem document. status: HTTP; code: the last part of its type."""

    def __init__(self, status: int, members: Members) -> None:
        self.status = status
        self.members = members
        self.code = str(members.get("type", "")).rpartition(":")[2]
        super().__init__(f"{status} {self.code}: {members.get('title', '')}")

    @property
    def errors(self) -> list[Members]:
        """What was wrong where: pointer, got."""
        return _mappings(self.members.get("errors"))

    @property
    def discrepancies(self) -> list[Members]:
        """What asks for an acknowledgement: code, pointer, and what each kind of it tells."""
        return _mappings(self.members.get("discrepancies"))

    def message(self, language: str) -> str:
        """The problem in a language, or its title."""
        messages = self.members.get("message")
        said = messages.get(language) if isinstance(messages, dict) else None
        return str(said or self.members.get("title") or self.code)


@dataclass(frozen=True, slots=True)
class Exported:
    """name: of the file, as the server gives it; position, as_of: what the table is of."""

    name: str
    position: int
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """text: the body as it came; members: what it says.

    witnessed: entries that witnesses vouch for, by the server's word; None where it says nothing of it.
    """

    text: str
    members: Members
    witnessed: int | None = None


@cache
def _tls(trust_env: bool) -> ssl.SSLContext:
    """Made once: reading the authorities' certificates takes longer than most questions."""
    return httpx.create_ssl_context(trust_env=trust_env)


class Client:
    """A connection to one server. Raises Unreachable and ServerProblem; use it in a `with`."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise Unreachable(Sentence("{url} is no address", "no-address", url=url)) from error
        if parts.scheme not in ("http", "https") or not parts.host:
            raise Unreachable(Sentence("{url} is no http or https address", "no-http-address", url=url))
        self.url = url.rstrip("/")
        # A proxy of the environment must not be asked for this machine.
        local = parts.host in ("localhost", "127.0.0.1", "::1")
        self._http = httpx.Client(
            base_url=self.url,
            timeout=TIMEOUT_SECONDS,
            verify=_tls(not local),
            trust_env=not local,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # -- reading ------------------------------------------------------------------

    def get(self, path: str, parameters: Parameters | None = None) -> Answer:
        """Any route by its path; parameters that are None are left out."""
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        # An empty mapping would make httpx drop the query that is in the path.
        return self._ask("GET", path, params=given or None)

    def items(self, path: str, parameters: Parameters | None = None) -> Iterator[Members]:
        """The items of all pages of a list."""
        for answer in self.pages(path, parameters):
            yield from _mappings(answer.members.get("items"))

    def pages(self, path: str, parameters: Parameters | None = None) -> Iterator[Answer]:
        """All pages of a list, following each page's `next` on this server."""
        answer = self.get(path, parameters)
        for _ in range(PAGES_MAX):
            yield answer
            following = answer.members.get("next")
            if following is None:
                return
            if not isinstance(following, str) or not following.startswith("/v1/"):
                raise Unreachable(
                    Sentence(
                        "{url} names {following!r} as the next page",
                        "no-next-page",
                        url=self.url,
                        following=following,
                    )
                )
            answer = self.get(following)

    def ledger(self) -> Members:
        """GET /v1: what the server says of itself."""
        return self.get("/v1").members

    def programme(self, programme: str, part: str = "", parameters: Parameters | None = None) -> Answer:
        """part: "" for the state, or budget, indicators, history, diff, blame."""
        return self.get(f"/v1/programmes/{segment(programme)}{'/' if part else ''}{part}", parameters)

    def checkpoint(self) -> str:
        """GET /v1/checkpoint: the newest signed note, as it came."""
        response = self._send("GET", "/v1/checkpoint")
        if not response.is_success:
            self._read(response)
        return response.text

    def consistency(self, old_size: int, new_size: int) -> list[bytes]:
        """GET /v1/proofs/consistency: the hashes alone (RFC 6962 §2.1.2), for the caller to check.

        Raises ConsistencyProofError if the server says that it has none, or gives something else.
        """
        try:
            members = self.get("/v1/proofs/consistency", {"from": old_size, "to": new_size}).members
        except ServerProblem as problem:
            if problem.status in NOT_NOW or problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            raise ConsistencyProofError(f"the server has no proof: {problem}") from problem
        try:
            return [decode_base64(str(one)) for one in members["proof"]]
        except (KeyError, TypeError, VerificationError) as error:
            raise ConsistencyProofError("the server gives something else than a proof") from error

    def log_file(self, path: str) -> bytes:
        """GET /log/…: one file of the log (C2SP tlog-tiles), as it came. path: below /log/. Raises Absent."""
        try:
            with self._http.stream("GET", f"/log/{path}") as response:
                if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                    raise Absent(
                        Sentence("{url} has no /log/{name}", "server-lacks", url=self.url, name=path)
                    )
                if not response.is_success:
                    raise Unreachable(
                        Sentence(
                            "{url} answered {status}",
                            "server-status",
                            url=response.url,
                            status=response.status_code,
                        )
                    )
                return self._limited(response)
        except httpx.RequestError as error:
            raise Unreachable(
                Sentence(
                    "{url} broke off: {why}", "server-broke-off", url=self.url, why=transport_words(error)
                )
            ) from error

    def _limited(self, response: httpx.Response) -> bytes:
        """The body, as long as it can be a file of a log: a server may send without end."""
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > FILE_BYTES_MAX:
                raise Unreachable(
                    Sentence(
                        "{url} is larger than any file of a log", "server-file-too-large", url=response.url
                    )
                )
        return bytes(body)

    def bundle(self, path: str, parameters: Parameters, target: IO[bytes], told: Told) -> str:
        """GET …/bundle: a bundle into an open file, as it came; the name that the server gives it, or "".

        told(done, of): bytes that came, and of how many, 0 if that is not known.
        """
        no_bundle = Sentence("{url} is no bundle", "server-no-bundle", url=self.url + path)
        headers = self._download(path, parameters, target, told, ZIP, no_bundle)
        found = _ZIP_NAME.search(headers.get("content-disposition", ""))
        return found[1] if found is not None else ""

    def export(
        self, table: str, form: str, parameters: Parameters, target: IO[bytes], told: Told
    ) -> Exported:
        """GET /v1/exports/…: a whole table into an open file; one that breaks off raises Unreachable."""
        path = f"/v1/exports/{segment(table)}"
        no_table = Sentence("{url} gives no table", "server-no-table", url=self.url + path)
        given = {**parameters, "format": form}
        headers = self._download(path, given, target, told, TABLE_TYPES[form], no_table)
        found = _TABLE_NAME.search(headers.get("content-disposition", ""))
        position = _count(headers.get("Pledger-Position"))
        if found is None or position is None:
            raise Unreachable(no_table)
        return Exported(found[1], position, headers.get("Pledger-As-Of"))

    def open_data(self, name: str, target: IO[bytes]) -> None:
        """GET /opendata/files/…: a file of a release into an open file, as it came."""
        path = f"/opendata/files/{segment(name)}"
        no_table = Sentence("{url} gives no table", "server-no-table", url=self.url + path)
        media_type = "text/csv" if name.endswith(".csv") else "application/json"
        self._download(path, {}, target, lambda done, size: None, media_type, no_table)

    def _download(
        self,
        path: str,
        parameters: Parameters,
        target: IO[bytes],
        told: Told,
        media_type: str,
        otherwise: Sentence,
    ) -> httpx.Headers:
        """An answer of a type into an open file; its headers. otherwise: what to say of any other type."""
        given = {name: value for name, value in parameters.items() if value is not None}
        # Making it may take long, and nothing is sent meanwhile.
        waiting = httpx.Timeout(TIMEOUT_SECONDS, read=BUNDLE_SECONDS)
        try:
            with self._http.stream("GET", path, params=given or None, timeout=waiting) as response:
                found = response.headers.get("content-type", "").partition(";")[0]
                if not response.is_success or found != media_type:
                    response.read()
                    self._read(response)
                    raise Unreachable(otherwise)
                done, size = 0, _count(response.headers.get("content-length")) or 0
                for chunk in response.iter_bytes():
                    done += len(chunk)
                    target.write(chunk)
                    told(done, size)
                return response.headers
        except httpx.RequestError as error:
            raise Unreachable(
                Sentence(
                    "{url} broke off: {why}", "server-broke-off", url=self.url, why=transport_words(error)
                )
            ) from error

    def rotations(self) -> list[Receipt]:
        """The receipts of all log_key.rotated, in the order of the log: check them."""
        newest = {"kind": "log_key.rotated", "min_position": self.ledger().get("position")}
        return [self.receipt(str(item.get("event"))) for item in self.items("/v1/events", newest)]

    def event(self, event: str) -> Answer:
        return self.get(f"/v1/events/{segment(event)}")

    def receipt(self, event: str) -> Receipt:
        return read_receipt(self.get(f"/v1/events/{segment(event)}/receipt").members)

    def public_keys(self, kids: Sequence[str]) -> dict[str, PublicKey]:
        """The keys with these thumbprints, as far as the server has them.

        A kid is the hash of its key, so that the server cannot give another key for it.
        """
        wanted, found = set(kids), dict[str, PublicKey]()
        if not wanted:
            return found
        # A key that was enrolled a moment ago must be among them.
        newest = {"min_position": self.ledger().get("position"), "limit": 500}
        for item in self.items("/v1/keys", newest):
            if len(found) == len(wanted):
                break
            key = _key_of(item)
            if key is not None and key.kid in wanted:
                found[key.kid] = key
        return found

    # -- writing ------------------------------------------------------------------

    def draft(self, payload: Members) -> Answer:
        return self._ask("POST", "/v1/drafts", json={"payload": payload})

    def drafts(self, payloads: Sequence[Members]) -> Answer:
        """What would happen to payloads that are to come as one batch."""
        return self._ask("POST", "/v1/drafts", json={"payloads": list(payloads)})

    def import_file(self, shape: str, content: bytes, parameters: Parameters) -> Answer:
        """A file of rows as drafts. parameters: those that are None or "" are left out."""
        given = {name: value for name, value in parameters.items() if value not in (None, "")}
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/v1/imports/{segment(shape)}"
        # To judge thousands of rows takes long, and nothing is sent meanwhile.
        waiting = httpx.Timeout(TIMEOUT_SECONDS, read=BUNDLE_SECONDS)
        return self._ask(
            "POST", path, params=given or None, content=content, headers=headers, timeout=waiting
        )

    def submit(self, envelope: EnvelopeJSON) -> Receipt:
        """The receipt as the server gives it: check it before believing it."""
        return read_receipt(self._submit(envelope).members)

    def submit_batch(self, envelopes: Sequence[EnvelopeJSON]) -> list[Receipt]:
        """All or nothing; the receipts are in the order of the envelopes."""
        answer = self._submit({"envelopes": list(envelopes)})
        receipts = [read_receipt(item) for item in _mappings(answer.members.get("receipts"))]
        if len(receipts) != len(envelopes):
            raise Unreachable(
                Sentence(
                    "{url} gave {got} receipts for {sent} envelopes",
                    "server-receipts",
                    url=self.url,
                    got=len(receipts),
                    sent=len(envelopes),
                )
            )
        return receipts

    def _submit(self, members: Members) -> Answer:
        """Once more if the answer was lost: the same payload gets the same receipt."""
        content, headers = json.dumps(members).encode(), {"Content-Type": JOSE}
        try:
            return self._ask("POST", "/v1/events", content=content, headers=headers)
        except AnswerLost:
            return self._ask("POST", "/v1/events", content=content, headers=headers)

    def put_file(self, digest: str, content: bytes) -> None:
        """Bytes that a logged event names. digest: SHA-256, hexadecimal."""
        headers = {"Content-Type": "application/octet-stream"}
        self._ask("PUT", f"/v1/files/{segment(digest)}", content=content, headers=headers)

    def _ask(self, method: str, path: str, **request: Any) -> Answer:
        return self._read(self._send(method, path, **request))

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                Sentence(
                    "{url} cannot be reached: {why}",
                    "server-unreachable",
                    url=self.url,
                    why=transport_words(error),
                )
            ) from error
        except httpx.RequestError as error:
            said = Sentence(
                "{url} broke off: {why}", "server-broke-off", url=self.url, why=transport_words(error)
            )
            raise AnswerLost(said) from error
        except httpx.InvalidURL as error:
            raise Unreachable(Sentence("{url} is no address", "no-address", url=self.url + path)) from error

    def _read(self, response: httpx.Response) -> Answer:
        """Raises ServerProblem for a problem document, Unreachable for what is no answer of Pledger."""
        members = _members(response)
        if response.is_success and members is not None:
            return Answer(response.text, members, _count(response.headers.get("Pledger-Witnessed")))
        if response.is_success and not response.content:
            return Answer("", {})
        if members is not None and "status" in members and "type" in members:
            raise ServerProblem(response.status_code, members)
        raise Unreachable(
            Sentence(
                "{url} answered {status}, and not as Pledger does",
                "server-strange",
                url=response.url,
                status=response.status_code,
            )
        )


def segment(text: str) -> str:
    """One segment of a path."""
    return quote(text, safe="")


def _members(response: httpx.Response) -> Members | None:
    try:
        members = response.json()
    except ValueError:
        return None
    return members if isinstance(members, dict) else None


def _count(text: str | None) -> int | None:
    """A number of entries in a header."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else None


def _mappings(value: Any) -> list[Members]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _key_of(item: Members) -> PublicKey | None:
    """The key of an item of /v1/keys; None for what is none."""
    try:
        return PublicKey.from_jwk(item.get("jwk"))
    except LedgerError:
        return None
