"""The page of imports: wrong cells in a table, a preview of what changes, and the drafts to sign."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from starlette.testclient import TestClient

from api.pages.wording import Words
from api.pages.work_import import OFFERED
from api.texts.language import Language
from tests.pages.test_work import EXECUTOR, FINANCE, Writer, signed_text, signed_texts, typed_in, words_of
from tests.support.demo import PROGRAMME

PATH = "/work/import"
ACTUALS = "Індикатор;Період;Як рахується;Значення\n"
ASKED = {"programme": PROGRAMME, "office": EXECUTOR, "shape": "actuals"}


@pytest.fixture(scope="module")
def writer(demo_site: TestClient) -> Writer:
    return Writer(demo_site)


def sent(writer: Writer, text: str, **asked: str) -> str:
    query = {**ASKED, **asked}
    fields = {**writer.opened(PATH, **query), **query, "step": "preview"}
    return writer.sent(PATH, fields, table=("rows.csv", text.encode(), "text/csv"))


def test_each_office_is_offered_what_it_may_sign(writer: Writer) -> None:
    inbox = writer.client.get(f"/work?office={EXECUTOR}").text
    address = f"{PATH}?{urlencode({'programme': PROGRAMME, 'office': EXECUTOR})}"
    assert address in unescape(inbox)
    executor = words_of(writer.client.get(address).text)
    assert "Значення індикаторів" in executor
    assert "Виписка казначейства" not in executor


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("shape", OFFERED)
def test_each_form_says_which_columns_it_reads(writer: Writer, shape: str, language: Language) -> None:
    asked = {**ASKED, "office": "council-secretary", "shape": shape, "lang": language}
    answer = writer.client.get(f"{PATH}?{urlencode(asked)}")
    assert answer.status_code == 200, answer.text
    assert Words(language, "work")(f"import-{shape}-columns") in answer.text


@pytest.mark.parametrize("language", ["uk", "en"])
def test_wrong_cells_stand_in_a_table_with_their_lines(writer: Writer, language: str) -> None:
    fields = {**writer.opened(PATH, **ASKED), "step": "preview"}
    raw = (ACTUALS + "1.1.2;2025-Q1;за період;1.000\nnone;2025-Q1;ytd;<b>\n").encode("cp1251")
    answer = writer.client.post(
        f"{PATH}?lang={language}", data=fields, files={"table": ("rows.csv", raw, "text/csv")}
    )
    assert answer.status_code == 422
    said = words_of(answer.text)
    for place in ("/2/value", "/3/indicator", "/3/value", "<b>"):
        assert place in said
    assert "<b>" not in answer.text
    assert signed_texts(answer.text) == []


def test_a_good_file_is_previewed_and_its_draft_offered_for_signing(writer: Writer) -> None:
    html = sent(writer, ACTUALS + "1.1.2;2026-Q1;за період;3,5\n")
    payload = signed_text(html)
    assert payload["data"] == {
        "indicator": "1.1.2", "period": "2026-Q1", "accumulation": "period", "value": "3.5",
    }  # fmt: skip
    assert payload["signers"][0]["office"] == EXECUTOR


def test_several_events_are_signed_as_one_batch_or_taken_away_as_a_zip(writer: Writer) -> None:
    html = sent(writer, ACTUALS + "1.1.2;2026-Q1;за період;3\n1.1.2;2026-Q2;за період;4\n")
    assert len(signed_texts(html)) == 2
    canonical = re.findall(r'<input type="hidden" name="canonical" value="([^"]+)">', html)
    both = list(dict.fromkeys(canonical))
    answer = writer.client.post("/work/sign/files", data={"canonical": both})
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        drafts = [orjson.loads(opened.read(name)) for name in opened.namelist()]
    assert [one["data"]["value"] for one in drafts] == ["3", "4"]
    assert drafts == signed_texts(html)


def test_a_discrepancy_is_acknowledged_on_the_page_and_goes_into_the_text(writer: Writer) -> None:
    asked = {"shape": "schedule", "office": FINANCE}
    head = "Номер довідки;Дата довідки;Захід;Рік;Джерело;Було;Зміна\n"
    html = sent(writer, head + "15;01.03.2025;3.3.2;2025;local;1,00;2,00\n", **asked)
    assert signed_texts(html) == []
    token = re.findall(r'name="acknowledge" value="([^"]+)"', html)
    assert token
    fields: dict[str, Any] = {**typed_in(html, PATH), "acknowledge": token}
    again = writer.sent(PATH, fields)
    assert "old-mismatch" in signed_text(again)["acknowledges"]


def test_without_a_file_it_is_asked_for(writer: Writer) -> None:
    html = writer.check(PATH, 422, query=ASKED)
    assert "оберіть файл" in words_of(html)


def test_a_day_is_asked_for_and_read_as_people_write_it(writer: Writer) -> None:
    text = "КПКВК;ZAT_AMT;PLANS_AMT;FAKT_AMT\n0217520;1;1;1\n"
    asked = {"shape": "treasury", "office": FINANCE}
    query = {**ASKED, **asked}
    fields = {**writer.opened(PATH, **query), "step": "preview"}
    files = {"table": ("x.csv", text.encode(), "text/csv")}
    assert writer.client.post(PATH, data={**fields, "day": "31.06.2025"}, files=files).status_code == 422
    html = writer.client.post(PATH, data={**fields, "day": "30.06.2025"}, files=files).text
    assert signed_text(html)["data"]["day"] == "2025-06-30"


def test_a_shape_that_is_none_and_a_draft_that_nobody_read(writer: Writer) -> None:
    assert writer.client.get(f"{PATH}?{urlencode({**ASKED, 'shape': 'x'})}").status_code == 400
    fields = {**writer.opened(PATH, **ASKED), "step": "preview", "draft-0": "!!"}
    assert writer.client.post(PATH, data=fields).status_code == 400
