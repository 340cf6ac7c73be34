"""`pledger bundle … --data`: a server's bundle from the ledger's own file; its folder is left alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from ledger.service_signing import heads_data
from tests.api.bundling import file_states, members, prove
from tests.api.cli_runner import Prompt, prompt
from tests.api.running import running
from tests.api.story import ACT_TWO, CONTENT, EVENTS, EVIDENCE, POSITIONS, tell_story
from tests.support.town import ACT, LINE_CELL, PROGRAMME, PROGRAMME_ID, TestLedger, lines

__all__ = ["prompt"]
pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # from the ledger's own file

DAY = "2025-06-01"
QUESTIONS = {
    "programme": ["programme", PROGRAMME_ID, "--as-of", DAY],
    "known": ["programme", PROGRAMME_ID, "--as-of", DAY, "--known", "{known}"],
    "diff": ["diff", PROGRAMME_ID, "--from-as-of", "2025-02-01", "--as-of", DAY],
    "cell": ["cell", PROGRAMME_ID, LINE_CELL, "--as-of", DAY],
    "event": ["event", "{changed}"],
    "act": ["act", ACT_TWO],
}


@pytest.fixture(scope="module")
def town(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed ledger whose heads are stated and witnessed, with a change after them and one document."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("town") / "town")
    tell_story(town)
    prove(town)
    town.clock.advance(days=1)
    later = town.submit("financing.changed", PROGRAMME, lines("999.00"), act=ACT, effective="2025-05-01")
    town.ids["later"] = later.event
    town.close()
    with running(Settings(data=town.path)) as url:
        headers = {"Content-Type": "application/octet-stream"}
        httpx.put(f"{url}/v1/files/{EVIDENCE['sha256']}", content=CONTENT, headers=headers).raise_for_status()
    return town


@pytest.fixture
def trusting(prompt: Prompt, town: TestLedger) -> Prompt:
    trust = prompt.write("trust.json", town.name | {"log_key": town.log_key})
    prompt.env["PLEDGER_TRUST"] = str(trust)
    return prompt


@pytest.fixture
def place(town: TestLedger, tmp_path: Path) -> Path:
    """A copy of the ledger's directory; whatever a test does with it, its files stay as they were."""
    folder = tmp_path / "ledger"
    shutil.copytree(town.path, folder)
    return folder


def words(question: str) -> list[str]:
    return [word.format(**EVENTS, known=POSITIONS["changed"]) for word in QUESTIONS[question]]


def look(folder: Path) -> dict[str, str]:
    """Every file below a folder, and its bytes."""
    files = [one for one in sorted(folder.rglob("*")) if one.is_file()]
    return {str(one.relative_to(folder)): sha256(one.read_bytes()).hexdigest() for one in files}


def check(ran: Any, name: str) -> Any:
    return next(one for one in ran.json["verification"]["checks"] if one["check"] == name)


def test_it_is_the_servers_bundle_to_the_byte_and_the_server_goes_on(trusting: Prompt, place: Path) -> None:
    with running(Settings(data=place)) as url:
        trusting.ok("bundle", *words("act"), "--server", url, "--out", trusting.home / "first.zip")
        for question in QUESTIONS:  # from here on the same size was seen before, and is joined to
            theirs, mine = trusting.home / f"{question}.zip", trusting.home / f"{question}.data.zip"
            trusting.ok("bundle", *words(question), "--server", url, "--out", theirs)
            names = sorted(one.name for one in place.iterdir())
            ran = trusting.ok("bundle", *words(question), "--data", place, "--out", mine, "--json")
            assert sorted(one.name for one in place.iterdir()) == names
            assert ran.json["verification"]["verdict"] == "verified"
            assert members(mine) == members(theirs), question
        assert httpx.get(f"{url}/readyz").status_code == 200


def test_what_was_seen_before_is_joined_to_it(trusting: Prompt, place: Path, url: str) -> None:
    trusting.ok("bundle", *words("act"), "--server", url, "--out", trusting.home / "first.zip")
    file = trusting.home / "x.zip"
    ran = trusting.ok("bundle", *words("act"), "--data", place, "--out", file, "--json")
    assert check(ran, "remembered")["status"] == "ok"
    assert "consistency.json" in [name for name, _ in members(file)]


@pytest.mark.parametrize("question", ["programme", "event"])
def test_a_ledger_that_nobody_serves_is_read_and_left_as_it_was(
    trusting: Prompt, place: Path, question: str
) -> None:
    before = look(place)
    assert not [name for name in before if name.endswith(("-wal", "-shm"))]  # nobody has it open
    trusting.ok("bundle", *words(question), "--data", place, "--out", trusting.home / "x.zip")
    assert look(place) == before


