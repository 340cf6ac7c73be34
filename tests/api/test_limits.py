"""Limits in the threat model's order: address, size, known key, cryptography, and then the rate of a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.limits.addresses import Proxies, bucket_of, parse_address, parse_networks
from api.limits.buckets import Buckets
from api.limits.shares import Shares
from api.settings import Settings
from ledger.envelope import BATCH_SIZE_MAX, Envelope, envelope_json
from ledger.keys import PublicKey
from tests.api.door import JOSE, Door, open_door, problem_of
from tests.support.people import REGISTRARS, SECRETARY, key_of
from tests.support.town import PROGRAMME, TestLedger, lines, remember

FAR = "203.0.113.5"
LINE = {"year": 2025, "source": "local", "op": "set", "amount": "1.00"}
SLOW = 1e-6  # a second: nothing comes back within a test


# -- buckets --------------------------------------------------------------------------


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_bucket_gives_its_burst_and_then_so_much_a_second() -> None:
    hand = Hand()
    buckets = Buckets(2.0, 3, now=hand)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.take("b") == 0, "another name has a bucket of its own"
    hand.at += 0.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 1]
    hand.at += 3600
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1], "never more than a burst"


def test_who_waits_as_long_as_told_is_let_in() -> None:
    hand = Hand()
    buckets = Buckets(0.1, 1, now=hand)
    assert buckets.take("a") == 0
    assert buckets.take("a") == 10
    hand.at += 10
    assert buckets.take("a") == 0


def test_a_debt_is_paid_back_and_is_never_more_than_a_burst() -> None:
    hand = Hand()
    buckets = Buckets(1.0, 10, now=hand)
    buckets.spend("a", 1000)
    assert buckets.wait("a") == 11
    hand.at += 11
    assert buckets.wait("a") == 0


def test_a_rate_of_nothing_limits_nothing_and_keeps_nothing() -> None:
    buckets = Buckets(0.0, 1)
    assert {buckets.take("a") for _ in range(100)} == {0}
    buckets.spend("a", 1000)
    assert (buckets.wait("a"), len(buckets)) == (0, 0)


def test_memory_is_bounded_and_who_came_last_is_remembered() -> None:
    buckets = Buckets(SLOW, 1, count_max=3)
    for name in "abcd":
        assert buckets.take(name) == 0
    assert len(buckets) == 3
    assert buckets.take("d") > 0
    assert buckets.take("a") == 0, "forgotten, so full again"


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 3)), max_size=40))
def test_no_more_is_ever_given_than_the_burst_and_the_time_allow(steps: list[tuple[float, float]]) -> None:
    hand, given_out = Hand(), 0.0
    buckets = Buckets(2.0, 5, now=hand)
    for passed, cost in steps:
        hand.at += passed
        given_out += cost if buckets.take("a", cost) == 0 else 0
        assert given_out <= 5 + 2.0 * (hand.at - 100.0) + 1e-6


# -- addresses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        (" 203.0.113.5:80 ", "203.0.113.5"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("", None),
        ("unknown", None),
        ("203.0.113.5:http", None),
        ("[2001:db8::1]x", None),
        ("fe80::1%eth0", None),
        ("203.0.113.05", None),
        ("203.0.113.5\n", "203.0.113.5"),
        ("testclient", None),
    ],
)
def test_an_address_is_read_in_its_usual_spellings_and_nothing_else_is(
    text: str, address: str | None
) -> None:
    assert parse_address(text) == (ip_address(address) if address else None)


def test_whoever_has_one_address_of_a_64_has_them_all() -> None:
    one, other, apart = (ip_address(f"2001:db8:0:{n}") for n in ("1::1", "1:ffff::2", "2::1"))
    assert bucket_of(one) == bucket_of(other) != bucket_of(apart)
    assert bucket_of(ip_address("203.0.113.5")) != bucket_of(ip_address("203.0.113.6"))


@pytest.mark.parametrize("text", ["*", "nonsense", "10.0.0.1/8", "10.0.0.0/8,,x"])
def test_proxies_are_addresses_and_networks_and_never_everybody(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_networks(text)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client", "trusted"),
    [
        ("10.0.0.1", ["203.0.113.5"], "203.0.113.5", True),
        ("10.0.0.1", ["198.51.100.9, 203.0.113.5"], "203.0.113.5", True),
        ("10.0.0.1", ["198.51.100.9", "203.0.113.5, 10.0.0.2"], "203.0.113.5", True),
        ("10.0.0.1", ["198.51.100.9, nonsense"], "10.0.0.1", True),
        ("10.0.0.1", [], "10.0.0.1", True),
        ("203.0.113.7", ["198.51.100.9"], "203.0.113.7", False),
        ("127.0.0.1", ["198.51.100.9"], "127.0.0.1", False),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(
    peer: str, forwarded: list[str], client: str, trusted: bool
) -> None:
    headers = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    scope = {"type": "http", "client": (peer, 1), "headers": headers}
    found = Proxies(parse_networks("10.0.0.0/8")).client(scope)
    assert found == (ip_address(client), trusted)


# -- over HTTP ------------------------------------------------------------------------


@pytest.fixture
def opened(model_town: TestLedger, tmp_path: Path) -> Iterator[Callable[..., Door]]:
    """A door with settings of the test's own; its client is far away."""
    with ExitStack() as stack:

        def make(address: str = FAR, **settings: Any) -> Door:
            door = stack.enter_context(open_door(model_town, tmp_path / "town", **settings))
            return Door(door.town, client_of(door, address))

        yield make


