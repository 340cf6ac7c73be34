"""A year is evaluated at the prompt, and concluded by a draft that binds the figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.cli.evaluation import _projects
from tests.api.cli_town import PROGRAMME, SECRETARY, Desk, town

YEAR = ("--programme", PROGRAMME, "--year", 2031)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.keyfile.ROUNDS", 0x010001)
        with town(tmp_path_factory.mktemp("desk")) as built:
            yield built


def test_json_is_what_the_api_answers(desk: Desk) -> None:
    answer = httpx.get(
        f"{desk.url}/v1/programmes/{PROGRAMME}/evaluation?year=2031&as_of=2031-12-31", trust_env=False
    )
    shown = desk.ok("evaluation", "show", *YEAR, "--as-of", "2031-12-31", "--json")
    assert shown.out == answer.text + "\n"


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("columns", ["60", "260"])
def test_a_year_is_shown_on_any_screen(desk: Desk, language: str, columns: str) -> None:
    ran = desk.ok(
        *("evaluation", "show", *YEAR, "--as-of", "2031-12-31", "--lang", language), COLUMNS=columns
    )
    assert ("висновку ще немає" in ran.out) == (language == "uk")
    assert ("nothing has been concluded" in ran.out) == (language == "en")


def test_a_year_outside_the_term_is_said_to_be_one(desk: Desk) -> None:
    of_it = ("evaluation", "show", "--programme", PROGRAMME, "--lang", "en", "--as-of", "2031-12-31")
    assert "outside the programme's term" in desk.ok(*of_it, "--year", 2099).out
    assert "outside the programme's term" not in desk.ok(*of_it, "--year", 2031).out


def test_what_was_removed_says_since_when(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "260")
    row = {"measure": "1.1", "title": "Захід", "status": "stopped", "period": "2025-Q2", "done": "no"}
    _projects({"rows": [row | {"removed": {"since": "2025-11-01"}, "doubt": None}]}, "uk")
    shown = capsys.readouterr().out
    assert "Вилучено з" in shown
    assert "2025-11-01" in shown


def test_a_year_is_concluded_by_a_draft_that_is_completed_signed_and_submitted(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "conclusion.json"
    desk.ok("evaluation", "draft", *YEAR, "-o", file, "--lang", "uk")
    blank = json.loads(file.read_text(encoding="utf8"))
    assert (blank["data"]["rating"], blank["data"]["conclusion"]) == ("", "")  # the signer's alone
    words = ("--rating", "partly", "--conclusion", "Виконано частково (приклад)")
    desk.ok("evaluation", "draft", *YEAR, "-o", file, *words, "--lang", "uk")
    members = json.loads(file.read_text(encoding="utf8"))
    assert members["data"]["figures"] == blank["data"]["figures"]
    assert members["data"]["sections"]["projects"].startswith("Заходів: ")
    path = desk.write("conclusion.json", members | {"signers": SECRETARY})
    assert desk.run("draft", path, "--out", path).code == 0
    desk.sign_and_submit(path)
    found = desk.ok("evaluation", "show", *YEAR, "--json").json["conclusion"]
    assert (found["rating"], found["bound"], found["changed"]) == ("partly", True, [])
    shown = desk.ok("evaluation", "show", *YEAR, "--lang", "uk", COLUMNS="260").out
    assert "частково ефективна. Виконано частково (приклад)" in shown
    assert "показники збігаються з підписаними" in shown
