"""Passphrases: asked at the terminal, or read from a file; never on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from api.cli.files import Unreadable, read_bytes
from api.cli.usage import Misused
from ledger.keyfile import load_key
from ledger.keys import PrivateKey


def open_keys(paths: Sequence[Path], files: Sequence[Path] | None) -> list[PrivateKey]:
    """Key files, each opened with its passphrase. Raises Refusal wrong-passphrase, StorageError."""
    if files and len(files) not in (1, len(paths)):
        raise Misused(
            (
                f"файлів із паролями {len(files)}, а ключів {len(paths)}",
                f"{len(files)} passphrase files for {len(paths)} keys",
            )
        )
    return [load_key(path, _passphrase(path, files, place)) for place, path in enumerate(paths)]


def _passphrase(path: Path, files: Sequence[Path] | None, place: int) -> str:
    if files:
        return from_file(files[place] if len(files) > 1 else files[0])
    return ask(f"Passphrase of {path}")


def new_passphrase(files: Sequence[Path] | None) -> str:
    """For a new key: from the file, or asked for twice."""
    return from_file(files[0]) if files else ask("Passphrase", twice=True)


def from_file(path: Path) -> str:
    """The first line of a file."""
    try:
        return read_bytes(path).decode().partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8") from None


def ask(text: str, *, twice: bool = False) -> str:
    answer: str = typer.prompt(text, hide_input=True, confirmation_prompt=twice, err=True)
    return answer
