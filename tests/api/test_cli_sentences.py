"""What errors say: in the language that was asked for, with what to do, and never in a program's words."""

from __future__ import annotations

import ast
import re
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import httpx
import pytest

from api.client import Client, Unreachable
from api.texts.details import PROGRAM, QUOTED
from api.texts.language import Language
from api.texts.sentences import SENTENCES, words_of
from ledger.errors import LedgerError, StorageError
from ledger.sentence import Sentence
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.support.ports import free_port
from tests.support.source_calls import calls_in
from tests.support.town import TestLedger

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
ROOT = Path(__file__).parents[2]
TOPS = ("ledger", "projections", "api")
# Everything on the ways of restore, publish, verify, witness, logkey, serve, and of every client.
SPOKEN = [
    *("ledger/restoring.py", "ledger/restored.py", "ledger/backup.py", "ledger/signer.py"),
    "ledger/store/picture.py",
    *("ledger/store/sqlite.py", "ledger/durable.py", "ledger/directory.py", "ledger/remembering.py"),
    *("ledger/verify/entry_file.py", "ledger/verify/ledger_file.py", "ledger/rotation.py"),
    *("ledger/service.py", "ledger/service_key.py", "ledger/tlog/publishing.py"),
    *("ledger/witness/folder.py", "ledger/witness/memory.py", "ledger/opening.py", "ledger/keyfile.py"),
    *("api/client.py", "api/cli/files.py", "api/cli/publishing.py", "api/cli/restoring.py"),
    *("api/cli/serving.py", "api/cli/logkeys.py", "api/cli/opening.py", "api/cli/listening.py"),
    *("api/cli/trusting.py", "ledger/tlog/placing.py"),
    *("ledger/copying.py", "ledger/copying_ends.py", "ledger/copying_picture.py", "ledger/backing_up.py"),
    "ledger/putting_back.py",
    *("ledger/walking.py", "ledger/store/documents_database.py", "ledger/store/documents_folder.py"),
    *("api/comparing.py", "api/cli/moving.py", "api/cli/copying.py", "api/cli/backing_up.py"),
    *("ledger/signing/memory.py", "ledger/signing/private_files.py", "ledger/signing/token.py"),
    *("api/cli/webhooks.py", "api/webhooks/configuration.py", "api/webhooks/memory.py"),
    *("api/webhooks/signing.py", "api/webhooks/opening.py"),
    *("ledger/signing/remote.py", "ledger/signing/address.py", "ledger/signing/listening.py"),
]
ERRORS = frozenset(
    [
        *("StorageError", "Stopped", "RestoreRefused", "BackupError", "OtherLog", "Absent"),
        *("Unreachable", "AnswerLost", "NotListening", "VerificationError"),
    ]
)
CYRILLIC = re.compile("[а-яіїєґ]", re.IGNORECASE)
ENGLISH = re.compile(r"(?:^|\s)(?:the|is|are|not|and|has|have|cannot|of|by|with)(?=[\s,.;:]|$)")
# What Python, SQLite, uvicorn and pydantic say.
LIBRARY = re.compile(
    r"\[Errno|Connection refused|Name or service|error while attempting|Value error|Input should|"
    r"no such table|disk image|file is not a database|File exists|No such file|Permission denied"
)


def calls(names: frozenset[str], files: list[str]) -> Iterator[tuple[str, ast.Call]]:
    for file in files:
        for name, call in calls_in(ROOT / file):
            if name in names:
                yield f"{file}:{call.lineno}", call


def sentences() -> dict[str, tuple[str, set[str]]]:
    """Each code with its English and the names that are given, as the program has them."""
    files = [str(path.relative_to(ROOT)) for top in TOPS for path in (ROOT / top).rglob("*.py")]
    found: dict[str, tuple[str, set[str]]] = {}
    for where, call in calls(frozenset(["Sentence"]), files):
        form, code = call.args
        english, name = _text(form), _text(code)
        if not (english and name):
            assert where.startswith("api/witness/outcomes.py"), f"{where}: a code that nobody can look up"
            continue
        said = (english, {str(one.arg) for one in call.keywords})
        assert found.setdefault(name, said) == said, f"{where}: {name} says two things"
    return found


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def names_in(form: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(form) if name}


def test_every_sentence_has_words_in_both_languages_that_use_only_what_is_given() -> None:
    said = sentences()
    assert len(said) > 100
    for code, (english, given) in said.items():
        row = SENTENCES[code]
        assert row["en"] == english, code
        assert names_in(english) == given, code
        assert names_in(row["uk"]) <= given, code
        assert CYRILLIC.search(row["uk"]), code
        assert not ENGLISH.search(re.sub(r"`[^`]*`", "", row["uk"])), code
    assert SENTENCES.keys() - said.keys() == {"witness-alarm", "witness-saw-longer", "witness-saw-other"}


