"""Answers that Pledger's own server would never give, and servers that are not there."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from tests.api.cli_runner import Prompt, prompt
from tests.api.fake_api import fake_api

__all__ = ["prompt"]
DATED = {"as_of": "2025-12-31", "known": {"position": 7, "recorded_at": "2026-01-01T00:00:00.000000Z"}}
NASTY = "\x1b[2J\x1b]0;owned\x07 \u202etxt.exe\u200b\nrecorded № 8 [bold]x[/bold] :smile:"


def item(**more: Any) -> dict[str, Any]:
    row = {"id": "p", "title": "Назва", "body": "b", "term": {"from": "2025", "to": "2027"}}
    return row | {"status": "in-force", "last_index": 6} | more


def test_control_characters_of_data_never_reach_the_terminal(prompt: Prompt) -> None:
    answer = {"items": [item(title=NASTY)], "next": None, **DATED}
    with fake_api({("GET", "/v1/programmes"): (200, answer)}) as url:
        ran = prompt.ok("programmes", "--server", url)
    assert not set("\x1b\x07\u202e\u200b") & set(ran.out)
    assert "<U+001B>[2J" in ran.out
    assert "[bold]x[/bold] :smile:" in ran.out


def test_control_characters_of_a_problem_never_reach_the_terminal(prompt: Prompt) -> None:
    problem = {"type": f"urn:x:{NASTY}", "status": 404, "title": NASTY, "message": {"en": NASTY}}
    with fake_api({("GET", "/v1/programmes"): (404, problem)}) as url:
        ran = prompt.run("programmes", "--server", url)
    assert ran.code == 3
    assert "\x1b" not in ran.err + ran.out


def test_json_is_the_answer_to_the_byte(prompt: Prompt) -> None:
    answer = {"items": [item(title="\u202e  Їжак")], "next": None, **DATED}
    with fake_api({("GET", "/v1/programmes"): (200, answer)}) as url:
        ran = prompt.ok("programmes", "--server", url, "--json")
    assert ran.out == json.dumps(answer, ensure_ascii=False) + "\n"


def test_a_server_that_is_not_there_is_named_and_exit_is_3(prompt: Prompt) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    ran = prompt.run("budget", "p", "--server", url)
    assert ran.code == 3
    assert url in ran.err
    assert not ran.out


@pytest.mark.parametrize("url", ["ftp://example", "example", "http://", "http://host:port"])
def test_what_is_no_address_is_not_asked(prompt: Prompt, url: str) -> None:
    assert prompt.run("programmes", "--server", url).code == 3


def test_a_next_page_elsewhere_is_not_followed(prompt: Prompt) -> None:
    answer = {"items": [item()], "next": "http://evil.example/v1/programmes", **DATED}
    with fake_api({("GET", "/v1/programmes"): (200, answer)}) as url:
        assert prompt.run("programmes", "--server", url).code == 3


def test_all_pages_are_shown_unless_a_limit_was_asked_for(prompt: Prompt) -> None:
    first = {"items": [item(id="first")], "next": "/v1/programmes/page2", **DATED}
    second = {"items": [item(id="second")], "next": None, **DATED}
    answers = {("GET", "/v1/programmes"): (200, first), ("GET", "/v1/programmes/page2"): (200, second)}
    with fake_api(answers) as url:
        every = prompt.ok("programmes", "--server", url)
        one = prompt.ok("programmes", "--server", url, "--limit", 1)
    assert "second" in every.out
    assert "second" not in one.out
    assert "more" in one.err


IDENTITY = {
    "origin": "town.example/pledger",
    "genesis": "ab" * 32,
    "log_key": "town.example/pledger+f2de0843+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
}


def server_of(number: int) -> dict[tuple[str, str], Any]:
    """What a server says of itself whose log key is made of this number, and its signed head."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from ledger.checkpoint import Checkpoint, format_checkpoint
    from ledger.note import Ed25519Signer, sign_note

    origin = IDENTITY["origin"]
    signer = Ed25519Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))
    note = sign_note(format_checkpoint(Checkpoint(origin, 1, bytes(32))), [signer])
    said = IDENTITY | {"log_key": str(signer.key)}
    return {("GET", "/v1"): (200, said), ("GET", "/v1/checkpoint"): (200, note.encode())}


def test_trust_on_first_use_says_so_and_a_change_is_refused(prompt: Prompt) -> None:
    out = prompt.home / "trust.json"
    with fake_api(server_of(1)) as url:
        first = prompt.ok("trust", url, "--out", out)
        again = prompt.ok("trust", url, "--out", out)
    before = out.read_bytes()
    with fake_api(server_of(2)) as url:
        other = prompt.run("trust", url, "--out", out)
    assert "first use" in first.err
    assert "first use" not in again.err
    assert other.code == 1
    assert out.read_bytes() == before


@pytest.mark.parametrize("said", [{}, IDENTITY, {"origin": "x", "genesis": None, "log_key": ""}])
def test_a_server_without_a_sound_identity_is_not_trusted(prompt: Prompt, said: dict[str, Any]) -> None:
    with fake_api({("GET", "/v1"): (200, said)}) as url:
        assert prompt.run("trust", url, "--out", prompt.home / "t.json").code == 3
    assert not (prompt.home / "t.json").exists()


def test_a_draft_whose_hash_is_not_its_texts_is_not_believed(prompt: Prompt) -> None:
    payload = prompt.write("p.json", {"kind": "person.registered"})
    draft = {"payload": {"kind": "body.opened"}, "hash": "0" * 64, "canonical": "", "outcome": "recorded"}
    with fake_api({("POST", "/v1/drafts"): (200, draft)}) as url:
        ran = prompt.run("draft", payload, "--server", url, "--out", prompt.home / "out.json")
    assert ran.code == 1
    assert not (prompt.home / "out.json").exists()


def test_what_a_server_changes_in_a_draft_is_pointed_at(prompt: Prompt) -> None:
    payload = prompt.write("p.json", {"kind": "x", "data": {"lines": [{"amount": "1.00"}]}})
    changed = {"kind": "x", "id": "1", "data": {"lines": [{"amount": "9.00", "op": "set"}]}}
    draft = {"payload": changed, "hash": None, "outcome": "refused", "refusal": {"title": "no"}}
    with fake_api({("POST", "/v1/drafts"): (200, draft)}) as url:
        ran = prompt.run("draft", payload, "--server", url)
    assert ran.code == 1
    assert "/data/lines/0/amount" in ran.err
    assert "/data/lines/0/op" not in ran.err


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", 3), ("[]", 3), ('{"a": 1, "a": 2}', 1), ("\ud800", 3), (None, 3)],
)
def test_a_file_that_is_no_payload_is_told_from_one_that_is_refused(
    prompt: Prompt, text: str | None, code: int
) -> None:
    path = prompt.home / "p.json"
    if text is not None:
        path.write_bytes(text.encode("utf8", "surrogatepass"))
    assert prompt.run("draft", path, "--server", "http://127.0.0.1:9").code == code


def test_a_programme_file_that_cannot_be_read_is_exit_3_as_elsewhere(prompt: Prompt) -> None:
    for path in (prompt.home / "missing.yaml", prompt.home):
        ran = prompt.run("import", path, "--out", prompt.home / "out")
        assert (ran.code, ran.out) == (3, "")
        assert f"cannot read: {path}" in ran.err
