"""`pledger witness`: one command makes a partner a witness; it starts again where it stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.texts.plural import entries
from api.witnessing import collect
from ledger.clock import SystemClock
from ledger.errors import Stopped, StorageError
from ledger.note import NoteError, parse_note
from ledger.signer import generate_key
from ledger.witness.folder import WitnessFolder
from ledger.witness.policy import parse_policy
from tests.api.cli_runner import Prompt, prompt
from tests.api.test_cli_serving import COMMAND, ENVIRONMENT, SECONDS_MAX
from tests.support.clock import FrozenClock
from tests.support.ports import free_port
from tests.support.witnessing import ORIGIN, SmallLog

__all__ = ["prompt"]

LOG = SmallLog()
FORK = SmallLog("another past", forked=3)
OTHER = SmallLog("other", origin="other.example/log", key="other")
CLOCK = SystemClock()


@contextmanager
def serving(folder: Path, *options: str, port: object = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`pledger witness serve` as a process; its address once it answers. port: by default a free one."""
    port = port or free_port()
    words = [*COMMAND, "witness", "serve", str(folder), "--port", str(port), *options]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url, process
    finally:
        process.kill()
        process.communicate()


def _wait(url: str, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        try:
            if httpx.get(f"{url}/healthz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the witness does not answer")


def stop(process: subprocess.Popen[str]) -> tuple[str, str]:
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=SECONDS_MAX)
    return out, err


def made(folder: Path, *logs: SmallLog, name: str = "w.example") -> Path:
    """A folder as a first start leaves it."""
    with WitnessFolder(folder) as opened:
        opened.open(name=name, logs=[log.key for log in logs or (LOG,)], clock=CLOCK)
    return folder


def cosigned(folder: Path, *requests: bytes) -> list[int]:
    with WitnessFolder(folder) as opened:
        witness = opened.open(name=None, logs=[], clock=CLOCK)
        return [witness.add_checkpoint(request).status for request in requests]


def test_one_command_makes_a_witness_whose_printed_line_makes_a_policy(prompt: Prompt) -> None:
    folder = prompt.home / "witness"
    with serving(folder, "--log", LOG.key, "--name", "w.example") as (url, process):
        (key_file, state_file) = (folder / "witness-key.pem", folder / "witness-state.db")
        assert [path.stat().st_mode & 0o777 for path in (folder, key_file, state_file)] == [
            0o700,
            0o600,
            0o600,
        ]
        printed = prompt.ok("witness", "key", folder)
        (line,) = [row.removeprefix("policy: ") for row in printed.out.splitlines() if row[:7] == "policy:"]
        policy = parse_policy(f"log {LOG.key}\n{line.replace(' URL', ' ' + url)}\nquorum w.example\n")
        assert collect(LOG.note(5), lambda old: LOG.proof(old, 5), policy).satisfied
        second = prompt.run("witness", "serve", folder, "--port", free_port())
        assert second.code == 3
        assert "in use" in second.err
        shown = prompt.ok("witness", "state", folder, "--lang", "en")
        assert "seen with 5 entries" in shown.out
        out, err = stop(process)
        assert process.returncode == -signal.SIGTERM, err
    assert line.replace(" URL", f" {url}") in out
    assert [row for row in out.splitlines() if row.startswith("fingerprint: ")] == [
        row for row in printed.out.splitlines() if row.startswith("fingerprint: ")
    ]
    assert f"follows {ORIGIN}" in err
    with serving(folder) as (url, process):
        again = parse_policy(f"log {LOG.key}\n{line.replace(' URL', ' ' + url)}\nquorum w.example\n")
        assert collect(LOG.note(9), lambda old: LOG.proof(old, 9), again).satisfied


def test_the_first_start_needs_a_name_and_a_log(prompt: Prompt) -> None:
    folder = prompt.home / "witness"
    for options in ([], ["--name", "w.example"], ["--log", LOG.key]):
        ran = prompt.run("witness", "serve", folder, *options)
        assert ran.code == 2
        assert "--name" in ran.err
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "key"),
    [("w example", LOG.key), ("w+x", LOG.key), ("w.example", "x"), ("w.example", LOG.key[:-4])],
)
def test_a_bad_name_or_log_key_makes_nothing(prompt: Prompt, name: str, key: str) -> None:
    folder = prompt.home / "witness"
    ran = prompt.run("witness", "serve", folder, "--name", name, "--log", key)
    assert ran.code == 2, "either is a mistake of usage"
    assert not folder.exists()


