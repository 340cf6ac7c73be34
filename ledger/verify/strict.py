"""JSON of a bundle, read in one way only: nothing twice, whole numbers, no depths, no members of others.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final

import orjson

from ledger.errors import VerificationError
from ledger.merkle import HASH_BYTES

INTEGER_MAX: Final = (1 << 53) - 1
DEPTH_MAX: Final = 32  # of JSON in JSON


class BundleError(VerificationError):
    """An archive that is no bundle."""


def read_json(name: str, content: bytes) -> dict[str, Any]:
    """A JSON object; what is there twice, another reader takes from another place. Raises BundleError."""
    try:
        orjson.loads(content)  # refuses what is no UTF-8, and half characters
        found = json.loads(
            content,
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} is no JSON of a bundle: {error}") from error
    if not isinstance(found, dict):
        raise BundleError(f"{name} is no JSON object")
    if _is_deeper(found, DEPTH_MAX):
        raise BundleError(f"{name} is nested more than {DEPTH_MAX} deep")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is there twice")
    return found


def _integer(text: str) -> int:
    """Raises ValueError."""
    if len(text) > 17 or abs(int(text)) > INTEGER_MAX or text == "-0":
        raise ValueError(f"{text[:20]} is no number of a ledger")
    return int(text)


def _no_number(text: str) -> Any:
    """Raises ValueError."""
    raise ValueError(f"{text[:20]} is no whole number")


def _is_deeper(value: Any, depth: int) -> bool:
    """Nothing calls itself here deeper than it asks for."""
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(one, depth - 1) for one in inner if isinstance(one, dict | list))


# -- shapes: each raises ValueError for what is another -------------------------------------


def members(given: Any, *names: str) -> Mapping[str, Any]:
    """An object of these members and no others, if any are named."""
    if not isinstance(given, dict) or (names and given.keys() != {*names}):
        raise ValueError("not the members that are asked for")
    return given


def matching(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
        raise ValueError(f"{value!r} is written otherwise")
    return value


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def number(value: Any) -> int:
    """Of entries, or of bytes; true and 48.0 are none."""
    if type(value) is not int or not 0 <= value <= INTEGER_MAX:
        raise ValueError(f"{value!r} is no number of anything")
    return value


def truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def rows(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{str(value)[:40]!r} is no list")
    return value


def hashes(value: Any) -> tuple[bytes, ...]:
    """Hashes in standard base64, each in its one spelling."""
    found = tuple(b64decode(text(one), validate=True) for one in rows(value))
    if any(len(one) != HASH_BYTES for one in found) or [b64encode(one).decode() for one in found] != value:
        raise ValueError("a proof is malformed")
    return found
