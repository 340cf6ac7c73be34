"""The twenty questions over HTTP: of the real programme, frozen, as tables, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.models.questions import Answers, AnswerShown
from projections.findings.rules import CODES
from projections.questions.catalogue import QUESTIONS
from tests.api.bundling import prove
from tests.api.door import BASE, Door, open_door, problem_of
from tests.api.stories.story import address
from tests.projections.adopted import BELZ, Adopted
from tests.support.town import ACT, PROGRAMME, TestLedger, lines

D = "2026-02-01"
SECONDS_MAX = 1.0  # of processor time, for each question
NUMBERS = range(1, 21)
# What the real programme's record, a paper that was adopted and nothing after it, lets anybody say.
REAL = {
    1: "no", 2: "shown", 3: "undetermined", 4: "no", 5: "undetermined", 6: "not-configured",
    7: "undetermined", 8: "no", 9: "undetermined", 10: "undetermined", 11: "undetermined", 12: "undetermined",
    13: "undetermined", 14: "not-configured", 15: "undetermined", 16: "undetermined", 17: "undetermined",
    18: "undetermined", 19: "undetermined", 20: "yes",
}  # fmt: skip


class Real(Door):
    """The real programme, in force from 21 February 2025."""

    programme = ""

    def ask(self, number: int | str, **query: Any) -> Any:
        return self.json(self.path(number, **query))

    def path(self, number: int | str, **query: Any) -> str:
        asked = "&".join(f"{name}={value}" for name, value in ({"as_of": D} | query).items())
        return f"/v1/programmes/{self.programme}/questions{f'/{number}' if number else ''}?{asked}"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    folder = tmp_path_factory.mktemp("belz")
    with Adopted(folder, BELZ) as adopted:
        adopted.bring_into_force("2025-02-21")
    with open_door(adopted.town, folder / "town") as door:
        found = Real(door.town, door.client)
        found.programme = adopted.programme
        yield found


@pytest.fixture(scope="module")
def told(storied_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(storied_town, tmp_path_factory.mktemp("questions") / "town") as opened:
        yield opened


def question(number: int | str, **query: Any) -> str:
    return address(f"questions/{number}", **query)


def test_there_are_twenty_and_every_rule_that_they_look_at_is_there() -> None:
    assert [*QUESTIONS] == [*NUMBERS]
    assert {code for one in QUESTIONS.values() for code in one.needs} <= CODES


@pytest.mark.parametrize("number", NUMBERS)
def test_the_real_programme_is_answered_about_quickly_in_both_languages(real: Real, number: int) -> None:
    real.ask(number)  # the dossier is read once
    start = time.process_time()
    answer = real.ask(number)
    assert time.process_time() - start < SECONDS_MAX
    AnswerShown.model_validate(answer)
    assert (answer["question"], answer["verdict"]) == (number, REAL[number]), answer["sentence"]
    assert answer["title"] == {"uk": QUESTIONS[number].uk, "en": QUESTIONS[number].en}
    assert answer["sentence"]["uk"] != answer["sentence"]["en"]
    if answer["verdict"] in ("undetermined", "not-configured"):
        assert answer["missing"]


def test_nothing_is_known_of_the_real_programmes_2026(real: Real) -> None:
    """Annex 2 has one unnamed second year column: not a dash, not a blank, and no zero."""
    assert real.ask(17, as_of="2025-12-31")["figures"]["state"] == "none"
    answer = real.ask(17, year=2025)
    assert (answer["verdict"], answer["figures"]["sum"]) == ("no", "30000.00")
    (item,) = answer["items"]
    assert item["cells"][0]["path"] == "/financing/3.3.2/2025/local"


def test_the_list_says_of_each_what_the_question_itself_says(real: Real) -> None:
    answer = real.ask("")
    Answers.model_validate(answer)
    assert [row["question"] for row in answer["items"]] == [*NUMBERS]
    for row in answer["items"]:
        whole = real.json(row["link"])
        assert whole["known"] == answer["known"]
        assert {name: whole[name] for name in row if name != "link"} == {
            n: row[n] for n in row if n != "link"
        }


# -- evidence ---------------------------------------------------------------------------


def test_every_link_of_the_evidence_leads_to_what_was_answered_from(told: Door) -> None:
    answer = told.json(question(17, as_of=D, year=2025))
    (item, *_) = answer["items"]
    for name in ("state", "findings", "history"):
        assert told.json(answer["evidence"][name])["known"] == answer["known"], name
    chain = told.json(item["cells"][0]["blame"])
    assert chain["value"]["event"] == item["cells"][0]["event"] == chain["items"][0]["event"]
    proof = told.json(item["events"][0]["proof"])
    assert (proof["index"], proof["size"]) == (item["events"][0]["index"], answer["known"]["position"])


def test_a_bundle_is_linked_only_once_the_heads_commit_to_the_position(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(storied_town, tmp_path / "town") as door:
        frozen = question(12, as_of="2025-09-04", known=door.town.position)
        before = door.get(frozen)
        assert before.json()["evidence"]["bundle"] is None
        prove(door.town)
        door.settle()
        after = door.get(frozen, if_none_match=before.headers["etag"])
        link = after.json()["evidence"]["bundle"]
        assert door.get(link).status_code == 200
        assert {**after.json(), "evidence": None} == {**before.json(), "evidence": None}
        # The entry of the heads itself is not committed yet.
        assert door.json(question(12, as_of="2025-09-04"))["evidence"]["bundle"] is None


def test_the_diff_behind_question_2_is_linked_and_has_the_same_changes(told: Door) -> None:
    answer = told.json(question(2, as_of="2025-09-04", from_as_of="2025-09-01"))
    assert answer["figures"]["changes"] > 0
    diff = told.json(answer["evidence"]["diff"])
    assert [row["path"] for row in diff["changes"]] == [one["cells"][0]["path"] for one in answer["items"]]
    assert [row["why"] for row in diff["changes"]] == [one["values"]["why"] for one in answer["items"]]


def test_question_2_takes_a_position_or_a_day_as_its_earlier_point(told: Door) -> None:
    by_position = told.json(question(2, as_of="2025-09-04", from_known=told.town.position))
    assert (by_position["figures"]["changes"], by_position["figures"]["from"]["as_of"]) == (0, "2025-09-04")
    by_day = told.json(question(2, as_of="2025-09-04", from_as_of="2025-09-02"))
    frozen = by_day["figures"]["from"]["known"]
    again = told.json(question(2, as_of="2025-09-04", from_as_of="2025-09-02", from_known="2025-09-02"))
    assert again["figures"]["from"]["known"] == frozen
    assert again["items"] == by_day["items"]


def test_frozen_links_are_answered_the_same_after_later_events(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(storied_town, tmp_path / "town") as door:
        frozen = [question(one, as_of="2025-09-04", known=door.town.position) for one in NUMBERS]
        before = [door.json(one) for one in frozen]
        tags = [door.get(one).headers["etag"] for one in frozen]
        door.say("financing.changed", PROGRAMME, lines("777.00"), act=ACT, effective="2025-08-01")
        report = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "8"}
        door.say("actual.reported", PROGRAMME, report)
        assert [door.json(one) for one in frozen] == before
        for one, tag in zip(frozen, tags, strict=True):
            assert door.get(one, if_none_match=tag).status_code == 304
        assert door.json(question(19, as_of="2025-09-04"))["verdict"] == "yes"
        assert before[18]["verdict"] == "no"


def test_an_earlier_point_that_still_moves_is_not_told_to_be_unchanged(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(storied_town, tmp_path / "town") as door:
        asked = question(2, as_of="2025-09-04", known=door.town.position, from_known="2025-12-31")
        before = door.get(asked)
        door.say("financing.changed", PROGRAMME, lines("777.00"), act=ACT, effective="2025-08-01")
        after = door.get(asked, if_none_match=before.headers["etag"])
        assert (before.json()["figures"]["changes"], after.status_code) == (0, 200)
        assert after.json()["figures"]["changes"] == 1


# -- tables -----------------------------------------------------------------------------


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("number", NUMBERS)
def test_the_csv_twin_of_an_answer_is_the_answer(told: Door, number: int) -> None:
    asked = {"as_of": D} | ({"from_as_of": "2025-09-01"} if number == 2 else {})
    answer = told.json(question(number, **asked))
    got = told.get(question(number, format="csv", **asked))
    assert got.headers["content-type"].startswith("text/csv")
    head, *rows = table(got.text)
    assert (head["group"], head["verdict"]) == ("sentence", answer["verdict"])
    assert head["sentence_uk"].removeprefix("'") == answer["sentence"]["uk"]
    assert json.loads(head["values"]) == answer["figures"]
    assert len(rows) == len(answer["items"])
    for row, item in zip(rows, answer["items"], strict=True):
        assert row["sentence_en"].removeprefix("'") == item["sentence"]["en"]
        assert row["cells"] == "; ".join(cell["path"] for cell in item["cells"])
        assert row["events"] == "; ".join(event["event"] for event in item["events"])
        assert json.loads(row["values"]) == item["values"]
        assert row["finding"] == (item["finding"] or "")


def test_the_csv_twin_of_the_list_has_twenty_rows(told: Door) -> None:
    answer = told.json(address("questions", as_of=D))
    rows = table(told.get(address("questions", as_of=D, format="csv")).text)
    assert [(int(row["question"]), row["verdict"]) for row in rows] == [
        (one["question"], one["verdict"]) for one in answer["items"]
    ]


# -- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["0", "21", "-1", "1.5", "x", "01", "9999999999999999"])
def test_a_number_that_no_question_has_is_refused(told: Door, number: str) -> None:
    document = problem_of(told.get(f"{BASE}/questions/{number}"), 400, "bad-parameter")
    assert document["errors"][0]["pointer"] == "/path/question"


@pytest.mark.parametrize(("number", "name", "value"), [(9, "year", "2025"), (1, "from_as_of", "2025-01-01")])
def test_a_parameter_without_a_meaning_for_the_question_is_refused(
    told: Door, number: int, name: str, value: str
) -> None:
    document = problem_of(told.get(question(number, **{name: value})), 400, "unknown-parameter")
    assert document["errors"][0]["pointer"] == f"/query/{name}"


def test_what_is_not_there_is_refused(told: Door) -> None:
    problem_of(told.get("/v1/programmes/nobody/questions/1"), 404, "no-such-programme")
    problem_of(told.get("/v1/programmes/nobody/questions"), 404, "no-such-programme")
    problem_of(told.get(question(2, from_known="99999")), 404, "position-ahead")
    problem_of(told.get(question(2, from_known="2020-01-01")), 404, "no-ledger-yet")
