"""What the operator asks at the prompt, and what is said, in both languages."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.webhooks.memory import Memory
from api.webhooks.refused import Reason
from api.webhooks.signing import make_secret, read_secrets
from ledger.entry import Entry
from tests.api.cli_runner import Prompt, prompt
from tests.support.ports import free_port
from tests.support.town import TestLedger

__all__ = ["prompt"]
CYRILLIC = re.compile("[а-яіїєґ]", re.IGNORECASE)
AT, LATER = "2026-02-01T09:00:00.000000Z", "2026-02-01T10:00:00.000000Z"
REASON: Reason = {"code": "webhook-status", "given": {"status": 500}}


@pytest.fixture
def town(model_town: TestLedger, tmp_path: Path) -> Iterator[TestLedger]:
    """With two webhooks configured, and a server beside."""
    with TestLedger.copy_of(model_town, tmp_path / "town") as one:
        for name in ("portal", "press"):
            place = one.path / f"{name}.secret"
            place.touch(0o600)
            place.write_text(make_secret(), encoding="utf8")
        port = free_port()
        (one.path / "webhooks.toml").write_text(
            f'[[webhook]]\nid = "portal"\nurl = "https://127.0.0.1:{port}/hook?key=geheim"\n'
            'secret_file = "portal.secret"\n\n'
            '[[webhook]]\nid = "press"\nurl = "https://press.example/"\nsecret_file = "press.secret"\n'
            "enabled = false\n",
            encoding="utf8",
        )
        yield one


def remembered(town: TestLedger) -> list[Entry]:
    """portal has given up two entries, waits with a third, and was told of the others; these three."""
    size = town.ledger.reader.head().size
    entries = town.ledger.reader.entries(size - 3, 3)
    memory = Memory(town.path / "webhooks.db")
    memory.begin("portal", size - 3)
    for entry in entries[:2]:
        memory.died("portal", entry, "act.registered", at=AT, reason=REASON)
    memory.failed("portal", size - 1, entries[2].event_id(), at=AT, next_at=LATER, reason=REASON)
    memory.close()
    return entries


def test_a_configuration_that_is_fit_is_shown_without_its_secrets(prompt: Prompt, town: TestLedger) -> None:
    ran = prompt.ok("webhooks", "check", "--data", town.path)
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == ["portal", "press"]
    assert "geheim" not in ran.out
    assert "whsec_" not in ran.out


@pytest.mark.parametrize("language", ["uk", "en"])
def test_one_that_is_not_fit_is_refused_with_its_line(
    prompt: Prompt, town: TestLedger, language: str
) -> None:
    place = prompt.home / "other.toml"
    place.write_text('[[webhook]]\nid = "x"\nurl = "http://x.example"\nsecrets = 1\n', encoding="utf8")
    ran = prompt.run("webhooks", "check", "--data", town.path, "--config", place, "--lang", language)
    assert ran.code == 1
    assert bool(CYRILLIC.search(ran.err)) == (language == "uk")
    for told in ("3", "url", "4", "secrets", "secret_file", str(place)):
        assert told in ran.err


def test_where_nothing_is_configured_it_says_so(prompt: Prompt, tmp_path: Path) -> None:
    ran = prompt.run("webhooks", "check", "--data", tmp_path)
    assert ran.code == 3
    assert "webhooks.toml" in ran.err


def test_a_secret_is_made_for_a_file_that_only_its_owner_reads(prompt: Prompt) -> None:
    place = prompt.home / "new.secret"
    prompt.ok("webhooks", "secret", "--out", place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert len(read_secrets(place)) == 1
    before = place.read_bytes()
    assert prompt.run("webhooks", "secret", "--out", place).code == 3
    assert place.read_bytes() == before
    assert prompt.ok("webhooks", "secret").out.startswith("whsec_")


def test_the_list_shows_how_far_each_is_and_what_it_waits_for(prompt: Prompt, town: TestLedger) -> None:
    entries = remembered(town)
    size = town.ledger.reader.head().size
    shown = prompt.ok("webhooks", "list", "--data", town.path, "--json").json
    assert shown["size"] == size
    portal, press = shown["webhooks"]
    assert (portal["state"], portal["position"], portal["lag"], portal["dead"]) == (
        "retrying",
        size - 1,
        1,
        2,
    )
    assert (portal["event"], portal["attempts"]) == (entries[2].event_id(), 1)
    assert portal["next_at"] == LATER
    assert portal["reason"]["message"] == {"uk": "отримувач відповів 500", "en": "it answered 500"}
    assert (press["state"], press["position"]) == ("off", None)
    assert "geheim" not in str(shown)
    for language, word in (("uk", "отримувач відповів 500"), ("en", "it answered 500")):
        ran = prompt.ok("webhooks", "list", "--data", town.path, "--lang", language)
        assert word in ran.out
        assert "retrying" in ran.out


def test_dead_letters_are_listed_by_pages_and_sent_again_when_asked(prompt: Prompt, town: TestLedger) -> None:
    entries = remembered(town)
    data = ("--data", town.path)
    first = prompt.ok("webhooks", "dead", "portal", *data, "--limit", 1, "--json").json
    assert [one["event"] for one in first["dead"]] == [entries[0].event_id()]
    assert first["next"] == entries[0].index
    rest = prompt.ok("webhooks", "dead", "portal", *data, "--after", first["next"], "--json").json
    assert [one["event"] for one in rest["dead"]] == [entries[1].event_id()]
    assert rest["next"] is None
    assert "№" in prompt.ok("webhooks", "dead", "portal", *data, "--lang", "uk").out
    assert prompt.run("webhooks", "retry", "portal", "nothing-of-this-name", *data).code == 1
    assert prompt.ok("webhooks", "retry", "portal", entries[1].event_id(), *data).out.strip().endswith("1")
    assert prompt.ok("webhooks", "retry", "portal", *data).out.strip().endswith("2")
    again = prompt.ok("webhooks", "dead", "portal", *data, "--json").json
    assert [one["again"] for one in again["dead"]] == [True, True]


def test_one_that_was_switched_off_is_enabled(prompt: Prompt, town: TestLedger) -> None:
    remembered(town)
    memory = Memory(town.path / "webhooks.db")
    memory.switch_off("portal", at=AT, reason={"code": "webhook-gone", "given": {}})
    memory.close()
    data = ("--data", town.path)
    assert prompt.ok("webhooks", "list", *data, "--json").json["webhooks"][0]["state"] == "gone"
    prompt.ok("webhooks", "enable", "portal", *data)
    portal = prompt.ok("webhooks", "list", *data, "--json").json["webhooks"][0]
    assert (portal["state"], portal["off_since"], portal["next_at"]) == ("on", None, None)


@pytest.mark.parametrize("command", ["dead", "retry", "enable"])
def test_one_with_which_no_server_has_begun_is_not_said_to_be_unknown(
    prompt: Prompt, town: TestLedger, command: str
) -> None:
    ran = prompt.run("webhooks", command, "portal", "--data", town.path, "--lang", "en")
    assert ran.code == 3
    assert "no server has begun with the webhook portal" in ran.err


def test_a_configuration_without_a_webhook_says_so(prompt: Prompt, town: TestLedger) -> None:
    (town.path / "webhooks.toml").write_text("")
    assert (
        prompt.ok("webhooks", "check", "--data", town.path, "--lang", "en").out
        == "no webhook is configured\n"
    )


@pytest.mark.parametrize("command", ["dead", "retry", "enable", "test"])
@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_webhook_that_is_not_there_is_told_with_those_that_are(
    prompt: Prompt, town: TestLedger, command: str, language: str
) -> None:
    remembered(town)
    ran = prompt.run("webhooks", command, "portals", "--data", town.path, "--lang", language)
    assert ran.code == 3
    assert "portals" in ran.err
    assert bool(CYRILLIC.search(ran.err)) == (language == "uk")


@pytest.mark.parametrize("language", ["uk", "en"])
def test_no_command_reaches_this_machine_either(prompt: Prompt, town: TestLedger, language: str) -> None:
    ran = prompt.run("webhooks", "test", "portal", "--data", town.path, "--lang", language)
    assert ran.code == 3
    assert "127.0.0.1" in ran.err
    assert bool(CYRILLIC.search(ran.err)) == (language == "uk")


def test_a_memory_that_is_damaged_is_told_in_words(prompt: Prompt, town: TestLedger) -> None:
    (town.path / "webhooks.db").write_bytes(b"no database at all" * 100)
    ran = prompt.run("webhooks", "list", "--data", town.path)
    assert ran.code == 3
    assert "webhooks.db" in ran.err
