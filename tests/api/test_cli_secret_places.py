"""A connection string where a directory is wanted is refused, and its password is never shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api.cli.main import app
from tests.api.cli_runner import Prompt, prompt

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
PASSWORD = "hunter2-of-tests"
GIVEN = (
    f"postgresql://pledger:{PASSWORD}@127.0.0.1:1/pledger",
    f"host=127.0.0.1 port=1 password={PASSWORD} dbname=x",
    f"password='{PASSWORD}",
)
TAKES = {("migrate", "database"), ("copy", "source"), ("copy", "destination"), ("backup", "source")}


def commands(of: Any = None, name: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command of the program, with the words that call it."""
    of = get_command(app) if of is None else of
    for one, command in getattr(of, "commands", {}).items():
        yield from commands(command, (*name, one))
    if not hasattr(of, "commands"):
        yield name, of


PLACES = [
    pytest.param(name, option, id=" ".join((*name, option.opts[0])))
    for name, command in commands()
    for option in command.params
    if (name[0], option.name) not in TAKES and option.name not in ("database", "replica")
    if "Path" in str(option.type_descriptor.annotation)
    or option.name in ("target", "url", "server", "signer", "address", "listen")
]


@pytest.mark.parametrize(("name", "option"), PLACES)
def test_no_place_takes_a_connection_string_or_shows_it(
    prompt: Prompt, name: tuple[str, ...], option: Any
) -> None:
    given, is_option = GIVEN[0], option.opts[0].startswith("-")
    for words in [[option.opts[0], given], [f"{option.opts[0]}={given}"]] if is_option else [[given]]:
        before = [str(prompt.home / "source")] if name == ("backup",) else []
        ran = prompt.run(*name, *before, *words)
        assert ran.code == 2
        assert PASSWORD not in ran.out + ran.err
        assert "connection string" in ran.err


@pytest.mark.parametrize("given", GIVEN)
def test_whatever_a_connection_string_looks_like(prompt: Prompt, given: str) -> None:
    for words in (["restore", given, prompt.home], ["rebuild", "--data", given]):
        ran = prompt.run(*words)
        assert (ran.code, "connection string" in ran.err) == (2, True)
        assert PASSWORD not in ran.out + ran.err


def test_all_the_places_that_were_shown_are_among_them() -> None:
    ids = {one.id for one in PLACES}
    assert {
        "restore directory", "restore source", "verify target", "rebuild --data", "serve --data",
        "signer serve --data", "backup target", "logkey prepare directory", "publish folder",
    } <= ids  # fmt: skip


def test_a_directory_with_an_equals_sign_is_a_directory(prompt: Prompt) -> None:
    ran = prompt.run("verify", prompt.home / "year=2026")
    assert "connection string" not in ran.err


@pytest.mark.parametrize("command", ["copy", "backup"])
def test_a_source_may_be_a_connection_string_whose_password_is_not_shown(
    prompt: Prompt, command: str, tmp_path: Path
) -> None:
    ran = prompt.run(command, GIVEN[0], tmp_path / "there")
    assert ran.code != 2
    assert PASSWORD not in ran.out + ran.err
    assert "wanted here" not in ran.err


def test_the_refusal_is_in_ukrainian_too(prompt: Prompt) -> None:
    ran = prompt.run("restore", GIVEN[0], prompt.home, "--lang", "uk")
    assert "рядок під'єднання" in ran.err
