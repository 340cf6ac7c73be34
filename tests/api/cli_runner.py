"""Runs `pledger` inside the test's process, as a person would at a prompt."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli.main import app
from tests.support.command_once import CliRunner


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: its exit code, its data, and what it said beside them."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Prompt:
    """A person's prompt: a home of their own, a wide screen, and a passphrase in a file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "passphrase").write_text("a passphrase of tests\n", encoding="utf8")
        self.env = {
            "XDG_CONFIG_HOME": str(home),
            "PLEDGER_PASSPHRASE_FILE": str(home / "passphrase"),
            "PLEDGER_LANG": "en",
            "COLUMNS": "200",
        }

    def run(self, *arguments: object, stdin: str | None = None, **env: str) -> Ran:
        """Run a command; an error that nobody caught fails the test."""
        words = [str(argument) for argument in arguments]
        result = CliRunner().invoke(app, words, input=stdin, env={**self.env, **env})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def ok(self, *arguments: object, **env: str) -> Ran:
        """Run a command that must end well."""
        ran = self.run(*arguments, **env)
        assert ran.code == 0, f"{arguments}: {ran}"
        return ran

    def write(self, name: str, value: Any) -> Path:
        """A JSON file at home."""
        path = self.home / name
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf8")
        return path


@pytest.fixture
def prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    """A prompt at an empty home, with key files that open in no time."""
    monkeypatch.setattr("ledger.keyfile.ROUNDS", 0x010001)  # fits the three bytes that the file has
    home = tmp_path / "home"
    home.mkdir()
    return Prompt(home)
