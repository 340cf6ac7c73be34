"""Questions about targets: a failing indicator that is gone, and a target lowered after the fact."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ledger.periods import last_of
from projections.evaluation.gone import last_held, last_said
from projections.evaluation.indicators import counts_in, is_reached, judged
from projections.findings.case import Case
from projections.findings.holding import Report, first_day, reports_under, writes_at
from projections.findings.targets import YES_NO
from projections.indicators import number, read_indicators
from projections.questions.question import Answer, Asked, Item, Question, lacks, nothing

_YEAR = ("year", "target_then", "target_now", "actual", "achievement", "kind", "unit")

# -- 8 ----------------------------------------------------------------------------------


def failing_gone(asked: Asked) -> Answer:
    """Removed indicators, and removed targets of a year, with their last target and actual."""
    case = asked.case
    known = list(case.keys("indicator"))
    if not known:
        return nothing("programme.adopted", "індикаторів немає", "there are no indicators")
    years = _years(case)
    items = tuple(_with_years(asked, row, years) for row in asked.found("IND-REMOVED"))
    gone = sorted(one for one in known if _is_removed(case, one))
    named = {item.values["indicator"] for item in items}
    unknown = [one for one in gone if one not in named and not _is_decidable(case, one)]
    figures = {
        "indicators": len(known),
        "removed": len(gone),
        "failing": len(items),
        "undecidable": len(unknown),
    }
    if items:
        words = (
            (
                f"Зникло невиконаних: {len(items)} (вилучено індикаторів {len(gone)} з {len(known)}); у "
                "підсумках своїх років вони лишаються"
            ),
            (
                f"Failing and gone: {len(items)} ({len(gone)} of {len(known)} indicators were removed); "
                "they stay in the totals of their years"
            ),
        )
        return Answer("yes", words, items, figures=figures)
    if unknown:
        uk = f"вилучено, а факту, порівнянного з ціллю, немає: {', '.join(unknown)}"
        en = f"removed without an actual that compares with a target: {', '.join(unknown)}"
        shown = tuple(_removed(case, one, years) for one in unknown)
        words = (f"Не визначено: {uk}", f"Undetermined: {en}")
        return Answer("undetermined", words, shown, (lacks("actual.reported", uk, en),), figures)
    words = (
        f"Жодного: вилучено індикаторів {len(gone)} з {len(known)}, невиконаних серед них немає",
        f"Not one: {len(gone)} of {len(known)} indicators were removed, and no failing one among them",
    )
    return Answer("no", words, figures=figures)


def _is_removed(case: Case, indicator: str) -> bool:
    answer = case.answer(f"/indicators/{indicator}/name")
    return answer is not None and answer.removed


def _is_decidable(case: Case, indicator: str) -> bool:
    """Does the last year with an actual have a target, and are both what the rule can compare?

    Where the last target is of a later year, only what is no flow, and had met it already, is known.
    """
    reports = reports_under(case, f"/actuals/{indicator}")
    last = max((one.period[:4] for one in reports), default="")
    target = _last_target(case, indicator)
    if target is not None and last < target[0]:
        return _is_met_before(case, indicator, target[1])
    row = writes_at(case, f"/indicators/{indicator}/targets/{last}")
    targets = [one.value for one in row if one.op == "set" and first_day(case, one) is not None]
    values = [one.value for one in reports if one.period[:4] == last]
    return bool(targets) and all(map(_comparable, (*targets[-1:], *values)))


def _last_target(case: Case, indicator: str) -> tuple[str, str] | None:
    """Year and value: of the last year that had begun when the indicator was removed."""
    gone = case.answer(f"/indicators/{indicator}/name")
    until = gone.last.rank[0][:4] if gone is not None and gone.removed else case.day[:4]
    targets = sorted(path.rpartition("/")[2] for path in case.under(f"/indicators/{indicator}/targets"))
    for year in reversed([one for one in targets if one <= until]):
        answer = last_held(case, f"/indicators/{indicator}/targets/{year}", case.day)
        if answer is not None:
            return year, str(answer.value)
    return None


def _last_report(case: Case, indicator: str) -> Report | None:
    reports = {one.key: one for one in reports_under(case, f"/actuals/{indicator}")}
    last = last_of(reports)
    return reports[last] if last is not None else None


def _is_met_before(case: Case, indicator: str, target: str) -> bool:
    """A flow starts each year anew; anything else stands as it was last reported."""
    kind, report = last_said(case, f"/indicators/{indicator}/kind"), _last_report(case, indicator)
    if kind == "flow" or report is None:
        return False
    return is_reached(report.value, target, last_said(case, f"/indicators/{indicator}/base")) == "yes"


def _years(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Indicator → what stands in each of its years, and how it counts there, as in the year's evaluation."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in read_indicators(case.reading, case.programme, case.day):
        if row["year"] is not None and counts_in(case, row):
            shown = {name: row[name] for name in _YEAR} | judged(case, row)
            found.setdefault(row["indicator"], []).append(shown)
    return found


def _with_years(asked: Asked, row: dict[str, Any], years: dict[str, list[dict[str, Any]]]) -> Item:
    return asked.item(row, years=years.get(row["words"]["indicator"], []))


def _removed(case: Case, indicator: str, years: dict[str, list[dict[str, Any]]]) -> Item:
    answer = case.answer(f"/indicators/{indicator}/name")
    assert answer is not None  # it was removed
    target, report = _last_target(case, indicator), _last_report(case, indicator)
    last = _last_words(target, report)
    since = answer.last.rank[0]
    sentence = (
        f"Індикатор {indicator} вилучено з {since}; факту, порівнянного з ціллю, немає{last[0]}",
        f"Indicator {indicator} was removed from {since}; no actual of it compares with a target{last[1]}",
    )
    cells = [f"/indicators/{indicator}/name"]
    values: dict[str, Any] = {"indicator": indicator, "years": years.get(indicator, [])}
    if target is not None:
        cells.append(f"/indicators/{indicator}/targets/{target[0]}")
        values |= {"target_year": target[0], "target": target[1]}
    if report is not None:
        cells.append(report.path)
        values |= {"period": report.period, "actual": report.value}
    entries = (answer.last.entry, *([report.entry] if report is not None else []))
    return Item(sentence, tuple(cells), entries, answer.last.act, values=values)


def _last_words(target: tuple[str, str] | None, report: Report | None) -> tuple[str, str]:
    uk, en = "", ""
    if target is not None:
        uk += f"; остання ціль: {target[1]} ({target[0]})"
        en += f"; last target: {target[1]} ({target[0]})"
    if report is not None:
        uk += f"; останній факт: {report.value} ({report.period})"
        en += f"; last actual: {report.value} ({report.period})"
    return uk, en


# -- 9 ----------------------------------------------------------------------------------


def lowered_after(asked: Asked) -> Answer:
    """Both targets, and the result against each. What is no number is compared with nothing."""
    case = asked.case
    reported = sorted(one for one in case.keys("indicator") if _is_reported(case, one))
    if not reported and not asked.found("IND-LOWERED"):
        return nothing("actual.reported", "жодного факту не подано", "no actual was reported")
    years = _years(case)
    items = tuple(_with_years(asked, row, years) for row in asked.found("IND-LOWERED"))
    unlike = [item for one in reported for item in _incomparable(case, one)]
    figures = {"indicators_with_actual": len(reported), "lowered": len(items), "incomparable": len(unlike)}
    if items:
        words = (
            f"Так: цілі знижено після факту: {len(items)} (індикаторів із фактом {len(reported)})",
            f"Yes: targets lowered after the fact: {len(items)} ({len(reported)} indicators have an actual)",
        )
        return Answer("yes", words, (*items, *unlike), figures=figures)
    if unlike:
        uk = f"цілі змінено після факту, але їх не порівняти як числа: {len(unlike)}"
        en = f"targets were changed after the fact, and cannot be compared as numbers: {len(unlike)}"
        words = (f"Не визначено: {uk}", f"Undetermined: {en}")
        return Answer("undetermined", words, tuple(unlike), (lacks("programme.amended", uk, en),), figures)
    words = (
        f"Ні: у жодного з {len(reported)} індикаторів із фактом ціль після нього не знижено",
        f"No: of the {len(reported)} indicators with an actual no target was lowered after it",
    )
    return Answer("no", words, figures=figures)


def _is_reported(case: Case, indicator: str) -> bool:
    """By D: an actual holds from its period's last day."""
    return any(one.day <= case.day for one in reports_under(case, f"/actuals/{indicator}"))


