"""A doubt that was lifted, and a selection from which somebody took what lifts it. Source: docs/proof.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.verdicts import verdict_line
from api.texts.checks import sentence
from ledger.entry import read_entry
from ledger.verify.bundle import verify_bundle
from tests.api.bundling import Desk, open_desk, prove
from tests.support.council import MAYOR, council_town, doubt, reaffirm, revoke
from tests.support.town import PROGRAMME, lines
from tests.tampering.archives import BASE, DAY, Members, edit, fit_cover, packed, unpacked, without
from tests.tampering.harness import LANGUAGES, finds_of

SAYS = {"uk": "підтвердження", "en": "re-affirmation"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """What a key signed stands in doubt; one event of the two was re-affirmed since."""
    folder = tmp_path_factory.mktemp("reaffirmed")
    with council_town(folder / "town") as town:
        for name, amount in (("sound", "777.00"), ("doubtful", "778.00")):
            town.ids[name] = town.submit("financing.changed", PROGRAMME, lines(amount), by=MAYOR).event
        town.clock.advance(days=2)
        revoke(town, MAYOR.key.public, "body:town-council", "2025-09-01")
        town.ids["lifted"] = reaffirm(town, town.ids["sound"])
        assert (doubt(town, town.ids["sound"]), doubt(town, town.ids["doubtful"])) == ([], ["suspect"])
        prove(town)
    with open_desk(town, folder) as opened:
        yield opened


def _of_event(desk: Desk, name: str) -> Members:
    return unpacked(desk.fetch(f"/v1/events/{desk.door.town.ids[name]}").path)


def _without_reaffirmation(desk: Desk, members: Members) -> Members:
    changed, lifted = dict(members), desk.door.town.ids["lifted"]
    for name, raw in members.items():
        if name.startswith("entries/") and read_entry(raw).event_id() == lifted:
            without(changed, int(name[8:-5]))
    edit(changed, "answer.json", lambda answer: answer.update(doubt="suspect"))
    fit_cover(changed)
    assert len(changed) == len(members) - 1
    return changed


def test_a_doubt_in_a_selection_narrows_the_verdict_for_what_lifts_it_may_be_left_out(
    desk: Desk, tmp_path: Path
) -> None:
    """Nothing in the archive is wrong: that the mark may be too grave is all that can be said."""
    forged = _without_reaffirmation(desk, _of_event(desk, "sound"))
    for members in (forged, _of_event(desk, "doubtful")):
        report = verify_bundle(packed(tmp_path / "b.zip", members), desk.anchors)
        assert (report.verdict, report.checks["doubt"].status) == ("verified", "warning")
        for language in LANGUAGES:
            assert SAYS[language] in verdict_line(report, language)
            assert SAYS[language] in sentence(report.checks["doubt"], language)


def test_an_event_without_a_doubt_is_said_to_have_none(desk: Desk, tmp_path: Path) -> None:
    report = verify_bundle(packed(tmp_path / "b.zip", _of_event(desk, "sound")), desk.anchors)
    assert (report.verdict, report.checks["doubt"].status) == ("verified", "ok")
    assert SAYS["en"] not in verdict_line(report, "en")


def test_in_the_bundle_of_the_programme_what_lifts_a_doubt_cannot_be_left_out(
    desk: Desk, tmp_path: Path
) -> None:
    whole = unpacked(desk.fetch(BASE, as_of=DAY).path)
    report = verify_bundle(packed(tmp_path / "b.zip", whole), desk.anchors)
    assert (report.verdict, report.checks["doubt"].status) == ("verified", "ok")
    changed, lifted = dict(whole), desk.door.town.ids["lifted"]
    place = next(
        int(name[8:-5])
        for name, raw in whole.items()
        if name.startswith("entries/") and read_entry(raw).event_id() == lifted
    )
    without(changed, place)
    fit_cover(changed)
    report = verify_bundle(packed(tmp_path / "c.zip", changed), desk.anchors)
    assert (report.verdict, "complete/stream-incomplete" in finds_of(report)) == ("failed", True)
