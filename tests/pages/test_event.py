"""The page of an event, and the checks behind it: computed anew, so that damage is found and told."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.checking.outcome import CODES, Checked
from api.pages.wording import texts
from api.settings import Settings
from api.texts.event_checks import words_of
from ledger.entry import read_entry
from tests.api.door import Door, open_door, problem_of
from tests.support.demo import demo_copy
from tests.support.people import SECRETARY, key_of
from tests.support.town import ACT, COUNCIL_STREAM, PROGRAMME, PROGRAMME_ID, TestLedger, lines, remember

KYIV = ZoneInfo("Europe/Kyiv")
STOLEN = SECRETARY.using(key_of("stolen"))


def events(client: TestClient, **wanted: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in {"limit": "500", **wanted}.items())
    found: list[dict[str, Any]] = client.get(f"/v1/events?{query}").json()["items"]
    return found


def checks_of(client: TestClient, event: str) -> dict[str, Any]:
    answer = client.get(f"/v1/events/{event}/checks")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def outcomes(found: dict[str, Any]) -> dict[str, str]:
    return {one["code"]: one["outcome"] for one in found["items"]}


@contextmanager
def opened(data: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data=data)), follow_redirects=False) as client:
        yield client


def rewrite(data: Path, index: int, change: Any) -> None:
    """Change the bytes of one stored entry, as somebody with the file in hand would."""
    with closing(sqlite3.connect(data / "ledger.db")) as file, file:
        triggers = file.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
        for (name,) in triggers:
            file.execute(f'DROP TRIGGER "{name}"')
        (raw,) = file.execute("SELECT state FROM stored_events WHERE rowid=?", (index + 1,)).fetchone()
        file.execute("UPDATE stored_events SET state=? WHERE rowid=?", (change(raw), index + 1))


def with_payload(raw: bytes, old: bytes, new: bytes) -> bytes:
    """The entry with its payload altered, in the same form as before."""
    entry = orjson.loads(raw)
    payload = read_entry(raw).payload
    assert old in payload
    altered = base64.urlsafe_b64encode(payload.replace(old, new)).decode().rstrip("=")
    entry["envelope"]["payload"] = altered
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)


def test_a_true_entry_passes_all_that_can_be_computed(demo_site: TestClient) -> None:
    for row in events(demo_site):
        found = checks_of(demo_site, row["event"])
        told = outcomes(found)
        assert found["counts"]["failed"] == 0, (row["kind"], found["items"])
        passed = {code for code, outcome in told.items() if outcome == "passed"}
        assert {"form", "signature", "key", "authority", "rules", "place", "doubt"} <= passed, row["kind"]
        assert told["signing-time"] == "undetermined"


def test_counts_are_those_of_the_rows_and_failures_come_first(demo_site: TestClient) -> None:
    found = checks_of(demo_site, events(demo_site)[-1]["event"])
    order = ["failed", "undetermined", "passed"]
    rows = [one["outcome"] for one in found["items"]]
    assert rows == sorted(rows, key=order.index)
    assert found["counts"] == {"total": len(rows), **{name: rows.count(name) for name in order}}


def test_the_proof_is_of_the_newest_checkpoint(demo_site: TestClient) -> None:
    row = events(demo_site)[10]
    proof = checks_of(demo_site, row["event"])["proof"]
    asked = demo_site.get(f"/v1/proofs/inclusion?index=10&size={proof['size']}").json()
    assert (proof["root"], proof["proof"], proof["leaf_hash"]) == (
        asked["root"],
        asked["proof"],
        asked["leaf_hash"],
    )


def test_one_changed_digit_of_a_stored_entry_fails_signature_and_place(
    demo_model: Path, tmp_path: Path
) -> None:
    data = demo_copy(demo_model, tmp_path / "data")
    with opened(data) as client:
        row = events(client, kind="financing.changed")[-1]
    rewrite(data, row["index"], lambda raw: with_payload(raw, b'"4000.00"', b'"9000.00"'))
    with opened(data) as client:
        found = checks_of(client, row["event"])
        told = outcomes(found)
        assert told["signature"] == told["place"] == told["witness"] == "failed"
        assert found["counts"]["failed"] >= 3
        html = client.get(f"/events/{row['event']}").text
        assert "Підпис не відповідає тексту." in html
        assert 'class="notice bad"' in html
        others = outcomes(checks_of(client, events(client)[5]["event"]))
        assert others["signature"] == others["place"] == "passed"


def test_bytes_that_are_no_entry_are_told_as_such_and_nothing_else_is_said_to_hold(
    demo_model: Path, tmp_path: Path
) -> None:
    data = demo_copy(demo_model, tmp_path / "data")
    with opened(data) as client:
        row = events(client, kind="transfer.made")[0]
    rewrite(data, row["index"], lambda raw: raw[:-40] + b"\x00" * 40)
    with opened(data) as client:
        told = outcomes(checks_of(client, row["event"]))
    assert told["form"] == told["place"] == "failed"
    assert {told[code] for code in ("signature", "key", "authority", "rules")} == {"undetermined"}


def test_a_changed_signature_alone_is_found(demo_model: Path, tmp_path: Path) -> None:
    data = demo_copy(demo_model, tmp_path / "data")

    def change(raw: bytes) -> bytes:
        entry = orjson.loads(raw)
        one = entry["envelope"]["signatures"][0]
        one["signature"] = ("A" if one["signature"][0] != "A" else "B") + one["signature"][1:]
        return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)

    with opened(data) as client:
        row = events(client, kind="transfer.made")[0]
    rewrite(data, row["index"], change)
    with opened(data) as client:
        told = outcomes(checks_of(client, row["event"]))
    assert told["signature"] == "failed"
    assert told["form"] == "passed"


def test_a_changed_byte_of_a_stored_file_fails_its_check_and_no_other(
    demo_model: Path, tmp_path: Path
) -> None:
    data = demo_copy(demo_model, tmp_path / "data")
    with opened(data) as client:
        row = next(one for one in events(client) if one["files"])
        digest = row["files"][0]["sha256"]
        before = outcomes(checks_of(client, row["event"]))
        (path,) = [one for one in (data / "files").rglob(f"*{digest}*") if one.is_file()]
        content = bytearray(path.read_bytes())
        content[0] ^= 1
        path.chmod(0o600)
        path.write_bytes(bytes(content))
        found = checks_of(client, row["event"])
        assert outcomes(found) == {**before, "files": "failed"}
        assert before["files"] == "passed"
        path.unlink()
        assert outcomes(checks_of(client, row["event"]))["files"] == "undetermined"


def test_doubt_is_worked_out_from_the_log_and_agrees_with_what_events_are_marked_with(
    model_town: TestLedger, tmp_path: Path
) -> None:
    town = TestLedger.copy_of(model_town, tmp_path / "doubted")
    town.clock.advance(days=1)
    remember(STOLEN.key)
    town.submit("key.enrolled", COUNCIL_STREAM, town.key_data(STOLEN))
    town.clock.advance(days=1)
    town.submit("financing.changed", PROGRAMME, lines("70.00"), by=STOLEN)
    town.clock.advance(days=1)
    stolen = {"kid": STOLEN.key.public.kid, "cause": "stolen", "suspect_from": "2020-01-01"}
    town.submit("key.revoked", COUNCIL_STREAM, stolen)
    town.close()
    with open_door(town, tmp_path / "served") as door:
        seen = set()
        for row in door.json("/v1/events?limit=500")["items"]:
            marked = {one["doubt"] for one in door.json(f"/v1/events/{row['event']}")["doubts"]}
            found = door.json(f"/v1/events/{row['event']}/checks")
            said = {one["reason"] for one in found["items"] if one["code"] == "doubt"}
            assert said == (marked or {None}), row
            assert found["counts"]["failed"] == 0, (row, found["items"])
            seen |= marked
            assert not marked or "під сумнівом" in door.get(f"/events/{row['event']}").text
        assert seen == {"suspect"}


def test_an_event_that_is_not_there_is_a_problem(demo_site: TestClient) -> None:
    for part in ("checks", "writes"):
        problem_of(demo_site.get(f"/v1/events/x/{part}"), 404, "no-such-event")


def test_the_difference_is_of_what_the_cell_reads_also_where_an_amount_is_added(
    demo_site: TestClient,
) -> None:
    row = events(demo_site, kind="financing.changed")[-1]
    (write,) = demo_site.get(f"/v1/events/{row['event']}/writes").json()["items"]
    assert (write["op"], write["old"], write["new"]) == ("add", "36000.00", "4000.00")
    assert (write["result"], write["delta"], write["unit"]) == ("40000.00", "4000.00", "UAH")
    before = demo_site.get(f"/v1/events/{write['previous']['event']}").json()
    assert before["index"] == write["previous"]["index"]
    assert any(one["path"] == write["path"] for one in before["writes"])


def test_writes_are_paged_whole_and_in_order(demo_site: TestClient) -> None:
    row = events(demo_site, kind="programme.adopted")[0]
    whole = demo_site.get(f"/v1/events/{row['event']}").json()["writes"]
    found, url = [], f"/v1/events/{row['event']}/writes?limit=200"
    while url:
        answer = demo_site.get(url).json()
        assert answer["total"] == len(whole)
        found += answer["items"]
        url = answer["next"]
    assert [(one["path"], one["old"], one["new"]) for one in found] == [
        (one["path"], one["old"], one["new"]) for one in whole
    ]
    csv = demo_site.get(f"/v1/events/{row['event']}/writes?limit=2&format=csv")
    assert csv.text.splitlines()[0].startswith("path,from,op,old")
    assert len(csv.text.splitlines()) == 3


def test_what_is_no_amount_counts_as_nothing_in_a_difference_as_it_does_between_two_dates(door: Door) -> None:
    """An amount becomes a printed dash, then another dash, then an amount; it is removed, and comes back."""
    cell, act = "/financing/1.1/2025/local", {"id": ACT, "point": "1"}
    seen = []
    for number, amount in enumerate(("-", "-", "7.00", None, "5.00"), 2):
        day = f"2025-{number:02}-01"
        kind, data = (
            ("financing.changed", lines(amount)) if amount else ("programme.amended", {"removed": [cell]})
        )
        door.say(kind, PROGRAMME, data, act=act, effective=day)
        event = door.json("/v1/events?limit=500")["items"][-1]["event"]
        (write,) = door.json(f"/v1/events/{event}/writes")["items"]
        seen.append((write["old"], write["result"], write["delta"]))
        before = f"2025-{number - 1:02}-28"
        diff = door.json(f"/v1/programmes/{PROGRAMME_ID}/diff?from_as_of={before}&to_as_of={day}")
        assert [row["delta"] for row in diff["changes"] if row["path"] == cell] == [write["delta"]]
        html = unescape(door.get(f"/events/{event}").text)
        assert ("не обчислюється" in html) == (write["delta"] is None)
        assert ('class="nil printed"' in html) == ("-" in (write["old"], write["result"]))
    assert seen == [
        ("100.00", "-", "-100.00"),
        ("-", "-", None),
        ("-", "7.00", "7.00"),
        ("7.00", "removed", "-7.00"),
        ("removed", "5.00", "5.00"),
    ]


@pytest.mark.parametrize("language", ["uk", "en"])
def test_every_kind_of_event_has_a_page_with_its_twins(demo_site: TestClient, language: str) -> None:
    kinds = {row["kind"]: row for row in events(demo_site)}
    for kind, row in kinds.items():
        answer = demo_site.get(f"/events/{row['event']}?lang={language}".replace("?lang=uk", ""))
        assert answer.status_code == 200, kind
        html = unescape(answer.text)
        assert row["title"][language] in html
        assert f">{kind}<" not in html
        for path in (f"/v1/events/{row['event']}/checks", f"/v1/events/{row['event']}/checks?format=csv"):
            assert path in html
            assert demo_site.get(path).status_code == 200


def test_a_number_leads_to_its_event_and_no_other_text_does(demo_site: TestClient) -> None:
    rows = events(demo_site)
    answer = demo_site.get("/entries/35?lang=en")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/events/{rows[34]['event']}?lang=en"
    for wrong in ("0", "035", "x", "-1", "9999", "1" * 30):
        assert demo_site.get(f"/entries/{wrong}").status_code == 404, wrong
    assert demo_site.get("/events/nothing-like-it").status_code == 404


def test_a_corrected_entry_says_by_which_and_the_correction_names_it(demo_site: TestClient) -> None:
    new = next(row for row in events(demo_site) if row["corrects"])
    old = demo_site.get(f"/v1/events/{new['corrects']}").json()
    assert f"/events/{new['event']}" in demo_site.get(f"/events/{old['event']}").text
    assert f"/events/{old['event']}" in demo_site.get(f"/events/{new['event']}").text


def test_an_invented_event_and_an_acknowledged_discrepancy_are_told(demo_site: TestClient) -> None:
    row = next(one for one in events(demo_site) if "over-appropriation" in one["acknowledges"])
    html = unescape(demo_site.get(f"/events/{row['event']}").text)
    assert "навчальний приклад" in html
    assert "обсяг більший за бюджетні призначення" in html
    assert "over-appropriation" not in html.split('id="proof"')[0]


def test_what_others_wrote_is_escaped(door: Door) -> None:
    door.say("financing.changed", PROGRAMME, lines("150.00"), reason="<script>alert(1)</script>")
    event = door.json("/v1/events?limit=500")["items"][-1]["event"]
    html = door.get(f"/events/{event}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_both_languages_have_the_same_words() -> None:
    words = texts("event")
    assert words["uk"].keys() == words["en"].keys()


def test_every_check_has_words_for_every_outcome_that_it_can_have() -> None:
    why = ("unread", "unreached", "history-unread", "too-long")
    doubts = ("suspect", "undetermined", "ended-late", "history-unread")
    judged = ("signature", "key", "authority", "rules")
    cases = [
        *(Checked(code, "passed") for code in CODES if code != "signing-time"),
        *(Checked(code, "failed") for code in CODES if code not in ("doubt", "signing-time")),
        *(Checked(code, "undetermined", one) for code in judged for one in why),
        *(Checked("doubt", "undetermined", one) for one in doubts),
    ]
    for case in cases:
        found = words_of(case, KYIV)
        assert all(found[part][language] for part in ("title", "text") for language in ("uk", "en")), case
