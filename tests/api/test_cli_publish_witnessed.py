"""pledger publish: nothing is called witnessed but by a policy, and by the same rule as a server's.

Source: docs/proof.md, "The log as tiles".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.fake_api import fake_api
from tests.api.running import running
from tests.api.watched import Watched, serviced_town, size_of, watched
from tests.support import service
from tests.support.town import TestLedger

__all__ = ["prompt"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A closed town; of its rounds all three witnesses cosigned the first, two the second, none the third.

    The third is what a stolen service key could record: it has the form, and nobody's signature.
    """
    folder = tmp_path_factory.mktemp("told")
    with watched(serviced_town(folder / "model"), folder) as made:
        assert made.round().state == "recorded"
        made.watchers[2].stop()
        made.say()
        assert made.round().state == "recorded"
        names = [watcher.signer.name for watcher in made.watchers]
        forged = service.cosigned(service.signed(made.town), *names)
        made.town.submit("checkpoint.witnessed", "trust", {"checkpoint": forged})
        made.town.close()
        yield made


class Desk:
    """A prompt at which the town is published, with a trust file of it."""

    def __init__(self, prompt: Prompt, told: Watched) -> None:
        self.prompt, self.place, self.folder = prompt, told, prompt.home / "out"
        self.town = told.town
        self.trust = self.trusted()

    def trusted(self, **members: Any) -> Path:
        return self.prompt.write("trust.json", self.town.name | {"log_key": self.town.log_key} | members)

    def policy(self, threshold: str) -> Path:
        path = self.prompt.home / f"{threshold}.txt"
        path.write_text(self.place.policy_text(threshold))
        return path

    def publish(self, *how: object, **env: str) -> Ran:
        return self.prompt.run("publish", self.folder, *how, "--trust", self.trust, **env)

    @property
    def labelled(self) -> str | None:
        """What the folder calls witnessed."""
        path = self.folder / "checkpoint.witnessed"
        return path.read_text(encoding="utf8") if path.exists() else None


@pytest.fixture
def desk(prompt: Prompt, told: Watched) -> Desk:
    return Desk(prompt, told)


def recorded(desk: Desk) -> list[str]:
    """The notes of the three rounds, from the stream trust."""
    desk.town.reopen()
    stated = [entry.stated().event for entry in desk.town.ledger.reader.stream("trust")]
    desk.town.close()
    return [event.data.checkpoint for event in stated if event.kind == "checkpoint.witnessed"]


def test_the_newest_that_satisfies_the_policy_is_published_not_the_newest_recorded(desk: Desk) -> None:
    first, second, _ = recorded(desk)
    ran = desk.publish("--data", desk.town.path, "--policy", desk.policy("all"), "--json")
    assert (ran.code, ran.json["judged"], ran.json["witnessed"]) == (0, True, size_of(first)), ran
    assert desk.labelled == first
    ran = desk.publish("--data", desk.town.path, "--policy", desk.policy("2"), "--json")
    assert (ran.json["witnessed"], desk.labelled) == (size_of(second), second)


@pytest.mark.parametrize("threshold", ["2", "all"])
def test_a_server_with_the_policy_calls_the_same_witnessed(desk: Desk, threshold: str) -> None:
    policy = desk.policy(threshold)
    path = TestLedger.copy_of(desk.town, desk.prompt.home / "served")
    path.close()
    desk.place.stop_all()
    with running(Settings(data=path.path, witness_policy=policy)) as url:
        served = httpx.get(f"{url}/log/checkpoint.witnessed", trust_env=False).text
    assert desk.publish("--data", desk.town.path, "--policy", policy).code == 0
    assert desk.labelled == served


@pytest.mark.parametrize(
    ("language", "words"), [("uk", "не оцінено, бо немає політики"), ("en", "there is no policy")]
)
def test_without_a_policy_nothing_is_called_witnessed_and_it_is_said(
    desk: Desk, language: str, words: str
) -> None:
    ran = desk.publish("--data", desk.town.path, "--lang", language)
    assert (ran.code, desk.labelled) == (0, None)
    assert words in ran.err
    assert "--policy FILE" in ran.err
    again = desk.publish("--data", desk.town.path, "--json").json
    assert (again["judged"], again["witnessed"]) == (False, None)


def test_a_policy_that_asks_for_nobody_calls_nothing_witnessed(desk: Desk) -> None:
    nobody = desk.prompt.home / "nobody.txt"
    nobody.write_text(f"log {desk.town.log_key}\nquorum none\n")
    ran = desk.publish("--data", desk.town.path, "--policy", nobody, "--json")
    assert (ran.code, ran.json["judged"], desk.labelled) == (0, False, None)


@pytest.mark.parametrize(
    ("language", "words"), [("uk", "ніщо не засвідчено"), ("en", "nothing is witnessed")]
)
def test_a_policy_that_nothing_satisfies_says_so_and_what_was_there_stays(
    desk: Desk, language: str, words: str
) -> None:
    desk.publish("--data", desk.town.path, "--policy", desk.policy("2"))
    before, other = desk.labelled, desk.prompt.home / "other.txt"
    line = f"witness x {service.witness_key('x')} http://127.0.0.1:1"
    other.write_text(f"log {desk.town.log_key}\n{line}\nquorum x\n")
    ran = desk.publish("--data", desk.town.path, "--policy", other, "--lang", language)
    assert (ran.code, desk.labelled) == (0, before)
    assert words in ran.err
    assert ("лишився, як був" if language == "uk" else "stays as it was") in ran.err


def test_the_servers_own_policy_is_the_default_and_then_the_trust_files(desk: Desk) -> None:
    first, second, _ = recorded(desk)
    desk.trust = desk.trusted(policy=desk.place.policy_text("all"))
    assert desk.publish("--data", desk.town.path).code == 0
    assert desk.labelled == first
    named = desk.publish("--data", desk.town.path, PLEDGER_WITNESS_POLICY=str(desk.policy("2")))
    assert (named.code, desk.labelled) == (0, second)


def test_a_policy_that_cannot_be_read_publishes_nothing(desk: Desk) -> None:
    odd = desk.prompt.home / "odd.txt"
    odd.write_text("quorum somebody\n")
    for path in (odd, desk.prompt.home / "absent.txt"):
        ran = desk.publish("--data", desk.town.path, "--policy", path)
        assert (ran.code, path.name in ran.err) == (3, True)
    assert not desk.folder.exists()


def test_what_a_server_calls_witnessed_is_judged_by_ones_own_policy(desk: Desk) -> None:
    """It may have a policy of its own, or lie: two cosignatures are not three, a form is no signature."""
    first, second, forged = recorded(desk)
    served = TestLedger.copy_of(desk.town, desk.prompt.home / "served")
    served.close()
    with running(Settings(data=served.path)) as url:
        files = {}
        size = size_of(httpx.get(f"{url}/log/checkpoint", trust_env=False).text)
        for path in ("checkpoint", f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"):
            content = httpx.get(f"{url}/log/{path}", trust_env=False).content
            files["GET", f"/log/{path}"] = (200, content)
    desk.trust = desk.trusted(policy=desk.place.policy_text("all"))
    for note, labelled in ((second, None), (forged, None), (first, first)):
        with fake_api({**files, ("GET", "/log/checkpoint.witnessed"): (200, note.encode())}) as url:
            ran = desk.publish("--server", url)
        assert (ran.code, desk.labelled) == (0, labelled), ran
