"""What a signer and those who ask it say to each other: lines of canonical JSON over a stream.

signer → {"nonce"}                                            once, to whoever connects
client → {"ask": "last", "id", "n"}
         {"ask": "sign", "id", "n", "proof", "root", "since", "size"}
signer → {"keys", "origin", "root", "size"} | {"note"} | {"refused", "root"?, "size"?, "why"}

nonce, id: random bytes; n counts the requests of a connection from 0; hashes in hexadecimal.
Where both have a token, requests and answers carry "mac": HMAC-SHA-256 under it over the nonce and the
request, and over the request's mac and the answer. So none can be made, changed, or said again elsewhere
by who has no token. It hides nothing: what is said is the checkpoint that everybody gets.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from ledger.canonical import INTEGER_MAX, dumps, loads
from ledger.errors import Refusal, VerificationError
from ledger.merkle import HASH_BYTES

LINE_BYTES_MAX: Final = 16_384
PROOF_HASHES_MAX: Final = 64  # ⌈log₂ size⌉ + 1 at most
RANDOM_BYTES: Final = 32

_REQUEST: Final = b"pledger signer request v1\n"
_ANSWER: Final = b"pledger signer answer v1\n"
_HASH_HEX: Final = 64


class WireError(VerificationError):
    """A line that the other side cannot have meant: malformed, too long, or not by who has the token."""


class NotAuthentic(WireError):
    """A line without the token's mac, with a wrong one, or with one where there is no token."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree to be signed. root, proof: 32 bytes each; since: where the proof starts, None for anywhere."""

    size: int
    root: bytes
    proof: tuple[bytes, ...]
    since: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """tree: None where the client asks what was signed last. mac: what an answer is bound to."""

    number: int
    tree: Tree | None
    mac: bytes


def fresh() -> str:
    """A nonce or an id, in hexadecimal."""
    return secrets.token_hex(RANDOM_BYTES)


def greeting(nonce: str) -> bytes:
    """The first line of a connection."""
    return dumps({"nonce": nonce}) + b"\n"


def read_greeting(line: bytes) -> str:
    """The nonce. Raises WireError."""
    members = _members(line)
    if "refused" in members:
        raise WireError(str(members.get("why", "")) or "nobody is let in")
    return _hash(members, "nonce").hex() if members.keys() == {"nonce"} else _misshapen("a greeting")


def ask_last() -> dict[str, Any]:
    """The request for what was signed last, but for id and n."""
    return {"ask": "last"}


def ask_sign(tree: Tree) -> dict[str, Any]:
    """The request for a signature, but for id and n. Raises WireError for what cannot be asked."""
    numbers = (tree.size, 0 if tree.since is None else tree.since)
    if not all(0 <= one <= INTEGER_MAX for one in numbers):
        raise WireError("the tree size is out of range")
    if len(tree.proof) > PROOF_HASHES_MAX or any(len(one) != HASH_BYTES for one in (tree.root, *tree.proof)):
        raise WireError("a hash is not 32 bytes long, or there are too many")
    return {
        "ask": "sign",
        "proof": [one.hex() for one in tree.proof],
        "root": tree.root.hex(),
        "since": tree.since,
        "size": tree.size,
    }


def seal_request(
    token: bytes | None, nonce: str, number: int, members: Mapping[str, Any]
) -> tuple[bytes, bytes]:
    """(line, mac); without a token the mac is empty and not in the line."""
    return _sealed(token, _REQUEST + nonce.encode() + b"\n", {**members, "id": fresh(), "n": number})


def read_request(token: bytes | None, nonce: str, line: bytes) -> Request:
    """Raises NotAuthentic before anything else is looked at, then WireError."""
    members = _members(line)
    mac = _opened(token, _REQUEST + nonce.encode() + b"\n", members)
    _hash(members, "id")
    number = _number(members, "n")
    if members.get("ask") == "last" and members.keys() == {"ask", "id", "n"}:
        return Request(number, None, mac)
    if members.get("ask") != "sign" or members.keys() != _SIGN:
        _misshapen("a request")
    since = None if members["since"] is None else _number(members, "since")
    tree = Tree(_number(members, "size"), _hash(members, "root"), _proof(members["proof"]), since)
    return Request(number, tree, mac)


