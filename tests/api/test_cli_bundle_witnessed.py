"""A bundle that is asked for while witnesses are away: what is witnessed is named, and can be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from ledger.service_signing import heads_data
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.running import running
from tests.api.watched import Watched, serviced_town, watched
from tests.support.town import PROGRAMME_ID, TestLedger

__all__ = ["prompt"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    return serviced_town(tmp_path_factory.mktemp("model") / "town")


class Asked:
    """Heads that witnesses cosigned; then an entry, and heads that none has seen. known: what they have."""

    def __init__(self, place: Watched, prompt: Prompt) -> None:
        self.place, self.prompt, town = place, prompt, place.town
        place.round()
        self.known = place.newest("ledger.heads").size
        place.stop_all()
        place.say()
        town.submit("ledger.heads", "trust", heads_data(town.ledger.reader))
        self.policy = place.files()["witness_policy"]
        members = town.name | {"log_key": town.log_key, "policy": place.policy_text()}
        prompt.env["PLEDGER_TRUST"] = str(prompt.write("trust.json", members))
        town.close()

    def bundle(self, *more: object) -> Ran:
        settings = Settings(data=self.place.town.path, witness_policy=self.policy, trust_seconds=3600)
        with running(settings) as url:
            file = self.prompt.home / "x.zip"
            return self.prompt.run(
                "bundle",
                "programme",
                PROGRAMME_ID,
                "--as-of",
                "2025-06-01",
                "--server",
                url,
                "--out",
                file,
                *more,
            )


def test_what_no_witness_has_seen_is_followed_by_what_they_have(
    model: TestLedger, prompt: Prompt, tmp_path: Path
) -> None:
    with watched(model, tmp_path) as place:
        asked = Asked(place, prompt)
        ran = asked.bundle()
        assert "Witnesses: FAILED" in ran.out  # the quorum of one's own policy is asked for
        assert f"--known {asked.known}" in ran.err
        witnessed = asked.bundle("--known", asked.known)
        assert witnessed.code == 0, witnessed
        assert "Witnesses: witnessed by w1, w2, w3" in witnessed.out
        assert witnessed.out.rstrip().endswith("VERIFIED")
        assert "--known" not in witnessed.err
        words = asked.bundle("--lang", "uk").err
        assert f"Те, що вони бачили: --known {asked.known}" in words
