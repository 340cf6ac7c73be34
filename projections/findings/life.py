"""The life of a finding on the record: open, answered, accepted with a reason, resolved by an event.

Source: docs/findings.md, Life.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ledger.canonical import dumps
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.rule import Hit

Status = Literal["open", "answered", "accepted", "resolved"]


def finding_id(code: str, hit: Hit) -> str:
    return f"{code}:{hit.key}"


def fingerprint(case: Case, code: str, hit: Hit) -> str:
    """SHA-256, hexadecimal, of what was found: what an acceptance binds. Another figure is another one.

    The day, and where a quote stands in a text at hand, are not part of it. Values of cells are only where
    the hit rests on no events: what those stated does not change, while a cell goes on with the days.
    """
    found = {
        "code": code,
        "key": hit.key,
        "cells": {path: None if hit.entries else _plain(case.value(path)) for path in hit.cells},
        "events": [case.event_id(index) for index in hit.entries],
        "quotes": [[quote.at, quote.text] for quote in hit.quotes],
        "words": {name: _plain(value) for name, value in hit.words.items()},
    }
    return hashlib.sha256(dumps(found)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was accepted, by the statement in force."""

    fingerprint: str
    said: Said


def acceptances(case: Case) -> dict[str, Acceptance]:
    """The newest acceptance of each finding that was not taken back."""
    found: dict[str, Acceptance] = {}
    for said in _in_force(case, "finding.accepted"):
        data = said.stated.event.data
        found[data.finding] = Acceptance(data.fingerprint, said)
    return found


def observations(case: Case) -> dict[str, list[str]]:
    """Finding → the observations about it (first events), oldest first, that were not taken back."""
    found: dict[str, list[str]] = {}
    for said in _in_force(case, "observation.made"):
        about = said.stated.event.data.about.finding
        if about is not None:
            found.setdefault(about, []).append(said.stated.slot)
    return found


def _in_force(case: Case, kind: str) -> Iterator[Said]:
    """The newest statement of each slot of a kind, in the order of the slots, but for voided ones."""
    for slot in case.slots_of(kind):
        said = case.statements(slot)
        if said and said[-1].stated.event.data is not None:
            yield said[-1]


def _is_doubtful(case: Case, acceptance: Acceptance) -> bool:
    return bool(case.doubts.get(acceptance.said.index))


def status_of(
    case: Case, finding: str, mark: str, accepted: Mapping[str, Acceptance], observed: Mapping[str, list[str]]
) -> Status:
    """mark: the finding's fingerprint now; what was accepted with other figures is open again.

    So is what was accepted by a signature that stands in doubt: nobody else has accepted it.
    """
    acceptance = accepted.get(finding)
    if acceptance is not None and acceptance.fingerprint == mark and not _is_doubtful(case, acceptance):
        return "accepted"
    made = [case.plan.observations[slot] for slot in observed.get(finding, ())]
    return "answered" if made and all(one.answers for one in made) else "open"