def test_logs_are_remembered_and_added_and_have_several_keys(tmp_path: Path) -> None:
    following = SmallLog(key="next")
    folder = made(tmp_path / "w")
    with WitnessFolder(folder) as opened:
        opened.open(name="w.example", logs=[OTHER.key, LOG.key, following.key], clock=CLOCK)
    assert (folder / "logs").read_text() == f"log {LOG.key}\nlog {OTHER.key}\nlog {following.key}\n"
    assert cosigned(folder, LOG.request(0, 5), following.request(5, 6), OTHER.request(0, 3)) == [200] * 3
    (folder / "logs").write_text(f"# the old key is retired\nlog {following.key}\n\n")
    assert cosigned(folder, LOG.request(6, 7), OTHER.request(3, 4), following.request(6, 7)) == [
        403,
        404,
        200,
    ]


@pytest.mark.parametrize("content", ["nonsense\n", "log x\n", "witness a b\n", "\n"])
def test_a_list_of_logs_that_says_nothing_sensible_stops_the_witness(tmp_path: Path, content: str) -> None:
    folder = made(tmp_path / "w")
    (folder / "logs").write_text(content)
    with pytest.raises((StorageError, NoteError, Stopped)):
        cosigned(folder, LOG.request(0, 5))


def test_a_witness_keeps_its_name(tmp_path: Path) -> None:
    folder = made(tmp_path / "w")
    with pytest.raises(Stopped, match="belongs to"), WitnessFolder(folder) as opened:
        opened.open(name="x.example", logs=[], clock=CLOCK)


@pytest.mark.parametrize("lost", ["witness-key.pem", "witness-state.db"])
def test_a_key_without_its_state_or_the_other_way_round_signs_nothing(prompt: Prompt, lost: str) -> None:
    folder = made(prompt.home / "w")
    assert cosigned(folder, LOG.request(0, 5)) == [200]
    (folder / lost).rename(folder / "elsewhere")
    ran = prompt.run("witness", "serve", folder, "--name", "w.example", "--log", LOG.key)
    assert ran.code == 3
    assert "new one in an empty folder" in ran.err
    assert not (folder / lost).exists()


def test_another_key_in_its_place_or_one_open_to_others_signs_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path / "w")
    key = folder / "witness-key.pem"
    key.chmod(0o640)
    with pytest.raises(Stopped, match="open to others"):
        cosigned(folder, LOG.request(0, 5))
    key.unlink()
    generate_key(key)
    with pytest.raises(StorageError, match="that of the key"):
        cosigned(folder, LOG.request(0, 5))
    key.write_text("no key")
    with pytest.raises(Stopped, match="PKCS"):
        cosigned(folder, LOG.request(0, 5))


def test_the_folder_is_free_again_after_a_failure(tmp_path: Path) -> None:
    folder = made(tmp_path / "w")
    with pytest.raises(Stopped), WitnessFolder(folder) as opened:
        opened.open(name="x.example", logs=[], clock=CLOCK)
    assert cosigned(folder, LOG.request(0, 5)) == [200]


def test_the_state_tells_of_forks_with_both_notes_in_both_languages(prompt: Prompt) -> None:
    folder = made(prompt.home / "w", LOG, OTHER)
    calm = prompt.ok("witness", "state", folder, "--lang", "uk")
    assert "ще нічого не бачив" in calm.out
    assert cosigned(folder, LOG.request(0, 5), FORK.request(5, 5)) == [200, 422]
    for language, word in (("uk", "ТРИВОГА"), ("en", "ALARM")):
        ran = prompt.run("witness", "state", folder, "--lang", language)
        assert ran.code == 1
        assert word in ran.out
        for note in (LOG.note(5), FORK.note(5)):
            for row in note.splitlines():
                assert row in ran.out
    told = prompt.run("witness", "state", folder, "--json").json
    logs = {log["origin"]: log for log in told["logs"]}
    assert set(logs) == {ORIGIN, OTHER.origin}
    assert logs[ORIGIN]["size"] == 5
    (evidence,) = logs[ORIGIN]["evidence"]
    assert evidence["proven"]
    assert parse_note(evidence["seen"]).text == FORK.text(5)


