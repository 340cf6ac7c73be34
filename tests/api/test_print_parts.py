"""The pieces of a print: order, alphabet, days, amounts, marks of doubt, the real programme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.demo.run import seed
from api.print.paper import ordered
from api.print.wording import Words, amount, by_alphabet, by_code, is_amount
from api.settings import Settings
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import open_door
from tests.api.doubtful_town import CELLS, tell
from tests.api.printed import Page, data_of, page_of, rows_of, squeezed, table_of, texts_of
from tests.api.running import running
from tests.support.town import LINE_CELL, PROGRAMME_ID, TestLedger

__all__ = ["prompt"]


def test_the_order_is_that_of_the_ukrainian_alphabet_on_every_machine() -> None:
    words = ["єдність", "ера", "ґанок", "гай", "дім", "йод", "їжа", "іній", "и", "щит", "ьо", "юнак", "яр"]
    expected = ["гай", "ґанок", "дім", "ера", "єдність", "и", "іній", "їжа", "йод", "щит", "ьо", "юнак", "яр"]
    assert sorted(words, key=by_alphabet) == expected


def test_printed_codes_are_ordered_as_people_read_them() -> None:
    assert sorted(["3.10", "3.9", "3", "10", "a.1", "3.9.1"], key=by_code) == [
        "3",
        "3.9",
        "3.9.1",
        "3.10",
        "10",
        "a.1",
    ]


def test_what_hangs_in_a_circle_or_on_nothing_is_not_lost() -> None:
    parents = {"1": None, "1.1": "1", "2": "9", "3": "4", "4": "3", "5": "5"}
    found = list(ordered(parents, by_code))
    assert {one for one, _ in found} == {*parents}
    assert len(found) == len(parents)
    assert found[:3] == [("1", 0), ("1.1", 1), ("2", 0)]


@pytest.mark.parametrize(
    ("given", "shown", "money"),
    [
        ("1250000.50", "1\u00a0250\u00a0000,50", True),
        ("-999.00", "−999,00", True),
        ("0.00", "0,00", True),
        ("1000", "1000", False),
        ("removed", "removed", False),
        ("-", "-", False),
        ("", "", False),
    ],
)
def test_amounts_in_words(given: str, shown: str, money: bool) -> None:
    assert amount(given) == shown
    assert is_amount(given) == money


@pytest.mark.parametrize(
    ("given", "uk", "en"),
    [
        ("2026-11-18", "18 листопада 2026 р.", "18 November 2026"),
        ("2025-05-01", "1 травня 2025 р.", "1 May 2025"),
        ("2025-13-01", "2025-13-01", "2025-13-01"),
        ("20 лютого", "20 лютого", "20 лютого"),
    ],
)
def test_days_in_words(given: str, uk: str, en: str) -> None:
    assert Words("uk").day(given) == uk
    assert Words("en").day(given) == en


def test_both_languages_have_the_same_words() -> None:
    assert Words("uk")._texts.keys() == Words("en")._texts.keys()


# -- doubt -------------------------------------------------------------------------------------


def test_a_value_in_doubt_bears_its_mark_and_the_page_says_what_it_means(
    model_town: TestLedger, tmp_path: Path
) -> None:
    town = TestLedger.copy_of(model_town, tmp_path / "model")
    tell(town)
    town.close()
    with open_door(town, tmp_path / "town") as door:
        doubted = data_of(door, "state", as_of="2025-06-01", known=door.town.position - 2)
        (row,) = [one for one in table_of(doubted, "money")["rows"] if one["cell"] == LINE_CELL]
        names = [column["name"] for column in table_of(doubted, "money")["columns"]]
        shown = dict(zip(names, row["cells"], strict=True))
        assert LINE_CELL in CELLS
        for name in ("amended", "appropriated", "paid", "deviation"):
            assert shown[name]["doubt"] == "suspect", name
            assert shown[name]["text"].endswith(" (!)")
        assert shown["original"]["doubt"] is None
        legend = [one["text"] for one in doubted["blocks"] if one["type"] == "text"][-1]
        assert "(!) під сумнівом" in legend
        totals = [one for one in table_of(doubted, "money")["rows"] if one["kind"] == "total"]
        assert {row["cells"][2]["doubt"] for row in totals} == {"suspect"}
        page = page_of(door, "state", as_of="2025-06-01", known=door.town.position - 2)
        assert squeezed(legend) in page.text
        healed = data_of(door, "state", as_of="2025-06-01")
        assert "(!)" not in json.dumps(rows_of(healed, "money"), ensure_ascii=False)


# -- the prompt --------------------------------------------------------------------------------


def test_the_prompt_prints_the_same_page_from_a_server_and_from_the_ledgers_own_files(
    storied_town: TestLedger, prompt: Prompt, tmp_path: Path
) -> None:
    asked = ("--programme", PROGRAMME_ID, "--as-of", "2025-04-15", "--lang", "uk")
    with running(Settings(data=storied_town.path)) as url:
        told = prompt.ok("print", "state", *asked, "--server", url, "-o", tmp_path / "one.pdf")
    assert told.out.strip() == str(tmp_path / "one.pdf")
    own = ("--data", storied_town.path, "--address", f"{url}/")
    for form in ("pdf", "xlsx", "json", "typ"):
        prompt.ok("print", "state", *asked, *own, "--format", form, "-o", tmp_path)
    (made,) = tmp_path.glob("pledger-state-*.pdf")
    assert made.read_bytes() == (tmp_path / "one.pdf").read_bytes()
    assert {one.suffix for one in tmp_path.glob("pledger-state-*")} == {".pdf", ".xlsx", ".json", ".typ"}
    assert squeezed(url) in Page(made.read_bytes()).text


@pytest.mark.parametrize(
    "words",
    [
        ("report", "--year", "2025"),
        ("comparison", "--from-as-of", "2025-01-15"),
        ("annex", "--annex", "indicators", "--number", "7"),
    ],
)
def test_the_prompt_prints_each_document_without_a_server(
    storied_town: TestLedger, prompt: Prompt, tmp_path: Path, words: tuple[str, ...]
) -> None:
    asked = ("--programme", PROGRAMME_ID, "--as-of", "2025-04-15", "--data", storied_town.path)
    ran = prompt.ok("print", *words, *asked, "-o", tmp_path)
    (made,) = tmp_path.glob("pledger-*.pdf")
    assert made.read_bytes().startswith(b"%PDF-")
    assert "no server" in ran.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("state", "--address", "https://x.example"), 2),
        (("comparison",), 2),
        (("state", "--as-of", "soon"), 2),
        (("report",), 2),
        (("state", "--known", "99999"), 3),
        (("annex", "--annex", "passport"), 2),
    ],
)
def test_what_the_prompt_does_not_print(
    storied_town: TestLedger, prompt: Prompt, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    own = () if "--address" in words else ("--data", storied_town.path)
    ran = prompt.run("print", *words, "--programme", PROGRAMME_ID, *own, "-o", tmp_path / "x.pdf")
    assert ran.code == code
    assert not (tmp_path / "x.pdf").exists()


# -- the real programme ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's ledger: the programme of Belz, and what became of it."""
    data = tmp_path_factory.mktemp("real") / "data"
    seed(data, lambda _: None)
    return data


