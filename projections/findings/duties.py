"""Reports: late, missing, returned. The same functions as the obligations', so that neither says otherwise.

Each rule stands under two topics: an indicator's reports, and a measure's, which may have the same id.
Source: docs/obligations.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import TypeAlias

from ledger.kinds import REPORTS
from projections.duties.items import INDICATORS
from projections.findings.case import Case
from projections.findings.rule import Hit, Rule, Severity, Topic
from projections.obligations.core import Obligation, asking_of, obligations_of

Checked: TypeAlias = Callable[[Topic, Case, str], Iterator[Hit]]
TOPICS: tuple[Topic, ...] = ("indicator", "measure")


def _asked(case: Case, topic: Topic, item: str) -> Iterator[Obligation]:
    for kind in REPORTS:
        if (kind == INDICATORS) == (topic == "indicator"):
            yield from obligations_of(case, kind, item)


def _late(topic: Topic, case: Case, item: str) -> Iterator[Hit]:
    """By its first statement: a correction is no lateness; neither a return nor a policy's end undoes it."""
    for one in _asked(case, topic, item):
        if one.told is not None and one.on_time is False:
            entries = (asking_of(case).entry_of(one.policy), one.told.first.index)
            words = {"what": one.what, "due": one.due, "recorded": one.told.first.day}
            yield Hit(one.key, one.told.cells, entries, words=words, day=_day_after(one.due))


def _missing(topic: Topic, case: Case, item: str) -> Iterator[Hit]:
    for one in _asked(case, topic, item):
        if one.status == "missing":
            entries = (asking_of(case).entry_of(one.policy),)
            words = {"what": one.what, "due": one.due}
            yield Hit(one.key, _absent(one), entries, words=words, day=_day_after(one.due))


def _returned(topic: Topic, case: Case, item: str) -> Iterator[Hit]:
    """Returned and not corrected since."""
    for one in _asked(case, topic, item):
        told = one.told
        if one.status == "returned" and told is not None and told.reviewed is not None:
            judged = case.said(told.reviewed)
            words = {"what": one.what, "returned": judged.day, "note": judged.stated.event.data.note}
            yield Hit(one.key, told.cells, (told.first.index, told.reviewed), words=words, day=judged.day)


def _absent(one: Obligation) -> tuple[str, ...]:
    """The cell in which nothing is; spending has one for each source, so its row is named instead."""
    if one.kind == INDICATORS:
        return (f"/actuals/{one.item}/{one.period}/period",)
    if one.kind == "progress.reported":
        return (f"/progress/{one.item}/{one.period}",)
    return (f"/tree/{one.item}/title",)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _of_both(code: str, severity: Severity, uk: str, en: str, check: Checked) -> tuple[Rule, ...]:
    return tuple(Rule(code, severity, uk, en, partial(check, topic), topic) for topic in TOPICS)


RULES: tuple[Rule, ...] = (
    *_of_both(
        "REP-LATE",
        "ask",
        "Звіт подано {recorded}, а строк був до {due}: {what}.",
        "The report was recorded on {recorded}, and was due by {due}: {what}.",
        _late,
    ),
    *_of_both(
        "REP-MISSING",
        "ask",
        "Немає звіту, строк якого був до {due}: {what}.",
        "There is no report, which was due by {due}: {what}.",
        _missing,
    ),
    *_of_both(
        "REP-RETURNED",
        "note",
        "Звіт повернуто {returned} і ще не виправлено: {what}. Зауваження: {note}",
        "The report was returned on {returned} and has not been corrected yet: {what}. Remarks: {note}",
        _returned,
    ),
)
