"""The rule of state against an independent oracle, over random histories."""

# ruff: noqa: N803, N806 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from random import Random

import pytest

from ledger.canonical import dumps
from ledger.event import Common
from ledger.kinds.base import View
from ledger.programme import Programme
from ledger.registry import Root
from ledger.rules import discrepancies
from ledger.timeline import Answer, Timeline
from ledger.world import World
from tests.oracle import state as oracle
from tests.oracle.histories import FEATURES, dates_of, features, random_dates, random_history
from tests.oracle.model import Entry, Event
from tests.support.replay import Replay, Row, path

pytestmark = pytest.mark.thorough

FAST = 2000
SLOW = 20_000

Outcome = tuple[str | None, bool, str, int]
Standing = tuple[tuple[str, str, str | None], ...]


def history_of(seed: int) -> tuple[Random, list[Entry]]:
    rng = Random(seed)
    return rng, random_history(rng, size=rng.randint(6, 25))


def told(answer: Answer | None) -> tuple[Outcome, Standing] | None:
    """What the ledger says of a cell, in the oracle's terms."""
    if answer is None:
        return None
    outcome = (answer.value, answer.removed, answer.last.event, answer.last.entry)
    return outcome, tuple((link.event, link.op, link.value) for link in answer.chain)


def expected(answer: oracle.Answer | None) -> tuple[Outcome, Standing] | None:
    if answer is None:
        return None
    outcome = (answer.value, answer.removed, answer.event, answer.index)
    return outcome, tuple((link.event, link.op, link.value) for link in answer.standing)


def check_state(timeline: Timeline, entries: list[Entry], D: dt.date, K: int) -> None:
    """Every cell, those without a value too, is what the oracle says."""
    said = {cell: expected(answer) for cell, answer in oracle.state(entries, D, K).items()}
    got = {cell: told(answer) for cell, answer in timeline.state(D.isoformat())}
    assert got == {path(cell): answer for cell, answer in said.items()}, f"on {D} known at {K}"


# -- state(D, K) -----------------------------------------------------------------


def check_history(seed: int, days: int) -> None:
    """At every K as many days as said, at the head every day on which a state may change."""
    rng, entries = history_of(seed)
    replay = Replay(entries)
    for K, timeline in enumerate(replay.timelines):
        for D in random_dates(rng, entries, count=days):
            check_state(timeline, entries, D, K)
    for D in sorted(dates_of(entries)):
        check_state(replay.timelines[-1], entries, D, len(entries))


@pytest.mark.parametrize("first", range(0, FAST, 100))
def test_every_cell_on_every_date_known_at_every_position_is_what_the_oracle_says(first: int) -> None:
    for seed in range(first, first + 100):
        check_history(seed, days=3)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FAST, FAST + SLOW, 1000))
def test_many_more_histories_agree_with_the_oracle(first: int) -> None:
    for seed in range(first, first + 1000):
        check_history(seed, days=12)


@pytest.mark.parametrize("seed", range(150))
def test_each_position_of_a_history_agrees_on_every_date_it_names_and_on_the_days_around(seed: int) -> None:
    _, entries = history_of(seed)
    named = dates_of(entries)
    days = sorted({day + dt.timedelta(days=n) for day in named for n in (-1, 0, 1)})
    for K, timeline in enumerate(Replay(entries).timelines):
        for D in days:
            check_state(timeline, entries, D, K)


def test_an_older_timeline_answers_as_before_after_later_ones_were_made() -> None:
    for seed in range(60):
        _, entries = history_of(seed)
        days = [day.isoformat() for day in sorted(dates_of(entries))]
        replay = Replay(entries)
        for K, kept in enumerate(replay.timelines):
            alone = Replay(entries[:K]).timelines[-1]
            for day in days:
                assert dict(kept.state(day)) == dict(alone.state(day)), f"on {day} known at {K}"


def test_every_feature_occurs_in_a_fifth_of_the_histories() -> None:
    count = Counter(feature for seed in range(FAST) for feature in features(history_of(seed)[1]))
    assert {feature for feature in FEATURES if count[feature] >= FAST / 5} == FEATURES, count


