"""`pledger verify`: what it says of a ledger, a folder, a server; whom it believes; how it ends."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.cli.verdicts import EXPECTED
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.support.people import SECRETARY
from tests.support.service import authority
from tests.support.town import PROGRAMME, TestLedger, lines
from tests.tampering.harness import sql
from tests.tampering.story import POLICY, newest, told

__all__ = ["prompt"]
pytestmark = pytest.mark.sqlite  # the verifier reads ledger.db


class Auditor:
    """A prompt with a trust file, and a copy of a ledger."""

    def __init__(self, prompt: Prompt, folder: Path) -> None:
        self.prompt, self.story = prompt, told()
        self.ledger = Path(shutil.copytree(self.story.town.path, folder))
        self.database = self.ledger / "ledger.db"
        tsa = [root.decode() for root in authority().roots]
        self.trust = self.trusting(policy=POLICY, tsa=tsa)

    def trusting(self, **more: Any) -> Path:
        anchors = self.story.anchors
        basic = {"origin": anchors.origin, "genesis": anchors.genesis, "log_key": anchors.log_key}
        return self.prompt.write("trust.json", basic | more)

    def seen(self, note: str) -> Path:
        path = self.prompt.home / "checkpoint"
        path.write_text(note, encoding="utf8")
        return path

    def run(self, *arguments: object) -> Ran:
        return self.prompt.run("verify", *(arguments or (self.ledger,)), "--trust", self.trust)


@pytest.fixture
def auditor(prompt: Prompt, tmp_path: Path) -> Auditor:
    return Auditor(prompt, tmp_path / "ledger")


def last_line(ran: Ran) -> str:
    return ran.out.rstrip("\n").splitlines()[-1]


def line_of(ran: Ran, title: str) -> str:
    return next(line for line in ran.out.splitlines() if line[2:].startswith(f"{title}:"))


# -- verdicts ----------------------------------------------------------------------------


def test_a_ledger_is_verified_by_ones_own_trust_and_the_last_line_says_so(auditor: Auditor) -> None:
    ran = auditor.run(auditor.ledger, "--checkpoint", auditor.seen(auditor.story.note))
    assert ran.code == 0
    assert last_line(ran) == "VERIFIED"
    marked = [line for line in ran.out.splitlines() if line[:2] in ("✓ ", "✗ ", "! ", "– ")]
    assert [line[:1] for line in marked] == ["✓"] * len(EXPECTED["ledger"])


def test_the_file_of_a_ledger_is_the_same_as_its_directory(auditor: Auditor) -> None:
    told_of_file = auditor.run(auditor.database).out.splitlines()[1:]
    assert told_of_file == auditor.run(auditor.ledger).out.splitlines()[1:]


def test_without_a_trust_file_it_is_not_authenticated_and_says_what_would(auditor: Auditor) -> None:
    ran = auditor.prompt.run("verify", auditor.ledger)
    assert ran.code == 0 + 1
    assert last_line(ran).startswith("self-consistent, NOT authenticated")
    for option in ("--trust", "--policy", "--tsa", "--checkpoint"):
        assert option in last_line(ran)
    for title in ("Opening", "Checkpoint"):
        assert line_of(ran, title).startswith("! ")
    for title in ("Witnesses", "Timestamps", "Seen before"):
        assert line_of(ran, title).startswith("– ")


def test_in_ukrainian_it_says_the_same(auditor: Auditor) -> None:
    ran = auditor.prompt.run("verify", auditor.ledger, "--lang", "uk")
    assert last_line(ran).startswith("узгоджено саме із собою, НЕ засвідчено")
    assert last_line(auditor.run(auditor.ledger, "--lang", "uk")) == "ПЕРЕВІРЕНО"


def test_without_a_policy_it_is_verified_but_never_called_witnessed(auditor: Auditor) -> None:
    auditor.trust = auditor.trusting()
    ran = auditor.run()
    assert ran.code == 0
    assert last_line(ran) == "VERIFIED; NOT witnessed"
    assert "Witnesses: NOT witnessed" in ran.out
    assert line_of(ran, "Timestamps").startswith("– ")
    assert "Last stamp: none that was checked" in ran.out


def test_policy_and_authority_may_be_given_beside_the_trust_file(auditor: Auditor) -> None:
    auditor.trust = auditor.trusting()
    policy = auditor.prompt.home / "policy"
    policy.write_text(POLICY, encoding="utf8")
    pem = auditor.prompt.home / "tsa.pem"
    pem.write_bytes(authority().roots[0])
    ran = auditor.run(auditor.ledger, "--policy", policy, "--tsa", pem)
    assert last_line(ran) == "VERIFIED"
    assert line_of(ran, "Witnesses").startswith("✓ ")
    assert line_of(ran, "Timestamps").startswith("✓ ")


def test_witnesses_of_somebody_else_do_not_count(auditor: Auditor) -> None:
    policy = auditor.prompt.home / "policy"
    policy.write_text(POLICY.replace("w1.example", "w3.example").replace("w2.example", "w4.example"))
    ran = auditor.run(auditor.ledger, "--policy", policy)
    assert ran.code in (1, 3)
    assert "VERIFIED" not in ran.out


def test_another_ledger_is_named_as_such(auditor: Auditor) -> None:
    auditor.trust = auditor.trusting(genesis="0" * 64)
    ran = auditor.run()
    assert ran.code == 1
    assert last_line(ran).startswith("FAILED: ")
    assert "ANOTHER LEDGER" in ran.out
    assert auditor.story.anchors.genesis in ran.out
    assert "0" * 64 in ran.out


def test_a_changed_entry_is_told_with_its_number_and_what_it_means(auditor: Auditor) -> None:
    sql(auditor.database, "UPDATE stored_events SET originator_version = 77 WHERE rowid = 40")
    ran = auditor.run()
    assert ran.code == 1
    assert line_of(ran, "Entries").startswith("✗ ")
    assert "\n    № 40: " in ran.out
    assert "[malformed-entry]" in ran.out
    assert last_line(ran).startswith("FAILED: ")


def test_an_old_backup_is_told_from_the_checkpoint_that_was_seen(auditor: Auditor) -> None:
    old = auditor.story.earlier.path
    ran = auditor.run(old, "--checkpoint", auditor.seen(auditor.story.note))
    assert ran.code == 1
    assert line_of(ran, "Seen before").startswith("✗ ")
    assert "shorter than was seen" in ran.out


def test_what_was_not_reached_is_said_to_be_so_and_never_green(auditor: Auditor) -> None:
    sql(auditor.database, "DELETE FROM checkpoints")
    ran = auditor.run()
    assert ran.code == 1
    for title in ("Signatures", "Rules", "Tree", "Tables"):
        assert line_of(ran, title) == f"– {title}: not reached, because of what failed above"


def test_entries_after_the_newest_checkpoint_are_said_to_be_covered_by_none(
    auditor: Auditor, tmp_path: Path
) -> None:
    """A copy of a ledger in use: the last commit's checkpoint is stored by the next one."""
    copy = tmp_path / "copy.db"
    with TestLedger.copy_of(auditor.story.town, tmp_path / "longer") as town:
        town.submit("financing.changed", PROGRAMME, lines("190.00"), by=SECRETARY)
        note = newest(town)
        with closing(sqlite3.connect(town.path / "ledger.db")) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
    ran = auditor.run(copy)
    assert ran.code == 0
    assert line_of(ran, "Tables").startswith("! ")
    assert last_line(ran) == "VERIFIED; last entries NOT witnessed: 3; last entries that nothing covers: 1"
    seen = auditor.run(copy, "--checkpoint", auditor.seen(note))
    assert (seen.code, last_line(seen)) == (0, "VERIFIED; last entries NOT witnessed: 3")
    assert "no witness saw the last 3" in next(row for row in seen.out.splitlines() if "Witnesses: " in row)


