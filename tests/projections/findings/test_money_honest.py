"""An honest council raises none of these findings; and what is judged again is what is judged anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.errors import Refusal
from projections.findings import (
    balance,
    engine,
    indicators,
    limits,
    lines,
    money,
    reports,
    splitting,
    transfers,
    treasury,
)
from projections.findings.case import Case
from projections.findings.dossier import grow, read_dossier
from projections.findings.words import fill
from tests.projections.findings.living import Life, row
from tests.support.town import PROGRAMME_ID

MODULES = (balance, indicators, limits, lines, money, reports, splitting, transfers, treasury)
RULES = tuple(rule for module in MODULES for rule in module.RULES)
DEADLINE = {
    "kinds": ["actual.reported", "spending.reported"],
    "period": "quarter",
    "months": 1,
    "day": 20,
    "shift": "next",
}
QUARTERS = (
    ("Q1", "2025-03-31", "2025-04-10"),
    ("Q2", "2025-06-30", "2025-07-10"),
    ("Q3", "2025-09-30", "2025-10-10"),
    ("Q4", "2025-12-31", "2026-01-15"),
)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path) as life:
        yield life


def quarter(life: Life, name: str, end: str, day: str, paid: int) -> None:
    """On-time reports with evidence, an extract that agrees, and a slip that is corrected in time."""
    life.on(day)
    period = f"2025-{name}"
    slot = life.report("i-1", period, "4")
    life.report("i-1", period, "3", corrects=slot, reason="описка")
    life.report("i-2", period, "Так" if name == "Q4" else "Ні")
    life.report("i-3", period, str(70 + 3 * int(name[1])))
    life.spend("10.00", period)
    life.spend("10.00", period, phase="incurred")
    life.spend("0.00", period, phase="payable")
    life.spend("5.00", period, axes={"measure": "1.2"}, mode="period")
    data = {"year": 2025, "day": end, "lines": [{"kpkvk": "0217520", "paid": f"{paid}.00"}]}
    life.say("treasury.imported", data)


def honest_year(life: Life) -> None:
    life.rule(start="2024-12-23", deadlines=[DEADLINE], session={"amount": "50.00", "days": 30})
    life.act("b-1", "2024-12-20")
    life.appropriate(row("100.00"), row("50.00", measure="1.2"), act="b-1", since="2025-01-01")
    life.on("2025-01-10")
    life.schedule(
        row("60.00", kekv="2210"), row("40.00", kekv="2240"), row("50.00", measure="1.2"), since="2025-01-01"
    )
    share = {"op": "set", "year": 2025, "kpkvk": "0217520", "measure": "1.1", "source": "local"}
    life.say("allocation.mapped", {"lines": [share]}, effective="2025-01-01")
    for place, (name, end, day) in enumerate(QUARTERS):
        quarter(life, name, end, day, paid=10 * (place + 1))
        if name == "Q2":
            lawful_amendment(life)
            life.send("20.00", "2025-08-20")
    life.on("2026-01-16")


def lawful_amendment(life: Life) -> None:
    """Money moves from 1.2 to 1.1 in plan, appropriation and schedule alike; next year's target is raised."""
    life.on("2025-07-25")
    life.act("a-2", "2025-07-18", session="L")
    moved = (row("105.00"), row("45.00", measure="1.2"))
    life.plan(*moved, act="a-2", since="2025-07-18")
    life.appropriate(*moved, act="a-2", since="2025-07-18")
    life.schedule(row("65.00", kekv="2210"), row("45.00", measure="1.2"), since="2025-07-18")
    life.target("i-1", "2026", "13", act="a-2", since="2025-07-18")


def test_an_honest_year_needs_no_attention(life: Life) -> None:
    honest_year(life)
    for day in ("2025-01-31", "2025-06-30", "2025-07-20", "2025-12-31", "2026-01-31", "2026-12-31"):
        assert life.found(RULES, day) == {}, day


def test_each_rule_says_its_sentence_in_both_languages(life: Life) -> None:
    """Every word of a sentence is one that its hits have, and no sentence speaks of a breach."""
    found = set()
    for seed in range(4):
        for rule, hit in eventful(life, Random(seed), steps=30):
            for form, language in ((rule.uk, "uk"), (rule.en, "en")):
                assert form.format_map(hit.words)
                assert "порушен" not in (said := fill(form, hit.words, language))
                assert "{" not in said
            found.add(rule.code)
    assert len(found) >= 8, found


def eventful(life: Life, rng: Random, *, steps: int) -> list[tuple[Any, Any]]:
    for _ in range(steps):
        step(life, rng)
    return life.hits(RULES)


