"""The start page and the list of routes: plain, escaped, and true to the data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.pages.wording import FOLDER, texts
from tests.api.door import Door, open_door, problem_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME_DATA, PROGRAMME_ID, TestLedger

PAGES = ("/", "/api", "/?lang=en", "/api?lang=en")


def links(html: str) -> list[str]:
    return [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]*)"', html)]


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(storied: Door, path: str) -> None:
    html = storied.get(path).text
    for url in set(links(html)) - {"#main"}:
        answer = storied.get(url)
        assert answer.status_code == 200, (url, answer.text[:300])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_script_no_style_of_its_own_and_nothing_from_elsewhere(
    storied: Door, path: str
) -> None:
    answer = storied.get(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    # Only addresses: the log's key is base64 text on the page and may hold two strokes as well.
    elsewhere = r'(?:href|src|action)="(?:[a-z]+:)?//'
    inline = r"<script(?![^>]*\ssrc=\"/static/)|<style|\sstyle=|\son[a-z]+=\"|javascript:"
    assert not re.search(f"{inline}|{elsewhere}", answer.text)
    csp = answer.headers["content-security-policy"]
    assert "default-src 'none'" in csp
    assert "script-src 'self'" in csp
    assert "style-src 'self'" in csp
    assert "unsafe" not in csp
    assert "frame-ancestors 'none'" in csp


def test_the_start_page_shows_the_programmes(storied: Door) -> None:
    html = storied.get("/").text
    assert 'lang="uk"' in html
    assert "Програма інформатизації" in html
    assert "Міська рада" in html
    assert f'href="/programmes/{PROGRAMME_ID}"' in html
    assert 'lang="en"' in storied.get("/?lang=en").text


def test_the_list_of_routes_has_all_of_them(storied: Door) -> None:
    html = storied.get("/api").text
    for path in storied.json("/openapi.json")["paths"]:
        assert path.replace("&", "&amp;") in html


def test_what_others_wrote_is_escaped(door: Door) -> None:
    title = "<script>alert('1')</script> & «програма»"
    act = {
        "act": "town-9",
        "kind": "decision",
        "date": "2025-01-01",
        "title": "Про",
        "in_force": "2025-01-01",
    }
    door.say("act.registered", COUNCIL_STREAM, act)
    data = {**PROGRAMME_DATA, "programme": "evil", "title": title}
    door.say("programme.adopted", "programme:evil", data, act="town-9", effective="2025-01-01")
    html = door.get("/").text
    assert "<script>" not in html
    assert "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; «програма»" in html


@pytest.mark.parametrize("section", sorted(file.stem for file in FOLDER.glob("*.toml")))
def test_both_languages_have_all_words_and_all_plurals(section: str) -> None:
    words = texts(section)
    assert words.keys() == {"uk", "en"}
    assert words["uk"].keys() == words["en"].keys()
    for language, forms in (("uk", 3), ("en", 2)):
        for name, text in words[language].items():
            assert len(text) == forms if isinstance(text, list) else text.strip(), (language, name)


@pytest.mark.parametrize("section", sorted(file.stem for file in FOLDER.glob("*.toml")))
def test_both_languages_name_the_same_facts(section: str) -> None:
    words = texts(section)
    for name, text in words["uk"].items():
        named = [set(re.findall(r"{(\w+)}", str(one))) for one in (text, words["en"][name])]
        assert named[0] == named[1], name


def test_a_day_as_people_write_it_leads_to_the_one_address_of_that_state(storied: Door) -> None:
    answer = storied.client.get("/?as_of=01.6.2025&known=&lang=en", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?as_of=2025-06-01&lang=en")


def test_a_refusal_is_a_page_that_says_what_to_do(storied: Door) -> None:
    answer = storied.get("/?as_of=tomorrow")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Потрібно: дата РРРР-ММ-ДД" in answer.text
    assert "Needed: a date YYYY-MM-DD" in storied.get("/?as_of=tomorrow&lang=en").text
    assert storied.get("/?nothing=1").status_code == 400


def test_an_address_that_is_not_there_is_a_page_for_a_browser_and_a_problem_for_a_program(
    storied: Door,
) -> None:
    page = storied.get("/nowhere", accept="text/html,*/*")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem_of(storied.get("/nowhere", accept="*/*"), 404, "not-found")
    problem_of(storied.get("/v1/nowhere", accept="text/html"), 404, "not-found")


def test_a_page_comes_compressed_to_whoever_takes_that_and_not_twice(storied: Door) -> None:
    plain = storied.get("/", accept_encoding="identity")
    packed = storied.get("/", accept_encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert storied.get("/", if_none_match=packed.headers["etag"]).status_code == 304


def test_the_stylesheet_is_our_own_and_can_be_kept(storied: Door) -> None:
    problem = storied.get("/static/../page.py")
    assert problem.status_code == 404
    answer = storied.get("/static/pledger.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "@import" not in answer.text
    assert "url(" not in answer.text
    again = storied.get("/static/pledger.css", if_none_match=answer.headers["etag"])
    assert again.status_code == 304


def test_a_training_ledger_says_so_everywhere(model_town: TestLedger, tmp_path: Path) -> None:
    with open_door(model_town, tmp_path / "town", demo=True) as door:
        for path in ("/", "/api"):
            assert "Навчальний стенд: підписано демонстраційними ключами" in door.get(path).text
            assert "Training ledger: signed by demo keys" in door.get(path + "?lang=en").text
        assert door.json("/v1")["demo"]["en"] == "Training ledger: signed by demo keys"
        for path in ("/", "/v1", "/nope", "/v1/programmes"):
            assert door.get(path).headers["pledger-demo"] == "1"


def test_a_real_ledger_does_not_say_that(storied: Door) -> None:
    assert "Навчальний" not in storied.get("/").text
    assert storied.json("/v1")["demo"] is None
    assert "pledger-demo" not in storied.get("/").headers


def test_a_ledger_without_entries_has_a_page_too(tmp_path: Path) -> None:
    town = TestLedger(tmp_path / "empty")
    town.close()
    with open_door(town, tmp_path / "town") as door:
        assert "Жодної програми ще не затверджено" in door.get("/").text
        service = door.json("/v1")
        assert (service["opened"], service["position"], service["genesis"]) == (False, 0, None)
        assert door.json("/v1/events") == {"items": [], "after": 0, "next": None}
        assert door.get("/v1/checkpoint").text.split("\n")[1] == "0"
        for path in (
            "/v1/programmes",
            "/v1/programmes/x",
            "/v1/acts",
            "/v1/keys/x",
            "/v1/programmes?known=0",
        ):
            problem_of(door.get(path), 404, "no-ledger-yet")
        problem_of(door.get("/v1/programmes?known=1"), 404, "position-ahead")
