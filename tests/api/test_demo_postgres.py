"""`make demo-postgres` run whole, and judged from the outside: by what it prints, leaves and stops."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import orjson
import pytest

from api.demo.audit import NotShown
from ledger.keys import PrivateKey
from tests.demo_postgres import __main__ as demo
from tests.demo_postgres import reports
from tests.demo_postgres.reports import Report, sending
from tests.demo_postgres.steps import Steps
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.postgres_install import missing

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parents[2]
STEPS = [("✓", str(number)) for number in range(1, 10)]
NUMBERED = re.compile(r"^ +([✓✗]) ([0-9]+)\. ", re.MULTILINE)
END_SECONDS = 600


@pytest.fixture(scope="module")
def postgres_here() -> None:
    if reason := missing():
        pytest.skip(reason)


@contextmanager
def started(data: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """As make starts it; what it says comes on stderr."""
    command = [sys.executable, "-m", "tests.demo_postgres", "--data", str(data), *words]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def commands_of(data: Path) -> list[str]:
    """Command lines of all processes that name this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in found if str(data) in line]


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def statements(file: Path) -> list[tuple[bytes, dict[str, Any]]]:
    """Each entry of a ledger's file, and what was signed in it, read with nothing of ours."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT state FROM stored_events ORDER BY rowid").fetchall()
    return [(state, signed(orjson.loads(state))) for (state,) in rows]


def signed(entry: dict[str, Any]) -> dict[str, Any]:
    payload = entry["envelope"]["payload"]
    read: dict[str, Any] = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return read


def test_it_takes_every_step_and_leaves_nothing_running(postgres_here: None, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(data) as process:
        _, said = process.communicate(timeout=END_SECONDS)
    assert process.returncode == 0, said
    assert NUMBERED.findall(said) == STEPS
    assert "підтверджено / acknowledged: 2, знайдено / found: 2" in said
    assert "VERIFIED" in said.splitlines()[-1]
    # Five rows of the real document's year and what the invented story made of them.
    assert re.search(
        r"SQLite = http://\S+ = http://\S+: рядків / rows: [1-9][0-9]*, .*: 118000\.00$", said, re.M
    )
    assert commands_of(data) == []
    ports = {int(port) for port in re.findall(r"127\.0\.0\.1:([0-9]+)", said)}
    assert len(ports) == 4
    assert not any(listens(port) for port in ports)
    _check_files(data, said)


def _check_files(data: Path, said: str) -> None:
    """The backup begins with what was on SQLite, and holds two invented reports more, each once."""
    before, after = statements(data / "ledger" / "old" / "ledger.db"), statements(data / "backup.db")
    copied = re.search(r"is copied: ([0-9]+) ", said)
    assert copied is not None
    assert len(before) == int(copied[1])
    assert [raw for raw, _ in after[: len(before)]] == [raw for raw, _ in before]
    added = [one for _, one in after[len(before) :] if one["kind"] == "actual.reported"]
    assert [one["data"]["period"] for one in added] == ["2026-Q1", "2026-Q2"]
    assert all("вигадана" in one["example"] for one in added)
    assert not (data / "ledger" / "ledger.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_running(
    postgres_here: None, tmp_path: Path, number: signal.Signals
) -> None:
    data = tmp_path / "data"
    with started(data) as process:
        assert process.stderr is not None
        read_until(process.stderr, "✓ 4. ")
        assert len(commands_of(data)) >= 4  # itself, the signer, two servers
        process.send_signal(number)
        assert process.wait(END_SECONDS) == 128 + number
    until(lambda: commands_of(data) == [], "all have ended")


@pytest.mark.slow
def test_it_stays_on_request_and_begins_anew_the_next_time(postgres_here: None, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for _ in range(2):
        with started(data, "--keep") as process:
            assert process.stderr is not None
            said = read_until(process.stderr, "Ctrl+C")
            url = re.search(r"--server (http://127\.0\.0\.1:([0-9]+))", said)
            assert url is not None
            assert listens(int(url[2]))
            process.send_signal(signal.SIGINT)
            assert process.wait(END_SECONDS) == 0
        assert commands_of(data) == []


def read_until(stream: IO[str], words: str) -> str:
    said = ""
    for line in stream:
        said += line
        if words in line:
            return said
    raise AssertionError(f"never said: {words}\n{said}")


# -- pieces --------------------------------------------------------------------------------


@pytest.fixture
def unseeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ledger is made."""
    monkeypatch.setattr(demo, "seed", lambda data, say: data.mkdir())


@pytest.mark.parametrize("names", [["ledger.db"], ["demo-keys", "ledger.db"], ["demo-postgres", "notes.txt"]])
def test_a_folder_of_somebody_else_is_refused_and_stays(
    postgres_here: None, unseeded: None, tmp_path: Path, names: list[str]
) -> None:
    """The demo's own too: its key signs one history, not a second one here."""
    for name in names:
        (tmp_path / name).touch()
    said: list[str] = []
    assert demo.run(tmp_path, keep=False, say=said.append) == 2
    assert "this demo did not make" in " ".join(said).lower()
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(names)


def test_a_step_that_does_not_come_out_ends_it(
    postgres_here: None, unseeded: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> str:
        raise NotShown("other figures")

    monkeypatch.setattr(Steps, "all", lambda _: [("one", lambda: "good"), ("two", fails), ("three", fails)])
    said: list[str] = []
    assert demo.run(tmp_path / "data", keep=False, say=said.append) == 1
    assert [line.strip()[:4] for line in said[1:3]] == ["✓ 1.", "✗ 2."]
    assert "other figures" in said[2]
    assert not any("three" in line for line in said)


def test_a_report_that_nobody_records_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "ACKNOWLEDGED_SECONDS_MAX", 0.1)
    report = Report(b"", PrivateKey.generate("Ed25519"), {})
    with pytest.raises(NotShown, match="not recorded"), sending(f"http://127.0.0.1:{free_port()}", report):
        pass
