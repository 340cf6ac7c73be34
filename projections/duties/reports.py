"""What is to be reported, corrected and accepted: the duties that deadlines and reports make."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.ids import LeafIndex
from ledger.kinds import REPORTS
from ledger.policy import executor_of, rules_of
from projections.duties.desk import Desk, Office, Owned
from projections.duties.duty import About, Duty
from projections.duties.items import INDICATORS, Naming, about_words, asked_of, items_of
from projections.duties.owed import Owed, owed
from projections.duties.plan import Plan
from projections.duties.said import Report, Said


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
    naming = Naming(desk.stated(owned), plan.programme, desk.today)
    mine = {kind: list(_items(desk, office, owned, plan, naming, kind)) for kind in REPORTS}
    if not any(mine.values()) or plan.years is None:
        return
    shown = owed(desk.stated(owned), plan.programme, plan.years, desk.today)
    for kind in REPORTS:
        for item in mine[kind]:
            for period, one in asked_of(plan, kind, item, shown, naming):
                if (kind, item, period) not in said.facts:
                    yield _report_duty(office, plan, kind, item, period, one)


def _items(desk: Desk, office: Office, owned: Owned, plan: Plan, naming: Naming, kind: str) -> Iterator[str]:
    """The indicators or measures of which the office reports, as today's policies say."""
    policies = desk.policies(owned)
    executors = [one for policy in policies for one in policy.said.executors]
    if not any(one.office == office.id for one in executors) or not desk.may_sign(office, kind, owned):
        return
    for item in items_of(plan, kind, naming.executors()):
        found = executor_of(policies, plan, kind, item)
        if found is not None and found[1] == office.id:
            yield item


def _report_duty(office: Office, plan: Plan, kind: str, item: str, period: str, one: Owed) -> Duty:
    indicator = kind == INDICATORS
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
        about_words(plan, kind, [item], period),
        f"{base}/indicators" if indicator else f"{base}?path=/tree/{item}",
        programme=plan.programme,
        due=one.day,
        policy=one.policy,
    )


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
        about_words(plan, report.kind, report.items, report.period, note),
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
        about_words(plan, report.kind, report.items, report.period),
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
    indicator = report.kind == INDICATORS
    return About(
        kind=report.kind,
        event=report.slot,
        indicator=item if indicator else None,
        measure=None if indicator else item,
        period=report.period,
    )
