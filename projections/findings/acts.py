"""Decisions and their days: retroactive, after the year's close, suspended late; back-dated: claimed.py.

Source: docs/findings-lifetime-a.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial

from ledger.kinds.act_status_changed import SUSPENDED_WITHIN_DAYS
from ledger.timeline import Act, Slot, Write, rank_of
from ledger.values import is_money
from projections.findings import claimed
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.rule import Hit, Rule

CELLS_MAX = 50  # named in one hit; its words say how many there are

# What states a decision: reports, transfers and what only compares follow the days of other things.
DECISIONS = frozenset(
    (
        "programme.adopted",
        "programme.amended",
        "programme.closed",
        "financing.changed",
        "appropriation.set",
        "schedule.changed",
    )
)
_OF_YEARS = ("financing", "appropriation", "schedule")


def registration(case: Case, act: str) -> tuple[int, ...]:
    """The leaf index of the statement in force that registers an act; () if it is not at hand."""
    found = [said.index for said in case.act_entries(act) if said.kind == "act.registered"]
    return tuple(found[-1:])


def statuses(case: Case, act: str) -> Iterator[tuple[str, Said]]:
    """Of each status of an act the slot and the statement in force, but for voided ones."""
    newest = {said.stated.slot: said for said in case.act_entries(act) if said.kind == "act.status_changed"}
    yield from ((slot, said) for slot, said in newest.items() if said.stated.event.data is not None)


def first_day(case: Case, slot: str, holds: Callable[[Said], bool]) -> str:
    """The day from which the oldest statement speaks since which every one of a slot has been so."""
    day = ""
    for said in reversed(case.statements(slot)):
        if day and not holds(said):
            break
        day = case.happened(said)
    return day


def _decided(case: Case, slot: str) -> tuple[Slot, Act] | None:
    """A decision and its act; None if it has none, or was undone for all days."""
    stated = case.timeline.slots.get(slot)
    act = case.timeline.acts.get(stated.act) if stated is not None and stated.act is not None else None
    if stated is None or act is None:
        return None
    if stated.kind not in DECISIONS:
        return None
    undone = not act.stretches and any(status.counts is False for status in act.statuses)
    return None if undone else (stated, act)


def _hit(case: Case, key: str, found: tuple[Slot, Act], which: Callable[[Write], bool]) -> Hit:
    stated, act = found
    writes = [write for write in stated.writes if which(write)]
    cells = list(dict.fromkeys(write.path for write in writes))
    return Hit(
        key,
        cells=tuple(cells[:CELLS_MAX]),
        entries=(*registration(case, act.id), stated.event_index),
        words={
            "act": act.id,
            "act_date": act.date,
            "since": min(write.since for write in writes),
            "count": len(cells),
        },
        day=first_day(case, stated.id, lambda said: any(map(which, said.writes))),
    )


def _retroactive(case: Case, slot: str) -> Iterator[Hit]:
    found = _decided(case, slot)
    if found is None:
        return
    stated, act = found

    def early(write: Write) -> bool:
        return write.op != "restate" and write.since < act.date

    if any(map(early, stated.writes)):
        yield _hit(case, slot, found, early)


def year_of(path: str) -> str | None:
    """The year whose plan, appropriation, schedule or target a cell is."""
    family, *rest = path.split("/")[1:]
    if family in _OF_YEARS and len(rest) > 1:
        return rest[1]
    if family == "indicators" and len(rest) > 2 and rest[1] == "targets":
        return rest[2]
    return None


def _after_year(case: Case, slot: str) -> Iterator[Hit]:
    found = _decided(case, slot)
    if found is None:
        return
    stated, act = found
    closed = {year_of(write.path) for write in stated.writes if changes(case, stated, write)} - {None}
    for year in sorted(year for year in closed if year is not None and act.date > f"{year}-12-31"):
        hit = _hit(case, f"{slot}/{year}", found, partial(_changes_year, case, stated, year))
        yield Hit(hit.key, hit.cells, hit.entries, words={**hit.words, "year": year}, day=hit.day)


def _changes_year(case: Case, slot: Slot, year: str, write: Write) -> bool:
    return year_of(write.path) == year and changes(case, slot, write)


def changes(case: Case, slot: Slot, write: Write) -> bool:
    """Does a write of a slot make of its cell another value than it found below it, on its own first day?

    A new edition of an annex states most of its cells as they were.
    """
    act = case.timeline.acts[slot.act] if slot.act is not None else None
    found = case.timeline.below(write.path, rank_of(slot, write, 0, act))
    held = found.value if found is not None and not found.removed else None
    if write.op == "set":
        return bool(write.value != held)
    if write.op == "add":
        return not is_money(held) or Decimal(write.value) != 0
    return write.op == "unset" and held is not None


def _suspended_late(case: Case, act: str) -> Iterator[Hit]:
    known = case.timeline.acts.get(act)
    for slot, said in statuses(case, act) if known is not None else ():
        data = said.stated.event.data
        if data.status != "suspended" or data.by != "mayor" or data.start is None or known is None:
            continue
        days = (date.fromisoformat(data.start) - date.fromisoformat(known.date)).days
        if days > SUSPENDED_WITHIN_DAYS:
            words = {"act": act, "act_date": known.date, "start": data.start, "days": days}
            yield Hit(
                f"{act}/{slot}",
                entries=(*registration(case, act), said.index),
                words=words | {"within": SUSPENDED_WITHIN_DAYS},
                day=case.happened(said),
            )


RULES: tuple[Rule, ...] = (
    Rule(
        "ACT-RETRO",
        "note",
        "Рішення {act} від {act_date} діє з {since}, раніше за власну дату (показників: {count})",
        "Decision {act} of {act_date} holds from {since}, earlier than its own date (cells: {count})",
        _retroactive,
        "slot",
    ),
    Rule(
        "ACT-AFTERYEAR",
        "ask",
        "Рішення {act} від {act_date} змінює показники {year} року, що вже закінчився (їх {count})",
        "Decision {act} of {act_date} changes figures of the year {year}, which was over (cells: {count})",
        _after_year,
        "slot",
    ),
    *claimed.RULES,
    Rule(
        "ACT-SUSPENDED",
        "ask",
        "Голова зупинив дію акта {act} від {act_date} з {start}: через {days} дн., а строк – {within}",
        "The mayor suspended act {act} of {act_date} from {start}: after {days} days; {within} are given",
        _suspended_late,
        "act",
    ),
)
