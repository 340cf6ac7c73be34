"""What an entry can be found by: rows of the table `words`, made of the entry alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.event import Stated
from ledger.ids import split_stream
from projections.search.folding import words_of_all

Row = tuple[str, str, str, int]  # what, word, id, leaf index
ENTRY: Final = "entry"
# Keys and proofs: nobody looks for a part of them, and their hashes have questions of their own.
_OPAQUE: Final = frozenset({"jwk", "possession", "certificate", "response", "checkpoint", "log_key", "nonce"})


def rows_of(stated: Stated, leaf: str) -> list[Row]:
    """leaf: hash of the entry's leaf, hexadecimal, by which it is found as by its payload's."""
    event, index = stated.event, stated.index
    data = event.data.model_dump(mode="json", by_alias=True, exclude_none=True) if event.data else {}
    words = words_of_all([*_texts(data), event.reason, *(file.name for file in event.files)])
    rows = [(ENTRY, word, "", index) for word in words | {stated.payload_hash, leaf}]
    for what, name, texts in _things(event.kind, split_stream(event.subject)[1], data):
        rows += [(what, word, name, index) for word in words_of_all(texts)]
    return sorted(rows)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in _OPAQUE:
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


Thing = tuple[str, str, list[str]]  # what, id, texts


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
        texts = [node["id"], node.get("title", ""), node.get("kpkvk", "")]
        yield "measure", f"{owner}/{node['id']}", texts
    for indicator in data.get("indicators", ()):
        yield "indicator", f"{owner}/{indicator['id']}", [indicator["id"], indicator.get("name", "")]


def _founders(_: str, data: Mapping[str, Any]) -> Iterator[Thing]:
    for registrar in data["registrars"]:
        yield "person", registrar["person"], [registrar["person"], registrar.get("name", "")]


_MAKERS: Final[dict[str, Callable[[str, Mapping[str, Any]], Iterator[Thing]]]] = {
    "ledger.opened": _founders,
    "body.opened": _named("body", "body", "name", "edrpou"),
    "person.registered": _named("person", "person", "name"),
    "office.created": _named("office", "office", "name"),
    "act.registered": _named("act", "act", "number", "project_number", "date", "title"),
    "programme.adopted": _programme,
    "programme.amended": _programme,
}
