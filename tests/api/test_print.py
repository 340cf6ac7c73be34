"""Printed documents over HTTP: their figures, their form, and what is refused.

Source: the issue's item 7; domain.md (four empties, words on the pages); docs/print.md.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.api.door import BASE, Door, open_door, problem_of
from tests.api.printed import ask, data_of, page_of, rows_of, sheets_of, squeezed, table_of, texts_of
from tests.api.story import ACT_TWO, EVENTS, POSITIONS
from tests.support.town import LINE_CELL, PROGRAMME, TestLedger, line, lines

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_FORCE, SUSPENDED = "2025-04-15", "2025-06-01"  # days before and after the second act was suspended
# How each document is asked for.
DOCUMENTS: dict[str, dict[str, Any]] = {
    "state": {"as_of": IN_FORCE},
    "report": {"as_of": IN_FORCE, "year": 2025},
    "comparison": {"as_of": IN_FORCE, "from_as_of": "2025-01-15"},
    "annex": {"as_of": IN_FORCE, "annex": "measures"},
}


@pytest.mark.parametrize("which", DOCUMENTS)
@pytest.mark.parametrize("form", ["pdf", "xlsx", "json", "typ"])
def test_each_document_has_its_form_its_type_and_a_name(storied: Door, which: str, form: str) -> None:
    answer = ask(storied, which, format=form, known=POSITIONS["corrected"], **DOCUMENTS[which])
    assert answer.status_code == 200, answer.text
    types = {"pdf": PDF, "xlsx": XLSX, "json": "application/json", "typ": "text/plain; charset=utf-8"}
    assert answer.headers["content-type"] == types[form]
    name = answer.headers["content-disposition"]
    assert name.startswith(f'attachment; filename="pledger-{which}-')
    assert name.endswith(f'town-digital-2025-{IN_FORCE}-{POSITIONS["corrected"]}.{form}"')
    assert answer.headers["pledger-position"] == str(POSITIONS["corrected"])
    starts = {"pdf": b"%PDF-", "xlsx": b"PK\x03\x04", "json": b"{", "typ": b"//"}
    assert answer.content.startswith(starts[form])


@pytest.mark.parametrize("which", DOCUMENTS)
def test_everything_in_the_data_stands_on_the_page(storied: Door, which: str) -> None:
    data = data_of(storied, which, **DOCUMENTS[which])
    shown = page_of(storied, which, **DOCUMENTS[which]).text
    official = which == "annex"  # begins as the annex does: without a title of ours
    left_out = {data["title"], data["subtitle"]} if official else set()
    missing = [one for one in texts_of(data) if one not in left_out and squeezed(one) not in shown]
    assert missing == []


@pytest.mark.parametrize(
    ("day", "known", "amended"),
    [
        (IN_FORCE, "changed", "150,00"),
        (IN_FORCE, "corrected", "155,00"),
        ("2025-03-31", "corrected", "100,00"),
        (SUSPENDED, "corrected", "155,00"),
        (SUSPENDED, "suspended", "100,00"),
    ],
)
def test_the_plan_on_the_page_is_the_one_of_the_day_by_what_was_known(
    storied: Door, day: str, known: str, amended: str
) -> None:
    data = data_of(storied, "state", as_of=day, known=POSITIONS[known])
    row = next(one for one in table_of(data, "money")["rows"] if one["cell"] == LINE_CELL)
    names = [column["name"] for column in table_of(data, "money")["columns"]]
    shown = dict(zip(names, row["cells"], strict=True))
    assert shown["original"]["text"] == "100,00"
    assert shown["amended"]["text"] == amended
    assert shown["amended"]["paths"] == [LINE_CELL]
    answer = storied.json(f"{BASE}/budget?as_of={day}&known={POSITIONS[known]}")
    (budget,) = [one for one in answer["items"] if one["cell"] == LINE_CELL]
    assert shown["amended"]["value"] == budget["amended"]
    assert row["event"] == budget["event"]
    assert shown["amended"]["entries"] == [budget["index"]]


def test_never_set_zero_dash_blank_and_removed_are_five_answers(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(model_town, tmp_path / "town") as door:
        said = [
            line("0.00", measure="1.2", year=2026),
            line("", measure="1.2", year=2027),
            line("7.50", measure="1.1", year=2026),
        ]
        door.say(
            "financing.changed", PROGRAMME, lines(*said), act="town-1-2024-12-20", effective="2025-02-01"
        )
        gone = lines(line(None, op="unset", measure="1.1", year=2026))
        door.say("financing.changed", PROGRAMME, gone, act="town-1-2024-12-20", effective="2025-03-01")
        data = data_of(door, "state", as_of="2025-05-01")
        found = {
            row["cell"]: row["cells"][4] for row in table_of(data, "money")["rows"] if row["kind"] == "line"
        }
        kinds = {path: (one["text"], one["kind"]) for path, one in found.items()}
        assert kinds == {
            "/financing/1.1/2025/local": ("100,00", "money"),
            "/financing/1.2/2025/local": ("-", "dash"),
            "/financing/1.2/2026/local": ("0,00", "money"),
            "/financing/1.2/2027/local": ("пор.", "blank"),
            "/financing/1.1/2026/local": ("вил.", "removed"),
        }
        appropriated = [row["cells"][5] for row in table_of(data, "money")["rows"] if row["kind"] == "line"]
        assert {(one["text"], one["kind"]) for one in appropriated} == {("н/в", "none")}
        annex = rows_of(data_of(door, "annex", as_of="2025-05-01", annex="financing"), "financing")
        assert annex[0] == ["місцевий бюджет", "100,00", "0,00", "пор.", "100,00"]
        assert annex[1] == ["обласний бюджет", "н/в", "н/в", "н/в", "н/в"]


# -- the same bytes ----------------------------------------------------------------------------


@pytest.mark.parametrize("which", DOCUMENTS)
def test_the_same_question_gives_the_same_bytes_in_another_process(
    storied: Door, which: str, tmp_path: Path
) -> None:
    asked = {**DOCUMENTS[which], "known": POSITIONS["suspended"]}
    once, again = (ask(storied, which, **asked).content for _ in range(2))
    assert once == again
    place = tmp_path / "data.json"
    place.write_bytes(ask(storied, which, format="json", **asked).content)
    script = (
        "import hashlib, sys, orjson; from pathlib import Path; from api.print.pdf import to_pdf;"
        "from api.print.xlsx import to_xlsx; raw = Path(sys.argv[1]).read_bytes();"
        "print(*(hashlib.sha256(one).hexdigest() for one in (to_pdf(raw), to_xlsx(orjson.loads(raw)))))"
    )
    ran = subprocess.run([sys.executable, "-c", script, place], capture_output=True, text=True, check=True)
    sheet = ask(storied, which, format="xlsx", **asked).content
    assert ran.stdout.split() == [hashlib.sha256(one).hexdigest() for one in (once, sheet)]


def test_what_is_recorded_later_changes_no_byte_of_a_frozen_print(
    storied_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(storied_town, tmp_path / "town") as door:
        asked = {"as_of": SUSPENDED, "known": POSITIONS["suspended"]}
        before = {form: ask(door, "state", format=form, **asked).content for form in ("pdf", "xlsx")}
        later = lines("999.00")
        door.say("financing.changed", PROGRAMME, later, act="town-1-2024-12-20", effective="2025-05-05")
        act = {"act": "town-77", "kind": "decision", "number": "77", "date": "2025-05-01", "title": "Пізніше"}
        door.say("act.registered", "body:town-council", {**act, "points": ["1"], "in_force": "2025-05-01"})
        door.say("financing.changed", PROGRAMME, lines("998.00"), act="town-77", effective="2025-05-06")
        for form, content in before.items():
            assert ask(door, "state", format=form, **asked).content == content
        assert "Пізніше" in str(data_of(door, "state", as_of=SUSPENDED))


# -- form ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "language"), [("uk", "uk"), ("en", "en")])
def test_the_page_is_tagged_says_its_language_and_brings_its_fonts(
    storied: Door, lang: str, language: str
) -> None:
    page = page_of(storied, "state", lang=lang, **DOCUMENTS["state"])
    root = page.catalogue
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith(language)
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert "/CreationDate" not in (page.reader.metadata or {})
    for one in page.reader.pages:
        for font in one["/Resources"]["/Font"].values():  # type: ignore[index]
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & {*descriptor}, "a reader would put another font there"


def test_each_page_names_its_place_the_point_the_root_and_the_frozen_link(storied: Door) -> None:
    known = POSITIONS["suspended"]
    page = page_of(storied, "state", as_of=SUSPENDED, known=known)
    data = data_of(storied, "state", as_of=SUSPENDED, known=known)
    assert data["link"]["url"].endswith(f"{BASE}?as_of={SUSPENDED}&known={known}")
    assert data["link"]["qr"].startswith("<svg")
    assert len(page.pages) > 1
    for place, text in enumerate(page.pages, 1):
        assert f"Сторінка{place}з{len(page.pages)}" in text
        assert squeezed(data["link"]["url"]) in text
        assert data["root"]["hash"] in text
        assert squeezed("станом на 1 червня 2025 р.") in text
        assert squeezed(f"за даними, зареєстрованими до № {known}") in text
        assert "Програмаінформатизації" in text


def test_the_root_on_the_page_is_the_one_that_the_log_key_signs(storied: Door) -> None:
    note = storied.get("/log/checkpoint").text.split("\n")
    data = data_of(storied, "state", known=int(note[1]))
    assert data["root"]["hash"] == b64decode(note[2]).hex()


def test_a_spreadsheet_holds_the_same_tables_amounts_as_numbers(storied: Door) -> None:
    asked = {"as_of": IN_FORCE, "known": POSITIONS["corrected"]}
    sheets = sheets_of(ask(storied, "state", format="xlsx", **asked).content)
    assert list(sheets) == ["about", "passport", "money", "indicators", "acts", "evidence"]
    money = sheets["money"].values()
    assert {"#100.00", "#155.00"} <= {*money}
    assert "-" in money
    assert any(
        one.endswith(f"{BASE}?as_of={IN_FORCE}&known={asked['known']}") for one in sheets["about"].values()
    )


def test_english_has_no_ukrainian_but_what_the_documents_say(storied: Door) -> None:
    page = page_of(storied, "state", lang="en", as_of=IN_FORCE)
    assert "Theprogrammeonadate" in page.text
    assert "Page1of" in page.text
    assert "станом" not in page.text


# -- the documents -------------------------------------------------------------------------------


def test_a_report_has_its_year_alone(storied: Door) -> None:
    report = data_of(storied, "report", as_of=IN_FORCE, year=2025)
    assert [row[4:5] for row in rows_of(report, "reports")]
    other = data_of(storied, "report", as_of=IN_FORCE, year=2026)
    assert rows_of(other, "reports") == []
    assert not [row for row in table_of(other, "money")["rows"] if row["cell"] == LINE_CELL]
    assert squeezed("за 2026 рік") in page_of(storied, "report", as_of=IN_FORCE, year=2026).text


def test_a_comparison_sets_the_editions_side_by_side_with_act_and_reason(storied: Door) -> None:
    asked = {"from_as_of": "2025-01-15", "as_of": IN_FORCE, "known": POSITIONS["changed"]}
    data = data_of(storied, "comparison", **asked)
    row, total = table_of(data, "financing")["rows"]
    what, old, new, difference, grounds, entry = (cell["text"] for cell in row["cells"])
    assert what == "Захід 1.1, 2025 рік, місцевий бюджет"
    assert (old, new, difference) == ("100,00", "150,00", "50,00")
    assert "№ 2, 10 березня 2025 р." in grounds
    assert "зростання цін" in grounds
    assert row["cell"] == LINE_CELL
    assert row["event"] == EVENTS["changed"]
    assert entry == str(POSITIONS["changed"])
    assert [cell["text"] for cell in total["cells"]][1:4] == ["100,00", "150,00", "50,00"]
    assert data["link"]["url"].split("?")[1] == (
        f"from_as_of=2025-01-15&from_known={asked['known']}&to_as_of={IN_FORCE}&to_known={asked['known']}"
    )


def test_a_comparison_of_a_point_with_itself_says_that_nothing_changed(storied: Door) -> None:
    data = data_of(storied, "comparison", from_as_of=IN_FORCE, as_of=IN_FORCE)
    assert not [one for one in data["blocks"] if one.get("name") in ("financing", "measures")]
    assert "не змінилася" in data["blocks"][0]["text"]


def index_of(door: Door, event: str) -> int:
    return int(door.json(f"/v1/events/{event}")["index"])


def test_an_amount_that_several_acts_added_up_names_each_of_them(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(model_town, tmp_path / "town") as door:
        entries = []
        for amount, why in (("5.00", "перше"), ("7.00", "друге")):
            more = lines(line(amount, op="add"))
            act = {"act": "town-1-2024-12-20", "effective": "2025-02-01", "reason": why}
            entries.append(door.say("financing.changed", PROGRAMME, more, **act)["event"])
        data = data_of(door, "comparison", from_as_of="2025-01-15", as_of="2025-05-01")
        row = table_of(data, "financing")["rows"][0]
        assert [cell["text"] for cell in row["cells"]][1:4] == ["100,00", "112,00", "12,00"]
        assert "перше" in row["cells"][4]["text"]
        assert "друге" in row["cells"][4]["text"]
        told = [index_of(door, one) for one in entries]
        assert row["cells"][5]["entries"] == told
        state = data_of(door, "state", as_of="2025-05-01")
        (shown,) = [one for one in table_of(state, "money")["rows"] if one["cell"] == LINE_CELL]
        assert {*told} < {*shown["cells"][4]["entries"]}


@pytest.mark.parametrize(
    ("annex", "number", "head"),
    [
        ("financing", None, "Додаток 2"),
        ("measures", None, "Додаток 3"),
        ("indicators", None, "Додаток ____"),
        ("indicators", 4, "Додаток 4"),
    ],
)
def test_an_annex_is_headed_for_a_draft_and_its_blanks_are_left_blank(
    storied: Door, annex: str, number: int | None, head: str
) -> None:
    data = data_of(storied, "annex", annex=annex, number=number, as_of=IN_FORCE)
    told = [one["text"] for one in data["blocks"] if one["type"] == "text"]
    assert told[0] == head
    assert told[1] == "до програми «Програма інформатизації»"
    assert "№ ______" in told[2]
    assert any(one.startswith("Міський голова ") and one.endswith("____") for one in told)


def test_the_sums_of_an_annex_are_those_of_its_lines(storied: Door) -> None:
    asked = {"as_of": IN_FORCE, "known": POSITIONS["corrected"]}
    money = rows_of(data_of(storied, "annex", annex="financing", **asked), "financing")
    assert money == [
        ["місцевий бюджет", "155,00", "н/в", "н/в", "155,00"],
        ["обласний бюджет", "н/в", "н/в", "н/в", "н/в"],
        ["Усього", "155,00", "н/в", "н/в", "155,00"],
    ]
    measures = rows_of(data_of(storied, "annex", annex="measures", **asked), "measures")
    assert measures[1][:2] == ["1.1", "Перший захід"]
    assert measures[1][3:7] == ["місцевий бюджет", "155,00", "н/в", "н/в"]
    assert measures[2][4] == "-"
    assert measures[-1] == ["Усього", "155,00", "н/в", "н/в", ""]


def test_a_source_has_the_money_of_its_parts_and_the_total_has_it_once(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with open_door(model_town, tmp_path / "town") as door:
        act = {"act": "town-1-2024-12-20", "effective": "2025-02-01"}
        sources = [{"id": "other", "name": "кошти інших джерел"}]
        sources += [{"id": "oblast", "name": "обласний бюджет", "parent": "other"}]
        door.say("programme.amended", PROGRAMME, {"sources": sources}, **act)
        axes = {"kpkvk": "0117610", "kekv": "2210", "fund": "special", "unit": "fin.dept"}
        said = [line("5.10", source="oblast", **axes), line("0.40", source="oblast", measure="1.2")]
        door.say("financing.changed", PROGRAMME, lines(*said), **act)
        data = data_of(door, "annex", annex="financing", as_of="2025-05-01")
        assert rows_of(data, "financing") == [
            ["кошти інших джерел", "5,50", "н/в", "н/в", "5,50"],
            ["\u2003обласний бюджет", "5,50", "н/в", "н/в", "5,50"],
            ["місцевий бюджет", "100,00", "н/в", "н/в", "100,00"],
            ["Усього", "105,50", "н/в", "н/в", "105,50"],
        ]
        state = data_of(door, "state", as_of="2025-05-01")
        names = [row[1] for row in rows_of(state, "money") if len(row) == 10]
        axes_said = "КПКВК 0117610, КЕКВ 2210, фонд: спеціальний, розпорядник fin.dept"
        assert f"обласний бюджет, {axes_said}" in names
        assert rows_of(state, "money")[-1][2] == "105,50"


def test_the_acts_and_the_entries_behind_the_figures_are_listed(storied: Door) -> None:
    data = data_of(storied, "state", as_of=SUSPENDED, known=POSITIONS["suspended"])
    acts = rows_of(data, "acts")
    assert [row[0] for row in acts] == ["1", "2"]
    assert "до 1 травня 2025 р." in acts[1][3]
    assert ACT_TWO in storied.get(f"/v1/acts/{ACT_TWO}").text
    events = {row["event"] for row in table_of(data, "evidence")["rows"]}
    named = {row["event"] for one in ("money", "acts") for row in table_of(data, one)["rows"]} - {None}
    assert named <= events


# -- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "code", "pointer"),
    [
        ("report", "missing-parameter", "/query/year"),
        ("comparison", "missing-parameter", "/query/from_as_of"),
        ("comparison?from_as_of=2025-01-15&proposal=x", "bad-parameter", "/query/proposal"),
        ("annex", "missing-parameter", "/query/annex"),
        ("annex?annex=passport", "bad-parameter", "/query/annex"),
        ("annex?annex=measures&number=0", "bad-parameter", "/query/number"),
        ("poster", "bad-parameter", "/path/print"),
        ("state?format=docx", "bad-parameter", "/query/format"),
        ("state?lang=de", "bad-parameter", "/query/lang"),
        ("state?year=2025", "unknown-parameter", "/query/year"),
        ("state?as_of=2025-13-01", "bad-parameter", "/query/as_of"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    storied: Door, route: str, code: str, pointer: str
) -> None:
    document = problem_of(storied.get(f"{BASE}/print/{route}"), 400, code)
    assert document["errors"][0]["pointer"] == pointer


def test_no_such_programme_and_no_such_position(storied: Door) -> None:
    problem_of(storied.get("/v1/programmes/nobody/print/state"), 404, "no-such-programme")
    problem_of(storied.get(f"{BASE}/print/state?known=99999"), 404, "position-ahead")


def test_too_long_a_document_is_refused_in_clear_words(
    storied: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.print.making.ROWS_MAX", 10)
    document = problem_of(ask(storied, "state", as_of=IN_FORCE), 422, "print-too-large")
    assert document["details"]["most"] == 10
    monkeypatch.setattr("api.print.making.ROWS_MAX", 1000)
    monkeypatch.setattr("api.print.making.TEXT_MAX", 100)
    problem_of(ask(storied, "state", as_of=IN_FORCE), 422, "print-too-large")


def test_no_more_are_drawn_at_once_than_there_are_slots(storied_town: TestLedger, tmp_path: Path) -> None:
    with open_door(storied_town, tmp_path / "town", bundles_at_once=1) as door:
        context: Any = door.client.app.state.context  # type: ignore[attr-defined]
        portal = door.client.portal
        assert portal is not None
        portal.call(context.bundles.acquire)
        answer = ask(door, "state")
        problem_of(answer, 503, "busy")
        assert answer.headers["retry-after"]
        portal.call(context.bundles.release)
        assert ask(door, "state").status_code == 200


def test_a_kept_copy_is_known_again_and_another_question_is_not_taken_for_it(storied: Door) -> None:
    first = ask(storied, "state", as_of=IN_FORCE)
    tag = first.headers["etag"]
    route = f"{BASE}/print/state?as_of="
    assert storied.get(route + IN_FORCE, if_none_match=tag).status_code == 304
    assert storied.get(route + SUSPENDED, if_none_match=tag).status_code == 200
    assert storied.get(route + IN_FORCE, if_none_match=tag, host="other.example").status_code == 200
