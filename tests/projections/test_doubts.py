"""The tables of doubt against ledger.doubt over worlds replayed from the log, at every position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.doubt import REAFFIRMED, Asked, Doubt, doubts_of, worst
from ledger.entry import Entry
from ledger.envelope import prove_possession
from ledger.event import Signer
from ledger.ids import REGISTRAR
from ledger.store.base import LogReader
from ledger.world import World, evolve
from projections.doubtful import read_doubt, read_doubtful, read_doubts
from projections.reading import Reading
from projections.state import last_concern
from tests.projections.endorsing import Endorsing
from tests.projections.generations import rebuilt
from tests.projections.suspects import PROGRAMMES, Suspects
from tests.projections.tables import Tables, contents
from tests.support.council import MAYOR, MONEY, council_town, enacts, endorse, propose, reaffirm, revoke
from tests.support.people import REGISTRARS, Official, key_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, TestLedger, lines, remember

pytestmark = pytest.mark.thorough

STEPS = 45
ENDORSED, LONGER = 8, 75  # histories with endorsements, and their steps


@dataclass(frozen=True)
class Statement:
    event: str
    event_index: int
    signers: tuple[Signer, ...]
    recorded_at: str


Verdicts = list[list[tuple[Any, ...]]]  # of each entry: its doubts, member by member


Said = list[tuple[str, Statement]]  # of each entry: its stream, and who said what when


def judged(world: World, said: Said) -> Verdicts:
    """What stands against each entry, judged over a world in which everything is loaded.

    The newest is asked of alone, as the ledger does; the others share what is found on the way.
    """
    shared, found = Asked(world), Verdicts()
    for stream, one in said[:-1]:
        found.append(members(shared.answer(stream, one) if one.event_index else ()))
    found += [members(doubts_of(world, stream, one)) for stream, one in said[-1:]]
    return found


def members(doubts: tuple[Doubt, ...]) -> list[tuple[Any, ...]]:
    return [(one.doubt, one.kid, one.person, one.office, one.because) for one in doubts]


def at_every_position(reader: LogReader) -> list[Verdicts]:
    """[K][leaf index]: of a log that is told from its first entry on, for every K."""
    world, verdicts, said = World(), [judged(World(), [])], Said()
    for entry in reader.entries(0, 10_000):
        stated = entry.stated()
        world = evolve(world, stated)
        event = stated.event
        said.append((entry.stream, Statement(event.id, stated.index, event.signers, stated.recorded_at)))
        verdicts.append(judged(world, said))
    return verdicts


def stored(reading: Reading, entries: list[Entry]) -> Verdicts:
    found: Verdicts = []
    for entry in entries:
        doubts = read_doubts(reading, entry.stream, entry.index)
        found.append([tuple(doubt.values()) for doubt in doubts])
        words = [one["doubt"] for one in doubts]
        assert read_doubt(reading, entry.stream, entry.index) == (min(words, key=ORDER.index, default=None))
    return found


ORDER = ("suspect", "undetermined", "ended-late")


def told(path: Path, seed: int, steps: int = STEPS, story: type[Suspects] = Suspects) -> Suspects:
    suspects = story(path, Random(seed))
    for _ in range(steps):
        suspects.step()
    suspects.feed.keep()
    return suspects


def check(path: Path, seed: int, steps: int = STEPS, story: type[Suspects] = Suspects) -> None:
    suspects = told(path / "ledger", seed, steps, story)
    reader = suspects.feed.reader
    entries = reader.entries(0, 10_000)
    expected = at_every_position(reader)
    rng = Random(seed)
    with Tables(path / "whole.db", reader) as tables:
        tables.catch_up()
        for position, verdicts in enumerate(expected):
            reading = tables.reading(position)
            assert stored(reading, entries[:position]) == verdicts, f"at position {position}"
            check_words(reading, entries[:position], verdicts)
            check_concerns(reading, entries[:position], expected)
        whole = contents(tables.path)
    with Tables(path / "parts.db", reader) as tables:
        while tables.apply(rng.choice((1, 1, 2, 5, 9))):
            if rng.random() < 0.4:
                tables.restart()
        assert contents(tables.path) == whole
    assert contents(rebuilt(suspects.feed.directory, reader)) == whole
    suspects.feed.close()


def check_words(reading: Reading, entries: list[Entry], verdicts: Verdicts) -> None:
    """A programme's doubtful entries are those of its stream."""
    for programme in PROGRAMMES:
        expected = {
            entry.index: min((one[0] for one in found), key=ORDER.index)
            for entry, found in zip(entries, verdicts, strict=True)
            if entry.stream == f"programme:{programme}" and found
        }
        assert read_doubtful(reading, programme).entries == expected


def check_concerns(reading: Reading, entries: list[Entry], expected: list[Verdicts]) -> None:
    """What changed the doubt of a programme's entry is of concern to the programme."""
    if not entries:
        return
    last = entries[-1].index
    before, after = expected[last], expected[last + 1]
    for programme in PROGRAMMES:
        own = [entry.index for entry in entries[:-1] if entry.stream == f"programme:{programme}"]
        if any(before[index] != after[index] for index in own):
            assert last_concern(reading, programme) == last


@pytest.mark.parametrize("seed", range(12))
def test_at_every_position_the_tables_say_what_a_replay_from_the_first_entry_says(
    seed: int, tmp_path: Path
) -> None:
    check(tmp_path, seed)


