"""Signing pages: what is shown is what is signed, and the way without scripts ends at the same door."""

from __future__ import annotations

import html
import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.cli.files import pretty
from api.pages.static_files import FOLDER as STATIC
from api.pages.wording import texts
from ledger.envelope import Envelope, envelope_json
from tests.api.door import Answer, Door
from tests.support.people import SECRETARY
from tests.support.town import ACT, PROGRAMME, lines

MODULES = ("sign.js", "statements.js", "keyfile.js", "kept.js", "jose.js", "receipt.js", "work_keys.js")


def change(amount: str = "150.00", **more: Any) -> dict[str, Any]:
    """A draft as a person would begin it."""
    return {
        "kind": "financing.changed",
        "subject": PROGRAMME,
        "signers": [{"person": SECRETARY.person, "office": SECRETARY.office}],
        "effective": "2025-03-01",
        "act": {"id": ACT},
        "data": lines(amount),
        **more,
    }


def opened(door: Door, payload: Any, query: str = "") -> str:
    """The page that shows a draft's file."""
    answer = door.client.post("/work/sign" + query, files={"draft": ("x.json", orjson.dumps(payload))})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def attribute(page: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def upload(door: Door, *files: bytes, query: str = "") -> Answer:
    sent = [("signed", (f"{place}.json", raw, "application/json")) for place, raw in enumerate(files)]
    return door.client.post("/work/submit" + query, files=sent)


def raw_of(envelope: Envelope) -> bytes:
    return orjson.dumps(envelope_json(envelope))


def test_the_text_shown_is_the_text_that_is_hashed_and_signed(door: Door) -> None:
    page = opened(door, change())
    raw = b64decode(attribute(page, "data-canonical"))
    shown = re.search(r"data-raw>(.*?)</pre>", page, re.DOTALL)
    assert shown is not None
    assert html.unescape(shown[1]).encode() == raw
    assert f"data-hash>{sha256(raw).hexdigest()}</dd>" in page
    payload = orjson.loads(raw)
    frame = f"{payload['id']} {payload['seen']} {payload['submit_before']}"
    assert attribute(page, "data-frame") == frame
    assert attribute(page, "data-kid") == SECRETARY.key.public.kid == payload["signers"][0]["kid"]
    assert attribute(page, "data-log-key") == door.json("/v1")["log_key"]
    answer = door.post(door.town.signed(payload))
    assert answer.status_code == 201


def test_who_signs_is_named_by_name_and_office_and_the_key_is_called_technical(shared_door: Door) -> None:
    page = opened(shared_door, change())
    person = shared_door.json(f"/v1/persons/{SECRETARY.person}")["item"]["name"]
    office = shared_door.json(f"/v1/offices/{SECRETARY.office}")["item"]["name"]
    assert f"{person}, {office}" in html.unescape(page)
    assert "технічний підпис (не КЕП)" in page
    assert f"записи № 1–{shared_door.town.position}" in page
    assert "08.09.2025" in page  # submit before, by the town's clock


def test_the_file_to_download_is_what_the_command_line_would_have_written(shared_door: Door) -> None:
    page = opened(shared_door, change(reason="Причина"))
    canonical = attribute(page, "data-canonical")
    answer = shared_door.client.post("/work/sign/file", data={"canonical": canonical})
    payload = orjson.loads(b64decode(canonical))
    assert answer.text == pretty(payload)
    name = f"financing.changed-{payload['id']}.json"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert f"pledger sign {name} --key" in page


def test_a_file_name_is_never_taken_from_a_strange_kind(shared_door: Door) -> None:
    raw = json.dumps({"kind": '../"\r\nX: y', "id": "1"}).encode()
    answer = shared_door.client.post("/work/sign/file", data={"canonical": b64encode(raw).decode()})
    assert answer.headers["content-disposition"] == 'attachment; filename="draft.json"'
    assert "x" not in answer.headers


def test_what_cannot_be_spelled_is_refused_in_words(shared_door: Door) -> None:
    answer = shared_door.client.post("/work/sign/file", data={"canonical": "%%%"})
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_a_draft_that_would_be_refused_offers_no_signature(shared_door: Door) -> None:
    page = opened(shared_door, change(act={"id": "no-such-act"}))
    assert "Таку подію реєстр не прийме." in page
    assert 'id="sign"' not in page
    assert "data-canonical" not in page


def test_a_discrepancy_must_be_acknowledged_and_then_stands_in_the_signed_text(shared_door: Door) -> None:
    data = {"lines": [{**lines("150.00")["lines"][0], "stated_old": "99.00"}]}
    page = opened(shared_door, change(data=data))
    assert 'id="sign"' not in page
    assert 'value="old-mismatch"' in page
    given = re.search(r'name="payload" value="([^"]*)"', page)
    assert given is not None
    sent = {"payload": html.unescape(given[1]), "acknowledge": "old-mismatch"}
    after = shared_door.client.post("/work/sign", data=sent).text
    payload = orjson.loads(b64decode(attribute(after, "data-canonical")))
    assert payload["acknowledges"] == ["old-mismatch"]
    assert "Визнано розбіжність" in after


def test_what_others_wrote_is_escaped(shared_door: Door) -> None:
    page = opened(shared_door, change(reason="</pre><script>alert(1)</script>"))
    assert "<script>alert" not in page
    assert "&lt;/pre&gt;" in page


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "Виберіть підписаний файл"),
        ([b"%"], "це не JSON"),
        ([b"[]"], "це не JSON"),
        ([b'{"a":1}'], "це не підписана подія"),
        ([orjson.dumps(change())], "ще не підписано"),
    ],
)
def test_an_upload_that_is_no_signed_event_is_explained_at_the_field(
    shared_door: Door, files: list[bytes], words: str
) -> None:
    before = shared_door.town.position
    answer = upload(shared_door, *files) if files else shared_door.client.post("/work/submit", data={})
    assert answer.status_code == 400
    assert words in answer.text
    assert 'href="#signed"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert shared_door.town.position == before


