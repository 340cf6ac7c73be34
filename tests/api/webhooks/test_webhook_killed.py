"""A server that is killed again and again: every message arrives, in order, and only known ids repeat."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.api.webhooks.receiver import Receiver, authority
from tests.api.webhooks.test_webhook_serving import configure
from tests.support.polling import until
from tests.support.town import PROGRAMME, TestLedger, lines

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]

ROOT = Path(__file__).resolve().parents[3]
KILLS = 6
EVENTS = 40


@contextmanager
def sending(data: Path, pem: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that sends, killed at the end."""
    command = [sys.executable, "-m", "tests.api.webhooks.child", str(data), str(pem)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=dict(os.environ)) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


def in_order_of_first(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def test_killed_at_any_moment_it_loses_nothing_and_repeats_only_the_last(
    model_town: TestLedger, receiver: Receiver, tmp_path: Path
) -> None:
    random.seed(7)
    pem = tmp_path / "authority.pem"
    pem.write_bytes(authority().pem)
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        configure(town.path, portal=receiver.url)
        path = town.path / "webhooks.toml"
        path.write_text(f"{path.read_text(encoding='utf8')}after = {town.position}\n", encoding="utf8")
        events = [
            town.submit("financing.changed", PROGRAMME, lines(f"{amount}.00"), effective="2026-02-01").event
            for amount in range(100, 100 + EVENTS)
        ]
    repeated = 0
    for _ in range(KILLS):
        before = len(receiver.ids)
        stop_at = before + random.randint(1, EVENTS // KILLS)
        with sending(town.path, pem) as process:

            def answer(line: socket.socket, stop_at: int = stop_at, process: object = process) -> None:
                line.sendall(b"HTTP/1.1 204 X\r\n\r\n")
                if len(receiver.requests) >= stop_at:
                    assert isinstance(process, subprocess.Popen)
                    process.kill()  # it has the answer, or is about to read it

            receiver.always = answer
            until(lambda stop_at=stop_at: len(receiver.ids) >= stop_at, "some messages")  # type: ignore[misc]
            process.wait(30)
        repeated += len(receiver.ids) - before - (len(set(receiver.ids)) - len(set(receiver.ids[:before])))
    receiver.always = lambda line: line.sendall(b"HTTP/1.1 204 X\r\n\r\n")
    with sending(town.path, pem):
        until(lambda: len(set(receiver.ids)) == EVENTS, "all messages")
    assert in_order_of_first(receiver.ids) == [f"evt_{event}" for event in events]
    # A kill repeats one message at most.
    assert len(receiver.ids) - EVENTS <= KILLS
    assert repeated <= KILLS
