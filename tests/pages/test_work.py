"""The pages of work: what waits, the forms, and what would change before anybody signs."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from starlette.testclient import TestClient

from api.importers.numbers import plain_number, spelled
from api.pages.forms import PART_BYTES_MAX, TYPED_BYTES_MAX, Posted
from api.pages.wording import Words, texts
from api.pages.work_reading import Reader
from tests.support.demo import PROGRAMME

EXECUTOR, HEAD, FINANCE = "responsible-executor", "programme-head", "finance-head"
NBSP = "\u00a0"
_CONTROL = re.compile(
    r"<(input|select|textarea)\b([^>]*)>(.*?)(?=</select|</textarea|<input|<select|<textarea|</form)", re.S
)


def main_of(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main_of(html)))).replace(NBSP, " ")


def typed_in(html: str, action: str) -> dict[str, str]:
    """What a browser would send of the form with this action, as it stands."""
    (form,) = re.findall(rf'<form action="{re.escape(action)}"[^>]*method="post".*?</form>', html, re.S)[:1]
    found: dict[str, str] = {}
    for tag, attributes, rest in _CONTROL.findall(form):
        name = re.search(r'name="([^"]*)"', attributes)
        if name is None or 'type="file"' in attributes:
            continue
        if 'type="checkbox"' in attributes and " checked" not in attributes:
            continue
        value = re.search(r'value="([^"]*)"', attributes)
        if tag == "select":
            value = re.search(r'<option value="([^"]*)" selected', rest)
        text = rest.removeprefix("\n") if tag == "textarea" else value[1] if value else ""
        found[unescape(name[1])] = unescape(text)
    return found


class Writer:
    """Fills in forms as a browser without scripts would."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def opened(self, path: str, **query: str) -> dict[str, str]:
        answer = self.client.get(f"{path}?{urlencode(query)}")
        assert answer.status_code == 200, answer.text[:500]
        return typed_in(answer.text, path)

    def sent(self, path: str, fields: Mapping[str, Any], status: int = 200, **files: Any) -> str:
        answer = self.client.post(path, data={**fields}, files=files or None)
        assert answer.status_code == status, words_of(answer.text)[:800]
        return str(answer.text)

    def check(self, path: str, status: Any = 200, *, query: Mapping[str, str], **typed: Any) -> str:
        return self.sent(path, {**self.opened(path, **query), "step": "preview", **typed}, status)


@pytest.fixture(scope="module")
def writer(demo_site: TestClient) -> Writer:
    return Writer(demo_site)


ACTUAL = {"programme": PROGRAMME, "office": EXECUTOR, "indicator": "1.1.2", "period": "2026-Q1"}
GRID = {"programme": PROGRAMME, "office": EXECUTOR, "period": "2026-Q4"}
PAYMENT = {"programme": PROGRAMME, "office": FINANCE, "period": "2025-Q4"}


def signed_texts(html: str) -> list[dict[str, Any]]:
    """The canonical texts that the page offers to sign."""
    return [orjson.loads(unescape(one)) for one in re.findall(r"<pre[^>]*>\s*(\{.*?\})\s*</pre>", html, re.S)]


def signed_text(html: str) -> dict[str, Any]:
    found = signed_texts(html)
    assert len(found) == 1, words_of(html)[:800]
    return found[0]


# What people type


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("30 000,00", "30000.00"), ("30\u00a0000,00", "30000.00"), ("30\u202f000,5", "30000.5"),
        ("30000", "30000"), ("-1,5", "-1.5"), ("−1,5", "-1.5"), (" 0 ", "0"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed: str, read: str) -> None:
    found = plain_number(typed)
    assert found is not None
    assert f"{found:f}" == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "1 00",
        "1.000,00",
        "1,000.00",
        "1.000",
        "-12.345",
        "1e3",
        "0x1",
        "1 000 0",
        "NaN",
        "²",
        "١",
        "1,",
        ",5",
        "--1",
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused(typed: str) -> None:
    assert plain_number(typed) is None


def read(**fields: str) -> Reader:
    return Reader(Posted({name: (text,) for name, text in fields.items()}), Words("uk", "work"))


