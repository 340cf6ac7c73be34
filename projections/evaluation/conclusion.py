"""What was concluded of a year, whether it binds the figures that it names, and what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ledger.consent import differences
from projections.doubtful import mark_entries
from projections.evaluation.figures import bare, figures_hash, figures_of
from projections.findings.case import Case
from projections.findings.dossier import Said, read_dossier
from projections.recording import Doc, signers_of
from projections.state import is_known

CHANGED_MAX = 200
Past = Callable[[int, str], Case]  # position, day → the case as it was known then


def past_of(case: Case) -> Past:
    """Of the same programme; each is read anew from the log."""

    def at(position: int, day: str) -> Case:
        reading = case.reading.at(position)
        return Case(read_dossier(reading, case.programme), reading, day)

    return at


def read_evaluation(case: Case, year: int, past: Past | None = None) -> Doc:
    """{"year", "in_term", "sections", "sha256", "conclusion"}: the figures on the case's day, and their hash.

    conclusion: the one in force on the day, None while nobody has concluded anything. past: where earlier
    cases are at hand. Cost: that of the figures, twice where there is a conclusion.
    """
    figures = figures_of(case, year)
    said = _in_force(case, year)
    return {
        "year": year,
        "in_term": case.plan.has_year(year),
        "sections": figures,
        "sha256": figures_hash(year, figures),
        "conclusion": _conclusion(case, year, said, figures, past or past_of(case)) if said else None,
    }


def _in_force(case: Case, year: int) -> Said | None:
    """The statement that concludes the year on the case's day."""
    answer = case.answer(f"/evaluation/{year}/rating")
    return case.said(answer.last.entry) if answer is not None and not answer.removed else None


def _conclusion(case: Case, year: int, said: Said, figures: Mapping[str, Any], past: Past) -> Doc:
    """bound: is the hash that it names that of the figures which it says it looked at?

    changed: where these differ from the present ones; None if they cannot be computed any more.
    """
    event, data = said.stated.event, said.stated.event.data
    then = _looked_at(case, year, data.figures.known, data.figures.as_of, past)
    changed = list(_changed(then, figures)) if then is not None else None
    row = {
        "event": event.id,
        "index": said.index,
        "recorded_at": said.stated.recorded_at,
        "effective": event.effective,
        "signers": signers_of(said.stated),
        "rating": data.rating,
        "conclusion": data.conclusion,
        "sections": data.sections.model_dump(),
        "figures": data.figures.model_dump(),
        "bound": then is not None and figures_hash(year, then) == data.figures.sha256,
        "changed": changed[:CHANGED_MAX] if changed is not None else None,
        "changed_total": len(changed) if changed is not None else None,
        "cells": [f"/evaluation/{year}/rating", f"/evaluation/{year}/figures"],
        "doubt": None,
    }
    return mark_entries(case.reading, [row])[0]


def _looked_at(case: Case, year: int, position: int, day: str, past: Past) -> Mapping[str, Any] | None:
    """The figures as they were known then; None if the programme was not on the record yet."""
    if not is_known(case.reading.at(position), case.programme):
        return None
    return figures_of(past(position, day), year)


def _changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Doc]:
    for one in differences(bare(then), bare(now)):
        yield {"path": one["path"], "concluded": one["proposed"], "now": one["stated"]}
