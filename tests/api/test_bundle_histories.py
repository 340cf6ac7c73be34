"""Bundles of ledgers in which much has happened: each verifies, and none can be cut.

Source: docs/proof.md, Bundles; security.md, Completeness.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ledger.door import NeedsAcknowledgement
from ledger.errors import Refusal
from tests.api.bundling import Bundle, Desk, Forgery, cut, faults, open_desk, prove
from tests.support.council import (
    CHAIR,
    DISTRICT_REGISTRARS,
    DISTRICT_STREAM,
    MAYOR,
    REEVE,
    TREASURER,
    asks,
    council_town,
    enacts,
    endorse,
    propose,
    reaffirm,
    refuse,
    revoke,
    set_policy,
)
from tests.support.people import COUNCIL, FINANCE, FOREIGN, SECRETARY, STRANGER
from tests.support.story import FOREIGN_ACT, OTHER_PROGRAMME, OTHER_PROGRAMME_ID, SECOND_ACT
from tests.support.town import (
    ACT,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
    TestLedger,
    line,
    lines,
)

pytestmark = pytest.mark.thorough

DAY = "2025-10-01"
PARTED_ID = "town-parts-2025"
FORGERIES = (Forgery(), Forgery("whole"), Forgery("gone"), Forgery("gone", claim=False))


def agree(town: TestLedger) -> None:
    """A policy of the council, one of the root; a proposal that is endorsed and enacted, one refused."""
    set_policy(town, rules=[asks(MAYOR, CHAIR)])
    set_policy(town, where="root", name="of-the-root", rules=[asks(REEVE, shortfall="record")])
    proposal = propose(town, lines("150.00"))
    for one in (MAYOR, CHAIR, REEVE):
        endorse(town, proposal, one)
    town.ids["enacted"] = town.submit(
        "financing.changed", PROGRAMME, lines("150.00"), relations=enacts(proposal)
    ).event
    refused = propose(town, lines("999.00"))
    endorse(town, refused, MAYOR)
    refuse(town, refused, CHAIR)


def doubt(town: TestLedger) -> None:
    """An endorser's key turns out to be stolen, and the endorsement is re-affirmed; another one is not."""
    agree(town)
    town.clock.advance(days=2)
    revoke(town, CHAIR.key.public, "body:budget-commission", "2025-09-01")
    revoke(town, TREASURER.key.public, "root", "2025-09-01")
    reaffirm(town, town.ids["enacted"])


def quash(town: TestLedger) -> None:
    """An act that moved figures of two programmes is quashed."""
    change = {"act": SECOND_ACT, "effective": "2025-05-01"}
    town.submit("financing.changed", PROGRAMME, lines("400.00"), **change)
    town.submit("financing.changed", OTHER_PROGRAMME, lines("401.00"), **change)
    quashed = {"act": SECOND_ACT, "status": "quashed", "date": "2025-08-01", "start": "2025-05-01"}
    town.submit("act.status_changed", COUNCIL_STREAM, quashed, acknowledges=["later-status"])


def succeed(town: TestLedger) -> None:
    """The foreign council takes the place of the town's, whose programme it changes then."""
    town.clock.advance(days=3)
    town.submit("body.succeeded", "root", {"body": COUNCIL, "successor": FOREIGN, "start": "2025-09-03"})
    town.submit(
        "financing.changed", PROGRAMME, lines("77.00"), by=STRANGER, act=FOREIGN_ACT, effective="2025-09-05"
    )


def batch(town: TestLedger) -> None:
    """One batch over two programmes and a body; and an adoption in parts."""
    said = [
        town.envelope("financing.changed", PROGRAMME, lines("11.00")),
        town.envelope("financing.changed", OTHER_PROGRAMME, lines("12.00")),
        town.envelope("financing.changed", PROGRAMME, lines(line("1.00", op="add"))),
    ]
    town.submit_all(said)
    head = PROGRAMME_DATA | {"programme": PARTED_ID, "part": {"number": 1, "of": 2}, "financing": []}
    rest = {
        "programme": PARTED_ID,
        "part": {"number": 2, "of": 2},
        "financing": PROGRAMME_DATA["financing"],
    }
    town.submit_all(
        [town.envelope("programme.adopted", f"programme:{PARTED_ID}", part) for part in (head, rest)]
    )


