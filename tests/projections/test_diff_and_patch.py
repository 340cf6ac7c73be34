"""Differences between two points: complete, explained as the oracle explains them, reversible."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from projections.diff import Point, read_diff
from projections.patch import make_patch
from projections.reading import Reading
from projections.state import read_state
from tests.oracle import state as oracle
from tests.oracle.histories import random_dates
from tests.projections.adopted import Adopted
from tests.projections.feed import Feed
from tests.projections.json_patch import PatchError, apply_patch
from tests.projections.tables import Tables
from tests.projections.told import Told, cell_path, tell_many

pytestmark = pytest.mark.thorough

ALL = 10_000

Pair = tuple[tuple[dt.date, int], tuple[dt.date, int]]


def asked(tmp_path: Path, first: int, *, histories: int, pairs: int) -> Iterator[tuple[Told, Reading, Pair]]:
    """Told histories, and pairs of (D, K) to compare, forwards and backwards in both."""
    rng, feed = Random(first), Feed(tmp_path)
    told = tell_many(feed, range(first, first + histories))
    with Tables(tmp_path / "tables.db", feed.reader) as tables:
        reading = tables.reading()
        for one in told:
            for _ in range(pairs):
                start, end = (
                    (day, rng.randint(0, len(one.entries))) for day in random_dates(rng, one.entries, count=2)
                )
                yield one, reading, (start, end)
    feed.close()


def point(told: Told, at: tuple[dt.date, int]) -> Point:
    day, known = at
    return Point(day.isoformat(), told.positions[known])


def changes(reading: Reading, told: Told, pair: Pair, **page: Any) -> list[dict[str, Any]]:
    start, end = (point(told, at) for at in pair)
    return read_diff(reading, told.programmes[0], start, end, **{"limit": ALL, **page})


def side(told: Told, answer: oracle.Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    said = {"value": answer.value, "removed": answer.removed, "event": told.event(answer.event)}
    return said | {"doubt": None}


@pytest.mark.parametrize("first", range(1000, 1300, 50))
def test_each_change_its_reason_and_its_cause_are_the_oracles(first: int, tmp_path: Path) -> None:
    whys: Counter[str] = Counter()
    for told, reading, pair in asked(tmp_path, first, histories=50, pairs=6):
        found = changes(reading, told, pair)
        expected = oracle.diff(told.entries, *pair)
        assert [row["path"] for row in found] == [cell_path(change.cell) for change in expected]
        for row, change in zip(found, expected, strict=True):
            assert (row["old"], row["new"]) == (side(told, change.old), side(told, change.new))
            assert row["why"] == change.why, f"{told.name} {pair} {change}"
            if change.cause is not None:
                assert [cause["index"] for cause in row["causes"]] == [told.index(change.cause)]
            whys[row["why"]] += 1
    assert set(whys) == {"took_effect", "decided", "corrected", "status"}


def test_what_merely_took_effect_is_explained_by_the_statement_that_planned_it(tmp_path: Path) -> None:
    explained = 0
    for told, reading, pair in asked(tmp_path, 1300, histories=40, pairs=5):
        for row in changes(reading, told, pair):
            if row["why"] != "took_effect":
                continue
            later = row["new"] if pair[0][1] <= pair[1][1] else row["old"]
            assert [cause["event"] for cause in row["causes"]] == ([later["event"]] if later else [])
            explained += bool(later)
    assert explained > 30


def test_the_changes_turn_one_state_into_the_other_and_back(tmp_path: Path) -> None:
    for told, reading, pair in asked(tmp_path, 1400, histories=50, pairs=5):
        there, back = changes(reading, told, pair), changes(reading, told, (pair[1], pair[0]))
        start, end = (cells(reading, point(told, at), told.programmes[0]) for at in pair)
        assert with_changes(start, there) == end
        assert with_changes(end, back) == start
        swapped = [(row["path"], row["new"], row["old"], row["why"], row["causes"]) for row in back]
        kept = [(row["path"], row["old"], row["new"], row["why"], row["causes"]) for row in there]
        if pair[0][1] != pair[1][1]:
            assert swapped == kept
        assert [turned(row["delta"]) for row in back] == [row["delta"] for row in there]


def turned(delta: str | None) -> str | None:
    if delta is None or delta == "0.00":
        return delta
    return delta.removeprefix("-") if delta.startswith("-") else f"-{delta}"


def cells(reading: Reading, at: Point, programme: str) -> dict[str, tuple[Any, str]]:
    """Path → value and event, as read_state says them."""
    read = read_state(reading.at(at.position), programme, at.as_of)
    return {path: (looked_up(read["state"], path), cell["event"]) for path, cell in read["cells"].items()}


def looked_up(state: Any, path: str) -> Any:
    for name in path.split("/")[1:]:
        state = state[name]
    return state


def with_changes(state: dict[str, tuple[Any, str]], rows: list[dict[str, Any]]) -> dict[str, tuple[Any, str]]:
    after = dict(state)
    for row in rows:
        if row["new"] is None:
            del after[row["path"]]
        else:
            after[row["path"]] = (row["new"]["value"], row["new"]["event"])
    return after


def test_the_patch_of_two_states_turns_one_into_the_other_and_nothing_else(tmp_path: Path) -> None:
    refused = 0
    for told, reading, pair in asked(tmp_path, 1500, histories=50, pairs=5):
        start, end = (
            read_state(reading.at(at.position), told.programmes[0], at.as_of)["state"]
            for at in (point(told, pair[0]), point(told, pair[1]))
        )
        patch = make_patch(start, end)
        assert apply_patch(start, patch) == end
        assert bool(patch) == (start != end)
        if any(operation["op"] == "test" for operation in patch):
            refused += 1
            with pytest.raises(PatchError):
                apply_patch(end, patch)
    assert refused > 20


def test_pages_of_a_diff_put_together_are_the_whole_diff(tmp_path: Path) -> None:
    paged = 0
    for told, reading, pair in asked(tmp_path, 1600, histories=40, pairs=4):
        whole, after, pages = changes(reading, told, pair), "", []
        while page := changes(reading, told, pair, after=after, limit=2):
            pages += page
            after = page[-1]["path"]
        assert pages == whole
        paged += len(whole) > 2
        one = [row for row in whole if row["path"].startswith("/financing/b/")]
        assert changes(reading, told, pair, prefix="/financing/b") == one
    assert paged > 5


def test_nothing_differs_from_itself(tmp_path: Path) -> None:
    for told, reading, (start, _) in asked(tmp_path, 1700, histories=20, pairs=3):
        assert changes(reading, told, (start, start)) == []


# The patch alone.


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ({}, {}, []),
        ({"a": "1"}, {"a": "1"}, []),
        ({"a": "1"}, {"a": None}, [("test", "/a", "1"), ("replace", "/a", None)]),
        ({}, {"a": {"b": "1"}}, [("add", "/a", {"b": "1"})]),
        ({"a": {"b": "1"}}, {}, [("test", "/a", {"b": "1"}), ("remove", "/a", ...)]),
        ({"a/b~c": None}, {}, [("test", "/a~1b~0c", None), ("remove", "/a~1b~0c", ...)]),
        ({"a": ["x"]}, {"a": ["y"]}, [("test", "/a", ["x"]), ("replace", "/a", ["y"])]),
        ({"a": 1}, {"a": True}, [("test", "/a", 1), ("replace", "/a", True)]),
    ],
    ids=["nothing", "alike", "removed cell", "new parent", "gone parent", "escaped", "list", "one and true"],
)
def test_a_patch_says_just_what_changes(old: Any, new: Any, patch: list[tuple[str, str, Any]]) -> None:
    expected = [
        {"op": op, "path": path} | ({} if value is ... else {"value": value}) for op, path, value in patch
    ]
    assert make_patch(old, new) == expected
    after = apply_patch(old, make_patch(old, new))
    assert after == new
    assert repr(after) == repr(new)


# Units and amounts, on the real programme.


def changed(adopted: Adopted, start: Point, end: Point, prefix: str = "") -> dict[str, dict[str, Any]]:
    rows = read_diff(adopted.reading(), adopted.programme, start, end, prefix=prefix, limit=ALL)
    return {row["path"]: row for row in rows}


def decide(adopted: Adopted, act: str, since: str, kind: str, data: Any, **common: Any) -> str:
    if act not in adopted.town.world(adopted.council).names:
        adopted.pass_act(act, since)
    return adopted.say(kind, data, act=act, effective=since, **common).event


def test_money_has_its_currency_and_a_delta_where_nothing_counts_as_nothing(belz: Adopted) -> None:
    start = Point("2025-12-31", belz.town.position)
    rows = [("3.3.2", "set", "25000.50"), ("3.3.4", "set", "-"), ("1.1.1", "set", "7.00")]
    lines = [
        {"measure": measure, "year": 2025, "source": "local", "op": op, "amount": amount}
        for measure, op, amount in rows
    ]
    event = decide(belz, "a-2", "2025-06-01", "financing.changed", {"lines": lines})
    gone = {"measure": "1.1.1", "year": 2025, "source": "local", "op": "unset"}
    decide(belz, "a-3", "2025-07-01", "financing.changed", {"lines": [gone]})
    found = changed(belz, start, Point("2025-06-30", belz.town.position))
    assert {(row["unit"], row["why"]) for row in found.values()} == {("UAH", "decided")}
    assert {path: row["delta"] for path, row in found.items()} == {
        "/financing/1.1.1/2025/local": "7.00",
        "/financing/3.3.2/2025/local": "-4999.50",
        "/financing/3.3.4/2025/local": None,
    }
    row = found["/financing/3.3.4/2025/local"]
    dash = {"value": "-", "removed": False, "event": event, "doubt": None}
    assert (row["old"], row["new"]) == (None, dash)
    july = Point("2025-07-01", belz.town.position)
    removed = changed(belz, Point("2025-06-30", belz.town.position), july)["/financing/1.1.1/2025/local"]
    assert (removed["new"]["value"], removed["new"]["removed"]) == (None, True)
    assert (removed["delta"], removed["why"]) == ("-7.00", "took_effect")


def test_an_indicators_values_have_its_unit_also_when_it_is_removed(belz: Adopted) -> None:
    start = Point("2025-12-31", belz.town.position)
    report = {"indicator": "2.1.1", "period": "2025-Q1", "accumulation": "period", "value": "81"}
    belz.say("actual.reported", report)
    middle = Point("2025-12-31", belz.town.position)
    reported = changed(belz, start, middle)["/actuals/2.1.1/2025-Q1/period"]
    assert (reported["unit"], reported["delta"], reported["causes"][0]["act"]) == ("%", None, None)
    cells = belz.town.programme(belz.programme).timeline.cells
    gone = sorted(path for path in cells if path.startswith("/indicators/2.1.1/"))
    decide(belz, "a-2", "2025-06-01", "programme.amended", {"removed": gone})
    found = changed(belz, middle, Point("2025-12-31", belz.town.position), "/indicators/2.1.1")
    assert list(found) == gone
    assert {path: row["unit"] for path, row in found.items() if row["unit"]} == {
        f"/indicators/2.1.1/{name}": "%" for name in ("base", "targets/2025", "targets/2026", "targets/2027")
    }
    back = changed(belz, Point("2025-12-31", belz.town.position), middle, "/indicators/2.1.1")
    assert [row["unit"] for row in back.values()] == [row["unit"] for row in found.values()]


def test_a_cause_says_who_by_which_act_and_why(belz: Adopted) -> None:
    start = Point("2025-12-31", belz.town.position)
    line = {"measure": "3.3.2", "year": 2025, "source": "local", "op": "add", "amount": "5.00"}
    event = decide(belz, "a-2", "2025-06-01", "financing.changed", {"lines": [line]}, reason="Ціни зросли")
    (row,) = changed(belz, start, Point("2025-12-31", belz.town.position)).values()
    (cause,) = row["causes"]
    assert cause == {
        "event": event,
        "index": belz.town.position - 1,
        "kind": "financing.changed",
        "act": {"id": "a-2", "number": "", "date": "2025-06-01", "point": None},
        "reason": "Ціни зросли",
        "example": None,
        "recorded_at": belz.town.ledger.reader.head().recorded_at,
        "signers": [{"person": "p-secretary", "office": "clerk", "kid": belz.official.key.public.kid}],
        "doubt": None,
        "proof": f"/v1/proofs/inclusion?event={event}",
    }


def test_a_status_is_the_cause_of_every_cell_that_its_act_gave_or_took(belz: Adopted) -> None:
    before = Point("2025-12-31", belz.adopted_at)
    in_force = Point("2025-12-31", belz.town.position)
    found = changed(belz, before, in_force)
    with_value = read_state(belz.reading(), belz.programme, "2025-12-31")["cells"]
    assert set(found) == set(with_value)
    assert {row["why"] for row in found.values()} == {"status"}
    assert {row["causes"][0]["index"] for row in found.values()} == {belz.adopted_at}
