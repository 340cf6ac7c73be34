"""Targets beside what was reached: a target lowered after the fact, a failing indicator that is gone.

More is taken to be better, and Так better than Ні: nothing in the papers says of an indicator that it should
fall. A value that is no number is compared with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ledger.periods import flow_year, last_of
from ledger.timeline import Answer, Placed
from projections.findings.case import Case
from projections.findings.holding import Report, act_words, first_day, reports_under, writes_at
from projections.findings.rule import Hit, Rule
from projections.indicators import number, plain

YES_NO = {"так": Decimal(1), "ні": Decimal(0)}


def _worth(value: object) -> Decimal | None:
    """A printed value as a number that can be compared; None if it is none."""
    if not isinstance(value, str):
        return None
    known = YES_NO.get(value.strip().casefold())
    return known if known is not None else number(value)


def _kind(case: Case, indicator: str) -> str | None:
    """How its years add up; a removed indicator still adds up as it did."""
    row = writes_at(case, f"/indicators/{indicator}/kind")
    said = [placed.value for placed in row if placed.op == "set" and first_day(case, placed) is not None]
    return said[-1] if said else None


class _Reached(NamedTuple):
    """What a year reached: its last report, and the value that its reports make."""

    last: Report
    value: str


def _reached(case: Case, indicator: str, reports: list[Report]) -> _Reached | None:
    """reports: of one year. A flow adds up, a stock and a yes or no stand as last reported."""
    by_key = {one.key: one for one in reports}
    last = last_of(by_key)
    if last is None:
        return None
    amounts = {key: worth for key, one in by_key.items() if (worth := number(one.value)) is not None}
    if _kind(case, indicator) == "flow" and len(amounts) == len(by_key):
        total = flow_year(amounts)
        return _Reached(by_key[last], plain(total) if total is not None else by_key[last].value)
    return _Reached(by_key[last], by_key[last].value)


def _by_year(reports: list[Report]) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for one in reports:
        found.setdefault(one.period[:4], []).append(one)
    return found


# -- lowered after the fact ------------------------------------------------------------------


def lowered(case: Case, indicator: str) -> Iterator[Hit]:
    """A decision after the fact: recorded after an actual of the year, and made after that actual's period.

    Of history that is older than the ledger the days alone tell the order. What was raised again, or does not
    count, is not lowered.
    """
    for year, reports in _by_year(reports_under(case, f"/actuals/{indicator}")).items():
        path = f"/indicators/{indicator}/targets/{year}"
        for placed in writes_at(case, path):
            before = _before(case, path, placed)
            if before is None or not _is_below(placed.value, before):
                continue
            if not _still_lower(case, path, placed, before):
                continue
            made = _made_at(case, path, placed)
            facts = [one for one in reports if _is_after(case, placed, made, one)]
            reached = _reached(case, indicator, reports)
            if facts and reached is not None:
                yield _lowered(case, indicator, year, path, placed, before, reached, facts[0])


def _before(case: Case, path: str, placed: Placed) -> str | None:
    """The target that the write found, or the larger one that an earlier statement of its own slot said."""
    said = [value for value, _ in _statements(case, path, placed.slot) if value is not None]
    larger = [value for value in said if _is_below(placed.value, value)]
    if larger:
        return larger[-1]
    day = first_day(case, placed)
    row = [one for one in writes_at(case, path) if one.rank < placed.rank]
    held = (one for one in reversed(row) if day is not None and case.counts(one.act, day))
    found = next(held, None)
    return str(found.value) if found is not None and found.op == "set" else None


def _is_below(value: object, other: object) -> bool:
    one, another = _worth(value), _worth(other)
    return one is not None and another is not None and one < another


def _statements(case: Case, path: str, slot: str) -> Iterator[tuple[str | None, int]]:
    """What each statement of a slot said of a cell, with its leaf index; oldest first."""
    for said in case.statements(slot):
        values = [write.value for write in said.writes if write.path == path]
        yield (values[-1] if values else None), said.index


def _made_at(case: Case, path: str, placed: Placed) -> int:
    """The leaf index of the statement since which the slot says what it says now."""
    made = placed.entry
    for value, index in reversed(list(_statements(case, path, placed.slot))):
        if value != placed.value:
            break
        made = index
    return made


def _still_lower(case: Case, path: str, placed: Placed, before: str) -> bool:
    """On the day that is asked about, or on its own first day if that is later."""
    day = first_day(case, placed)
    if day is None:
        return False
    answer = case.answer(path, max(day, case.day))
    return answer is not None and _is_below(answer.value, before)


def _is_after(case: Case, placed: Placed, made: int, fact: Report) -> bool:
    """made: where the lower target was first stated. A correction is made when it is recorded."""
    decided = _decided(case, placed) if made == placed.rank[3] else case.said(made).day
    if case.is_onboarding(decided):
        return decided > fact.day
    return made > fact.index and decided > min(fact.day, case.said(fact.index).day)


def _decided(case: Case, placed: Placed) -> str:
    """The day of the act; without one that of the recording."""
    return case.timeline.acts[placed.act].date if placed.act is not None else case.said(placed.entry).day


def _lowered(
    case: Case,
    indicator: str,
    year: str,
    path: str,
    placed: Placed,
    before: str,
    reached: _Reached,
    fact: Report,
) -> Hit:
    words = {
        "indicator": indicator,
        "year": year,
        "before": before,
        "after": str(placed.value),
        "actual": reached.value,
        "period": reached.last.period,
        "was": _met(reached.value, before),
        "now": _met(reached.value, str(placed.value)),
        "act": act_words(case, placed.act),
    }
    entries = tuple(sorted({placed.entry, fact.entry, reached.last.entry}))
    cells = (path, *dict.fromkeys((fact.path, reached.last.path)))
    return Hit(f"{path}/{placed.slot}", cells, entries, words=words, day=first_day(case, placed) or "")


def _met(actual: str, target: str) -> tuple[str, str]:
    one, other = _worth(actual), _worth(target)
    if one is None or other is None:
        return ("не визначено", "undetermined")
    return ("досягнуто", "met") if one >= other else ("не досягнуто", "not met")


# -- a failing indicator is gone ---------------------------------------------------------------


def removed(case: Case, indicator: str) -> Iterator[Hit]:
    """The indicator, or a year's target alone, was removed while the last actual was below its target."""
    years = _by_year(reports_under(case, f"/actuals/{indicator}"))
    base = f"/indicators/{indicator}"
    gone = case.answer(f"{base}/name")
    if gone is not None and gone.removed:
        judged = [year for year in sorted(years) if _target(case, base, year) is not None]
        for year in judged[-1:]:
            yield from _removed(case, indicator, base, year, years, gone)
        return
    for year in sorted(years):
        answer = case.answer(f"{base}/targets/{year}")
        if answer is not None and answer.removed:
            yield from _removed(case, indicator, f"{base}/targets/{year}", year, years, answer)