@pytest.mark.parametrize("file", SPOKEN)
def test_no_error_on_these_ways_is_raised_in_english_alone(file: str) -> None:
    for where, call in calls(ERRORS, [file]):
        said = call.args[0]
        assert not isinstance(said, ast.JoinedStr | ast.Constant), f"{where}: no sentence"
        if isinstance(said, ast.Call):
            assert ast.unparse(said.func) != "str", f"{where}: what the error said is lost"


@pytest.mark.parametrize("language", ["uk", "en"])
def test_an_error_in_an_error_is_said_in_the_same_language(language: Language) -> None:
    inner = StorageError(
        Sentence("{path} cannot be read: {why}", "file-unreadable", path="a", why=OSError(13, "x"))
    )
    outer = StorageError(Sentence("{source} is not restored: {why}", "not-restored", source="b", why=inner))
    said = words_of(outer, language)
    assert bool(CYRILLIC.search(said)) == (language == "uk")
    assert not LIBRARY.search(said)
    assert str(outer) == "b is not restored: a cannot be read: x"


def test_what_has_no_words_in_ukrainian_is_kept_and_told_to_be_english() -> None:
    assert "a thing that nobody foresaw" in words_of(LedgerError("a thing that nobody foresaw"), "uk")
    assert "англійською" in words_of(LedgerError("a thing that nobody foresaw"), "uk")
    assert not PROGRAM.search(words_of(LedgerError("Expecting value: line 1 column 1"), "uk"))


# -- what is on the screen ------------------------------------------------------------------


def speaks(ran: Ran, language: str, *told: str) -> str:
    """It was refused in sentences of this language, which hold what is told."""
    shown = ran.err
    assert ran.code in (1, 2, 3), ran
    assert not LIBRARY.search(shown), shown
    assert not PROGRAM.search(QUOTED.sub("''", shown)), shown
    sentence = "\n".join(line for line in shown.splitlines() if not line.startswith(("Usage:", "Try ")))
    sentence = sentence.replace("Error: Invalid value", "")  # the frame of the library for commands
    assert bool(CYRILLIC.search(sentence)) == (language == "uk"), shown
    if language == "uk":
        assert not ENGLISH.search(re.sub(r"`[^`]*`", "", sentence)), shown
    for one in told:
        assert one in shown, shown
    return shown


LANGUAGES = pytest.mark.parametrize("language", ["uk", "en"])


@LANGUAGES
def test_a_server_that_is_down_is_told_with_what_to_look_at(prompt: Prompt, language: str) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    word = {"uk": "чи запущено сервер", "en": "does the server run"}[language]
    speaks(
        prompt.run("show", "x", "--server", url, PLEDGER_LANG=language, LANG=language), language, url, word
    )
    ran = prompt.run("show", "x", "--server", url, "--lang", language)
    speaks(ran, language, url, word)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (httpx.ConnectTimeout("timed out"), "in time"),
        (httpx.ReadTimeout("timed out"), "in time"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "broken off"),
        (httpx.ReadError("[Errno 104] Connection reset by peer"), "broken off"),
        (httpx.ConnectError("[Errno 111] Connection refused"), "no connection"),
    ],
)
def test_what_breaks_a_connection_is_said_in_our_words(error: httpx.RequestError, word: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    with (
        Client("http://town.example", transport=httpx.MockTransport(answer)) as client,
        pytest.raises(Unreachable) as caught,
    ):
        client.get("/v1")
    for said in (words_of(caught.value, "en"), words_of(caught.value, "uk"), str(caught.value)):
        assert not LIBRARY.search(said), said
        assert "disconnected" not in said
        assert "http://town.example" in said
    assert word in words_of(caught.value, "en")
    assert CYRILLIC.search(words_of(caught.value, "uk"))


def test_a_name_that_the_network_does_not_know_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Client("http://town.invalid") as client, pytest.raises(Unreachable) as caught:
        client.get("/v1")
    assert "no such name" in words_of(caught.value, "en")
    assert "такої назви" in words_of(caught.value, "uk")


@LANGUAGES
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("verify", "x", "--lang", "de"), ("de", "uk", "en")),
        (("serve", "--data", "x", "--port", "99999"), ("99999", "65535")),
        (("serve", "--data", "x", "--port", "-1"), ("-1", "0")),
        (("serve", "--data", "x", "--port", "many"), ("many",)),
        (("publish", "x"), ("--data", "--server")),
        (("inbox",), ("--person",)),
        (("verify", "x.tlog-proof"), ("--entry",)),
        (("witness", "serve", "x"), ("--name", "--log")),
    ],
    ids=" ".join,
)
def test_a_question_that_makes_no_sense_is_answered_in_our_words(
    prompt: Prompt, language: str, arguments: tuple[str, ...], told: tuple[str, ...]
) -> None:
    place = prompt.home / "x"
    words = [str(place) if one == "x" else one for one in arguments]
    ran = prompt.run(*words, PLEDGER_LANG=language)
    assert ran.code == 2
    speaks(ran, language, *told)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger's directory."""
    with TestLedger.with_programme(tmp_path_factory.mktemp("town")) as town:
        town.close()
        return Path(shutil.copytree(town.path, tmp_path_factory.mktemp("kept") / "town"))


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "town"))


