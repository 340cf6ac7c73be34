"""The import file of a programme: what it keeps to the letter, and the events that it becomes."""

from __future__ import annotations

import csv
import hashlib
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from api.importers.drafts import PART_MAX_BYTES, Body
from api.importers.programme import DraftEvent, ProgrammeFile, read_programme, to_events
from ledger.event import ActRef
from ledger.kinds import KINDS
from tests.api.small_programme import BELZ_FILE, RIVERSIDE_FILE, ROOT

NO_BELZ = "source texts not here: set PLEDGER_BELZ"


@pytest.fixture(scope="session")
def belz_texts() -> Path:
    """The folder of the real source texts and their checked transcription."""
    named = os.environ.get("PLEDGER_BELZ")
    folder = Path(named) if named else ROOT.parent / "shared" / "belz"
    if not folder.is_dir():
        pytest.skip(NO_BELZ)
    return folder


@pytest.fixture(scope="module")
def belz() -> ProgrammeFile:
    return read_programme(BELZ_FILE)


@pytest.fixture(scope="module")
def riverside() -> ProgrammeFile:
    return read_programme(RIVERSIDE_FILE)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def money(rows: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(row["amount"]) for row in rows if row["amount"] not in ("", "-")), Decimal(0))


# The real programme.


def test_the_tree_equals_the_checked_transcription_cell_by_cell(
    belz: ProgrammeFile, belz_texts: Path
) -> None:
    rows = table(belz_texts, "measures.csv")
    expected = []
    for row in rows:
        code = row["measure"] or row["task"] or row["priority"]
        parent = row["task"] if row["measure"] else row["priority"] if row["task"] else None
        level = "measure" if row["measure"] else "task" if row["task"] else "priority"
        expected.append((code, level, parent, row["title"]))
    tree = belz.adopted["tree"]
    assert [(row["id"], row["level"], row.get("parent"), row["title"]) for row in tree] == expected
    assert len(expected) == 40


def test_the_indicators_equal_the_checked_transcription_cell_by_cell(
    belz: ProgrammeFile, belz_texts: Path
) -> None:
    years = ("2025", "2026", "2027")
    expected = [
        (
            r["code"],
            r["name"],
            r["unit"],
            r["baseline"],
            [r[f"target_{y}"] for y in years],
            r["dynamics_declared"],
        )
        for r in table(belz_texts, "indicators.csv")
    ]
    got = [
        (r["id"], r["name"], r["unit"], r["base"], [r["targets"][y] for y in years], r["printed"]["dynamics"])
        for r in belz.adopted["indicators"]
    ]
    assert got == expected
    assert len(got) == 21


def test_the_financing_equals_the_checked_transcription(belz: ProgrammeFile, belz_texts: Path) -> None:
    expected = [
        (r["measure"], int(r["year"]), r["source"], r["amount_uah"])
        for r in table(belz_texts, "financing.csv")
    ]
    got = [(r["measure"], r["year"], r["source"], r["amount"]) for r in belz.adopted["financing"]]
    assert got == expected


def test_the_source_texts_are_named_by_their_true_hashes(belz: ProgrammeFile, belz_texts: Path) -> None:
    named = {row["file"]: row["sha256"] for row in belz.adopted["source_texts"]}
    texts = ("decision-476.txt", "annex-indicators.txt")
    assert named == {name: hashlib.sha256((belz_texts / name).read_bytes()).hexdigest() for name in texts}


def test_every_quote_stands_in_the_source_texts(belz: ProgrammeFile, belz_texts: Path) -> None:
    texts = ("decision-476.txt", "annex-indicators.txt")
    said = [" ".join((belz_texts / name).read_text(encoding="utf-8").split()) for name in texts]
    for quote in belz.adopted["printed"]:
        assert any(quote["text"] in text for text in said), quote
        assert len(quote["text"]) <= 120
    passport = [
        v
        for value in belz.adopted["passport"].values()
        for v in (value if isinstance(value, list) else [value])
    ]
    offices = [row["office"] for row in belz.adopted["endorsements"]]
    particulars = [belz.act[name] for name in ("title", "session", "convocation")]
    for text in [*passport, *offices, *particulars, *belz.act["legal_bases"]]:
        assert any(text in source for source in said), text


def test_the_real_file_has_no_invisible_characters_and_no_hard_spaces() -> None:
    text = BELZ_FILE.read_text(encoding="utf-8")
    assert not [c for c in text if c in "\u00a0\u00ad\u200b\ufeff\u2007\u202f\t\r"]


