"""`pledger copy`: a ledger moves to another store, and both answer the same (docs/operations.md)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from api.cli.moving import named_end
from api.comparing import sample
from api.demo.run import seed
from api.settings import Settings
from ledger.backing_up import back_up
from ledger.directory import Directory
from ledger.store.place import Database
from ledger.store.postgres.migrating import migrate
from projections.store.postgres import SchemaGenerations
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.running import running
from tests.support.town import TestLedger

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
UNSAFE = {"PLEDGER_DATABASE_UNSAFE": "1"}


@dataclass
class Moving:
    """A told ledger in an SQLite directory with its key and memory, and an empty migrated database."""

    prompt: Prompt
    directory: Path
    conninfo: str

    def copy(self, source: object, target: object, *more: object, **env: str) -> Ran:
        return self.prompt.run("copy", source, target, *more, **UNSAFE, **env)

    def move(self) -> None:
        """What the words after a copy say: the same directory, with the database named in it."""
        place = Directory(self.directory)
        for path in self.directory.glob("ledger.db*"):
            path.rename(self.directory.parent / path.name)
        place.database_file.write_text(self.conninfo)
        place.database_file.chmod(0o600)

    def execute(self, sql: str) -> int:
        with psycopg.connect(self.conninfo) as base:
            return base.execute(sql.encode()).rowcount


@pytest.fixture
def moving(
    prompt: Prompt, storied_town: TestLedger, postgres_database: str, tmp_path: Path
) -> Iterator[Moving]:
    with TestLedger.copy_of(storied_town, tmp_path / "told"):
        pass
    directory = tmp_path / "town"
    directory.mkdir()
    made = back_up(named_end(str(tmp_path / "told")), tmp_path / "told.db")
    made.file.rename(directory / "ledger.db")
    for name in ("log-key.pem", "log-memory"):
        (directory / name).write_bytes((tmp_path / "told" / name).read_bytes())
    (directory / "log-key.pem").chmod(0o600)
    migrate(Database(postgres_database))
    return Moving(prompt, directory, postgres_database)  # type: ignore[return-value]


def answers(url: str) -> list[Any]:
    """What people ask of a ledger, whole: programmes, a state now and earlier, history, records."""
    name = httpx.get(f"{url}/v1/programmes", trust_env=False).json()["items"][0]["id"]
    base = f"/v1/programmes/{name}"
    asked = ["/v1/programmes", base, f"{base}?as_of=2025-06-01", f"{base}/history"]
    asked += [f"{base}/budget", "/v1/bodies", "/v1/events", f"{base}?known=24"]
    found = []
    for path in asked:
        answer = httpx.get(url + path, trust_env=False)
        assert answer.status_code == 200, (path, answer.text)
        found.append(answer.json())
    return found


def test_a_directory_goes_to_a_database_and_the_server_goes_on_there(moving: Moving) -> None:
    with running(Settings(data=moving.directory)) as url:
        before = answers(url)
        root = httpx.get(f"{url}/v1/checkpoint", trust_env=False).text
    said = moving.copy(moving.directory, moving.conninfo, "--json").json
    assert said["entries"] == int(root.splitlines()[1])
    assert (said["programmes"], said["blocked"], said["more"]) == (1, 0, 0)
    assert said["cells"] > 100
    assert said["source_projections"] == "in-use"
    moving.move()
    with running(Settings(data=moving.directory, database_unsafe=True)) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).is_success
        assert answers(url) == before
        assert httpx.get(f"{url}/v1/checkpoint", trust_env=False).text == root


@pytest.mark.parametrize("language", ["uk", "en"])
def test_it_says_what_was_compared_and_what_to_do_next(moving: Moving, language: str) -> None:
    ran = moving.copy(moving.directory, moving.conninfo, "--lang", language)
    assert ran.code == 0, ran
    assert "log-memory" in ran.err
    assert "database" in ran.err
    assert ("рівні в обох" if language == "uk" else "equal on both sides") in ran.out
    assert "pledger verify" in ran.err
    assert str(conninfo_to_dict(moving.conninfo)["password"]) not in ran.out + ran.err


def test_a_copy_goes_on_and_back_again(moving: Moving, tmp_path: Path) -> None:
    first = moving.copy(moving.directory, moving.conninfo, "--json").json
    again = moving.copy(moving.directory, moving.conninfo, "--json").json
    assert (first["before"], again["before"]) == (0, first["entries"])
    back = moving.copy(moving.conninfo, tmp_path / "back", "--json").json
    assert (back["root"], back["entries"], back["cells"]) == (first["root"], first["entries"], first["cells"])
    ran = moving.prompt.run("verify", tmp_path / "back" / "ledger.db")
    assert "self-consistent" in ran.out


def test_the_projections_of_a_target_are_those_of_the_last_copy(moving: Moving) -> None:
    moving.copy(moving.directory, moving.conninfo)
    moving.copy(moving.directory, moving.conninfo)
    with psycopg.connect(moving.conninfo) as base:
        rows = base.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pledger\\_p%'").fetchall()
        (current,) = base.execute("SELECT current FROM pledger.generations").fetchone() or ("",)
    assert [name for (name,) in rows] == [current]


def test_a_served_source_is_copied_as_far_as_it_is(moving: Moving) -> None:
    with running(Settings(data=moving.directory)):
        ran = moving.copy(moving.directory, moving.conninfo, "--json")
    assert ran.code == 0, ran
    assert ran.json["source_projections"] == "in-use"


def test_a_target_that_is_served_is_refused(moving: Moving, tmp_path: Path) -> None:
    moving.copy(moving.directory, moving.conninfo)
    moving.copy(moving.conninfo, tmp_path / "other")
    source = tmp_path / "other"
    moving.move()
    with running(Settings(data=moving.directory, database_unsafe=True)):
        ran = moving.copy(source, moving.conninfo)
    assert (ran.code, ran.out) == (3, "")
    assert "stop it first" in ran.err


def test_a_target_directory_that_is_served_is_refused(moving: Moving, tmp_path: Path) -> None:
    moving.copy(moving.directory, moving.conninfo)
    with running(Settings(data=moving.directory)):
        ran = moving.copy(moving.conninfo, moving.directory)
    assert (ran.code, ran.out) == (3, "")
    assert "stop it first" in ran.err


def test_a_database_that_is_not_migrated_is_refused_with_what_to_do(moving: Moving, postgres: Any) -> None:
    ran = moving.copy(moving.directory, postgres.fresh_database())
    assert ran.code == 3
    assert "pledger migrate" in ran.err


def test_a_database_that_does_not_sync_is_refused(moving: Moving) -> None:
    ran = moving.prompt.run("copy", moving.directory, moving.conninfo)
    assert ran.code == 3
    assert "does not sync" in ran.err
    assert moving.execute("SELECT 1 FROM pledger.pledger_events") == 0


def test_a_source_that_does_not_verify_is_not_copied_when_asked(moving: Moving) -> None:
    with closing(sqlite3.connect(moving.directory / "ledger.db")) as file, file:
        file.execute(
            "UPDATE checkpoints SET note=replace(note, '—', '-')"
            " WHERE size=(SELECT MIN(size) FROM checkpoints)"
        )
    ran = moving.copy(moving.directory, moving.conninfo, "--verify")
    assert ran.code == 1
    assert moving.execute("SELECT 1 FROM pledger.pledger_events") == 0


# What differs in the projections of a target, though its log is the same → what must be named.
DIFFERENCES = {
    "a value": ("UPDATE {}.lives SET said=replace(said, '100.00', '9') WHERE said LIKE '%100%'", "programme"),
    "a day": ("UPDATE {}.lives SET since = '2025-01-02' WHERE since = '2025-01-01'", "programme"),
    "an event": ("UPDATE {}.lives SET known_to = 25 WHERE known_to > 1000000", "programme"),
    "a record": ("UPDATE {}.records SET doc = replace(doc, 'а', 'о') WHERE space = 'person'", "records"),
    "a lost record": ("DELETE FROM {}.records WHERE space = 'person'", "spaces"),
    "a lost programme": ("DELETE FROM {}.programmes", "programmes"),
}  # fmt: skip


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_states_that_differ_end_the_copy(
    moving: Moving, difference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql, what = DIFFERENCES[difference]
    real = SchemaGenerations.make_current

    def spoiled(self: SchemaGenerations, name: str) -> None:
        real(self, name)
        assert moving.execute(sql.format(name)) > 0

    monkeypatch.setattr(SchemaGenerations, "make_current", spoiled)
    ran = moving.copy(moving.directory, moving.conninfo)
    assert (ran.code, ran.out) == (1, ""), ran
    assert f"does not answer as the source does: {what}" in ran.err


def test_a_sample_is_spread_to_both_ends() -> None:
    assert sample([1, 2, 3], 6) == [1, 2, 3]
    assert sample(range(100), 4) == [0, 33, 66, 99]
    assert sample([1, 2, 3], 1) == [3]
    assert sample([], 3) == []


@pytest.mark.sqlite
def test_the_demos_ledger_goes_to_a_database_and_back_and_verifies(moving: Moving, tmp_path: Path) -> None:
    seed(tmp_path / "demo", lambda _: None)
    there = moving.copy(tmp_path / "demo", moving.conninfo, "--json").json
    back = moving.copy(moving.conninfo, tmp_path / "back", "--json").json
    figures = ("entries", "root", "genesis", "programmes", "states", "cells", "records")
    assert [there[name] for name in figures] == [back[name] for name in figures]
    assert there["cells"] > 1000
    assert (there["documents"], back["documents"]) == (1, 1)
    assert "self-consistent" in moving.prompt.run("verify", tmp_path / "back").out