@LANGUAGES
def test_a_port_that_is_taken_is_told_with_what_to_do(prompt: Prompt, data: Path, language: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = prompt.run("serve", "--data", data, "--port", port, PLEDGER_LANG=language)
    assert ran.code == 3
    speaks(ran, language, f"127.0.0.1:{port}", "--port")


@pytest.mark.sqlite
@LANGUAGES
def test_a_file_that_is_no_ledger_is_told_without_the_words_of_its_database(
    prompt: Prompt, data: Path, tmp_path: Path, language: str
) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    speaks(prompt.run("verify", other, "--lang", language), language, str(other))
    speaks(prompt.run("restore", other, data, "--lang", language), language, str(other))
    broken = tmp_path / "broken.db"
    whole = (data / "ledger.db").read_bytes()
    broken.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    speaks(prompt.run("verify", broken, "--lang", language), language, str(broken))
    speaks(prompt.run("restore", broken, data, "--lang", language), language, str(broken))


@pytest.mark.sqlite
@LANGUAGES
def test_every_refusal_of_a_restore_is_said_in_the_language_asked_for(
    prompt: Prompt, data: Path, tmp_path: Path, language: str
) -> None:
    backup, nothing, taken = tmp_path / "backup.db", tmp_path / "nothing", tmp_path / "taken"
    shutil.copyfile(data / "ledger.db", backup)
    nothing.mkdir()
    taken.write_text("a file")

    def refused(*words: object) -> str:
        return speaks(prompt.run("restore", *words, "--lang", language), language)

    assert str(nothing) in refused(nothing, data)
    assert str(taken) in refused(backup, taken)
    assert refused(backup, data, "--new-memory") != refused(backup, nothing, "--new-memory")
    (data / "ledger.db").write_bytes(b"no database" * 100)
    assert "-wal" in refused(backup, data)
    (data / "log-memory").write_bytes(b"")
    refused(backup, data)
    (data / "restored.json").write_text("{")
    (data / "ledger.db").unlink()
    refused(backup, data)


@pytest.mark.sqlite
@LANGUAGES
def test_a_damaged_memory_of_heads_is_told_in_the_language_asked_for(
    prompt: Prompt, data: Path, tmp_path: Path, language: str
) -> None:
    with sqlite3.connect(data / "ledger.db") as ledger:
        (raw,) = ledger.execute("SELECT state FROM stored_events ORDER BY rowid LIMIT 1").fetchone()
    genesis = re.search(rb'"genesis":"([0-9a-f]{64})"', raw)
    assert genesis is not None
    heads = prompt.home / "pledger" / "heads"
    heads.mkdir(parents=True)
    (heads / f"{genesis[1].decode()}.json").write_text("{")
    shutil.copyfile(data / "ledger.db", tmp_path / "backup.db")
    ran = prompt.run("restore", tmp_path / "backup.db", data, "--lang", language)
    speaks(ran, language, genesis[1].decode())


@LANGUAGES
def test_what_cannot_be_published_is_told_in_the_language_asked_for(
    prompt: Prompt, data: Path, tmp_path: Path, language: str
) -> None:
    folder, file, policy = tmp_path / "public", tmp_path / "file", tmp_path / "policy"
    file.write_text("a file")
    policy.write_text("# nobody\n")

    def publish(*words: object) -> str:
        return speaks(prompt.run("publish", *words, "--lang", language), language)

    assert str(file) in publish(file / "deeper", "--data", data)
    assert "quorum" in publish(folder, "--data", data, "--policy", policy)
    assert prompt.run("publish", folder, "--data", data).code == 0
    tile = next(path for path in (folder / "tile" / "0").rglob("*") if path.is_file())
    tile.write_bytes(bytes(32 + tile.stat().st_size))
    held = (folder / "checkpoint").read_text().split("\n")
    (folder / "checkpoint").write_text("\n".join([held[0], "99999", *held[2:]]))
    assert "99999" in publish(folder, "--data", data)
    (folder / "checkpoint").write_text("nothing")
    assert "checkpoint" in publish(folder, "--data", data)


@LANGUAGES
def test_what_a_witness_or_a_log_key_lacks_is_told_in_the_language_asked_for(
    prompt: Prompt, data: Path, tmp_path: Path, language: str
) -> None:
    for words in (("witness", "state"), ("witness", "key"), ("logkey", "prepare"), ("logkey", "retire")):
        ran = prompt.run(*words, tmp_path / "absent", PLEDGER_LANG=language)
        speaks(ran, language, str(tmp_path / "absent"))
    speaks(prompt.run("logkey", "retire", data, PLEDGER_LANG=language), language, "log-key.next.pem")
