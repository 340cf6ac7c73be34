"""A client remembers the newest head: an older, emptied, forked or other log never passes (docs/proof.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.directory import Directory
from ledger.envelope import envelope_json
from ledger.log import open_log
from ledger.note import Ed25519Verifier
from ledger.signer import FileLogSigner
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.support.people import FINANCIER, SECRETARY
from tests.support.places import make_log, put_back
from tests.support.town import ORIGIN, PROGRAMME, PROGRAMME_ID, TestLedger, lines

pytestmark = pytest.mark.thorough

__all__ = ["prompt"]
READING: tuple[tuple[object, ...], ...] = (
    ("programmes",),
    ("show", PROGRAMME_ID),
    ("budget", PROGRAMME_ID),
    ("history", PROGRAMME_ID),
    ("diff", PROGRAMME_ID, "--from-as-of", "2025-01-01", "--to-as-of", "2025-12-31"),
    ("blame", PROGRAMME_ID, "/title"),
    ("inbox", "council-secretary"),
    ("ask", "18", "--programme", PROGRAMME_ID),
    ("registrars",),
)


class Reader(Prompt):
    """Somebody with a trust file from an auditor, who reads towns that are served one after another.

    served: addresses of towns that are served for as long as this file's tests run.
    """

    served: Mapping[Path, str] = {}

    def trust(self, town: TestLedger) -> None:
        (self.home / "pledger").mkdir(exist_ok=True)
        self.write("pledger/trust.json", town.name | {"log_key": town.log_key})
        self.genesis: str = town.name["genesis"]

    def ask(self, folder: Path, *words: object, **env: str) -> Ran:
        with self.serving(folder) as url:
            return self.run(*words, "--server", url, **env)

    @contextmanager
    def serving(self, folder: Path) -> Iterator[str]:
        """The server that reads it already, if there is one, else one for as long as it is asked."""
        if folder in self.served:
            yield self.served[folder]
            return
        with running(Settings(data=folder)) as url:
            yield url

    def read(self, folder: Path, **env: str) -> Ran:
        return self.ask(folder, "programmes", **env)

    @property
    def heads(self) -> Path:
        return self.home / "pledger" / "heads"

    @property
    def memory(self) -> Path:
        return self.heads / f"{self.genesis}.json"

    @property
    def remembered(self) -> int:
        return int(json.loads(self.memory.read_bytes())["size"])

    @property
    def evidence(self) -> list[Path]:
        return sorted(self.heads.glob("*.fork-*.json"))


@pytest.fixture
def reader(prompt: Prompt, model_town: TestLedger, served: Mapping[Path, str]) -> Reader:
    made = Reader(prompt.home)
    made.trust(model_town)
    made.served = served
    return made


def grown(model: TestLedger, folder: Path, *amounts: str) -> Path:
    """A closed town that goes on from another one with these changes."""
    with TestLedger.copy_of(model, folder) as town:
        for amount in amounts:
            town.submit("financing.changed", PROGRAMME, lines(amount))
    return folder


def head_of(folder: Path) -> tuple[int, str]:
    """Size and root (hexadecimal) of a closed ledger."""
    log, reader = open_log(Directory(folder).place)
    try:
        head = reader.head()
    finally:
        reader.close()
        log.close()
    return head.size, head.frontier.root().hex()


def says_both(ran: Ran, old: tuple[int, str], new: tuple[int, str]) -> None:
    """An alarm: nothing on stdout, both heads on stderr, exit code 1."""
    assert (ran.code, ran.out) == (1, ""), ran
    for size, root in (old, new):
        assert f"entries {size}, root {root}" in ran.err or f"записів {size}, корінь {root}" in ran.err, ran


def emptied(model: TestLedger, folder: Path) -> Path:
    """A new log without entries, by whoever has the old one's key."""
    folder.mkdir()
    (folder / "log-key.pem").write_bytes((model.path / "log-key.pem").read_bytes())
    (folder / "log-key.pem").chmod(0o600)
    FileLogSigner.create(folder / "log-key.pem", folder / "log-memory", origin=ORIGIN).close()
    make_log(folder)
    return folder


def test_a_log_that_grows_is_read_and_its_newest_head_remembered(
    reader: Reader, model_town: TestLedger, tmp_path: Path
) -> None:
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        for amounts in ((), ("150.00", "160.00"), ()):
            for amount in amounts:
                town.submit("financing.changed", PROGRAMME, lines(amount))
            town.close()
            assert reader.read(town.path).code == 0
            assert reader.remembered == head_of(town.path)[0]
            town.reopen()
    assert reader.evidence == []


@pytest.mark.parametrize("words", READING, ids=lambda words: str(words[0]))
@pytest.mark.parametrize("as_json", [False, True], ids=["table", "json"])
def test_every_reading_command_raises_the_alarm_before_it_shows_anything(
    reader: Reader, old_and_fork: tuple[Path, Path], words: tuple[object, ...], as_json: bool
) -> None:
    seen, fork = old_and_fork
    remember(reader, seen)
    given = [*words, *(["--json"] if as_json else [])]
    says_both(reader.ask(fork, *given), head_of(seen), head_of(fork))


