"""policy.set: a dated setting of a body or of the whole ledger; never retroactive.

What a statement says by itself is judged here; how it stands to the others in force on its first
day in ledger/satisfiable.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.policy import DISCREPANCIES, Endorsements, Executor, Policy, PolicySet, Publication, Rule
from ledger.registry import Body, Root, keep
from ledger.satisfiable import check_satisfiable
from ledger.together import ENDORSED, reaches

if TYPE_CHECKING:
    from collections.abc import Iterable

ADOPTED = "programme.adopted"


def offices_named(data: PolicySet) -> Iterator[str]:
    """Every office that a policy speaks of, as a name."""
    return (f"office:{office}" for office in data.offices())


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: PolicySet = event.data
    if data.start < view.today:
        raise Refusal("policy-retroactive", "/data/start", data.start, today=view.today)
    for place, rule in enumerate(data.rules):
        _check_rule(view, data, rule, f"/data/rules/{place}")
    for place, executor in enumerate(data.executors):
        _check_executor(view, data, executor, f"/data/executors/{place}")
    for place, deadline in enumerate(data.deadlines):
        _check_kinds(deadline.kinds, f"/data/deadlines/{place}/kinds")
    _check_forbidden(data)
    _check_one_reporter(data)
    _check_days(data)
    if data.session is not None and data.session.amount.startswith("-"):
        raise Refusal("not-positive", "/data/session/amount", data.session.amount)
    if data.publication is not None and data.publication == Publication():
        raise Refusal("too-few", "/data/publication", detail="acts, datasets")
    if not data.ends:
        owner = view.body.id if view.body is not None else ""
        new = Policy(event.subject, event.id, view.world.position, data)
        check_satisfiable(view.world, owner, new)
    yield from ()


def _check_rule(view: View, data: PolicySet, rule: Rule, at: str) -> None:
    _check_kinds(rule.kinds, f"{at}/kinds")
    for number, office in enumerate(rule.offices or ()):
        _check_office(view, data, office, rule.kinds, f"{at}/offices/{number}")
    for name in ("forbidden", "silent"):
        for number, code in enumerate(getattr(rule, name)):
            if code not in DISCREPANCIES:
                raise Refusal(
                    "unknown-discrepancy", f"{at}/{name}/{number}", code, known=sorted(DISCREPANCIES)
                )
    if rule.endorsements is not None:
        _check_endorsable(rule.kinds, f"{at}/kinds")
        _check_endorsements(view, data, rule.endorsements, f"{at}/endorsements")


def _check_kinds(kinds: Iterable[str], at: str) -> None:
    """Policies judge what offices sign: not the registry, nor what the service states."""
    from ledger.kinds import KINDS  # noqa: PLC0415 -- the table of kinds imports this file

    for place, name in enumerate(kinds):
        if name not in KINDS or not KINDS[name].by_office:
            raise Refusal("unknown-kind", f"{at}/{place}", name)


def _check_endorsable(kinds: Iterable[str], at: str) -> None:
    """Only what can be proposed can be endorsed; an adoption lacks its endorsements, and shows it."""
    from ledger.kinds import KINDS  # noqa: PLC0415 -- the table of kinds imports this file

    for place, name in enumerate(kinds):
        if not KINDS[name].proposable and name != ADOPTED:
            raise Refusal("policy-unsatisfiable", f"{at}/{place}", name, why="not-endorsable", kind=name)


def _check_office(view: View, data: PolicySet, office: str, kinds: Iterable[str], at: str) -> None:
    """An office that is not there, or may not sign it, can satisfy nothing. The root names any."""
    body = view.world.body_of(f"office:{office}")
    if body is None or office not in body.offices:
        raise Refusal("unknown-office", at, office)
    for kind in kinds:
        if kind not in body.offices[office].kinds:
            raise Refusal("policy-unsatisfiable", at, office, why="may-not-sign", kind=kind)
        if view.body is not None and not reaches(view.world, office, kind, view.body.id, data.start):
            details = {"kind": kind, "body": body.id, "owner": view.body.id, "day": data.start}
            raise Refusal("policy-unsatisfiable", at, office, why="foreign-office", **details)


def _check_endorsements(view: View, data: PolicySet, asked: Endorsements, at: str) -> None:
    if len(set(asked.offices)) != len(asked.offices):
        raise Refusal("office-twice", f"{at}/offices")
    if asked.needed > len(asked.offices):
        details = {"needed": asked.needed, "offices": list(asked.offices), "able": len(asked.offices)}
        raise Refusal("policy-unsatisfiable", f"{at}/needed", asked.needed, why="too-few-offices", **details)
    for place, office in enumerate(asked.offices):
        _check_office(view, data, office, (ENDORSED,), f"{at}/offices/{place}")


def _check_executor(view: View, data: PolicySet, executor: Executor, at: str) -> None:
    from ledger.kinds.report_accepted import REPORTS  # noqa: PLC0415 -- it imports the base of kinds

    if not executor.items and not executor.indicators:
        raise Refusal("too-few", f"{at}/items")
    for number, kind in enumerate(executor.kinds or ()):
        if kind not in REPORTS:
            raise Refusal("unknown-kind", f"{at}/kinds/{number}", kind)
    asked = executor.kinds or [kind for kind in REPORTS if any(executor.named(kind))]
    _check_office(view, data, executor.office, asked, f"{at}/office")


def _check_forbidden(data: PolicySet) -> None:
    """What may not be acknowledged cannot be recorded without being asked, by whichever rule."""
    for place, rule in enumerate(data.rules):
        for other in data.rules:
            both = {*rule.silent} & {*other.forbidden} if {*rule.kinds} & {*other.kinds} else set()
            if both:
                at = f"/data/rules/{place}/silent"
                raise Refusal("policy-contradicts", at, min(both), why="forbidden-and-silent")


def _check_one_reporter(data: PolicySet) -> None:
    """One row or indicator has one office for each kind of report."""
    said: dict[tuple[str, str, str], str] = {}
    for place, executor in enumerate(data.executors):
        for at, kind, where, item in _given(executor, f"/data/executors/{place}"):
            before = said.setdefault((kind, where, item), executor.office)
            if before != executor.office:
                details = {"kind": kind, "offices": [before, executor.office]}
                raise Refusal("policy-contradicts", at, item, why="two-executors", **details)


def _given(executor: Executor, at: str) -> Iterator[tuple[str, str, str, str]]:
    """What an executor is given: where it says so, kind of report, items or indicators, id."""
    from ledger.kinds.report_accepted import REPORTS  # noqa: PLC0415 -- it imports the base of kinds

    for kind in executor.kinds or REPORTS:
        for where, items in (("items", executor.items), ("indicators", executor.indicators)):
            for number, item in enumerate(items):
                yield f"{at}/{where}/{number}", kind, where, item


def _check_days(data: PolicySet) -> None:
    calendar = data.calendar
    for place, day in enumerate(calendar.working if calendar is not None else ()):
        if calendar is not None and day in calendar.holidays:
            raise Refusal("policy-contradicts", f"/data/calendar/working/{place}", day, why="off-and-working")


def evolve(registry: Root | Body, stated: Stated) -> Root | Body:
    event = stated.event
    policy = Policy(event.subject, event.id, stated.index, event.data)
    kept = keep(stated, event.data.policy, registry.kept.get(stated.slot))
    return replace(registry, policies=(*registry.policies, policy), kept=registry.kept.set(stated.slot, kept))


def phrases(data: PolicySet, olds: object) -> Iterator[Words]:
    does = ("припинено", "is ended") if data.ends else ("діє", "is in force")
    yield {"title": data.title, "does": does, "start": data.start}


KIND = Kind(
    "policy.set",
    schema=1,
    family="body",
    also=("root",),
    data=PolicySet,
    registrar=True,
    act="optional",
    correctable=False,
    refers=offices_named,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Встановлено правило",
    title_en="Policy set",
    uk="Правило «{title}» {does} з {start}",
    en="Policy “{title}” {does} from {start}",
    example={
        "policy": "consent",
        "title": "Погодження змін (приклад)",
        "start": "2026-01-01",
        "rules": [
            {
                "kinds": ["financing.changed"],
                "endorsements": {"offices": ["commission-chair"], "needed": 1, "shortfall": "acknowledge"},
            }
        ],
        "lapse_days": 30,
    },
)
