"""What the signing forms send: a few fields and small files, whole and within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from api.bodies import read_body, too_large
from api.context import context_of
from ledger.envelope import BATCH_COUNT_MAX, BATCH_SIZE_MAX

FIELDS_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class SigningForm:
    """fields: as typed, by name; files: (name, content) by field, without those left empty."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)

    def field(self, name: str) -> str:
        return self.fields.get(name, [""])[-1].strip()

    def file(self, name: str) -> bytes:
        """The first file of a field, b"" without one."""
        return self.files.get(name, [("", b"")])[0][1]


async def read_signing_form(request: Request) -> SigningForm:
    """Of a POST. Raises Problem body-too-large, body-too-slow."""
    seconds = context_of(request).settings.body_seconds
    body = await read_body(request, size_max=BATCH_SIZE_MAX, seconds=seconds)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    read = SigningForm()
    try:
        sent = Request(request.scope, receive).form(
            max_files=BATCH_COUNT_MAX, max_fields=FIELDS_MAX, max_part_size=BATCH_SIZE_MAX
        )
        async with sent as form:
            for name, value in form.multi_items():
                if not isinstance(value, UploadFile):
                    read.fields.setdefault(name, []).append(value)
                elif value.filename:
                    read.files.setdefault(name, []).append((value.filename, await value.read()))
    except (HTTPException, UnicodeError):  # the second: of a character set that the sender named
        raise too_large(BATCH_SIZE_MAX, None) from None
    return read