def speak_late(town: TestLedger) -> None:
    """Signed under a mandate, recorded after its end: what counts is when the last entry seen was recorded.

    That entry is one of another programme.
    """
    town.submit("financing.changed", OTHER_PROGRAMME, lines("13.00"))
    late = town.envelope("financing.changed", PROGRAMME, lines("14.00"), by=MAYOR)
    town.clock.advance(days=3)
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-09-03"}
    town.submit("mandate.ended", COUNCIL_STREAM, ended)
    town.submit_all([late])


def limit(town: TestLedger) -> None:
    """A district's policy, and one that is limited to a programme of somebody else."""
    own = [asks(REEVE, shortfall="record")]
    set_policy(town, where=DISTRICT_STREAM, rules=own)
    set_policy(town, name="limited", programme=OTHER_PROGRAMME_ID, rules=[asks(MAYOR, shortfall="record")])
    office = {"office": "district-clerk", "name": "Діловод", "kinds": ["financing.changed"]}
    town.submit("office.created", DISTRICT_STREAM, office, by=DISTRICT_REGISTRARS[:2])


STORIES: dict[str, Callable[[TestLedger], None]] = {
    one.__name__: one for one in (agree, doubt, quash, succeed, batch, speak_late, limit)
}


# The slow ones ask about more of each story. `agree` is told within `doubt` too, `speak_late` below.
THOROUGH = pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.slow)])
SLOW = ("agree", "speak_late")
TOLD = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in STORIES]


@pytest.fixture(scope="module", params=TOLD)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("story")
    with council_town(folder / "town") as town:
        STORIES[request.param](town)
        prove(town)
    with open_desk(town, folder) as opened:
        yield opened


def programmes(desk: Desk) -> list[str]:
    return [one["id"] for one in desk.door.json("/v1/programmes")["items"]]


@THOROUGH
def test_every_programme_verifies_whole(desk: Desk, thorough: bool) -> None:
    for programme in programmes(desk) if thorough else (PROGRAMME_ID, OTHER_PROGRAMME_ID):
        bundle = desk.fetch(f"/v1/programmes/{programme}", as_of=DAY)
        report = bundle.verified()
        assert report.checks["complete"].status == "ok", programme
        assert report.checks["rules"].status == "ok", programme


