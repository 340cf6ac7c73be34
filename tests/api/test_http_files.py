"""Files: only bytes that a logged event names; given back as a download, never as a page."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from api.files import Upload, is_restricted, store_bytes
from api.problems import Problem
from ledger.attachments import NOTE
from ledger.event import FILE_BYTES_MAX
from ledger.store.documents import Held, documents_of
from ledger.store.documents_folder import path_of
from projections.files import FileNamed
from tests.api.door import BASE, Door, problem_of
from tests.api.story import CONTENT, EVIDENCE
from tests.support.town import PROGRAMME

OCTETS = {"Content-Type": "application/octet-stream"}


def name_file(door: Door, content: bytes, **more: Any) -> str:
    """Record an event that names a file; returns its hash."""
    digest = hashlib.sha256(content).hexdigest()
    file = EVIDENCE | {"sha256": digest, "size": len(content)} | more
    data = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1"}
    door.say("actual.reported", PROGRAMME, data, files=[file])
    return digest


def put(door: Door, digest: str, content: Any, **headers: str) -> Any:
    return door.client.put(f"/v1/files/{digest}", content=content, headers=OCTETS | headers)


def test_the_named_bytes_can_be_sent_and_had_back(door: Door) -> None:
    digest = name_file(door, CONTENT)
    problem_of(door.get(f"/v1/files/{digest}"), 404, "file-not-uploaded")
    first, again = put(door, digest, CONTENT), put(door, digest, CONTENT)
    assert (first.status_code, first.json()) == (201, {"sha256": digest, "size": 12, "fresh": True})
    assert (again.status_code, again.json()) == (200, {"sha256": digest, "size": 12, "fresh": False})
    answer = door.get(f"/v1/files/{digest}")
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert door.get(f"/v1/files/{digest}", if_none_match=f'"{digest}"').status_code == 304


def test_bytes_that_no_event_names_are_refused(door: Door) -> None:
    digest = hashlib.sha256(b"?").hexdigest()
    problem_of(put(door, digest, b"?"), 404, "no-such-file")
    problem_of(door.get(f"/v1/files/{digest}"), 404, "no-such-file")


@pytest.mark.parametrize("content", [CONTENT + b"!", CONTENT[:-1], b""])
def test_another_size_is_refused_and_leaves_nothing(door: Door, content: bytes) -> None:
    digest = name_file(door, CONTENT)
    problem_of(put(door, digest, content), 422, "file-size")
    problem_of(put(door, digest, iter([content])), 422, "file-size")  # without Content-Length
    assert kept(door) == []


def test_other_bytes_of_the_same_size_are_refused_and_leave_nothing(door: Door) -> None:
    digest = name_file(door, CONTENT)
    problem_of(put(door, digest, CONTENT[::-1]), 422, "file-hash")
    assert kept(door) == []


def kept(door: Door) -> list[Held]:
    """What is there, in the database or the folder; and nothing may be left on its way."""
    directory = door.town.ledger.directory
    assert list(directory.files.rglob("incoming/*")) == []
    return list(documents_of(directory).everything())


CONTAINERS = [
    {"name": "рішення.p7s"},
    {"name": "Підпис.P7S"},
    {"media_type": "application/pkcs7-signature"},
    {"name": "seal.cer"},
]


@pytest.mark.parametrize("more", [{}, *CONTAINERS])
def test_what_is_not_public_is_kept_and_never_given_back(door: Door, more: dict[str, str]) -> None:
    digest = name_file(door, CONTENT, access="restricted", **more)
    problem_of(door.get(f"/v1/files/{digest}"), 403, "file-restricted")
    first, again = put(door, digest, CONTENT), put(door, digest, CONTENT)
    assert (first.status_code, first.json()["fresh"]) == (201, True)
    assert (again.status_code, again.json()["fresh"]) == (200, False)
    (held,) = kept(door)
    assert held.restricted
    assert b"".join(documents_of(door.town.ledger.directory).pieces(held)) == CONTENT
    for headers in ({}, {"if_none_match": f'"{digest}"'}, {"range": "bytes=0-3"}, {"if_none_match": "*"}):
        problem_of(door.get(f"/v1/files/{digest}", **headers), 403, "file-restricted")
    head = door.client.head(f"/v1/files/{digest}")
    assert (head.status_code, head.content) == (403, b"")
    assert "etag" not in head.headers
    assert "content-disposition" not in head.headers


@pytest.mark.parametrize("more", CONTAINERS)
def test_a_containers_rows_and_problem_say_what_verifies_it(door: Door, more: dict[str, str]) -> None:
    digest = name_file(door, CONTENT, access="restricted", **more)
    problem = problem_of(door.get(f"/v1/files/{digest}"), 403, "file-restricted")
    assert problem["details"] == {"note": NOTE}
    (row, *_) = door.json(f"{BASE}/history")["items"]
    assert [file["note"] for file in row["files"]] == [NOTE]
    assert [file["note"] for file in door.json(f"/v1/events/{row['event']}")["files"]] == [NOTE]
    (fed,) = door.json(f"/v1/events?after={row['index']}")["items"]
    assert fed["files"] == row["files"]


def test_other_files_carry_no_note(door: Door) -> None:
    name_file(door, CONTENT)
    (row, *_) = door.json(f"{BASE}/history")["items"]
    assert [file["note"] for file in row["files"]] == [None]
    digest = name_file(door, CONTENT + b"?", access="restricted")
    assert "details" not in problem_of(door.get(f"/v1/files/{digest}"), 403, "file-restricted")


@pytest.mark.parametrize("more", CONTAINERS)
def test_a_container_that_an_event_calls_public_is_refused(door: Door, more: dict[str, str]) -> None:
    file = EVIDENCE | more
    data = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1"}
    answer = door.post(door.town.envelope("actual.reported", PROGRAMME, data, files=[file]))
    problem = problem_of(answer, 422, "signature-file-public")
    assert problem["errors"] == [{"pointer": "/files/0/access", "got": "public"}]
    assert "РНОКПП" in problem["message"]["uk"]
    assert "national tax number" in problem["message"]["en"]


def test_bytes_that_were_public_once_are_given_no_more_when_an_event_restricts_them(door: Door) -> None:
    digest = name_file(door, CONTENT)
    put(door, digest, CONTENT)
    assert name_file(door, CONTENT, access="restricted") == digest
    problem_of(door.get(f"/v1/files/{digest}"), 403, "file-restricted")
    assert put(door, digest, CONTENT).json()["fresh"] is False


@pytest.mark.parametrize(
    ("name", "media_type", "access"),
    [
        ("a.p7s", "text/plain", "public"), ("a.txt", "application/pkix-cert", "public"),
        ("a.p12", "text/plain", "public"), ("a.txt", "text/plain", "restricted"),
    ],
)  # fmt: skip
def test_what_was_logged_before_the_rule_is_not_given_either(name: str, media_type: str, access: str) -> None:
    older = FileNamed("a.txt", "text/plain", 1, "public", 0)
    assert not is_restricted([older])
    assert is_restricted([older, FileNamed(name, media_type, 1, access, 1)])


def test_a_private_key_that_was_logged_before_the_rule_is_not_kept(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("ledger.attachments.holds_private_key", lambda *_: False)
        digest = name_file(door, CONTENT, name="key-6.dat")
    problem_of(put(door, digest, CONTENT), 422, "private-key-file")
    problem_of(door.get(f"/v1/files/{digest}"), 403, "file-restricted")
    assert kept(door) == []


@pytest.mark.parametrize("digest", ["x", "A" * 64, "a" * 63, "%2e%2e%2fledger.db"])
def test_an_address_that_is_no_hash_is_refused(shared_door: Door, digest: str) -> None:
    assert shared_door.get(f"/v1/files/{digest}").status_code in (400, 404)
    assert put(shared_door, digest, b"").status_code in (400, 404)


def test_an_upload_says_its_type_and_is_not_too_large(door: Door) -> None:
    digest = name_file(door, CONTENT)
    problem_of(put(door, digest, CONTENT, **{"Content-Type": "text/html"}), 415, "wrong-media-type")
    problem_of(put(door, digest, b"", **{"Content-Length": str(FILE_BYTES_MAX + 1)}), 413, "body-too-large")


def test_only_so_many_uploads_run_at_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = name_file(door, CONTENT)
    context: Any = door.client.app.state.context  # type: ignore[attr-defined]
    monkeypatch.setattr(context.uploads, "locked", lambda: True)
    answer = put(door, digest, CONTENT)
    problem_of(answer, 503, "busy")
    assert answer.headers["retry-after"]


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    with Upload(tmp_path, digest, frozenset([12])) as upload:
        upload.write(CONTENT[:5])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_bytes_are_kept_once(tmp_path: Path) -> None:
    digest = store_bytes(tmp_path, CONTENT)
    place = path_of(tmp_path, digest)
    before = place.stat().st_mtime_ns
    assert store_bytes(tmp_path, CONTENT) == digest
    assert place.stat().st_mtime_ns == before
    with Upload(tmp_path, digest, frozenset([12])) as upload, pytest.raises(Problem, match="file-size"):
        upload.write(CONTENT + b"!")


@pytest.mark.parametrize("asked", ["bytes=0-3", "bytes=99-", "bytes=0-1,4-5", "bytes=x", "lines=1"])
def test_a_file_is_given_whole_whatever_range_is_asked_for(door: Door, asked: str) -> None:
    digest = name_file(door, CONTENT)
    put(door, digest, CONTENT)
    answer = door.get(f"/v1/files/{digest}", range=asked)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["accept-ranges"] == "none"
