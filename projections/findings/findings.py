"""Findings as they are shown: each with its sentence, cells, events, quotes and its life on the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from projections.doubtful import worst_of
from projections.findings.case import Case
from projections.findings.engine import Hits, Memory
from projections.findings.life import (
    Acceptance,
    acceptances,
    finding_id,
    fingerprint,
    observations,
    status_of,
)
from projections.findings.rule import Hit, Rule
from projections.findings.rules import THEMES
from projections.findings.words import fill
from projections.reading import Reading
from projections.recording import Doc, signers_of

SEVERITIES = ("blocks", "ask", "note")
_THEME_OF = {rule.code: theme for theme, rules in THEMES.items() for rule in rules}
_RULE_OF = {rule.code: rule for rules in THEMES.values() for rule in rules}


def read_findings(memory: Memory, reading: Reading, programme: str, day: str) -> list[Doc]:
    """What needs attention at (D, K): the most serious first, then by code and key. Raises Blocked."""
    case, hits = memory.judged(reading, programme, day)
    return rows_of(case, hits)


def rows_of(case: Case, hits: Hits) -> list[Doc]:
    accepted, observed = acceptances(case), observations(case)
    found: dict[str, Doc] = {}
    for (code, _, _), some in hits.items():
        for hit in some:
            row = _row(case, _RULE_OF[code], hit, accepted, observed)
            found[row["id"]] = row
    return sorted(found.values(), key=_order)


def _order(row: Doc) -> tuple[int, str, list[tuple[int, str]]]:
    """Numbers in a key as numbers: 3.10 after 3.9."""
    parts = row["key"].replace("/", ".").replace("-", ".").split(".")
    numbers = [(int(part), "") if part.isdecimal() else (1 << 40, part) for part in parts]
    return SEVERITIES.index(row["severity"]), row["code"], numbers


def _row(
    case: Case,
    rule: Rule,
    hit: Hit,
    accepted: Mapping[str, Acceptance],
    observed: Mapping[str, list[str]],
) -> Doc:
    name, mark = finding_id(rule.code, hit), fingerprint(case, rule.code, hit)
    entries = _entries(case, hit)
    return {
        "id": name,
        "code": rule.code,
        "key": hit.key,
        "theme": _THEME_OF[rule.code],
        "severity": rule.severity,
        "status": status_of(case, name, mark, accepted, observed),
        "sentence": {"uk": fill(rule.uk, hit.words, "uk"), "en": fill(rule.en, hit.words, "en")},
        "since": hit.day or None,
        "cells": [_cell(case, path) for path in hit.cells],
        "events": [{"event": case.event_id(index), "index": index} for index in entries],
        "quotes": [
            {"at": one.at, "text": one.text, "printed": one.printed, "file": one.file, "line": one.line}
            for one in hit.quotes
        ],
        "words": {name: _word(value) for name, value in hit.words.items()},
        "fingerprint": mark,
        "acceptance": _acceptance(case, accepted.get(name), mark),
        "observations": [_observation(case, slot) for slot in observed.get(name, ())],
        "doubt": worst_of(one["doubt"] for index in entries for one in case.doubts.get(index, ())),
    }


def _word(value: Any) -> Any:
    """A pair by its languages."""
    if isinstance(value, tuple) and len(value) == 2:
        return {"uk": value[0], "en": value[1]}
    return [_word(one) for one in value] if isinstance(value, list | tuple) else value


def _entries(case: Case, hit: Hit) -> list[int]:
    """Those that it names; else those that set its cells."""
    if hit.entries:
        return sorted(set(hit.entries))
    answers = (case.answer(path) for path in hit.cells)
    return sorted({answer.last.entry for answer in answers if answer is not None})


def _cell(case: Case, path: str) -> Doc:
    answer = case.answer(path)
    if answer is None:
        return {"path": path, "value": None, "state": "none", "event": None, "index": None}
    state = "removed" if answer.removed else "set"
    last = answer.last
    return {"path": path, "value": answer.value, "state": state, "event": last.event, "index": last.entry}


def _acceptance(case: Case, known: Acceptance | None, mark: str) -> Doc | None:
    """current: does it bind what is found now, and not something that has changed since?"""
    if known is None:
        return None
    stated = known.said.stated
    return {
        "event": stated.event.id,
        "index": stated.index,
        "recorded_at": stated.recorded_at,
        "reason": stated.event.data.reason,
        "signers": signers_of(stated),
        "current": known.fingerprint == mark,
        "doubt": worst_of(one["doubt"] for one in case.doubts.get(stated.index, ())),
    }


def _observation(case: Case, slot: str) -> Doc:
    made, said = case.plan.observations[slot], case.statements(slot)[-1]
    return {
        "observation": slot,
        "index": said.index,
        "text": said.stated.event.data.text,
        "to": made.to,
        "due": made.due,
        "answered": bool(made.answers),
        "answers": list(made.answers),
    }


def counts(rows: list[Doc]) -> dict[str, Any]:
    """How many there are, by severity, status and theme."""
    by: dict[str, dict[str, int]] = {"severity": {}, "status": {}, "theme": {}}
    for row in rows:
        for name, known in by.items():
            known[row[name]] = known.get(row[name], 0) + 1
    return {"all": len(rows), **{f"by_{name}": dict(sorted(known.items())) for name, known in by.items()}}
