"""`pledger findings` and `pledger accept`: what needs attention, and an acceptance to be signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.settings import Settings
from tests.api.cli_runner import Prompt, prompt
from tests.api.running import running
from tests.projections.adopted import BELZ, Adopted

__all__ = ["prompt"]
PROGRAMME = "belz-digital-2025"
DAY = ("--as-of", "2026-02-01")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real programme, in force from 21 February 2025."""
    folder = tmp_path_factory.mktemp("belz")
    with Adopted(folder, BELZ) as adopted:
        adopted.bring_into_force("2025-02-21")
    with running(Settings(data=folder / "ledger")) as url:
        yield url


def test_every_finding_is_shown_with_its_sentence_and_quotes_in_both_languages(
    prompt: Prompt, server: str
) -> None:
    rows = prompt.ok("findings", PROGRAMME, *DAY, "--server", server, "--json").json["items"]
    assert len(rows) == 86
    for language in ("uk", "en"):
        ran = prompt.ok("findings", PROGRAMME, *DAY, "--server", server, "--lang", language)
        said = " ".join(ran.out.split())
        for row in rows:
            assert row["id"] in said
            assert " ".join(row["sentence"][language].split()) in said
            for quote in row["quotes"]:
                assert " ".join(quote["text"].split()) in said


def test_a_filter_narrows_what_is_shown_and_the_sum_stays_the_whole(prompt: Prompt, server: str) -> None:
    ran = prompt.ok("findings", PROGRAMME, *DAY, "--code", "DOC-TERM", "--server", server, "--lang", "en")
    assert "DOC-TERM:p1" in ran.out
    assert "DOC-DATE" not in ran.out
    assert "in all: 86" in ran.out


def test_an_acceptance_binds_what_was_found(prompt: Prompt, server: str, tmp_path: Path) -> None:
    (row,) = prompt.ok("findings", PROGRAMME, *DAY, "--code", "DOC-TERM", "--server", server, "--json").json[
        "items"
    ]
    out = tmp_path / "accepted.json"
    reason = "Описка (приклад)"
    prompt.ok("accept", PROGRAMME, row["id"], "--reason", reason, "--out", str(out), *DAY, "--server", server)
    payload = json.loads(out.read_text(encoding="utf8"))
    assert payload == {
        "kind": "finding.accepted",
        "subject": f"programme:{PROGRAMME}",
        "data": {"finding": row["id"], "fingerprint": row["fingerprint"], "reason": reason},
    }


def test_what_is_not_found_cannot_be_accepted(prompt: Prompt, server: str, tmp_path: Path) -> None:
    out = tmp_path / "accepted.json"
    ran = prompt.run(
        "accept", PROGRAMME, "DOC-TERM:p99", "--reason", "x", "--out", str(out), "--server", server
    )
    assert ran.code == 2
    assert not out.exists()
