"""Bytes with one spelling only: RFC 8785 JSON of our subset, and unpadded base64url.

The subset: member names are ASCII, numbers are integers within ±(2^53 − 1), containers nest
at most 16 deep. Within it, sorting names by UTF-8 bytes (orjson) equals RFC 8785's order by
UTF-16 units. Sources: RFC 8785 §3.2, RFC 7493 §2, RFC 4648 §5 and §3.5.
"""

from __future__ import annotations

import re
import unicodedata
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from typing import Any, Final

import orjson

from ledger.errors import Refusal

DEPTH_MAX: Final = 16
INTEGER_MAX: Final = 2**53 - 1

_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_LEAVES: Final = frozenset([str, int, bool, type(None)])
_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def dumps(value: Any) -> bytes:
    """The canonical bytes of a JSON value made of dict, list, str, int, bool and None.

    Raises Refusal: float-not-allowed, integer-too-large, name-not-ascii, too-deep,
    text-surrogate, or not-canonical for what is no JSON. Source: RFC 8785 §3.2.
    """
    if not _well_formed(value):
        raise _malformed(value)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError:
        raise _malformed(value) from None


def loads(raw: bytes, *, size_max: int) -> Any:
    """Parse bytes that must already be canonical; size_max in bytes.

    Bytes that are not what dumps would write are refused, which also catches duplicate
    members, spaces, needless escapes and unsorted names. Raises Refusal: payload-too-large,
    not-json, not-canonical, and the codes of dumps. Source: RFC 8785 §3.2.
    """
    if len(raw) > size_max:
        raise Refusal("payload-too-large", got=len(raw), size_max=size_max)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refusal("not-json", reason=error.msg, offset=error.pos) from None
    if dumps(value) != raw:
        raise Refusal("not-canonical")
    return value


def check_text(raw: bytes, value: Any) -> None:
    """Check every string and name of a canonical payload; raw and value as loads had them.

    Raises Refusal with the pointer of the first culprit: text-control, text-bidi,
    text-zero-width, text-noncharacter, text-not-nfc. A member "text" somewhere below a member
    "printed" quotes a source: bidi and zero-width characters are kept there (and shown escaped).
    """
    if _COMMON_JSON.fullmatch(raw.decode()):
        return
    for pointer, node, _ in _nodes(value, "", 0):
        if type(node) is str:
            check_string(node, pointer, quoted=_is_quotation(pointer))
        elif type(node) is dict:
            for name in node:
                check_string(name, pointer)


def check_string(text: str, pointer: str = "", *, quoted: bool = False) -> None:
    """Check one string by the rules of check_text; pointer is where it stands.

    quoted: keep bidi and zero-width characters. Raises Refusal as check_text does.
    """
    if _COMMON.fullmatch(text):
        return
    for code, pattern in _QUOTED_RULES if quoted else _RULES:
        found = pattern.search(text)
        if found:
            raise Refusal(code, pointer, f"U+{ord(found[0]):04X}", offset=found.start())
    if not unicodedata.is_normalized("NFC", text):
        raise Refusal("text-not-nfc", pointer, text[:80])


