"""`pledger ask`: all twenty questions at the prompt, and a checkpoint that somebody kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.settings import Settings
from projections.questions.catalogue import QUESTIONS
from tests.api.cli_runner import Prompt, prompt
from tests.api.running import running
from tests.projections.adopted import BELZ, Adopted
from tests.support.town import PROGRAMME, PROGRAMME_ID, TestLedger, lines

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
PROGRAMME_BELZ = "belz-digital-2025"
OF_IT = ("--programme", PROGRAMME_BELZ, "--as-of", "2026-02-01")
VERDICTS = {
    "yes": ("ТАК", "YES"),
    "no": ("НІ", "NO"),
    "undetermined": ("НЕ ВИЗНАЧЕНО", "UNDETERMINED"),
    "not-configured": ("НЕ НАЛАШТОВАНО", "NOT CONFIGURED"),
    "shown": ("ПОКАЗАНО", "SHOWN"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real programme, in force from 21 February 2025."""
    folder = tmp_path_factory.mktemp("belz")
    with Adopted(folder, BELZ) as adopted:
        adopted.bring_into_force("2025-02-21")
    with running(Settings(data=folder / "ledger")) as url:
        yield url


@pytest.mark.parametrize("number", QUESTIONS)
def test_every_question_is_answered_in_both_languages(prompt: Prompt, server: str, number: int) -> None:
    answer = prompt.ok("ask", number, *OF_IT, "--server", server, "--json").json
    for place, language in enumerate(("uk", "en")):
        ran = prompt.ok("ask", number, *OF_IT, "--server", server, "--lang", language, COLUMNS="60")
        said = " ".join(ran.out.split())
        assert f"{number}. {answer['title'][language]} — {VERDICTS[answer['verdict']][place]}" in said
        assert " ".join(answer["sentence"][language].split()) in said
        for one in answer["missing"]:
            assert f"[{one['what']}]" in said
        assert answer["evidence"]["state"] in ran.out


def test_without_a_number_the_twenty_are_listed_with_one_line_each(prompt: Prompt, server: str) -> None:
    ran = prompt.ok("ask", *OF_IT, "--server", server, "--lang", "uk")
    for one in QUESTIONS.values():
        assert f"{one.number:>2}. {one.uk} — " in ran.out
    assert len(ran.out.splitlines()) == 1 + 2 * len(QUESTIONS)


def test_json_is_the_answer_of_the_api_to_the_byte(prompt: Prompt, server: str) -> None:
    url = f"{server}/v1/programmes/{PROGRAMME_BELZ}/questions/17?as_of=2026-02-01&year=2025"
    ran = prompt.ok("ask", 17, *OF_IT, "--year", 2025, "--server", server, "--json")
    assert ran.out.rstrip("\n") == httpx.get(url).text


def test_an_item_names_its_cells_and_events(prompt: Prompt, server: str) -> None:
    answer = prompt.ok("ask", 17, *OF_IT, "--year", 2025, "--server", server, "--json").json
    ran = prompt.ok("ask", 17, *OF_IT, "--year", 2025, "--server", server)
    (item,) = answer["items"]
    for one in (item["cells"][0]["path"], item["events"][0]["event"], f"№ {item['events'][0]['index'] + 1}"):
        assert one in ran.out
    assert "30000.00" in ran.out


@pytest.mark.parametrize(
    "words",
    [
        ("21",),
        ("0",),
        ("1", "--checkpoint", "x"),
        ("--year", "2025"),
        ("--from-known", "5"),
        ("--checkpoint", "x"),
    ],
)
def test_what_makes_no_sense_is_a_matter_of_usage(prompt: Prompt, words: tuple[str, ...]) -> None:
    for language in ("uk", "en"):
        ran = prompt.run("ask", *words, *OF_IT, "--server", "http://127.0.0.1:9", "--lang", language)
        assert (ran.code, ran.out) == (2, ""), ran


def test_a_parameter_of_another_question_is_refused_by_the_server(prompt: Prompt, server: str) -> None:
    ran = prompt.run("ask", 9, *OF_IT, "--year", 2025, "--server", server)
    assert ran.code != 0
    assert "year" in ran.err


