"""`pledger draft` of a proposal and of an endorsement: what carrying it out would do, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.cli_runner import Prompt
from tests.api.consenting import FOUR, endorsing, open_council, proposing, sign
from tests.api.door import Door
from tests.api.fake_api import fake_api
from tests.support.council import MAYOR, asks, policy
from tests.support.town import COUNCIL_STREAM


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_council(tmp_path) as opened:
        yield opened


def printed(door: Door, home: Path, payload: object, language: str) -> str:
    draft = door.draft(payload).json()
    home.mkdir(exist_ok=True)
    prompt = Prompt(home)
    with fake_api({("POST", "/v1/drafts"): (200, {"drafts": [draft], **draft})}) as url:
        path = prompt.write("said.json", payload)
        ran = prompt.run("draft", path, "--server", url, "--lang", language, COLUMNS="300")
    assert ran.code == 0, ran
    return ran.out


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("If the proposal were enacted now:", "1 of 4 endorsements; lacking: budget-chair: p-chair")),
        ("uk", ("Якщо пропозицію виконати зараз:", "погоджень 1 з 4; бракує: budget-chair: p-chair")),
    ],
)
def test_who_endorses_sees_the_cells_and_who_lacks(
    door: Door, tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    rule = asks(*FOUR, shortfall="acknowledge", other_persons=False)
    door.say("policy.set", COUNCIL_STREAM, policy(rules=[rule]))
    proposal = sign(door, proposing("175.00"))["event"]
    out = printed(door, tmp_path / "home", endorsing(proposal, MAYOR), language)
    for said in (*words, "160,00", "175,00"):
        assert said in out, out
    assert "endorsements-missing" not in out


def test_a_proposal_that_would_be_refused_now_says_so(door: Door, tmp_path: Path) -> None:
    door.say("policy.set", COUNCIL_STREAM, policy(rules=[asks(MAYOR)]))
    out = printed(door, tmp_path / "home", proposing("175.00"), "en")
    assert "would be refused now:" in out
    assert "0 of 1 endorsements; lacking: mayor: p-mayor" in out
