"""«Куди перенесли гроші»: act by act, between two points, and never more or less than the difference."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from projections.diff import Point, read_diff
from projections.money.moves import read_moves, sum_moves
from tests.projections.adopted import Adopted
from tests.projections.money.saying import decide, grant, line, schedule

OTHER = {"measure": "3.3.4"}
MINE, THEIRS = "/financing/3.3.2/2025/local", "/financing/3.3.4/2025/local"


def moves(adopted: Adopted, start: Point, end: Point) -> list[dict[str, Any]]:
    return read_moves(adopted.reading(), adopted.programme, start, end)


def now(adopted: Adopted, day: str) -> Point:
    return Point(day, adopted.town.position)


def short(rows: list[dict[str, Any]]) -> list[Any]:
    """(act, why, moves, added, taken) of each row."""
    return [
        (
            row["act"]["id"] if row["act"] else None,
            row["why"],
            [(one["from"], one["to"], one["amount"]) for one in row["moves"]],
            [(one["cell"], one["amount"]) for one in row["added"]],
            [(one["cell"], one["amount"]) for one in row["taken"]],
        )
        for row in rows
    ]


def reallocated(adopted: Adopted) -> str:
    """Decision 7 of 1 June moves 12 000.00 from 3.3.2 to 3.3.4 and adds 500.00 of its own."""
    taken, given = line("18000.00"), line("12500.00", **OTHER)
    return decide(adopted, "belz-7", "2025-06-01", taken, given)


def test_an_act_that_gives_what_it_takes_moves_it_and_what_is_more_is_added(belz: Adopted) -> None:
    event = reallocated(belz)
    rows = moves(belz, now(belz, "2025-05-31"), now(belz, "2025-06-01"))
    assert short(rows) == [
        ("belz-7", "decided", [(MINE, THEIRS, "12000.00")], [(THEIRS, "500.00")], []),
    ]
    (row,) = rows
    assert [one["event"] for one in row["causes"]] == [event]
    assert (row["of"], row["moved"], row["net"]) == ("financing", "12000.00", "500.00")
    assert row["act"] | {"point": None} == {
        "id": "belz-7",
        "number": "7",
        "date": "2025-06-01",
        "point": None,
    }
    assert row["changes"] == [{"cell": MINE, "delta": "-12000.00"}, {"cell": THEIRS, "delta": "12500.00"}]


def test_it_is_the_same_move_whether_the_day_came_or_the_act_was_recorded(belz: Adopted) -> None:
    before = belz.town.position
    reallocated(belz)
    came = moves(belz, now(belz, "2025-05-31"), now(belz, "2025-06-01"))
    learned = moves(belz, Point("2025-06-01", before), now(belz, "2025-06-01"))
    assert short(came) == short(learned)
    assert [row["causes"] for row in came] == [row["causes"] for row in learned]


def test_two_acts_that_touch_one_line_keep_their_own_moves(belz: Adopted) -> None:
    """Their joint difference would show one act moving what another one moved."""
    decide(belz, "belz-7", "2025-06-01", line("20000.00"), line("10000.00", **OTHER))
    decide(belz, "belz-8", "2025-07-01", line("15000.00"), line("5000.00", measure="1.1.1"))
    third = "/financing/1.1.1/2025/local"
    rows = moves(belz, now(belz, "2025-05-31"), now(belz, "2025-07-01"))
    assert short(rows) == [
        ("belz-7", "decided", [(MINE, THEIRS, "10000.00")], [], []),
        ("belz-8", "decided", [(MINE, third, "5000.00")], [], []),
    ]


def test_two_acts_of_one_day_keep_their_own_moves_too(belz: Adopted) -> None:
    less, more = line("-1000.00", "add"), line("1000.00", "add", **OTHER)
    belz.pass_act("belz-7", "2025-06-01", order=1)
    belz.pass_act("belz-8", "2025-06-01", order=2)
    for act, lines in (("belz-7", [less, more]), ("belz-8", [less])):
        belz.say("financing.changed", {"lines": lines}, act=act, effective="2025-06-01")
    rows = moves(belz, now(belz, "2025-05-31"), now(belz, "2025-06-01"))
    assert short(rows) == [
        ("belz-7", "decided", [(MINE, THEIRS, "1000.00")], [], []),
        ("belz-8", "decided", [], [], [(MINE, "1000.00")]),
    ]


def test_a_suspension_gives_back_under_the_same_act_and_says_it_was_its_status(belz: Adopted) -> None:
    reallocated(belz)
    belz.change_status("belz-7", "suspended", "2025-06-10")
    status = belz.change_status("belz-7", "resumed", "2025-06-20").event
    back = moves(belz, now(belz, "2025-06-09"), now(belz, "2025-06-10"))
    assert short(back) == [
        ("belz-7", "status", [(THEIRS, MINE, "12000.00")], [], [(THEIRS, "500.00")]),
    ]
    again = moves(belz, now(belz, "2025-06-19"), now(belz, "2025-06-20"))
    assert short(again) == [("belz-7", "status", [(MINE, THEIRS, "12000.00")], [(THEIRS, "500.00")], [])]
    assert [one["event"] for one in again[0]["causes"]] == [status]
    assert moves(belz, now(belz, "2025-06-09"), now(belz, "2025-06-20")) == []


def added_twice(belz: Adopted, *, in_force: str | None = "") -> None:
    """Decision 7 adds 10.00 from 1 June, decision 8 adds 5.00 from 2 June, to one line."""
    for act, day, amount in (("belz-7", "2025-06-01", "10.00"), ("belz-8", "2025-06-02", "5.00")):
        belz.pass_act(act, day, in_force=day if in_force == "" else in_force)
        belz.say("financing.changed", {"lines": [line(amount, "add")]}, act=act, effective=day)


def test_acts_that_are_suspended_and_resumed_on_one_day_keep_their_own(belz: Adopted) -> None:
    added_twice(belz)
    said: dict[str, list[str]] = {}
    for status, day in (("suspended", "2025-06-10"), ("resumed", "2025-06-20")):
        said[status] = [belz.change_status(act, status, day).event for act in ("belz-7", "belz-8")]
    over = moves(belz, now(belz, "2025-06-09"), now(belz, "2025-06-10"))
    assert short(over) == [
        ("belz-7", "status", [], [], [(MINE, "10.00")]),
        ("belz-8", "status", [], [], [(MINE, "5.00")]),
    ]
    assert [row["causes"][0]["event"] for row in over] == said["suspended"]
    back = moves(belz, now(belz, "2025-06-10"), now(belz, "2025-06-20"))
    assert short(back) == [
        ("belz-7", "status", [], [(MINE, "10.00")], []),
        ("belz-8", "status", [], [(MINE, "5.00")], []),
    ]
    assert [row["causes"][0]["event"] for row in back] == said["resumed"]
    assert moves(belz, now(belz, "2025-06-09"), now(belz, "2025-06-20")) == []


def test_acts_that_come_into_force_on_one_day_keep_their_own(belz: Adopted) -> None:
    added_twice(belz, in_force="2025-06-20")
    assert short(moves(belz, now(belz, "2025-06-19"), now(belz, "2025-06-20"))) == [
        ("belz-7", "decided", [], [(MINE, "10.00")], []),
        ("belz-8", "decided", [], [(MINE, "5.00")], []),
    ]


@pytest.mark.parametrize(("op", "amount"), [("add", "20.00"), ("set", "30020.00")])
def test_where_one_act_ceases_and_another_begins_each_has_its_own(
    belz: Adopted, op: str, amount: str
) -> None:
    """Before 18 000.00; decision 8 gives 20.00 more than the 30 000.00 that the suspension gives back."""
    decide(belz, "belz-7", "2025-06-01", line("18000.00"))
    belz.pass_act("belz-8", "2025-06-02", in_force=None)
    belz.say("financing.changed", {"lines": [line(amount, op)]}, act="belz-8", effective="2025-06-02")
    belz.change_status("belz-7", "suspended", "2025-06-10")
    belz.change_status("belz-8", "in-force", "2025-06-10")
    rows = moves(belz, now(belz, "2025-06-09"), now(belz, "2025-06-10"))
    assert sorted(short(rows)) == [
        ("belz-7", "status", [], [(MINE, "12000.00")], []),
        ("belz-8", "decided", [], [(MINE, "20.00")], []),
    ]


def test_what_two_suspensions_of_one_day_give_back_is_what_the_two_acts_had_given(belz: Adopted) -> None:
    """30 000.00, set to 45 000.00 and then to 42 000.00: undone from the newest one down."""
    decide(belz, "belz-7", "2025-06-01", line("45000.00"))
    decide(belz, "belz-8", "2025-06-02", line("42000.00"))
    for act in ("belz-7", "belz-8"):
        belz.change_status(act, "suspended", "2025-06-10")
        belz.change_status(act, "resumed", "2025-06-20")
    rows = moves(belz, now(belz, "2025-06-09"), now(belz, "2025-06-10"))
    assert sorted(short(rows)) == [
        ("belz-7", "status", [], [], [(MINE, "15000.00")]),
        ("belz-8", "status", [], [(MINE, "3000.00")], []),
    ]
    assert moves(belz, now(belz, "2025-06-09"), now(belz, "2025-06-20")) == []


def test_a_suspension_that_is_learned_of_is_a_status_too(belz: Adopted) -> None:
    reallocated(belz)
    before = belz.town.position
    status = belz.change_status("belz-7", "suspended", "2025-06-10").event
    (row,) = moves(belz, Point("2025-06-30", before), now(belz, "2025-06-30"))
    assert (row["why"], row["act"]["id"], row["moved"]) == ("status", "belz-7", "12000.00")
    assert [one["event"] for one in row["causes"]] == [status]


def test_an_act_that_comes_into_force_late_has_decided(belz: Adopted) -> None:
    belz.pass_act("belz-7", "2025-06-01", in_force=None)
    belz.say("financing.changed", {"lines": [line("1.00")]}, act="belz-7", effective="2025-06-01")
    assert moves(belz, now(belz, "2025-05-31"), now(belz, "2025-12-31")) == []
    before = belz.town.position
    belz.change_status("belz-7", "in-force", "2025-08-01")
    assert moves(belz, now(belz, "2025-05-31"), now(belz, "2025-07-31")) == []
    for start, end in (
        (now(belz, "2025-07-31"), now(belz, "2025-08-01")),
        (Point("2025-08-01", before), now(belz, "2025-08-01")),
    ):
        assert short(moves(belz, start, end)) == [("belz-7", "decided", [], [], [(MINE, "29999.00")])]


def test_a_correction_counts_with_what_it_corrects(belz: Adopted) -> None:
    before = belz.town.position
    event = reallocated(belz)
    said = {"lines": [line("19000.00"), line("11000.00", **OTHER)]}
    belz.say("financing.changed", said, act="belz-7", effective="2025-06-01", corrects=event)
    rows = moves(belz, Point("2025-06-01", before), now(belz, "2025-06-01"))
    assert short(rows) == [("belz-7", "decided", [(MINE, THEIRS, "11000.00")], [], [])]
    assert len(rows[0]["causes"]) == 2


def test_need_appropriation_and_schedule_are_told_apart(belz: Adopted) -> None:
    reallocated(belz)
    grant(belz, "budget-2025", "2025-06-02", line("100.00"))
    schedule(belz, "2025-06-03", line("60.00"))
    rows = moves(belz, now(belz, "2025-05-31"), now(belz, "2025-06-30"))
    assert [(row["of"], row["act"] and row["act"]["id"]) for row in rows] == [
        ("financing", "belz-7"),
        ("appropriation", "budget-2025"),
        ("schedule", None),
    ]
    assert [(one["of"], one["moved"], one["added"], one["taken"], one["net"]) for one in sum_moves(rows)] == [
        ("financing", "12000.00", "500.00", "0.00", "500.00"),
        ("appropriation", "0.00", "100.00", "0.00", "100.00"),
        ("schedule", "0.00", "60.00", "0.00", "60.00"),
    ]


def test_what_is_no_amount_counts_as_nothing_and_a_removal_takes_all(belz: Adopted) -> None:
    decide(belz, "belz-7", "2025-06-01", line(None, "unset"), line("-", **OTHER))
    rows = moves(belz, now(belz, "2025-05-31"), now(belz, "2025-06-01"))
    assert short(rows) == [("belz-7", "decided", [], [], [(MINE, "30000.00")])]


POINTS = [("2025-01-01", 0), ("2025-06-15", 2), ("2025-08-01", 0), ("2025-12-31", 9), ("2025-06-05", 5)]


@pytest.mark.parametrize("start", POINTS)
@pytest.mark.parametrize("end", POINTS)
def test_between_any_two_points_the_rows_add_up_to_the_diff(
    belz: Adopted, start: tuple[str, int], end: tuple[str, int]
) -> None:
    base = belz.town.position
    event = reallocated(belz)  # two entries: the act, the decision
    belz.change_status("belz-7", "suspended", "2025-06-10")
    belz.change_status("belz-7", "resumed", "2025-06-20")
    said = {"lines": [line("500.00", "add"), line("-100.00", "add", **OTHER)]}
    belz.pass_act("belz-6", "2025-05-20")
    belz.say("financing.changed", said, act="belz-6", effective="2025-05-20")
    belz.say("financing.changed", None, act="belz-7", effective="2025-06-01", corrects=event)
    decide(belz, "belz-9", "2025-07-01", line(None, "unset"))
    one, other = (Point(day, base + more) for day, more in (start, end))
    total: dict[str, Decimal] = {}
    for row in moves(belz, one, other):
        for change in row["changes"]:
            path = change["cell"]
            total[path] = total.get(path, Decimal(0)) + Decimal(change["delta"])
    changes = read_diff(belz.reading(), belz.programme, one, other, prefix="/financing", limit=99)
    found = {change["path"]: Decimal(change["delta"] or 0) for change in changes}
    assert {k: v for k, v in total.items() if v} == {k: v for k, v in found.items() if v}


def test_the_other_way_round_it_is_the_mirror(belz: Adopted) -> None:
    before = belz.town.position
    reallocated(belz)
    one, other = Point("2025-05-31", before), now(belz, "2025-06-30")
    assert short(moves(belz, other, one)) == [
        ("belz-7", "decided", [(THEIRS, MINE, "12000.00")], [], [(THEIRS, "500.00")]),
    ]