def test_money_has_two_places_and_is_never_rounded() -> None:
    reader = read(a="1 234 567,8", b="0,005", c="1000000000000000", d="")
    assert reader.money("a") == "1234567.80"
    assert (reader.money("b"), reader.money("c"), reader.money("d")) == (None, None, None)
    assert list(reader.errors) == ["b", "c", "d"]
    assert read(d="").money("d", required=False) is None


def test_zero_is_zero_and_has_no_sign() -> None:
    assert read(a="-0,00").number("a", places=6) == "0"
    assert read(a="0").money("a") == "0.00"
    assert spelled(plain_number("007,50") or plain_number("0")) == "7.5"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "day"),
    [("20.02.2025", "2025-02-20"), ("2025-02-20", "2025-02-20"), ("31.02.2025", None), ("x", None)],
)
def test_a_day_is_read_as_it_is_printed(typed: str, day: str | None) -> None:
    reader = read(day=typed)
    assert reader.day("day") == day
    assert bool(reader.errors) == (day is None)


# The inbox


def test_the_choice_is_by_name_and_says_that_only_a_signature_counts(demo_site: TestClient) -> None:
    html = demo_site.get("/work").text
    names = re.findall(r'<option value="[a-z-]+">([^<]+)</option>', html)
    assert "Секретар ради" in names
    assert "Реєстр вірить лише підпису" in html
    assert "set-cookie" not in demo_site.get("/work").headers
    offices = names[: names.index("Секретар ради") + 1]
    assert offices == sorted(offices), "Ukrainian letters outside а–я would need another order here"


def test_each_thing_that_waits_has_its_form(demo_site: TestClient) -> None:
    waits = demo_site.get(f"/v1/inbox?office={HEAD}&limit=100").json()["items"]
    html = demo_site.get(f"/work?office={HEAD}").text
    for item in waits:
        name = {"accept": "report", "withdraw": "proposal", "answer": "observation"}[item["task"]]
        address = f"/work/{item['task']}?{name}={item['about']['event']}&amp;office={HEAD}"
        assert address in html
    assert f"показано 1–{len(waits)} із {len(waits)}" in words_of(html)


def test_what_is_overdue_says_so_in_a_word_and_long_lists_go_on(demo_site: TestClient) -> None:
    html = demo_site.get(f"/work?office={EXECUTOR}&as_of=2027-03-01").text
    assert '<span class="is bad">прострочено</span>' in html
    assert f"/work/actual?programme={PROGRAMME}&amp;period=2026&amp;indicator=" in html


def test_an_office_that_is_not_there_is_refused_as_a_page(demo_site: TestClient) -> None:
    answer = demo_site.get("/work?office=nobody")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_no_name_is_cut_in_the_inbox(demo_site: TestClient) -> None:
    titles = [one["title"]["uk"] for one in demo_site.get(f"/v1/inbox?office={HEAD}").json()["items"]]
    assert [one for one in titles if one.endswith("…»")]  # the door cuts
    text = demo_site.get(f"/work?office={HEAD}").text
    assert "…»" not in text
    assert "електронного документообігу в органах влади»" in text


def test_the_inbox_has_a_table_with_the_same_rows(demo_site: TestClient) -> None:
    asked = demo_site.get(f"/v1/inbox?office={HEAD}&limit=5")
    table = demo_site.get(f"/v1/inbox?office={HEAD}&limit=5&format=csv")
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["about_event"] for row in rows] == [one["about"]["event"] for one in asked.json()["items"]]
    assert [row["title_uk"] for row in rows] == [one["title"]["uk"] for one in asked.json()["items"]]
    assert 'rel="next"' in table.headers["link"]
    assert "format=csv" in table.headers["link"]


# One indicator


def test_a_report_is_shown_before_it_is_signed_and_nothing_is_written(writer: Writer) -> None:
    before = writer.client.get("/v1").json()["position"]
    html = writer.check("/work/actual", query=ACTUAL, value="2", reason="Протокол № 3")
    said = signed_text(html)
    assert said["data"] == {"indicator": "1.1.2", "period": "2026-Q1", "accumulation": "period", "value": "2"}
    assert said["signers"][0]["office"] == EXECUTOR
    assert said["reason"] == "Протокол № 3"
    assert said["seen"] == before
    assert "не подано" in words_of(html)
    assert "<ins>2</ins>" in html
    assert writer.client.get("/v1").json()["position"] == before


