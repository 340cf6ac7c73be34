"""Every entry of a bundle of every kind left out in turn, all lists made to fit: each is told.

But for one thing that a selection says of itself: what only speaks of it may be missing.
Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from api.cli.verdicts import verdict_line
from ledger.entry import read_entry
from ledger.verify.bundle import verify_bundle
from tests.api.bundling import Desk, open_desk, prove
from tests.api.test_bundle_histories import speak_late
from tests.support.council import CHAIR, MAYOR, asks, council_town, enacts, endorse, propose, set_policy
from tests.support.story import OTHER_PROGRAMME, OTHER_PROGRAMME_ID
from tests.support.town import ACT, LINE_CELL, PROGRAMME, PROGRAMME_DATA, PROGRAMME_ID, TestLedger, lines
from tests.tampering.archives import Members, edit, fit_cover, packed, unpacked
from tests.tampering.harness import finds_of

BASE, DAY = f"/v1/programmes/{PROGRAMME_ID}", "2025-10-01"
NEVER, LATER = "town-never-2025", "town-later-2026"
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "programme": (BASE, {"as_of": DAY}),
    "diff": (BASE, {"as_of": DAY, "from_as_of": "2025-01-01"}),
    "cell": (BASE, {"as_of": DAY, "path": LINE_CELL}),
    "event": ("/v1/events/{corrected}", {}),
    "enacted": ("/v1/events/{enacted}", {}),
    "act": (f"/v1/acts/{ACT}", {}),
}
WHOLE = ("programme", "diff", "cell")
WAYS = ("kept", "not whole", "gone")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Rules here read the time of an entry of another programme, and who adopted others: one of them
    before, one afterwards, one never."""
    folder = tmp_path_factory.mktemp("left-out")
    with council_town(folder / "town") as town:
        tell(town)
        prove(town)
    with open_desk(town, folder) as opened:
        yield opened


def tell(town: TestLedger) -> None:
    first = town.submit("financing.changed", PROGRAMME, lines("21.00")).event
    town.submit("financing.changed", PROGRAMME, lines("22.00"), corrects=first)
    town.ids["corrected"] = town.submit("financing.changed", PROGRAMME, lines("23.00"), corrects=first).event
    rules = [asks(MAYOR, CHAIR, shortfall="record")]
    for place, programme in enumerate((OTHER_PROGRAMME_ID, NEVER, LATER)):
        set_policy(town, name=f"limited-{place}", programme=programme, rules=rules)
    set_policy(town, rules=rules)
    proposal = propose(town, lines("150.00"))
    for one in (MAYOR, CHAIR):
        endorse(town, proposal, one)
    town.ids["enacted"] = town.submit(
        "financing.changed", PROGRAMME, lines("150.00"), relations=enacts(proposal)
    ).event
    data = PROGRAMME_DATA | {"programme": LATER}
    town.submit("programme.adopted", f"programme:{LATER}", data, effective="2025-09-01")
    speak_late(town)


@pytest.fixture(scope="module")
def bundles(desk: Desk) -> dict[str, Members]:
    ids = desk.door.town.ids
    return {
        name: unpacked(desk.fetch(path.format(**ids), **question).path)
        for name, (path, question) in QUESTIONS.items()
    }


def test_the_town_asks_for_all_that_is_left_out_below(bundles: dict[str, Members]) -> None:
    manifest = json.loads(bundles["programme"]["bundle.json"])
    singles = [json.loads(bundles["programme"][f"entries/{one}.json"]) for one in manifest["singles"]]
    streams = [(one["stream"], one["version"]) for one in singles]
    assert {(OTHER_PROGRAMME, 1), (f"programme:{LATER}", 1)} < set(streams)
    assert any(stream == OTHER_PROGRAMME and version > 1 for stream, version in streams)
    assert not any(f"programme:{NEVER}" in row["stream"] for row in manifest["streams"])


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_no_entry_can_be_left_out_in_any_way(
    name: str, bundles: dict[str, Members], desk: Desk, tmp_path: Path
) -> None:
    _leave_out(name, bundles[name], desk, tmp_path, every=True)


