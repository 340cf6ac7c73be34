"""Which webhooks there are: a TOML file of the operator's, read strictly.

[[webhook]]
id = "portal"
url = "https://portal.example/pledger"
secret_file = "portal.secret"           # mode 0600; beside this file if it has no folder
kinds = ["financing.changed"]           # of events; all, if it is left out
subjects = ["programme:town-2025"]      # streams; all, if it is left out
enabled = true
after = 0                               # where a new webhook begins; at the end, if it is left out
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from api.webhooks.lines import Lines
from api.webhooks.wanted import COUNT_MAX, READERS, REQUIRED
from ledger.entry import Entry
from ledger.errors import StorageError
from ledger.sentence import Sentence

FILE_BYTES_MAX: Final = 1 << 20
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")


class UnfitHooks(StorageError):
    """A file that can be read, and configures no webhooks as it is."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook. kinds, subjects: None for all of them; after: None for the end of the log."""

    id: str
    url: str
    secret_file: Path
    kinds: frozenset[str] | None = None
    subjects: frozenset[str] | None = None
    enabled: bool = True
    after: int | None = None

    @property
    def shown_url(self) -> str:
        """Without its query, which may be a secret of the receiver's."""
        return self.url.partition("?")[0]

    def wants(self, entry: Entry, kind: str) -> bool:
        """Is it told of this entry?"""
        return (self.kinds is None or kind in self.kinds) and (
            self.subjects is None or entry.stream in self.subjects
        )


def read_hooks(path: Path) -> tuple[Hook, ...]:
    """Every webhook of a file, those switched off too.

    Raises UnfitHooks with all that is wrong, each with its line; no secret is read here.
    """
    text = _read(path)
    try:
        members = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unfit(path, [_no_toml(str(error), text)]) from None
    except RecursionError:
        raise _unfit(path, [_no_toml()]) from None
    lines = Lines(text)
    faults = [*_faults(members, lines)]
    if faults:
        raise _unfit(path, faults)
    return tuple(_hook(table, path.parent) for table in members.get("webhook", []))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
        if len(raw) > FILE_BYTES_MAX:
            raise _unfit(path, [Sentence("the file is too large", "webhooks-too-large")])
        return raw.decode()
    except UnicodeDecodeError:
        raise _unfit(path, [_no_toml()]) from None
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
        ) from error


def _unfit(path: Path, faults: list[Sentence]) -> UnfitHooks:
    return UnfitHooks(
        Sentence(
            "{path} is no configuration of webhooks: {faults}", "webhooks-unfit", path=path, faults=faults
        )
    )


def _no_toml(said: str = "", text: str = "") -> Sentence:
    """said: by the parser; it names no place where the text ends too early."""
    found = _PLACE.search(said)
    end = (str(max(1, text.count("\n") + 1)), "1")
    line, column = found.groups() if found is not None else end
    return Sentence(
        "line {line}, column {column}: this is no TOML", "webhooks-no-toml", line=line, column=column
    )


def _faults(members: Mapping[str, Any], lines: Lines) -> Iterator[Sentence]:
    for key in members:
        if key != "webhook":
            yield _unknown(lines.top(key), key)
    tables = members.get("webhook", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        yield _unknown(lines.top("webhook"), "webhook")
        return
    if len(tables) > COUNT_MAX:
        yield Sentence(
            "there are {count} webhooks, and {count_max} may be", "webhooks-too-many",
            count=len(tables), count_max=COUNT_MAX,
        )  # fmt: skip
    seen: set[str] = set()
    for place, table in enumerate(tables):
        yield from _table_faults(table, place, lines)
        if isinstance(table.get("id"), str):
            if table["id"] in seen:
                yield Sentence(
                    "line {line}: there is a webhook {id} already", "webhook-twice",
                    line=lines.of(place, "id"), id=table["id"],
                )  # fmt: skip
            seen.add(table["id"])


def _table_faults(table: Mapping[str, Any], place: int, lines: Lines) -> Iterator[Sentence]:
    for key in REQUIRED:
        if key not in table:
            yield Sentence(
                "line {line}: the key {key} is missing", "webhook-key-missing",
                line=lines.of(place, ""), key=key,
            )  # fmt: skip
    for key, value in table.items():
        line = lines.of(place, key)
        if key not in READERS:
            yield _unknown(line, key)
        elif not READERS[key].takes(value):
            yield Sentence(
                "line {line}: {key} has to be {wanted}", "webhook-value", line=line, key=key,
                wanted=READERS[key].wanted,
            )  # fmt: skip


def _unknown(line: int, key: str) -> Sentence:
    return Sentence("line {line}: there is no key {key}", "webhook-key-unknown", line=line, key=repr(key))


def _hook(table: Mapping[str, Any], folder: Path) -> Hook:
    return Hook(
        table["id"],
        table["url"],
        folder / table["secret_file"],
        frozenset(table["kinds"]) if "kinds" in table else None,
        frozenset(table["subjects"]) if "subjects" in table else None,
        table.get("enabled", True),
        table.get("after"),
    )
