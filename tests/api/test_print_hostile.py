"""Texts that would be commands elsewhere stay texts on the page and in the sheet. Source: security.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.door import Door, open_door
from tests.api.printed import Page, ask, data_of, page_of, rows_of, sheets_of, squeezed, table_of, texts_of
from tests.support.town import ACT, ACT_DATA, COUNCIL_STREAM, PROGRAMME, PROGRAMME_DATA, TestLedger

# What typst, HTML, a spreadsheet or a template of ours would obey.
MARKUP = (
    '#panic("x") $x^2$ *b* _i_ `c` @ref <label> [a] \\ // /* = h - l + e ~ '
    '#import "@preview/x:1.0.0" {page} {pages}'
)
HTML = '<script>alert(1)</script><img src=x onerror=y> &amp; <a href="javascript:z">'
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://evil.example";"x")', "=cmd|'/c calc'!A1")
LETTERS = "Ґрунт, їжак, єнот, ім’я, № 1 – «лапки» ´ \u0301й і ї є ґ ’"
LONG = "п" * 399 + " " + "x" * 200


def hostile_data() -> dict[str, Any]:
    tree = [{"id": "1", "level": "task", "title": MARKUP}]
    titles = [HTML, LETTERS, LONG, *FORMULAS]
    tree += [
        {"id": f"1.{place}", "level": "measure", "parent": "1", "title": title}
        for place, title in enumerate(titles, 1)
    ]
    indicators = [
        {"id": f"i-{place}", "measure": "1.1", "name": text, "kind": "flow", "unit": "=2+2"}
        for place, text in enumerate((MARKUP, *FORMULAS), 1)
    ]
    passport = {"initiator": FORMULAS[4], "developer": [MARKUP, HTML], "stages": "", "participants": "-"}
    sources = [{"id": "local", "name": "=3+3"}, {"id": "oblast", "name": MARKUP}]
    return PROGRAMME_DATA | {
        "title": f"{MARKUP} {HTML}",
        "tree": tree,
        "indicators": indicators,
        "passport": passport,
        "sources": sources,
        "financing": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "1250000.50"}],
    }


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A town whose programme is full of commands."""
    folder = tmp_path_factory.mktemp("hostile")
    with TestLedger.opened(folder / "model") as town:
        town.submit("act.registered", COUNCIL_STREAM, ACT_DATA | {"title": MARKUP, "number": "=9+9"})
        said = {"act": ACT, "effective": "2025-01-01", "reason": MARKUP}
        town.submit("programme.adopted", PROGRAMME, hostile_data(), **said)
    with open_door(town, folder / "town") as door:
        yield door


DOCUMENTS: dict[str, dict[str, Any]] = {
    "state": {},
    "report": {"year": 2025},
    "comparison": {"from_as_of": "2024-01-01"},
    "annex": {"annex": "measures"},
}


@pytest.mark.parametrize("which", DOCUMENTS)
def test_no_text_is_a_command_to_the_page(hostile: Door, which: str) -> None:
    asked = {"as_of": "2025-05-01", **DOCUMENTS[which]}
    data = data_of(hostile, which, **asked)
    shown = page_of(hostile, which, **asked).text
    left_out = {data["title"], data["subtitle"]} if which == "annex" else set()
    missing = [one for one in texts_of(data) if one not in left_out and squeezed(one) not in shown]
    # A combining mark is drawn into its letter, which reads back as one letter.
    assert [one for one in missing if one != LETTERS] == []
    assert squeezed(MARKUP) in shown


@pytest.mark.parametrize("which", DOCUMENTS)
def test_no_text_is_a_formula_or_a_link_in_the_sheet(hostile: Door, which: str) -> None:
    raw = ask(hostile, which, format="xlsx", as_of="2025-05-01", **DOCUMENTS[which]).content
    sheets = sheets_of(raw)
    assert b"<f>" not in raw
    assert b"hyperlink" not in raw.lower()
    data = data_of(hostile, which, as_of="2025-05-01", **DOCUMENTS[which])
    for name in sheets.keys() - {"about"}:
        texts = {
            cell["text"]
            for row in table_of(data, name)["rows"]
            for cell in row["cells"]
            if cell["kind"] != "money" and cell["text"]
        }
        assert texts <= {*sheets[name].values()}


def test_an_amount_is_grouped_and_its_cents_stand_behind_a_comma(hostile: Door) -> None:
    rows = table_of(data_of(hostile, "state", as_of="2025-05-01"), "money")["rows"]
    (amended,) = [row["cells"][4] for row in rows if row["cell"] == "/financing/1.1/2025/local"]
    assert (amended["text"], amended["value"]) == ("1\u00a0250\u00a0000,50", "1250000.50")
    assert "1250000,50" in page_of(hostile, "state", as_of="2025-05-01").text


def test_what_reads_like_one_of_our_marks_is_quoted(hostile: Door) -> None:
    said = {"act": ACT, "effective": "2025-02-01"}
    tree = [{"id": "1.1", "level": "measure", "parent": "1", "title": "не встановлено"}]
    amended = {"tree": [*tree, {"id": "1.2", "level": "measure", "parent": "1", "title": "план (!)"}]}
    hostile.say("programme.amended", PROGRAMME, amended, **said)
    annex = rows_of(data_of(hostile, "annex", annex="measures", as_of="2025-05-01"), "measures")
    assert annex[1][1] == "«не встановлено»"
    assert annex[2][1] == "«план (!)»"


def test_a_strange_host_is_only_the_link_of_the_one_who_sent_it(hostile: Door) -> None:
    answer = hostile.get("/v1/programmes/town-digital-2025/print/state?format=json", host="[::1]:80")
    assert answer.json()["link"]["url"].startswith("http://[::1]")


def test_every_letter_of_ukrainian_is_in_the_fonts_of_the_page(hostile: Door) -> None:
    shown = Page(ask(hostile, "state", as_of="2025-01-15").content).text
    assert set("ґҐіІїЇєЄ’№«»–−") - {*shown, "І", "Ї", "Є", "Ґ", "−"} == set()
    assert "\ufffd" not in shown