def test_an_unproven_accusation_is_shown_and_is_no_failure(prompt: Prompt) -> None:
    folder = made(prompt.home / "w")
    assert cosigned(folder, LOG.request(0, 5), FORK.request(5, 9)) == [200, 422]
    ran = prompt.ok("witness", "state", folder, "--lang", "en")
    assert "not shown to be consistent: 1" in ran.out


def test_where_there_is_no_witness_nothing_is_shown(prompt: Prompt) -> None:
    assert prompt.run("witness", "key", prompt.home).code == 3
    assert prompt.run("witness", "state", prompt.home / "nowhere").code == 3
    assert list(prompt.home.iterdir()) == [prompt.home / "passphrase"]


def test_help_is_in_both_languages(prompt: Prompt) -> None:
    for words in (["witness"], ["witness", "serve"], ["witness", "key"], ["witness", "state"]):
        shown = prompt.ok(*words, "--help").out
        assert "відок" in shown or "відка" in shown


def test_a_port_that_is_taken_is_said_and_frees_the_folder(tmp_path: Path) -> None:
    folder = made(tmp_path / "w")
    with serving(folder) as (url, _):
        other = made(tmp_path / "x", name="x.example")
        words = [
            sys.executable,
            "-m",
            "api.cli.main",
            "witness",
            "serve",
            str(other),
            "--port",
            url.rpartition(":")[2],
        ]
        ran = subprocess.run(
            words, capture_output=True, text=True, env=dict(os.environ), timeout=60, check=False
        )
    assert ran.returncode == 3
    assert cosigned(other, LOG.request(0, 5)) == [200]


def test_each_note_of_the_evidence_has_its_own_time(prompt: Prompt) -> None:
    """What was confirmed at nine, and what was shown at ten."""
    folder, clock = prompt.home / "w", FrozenClock()
    for log, body in ((LOG, LOG.request(0, 5)), (FORK, FORK.request(5, 5))):
        with WitnessFolder(folder) as opened:
            opened.open(name="w.example", logs=[log.key], clock=clock).add_checkpoint(body)
        clock.advance(hours=1)
    for language, confirmed, shown in (
        ("uk", "підтверджено", "інша підписана контрольна точка, показано"),
        ("en", "confirmed", "signed, too; shown"),
    ):
        out = prompt.run("witness", "state", folder, "--lang", language).out
        assert f"  {confirmed} 2025-09-01T09:00:00.000000Z:\n" in out
        assert f"  {shown} 2025-09-01T10:00:00.000000Z:\n" in out
    (evidence,) = prompt.run("witness", "state", folder, "--json").json["logs"][0]["evidence"]
    assert evidence["kept_time"] == "2025-09-01T09:00:00.000000Z"
    assert evidence["time"] == "2025-09-01T10:00:00.000000Z"


@pytest.mark.parametrize(
    ("size", "uk", "en"),
    [
        (0, "0 записів", "0 entries"), (1, "1 запис", "1 entry"), (2, "2 записи", "2 entries"),
        (4, "4 записи", "4 entries"), (5, "5 записів", "5 entries"), (10, "10 записів", "10 entries"),
        (11, "11 записів", "11 entries"), (14, "14 записів", "14 entries"), (21, "21 запис", "21 entries"),
        (22, "22 записи", "22 entries"), (100, "100 записів", "100 entries"),
        (111, "111 записів", "111 entries"), (1003, "1003 записи", "1003 entries"),
    ],
)  # fmt: skip
def test_entries_are_counted_as_people_count_them(size: int, uk: str, en: str) -> None:
    assert (entries(size, "uk"), entries(size, "en")) == (uk, en)


def test_the_state_counts_entries_as_people_do(prompt: Prompt) -> None:
    folder = made(prompt.home / "w")
    assert cosigned(folder, LOG.request(0, 4)) == [200]
    assert f"{ORIGIN}: бачив 4 записи, " in prompt.ok("witness", "state", folder, "--lang", "uk").out
