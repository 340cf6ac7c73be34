"""A stamp by somebody unknown proves nothing and breaks nothing; one that does not hold fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cli.verdicts import show_report
from api.texts.checks import sentence
from ledger.clock import format_instant
from ledger.note import parse_note
from ledger.stamps import Stamp
from ledger.verify.bundle import verify_bundle
from ledger.verify.entry_file import EntryFile
from ledger.verify.evidence import CLOCK_SKEW, StampOf, check_times
from ledger.verify.ledger_file import verify_ledger_file
from ledger.verify.report import Check, Report
from tests.support.certificates import Party, root
from tests.support.clock import utc
from tests.support.service import authority
from tests.support.tsa import Authority
from tests.tampering.archives import Members, anchors, fit_cover, packed
from tests.tampering.harness import finds_of
from tests.tampering.story import told

MOMENT = utc("2025-09-01T12:00:00")
STAMP = "stamps/1.tsr"


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of whom the verifier knows nothing."""
    return Authority(tmp_path_factory.mktemp("stranger"), top=root("Somebody else"))


def _text(members: Members) -> bytes:
    return parse_note(members["checkpoint"].decode()).text.encode()


def _judged(members: Members, folder: Path, *tsa: bytes) -> Report:
    changed = dict(members)
    fit_cover(changed)
    return verify_bundle(packed(folder / "b.zip", changed), replace(anchors(), tsa=tsa))