def test_a_signed_file_is_recorded_and_its_number_said_without_claiming_a_check(door: Door) -> None:
    before = door.town.position
    envelope = door.town.envelope("financing.changed", PROGRAMME, lines("120.00"))
    answer = upload(door, raw_of(envelope))
    assert answer.status_code == 201
    assert f"№\u00a0{before + 1}</a>" in answer.text
    assert "не перевіряє" in answer.text
    event = orjson.loads(envelope.payload)["id"]
    assert f'href="/events/{event}"' in answer.text
    assert door.json(f"/v1/events/{event}")["index"] == before


def test_the_same_file_again_gets_the_same_entry(door: Door) -> None:
    raw = raw_of(door.town.envelope("financing.changed", PROGRAMME, lines("120.00")))
    upload(door, raw)
    position = door.town.position
    assert upload(door, raw).status_code == 201
    assert door.town.position == position


def test_several_files_are_recorded_together_or_not_at_all(door: Door) -> None:
    before = door.town.position
    good = door.town.envelope("financing.changed", PROGRAMME, lines("120.00"))
    bad = door.town.envelope("financing.changed", PROGRAMME, lines("130.00"), act="no-such-act")
    answer = upload(door, raw_of(good), raw_of(bad))
    assert answer.status_code >= 400
    assert "Нічого не записано." in answer.text
    assert door.town.position == before
    other = door.town.envelope("financing.changed", PROGRAMME, lines("130.00"), effective="2025-04-01")
    assert upload(door, raw_of(good), raw_of(other)).status_code == 201
    assert door.town.position == before + 2


def test_a_conflict_is_told_in_words_with_the_way_to_prepare_anew(door: Door) -> None:
    stale = door.town.envelope("financing.changed", PROGRAMME, lines("140.00"))
    door.say("financing.changed", PROGRAMME, lines("120.00"))
    before = door.town.position
    answer = upload(door, raw_of(stale))
    assert answer.status_code == 409
    assert "змінено після позиції" in answer.text
    assert f'href="/work?office={SECRETARY.office}"' in answer.text
    assert door.town.position == before
    english = upload(door, raw_of(stale), query="?lang=en").text
    assert "Nothing was recorded." in english
    assert "was changed after the position" in english


