"""What the CLI says of witnesses above an answer: what the server says, and that it is the server."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from api.client import Client
from api.settings import Settings
from tests.api.bundling import prove
from tests.api.cli_runner import Prompt
from tests.api.running import running
from tests.support.town import ACT, PROGRAMME, PROGRAMME_ID, TestLedger, lines
from tests.support.witnessing import cosigner


@pytest.mark.parametrize(
    ("header", "witnessed"), [("55", 55), ("0", 0), (None, None), ("-1", None), ("№ 5", None), ("", None)]
)
def test_a_client_hears_how_much_was_witnessed(header: str | None, witnessed: int | None) -> None:
    headers = {b"Pledger-Witnessed": header.encode()} if header is not None else {}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={}, headers=headers))
    with Client("http://127.0.0.1:1", transport=transport) as client:
        assert client.get("/v1").witnessed == witnessed


def test_the_first_line_says_that_nothing_is_witnessed_yet(model_town: TestLedger, tmp_path: Path) -> None:
    town = TestLedger.copy_of(model_town, tmp_path / "town")
    town.close()
    prompt = Prompt(tmp_path)
    with running(Settings(data=town.path)) as url:
        shown = prompt.ok("show", PROGRAMME_ID, "--server", url).out
        assert "the server says" not in shown
    witness = f"witness w1 {cosigner('w1.example').key} http://127.0.0.1:1"
    (town.path / "witnesses.policy").write_text(f"log {town.log_key}\n{witness}\nquorum w1\n")
    with running(Settings(data=town.path)) as url:
        first = prompt.ok("show", PROGRAMME_ID, "--server", url).out.split("\n")[0]
        assert first.endswith("; not witnessed yet, the server says")


def test_an_event_shows_its_four_times_apart(model_town: TestLedger, tmp_path: Path) -> None:
    town = TestLedger.copy_of(model_town, tmp_path / "town")
    before = town.submit("financing.changed", PROGRAMME, lines("140.00"), act=ACT, effective="2025-03-01")
    prove(town)
    after = town.submit("financing.changed", PROGRAMME, lines("150.00"), act=ACT, effective="2025-04-01")
    town.close()
    prompt = Prompt(tmp_path)
    with running(Settings(data=town.path)) as url:
        shown = prompt.ok("event", before.event, "--server", url, "--lang", "en").out
        later = prompt.ok("event", after.event, "--server", url, "--lang", "uk").out
    rows = [row.strip() for row in shown.splitlines()]
    at = next(place for place, row in enumerate(rows) if row.startswith("Claimed"))
    claimed, recorded, witnessed, stamped = rows[at : at + 4]
    assert claimed.startswith("Claimed by the signer: 2025-09-01T09:00:00")
    assert recorded == f"Recorded: {before.recorded_at}"
    assert witnessed.startswith("Witnessed: 20")
    assert "witness.example/w1" in witnessed
    assert stamped == "Stamped: none yet"
    assert "are not verified here" in shown
    assert "  Засвідчено: немає" in later
    assert "  Проставлено позначку часу: немає" in later
    assert "не перевірено" not in later
