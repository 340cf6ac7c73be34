"""The paper that adopts an ordinary programme: invented, and nothing in it contradicts itself."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.projections.findings.council.deeds import Line, Payload, Script
from tests.support.people import COUNCIL

TITLES = (
    "Ремонт сільських доріг і мостів",
    "Водогін у віддалених вулицях",
    "Автобус для школярів",
    "Освітлення центральних площ",
)
WORKS = ("Полагоджено ділянок", "Підключено будинків", "Перевезено класів", "Встановлено ліхтарів")
# The third measure is paid by a subvention to the oblast; the second also has the oblast's own money.
ROADS = Line("1.1", "local", "2240")
WATER = Line("1.2", "local", "3110", "development")
BUSES = Line("2.1", "local", "2620")
LIGHTS = Line("2.2", "local", "2210")
AID = Line("1.2", "oblast", "3110", "special")
LINES = (ROADS, WATER, BUSES, LIGHTS, AID)
MEASURES = ("1.1", "1.2", "2.1", "2.2")
QUARTERLY = 3  # what each indicator reaches in a quarter


def planned(number: int, years: tuple[int, ...], rng: Random) -> Script:
    """A programme that has nothing but its plan: 200 to 400 thousand a line and year."""
    script = Script(f"village-{number:02}", number, years, LINES, rng)
    for year in years:
        for line in LINES:
            script.plan[line, year] = Decimal(rng.randrange(200, 400) * 1000)
    return script


def adoption(script: Script) -> Payload:
    """Data of programme.adopted."""
    first, last = script.years[0], script.years[-1]
    span = f"{first}–{last} роки" if last > first else f"{first} рік"
    return {
        "programme": script.programme,
        "title": f"Програма розвитку «Добра громада {script.number}» на {span} (вигадана)",
        "body": COUNCIL,
        "currency": "UAH",
        "term": {"from": first, "to": last},
        "passport": _passport(span),
        "totals": _totals(script),
        "sources": [
            {"id": "local", "name": "місцевий бюджет"},
            {"id": "other", "name": "кошти інших джерел"},
            {"id": "oblast", "parent": "other", "name": "обласний бюджет"},
        ],
        "tree": _tree(),
        "indicators": [_indicator(script, place) for place in range(4)],
        "financing": [
            line.axes(year) | {"amount": f"{amount:.2f}"} for (line, year), amount in script.plan.items()
        ],
        "endorsements": [
            {"id": "e1", "office": "Голова комісії з питань бюджету", "person": "Олена Вигадана"}
            | {"date": f"10.12.{first - 1}"}
        ],
        "printed": [
            {"id": "p1", "at": "рішення, п. 1", "field": "term", "text": f"на {first} – {last} роки"},
            {"id": "p2", "at": "рішення, заголовок", "field": "number", "text": f"№ {script.number + 1}"},
        ],
    }


def _passport(span: str) -> Payload:
    return {
        "initiator": "Міська рада, код ЄДРПОУ 00000000",
        "developer": ["Відділ розвитку міської ради"],
        "co_developers": "депутати міської ради",
        "executors": ["Відділ благоустрою міської ради"],
        "participants": "Комунальна бібліотека",
        "term": span,
        "stages": "один етап",
        "spending_unit": ["Виконавчий комітет міської ради"],
    }


def _totals(script: Script) -> Payload:
    found = {"total": sum(script.plan.values(), Decimal())}
    for (line, year), amount in script.plan.items():
        for key in (str(year), f"source:{line.source}"):
            found[key] = found.get(key, Decimal()) + amount
    return {key: f"{amount:.2f}" for key, amount in found.items()}


def _tree() -> list[Payload]:
    rows: list[Payload] = []
    for task in ("1", "2"):
        rows.append({"id": task, "level": "task", "title": f"Завдання {task}: вигоди для мешканців"})
        for place in (1, 2):
            title = TITLES[2 * (int(task) - 1) + place - 1]
            rows.append({"id": f"{task}.{place}", "level": "measure", "parent": task, "title": title})
    rows[4]["mode"] = "subvention"
    return rows


def _indicator(script: Script, place: int) -> Payload:
    """A flow that is printed with the sum of its targets; it is reached by QUARTERLY in each quarter."""
    measure = MEASURES[place]
    yearly = 4 * QUARTERLY
    return {
        "id": measure,
        "measure": measure,
        "name": WORKS[place],
        "kind": "flow",
        "unit": "одиниць",
        "base": "2",
        "base_date": f"{script.years[0] - 1}-12-01",
        "targets": {str(year): str(yearly) for year in script.years},
        "printed": {"dynamics": f"+{yearly * len(script.years)}"},
    }
