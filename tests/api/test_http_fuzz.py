"""Nothing that a client sends may give a 5xx: random bytes, bent JSON, odd parameters."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.canonical import encode_base64url
from ledger.envelope import envelope_json
from ledger.keys import PrivateKey
from tests.api.door import BASE, JOSE, Door
from tests.fuzz.bending import bent
from tests.support.people import SECRETARY
from tests.support.town import ACT, PROGRAMME, lines, sign_as

pytestmark = pytest.mark.thorough

FUZZ = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

EVENT: dict[str, Any] = {
    "id": "01990481-3280-7000-8000-0000000000ff",
    "ledger": {"origin": "town.example/pledger", "genesis": "0" * 64},
    "kind": "financing.changed",
    "schema": 1,
    "subject": PROGRAMME,
    "signers": [SECRETARY.signer()],
    "seen": 3,
    "submit_before": "2030-01-01T00:00:00Z",
    "effective": "2025-03-01",
    "act": {"id": ACT, "point": "1"},
    "reason": "",
    "files": [],
    "relations": {},
    "acknowledges": [],
    "data": lines("150.00"),
}
AMENDED: dict[str, Any] = {
    **EVENT,
    "kind": "programme.amended",
    "data": {
        "financing": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}],
        "restated": [{"annex": "financing"}],
        "removed": ["/tree/1.2/title"],
    },
}
STATUS: dict[str, Any] = {
    **{name: value for name, value in EVENT.items() if name not in ("act", "effective")},
    "kind": "act.status_changed",
    "subject": "body:town-council",
    "data": {"act": ACT, "status": "suspended", "date": "2025-05-01", "start": "2025-05-01"},
}
ENDORSED: dict[str, Any] = {
    **{name: value for name, value in EVENT.items() if name not in ("act", "effective")},
    "kind": "change.endorsed",
    "data": {"proposal": EVENT["id"]},
}
ENACTING: dict[str, Any] = {
    **{name: value for name, value in EVENT.items() if name not in ("data", "kind", "effective")},
    "relations": {"enacts": {"proposal": EVENT["id"]}},
}
PROPOSED: dict[str, Any] = {
    **ENDORSED,
    "kind": "change.proposed",
    "data": {
        "change": {
            "kind": "financing.changed",
            "schema": 1,
            "effective": "2025-03-01",
            "data": lines("1.00"),
        },
        "note": "",
    },
}
TEMPLATES = (EVENT, AMENDED, STATUS, ENDORSED, ENACTING, PROPOSED)


def check(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and answer.headers["content-type"] == "text/html; charset=utf-8":
        assert "urn:request:" in answer.text  # a page's refusal is a page, and names its request
    elif answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@FUZZ
@given(body=st.binary(max_size=300))
def test_random_bytes_are_refused(shared_door: Door, body: bytes) -> None:
    for path, media_type in (("/v1/events", JOSE["Content-Type"]), ("/v1/drafts", "application/json")):
        answer = shared_door.client.post(path, content=body, headers={"Content-Type": media_type})
        check(answer)
        assert answer.status_code >= 400


@FUZZ
@given(data=st.data())
def test_bent_envelopes_are_refused(shared_door: Door, data: st.DataObject) -> None:
    whole = envelope_json(sign_as(orjson.dumps(EVENT), [(SECRETARY.key, SECRETARY.key.alg)]))
    shape = data.draw(bent(data.draw(st.sampled_from([whole, {"envelopes": [whole, whole]}]))))
    check(shared_door.post_raw(orjson.dumps(shape)))


@FUZZ
@given(data=st.data())
def test_bent_headers_of_signatures_are_refused(shared_door: Door, data: st.DataObject) -> None:
    whole = envelope_json(sign_as(orjson.dumps(EVENT), [(SECRETARY.key, SECRETARY.key.alg)]))
    protected = orjson.loads(base64.urlsafe_b64decode(whole["signatures"][0]["protected"] + "=="))
    spelled = orjson.dumps(data.draw(bent(protected)), option=orjson.OPT_SORT_KEYS)
    whole["signatures"][0]["protected"] = encode_base64url(spelled)
    check(shared_door.post_raw(orjson.dumps(whole)))


@FUZZ
@given(data=st.data())
def test_bent_events_under_a_good_signature_never_fail_the_server(
    shared_door: Door, data: st.DataObject
) -> None:
    payload = data.draw(bent(data.draw(st.sampled_from(TEMPLATES)) | {"ledger": shared_door.town.name}))
    spelled = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    key: PrivateKey = SECRETARY.key
    envelope = envelope_json(sign_as(spelled, [(key, key.alg)]))
    check(shared_door.post_raw(orjson.dumps(envelope)))


@FUZZ
@given(data=st.data())
def test_bent_drafts_always_get_an_answer(shared_door: Door, data: st.DataObject) -> None:
    payload = data.draw(bent(data.draw(st.sampled_from(TEMPLATES)) | {"ledger": shared_door.town.name}))
    body = data.draw(st.sampled_from([{"payload": payload}, {"payloads": [payload, EVENT]}]))
    answer = shared_door.client.post(
        "/v1/drafts", content=orjson.dumps(body), headers={"Content-Type": "application/json"}
    )
    check(answer)


@FUZZ
@given(data=st.data())
def test_bent_requests_for_drafts_always_get_an_answer(shared_door: Door, data: st.DataObject) -> None:
    body = data.draw(bent({"payloads": [EVENT, STATUS]}))
    answer = shared_door.client.post(
        "/v1/drafts", content=orjson.dumps(body), headers={"Content-Type": "application/json"}
    )
    check(answer)


PATHS = (
    "/v1", "/v1/events", "/v1/history", "/v1/events/x", "/v1/events/x/receipt", "/v1/proofs/inclusion",
    "/v1/events/x/checks", "/v1/events/x/writes", "/v1/feed/acts", "/v1/feed/cells",
    "/v1/proofs/consistency", "/v1/checkpoint", "/v1/programmes", BASE, f"{BASE}/budget",
    f"{BASE}/findings", f"{BASE}/findings?status=resolved", f"{BASE}/obligations", f"{BASE}/evaluation",
    f"{BASE}/questions", f"{BASE}/questions/5", f"{BASE}/money", f"{BASE}/moves", f"{BASE}/reconciliation",
    f"{BASE}/indicators", f"{BASE}/indicators?limit=1", f"{BASE}/tree", f"{BASE}/history",
    f"{BASE}/timeline", f"{BASE}/diff", f"{BASE}/blame", "/v1/acts", "/v1/keys", "/v1/search",
    "/v1/persons/x", "/v1/schemas", "/v1/schemas/x", "/v1/files/" + "a" * 64, "/readyz", "/", "/api",
    "/verify", "/help", "/v1/exports", "/v1/exports/events", "/v1/exports/cells", "/v1/exports/budget",
    "/v1/exports/indicators", "/v1/exports/acts",
    "/opendata", "/opendata/datapackage.json", "/opendata/835/programs.csv", "/opendata/latest/budget.csv",
    "/opendata/ckan/api/3/action/package_search", "/opendata/ckan/api/3/action/package_show",
    "/opendata/releases/latest", "/opendata/catalog.jsonld", "/v1/opendata/duty",
    "/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000", "/log/tile/0/x", "/log/tile/63/999",
)  # fmt: skip
NAMES = (
    "as_of", "known", "min_position", "path", "limit", "after", "before", "kind", "subject", "format",
    "year", "source", "measure", "body", "event", "index", "size", "from", "to", "from_as_of",
    "from_known", "to_as_of", "to_known", "lang", "by", "office", "act", "only", "late", "indicator", "q",
    "profile", "dialect", "fq", "rows", "start", "sort", "id",
    "order", "past", "programme", "full", "ids", "x",
)  # fmt: skip
_INSTANT = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:00)"
_RANK = r"[0-9-]{10},[0-9-]{10},[0-9]{1,9},[0-9]{1,15},[0-9]{1,9}"
_KNOWN = ["/financing/1.1/2025/local", "/title", "csv", "json", "local", "1.1", "financing.changed"]
TEXTS = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"-?[0-9]{1,20}", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(_INSTANT, fullmatch=True),
    st.from_regex(_RANK, fullmatch=True),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.sampled_from(_KNOWN),
)


@settings(FUZZ, max_examples=600)
@given(path=st.sampled_from(PATHS), query=st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=4))
def test_odd_parameters_never_fail_the_server(storied: Door, path: str, query: dict[str, str]) -> None:
    check(storied.client.get(path, params=query))


@FUZZ
@given(raw=st.binary(max_size=40))
def test_odd_query_strings_never_fail_the_server(storied: Door, raw: bytes) -> None:
    quoted = "".join(chr(b) if chr(b) in "=&%+abc_of1" else f"%{b:02X}" for b in raw)
    check(storied.client.get(f"{BASE}?as_of=2025-01-01&{quoted}"))
    check(storied.client.get(f"/v1/events/{quoted.replace('=', '').replace('&', '')}"))


@FUZZ
@given(
    name=st.sampled_from(
        ["accept", "accept-language", "if-none-match", "content-type", "content-encoding", "range"]
    ),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
)
def test_odd_headers_never_fail_the_server(storied: Door, name: str, value: str) -> None:
    for path in (f"{BASE}/budget", f"{BASE}/diff?from_as_of=2025-01-01", "/static/pledger.css"):
        check(storied.client.get(path, headers={name: value}))
    check(storied.client.post("/v1/events", content=b"{}", headers=JOSE | {name: value}))


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "", "9" * 30])
def test_an_odd_length_is_refused(shared_door: Door, length: str) -> None:
    check(shared_door.client.post("/v1/events", content=b"{}", headers=JOSE | {"Content-Length": length}))