def test_a_broken_signature_is_refused_in_words(door: Door) -> None:
    members = envelope_json(door.town.envelope("financing.changed", PROGRAMME, lines("120.00")))
    signature = members["signatures"][0]["signature"]
    members["signatures"][0]["signature"] = ("A" if signature[0] != "A" else "B") + signature[1:]
    answer = upload(door, orjson.dumps(members))
    assert answer.status_code >= 400
    assert "Нічого не записано." in answer.text


def test_the_page_of_keys_has_its_way_without_scripts_in_view(shared_door: Door) -> None:
    page = shared_door.get("/work/keys").text
    assert '<div id="keys" hidden' in page
    assert "pledger possession --key" in page
    for twin in re.findall(r'href="([^"]*)" data-twin', page):
        assert shared_door.get(html.unescape(twin)).status_code == 200


@pytest.mark.parametrize("path", ["/work/sign", "/work/submit", "/work/keys"])
def test_no_page_of_signing_has_code_of_its_own_or_leaves_the_site(shared_door: Door, path: str) -> None:
    answer = shared_door.get(path)
    assert answer.status_code == 200
    assert not re.search(
        r"<script(?! type=\"module\" src=\"/static/)|<style|\sstyle=|\son[a-z]+=", answer.text
    )
    assert "connect-src 'self'" in answer.headers["content-security-policy"]


def spoken(module: str) -> set[str]:
    """The names of the words that a script says."""
    source = (STATIC / module).read_text(encoding="utf8")
    said = re.findall(r'(?:word|tell|Trouble)\("([a-z-]+)"', source)
    return {*said, *re.findall(r'\["(check-[a-z-]+)"', source), *re.findall(r'return "([a-z-]+)"', source)}


def test_each_word_that_a_script_says_is_on_the_page_in_both_languages(shared_door: Door) -> None:
    shared = {"jose.js", "keyfile.js", "kept.js"}
    for modules, pages in (
        (
            {"sign.js", "statements.js", "receipt.js"},
            [opened(shared_door, change(), q) for q in ("", "?lang=en")],
        ),
        ({"work_keys.js"}, [shared_door.get(f"/work/keys{q}").text for q in ("", "?lang=en")]),
    ):
        for page in pages:
            there = set(re.findall(r'<template data-word="([a-z-]+)"', page))
            needed = set().union(*map(spoken, modules | shared))
            assert needed <= there, needed - there


def test_the_languages_have_the_same_words() -> None:
    both = texts("sign")
    assert set(both["uk"]) == set(both["en"])
    for name, said in both["uk"].items():
        places = [
            set(re.findall(r"\{([a-z]+)\}", one[-1] if isinstance(one, list) else one))
            for one in (said, both["en"][name])
        ]
        assert places[0] == places[1], name


def test_scripts_load_nothing_from_elsewhere() -> None:
    for module in MODULES:
        source = (STATIC / module).read_text(encoding="utf8")
        assert re.findall(r'from "(?!\./)', source) == []
        assert "http" not in re.sub(r"//.*", "", source)
    assert Path(STATIC / "sign.js").stat().st_size < 12_000


@pytest.mark.parametrize("stated", [5, None, True, [1], [[1]], [None], {"a": 1}, "text"])
def test_acknowledgements_that_are_no_list_of_codes_are_refused_in_words(
    shared_door: Door, stated: object
) -> None:
    payload = orjson.dumps(change(acknowledges=stated)).decode()
    sent = {"payload": payload, "acknowledge": "old-mismatch"}
    answer = shared_door.client.post("/work/sign", data=sent)
    assert answer.status_code in (200, 400, 422)
    assert 'id="sign"' not in answer.text