@pytest.fixture(scope="module")
def old_and_fork(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two logs of one key that part after the model's last entry: two signers with diverging databases."""
    folder = tmp_path_factory.mktemp("fork")
    return grown(model_town, folder / "seen", "150.00"), grown(model_town, folder / "fork", "1.00", "2.00")


@pytest.fixture(scope="module")
def served(old_and_fork: tuple[Path, Path]) -> Iterator[Mapping[Path, str]]:
    """The address of each of the two: nothing is written into them."""
    seen, fork = old_and_fork
    with running(Settings(data=seen)) as one, running(Settings(data=fork)) as other:
        yield {seen: one, fork: other}


def remember(reader: Reader, folder: Path) -> None:
    """Have seen a town: the head that its signer gave, as a command would have remembered it."""
    assert reader.read(folder).code == 0
    assert reader.remembered == head_of(folder)[0]


def test_an_old_backup_whose_key_remembers_less_is_an_alarm(
    reader: Reader, model_town: TestLedger, tmp_path: Path
) -> None:
    new = grown(model_town, tmp_path / "new", "150.00", "160.00")
    old = grown(model_town, tmp_path / "old")
    remember(reader, new)
    with running(Settings(data=old)) as url:
        for language, word in (("uk", "ТРИВОГА"), ("en", "ALARM")):
            ran = reader.run("programmes", "--server", url, PLEDGER_LANG=language)
            says_both(ran, head_of(new), head_of(old))
            assert word in ran.err
            assert json.loads(reader.memory.read_bytes())["seen_at"] in ran.err
            assert any(str(path) in ran.err.replace("\n", "") for path in reader.evidence)
            assert reader.remembered == head_of(new)[0]


def test_an_old_backup_whose_key_remembers_all_shows_no_signed_head(
    reader: Reader, model_town: TestLedger, tmp_path: Path
) -> None:
    new = grown(model_town, tmp_path / "new", "150.00", "160.00")
    remember(reader, new)
    put_back(model_town.path, new)
    ran = reader.read(new)
    assert (ran.code, ran.out) == (1, "")
    size, root = (
        json.loads(reader.memory.read_bytes())["size"],
        json.loads(reader.memory.read_bytes())["root"],
    )
    assert f"entries {size}, root {root}" in ran.err
    assert "shown now: nothing" in ran.err
    assert reader.evidence == []


def test_an_emptied_log_is_an_alarm(
    reader: Reader, model_town: TestLedger, old_and_fork: tuple[Path, Path], tmp_path: Path
) -> None:
    seen, empty = old_and_fork[0], emptied(model_town, tmp_path / "empty")
    remember(reader, seen)
    with running(Settings(data=empty)) as url:
        for language in ("uk", "en"):
            ran = reader.run("programmes", "--server", url, PLEDGER_LANG=language)
            says_both(ran, head_of(seen), head_of(empty))


def test_the_evidence_of_a_fork_verifies_by_the_logs_key_alone(
    reader: Reader, model_town: TestLedger, old_and_fork: tuple[Path, Path]
) -> None:
    seen, fork = old_and_fork
    remember(reader, seen)
    says_both(reader.read(fork), head_of(seen), head_of(fork))
    (path,) = reader.evidence
    evidence = json.loads(path.read_bytes())
    key = Ed25519Verifier.parse(model_town.log_key)
    heads = [open_checkpoint(evidence[side]["note"], [key])[0] for side in ("remembered", "shown")]
    assert heads == [
        Checkpoint(ORIGIN, size, bytes.fromhex(root)) for size, root in map(head_of, (seen, fork))
    ]
    assert reader.read(seen).code == 0  # the log that was seen still is the one
    assert reader.remembered == head_of(seen)[0]


def test_a_fork_of_the_same_size_is_an_alarm(reader: Reader, model_town: TestLedger, tmp_path: Path) -> None:
    one, other = grown(model_town, tmp_path / "1", "150.00"), grown(model_town, tmp_path / "2", "1.00")
    assert head_of(one)[0] == head_of(other)[0]
    remember(reader, one)
    says_both(reader.read(other), head_of(one), head_of(other))


@pytest.mark.parametrize(("language", "first_use"), [("uk", True), ("en", False)])
def test_another_ledger_is_an_alarm(
    reader: Reader,
    model_town: TestLedger,
    old_and_fork: tuple[Path, Path],
    tmp_path: Path,
    language: str,
    first_use: bool,
) -> None:
    with TestLedger(tmp_path / "other") as other:
        other.opening["nonce"] = "7b" * 32
        other.submit("ledger.opened", "root", other.opening)
    seen = old_and_fork[0]
    if not first_use:
        remember(reader, seen)
    ran = reader.read(other.path, PLEDGER_LANG=language)
    new = head_of(other.path)
    says_both(ran, new if first_use else head_of(seen), new)
    assert ("інший реєстр" if language == "uk" else "another ledger") in ran.err
    assert model_town.name["genesis"] in ran.err
    assert other.name["genesis"] in ran.err
    assert reader.remembered == head_of(seen)[0] if not first_use else not reader.memory.exists()


def test_that_something_is_not_there_is_an_answer_too(
    reader: Reader, old_and_fork: tuple[Path, Path]
) -> None:
    seen, fork = old_and_fork
    assert reader.ask(seen, "show", "no-such-programme").code == 3
    remember(reader, seen)
    says_both(reader.ask(fork, "show", "no-such-programme"), head_of(seen), head_of(fork))


def test_without_a_trust_file_nothing_is_compared_or_kept(
    reader: Reader, old_and_fork: tuple[Path, Path]
) -> None:
    (reader.home / "pledger" / "trust.json").unlink()
    for folder in old_and_fork:
        assert reader.read(folder).code == 0
    assert not reader.heads.exists()


def test_a_draft_on_another_past_is_not_shown(reader: Reader, old_and_fork: tuple[Path, Path]) -> None:
    seen, fork = old_and_fork
    payload = reader.write("payload.json", {"kind": "financing.changed", "subject": PROGRAMME, "data": {}})
    remember(reader, seen)
    out = reader.home / "out.json"
    says_both(reader.ask(fork, "draft", payload, "--out", out), head_of(seen), head_of(fork))
    assert not out.exists()


@pytest.mark.parametrize("more", [(), ("--follow",)], ids=["again", "follow"])
def test_trust_is_not_renewed_from_another_past(
    reader: Reader, old_and_fork: tuple[Path, Path], more: tuple[str, ...]
) -> None:
    seen, fork = old_and_fork
    remember(reader, seen)
    says_both(reader.run("trust", reader.served[fork], *more), head_of(seen), head_of(fork))


def test_trust_on_first_use_remembers_the_head(reader: Reader, old_and_fork: tuple[Path, Path]) -> None:
    (reader.home / "pledger" / "trust.json").unlink()
    seen, fork = old_and_fork
    assert reader.run("trust", reader.served[seen]).code == 0
    assert reader.remembered == head_of(seen)[0]
    says_both(reader.read(fork), head_of(seen), head_of(fork))


def test_a_damaged_memory_shows_nothing_and_says_what_to_do(
    reader: Reader, old_and_fork: tuple[Path, Path]
) -> None:
    remember(reader, old_and_fork[0])
    reader.memory.write_bytes(reader.memory.read_bytes()[:-9])
    ran = reader.read(old_and_fork[0])
    assert (ran.code, ran.out) == (3, "")
    assert "move the file away" in ran.err


class Both:
    """A receipt and a head as two faces of a server that shows each reader another log."""

    def __init__(self, model: TestLedger, folder: Path) -> None:
        with TestLedger.copy_of(model, folder / "a") as town:
            envelope = town.envelope("financing.changed", PROGRAMME, lines("150.00"))
            self.envelope = envelope_json(envelope)
            self.receipt = town.submit_all([envelope])[0].to_json()
            self.name = town.name
        with TestLedger.copy_of(model, folder / "b") as town:
            self.other = town.submit("financing.changed", PROGRAMME, lines("1.00")).checkpoint

    def answers(self, note: str) -> dict[tuple[str, str], Any]:
        keys = [{"jwk": one.key.public.to_jwk()} for one in (FINANCIER, SECRETARY)]
        return {
            ("POST", "/v1/events"): (201, self.receipt),
            ("GET", "/v1/keys"): (200, {"items": keys, "next": None}),
            ("GET", "/v1"): (200, {"position": 99, **self.name}),
            ("GET", "/v1/checkpoint"): (200, note.encode()),
        }


def test_a_receipt_from_another_past_than_the_head_is_not_said_to_be_recorded(
    reader: Reader, model_town: TestLedger, tmp_path: Path
) -> None:
    both = Both(model_town, tmp_path)
    event = reader.write("event.json", both.envelope)
    with fake_api(both.answers(both.other)) as url:
        forked = reader.run("submit", event, "--server", url)
    assert forked.code == 1
    assert "recorded" not in forked.out
    assert "ALARM" in forked.err
    reader.memory.unlink()
    with fake_api(both.answers(both.receipt["checkpoint"])) as url:
        assert "recorded №" in reader.ok("submit", event, "--server", url).out


def test_a_submission_to_another_past_is_not_said_to_be_recorded(
    reader: Reader, model_town: TestLedger, old_and_fork: tuple[Path, Path], tmp_path: Path
) -> None:
    both = Both(model_town, tmp_path)
    event = reader.write("event.json", both.envelope)
    remember(reader, old_and_fork[1])
    for as_json in ([], ["--json"]):
        with fake_api(both.answers(both.receipt["checkpoint"])) as url:
            ran = reader.run("submit", event, "--server", url, *as_json)
        assert (ran.code, ran.out) == (1, ""), ran
        assert "ALARM" in ran.err
