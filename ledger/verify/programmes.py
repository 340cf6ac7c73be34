"""A programme's entries judged beside the registry, or only taken, up to a position.

The registry was replayed once, and its worlds are at hand; a programme is one stream beside them. What
became of an act between two of the programme's entries is carried into its timeline before the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from immutables import Map

from ledger.errors import LedgerError, Refusal
from ledger.ids import split_stream
from ledger.programme import Programme
from ledger.verify.entry_file import EntryFile, Row
from ledger.verify.judging import (
    FormError,
    Nothing,
    Placed,
    Surroundings,
    judge,
    read_placed,
    take,
    told_twice,
)
from ledger.verify.report import Fault
from ledger.world import World


class Worlds(Protocol):
    """The registry beside which a programme is judged, or as much of it as that takes."""

    @property
    def genesis(self) -> str: ...

    @property
    def lacks(self) -> bool:
        """Was something asked for that is not here? Then judging on is worth nothing."""

    def at(self, position: int) -> World:
        """The world as of so many entries; programmes are not in it."""


@dataclass(slots=True)
class Judged:
    """What judging a programme found. loaded: the streams that judging it asked for."""

    stream: str
    count: int = 0
    form_faults: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    loaded: frozenset[str] = frozenset()


def judge_programme(
    file: EntryFile,
    registry: Worlds,
    stream: str,
    end: int,
    *,
    around: Surroundings | None = None,
    reader_at: Callable[[int], Nothing] | None = None,
    without: frozenset[int] = frozenset(),
    authority_only: bool = False,
) -> Judged:
    """Judge every entry of a programme below `end`. Signatures are another check's.

    around, reader_at: as for the registry. without: leaf indexes of entries to pass over. authority_only:
    only some entries are here; who may say them is asked, and nothing that reads the others.
    """
    found = Judged(stream)
    surroundings = around or Surroundings(file)
    name = split_stream(stream)[1]
    programme: Programme | None = None
    last: Placed | None = None
    loaded, events = set[str](), set[str]()
    for row in file.of_stream(stream, end):
        if row.leaf in without:
            continue
        found.count += 1
        placed = _read(row, registry.genesis, found)
        if placed is None:
            continue
        if not authority_only and last is not None and last.entry.recorded_at != placed.entry.recorded_at:
            _check_whole(programme, last, found)
        found.faults += told_twice(placed, events)
        world = _beside(registry, row.leaf, name, programme)
        reader = reader_at(row.leaf) if reader_at is not None else Nothing(file, row.leaf)
        world, fault = judge(world, placed, surroundings, reader, verify=False, authority_only=authority_only)
        if fault is not None:
            found.faults.append(fault)
        if registry.lacks:
            return found
        programme, last = world.programmes.get(name), placed
        loaded.update(world.loaded)
    found.loaded = frozenset(loaded)
    if last is not None and not authority_only:
        _check_whole(programme, last, found)
    return found


def _read(row: Row, genesis: str, found: Judged) -> Placed | None:
    try:
        return read_placed(row, genesis)
    except FormError as error:
        found.form_faults.append(Fault("malformed-entry", row.leaf, row.stream, str(error)))
    except LedgerError as error:
        code = error.code if isinstance(error, Refusal) else "malformed-entry"
        found.form_faults.append(Fault(code, row.leaf, row.stream, str(error)))
    return None


def _check_whole(programme: Programme | None, last: Placed, found: Judged) -> None:
    """An adoption in parts is whole at the end of its batch."""
    if programme is not None and programme.parts_due is not None:
        found.faults.append(Fault("part-missing", last.entry.index, last.submission.event.id))


def _beside(registry: Worlds, position: int, name: str, programme: Programme | None) -> World:
    """The world as of a position with one programme in it, its acts as they stand then."""
    world = registry.at(position)
    loaded = world.loaded.set(f"programme:{name}", True)
    if programme is None:
        return replace(world, position=position, loaded=loaded, programmes=Map(), citing=Map())
    programme = with_acts(programme, world)
    return replace(
        world,
        position=position,
        loaded=loaded,
        programmes=Map({name: programme}),
        citing=Map(dict.fromkeys(programme.timeline.acts, (name,))),
    )


def with_acts(programme: Programme, world: World) -> Programme:
    """The programme with each act that it cites as the registry has it now."""
    timeline = programme.timeline
    for act in list(timeline.acts.values()):
        now = world.act(act.id)
        if now is not None and now is not act:
            timeline = timeline.state_act(now)
    return programme if timeline is programme.timeline else replace(programme, timeline=timeline)


def placed_of(file: EntryFile, genesis: str, stream: str, end: int) -> Iterator[Placed]:
    """A stream's entries below `end`. Raises FormError, Refusal."""
    for row in file.of_stream(stream, end):
        yield read_placed(row, genesis)


def world_with(file: EntryFile, registry: Worlds, stream: str, position: int) -> World:
    """The world as of a position with one programme in it, unjudged. Raises FormError, Refusal.

    What is not here is not in it: of a selection only what was selected.
    """
    name = split_stream(stream)[1]
    programme: Programme | None = None
    for placed in placed_of(file, registry.genesis, stream, position):
        world = take(_beside(registry, placed.entry.index, name, programme), placed)
        programme = world.programmes.get(name)
    return _beside(registry, position, name, programme)