def test_the_training_ledger_marks_invented_events_unless_told_not_to(writer: Writer) -> None:
    assert "вигадана" in signed_text(writer.check("/work/actual", query=ACTUAL, value="2"))["example"]
    fields = {**writer.opened("/work/actual", **ACTUAL), "value": "2", "step": "preview"}
    del fields["example"]
    assert "example" not in signed_text(writer.sent("/work/actual", fields))


def test_an_error_stands_in_the_summary_and_at_the_field_and_nothing_is_lost(writer: Writer) -> None:
    html = writer.check("/work/actual", 422, query=ACTUAL, value="п'ять", note="Рядок\nдругий <b>")
    assert '<a href="#value">Значення: це не число' in html
    assert re.search(r'<input id="value"[^>]*aria-invalid="true"', html)
    assert 'id="e-value"' in html
    kept = typed_in(html, "/work/actual")
    assert (kept["value"], kept["note"], kept["period"]) == ("п'ять", "Рядок\nдругий <b>", "2026-Q1")
    assert "/work/sign" not in main_of(html)


def test_what_the_ledger_refuses_is_said_at_its_field(writer: Writer) -> None:
    html = writer.check("/work/actual", 422, query=ACTUAL, value="2", numerator="1")
    assert '<a href="#denominator">' in html
    html = writer.check("/work/actual", 422, query={**ACTUAL, "indicator": "1.1.1"}, value="5")
    assert '<a href="#value">Значення: потрібно Так або Ні' in html


def test_going_back_from_the_preview_keeps_all_that_was_typed(writer: Writer) -> None:
    html = writer.check("/work/actual", query=ACTUAL, value="2,50", note="Так", reason="Лист")
    again = writer.sent("/work/actual", {**typed_in(html, "/work/actual"), "step": "edit"})
    kept = typed_in(again, "/work/actual")
    assert (kept["value"], kept["note"], kept["reason"]) == ("2,50", "Так", "Лист")


def test_a_document_is_named_by_its_hash_and_carried_on(writer: Writer) -> None:
    fields = {**writer.opened("/work/actual", **ACTUAL), "value": "2", "step": "preview", "access": "public"}
    raw = b"%PDF-1.4 \xff\x00 content"
    html = writer.sent("/work/actual", fields, file=("C:\\x\\протокол.pdf", raw, "application/pdf"))
    (named,) = signed_text(html)["files"]
    assert named == {
        "name": "протокол.pdf", "media_type": "application/pdf", "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(), "access": "public",
    }  # fmt: skip
    carried = typed_in(html, "/work/actual")
    assert signed_text(writer.sent("/work/actual", {**carried, "step": "preview"}))["files"] == [named]
    without = writer.sent("/work/actual", {**carried, "step": "preview", "drop-file": "1"})
    assert "files" not in signed_text(without)


def test_a_document_needs_a_word_on_who_may_read_it(writer: Writer) -> None:
    fields = {**writer.opened("/work/actual", **ACTUAL), "value": "2", "step": "preview"}
    html = writer.sent("/work/actual", fields, 422, file=("a.pdf", b"a", "application/pdf"))
    assert '<a href="#access">' in html
    assert typed_in(html, "/work/actual")["kept-file"]


# The grid


def test_an_empty_field_of_the_grid_is_not_reported_and_zero_is(writer: Writer) -> None:
    html = writer.check("/work/actuals", query=GRID, **{"value-0": "Так", "value-1": "0"})
    values = {one["data"]["indicator"]: one["data"]["value"] for one in signed_texts(html)}
    assert values == {"1.1.1": "Так", "1.1.2": "0"}


def test_an_empty_grid_has_nothing_to_submit(writer: Writer) -> None:
    html = writer.check("/work/actuals", 422, query=GRID)
    assert "нічого не заповнено" in words_of(html)
    assert 'id="form"' in html