def test_measures_that_indicators_mean_are_linked_and_marked_as_inferred(belz: ProgrammeFile) -> None:
    got = {row["id"]: row.get("measure") for row in belz.adopted["indicators"]}
    inferred = {
        "2.1.1": "2.1.2", "2.1.2": "2.1.3", "3.1.2": "3.1.5", "3.3.5": "3.4.1", "3.3.6": "3.4.4",
        "3.4.1": "3.5.1", "3.4.2": "3.5.2", "3.5.1": "3.6.2", "3.5.2": "3.6.3", "3.6.1": "3.7.1",
        "3.6.2": "3.7.2",
    }  # fmt: skip
    assert {code: measure for code, measure in got.items() if code != measure} == {**inferred, "1.1.1": None}
    assert {row["id"] for row in belz.adopted["indicators"] if row.get("link") == "inferred"} == set(inferred)
    measures = {row["id"] for row in belz.adopted["tree"] if row["level"] == "measure"}
    assert measures - set(got.values()) == {"1.1.1", "2.1.1", "3.2.1", "3.2.2", "3.6.1"}


def test_a_flow_is_an_indicator_whose_printed_dynamics_is_the_sum_of_its_targets(belz: ProgrammeFile) -> None:
    for row in belz.adopted["indicators"]:
        if row["kind"] == "boolean":
            assert row["unit"] == "Так/Ні"
            continue
        targets = sum(int(target.removesuffix("%")) for target in row["targets"].values())
        adds_up = row["printed"]["dynamics"] == f"+{targets}"
        assert adds_up == (row["kind"] == "flow"), row["id"]


def test_blanks_dashes_and_what_is_not_stated_stay_three_things(belz: ProgrammeFile) -> None:
    assert belz.adopted["passport"]["participants"] == ""
    assert belz.adopted["passport"]["stages"] == ""
    assert belz.adopted["totals"] == {
        "total": "30000.00", "2025": "30000.00", "source:local": "30000.00",
        "source:other": "", "source:oblast": "-", "source:state": "",
    }  # fmt: skip
    assert belz.act["number"] == ""
    assert belz.act["in_force"] is None
    assert belz.body.edrpou is None
    assert [(row["person"], row["date"]) for row in belz.adopted["endorsements"]] == [("", "")] * 4


def test_expected_results_that_no_indicator_measures_name_none(belz: ProgrammeFile) -> None:
    results = [row for row in belz.adopted["printed"] if row["field"].split(":")[0] == "expected"]
    assert len(results) == 20
    assert len([row for row in results if row["field"] == "expected"]) == 5


def test_the_act_of_the_real_programme_has_the_agreed_shape(belz: ProgrammeFile) -> None:
    registered = to_events(belz)[0]
    assert (registered.kind, registered.subject) == ("act.registered", "body:belz-council")
    assert (registered.effective, registered.act, registered.files) == (None, None, ())
    assert registered.data["act"] == "belz-476-2025"
    assert registered.data["project_number"] == "476"
    assert registered.data["date"] == "2025-02-20"
    assert registered.data["order"] is None
    assert registered.data["points"] == ["1", "2"]
    assert registered.data["status"] == {"text": "Прийнятий в цілому", "date": "2025-02-19"}
    assert not registered.data.keys() & {"id", "point"}


def test_the_adoption_cites_its_act_from_the_date_of_the_act(belz: ProgrammeFile) -> None:
    for event in to_events(belz)[1:]:
        assert (event.kind, event.subject) == ("programme.adopted", "programme:belz-digital-2025")
        assert event.effective == "2025-02-20"
        assert event.act == {"id": "belz-476-2025", "point": "1"}
        assert event.data["programme"] == "belz-digital-2025"


def test_the_predecessor_is_named_by_title_number_and_date(belz: ProgrammeFile) -> None:
    assert belz.adopted["predecessor"] == {
        "title": "Місцева програма інформатизації «Цифрова Белзщина» на 2022-2024 роки",
        "number": "641",
        "date": "2022-09-19",
    }


# A programme of another shape.


def test_thousands_are_multiplied_exactly(riverside: ProgrammeFile) -> None:
    amounts = [row["amount"] for row in riverside.adopted["financing"]]
    assert amounts == [
        "1250500.00", "300000.00", "949500.00", "1700000.00", "1300431.25", "1165000.00", "2100000.00",
        "0.00", "-", "",
    ]  # fmt: skip


def test_the_sums_of_the_invented_programme_equal_its_totals(riverside: ProgrammeFile) -> None:
    rows, totals = riverside.adopted["financing"], riverside.adopted["totals"]
    assert money(rows) == Decimal(totals["total"])
    for year in (2030, 2031, 2032, 2033):
        assert money([row for row in rows if row["year"] == year]) == Decimal(totals[str(year)])
    assert money([row for row in rows if row["source"] == "local"]) == Decimal(totals["source:local"])
    assert (totals["2034"], totals["source:state"]) == ("", "-")


def test_four_levels_budget_axes_and_a_tree_of_sources_are_kept(riverside: ProgrammeFile) -> None:
    tree, sources = by_id(riverside.adopted["tree"]), by_id(riverside.adopted["sources"])
    chain = ["w-a1x-posts"]
    while "parent" in tree[chain[-1]]:
        chain.append(tree[chain[-1]]["parent"])
    assert [tree[node]["level"] for node in chain] == ["work", "measure", "task", "priority"]
    assert sources["grant-water"]["parent"] == "grant"
    assert sources["grant"]["parent"] == "other"
    first = riverside.adopted["financing"][0]
    assert [first[axis] for axis in ("kpkvk", "kekv", "fund", "unit")] == [
        "0118340", "3110", "development", "env-dept",
    ]  # fmt: skip
    assert tree["w-a1y.3.10"]["result"] == "-"