def encode_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 4648 §5, RFC 7515 §2)."""
    return _spell(data).decode()


def _spell(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL)


def decode_base64url(text: Any, pointer: str = "") -> bytes:
    """The bytes that text is the one spelling of: no padding, no spare bits, no other alphabet.

    Raises Refusal not-base64url at pointer. Source: RFC 4648 §3.5 (canonical encoding).
    """
    if type(text) is not str:
        raise Refusal("not-base64url", pointer, type(text).__name__)
    try:
        spelled = text.encode()
        data = a2b_base64(spelled.translate(_FROM_URL) + b"==")
    except ValueError:
        raise Refusal("not-base64url", pointer, ascii(text)[:80]) from None
    # Python skips foreign characters and ignores spare bits; only the round trip is strict.
    if _spell(data) != spelled:
        raise Refusal("not-base64url", pointer, ascii(text)[:80])
    return data


def _well_formed(value: Any) -> bool:
    """The fast check: names, types and depth; the encoder checks integers and surrogates."""
    if type(value) is not dict and type(value) is not list:
        return type(value) in _LEAVES
    try:
        return _container_well_formed(value, DEPTH_MAX - 1)
    except TypeError:  # a name that is no string, from our own code
        return False


def _container_well_formed(node: Any, room: int) -> bool:
    """room: how many levels may still lie inside this node."""
    if room < 0:
        return False
    if type(node) is dict:
        if not "".join(node).isascii():
            return False
        node = node.values()
    for child in node:
        kind = type(child)
        if kind is str:  # by far the most
            continue
        if kind is dict or kind is list:
            if not _container_well_formed(child, room - 1):
                return False
        elif kind not in _LEAVES:
            return False
    return True


def _malformed(value: Any) -> Refusal:
    """The refusal for a value that the fast check or the encoder turned down."""
    for pointer, node, depth in _nodes(value, "", 0):
        code = _fault(node, depth)
        if code:
            return Refusal(code, pointer, _shown(node))
    return Refusal("not-canonical")


def _shown(node: Any) -> Any:
    """A culprit as it may be quoted: never long, never deep, always valid JSON."""
    if type(node) is dict:
        return [ascii(name)[:40] for name in list(node)[:16]]
    if type(node) is str:
        return ascii(node)[:80]
    return node if type(node) in (int, float) else type(node).__name__


def _fault(node: Any, depth: int) -> str | None:
    """What is wrong with one node itself, not with its children."""
    if depth > DEPTH_MAX:
        return "too-deep"
    if isinstance(node, float):
        # A parser turns huge integers into floats, so the name must fit both.
        return "integer-too-large" if abs(node) > INTEGER_MAX else "float-not-allowed"
    if type(node) is int:
        return "integer-too-large" if abs(node) > INTEGER_MAX else None
    if type(node) is str:
        return "text-surrogate" if _SURROGATE.search(node) else None
    if type(node) is dict:
        return None if all(type(name) is str and name.isascii() for name in node) else "name-not-ascii"
    return None if type(node) is list or type(node) in _LEAVES else "not-canonical"


def _nodes(value: Any, pointer: str, depth: int) -> Iterator[tuple[str, Any, int]]:
    """Each node with its pointer, parents first; depth counts containers, this one included."""
    inside = type(value) in (dict, list)
    depth += inside
    yield pointer, value, depth
    if not inside or depth > DEPTH_MAX:
        return
    for name, child in value.items() if type(value) is dict else enumerate(value):
        yield from _nodes(child, f"{pointer}/{_escape(str(name))}", depth)


def _escape(name: str) -> str:
    """One token of a JSON Pointer (RFC 6901 §3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _is_quotation(pointer: str) -> bool:
    """Whether a pointer ends in text below printed."""
    *above, last = pointer.split("/")
    return last == "text" and "printed" in above


# What Ukrainian and English payloads are made of. All of it is allowed and stable under NFC
# in any order (a test proves both), so that one pass over a whole payload settles it. Other
# escapes than these three stand for control characters, and the slower walk must look.
_COMMON_CLASS = (
    r"[\x20-\x5b\x5d-\x7e\xa0-\xac\xae-\xff\u02bc\u0400-\u0482\u048a-\u04ff"
    r"\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2116]"
)
_COMMON: Final = re.compile(_COMMON_CLASS + "*+")
_COMMON_JSON: Final = re.compile(rf'{_COMMON_CLASS}*+(?:\\["\\n]{_COMMON_CLASS}*+)*+')
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # all but "\n"
_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]")
# Everything that takes no room on paper, so that two texts that look alike are alike:
# joiners, soft hyphen, fillers, variation selectors, interlinear marks, tag characters.
_ZERO_WIDTH = re.compile(
    r"[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_QUOTED_RULES: Final = (("text-control", _CONTROL), ("text-noncharacter", _NONCHARACTER))
_RULES: Final = (*_QUOTED_RULES, ("text-bidi", _BIDI), ("text-zero-width", _ZERO_WIDTH))
