"""The page of imports for files that are compared with the plan: what differs is seen before it is signed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.importers.state_file import axes_of, raw_of
from api.importers.template import to_workbook
from api.pages.wording import Words
from api.texts.language import Language
from ledger.values import is_money
from tests.pages.test_work import Writer, signed_text, signed_texts, typed_in, words_of
from tests.support.demo import PROGRAMME

PATH = "/work/import"
DAY = "2026-03-01"
HEAD = "Захід;Рік;Джерело;Чинна редакція;Запропонована редакція\n"
ASKED = {"programme": PROGRAMME, "office": "council-secretary"}
Row = tuple[str, str, str, str]  # measure, year, source, amount


@pytest.fixture(scope="module")
def writer(demo_site: TestClient) -> Writer:
    return Writer(demo_site)


@pytest.fixture(scope="module")
def state(demo_site: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = demo_site.get(f"/v1/programmes/{PROGRAMME}?as_of={DAY}").json()["state"]
    return found


@pytest.fixture(scope="module")
def row(state: dict[str, Any]) -> Row:
    """Some cell of the plan that holds money and has no axes but its source."""
    return next(
        (measure, year, segment, amount)
        for measure, years in sorted(state["financing"].items())
        for year, amounts in sorted(years.items())
        for segment, amount in sorted(amounts.items())
        if amount and is_money(amount) and axes_of(segment) == {"source": segment} and year >= "2026"
    )


def fields_of(writer: Writer, shape: str, **more: str) -> dict[str, str]:
    acts = writer.client.get("/v1/acts?limit=1&order=oldest").json()["items"]
    query = {**ASKED, "shape": shape}
    opened = writer.opened(PATH, **query)
    typed = {"act": acts[0]["id"], "effective": "01.03.2026", "step": "preview"}
    return {**opened, **query, **typed, **more}


def sent(writer: Writer, fields: dict[str, str], raw: bytes, status: int = 200, lang: str = "uk") -> str:
    answer = writer.client.post(
        f"{PATH}?lang={lang}", data=fields, files={"table": ("rows.csv", raw, "text/csv")}
    )
    assert answer.status_code == status, answer.text
    return answer.text


def table(row: Row, current: str, proposed: str) -> bytes:
    return (HEAD + ";".join((*row[:3], current, proposed)) + "\n").encode()


def test_a_comparison_table_is_previewed_and_its_draft_offered_for_signing(writer: Writer, row: Row) -> None:
    html = sent(writer, fields_of(writer, "comparison"), table(row, row[3], "+1,50"))
    payload = signed_text(acknowledged(writer, html))
    assert (payload["kind"], payload["effective"]) == ("financing.changed", DAY)
    (line,) = payload["data"]["lines"]
    assert line == {
        "measure": row[0], "year": int(row[1]), "source": row[2], "op": "add", "amount": "1.50",
        "stated_old": row[3],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_row_that_differs_from_the_record_is_shown_and_agreed_to_without_the_file_again(
    writer: Writer, row: Row, language: Language
) -> None:
    fields = fields_of(writer, "comparison")
    html = sent(writer, fields, table(row, "", "+1,50"), 422, language)
    words = Words(language, "work")
    assert signed_texts(html) == []
    assert words("import-noticed") in html
    assert "/2/current" in html
    assert row[3] in html
    kept = {**fields, **hidden(html)}
    assert writer.client.post(PATH, data=kept).status_code == 422
    moved = writer.client.post(PATH, data={**kept, "agreed": "1", "effective": "02.03.2026"})
    assert moved.status_code == 422
    assert Words("uk", "work")("err-table-again") in moved.text
    agreed = writer.client.post(PATH, data={**kept, "agreed": "1"})
    assert signed_text(acknowledged(writer, agreed.text))["data"]["lines"][0]["amount"] == "1.50"


def acknowledged(writer: Writer, html: str) -> str:
    """The preview after everything that the ledger noticed in it was acknowledged."""
    token = re.findall(r'name="acknowledge" value="([^"]+)"', html)
    return writer.sent(PATH, {**typed_in(html, PATH), "acknowledge": token}) if token else html


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(noticed|draft-[0-9]+)" value="([^"]*)">', html))


def test_what_was_agreed_to_of_one_file_is_not_agreed_to_of_the_next(writer: Writer, row: Row) -> None:
    fields = fields_of(writer, "comparison")
    html = sent(writer, fields, table(row, "", "+1,50"), 422)
    again = {**fields, **hidden(html), "agreed": "1"}
    html = sent(writer, again, table(row, "", "+9,50"), 422)
    assert signed_texts(html) == []
    assert typed_in(html, PATH).get("agreed") is None


def test_a_printed_total_that_is_not_the_sum_is_seen_first(writer: Writer, row: Row) -> None:
    raw = table(row, row[3], row[3].replace(".", "1.")) + f"Разом;;;{row[3]};1,00\n".encode()
    html = sent(writer, fields_of(writer, "comparison"), raw, 422)
    assert "надруковано 1.00" in words_of(html)


@pytest.mark.parametrize("language", ["uk", "en"])
def test_wrong_cells_and_what_is_missing_beside_the_file_are_named(
    writer: Writer, row: Row, language: Language
) -> None:
    html = sent(writer, fields_of(writer, "comparison"), table(row, row[3], "1.000"), 422, language)
    assert "/2/proposed" in words_of(html)
    bare = fields_of(writer, "comparison", act="", effective="")
    html = sent(writer, bare, table(row, row[3], "1"), 422, language)
    assert html.count(Words(language, "work")("err-required")) >= 2


@pytest.mark.parametrize("shape", ["comparison", "edition"])
def test_a_file_that_changes_nothing_says_so(
    writer: Writer, row: Row, state: dict[str, Any], shape: str
) -> None:
    raw = table(row, row[3], row[3]) if shape == "comparison" else to_workbook(raw_of(PROGRAMME, state))
    html = sent(writer, fields_of(writer, shape, annex="tree"), raw, 422)
    assert Words("uk", "work")("err-table-nothing") in html


def test_a_new_edition_of_the_tree_is_previewed_cell_by_cell(writer: Writer, state: dict[str, Any]) -> None:
    code = min(code for code, one in state["tree"].items() if one.get("level") == "measure")
    tree = {**state["tree"], code: {**state["tree"][code], "title": "Захід у новій редакції"}}
    raw = to_workbook(raw_of(PROGRAMME, {**state, "tree": tree}))
    html = acknowledged(writer, sent(writer, fields_of(writer, "edition", annex="tree"), raw))
    texts = signed_texts(html)
    assert {one["kind"] for one in texts} == {"programme.amended"}
    assert {one["effective"] for one in texts} == {DAY}
    titles = {one["id"]: one["title"] for text in texts for one in text["data"].get("tree", ())}
    assert titles[code] == "Захід у новій редакції"
    assert "Захід у новій редакції" in words_of(html)


@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_form_of_an_edition_asks_for_its_annex(writer: Writer, language: Language) -> None:
    answer = writer.client.get(PATH, params={**ASKED, "shape": "edition", "lang": language})
    assert Words(language, "work")("import-annex-all") in answer.text