@pytest.mark.parametrize("name", ["programme", "event", "enacted"])
def test_no_entry_can_be_left_out(name: str, bundles: dict[str, Members], desk: Desk, tmp_path: Path) -> None:
    """Quickly: each that is there beside whole streams, and a few of these, each in one way."""
    _leave_out(name, bundles[name], desk, tmp_path, every=False)


def test_where_a_voice_may_be_left_out_the_doubt_that_it_throws_is_not_called_checked(
    bundles: dict[str, Members], desk: Desk, tmp_path: Path
) -> None:
    said = {}
    for name in ("event", "enacted", "programme"):
        report = verify_bundle(packed(tmp_path / "b.zip", bundles[name]), desk.anchors)
        said[name] = (report.checks["doubt"].status, "voice" in verdict_line(report, "en"))
    assert said == {"event": ("ok", False), "enacted": ("warning", True), "programme": ("ok", False)}


def _leave_out(name: str, members: Members, desk: Desk, tmp_path: Path, *, every: bool) -> None:
    whole = verify_bundle(packed(tmp_path / "b.zip", members), desk.anchors)
    assert (whole.verdict, finds_of(whole)) == ("verified", frozenset())
    indexes = sorted(int(one[8:-5]) for one in members if one.startswith("entries/"))
    unseen = set()
    beside = {*json.loads(members["bundle.json"])["singles"]}
    if name not in WHOLE:
        beside |= {one for one in indexes if _stream(members, one).startswith("programme:")}
    for place, index in enumerate(indexes):
        if not (every or index in beside or place % 16 == 0):
            continue
        for way in WAYS if every else WAYS[place // 16 % 3 :][:1]:
            left = left_out(members, index, way)
            report = verify_bundle(packed(tmp_path / "cut.zip", left), desk.anchors)
            if report.verdict == "verified":
                unseen.add(index)
                if name == "enacted":  # a voice left out may hide a doubt, and that is said
                    assert report.checks["doubt"].reason == "voices-unproved"
                assert report.checks["complete"].reason == "selection"  # as its cover says too
    spoken = speaking_only(members, name)
    assert unseen <= spoken, sorted(unseen - spoken)
    print(f"{name}: {len(unseen)} of {len(indexes)} entries only speak of it; all others are told")


def _stream(members: Members, index: int) -> str:
    return read_entry(members[f"entries/{index}.json"]).stream


def left_out(members: Members, index: int, way: str) -> Members:
    """Without an entry, as somebody without any key can make it up. way: what becomes of its stream's row."""
    changed = dict(members)
    raw = changed.pop(f"entries/{index}.json")
    entry = read_entry(raw)
    event = entry.event_id()
    edit(changed, "proofs.json", lambda proofs: proofs["proofs"].pop(str(index)) and None)

    def fit(manifest: Any) -> None:
        manifest["singles"] = [one for one in manifest["singles"] if one != index]
        manifest["files"] = [row for row in manifest["files"] if row["event"] != event]
        if way == "gone":
            manifest["streams"] = [row for row in manifest["streams"] if row["stream"] != entry.stream]
        for row in manifest["streams"]:
            row["whole"] = row["whole"] and not (way == "not whole" and row["stream"] == entry.stream)

    edit(changed, "bundle.json", fit)
    fit_cover(changed)
    return changed


def speaking_only(members: Members, name: str) -> set[int]:
    """Of a selection: the entries of programmes on which nothing that is asked for rests."""
    if name in WHOLE:
        return set()
    entries = [read_entry(raw) for one, raw in members.items() if one.startswith("entries/")]
    stated = {one.event_id(): one for one in entries if one.stream.startswith("programme:")}
    asked = json.loads(members["bundle.json"])["subject"].get("event")
    needed = {one.index for one in stated.values() if one.version == 1} if asked in stated else set()
    waiting = [asked] if asked in stated else []
    while waiting:
        one = stated[waiting.pop()]
        if one.index not in needed or one.version == 1:
            needed.add(one.index)
            words = one.payload.decode()
            waiting += [
                event
                for event, other in stated.items()
                if (event in words or sha256(other.payload).hexdigest() in words)
                and other.index not in needed
            ]
    return {one.index for one in stated.values()} - needed
