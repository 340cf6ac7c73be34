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

from tests.api.door import BASE, Door, open_door
from tests.api.printed import (
    IN_FORCE,
    SUSPENDED,
    ask,
    data_of,
    page_of,
    rows_of,
    sheets_of,
    squeezed,
    table_of,
    texts_of,
)
from tests.api.story import POSITIONS
from tests.support.town import LINE_CELL, PROGRAMME, TestLedger, line, lines

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
