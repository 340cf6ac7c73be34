"""An ordinary honest council raises nothing; what one irregularity raises is that alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projections.findings import acknowledged, acts, consent, keys, publication
from projections.findings.rule import Rule
from tests.projections.findings.raised import LATER, Record
from tests.support.council import CHAIR, MAYOR, asks, enacts, endorse, propose, set_policy
from tests.support.story import TRANSFER
from tests.support.town import lines

RULES: tuple[Rule, ...] = (
    *acts.RULES,
    *consent.RULES,
    *keys.RULES,
    *publication.RULES,
    *acknowledged.RULES,
)
EVIDENCE = {
    "name": "акт.pdf",
    "media_type": "application/pdf",
    "size": 9,
    "sha256": "5e" * 32,
    "access": "public",
}


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record(tmp_path) as record:
        yield record


def adopt_policies(record: Record) -> None:
    rule = asks(CHAIR, MAYOR, kinds=("financing.changed", "programme.amended"))
    within = {"acts": {"days": 5}, "datasets": {"days": 3}}
    set_policy(record.town, rules=[rule], publication=within, calendar={"holidays": ["2025-12-25"]})


def publish(record: Record, day: str) -> None:
    record.on(day, "15:00:00")
    data = {"dataset": "programs", "position": record.town.position, "url": "https://data.example/p.csv"}
    record.say("dataset.published", data, effective=day)


def amend(record: Record, number: int, month: int, *, act_day: int = 10, since: int = 10) -> str:
    """A session's decision: proposed, endorsed by both, decided, published, entered a week later."""
    act, date = f"town-{number}-2025", f"2025-{month:02}-{act_day:02}"
    text = lines(f"{number}00.00")
    record.on(f"2025-{month:02}-05")
    effective = f"2025-{month:02}-{since:02}"
    proposal = propose(record.town, text, effective=effective)
    record.on(f"2025-{month:02}-08")
    endorse(record.town, proposal, CHAIR)
    endorse(record.town, proposal, MAYOR)
    record.on(f"2025-{month:02}-17")
    record.act(act, date)
    record.status(act, "published", f"2025-{month:02}-12")
    slot = record.say("financing.changed", text, act=act, effective=effective, relations=enacts(proposal))
    publish(record, f"2025-{month:02}-18")
    return slot


def report(record: Record, day: str, period: str) -> str:
    record.on(day)
    data = {"indicator": "i-1", "period": period, "accumulation": "period", "value": "3"}
    slot = record.say("actual.reported", data, files=[EVIDENCE])
    record.say("transfer.made", TRANSFER, effective=day)
    publish(record, day)
    return slot


def tell(record: Record) -> None:
    adopt_policies(record)
    publish(record, "2025-09-02")
    amend(record, 3, 10)
    report(record, "2025-10-20", "2025-Q3")
    amend(record, 4, 11)
    amend(record, 5, 12)
    report(record, "2026-01-05", "2025-Q4")


def test_an_honest_year_raises_nothing_on_any_day(record: Record) -> None:
    tell(record)
    for day in ("2025-09-02", "2025-10-16", "2025-12-31", LATER):
        assert record.found(RULES, day) == {}, day


def _retroactive(record: Record) -> None:
    amend(record, 6, 12, since=1)


def _late(record: Record) -> None:
    record.on("2026-01-15")
    record.act("town-9-2026", "2026-01-12")
    record.status("town-9-2026", "published", "2026-01-13")
    record.say("appropriation.set", lines("900.00"), act="town-9-2026", effective="2026-01-12")
    publish(record, "2026-01-15")


def _unpublished(record: Record) -> None:
    record.on("2026-01-15")
    record.act("town-9-2026", "2026-01-12")
    data = {"lines": [{"measure": "1.1", "year": 2026, "source": "local", "op": "set", "amount": "9.00"}]}
    record.say("appropriation.set", data, act="town-9-2026", effective="2026-01-12")
    publish(record, "2026-01-15")


def _stale(record: Record) -> None:
    record.on("2026-01-16")
    record.say("transfer.made", TRANSFER, effective="2026-01-16")


@pytest.mark.parametrize(
    ("irregular", "codes"),
    [
        (_retroactive, {"ACT-RETRO"}),
        (_late, {"ACT-AFTERYEAR"}),
        (_unpublished, {"ACT-UNPUBLISHED"}),
        (_stale, {"OPEN-STALE"}),
    ],
)
def test_one_irregularity_raises_its_own_finding_alone(
    record: Record, irregular: Callable[[Record], None], codes: set[str]
) -> None:
    if irregular is _retroactive:
        adopt_policies(record)
        publish(record, "2025-09-02")
    else:
        tell(record)
    irregular(record)
    assert set(record.found(RULES)) == codes


def test_every_key_starts_with_what_it_is_about_and_is_its_own(record: Record) -> None:
    tell(record)
    for irregular in (_late, _stale):
        irregular(record)
    hits = record.hits(RULES)
    names = [(rule.code, hit.key) for rule, hit in hits]
    assert len(names) == len({*names}) >= 2
    case = record.case()
    abouts = {*case.keys("slot"), *case.keys("act"), "programs"}
    assert all(key.split("/")[0] in abouts for _, key in names)


def test_a_finding_says_the_same_on_every_later_day(record: Record) -> None:
    tell(record)
    for irregular in (_late, _stale):
        irregular(record)
    then = record.hits(RULES, "2026-02-01")
    assert then == record.hits(RULES, "2026-12-31") == record.hits(RULES, LATER)
    assert then