def _cover(report: Report, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    show_report(report, "b.zip", "trust.json", "en")
    return capsys.readouterr().out


def test_stamps_by_authorities_that_the_verifier_does_not_name_are_counted_and_prove_nothing(
    programme: Members, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = _judged(programme, tmp_path, root("Another root").pem)
    check = report.checks["stamps"]
    assert (report.verdict, check.status, check.reason) == ("verified", "warning", "unknown-authority")
    assert (check.facts["unknown"], check.facts["held"]) == (1, 0)
    assert "last" not in check.facts
    assert "Last stamp: none that was checked" in _cover(report, capsys)
    for language in ("uk", "en"):
        words = sentence(check, language)
        assert "--tsa" in words
        assert "{" not in words


def test_one_by_a_known_authority_holds_beside_one_by_a_stranger(
    programme: Members, stranger: Authority, tmp_path: Path
) -> None:
    later = stranger.at(MOMENT + timedelta(days=300), _text(programme))
    report = _judged(programme | {"stamps/2.tsr": later}, tmp_path, *authority().roots)
    check = report.checks["stamps"]
    assert (report.verdict, check.facts["unknown"], check.facts["held"]) == ("verified", 1, 1)
    only = _judged(programme, tmp_path, *authority().roots).checks["stamps"]
    assert (only.status, check.facts["last"]) == ("ok", only.facts["last"])  # the stranger's time is none


def test_in_a_ledger_file_too(tmp_path: Path) -> None:
    """Its operator went to another authority: what the one of before stamped is no lie."""
    trusted = replace(told().anchors, tsa=(root("Another root").pem,))
    report = verify_ledger_file(told().database, trusted)
    check = report.checks["stamps"]
    assert (report.verdict, check.status, check.facts["unknown"]) == ("verified", "warning", 2)
    assert "last" not in check.facts


def _broken(raw: bytes) -> bytes:
    """The last byte is the signature's."""
    return raw[:-1] + bytes([raw[-1] ^ 1])


FORGED: dict[str, Callable[[Authority, bytes], bytes]] = {
    "over another text": lambda stranger, text: stranger.at(MOMENT, text + b"x"),
    "a broken signature": lambda stranger, text: _broken(stranger.at(MOMENT, text)),
    "not granted": lambda stranger, text: stranger.at(MOMENT, text).replace(
        bytes.fromhex("3003020100"), bytes.fromhex("3003020102"), 1
    ),
    "garbage": lambda stranger, text: b"\x30\x03\x02\x01\x00",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_strangers_stamp_that_does_not_hold_fails(
    name: str, programme: Members, stranger: Authority, tmp_path: Path
) -> None:
    changed = programme | {STAMP: FORGED[name](stranger, _text(programme))}
    report = _judged(changed, tmp_path, *authority().roots)
    assert (report.verdict, finds_of(report)) == ("failed", frozenset(["stamps/stamp-bad"]))


def test_a_stamp_that_claims_a_listed_root_and_does_not_lead_to_it_fails(
    programme: Members, tmp_path: Path
) -> None:
    """A root of the same name is anybody's to make."""
    claims: Party = root()  # as the trusted authority's is called
    forger = Authority(tmp_path / "forger", top=claims)
    changed = programme | {STAMP: forger.at(MOMENT, _text(programme))}
    report = _judged(changed, tmp_path, *authority().roots)
    assert (report.verdict, finds_of(report)) == ("failed", frozenset(["stamps/stamp-bad"]))


def test_another_content_under_a_strangers_signature_fails(
    programme: Members, stranger: Authority, tmp_path: Path
) -> None:
    """The time in it was changed: the signature is over the hash of what it was."""
    honest = stranger.at(MOMENT, _text(programme))
    changed = honest.replace(b"20250901120000Z", b"20240901120000Z")
    assert changed != honest
    report = _judged(programme | {STAMP: changed}, tmp_path, *authority().roots)
    assert (report.verdict, finds_of(report)) == ("failed", frozenset(["stamps/stamp-bad"]))


# -- recorded times between stamps ---------------------------------------------------------------


@dataclass
class Times:
    """Only the recorded times of a log, or of what a bundle holds of one: index → instant."""

    at: dict[int, datetime]

    def before(self, index: int) -> tuple[int, str] | None:
        found = [one for one in self.at if one < index]
        return (max(found), format_instant(self.at[max(found)])) if found else None

    def recorded_at(self, index: int) -> str | None:
        return format_instant(self.at[index]) if index in self.at else None


def _stamp(seconds: int, accuracy: int) -> Stamp:
    return Stamp(
        MOMENT + timedelta(seconds=seconds), b"", "sha256", "1.2", 1, None, timedelta(seconds=accuracy)
    )


_SECONDS = st.integers(-2000, 2000)


@given(
    st.dictionaries(st.integers(0, 11), _SECONDS, min_size=1),
    st.integers(1, 12),
    st.none() | st.integers(0, 11),
    _SECONDS,
    st.integers(0, 900),
)
def test_the_ends_tell_of_every_entry_between_two_stamps(
    places: dict[int, int], size: int, kept: int | None, stamped: int, accuracy: int
) -> None:
    """Where times never go back, gaps or none, looking at two entries finds what looking at all would."""
    moments = sorted(places.values())
    at = {
        index: MOMENT + timedelta(seconds=second)
        for index, second in zip(sorted(places), moments, strict=True)
    }
    keeping = kept if kept is not None and kept in at and kept >= size else None
    stamp = _stamp(stamped, accuracy)
    late = any(moment - stamp.latest > CLOCK_SKEW for index, moment in at.items() if index < size)
    early = keeping is not None and any(
        stamp.earliest - moment > CLOCK_SKEW for index, moment in at.items() if index >= keeping
    )
    check = Check("stamps")
    check_times(check, StampOf("", b"", keeping), size, stamp, cast(EntryFile, Times(at)))
    assert {fault.code for fault in check.faults} == (
        ({"recorded-after-stamp"} if late else set()) | ({"recorded-before-stamp"} if early else set())
    )
    assert check.status == ("warning" if late or early else "ok")


@pytest.mark.parametrize(
    ("seconds", "accuracy", "apart"),
    [(301, 0, False), (302, 0, True), (400, 99, False), (400, 98, True), (-500, 10_000, False)],
)
def test_a_stamp_may_be_off_by_as_much_as_it_says(seconds: int, accuracy: int, apart: bool) -> None:
    """Five minutes are the ledger's clock's; a second is cut off a stamp's time; the rest it states."""
    check = Check("stamps")
    times = Times({0: MOMENT + timedelta(seconds=seconds)})
    check_times(check, StampOf("", b""), 1, _stamp(0, accuracy), cast(EntryFile, times))
    assert (check.status == "warning") is apart


@pytest.mark.parametrize("accuracy", [10**6, 10**11])
def test_a_stamp_that_may_be_off_by_ages_says_nothing_and_breaks_nothing(accuracy: int) -> None:
    stamp = _stamp(0, accuracy)
    times = Times({0: datetime(1, 1, 1, tzinfo=UTC), 5: datetime(9999, 12, 31, tzinfo=UTC)})
    check = Check("stamps")
    check_times(check, StampOf("", b"", 5), 1, stamp, cast(EntryFile, times))
    assert check.status == "ok"
