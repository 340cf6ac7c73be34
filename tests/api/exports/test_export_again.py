"""A ledger made anew from its exported events is the same: its root, and each state at each point."""

from __future__ import annotations

import shutil
from base64 import b64decode, b64encode
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api.settings import Settings
from ledger.backup import Backup, check_copy, copy_source
from ledger.errors import StorageError
from ledger.log import open_reader
from ledger.merkle import read_frontier
from ledger.store.base import LogReader
from ledger.walking import BackupError
from tests.api.cli_runner import Prompt, prompt
from tests.api.exports.conftest import EVENTS
from tests.api.running import running

__all__ = ["prompt"]
pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]  # a file takes the place of ledger.db

POINTS = [("2024-01-15", 60), ("2024-09-15", 150), ("2025-06-01", 200), ("2026-12-31", EVENTS)]


@pytest.fixture(scope="module")
def log(nation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All events of the ledger as JSON Lines, as the server gives them."""
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    with running(Settings(data=nation)) as url:
        path.write_bytes(httpx.get(f"{url}/v1/exports/events", trust_env=False).content)
    return path


def states(folder: Path) -> dict[tuple[str, str, int], Any]:
    """The hash of each programme's state at each point."""
    found: dict[tuple[str, str, int], Any] = {}
    with running(Settings(data=folder)) as url, httpx.Client(trust_env=False, base_url=url) as client:
        for day, known in POINTS:
            for row in client.get(f"/v1/programmes?as_of={day}&known={known}").json()["items"]:
                state = client.get(f"/v1/programmes/{row['id']}?as_of={day}&known={known}").json()
                found[row["id"], day, known] = state["state_hash"]
    return found


def root_of(reader: LogReader) -> bytes:
    return read_frontier(reader.nodes, reader.head().size).root()


def test_export_then_restore_gives_the_same_ledger(
    prompt: Prompt, nation: Path, log: Path, tmp_path: Path
) -> None:
    """The log key's memory of what it signed is beside the new file: it is compared with the root."""
    folder = tmp_path / "again"
    folder.mkdir()
    for name in ("log-key.pem", "log-memory"):
        shutil.copy2(nation / name, folder / name)
    prompt.ok("restore", log, folder)
    with closing(open_reader(folder / "ledger.db")) as new, closing(open_reader(nation / "ledger.db")) as old:
        assert new.head() == old.head()
        assert root_of(new) == root_of(old)
        for start in range(0, EVENTS, 100):
            assert [one.raw for one in new.entries(start, 100)] == [
                one.raw for one in old.entries(start, 100)
            ]
    first = states(folder)
    assert first == states(nation)
    assert len({position for _, _, position in first}) == len(POINTS)
    with running(Settings(data=folder)) as url:  # the log key has signed its head again
        said = httpx.get(f"{url}/v1", trust_env=False).json()
    trust = prompt.write("trust.json", {name: said[name] for name in ("origin", "genesis", "log_key")})
    report = prompt.ok("verify", folder, "--trust", trust, "--json").json
    assert report["verdict"] == "verified", report


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in log.read_bytes().splitlines()]


def bent(log: Path, to: Path, change: Any) -> Path:
    to.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in change(lines_of(log))))
    return to


def make(source: Path, copy: Path) -> Backup:
    copy_source(source, copy)
    return check_copy(copy)


CHANGES = {
    "one is missing": lambda rows: rows[:7] + rows[8:],
    "two change places": lambda rows: [*rows[:7], rows[8], rows[7], *rows[9:]],
    "one is there twice": lambda rows: [*rows[:8], rows[7], *rows[8:]],
    "without entries": lambda rows: [{k: v for k, v in row.items() if k != "entry"} for row in rows],
    "no base64": lambda rows: [*rows[:3], rows[3] | {"entry": "%%%"}, *rows[4:]],
    "no entry": lambda rows: [*rows[:3], rows[3] | {"entry": "e30="}, *rows[4:]],
    "a number": lambda rows: [*rows[:3], rows[3] | {"entry": 7}, *rows[4:]],
    "of one programme": lambda rows: [row for row in rows if row["programme"] == "c0-p1"],
}


@pytest.mark.parametrize("how", sorted(CHANGES))
def test_what_is_no_whole_log_is_refused_and_nothing_is_left(log: Path, tmp_path: Path, how: str) -> None:
    source = bent(log, tmp_path / "bent.jsonl", CHANGES[how])
    with pytest.raises((StorageError, BackupError)):
        make(source, tmp_path / "copy.db")


def test_a_log_that_was_cut_short_in_a_line_is_refused(prompt: Prompt, log: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl"
    cut.write_bytes(log.read_bytes()[:-40])
    ran = prompt.run("restore", cut, tmp_path / "again")
    assert ran.code != 0
    assert "cut short" in ran.err
    assert not (tmp_path / "again" / "ledger.db").exists()


def test_one_changed_byte_of_an_entry_gives_another_root(log: Path, nation: Path, tmp_path: Path) -> None:
    """What the lines tell is not believed: the tree says whether the entries are those that were logged."""

    def change(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        raw = b64decode(rows[-1]["entry"]).replace(b'"recorded_at":"20', b'"recorded_at":"21')
        return [*rows[:-1], rows[-1] | {"entry": b64encode(raw).decode()}]

    made = make(bent(log, tmp_path / "bent.jsonl", change), tmp_path / "copy.db")
    with closing(open_reader(nation / "ledger.db")) as old:
        assert made.root != root_of(old)
