"""What the policies in force on a day say, setting by setting; where none says it: not configured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ledger.families import uncovered
from ledger.governing import policies_over
from ledger.policy import in_force
from projections.governing import governing_world
from projections.reading import Reading
from projections.recording import Doc
from projections.records import read_record


def read_policies(reading: Reading, as_of: str, *, body: str, programme: str | None) -> list[Doc]:
    """The records of the policies in force, oldest first. body: "" for the root's alone."""
    stated = policies_over(governing_world(reading), body, as_of)
    found = in_force(stated, as_of, below=reading.position, programme=programme)
    return [record for policy in found if (record := read_record(reading, "policy", policy.event))]


def settings_of(policies: Sequence[Doc]) -> Doc:
    """Each setting: whether any policy says it, and what each says, with the policy's event.

    policies: all that are in force together; what one leaves uncovered, another may ask.
    """
    found = {}
    for name, read in _SETTINGS.items():
        items = [{**item, "policy": policy["id"]} for policy in policies for item in read(policy)]
        items = _with_uncovered(items) if name == "endorsements" else items
        found[name] = {"status": "configured" if items else "not-configured", "items": items}
    return found


def _with_uncovered(items: list[Doc]) -> list[Doc]:
    asked = {kind for item in items for kind in item["kinds"]}
    return [{**item, "uncovered": uncovered(item["kinds"], asked)} for item in items]


def _of_rules(member: str) -> Callable[[Doc], Iterator[Doc]]:
    """A member of rules, for the kinds that they are about."""

    def read(policy: Doc) -> Iterator[Doc]:
        for rule in policy["rules"]:
            said = rule[member]
            if said:
                yield {"kinds": rule["kinds"], **(said if isinstance(said, dict) else {member: said})}

    return read


def _of_list(member: str) -> Callable[[Doc], Iterator[Doc]]:
    return lambda policy: iter(policy[member])


def _of_one(member: str) -> Callable[[Doc], Iterator[Doc]]:
    return lambda policy: iter([policy[member]] if policy.get(member) is not None else [])


def _lapse(policy: Doc) -> Iterator[Doc]:
    if policy["lapse_days"] is not None:
        yield {"days": policy["lapse_days"]}


_SETTINGS: dict[str, Callable[[Doc], Iterator[Doc]]] = {
    "endorsements": _of_rules("endorsements"),
    "offices": _of_rules("offices"),
    "forbidden": _of_rules("forbidden"),
    "silent": _of_rules("silent"),
    "executors": _of_list("executors"),
    "deadlines": _of_list("deadlines"),
    "calendar": _of_one("calendar"),
    "lapse": _lapse,
    "session": _of_one("session"),
    "publication": _of_one("publication"),
}
