"""From a tree of texts to checked values: small converters that are put together.

A converter takes a Field and gives its value, or raises Wrong; `attempt` notes the problem and
goes on, so that all of them are found. A specification of a whole file is a converter made of
converters (see programme.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from api.importers import yaml_source as source
from api.importers.errors import Problems
from ledger import values
from ledger.canonical import check_string
from ledger.errors import Refusal

NAME_MAX: Final = 600
TEXT_MAX: Final = 4000
BLANKS: Final = ("", "-")

_UAH = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{2})?")
_THOUSANDS = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Field:
    """A value in the file, the pointer to it, and where problems and lines are noted."""

    node: source.Node
    path: str
    problems: Problems
    lines: dict[str, int]

    def below(self, name: str, node: source.Node) -> Field:
        path = f"{self.path}/{source.escape(name)}"
        self.lines[path] = node.line
        return Field(node, path, self.problems, self.lines)


class Wrong(Exception):
    """A value will not do. code: None if that has been noted already."""

    def __init__(self, code: str | None, **words: object) -> None:
        self.code = code
        self.words = words
        super().__init__(code)


Converter = Callable[[Field], Any]


@dataclass(frozen=True, slots=True)
class Optional:
    """A member that a source need not state."""

    convert: Converter


def attempt(convert: Converter, field: Field) -> Any:
    """What convert makes of the field, or None after its problem has been noted."""
    try:
        return convert(field)
    except Wrong as wrong:
        if wrong.code is not None:
            field.problems.add(field.node.line, field.path, wrong.code, **wrong.words)
        return None


def record(members: Mapping[str, Converter | Optional]) -> Converter:
    """A mapping with these members and no others; values that failed are left out."""

    def convert(field: Field) -> dict[str, Any]:
        node = _mapping(field)
        for name in (name for name in node.members if name not in members):
            _note_unknown(field, name, node.key_lines[name])
        made: dict[str, Any] = {}
        for name, member in members.items():
            if name in node.members:
                inner = member.convert if isinstance(member, Optional) else member
                value = attempt(inner, field.below(name, node.members[name]))
                made |= {} if value is None else {name: value}
            elif not isinstance(member, Optional):
                field.problems.add(node.line, field.path, "missing-key", got=name)
        return made

    return convert


def _note_unknown(field: Field, name: str, line: int) -> None:
    field.problems.add(line, f"{field.path}/{source.escape(name)}", "unknown-key", got=name)


def rows(item: Converter, most: int) -> Converter:
    """A list of at most so many. A row that failed stays as None, so that places are kept."""

    def convert(field: Field) -> list[Any]:
        if not isinstance(field.node, source.Sequence):
            raise _not_this(field, "not-a-list")
        if len(field.node.items) > most:
            raise Wrong("too-many-rows", got=most)
        return [attempt(item, field.below(str(i), node)) for i, node in enumerate(field.node.items)]

    return convert


def table(key: Converter, value: Converter) -> Converter:
    """A mapping whose keys are values too, such as years."""

    def convert(field: Field) -> dict[str, Any]:
        node = _mapping(field)
        made: dict[str, Any] = {}
        for name, inner in node.members.items():
            below = field.below(name, inner)
            at_key = Field(source.Scalar(name, node.key_lines[name]), below.path, field.problems, field.lines)
            good, got = attempt(key, at_key), attempt(value, below)
            made |= {} if good is None or got is None else {name: got}
        return made

    return convert


def text(length: int = TEXT_MAX, *, blank: bool = False, quoted: bool = False) -> Converter:
    """A text by the ledger's rules. blank: "" is an answer. quoted: keep odd characters."""

    def convert(field: Field) -> str:
        got = scalar(field)
        if not got and not blank:
            raise Wrong("blank-text")
        if len(got) > length:
            raise Wrong("too-long", got=length)
        if got != got.strip() and not quoted:
            raise Wrong("text-space")
        _check_characters(got, quoted=quoted)
        return got

    return convert


def pattern(code: str, regex: str, **words: object) -> Converter:
    """A text that matches the whole of regex (ASCII), else the problem `code`."""
    compiled = re.compile(regex, re.ASCII)

    def convert(field: Field) -> str:
        got = scalar(field)
        if not compiled.fullmatch(got):
            raise Wrong(code, got=got, **words)
        return got

    return convert


def choice(*allowed: str) -> Converter:
    """One of a few words."""

    def convert(field: Field) -> str:
        got = scalar(field)
        if got not in allowed:
            raise Wrong("not-a-choice", got=got, allowed=", ".join(allowed))
        return got

    return convert


def blank_or(convert: Converter, blanks: tuple[str, ...] = BLANKS) -> Converter:
    """A blank or a printed dash as it stands, else what convert makes of it."""

    def either(field: Field) -> Any:
        node = field.node
        return node.text if isinstance(node, source.Scalar) and node.text in blanks else convert(field)

    return either


def one_or_many(one: Converter, many: Converter) -> Converter:
    """One value, or a list of them."""
    return lambda field: (many if isinstance(field.node, source.Sequence) else one)(field)


def day(field: Field) -> str:
    """A date that the calendar has, YYYY-MM-DD."""
    got = scalar(field)
    try:
        if re.fullmatch(values.DAY, got, re.ASCII):
            return date.fromisoformat(got).isoformat()
    except ValueError:
        pass  # as wrong as a text that is no date at all
    raise Wrong("not-a-date", got=got)


def year(field: Field) -> int:
    got = scalar(field)
    if re.fullmatch("[0-9]{4}", got, re.ASCII) and 1991 <= int(got) <= 2200:
        return int(got)
    raise Wrong("not-a-year", got=got)


def whole_number(field: Field) -> int:
    """A count such as an act's order in the day: 0 to 9999."""
    got = scalar(field)
    if re.fullmatch("0|[1-9][0-9]{0,3}", got, re.ASCII):
        return int(got)
    raise Wrong("not-a-number", got=got)


def uah(field: Field) -> str:
    """An amount in hryvnias, given two decimals: "30000" → "30000.00"."""
    got = scalar(field)
    if not _UAH.fullmatch(got):
        raise Wrong("not-money", got=got)
    return values.money(Decimal(got))


def thousands(field: Field) -> str:
    """An amount in thousands, multiplied exactly: "1250.5" → "1250500.00"."""
    got = scalar(field)
    if not _THOUSANDS.fullmatch(got):
        raise Wrong("not-thousands", got=got)
    return values.money(Decimal(got) * 1000)


def scalar(field: Field) -> str:
    """The text of a scalar."""
    if isinstance(field.node, source.Scalar):
        return field.node.text
    raise _not_this(field, "not-a-text")


def _mapping(field: Field) -> source.Mapping:
    if isinstance(field.node, source.Mapping):
        return field.node
    raise _not_this(field, "not-a-mapping")


def _not_this(field: Field, code: str) -> Wrong:
    return Wrong(None if isinstance(field.node, source.Broken) else code)


def _check_characters(got: str, *, quoted: bool) -> None:
    """The ledger's rules for text, at the door of the file already."""
    surrogate = re.search("[\ud800-\udfff]", got)
    if surrogate:
        raise Wrong("text-surrogate", got=f"U+{ord(surrogate[0]):04X}")
    try:
        check_string(got, quoted=quoted)
    except Refusal as refusal:
        raise Wrong(refusal.code, got=refusal.got) from None