def test_a_wrong_row_of_the_grid_names_its_indicator(writer: Writer) -> None:
    html = writer.check("/work/actuals", 422, query=GRID, **{"value-0": "Так", "value-1": "багато"})
    assert '<a href="#value-1">1.1.2: це не число' in html
    assert typed_in(html, "/work/actuals")["value-0"] == "Так"


def test_the_grid_asks_for_a_period_first(demo_site: TestClient) -> None:
    html = demo_site.get(f"/work/actuals?programme={PROGRAMME}&office={EXECUTOR}").text
    assert '<option value="2026-Q4">4 квартал 2026 року</option>' in html
    assert "data-cell" not in html


# Discrepancies


def tokens(html: str) -> list[str]:
    return re.findall(r'name="acknowledge" value="([^"]+)"', html)


def test_signing_is_offered_only_after_each_discrepancy_is_acknowledged(writer: Writer) -> None:
    html = writer.check("/work/payment", query=PAYMENT, **{"amount-0": "300 000,00"})
    assert "Визнаю: Разом 300 000,00, а призначено 45 000,00." in words_of(html)
    assert "</pre>" not in main_of(html)
    (token,) = tokens(html)
    html = writer.sent("/work/payment", {**typed_in(html, "/work/payment"), "acknowledge": token})
    said = signed_text(html)
    assert said["acknowledges"] == ["over-appropriation"]
    assert said["data"]["lines"] == [
        {"measure": "3.3.2", "year": 2025, "source": "local", "amount": "300000.00"}
    ]


def test_an_acknowledgement_is_of_the_amounts_that_were_shown_and_of_no_others(writer: Writer) -> None:
    html = writer.check("/work/payment", query=PAYMENT, **{"amount-0": "300 000,00"})
    (token,) = tokens(html)
    fields = {**typed_in(html, "/work/payment"), "acknowledge": token, "amount-0": "900 000,00"}
    html = writer.sent("/work/payment", fields)
    assert "</pre>" not in main_of(html)
    assert tokens(html) != [token]


def test_a_code_is_not_signed_while_one_of_its_discrepancies_is_open(writer: Writer) -> None:
    typed = {"amount-0": "300 000,00", "measure-3": "3.3.4", "source-3": "local", "amount-3": "900 000,00"}
    html = writer.check("/work/payment", query=PAYMENT, **typed)
    found = tokens(html)
    if len(found) > 1:
        fields = {**typed_in(html, "/work/payment"), "acknowledge": found[0]}
        assert "</pre>" not in main_of(writer.sent("/work/payment", fields))
    whole: dict[str, Any] = {**typed_in(html, "/work/payment"), "acknowledge": found}
    both = writer.sent("/work/payment", whole)
    assert signed_text(both)["acknowledges"] == ["over-appropriation"]


# Changes, review, corrections


def proposal_of(client: TestClient) -> dict[str, Any]:
    (one, *_) = client.get("/v1/proposals?state=refused").json()["items"]
    return dict(one)


def test_a_proposal_takes_only_the_lines_that_change_with_what_was_in_force(writer: Writer) -> None:
    query = {"programme": PROGRAMME, "office": HEAD}
    form = writer.client.get(f"/work/propose?{urlencode(query)}").text
    place = next(n for n in range(20) if f'name="old-{n}" value="40000.00"' in form)
    typed = {
        "effective": "01.12.2026",
        "note": "Подорожчало",
        f"op-{place}": "set",
        f"amount-{place}": "45 000,00",
    }
    change = signed_text(writer.check("/work/propose", query=query, **typed))["data"]["change"]
    assert change["effective"] == "2026-12-01"
    assert change["data"]["lines"] == [
        {
            "measure": "3.3.2",
            "year": 2026,
            "source": "local",
            "op": "set",
            "amount": "45000.00",
            "stated_old": "40000.00",
        }
    ]


def test_a_refusal_wants_a_reason_and_binds_to_the_proposal_s_text(writer: Writer) -> None:
    proposal = proposal_of(writer.client)
    query = {"proposal": proposal["id"], "office": FINANCE}
    assert '<a href="#said">' in writer.check("/work/refuse", 422, query=query)
    said = signed_text(writer.check("/work/refuse", query=query, said="Немає розрахунку"))
    assert said["data"] == {
        "proposal": proposal["id"],
        "content": proposal["content"],
        "reason": "Немає розрахунку",
    }


