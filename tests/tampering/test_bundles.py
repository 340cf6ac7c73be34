"""A bundle that was cut, changed or made up says so, in the right words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.cli.verdicts import verdict_line
from api.texts.checks import sentence
from ledger.verify.bundle import verify_bundle
from tests.api.bundling import Desk, open_desk
from tests.support.people import SECRETARY
from tests.support.town import PROGRAMME, TestLedger, lines
from tests.tampering.archives import (
    BASE,
    CELL_PATH,
    DAY,
    Members,
    anchors,
    edit,
    fit_cover,
    indexes_of,
    judged_bundle,
    packed,
    without,
)
from tests.tampering.bundle_changes import (
    CELL,
    COMPLETE,
    SELECTED,
    Change,
    file_state,
    of_manifest,
    stamps_left_out,
    taken_out,
)
from tests.tampering.harness import LANGUAGES
from tests.tampering.story import (
    RESTRICTED,
    make_round,
    told,
)


def test_the_untouched_bundles_are_verified(
    programme: Members, cell: Members, event: Members, tmp_path: Path
) -> None:
    for members in (programme, cell, event):
        assert judged_bundle(packed(tmp_path / "b.zip", members), anchors()) == ("verified", frozenset())
    complete = verify_bundle(packed(tmp_path / "b.zip", programme), anchors())
    assert complete.checks["complete"].status == "ok"
    assert complete.checks["doubt"].facts["doubtful"] > 0  # or hiding a mark would be no attack
    assert complete.checks["files"].facts == {
        "present": 1,
        "withheld": 1,
        "missing": 1,
        "left-out": 0,
    }


@pytest.mark.parametrize("name", COMPLETE)
def test_no_change_of_a_complete_bundle_is_unseen(name: str, programme: Members, tmp_path: Path) -> None:
    change, expected = COMPLETE[name]
    _attack(programme, change, expected, tmp_path)


@pytest.mark.parametrize("name", CELL)
def test_no_change_of_a_bundle_of_one_value_is_unseen(name: str, cell: Members, tmp_path: Path) -> None:
    change, expected = CELL[name]
    _attack(cell, change, expected, tmp_path)


def test_the_value_of_before_is_not_verified_where_its_newest_write_was_left_out(
    desk: Desk, cell: Members, tmp_path: Path
) -> None:
    """All that is left fits: that something is missing is the only thing to be found."""
    changed, newest = dict(cell), indexes_of(cell, stream=PROGRAMME, kind="financing.changed")[-1]
    older = desk.fetch(BASE, as_of=DAY, path=CELL_PATH, known=newest).json("answer.json")
    without(changed, newest)
    edit(changed, "answer.json", lambda answer: older | {"known": answer["known"]})
    assert older["value"]["value"] != json.loads(cell["answer.json"])["value"]["value"]
    verdict = judged_bundle(packed(tmp_path / "older.zip", changed), anchors())
    assert verdict == ("failed", frozenset(["complete/stream-incomplete"]))


@pytest.mark.parametrize("name", SELECTED)
def test_no_change_of_a_selection_is_unseen(name: str, event: Members, tmp_path: Path) -> None:
    change, expected = SELECTED[name]
    _attack(event, change, expected, tmp_path)


def _attack(members: Members, change: Change, expected: set[str], tmp_path: Path) -> None:
    changed = dict(members)
    change(changed)
    assert changed != members
    verdict, finds = judged_bundle(packed(tmp_path / "attacked.zip", changed), anchors())
    assert verdict == "failed"
    assert finds & expected, sorted(finds)


# -- another log -----------------------------------------------------------------------------


def test_a_bundle_of_a_ledger_of_ones_own_is_of_another_ledger(programme: Members, tmp_path: Path) -> None:
    other = replace(anchors(), genesis="0" * 64)
    path = packed(tmp_path / "b.zip", programme)
    verdict, finds = judged_bundle(path, other)
    assert (verdict, "genesis/other-ledger" in finds) == ("failed", True)


def test_without_anchors_a_bundle_is_never_authenticated(programme: Members, tmp_path: Path) -> None:
    assert judged_bundle(packed(tmp_path / "b.zip", programme), None) == ("self-consistent", frozenset())


def test_a_checkpoint_without_the_witnesses_of_ones_policy_fails(programme: Members, tmp_path: Path) -> None:
    changed = dict(programme)
    text, _, signatures = changed["checkpoint"].decode().partition("\n\n")
    changed["checkpoint"] = f"{text}\n\n{signatures.splitlines()[0]}\n".encode()
    fit_cover(changed)
    trusting = replace(anchors(), policy=told().anchors.policy)
    assert judged_bundle(packed(tmp_path / "b.zip", programme), trusting)[0] == "verified"
    verdict, finds = judged_bundle(packed(tmp_path / "c.zip", changed), trusting)
    assert (verdict, finds) == ("failed", frozenset(["witnesses/quorum-not-met"]))


def test_a_bundle_of_a_split_view_does_not_join_what_was_seen(tmp_path: Path) -> None:
    """Server B shows a bundle of its own end; the verifier saw server A, and asks how they are joined."""
    with TestLedger.copy_of(told().earlier, tmp_path / "second") as second:
        second.clock.advance(minutes=30)
        for number in range(6):
            second.submit("financing.changed", PROGRAMME, lines(f"{300 + number}.00"), by=SECRETARY)
        make_round(second)
    with open_desk(second, tmp_path / "desk") as desk:
        bundle = desk.fetch(BASE, as_of=DAY, from_=told().size)
    assert judged_bundle(bundle.path, anchors()) == ("verified", frozenset())
    seen = replace(anchors(), remembered=(told().note,))
    assert judged_bundle(bundle.path, seen) == ("failed", frozenset(["remembered/forked"]))


# -- what nothing can find out -----------------------------------------------------------------

# Each leaves the verdict as it was, once the cover says the same; that it does is tested, so that the list
# is true.
UNDETECTED: dict[str, tuple[Change, str]] = {
    "the day when it was made": (
        of_manifest(lambda m: m.update(made_at="1999-01-01T00:00:00.000000Z")),
        "nobody signs it; the answer is dated by `as_of`, `known` and the checkpoint",
    ),
    "the stamps left out": (
        stamps_left_out,
        "a checkpoint need not be stamped; the check is then shown as not made",
    ),
    "a public file taken out and called missing": (
        lambda m: taken_out(m, "missing"),
        "what a server has in its folder no entry tells; it is a warning, and narrows the verdict",
    ),
    "a restricted file called missing": (
        lambda m: file_state(m, RESTRICTED, "missing"),
        "so is this one",
    ),
    "it claims less than it proves": (
        of_manifest(lambda m: m.update(complete=False)),
        "then it is called a selection",
    ),
}


@pytest.mark.parametrize("name", UNDETECTED)
def test_what_is_listed_as_undetected_is_so(name: str, programme: Members, tmp_path: Path) -> None:
    change, reason = UNDETECTED[name]
    changed = dict(programme)
    change(changed)
    fit_cover(changed)
    assert changed != programme
    verdict = judged_bundle(packed(tmp_path / "b.zip", changed), anchors())
    assert verdict == ("verified", frozenset()), reason


@pytest.mark.parametrize(
    ("state", "told_as"), [("missing", "NOT here: 2"), ("left-out", "1 left out, 1 said")]
)
def test_a_public_file_taken_out_narrows_the_verdict(
    state: str, told_as: str, programme: Members, tmp_path: Path
) -> None:
    """NEVER_SENT lacks anyhow; whether the other one was there no entry tells."""
    changed = dict(programme)
    taken_out(changed, state)
    fit_cover(changed)
    report = verify_bundle(packed(tmp_path / "b.zip", changed), anchors())
    assert (report.verdict, report.checks["files"].status) == ("verified", "warning")
    assert told_as in verdict_line(report, "en")
    assert "НЕМАЄ тут" in verdict_line(report, "uk")
    words = {language: sentence(report.checks["files"], language) for language in LANGUAGES}
    assert "maker" in words["en"]
    assert "хто зробив пакет" in words["uk"]
