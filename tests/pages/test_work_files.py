"""Documents are sent after the event that names them, from a page, without scripts."""

from __future__ import annotations

import hashlib
import html
from typing import Any

import orjson

from tests.api.door import Answer, Door
from tests.api.story import CONTENT, EVIDENCE
from tests.pages.test_sign import raw_of, upload
from tests.support.town import PROGRAMME

DATA = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "1"}


def naming(content: bytes, **more: Any) -> dict[str, Any]:
    return EVIDENCE | {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)} | more


def recorded(door: Door, *files: dict[str, Any]) -> str:
    event = door.say("actual.reported", PROGRAMME, DATA, files=list(files))["event"]
    door.settle()
    return str(event)


def send(door: Door, event: str, *contents: bytes) -> Answer:
    files = [("file", (f"<b>{n}.pdf", content, "application/pdf")) for n, content in enumerate(contents)]
    return door.client.post("/work/files", data={"event": event}, files=files)


def test_the_named_bytes_are_sent_from_the_page_and_can_be_had_back(door: Door) -> None:
    second = b"2" * 3_000_000  # more than one piece
    first_file, second_file = naming(CONTENT), naming(second, name="two.pdf")
    event = recorded(door, first_file, second_file)
    before = door.client.get(f"/work/files?event={event}")
    assert "Залишилося надіслати 2 документи." in before.text
    answer = send(door, event, second, CONTENT)
    assert answer.status_code == 200, answer.text
    assert "Усі документи, які називає подія, уже в реєстрі." in answer.text
    assert door.get(f"/v1/files/{first_file['sha256']}").content == CONTENT
    assert door.get(f"/v1/files/{second_file['sha256']}").content == second


def test_other_bytes_are_refused_in_words_and_the_right_ones_beside_them_kept(door: Door) -> None:
    file = naming(CONTENT)
    event = recorded(door, file, naming(b"another", name="b.pdf"))
    answer = send(door, event, CONTENT + b"!", CONTENT)
    assert answer.status_code == 422
    said = html.unescape(answer.text)
    assert f"подія не називає такого файлу (SHA-256 {hashlib.sha256(CONTENT + b'!').hexdigest()})" in said
    assert "<b>0.pdf" not in answer.text
    assert "Залишилося надіслати 1 документ." in said
    assert door.get(f"/v1/files/{file['sha256']}").content == CONTENT


def test_a_form_without_a_file_or_an_event_is_explained(door: Door) -> None:
    event = recorded(door, naming(CONTENT))
    empty = door.client.post("/work/files", data={"event": event})
    assert empty.status_code == 422
    assert "Оберіть файл." in empty.text
    assert send(door, "", CONTENT).status_code == 400
    assert send(door, "x/receipt", CONTENT).status_code == 400
    assert send(door, "x", CONTENT).status_code == 404


def test_a_signed_upload_leads_to_the_documents_only_where_it_names_any(door: Door) -> None:
    for files in ([], [naming(CONTENT)]):
        more: dict[str, Any] = {"files": files} if files else {}
        envelope = door.town.envelope("actual.reported", PROGRAMME, DATA, **more)
        answer = upload(door, raw_of(envelope))
        assert answer.status_code == 201, answer.text
        event = orjson.loads(envelope.payload)["id"]
        assert (f'href="/work/files?event={event}"' in answer.text) == bool(files)