def _target(case: Case, base: str, year: str) -> str | None:
    """The last target of a year that a counting decision set."""
    row = writes_at(case, f"{base}/targets/{year}")
    said = [placed.value for placed in row if placed.op == "set" and first_day(case, placed) is not None]
    return str(said[-1]) if said else None


def _removed(
    case: Case, indicator: str, key: str, year: str, years: dict[str, list[Report]], gone: Answer
) -> Iterator[Hit]:
    base = f"/indicators/{indicator}"
    target, decided = _target(case, base, year), _decided(case, gone.last)
    known = [one for one in years[year] if one.index < gone.last.entry or one.day < decided]
    reached = _reached(case, indicator, known)
    if target is None or reached is None:
        return
    if not _is_below(reached.value, target):
        return
    words = {
        "indicator": indicator,
        "year": year,
        "target": target,
        "actual": reached.value,
        "period": reached.last.period,
        "act": act_words(case, gone.last.act),
    }
    path = key if "/targets/" in key else f"{base}/name"
    cells = tuple(dict.fromkeys((path, f"{base}/targets/{year}", reached.last.path)))
    targets = [placed.entry for placed in writes_at(case, f"{base}/targets/{year}") if placed.op == "set"]
    entries = tuple(sorted({gone.last.entry, reached.last.entry, *targets[-1:]}))
    yield Hit(key, cells, entries, words=words, day=first_day(case, gone.last) or "")


RULES = (
    Rule(
        "IND-LOWERED",
        "ask",
        uk="Індикатор {indicator}: ціль на {year} рік знижено після факту з {before} до {after} ({act}); "
        "факт {actual} ({period}) – проти попередньої цілі {was}, проти нової {now}",
        en="Indicator {indicator}: the target for {year} was lowered after the fact from {before} to "
        "{after} ({act}); the actual of {actual} ({period}) is {was} against the old target, {now} against "
        "the new one",
        check=lowered,
        topic="indicator",
    ),
    Rule(
        "IND-REMOVED",
        "ask",
        uk="Індикатор {indicator} вилучено ({act}), а його останній факт {actual} ({period}) менший за "
        "останню ціль {target} на {year} рік",
        en="Indicator {indicator} was removed ({act}) while its last actual of {actual} ({period}) is "
        "below its last target of {target} for {year}",
        check=removed,
        topic="indicator",
    ),
)
