"""pledger publish: from a ledger's file and from a server that is not believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from ledger.checkpoint import open_checkpoint
from ledger.note import Ed25519Verifier, sign_note
from ledger.service import Ledger
from ledger.tlog.reading import TiledLog, fetch_folder
from tests.api.cli_runner import Prompt, prompt
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.support.tiles import MadeLog
from tests.support.town import TestLedger

__all__ = ["prompt"]


class Press:
    """A prompt beside a closed town, with a trust file of it and a folder to publish into."""

    def __init__(self, prompt: Prompt, town: TestLedger, url: str | None = None) -> None:
        self.prompt, self.town, self.url = prompt, town, url
        self.folder = prompt.home / "out"
        self.trust = prompt.write("trust.json", town.name | {"log_key": town.log_key})

    def publish(self, *how: object) -> Any:
        return self.prompt.run("publish", self.folder, *how, "--trust", self.trust)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The server that is there for all tests, if the town is the shared one."""
        if self.url is not None:
            yield self.url
            return
        with running(Settings(data=self.town.path)) as url:
            yield url

    def entries(self) -> list[bytes]:
        """What is published, read and verified."""
        key = Ed25519Verifier.parse(self.town.log_key)
        checkpoint, _ = open_checkpoint((self.folder / "checkpoint").read_bytes(), [key])
        return [*TiledLog(fetch_folder(self.folder), checkpoint).entries()]


@pytest.fixture(scope="module")
def town(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """A closed town into which no test writes."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("press") / "town")
    town.submit("person.registered", "root", {"person": "p-new", "name": "Особа"})
    town.close()
    return town


@pytest.fixture(scope="module")
def url(town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a copy of it."""
    copy = TestLedger.copy_of(town, tmp_path_factory.mktemp("served") / "town")
    copy.close()
    with running(Settings(data=copy.path)) as address:
        yield address


@pytest.fixture
def press(prompt: Prompt, town: TestLedger, url: str) -> Press:
    return Press(prompt, town, url)


@pytest.fixture
def own_press(prompt: Prompt, town: TestLedger, tmp_path: Path) -> Press:
    """Beside a town of its own, which goes on."""
    copy = TestLedger.copy_of(town, tmp_path / "town")
    copy.close()
    return Press(prompt, copy)


def logged(town: TestLedger) -> list[bytes]:
    with Ledger(town.path) as ledger:
        return [entry.raw for entry in ledger.reader.entries(0, 10_000)]


@pytest.mark.sqlite  # in a database a checkpoint is stored as soon as it is signed
def test_a_ledgers_file_is_published_up_to_the_newest_stored_checkpoint(own_press: Press) -> None:
    """Of a ledger in use the last commit's checkpoint is stored by the next one."""
    own_press.town.reopen()
    own_press.town.submit("person.registered", "root", {"person": "p-late", "name": "Пізня Особа"})
    ran = own_press.publish("--data", own_press.town.path, "--json")
    own_press.town.close()
    assert ran.code == 0, ran
    entries = logged(own_press.town)
    published = own_press.entries()
    assert 0 < len(published) < len(entries)
    assert entries[: len(published)] == published
    assert (ran.json["size"], ran.json["before"], ran.json["kept"]) == (len(published), None, 0)
    assert f"{len(entries)} entries" in ran.err, "what is not published yet is said"


def test_a_closed_ledgers_file_is_published_to_its_end(press: Press) -> None:
    assert press.publish("--data", press.town.path).code == 0
    assert press.entries() == logged(press.town)


@pytest.mark.sqlite  # in a database a checkpoint is stored as soon as it is signed
def test_a_server_is_published_up_to_its_newest_checkpoint_and_beside_it_its_file(own_press: Press) -> None:
    own_press.town.reopen()
    own_press.town.submit("person.registered", "root", {"person": "p-late", "name": "Пізня Особа"})
    own_press.town.ledger.keep_checkpoint = lambda: None  # type: ignore[method-assign] # as after a crash
    own_press.town.close()
    with own_press.serving() as url:
        beside = own_press.publish("--data", own_press.town.path)
        assert beside.code == 0, beside
        ran = own_press.publish("--server", url, "--json")
        assert ran.code == 0, ran
        assert ran.json["before"] < ran.json["size"]
        again = own_press.publish("--server", url, "--json").json
    assert own_press.entries() == logged(own_press.town)
    assert (again["written"], again["before"]) == (0, again["size"])


def test_what_was_published_is_told_in_both_languages(press: Press) -> None:
    for language, word in (("uk", "корінь"), ("en", "root")):
        ran = press.publish("--data", press.town.path, "--lang", language)
        assert ran.code == 0, ran
        assert f"{word}: " in ran.out
        assert press.town.name["origin"] in ran.out


@pytest.mark.parametrize("how", [(), ("--data", "x", "--server", "http://127.0.0.1:9")])
def test_exactly_one_source_is_asked_for(press: Press, how: tuple[str, ...]) -> None:
    assert press.publish(*how).code == 2
    assert not press.folder.exists()


def test_a_folder_without_a_ledger_is_said_and_gets_none(press: Press) -> None:
    assert press.publish("--data", press.prompt.home).code == 3
    assert not (press.prompt.home / "ledger.db").exists()


def test_a_folder_of_another_log_is_refused(press: Press) -> None:
    other = MadeLog(3)
    press.folder.mkdir()
    (press.folder / "checkpoint").write_text(other.note(), encoding="utf8")
    ran = press.publish("--data", press.town.path)
    assert ran.code == 1
    assert other.root(3).hex() in ran.err
    assert (press.folder / "checkpoint").read_text(encoding="utf8") == other.note()


@pytest.mark.parametrize(("language", "what_to_do"), [("uk", "опублікуйте ще раз"), ("en", "publish again")])
def test_a_published_file_that_was_changed_is_named_with_what_to_do(
    press: Press, language: str, what_to_do: str
) -> None:
    assert press.publish("--data", press.town.path).code == 0
    path = next(one for one in sorted((press.folder / "tile" / "entries").rglob("*")) if one.is_file())
    raw = path.read_bytes()
    path.write_bytes(raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:])
    ran = press.publish("--data", press.town.path, "--lang", language)
    assert ran.code == 1
    assert str(path) in ran.err
    assert what_to_do in ran.err
    assert path.read_bytes() != raw, "it is evidence"


