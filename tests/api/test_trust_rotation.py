"""The log's key is rotated while a witness watches, step by step as docs/operations.md says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from ledger.note import parse_note
from tests.api.cli_town import ORIGIN
from tests.api.running import running
from tests.api.test_cli_logkey import Office, id_of, read
from tests.api.test_cli_witness import serving as witnessing
from tests.api.test_cli_witness import stop
from tests.api.watched import until


class Watch(Office):
    """An office whose server asks a witness; the witness is started, told a key, and stopped."""

    def open(self) -> Path:
        """As every desk's, with a service key: its machine may have the log witnessed."""
        self.ok("keygen", "--out", self.key("registrar"))
        registrar, folder = f"p-1=Реєстраторка={self.key('registrar')}", self.home / "ledger"
        who = ("--origin", ORIGIN, "--registrars", registrar, "--k", 1)
        self.write("auditor.json", self.ok("init", folder, *who, "--json").json)
        return folder

    @property
    def witness(self) -> Path:
        return self.home / "witness"

    def write_policy(self, url: str, log_key: str) -> None:
        printed = self.ok("witness", "key", self.witness).out.splitlines()
        (line,) = [row.removeprefix("policy: ") for row in printed if row.startswith("policy: ")]
        text = f"log {log_key}\n{line.replace(' URL', f' {url}')}\nquorum w.example\n"
        (self.folder / "witnesses.policy").write_text(text)

    @contextmanager
    def serving(self) -> Iterator[str]:
        settings = Settings(data=self.folder, trust_seconds=0.01, trust_late_seconds=0)
        with running(settings) as url:
            self.url = self.env["PLEDGER_SERVER"] = url
            # With a policy nothing is taken until the witnesses were asked for a longer log.
            until(lambda: "asking-witnesses" not in [one["code"] for one in reasons(url)])
            yield url


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr("ledger.keyfile.ROUNDS", 0x010001)
    made = Watch(tmp_path)
    made.folder = made.open()
    made.trusted.parent.mkdir()
    made.trusted.write_text((made.home / "auditor.json").read_text(encoding="utf8"), encoding="utf8")
    return made


def is_ready(url: str) -> bool:
    return httpx.get(f"{url}/readyz", trust_env=False).is_success


def witnessed(url: str) -> int:
    said: Any = httpx.get(f"{url}/v1", trust_env=False).json()["witnessed"]
    return int(said["size"]) if said is not None else 0


def covering(event: Path) -> int:
    """The least size of a log that holds an event, by its receipt."""
    return int(read(event.with_suffix(".receipt.json"))["index"]) + 1


def reasons(url: str) -> list[Any]:
    """Why the server is not ready, by /readyz; empty while it is."""
    answer = httpx.get(f"{url}/readyz", trust_env=False)
    return [] if answer.is_success else list(answer.json()["details"]["reasons"])


def reason(url: str) -> Any:
    """What /readyz says of witnesses."""
    return next(one for one in reasons(url) if one["code"] == "not-witnessed")


def test_after_a_rotation_the_witness_goes_on_once_it_is_told_the_new_key(watch: Watch) -> None:
    old = read(watch.trusted)["log_key"]
    with witnessing(watch.witness, "--name", "w.example", "--log", old) as (at, process):
        watch.write_policy(at, old)
        port = at.rpartition(":")[2]
        with watch.serving() as url:
            until(lambda: witnessed(url))
            new = watch.prepare()
        with watch.serving() as url:
            # While both sign, a witness that knows the old key alone sees nothing else than before.
            watch.rotate(new)
            said = covering(watch.home / "rotation.json")
            until(lambda: witnessed(url) >= said)
            note = httpx.get(f"{url}/log/checkpoint.witnessed", trust_env=False).text
            assert {one.key_id.hex() for one in parse_note(note).signatures} >= {id_of(old), id_of(new)}
            until(lambda: is_ready(url))
        watch.ok("logkey", "retire", watch.folder)
        with watch.serving() as url:
            # It does not know who signs now: nothing is witnessed, and the server says so.
            before = witnessed(url)
            watch.ok("trust", url, "--follow")
            event = watch.say_something()
            watch.ok("submit", event)
            until(lambda: not is_ready(url) and reason(url)["silent"])
            assert [(one["witness"], one["state"]) for one in reason(url)["silent"]] == [
                ("w.example", "refused")
            ]
            assert "403" in reason(url)["detail"]
            assert witnessed(url) == before
            stop(process)
    with witnessing(watch.witness, "--log", new, port=port), watch.serving() as url:
        until(lambda: witnessed(url) >= covering(event))
        until(lambda: is_ready(url))
        note = httpx.get(f"{url}/log/checkpoint.witnessed", trust_env=False).text
        assert id_of(old) not in {one.key_id.hex() for one in parse_note(note).signatures}
    assert watch.witness.joinpath("logs").read_text() == f"log {old}\nlog {new}\n"