@THOROUGH
def test_every_past_of_a_programme_verifies(desk: Desk, thorough: bool) -> None:
    size = desk.fetch(f"/v1/programmes/{PROGRAMME_ID}").manifest["heads"]["size"]
    adopted = next(one for one in desk.door.json("/v1/programmes")["items"] if one["id"] == PROGRAMME_ID)
    first = adopted["adopted_index"] + 1
    for known in range(first, size + 1, (size - first) // (5 if thorough else 1)):
        bundle = desk.fetch(f"/v1/programmes/{PROGRAMME_ID}", as_of="2025-09-02", known=known)
        assert bundle.verified().checks["complete"].status == "ok"
        question = {"from_as_of": "2025-01-01", "from_known": known, "as_of": DAY}
        desk.fetch(f"/v1/programmes/{PROGRAMME_ID}", **question).verified()


@THOROUGH
def test_every_event_verifies(desk: Desk, thorough: bool) -> None:
    size = desk.fetch(f"/v1/programmes/{PROGRAMME_ID}").manifest["heads"]["size"]
    for entry in desk.door.town.ledger.reader.entries(0, size)[:: -5 if thorough else -20]:
        desk.fetch(f"/v1/events/{entry.event_id()}").verified()


@THOROUGH
def test_every_act_verifies(desk: Desk, thorough: bool) -> None:
    acts = desk.door.json("/v1/acts")["items"]
    for act in acts if thorough else [one for one in acts if one["id"] == SECOND_ACT]:
        desk.fetch(f"/v1/acts/{act['id']}").verified()


@THOROUGH
def test_every_value_of_a_programme_verifies(desk: Desk, thorough: bool) -> None:
    state = desk.door.json(f"/v1/programmes/{PROGRAMME_ID}?as_of={DAY}")
    paths = [path for path in state["cells"] if path.count("/") > 2 or path == "/title"]
    for path in {LINE_CELL, *(paths[::7] if thorough else [])}:
        report = desk.fetch(f"/v1/programmes/{PROGRAMME_ID}", as_of=DAY, path=path).verified()
        assert report.checks["complete"].status == "ok", path


@THOROUGH
def test_nothing_can_be_left_out_of_a_complete_bundle(desk: Desk, thorough: bool) -> None:
    """Quickly: each part in one of the ways to hide it; slowly: in all of them."""
    bundle = desk.fetch(f"/v1/programmes/{PROGRAMME_ID}", as_of=DAY)
    streams = _streams(bundle)
    judged = {index for indexes in streams.values() for index in indexes} - {*bundle.manifest["singles"]}
    some = sorted(judged)[:: max(1, len(judged) // (8 if thorough else 3))]
    bodies = sorted(stream for stream in streams if stream.startswith("body:"))
    parts = [{index} for index in some]
    parts += [streams[stream] for stream in (*bodies[: 2 if thorough else 1], PROGRAMME)]
    for place, part in enumerate(parts):
        _cannot_be_cut(bundle, part, FORGERIES if thorough else FORGERIES[place % 4 :][:1])


@THOROUGH
def test_nothing_of_the_programme_can_be_left_out_of_a_bundle_of_one_value(
    desk: Desk, thorough: bool
) -> None:
    """What is left out may be the newest write: the value of before would be shown as today's."""
    bundle = desk.fetch(f"/v1/programmes/{PROGRAMME_ID}", as_of=DAY, path=LINE_CELL)
    own = sorted(_streams(bundle)[PROGRAMME])
    for place, index in enumerate(own if thorough else own[-1:]):
        _cannot_be_cut(bundle, {index}, FORGERIES if thorough else FORGERIES[place % 4 :][:1])


def test_nothing_changed_is_no_reason_to_leave_a_programme_out(late: Desk) -> None:
    bundle = late.fetch(f"/v1/programmes/{PROGRAMME_ID}", as_of=DAY, from_as_of=DAY)
    assert bundle.json("answer.json")["changes"] == []
    bundle.verified()
    _cannot_be_cut(bundle, _streams(bundle)[PROGRAMME])


def _streams(bundle: Bundle) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for index in bundle.indexes:
        found.setdefault(bundle.json(f"entries/{index}.json")["stream"], set()).add(index)
    return found


def _cannot_be_cut(bundle: Bundle, gone: set[int], ways: Sequence[Forgery] = FORGERIES) -> None:
    for how in ways:
        forged = cut(bundle, gone, how)
        assert forged.report(forged.anchors).verdict == "failed", (gone, how)
        forged.path.unlink()


# -- what a rule reads of entries that are not judged -----------------------------------------


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("late")
    with council_town(folder / "town") as town:
        speak_late(town)
        prove(town)
    with open_desk(town, folder) as opened:
        yield opened


def test_an_entry_whose_time_a_rule_reads_is_there_as_a_single(late: Desk) -> None:
    bundle = late.fetch(f"/v1/programmes/{PROGRAMME_ID}", as_of=DAY)
    singles = bundle.manifest["singles"]
    assert [bundle.json(f"entries/{index}.json")["stream"] for index in singles] == [OTHER_PROGRAMME]
    _cannot_be_cut(bundle, set(singles))


def test_the_event_itself_is_no_single(late: Desk) -> None:
    """A single is not judged: nobody may hide the event that was asked for among them."""
    entry = late.door.town.ledger.reader.entries(0, 10_000)
    event = next(one for one in entry if one.stream == PROGRAMME)
    bundle = late.fetch(f"/v1/events/{event.event_id()}")
    hidden = _with_singles(bundle, [event.index])
    report = hidden.report(hidden.anchors)
    assert "single-judged" in [fault.code for fault in report.checks["format"].faults]
    assert report.verdict == "failed"


def _with_singles(bundle: Bundle, singles: list[int]) -> Bundle:
    path = bundle.path.with_suffix(".singles.zip")
    with zipfile.ZipFile(bundle.path) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            changed = json.dumps(bundle.manifest | {"singles": singles})
            new.writestr(name, changed if name == "bundle.json" else old.read(name))
    return Bundle(path, bundle.anchors, bundle.answer)


# -- random histories --------------------------------------------------------------------------


class Chance:
    """Says random things in a town; what the door turns down is not said."""

    def __init__(self, town: TestLedger, seed: int) -> None:
        self.town, self.random = town, Random(seed)
        self.changed: list[str] = []
        self.proposed: list[str] = []

    def tell(self, steps: int) -> None:
        said = (self.change, self.change, self.correct, self.propose, self.voice, self.enact, self.wait,
                self.status, self.policy, self.stolen, self.reaffirm)  # fmt: skip
        for _ in range(steps):
            try:
                self.random.choice(said)()
            except (Refusal, NeedsAcknowledgement):
                continue

    def one(self, *of: Any) -> Any:
        return self.random.choice(of)

    def data(self) -> Any:
        return lines(line(f"{self.random.randrange(1, 500)}.00", op=self.one("set", "add"), measure="1.1"))

    def change(self) -> None:
        subject = self.one(PROGRAMME, PROGRAMME, OTHER_PROGRAMME)
        by = self.one(SECRETARY, MAYOR)
        effective = self.one("2025-02-01", "2025-06-01", "2025-11-01")
        act = self.one(ACT, SECOND_ACT)
        receipt = self.town.submit(
            "financing.changed", subject, self.data(), by=by, act=act, effective=effective
        )
        if subject == PROGRAMME:
            self.changed.append(receipt.event)

    def correct(self) -> None:
        if self.changed:
            data = self.one(None, self.data())
            self.town.submit("financing.changed", PROGRAMME, data, corrects=self.one(*self.changed))

    def propose(self) -> None:
        self.proposed.append(propose(self.town, self.data(), by=self.one(SECRETARY, MAYOR)))

    def voice(self) -> None:
        if self.proposed:
            speak = self.one(endorse, endorse, refuse)
            speak(self.town, self.one(*self.proposed), self.one(MAYOR, CHAIR, TREASURER))

    def enact(self) -> None:
        if self.proposed:
            proposal = self.one(*self.proposed)
            self.town.submit("financing.changed", PROGRAMME, self.data(), relations=enacts(proposal),
                             acknowledges=["other-text", "changed-since-proposed"])  # fmt: skip

    def wait(self) -> None:
        self.town.clock.advance(days=1)

    def status(self) -> None:
        status = {"act": SECOND_ACT, "status": self.one("suspended", "resumed"), "date": "2025-08-01"}
        self.town.submit("act.status_changed", COUNCIL_STREAM, status | {"start": "2025-08-01"})

    def policy(self) -> None:
        rule = asks(self.one(MAYOR, CHAIR), shortfall=self.one("record", "acknowledge"))
        set_policy(self.town, where=self.one("root", COUNCIL_STREAM), rules=[rule])

    def stolen(self) -> None:
        key = self.one(CHAIR, TREASURER).key.public
        revoke(self.town, key, self.one("root", f"body:{FINANCE}", "body:budget-commission"), "2025-09-01")

    def reaffirm(self) -> None:
        if self.changed:
            reaffirm(self.town, self.one(*self.changed))


@pytest.mark.parametrize("seed", [0, *(pytest.param(one, marks=pytest.mark.slow) for one in range(1, 5))])
def test_whatever_happened_it_verifies_and_cannot_be_cut(seed: int, tmp_path: Path) -> None:
    with council_town(tmp_path / "town") as town:
        chance = Chance(town, seed)
        chance.tell(30)
        prove(town)
    random = Random(seed)
    with open_desk(town, tmp_path) as desk:
        base = f"/v1/programmes/{PROGRAMME_ID}"
        bundle = desk.fetch(base, as_of=DAY)
        assert bundle.verified().checks["complete"].status == "ok"
        for question in ({"path": LINE_CELL}, {"from_as_of": "2025-01-01"}):
            found = desk.fetch(base, as_of=DAY, **question)
            assert found.report(found.anchors).verdict == "verified", faults(found.report(found.anchors))
        for event in [*chance.changed, *chance.proposed][:4]:
            desk.fetch(f"/v1/events/{event}").verified()
        desk.fetch(f"/v1/acts/{SECOND_ACT}").verified()
        for index in random.sample(sorted(bundle.indexes - {*bundle.manifest["singles"]}), 2):
            _cannot_be_cut(bundle, {index})