def _incomparable(case: Case, indicator: str) -> Iterator[Item]:
    """Targets that were changed after an actual of their year, from or to what is no number."""
    firsts: dict[str, int] = {}
    for one in reports_under(case, f"/actuals/{indicator}"):
        firsts.setdefault(one.period[:4], one.index)
    for year, first in sorted(firsts.items()):
        path = f"/indicators/{indicator}/targets/{year}"
        row = [one for one in writes_at(case, path) if one.op == "set" and first_day(case, one) is not None]
        for before, after in pairwise(row):
            values = (before.value, after.value)
            if after.entry > first and values[0] != values[1] and not all(map(_comparable, values)):
                sentence = (
                    (
                        f"Індикатор {indicator}: ціль на {year} рік змінено після факту з «{values[0]}» на "
                        f"«{values[1]}»"
                    ),
                    (
                        f"Indicator {indicator}: the target for {year} was changed after the fact, "
                        f"“{values[0]}” to “{values[1]}”"
                    ),
                )
                said = {"indicator": indicator, "year": year, "before": values[0], "after": values[1]}
                yield Item(sentence, (path,), (before.entry, after.entry), after.act, values=said)


def _comparable(value: Any) -> bool:
    return isinstance(value, str) and (value.strip().casefold() in YES_NO or number(value) is not None)


QUESTIONS = (
    Question(
        8,
        "Який невиконаний індикатор зник?",
        "Which failing indicator is gone?",
        ("IND-REMOVED",),
        failing_gone,
    ),
    Question(
        9,
        "Чи знизили ціль після факту?",
        "Was a target lowered after the fact?",
        ("IND-LOWERED",),
        lowered_after,
    ),
)
