"""Values of a JSON Schema, as hypothesis draws them: what passes the form gets as far as the rules.

A string whose member or pattern `words` knows is mostly one of those words, what a ledger's events speak
of: a measure that is not there is refused by the first rule that looks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]
Words = Mapping[str, Sequence[Any]]  # member or pattern → values; may grow while it is drawn from

ITEMS_MAX = 3
TEXTS = ["Текст", "-", "", "=1+1", "<b>x</b>", "слово " * 99]
_TEXTS = st.sampled_from(TEXTS)  # of other letters than these speak the tests of ledger/canonical.py
_PLACES = st.integers(0, (1 << 16) - 1)


class Values:
    """Strategies for one schema with its $defs; `whole` is that of the schema itself."""

    def __init__(self, schema: Schema, words: Words) -> None:
        self._defs: Schema = schema.get("$defs", {})
        self._words = words
        self._made: dict[tuple[str, str], st.SearchStrategy[Any]] = {}
        self.whole = self.of(schema)

    def of(self, schema: Schema, member: str = "") -> st.SearchStrategy[Any]:
        """Any value of a part of the schema. member: whose value it is, also inside a list."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            known = (name, member)
            if known not in self._made:  # a reference may lead back to where it stands
                self._made[known] = st.deferred(lambda: self.of(self._defs[name], member))
            return self._made[known]
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return st.one_of([self.of(one, member) for one in schema[keyword]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "const" in schema:
            return st.just(schema["const"])
        return self._typed(schema, member)

    def _typed(self, schema: Schema, member: str) -> st.SearchStrategy[Any]:
        named = schema.get("type")
        if named == "object":
            return self._object(schema, member)
        if named == "array":
            least = schema.get("minItems", 0)
            most = min(schema.get("maxItems", ITEMS_MAX), max(ITEMS_MAX, least))
            return st.lists(self.of(schema["items"], member), min_size=least, max_size=most)
        if named == "string":
            return self._text(schema, member)
        if named == "integer":
            return self._mostly(member, _integers(schema))
        return {"boolean": st.booleans(), "null": st.none(), None: _TEXTS}[named]

    def _object(self, schema: Schema, member: str) -> st.SearchStrategy[Any]:
        members = {name: self.of(child, name) for name, child in schema.get("properties", {}).items()}
        required = {name: members.pop(name) for name in schema.get("required", ())}
        if "patternProperties" in schema:
            ((pattern, child),) = schema["patternProperties"].items()
            names = self._text({"pattern": pattern}, f"{member}:")
            return st.dictionaries(names, self.of(child, member), max_size=ITEMS_MAX)
        return st.fixed_dictionaries(required, optional=members)

    def _text(self, schema: Schema, member: str) -> st.SearchStrategy[Any]:
        if "pattern" in schema:
            pattern = schema["pattern"]
            known = member if member in self._words else pattern
            return self._mostly(known, st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
        least, most = schema.get("minLength", 0), schema.get("maxLength", 6)
        free = _TEXTS.map(lambda text: text[:most]).filter(lambda text: len(text) >= least)
        return self._mostly(member, free)

    def _mostly(self, known: str, other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        """Four times of five a known word, where there are any."""
        if known not in self._words:
            return other
        words = self._words[known]
        one = _PLACES.map(lambda place: words[place % len(words)])
        return st.one_of(one, one, one, one, other)


def _integers(schema: Schema) -> st.SearchStrategy[int]:
    least, most = schema.get("minimum", -(1 << 52)), schema.get("maximum", (1 << 53) - 1)
    most = min(most, schema.get("exclusiveMaximum", most + 1) - 1)
    likely = [number for number in (0, 1, 2, 3, 5, 30, 2024, 2025, 2026) if least <= number <= most]
    return st.one_of(st.sampled_from([least, most, *likely]), st.integers(least, most))