def test_projections_are_not_believed(trusting: Prompt, place: Path) -> None:
    """Absent, of another time or changed by somebody: the answer is made from the entries."""
    honest, other = trusting.home / "honest.zip", trusting.home / "other.zip"
    trusting.ok("bundle", *words("programme"), "--data", place, "--out", honest)
    (projections,) = place.glob("projections-*.db")
    with closing(sqlite3.connect(projections)) as file:
        file.execute("PRAGMA journal_mode=DELETE")
        file.execute("DELETE FROM lives")
        file.commit()
    trusting.ok("bundle", *words("programme"), "--data", place, "--out", other)
    assert members(other) == members(honest)
    for one in (projections, place / "CURRENT"):
        one.unlink()
    trusting.ok("bundle", *words("programme"), "--data", place, "--out", other)
    assert members(other) == members(honest)


def test_a_copy_of_the_file_alone_will_do_and_says_nothing_of_documents(
    trusting: Prompt, place: Path, tmp_path: Path
) -> None:
    """Whether a document was ever uploaded such a copy cannot tell: "missing" would be a lie."""
    alone = tmp_path / "copy.db"
    shutil.copy(place / "ledger.db", alone)
    file = trusting.home / "x.zip"
    ran = trusting.ok("bundle", *words("programme"), "--data", alone, "--out", file, "--json")
    assert "There is no files folder beside it" in ran.err
    assert file_states(file) == {EVIDENCE["name"]: "left-out"}
    files = check(ran, "files")
    assert (files["status"], files["reason"], files["facts"]["left-out"]) == ("warning", "files-left-out", 1)
    assert files["facts"]["missing"] == 0


def test_a_copy_of_a_ledger_in_use_brings_what_its_write_ahead_log_holds(
    trusting: Prompt, town: TestLedger, tmp_path: Path
) -> None:
    """Copied by hand, the last commits lie in ledger.db-wal."""
    taken = tmp_path / "taken"
    taken.mkdir()
    with TestLedger.copy_of(town, tmp_path / "used") as used:
        prove(used)  # only now the heads cover the last change
        for name in ("ledger.db", "ledger.db-wal"):
            shutil.copy(used.path / name, taken / name)
    before = look(taken)
    file = trusting.home / "x.zip"
    trusting.ok("bundle", "event", town.ids["later"], "--data", taken, "--out", file)
    assert look(taken) == before


@pytest.mark.parametrize(
    "question",
    [
        ["programme", "no-such-programme"],
        ["programme", PROGRAMME_ID, "--as-of", "2025-13-01"],
        ["programme", PROGRAMME_ID, "--known", "100000"],
        ["programme", PROGRAMME_ID, "--known", "yesterday"],
        ["cell", PROGRAMME_ID, "no/pointer"],
        ["diff", PROGRAMME_ID, "--from-as-of", "1.2.2025"],
        ["event", "no-such-event"],
        ["event", "{later}"],
        ["act", "no-such-act"],
    ],
)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_what_cannot_be_answered_is_refused_in_the_servers_words(
    prompt: Prompt, town: TestLedger, place: Path, url: str, question: list[str], language: str
) -> None:
    asked = [word.format(**town.ids) if word == "{later}" else word for word in question]
    out = prompt.home / "x.zip"
    theirs = prompt.run("bundle", *asked, "--server", url, "--out", out, "--lang", language)
    mine = prompt.run("bundle", *asked, "--data", place, "--out", out, "--lang", language)
    assert theirs.code != 0
    assert (mine.code, mine.err) == (theirs.code, theirs.err)
    assert not list(prompt.home.glob("*.zip")) + list(prompt.home.glob("*.part"))


@pytest.fixture(scope="module")
def url(town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served") / "ledger"
    shutil.copytree(town.path, folder)
    with running(Settings(data=folder)) as address:
        yield address


def test_what_is_no_ledger_is_told(prompt: Prompt, tmp_path: Path) -> None:
    text, empty = tmp_path / "text.db", tmp_path / "empty"
    text.write_text("no database\n" * 100)
    empty.mkdir()
    for data, told in ((text, "cannot be copied"), (empty, "holds no ledger"), (tmp_path / "no", "holds no")):
        ran = prompt.run("bundle", *words("programme"), "--data", data, "--out", prompt.home / "x.zip")
        assert (ran.code, told in ran.err) == (3, True), ran.err
    assert not list(prompt.home.glob("*.zip")) + list(prompt.home.glob("*.part"))


def test_a_damaged_ledger_is_told_and_makes_no_bundle(prompt: Prompt, place: Path) -> None:
    with closing(sqlite3.connect(place / "ledger.db")) as file:
        file.execute("UPDATE stored_events SET state = x'7b7d' WHERE rowid = 5")
        file.commit()
    ran = prompt.run("bundle", *words("programme"), "--data", place, "--out", prompt.home / "x.zip")
    assert ran.code == 3
    assert "is damaged: `pledger verify` says where" in ran.err


def test_a_ledger_in_which_a_signature_was_changed_makes_no_bundle(trusting: Prompt, place: Path) -> None:
    """Its entries do not give its tree."""
    with closing(sqlite3.connect(place / "ledger.db")) as file:
        ((rowid, raw),) = file.execute(
            "SELECT rowid, state FROM stored_events WHERE originator_id = ? ORDER BY rowid LIMIT 1",
            (PROGRAMME,),
        ).fetchall()
        at = raw.index(b'"signature":"') + 20
        changed = raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]
        file.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (changed, rowid))
        file.commit()
    ran = trusting.run("bundle", *words("programme"), "--data", place, "--out", trusting.home / "x.zip")
    assert ran.code == 3
    assert "is damaged: `pledger verify` says where" in ran.err


