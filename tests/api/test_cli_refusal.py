"""pledger receipt check of a signed refusal: what it says, and that a key alone makes nobody the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from ledger.envelope import envelope_json, parse_envelope
from ledger.keys import PrivateKey
from ledger.refusals import sign_refusal
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.api.test_http_refusals_signed import serviced_town
from tests.support.town import PROGRAMME, TestLedger, lines

pytestmark = pytest.mark.thorough

__all__ = ["prompt", "serviced_town"]
NAMES = ["signature", "genesis", "statement", "service-key"]


class Turned:
    """Somebody whom a ledger turned away: the statement, and the refusal that `submit` kept."""

    def __init__(self, prompt: Prompt, town: TestLedger) -> None:
        self.prompt, self.town = prompt, town
        self.position = town.position
        envelope = town.envelope("financing.changed", PROGRAMME, lines("1.00"), seen=999)
        self.payload = envelope.payload_hash.hex()
        self.event = prompt.write("event.json", envelope_json(envelope))
        self.trust = prompt.write("trust.json", town.name | {"log_key": town.log_key})
        town.close()
        with self.serving() as url:
            prompt.run("submit", self.event, "--trust", self.trust, "--server", url)
        self.file = prompt.home / "event.refusal.json"

    @contextmanager
    def serving(self) -> Iterator[str]:
        with running(Settings(data=self.town.path)) as url:
            yield url

    def check(self, *how: object, file: Path | None = None, trust: bool = True) -> Ran:
        more = ("--trust", self.trust) if trust else ()
        return self.prompt.run("receipt", "check", file or self.file, *how, *more)

    def by_stranger(self) -> None:
        """The same refusal, but by a key that nobody enrolled: it proves itself as well as a true one."""
        key, said = PrivateKey.generate(), self.kept()
        refusal = sign_refusal(
            key,
            ledger=self.town.name,
            payloads=[self.payload],
            code="seen-ahead",
            pointer="/seen",
            position=self.position,
            now=self.town.clock.now(),
        )
        self.file.write_text(json.dumps(said | {"refusal": refusal, "keys": [key.public.to_jwk()]}))

    def kept(self) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(self.file.read_text(encoding="utf8"))
        return members


@pytest.fixture
def turned(prompt: Prompt, serviced_town: TestLedger, tmp_path: Path) -> Turned:
    return Turned(prompt, TestLedger.copy_of(serviced_town, tmp_path / "town"))


def statuses(ran: Ran) -> dict[str, str]:
    return {check["check"]: check["status"] for check in ran.json["checks"]}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uk", ("Подія бачила більше, ніж є", "НЕ ЗАСВІДЧЕНО", "службовий ключ")),
        ("en", ("seen", "self-consistent, NOT authenticated", "service key")),
    ],
)
def test_offline_it_is_told_in_words_and_is_not_authenticated(
    turned: Turned, language: str, words: tuple[str, ...]
) -> None:
    from api.texts.catalogue import PROBLEMS

    ran = turned.check("--lang", language)
    assert ran.code == 1, ran
    title = PROBLEMS["seen-ahead"].title["uk" if language == "uk" else "en"]
    for word in (f"{title} [seen-ahead]", "/seen", str(turned.position), turned.payload, *words[1:]):
        assert word in ran.out
    assert turned.town.ids["service"] in ran.out, "whose key, is said"
    refused_at = turned.check("--json").json["refused"]["refused_at"]
    assert refused_at in ran.out


def test_verify_tells_the_same(turned: Turned) -> None:
    ran = turned.prompt.run("verify", turned.file, "--trust", turned.trust)
    assert (ran.code, ran.out) == (1, turned.check().out)
    assert "NOT authenticated" in ran.out


def test_a_server_whose_log_has_the_service_key_verifies_it(turned: Turned) -> None:
    with turned.serving() as url:
        ran = turned.check("--server", url, "--json")
        words = turned.check("--server", url)
    assert ran.code == 0, ran
    assert statuses(ran) == dict.fromkeys(NAMES, "ok")
    assert (ran.json["verdict"], ran.json["authenticated"]) == ("verified", True)
    assert ran.json["refused"]["position"] == turned.position
    assert "VERIFIED" in words.out


def test_without_a_trust_file_no_server_makes_it_authenticated(turned: Turned) -> None:
    with turned.serving() as url:
        ran = turned.check("--server", url, "--json", trust=False)
    assert ran.code == 1
    assert ran.json["verdict"] == "self-consistent"


def test_a_key_that_nobody_enrolled_is_not_the_ledgers(turned: Turned) -> None:
    turned.by_stranger()
    assert turned.check("--json").json["verdict"] == "self-consistent"
    with turned.serving() as url:
        ran = turned.check("--server", url, "--json")
    assert ran.code == 1
    assert statuses(ran)["service-key"] == "failed"
    assert ran.json["verdict"] == "failed"


def test_a_server_that_only_says_so_is_not_believed(turned: Turned) -> None:
    """Its list names a stranger as the service key; the log's files do not."""
    turned.by_stranger()
    (jwk,) = turned.kept()["keys"]
    kid = json.loads(json.dumps(turned.check("--json").json["refused"]["kid"]))
    with turned.serving() as url:
        import httpx

        def got(path: str) -> bytes:
            return httpx.get(f"{url}{path}", trust_env=False).content

        size = int(got("/log/checkpoint").split(b"\n")[1])
        paths = ["/v1", "/v1/checkpoint", f"/log/tile/0/000.p/{size}", f"/log/tile/entries/000.p/{size}"]
        answers: Any = {("GET", path): (200, got(path)) for path in paths}
        listed = json.loads(got("/v1/keys?limit=500"))["items"]
    (real,) = [item for item in listed if item.get("office") == "service"]
    for index in (real["index"], 0, size - 1, size, -1, None):
        lie = real | {"kid": kid, "jwk": jwk, "index": index}
        answers["GET", "/v1/keys"] = (200, {"items": [lie], "next": None})
        with fake_api(answers) as url:
            ran = turned.check("--server", url, "--json")
        assert ran.code == 1
        assert statuses(ran)["service-key"] == "failed", index


