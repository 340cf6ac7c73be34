"""What an entry can be found by: rows of the table `words`, made of the entry's own words alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

from ledger.ids import split_stream
from projections.search.folding import words_of_all

Key = tuple[str, str, str]  # what, word, id
Row = tuple[str, str, str, int]  # a key and a leaf index
INSERT_WORD: Final = "INSERT INTO words VALUES (?,?,?,?) ON CONFLICT DO NOTHING"
ENTRY: Final = "entry"
# Keys and proofs: nobody looks for a part of them, and their hashes have questions of their own.
_OPAQUE: Final = frozenset({"jwk", "possession", "certificate", "response", "checkpoint", "log_key", "nonce"})
# The one word that a payload means without saying it: a deadline without `shift` has the shift `none`.
UNSAID: Final = "none"


class Words:
    """What some entries can be found by, gathered for the table: rows in its order are inserted fastest."""

    def __init__(self) -> None:
        self._found: defaultdict[Key, list[int]] = defaultdict(list)
        self.count = 0  # of rows

    def take(self, index: int, payload: bytes, leaf: str) -> None:
        """As keys_of; each entry (leaf index) once, in the order of the log."""
        keys = keys_of(payload, leaf)
        self.count += len(keys)
        for key in keys:
            self._found[key].append(index)

    def rows(self) -> Iterator[Row]:
        """Sorted as the table is."""
        for key in sorted(self._found):
            for index in self._found[key]:
                yield (*key, index)


def keys_of(payload: bytes, leaf: str) -> set[Key]:
    """payload: the event's canonical bytes. leaf: hash of the entry's leaf, hexadecimal.

    An entry is found by both hashes, the payload's and the leaf's. The payload is read as plain JSON: that
    takes a tenth of the time of an event's own model, which has no other words (a test says so).
    """
    event = orjson.loads(payload)
    data = event["data"] or {}
    said = [*_texts(data), *_unsaid(event["kind"], data), event.get("reason", "")]
    words = words_of_all([*said, *(file["name"] for file in event.get("files", ()))])
    keys = {(ENTRY, word, "") for word in words | {sha256(payload).hexdigest(), leaf}}
    for what, name, texts in _things(event["kind"], split_stream(event["subject"])[1], data):
        keys |= {(what, word, name) for word in words_of_all(filter(None, texts))}
    return keys


def _unsaid(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    if kind == "policy.set" and any("shift" not in one for one in data.get("deadlines", ())):
        yield UNSAID


def _texts(value: Any) -> list[str]:
    """Every text that is somewhere in it, in no order."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            waiting += [member for name, member in one.items() if name not in _OPAQUE]
        elif isinstance(one, list):
            waiting += one
    return found


Thing = tuple[str, str, list[str | None]]  # what, id, texts


def _things(kind: str, owner: str, data: Mapping[str, Any]) -> Iterable[Thing]:
    maker = _MAKERS.get(kind)
    return maker(owner, data) if maker is not None and data else ()


def _named(what: str, member: str, *texts: str) -> Callable[[str, Mapping[str, Any]], Iterator[Thing]]:
    def made(_: str, data: Mapping[str, Any]) -> Iterator[Thing]:
        yield what, data[member], [str(data[text]) for text in (member, *texts) if data.get(text)]

    return made


def _programme(owner: str, data: Mapping[str, Any]) -> Iterator[Thing]:
    """The programme, its measures (any row of the tree) and indicators: ids are programme/id."""
    if data.get("title"):
        yield "programme", owner, [owner, data["title"]]
    for node in data.get("tree", ()):
        texts = [node["id"], node.get("title"), node.get("kpkvk")]
        yield "measure", f"{owner}/{node['id']}", texts
    for indicator in data.get("indicators", ()):
        yield "indicator", f"{owner}/{indicator['id']}", [indicator["id"], indicator.get("name")]


def _founders(_: str, data: Mapping[str, Any]) -> Iterator[Thing]:
    for registrar in data["registrars"]:
        yield "person", registrar["person"], [registrar["person"], registrar.get("name")]


_MAKERS: Final[dict[str, Callable[[str, Mapping[str, Any]], Iterator[Thing]]]] = {
    "ledger.opened": _founders,
    "body.opened": _named("body", "body", "name", "edrpou"),
    "person.registered": _named("person", "person", "name"),
    "office.created": _named("office", "office", "name"),
    "act.registered": _named("act", "act", "number", "project_number", "date", "title"),
    "programme.adopted": _programme,
    "programme.amended": _programme,
}
