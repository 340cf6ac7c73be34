"""`pledger backup`, online and checked, and `pledger restore` of it in either store (docs/operations.md)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import psycopg
import pytest

from api.cli.moving import named_end
from api.settings import Settings
from ledger.directory import Directory
from ledger.store.documents import documents_of
from ledger.store.place import Database
from ledger.store.postgres.migrating import migrate
from projections.store.postgres import SchemaGenerations
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.running import running
from tests.api.test_cli_signer import serving
from tests.ledger.test_documents import bring
from tests.support.polling import until
from tests.support.town import PROGRAMME, TestLedger, lines

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
ROOT = Path(__file__).parents[2]
UNSAFE = {"PLEDGER_DATABASE_UNSAFE": "1"}
SECRETS = ("log-key", "log-memory", "service-key", "passphrase")


def backup(prompt: Prompt, source: object, target: Path, *more: object) -> Ran:
    return prompt.run("backup", source, target, *more, **UNSAFE)


@pytest.fixture
def closed(model_town: TestLedger, tmp_path: Path) -> Path:
    """A closed ledger's directory with a public document and a restricted one."""
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        documents = documents_of(town.ledger.directory)
        bring(documents, b"a document")
        bring(documents, b"a signature", restricted=True)
    return tmp_path / "town"


def test_a_backup_has_the_log_and_the_documents_and_no_key(prompt: Prompt, closed: Path) -> None:
    target = closed.parent / "backup"
    said = backup(prompt, closed, target, "--json").json
    assert sorted(str(path.relative_to(target)) for path in target.iterdir()) == ["files", "ledger.db"]
    assert (said["documents"], said["keys"], said["documents_damaged"]) == (2, False, [])
    assert [path.name for path in target.rglob("*") if path.name.startswith(SECRETS)] == []
    assert said["entries"] == int(said["checkpoint"].splitlines()[1])
    assert "self-consistent" in prompt.run("verify", target).out


