"""A comparison table: the changes that it proposes, what it calls in force, and the sums of both."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.importers.comparison import TEMPLATE, Compared, read_comparison
from api.importers.errors import ImportFileError
from api.importers.rows import Asked
from api.importers.template import to_table
from ledger import canonical
from ledger.kinds import KINDS
from ledger.values import money as as_money
from tests.api.imports.books import book, saved

HEADER = ("Захід", "Рік", "Джерело", "Чинна редакція", "Запропонована редакція", "КПКВК", "Фонд")
STATE: dict[str, Any] = {
    "term": {"from": "2025", "to": "2027"},
    "sources": {"local": {"name": "місцевий бюджет"}, "oblast": {"name": "обласний бюджет"}},
    "tree": {
        "1": {"level": "task", "title": "Завдання"},
        "1.1": {"level": "measure", "title": "Перший"},
        "1.2": {"level": "measure", "title": "Другий"},
    },
    "financing": {
        "1.1": {"2025": {"local": "75147.00", "local.0217520._.general._": "10.00"}},
        "1.2": {"2025": {"local": "-", "oblast": ""}},
    },
}
ACT = {"id": "a", "point": "1"}


def compared(*rows: tuple[Any, ...], amounts_in: Any = "uah", state: dict[str, Any] = STATE) -> Compared:
    text = "\n".join(";".join(map(str, row)) for row in (HEADER[: max(map(len, rows))], *rows))
    return read_comparison(text.encode(), asked(amounts_in), state, ACT)


def asked(amounts_in: Any = "uah") -> Asked:
    return Asked("p", amounts_in=amounts_in, effective="2025-06-01")


def lines(made: Compared) -> list[dict[str, Any]]:
    return [dict(line) for one in made.taken.made for line in one.event.data["lines"]]


def codes(*rows: tuple[Any, ...], amounts_in: Any = "uah") -> list[str]:
    with pytest.raises(ImportFileError) as caught:
        compared(*rows, amounts_in=amounts_in)
    return [one.code for one in caught.value.problems]


LOCAL = ("1.1", 2025, "local")
LINE = {"measure": "1.1", "year": 2025, "source": "local", "stated_old": "75147.00"}


@pytest.mark.parametrize(
    ("proposed", "line"),
    [
        ("76747", {"op": "set", "amount": "76747.00"}),
        ("76 747,50", {"op": "set", "amount": "76747.50"}),
        ("+1600", {"op": "add", "amount": "1600.00"}),
        ("+ 1 600,00 грн", {"op": "add", "amount": "1600.00"}),
        ("збільшити на 1600", {"op": "add", "amount": "1600.00"}),
        ("Зменшити на 1 600 грн.", {"op": "add", "amount": "-1600.00"}),
        ("−1600", {"op": "add", "amount": "-1600.00"}),
        ("0", {"op": "set", "amount": "0.00"}),
        ("-", {"op": "set", "amount": "-"}),
        ("—", {"op": "set", "amount": "-"}),
        ("____", {"op": "set", "amount": ""}),
        ("вилучити", {"op": "unset"}),
        ("Виключити", {"op": "unset"}),
    ],
)
def test_what_a_row_proposes_becomes_a_line_with_the_amount_that_it_calls_in_force(
    proposed: str, line: dict[str, str]
) -> None:
    made = compared((*LOCAL, "75147,00", proposed))
    assert lines(made) == [LINE | line]
    assert made.mismatches == ()
    (event,) = (one.event for one in made.taken.made)
    assert (event.kind, event.subject, event.effective, event.act) == (
        "financing.changed", "programme:p", "2025-06-01", ACT,
    )  # fmt: skip


def test_amounts_in_thousands_are_multiplied_exactly_and_another_unit_is_no_number() -> None:
    made = compared((*LOCAL, "75,147", "збільшити на 1,6 тис. грн"), amounts_in="thousand-uah")
    assert lines(made) == [LINE | {"op": "add", "amount": "1600.00"}]
    assert codes((*LOCAL, "75,147", "збільшити на 1600 грн"), amounts_in="thousand-uah") == ["not-money-cell"]
    assert codes((*LOCAL, "75147", "збільшити на 1,6 тис. грн")) == ["not-money-cell"]


def test_a_row_that_proposes_what_is_in_force_is_counted_and_left_out() -> None:
    made = compared((*LOCAL, "75147", "75 147,00"), ("1.2", 2025, "local", "-", "-"))
    assert (lines(made), made.unchanged, made.taken.skipped) == ([], 2, 2)
    assert (made.taken.made, made.mismatches, made.balanced) == ((), (), True)


@pytest.mark.parametrize(
    ("row", "stated", "in_force"),
    [
        ((*LOCAL, "75000", "76000"), "75000.00", "75147.00"),
        ((*LOCAL, "75000", "75000"), "75000.00", "75147.00"),
        ((*LOCAL, "", "+5"), None, "75147.00"),
        ((*LOCAL, "-", "5"), "-", "75147.00"),
        (("1.2", 2025, "local", "5", "6"), "5.00", "-"),
        (("1.2", 2026, "local", "0", "6"), "0.00", None),
    ],
)
def test_a_row_that_calls_in_force_what_is_not_is_named(
    row: tuple[Any, ...], stated: str | None, in_force: str | None
) -> None:
    (mismatch,) = compared(row).mismatches
    assert (mismatch.line, mismatch.stated, mismatch.in_force) == (2, stated, in_force)
    assert mismatch.cell == f"/financing/{row[0]}/{row[1]}/{row[2]}"


@pytest.mark.parametrize("current", ["", "-", "–", "____"])
@pytest.mark.parametrize("row", [("1.2", 2025, "local"), ("1.2", 2025, "oblast"), ("1.2", 2026, "local")])
def test_a_dash_and_an_empty_cell_agree_where_no_amount_is_in_force(row: Any, current: str) -> None:
    made = compared((*row, current, "5"))
    assert made.mismatches == ()
    assert "stated_old" not in lines(made)[0]


def test_budget_axes_tell_one_cell_from_another() -> None:
    made = compared((*LOCAL, "75147", "75148", "", ""), (*LOCAL, "10", "11", "0217520", "загальний"))
    assert made.mismatches == ()
    assert lines(made)[1] == LINE | {
        "kpkvk": "0217520", "fund": "general", "op": "set", "amount": "11.00", "stated_old": "10.00",
    }  # fmt: skip


def test_rows_of_totals_are_held_against_the_sums_and_never_imported() -> None:
    rows = [(*LOCAL, "75147", "76747"), ("1.2", 2025, "local", "-", "400")]
    made = compared(*rows, ("Разом", "", "", "75147", "77147"), ("Усього:", "", "", "75147", "77000"))
    assert len(lines(made)) == 2
    assert [(one.printed, one.counted, one.agrees) for one in made.taken.totals] == [
        ("75147.00", "75147.00", True),
        ("75147.00", "75147.00", True),
        ("77147.00", "77147.00", True),
        ("77000.00", "77147.00", False),
    ]


def test_money_that_is_only_moved_balances() -> None:
    moved = compared((*LOCAL, "75147", "зменшити на 400,01"), ("1.2", 2025, "local", "-", "400,01"))
    assert (moved.more, moved.less, moved.balanced) == ("400.01", "400.01", True)
    more = compared((*LOCAL, "75147", "вилучити"), ("1.2", 2025, "local", "-", "75148"))
    assert (more.more, more.less, more.balanced) == ("75148.00", "75147.00", False)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((*LOCAL, "75147", ""), "nothing-proposed"),
        ((*LOCAL, "75147", "збільшити на"), "not-money-cell"),
        ((*LOCAL, "75147", "замінити на 5"), "not-money-cell"),
        ((*LOCAL, "75147", "1.600"), "not-money-cell"),
        ((*LOCAL, "75147", "5,005"), "too-many-places"),
        ((*LOCAL, "х", "5"), "not-money-cell"),
        (("1", 2025, "local", "", "5"), "unknown-measure"),
        (("9.9", 2025, "local", "", "5"), "unknown-measure"),
        (("1.1", 2028, "local", "", "5"), "year-outside-term"),
        (("1.1", 2025, "gift", "", "5"), "unknown-source"),
        (("1.1", 2025, "місцевий бюджет", "", "5"), "not-a-short-id"),
        (("Разом за програмою", "", "", "5", "5"), "not-an-id"),
    ],
)
def test_a_row_that_will_not_do_is_refused(row: tuple[Any, ...], code: str) -> None:
    assert code in codes(row)


def test_one_cell_may_be_changed_once() -> None:
    assert codes((*LOCAL, "75147", "1"), (*LOCAL, "75147", "2")) == ["duplicate-row"]


def test_a_signed_number_of_a_workbook_is_an_amount_or_a_change_and_nobody_guesses() -> None:
    raw = saved(book(("1.1", "2025", "local", 75147, -1600), header=HEADER[:5]))
    with pytest.raises(ImportFileError) as caught:
        read_comparison(raw, asked(), STATE, ACT)
    assert [(one.path, one.code) for one in caught.value.problems] == [("Аркуш1!E2", "signed-number")]


def test_a_workbook_and_a_csv_of_one_table_say_the_same_and_name_cells_in_their_own_way() -> None:
    raw = saved(book(("1.1", 2025, "local", 75000, "+1600"), header=HEADER[:5]))
    made = read_comparison(raw, asked(), STATE, ACT)
    assert lines(made) == lines(compared((*LOCAL, "75000", "+1600")))
    assert made.mismatches[0].place == "Аркуш1!D2"
    assert compared((*LOCAL, "75000", "+1600")).mismatches[0].place == "/2/current"


def test_the_template_is_a_table_that_is_read() -> None:
    state = {
        "term": {}, "sources": STATE["sources"],
        "tree": {f"1.{n}": {"level": "measure"} for n in (1, 2, 3)},
        "financing": {f"1.{n}": {"2025": {"local": amount}} for n, amount in
                      ((1, "30000.00"), (2, "12000.00"), (3, "5000.00"))},
    }  # fmt: skip
    made = read_comparison(to_table(TEMPLATE), asked(), state, ACT)
    assert [line["op"] for line in lines(made)] == ["set", "add", "unset"]
    assert made.mismatches == ()


def test_a_long_table_becomes_as_many_events_as_it_needs() -> None:
    state = STATE | {
        "tree": {f"m-{n}": {"level": "measure"} for n in range(2000)},
        "financing": {f"m-{n}": {"2025": {"local": "1.00"}} for n in range(2000)},
    }
    made = compared(*((f"m-{n}", 2025, "local", "1", "2") for n in range(2000)), state=state)
    assert len(made.taken.made) > 1
    assert len(lines(made)) == 2000
    for one in made.taken.made:
        spelled = canonical.dumps(dict(one.event.data))
        assert len(spelled) <= 28_000
        KINDS["financing.changed"].data.model_validate_json(spelled)


AMOUNT = st.decimals(0, 10**9, places=2)


@settings(max_examples=40)
@given(st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=8))
def test_the_lines_bring_what_is_in_force_to_what_is_proposed(rows: list[tuple[Any, Any]]) -> None:
    state = STATE | {
        "tree": {f"m-{n}": {"level": "measure"} for n in range(len(rows))},
        "financing": {f"m-{n}": {"2025": {"local": as_money(old)}} for n, (old, _) in enumerate(rows)},
    }
    table = [(f"m-{n}", 2025, "local", f"{old:f}", f"{new:f}") for n, (old, new) in enumerate(rows)]
    made = compared(*table, state=state)
    after = {f"m-{n}": as_money(old) for n, (old, _) in enumerate(rows)}
    after |= {line["measure"]: line["amount"] for line in lines(made)}
    assert after == {f"m-{n}": as_money(new) for n, (_, new) in enumerate(rows)}
    assert len(lines(made)) + made.unchanged == len(rows)
    delta = sum(new - old for old, new in rows)
    assert as_money(delta) == as_money(Decimal(made.more) - Decimal(made.less))