# -- a server that lies -----------------------------------------------------------


def changed_trust(press: Press, **members: str) -> None:
    trusted = json.loads(press.trust.read_text(encoding="utf8"))
    press.trust = press.prompt.write("other.json", trusted | members)


@pytest.mark.parametrize(
    "members",
    [
        {"genesis": "0" * 64},
        {"log_key": str(MadeLog(0).signer.key)},
    ],
    ids=["genesis", "key"],
)
def test_a_server_of_another_ledger_is_not_published(press: Press, members: dict[str, str]) -> None:
    changed_trust(press, **members)
    with press.serving() as url:
        ran = press.publish("--server", url)
    assert ran.code == 1, ran
    assert not press.folder.exists()


def test_without_a_trust_file_a_server_is_not_published(press: Press) -> None:
    with press.serving() as url:
        ran = press.prompt.run("publish", press.folder, "--server", url)
    assert ran.code == 3
    assert "trust" in ran.err
    assert not press.folder.exists()


def files_of(url: str) -> dict[tuple[str, str], tuple[int, Any]]:
    """A small log's files, as its server gives them."""
    size = int(httpx.get(f"{url}/log/checkpoint", trust_env=False).text.split("\n")[1])
    paths = ["checkpoint", f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"]
    return {
        ("GET", f"/log/{path}"): (200, httpx.get(f"{url}/log/{path}", trust_env=False).content)
        for path in paths
    }


def test_any_file_of_a_server_that_was_changed_is_refused(press: Press) -> None:
    with press.serving() as url:
        files = files_of(url)
    with fake_api(files) as url:
        assert press.publish("--server", url).code == 0
        whole = {path for path in press.folder.rglob("*") if path.is_file()}
        assert len(whole) == len(files) == 3
    for name, (_, raw) in files.items():
        press.folder = press.prompt.home / f"lied-{len(raw)}"
        with fake_api({**files, name: (200, raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:])}) as url:
            ran = press.publish("--server", url)
        assert ran.code == 1, (name, ran)
        assert not (press.folder / "checkpoint").exists()


@pytest.mark.parametrize("answer", [(404, b""), (500, b"no"), (200, b""), (200, b"\xff\xfe"), (200, b"{}")])
def test_what_is_no_checkpoint_is_not_published(press: Press, answer: tuple[int, bytes]) -> None:
    with fake_api({("GET", "/log/checkpoint"): answer}) as url:
        ran = press.publish("--server", url)
    assert ran.code in (1, 3)
    assert not press.folder.exists()


def test_a_log_without_entries_shows_nobody_whose_it_is(press: Press) -> None:
    empty = MadeLog(0)
    note = sign_note(empty.note().partition("\n\n")[0] + "\n", [empty.signer])
    changed_trust(press, log_key=str(empty.signer.key))
    with fake_api({("GET", "/log/checkpoint"): (200, note.encode())}) as url:
        ran = press.publish("--server", url)
    assert ran.code == 1
    assert not press.folder.exists()


def test_what_a_server_calls_witnessed_is_not_published_without_a_policy(press: Press) -> None:
    """By whom it was witnessed, and whether that is enough, is told in test_cli_publish_witnessed.py."""
    with press.serving() as url:
        files = files_of(url)
    note = files["GET", "/log/checkpoint"]
    with fake_api({**files, ("GET", "/log/checkpoint.witnessed"): note}) as url:
        ran = press.publish("--server", url, "--json")
    assert ran.code == 0, ran
    assert (ran.json["judged"], ran.json["witnessed"]) == (False, None)
    assert not (press.folder / "checkpoint.witnessed").exists()