def test_a_key_that_was_revoked_proves_nothing_any_more(turned: Turned) -> None:
    """Who stole it can sign what they like and date it back."""
    turned.town.reopen()
    turned.town.submit("key.revoked", "root", {"kid": turned.town.ids["service"], "cause": "stolen"})
    turned.town.close()
    with turned.serving() as url:
        ran = turned.check("--server", url, "--json")
    assert ran.code == 1
    assert (ran.json["verdict"], statuses(ran)["service-key"]) == ("self-consistent", "skipped")


@pytest.mark.parametrize("change", ["signature", "payload", "keys"])
def test_what_was_changed_is_refused(turned: Turned, change: str) -> None:
    kept = turned.kept()
    if change == "signature":
        other = "A" * len(kept["refusal"]["signatures"][0]["signature"])
        kept["refusal"]["signatures"][0]["signature"] = other
    elif change == "payload":
        turned.by_stranger()
        kept["refusal"]["payload"] = turned.kept()["refusal"]["payload"]
    else:
        kept["keys"] = []
    turned.file.write_text(json.dumps(kept))
    ran = turned.check("--json")
    assert ran.code == 1
    assert (ran.json["verdict"], statuses(ran)["signature"]) == ("failed", "failed")


def test_a_refusal_of_another_ledger_or_statement_is_refused(turned: Turned) -> None:
    town = turned.town
    other = turned.prompt.write("other.json", {"kind": "nothing at all"})
    ran = turned.check("--event", other, "--json")
    assert (ran.code, statuses(ran)["statement"], ran.json["verdict"]) == (1, "failed", "failed")
    assert parse_envelope(turned.event.read_bytes()).payload_hash.hex() == turned.payload
    turned.event.unlink()
    assert statuses(turned.check("--json"))["statement"] == "skipped"
    foreign = town.name | {"genesis": "0" * 64, "log_key": town.log_key}
    turned.trust = turned.prompt.write("foreign.json", foreign)
    ran = turned.check("--json")
    assert (ran.code, statuses(ran)["genesis"], ran.json["verdict"]) == (1, "failed", "failed")


def test_what_is_neither_receipt_nor_refusal_is_said(turned: Turned) -> None:
    for members in ({}, {"refused": 1}, {"refusal": 7}, {"refusal": {"payload": "", "signatures": []}}):
        ran = turned.check(file=turned.prompt.write("event.refusal.json", members))
        assert (ran.code, ran.out) == (3, ""), members
        assert "refusal" in ran.err