def test_a_backup_may_be_a_file_with_its_documents_beside(prompt: Prompt, closed: Path) -> None:
    ran = backup(prompt, closed, closed.parent / "town.db", "--lang", "uk")
    assert ran.code == 0, ran
    assert "Ключів у копії немає" in ran.err
    assert len([path for path in (closed.parent / "town.files").rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("there", ["town.db", "town.files", "backup/x"])
def test_nothing_that_is_there_is_overwritten(prompt: Prompt, closed: Path, there: str) -> None:
    kept = closed.parent / there
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(b"an older one")
    ran = backup(prompt, closed, closed.parent / ("backup" if there == "backup/x" else "town.db"))
    assert (ran.code, ran.out) == (3, "")
    assert kept.read_bytes() == b"an older one"


def test_a_ledger_that_does_not_hold_is_not_backed_up_as_one_that_does(prompt: Prompt, closed: Path) -> None:
    place = Directory(closed).place
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as file, file:
            file.execute("UPDATE nodes SET hash=zeroblob(32) WHERE level=1 AND node_index=0")
    else:
        with psycopg.connect(place.conninfo) as base:
            base.execute("UPDATE pledger.head SET recorded_at='2099-01-01T00:00:00.000000Z'")
    before = sorted(closed.parent.iterdir())
    ran = backup(prompt, closed, closed.parent / "town.db")
    assert (ran.code, ran.out) == (1, "")
    assert sorted(closed.parent.iterdir()) == before


def test_a_damaged_document_is_named_and_the_log_is_kept(prompt: Prompt, closed: Path) -> None:
    place = Directory(closed)
    held = bring(documents_of(place), b"will be damaged")
    if place.database is None:
        (place.files / held.sha256[:2] / held.sha256).write_bytes(b"WILL be damaged")
    else:
        with psycopg.connect(place.database.conninfo) as base:
            base.execute("UPDATE pledger.document_pieces SET piece='WILL be damaged' WHERE sha256=%s",
                         (bytes.fromhex(held.sha256),))  # fmt: skip
    ran = backup(prompt, closed, closed.parent / "town.db")
    assert ran.code == 1
    assert held.sha256 in ran.err
    assert (closed.parent / "town.db").exists()


@contextmanager
def appending(path: Path) -> Iterator[IO[str]]:
    """Another process that appends to a ledger of its own; gives the sizes that were acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.api.appending_child", path],
        cwd=ROOT, env={**os.environ, "PLEDGER_TEST_STORE": ""},  # the directory says where its log is
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield child.stdout
        child.stdin.close()
        child.stdout.read()
        assert child.wait(60) == 0
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def acknowledged(sizes: IO[str], count: int) -> int:
    """The last of so many sizes."""
    return [int(sizes.readline()) for _ in range(count)][-1]


@pytest.fixture(params=["sqlite", "postgres"])
def loaded(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A directory for a ledger in either store; the database is a durable one."""
    path = tmp_path / "loaded"
    path.mkdir()
    if request.param == "postgres":
        conninfo = request.getfixturevalue("start_postgres")().fresh_database()
        migrate(Database(conninfo))
        (path / "database").write_text(conninfo)
    return path


def test_backups_under_load_are_whole_and_a_restored_one_tells_what_it_lacks(
    prompt: Prompt, loaded: Path, tmp_path: Path
) -> None:
    made = []
    with appending(loaded) as sizes:
        for number in range(3):
            before = acknowledged(sizes, 10)
            ran = prompt.run("backup", loaded, tmp_path / f"b{number}.db", "--json")
            assert ran.code == 0, ran
            assert ran.json["entries"] >= before, "an entry that was acknowledged is not in the backup"
            made.append(ran.json)
            assert "self-consistent" in prompt.run("verify", tmp_path / f"b{number}.db").out
        acknowledged(sizes, 5)
    assert [one["entries"] for one in made] == sorted(one["entries"] for one in made)
    whole = prompt.ok("backup", loaded, tmp_path / "whole.db", "--json").json
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    for name in ("log-key.pem", "log-memory"):
        shutil.copy2(loaded / name, fresh / name)
    ran = prompt.run("restore", tmp_path / "b0.db", fresh)
    assert ran.code == 1
    assert f"№ {made[0]['entries'] + 1}–№ {whole['entries']} are missing" in ran.err
    with running(Settings(data=fresh)) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 503
    assert prompt.run("restore", tmp_path / "whole.db", fresh).code == 0
    with running(Settings(data=fresh)) as url:  # it listens before its projections have followed
        until(lambda: httpx.get(f"{url}/readyz", trust_env=False).is_success, "it is ready")


# -- restoring into a database --------------------------------------------------------


class Keeper:
    """A ledger's directory without its log, a whole backup and an older one, and an empty database."""

    def __init__(self, prompt: Prompt, folder: Path, conninfo: str) -> None:
        self.prompt, self.conninfo = prompt, conninfo
        self.directory, self.whole, self.older = folder / "kept", folder / "whole.db", folder / "older.db"

    def restore(self, source: Path, *more: object) -> Ran:
        return self.prompt.run(
            "restore", source, self.directory, "--database", self.conninfo, *more, **UNSAFE
        )

    def size(self) -> int:
        with psycopg.connect(self.conninfo) as base:
            row = base.execute("SELECT size FROM pledger.head").fetchone()
        return int(row[0]) if row else -1

    def documents(self) -> int:
        end = named_end(self.conninfo)
        return len(list(end.documents.everything()))

    @contextmanager
    def served(self) -> Iterator[str]:
        with running(Settings(data=self.directory, database=self.conninfo, database_unsafe=True)) as url:
            yield url


@pytest.fixture
def keeper(prompt: Prompt, model_town: TestLedger, tmp_path: Path, postgres_database: str) -> Keeper:
    made = Keeper(prompt, tmp_path, postgres_database)
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        bring(documents_of(town.ledger.directory), b"a document")
        town.submit("financing.changed", PROGRAMME, lines("150.00"))
        town.close()
        backup(prompt, town.path, made.older)
        town.reopen()
        for amount in ("160.00", "170.00"):
            town.submit("financing.changed", PROGRAMME, lines(amount))
    backup(prompt, town.path, made.whole)
    made.directory.mkdir()
    for name in ("log-key.pem", "log-memory"):
        shutil.copy2(town.path / name, made.directory / name)
    migrate(Database(postgres_database))
    return made


def test_a_backup_is_restored_into_a_database_and_the_ledger_goes_on(keeper: Keeper) -> None:
    ran = keeper.restore(keeper.whole)
    assert ran.code == 0, ran
    assert "Documents brought: 1" in ran.err
    assert keeper.documents() == 1
    record = json.loads((keeper.directory / "restored.json").read_bytes())["restored"][-1]
    assert (record["size"], record["missing"], record["before"]) == (keeper.size(), None, None)
    with keeper.served() as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).is_success
        assert httpx.get(f"{url}/v1", trust_env=False).json()["restored"]["size"] == keeper.size()
    assert not (keeper.directory / "ledger.db").exists()


def test_the_directorys_own_file_names_the_database_too(keeper: Keeper) -> None:
    (keeper.directory / "database").write_text(keeper.conninfo)
    ran = keeper.prompt.run("restore", keeper.whole, keeper.directory, **UNSAFE)
    assert ran.code == 0, ran
    assert keeper.size() > 0
    assert not (keeper.directory / "ledger.db").exists()


def test_an_older_backup_in_a_database_is_noticed_by_the_keys_memory(keeper: Keeper) -> None:
    ran = keeper.restore(keeper.older)
    assert ran.code == 1
    assert f"№ {keeper.size() + 1}–№ {keeper.size() + 2} are missing" in ran.err
    with keeper.served() as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 503


def test_a_database_that_holds_anything_is_kept(keeper: Keeper) -> None:
    keeper.restore(keeper.older)
    held = keeper.size()
    ran = keeper.restore(keeper.whole)
    assert ran.code == 1
    assert "is kept" in ran.err
    assert keeper.size() == held


def test_another_past_is_never_restored_into_a_database(
    keeper: Keeper, model_town: TestLedger, tmp_path: Path
) -> None:
    with TestLedger.copy_of(model_town, tmp_path / "fork") as town:
        for amount in ("1.00", "2.00", "3.00", "4.00", "5.00"):
            town.submit("financing.changed", PROGRAMME, lines(amount))
    backup(keeper.prompt, tmp_path / "fork", tmp_path / "fork.db")
    ran = keeper.restore(tmp_path / "fork.db")
    assert ran.code == 1
    assert "another past" in ran.err
    assert keeper.size() == 0


@pytest.mark.parametrize("at", ["rows", "check"])
def test_a_restore_that_breaks_off_leaves_nothing_that_could_be_served(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    class Cut(BaseException):
        """As when the process is killed."""

    def cut(*_: Any, **__: Any) -> None:
        raise Cut

    name = "ledger.putting_back.copy_notes" if at == "rows" else "ledger.putting_back.check_same"
    with monkeypatch.context() as broken:
        broken.setattr(name, cut)
        with pytest.raises(Cut):
            keeper.restore(keeper.whole)
    assert keeper.size() == 0
    assert keeper.restore(keeper.whole).code == 0


def test_a_database_that_is_not_migrated_takes_no_backup(keeper: Keeper, postgres: Any) -> None:
    keeper.conninfo = postgres.fresh_database()
    ran = keeper.restore(keeper.whole)
    assert ran.code == 3
    assert "pledger migrate" in ran.err


def test_documents_of_a_backup_are_brought_along_in_a_directory_too(keeper: Keeper, tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    for name in ("log-key.pem", "log-memory"):
        shutil.copy2(keeper.directory / name, tmp_path / "fresh" / name)
    ran = keeper.prompt.run("restore", keeper.whole, tmp_path / "fresh")
    assert ran.code == 0, ran
    assert len(list(documents_of(Directory(tmp_path / "fresh")).everything())) == 1


# -- documents that the log names -----------------------------------------------------


@pytest.fixture
def naming(model_town: TestLedger, tmp_path: Path) -> tuple[Path, str, str]:
    """A closed ledger that names two documents, a public one and a restricted one, of which both are here."""
    said = [(b"a decision", "public"), (b"with a tax number", "restricted")]
    files = [
        {
            "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "name": f"{access}.txt",
            "media_type": "text/plain", "access": access,
        }
        for content, access in said
    ]  # fmt: skip
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        town.submit("financing.changed", PROGRAMME, lines("150.00"), files=files)
        for content, access in said:
            bring(documents_of(town.ledger.directory), content, restricted=access == "restricted")
    return tmp_path / "town", str(files[0]["sha256"]), str(files[1]["sha256"])


def test_a_backup_tells_which_named_documents_are_not_in_it(
    prompt: Prompt, naming: tuple[Path, str, str]
) -> None:
    town, public, restricted = naming
    whole = backup(prompt, town, town.parent / "whole.db", "--documents-required", "--json")
    assert (whole.code, whole.json["documents_missing"]) == (0, [])
    named = whole.json["documents_named"]
    place = Directory(town)
    if place.database is None:
        shutil.rmtree(town / "files")
    else:
        with psycopg.connect(place.database.conninfo) as base:
            base.execute("DELETE FROM pledger.document_pieces")
            base.execute("DELETE FROM pledger.documents")
    ran = backup(prompt, town, town.parent / "less.db")
    assert ran.code == 0
    assert f"named by the log: {named}, here: {named - 2}" in ran.err
    assert public in ran.err
    assert restricted in ran.err
    asked = backup(prompt, town, town.parent / "asked.db", "--documents-required", "--json")
    assert (asked.code, asked.json["documents_missing"]) == (1, sorted([public, restricted]))
    fresh = town.parent / "fresh"
    fresh.mkdir()
    for name in ("log-key.pem", "log-memory"):
        shutil.copy2(town / name, fresh / name)
    for words, code in (((), 0), (("--documents-required",), 1)):
        restored = prompt.run("restore", town.parent / "less.db", fresh, *words)
        assert restored.code == code, restored
        assert public in restored.err


def test_what_a_killed_backup_left_is_taken_away_by_the_next(prompt: Prompt, closed: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [closed.parent / f".town.db.{gone.pid}.new{more}" for more in ("", "-journal", "-wal")]
    running_one = closed.parent / f".town.db.{os.getppid()}.new"
    other = closed.parent / f".towns.db.{gone.pid}.new"
    for path in (*left, running_one, other):
        path.write_bytes(b"half")
    assert backup(prompt, closed, closed.parent / "town.db").code == 0
    assert [path for path in left if path.exists()] == []
    assert running_one.exists()
    assert other.exists()


# -- a signer of its own --------------------------------------------------------------


def test_what_a_signer_holds_elsewhere_is_unknown_and_not_lost(keeper: Keeper) -> None:
    for name in ("log-key.pem", "log-memory"):
        (keeper.directory / name).unlink()
    ran = keeper.restore(keeper.older)
    assert ran.code == 1
    assert "unknown whether entries are missing" in ran.err
    assert "is lost" not in ran.err
    assert "cannot start" not in ran.err
    record = json.loads((keeper.directory / "restored.json").read_bytes())["restored"][-1]
    assert (record["signer"], record["signed_size"], record["unprotected"]) == ("unknown", None, True)


def test_a_signer_that_is_asked_tells_what_is_missing(keeper: Keeper, tmp_path: Path) -> None:
    apart = tmp_path / "signer"
    apart.mkdir()
    for name in ("log-key.pem", "log-memory"):
        (keeper.directory / name).rename(apart / name)
    address = f"unix:{apart}/s"
    with serving("--data", apart, "--listen", address):
        ran = keeper.restore(keeper.older, "--signer", address)
    assert ran.code == 1
    assert f"№ {keeper.size() + 1}–№ {keeper.size() + 2} are missing" in ran.err
    record = json.loads((keeper.directory / "restored.json").read_bytes())["restored"][-1]
    assert (record["signer"], record["signed_size"]) == ("asked", keeper.size() + 2)


def test_a_database_that_is_led_by_a_server_takes_no_backup(keeper: Keeper) -> None:
    generations = SchemaGenerations(Database(keeper.conninfo, unsafe=True))
    try:
        assert generations.lead()
        ran = keeper.restore(keeper.whole)
    finally:
        generations.close()
    assert ran.code == 3
    assert "stop it first" in ran.err
    assert keeper.size() == 0
    assert not (keeper.directory / "restored.json").exists()
