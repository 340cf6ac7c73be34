"""Answering a question of search as known at a position: exact things first, then names, then entries.

An entry, a hash or a key is found by what it is; everything else by words that all must be there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from ledger.kinds import KINDS
from projections.reading import Reading
from projections.search.folding import Term, fold, terms_of, words_of
from projections.statements import is_event_id

NAMED: Final = ("programme", "measure", "indicator", "act", "office", "person", "body")
HASH_MIN: Final = 8  # characters of a hash or a key's thumbprint
_NUMBER: Final = re.compile(r"\s*(№|#|n°|no\.?|n)?\s*([0-9]{1,12})\s*", re.IGNORECASE)
_DATED: Final = re.compile(r"\s*№?\s*([^\s]{1,40})\s+(?:від|of|from|dated)\s+([0-9-]{10})\s*", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-f]{8,64}")
_KID: Final = re.compile(r"[A-Za-z0-9_-]{8,43}(@[a-z0-9:._-]{1,80})?")
_ENTRY: Final = "entry"


@dataclass(frozen=True, slots=True)
class Hit:
    """id: of the thing, `programme/id` of a measure or indicator; index: of the entry that says it.

    exact: it was asked for by its number, id, hash, thumbprint or code.
    """

    what: str
    id: str
    index: int | None
    exact: bool = False


@dataclass(slots=True)
class Found:
    """things: all of them; entries: leaf indexes, the newest first."""

    things: list[Hit] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.things) + len(self.entries)


def find(reading: Reading, question: str) -> Found:
    """Everything that fits; nothing for a question without a word."""
    exact = list(dict.fromkeys(_exact(reading, question)))
    if _is_marked_number(question) or (exact and _is_name_of_one(question)):
        return Found(exact)
    terms = terms_of(question)
    if not terms:
        return Found(exact)
    known = {(hit.what, hit.id) for hit in exact}
    named = [hit for hit in _named(reading, terms) if (hit.what, hit.id) not in known]
    shown = {hit.index for hit in exact if hit.what == _ENTRY}
    entries = [index for index in _entries(reading, terms) if index not in shown]
    return Found([*exact, *_codes(named, question), *_kinds(terms)], entries)


def _is_marked_number(question: str) -> bool:
    """`№ 35`: nobody means a text in which 35 stands."""
    number = _NUMBER.fullmatch(question)
    return number is not None and number[1] is not None


def _is_name_of_one(question: str) -> bool:
    """Is it written as the number of an act, an id or a hash, so that words are not meant?"""
    number = _NUMBER.fullmatch(question)
    plain = question.strip()
    if plain.startswith(("№", "#")) or (number is not None and number[1] is not None):
        return True
    return is_event_id(plain.lower()) or len(plain) in (43, 64)


# -- by what they are --------------------------------------------------------------------


def _exact(reading: Reading, question: str) -> Iterator[Hit]:
    number, plain = _NUMBER.fullmatch(question), question.strip()
    if number is not None:
        index = int(number[2]) - 1
        if 0 <= index < reading.position:
            yield Hit(_ENTRY, str(index), index, exact=True)
        yield from _acts(reading, number[2])
    elif dated := _DATED.fullmatch(fold(question)):
        yield from _acts(reading, dated[1], dated[2])
    elif numbered := re.fullmatch(r"\s*№\s*(\S{1,40})\s*", question):
        yield from _acts(reading, numbered[1])
    if is_event_id(plain.lower()):
        yield from _event(reading, plain.lower())
    elif _HEX.fullmatch(plain.lower()):
        yield from _hashes(reading, plain.lower())
    if _KID.fullmatch(plain):
        yield from _keys(reading, plain)


def _event(reading: Reading, event: str) -> Iterator[Hit]:
    index = reading.log.events([event]).get(event)
    if index is not None and index < reading.position:
        yield Hit(_ENTRY, str(index), index, exact=True)


def _hashes(reading: Reading, start: str) -> Iterator[Hit]:
    """Payloads, leaves and files that begin so."""
    until = Term(start, exact=False).until
    query = (
        "SELECT DISTINCT leaf_index FROM words WHERE what='entry' AND word>=? AND word<? AND length(word)=64 "
        "AND leaf_index<? ORDER BY leaf_index DESC LIMIT 100"
    )
    for (index,) in reading.rows(query, [start, until, reading.position]):
        yield Hit(_ENTRY, str(index), index, exact=True)
    query = (
        "SELECT sha256, MIN(leaf_index) FROM files WHERE sha256>=? AND sha256<? AND leaf_index<? "
        "GROUP BY sha256 ORDER BY sha256 LIMIT 100"
    )
    for sha256, index in reading.rows(query, [start, until, reading.position]):
        yield Hit("file", sha256, index, exact=True)


def _keys(reading: Reading, start: str) -> Iterator[Hit]:
    """Thumbprints tell capital letters from small ones."""
    query = (
        "SELECT id, MIN(known_from) FROM records WHERE space='key' AND id>=? AND id<? AND known_from<=? "
        "GROUP BY id ORDER BY id LIMIT 100"
    )
    for name, known_from in reading.rows(query, [start, Term(start, exact=False).until, reading.position]):
        yield Hit("key", name, known_from - 1, exact=True)


def _acts(reading: Reading, number: str, day: str | None = None) -> Iterator[Hit]:
    """Acts with this number, or number of the draft."""
    words = {word for word in (*words_of(number), day or "") if word}
    for act, index in _all_with(reading, "act", [Term(word, exact=True) for word in sorted(words)]):
        docs = reading.rows(
            "SELECT doc FROM records WHERE space='act' AND id=? AND known_from<=?", [act, reading.position]
        )
        if any(_is_numbered(row[0], number, day) for row in docs):
            yield Hit("act", act, index, exact=True)


def _is_numbered(doc: str, number: str, day: str | None) -> bool:
    data = _data(doc)
    numbers = {fold(str(data.get(name) or "")) for name in ("number", "project_number")}
    return fold(number) in numbers and (day is None or data.get("date") == day)


def _data(doc: str) -> dict[str, Any]:
    return orjson.loads(doc).get("data") or {}


# -- by words ----------------------------------------------------------------------------


def _named(reading: Reading, terms: Sequence[Term]) -> list[Hit]:
    return [Hit(what, name, index) for what in NAMED for name, index in _all_with(reading, what, terms)]


def ids_with(reading: Reading, what: str, question: str) -> set[str] | None:
    """The things of a kind that have all the words; None for a question without a word."""
    terms = terms_of(question)
    return {name for name, _ in _all_with(reading, what, terms)} if terms else None


def _all_with(reading: Reading, what: str, terms: Sequence[Term]) -> list[tuple[str, int]]:
    """Things by id, with the newest entry that gives them such a name."""
    found: dict[str, int] | None = None
    for term in terms:
        where, values = _where(term)
        query = (
            f"SELECT id, MAX(leaf_index) FROM words WHERE what=? AND {where} AND leaf_index<? "
            "GROUP BY id ORDER BY id"
        )
        rows = dict(reading.rows(query, [what, *values, reading.position]))
        found = (
            rows if found is None else {one: max(at, rows[one]) for one, at in found.items() if one in rows}
        )
        if not found:
            break
    return sorted((found or {}).items())


def _entries(reading: Reading, terms: Sequence[Term]) -> list[int]:
    asked, values = list[str](), list[Any]()
    for term in terms:
        where, some = _where(term)
        asked.append(f"SELECT leaf_index FROM words WHERE what='entry' AND {where} AND leaf_index<?")
        values += [*some, reading.position]
    query = f"SELECT DISTINCT leaf_index FROM ({' INTERSECT '.join(asked)}) AS found ORDER BY leaf_index DESC"
    return [index for (index,) in reading.rows(query, values)]


def _where(term: Term) -> tuple[str, list[str]]:
    return ("word=?", [term.word]) if term.exact else ("word>=? AND word<?", [term.word, term.until])


def _codes(named: list[Hit], question: str) -> Iterator[Hit]:
    """Those whose code was asked for come first, and are exact."""
    code = fold(question.strip())
    exact = [hit for hit in named if hit.id in (code, question.strip()) or hit.id.rpartition("/")[2] == code]
    yield from (Hit(hit.what, hit.id, hit.index, exact=True) for hit in exact)
    yield from (hit for hit in named if hit not in exact)


def _kinds(terms: Sequence[Term]) -> Iterator[Hit]:
    """Kinds of event whose name, in either language, has all the words."""
    for name, kind in KINDS.items():
        words = words_of(kind.title("uk")), words_of(kind.title("en"))
        if any(all(_has(some, term) for term in terms) for some in words):
            yield Hit("kind", name, None)


def _has(words: Collection[str], term: Term) -> bool:
    return term.word in words if term.exact else any(word.startswith(term.word) for word in words)
