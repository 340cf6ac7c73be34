"""`pledger restore`: a backup takes a ledger's place checked, and never unnoticed (docs/operations.md)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from ledger.checkpoint import parse_checkpoint
from ledger.errors import StorageError
from ledger.note import COSIGNATURE_V1, VerifierKey, parse_note
from ledger.restored import Asked, read_restored
from ledger.restoring import RestoreRefused, check_asked, staged
from ledger.signer import read_memory
from ledger.witness.request import format_request
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.running import running
from tests.api.test_witness_http import served
from tests.support.heads import signer_of
from tests.support.town import PROGRAMME, TestLedger, lines

__all__ = ["prompt"]
pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # a file takes the place of ledger.db
NOTHING_PROTECTS = "--i-know-that-nothing-protects-the-tail"


class Keeper(Prompt):
    """Who keeps a ledger: `full` is its directory, `backup` a copy of ledger.db from three entries before."""

    full: Path
    backup: Path
    name: dict[str, Any]
    log_key: str

    def restore(self, source: Path, *more: object, into: Path | None = None, **env: str) -> Ran:
        return self.run("restore", source, into or self.full, *more, **env)

    def lose(self) -> None:
        """The disk of ledger.db dies; key and memory are elsewhere."""
        for path in self.full.glob("ledger.db*"):
            path.unlink()

    def record(self) -> Any:
        (newest,) = json.loads((self.full / "restored.json").read_bytes())["restored"]
        return newest


def size_of(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT size FROM head").fetchone()[0])


def copy_database(folder: Path, to: Path) -> Path:
    """A consistent copy of a closed ledger's file."""
    shutil.copyfile(folder / "ledger.db", to)
    return to


@dataclass(frozen=True)
class Kept:
    """A ledger's directory and its older backup, to be copied."""

    town: TestLedger
    backup: Path


@pytest.fixture(scope="module")
def kept(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    with TestLedger.copy_of(model_town, folder / "town") as town:
        town.submit("financing.changed", PROGRAMME, lines("150.00"))
        town.close()
        backup = copy_database(town.path, folder / "backup.db")
        town.reopen()
        for amount in ("160.00", "170.00", "180.00"):
            town.submit("financing.changed", PROGRAMME, lines(amount))
    return Kept(town, backup)


@pytest.fixture
def keeper(prompt: Prompt, kept: Kept, tmp_path: Path) -> Keeper:
    made = Keeper(prompt.home)
    made.full = Path(shutil.copytree(kept.town.path, tmp_path / "town"))
    made.backup = Path(shutil.copyfile(kept.backup, tmp_path / "backup.db"))
    made.name, made.log_key = kept.town.name, kept.town.log_key
    return made


def secrets_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("log-*")}


def test_a_complete_backup_is_restored_and_the_ledger_goes_on(keeper: Keeper, tmp_path: Path) -> None:
    whole = copy_database(keeper.full, tmp_path / "whole.db")
    before, size = secrets_of(keeper.full), size_of(whole)
    keeper.lose()
    ran = keeper.restore(whole)
    assert ran.code == 0, ran
    assert secrets_of(keeper.full) == before
    assert keeper.record()["missing"] is None
    with running(Settings(data=keeper.full)) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).is_success
        said = httpx.get(f"{url}/v1", trust_env=False).json()
    assert said["position"] == size
    assert (said["restored"]["size"], said["restored"]["from_size"]) == (size, size)
    assert said["restored"]["missing"] is None


