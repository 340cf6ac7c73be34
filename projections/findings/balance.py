"""A reallocation that does not balance: what an act takes from lines is not what it gives to others.

An act is judged by what its own statements found, as was known just before they were recorded: a decision
that came later does not rewrite what this one did.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ledger.timeline import Placed
from ledger.values import money
from projections.cells import read_cell
from projections.findings.case import Case
from projections.findings.groups import LIMIT_WORDS, LIMITS
from projections.findings.holding import act_words, amount, first_day, source_of, writes_at
from projections.findings.rule import Hit, Rule

Place = tuple[str, str, str]  # family, year, source


class _Change(NamedTuple):
    """What an act made of one line in the end. since: the day on which that took hold."""

    path: str
    delta: Decimal
    since: str
    entries: tuple[int, ...]


def unbalanced(case: Case, act: str) -> Iterator[Hit]:
    """Lines of one year and source, some lower and some higher by the act, whose sum is not the same.

    An act that only raises, or only lowers, moves nothing and is none. Cost: one cell read for each line of
    an act that touches several.
    """
    for place, paths in sorted(_places(case, act).items()):
        if len(paths) > 1:
            changes = [change for path in paths if (change := _change(case, act, path)) is not None]
            taken = -sum((one.delta for one in changes if one.delta < 0), Decimal(0))
            given = sum((one.delta for one in changes if one.delta > 0), Decimal(0))
            if taken and given and taken != given:
                yield _hit(case, act, place, taken, given, [one for one in changes if one.delta])


def _places(case: Case, act: str) -> dict[Place, list[str]]:
    """The lines that the act writes. An adoption finds nothing there that it could take from."""
    found: dict[Place, list[str]] = {}
    slots = (case.slot(slot) for slot in case.timeline.citing.get(act, ()))
    written = (write.path for slot in slots if slot.kind != "programme.adopted" for write in slot.writes)
    for path in dict.fromkeys(written):
        _, family, *rest = path.split("/")
        if family in LIMITS and len(rest) == 3:
            found.setdefault((family, rest[1], source_of(rest[2])), []).append(path)
    return found


def _change(case: Case, act: str, path: str) -> _Change | None:
    """What the act's last writes on a line say, less what stood there before its first was recorded."""
    own = [placed for placed in writes_at(case, path) if placed.act == act]
    day = first_day(case, own[-1]) if own else None
    if day is None:
        return None
    known = case.reading.at(min(placed.rank[3] for placed in own))
    found = read_cell(known, case.programme, path, day)
    before = (amount(found.value) if found is not None else None) or Decimal(0)
    return _Change(path, _after(before, own) - before, day, tuple(placed.entry for placed in own))


def _after(before: Decimal, own: list[Placed]) -> Decimal:
    """own: in the order of ranks. What is no amount counts as nothing."""
    value = before
    for placed in own:
        said = amount(placed.value) or Decimal(0)
        value = value + said if placed.op == "add" else said
    return value


def _hit(case: Case, act: str, place: Place, taken: Decimal, given: Decimal, changes: list[_Change]) -> Hit:
    family, year, source = place
    words = {
        "act": act_words(case, act),
        "what": LIMIT_WORDS[family],
        "year": year,
        "source": source,
        "taken": money(taken),
        "given": money(given),
        "net": money(given - taken),
    }
    entries = tuple(sorted({entry for one in changes for entry in one.entries}))
    cells = tuple(one.path for one in changes)
    day = max(one.since for one in changes)
    return Hit(f"{act}/{family}/{year}/{source}", cells, entries, words=words, day=day)


RULES = (
    Rule(
        "FIN-UNBALANCED",
        "ask",
        uk="{act}, {what} на {year} рік ({source}): забрано {taken}, додано {given}; різниця {net}",
        en="{act}, {what} for {year} ({source}): {taken} was taken, {given} was given; net {net}",
        check=unbalanced,
        topic="act",
    ),
)