def test_of_a_first_entry_that_is_none_no_sentence_has_facts_that_are_not_there(auditor: Auditor) -> None:
    """Nobody has looked at the checkpoint's signature then: it is not said to hold."""
    sql(auditor.database, "UPDATE stored_events SET state = x'00' WHERE rowid = 1")
    for language, nothing in (("en", "nothing"), ("uk", "нічого")):
        ran = auditor.prompt.run("verify", auditor.ledger, "--trust", auditor.trust, "--lang", language)
        assert ran.code == 1
        assert nothing not in ran.out.replace("there was nothing to check", "")
        title = {"en": "Checkpoint", "uk": "Контрольна точка"}[language]
        assert line_of(ran, title).startswith("– ")
    row = next(
        one for one in auditor.run(auditor.ledger, "--json").json["checks"] if one["check"] == "checkpoint"
    )
    assert row["status"] == "skipped"


# -- machines ----------------------------------------------------------------------------


def test_json_is_the_report_with_words_in_both_languages(auditor: Auditor) -> None:
    sql(auditor.database, "UPDATE stored_events SET originator_id = x'00ff' WHERE rowid = 40")
    ran = auditor.run(auditor.ledger, "--json")
    assert ran.code == 1
    assert ran.json["verdict"] == "failed"
    assert ran.json["tree_size"] == auditor.story.size
    assert [check["check"] for check in ran.json["checks"]] == list(EXPECTED["ledger"])
    failed = next(check for check in ran.json["checks"] if check["check"] == "entries")
    assert failed["status"] == "failed"
    for one in (ran.json, failed, failed["faults"][0]):
        assert set(one["words"]) == {"uk", "en"}
        assert one["words"]["uk"] != one["words"]["en"]