# -- 18, with a checkpoint that was kept -----------------------------------------------------


def grown(model: TestLedger, folder: Path, *amounts: str) -> Path:
    """A closed town that goes on from another one with these changes."""
    with TestLedger.copy_of(model, folder) as town:
        for amount in amounts:
            town.submit("financing.changed", PROGRAMME, lines(amount))
    return folder


@pytest.fixture
def kept(prompt: Prompt, model_town: TestLedger, tmp_path: Path) -> Path:
    """What somebody keeps: the trust file, and the newest checkpoint of a town with two more entries."""
    (prompt.home / "pledger").mkdir()
    prompt.write("pledger/trust.json", model_town.name | {"log_key": model_town.log_key})
    path = tmp_path / "kept.txt"
    with running(Settings(data=grown(model_town, tmp_path / "then", "150.00", "160.00"))) as url:
        path.write_bytes(httpx.get(f"{url}/v1/checkpoint").content)
    return path


def ask_18(prompt: Prompt, folder: Path, checkpoint: Path, *more: str) -> tuple[int, str, str]:
    with running(Settings(data=folder)) as url:
        asked = ("ask", 18, "--programme", PROGRAMME_ID, "--server", url)
        ran = prompt.run(*asked, "--checkpoint", checkpoint, *more)
        return ran.code, ran.out, ran.err


def test_18_a_log_that_only_grew_holds_everything_that_the_checkpoint_covers(
    prompt: Prompt, kept: Path, model_town: TestLedger, tmp_path: Path
) -> None:
    size = int(kept.read_text(encoding="utf8").splitlines()[1])
    now = grown(model_town, tmp_path / "now", "150.00", "160.00", "170.00")  # the same log, and one more
    code, out, _ = ask_18(prompt, now, kept)
    assert (code, "— NO" in out) == (0, True)
    assert f"№ 1–{size}" in out
    code, out, _ = ask_18(prompt, now, kept, "--json")
    shown = json.loads(out)
    assert shown["checkpoint"] == {"verdict": "no", "kept": size, "now": size + 1, "why": None}
    assert (shown["answer"]["question"], shown["answer"]["verdict"]) == (18, "undetermined")


@pytest.mark.parametrize(
    ("amounts", "why"), [(("150.00",), "fewer"), (("1.00", "2.00", "3.00"), "others"), ((), "fewer")]
)
def test_18_a_log_with_fewer_or_other_entries_is_detected(
    prompt: Prompt, kept: Path, model_town: TestLedger, tmp_path: Path, amounts: tuple[str, ...], why: str
) -> None:
    """The administrator puts an older copy in its place, or another past."""
    now = grown(model_town, tmp_path / "now", *amounts)
    code, out, _ = ask_18(prompt, now, kept)
    assert (code, "— YES" in out) == (1, True)
    assert why in out
    code, out, _ = ask_18(prompt, now, kept, "--json")
    assert (code, json.loads(out)["checkpoint"]["verdict"]) == (1, "yes")


def test_18_a_checkpoint_of_another_log_says_nothing(
    prompt: Prompt, kept: Path, model_town: TestLedger, tmp_path: Path
) -> None:
    now = grown(model_town, tmp_path / "now")
    kept.write_text(kept.read_text(encoding="utf8").replace("— ", "— x"), encoding="utf8")
    code, out, err = ask_18(prompt, now, kept)
    assert (code, out) == (1, "")
    assert err


def test_18_without_a_trust_file_nothing_is_compared(
    prompt: Prompt, model_town: TestLedger, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "kept.txt"
    with running(Settings(data=grown(model_town, tmp_path / "now"))) as url:
        checkpoint.write_bytes(httpx.get(f"{url}/v1/checkpoint").content)
        ran = prompt.run("ask", 18, "--programme", PROGRAMME_ID, "--server", url, "--checkpoint", checkpoint)
    assert (ran.code, ran.out) != (0, "")
    assert "NO" not in ran.out