def test_an_old_backup_is_restored_and_everybody_is_told_what_is_missing(keeper: Keeper) -> None:
    before, held = secrets_of(keeper.full), size_of(keeper.backup)
    keeper.lose()
    ran = keeper.restore(keeper.backup)
    assert ran.code == 1
    assert f"№ {held + 1}–№ {held + 3} are missing" in ran.err
    assert "receipts" in ran.err
    assert secrets_of(keeper.full) == before
    record = keeper.record()
    memory = read_memory(keeper.full / "log-memory")
    assert memory is not None
    assert (record["signed_size"], record["signed_root"]) == (held + 3, memory[2].hex())
    assert (record["size"], record["missing"]) == (held, [held + 1, held + 3])
    with running(Settings(data=keeper.full)) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 503
        said = httpx.get(f"{url}/v1", trust_env=False).json()["restored"]
        pages = [httpx.get(f"{url}/", params={"lang": lang}, trust_env=False).text for lang in ("uk", "en")]
    assert said["missing"] == {"from": held + 1, "to": held + 3}
    assert (said["size"], said["from_size"]) == (held, held + 3)
    for page in pages:
        assert f"№ {held + 1}–№ {held + 3}" in page


def test_the_missing_entries_are_brought_back_and_the_restore_still_shows(
    keeper: Keeper, tmp_path: Path
) -> None:
    whole = copy_database(keeper.full, tmp_path / "whole.db")
    keeper.lose()
    assert keeper.restore(keeper.backup).code == 1
    ran = keeper.restore(whole)
    assert ran.code == 0, ran
    assert [one.size for one in read_restored(keeper.full)] == [size_of(keeper.backup), size_of(whole)]
    with running(Settings(data=keeper.full)) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).is_success
        assert httpx.get(f"{url}/v1", trust_env=False).json()["restored"]["missing"] is None


def test_the_words_are_in_ukrainian_too(keeper: Keeper) -> None:
    keeper.lose()
    ran = keeper.restore(keeper.backup, "--lang", "uk")
    assert ran.code == 1
    assert "Бракує записів №" in ran.err


def test_a_longer_log_is_never_replaced(keeper: Keeper) -> None:
    before = (keeper.full / "ledger.db").read_bytes()
    ran = keeper.restore(keeper.backup)
    assert ran.code == 1
    assert "is kept" in ran.err
    assert (keeper.full / "ledger.db").read_bytes() == before
    assert not (keeper.full / "restored.json").exists()
    assert list(keeper.full.glob(".ledger*")) == []


def test_another_past_is_never_restored(keeper: Keeper, model_town: TestLedger, tmp_path: Path) -> None:
    with TestLedger.copy_of(model_town, tmp_path / "fork") as town:
        for amount in ("1.00", "2.00", "3.00", "4.00", "5.00"):
            town.submit("financing.changed", PROGRAMME, lines(amount))
    before = (keeper.full / "ledger.db").read_bytes()
    beside = keeper.restore(tmp_path / "fork")
    assert beside.code == 1
    assert (keeper.full / "ledger.db").read_bytes() == before
    keeper.lose()
    ran = keeper.restore(tmp_path / "fork")
    assert ran.code == 1
    assert "another past" in ran.err
    assert not (keeper.full / "ledger.db").exists()


def test_another_ledger_is_never_restored(keeper: Keeper, tmp_path: Path) -> None:
    with TestLedger(tmp_path / "other") as other:
        other.opening["nonce"] = "7b" * 32
        other.submit("ledger.opened", "root", other.opening)
    assert keeper.restore(tmp_path / "other").code == 1
    fresh = tmp_path / "fresh"
    trusted = keeper.write("trust.json", keeper.name | {"log_key": keeper.log_key})
    ran = keeper.restore(tmp_path / "other", "--trust", trusted, into=fresh)
    assert ran.code == 1
    assert keeper.name["genesis"] in ran.err
    assert not (fresh / "ledger.db").exists()


def test_a_served_ledger_is_not_touched(keeper: Keeper) -> None:
    with running(Settings(data=keeper.full)):
        ran = keeper.restore(keeper.backup)
    assert ran.code == 3
    assert "stop it first" in ran.err


def _change(sql: str, *values: Any) -> Any:
    def damage(database: Path) -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            assert connection.execute(sql, values).rowcount > 0

    return damage


def _cut(database: Path) -> None:
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])


