"""What is sent: one entry, or a ping, as the body of a POST.

{"type": "entry.recorded", "timestamp": when it was recorded, "data": the entry in short}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from api.feed.item import light_item
from api.version import VERSION
from api.webhooks.posting import Answer, Post
from api.webhooks.refused import NotTaken
from api.webhooks.schedule import asked_seconds
from api.webhooks.signing import read_secrets, signed_headers
from ledger.clock import format_instant
from ledger.entry import Entry
from ledger.errors import LedgerError
from ledger.ids import new_event_id
from ledger.sentence import Sentence

RECORDED, PING = "entry.recorded", "ping"
_GONE: Final = 410
_WAITS: Final = (429, 503)


@dataclass(frozen=True, slots=True)
class Message:
    """id: the same on every try, so that a receiver drops what it has; body: compact JSON."""

    id: str
    body: bytes


def of_entry(entry: Entry, public_url: str | None) -> Message:
    """public_url: links begin with it; without it they are paths."""
    item: dict[str, Any] = light_item(entry)
    before = (public_url or "").rstrip("/")
    item["links"] = {name: before + path for name, path in item["links"].items()}
    return _message(f"evt_{item['event']}", RECORDED, entry.recorded_at, item)


def of_ping(webhook: str, moment: datetime) -> Message:
    """Says nothing, to see whether it arrives."""
    return _message(f"msg_{new_event_id(moment)}", PING, format_instant(moment), {"webhook": webhook})


def _message(name: str, kind: str, timestamp: str, data: dict[str, Any]) -> Message:
    return Message(name, orjson.dumps({"type": kind, "timestamp": timestamp, "data": data}))


def send(message: Message, url: str, secret_file: Path, moment: datetime, post: Post) -> Answer:
    """Sign it and send it once. moment: now. Raises NotTaken for everything but 2xx."""
    try:
        secret_texts = read_secrets(secret_file)
    except LedgerError as error:
        raise NotTaken(
            Sentence("its secret cannot be used: {why}", "webhook-secret-unusable", why=error)
        ) from error
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"pledger/{VERSION}",
        **signed_headers(message.id, message.body, moment, secret_texts),
    }
    answer = post(url, headers, message.body)
    if 200 <= answer.status < 300:
        return answer
    raise _refused(answer, moment)


def _refused(answer: Answer, moment: datetime) -> NotTaken:
    status = answer.status
    if status == _GONE:
        said = Sentence("it wants no more messages (410)", "webhook-gone")
        return NotTaken(said, gone=True, body=answer.body)
    if 300 <= status < 400:
        said = Sentence(
            "it leads to another address ({status}), which is never followed",
            "webhook-redirect",
            status=status,
        )
        return NotTaken(said, body=answer.body)
    asked = asked_seconds(answer.retry_after, moment) if status in _WAITS else None
    said = Sentence("it answered {status}", "webhook-status", status=status)
    return NotTaken(said, after_seconds=asked, body=answer.body)
