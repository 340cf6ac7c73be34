"""Questions about decisions and their days: changes of a year that is over, and times that lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.timeline import Act, Slot
from projections.cells import read_cell
from projections.findings.acts import DECISIONS, year_of
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.holding import act_words
from projections.questions.anchored import GAP_MAX_SECONDS, anchored_to, waits
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
    slots = [slot for slot in _decisions(asked) if _cells(slot, year)]
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
    figures = {
        "year": year,
        "acts_after": len(after),
        "recorded_after_day": sum(item.values["recorded"] > case.day for item in after),
        "registered_late": len(late),
        "looked_at": len(slots),
    }
    entered = figures["recorded_after_day"]
    told = (
        f", з них зареєстровано після {case.day}: {entered}",
        f", {entered} of them recorded after {case.day}",
    )
    told = told if entered else ("", "")
    yes = (
        (
            f"Так: після 31.12.{year} показники {year} року змінено рішеннями, датованими пізніше: "
            f"{len(after)}{told[0]}; лише зареєстровано пізніше: {len(late)}"
        ),
        (
            f"Yes: figures of {year} were changed by decisions dated after 31 December {year}: {len(after)}"
            f"{told[1]}; only registered later: {len(late)}"
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


def _decisions(asked: Asked) -> Iterator[Slot]:
    """Those whose writes count by D, whenever recorded, and those that a finding names; oldest first.

    What was entered late is not later for it: (D, K) asks what was so on D, as known at K.
    """
    case = asked.case
    named = {row["key"].rpartition("/")[0] for row in asked.found("ACT-AFTERYEAR")}
    for slot in sorted(case.timeline.slots.values(), key=lambda slot: slot.index):
        act = case.timeline.acts.get(slot.act) if slot.act is not None else None
        if act is not None and slot.kind in DECISIONS and (slot.id in named or _counts(case, slot, act)):
            yield slot


def _counts(case: Case, slot: Slot, act: Act) -> bool:
    """Does the act count on a day up to D on which one of the writes has begun?"""
    return any(
        max(start, write.since) <= case.day and max(start, write.since) < end
        for write in slot.writes
        for start, end in act.stretches
    )


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
    covered = anchored_to(case)
    open_ones = [said for said in entries if said.index >= covered]
    figures: dict[str, Any] = {
        "found": len(items),
        "entries": len(entries),
        "anchored": len(entries) - len(open_ones),
    }
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
    return _not_found(case, entries, figures)


def _not_found(case: Case, entries: list[Said], figures: dict[str, Any]) -> Answer:
    """An anchor shows that an entry was there by then, and not since when: a wide gap leaves it open."""
    found = waits(case, entries)
    late = [one for one in found if one.seconds > GAP_MAX_SECONDS]
    widest = max(found, key=lambda one: one.seconds)
    hours = widest.hours
    figures |= {"late_anchored": len(late), "largest_gap_hours": hours}
    if late:
        at = f"№ {widest.index + 1}: {widest.recorded} – {widest.anchored or '…'}"
        uk = (
            f"{len(late)} з {len(entries)} записів уперше засвідчено ззовні пізніше ніж за добу після "
            f"реєстрації; найбільший проміжок – {hours or '…'} год ({at}): у ньому час знає лише сам облік"
        )
        en = (
            f"{len(late)} of {len(entries)} entries were first anchored more than a day after they were "
            f"recorded; the largest gap is {hours or '…'} h ({at}): within it only the ledger says when"
        )
        words = (f"Не визначено: {uk}", f"Undetermined: {en}")
        missing = (lacks("checkpoint.witnessed", uk, en),)
        return Answer("undetermined", words, tuple(one.item() for one in late), missing, figures)
    words = (
        (
            f"Ні: заявлений, зареєстрований і засвідчений час узгоджуються (записів: {len(entries)}; уперше "
            f"засвідчено щонайбільше за {hours} год після реєстрації)"
        ),
        (
            f"No: claimed, recorded and anchored times agree (entries: {len(entries)}; first anchored at "
            f"most {hours} h after they were recorded)"
        ),
    )
    return Answer("no", words, figures=figures)


def _timed(asked: Asked, row: dict[str, Any]) -> Item:
    """With the four times of the entry itself, the last that the finding rests on."""
    times = asked.case.times(row["events"][-1]["index"])
    return asked.item(row, times=times)


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