def test_an_endorsement_shows_what_enacting_would_do_and_who_still_lacks(writer: Writer) -> None:
    proposal = proposal_of(writer.client)
    html = writer.check("/work/endorse", query={"proposal": proposal["id"], "office": FINANCE})
    told = words_of(html)
    assert "Якщо пропозицію внести зараз" in told
    assert "90 000,00" in told
    assert "Бракує: " in told
    assert signed_text(html)["kind"] == "change.endorsed"


def test_a_report_is_accepted_or_returned_from_a_day(writer: Writer) -> None:
    (item, *_) = writer.client.get(f"/v1/inbox?office={HEAD}&task=accept").json()["items"]
    query = {"report": item["about"]["event"], "office": HEAD}
    said = signed_text(writer.check("/work/accept", query=query, effective="20.11.2026"))
    assert (said["kind"], said["effective"], said["data"]) == (
        "report.accepted", "2026-11-20", {"report": item["about"]["event"]},
    )  # fmt: skip
    assert '<a href="#note">' in writer.check("/work/return", 422, query=query)


def test_an_observation_is_answered(writer: Writer) -> None:
    (item, *_) = writer.client.get(f"/v1/inbox?office={HEAD}&task=answer").json()["items"]
    query = {"observation": item["about"]["event"], "office": HEAD}
    said = signed_text(writer.check("/work/answer", query=query, outcome="explained", text="Лист № 5"))
    assert said["data"] == {"observation": item["about"]["event"], "outcome": "explained", "text": "Лист № 5"}


def test_an_observation_names_a_cell_as_the_address_says(writer: Writer) -> None:
    query = {
        "programme": PROGRAMME,
        "office": "finance-commission-chair",
        "cell": "/financing/3.3.2/2025/local",
    }
    said = signed_text(writer.check("/work/observe", query=query, text="Чому?", to=HEAD, due="31.12.2026"))
    assert said["data"] == {
        "about": {"cell": "/financing/3.3.2/2025/local"}, "text": "Чому?", "to": HEAD, "due": "2026-12-31",
    }  # fmt: skip


def spending(client: TestClient) -> dict[str, Any]:
    rows = client.get(f"/v1/programmes/{PROGRAMME}/reports?measure=3.3.2").json()["items"]
    return next(dict(one) for one in rows if one["phase"] == "commitment")


def test_a_correction_names_the_entry_and_changes_only_what_was_changed(writer: Writer) -> None:
    report = spending(writer.client)
    query = {"event": report["report"], "office": FINANCE}
    html = writer.check("/work/correct", 422, query=query, reason="Описка")
    assert "жодного значення не змінено" in words_of(html)
    html = writer.check("/work/correct", 422, query=query, **{"leaf-0": "44 000,00"})
    assert '<a href="#reason">' in html
    said = signed_text(writer.check("/work/correct", query=query, reason="Описка", **{"leaf-0": "44 000,00"}))
    assert said["relations"]["corrects"]["event"] == report["report"]
    assert said["data"]["lines"][0]["amount"] == "44000.00"
    assert said["data"]["phase"] == "commitment"


def test_an_entry_is_voided_only_on_being_told_so(writer: Writer) -> None:
    query = {"event": spending(writer.client)["report"], "office": FINANCE}
    assert signed_text(writer.check("/work/correct", query=query, how="void", reason="Двічі"))["data"] is None


# What the forms withstand


def test_a_form_that_is_too_large_or_no_text_is_refused(writer: Writer) -> None:
    assert writer.client.post("/work/actual", data={"note": "я" * TYPED_BYTES_MAX}).status_code == 413
    many = {"office": EXECUTOR, "note": "x" * (PART_BYTES_MAX + 1)}
    answer = writer.client.post("/work/actual", data=many, files={"file": ("a", b"a")})
    assert answer.status_code == 413
    assert writer.client.post("/work/actual", data={"note": "a\x00b"}).status_code == 400


def test_what_was_typed_is_escaped(writer: Writer) -> None:
    html = writer.check("/work/actual", query=ACTUAL, value="2", reason='"><script>alert(1)</script>')
    assert "<script>alert" not in html