_SIGN: Final = frozenset(["ask", "id", "n", "proof", "root", "since", "size"])


def seal_answer(token: bytes | None, request_mac: bytes, members: Mapping[str, Any]) -> bytes:
    """The line. request_mac: of the request that is answered."""
    return _sealed(token, _ANSWER + request_mac.hex().encode() + b"\n", members)[0]


def read_answer(token: bytes | None, request_mac: bytes, line: bytes) -> dict[str, Any]:
    """The members of an answer to this request, their shapes unseen. Raises NotAuthentic, WireError."""
    members = _members(line)
    _opened(token, _ANSWER + request_mac.hex().encode() + b"\n", members)
    return members


def read_state(members: Mapping[str, Any]) -> tuple[str, tuple[str, ...], int, bytes]:
    """(origin, verifier keys, size, root) of the answer to ask_last. Raises WireError."""
    origin, keys = members.get("origin"), members.get("keys")
    if members.keys() != {"keys", "origin", "root", "size"} or not isinstance(origin, str):
        _misshapen("an answer")
    if not isinstance(keys, list) or len(keys) not in (1, 2) or not all(isinstance(k, str) for k in keys):
        _misshapen("an answer")
    return origin, tuple(keys), _number(members, "size"), _hash(members, "root")


def read_tree(members: Mapping[str, Any]) -> tuple[int, bytes]:
    """(size, root) of the tree signed last, in a refusal. Raises WireError."""
    return _number(members, "size"), _hash(members, "root")


def _sealed(token: bytes | None, context: bytes, members: Mapping[str, Any]) -> tuple[bytes, bytes]:
    body = dumps(dict(members))
    if token is None:
        return body + b"\n", b""
    mac = hmac.digest(token, context + body, "sha256")
    return dumps({**members, "mac": mac.hex()}) + b"\n", mac


def _opened(token: bytes | None, context: bytes, members: dict[str, Any]) -> bytes:
    """Take the mac out of the members and check it; empty without a token. Raises NotAuthentic."""
    sealed, found = "mac" in members, members.pop("mac", None)
    if token is None:
        if sealed:
            raise NotAuthentic("there is a token on one side only")
        return b""
    mac = hmac.digest(token, context + dumps(members), "sha256")
    if not isinstance(found, str) or not hmac.compare_digest(found.encode(), mac.hex().encode()):
        raise NotAuthentic("this is not by who has the token")
    return mac


def _members(line: bytes) -> dict[str, Any]:
    if not line.endswith(b"\n"):
        raise WireError("a line was cut off")
    try:
        members = loads(line[:-1], size_max=LINE_BYTES_MAX)
    except Refusal as refusal:
        raise WireError(f"a line is no canonical JSON: {refusal.code}") from refusal
    return members if isinstance(members, dict) else _misshapen("a line")


def _proof(given: Any) -> tuple[bytes, ...]:
    if not isinstance(given, list) or len(given) > PROOF_HASHES_MAX:
        _misshapen("a proof")
    return tuple(_hash({"proof": one}, "proof") for one in given)


def _number(members: Mapping[str, Any], name: str) -> int:
    found = members.get(name)
    if type(found) is not int or found < 0:
        _misshapen(name)
    return found


def _hash(members: Mapping[str, Any], name: str) -> bytes:
    """32 bytes in lower-case hexadecimal."""
    found = members.get(name)
    if not isinstance(found, str) or len(found) != _HASH_HEX or not set(found) <= _HEX:
        _misshapen(name)
    return bytes.fromhex(found)


_HEX: Final = frozenset("0123456789abcdef")


def _misshapen(what: str) -> NoReturn:
    raise WireError(f"{what} has another shape")
