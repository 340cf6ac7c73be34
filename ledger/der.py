"""DER as elements inside elements, read and written; what they mean is not known here.

Source: X.690 §8.1, §10.1; tags above 30 and lengths above 2^32 are not needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.errors import VerificationError

SEQUENCE = 0x30
OCTET_STRING = 0x04

_LONG_TAG = 0x1F
_LENGTH_BYTES_MAX = 4


class DerError(VerificationError):
    """Bytes are no DER, or not of the shape that is looked for."""


@dataclass(frozen=True, slots=True)
class Element:
    """tag: the identifier octet. content: what is between this element's head and its end."""

    tag: int
    content: bytes

    @property
    def der(self) -> bytes:
        """The whole element."""
        length = len(self.content)
        if length < 0x80:
            return bytes([self.tag, length]) + self.content
        digits = length.to_bytes((length.bit_length() + 7) // 8)
        return bytes([self.tag, 0x80 | len(digits)]) + digits + self.content

    def parts(self) -> list[Element]:
        """The elements inside. Raises DerError."""
        found, rest = [], self.content
        while rest:
            element, rest = _take(rest)
            found.append(element)
        return found

    def part(self, place: int) -> Element:
        """The element inside at a place from 0; negative from the end. Raises DerError."""
        found = self.parts()
        if not -len(found) <= place < len(found):
            raise DerError("an element is missing")
        return found[place]

    def holding(self, parts: Iterable[Element]) -> Element:
        """The same with these inside instead."""
        return Element(self.tag, b"".join(part.der for part in parts))


def read_element(data: bytes) -> Element:
    """The one element that these bytes are. Raises DerError."""
    element, rest = _take(data)
    if rest:
        raise DerError("bytes follow the end")
    return element


def _take(data: bytes) -> tuple[Element, bytes]:
    """The first element, and what follows it."""
    if len(data) < 2 or data[0] & _LONG_TAG == _LONG_TAG:
        raise DerError("no element begins here")
    start, length = 2, data[1]
    if length >= 0x80:
        start += length - 0x80
        length = _long_length(data[2:start], start - 2)
    if len(data) < start + length:
        raise DerError("an element is cut off")
    return Element(data[0], data[start : start + length]), data[start + length :]


def _long_length(digits: bytes, wanted: int) -> int:
    """A length above 127, in as few bytes as it needs."""
    length = int.from_bytes(digits)
    if len(digits) != wanted or not 1 <= wanted <= _LENGTH_BYTES_MAX:
        raise DerError("a length is cut off, or has no end")
    if length < 0x80 or not digits[0]:
        raise DerError("a length is not in its shortest form")
    return length
