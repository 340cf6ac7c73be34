"""What each printed document holds: report, comparison table, annexes, acts and entries.

Source: the issue's item 7; domain.md (new edition, Annexes 2 and 3); docs/print.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.door import BASE, Door, open_door
from tests.api.printed import IN_FORCE, SUSPENDED, data_of, page_of, rows_of, squeezed, table_of
from tests.api.story import EVENTS, POSITIONS
from tests.support.town import LINE_CELL, PROGRAMME, TestLedger, line, lines


def test_a_report_has_its_year_alone(storied: Door) -> None:
    report = data_of(storied, "report", as_of=IN_FORCE, year=2025)
    assert [row[4:5] for row in rows_of(report, "reports")]
    other = data_of(storied, "report", as_of=IN_FORCE, year=2026)
    assert rows_of(other, "reports") == []
    assert not [row for row in table_of(other, "money")["rows"] if row["cell"] == LINE_CELL]
    assert squeezed("за 2026 рік") in page_of(storied, "report", as_of=IN_FORCE, year=2026).text


def counted(report: Any) -> dict[str, str]:
    """Period → what is said of whether its one report counts."""
    return {row["cells"][0]["value"]: row["cells"][3]["text"] for row in table_of(report, "reports")["rows"]}


def test_a_report_tells_as_counted_only_what_its_figures_rest_on(
    model_town: TestLedger, tmp_path: Path
) -> None:
    """Of year-to-date values the last that holds on the day; what comes later does not hold yet."""
    with open_door(model_town, tmp_path / "town") as door:
        for period, amount in (("2025-Q1", "10.00"), ("2025-Q2", "20.00"), ("2025", "41.50")):
            row = {"measure": "1.1", "year": 2025, "source": "local", "amount": amount}
            said = {"phase": "paid", "period": period, "accumulation": "ytd", "lines": [row]}
            door.say("spending.reported", PROGRAMME, said)
        for day, states, paid in (
            ("2025-02-01", ("ще не діє на цей день",) * 3, "н/в"),
            ("2025-03-31", ("враховано", *("ще не діє на цей день",) * 2), "10,00"),
            ("2025-06-30", ("замінено іншим звітом", "враховано", "ще не діє на цей день"), "20,00"),
            ("2025-12-31", (*("замінено іншим звітом",) * 2, "враховано"), "41,50"),
        ):
            report = data_of(door, "report", as_of=day, year=2025)
            assert counted(report) == dict(zip(("2025-Q1", "2025-Q2", "2025"), states, strict=True)), day
            money = table_of(report, "money")
            (row,) = [one["cells"] for one in money["rows"] if one["cell"] == LINE_CELL]
            assert row[[column["name"] for column in money["columns"]].index("paid")]["text"] == paid
        english = counted(data_of(door, "report", as_of="2025-06-30", year=2025, lang="en"))
        assert [*english.values()] == [
            "does not hold yet on this day", "replaced by another report", "counts",
        ]  # fmt: skip


def test_a_year_about_which_nobody_asked_is_printed_as_not_configured_and_never_as_zero(
    storied: Door,
) -> None:
    report = data_of(storied, "report", as_of=IN_FORCE, known=POSITIONS["reported"], year=2025)
    results = rows_of(report, "evaluation")[2][1]
    assert results.startswith("Не налаштовано")
    assert "Подано звітів: 1, з них враховано на цей день: 1" in results
    assert "прийнято" not in results
    assert rows_of(report, "reports")[0][3] == "враховано"


@pytest.mark.parametrize("asked", [{}, {"known": "changed"}, {"as_of": IN_FORCE}])
def test_the_frozen_link_names_both_the_day_and_the_position(storied: Door, asked: dict[str, Any]) -> None:
    """Either of the two moves where it is not asked for: the day with the days, the position with the log."""
    if "known" in asked:
        asked = {"known": POSITIONS[asked["known"]]}
    for which, own in (("state", {}), ("report", {"year": 2025}), ("annex", {"annex": "financing"})):
        data = data_of(storied, which, **own, **asked)
        point = f"as_of={data['as_of']}&known={data['known']['position']}"
        assert data["link"]["url"].endswith(f"?{point}")
        assert data["as_of"] == asked.get("as_of", storied.json(BASE)["as_of"])
        again = data_of(storied, which, **own, as_of=data["as_of"], known=data["known"]["position"])
        assert again == data


def test_a_comparison_sets_the_editions_side_by_side_with_act_and_reason(storied: Door) -> None:
    asked = {"from_as_of": "2025-01-15", "as_of": IN_FORCE, "known": POSITIONS["changed"]}
    data = data_of(storied, "comparison", **asked)
    row, total = table_of(data, "financing")["rows"]
    what, old, new, difference, grounds, entry = (cell["text"] for cell in row["cells"])
    assert what == "Захід 1.1, 2025 рік, місцевий бюджет"
    assert (old, new, difference) == ("100,00", "150,00", "50,00")
    assert "№ 2, 10 березня 2025 р." in grounds
    assert "зростання цін" in grounds
    assert row["cell"] == LINE_CELL
    assert row["event"] == EVENTS["changed"]
    assert entry == str(POSITIONS["changed"])
    assert [cell["text"] for cell in total["cells"]][1:4] == ["100,00", "150,00", "50,00"]
    assert data["link"]["url"].split("?")[1] == (
        f"from_as_of=2025-01-15&from_known={asked['known']}&to_as_of={IN_FORCE}&to_known={asked['known']}"
    )


def test_a_comparison_with_the_time_before_the_programme_names_every_cell_in_words(storied: Door) -> None:
    data = data_of(storied, "comparison", from_as_of="2024-01-15", as_of=IN_FORCE)
    names = [row[0] for one in ("passport", "measures", "indicators") for row in rows_of(data, one)]
    assert {"Строк виконання: перший рік", "Джерело local: назва", "Завдання 1: назва"} <= {*names}
    assert len({*names}) == len(names)
    assert not [one for one in names if "/" in one]
    assert {row[1] for row in rows_of(data, "passport")} == {"не встановлено"}


def test_a_comparison_of_a_point_with_itself_says_that_nothing_changed(storied: Door) -> None:
    data = data_of(storied, "comparison", from_as_of=IN_FORCE, as_of=IN_FORCE)
    assert not [one for one in data["blocks"] if one.get("name") in ("financing", "measures")]
    assert "не змінилася" in data["blocks"][0]["text"]


def index_of(door: Door, event: str) -> int:
    return int(door.json(f"/v1/events/{event}")["index"])


def test_an_amount_that_several_acts_added_up_names_each_of_them(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(model_town, tmp_path / "town") as door:
        entries = []
        for amount, why in (("5.00", "перше"), ("7.00", "друге")):
            more = lines(line(amount, op="add"))
            act = {"act": "town-1-2024-12-20", "effective": "2025-02-01", "reason": why}
            entries.append(door.say("financing.changed", PROGRAMME, more, **act)["event"])
        data = data_of(door, "comparison", from_as_of="2025-01-15", as_of="2025-05-01")
        row = table_of(data, "financing")["rows"][0]
        assert [cell["text"] for cell in row["cells"]][1:4] == ["100,00", "112,00", "12,00"]
        assert "перше" in row["cells"][4]["text"]
        assert "друге" in row["cells"][4]["text"]
        told = [index_of(door, one) for one in entries]
        assert row["cells"][5]["entries"] == told
        state = data_of(door, "state", as_of="2025-05-01")
        (shown,) = [one for one in table_of(state, "money")["rows"] if one["cell"] == LINE_CELL]
        assert {*told} < {*shown["cells"][4]["entries"]}


@pytest.mark.parametrize(
    ("annex", "number", "head"),
    [
        ("financing", None, "Додаток 2"),
        ("measures", None, "Додаток 3"),
        ("indicators", None, "Додаток ____"),
        ("indicators", 4, "Додаток 4"),
    ],
)
def test_an_annex_is_headed_for_a_draft_and_its_blanks_are_left_blank(
    storied: Door, annex: str, number: int | None, head: str
) -> None:
    data = data_of(storied, "annex", annex=annex, number=number, as_of=IN_FORCE)
    told = [one["text"] for one in data["blocks"] if one["type"] == "text"]
    assert told[0] == head
    assert told[1] == "до програми «Програма інформатизації»"
    assert "№ ______" in told[2]
    assert any(one.startswith("Міський голова ") and one.endswith("____") for one in told)


def test_the_sums_of_an_annex_are_those_of_its_lines(storied: Door) -> None:
    asked = {"as_of": IN_FORCE, "known": POSITIONS["corrected"]}
    money = rows_of(data_of(storied, "annex", annex="financing", **asked), "financing")
    assert money == [
        ["місцевий бюджет", "155,00", "н/в", "н/в", "155,00"],
        ["обласний бюджет", "н/в", "н/в", "н/в", "н/в"],
        ["Усього", "155,00", "н/в", "н/в", "155,00"],
    ]
    measures = rows_of(data_of(storied, "annex", annex="measures", **asked), "measures")
    assert measures[1][:2] == ["1.1", "Перший захід"]
    assert measures[1][3:7] == ["місцевий бюджет", "155,00", "н/в", "н/в"]
    assert measures[2][4] == "-"
    assert measures[-1] == ["Усього", "155,00", "н/в", "н/в", ""]


def test_a_source_has_the_money_of_its_parts_and_the_total_has_it_once(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(model_town, tmp_path / "town") as door:
        act = {"act": "town-1-2024-12-20", "effective": "2025-02-01"}
        sources = [{"id": "other", "name": "кошти інших джерел"}]
        sources += [{"id": "oblast", "name": "обласний бюджет", "parent": "other"}]
        door.say("programme.amended", PROGRAMME, {"sources": sources}, **act)
        axes = {"kpkvk": "0117610", "kekv": "2210", "fund": "special", "unit": "fin.dept"}
        said = [line("5.10", source="oblast", **axes), line("0.40", source="oblast", measure="1.2")]
        door.say("financing.changed", PROGRAMME, lines(*said), **act)
        data = data_of(door, "annex", annex="financing", as_of="2025-05-01")
        assert rows_of(data, "financing") == [
            ["кошти інших джерел", "5,50", "н/в", "н/в", "5,50"],
            ["\u2003обласний бюджет", "5,50", "н/в", "н/в", "5,50"],
            ["місцевий бюджет", "100,00", "н/в", "н/в", "100,00"],
            ["Усього", "105,50", "н/в", "н/в", "105,50"],
        ]
        state = data_of(door, "state", as_of="2025-05-01")
        names = [row[1] for row in rows_of(state, "money") if len(row) == 10]
        axes_said = "КПКВК 0117610, КЕКВ 2210, фонд: спеціальний, розпорядник fin.dept"
        assert f"обласний бюджет, {axes_said}" in names
        assert rows_of(state, "money")[-1][2] == "105,50"


def test_the_acts_and_the_entries_behind_the_figures_are_listed(storied: Door) -> None:
    data = data_of(storied, "state", as_of=SUSPENDED, known=POSITIONS["suspended"])
    acts = rows_of(data, "acts")
    assert [row[0] for row in acts] == ["1", "2"]
    assert "до 1 травня 2025 р." in acts[1][3]
    events = {row["event"] for row in table_of(data, "evidence")["rows"]}
    named = {row["event"] for one in ("money", "acts") for row in table_of(data, one)["rows"]} - {None}
    assert named <= events


def test_a_report_says_that_nobody_concluded_anything_and_shows_what_is_computed(storied: Door) -> None:
    asked = {"as_of": IN_FORCE, "known": POSITIONS["suspended"], "year": 2025}
    data = data_of(storied, "report", **asked)
    texts = [one["text"] for one in data["blocks"] if one["type"] == "text"]
    assert "Висновку про цей рік ніхто не підписав." in texts
    rows = rows_of(data, "evaluation")
    assert [row[2] for row in rows] == ["не встановлено"] * 4
    now = storied.json(f"{BASE}/evaluation?as_of={IN_FORCE}&known={asked['known']}&year=2025")["summaries"]
    assert rows[2][1] == now["results"]["uk"]
    assert "100.00" not in rows[1][1]  # amounts as on the rest of the page


def test_a_report_lists_what_needs_attention_and_never_says_that_a_rule_was_broken(storied: Door) -> None:
    asked = {"as_of": SUSPENDED, "known": POSITIONS["suspended"], "year": 2025}
    data = data_of(storied, "report", **asked)
    shown = table_of(data, "attention")["rows"]
    point = f"as_of={SUSPENDED}&known={asked['known']}&limit=500"
    found = storied.json(f"{BASE}/findings?{point}")["items"]
    assert [row["cells"][0]["value"] for row in shown] == [one["id"] for one in found]
    assert [row["cells"][0]["text"] for row in shown] == [one["code"] for one in found]
    assert {one["index"] for row in found for one in row["events"]} <= {
        index for row in table_of(data, "evidence")["rows"] for index in row["cells"][0]["entries"]
    }
    page = page_of(storied, "report", **asked).text
    assert "Потребуєуваги" in page
    assert "порушен" not in page.replace(squeezed("Це не висновок про порушення"), "")
