"""A connection string with a password, rightly spelt or not: nobody reads the password anywhere."""

from __future__ import annotations

import traceback

import pytest

from api.cli.main import app
from ledger.errors import StorageError
from ledger.store.place import Database
from ledger.store.postgres.migrating import check_migrated, migrate
from tests.support.command_once import CliRunner
from tests.support.ports import free_port

PIECES = ("S3cr", "zzet", "et@", "tail9")
WRONG = (
    "postgresql://u:S3cr%zzet@db/x",
    "postgresql://u:S3cr/et@db/x",
    "postgresql://u:S3cr/tail9",
    "postgresql://u:1234/S3cr@db/x",
    "host=db password=S3cr tail9 dbname=x",
    "host=db password='S3cr dbname=x",
)
RIGHT = (
    "postgresql://u:S3cr%2Ftail9@127.0.0.1:{port}/x",
    "postgresql://u:S3cr?tail9@127.0.0.1:{port}/x",
    "postgresql://u@127.0.0.1:{port}/x?password=S3cr",
    "host=127.0.0.1 port={port} password='S3cr tail9'",
)


def check_untold(text: str) -> None:
    assert [piece for piece in PIECES if piece in text] == [], text


@pytest.mark.parametrize("conninfo", [*WRONG, *RIGHT])
def test_a_password_is_in_no_words_about_a_database(conninfo: str) -> None:
    database = Database(conninfo.format(port=free_port()))
    check_untold(str(database))
    for use in (check_migrated, migrate):
        with pytest.raises(StorageError) as told:
            use(database)
        check_untold(str(told.value))


@pytest.mark.parametrize("conninfo", WRONG)
def test_a_string_that_is_none_is_not_told_in_a_trace_either(conninfo: str) -> None:
    """What is logged of an error is its whole chain."""
    with pytest.raises(StorageError) as told:
        check_migrated(Database(conninfo))
    check_untold("".join(traceback.format_exception_only(told.value)))
    assert told.value.__suppress_context__ or told.value.__context__ is None


@pytest.mark.parametrize("conninfo", [*WRONG, *RIGHT])
@pytest.mark.parametrize("language", ["uk", "en"])
def test_migrate_says_what_is_wrong_without_the_password(conninfo: str, language: str) -> None:
    given = ["migrate", conninfo.format(port=free_port()), "--lang", language]
    ended = CliRunner().invoke(app, given, env={"COLUMNS": "200"})
    assert ended.exit_code == 3, ended.output
    assert ("PostgreSQL" if conninfo in WRONG else "127.0.0.1") in ended.output
    check_untold(ended.output)
    assert "Traceback" not in ended.output