def test_a_copy_older_than_what_was_seen_is_no_alarm_and_says_that_it_was_not_compared(
    trusting: Prompt, town: TestLedger, place: Path, tmp_path: Path
) -> None:
    """An auditor's copy may be of last week: nothing in it can show that the newer head extends it."""
    with TestLedger.copy_of(town, tmp_path / "grown") as grown:
        grown.clock.advance(days=1)
        grown.submit("financing.changed", PROGRAMME, lines("998.00"), act=ACT, effective="2025-05-02")
    with running(Settings(data=grown.path)) as url:
        trusting.ok("bundle", *words("act"), "--server", url, "--out", trusting.home / "seen.zip")
    ran = trusting.ok("bundle", *words("act"), "--data", place, "--out", trusting.home / "x.zip", "--json")
    remembered = check(ran, "remembered")
    assert (remembered["status"], remembered["reason"]) == ("warning", "not-compared")


# -- without files ---------------------------------------------------------------------------


def test_without_files_their_bytes_stay_out_and_the_bundle_says_so(trusting: Prompt, url: str) -> None:
    whole, bare = trusting.home / "whole.zip", trusting.home / "bare.zip"
    for _ in range(2):  # the second is joined to the head that the first one showed, as the third is
        trusting.ok("bundle", *words("programme"), "--server", url, "--out", whole)
    ran = trusting.ok("bundle", *words("programme"), "--server", url, "--out", bare, "--no-files", "--json")
    assert file_states(whole) == {EVIDENCE["name"]: "present"}
    assert file_states(bare) == {EVIDENCE["name"]: "left-out"}
    kept = [name for name, _ in members(whole) if not name.startswith("files/")]
    assert [name for name, _ in members(bare)] == kept
    assert check(ran, "files")["reason"] == "files-left-out"
    assert ran.json["verification"]["verdict"] == "verified"


def test_without_files_the_same_from_a_server_and_from_its_directory(
    trusting: Prompt, place: Path, url: str
) -> None:
    theirs, mine = trusting.home / "theirs.zip", trusting.home / "mine.zip"
    for _ in range(2):
        trusting.ok("bundle", *words("diff"), "--server", url, "--out", theirs, "--no-files")
    trusting.ok("bundle", *words("diff"), "--data", place, "--out", mine, "--no-files")
    assert members(mine) == members(theirs)


def test_a_file_that_may_not_be_seen_is_withheld_also_where_files_were_not_wanted(
    prompt: Prompt, model_town: TestLedger, tmp_path: Path
) -> None:
    """That is on the record, and stays said."""
    files = [
        {
            "name": name,
            "media_type": "text/plain",
            "size": 1,
            "sha256": sha256(name.encode()).hexdigest(),
            "access": access,
        }
        for name, access in (("a.txt", "restricted"), ("b.txt", "public"))
    ]
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        town.submit("financing.changed", PROGRAMME, lines("5.00"), files=files)
        prove(town)
    out = prompt.home / "x.zip"
    prompt.ok("bundle", *words("programme"), "--data", town.path, "--out", out, "--no-files")
    assert file_states(out) == {"a.txt": "withheld", "b.txt": "left-out"}


@pytest.mark.parametrize("value", ["maybe", "", "No"])
def test_files_is_yes_or_no(url: str, value: str) -> None:
    answer = httpx.get(f"{url}/v1/acts/{ACT_TWO}/bundle", params={"files": value})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:pledger:problem:bad-parameter"
    assert "yes" in answer.json()["message"]["en"]


def test_a_copy_whose_last_heads_no_checkpoint_covers_yet_rests_on_those_before(
    trusting: Prompt, town: TestLedger, tmp_path: Path
) -> None:
    """A server that stated its heads a moment ago: the next commit stores the checkpoint over them."""
    with TestLedger.copy_of(town, tmp_path / "open") as place:
        before = heads_in(trusting, place.path)
        place.submit("ledger.heads", "trust", heads_data(place.ledger.reader))
        assert heads_in(trusting, place.path) == before
        place.submit("financing.changed", PROGRAMME, lines("998.00"), act=ACT, effective="2025-05-02")
        assert heads_in(trusting, place.path)["size"] > before["size"]


def heads_in(trusting: Prompt, data: Path) -> dict[str, int]:
    """What heads a bundle of a ledger's directory rests on; it is verified, or the command fails."""
    file = trusting.home / "x.zip"
    trusting.ok("bundle", *words("act"), "--data", data, "--out", file)
    heads: dict[str, int] = json.loads(members(file)[0][1])["heads"]
    file.unlink()
    return heads
