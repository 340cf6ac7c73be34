"""A programme's obligations as people are shown them: with offices, persons, words and events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.reach import is_succeeded
from projections.doubtful import mark_entries
from projections.duties.desk import Desk
from projections.duties.duty import reminder
from projections.duties.items import INDICATORS
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.obligations.core import STATUSES, WAITING, Asking, Obligation, Status, asking_of, obligations
from projections.recording import Doc


def read_obligations(case: Case, *, office: str | None = None, status: Status | None = None) -> Doc:
    """{"configured", "not_configured", "years", "items", "totals"}: the next due first.

    configured: does a policy ask for reports, be it one that ended and left some due? years: of the
    programme, and about which of them one does. office, status: only these; totals: by status, of the items
    that are there. Where nothing is configured there are none: nobody knows, and that is no zero.
    """
    asking = asking_of(case)
    fitting = [one for one in obligations(case) if _fits(one, office, status)]
    shown = _Shown(case)
    rows = [shown.row(one) for one in sorted(fitting, key=_order)]
    mark_entries(case.reading, rows)
    return {
        "configured": asking.configured,
        "not_configured": [
            *(() if asking.configured else ("deadlines",)),
            *(() if asking.executors else ("executors",)),
        ],
        "years": [_year(asking, year, fitting) for year in _years(asking)],
        "items": rows,
        "totals": totals(fitting) if asking.configured else None,
    }


def _years(asking: Asking) -> range:
    """Empty while the programme is not in force: nobody knows its years."""
    first, last = asking.plan.years or (1, 0)
    return range(first, last + 1)


def _year(asking: Asking, year: int, fitting: Iterable[Obligation]) -> Doc:
    configured = asking.asks_about(year)
    counts = totals(one for one in fitting if one.period[:4] == str(year)) if configured else None
    return {"year": year, "configured": configured, "totals": counts}


def totals(found: Iterable[Obligation]) -> dict[str, int]:
    """How many there are, by status."""
    statuses = [one.status for one in found]
    return {status: statuses.count(status) for status in STATUSES}


def _fits(one: Obligation, office: str | None, status: Status | None) -> bool:
    return office in (None, one.office) and status in (None, one.status)


def _order(one: Obligation) -> tuple[str, str, list[tuple[int, str]], str]:
    """By due day; codes as people read them: 3.10 after 3.9."""
    code = [(int(part), "") if part.isdigit() else (10**9, part) for part in one.item.split(".")]
    return one.due, one.kind, code, one.period


@dataclass(slots=True)
class _Shown:
    """Rows of one case; each office is looked up once."""

    case: Case
    _offices: dict[str, Doc] = field(default_factory=dict)
    _desk: Desk | None = None

    def row(self, one: Obligation) -> Doc:
        told = one.told
        indicator = one.kind == INDICATORS
        waits = one.status in WAITING
        name = "indicator" if indicator else "measure"
        link = f"/v1/programmes/{self.case.programme}/reports?{name}={one.item}&period={one.period}"
        return {
            "kind": one.kind,
            "indicator": one.item if indicator else None,
            "measure": None if indicator else one.item,
            "period": one.period,
            "title": {"uk": one.what[0], "en": one.what[1]},
            "due": one.due,
            "status": one.status,
            "reminder": reminder(one.due, self.case.day) if waits else None,
            "policy": one.policy,
            **self._owed_by(one.office),
            "report": told.slot if told is not None else None,
            **_first(told.first if told is not None else None),
            "on_time": one.on_time,
            "corrected": self._statement(told.corrected) if told is not None else None,
            "review": told.review if told is not None else None,
            "reviewed": self._entry(told.reviewed) if told is not None else None,
            "cells": list(told.cells) if told is not None else [],
            "link": link,
        }

    def _statement(self, said: Said | None) -> Doc | None:
        return _first(said) if said is not None else None

    def _entry(self, index: int | None) -> Doc | None:
        return _first(self.case.said(index)) if index is not None else None

    def _owed_by(self, office: str | None) -> Doc:
        """The office that policies name, who holds it, and the body that owes the report today.

        An office of a body that was succeeded acts for nothing: its successor owes what it owed.
        """
        if office is None:
            return {"office": None, "office_name": None, "body": None, "succeeded": False, "persons": []}
        if office not in self._offices:
            self._offices[office] = self._look_up(office)
        return self._offices[office]

    def _look_up(self, office: str) -> Doc:
        self._desk = self._desk or Desk(self.case.reading, self.case.day)
        desk, found = self._desk, self._desk.office(office)
        assert found is not None  # a policy names no office that is not there
        gone = is_succeeded(desk.world, found.body, self.case.day)
        return {
            "office": office,
            "office_name": found.name,
            "body": desk.world.root.current(found.body, self.case.day),
            "succeeded": gone,
            "persons": [] if gone else desk.holders(found),
        }


def _first(said: Said | None) -> Doc:
    """An entry: its event, its place, and the local day on which it was recorded."""
    if said is None:
        return {"event": None, "index": None, "day": None, "recorded_at": None, "doubt": None}
    stated = said.stated
    return {
        "event": stated.event.id,
        "index": said.index,
        "day": said.day,
        "recorded_at": stated.recorded_at,
        "doubt": None,
    }