def client_of(door: Door, address: str) -> TestClient:
    """Another client of the same application, at another address."""
    return TestClient(door.client.app, client=(address, 40000), follow_redirects=False)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kid of every signature that is computed."""
    kids: list[str] = []
    before = PublicKey.verify

    def counting(self: PublicKey, signature: bytes, message: bytes) -> None:
        kids.append(self.kid)
        before(self, signature, message)

    monkeypatch.setattr(PublicKey, "verify", counting)
    return kids


def change(door: Door, amount: str = "150.00", **common: Any) -> Envelope:
    return door.town.envelope("financing.changed", PROGRAMME, lines(amount), **common)


def forged(envelope: Envelope) -> Envelope:
    """The same words under the same names, signed by nobody."""
    signatures = tuple(replace(one, signature=bytes(len(one.signature))) for one in envelope.signatures)
    return replace(envelope, signatures=signatures)


def test_an_address_that_sends_too_much_waits_and_others_do_not(opened: Any) -> None:
    door = opened(writes_per_second=SLOW, writes_burst=1)
    door.post_raw(b"{")
    answer = door.post_raw(b"{")
    document = problem_of(answer, 429, "too-many-requests")
    assert document["details"]["of"] == "address"
    assert int(answer.headers["retry-after"]) == document["details"]["seconds"] > 0
    assert answer.headers["connection"] == "close"
    assert answer.headers["cache-control"] == "no-store"
    other = Door(door.town, client_of(door, "203.0.113.6"))
    problem_of(other.post_raw(b"{"), 400, "not-json")
    assert door.get("/v1").status_code == 200, "reading has a bucket of its own"


def test_reading_is_limited_apart_and_bundles_cost_what_writing_does(opened: Any) -> None:
    door = opened(reads_per_second=SLOW, reads_burst=2, writes_per_second=SLOW, writes_burst=1)
    problem_of(door.get(f"/v1/events/{'0' * 36}/bundle"), 409, "no-heads")
    problem_of(door.get(f"/v1/events/{'0' * 36}/bundle"), 429, "too-many-requests")
    assert [door.get("/v1").status_code for _ in range(3)] == [200, 200, 429]
    assert door.client.head("/v1").status_code == 429


def test_whoever_watches_over_it_is_always_answered(opened: Any) -> None:
    door = opened(reads_per_second=SLOW, reads_burst=1, requests_at_once=1)
    assert door.get("/v1").status_code == 200
    assert {door.get(path).status_code for path in ("/healthz", "/readyz") * 3} == {200}
    problem_of(door.get("/v1"), 429, "too-many-requests")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_not_limited(opened: Any, address: str) -> None:
    door = opened(address, reads_per_second=SLOW, reads_burst=1)
    assert {door.get("/v1").status_code for _ in range(5)} == {200}


def test_a_proxy_of_this_machine_that_nobody_named_is_told_once(
    opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    door = opened("127.0.0.1")
    for _ in range(3):
        door.get("/v1", x_forwarded_for="203.0.113.9")
    said = [line for line in caplog.messages if "--forwarded-allow-ips" in line]
    assert len(said) == 1


def test_a_client_cannot_choose_its_address_and_behind_a_proxy_each_has_its_own(opened: Any) -> None:
    door = opened(reads_per_second=SLOW, reads_burst=1, forwarded_allow_ips="10.0.0.1")
    assert door.get("/v1", x_forwarded_for="198.51.100.1").status_code == 200
    problem_of(door.get("/v1", x_forwarded_for="198.51.100.2"), 429, "too-many-requests")
    proxy = Door(door.town, client_of(door, "10.0.0.1"))
    for last in range(3):
        assert proxy.get("/v1", x_forwarded_for=f"198.51.100.7{last}").status_code == 200
    problem_of(proxy.get("/v1", x_forwarded_for="1.1.1.1, 198.51.100.70"), 429, "too-many-requests")


def test_the_address_comes_before_the_size(opened: Any) -> None:
    door = opened(writes_per_second=SLOW, writes_burst=1)
    oversize = b"x" * (BATCH_SIZE_MAX + 1)
    problem_of(door.post_raw(oversize), 413, "body-too-large")
    problem_of(door.post_raw(oversize), 429, "too-many-requests")


def test_the_size_comes_before_the_known_key_and_that_before_any_cryptography(
    opened: Any, verified: list[str]
) -> None:
    door = opened()
    whole = orjson.dumps(envelope_json(change(door)))
    problem_of(door.post_raw(whole + b" " * BATCH_SIZE_MAX), 413, "body-too-large")
    unknown = replace(SECRETARY, key=remember(key_of("a key that nobody enrolled")))
    problem_of(door.post(change(door, by=unknown)), 403, "unknown-key")
    assert verified == []


def test_cryptography_comes_before_the_rate_of_a_key(opened: Any, verified: list[str]) -> None:
    door = opened(key_per_second=SLOW, key_burst=2)
    for number in range(8):
        problem_of(door.post(forged(change(door, f"{number}.00"))), 403, "bad-signature")
    assert len(verified) == 8
    for amount in ("1.00", "2.00"):  # the victim is not locked out
        assert door.post(change(door, amount)).status_code in (201, 409)
    counted = len(verified)
    answer = door.post(change(door, "3.00"))
    document = problem_of(answer, 429, "too-many-requests")
    assert document["details"]["of"] == "key"
    assert answer.headers["retry-after"]
    assert len(verified) == counted
    other = door.town.envelope(
        "person.registered", "root", {"person": "p-x", "name": "Особа"}, by=REGISTRARS[0]
    )
    assert door.post(other).status_code != 429, "another key has a bucket of its own"


def test_what_a_rule_refuses_counts_once_its_signature_was_verified(opened: Any) -> None:
    door = opened(key_per_second=SLOW, key_burst=3)
    assert door.post(change(door)).status_code == 201
    for measure in ("x.1", "x.2"):
        refused = door.town.envelope("financing.changed", PROGRAMME, lines({"measure": measure, **LINE}))
        assert door.post(refused).status_code == 422
    problem_of(door.post(change(door)), 429, "too-many-requests")


def test_a_batch_counts_each_entry_and_pays_nothing_for_what_nobody_signed(opened: Any) -> None:
    door = opened(key_per_second=SLOW, key_burst=2)
    good = [change(door, f"{amount}.00") for amount in range(1, 4)]
    malformed = replace(good[0], payload=b"{}", payload_text="e30", payload_hash=sha256(b"{}").digest())
    for _ in range(3):  # the first is refused before the second is verified
        refused = door.post(malformed, forged(good[1]), forged(good[2]))
        assert refused.status_code in (400, 422)
    assert door.post(*good).status_code in (201, 409)
    problem_of(door.post(change(door, "9.00")), 429, "too-many-requests")


def test_what_is_in_the_log_may_be_sent_again_by_anybody_and_counts_for_nobody(opened: Any) -> None:
    door = opened(key_per_second=SLOW, key_burst=3)
    recorded = change(door)
    assert door.post(recorded).status_code == 201
    attacker = Door(door.town, client_of(door, "203.0.113.99"))
    other = door.town.envelope("person.registered", "root", {"person": "p-y", "name": "Особа"}, by=REGISTRARS)
    for _ in range(10):
        assert attacker.post(recorded).status_code == 201
        problem_of(attacker.post(recorded, other), 409, "partly-recorded")
    assert door.post(change(door, "2.00")).status_code == 201
    assert door.post(change(door, "3.00")).status_code == 201
    problem_of(door.post(change(door, "4.00")), 429, "too-many-requests")


# -- how much at once -------------------------------------------------------------------


class Held:
    """A request that sends a part of its body and then waits."""

    def __init__(self, app: Any) -> None:
        self.app, self.go_on, self.begun = app, asyncio.Event(), asyncio.Event()
        self.sent: list[Any] = []
        self._parts = iter([b"{", b""])

    async def receive(self) -> Any:
        part = next(self._parts)
        if not part:
            self.begun.set()
            await self.go_on.wait()
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def run(self) -> None:
        await self.app(scope_of("POST", "/v1/events", JOSE), self.receive, self.send)


def scope_of(method: str, path: str, headers: dict[str, str] | None = None) -> Any:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()],
        "client": (FAR, 1), "server": ("x", 80), "state": {},
    }  # fmt: skip


async def status_of(app: Any, path: str) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope_of("GET", path), receive, send)
    return int(sent[0]["status"])


def test_so_many_requests_at_once_and_one_more_is_told_to_come_again(opened: Any) -> None:
    app = opened(requests_at_once=2).client.app

    async def story() -> None:
        held = [Held(app), Held(app)]
        async with asyncio.TaskGroup() as group:
            for one in held:
                group.create_task(one.run())
            for one in held:
                await one.begun.wait()
            assert await status_of(app, "/v1/schemas") == 503
            assert await status_of(app, "/healthz") == 200
            for one in held:
                one.go_on.set()
        assert [one.sent[0]["status"] for one in held] == [400, 400]
        assert await status_of(app, "/v1/schemas") == 200, "there is room again"

    asyncio.run(story())


def test_a_request_that_a_stopping_server_cuts_short_is_told_so(opened: Any) -> None:
    app = opened().client.app

    async def story() -> Any:
        held = Held(app)
        task = asyncio.create_task(held.run())
        await held.begun.wait()
        task.cancel()
        await task  # no traceback: it ends as if it were answered
        return held.sent

    start, body, *_ = asyncio.run(story())
    assert start["status"] == 503
    assert orjson.loads(body["body"])["type"] == "urn:pledger:problem:shutting-down"
    assert (b"retry-after", b"5") in start["headers"]


def test_a_share_is_counted_by_name_and_given_back_however_it_ends() -> None:
    shares = Shares(2)
    with suppress(KeyError), shares.holding("a"), shares.holding("a"):
        assert (shares.is_full("a"), shares.is_full("b"), shares.is_full(None)) == (True, False, False)
        raise KeyError
    with shares.holding(None):
        assert (shares.is_full("a"), len(shares)) == (False, 0)


def test_what_is_limited_by_default_leaves_room_for_a_councils_batch() -> None:
    settings = Settings(data=Path("x"))
    assert settings.key_burst >= 256 * 10
    assert settings.writes_burst >= 1000
    assert settings.requests_at_once >= 500
