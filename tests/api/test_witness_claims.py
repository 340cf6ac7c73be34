"""What a witness only says: it stops the ledger, and is told as a claim that proves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.door import problem_of
from tests.api.fake_api import fake_api
from tests.api.test_trust_serving import context, reasons, serving
from tests.api.watched import Watched, serviced_town, until, watched
from tests.support.town import PROGRAMME, TestLedger, lines

CLAIMS = {
    "witness-longer": (409, b"999999999\n"),
    "witness-other-root": (422, b"another root\n"),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("serviced") / "town")


@pytest.fixture
def place(model: TestLedger, tmp_path: Path) -> Iterator[Watched]:
    with watched(model, tmp_path) as made:
        made.town.close()
        yield made


def policy(place: Watched, name: str, lying: str | None) -> Path:
    """Two of three; lying: the address that the third has, None for its own."""
    rows = [watcher.line for watcher in place.watchers]
    if lying is not None:
        rows[2] = re.sub(r"http\S+", lying, rows[2])
    names = " ".join(watcher.name for watcher in place.watchers)
    path = place.folder / name
    group = f"group all 2 {names}"
    path.write_text("\n".join([f"log {place.town.log_key}", *rows, group, "quorum all", ""]))
    return path


@pytest.mark.parametrize("code", CLAIMS)
def test_one_witness_that_claims_another_log_stops_the_ledger_and_is_told_as_a_claim(
    place: Watched, code: str
) -> None:
    """It stays stopped: a claim cannot be told from a restored backup. What to do is said, and helps."""
    with (
        fake_api({("POST", "/add-checkpoint"): CLAIMS[code]}) as lying,
        serving(place, witness_policy=policy(place, "lying.txt", lying)) as door,
    ):
        until(lambda: "ALARM" in (context(door).ledger.appender.stopped or ""))
        envelope = door.town.envelope("financing.changed", PROGRAMME, lines("150.00"))
        problem_of(door.post(envelope), 503, "stopped")
        reason = reasons(door)[0]
    assert (reason["code"], reason["signed"], list(reason["seen"])) == (code, False, ["w3"])
    uk, en = reason["message"]["uk"], reason["message"]["en"]
    for told in ("свідки кажуть", "не підписане й нічого не доводить", "приберіть свідка з політики"):
        assert told in uk
    for told in ("witnesses say", "unsigned and proves nothing", "take the witness out of the policy"):
        assert told in en
    assert not re.search(r"свідки бачили|witnesses have seen", uk + en), "as if it were known"
    with serving(place, witness_policy=policy(place, "honest.txt", None)) as door:
        until(lambda: context(door).ledger.appender.stopped is None)
        assert door.post(envelope).status_code == 201
