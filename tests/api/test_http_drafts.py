"""POST /v1/drafts: what would happen, before anybody signs; nothing is ever written."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from typing import Any

import orjson
import pytest

from ledger.consent import content_hash
from ledger.ids import body_stream
from ledger.kinds import KINDS
from ledger.submission import read_payload
from tests.api.door import Door, pointers, problem_of
from tests.support.people import COUNCIL, FINANCIER, SECRETARY, Official, key_of
from tests.support.town import (
    ACT,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
    lines,
)

JSON = {"Content-Type": "application/json"}


def change(amount: str = "150.00", **more: Any) -> dict[str, Any]:
    """An event as a person would begin it."""
    return {
        "kind": "financing.changed",
        "subject": PROGRAMME,
        "signers": [{"person": SECRETARY.person, "office": SECRETARY.office}],
        "effective": "2025-03-01",
        "act": {"id": ACT},
        "data": lines(amount),
        **more,
    }


def test_what_is_left_out_is_filled_in(shared_door: Door) -> None:
    draft = shared_door.draft(change()).json()
    payload = draft["payload"]
    assert payload["ledger"] == shared_door.town.name
    assert payload["seen"] == shared_door.town.position
    assert payload["submit_before"] == "2025-09-08T09:00:00Z"
    assert payload["schema"] == 1
    assert payload["signers"][0]["kid"] == SECRETARY.key.public.kid
    canonical = b64decode(draft["canonical"])
    assert orjson.loads(canonical) == payload
    assert read_payload(canonical).id == payload["id"]
    assert draft["hash"] == hashlib.sha256(canonical).hexdigest()
    assert (draft["outcome"], draft["refusal"], draft["discrepancies"]) == ("recorded", None, [])


def test_what_is_stated_stays(shared_door: Door) -> None:
    given = shared_door.town.payload("financing.changed", PROGRAMME, lines("150.00"), seen=3)
    assert shared_door.draft(given).json()["payload"] == given


def test_a_draft_that_would_be_recorded_is_recorded_when_it_is_signed(door: Door) -> None:
    draft = door.draft(change()).json()
    before = door.town.position
    answer = door.post(door.town.signed(draft["payload"]))
    assert answer.status_code == 201
    assert answer.json()["index"] == before


def test_a_draft_starts_with_what_the_one_before_has_loaded(door: Door) -> None:
    context = door.client.app.state.context  # type: ignore[attr-defined]
    assert door.draft(change()).json()["outcome"] == "recorded"
    assert PROGRAMME in context.world().loaded
    assert door.draft(change()).json()["diff"][0]["old"]["value"] == "100.00"
    door.say("financing.changed", PROGRAMME, lines("120.00"))
    assert door.draft(change(effective="2025-04-01")).json()["diff"][0]["old"]["value"] == "120.00"


def test_a_draft_writes_nothing(door: Door) -> None:
    before = door.town.head
    door.draft(change())
    door.drafts([change(), change("9")])
    assert door.town.head == before


def test_the_changed_cells_are_shown_on_the_effective_day_and_today(shared_door: Door) -> None:
    draft = shared_door.draft(change(effective="2025-06-01")).json()
    assert [(row["programme"], row["path"], row["day"]) for row in draft["diff"]] == [
        (PROGRAMME_ID, LINE_CELL, "2025-06-01"),
        (PROGRAMME_ID, LINE_CELL, "2025-09-01"),
    ]
    assert {row["old"]["value"] for row in draft["diff"]} == {"100.00"}
    assert {row["new"]["value"] for row in draft["diff"]} == {"150.00"}
    assert draft["diff_total"] == 2
    assert draft["sentence"]["en"] == "Financing of measure 1.1 for 2025 (local): 100.00 → 150.00"


def test_what_the_door_would_ask_about_is_listed(shared_door: Door) -> None:
    data = {"lines": [{**lines("150.00")["lines"][0], "stated_old": "99.00"}]}
    draft = shared_door.draft(change(data=data)).json()
    assert draft["outcome"] == "needs-acknowledgement"
    assert [(item["code"], item["acknowledged"]) for item in draft["discrepancies"]] == [
        ("old-mismatch", False)
    ]
    agreed = shared_door.draft(change(data=data, acknowledges=["old-mismatch"])).json()
    assert agreed["outcome"] == "recorded"
    assert [(item["code"], item["acknowledged"]) for item in agreed["discrepancies"]] == [
        ("old-mismatch", True)
    ]


def refusal(door: Door, payload: Any) -> tuple[str, str]:
    draft = door.draft(payload).json()
    assert draft["outcome"] == "refused"
    problem = draft["refusal"]
    assert set(problem["message"]) == {"uk", "en"}
    return problem["type"].rpartition(":")[2], problem["errors"][0]["pointer"]


@pytest.mark.parametrize(
    ("more", "code", "pointer"),
    [
        (
            {"data": lines({**lines("1.00")["lines"][0], "measure": "9.9"})},
            "unknown-measure",
            "/data/lines/0/measure",
        ),
        ({"kind": "nothing"}, "unknown-kind", "/kind"),
        ({"kind": 7}, "unknown-kind", "/kind"),
        ({"data": None}, "missing-field", "/data"),
        ({"data": {"lines": [1.5]}}, "float-not-allowed", "/data/lines/0"),
        ({"submit_before": "2025-01-01T00:00:00Z"}, "expired", "/submit_before"),
        ({"seen": 999}, "seen-ahead", "/seen"),
        ({"acknowledges": ["old-mismatch"]}, "acknowledges-nothing", "/acknowledges/0"),
        ({"signers": [{"person": "p-financier", "office": "council-secretary"}]}, "no-key", "/signers/0/kid"),
        ({"signers": [{"person": "p-1", "office": "none"}]}, "unknown-office", "/signers/0/office"),
        ({"signers": [{"person": 1, "office": 2}]}, "missing-field", "/signers/0/kid"),
        ({"signers": "x"}, "malformed", "/signers"),
        ({"subject": "programme:none"}, "unknown-programme", "/subject"),
        ({"subject": 5}, "malformed", "/subject"),
    ],
)
def test_a_draft_that_would_be_refused_says_why(
    shared_door: Door, more: dict[str, Any], code: str, pointer: str
) -> None:
    assert refusal(shared_door, change(**more)) == (code, pointer)


def test_an_id_that_is_taken_is_said(door: Door) -> None:
    taken = door.say("financing.changed", PROGRAMME, lines("150.00"))["event"]
    assert refusal(door, change(id=taken)) == ("event-id-used", "/id")


def test_a_person_with_two_keys_must_name_one(door: Door) -> None:
    second = SECRETARY.using(key_of("secretary's other key"))
    enrol(door, second)
    draft = door.draft(change()).json()
    assert draft["refusal"]["type"] == "urn:pledger:problem:several-keys"
    assert set(draft["refusal"]["details"]["keys"]) == {
        SECRETARY.key.public.kid,
        second.key.public.kid,
    }


def enrol(door: Door, official: Official) -> None:
    door.say("key.enrolled", body_stream(official.body), door.town.key_data(official))


def test_a_registrars_key_is_found_too(shared_door: Door) -> None:
    payload = {
        "kind": "person.registered",
        "subject": "root",
        "signers": [
            {"person": "p-registrar-1", "office": "registrar"},
            {"person": "p-registrar-2", "office": "registrar"},
        ],
        "data": {"person": "p-9", "name": "Нова особа"},
    }
    draft = shared_door.draft(payload).json()
    assert draft["outcome"] == "recorded"
    assert all(len(signer["kid"]) == 43 for signer in draft["payload"]["signers"])


# -- consequences -----------------------------------------------------------------------------


def test_an_acts_status_shows_which_programmes_change(door: Door) -> None:
    payload = {
        "kind": "act.status_changed",
        "subject": COUNCIL_STREAM,
        "signers": [{"person": SECRETARY.person, "office": SECRETARY.office}],
        "data": {"act": ACT, "status": "suspended", "date": "2025-05-01", "start": "2025-05-01"},
    }
    draft = door.draft(payload).json()
    assert draft["outcome"] == "recorded"
    rows = [row for row in draft["diff"] if row["path"] == LINE_CELL]
    assert [(row["programme"], row["day"]) for row in rows] == [
        (PROGRAMME_ID, "2025-05-01"),
        (PROGRAMME_ID, "2025-09-01"),
    ]
    assert rows[0]["old"]["value"] == "100.00"
    assert rows[0]["new"] is None


def test_an_annex_in_a_new_edition_says_what_it_leaves_out(shared_door: Door) -> None:
    edition = {
        "financing": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "120.00"}],
        "restated": [{"annex": "financing"}],
    }
    payload = change(kind="programme.amended", data=edition)
    draft = shared_door.draft(payload).json()
    assert draft["payload"]["data"]["restated"] == [
        {"annex": "financing", "removals": ["/financing/1.2/2025/local"]}
    ]
    assert draft["outcome"] == "recorded", draft["discrepancies"]
    gone = next(row for row in draft["diff"] if row["path"] == "/financing/1.2/2025/local")
    assert gone["new"]["removed"]
    own = {**edition, "restated": [{"annex": "financing", "removals": []}]}
    asked = shared_door.draft(change(kind="programme.amended", data=own)).json()
    assert [item["code"] for item in asked["discrepancies"]] == ["removals-differ"]


# -- several ------------------------------------------------------------------------------------


def test_drafts_of_a_batch_are_judged_each_after_the_ones_before(shared_door: Door) -> None:
    first = change("150.00")
    second = change(
        data=lines({**lines("200.00")["lines"][0], "stated_old": "150.00"}), effective="2025-04-01"
    )
    answer = shared_door.drafts([first, second]).json()
    assert [draft["outcome"] for draft in answer["drafts"]] == ["recorded", "recorded"]
    assert answer["outcome"] == "recorded"
    assert answer["drafts"][1]["diff"][0]["old"]["value"] == "150.00"


def test_the_worst_outcome_is_the_batchs(shared_door: Door) -> None:
    answer = shared_door.drafts([change(), change("x")]).json()
    assert [draft["outcome"] for draft in answer["drafts"]] == ["recorded", "refused"]
    assert answer["outcome"] == "refused"


def test_an_adoption_in_parts_is_whole_or_refused(shared_door: Door) -> None:
    subject = "programme:town-second"
    whole = {**PROGRAMME_DATA, "programme": "town-second", "part": {"number": 1, "of": 2}}
    rest = {"programme": "town-second", "part": {"number": 2, "of": 2}}
    parts = [change(kind="programme.adopted", subject=subject, data=data) for data in (whole, rest)]
    assert shared_door.drafts(parts).json()["outcome"] == "recorded"
    alone = shared_door.drafts(parts[:1]).json()["drafts"][0]
    assert alone["refusal"]["type"] == "urn:pledger:problem:part-missing"


def test_endorsements_bind_to_a_content_without_signers_and_act() -> None:
    payload = change(relations={"enacts": "x", "answers": "y"})
    other = change(relations={"answers": "y"}, signers=[], act={"id": "another"})
    assert content_hash(payload) == content_hash(other)
    assert content_hash(payload) != content_hash(change("151.00", relations={"answers": "y"}))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not-json"),
        (b"{", 400, "not-json"),
        (b"[]", 400, "draft-malformed"),
        (b"{}", 400, "draft-malformed"),
        (b'{"payload":[]}', 400, "draft-malformed"),
        (b'{"payload":{},"office":"x"}', 400, "draft-malformed"),
        (b'{"payloads":{}}', 400, "draft-malformed"),
        (b'{"payloads":[]}', 400, "draft-malformed"),
        (b'{"payloads":[1]}', 400, "draft-malformed"),
        (b'{"payload":' + b"[" * 2000 + b"]" * 2000 + b"}", 400, "not-json"),
    ],
)
def test_a_request_that_is_no_draft_is_refused(
    shared_door: Door, body: bytes, status: int, code: str
) -> None:
    problem_of(shared_door.client.post("/v1/drafts", content=body, headers=JSON), status, code)


def test_drafts_are_json_and_say_so(shared_door: Door) -> None:
    answer = shared_door.client.post("/v1/drafts", content=b"{}", headers={"Content-Type": "text/plain"})
    problem_of(answer, 415, "wrong-media-type")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kinds_example_can_be_drafted(shared_door: Door, kind: str) -> None:
    """Whatever comes of it: an answer, with the sentence or with the refusal."""
    subjects = {"root": "root", "body": body_stream(COUNCIL), "programme": PROGRAMME, "trust": "trust"}
    subject = subjects[KINDS[kind].family]
    signer = {"person": FINANCIER.person, "office": FINANCIER.office}
    payload = change(kind=kind, subject=subject, data=KINDS[kind].example, signers=[signer])
    for name in ("act", "effective"):
        if getattr(KINDS[kind], name) == "none":
            payload.pop(name)
    draft = shared_door.draft(payload).json()
    assert (draft["outcome"] == "refused") == (draft["refusal"] is not None)


@pytest.mark.parametrize("depth", [14, 30, 250, 300, 1000])
@pytest.mark.parametrize("kind", ["act.registered", "programme.amended"])
def test_what_is_nested_too_deep_is_refused_before_it_is_shown_again(
    shared_door: Door, kind: str, depth: int
) -> None:
    nested = b"[" * depth + b"]" * depth
    payload = b'{"kind":"%s","subject":"%s","data":{"restated":[{"a/b":%s}]}}'
    payload %= (kind.encode(), PROGRAMME.encode(), nested)
    for body, at in ((b'{"payload":%s}', "/payload"), (b'{"payloads":[{},%s]}', "/payloads/1")):
        answer = shared_door.client.post("/v1/drafts", content=body % payload, headers=JSON)
        place = f"{at}/data/restated/0/a~1b" + "/0" * 12
        assert pointers(problem_of(answer, 422, "too-deep")) == [place]


def test_an_event_id_is_not_used_twice_within_a_request(shared_door: Door) -> None:
    payload = shared_door.draft(change()).json()["payload"]
    for second in (payload, change("200.00", id=payload["id"])):
        answer = shared_door.drafts([payload, second]).json()
        assert [draft["outcome"] for draft in answer["drafts"]] == ["recorded", "refused"]
        refused = answer["drafts"][1]["refusal"]
        assert refused["type"] == "urn:pledger:problem:event-id-used"
        assert refused["errors"] == [{"pointer": "/id", "got": payload["id"]}]


def test_a_draft_may_name_what_it_corrects_by_the_event_alone(door: Door) -> None:
    stated = door.town.submit("financing.changed", PROGRAMME, lines("150.00")).event
    draft = door.draft(change("170.00", relations={"corrects": {"event": stated}})).json()
    assert draft["outcome"] == "recorded"
    assert draft["payload"]["relations"]["corrects"]["payload"] == door.town.statements[stated]


def test_what_a_draft_corrects_must_be_on_the_record(shared_door: Door) -> None:
    relations = {"corrects": {"event": "01890a5d-ac96-774b-bcce-b302099a8057"}}
    draft = shared_door.draft(change("170.00", relations=relations)).json()
    assert draft["outcome"] == "refused"
    assert draft["refusal"]["errors"][0]["pointer"] == "/relations/corrects/payload"


def test_a_draft_may_name_what_it_reaffirms_by_the_event_alone(door: Door) -> None:
    """What the financier's stolen key signed; another office that may sign it says it holds."""
    town = door.town
    stolen = {"kid": FINANCIER.key.public.kid, "cause": "stolen", "suspect_from": "2025-01-01"}
    doubted = town.submit("financing.changed", PROGRAMME, lines("150.00"), by=FINANCIER).event
    town.submit("key.revoked", f"body:{FINANCIER.body}", stolen)
    signers = [{"person": SECRETARY.person, "office": SECRETARY.office}]
    given = {"kind": "entry.reaffirmed", "subject": PROGRAMME, "signers": signers}
    draft = door.draft(given | {"data": {"entries": [{"event": doubted}]}}).json()
    assert draft["outcome"] == "recorded"
    assert draft["payload"]["data"]["entries"] == [{"event": doubted, "payload": town.statements[doubted]}]
