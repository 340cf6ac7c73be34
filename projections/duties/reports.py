"""What is to be reported, corrected and accepted: the duties that deadlines and reports make."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.ids import LeafIndex
from ledger.kinds import REPORTS
from ledger.policy import Executor, executor_of, rules_of
from ledger.values import period_end
from projections.duties.desk import Desk, Office, Owned
from projections.duties.duty import NAME_MAX, About, Duty, Pair, shorten
from projections.duties.owed import Owed, calendar_of, owed, period_start
from projections.duties.plan import Plan
from projections.duties.said import Report, Said

_WORDS: dict[str, Pair] = {
    "actual.reported": ("індикатор", "indicator"),
    "progress.reported": ("стан виконання, захід", "progress of measure"),
    "spending.reported": ("видатки, захід", "spending on measure"),
}


def reporting(desk: Desk, office: Office) -> Iterator[Duty]:
    """What the office has to report, to mend, and to accept or return."""
    for owned in desk.reached(office):
        if owned.programme is None:
            continue
        said = desk.said(owned.programme)
        yield from _to_report(desk, office, owned, said)
        for report in said.reports:
            if report.status == "returned":
                yield from _to_correct(desk, office, owned, report)
            elif report.status == "submitted":
                yield from _to_accept(desk, office, owned, report)


# -- what is not there yet --------------------------------------------------------------------------


def _to_report(desk: Desk, office: Office, owned: Owned, said: Said) -> Iterator[Duty]:
    """Each period that a deadline asks for, of each item whose executor the office is."""
    plan = desk.plan(str(owned.programme))
    mine = {kind: list(_items(desk, office, owned, plan, kind)) for kind in REPORTS}
    if not any(mine.values()) or plan.years is None:
        return
    calendar = calendar_of(desk.policies(owned))
    asked = owed(desk.stated(owned), plan.programme, calendar, plan.years, desk.today)
    for (kind, period), one in sorted(asked.items()):
        if period_start(period) >= plan.closed:
            continue
        for item in mine.get(kind, ()):
            if (kind, item, period) not in said.facts and _was_there(plan, kind, item, period):
                yield _report_duty(office, plan, kind, item, period, one)


def _items(desk: Desk, office: Office, owned: Owned, plan: Plan, kind: str) -> Iterator[str]:
    """The indicators or measures of which the office reports, as today's policies say."""
    policies = desk.policies(owned)
    executors = [one for policy in policies for one in policy.said.executors]
    if not any(one.office == office.id for one in executors) or not desk.may_sign(office, kind, owned):
        return
    for item in plan.indicators if kind == "actual.reported" else _measures(plan, executors):
        found = executor_of(policies, plan, kind, item)
        if found is not None and found[1] == office.id:
            yield item


def _measures(plan: Plan, executors: list[Executor]) -> Iterator[str]:
    """The measures, and of the works below them those that a policy names."""
    named = {item for one in executors for item in one.items}
    for item in plan.rows:
        if plan.level(item) == "measure" or (plan.level(item) == "work" and item in named):
            yield item


def _was_there(plan: Plan, kind: str, item: str, period: str) -> bool:
    """Did the programme have it on the period's last day? Spending is asked of rows with money."""
    day = period_end(period)
    if kind == "actual.reported":
        return item in plan.there("/indicators", day)
    if item not in plan.there("/tree", day):
        return False
    return kind != "spending.reported" or item in plan.funded(period[:4], day)


def _report_duty(office: Office, plan: Plan, kind: str, item: str, period: str, one: Owed) -> Duty:
    indicator = kind == "actual.reported"
    base = f"/v1/programmes/{plan.programme}"
    return Duty(
        "report",
        office.id,
        About(
            kind=kind,
            indicator=item if indicator else None,
            measure=None if indicator else item,
            period=period,
        ),
        _about_words(plan, kind, [item], period),
        f"{base}/indicators" if indicator else f"{base}?path=/tree/{item}",
        programme=plan.programme,
        due=one.day,
        policy=one.policy,
    )


def _about_words(plan: Plan, kind: str, items: list[str], period: str, said: str = "") -> Pair:
    names = plan.indicators if kind == "actual.reported" else plan.rows
    name = f" «{shorten(names[items[0]], NAME_MAX)}»" if len(items) == 1 and items[0] in names else ""
    uk, en = _WORDS[kind]
    what, more = (
        ", ".join(items[:5]) + (", …" if len(items) > 5 else "") + name,
        f": {shorten(said)}" if said else "",
    )
    return f"{period}, {uk} {what}{more}", f"{period}, {en} {what}{more}"


# -- what is there --------------------------------------------------------------------------------


def _to_correct(desk: Desk, office: Office, owned: Owned, report: Report) -> Iterator[Duty]:
    """It goes back to the office that reports about it now, or if none does to whoever signed it."""
    plan, policies = desk.plan(str(owned.programme)), desk.policies(owned)
    named = [found for item in report.items if (found := executor_of(policies, plan, report.kind, item))]
    offices = {found[1] for found in named} or _signed_by(desk, report)
    if office.id not in offices or not desk.may_sign(office, report.kind, owned):
        return
    assert report.judged is not None  # it was returned
    stated = desk.reading.entry(LeafIndex(report.judged)).stated()
    note = stated.event.data.note
    yield Duty(
        "correct",
        office.id,
        _about(report),
        _about_words(plan, report.kind, report.items, report.period, note),
        f"/v1/events/{report.slot}",
        programme=plan.programme,
        since=stated.recorded_at,
        policy=named[0][0].event if named else None,
        event=stated.event.id,
        index=report.judged,
        shared=not named,
    )


def _signed_by(desk: Desk, report: Report) -> set[str]:
    event = desk.reading.entry(LeafIndex(report.entry)).stated().event
    return {signer.office for signer in event.signers}


def _to_accept(desk: Desk, office: Office, owned: Owned, report: Report) -> Iterator[Duty]:
    if not desk.may_sign(office, "report.accepted", owned):
        return
    plan = desk.plan(str(owned.programme))
    entry = desk.reading.entry(LeafIndex(report.entry))
    rules = rules_of(desk.policies(owned), "report.accepted")
    forbidden = any("own-report" in rule.forbidden for _, rule in rules)
    own = frozenset(signer.person for signer in entry.stated().event.signers)
    yield Duty(
        "accept",
        office.id,
        _about(report),
        _about_words(plan, report.kind, report.items, report.period),
        f"/v1/events/{report.slot}",
        programme=plan.programme,
        since=entry.recorded_at,
        event=entry.event_id(),
        index=report.entry,
        barred=own if forbidden else frozenset(),
        shared=True,
    )


def _about(report: Report) -> About:
    item = report.items[0] if len(report.items) == 1 else None
    indicator = report.kind == "actual.reported"
    return About(
        kind=report.kind,
        event=report.slot,
        indicator=item if indicator else None,
        measure=None if indicator else item,
        period=report.period,
    )
