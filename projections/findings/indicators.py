"""Targets beside what was reached: a target lowered after the fact, a failing indicator that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.timeline import Answer, Placed
from projections.findings.case import Case
from projections.findings.holding import (
    Pair,
    Report,
    act_words,
    first_day,
    reports_under,
    since_when,
    writes_at,
)
from projections.findings.rule import Hit, Rule
from projections.findings.targets import (
    Reached,
    by_year,
    decided_on,
    is_after,
    is_below,
    largest,
    made_at,
    reached_by,
    statements_of,
    stood,
    worth,
)

EMPTY = frozenset(("", "-", "–", "—"))  # a target that is crossed out, or left blank

# -- lowered after the fact ------------------------------------------------------------------


def lowered(case: Case, indicator: str) -> Iterator[Hit]:
    """A decision after the fact: recorded after an actual of the year, and made after that actual's period.

    Of history that is older than the ledger the days alone tell the order. What was raised again, or does not
    count, is not lowered. A target that was taken away in between, after the fact, does not make another one
    the first.
    """
    for year, reports in by_year(reports_under(case, f"/actuals/{indicator}")).items():
        path = f"/indicators/{indicator}/targets/{year}"
        for placed in writes_at(case, path):
            before = _before(case, path, placed, reports)
            if before is None or not is_below(placed.value, before):
                continue
            if not _still_lower(case, path, placed, before):
                continue
            made = made_at(case, path, placed)
            facts = [one for one in reports if is_after(case, placed, made, one)]
            reached = reached_by(case, indicator, reports)
            if facts and reached is not None:
                yield _lowered(case, indicator, year, path, placed, before, reached, facts[0])


def _before(case: Case, path: str, placed: Placed, facts: list[Report]) -> str | None:
    """The target that the write made lower: the one of the day of the fact, or a larger one since.

    Or the larger one that an earlier statement of its own slot said. None if it found none, or a lower one.
    """
    said = [value for value, _ in statements_of(case, path, placed.slot) if value is not None]
    larger = [value for value in said if is_below(placed.value, value)]
    if larger:
        return larger[-1]
    day = first_day(case, placed)
    row = [one for one in writes_at(case, path) if one.rank < placed.rank]
    held = [one for one in row if day is not None and case.counts(one.act, day)]
    found = stood(case, path, held, facts)
    if not found or not is_below(placed.value, found[0].value):
        return None
    return str(largest(found).value)


def _still_lower(case: Case, path: str, placed: Placed, before: str) -> bool:
    """On the day that is asked about, or on its own first day if that is later."""
    day = first_day(case, placed)
    if day is None:
        return False
    answer = case.answer(path, max(day, case.day))
    return answer is not None and is_below(answer.value, before)


def _lowered(
    case: Case,
    indicator: str,
    year: str,
    path: str,
    placed: Placed,
    before: str,
    reached: Reached,
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
    reports = (fact, *reached.made_of)
    entries = tuple(sorted({placed.entry, *(one.entry for one in reports)}))
    cells = (path, *dict.fromkeys(one.path for one in reports))
    since = _lower_since(case, path, placed, before)
    return Hit(f"{path}/{placed.slot}", cells, entries, words=words, day=since)


def _lower_since(case: Case, path: str, placed: Placed, before: str) -> str:
    start = first_day(case, placed) or ""

    def holds(day: str) -> bool:
        answer = case.answer(path, day)
        return day >= start and answer is not None and is_below(answer.value, before)

    return max(start, since_when(case, (path,), holds)) if start <= case.day else start


def _met(actual: str, target: str) -> tuple[str, str]:
    one, other = worth(actual), worth(target)
    if one is None or other is None:
        return ("не визначено", "undetermined")
    return ("досягнуто", "met") if one >= other else ("не досягнуто", "not met")


# -- a failing indicator is gone ---------------------------------------------------------------


def removed(case: Case, indicator: str) -> Iterator[Hit]:
    """The indicator, or a year's target alone, was taken away while the last actual was below its target.

    A target is taken away by a removal, by a dash, and by a blank.
    """
    years = by_year(reports_under(case, f"/actuals/{indicator}"))
    base = f"/indicators/{indicator}"
    gone = case.answer(f"{base}/name")
    if gone is not None and gone.removed:
        judged = [year for year in sorted(years) if _targets(case, base, year, years[year])]
        for year in judged[-1:]:
            yield from _removed(case, indicator, base, year, years, gone)
        return
    for year in sorted(years):
        answer = case.answer(f"{base}/targets/{year}")
        if answer is not None and _is_gone(answer):
            yield from _removed(case, indicator, f"{base}/targets/{year}", year, years, answer)


def _is_gone(answer: Answer) -> bool:
    return answer.removed or str(answer.value).strip() in EMPTY


def _targets(case: Case, base: str, year: str, facts: list[Report]) -> list[Placed]:
    """Those of a year that counting decisions set, since the facts and at their time: see stood."""
    path = f"{base}/targets/{year}"
    held = [placed for placed in writes_at(case, path) if first_day(case, placed) is not None]
    return stood(case, path, held, facts)


def _removed(
    case: Case, indicator: str, key: str, year: str, years: dict[str, list[Report]], gone: Answer
) -> Iterator[Hit]:
    base = f"/indicators/{indicator}"
    decided = decided_on(case, gone.last)
    known = [one for one in years[year] if one.index < gone.last.entry or one.day < decided]
    targets, reached = _targets(case, base, year, known), reached_by(case, indicator, known)
    if not targets or reached is None:
        return
    target = largest(targets)
    if not is_below(reached.value, target.value):
        return
    words = {
        "indicator": indicator,
        "year": year,
        "what": _how_gone(key, year, gone),
        "target": str(target.value),
        "actual": reached.value,
        "period": reached.last.period,
        "act": act_words(case, gone.last.act),
    }
    path = key if "/targets/" in key else f"{base}/name"
    reports = reached.made_of
    cells = tuple(dict.fromkeys((path, f"{base}/targets/{year}", *(one.path for one in reports))))
    entries = tuple(sorted({gone.last.entry, target.entry, *(one.entry for one in reports)}))
    yield Hit(key, cells, entries, words=words, day=_gone_since(case, path))


def _how_gone(key: str, year: str, gone: Answer) -> Pair:
    if "/targets/" not in key:
        return ("вилучено", "was removed")
    if gone.removed:
        return (f"ціль на {year} рік вилучено", f"its target for {year} was removed")
    if gone.value == "":
        return (f"ціль на {year} рік залишено порожньою", f"its target for {year} was left blank")
    said = str(gone.value)
    return (f"замість цілі на {year} рік поставлено «{said}»", f"its target for {year} was made “{said}”")


def _gone_since(case: Case, path: str) -> str:
    def holds(day: str) -> bool:
        answer = case.answer(path, day)
        return answer is not None and _is_gone(answer)

    return since_when(case, (path,), holds)


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
        uk="Індикатор {indicator}: {what} ({act}), а його останній факт {actual} ({period}) менший за "
        "ціль {target} на {year} рік",
        en="Indicator {indicator}: {what} ({act}), while its last actual of {actual} ({period}) is "
        "below its target of {target} for {year}",
        check=removed,
        topic="indicator",
    ),
)