@pytest.mark.sqlite
def test_the_real_programme_is_printed_whole(real: Path) -> None:
    base = "/v1/programmes/belz-digital-2025"
    with TestClient(create_app(Settings(data=real, demo=True))) as client:
        point = "as_of=2026-01-31"
        asked = {
            "state": point,
            "report": f"{point}&year=2025",
            "comparison": f"{point}&from_as_of=2025-03-01",
            "annex": f"{point}&annex=measures",
        }
        for which, query in asked.items():
            route = f"{base}/print/{which}?known=107&{query}"
            data: Any = client.get(f"{route}&format=json").json()
            page = Page(client.get(route).content)
            left_out = {data["title"], data["subtitle"]} if which == "annex" else set()
            shown = page.text
            missing = [one for one in texts_of(data) if one not in left_out and squeezed(one) not in shown]
            assert missing == [], which
            known = data["known"]["position"]
        budget = client.get(f"{base}/budget?{point}&known={known}").json()
        (total,) = budget["totals"]["all"]
        state = client.get(f"{base}/print/state?{point}&known=107&format=json").json()
        last = table_of(state, "money")["rows"][-1]["cells"]
        names = ("original", "amended", "appropriated", "scheduled", "paid")
        assert [cell["value"] for cell in last[1:6]] == [total.get(name) for name in names]
        measures = [row for row in table_of(state, "money")["rows"] if row["kind"] == "measure"]
        assert len(measures) == 25
        assert len({row[0] for row in rows_of(state, "indicators") if len(row) == 10}) == 21


@pytest.mark.sqlite
def test_a_proposal_stands_beside_the_edition_in_force(real: Path) -> None:
    base = "/v1/programmes/belz-digital-2025"
    with TestClient(create_app(Settings(data=real, demo=True))) as client:
        point = "as_of=2026-01-31&known=107"
        proposals = client.get(f"/v1/proposals?{point}").json()["items"]
        closed = [one["id"] for one in proposals if one["closed"] is not None]
        assert closed
        stated = [one for one in proposals if one["closed"] is None]
        assert len(stated) == 2
        for one in stated:
            route = f"{base}/print/comparison?{point}&proposal={one['id']}"
            data: Any = client.get(f"{route}&format=json").json()
            (row,) = table_of(data, "financing")["rows"]
            (line,) = one["change"]["data"]["lines"]
            assert row["cell"] == f"/financing/{line['measure']}/{line['year']}/{line['source']}"
            held = client.get(f"{base}/blame?{point}&path={row['cell']}").json()["value"]
            assert row["cells"][1]["value"] == (held["value"] if held is not None else None)
            assert row["cells"][2]["value"] == line["amount"]
            assert row["cells"][3]["value"] == line["amount"]  # of nothing, or a blank: what is no amount
            assert one["note"] in row["cells"][4]["text"]
            assert f"/v1/proposals/{one['id']}?" in data["link"]["url"]
            assert squeezed(one["id"]) in Page(client.get(route).content).text
            followed = client.get(data["link"]["url"].removeprefix("http://testserver"))
            assert followed.json()["item"]["id"] == one["id"]
        for wrong, status in (
            (closed[0], 400),
            ("nobody", 404),
            (f"{stated[0]['id']}&from_as_of=2025-01-01", 400),
        ):
            assert client.get(f"{base}/print/comparison?{point}&proposal={wrong}").status_code == status
        earlier = f"{base}/print/comparison?as_of=2026-01-31&known=99&proposal={closed[0]}&format=json"
        (row,) = table_of(client.get(earlier).json(), "financing")["rows"]
        assert [cell["text"] for cell in row["cells"]][1:4] == [
            "36\u00a0000,00", "40\u00a0000,00", "4\u00a0000,00",
        ]  # fmt: skip
