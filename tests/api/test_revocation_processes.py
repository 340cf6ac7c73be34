"""A key is revoked by one process and used by another: what comes second is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.settings import Settings
from ledger.doubt import doubts_of, worst
from ledger.envelope import Envelope, envelope_json
from ledger.service import Ledger
from ledger.statements import slots_of
from ledger.streams import load_offices
from tests.api.running import running
from tests.support.people import SECRETARY
from tests.support.story import ACTUAL
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger

NEVER = "2100-01-01T00:00:00Z"
KID = SECRETARY.key.public.kid
POST = (
    "import sys, httpx\n"
    "answer = httpx.post(sys.argv[1] + '/v1/events', content=open(sys.argv[2], 'rb').read(), timeout=30,"
    " headers={'Content-Type': 'application/jose+json'})\n"
    "print(answer.text)\n"
)


class Post:
    """A process that sends one envelope and prints the answer."""

    def __init__(self, url: str, file: Path) -> None:
        command = [sys.executable, "-c", POST, url, str(file)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)

    def answer(self) -> dict[str, Any]:
        out, _ = self._process.communicate(timeout=60)
        said: dict[str, Any] = orjson.loads(out)
        return said


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A closed ledger, and two signed envelopes: a revocation, and a report by the same key."""
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        data = {"kid": KID, "cause": "stolen", "suspect_from": "2025-09-01"}
        revoke = town.envelope("key.revoked", COUNCIL_STREAM, data, submit_before=NEVER)
        use = town.envelope("actual.reported", PROGRAMME, ACTUAL, submit_before=NEVER)
    return {"revoke": _file(tmp_path / "revoke.json", revoke), "use": _file(tmp_path / "use.json", use)}


def _file(path: Path, envelope: Envelope) -> Path:
    path.write_bytes(orjson.dumps(envelope_json(envelope)))
    return path


@contextmanager
def served(tmp_path: Path) -> Iterator[str]:
    with running(Settings(data=tmp_path / "ledger")) as url:
        yield url


def test_a_use_that_comes_after_the_revocation_is_refused(tmp_path: Path, files: dict[str, Path]) -> None:
    with served(tmp_path) as url:
        assert "leaf_hash" in Post(url, files["revoke"]).answer()
        refused = Post(url, files["use"]).answer()
    assert refused["type"] == "urn:pledger:problem:key-revoked"


def test_a_use_in_a_server_that_starts_after_the_revocation_is_refused(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    with served(tmp_path) as url:
        assert "leaf_hash" in Post(url, files["revoke"]).answer()
    with served(tmp_path) as url:
        assert Post(url, files["use"]).answer()["type"] == "urn:pledger:problem:key-revoked"


@pytest.mark.parametrize("first", ["revoke", "use"])
def test_in_a_race_the_use_is_refused_or_stands_in_doubt(
    tmp_path: Path, files: dict[str, Path], first: str
) -> None:
    order = [first, *(name for name in files if name != first)]
    with served(tmp_path) as url:
        posts = {name: Post(url, files[name]) for name in order}
        answers = {name: post.answer() for name, post in posts.items()}
    assert "leaf_hash" in answers["revoke"]
    if "leaf_hash" not in answers["use"]:
        assert answers["use"]["type"] == "urn:pledger:problem:key-revoked"
        return
    assert answers["use"]["index"] < answers["revoke"]["index"]
    with Ledger(tmp_path / "ledger") as ledger:
        world = ledger.world_now(PROGRAMME)
        world = load_offices(world, [SECRETARY.office], ledger.reader)
        slot = slots_of(world, PROGRAMME)[answers["use"]["event"]]
        assert worst(doubts_of(world, PROGRAMME, slot)) == "suspect"