# -- what is asked for -------------------------------------------------------------------


def test_what_cannot_be_read_ends_with_three(auditor: Auditor, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no evidence of anything")
    (tmp_path / "damaged.db").write_bytes(auditor.database.read_bytes()[:5000])
    for target in ("nowhere", "empty", "text", "damaged.db"):
        ran = auditor.run(tmp_path / target)
        assert (ran.code, ran.out) == (3, ""), target
        assert ran.err


@pytest.mark.parametrize("name", ["x.receipt.json", "x.refusal.json"])
@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"[]", b"{}", b"\xff", b'{"refusal":7}', b'{"entry":"e30="}']
)
def test_a_receipt_that_cannot_be_read_ends_with_three(
    auditor: Auditor, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(content)
    ran = auditor.run(tmp_path / name)
    assert (ran.code, ran.out) == (3, ""), ran
    assert ran.err.startswith("cannot read: ")


def test_what_only_a_trust_file_can_use_needs_one(auditor: Auditor) -> None:
    seen = auditor.seen(auditor.story.note)
    assert auditor.prompt.run("verify", auditor.ledger, "--checkpoint", seen).code == 2


def test_an_archive_that_is_no_bundle_fails_as_one(auditor: Auditor, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(b"PK\x03\x04 and nothing more")
    ran = auditor.run(bundle)
    assert ran.code == 1
    assert line_of(ran, "Form").startswith("✗ ")
    assert "[bundle-malformed]" in ran.out


def test_a_receipt_is_checked_by_the_command_for_receipts(auditor: Auditor, tmp_path: Path) -> None:
    with TestLedger.copy_of(auditor.story.town, tmp_path / "longer") as town:
        receipt = town.submit("financing.changed", PROGRAMME, lines("190.00"), by=SECRETARY)
    kept = auditor.prompt.write("event.receipt.json", receipt.to_json())
    ran = auditor.run(kept)
    same = auditor.prompt.run("receipt", "check", kept, "--trust", auditor.trust)
    assert (ran.code, ran.out) == (same.code, same.out)


# -- folders, servers and the memory of heads ----------------------------------------------


def test_a_published_folder_is_verified(auditor: Auditor, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    auditor.prompt.ok("publish", folder, "--data", auditor.ledger)
    ran = auditor.run(folder)
    assert ran.code == 0
    assert last_line(ran).startswith("VERIFIED")
    files = sum(1 for path in (folder / "tile").rglob("*") if path.is_file())
    said = f"entries: {auditor.story.size}; files of the log compared: {files}"
    assert line_of(ran, "Form").endswith(said)
    tile = next((folder / "tile" / "entries").rglob("*.p/*"), None)
    assert tile is not None
    tile.write_bytes(tile.read_bytes()[:-1] + b" ")
    assert auditor.run(folder).code == 1


def test_a_server_that_was_verified_is_remembered_and_an_older_one_then_fails(
    auditor: Auditor, tmp_path: Path
) -> None:
    from api.settings import Settings
    from tests.api.running import running

    with running(Settings(data=auditor.ledger)) as url:
        ran = auditor.run(url)
        assert ran.code == 0, ran
        assert last_line(ran).startswith("VERIFIED")
    kept = list((auditor.trust.parent / "heads").glob("*.json"))
    assert [json.loads(path.read_text())["size"] for path in kept] == [auditor.story.size]
    assert line_of(auditor.run(), "Seen before").startswith("✓ ")
    older = Path(shutil.copytree(auditor.story.earlier.path, tmp_path / "older"))
    with running(Settings(data=older)) as url:
        ran = auditor.run(url)
    assert ran.code == 1
    assert line_of(ran, "Seen before").startswith("✗ ")
    assert "ALARM" in ran.err