@pytest.mark.parametrize("seed", range(ENDORSED))
def test_at_every_position_they_say_the_same_of_what_rests_on_endorsements(seed: int, tmp_path: Path) -> None:
    check(tmp_path, seed, LONGER, Endorsing)


@pytest.mark.slow
@pytest.mark.parametrize("story", [Suspects, Endorsing])
@pytest.mark.parametrize("first", range(1000, 1100, 20))
def test_at_every_position_of_many_histories(first: int, story: type[Suspects], tmp_path: Path) -> None:
    for seed in range(first, first + 20):
        check(tmp_path / str(seed), seed, steps=70, story=story)


def test_a_reaffirmation_that_rests_on_what_it_names_lifts_nothing(tmp_path: Path) -> None:
    """The new registrar whom a suspect statement named cannot vouch for that statement."""
    with TestLedger.opened(tmp_path / "town") as town:
        first, second, third = REGISTRARS
        new = Official("p-secretary", REGISTRAR, "root", remember(key_of("new registrar")))
        named = [{"person": one.person, "jwk": one.key.public.to_jwk()} for one in (*REGISTRARS, new)]
        named[-1]["possession"] = prove_possession(
            new.key, ledger=town.name, person=new.person, iat=int(town.clock.now().timestamp())
        )
        data = {"registrars": named, "k": 2}
        changed = town.submit("registrar.changed", "root", data, by=[first, second, new]).event
        day = town.clock.now().date().isoformat()
        town.clock.advance(days=1)
        stolen = {"kid": first.key.public.kid, "cause": "stolen", "suspect_from": day}
        town.submit("key.revoked", "root", stolen, by=[second, third])
        entries = [{"event": changed, "payload": town.statements[changed]}]
        town.submit("entry.reaffirmed", "root", {"entries": entries}, by=[second, new])
        index = town.ledger.reader.events([changed])[changed]
        with Tables(tmp_path / "tables.db", town.ledger.reader) as tables:
            assert read_doubt(tables.reading(), "root", index) == "suspect"
            assert read_doubt(tables.reading(), "root", town.position - 1) == "suspect"


def test_the_histories_hold_every_doubt_and_lift_each(tmp_path: Path) -> None:
    """Else the comparison above would compare nothing with nothing."""
    thrown, lifted = set(), set()
    for seed in range(12):
        suspects = told(tmp_path / str(seed), seed)
        verdicts = at_every_position(suspects.feed.reader)
        for before, after in pairwise(verdicts):
            for old, new in zip(before, after, strict=False):
                thrown |= {one[0] for one in new}
                lifted |= {one[0] for one in old} if not new else set()
        suspects.feed.close()
        if thrown == lifted == set(ORDER):
            break
    assert thrown == lifted == set(ORDER)
    assert worst(()) is None


def from_endorsements(entry: Entry, verdicts: Verdicts) -> set[str]:
    """The keys by which an entry is suspect, though they did not sign it."""
    own = {signer.kid for signer in entry.stated().event.signers}
    return {kid for _, kid, *_ in verdicts[entry.index]} - own


def fates(entries: list[Entry], verdicts: list[Verdicts]) -> Iterator[str]:
    """What befell the enactments that rest on suspect endorsements, entry by entry."""
    for last in entries:
        before, after, event = verdicts[last.index], verdicts[last.index + 1], last.stated().event
        named = {one.event for one in event.data.entries} if event.kind == REAFFIRMED else set()
        if from_endorsements(last, after):
            yield "suspect at once"
        for entry in entries[: last.index]:
            old, new = from_endorsements(entry, before), from_endorsements(entry, after)
            if new - old:
                yield "thrown later"
            elif old - new and named:
                yield "lifted itself" if entry.event_id() in named else "lifted with its endorsement"


FATES = {"suspect at once", "thrown later", "lifted itself", "lifted with its endorsement"}


def test_the_histories_hold_every_fate_of_what_rests_on_endorsements(tmp_path: Path) -> None:
    """Else the comparison of enactments would compare nothing with nothing."""
    found = set()
    for seed in range(ENDORSED):
        story = told(tmp_path / str(seed), seed, LONGER, Endorsing)
        reader = story.feed.reader
        found |= {*fates(reader.entries(0, 10_000), at_every_position(reader))}
        story.feed.close()
        if found == FATES:
            break
    assert found == FATES


def test_what_was_suspect_when_it_was_enacted_is_noticed_at_once(tmp_path: Path) -> None:
    """Nothing else is in doubt, and nothing is disturbed by an enactment."""
    with council_town(tmp_path / "town") as town, Tables(tmp_path / "t.db", town.ledger.reader) as tables:
        proposal = propose(town, lines("170.00"))
        endorsed = endorse(town, proposal, MAYOR)
        day = town.clock.now().date().isoformat()
        revoked = revoke(town, MAYOR.key.public, COUNCIL_STREAM, day)
        event = town.submit(MONEY, PROGRAMME, lines("170.00"), relations=enacts(proposal)).event
        index = town.position - 1
        assert read_doubts(tables.reading(), PROGRAMME, index) == [
            {"doubt": "suspect", **MAYOR.signer(), "because": revoked}
        ]
        reaffirm(town, event)
        assert read_doubt(tables.reading(), PROGRAMME, index) is None
        assert [*read_doubtful(tables.reading(), PROGRAMME_ID).entries] == [
            town.ledger.reader.events([endorsed])[endorsed]
        ]