# -- old values and later decisions ----------------------------------------------


def slot_indexes(entries: list[Entry], K: int) -> list[int]:
    return [index for index in range(K) if isinstance(entries[index], Event)]


def test_the_value_that_a_write_found_is_the_fold_just_below_its_rank() -> None:
    for seed in range(250):
        rng, entries = history_of(seed)
        replay = Replay(entries)
        for K in {len(entries), rng.randint(2, len(entries))}:
            for index in slot_indexes(entries, K):
                placed = list(replay.timelines[K].placed(replay.timelines[K].slots[replay.slot_id(index)]))
                for line, (write, rank) in enumerate(placed):
                    said = oracle.fold_below(entries, K, index, line)
                    assert told(replay.timelines[K].below(write.path, rank)) == expected(said)


EVENT = Common.model_validate_json(
    dumps(
        {
            "id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "ledger": {"origin": "town.example/pledger", "genesis": "00" * 32},
            "kind": "test",
            "schema": 1,
            "subject": "programme:p",
            "signers": [{"kid": "A" * 43, "person": "p", "office": "o"}],
            "seen": 0,
            "submit_before": "2030-01-01T00:00:00Z",
            "data": {},
        }
    )
)


def asked_of(timeline: Timeline, slot: str) -> set[str]:
    """The cells about which the door asks the signer of a slot for `later-decisions`."""
    programme = Programme(id="p", timeline=timeline)
    view = View(World(), Root(), None, None, programme, "2025-01-01", slot)
    found = list(discrepancies(view, EVENT, 0))
    assert {one.code for one in found} <= {"later-decisions"}
    return {str(one.details["path"]) for one in found}


def test_the_door_asks_about_just_the_cells_that_later_writes_rank_after() -> None:
    asked = 0
    for seed in range(250):
        rng, entries = history_of(seed)
        replay = Replay(entries)
        for K in {len(entries), rng.randint(2, len(entries))}:
            for index in slot_indexes(entries, K):
                said = {path(cell) for cell in oracle.later_writes(entries, K, index)}
                assert asked_of(replay.timelines[K], replay.slot_id(index)) == said
                asked += bool(said)
    assert asked > 250


# -- lives, as stored ------------------------------------------------------------


def read_downwards(rows: Iterable[Row], cell: str, D: str, K: int) -> tuple[Outcome, Standing] | None:
    """One cell at (D, K) from stored rows alone, as time.md's "Storing it" says."""
    holding = [
        row.life
        for row in rows
        if row.life.path == cell and row.life.rank[0] <= D and row.life.counts_from <= D < row.life.counts_to
        if row.known_from <= K and (row.known_to is None or row.known_to > K)
    ]
    chain: list[tuple[str, str, str | None]] = []
    added, base = [], None
    for life in sorted(holding, key=lambda life: life.rank, reverse=True):
        chain.insert(0, (life.event, life.op, life.value))
        if life.op != "add":
            base = life
            break
        added.append(Decimal(life.value))
    if not chain:
        return None
    newest = max(holding, key=lambda life: life.rank)
    value = None if base is None or base.op == "unset" else base.value
    if added:
        start = Decimal(0) if value in (None, "-", "") else Decimal(str(value))
        value = f"{start + sum(added):.2f}"
    return (value, value is None, newest.event, newest.entry), tuple(chain)


def test_the_stored_rows_answer_what_the_timeline_answers_at_every_position() -> None:
    for seed in range(200):
        rng, entries = history_of(seed)
        replay = Replay(entries)
        cells = list(replay.timelines[-1].cells)
        for K, timeline in enumerate(replay.timelines):
            for D in random_dates(rng, entries, count=2):
                day = D.isoformat()
                stored = {cell: read_downwards(replay.rows, cell, day, K) for cell in cells}
                assert stored == {cell: told(timeline.answer(cell, day)) for cell in cells}, f"{D} at {K}"
