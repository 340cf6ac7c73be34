"""`pledger bundle`: one file with an answer and its proofs, verified as soon as it is here."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator

import pytest

from api.settings import Settings
from tests.api.bundling import prove
from tests.api.cli_runner import Prompt, prompt
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.support.town import ACT, LINE_CELL, PROGRAMME, PROGRAMME_ID, TestLedger, lines

__all__ = ["prompt"]


@pytest.fixture(scope="module")
def town(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed ledger whose heads are stated; ids["changed"]: an event."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("town") / "town")
    town.ids["changed"] = town.submit("financing.changed", PROGRAMME, lines("150.00")).event
    prove(town)
    town.close()
    return town


@pytest.fixture(scope="module")
def url(town: TestLedger) -> Iterator[str]:
    with running(Settings(data=town.path)) as address:
        yield address


@pytest.fixture
def trusting(prompt: Prompt, town: TestLedger) -> Prompt:
    """A prompt with a trust file."""
    trust = prompt.write("trust.json", town.name | {"log_key": town.log_key})
    prompt.env["PLEDGER_TRUST"] = str(trust)
    return prompt


def questions(town: TestLedger) -> list[list[str]]:
    return [
        ["programme", PROGRAMME_ID, "--as-of", "2025-06-01"],
        ["diff", PROGRAMME_ID, "--from-as-of", "2025-01-01", "--as-of", "2025-06-01"],
        ["cell", PROGRAMME_ID, LINE_CELL, "--as-of", "2025-06-01"],
        ["event", town.ids["changed"]],
        ["act", ACT],
    ]


def test_every_answer_is_fetched_and_verified(trusting: Prompt, town: TestLedger, url: str) -> None:
    for number, question in enumerate(questions(town)):
        file = trusting.home / f"{number}.zip"
        ran = trusting.ok("bundle", *question, "--server", url, "--out", file, "--json")
        assert ran.json["file"] == str(file)
        assert ran.json["verification"]["verdict"] == "verified"
        with zipfile.ZipFile(file) as archive:
            assert json.loads(archive.read("bundle.json"))["subject"]["type"] == question[0]


def test_it_has_a_name_that_says_what_it_is(
    trusting: Prompt, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(trusting.home)
    ran = trusting.ok("bundle", "act", ACT, "--server", url, "--json")
    assert ran.json["file"].startswith(f"pledger-act-{ACT}-")
    assert (trusting.home / ran.json["file"]).exists()


def test_a_directory_gets_it_under_its_own_name(prompt: Prompt, url: str) -> None:
    folder = prompt.home / "bundles"
    folder.mkdir()
    ran = prompt.ok("bundle", "act", ACT, "--server", url, "--out", folder)
    (file,) = folder.iterdir()
    assert file.name.startswith(f"pledger-act-{ACT}-")
    assert ran.out == f"{file}\n"


def test_a_directory_that_is_not_there_is_named(prompt: Prompt, url: str) -> None:
    ran = prompt.run("bundle", "act", ACT, "--server", url, "--out", prompt.home / "no-such" / "x.zip")
    assert ran.code == 3
    assert str(prompt.home / "no-such") in ran.err
    assert ".part" not in ran.err


def test_nothing_but_words_is_said_beside_it(prompt: Prompt, url: str) -> None:
    """A bar that nobody watches leaves no empty line."""
    ran = prompt.ok("bundle", "act", ACT, "--server", url, "--out", prompt.home / "x.zip")
    assert all(ran.err.splitlines())


def test_a_later_one_is_joined_to_the_head_that_was_remembered(
    trusting: Prompt, town: TestLedger, url: str
) -> None:
    file = trusting.home / "again.zip"
    for _ in range(2):
        ran = trusting.ok("bundle", "act", ACT, "--server", url, "--out", file, "--json")
    remembered = next(one for one in ran.json["verification"]["checks"] if one["check"] == "remembered")
    assert (remembered["status"], remembered["count"]) == ("ok", 1)


def test_without_a_trust_file_it_says_that_nothing_was_verified(prompt: Prompt, url: str) -> None:
    file = prompt.home / "x.zip"
    ran = prompt.ok("bundle", "act", ACT, "--server", url, "--out", file)
    assert "Not verified: there is no trust file." in ran.err
    assert ran.out == f"{file}\n"


@pytest.mark.parametrize(("language", "words"), [("uk", "НЕ СХОДИТЬСЯ"), ("en", "does NOT verify")])
def test_one_that_does_not_verify_is_kept_and_said_to_be_false(
    trusting: Prompt, town: TestLedger, url: str, language: str, words: str
) -> None:
    """A trust file of another ledger."""
    other = trusting.write("other.json", town.name | {"genesis": "ab" * 32, "log_key": town.log_key})
    file = trusting.home / "false.zip"
    ran = trusting.run(
        "bundle", "act", ACT, "--server", url, "--out", file, "--lang", language, "--trust", other
    )
    assert ran.code != 0
    assert words in ran.err or "ab" * 32 in ran.err  # the memory of heads may be quicker


def test_what_the_server_refuses_leaves_no_file(trusting: Prompt, url: str) -> None:
    ran = trusting.run("bundle", "act", "no-such", "--server", url, "--out", trusting.home / "x.zip")
    assert ran.code != 0
    assert "no-such-record" in ran.err
    assert not list(trusting.home.glob("*.zip")) + list(trusting.home.glob("*.part"))


def test_what_is_no_archive_is_no_bundle(prompt: Prompt) -> None:
    with fake_api({("GET", f"/v1/acts/{ACT}/bundle"): (200, {"a": 1})}) as address:
        ran = prompt.run("bundle", "act", ACT, "--server", address, "--out", prompt.home / "x.zip")
    assert ran.code == 3
    assert not list(prompt.home.glob("*.zip"))


def test_a_difference_needs_an_earlier_point(prompt: Prompt) -> None:
    assert prompt.run("bundle", "diff", PROGRAMME_ID).code == 2
