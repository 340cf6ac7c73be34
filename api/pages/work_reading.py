"""What a person typed, read strictly: money, numbers, days and files, and what is wrong with each."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Final

import orjson

from api.importers.numbers import places as places_of
from api.importers.numbers import plain_number, spelled
from api.importers.periods import read_period
from api.pages.forms import Posted, Sent
from api.pages.wording import Words, iso_day
from ledger.event import FILE_BYTES_MAX

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FILE_NAME: Final = re.compile(r'[^/\\\x00-\x1f<>:"|?*]{1,200}')
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
WHOLE_DIGITS: Final = 15
TEXT_MAX: Final = 4000
YES_NO: Final = {"так": "Так", "ні": "Ні", "yes": "Так", "no": "Ні"}


class Reader:
    """errors: words by the id of the field, in the order of reading."""

    def __init__(self, posted: Posted, words: Words) -> None:
        self.posted, self.words = posted, words
        self.errors: dict[str, str] = {}

    def wrong(self, field: str, name: str, **facts: object) -> None:
        self.errors.setdefault(field, self.words(f"err-{name}", **facts))

    def text(self, field: str, *, required: bool = False) -> str:
        text = self.posted.get(field)
        if required and not text:
            self.wrong(field, "required")
        if len(text) > TEXT_MAX:
            self.wrong(field, "long", most=TEXT_MAX, got=len(text))
        return text

    def choice(self, field: str, allowed: Collection[str], *, required: bool = True) -> str:
        text = self.posted.get(field)
        if text and text not in allowed:
            self.wrong(field, "choice")
        elif required and not text:
            self.wrong(field, "choose")
        return text

    def number(self, field: str, *, places: int, required: bool = True) -> str | None:
        """A decimal as the ledger spells it; None where nothing was typed, or it is wrong."""
        text = self.posted.get(field)
        if not text:
            if required:
                self.wrong(field, "required")
            return None
        found = plain_number(text)
        if found is None:
            self.wrong(field, "number")
        elif places_of(found) > places:
            self.wrong(field, "places", places=places)
        elif abs(found) >= Decimal(10) ** WHOLE_DIGITS:
            self.wrong(field, "large")
        else:
            return spelled(found)
        return None

    def money(self, field: str, *, required: bool = True) -> str | None:
        """As number, with two places: `30000.00`."""
        found = self.number(field, places=2, required=required)
        return None if found is None else f"{Decimal(found):.2f}"

    def yes_no(self, field: str, *, required: bool = True) -> str | None:
        text = self.posted.get(field)
        if not text:
            if required:
                self.wrong(field, "required")
            return None
        if text.lower() not in YES_NO:
            self.wrong(field, "yes-no")
        return YES_NO.get(text.lower())

    def day(self, field: str, *, required: bool = True) -> str | None:
        """YYYY-MM-DD of 20.02.2025 or 2025-02-20."""
        text = iso_day(self.posted.get(field))
        if not text:
            if required:
                self.wrong(field, "required")
            return None
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.wrong(field, "day")
            return None

    def period(self, field: str) -> str | None:
        """A period as the ledger names it, of one as people write it."""
        found = read_period(self.posted.get(field))
        if found is None:
            self.wrong(field, "no-period")
        return found

    def file(self, field: str, access: str) -> dict[str, Any] | None:
        """What the event says of a document: one sent now, else the one sent before unless it is dropped."""
        sent = self.posted.files.get(field) or kept_file(self.posted, field)
        if sent is None:
            return None
        if sent.size > FILE_BYTES_MAX:
            self.wrong(field, "file-size")
        elif not _FILE_NAME.fullmatch(sent.name) or not _MEDIA_TYPE.fullmatch(sent.media_type):
            self.wrong(field, "file-name")
        return {**asdict(sent), "access": access}


def kept_file(posted: Posted, field: str) -> Sent | None:
    """What an earlier step of the same form noted of a document, as `kept-<field>`."""
    if field in posted.files:
        return posted.files[field]
    if posted.get(f"drop-{field}"):
        return None
    try:
        # This reader refuses what a page could not write again: half characters, infinities, deep nesting.
        said = orjson.loads(posted.get(f"kept-{field}") or "null")
        sent = Sent(str(said["name"]), str(said["media_type"]), said["size"], str(said["sha256"]))
    except (ValueError, TypeError, KeyError):
        return None
    whole = type(sent.size) is int and sent.size >= 0
    return sent if whole and _SHA256.fullmatch(sent.sha256) else None


def kept_text(sent: Sent) -> str:
    return json.dumps(asdict(sent), ensure_ascii=False)