DAMAGE: dict[str, Any] = {
    "an entry is changed": _change(
        "UPDATE stored_events SET state=CAST(REPLACE(CAST(state AS TEXT), '2025', '2024') AS BLOB)"
        " WHERE rowid=5"
    ),
    "an entry is gone": _change("DELETE FROM stored_events WHERE rowid=7"),
    "the last entry is gone": _change(
        "DELETE FROM stored_events WHERE rowid=(SELECT MAX(rowid) FROM stored_events)"
    ),
    "two entries have changed places": _change("UPDATE stored_events SET rowid=99 WHERE rowid=7"),
    "an entry is in another stream": _change("UPDATE stored_events SET originator_id='body:x' WHERE rowid=5"),
    "a version is skipped": _change(
        "UPDATE stored_events SET originator_version=originator_version+1"
        " WHERE rowid=(SELECT MAX(rowid) FROM stored_events)"
    ),
    "a node is changed": _change("UPDATE nodes SET hash=zeroblob(32) WHERE level=1 AND node_index=0"),
    "a node is gone": _change("DELETE FROM nodes WHERE level=1 AND node_index=0"),
    "a node too many": _change("INSERT INTO nodes VALUES (9, 9, zeroblob(32))"),
    "the head is another": _change("UPDATE head SET size=size-1"),
    "the newest checkpoint is unsigned": _change(
        "UPDATE checkpoints SET note=substr(note, 1, instr(note, '—')-1)"
        " WHERE size=(SELECT MAX(size) FROM checkpoints)"
    ),
    "the newest checkpoint is of another size": _change(
        "UPDATE checkpoints SET size=size+1 WHERE size=(SELECT MAX(size) FROM checkpoints)"
    ),
    "a checkpoint is over more": _change("INSERT INTO checkpoints VALUES (999, 'x')"),
    "the file is cut": _cut,
    "it is no database": lambda database: database.write_bytes(b"x" * 9000),
    "it is empty": lambda database: database.write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_not_restored(keeper: Keeper, damage: str) -> None:
    DAMAGE[damage](keeper.backup)
    before = secrets_of(keeper.full)
    keeper.lose()
    ran = keeper.restore(keeper.backup)
    assert ran.code in (1, 3), ran
    assert sorted(path.name for path in keeper.full.glob("*ledger.db*")) == []
    assert not (keeper.full / "restored.json").exists()
    assert secrets_of(keeper.full) == before


def test_a_source_that_is_nothing_is_not_restored(keeper: Keeper, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    for source in (tmp_path / "nothing", tmp_path / "absent.db"):
        assert keeper.restore(source).code == 3


def test_a_write_ahead_log_of_a_lost_file_is_not_mixed_in(keeper: Keeper) -> None:
    keeper.lose()
    (keeper.full / "ledger.db-wal").write_bytes(b"entries, perhaps")
    ran = keeper.restore(keeper.backup)
    assert ran.code == 1
    assert "move it away" in ran.err
    assert not (keeper.full / "ledger.db").exists()


def test_a_shorter_file_that_was_not_closed_is_replaced_with_its_write_ahead_log(
    keeper: Keeper, tmp_path: Path
) -> None:
    whole = copy_database(keeper.full, tmp_path / "whole.db")
    shutil.copyfile(keeper.backup, keeper.full / "ledger.db")
    with closing(sqlite3.connect(keeper.full / "ledger.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE left_behind (x)")
        connection.commit()
        kept = [(path, path.read_bytes()) for path in keeper.full.glob("ledger.db*")]
    for path, raw in kept:  # as after a crash
        path.write_bytes(raw)
    (keeper.full / "ledger.db-shm").unlink(missing_ok=True)
    assert keeper.restore(whole).code == 0
    assert size_of(keeper.full / "ledger.db") == size_of(whole)
    with closing(sqlite3.connect(keeper.full / "ledger.db")) as connection:
        assert (
            connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE name='left_behind'").fetchone()[0]
            == 0
        )


def test_without_its_memory_the_key_gets_none_unasked(keeper: Keeper) -> None:
    keeper.lose()
    (keeper.full / "log-memory").unlink()
    ran = keeper.restore(keeper.backup)
    assert ran.code == 1
    assert "log-memory is lost" in ran.err
    assert not (keeper.full / "log-memory").exists()
    asked = keeper.restore(keeper.backup, "--new-memory")
    assert asked.code == 1
    assert NOTHING_PROTECTS in asked.err
    assert not (keeper.full / "log-memory").exists()
    again = keeper.restore(keeper.backup, "--new-memory", NOTHING_PROTECTS)
    assert again.code == 0, again
    assert [one.before for one in read_restored(keeper.full)] == [None, size_of(keeper.backup)]


def test_a_new_memory_without_any_witness_is_told_and_kept_on_record(keeper: Keeper) -> None:
    keeper.lose()
    (keeper.full / "log-memory").unlink()
    ran = keeper.restore(keeper.backup, "--new-memory", NOTHING_PROTECTS)
    held = size_of(keeper.backup)
    assert ran.code == 0, ran
    assert "No witness was asked" in ran.err
    memory = read_memory(keeper.full / "log-memory")
    assert memory is not None
    assert (memory[1], memory[2].hex()) == (held, keeper.record()["root"])
    record = keeper.record()
    assert (record["signed_size"], record["new_memory"], record["unprotected"]) == (None, True, True)
    with running(Settings(data=keeper.full)) as url:
        said = httpx.get(f"{url}/v1", trust_env=False).json()["restored"]
        page = httpx.get(f"{url}/", params={"lang": "en"}, trust_env=False).text
    assert said["unprotected"]
    assert said["from_size"] is None
    assert "No witness was asked" in page


def test_a_client_that_has_seen_more_lets_no_new_memory_be_made(keeper: Keeper) -> None:
    keeper.home.joinpath("pledger").mkdir()
    keeper.write("pledger/trust.json", keeper.name | {"log_key": keeper.log_key})
    with running(Settings(data=keeper.full)) as url:
        keeper.ok("programmes", "--server", url)
    keeper.lose()
    (keeper.full / "log-memory").unlink()
    ran = keeper.restore(keeper.backup, "--new-memory", NOTHING_PROTECTS)
    assert ran.code == 1
    assert f"has seen {size_of(keeper.backup) + 3}" in ran.err
    assert not (keeper.full / "log-memory").exists()
    assert not (keeper.full / "ledger.db").exists()


def test_a_memory_that_came_from_a_backup_too_is_found_by_what_a_client_saw(
    keeper: Keeper, model_town: TestLedger, tmp_path: Path
) -> None:
    keeper.home.joinpath("pledger").mkdir()
    keeper.write("pledger/trust.json", keeper.name | {"log_key": keeper.log_key})
    with running(Settings(data=keeper.full)) as url:
        keeper.ok("programmes", "--server", url)
    keeper.lose()
    shutil.copyfile(model_town.path / "log-memory", keeper.full / "log-memory")
    ran = keeper.restore(keeper.backup)
    assert ran.code == 1
    assert "must never be" in ran.err
    assert not (keeper.full / "ledger.db").exists()


def test_a_memory_that_is_there_is_never_replaced(keeper: Keeper) -> None:
    before = secrets_of(keeper.full)
    keeper.lose()
    ran = keeper.restore(keeper.backup, "--new-memory", NOTHING_PROTECTS)
    assert ran.code == 1
    assert "never replaced" in ran.err
    assert secrets_of(keeper.full) == before


def test_a_damaged_memory_stops_the_restore(keeper: Keeper) -> None:
    keeper.lose()
    (keeper.full / "log-memory").write_bytes(b"?" * 8192)
    assert keeper.restore(keeper.backup).code == 3
    assert not (keeper.full / "ledger.db").exists()


@pytest.mark.parametrize("more", [None, 1, 1000])
def test_a_silent_witness_or_one_that_has_seen_more_lets_no_new_memory_be_made(
    keeper: Keeper, tmp_path: Path, more: int | None
) -> None:
    held = size_of(keeper.backup)
    with staged(keeper.backup, tmp_path / "fresh") as backup:
        check_asked(backup, [Asked("witness w-1", held), Asked("witness w-2", 0)])
        asked = [Asked("witness w-1", held), Asked("witness w-2", held + more if more is not None else None)]
        with pytest.raises(RestoreRefused, match="w-2"):
            check_asked(backup, asked)


def test_witnesses_are_asked_by_the_policy_and_none_may_be_silent(keeper: Keeper) -> None:
    key = VerifierKey("w-1.example", COSIGNATURE_V1, signer_of(7).key.public_key)
    policy = keeper.home / "policy"
    text = f"log {keeper.log_key}\nwitness w-1 {key} http://127.0.0.1:9\nquorum w-1\n"
    policy.write_text(text, encoding="utf8")
    keeper.lose()
    (keeper.full / "log-memory").unlink()
    ran = keeper.restore(keeper.backup, "--new-memory", "--policy", policy)
    assert ran.code == 1
    assert "w-1 did not answer" in ran.err
    assert not (keeper.full / "log-memory").exists()


def newest_note(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT note FROM checkpoints ORDER BY size DESC").fetchone()[0])


@pytest.mark.parametrize("seen_more", [False, True])
def test_a_witness_says_whether_a_new_memory_may_be_made(
    keeper: Keeper, tmp_path: Path, seen_more: bool
) -> None:
    note = newest_note(keeper.full / "ledger.db" if seen_more else keeper.backup)
    keeper.lose()
    (keeper.full / "log-memory").unlink()
    with served(tmp_path, "w1", key=keeper.log_key) as (witness,):
        assert witness.post(format_request(0, [], note)).status_code == 200
        policy = keeper.home / "policy"
        said = f"witness w1 {witness.signer.verifier.key} {witness.url}"
        policy.write_text(f"log {keeper.log_key}\n{said}\nquorum w1\n", encoding="utf8")
        ran = keeper.restore(keeper.backup, "--new-memory", "--policy", policy)
    assert ran.code == (1 if seen_more else 0), ran
    assert (keeper.full / "log-memory").exists() != seen_more
    if seen_more:
        assert f"w1 has seen {parse_checkpoint(parse_note(note).text).size}" in ran.err
    else:
        assert (keeper.record()["unprotected"], keeper.record()["new_memory"]) == (False, True)
        assert [one["who"] for one in keeper.record()["asked"]] == ["witness w1"]


def test_a_published_folder_is_restored_with_all_tables(keeper: Keeper, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    with running(Settings(data=keeper.full)) as url:
        trusted = keeper.write("trust.json", keeper.name | {"log_key": keeper.log_key})
        keeper.ok("publish", folder, "--server", url, "--trust", trusted)
    tables = dump(keeper.full / "ledger.db")
    keeper.lose()
    ran = keeper.restore(folder)
    assert ran.code == 0, ran
    restored = dump(keeper.full / "ledger.db")
    for name in ("stored_events", "nodes", "payloads", "events", "names", "head"):
        assert restored[name] == tables[name], name
    with running(Settings(data=keeper.full)) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).is_success


def dump(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in names}  # noqa: S608


def test_a_folder_that_no_key_of_its_log_signed_is_not_restored(keeper: Keeper, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    keeper.ok("publish", folder, "--data", keeper.full)
    note = (folder / "checkpoint").read_text(encoding="utf8")
    signature = note.rpartition(" ")[2]
    (folder / "checkpoint").write_text(
        note.replace(signature, signature[:9] + "AAAA" + signature[13:]), "utf8"
    )
    keeper.lose()
    assert keeper.restore(folder).code == 1
    assert not (keeper.full / "ledger.db").exists()


def test_a_damaged_record_of_restores_stops_the_server(keeper: Keeper) -> None:
    (keeper.full / "restored.json").write_text("{}", encoding="utf8")
    with pytest.raises(StorageError, match=r"restored\.json"):
        read_restored(keeper.full)
    keeper.lose()
    assert keeper.restore(keeper.backup).code == 3
