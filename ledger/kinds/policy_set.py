"""policy.set: a dated setting of a body or of the whole ledger; never retroactive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.policy import Endorsements, Policy, PolicySet
from ledger.registry import Body, Office, Root, keep

if TYPE_CHECKING:
    from collections.abc import Iterable

ENDORSED, ADOPTED = "change.endorsed", "programme.adopted"


def offices_named(data: PolicySet) -> Iterator[str]:
    """Every office that a policy speaks of, as a name."""
    for rule in data.rules:
        for offices in (rule.offices, rule.endorsements.offices if rule.endorsements else None):
            yield from (f"office:{office}" for office in offices or ())
    yield from (f"office:{executor.office}" for executor in data.executors)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: PolicySet = event.data
    if data.start < view.today:
        raise Refusal("policy-retroactive", "/data/start", data.start, today=view.today)
    for place, rule in enumerate(data.rules):
        at = f"/data/rules/{place}"
        _check_kinds(rule.kinds, f"{at}/kinds")
        for number, office in enumerate(rule.offices or ()):
            _check_office(view, office, rule.kinds, f"{at}/offices/{number}")
        if rule.endorsements is not None:
            strict = rule.endorsements.shortfall == "refuse" or "endorsements-missing" in rule.forbidden
            _check_endorsable(rule.kinds, f"{at}/kinds", strict=strict)
            _check_endorsements(view, rule.endorsements, data.start, f"{at}/endorsements", strict=strict)
        overlap = sorted({*rule.forbidden} & {*rule.silent})
        if overlap:
            raise Refusal("policy-contradicts", f"{at}/silent", overlap[0])
    _check_reports(view, data)
    yield from ()


def _check_kinds(kinds: Iterable[str], at: str) -> None:
    """Policies judge what offices sign; the registry is the registrars' alone."""
    from ledger.kinds import KINDS  # noqa: PLC0415 -- the table of kinds imports this file

    for place, name in enumerate(kinds):
        if name not in KINDS or KINDS[name].registrar:
            raise Refusal("unknown-kind", f"{at}/{place}", name)


def _check_endorsable(kinds: Iterable[str], at: str, *, strict: bool) -> None:
    """Only what can be proposed can be endorsed; an adoption lacks its endorsements, and shows it."""
    from ledger.kinds import KINDS  # noqa: PLC0415 -- the table of kinds imports this file

    for place, name in enumerate(kinds):
        if not KINDS[name].proposable and (strict or name != ADOPTED):
            raise Refusal("policy-unsatisfiable", f"{at}/{place}", name)


def _check_office(view: View, office: str, kinds: Iterable[str], at: str) -> None:
    """An office that is not there, or may not sign it, can satisfy nothing."""
    known = _office(view, office, at)
    for kind in kinds:
        if kind not in known.kinds:
            raise Refusal("policy-unsatisfiable", at, office, kind=kind)


def _office(view: View, office: str, at: str) -> Office:
    """A body's policy names offices of the body and of those below it, which are those that may act."""
    body = view.world.body_of(f"office:{office}")
    if body is None or office not in body.offices:
        raise Refusal("unknown-office", at, office)
    if view.body is not None and not view.root.belongs(body.id, view.body.id, view.today):
        raise Refusal("policy-unsatisfiable", at, office, body=body.id)
    return body.offices[office]


def _check_endorsements(view: View, asked: Endorsements, start: str, at: str, *, strict: bool) -> None:
    if len(set(asked.offices)) != len(asked.offices):
        raise Refusal("office-twice", f"{at}/offices")
    if asked.needed > len(asked.offices):
        raise Refusal("policy-unsatisfiable", f"{at}/needed", asked.needed, offices=len(asked.offices))
    for place, office in enumerate(asked.offices):
        _check_office(view, office, (ENDORSED,), f"{at}/offices/{place}")
    if strict and _able(view, asked, start) < asked.needed:
        raise Refusal("policy-unsatisfiable", f"{at}/needed", asked.needed, able=_able(view, asked, start))


def _able(view: View, asked: Endorsements, day: str) -> int:
    """How many endorsements could be given on a day: by different persons, or by offices held."""
    held = []
    for office in asked.offices:
        body = view.world.body_of(f"office:{office}")
        assert body is not None  # it was checked
        held.append(set(body.holders(office, day)))
    if not asked.other_persons:
        return sum(1 for persons in held if persons)
    return matched(held)


def matched(held: list[set[str]]) -> int:
    """The most offices to which different persons can be assigned (augmenting paths)."""
    office_of: dict[str, int] = {}

    def assign(office: int, tried: set[str]) -> bool:
        for person in held[office] - tried:
            tried.add(person)
            if person not in office_of or assign(office_of[person], tried):
                office_of[person] = office
                return True
        return False

    return sum(assign(office, set()) for office in range(len(held)))


def _check_reports(view: View, data: PolicySet) -> None:
    from ledger.kinds.report_accepted import REPORTS  # noqa: PLC0415 -- it imports the base of kinds

    for place, executor in enumerate(data.executors):
        at = f"/data/executors/{place}"
        if not executor.items and not executor.indicators:
            raise Refusal("too-few", f"{at}/items")
        for number, kind in enumerate(executor.kinds or ()):
            if kind not in REPORTS:
                raise Refusal("unknown-kind", f"{at}/kinds/{number}", kind)
        may = {*_office(view, executor.office, f"{at}/office").kinds} & {*REPORTS}
        if not may or not may.issuperset(executor.kinds or ()):
            raise Refusal("policy-unsatisfiable", f"{at}/office", executor.office, kind=REPORTS[0])
    for place, deadline in enumerate(data.deadlines):
        _check_kinds(deadline.kinds, f"/data/deadlines/{place}/kinds")


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
