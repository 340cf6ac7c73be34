"""Questions about reports: corrected after the due day, without evidence, submitted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from projections.duties.owed import Key, Owed, asked_by
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.holding import writes_at
from projections.questions.looking import REPORTS, holding, names, signers
from projections.questions.question import Answer, Asked, Item, Question, lacks, nothing

Dues = Callable[[int, str], dict[Key, Owed]]  # of a year, by the policies in force on a day
Corrected = tuple[Said, Said, Said]  # the first statement, the one that was corrected, the correction


# -- 3 ----------------------------------------------------------------------------------


def corrected_late(asked: Asked) -> Answer:
    """Every correction beside the day on which its report was due. A correction is not lateness."""
    case = asked.case
    if not any(case.slots_of(kind) for kind in REPORTS):
        return nothing("actual.reported", "жодного звіту не подано", "no report was submitted")
    rows = {row["events"][-1]["index"]: row["id"] for row in asked.found("REP-CORRECTED")}
    dues = cache(partial(_dues, case))
    items = [_correction(one, dues, rows) for one in _corrections(case)]
    late = [item for item in items if item.values["after_due"] or item.finding]
    undated = [item for item in items if item.values["due"] is None]
    figures = {"corrections": len(items), "after_due": len(late), "without_due_day": len(undated)}
    if late:
        words = (
            (
                f"Так: після граничної дати виправлено {len(late)} (усього виправлень {len(items)}); "
                "первісні значення збережено, виправлення – не запізнення"
            ),
            (
                f"Yes: {len(late)} corrections after the due day (of {len(items)}); the originals are "
                "kept, and a correction is not lateness"
            ),
        )
        return Answer("yes", words, tuple(items), figures=figures)
    if not any(policy.said.deadlines for policy in case.stated_policies()):
        uk, en = "граничних дат звітів не встановлено", "no due days of reports are set"
        return Answer(
            "not-configured",
            (
                f"Не налаштовано: {uk}; виправлень {len(items)}",
                f"Not configured: {en}; {len(items)} corrections",
            ),
            tuple(items),
            (lacks("policy.deadlines", uk, en),),
            figures,
        )
    if undated:
        uk = f"для {len(undated)} виправлених звітів граничної дати не встановлено"
        en = f"for {len(undated)} corrected reports no due day is set"
        words = (f"Не визначено: {uk}", f"Undetermined: {en}")
        return Answer("undetermined", words, tuple(items), (lacks("policy.deadlines", uk, en),), figures)
    words = (
        f"Ні: після граничної дати не виправлено жодного звіту (виправлень у строк: {len(items)})",
        f"No: no report was corrected after its due day ({len(items)} corrections in time)",
    )
    return Answer("no", words, tuple(items), figures=figures)


def _dues(case: Case, year: int, day: str) -> dict[Key, Owed]:
    """When the reports of a year are due, by the policies in force on a day."""
    return asked_by(case.stated_policies(), case.programme, (year, year), day)


def _corrections(case: Case) -> Iterator[Corrected]:
    """Those recorded by D, slot by slot, oldest first."""
    for kind in REPORTS:
        for slot in case.slots_of(kind):
            said = [one for one in case.statements(slot) if one.day <= case.day]
            yield from ((said[0], said[place - 1], said[place]) for place in range(1, len(said)))


def _correction(one: Corrected, dues: Dues, rows: dict[int, str]) -> Item:
    first, before, after = one
    period = first.stated.event.data.period
    owed = dues(int(period[:4]), after.day).get((first.kind, period))
    due = owed.day if owed is not None else None
    late = due is not None and after.day > due
    cells = tuple(dict.fromkeys(write.path for said in (before, after) for write in said.writes))
    values: dict[str, Any] = {
        "period": period,
        "due": due,
        "after_due": late,
        "policy": owed.policy if owed is not None else None,
        "recorded": after.day,
        "original": _said(first),
        "before": _said(before),
        "after": _said(after),
        "reason": after.stated.event.reason,
        "signers": signers(after),
    }
    day = (f"гранична дата {due}", f"due {due}") if due else ("граничної дати немає", "no due day")
    sentence = (
        (
            f"Звіт за {period} виправлено {after.day} ({day[0]}): було {_text(before, 'uk')}, стало "
            f"{_text(after, 'uk')}; {names(after)}; підстава: {after.stated.event.reason or '–'}"
        ),
        (
            f"The report about {period} was corrected on {after.day} ({day[1]}): {_text(before, 'en')} "
            f"became {_text(after, 'en')}; {names(after)}; reason: {after.stated.event.reason or '–'}"
        ),
    )
    entries = tuple(sorted({first.index, before.index, after.index}))
    return Item(sentence, cells, entries, None, rows.get(after.index), "answer", values)


def _said(said: Said) -> dict[str, Any]:
    """voided: a statement that was taken back says nothing."""
    event = said.stated.event
    values = [{"path": write.path, "value": write.value} for write in said.writes]
    return {"event": event.id, "index": said.index, "voided": event.data is None, "values": values}


def _text(said: Said, language: str) -> str:
    if said.stated.event.data is None:
        return "відкликано" if language == "uk" else "taken back"
    return ", ".join(str(write.value) for write in said.writes) or "–"


# -- 10 ---------------------------------------------------------------------------------


def without_evidence(asked: Asked) -> Answer:
    case = asked.case
    told = list(holding(case, "actual.reported"))
    if not told:
        return nothing("actual.reported", "жодного факту не подано", "no actual was reported")
    items = asked.items("REP-EVIDENCE")
    figures = {"reports": len(told), "without_evidence": len(items)}
    yes = (
        f"Без доказу: {len(items)} (звітів {len(told)}); вони не підтверджені",
        f"Without evidence: {len(items)} (of {len(told)} reports); their status is unconfirmed",
    )
    no = (
        f"Жодного: у кожного факту є доказ (звітів: {len(told)})",
        f"Not one: every actual has evidence (reports: {len(told)})",
    )
    return Answer("yes" if items else "no", yes if items else no, items, figures=figures)


# -- 19 ---------------------------------------------------------------------------------


def submitted_twice(asked: Asked) -> Answer:
    """Reports of one cell, or of periods that overlap: both are kept, and the rule names the current one."""
    case = asked.case
    told = list(holding(case, *REPORTS))
    if not told:
        return nothing("actual.reported", "жодного звіту не подано", "no report was submitted")
    doubled = (_doubled(asked, row) for row in asked.found("REP-DUPLICATE", "REP-OVERLAP"))
    items = (*doubled, *_progress_twice(case))
    figures = {"reports": len(told), "found": len(items)}
    yes = (
        f"Так: {len(items)}; збережено всі подані звіти, чинний визначає правило стану",
        f"Yes: {len(items)}; every report is kept, and the rule of state names the current one",
    )
    no = (
        f"Ні: звіти про різне (звітів: {len(told)})",
        f"No: the reports are about different things (reports: {len(told)})",
    )
    return Answer("yes" if items else "no", yes if items else no, items, figures=figures)


def _progress_twice(case: Case) -> Iterator[Item]:
    """Cells of progress that two statements assert which do not correct each other."""
    for path in sorted(case.under("/progress")):
        row = writes_at(case, path)
        if len({placed.slot for placed in row}) < 2 or min(placed.rank[0] for placed in row) > case.day:
            continue
        entries = sorted({placed.entry for placed in row})
        reports, who = _told(case, entries)
        _, _, measure, period = path.split("/")
        values = [str(placed.value) for placed in row]
        shown, current = ", ".join(values), case.value(path)
        sentence = (
            (
                f"Захід {measure}, {period}, стан виконання подано кілька разів: {shown}; подали: "
                f"{', '.join(who)}; за правилом чинне {current}"
            ),
            (
                f"Measure {measure}, {period}: progress was reported more than once: {shown}; by "
                f"{', '.join(who)}; the rule names {current} as current"
            ),
        )
        more = {"measure": measure, "period": period, "values": values, "agree": len(set(values)) == 1}
        yield Item(sentence, (path,), tuple(entries), values={**more, "reports": reports, "persons": who})


def _doubled(asked: Asked, row: dict[str, Any]) -> Item:
    """With each report, who signed it, and whether it is the one in force in its cells."""
    reports, who = _told(asked.case, [event["index"] for event in row["events"]])
    return asked.item(row, reports=reports, persons=who)


def _told(case: Case, entries: list[int]) -> tuple[list[dict[str, Any]], list[str]]:
    """The reports among some entries, and the persons who signed them."""
    reports = []
    for index in entries:
        said = case.dossier.said.get(index)
        if said is None or said.kind not in REPORTS:
            continue
        held = [case.timeline.answer(write.path, max(case.day, write.since)) for write in said.writes]
        current = any(one is not None and one.last.entry == said.index for one in held)
        reports.append({**_said(said), "signers": signers(said), "recorded": said.day, "current": current})
    persons = {one["person"] for report in reports for one in report["signers"]}
    return reports, sorted(persons)


QUESTIONS = (
    Question(
        3,
        "Чи виправляли звіт після граничної дати?",
        "Was a report corrected after its due day?",
        ("REP-CORRECTED",),
        corrected_late,
    ),
    Question(
        10,
        "Який факт без доказу?",
        "Which actual is without evidence?",
        ("REP-EVIDENCE",),
        without_evidence,
    ),
    Question(
        19,
        "Подано двічі чи двома особами?",
        "Submitted twice, or by two persons?",
        ("REP-DUPLICATE", "REP-OVERLAP"),
        submitted_twice,
    ),
)
