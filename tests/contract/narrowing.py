"""What a JSON Schema lets in no more that an earlier one let in.

Sound for the keywords that the project's schemas use; any other keyword fails, so that none is overlooked.
Where two patterns differ nobody can say which is the narrower: that counts as narrower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

_NOTES = {
    "title", "description", "example", "examples", "default", "discriminator", "format", "$schema", "$id",
    "$defs",
}  # fmt: skip
_MINIMA = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MAXIMA = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_UNIONS = ("anyOf", "oneOf")
_KNOWN = {
    *_NOTES, *_MINIMA, *_MAXIMA, *_UNIONS, "$ref", "type", "const", "enum", "pattern", "properties",
    "required", "additionalProperties", "patternProperties", "items",
}  # fmt: skip


@dataclass(frozen=True)
class Narrowing:
    """Compares one earlier document with one of today. earlier, today: where each one's $ref leads."""

    earlier: Mapping[str, Schema]
    today: Mapping[str, Schema]
    _found: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def of(self, old: Any, new: Any, at: str = "") -> Iterator[str]:
        """Each way in which `new` refuses what `old` allowed."""
        if new is True or new == {} or old is False:
            return
        if new is False:
            yield f"{at}: nothing is allowed any more"
            return
        pair = (_name(old), _name(new))
        if not all(pair):
            yield from self._of_options(old, new, at)
            return
        if pair not in self._found:
            self._found[
                pair
            ] = []  # what holds itself: that it is no narrower is assumed until shown otherwise
            self._found[pair] = [*self._of_options(old, new, "")]
        yield from (at + way for way in self._found[pair])

    def _of_options(self, old: Any, new: Schema, at: str) -> Iterator[str]:
        """What each old option took, one of the new ones must take: the one that takes most of it."""
        news = _options(new, self.today)
        for one in _options({} if old is True else old, self.earlier):
            yield from min(([*self._of_plain(one, other, at)] for other in news), key=len)

    def _of_plain(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        yield from _of_values(old, new, at)
        yield from _of_bounds(old, new, at)
        yield from self._of_members(old, new, at)
        if "items" in new:
            yield from self.of(old.get("items", True), new["items"], f"{at}[]")

    def _of_members(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        if _cannot_be(old, "object"):
            return
        for name in sorted({*new.get("required", ())} - {*old.get("required", ())}):
            yield f"{at}/{name}: is required now"
        old_named, new_named = old.get("properties", {}), new.get("properties", {})
        old_other, new_other = _other(old), _other(new)
        for name in sorted({*old_named, *new_named}):
            yield from self.of(old_named.get(name, old_other), new_named.get(name, new_other), f"{at}/{name}")
        yield from self.of(old_other, new_other, f"{at}/*")


def _other(schema: Schema) -> Any:
    """What members may hold that the schema does not name; of one family at most, as all of ours."""
    patterns = [*schema.get("patternProperties", {}).values()]
    if len(patterns) > 1:
        raise AssertionError("several patternProperties cannot be compared")
    return patterns[0] if patterns else schema.get("additionalProperties", True)


def _name(schema: Any) -> str:
    return str(schema["$ref"]) if isinstance(schema, Mapping) and "$ref" in schema else ""


def _options(schema: Schema, named: Mapping[str, Schema]) -> list[Schema]:
    """The plain schemas of which a value must fit one."""
    if unknown := schema.keys() - _KNOWN:
        raise AssertionError(f"the comparison does not know {sorted(unknown)}")
    if "$ref" in schema:
        return _options(named[schema["$ref"].rpartition("/")[2]], named)
    for union in _UNIONS:
        if union in schema:
            rest = {word: told for word, told in schema.items() if word not in _UNIONS}
            return [{**rest, **one} for option in schema[union] for one in _options(option, named)]
    if isinstance(types := schema.get("type"), list):
        return [{**schema, "type": one} for one in types]
    return [schema]


def _cannot_be(schema: Schema, name: str) -> bool:
    return bool(schema.get("type", name) != name)


def _values(schema: Schema) -> list[Any] | None:
    """All the values that it allows, where it lists them."""
    if "const" in schema:
        return [schema["const"]]
    listed: list[Any] | None = schema.get("enum")
    return listed


def _of_values(old: Schema, new: Schema, at: str) -> Iterator[str]:
    old_values, new_values = _values(old), _values(new)
    if new_values is not None:
        lost = ["everything else"] if old_values is None else [v for v in old_values if v not in new_values]
        if lost:
            yield f"{at}: no longer {lost}"
    was, now = old.get("type"), new.get("type", old.get("type"))
    if old_values is None and was != now and (was, now) != ("integer", "number"):
        yield f"{at}: was {was or 'anything'}, is {now}"
    if "pattern" in new and old_values is None and old.get("pattern") != new["pattern"]:
        yield f"{at}: another pattern"


def _of_bounds(old: Schema, new: Schema, at: str) -> Iterator[str]:
    if _values(old) is not None:
        return
    for names, is_stricter in ((_MINIMA, _above), (_MAXIMA, _below)):
        for name in names:
            if name in new and is_stricter(new[name], old.get(name)):
                yield f"{at}: {name} {old.get(name)} → {new[name]}"


def _above(new: float, old: float | None) -> bool:
    return old is None or new > old


def _below(new: float, old: float | None) -> bool:
    return old is None or new < old
