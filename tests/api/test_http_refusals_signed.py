"""What the HTTP door refuses it signs, once a service key is enrolled; and `pledger submit` keeps it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.settings import Settings
from ledger.envelope import envelope_json, parse_envelope
from ledger.keys import PublicKey
from ledger.refusals import check_refusal
from ledger.service_key import prepare_service_key
from ledger.service_signing import TrustWriter, heads_data
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import Door, open_door, problem_of
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.support.people import SECRETARY, key_of
from tests.support.town import PROGRAMME, Payload, TestLedger, lines, remember, sign_as

__all__ = ["prompt"]

STRANGE = SECRETARY.using(remember(key_of("enrolled nowhere")))


@pytest.fixture(scope="module")
def serviced_town(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed ledger with a service key of its own, enrolled; its heads are stated: no round is due."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("serviced") / "town")
    town.close()
    key, data = prepare_service_key(town.path, "service", town.clock)
    town.ids["service"] = key.public.kid
    town.reopen()
    town.submit("service_key.enrolled", "root", data)
    TrustWriter(town.ledger, town.clock).state("ledger.heads", heads_data(town.ledger.reader))
    town.close()
    return town


@pytest.fixture
def serviced(serviced_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(serviced_town, tmp_path / "town") as opened:
        yield opened


def service_key(door: Door) -> PublicKey:
    """As the API lists it."""
    (key,) = [item for item in door.json("/v1/keys?limit=500")["items"] if item.get("office") == "service"]
    return PublicKey.from_jwk(key["jwk"])


def shown(door: Door, answer: Any, status: int, code: str, *payloads: str) -> Any:
    """The refusal of an answer, checked."""
    document = problem_of(answer, status, code)
    found = check_refusal(
        document["refusal"], key=service_key(door), genesis=door.town.name["genesis"], payloads=payloads
    )
    assert found.code == code
    return found


def test_a_rule_that_refuses_is_named_with_its_place_and_position(serviced: Door) -> None:
    town = serviced.town
    envelope = town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=999)
    found = shown(serviced, serviced.post(envelope), 422, "seen-ahead", envelope.payload_hash.hex())
    assert (found.pointer, found.position) == ("/seen", town.position)
    assert found.refused_at.startswith(town.clock.now().strftime("%Y-%m-%dT%H:%M:%S"))


def test_what_needs_an_acknowledgement_is_signed_too(serviced: Door) -> None:
    envelope = serviced.town.envelope("financing.changed", PROGRAMME, lines("5.00"), seen=0)
    answer = serviced.post(envelope)
    found = shown(serviced, answer, 409, "needs-acknowledgement", envelope.payload_hash.hex())
    assert found.pointer == ""
    assert answer.json()["discrepancies"]


def test_a_refused_batch_is_signed_over_all_its_payloads(serviced: Door) -> None:
    town = serviced.town
    good = town.envelope("financing.changed", PROGRAMME, lines("150.00"))
    bad = town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=999)
    hashes = [one.payload_hash.hex() for one in (good, bad)]
    found = shown(serviced, serviced.post(good, bad), 422, "seen-ahead", *hashes)
    assert found.pointer == "/envelopes/1/seen"
    assert found.position == town.position


@pytest.mark.parametrize(
    ("payload", "status", "code"),
    [
        (b"[]", 422, "malformed"),
        (b'{"kind":"nothing"}', 422, "unknown-kind"),
        ('{"ї":1}'.encode(), 422, "name-not-ascii"),
        (b"not json", 422, "not-json"),
    ],
)
def test_whatever_payload_an_envelope_holds_its_hash_is_signed(
    serviced: Door, payload: bytes, status: int, code: str
) -> None:
    envelope = sign_as(payload, [(SECRETARY.key, SECRETARY.key.alg)])
    answer = serviced.post(envelope)
    document = answer.json()
    assert document["type"].rpartition(":")[2] == code, document
    found = shown(serviced, answer, document["status"], code, envelope.payload_hash.hex())
    assert found.position == serviced.town.position


def test_an_unknown_member_of_any_length_is_refused_and_signed(serviced: Door) -> None:
    town = serviced.town
    payload = town.payload("financing.changed", PROGRAMME, lines("1.00")) | {"x" * 30_000: 1}
    envelope = town.signed(payload)
    found = shown(serviced, serviced.post(envelope), 422, "unknown-field", envelope.payload_hash.hex())
    assert len(found.pointer) == 400


def test_an_opening_and_an_unknown_key_are_refused_with_a_signature(serviced: Door) -> None:
    town = serviced.town
    opening = town.envelope("ledger.opened", "root", town.opening)
    answer = serviced.post(opening)
    code = answer.json()["type"].rpartition(":")[2]
    assert code == "open-by-init"
    assert shown(serviced, answer, answer.status_code, code, opening.payload_hash.hex())
    strange = town.envelope("financing.changed", PROGRAMME, lines("1.00"), by=STRANGE)
    assert shown(serviced, serviced.post(strange), 403, "unknown-key", strange.payload_hash.hex())


def test_what_is_no_envelope_has_nothing_to_sign(serviced: Door) -> None:
    good = envelope_json(serviced.town.envelope("financing.changed", PROGRAMME, lines("1.00")))
    wrong_typ = urlsafe_b64encode(b'{"alg":"Ed25519","iat":0,"kid":"x","typ":"other"}').decode().rstrip("=")
    for body in (
        b"junk",
        b"{}",
        b'{"envelopes": []}',
        orjson.dumps(good | {"more": 1}),
        orjson.dumps(good | {"signatures": [good["signatures"][0] | {"protected": wrong_typ}]}),
        b'{"payload":"' + b"A" * 70_000 + b'","signatures":[]}',
    ):
        answer = serviced.post_raw(body)
        assert answer.status_code >= 400
        assert "refusal" not in answer.json(), body[:60]


def test_what_is_recorded_and_what_another_route_refuses_have_no_refusal(serviced: Door) -> None:
    town = serviced.town
    answer = serviced.post(town.envelope("financing.changed", PROGRAMME, lines("150.00")))
    assert answer.status_code == 201
    assert "refusal" not in answer.json()
    assert "refusal" not in serviced.get("/v1/events/nothing").json()


def test_without_an_enrolled_service_key_a_refusal_is_answered_as_before(door: Door) -> None:
    envelope = door.town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=999)
    assert "refusal" not in problem_of(door.post(envelope), 422, "seen-ahead")


def test_a_revoked_service_key_signs_no_refusal_any_more(serviced: Door) -> None:
    town = serviced.town
    kid = service_key(serviced).kid
    serviced.say("key.revoked", "root", {"kid": kid, "cause": "lost"})
    envelope = town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=999)
    assert "refusal" not in problem_of(serviced.post(envelope), 422, "seen-ahead")


def test_the_signed_refusal_is_not_taken_as_an_event(serviced: Door) -> None:
    envelope = serviced.town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=999)
    refusal = serviced.post(envelope).json()["refusal"]
    answer = serviced.post_raw(orjson.dumps(refusal))
    assert answer.json()["type"].endswith(":wrong-typ")


# -- pledger submit -----------------------------------------------------------------------


def write(prompt: Prompt, town: TestLedger, name: str, amount: str = "1.00") -> Path:
    """A statement that the door refuses."""
    envelope = town.envelope("financing.changed", PROGRAMME, lines(amount), seen=999)
    return prompt.write(name, envelope_json(envelope))


def trust(prompt: Prompt, town: TestLedger) -> Path:
    return prompt.write("trust.json", town.name | {"log_key": town.log_key})


def test_submit_keeps_a_proved_refusal_beside_the_statement(
    prompt: Prompt, serviced_town: TestLedger, tmp_path: Path
) -> None:
    town = TestLedger.copy_of(serviced_town, tmp_path / "town")
    files = [write(prompt, town, f"{name}.json", f"{place}.00") for place, name in enumerate(("one", "two"))]
    trusted = trust(prompt, town)
    hashes = [parse_envelope(path.read_bytes()).payload_hash.hex() for path in files]
    town.close()
    with running(Settings(data=town.path)) as url:
        single = prompt.run("submit", files[0], "--trust", trusted, "--server", url)
        batch = prompt.run("submit", *files, "--batch", "--trust", trusted, "--server", url)
    assert (single.code, batch.code) == (1, 1)
    assert "seen-ahead" in single.err
    assert str(prompt.home / "one.refusal.json") in single.err
    for name in ("one", "two"):
        kept: Payload = json.loads((prompt.home / f"{name}.refusal.json").read_text())
        (jwk,) = kept["keys"]
        key = PublicKey.from_jwk(jwk)
        assert key.kid == town.ids["service"]
        found = check_refusal(kept["refusal"], key=key, genesis=town.name["genesis"], payloads=hashes)
        assert found.code == "seen-ahead"
    assert not [*prompt.home.glob("*.receipt.json")]


def test_submit_keeps_no_refusal_that_is_not_of_this_statement(prompt: Prompt, serviced: Door) -> None:
    town = serviced.town
    other = town.envelope("financing.changed", PROGRAMME, lines("2.00"), seen=999)
    document = serviced.post(other).json()
    file = write(prompt, town, "one.json")
    answers = {
        ("POST", "/v1/events"): (422, document),
        ("GET", "/v1/keys"): (200, {"items": serviced.json("/v1/keys?limit=500")["items"], "next": None}),
        ("GET", "/v1"): (200, {"position": 20, **town.name}),
    }
    with fake_api(answers) as url:
        ran = prompt.run("submit", file, "--trust", trust(prompt, town), "--server", url, PLEDGER_LANG="en")
    assert ran.code == 1
    assert "seen-ahead" in ran.err
    assert "not kept" in ran.err
    assert not (prompt.home / "one.refusal.json").exists()
