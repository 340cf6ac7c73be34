"""Questions about decisions and their days: changes of a year that is over, and times that lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.ids import LeafIndex
from ledger.timeline import Slot
from projections.anchoring import first_over
from projections.cells import read_cell
from projections.findings.acts import DECISIONS, year_of
from projections.findings.case import Case
from projections.findings.holding import act_words
from projections.questions.knowledge import point_on
from projections.questions.looking import closed_year, own_entries, shown
from projections.questions.question import Answer, Asked, Item, Question, lacks, nothing

CELLS_MAX = 50  # of one act


# -- 1 ----------------------------------------------------------------------------------


def changed_after_the_year(asked: Asked) -> Answer:
    """Acts dated after the year's end that write into it; those that were only registered late are apart."""
    case, year = asked.case, asked.year or closed_year(asked.case)
    end = f"{year}-12-31"
    if case.day <= end:
        uk, en = f"{year} рік на {case.day} ще не закінчився", f"the year {year} is not over on {case.day}"
        return nothing("year-end", uk, en)
    slots = [slot for slot in _decisions(case) if _cells(slot, year)]
    if not slots:
        uk, en = f"про {year} рік нічого не записано", f"nothing is on record about the year {year}"
        return nothing("financing.changed", uk, en)
    known_then = point_on(case, end).position
    after, late = [], []
    for slot in slots:
        if case.timeline.acts[slot.act or ""].date > end:
            after.append(_changed(asked, slot, year, known_then))
        elif case.said(slot.event_index).day > end:
            late.append(_changed(asked, slot, year, known_then, late=True))
    figures = {"year": year, "acts_after": len(after), "registered_late": len(late), "looked_at": len(slots)}
    yes = (
        (
            f"Так: після 31.12.{year} показники {year} року змінено рішеннями, датованими пізніше: "
            f"{len(after)}; лише зареєстровано пізніше: {len(late)}"
        ),
        (
            f"Yes: figures of {year} were changed by decisions dated after 31 December {year}: {len(after)}; "
            f"only registered later: {len(late)}"
        ),
    )
    no = (
        (
            f"Ні: жодне рішення, датоване після 31.12.{year}, не змінює показників {year} року (переглянуто "
            f"{len(slots)}); лише зареєстровано пізніше: {len(late)}"
        ),
        (
            f"No: no decision dated after 31 December {year} writes into {year} ({len(slots)} looked at); "
            f"only registered later: {len(late)}"
        ),
    )
    return Answer("yes" if after else "no", yes if after else no, (*after, *late), figures=figures)


def _decisions(case: Case) -> Iterator[Slot]:
    """Those recorded by D that cite an act which was not undone for all days, oldest first."""
    for slot in sorted(case.timeline.slots.values(), key=lambda slot: slot.index):
        act = case.timeline.acts.get(slot.act) if slot.act is not None else None
        if act is None or slot.kind not in DECISIONS or case.statements(slot.id)[0].day > case.day:
            continue
        if act.stretches or all(status.counts is not False for status in act.statuses):
            yield slot


def _cells(slot: Slot, year: int) -> list[str]:
    """The figures of a year that a decision writes, each once."""
    paths = (
        write.path for write in slot.writes if write.op != "restate" and year_of(write.path) == str(year)
    )
    return list(dict.fromkeys(paths))


def _changed(asked: Asked, slot: Slot, year: int, known_then: int, *, late: bool = False) -> Item:
    """Both views of each cell: on the year's last day as known then, and on D as known at K."""
    case, act, said = asked.case, asked.case.timeline.acts[slot.act or ""], asked.case.said(slot.event_index)
    cells, end = _cells(slot, year), f"{year}-12-31"
    then = case.reading.at(known_then)
    views = [
        {
            "path": path,
            "then": shown(read_cell(then, case.programme, path, end)) if known_then else None,
            "now": shown(case.answer(path)),
        }
        for path in cells[:CELLS_MAX]
    ]
    name_of = f"ACT-AFTERYEAR:{slot.id}/{year}"
    finding = next((row["id"] for row in asked.found("ACT-AFTERYEAR") if row["id"] == name_of), None)
    corrected = slot.event_index != slot.index and case.statements(slot.id)[0].day <= end
    name, count = act_words(case, act.id), len(cells)
    sentence = (
        f"{name[0]} змінює показники {year} року: {count}",
        f"{name[1]} writes into {year}: {count} cells",
    )
    if late:
        how = ("виправлено", "was corrected") if corrected else ("лише зареєстровано", "was only registered")
        sentence = (
            f"{name[0]} {how[0]} {said.day}; показників {year} року: {count}",
            f"{name[1]} {how[1]} on {said.day}; cells of {year}: {count}",
        )
    values = {
        "act_date": act.date,
        "recorded": said.day,
        "onboarding": case.is_onboarding(act.date),
        "correction": corrected,
        "views": views,
        "count": len(cells),
    }
    entries = (slot.event_index,)
    return Item(
        sentence, tuple(cells[:CELLS_MAX]), entries, act.id, finding, "apart" if late else "answer", values
    )


# -- 7 ----------------------------------------------------------------------------------


def back_dated(asked: Asked) -> Answer:
    """Claimed, recorded and anchored times. What is anchored nowhere rests on the ledger's own clock."""
    case = asked.case
    items = tuple(_timed(asked, row) for row in asked.found("ACT-BACKDATED"))
    entries = own_entries(case)
    covered = _covered(case)
    open_ones = [said for said in entries if said.index >= covered]
    figures = {"found": len(items), "entries": len(entries), "anchored": len(entries) - len(open_ones)}
    if items:
        words = (
            f"Так: заявлений час не узгоджується із зареєстрованим: {len(items)} з {len(entries)} записів",
            f"Yes: the claimed time does not fit the recorded one: {len(items)} of {len(entries)} entries",
        )
        return Answer("yes", words, items, figures=figures)
    if open_ones:
        uk = f"{len(open_ones)} з {len(entries)} записів ще не засвідчено ззовні: час знає лише сам облік"
        en = f"{len(open_ones)} of {len(entries)} entries are not anchored outside: only the ledger says when"
        return Answer(
            "undetermined",
            (f"Не визначено: {uk}", f"Undetermined: {en}"),
            missing=(lacks("checkpoint.witnessed", uk, en),),
            figures=figures,
        )
    words = (
        f"Ні: заявлений, зареєстрований і засвідчений час узгоджуються (записів: {len(entries)})",
        f"No: claimed, recorded and anchored times agree (entries: {len(entries)})",
    )
    return Answer("no", words, figures=figures)


def _timed(asked: Asked, row: dict[str, Any]) -> Item:
    """With the four times of the entry itself, the last that the finding rests on."""
    times = asked.case.times(row["events"][-1]["index"])
    return asked.item(row, times=times)


def _covered(case: Case) -> int:
    """How many of the log's first entries a recorded cosignature or stamp vouches for."""
    last = case.position - 1
    low, high = 0, last + 1  # what covers an entry covers those before it
    while low < high:
        middle = (low + high) // 2
        if any(first_over(case.reading, LeafIndex(middle), kind) for kind in ("witnessed", "stamped")):
            low = middle + 1
        else:
            high = middle
    return low


QUESTIONS = (
    Question(
        1,
        "Чи міняли показники 2025 року актами після 31.12.2025?",
        "Were figures of 2025 changed by acts after 31.12.2025?",
        ("ACT-AFTERYEAR",),
        changed_after_the_year,
    ),
    Question(
        7,
        "Чи вписано дату заднім числом?",
        "Was anything back-dated?",
        ("ACT-BACKDATED",),
        back_dated,
    ),
)
