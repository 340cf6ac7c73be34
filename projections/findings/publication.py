"""Publication in time: of acts by the policy in force, of open-data sets after each change.

Source: docs/findings-lifetime-a.md; for data sets resolution No. 835 (domain.md, Standards).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ledger.calendar import Calendar, CalendarError
from ledger.ids import LeafIndex
from ledger.policy import Policy, Within, publication_of
from ledger.timeline import Placed
from projections.findings.acts import registration, statuses
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.holding import writes_at
from projections.findings.rule import Hit, Rule

SETS_WITHIN: Final = Within(days=3, working=True)  # as resolution No. 835 has it
OTHERS_ACTS = ("court-decision",)  # on the council's record, and not for it to publish
NOT_ADOPTED = frozenset(("draft", "adopted-as-basis"))
# Cells that no published table of a programme shows: of the sets themselves, and to compare the treasury by.
OUTSIDE = ("datasets", "treasury", "allocation")
_RUN = 64  # entries looked at in one question

_LATER = (
    "SELECT leaf_index, known_from FROM concerns WHERE programme=? AND leaf_index>=? AND leaf_index<? "
    "AND known_from<=? ORDER BY leaf_index LIMIT ?"
)


def last_day(day: str, within: Within, calendar: Calendar) -> str | None:
    """The last day on which it is in time, counted after a day; None where no calendar can say it."""
    try:
        if within.working:
            return calendar.working_days_after(day, within.days)
        return _plus(day, within.days)
    except (CalendarError, OverflowError):
        return None


def _plus(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _unpublished(case: Case, act: str) -> Iterator[Hit]:
    known = case.timeline.acts.get(act)
    asked = publication_of(case.policies(known.date), "acts") if known is not None else None
    if known is None or asked is None:
        return
    said = [one for _, one in statuses(case, act)]
    names = {one.stated.event.data.status for one in said}
    if (not known.stretches and names and names <= NOT_ADOPTED) or _is_others(case, act):
        return
    due = last_day(known.date, asked[1], case.calendar(known.date))
    published = [one for one in said if one.stated.event.data.status == "published"]
    first = min(published, key=lambda one: str(one.stated.event.data.date), default=None)
    if due is not None and (first is None or first.stated.event.data.date > due):
        yield _late_act(case, act, known.date, due, asked[0], first)


def _is_others(case: Case, act: str) -> bool:
    registered = [said for said in case.act_entries(act) if said.kind == "act.registered"]
    return bool(registered) and registered[-1].stated.event.data.kind in OTHERS_ACTS


def _late_act(case: Case, act: str, act_date: str, due: str, policy: Policy, first: Said | None) -> Hit:
    day = str(first.stated.event.data.date) if first is not None else ""
    uk, en = (f"оприлюднено {day}", f"published on {day}") if day else _NOT_YET
    published = (first.index,) if first is not None else ()
    return Hit(
        act,
        entries=tuple(sorted({*registration(case, act), policy.index, *published})),
        words={"act": act, "act_date": act_date, "due": due, "published": (uk, en)},
        day=_plus(due, 1),
    )


_NOT_YET = ("про оприлюднення не зареєстровано", "no publication is on the record")


@dataclass(frozen=True, slots=True)
class Standing:
    """A data set on the record. published: the newest publication by D; None if there is none by then.

    change: the first entry that it does not show; due: the last day on which to publish that, None where no
    calendar can say it; policy: that sets the time, None for resolution No. 835.
    """

    dataset: str
    published: Placed | None
    change: Said | None
    due: str | None
    policy: Policy | None


def standings(case: Case) -> Iterator[Standing]:
    """How every data set of the programme stands."""
    for path in list(case.under("/datasets")):
        _, _, dataset, member = path.split("/")
        if member == "position":
            shown = _shown(case, path)
            change = _first_change(case, int(shown.value)) if shown is not None else None
            yield Standing(dataset, shown, change, *_asked(case, change))


def unpublished(case: Case) -> Standing:
    """How a programme stands of which no data set was ever published: due since it was adopted."""
    change = _first_change(case, 0)
    return Standing("", None, change, *_asked(case, change))


def _asked(case: Case, change: Said | None) -> tuple[str | None, Policy | None]:
    """When a change is due to be published, and who says so."""
    if change is None:
        return None, None
    asked = publication_of(case.policies(change.day), "datasets")
    within = asked[1] if asked is not None else SETS_WITHIN
    return last_day(change.day, within, case.calendar(change.day)), asked[0] if asked is not None else None


def _stale(case: Case, key: str) -> Iterator[Hit]:
    for one in standings(case):
        if one.published is not None and one.change is not None and one.due is not None:
            yield _overdue(one, one.published.entry, one.change, one.due)


def _shown(case: Case, path: str) -> Placed | None:
    """The newest publication of a set by D; None if there is none.

    None is older than what it shows: it counts from the day of recording of its state's last entry.
    """
    timeline = case.timeline
    newest_first: Sequence[Placed] = writes_at(case, path)[::-1]
    for placed in newest_first:
        if placed.rank[0] > case.day or not timeline.counts(placed.act, case.day):
            continue
        if placed.op != "set" or placed.value is None:
            return None
        last = case.reading.entry(LeafIndex(int(placed.value) - 1))
        if case.dossier.local_day(last.recorded_at) <= case.day:
            return placed
    return None


def _overdue(one: Standing, published: int, change: Said, due: str) -> Hit:
    by = (
        (f"правило «{one.policy.said.title}»", f"policy “{one.policy.said.title}”") if one.policy else _BY_835
    )
    dataset, policy = one.dataset, (one.policy.index,) if one.policy is not None else ()
    return Hit(
        f"{dataset}/{change.stated.event.id}",
        cells=(f"/datasets/{dataset}/day", f"/datasets/{dataset}/position"),
        entries=tuple(sorted({published, change.index, *policy})),
        words={"dataset": dataset, "changed": change.day, "due": due, "by": by},
        day=_plus(due, 1),
    )


_BY_835 = ("постанова № 835: три робочі дні", "resolution No. 835: three working days")


def _first_change(case: Case, position: int) -> Said | None:
    """The first entry from a position on by which the programme's state became another one."""
    while True:
        where = [case.programme, position, case.position, case.position, _RUN]
        rows = case.reading.rows(_LATER, where)
        for index, known_from in rows:
            # What came to concern the programme late changed nothing of it before what cites it did.
            if known_from == index + 1 and _changes(case, case.said(index)):
                return case.said(index)
        if len(rows) < _RUN:
            return None
        position = rows[-1][0] + 1


def _changes(case: Case, said: Said) -> bool:
    """Does an entry change cells that published tables show, or whether they count?"""
    event = said.stated.event
    if said.own:
        statements = case.statements(said.stated.slot) if event.relations.corrects is not None else [said]
        writes = (write for one in statements if one.index <= said.index for write in one.writes)
        return any(write.path.split("/")[1] not in OUTSIDE for write in writes)
    if said.kind == "act.status_changed":
        return event.data is None or event.data.counts() is not None
    return said.kind == "act.registered" and event.relations.corrects is not None


RULES: tuple[Rule, ...] = (
    Rule(
        "ACT-UNPUBLISHED",
        "ask",
        "Акт {act} від {act_date} мало бути оприлюднено до {due} включно: {published}",
        "Act {act} of {act_date} was to be published by {due}: {published}",
        _unpublished,
        "act",
    ),
    Rule(
        "OPEN-STALE",
        "ask",
        "Набір відкритих даних {dataset} не оновлено до {due} включно після зміни від {changed} ({by})",
        "Open-data set {dataset} was not published anew by {due} after the change of {changed} ({by})",
        _stale,
        "programme",
    ),
)