def test_a_position_that_was_not_reached_is_not_claimed_to_be_seen(writer: Writer) -> None:
    head = writer.client.get("/v1").json()["position"]
    assert signed_text(writer.check("/work/actual", query=ACTUAL, value="2", seen="999999"))["seen"] == head
    assert (
        signed_text(writer.check("/work/actual", query=ACTUAL, value="2", seen=str(head - 1)))["seen"]
        == head - 1
    )


def test_the_forms_work_in_english_and_keep_the_language(writer: Writer) -> None:
    html = writer.client.get(f"/work/actual?{urlencode(ACTUAL)}&lang=en").text
    assert '<form action="/work/actual?lang=en"' in html
    fields = {**typed_in(html, "/work/actual?lang=en"), "value": "x", "step": "preview"}
    assert "Value: this is no number" in unescape(writer.sent("/work/actual?lang=en", fields, 422))


def test_both_languages_have_all_words_of_work() -> None:
    found = texts("work")
    assert found["uk"].keys() == found["en"].keys()
    assert all(found["uk"].values())


@pytest.mark.parametrize(
    "said",
    [
        '{"name":"a","media_type":"a/b","size":Infinity,"sha256":"%s"}',
        '{"name":"a","media_type":"a/b","size":1e999,"sha256":"%s"}',
        '{"name":"\\ud800","media_type":"a/b","size":1,"sha256":"%s"}',
        "[" * 5000 + "%s",
    ],
)
def test_what_is_said_of_a_document_is_dropped_where_no_page_could_write_it(
    writer: Writer, said: str
) -> None:
    sent = {"office": EXECUTOR, "programme": PROGRAMME, "step": "edit", "kept-file": said % ("0" * 64)}
    assert "0" * 64 not in writer.sent("/work/actual", sent)


def test_a_position_of_any_length_is_read_as_one_that_was_not_reached(writer: Writer) -> None:
    sent = {"office": EXECUTOR, "programme": PROGRAMME, "seen": "9" * 5000}
    writer.sent("/work/actual", sent, 422)


@pytest.mark.parametrize("name", ["report", "event", "programme"])
def test_an_id_with_a_slash_is_not_taken_for_another_address(
    writer: Writer, demo_site: TestClient, name: str
) -> None:
    event = demo_site.get("/v1/events?limit=1").json()["items"][0]["event"]
    path = {"report": "/work/accept", "event": "/work/correct", "programme": "/work/actual"}[name]
    sent = {"office": EXECUTOR, "programme": PROGRAMME, name: f"{event}/receipt"}
    assert name in words_of(writer.sent(path, sent, 400))


@pytest.mark.parametrize("path", ["/work/actual", "/work/sign", "/work/submit", "/work/sign/file", "/verify"])
def test_a_form_in_a_strange_character_set_is_refused(demo_site: TestClient, path: str) -> None:
    part = b'--X\r\nContent-Disposition: form-data; name="payload"\r\n\r\n\xff\r\n--X--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=X; charset=undefined"}
    assert 400 <= demo_site.post(path, content=part, headers=headers).status_code < 500


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_another_site_filled_in_is_not_taken(demo_site: TestClient, site: str) -> None:
    """Its words, with every discrepancy acknowledged, would stand here ready to be signed."""
    sent = {"office": EXECUTOR, "programme": PROGRAMME}
    refused = demo_site.post("/work/actual", data=sent, headers={"Sec-Fetch-Site": site})
    assert refused.status_code == 403
    assert "Форму надіслав інший сайт" in refused.text
    own = demo_site.post("/work/actual", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 422
    link = demo_site.get(f"/programmes/{PROGRAMME}", headers={"Sec-Fetch-Site": site})
    assert link.status_code == 200


def test_letters_of_two_characters_are_taken_as_the_one_that_the_ledger_wants(writer: Writer) -> None:
    sent = {"office": EXECUTOR, "programme": PROGRAMME, "step": "edit", "note": "и\u0306"}
    html = writer.sent("/work/actual", sent)
    assert "й</textarea>" in html
    assert "\u0306" not in html
