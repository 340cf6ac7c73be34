"""A log at rest: the last round's cosignatures stand where no stored checkpoint covers them yet.

Source: docs/proof.md, "The service key and the stream `trust`", "Witnesses".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.note import Ed25519Verifier
from ledger.store.sqlite import SQLiteReader
from ledger.tlog.publishing import publish
from ledger.tlog.stored import newest_stored, newest_witnessed
from ledger.tlog.tiles import fetch_from
from ledger.verify.anchors import Anchors
from ledger.verify.ledger_file import verify_ledger_file
from ledger.verify.report import Report
from ledger.verify.tiles import verify_folder
from tests.api.bundling import faults, open_desk, prove
from tests.api.watched import Watched, serviced_town, watched
from tests.support.town import ACT, PROGRAMME, PROGRAMME_ID, TestLedger
from tests.support.witnessing import cosigner

pytestmark = pytest.mark.sqlite  # the verifier reads ledger.db


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("serviced") / "town")


@pytest.fixture
def place(model: TestLedger, tmp_path: Path) -> Iterator[Watched]:
    """A town after a round: what its witnesses said is the last that was recorded."""
    with watched(model, tmp_path) as made:
        assert made.round().state == "recorded"
        yield made


def anchors(place: Watched, policy: str | None = None) -> Anchors:
    town = place.town
    name = town.name
    return Anchors(name["origin"], name["genesis"], town.log_key, policy or place.policy_text())


def verified(place: Watched, trusted: Anchors | None = None) -> Report:
    return verify_ledger_file(place.town.path / "ledger.db", trusted or anchors(place))


def test_a_ledger_at_rest_is_witnessed(place: Watched) -> None:
    report = verified(place)
    assert report.verdict == "verified", faults(report)
    witnesses, tables = report.check("witnesses"), report.check("tables")
    assert witnesses.status == "ok"
    assert witnesses.facts["names"] == ["w1", "w2", "w3"]
    assert witnesses.facts["size"] == report.size
    assert (tables.status, tables.reason) == ("warning", "tail-unsigned")  # and nobody vouches for the rest


def test_other_witnesses_than_the_trusted_are_not_enough(place: Watched) -> None:
    """What stands in the tail was written by the operator: only the cosignatures in it are believed."""
    other = place.policy_text().replace(str(place.watchers[0].signer.key), _stranger(place))
    report = verified(place, anchors(place, other.replace("group g 2", "group g 3")))
    assert report.verdict == "failed"
    assert [fault.code for fault in report.check("witnesses").faults] == ["quorum-not-met"]


def _stranger(place: Watched) -> str:
    return str(cosigner("stranger.example", place.clock).key)


def test_a_tail_that_is_no_entries_is_told_and_ends_nothing(place: Watched, tmp_path: Path) -> None:
    source, copy = place.town.path / "ledger.db", tmp_path / "copy.db"
    tail = "UPDATE stored_events SET state = ? WHERE rowid > (SELECT MAX(size) FROM checkpoints)"
    with closing(sqlite3.connect(source)) as file, closing(sqlite3.connect(copy)) as new:
        file.backup(new)
        assert new.execute(tail, (b"{}",)).rowcount == 2
        new.commit()
    report = verify_ledger_file(copy, anchors(place))
    assert report.verdict == "failed"
    assert {"witnesses", "tables"} <= {one.name for one in report.in_order() if one.status == "failed"}


def test_what_is_published_from_it_is_witnessed(place: Watched, tmp_path: Path) -> None:
    reader = SQLiteReader(place.town.path / "ledger.db")
    stored = newest_stored(reader)
    assert stored is not None
    keys = [Ed25519Verifier.parse(place.town.log_key)]
    publish(
        tmp_path / "log", fetch_from(reader), stored[1], verifiers=keys, witnessed=newest_witnessed(reader)
    )
    reader.close()
    report = verify_folder(tmp_path / "log", anchors(place))
    assert report.verdict == "verified", faults(report)
    assert report.check("witnesses").facts["names"] == ["w1", "w2", "w3"]


# -- values that are lists -------------------------------------------------------------------


def test_an_answer_with_a_list_among_its_values_verifies(model_town: TestLedger, tmp_path: Path) -> None:
    """A passport's field may hold several lines: JSON gives a list back, whatever the kind keeps."""
    town = TestLedger.copy_of(model_town, tmp_path / "town")
    data = {"passport": {"executors": ["Перший", "Другий"]}}
    said = town.submit("programme.amended", PROGRAMME, data, act=ACT, effective="2025-03-01")
    data = {"passport": {"executors": ["Другий", "Третій"]}}
    town.submit("programme.amended", PROGRAMME, data, act=ACT, effective="2025-04-01")
    prove(town)
    town.close()
    base = f"/v1/programmes/{PROGRAMME_ID}"
    with open_desk(town, tmp_path / "desk") as desk:
        bundle = desk.fetch(base, as_of="2025-03-01")
        assert bundle.json("answer.json")["state"]["passport"]["executors"] == ["Перший", "Другий"]
        bundle.verified()
        desk.fetch(base, as_of="2025-06-01", from_as_of="2025-03-01").verified()
        desk.fetch(base, as_of="2025-06-01", path="/passport/executors").verified()
        desk.fetch(f"/v1/events/{said.event}").verified()
