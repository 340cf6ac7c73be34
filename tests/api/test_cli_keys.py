from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ledger.directory import Directory
from ledger.envelope import check_possession
from ledger.keys import PublicKey
from tests.api.cli_runner import Prompt, prompt
from tests.projections.generations import numbers
from tests.support.places import ON_POSTGRES, init_words

__all__ = ["prompt"]
ORIGIN = "town.example/pledger"


@pytest.mark.parametrize("alg", ["Ed25519", "ES256"])
def test_a_new_key_is_shown_by_its_kid_and_public_jwk_alone(prompt: Prompt, alg: str) -> None:
    path = prompt.home / "key.pem"
    made = prompt.ok("keygen", "--out", path, "--alg", alg).json
    assert made["kid"] == PublicKey.from_jwk(made["jwk"]).kid
    assert made["alg"] == alg
    assert "d" not in made["jwk"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_that_is_there_is_never_replaced(prompt: Prompt) -> None:
    path = prompt.home / "key.pem"
    prompt.ok("keygen", "--out", path)
    before = path.read_bytes()
    assert prompt.run("keygen", "--out", path).code == 3
    assert path.read_bytes() == before


def test_a_passphrase_is_asked_for_twice_and_never_shown(prompt: Prompt) -> None:
    path = prompt.home / "key.pem"
    ran = prompt.run("keygen", "--out", path, stdin="geheim\ngeheim\n", PLEDGER_PASSPHRASE_FILE="")
    assert ran.code == 0
    assert "geheim" not in ran.out + ran.err
    assert ran.json["kid"]


def open_ledger(prompt: Prompt, *more: object) -> Path:
    """A ledger with one registrar; its trust file is where it is looked for."""
    prompt.ok("keygen", "--out", prompt.home / "registrar.pem")
    registrar = f"p-1=Реєстратор={prompt.home / 'registrar.pem'}"
    folder = prompt.home / "ledger"
    words = ("--origin", ORIGIN, "--registrars", registrar, "--k", 1, "--json", *init_words(folder))
    ran = prompt.ok("init", folder, *words, *more)
    trust = prompt.home / "pledger" / "trust.json"
    trust.parent.mkdir()
    trust.write_text(ran.out, encoding="utf8")
    return folder


def test_a_ledger_is_opened_once_and_its_log_key_is_its_owners_alone(prompt: Prompt) -> None:
    folder = open_ledger(prompt)
    assert stat.S_IMODE((folder / "log-key.pem").stat().st_mode) == 0o600
    registrar = f"p-1=Реєстратор={prompt.home / 'registrar.pem'}"
    again = prompt.run("init", folder, "--origin", ORIGIN, "--registrars", registrar, "--k", 1)
    assert again.code == 3
    assert Directory(folder).holds_ledger


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"--origin": "Town"}, 1),
        ({"--k": 2}, 1),
        ({"--k": 0}, 2),
        ({"--zone": "Europe/Nowhere"}, 1),
        ({"--registrars": "p-1=registrar.pem"}, 2),
        ({"--registrars": "p-1=Name=nowhere.pem"}, 3),
    ],
)
def test_a_ledger_that_cannot_be_opened_leaves_nothing(
    prompt: Prompt, change: dict[str, object], code: int
) -> None:
    key = prompt.home / "registrar.pem"
    prompt.ok("keygen", "--out", key)
    options = {"--origin": ORIGIN, "--k": 1, "--registrars": f"p-1=Реєстратор={key}"} | change
    words = [word for pair in options.items() for word in pair]
    assert prompt.run("init", prompt.home / "ledger", *words).code == code
    assert not (prompt.home / "ledger" / "log-key.pem").exists()


def test_a_proof_of_possession_is_what_key_enrolled_takes(prompt: Prompt) -> None:
    open_ledger(prompt)
    prompt.ok("keygen", "--out", prompt.home / "key.pem", "--alg", "ES256")
    data = prompt.ok("possession", "--key", prompt.home / "key.pem", "--person", "p-2").json
    trust = json.loads((prompt.home / "pledger" / "trust.json").read_text())
    ledger = {"origin": trust["origin"], "genesis": trust["genesis"]}
    key = PublicKey.from_jwk(data["jwk"])
    check_possession(data["possession"], ledger=ledger, person="p-2", key=key)


def test_without_a_trust_file_nothing_is_proved(prompt: Prompt) -> None:
    prompt.ok("keygen", "--out", prompt.home / "key.pem")
    ran = prompt.run("possession", "--key", prompt.home / "key.pem", "--person", "p-2")
    assert ran.code == 3
    assert "trust" in ran.err


def test_a_wrong_passphrase_is_refused_in_words(prompt: Prompt) -> None:
    open_ledger(prompt)
    (prompt.home / "passphrase").write_text("another\n")
    ran = prompt.run("possession", "--key", prompt.home / "registrar.pem", "--person", "p-1")
    assert ran.code == 1
    assert "wrong-passphrase" in ran.err


def test_a_rebuild_needs_a_ledger_and_leaves_no_older_generations(prompt: Prompt) -> None:
    folder = open_ledger(prompt)
    assert prompt.run("rebuild", "--data", prompt.home).code == 3
    for _ in range(3):
        prompt.ok("rebuild", "--data", folder)
    # In a database the one before stays for a while: it can still be read, by other machines too.
    assert numbers(folder) == ([2, 3] if ON_POSTGRES else [3])
