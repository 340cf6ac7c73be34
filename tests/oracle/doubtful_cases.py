"""Random histories with doubts, and which situations of the rule about a value's doubt occur in them.

They are worth as much as the situations that occur.
"""

# ruff: noqa: N803 (D and K are the names of the rule of state)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from tests.oracle.histories import _History
from tests.oracle.model import ActCorrected, Corrected, Entry, Event, StatusChanged, StatusCorrected
from tests.oracle.state import act_counts, state
from tests.oracle.value_doubt import (
    WORST,
    Known,
    Word,
    counting_doubt,
    marked,
    reads,
    registered_at,
    registration_at,
    status_says,
    statuses_newest_first,
)

OFTEN = {StatusChanged: 3, StatusCorrected: 5, ActCorrected: 3, Corrected: 3}
CASES = frozenset(
    {
        "a doubtful quashing",
        "a doubtful suspension, within its days",
        "a doubtful suspension, outside its days",
        "a doubtful restoration",
        "a doubtful void of a status",
        "a doubtful correction of a status",
        "a sound status over a doubtful one",
        "a doubtful stop of an act that is soundly stopped",
        "an act registered in doubt",
        "an act registered in doubt, not in force",
        "a doubtful correction of the day in force",
        "a doubtful correction of the act's date",
        "a doubtful correction of the act's order",
        "a doubtful void of a statement",
        "a doubtful correction of a statement",
        "two corrections, one of them sound",
        "a doubtful sum",
        "doubt below the base",
        "a cell that is gone",
        *WORST,
    }
)


class _Repeatable(_History):
    """The days that it chooses itself hang on the order of a set of dates, which is another in every run."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        first = dt.date(2025, 1, 1)
        days = [first + dt.timedelta(days=rng.randrange(365)) for _ in range(rng.randint(2, 7))]
        self.days = sorted({*days, days[0] + dt.timedelta(days=1)})


def doubtful_history(seed: int, *, size: int, doubts: int) -> tuple[list[Entry], dict[int, Word]]:
    """A history of exactly `size` entries, and the doubts in which some of them stand: no more than `doubts`.

    The same for the same seed. What corrects, and what changes an act, is doubted more often than the rest.
    """
    rng = Random(seed)
    history = _Repeatable(rng)
    history.register_act_and_decide()
    while len(history.entries) < size:
        rng.choice(
            (*[history.step] * 6, history.change_status, history.change_status, history.correct_status)
        )()
    entries = history.entries[:size]
    weights = [next((often for kind, often in OFTEN.items() if isinstance(one, kind)), 1) for one in entries]
    chosen = rng.choices(range(size), weights, k=rng.randint(1, doubts))
    return entries, {index: rng.choice(WORST) for index in chosen}


def cases_met(known: Known, D: dt.date) -> set[str]:
    """Those of CASES that occur; of acts only what a decision that has begun cites."""
    found = {*_of_cells(known, D)}
    acts = set()
    for first, entry in enumerate(known.entries[: known.K]):
        if isinstance(entry, Event) and _begun(known, first, D):
            acts.add(entry.act)
            if entry.act is None or act_counts(known.entries, D, known.K, entry.act):
                found |= {*_of_statement(known, first)}
    for act in acts:
        if act is not None and registered_at(known, act) is not None:
            found |= {*_of_statuses(known, D, act), *_of_registration(known, D, act)}
    return found


def _begun(known: Known, first: int, D: dt.date) -> bool:
    entries = [known.entries[index] for index in known.possible(first)]
    statements = [one for one in entries if isinstance(one, Event | Corrected)]
    return any(write.since <= D for one in statements for write in one.writes or ())


def _of_statement(known: Known, first: int) -> Iterator[str]:
    in_force, *earlier = known.possible(first)
    said = known.entries[in_force]
    if earlier and isinstance(said, Corrected):
        yield f"a doubtful {'void' if said.writes is None else 'correction'} of a statement"
        if len(known.statements(first)) > 2 and earlier[-1] not in known.doubts and earlier[-1] != first:
            yield "two corrections, one of them sound"


def _of_statuses(known: Known, D: dt.date, act: str) -> Iterator[str]:
    shaky = counting_doubt(known, D, act) is not None
    deciding = []
    for first in statuses_newest_first(known, act):
        in_force, *earlier = known.possible(first)
        status, says = known.entries[in_force], status_says(known, in_force, D)
        assert isinstance(status, StatusChanged | StatusCorrected)
        doubtful = in_force in known.doubts
        if says is not None:
            deciding.append((doubtful, says))
        if doubtful:
            yield from _of_doubtful(status, says, shaky=shaky)
        if doubtful and shaky and any(status_says(known, one, D) not in (None, says) for one in earlier):
            void = isinstance(status, StatusCorrected) and status.void
            yield f"a doubtful {'void' if void else 'correction'} of a status"
    if deciding and not deciding[0][0] and (True, not deciding[0][1]) in deciding:
        yield "a sound status over a doubtful one"
    if not shaky and deciding[:2] == [(True, False), (False, False)]:
        yield "a doubtful stop of an act that is soundly stopped"


def _of_doubtful(status: StatusChanged | StatusCorrected, says: bool | None, *, shaky: bool) -> Iterator[str]:
    if shaky and says is True:
        yield "a doubtful restoration"
    if shaky and says is False:
        yield "a doubtful quashing" if status.to is None else "a doubtful suspension, within its days"
    if not shaky and says is None and status.counts is False and status.to is not None:
        yield "a doubtful suspension, outside its days"


def _of_registration(known: Known, D: dt.date, act: str) -> Iterator[str]:
    first = registered_at(known, act)
    assert first is not None
    shaky = counting_doubt(known, D, act) is not None
    said = [registration_at(known, index) for index in known.possible(first)]
    counting = {one.in_force is not None and one.in_force <= D for one in said}
    if not known.has_sound(first):
        if shaky:
            yield "an act registered in doubt"
        elif counting == {False}:
            yield "an act registered in doubt, not in force"
    elif shaky and len(counting) > 1:
        yield "a doubtful correction of the day in force"
    if len({one.date for one in said}) > 1:
        yield "a doubtful correction of the act's date"
    if len({one.order or 0 for one in said}) > 1:
        yield "a doubtful correction of the act's order"


def _of_cells(known: Known, D: dt.date) -> Iterator[str]:
    words, held = marked(known, D), state(known.entries, D, known.K)
    yield from words.values()
    if words.keys() - held.keys():
        yield "a cell that is gone"
    if any(cell in words and len(answer.standing) > 1 for cell, answer in held.items()):
        yield "a doubtful sum"
    if any(read.words and read.cell not in words for read in reads(known, D)):
        yield "doubt below the base"
