"""`pledger follow`: a line for each event, and a cursor that is never ahead of what was printed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli_runner import Prompt, prompt
from tests.api.feed.served import Served, served
from tests.conftest import ROOT
from tests.support.town import TestLedger

__all__ = ["prompt"]

SECONDS_MAX = 60


def follow(prompt: Prompt, live: Served, *more: object) -> list[Any]:
    """What `--once --json` prints."""
    ran = prompt.ok("follow", "--server", live.url, "--once", "--json", *more)
    return [json.loads(text) for text in ran.out.splitlines()]


def test_from_a_cursor_each_event_is_printed_once_over_many_runs(live: Served, prompt: Prompt) -> None:
    cursor = prompt.home / "cursor.json"
    first = follow(prompt, live, "--cursor", cursor)
    assert [row["index"] for row in first] == list(range(live.context.position))
    assert follow(prompt, live, "--cursor", cursor) == []
    receipt = live.say()
    assert [row["event"] for row in follow(prompt, live, "--cursor", cursor)] == [receipt.event]
    assert json.loads(cursor.read_text())["after"] == live.context.position


def test_a_filter_moves_the_cursor_over_what_it_hides(live: Served, prompt: Prompt) -> None:
    cursor = prompt.home / "cursor.json"
    rows = follow(prompt, live, "--cursor", cursor, "--kind", "act.status_changed")
    assert [row["kind"] for row in rows] == ["act.status_changed"]
    live.say()
    assert follow(prompt, live, "--cursor", cursor, "--kind", "act.status_changed") == []
    assert json.loads(cursor.read_text())["after"] == live.context.position


def test_for_people_each_event_is_one_line(live: Served, prompt: Prompt) -> None:
    ran = prompt.ok("follow", "--server", live.url, "--once", "--after", live.context.position - 2)
    assert len(ran.out.splitlines()) == 2
    assert "act.status_changed" in ran.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cursor.json"),
        ('{"after": "x"}', "this is no file of a cursor"),
        ('{"genesis": "00", "after": 1}', "the position is one of another ledger"),
    ],
)
def test_a_cursor_that_will_not_do_is_refused_and_kept(
    live: Served, prompt: Prompt, text: str, said: str
) -> None:
    cursor = prompt.home / "cursor.json"
    cursor.write_text(text)
    ran = prompt.run("follow", "--server", live.url, "--once", "--cursor", cursor)
    assert ran.code != 0
    assert said in ran.err
    assert cursor.read_text() == text


def test_a_cursor_beyond_the_log_is_an_error_and_is_not_tried_again(live: Served, prompt: Prompt) -> None:
    ran = prompt.run("follow", "--server", live.url, "--after", 9999)
    assert ran.code == 3
    assert "9999" in ran.err
    assert "the log is shorter than it was" in ran.err


@contextmanager
def process(live: Served, home: Path, cursor: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "api.cli.main", "follow", "--server", live.url, "--json"]
    one = subprocess.Popen(
        [*command, "--cursor", str(cursor), "--lang", "en"],
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield one
    finally:
        one.kill()
        one.communicate()


def test_it_goes_on_over_a_restart_and_ends_with_0_when_it_is_interrupted(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    cursor = tmp_path / "cursor.json"
    with served(storied_town, tmp_path / "town") as live:
        size = live.context.position
        with process(live, tmp_path, cursor) as one:
            assert one.stdout is not None
            assert [json.loads(one.stdout.readline())["index"] for _ in range(size)] == list(range(size))
            receipt = live.say()
            assert json.loads(one.stdout.readline())["event"] == receipt.event
            live.until(lambda: json.loads(cursor.read_text())["after"] == size + 1)
            one.send_signal(signal.SIGINT)
            assert one.wait(SECONDS_MAX) == 0
        receipts = [live.say(), live.say("160.00")]
        with process(live, tmp_path, cursor) as again:
            assert again.stdout is not None
            told = [json.loads(again.stdout.readline())["event"] for _ in receipts]
            assert told == [receipt.event for receipt in receipts]
            live.stop()
            assert again.stderr is not None
            assert b"tried again" in again.stderr.readline()
            again.send_signal(signal.SIGINT)
            assert again.wait(SECONDS_MAX) == 0
