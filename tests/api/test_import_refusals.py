"""What the import of a programme reads as text, and what it refuses, by code and line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from api.importers import errors, yaml_source
from api.importers.errors import ImportFileError, Problems
from api.importers.programme import read_programme, to_events
from tests.api.small_programme import BELZ_FILE, GOOD, RIVERSIDE_FILE, places, problems_of, read_text

# What is read as text.


def test_a_number_that_looks_like_a_float_stays_as_it_is_written(tmp_path: Path) -> None:
    file = read_text(tmp_path, GOOD)
    assert [row["id"] for row in file.adopted["tree"]] == ["3", "3.10"]


@pytest.mark.parametrize("written", ["yes", "1_000", "0x1F", "2030-01-01", "1e3", ".inf", "off", "012"])
def test_no_scalar_is_ever_interpreted(tmp_path: Path, written: str) -> None:
    file = read_text(tmp_path, GOOD.replace("Показник", written))
    assert file.adopted["indicators"][0]["name"] == written


def test_amounts_are_given_two_decimals(tmp_path: Path) -> None:
    file = read_text(tmp_path, GOOD)
    assert [row["amount"] for row in file.adopted["financing"]] == ["60.00", "40.00"]


def test_an_empty_list_states_nothing(tmp_path: Path) -> None:
    text = GOOD.replace("initiator: Рада", "executors: []")
    file = read_text(tmp_path, text)
    assert "passport" not in file.adopted
    assert all("passport" not in event.data for event in to_events(file))


def test_an_act_without_points_is_cited_without_one(tmp_path: Path) -> None:
    file = read_text(tmp_path, GOOD.replace(', points: ["1"]', ""))
    assert to_events(file)[1].act == {"id": "small-1"}
    assert file.act["points"] == []


def test_a_mark_at_the_start_of_the_file_is_no_part_of_it(tmp_path: Path) -> None:
    assert read_text(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()) == read_text(tmp_path, GOOD)


def test_a_quote_may_hold_what_the_paper_hides(tmp_path: Path) -> None:
    file = read_text(tmp_path, GOOD.replace("text: один показник", 'text: "один\\u200b показник "'))
    assert file.adopted["printed"][0]["text"] == "один\u200b показник "


# What is refused.

# Each case: what is replaced in GOOD, by what, and the one problem expected.

BAD = {
    "a missing key": ("currency: UAH\n", "", "missing-key", 1),
    "a missing key in a row": (", level: task", "", "missing-key", 18),
    "an unknown key": ("currency: UAH", "currency: UAH\ncolour: red", "unknown-key", 6),
    "an unknown key in a row": ("kind: flow,", "kind: flow, colour: red,", "unknown-key", 21),
    "a merge key": ("id: i-1,", "<<: x, id: i-1,", "unknown-key", 21),
    "another format": ("pledger-programme/1", "pledger-programme/2", "unknown-format", 1),
    "an id in capitals": ("small-2030", "Small-2030", "not-an-id", 2),
    "an id with a Cyrillic letter": ("id: i-1,", "id: і-1,", "not-an-id", 21),
    "an id that starts with a dot": ('id: "3"', 'id: ".3"', "not-an-id", 18),
    "an id of 65 characters": ("small-2030", "s" * 65, "not-an-id", 2),
    "a source id with a dot": ("id: grant, name", "id: gr.ant, name", "not-a-short-id", 16),
    "two rows of one id": (
        "level: task, title: Завдання}", "level: task, title: А}\n  - {id: \"3\", level: task, title: Б}",
        "duplicate-id", 19,
    ),
    "two sources of one id": (
        "  - {id: grant, name: грант}", "  - {id: grant, name: г}\n  - {id: local, name: л}",
        "duplicate-id", 17,
    ),
    "a parent that is not there": ('parent: "3"', 'parent: "4"', "unknown-parent", 19),
    "a row below itself": ('level: task, title', 'parent: "3", level: task, title', "parent-cycle", 18),
    "a source below itself": ("id: grant, name", "id: grant, parent: grant, name", "parent-cycle", 16),
    "money for an unknown measure": (
        "measure: 3.10, year: 2030, source: local", "measure: 3.1, year: 2030, source: local",
        "unknown-measure", 23,
    ),
    "an indicator of an unknown measure": ("i-1, measure: 3.10", "i-1, measure: 3.1", "unknown-measure", 21),
    "money from an unknown source": ("source: grant", "source: gift", "unknown-source", 24),
    "a total of an unknown source": ('"source:local"', '"source:gift"', "unknown-source", 13),
    "a total of an unknown sort": ('"source:local"', "sum", "not-a-total", 13),
    "money for a year outside the term": (
        "year: 2030, source: grant", "year: 2032, source: grant", "year-outside-term", 24,
    ),
    "a target for a year outside the term": ('{2030: "1"}', '{2029: "1"}', "year-outside-term", 21),
    "a total for a year outside the term": ("2030: 100", "2034: 100", "year-outside-term", 13),
    "a term that runs backwards": ("{from: 2030, to: 2031}", "{from: 2031, to: 2030}", "term-backwards", 10),
    "a year in words": ("to: 2031", "to: two thousand", "not-a-year", 10),
    "the same money twice": (
        "source: grant, amount: 40.00", "source: local, amount: 40.00", "duplicate-row", 24,
    ),
    "an amount with spaces and a comma": ("amount: 60", 'amount: "30 000,00"', "not-money", 23),
    "an amount with a hard space": ("amount: 60", 'amount: "30\u00a0000"', "not-money", 23),
    "an amount with an exponent": ("amount: 60", "amount: 1e3", "not-money", 23),
    "an amount with an underscore": ("amount: 60", "amount: 1_000", "not-money", 23),
    "an amount with one decimal": ("amount: 60", "amount: 60.5", "not-money", 23),
    "an amount in Arabic digits": ("amount: 60", "amount: ٦٠", "not-money", 23),
    "a negative amount": ("amount: 60", "amount: -60", "not-money", 23),
    "an amount with a leading zero": ("amount: 60", "amount: 060", "not-money", 23),
    "an unknown unit of amounts": ("amounts_in: uah", "amounts_in: millions", "not-a-choice", 6),
    "a short hash": ("sha256: aaaa", "sha256: aaa", "not-a-hash", 9),
    "a hash in capitals": ("sha256: aaaa", "sha256: AAAA", "not-a-hash", 9),
    "a file name with a folder": ("file: small.txt", "file: ../small.txt", "not-a-file-name", 9),
    "a date that no calendar has": ("2030-01-15", "2030-02-30", "not-a-date", 7),
    "a date in another order": ("2030-01-15", "15.01.2030", "not-a-date", 7),
    "an unknown kind of act": ("kind: decision", "kind: edict", "not-a-choice", 7),
    "an unknown level": ("level: task", "level: chapter", "not-a-choice", 18),
    "an unknown kind of indicator": ("kind: flow", "kind: flux", "not-a-choice", 21),
    "a budget code of another length": (
        "source: local, amount", 'source: local, kpkvk: "123", amount', "not-a-code", 23,
    ),
    "a point that the act has not": ('points: ["1"]', 'points: ["1"], point: "2"', "unknown-point", 7),
    "an adopting point in Cyrillic": ('points: ["1"]', 'points: ["перший"]', "not-a-point", 7),
    "an expected result of no indicator": ("expected:i-1", "expected:i-2", "unknown-indicator", 28),
    "a quote without a field name": ('field: "expected:i-1"', 'field: "Очікується"', "not-a-field", 28),
    "a blank title": ("title: Мала програма", 'title: ""', "blank-text", 3),
    "a value that is not there": ("currency: UAH", "currency:", "empty-value", 5),
    "a null": ("initiator: Рада", "initiator: null", "empty-value", 12),
    "a space at the edge": ("initiator: Рада", 'initiator: "Рада "', "text-space", 12),
    "an invisible character": ("initiator: Рада", 'initiator: "Ра\\u200bда"', "text-zero-width", 12),
    "a bidirectional control": ("initiator: Рада", 'initiator: "Ра\\u202eда"', "text-bidi", 12),
    "an escaped control character": ("initiator: Рада", 'initiator: "Рада\\a."', "text-control", 12),
    "letters that are not composed": ("initiator: Рада", "initiator: Край и\u0306", "text-not-nfc", 12),
    "a text too long": ("initiator: Рада", "initiator: " + "а" * 4001, "too-long", 12),
    "a text where a list belongs": ('points: ["1"]', 'points: "1"', "not-a-list", 7),
    "a list where a text belongs": ("currency: UAH", "currency: [UAH]", "not-a-text", 5),
    "a list where keys belong": ("{from: 2030, to: 2031}", "[2030, 2031]", "not-a-mapping", 10),
    "a duplicate key": ("currency: UAH", "currency: UAH\ncurrency: EUR", "duplicate-key", 6),
    "a duplicate key in another spelling": ("id: i-1,", 'id: i-1, "id": i-2,', "duplicate-key", 21),
    "a duplicate year": ('{2030: "1"}', '{2030: "1", 2030: "2"}', "duplicate-key", 21),
    "an anchor": ("initiator: Рада", "initiator: &a Рада", "anchor", 12),
    "a tag": ("initiator: Рада", "initiator: !!str Рада", "tag", 12),
    "a tag that would construct": (
        "initiator: Рада", "initiator: !!python/object/apply:os.system [x]", "tag", 12,
    ),
    "a directive": ("format:", "%YAML 1.1\n---\nformat:", "directive", 1),
    "a key that is a list": ("initiator: Рада", "? [a]\n  : Рада", "key-not-text", 12),
    "two documents": ("printed:", "---\nprinted:", "many-documents", 27),
    "an open quote": ("currency: UAH", 'currency: "UAH', "yaml-syntax", 7),
    "a tab for indentation": ("  initiator: Рада", "\tinitiator: Рада", "yaml-syntax", 12),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_by_code_and_line(case: str, tmp_path: Path) -> None:
    old, new, code, line = BAD[case]
    assert GOOD.count(old) == 1, "the case replaces one place"
    assert (line, code) in places(problems_of(tmp_path, GOOD.replace(old, new)))


# These leave something else missing or unknown, which is said too.
CONSEQUENCES = {
    "an id with a Cyrillic letter",
    "an id that starts with a dot",
    "a source id with a dot",
    "two documents",
    "a key that is a list",
    "a tag that would construct",
}


@pytest.mark.parametrize("case", [case for case in BAD if case not in CONSEQUENCES])
def test_one_mistake_is_reported_once(case: str, tmp_path: Path) -> None:
    old, new, code, line = BAD[case]
    assert places(problems_of(tmp_path, GOOD.replace(old, new))) == [(line, code)]


def test_a_file_without_mistakes_is_read(tmp_path: Path) -> None:
    assert read_text(tmp_path, GOOD).programme == "small-2030"


def test_half_a_kopiyka_in_thousands_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("amounts_in: uah", "amounts_in: thousand-uah").replace(
        "amount: 60", "amount: 0.000005"
    )
    assert places(problems_of(tmp_path, text)) == [(23, "not-thousands")]


def test_all_problems_are_reported_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = (
        GOOD.replace("UAH", "uah").replace("2030-01-15", "2030-13-01").replace("amount: 60", 'amount: "6,0"')
    )
    text = text.replace("initiator: Рада", "initiator: &a Рада").replace('parent: "3"', 'parent: "9"')
    assert places(problems_of(tmp_path, text)) == [
        (5, "not-a-currency"),
        (7, "not-a-date"),
        (12, "anchor"),
        (19, "unknown-parent"),
        (23, "not-money"),
    ]


def test_a_problem_has_its_pointer_and_both_languages(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, GOOD.replace("amount: 60", 'amount: "30 000,00"'))
    assert problem.path == "/financing/0/amount"
    assert "30 000,00" in problem.uk
    assert "30000.00" in problem.uk
    assert "30000.00" in problem.en
    assert problem.uk != problem.en


def test_a_duplicate_names_the_line_of_the_first(tmp_path: Path) -> None:
    (problem,) = problems_of(
        tmp_path, GOOD.replace("source: grant, amount: 40.00", "source: local, amount: 1")
    )
    assert "23" in problem.uk
    assert "23" in problem.en


def test_a_list_that_failed_as_a_whole_does_not_blame_what_names_it(tmp_path: Path) -> None:
    text = GOOD.replace("sources:\n", "sources: *lost\n").replace(
        "  - {id: local, name: місцевий бюджет}\n", ""
    )
    found = problems_of(tmp_path, text.replace("  - {id: grant, name: грант}\n", ""))
    assert places(found) == [(14, "alias")]


def test_a_longer_cycle_marks_its_members_and_not_what_hangs_below(tmp_path: Path) -> None:
    rows = "  - {id: d, level: work, parent: a, title: Г}\n  - {id: a, level: work, parent: c, title: А}\n"
    rows += "  - {id: b, level: work, parent: a, title: Б}\n  - {id: c, level: work, parent: b, title: В}\n"
    found = problems_of(tmp_path, GOOD.replace("indicators:\n", rows + "indicators:\n"))
    assert places(found) == [(21, "parent-cycle"), (22, "parent-cycle"), (23, "parent-cycle")]


@pytest.mark.parametrize("axis", ['kpkvk: "0118340"', 'kekv: "3110"', "fund: special", "unit: finance-dept"])
def test_money_that_differs_in_one_budget_axis_is_other_money(tmp_path: Path, axis: str) -> None:
    row = "  - {measure: 3.10, year: 2030, source: local, " + axis + ", amount: 1}\n"
    file = read_text(tmp_path, GOOD.replace("endorsements:\n", row + "endorsements:\n"))
    assert len(file.adopted["financing"]) == 3
    found = problems_of(tmp_path, GOOD.replace("endorsements:\n", row + row + "endorsements:\n"))
    assert places(found) == [(26, "duplicate-row")]


@pytest.mark.parametrize("code", errors.MESSAGES)
def test_every_message_can_be_said_in_both_languages(code: str) -> None:
    names = (
        "got", "allowed", "digits", "first", "room", "most", "last", "counted", "number", "date", "event"
    )  # fmt: skip
    words = dict.fromkeys(names, "1")
    uk, en = errors.MESSAGES[code]
    assert uk.format_map(words)
    assert en.format_map(words)


# Attacks.


def test_a_bomb_of_aliases_is_refused_without_growing(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 20))
    codes = {problem.code for problem in problems_of(tmp_path, bomb)}
    assert {"alias", "anchor"} <= codes


def test_an_alias_to_itself_is_refused(tmp_path: Path) -> None:
    assert (12, "alias") in places(
        problems_of(tmp_path, GOOD.replace("initiator: Рада", "initiator: &a [*a]"))
    )


def test_a_flood_of_directives_is_refused_before_the_parser_compares_them(tmp_path: Path) -> None:
    flood = "".join(f"%TAG !{number}! x\n" for number in range(100_000))
    for text in (f"{flood}---\n{GOOD}", f"--- a\n...\n{flood}--- b\n"):
        found = problems_of(tmp_path, text)
        assert [one.code for one in found] == ["directive"]
        assert found[0].line <= yaml_source.DIRECTIVES_MAX + 3


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused_before_it_is_followed(tmp_path: Path, opening: str) -> None:
    assert places(problems_of(tmp_path, opening * 100_000))[-1][1] == "too-deep"


def test_a_file_over_the_limit_is_not_read_to_its_end(tmp_path: Path) -> None:
    text = GOOD + "# " + "x" * yaml_source.SIZE_MAX_BYTES
    assert places(problems_of(tmp_path, text)) == [(0, "too-large")]


@pytest.mark.parametrize("style", ["plain", '"quoted"', "|\n    block"])
def test_a_huge_scalar_is_refused_where_it_stands(tmp_path: Path, style: str) -> None:
    word = style.strip('"|\n ')
    text = GOOD.replace("initiator: Рада", f"initiator: {style.replace(word, 'x' * 1_900_000)}")
    assert [code for _, code in places(problems_of(tmp_path, text))] == ["too-long"]


def test_a_flood_of_values_is_cut_off(tmp_path: Path) -> None:
    text = "format: [" + "a," * (yaml_source.VALUES_MAX + 1) + "]"
    assert places(problems_of(tmp_path, text))[-1][1] == "too-many-values"


def test_a_flood_of_problems_is_cut_off(tmp_path: Path) -> None:
    text = "".join(f"k{i}: v\n" for i in range(10_000))
    found = problems_of(tmp_path, text)
    assert len(found) == errors.PROBLEMS_MAX + 1
    assert "too-many-problems" in {problem.code for problem in found}


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", (1, "empty-file")),
        (b"# nothing\n", (1, "empty-file")),
        (b"format: x\ntitle: \xff\n", (2, "not-utf8")),
        (GOOD.encode("utf-16"), (1, "not-utf8")),
        (b"format: x\ntitle: a\x00b\n", (2, "text-control")),
        (b"%YAML 9.9\n---\na: b\n", (1, "yaml-syntax")),
        (b"[]", (1, "not-a-mapping")),
        (b"text", (1, "not-a-mapping")),
    ],
)
def test_what_is_no_programme_at_all_is_refused(tmp_path: Path, raw: bytes, place: tuple[int, str]) -> None:
    assert places(problems_of(tmp_path, raw)) == [place]


@pytest.mark.parametrize("escape", ["\\ud800", "\\U00110000", "\\Uffffffff"])
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_an_escape_that_is_no_character_is_refused_by_either_parser(
    tmp_path: Path, escape: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_source, "_LOADER", getattr(yaml, loader, yaml.SafeLoader))
    found = problems_of(tmp_path, GOOD.replace("initiator: Рада", f'initiator: "{escape}"'))
    assert {problem.code for problem in found} <= {"yaml-syntax", "text-surrogate"}


@pytest.mark.parametrize("path", [BELZ_FILE, RIVERSIDE_FILE])
def test_both_parsers_read_the_same_tree(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = path.read_bytes()
    fast = yaml_source.parse_yaml(raw, Problems())
    monkeypatch.setattr(yaml_source, "_LOADER", yaml.SafeLoader)
    assert yaml_source.parse_yaml(raw, Problems()) == fast


def test_a_missing_file_and_a_folder_are_one_kind_of_problem(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.yaml"):
        with pytest.raises(ImportFileError) as caught:
            read_programme(path)
        assert places(caught.value.problems) == [(0, "unreadable")]


@given(
    st.binary(max_size=300)
    | st.text(alphabet="ab:-[]{}&*!%#'\"\\>|? \n\t\u2028", max_size=120).map(str.encode)
)
def test_no_bytes_make_the_reader_fail_in_another_way(raw: bytes) -> None:
    problems = Problems()
    with contextlib.suppress(ImportFileError):
        yaml_source.parse_yaml(raw, problems)


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(start + 40, len(GOOD))))
    text = GOOD[:start] + data.draw(st.text("a1.-:,{}[] \n\"'&*«", max_size=8)) + GOOD[end:]
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    path.write_text(text, encoding="utf-8")
    with contextlib.suppress(ImportFileError):
        to_events(read_programme(path))


def test_a_list_longer_than_an_event_takes_is_refused(tmp_path: Path) -> None:
    rows = '  - {office: Комісія, person: "", date: ""}\n'
    assert read_text(tmp_path, GOOD.replace(rows, rows * 50)).adopted["endorsements"][-1]["id"] == "e50"
    assert places(problems_of(tmp_path, GOOD.replace(rows, rows * 51))) == [(26, "too-many-rows")]


def test_what_no_event_can_hold_is_refused_where_it_stands(tmp_path: Path) -> None:
    long = ", ".join(["а" * 590] * 50)
    found = problems_of(tmp_path, GOOD.replace("initiator: Рада", f"initiator: Рада\n  executors: [{long}]"))
    assert places(found) == [(13, "too-big-for-an-event")]
    bases = f", legal_bases: [{long}]}}"
    found = problems_of(tmp_path, GOOD.replace(', points: ["1"]}', bases))
    assert places(found) == [(7, "too-big-for-an-event")]
