"""The whole way at the prompt: a ledger is opened, filled, read and compared with the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.cli_town import CELL, COUNCIL, ORIGIN, PROGRAMME, SECRETARY, Desk, town

pytestmark = pytest.mark.thorough

NBSP = "\u00a0"
BEFORE, AFTER = "2031-01-01", "2031-07-01"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.keyfile.ROUNDS", 0x010001)
        with town(tmp_path_factory.mktemp("desk")) as built:
            yield built


def test_every_recorded_event_left_its_receipt_beside_it(desk: Desk) -> None:
    receipts = [json.loads(path.read_text()) for path in desk.home.rglob("*.receipt.json")]
    assert {receipt["index"] for receipt in receipts} == set(range(1, 9))


def test_the_trust_file_of_the_server_is_that_of_the_opening(desk: Desk) -> None:
    taken = json.loads((desk.home / "pledger" / "trust.json").read_text())
    assert taken == json.loads((desk.home / "auditor.json").read_text())
    assert taken["origin"] == ORIGIN


QUESTIONS: dict[str, tuple[list[object], str]] = {
    "programmes": (["programmes", "--as-of", AFTER], "/v1/programmes?as_of=2031-07-01"),
    "show": (["show", PROGRAMME, "--as-of", AFTER, "--known", "8"], "?as_of=2031-07-01&known=8"),
    "show path": (["show", PROGRAMME, "--path", "/financing", "--known", 9], "?path=/financing&known=9"),
    "budget": (["budget", PROGRAMME, "--as-of", AFTER], "/budget?as_of=2031-07-01"),
    "budget of a year": (
        ["budget", PROGRAMME, "--as-of", AFTER, "--year", 2031, "--source", "local"],
        "/budget?as_of=2031-07-01&year=2031&source=local",
    ),
    "indicators": (["indicators", PROGRAMME, "--as-of", AFTER], "/indicators?as_of=2031-07-01"),
    "history": (["history", PROGRAMME, "--limit", 1], "/history?limit=1"),
    "history of a cell": (["history", PROGRAMME, "--path", CELL], f"/history?path={CELL}"),
    "diff by day": (
        ["diff", PROGRAMME, "--from-as-of", BEFORE, "--to-as-of", AFTER],
        f"/diff?from_as_of={BEFORE}&to_as_of={AFTER}",
    ),
    "diff by knowledge": (
        ["diff", PROGRAMME, "--as-of", AFTER, "--from-known", 8],
        f"/diff?from_as_of={AFTER}&to_as_of={AFTER}&from_known=8",
    ),
    "blame": (["blame", PROGRAMME, CELL, "--as-of", AFTER], f"/blame?path={CELL}&as_of={AFTER}"),
    "acts": (["acts", "--body", COUNCIL], "/v1/acts?body=riverside-council"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_json_is_what_the_api_answers(desk: Desk, question: str) -> None:
    arguments, address = QUESTIONS[question]
    address = address if address.startswith("/v1") else f"/v1/programmes/{PROGRAMME}{address}"
    answer = httpx.get(desk.url + address, trust_env=False)
    assert answer.status_code == 200
    assert desk.ok(*arguments, "--json").out == answer.text + "\n"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("columns", ["60", "220"])
def test_every_question_is_answered_on_any_screen(
    desk: Desk, question: str, language: str, columns: str
) -> None:
    ran = desk.ok(*QUESTIONS[question][0], "--lang", language, COLUMNS=columns)
    assert ("за даними, зареєстрованими до №" in ran.out) == (language == "uk")
    assert ("was recorded up to №" in ran.out) == (language == "en")


def test_the_budget_tells_its_four_empty_answers_from_zero(desk: Desk) -> None:
    shown = desk.ok("budget", PROGRAMME, "--as-of", AFTER, "--lang", "uk", COLUMNS="220").out
    rows = {line.split()[0] + line.split()[1]: line for line in shown.splitlines() if line[:2] == "w-"}
    assert f"1{NBSP}165{NBSP}000,00" in rows["w-a1y.3.102031"]
    assert f"1{NBSP}200{NBSP}000,00" in rows["w-a1y.3.102031"]
    assert " - " in rows["w-b1x-right2033"]
    assert "порожньо" in rows["w-b1x-right2034"]
    assert "0,00" in rows["w-b1x-left2033"]
    assert "не встановлено: Бюджетні призначення" in shown


def test_a_diff_shows_both_values_and_who_decided(desk: Desk) -> None:
    arguments = ("diff", PROGRAMME, "--as-of", AFTER, "--from-known", 8, "--lang", "uk")
    (row,) = [line for line in desk.ok(*arguments, COLUMNS="220").out.splitlines() if line.startswith(CELL)]
    for part in (f"1{NBSP}165{NBSP}000,00", f"35{NBSP}000,00", "вирішено", "№ 9", "12/7", "p-2 (secretary)"):
        assert part in row


def test_blame_lists_the_write_in_force_first(desk: Desk) -> None:
    shown = desk.ok("blame", PROGRAMME, CELL, "--as-of", AFTER).out
    assert 0 < shown.index("№ 9 ") < shown.index("№ 8 ")


def test_an_event_is_shown_with_every_cell_that_it_wrote(desk: Desk) -> None:
    (item,) = desk.ok("history", PROGRAMME, "--limit", 1, "--json").json["items"]
    shown = desk.ok("event", item["event"], "--lang", "uk").out
    assert CELL in shown
    assert f"1{NBSP}200{NBSP}000,00" in shown
    assert "p-2 (secretary)" in shown


# -- what does not go well ----------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "no-such-programme"], 3),
        (["show", PROGRAMME, "--known", 99], 3),
        (["event", "no-such-event"], 3),
        (["show", PROGRAMME, "--as-of", "31.12.2031"], 2),
        (["show", PROGRAMME, "--known", "yesterday"], 2),
        (["diff", PROGRAMME], 2),
        (["blame", PROGRAMME], 2),
        (["show", PROGRAMME, "--lang", "fr"], 2),
        (["show"], 2),
        (["unknown-command"], 2),
    ],
)
def test_a_question_without_an_answer_says_why_and_has_its_exit_code(
    desk: Desk, arguments: list[object], code: int
) -> None:
    ran = desk.run(*arguments)
    assert ran.code == code
    assert ran.err
    assert not ran.out


def test_a_refused_draft_names_its_place_in_words(desk: Desk) -> None:
    ran, _ = desk.change("1.00", line={"measure": "no-such"})
    assert ran.code == 1
    assert "would be refused" in ran.out
    assert "/data/lines/0/measure" in ran.out
    assert "unknown-measure" in ran.out


def test_a_discrepancy_is_told_and_may_be_acknowledged(desk: Desk) -> None:
    ran, path = desk.change("1300000.00", line={"stated_old": "5.00"})
    assert ran.code == 1
    assert "needs acknowledgement" in ran.out
    assert "old-mismatch" in ran.out
    again = desk.run("draft", path, "--acknowledge", "old-mismatch", "--out", path)
    assert again.code == 0
    assert json.loads(path.read_text(encoding="utf8"))["acknowledges"] == ["old-mismatch"]
    assert desk.run("draft", path, "--acknowledge", "later-decisions").code == 1


def test_what_was_not_acknowledged_is_not_recorded(desk: Desk) -> None:
    _, path = desk.change("1300000.00", line={"stated_old": "5.00"})
    desk.ok("sign", path, "--key", desk.key("secretary"), "--out", path)
    ran = desk.run("submit", path)
    assert ran.code == 1
    assert "old-mismatch" in ran.err
    assert "recorded" not in ran.out


def test_submitting_twice_is_safe_and_gives_the_same_entry(desk: Desk) -> None:
    path = desk.home / "riverside" / "02-programme.json"
    files = sorted(desk.home.glob("event-0[1-6].json"))
    for one in (path, *files[:1]):
        receipt = json.loads(one.with_name(f"{one.stem}.receipt.json").read_text())
        ran = desk.ok("submit", one)
        assert f"№ {receipt['index'] + 1} " in ran.out


def test_signing_shows_the_text_and_its_hash_before_the_passphrase(desk: Desk) -> None:
    _, path = desk.change("1400000.00")
    ran = desk.run("sign", path, "--key", desk.key("secretary"), stdin="wrong\n", PLEDGER_PASSPHRASE_FILE="")
    assert ran.code == 1
    assert ran.err.index("SHA-256") < ran.err.index("Passphrase")
    assert '"amount":"1400000.00"' in ran.err
    assert "(the value in force) → 1400000.00" in ran.err  # offline nobody knows the old value
    assert not ran.out.strip()


def test_a_key_that_the_event_does_not_name_does_not_sign(desk: Desk) -> None:
    _, path = desk.change("1400000.00")
    ran = desk.run("sign", path, "--key", desk.key("registrar"))
    assert ran.code == 1
    assert "signers-differ" in ran.err


def test_an_event_of_another_ledger_is_not_signed(desk: Desk) -> None:
    _, path = desk.change("1400000.00")
    payload = json.loads(path.read_text(encoding="utf8"))
    payload["ledger"]["genesis"] = "0" * 64
    path.write_text(json.dumps(payload), encoding="utf8")
    ran = desk.run("sign", path, "--key", desk.key("secretary"))
    assert ran.code == 1
    assert "wrong-ledger" in ran.err


def test_a_second_signer_joins_the_envelope_of_the_first(desk: Desk) -> None:
    signers = [*SECRETARY, {"person": "p-1", "office": "registrar"}]
    _, path = desk.draft("act.registered", f"body:{COUNCIL}", {}, signers)
    payload = json.loads(path.read_text(encoding="utf8"))
    payload["data"] = {"act": "a-1", "kind": "decision", "date": "2031-01-01", "title": "Про приклад"}
    path.write_text(json.dumps(payload), encoding="utf8")
    first = desk.ok("sign", path, "--key", desk.key("secretary"), "--out", path)
    assert "is still to sign" in first.err
    second = desk.ok("sign", path, "--key", desk.key("registrar"), "--out", path)
    assert "is still to sign" not in second.err
    assert len(json.loads(path.read_text())["signatures"]) == 2
    assert desk.run("sign", path, "--key", desk.key("registrar")).code == 1


def test_an_import_with_mistakes_names_every_line_in_both_languages(desk: Desk, tmp_path: Path) -> None:
    from tests.api.small_programme import RIVERSIDE_FILE

    text = RIVERSIDE_FILE.read_text(encoding="utf8")
    bad = tmp_path / "bad.yaml"
    bad.write_text(text.replace("amount: 1165}", "amount: 1 165}").replace("date: 2029-12-20", "date: ні"))
    ran = desk.run("import", bad, "--out", tmp_path / "out")
    lines = [n for n, line in enumerate(bad.read_text().splitlines(), 1) if "1 165}" in line or "ні" in line]
    assert ran.code == 1
    for number in (lines[0], lines[-1]):
        assert f"line {number}:" in ran.err
    assert "не є датою" in ran.err
    assert "is not a date" in ran.err
    assert not (tmp_path / "out").exists()


def test_an_import_that_would_be_refused_says_so(desk: Desk, tmp_path: Path) -> None:
    from tests.api.small_programme import RIVERSIDE_FILE

    signer = ("--person", "p-2", "--office", "secretary")
    ran = desk.run("import", RIVERSIDE_FILE, "--out", tmp_path / "out", *signer)
    assert ran.code == 1
    assert "programme-exists" in ran.out
    alone = desk.run("import", RIVERSIDE_FILE, "--out", tmp_path / "out", PLEDGER_SERVER="")
    assert alone.code == 0
    assert "8 765 431,25".replace(" ", NBSP) in alone.out
    half = desk.run("import", RIVERSIDE_FILE, "--out", tmp_path / "out", "--person", "p-2")
    assert half.code == 2


def test_a_rebuild_beside_a_running_server_leaves_its_answers_as_they_were(desk: Desk) -> None:
    question = ("show", PROGRAMME, "--as-of", AFTER, "--known", 9, "--json")
    before = desk.ok(*question).out
    desk.ok("rebuild", "--data", desk.home / "ledger")
    assert desk.ok(*question).out == before
    desk.change("1500000.00")
    assert desk.ok(*question).out == before