# -- judged again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_what_is_judged_again_is_what_is_judged_anew(
    seed: int, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "RULES", RULES)
    rng, day, hits = Random(seed), "2026-06-30", 0
    life.rule(start="2024-12-23", deadlines=[DEADLINE], session={"amount": "95.00", "days": 60})
    reading = life.tables.reading()
    dossier = read_dossier(reading, PROGRAMME_ID)
    found = engine.judge(Case(dossier, reading, day), RULES)
    for _ in range(60):
        step(life, rng)
        reading = life.tables.reading()
        dossier, growth = grow(dossier, reading)
        case = Case(dossier, reading, day)
        found = engine.judge_again(case, found, growth.touched)
        fresh = Case(read_dossier(reading, PROGRAMME_ID), reading, day)
        assert found == engine.judge(fresh, RULES)
        hits += len(found)
    assert hits > 100


def step(life: Life, rng: Random) -> None:
    """Something happens, lawful or not; what the door refuses does not."""
    today = life.town.clock.now().date()
    if today < date(2026, 12, 1):
        today += timedelta(days=rng.choice((0, 0, 1, 5, 20)))
        life.on(today.isoformat())
    doing = rng.choice(
        (decision, decision, decision, spending, spending, actual, correction, status, flow, extract)
    )
    try:
        doing(life, rng)
    except Refusal:
        return


def decision(life: Life, rng: Random) -> None:
    today = life.town.clock.now().date()
    since = (today - timedelta(days=rng.choice((0, 3, 90)))).isoformat()
    rows = [
        row(
            rng.choice(("40.00", "90.00", "110.00")),
            op=rng.choice(("set", "add")),
            measure=measure,
            year=rng.choice((2025, 2026)),
            source=rng.choice(("local", "local", "oblast")),
        )
        for measure in rng.sample(("1.1", "1.2"), rng.choice((1, 2)))
    ]
    act = f"r-{life.town.position}"
    life.act(act, since, kind=rng.choice(("order", "decision")))
    kind = rng.randrange(5)
    if kind == 0:
        life.appropriate(*rows, act=act, since=since)
    elif kind == 1:
        life.schedule(*rows, since=since)
    elif kind == 2:
        life.target("i-1", rng.choice(("2025", "2026")), rng.choice(("5", "12")), act=act, since=since)
    else:
        life.plan(*rows, act=act, since=since)


def spending(life: Life, rng: Random) -> None:
    life.spend(
        rng.choice(("0.00", "30.00", "80.00")),
        rng.choice(("2025-Q1", "2025-Q2", "2025-Q4", "2025", "2026-01", "2026-Q1")),
        phase=rng.choice(("paid", "paid", "incurred", "payable")),
        mode=rng.choice(("period", "period", "ytd")),
        axes={"measure": rng.choice(("1.1", "1.2")), "source": rng.choice(("local", "oblast"))},
    )


def extract(life: Life, rng: Random) -> None:
    """Of one line, which is mapped to one of two measures."""
    today = life.town.clock.now().date().isoformat()
    at = {"year": int(today[:4]), "kpkvk": "0217520"}
    if rng.random() < 0.5:
        line = at | {"op": "set", "measure": rng.choice(("1.1", "1.2")), "source": "local"}
        life.say("allocation.mapped", {"lines": [line]}, effective=today)
        return
    amounts = {name: rng.choice(("40.00", "130.00")) for name in ("approved", "amended", "paid")}
    data = {"year": at["year"], "day": today, "lines": [{"kpkvk": at["kpkvk"], **amounts}]}
    life.say("treasury.imported", data)


def actual(life: Life, rng: Random) -> None:
    period = rng.choice(("2025-Q1", "2025-Q2", "2025", "2026-Q1"))
    more: dict[str, Any] = {"files": []} if rng.random() < 0.3 else {}
    life.report("i-1", period, str(rng.randrange(9)), mode=rng.choice(("period", "ytd")), **more)


def correction(life: Life, rng: Random) -> None:
    """A slot is stated again, or voided."""
    case = life.case()
    kinds = ("financing.changed", "spending.reported", "actual.reported", "appropriation.set")
    slots = [slot for kind in kinds for slot in case.slots_of(kind)]
    if slots:
        slot = rng.choice(slots)
        event = case.statements(slot)[-1].stated.event
        common: dict[str, Any] = {"corrects": slot}
        if event.act is not None:
            common |= {"act": event.act.id, "effective": event.effective}
        data = event.data.model_dump(mode="json", exclude_none=True) if event.data is not None else None
        life.say(event.kind, None if rng.random() < 0.3 else data, **common)


def status(life: Life, rng: Random) -> None:
    acts = [act for act in life.case().timeline.acts if act.startswith("r-")]
    if acts:
        name = rng.choice(acts)
        start = life.case().timeline.acts[name].date
        life.say_status(name, rng.choice(("suspended", "quashed", "restored")), start)


def flow(life: Life, rng: Random) -> None:
    today = life.town.clock.now().date().isoformat()
    slot = life.send(rng.choice(("20.00", "70.00")), today)
    if rng.random() < 0.5:
        life.take_back("10.00", today, slot, year=int(today[:4]))
