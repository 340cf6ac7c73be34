"""The opening ceremony: a nonce, the first body, and a sheet for the minutes."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest

from ledger.directory import Directory
from ledger.note import parse_verifier_key
from ledger.service import Ledger
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.support.places import init_words

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
ORIGIN = "town.example/pledger"
NONCE = hashlib.sha256(b"dice").hexdigest()
PEOPLE = (("p-1", "Перша", "Ed25519"), ("p-2", "Другий", "ES256"), ("p-3", "Третя", "Ed25519"))


def keys(prompt: Prompt) -> dict[str, Any]:
    """What keygen printed, by person."""
    return {
        person: prompt.ok("keygen", "--out", prompt.home / f"{person}.pem", "--alg", alg).json
        for person, _, alg in PEOPLE
    }


def init(prompt: Prompt, *more: object, **env: str) -> Ran:
    registrars = [
        word
        for person, name, _ in PEOPLE
        for word in ("--registrars", f"{person}={name}={prompt.home / f'{person}.pem'}")
    ]
    folder = prompt.home / "ledger"
    place = init_words(folder)
    return prompt.run("init", folder, "--origin", ORIGIN, "--k", 2, *registrars, *place, *more, **env)


def groups(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def test_the_sheet_shows_what_the_minutes_keep_in_both_languages(prompt: Prompt) -> None:
    made, sheet = keys(prompt), prompt.home / "sheet.txt"
    body = "town-council=Міська рада=04053890"
    ran = init(prompt, "--body", body, "--nonce", NONCE, "--sheet", sheet)
    assert ran.code == 0, ran
    text = sheet.read_text(encoding="utf8")
    assert ran.out.startswith(text)
    lines = dict(row.split(": ", 1) for row in ran.out[len(text) :].splitlines())
    log_key = parse_verifier_key(lines["log_key"])
    for shown in (
        lines["origin"],
        lines["log_key"],
        groups(lines["genesis"]),
        groups(NONCE),
        groups(hashlib.sha256(log_key.public_key).hexdigest()),
        "2 (два) із 3 (трьох)",
        "2 (two) of 3 (three)",
        "Міська рада (town-council), ЄДРПОУ 04053890",
        "протокол",
        "pledger trust",
        "Europe/Kyiv",
    ):
        assert shown in text, shown
    for person, name, alg in PEOPLE:
        kid = made[person]["kid"]
        assert f"{name} ({person})" in text
        assert f"{alg}, kid {kid}" in text
        assert groups(urlsafe_b64decode(kid + "=").hex()) in text
    assert text.count("Підпис / Signature: ___") == 3


def test_the_genesis_on_the_sheet_is_the_hash_of_the_recorded_opening(prompt: Prompt) -> None:
    keys(prompt)
    ran = init(prompt, "--body", "town-council=Міська рада", "--nonce", NONCE, "--json")
    assert ran.code == 0
    with Ledger(prompt.home / "ledger") as ledger:
        first, second, third = ledger.reader.entries(0, 4)
        opened, body, service = (entry.stated().event for entry in (first, second, third))
        assert ledger.reader.head().size == 3
    assert opened.data.nonce == NONCE
    assert opened.data.genesis() == ran.json["genesis"]
    assert groups(ran.json["genesis"]) in ran.err
    assert (body.kind, body.data.body, body.data.name) == ("body.opened", "town-council", "Міська рада")
    assert [signer.person for signer in body.signers] == ["p-1", "p-2", "p-3"]
    assert (service.kind, service.data.service) == ("service_key.enrolled", "service")
    assert [signer.person for signer in service.signers] == ["p-1", "p-2", "p-3"]
    assert first.recorded_at == second.recorded_at == third.recorded_at


def test_without_a_body_or_a_service_the_ledger_opens_alone(prompt: Prompt) -> None:
    keys(prompt)
    shown = init(prompt, "--no-service").out
    assert "Перший орган: не внесено" in shown
    assert "Ключ служби: не внесено. / Service key: none." in shown
    assert not (prompt.home / "ledger" / "service-key.pem").exists()
    with Ledger(prompt.home / "ledger") as ledger:
        assert ledger.reader.head().size == 1
        assert ledger.service is None


def test_the_sheet_tells_the_service_keys_fingerprint_in_both_languages(prompt: Prompt) -> None:
    keys(prompt)
    shown = init(prompt, "--service", "town-machine").out
    key_file = prompt.home / "ledger" / "service-key.pem"
    assert key_file.stat().st_mode & 0o777 == 0o600
    with Ledger(prompt.home / "ledger") as ledger:
        assert ledger.service is not None
        key, service = ledger.service
    assert service == "town-machine"
    assert f"kid {key.public.kid}" in shown
    assert groups(urlsafe_b64decode(key.public.kid + "=").hex()) in shown
    assert "Ключ служби (town-machine) / Service key (town-machine)" in shown


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--nonce", "00"], 1, "/data/nonce"),
        (["--nonce", "A" * 64], 1, "/data/nonce"),
        (["--nonce", ""], 1, "/data/nonce"),
        (["--nonce", "00" * 32], 1, "nonce-guessable"),
        (["--nonce", "5a" * 32], 1, "nonce-guessable"),
        (["--body", "town-council"], 2, "--body"),
        (["--body", "=Рада"], 2, "--body"),
        (["--body", "a=b=c=d"], 2, "--body"),
        (["--body", "Town=Рада"], 1, "/data/body"),
        (["--body", "town=Рада=123"], 1, "/data/edrpou"),
        (["--body", "town=Рaда"], 1, "mixed-script"),  # its second letter is Latin
        (["--service", "Town"], 1, "/data/service"),
        (["--service", "p-1"], 1, "person-exists"),  # a registrar's
    ],
)
def test_what_cannot_be_opened_leaves_nothing(
    prompt: Prompt, more: list[object], code: int, said: str
) -> None:
    keys(prompt)
    ran = init(prompt, *more)
    assert ran.code == code, ran
    assert said in ran.err
    assert not (prompt.home / "ledger").exists()


def test_minutes_are_not_overwritten(prompt: Prompt) -> None:
    keys(prompt)
    sheet = prompt.write("sheet.txt", "older minutes")
    before = sheet.read_bytes()
    assert init(prompt, "--sheet", sheet).code == 3
    assert sheet.read_bytes() == before
    assert not Directory(prompt.home / "ledger").holds_ledger


def everything(folder: Path) -> list[Path]:
    """What lies there, however deep."""
    return sorted(folder.rglob("*"))


@pytest.mark.parametrize("where", ["nowhere/sheet.txt", "p-1.pem/sheet.txt", ".", "s" * 300, "gone"])
def test_a_sheet_that_cannot_be_written_fails_before_there_is_a_ledger(prompt: Prompt, where: str) -> None:
    """No folder, a file for a folder, a folder for the file, a name too long, a link to nowhere."""
    keys(prompt)
    (prompt.home / "gone").symlink_to(prompt.home / "nowhere" / "sheet.txt")
    before = everything(prompt.home)
    ran = init(prompt, "--sheet", prompt.home / where)
    assert ran.code == 3, ran
    assert str(prompt.home / where) in ran.err
    assert (ran.out, everything(prompt.home)) == ("", before)


@pytest.mark.parametrize("wrong", [["--nonce", "00" * 32], ["--body", "town=Рaда"]])
def test_where_the_opening_fails_no_sheet_is_left_either(prompt: Prompt, wrong: list[str]) -> None:
    keys(prompt)
    for sheet in (prompt.home / "sheet.txt", prompt.home / "ledger" / "sheet.txt"):
        before = everything(prompt.home)
        assert init(prompt, *wrong, "--sheet", sheet).code == 1
        assert everything(prompt.home) == before
    assert init(prompt, "--sheet", prompt.home / "sheet.txt").code == 0


def test_the_sheet_may_lie_beside_the_ledger_in_its_new_directory(prompt: Prompt) -> None:
    keys(prompt)
    sheet = prompt.home / "ledger" / "sheet.txt"
    ran = init(prompt, "--sheet", sheet)
    assert ran.code == 0, ran
    assert ran.out.startswith(sheet.read_text(encoding="utf8"))


def test_a_ledger_that_is_there_already_keeps_its_directory_and_gets_no_new_sheet(prompt: Prompt) -> None:
    keys(prompt)
    assert init(prompt).code == 0
    before = everything(prompt.home)
    assert init(prompt, "--sheet", prompt.home / "ledger" / "sheet.txt").code == 3
    assert everything(prompt.home) == before


def test_a_guessable_nonce_is_refused_in_words_of_both_languages(prompt: Prompt) -> None:
    keys(prompt)
    for language, said in (("uk", "кубики"), ("en", "dice")):
        ran = init(prompt, "--nonce", "00" * 32, PLEDGER_LANG=language)
        assert said in ran.err, ran
    almost = "00" * 31 + "01"  # nobody can tell what else was chosen by one person alone
    assert init(prompt, "--nonce", almost).code == 0
