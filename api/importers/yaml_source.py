"""Strict YAML: text only, each value with its line.

Nothing is constructed: PyYAML's parser gives events, and this module makes a tree of them in
which every scalar is a string (3.10 stays "3.10"). Anchors, aliases, tags, directives,
duplicate keys and second documents are refused; a bare `key:` is refused because a blank in a
source and a key that is not stated are two things. Source: YAML 1.1, PyYAML `yaml.parse`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from api.importers.errors import Problems

SIZE_MAX_BYTES: Final = 2 * 1024 * 1024
DEPTH_MAX: Final = 12
VALUES_MAX: Final = 100_000

# libyaml where it was built in: the pure parser takes ten times as long.
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS: Final = frozenset(["", "~", "null", "Null", "NULL"])
# libyaml compares each %TAG with all before it: a megabyte of them takes minutes.
DIRECTIVES_MAX: Final = 50
_DIRECTIVE: Final = re.compile("(?:^|[\n\r\x85\u2028\u2029])%")
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """members: key → value, in the file's order; key_lines: where each key stands."""

    line: int
    members: dict[str, Node] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sequence:
    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Broken:
    """A value about which a problem has been noted already."""

    line: int


Node = Scalar | Mapping | Sequence | Broken


def read_yaml(path: Path, problems: Problems) -> Node:
    """Read a file of at most SIZE_MAX_BYTES; see parse_yaml."""
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_MAX_BYTES + 1)
    except OSError:
        _stop(problems, 0, "unreadable")
    return parse_yaml(raw, problems)


def parse_yaml(raw: bytes, problems: Problems) -> Node:
    """The one document in raw. Adds what is wrong to problems.

    Raises ImportFileError at once where reading on makes no sense: size, encoding, syntax,
    depth, number of values, a second document.
    """
    if len(raw) > SIZE_MAX_BYTES:
        _stop(problems, 0, "too-large", got=SIZE_MAX_BYTES)
    text = _decode(raw, problems)
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER), problems).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _stop(problems, mark.line + 1 if mark else 0, "yaml-syntax", got=error.problem or error.context)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The pure parser lets chr() and int() speak for themselves on escapes and versions.
        _stop(problems, 0, "yaml-syntax", got=error)


def _stop(problems: Problems, line: int, code: str, **words: object) -> NoReturn:
    problems.stop(line, "", code, **words)
    raise AssertionError("stop always raises")


def _decode(raw: bytes, problems: Problems) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _stop(problems, raw.count(b"\n", 0, error.start) + 1, "not-utf8")
    odd = _UNPRINTABLE.search(text)
    if odd:
        _stop(problems, text.count("\n", 0, odd.start()) + 1, "text-control", got=f"U+{ord(odd[0]):04X}")
    for found in islice(_DIRECTIVE.finditer(text), DIRECTIVES_MAX, None):
        _stop(problems, text.count("\n", 0, found.end()) + 1, "directive")
    return text


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Builder:
    """Makes the tree, pulling events one by one, so that a bomb is never read to its end."""

    def __init__(self, events: Iterator[Any], problems: Problems) -> None:
        self._events = events
        self._problems = problems
        self._values = 0

    def document(self) -> Node:
        next(self._events)  # the start of the stream
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            _stop(self._problems, 1, "empty-file")
        if start.version or start.tags:
            self._problems.add(_line(start), "", "directive")
        root = self._node(next(self._events), "", 1)
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            _stop(self._problems, _line(after), "many-documents")
        return root

    def _node(self, event: Any, path: str, depth: int) -> Node:
        self._count(event, path, depth)
        if isinstance(event, yaml.AliasEvent):
            self._problems.add(_line(event), path, "alias", got=event.anchor)
            return Broken(_line(event))
        self._refuse_marks(event, path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, path, depth)
        return self._mapping(event, path, depth)

    def _count(self, event: Any, path: str, depth: int) -> None:
        self._values += 1
        if self._values > VALUES_MAX:
            self._problems.stop(_line(event), path, "too-many-values", got=VALUES_MAX)
        if depth > DEPTH_MAX:
            self._problems.stop(_line(event), path, "too-deep", got=DEPTH_MAX)

    def _refuse_marks(self, event: Any, path: str) -> None:
        if event.anchor is not None:
            self._problems.add(_line(event), path, "anchor", got=event.anchor)
        if event.tag is not None:
            self._problems.add(_line(event), path, "tag", got=event.tag)

    def _scalar(self, event: Any, path: str) -> Node:
        # libyaml names the plain style "", the pure parser None.
        if not event.style and event.value in _NULLS:
            self._problems.add(_line(event), path, "empty-value")
            return Broken(_line(event))
        return Scalar(event.value, _line(event))

    def _sequence(self, start: Any, path: str, depth: int) -> Sequence:
        made = Sequence(_line(start))
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            made.items.append(self._node(event, f"{path}/{len(made.items)}", depth + 1))
        return made

    def _mapping(self, start: Any, path: str, depth: int) -> Mapping:
        made = Mapping(_line(start))
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, path, depth + 1)
            name = key.text if isinstance(key, Scalar) else None
            below = f"{path}/{escape(name or '')}"
            value = self._node(next(self._events), below, depth + 1)
            if name is None:
                self._key_not_text(key, path)
            elif name in made.members:
                self._problems.add(key.line, below, "duplicate-key", got=name)
            else:
                made.members[name], made.key_lines[name] = value, key.line
        return made

    def _key_not_text(self, key: Node, path: str) -> None:
        if not isinstance(key, Broken):
            self._problems.add(key.line, path, "key-not-text")


def escape(name: str) -> str:
    """One token of a JSON Pointer (RFC 6901 §3)."""
    return name.replace("~", "~0").replace("/", "~1")