def test_the_adopting_point_and_the_day_in_force_are_the_files_own(riverside: ProgrammeFile) -> None:
    registered, adopted = to_events(riverside)
    assert registered.data["in_force"] == "2030-01-01"
    assert registered.data["order"] == 3
    assert adopted.act == {"id": "riverside-12-7-2029", "point": "1.1"}
    assert adopted.data["part"] == {"number": 1, "of": 1}


# Parts.


def recombine(parts: list[DraftEvent]) -> dict[str, Any]:
    """Join the parts as a reader would: lists and the two tables in order, the rest once."""
    whole: dict[str, Any] = {}
    for number, event in enumerate(parts, 1):
        data = dict(event.data)
        assert data.pop("part") == {"number": number, "of": len(parts)}
        for member, value in data.items():
            if isinstance(value, list):
                whole[member] = whole.get(member, []) + value
            elif member in ("passport", "totals"):
                assert not whole.get(member, {}).keys() & value.keys()
                whole[member] = whole.get(member, {}) | value
            else:
                assert whole.setdefault(member, value) == value
    return whole


WORDS = st.text("абв «»\"\\'\nfg𝒳", min_size=1, max_size=3000)
ROWS = st.lists(
    st.fixed_dictionaries({"id": st.from_regex(r"[a-z]{1,8}", fullmatch=True), "title": WORDS}), max_size=30
)
MEMBERS = (
    "title",
    "body",
    "term",
    "passport",
    "totals",
    "sources",
    "tree",
    "indicators",
    "financing",
    "printed",
)


@st.composite
def files(draw: st.DrawFn) -> ProgrammeFile:
    adopted: dict[str, Any] = {
        "programme": "p",
        "title": draw(WORDS),
        "body": "b",
        "term": {"from": 2030, "to": 2031},
    }
    keys = st.from_regex(r"[a-z]{1,12}", fullmatch=True)
    adopted["passport"] = draw(st.dictionaries(keys, WORDS | st.just(""), max_size=8))
    adopted["totals"] = draw(st.dictionaries(keys, st.sampled_from(["", "-", "1.00"]), max_size=8))
    adopted |= {name: draw(ROWS) for name in ("sources", "tree", "indicators", "financing", "printed")}
    stated = {name: value for name, value in adopted.items() if value not in ({}, [])}
    return ProgrammeFile("p", Body("b", "B"), {"act": "a", "date": "2030-01-01"}, "1", stated)


@given(files())
def test_parts_fit_and_recombine_to_the_whole_in_its_order(file: ProgrammeFile) -> None:
    parts = to_events(file)[1:]
    assert recombine(parts) == file.adopted
    assert all(len(rfc8785.dumps(dict(event.data))) <= PART_MAX_BYTES for event in parts)
    order = [MEMBERS.index(name) for event in parts for name in event.data if name in MEMBERS]
    assert order == sorted(order)


def test_a_part_that_is_filled_to_the_brim_still_fits() -> None:
    name, parts = "p" * 64, set()
    for length in range(13_600, 14_200):
        passport = {"initiator": "x" * 13_900, "developer": "x" * length}
        whole = {"programme": name, "passport": passport}
        file = ProgrammeFile(name, Body("b", "B"), {"act": "a", "date": "2030-01-01"}, None, whole)
        events = to_events(file)[1:]
        assert all(len(rfc8785.dumps(dict(event.data))) <= PART_MAX_BYTES for event in events)
        parts.add(len(events))
    assert parts == {1, 2}


@pytest.mark.parametrize("path", [BELZ_FILE, RIVERSIDE_FILE])
def test_the_parts_of_both_files_recombine_to_the_whole(path: Path) -> None:
    file = read_programme(path)
    parts = to_events(file)[1:]
    assert recombine(parts) == file.adopted
    assert all(len(rfc8785.dumps(dict(event.data))) <= PART_MAX_BYTES for event in parts)


@pytest.mark.parametrize("path", [BELZ_FILE, RIVERSIDE_FILE])
def test_the_drafts_of_both_files_are_what_the_kinds_of_event_take(path: Path) -> None:
    for event in to_events(read_programme(path)):
        payload = rfc8785.dumps(dict(event.data))
        stated = KINDS[event.kind].data.model_validate_json(payload)
        assert stated.model_dump(exclude_unset=True, by_alias=True, mode="json") == event.data
        if event.act is not None:
            assert ActRef.model_validate(dict(event.act)).model_dump(exclude_unset=True) == event.act


def test_changing_a_draft_does_not_change_the_file(belz: ProgrammeFile) -> None:
    events = to_events(belz)
    before = rfc8785.dumps(dict(belz.adopted))
    for event in events[1:]:
        for value in event.data.values():
            if isinstance(value, list):
                value[0].clear()
    assert rfc8785.dumps(dict(belz.adopted)) == before
