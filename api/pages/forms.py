"""What a page's form sends: fields and files, within limits, and nothing of it kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from api.bodies import check_length, too_large, too_slow
from api.context import context_of
from api.parameters import bad_parameter
from ledger.event import FILE_BYTES_MAX

FIELDS_MAX: Final = 4000
FILES_MAX: Final = 256
TYPED_BYTES_MAX: Final = 2 * 1024 * 1024  # of all that is typed together
PART_BYTES_MAX: Final = 64 * 1024  # of one typed field
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came: what an event would say of it. size: bytes; sha256: hexadecimal."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Posted:
    """fields: as typed, all values of each name in their order; lines end in \\n."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, Sent] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The last value, without the spaces around it."""
        found = self.fields.get(name)
        return found[-1].strip() if found else default

    def all(self, name: str) -> tuple[str, ...]:
        return self.fields.get(name, ())

    def items(self) -> Iterator[tuple[str, str]]:
        for name, values in self.fields.items():
            for value in values:
                yield name, value


async def read_form(request: Request) -> Posted:
    """The form of a POST. Raises Problem body-too-large, body-too-slow, bad-parameter."""
    async with open_form(request) as form:
        return await posted_of(form)


@asynccontextmanager
async def open_form(request: Request) -> AsyncIterator[FormData]:
    """The form of a POST with its files, which are gone afterwards. Raises Problem as read_form."""
    size_max = TYPED_BYTES_MAX + FILE_BYTES_MAX
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        size_max = TYPED_BYTES_MAX
    check_length(request, size_max)
    seconds = context_of(request).settings.body_seconds
    limited = Request(request.scope, _limited(request.receive, size_max))
    try:
        async with asyncio.timeout(seconds):
            form = await limited.form(
                max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=PART_BYTES_MAX
            )
    except TimeoutError:
        raise too_slow(seconds) from None
    except (HTTPException, UnicodeError):  # the second: of a character set that the sender named
        raise too_large(size_max, None) from None
    try:
        yield form
    finally:
        await form.close()


def _limited(receive: Receive, size_max: int) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > size_max:
            raise too_large(size_max, None)
        return message

    return counted


async def posted_of(form: FormData) -> Posted:
    """What was typed, and what is to be said of each file. Raises Problem as read_form."""
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, Sent] = {}
    if len(form.multi_items()) > FIELDS_MAX:
        raise too_large(TYPED_BYTES_MAX, None)
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files[name] = await _sent(value)
        else:
            fields[name] = (*fields.get(name, ()), _text(name, value))
    return Posted(fields, files)


def _text(name: str, value: str) -> str:
    """In one spelling: what is pasted may hold й as two characters. Raises Problem for no UTF-8 text."""
    text = normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    if "\ufffd" in text or any(char < " " and char not in "\n\t" for char in text) or "\x7f" in text:
        raise bad_parameter(name, text[:80], "typed", where="form")
    return text


async def _sent(upload: UploadFile) -> Sent:
    digest, size = hashlib.sha256(), 0
    while chunk := await upload.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    media_type = (upload.content_type or "application/octet-stream").partition(";")[0].strip().lower()
    return Sent(name, media_type, size, digest.hexdigest())
