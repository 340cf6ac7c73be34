"""`pledger export`: a whole file or none, from a server or a ledger's own directory."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

import httpx
import pytest

from api.cli.exporting import Form as CommandForm
from api.cli.exporting import TableName
from api.cli.exporting_file import Counted
from api.client import TABLE_TYPES
from api.exports.export import TYPES
from api.exports.table import FORMS
from api.exports.tables import TABLES
from api.settings import Settings
from projections.history import row_of
from tests.api.cli_runner import Prompt, prompt
from tests.api.running import running

__all__ = ["prompt"]
pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def url(nation: Path) -> Iterator[str]:
    with running(Settings(data=nation)) as address:
        yield address


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def exported(url: str, path: str) -> bytes:
    return httpx.get(f"{url}/v1/exports/{path}", trust_env=False).content


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_table_is_put_into_a_file_and_summed_up(prompt: Prompt, url: str, place: Path, form: str) -> None:
    ran = prompt.ok(
        *("export", "budget", "--format", form, "--programme", "c0-p1", "--year", 2025),
        *("--as-of", "2025-06-01", "--known", 200, "--out", place, "--json", "--server", url),
    )
    path = Path(ran.json["file"])
    assert path.name == f"c0-p1-budget-2025-06-01-200.{form}"
    assert (ran.json["position"], ran.json["as_of"], ran.json["rows"]) == (200, "2025-06-01", 6)
    assert ran.json["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert ran.json["bytes"] == path.stat().st_size
    query = f"budget?format={form}&programme=c0-p1&year=2025&as_of=2025-06-01&known=200"
    assert path.read_bytes() == exported(url, query)
    assert [one.name for one in place.iterdir()] == [path.name]


def test_without_a_server_the_same_bytes_come_from_the_ledgers_file(
    prompt: Prompt, url: str, nation: Path, place: Path
) -> None:
    for table, more in (("events", []), ("cells", ["--as-of", "2025-06-01"]), ("acts", ["--year", "2023"])):
        for source in (["--server", url], ["--data", str(nation)]):
            out = place / source[0][2:]
            prompt.ok("export", table, *more, *source, "--out", out)
        assert (place / "server").read_bytes() == (place / "data").read_bytes()


def test_a_dash_is_stdout_and_the_summary_is_beside_it(prompt: Prompt, url: str) -> None:
    ran = prompt.ok("export", "acts", "--out", "-", "--server", url)
    assert ran.out.encode() == exported(url, "acts")
    assert ran.err.startswith(f"rows: {ran.out.count(chr(10))}, bytes: {len(ran.out.encode())}, position ")


def test_events_without_their_bytes_are_asked_for_by_name(prompt: Prompt, url: str, place: Path) -> None:
    prompt.ok("export", "events", "--no-entries", "--out", place / "e", "--server", url)
    assert (place / "e").read_bytes() == exported(url, "events?full=no")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["cells", "--year", "2025"], 2),
        (["acts", "--as-of", "2025-01-01"], 2),
        (["cells", "--no-entries"], 2),
        (["secrets"], 2),
        (["cells", "--out", "-", "--json"], 2),
        (["budget", "--programme", "nobody"], 3),
        (["budget", "--programme", "NO BODY"], 2),
        (["events", "--measure", "1.1"], 2),
        (["budget", "--known", "99999"], 3),
    ],
)
@pytest.mark.parametrize("here", [True, False])
def test_what_is_not_answered_leaves_no_file(
    prompt: Prompt, url: str, nation: Path, place: Path, words: list[str], code: int, here: bool
) -> None:
    source = ["--data", str(nation)] if here else ["--server", url]
    out = [] if "--out" in words else ["--out", str(place / "out")]
    ran = prompt.run("export", *words, *source, *out)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err
    assert list(place.iterdir()) == []


def test_what_breaks_off_leaves_nothing_and_what_was_there(prompt: Prompt, url: str, place: Path) -> None:
    def fail(reading: Any, entry: Any) -> Any:
        if entry.index == 180:
            raise sqlite3.DatabaseError("malformed")
        return row_of(reading, entry)

    out = place / "events.jsonl"
    out.write_text("of yesterday")
    with patch("api.exports.events.row_of", fail), patch("api.exports.lines.PIECE_BYTES", 4096):
        ran = prompt.run("export", "events", "--out", out, "--server", url)
    assert (ran.code, ran.out) == (3, "")
    assert "broke off" in ran.err
    assert [one.read_text() for one in place.iterdir()] == ["of yesterday"]
    assert prompt.run("export", "acts", "--out", place / "no" / "acts", "--server", url).code == 3


def test_the_command_and_the_client_know_every_table_and_form() -> None:
    assert set(get_args(get_args(TableName)[0])) == set(TABLES)
    assert set(get_args(get_args(CommandForm)[0])) == set(FORMS)
    assert {form: kind.partition(";")[0] for form, kind in TYPES.items()} == TABLE_TYPES


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_records_of_csv_are_counted_however_they_are_cut(place: Path, size: int) -> None:
    raw = b'a,b\r\n1,"x\r\ny ""q"" z"\r\n"",2\r\n'
    with (place / "t.csv").open("wb") as file:
        counted = Counted(file, "csv")
        for start in range(0, len(raw), size):
            counted.write(raw[start : start + size])
    assert counted.rows() == 2
    assert counted.size == len(raw)
