"""`pledger demo`: the story is told by the real programme, and audited as anybody can audit it."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.client import Client
from api.demo import audit, integrator
from api.demo.audit import Auditor
from api.demo.authority import DemoAuthority
from api.demo.background import BackgroundServer
from api.demo.beside import Beside
from api.demo.run import run_demo
from api.demo.tampering import tampered_copy
from api.stamp_authority import Authority
from api.stamping import ask_for_stamp
from ledger.clock import SystemClock
from ledger.errors import StorageError
from ledger.verify.bundle import verify_bundle
from tests.api.cli_runner import Prompt
from tests.support.clock import FrozenClock
from tests.support.ports import free_port
from tests.support.tsa import NO_OPENSSL

pytestmark = pytest.mark.sqlite  # a demo keeps its ledger in a file

NUMBERED = re.compile(r"^ +([✓✗]) ([0-9]+)\. ")


def without_openssl(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A PATH with nothing in it."""
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))


def demo(data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """`pledger demo --check`: its exit code, and what it said."""
    capsys.readouterr()
    code = run_demo(data, free_port(), check=True)
    return code, capsys.readouterr().err


def steps(said: str) -> list[tuple[str, str]]:
    """The numbered lines: (mark, number)."""
    return [(found[1], found[2]) for line in said.splitlines() if (found := NUMBERED.match(line))]


ALL_STEPS = [("✓", str(number)) for number in range(1, 7)]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """A demo that was made and checked once: its folder, the exit code, what it said."""
    data, said = tmp_path_factory.mktemp("demo") / "data", list[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.demo.run.Console.print", lambda _, line, **__: said.append(line))
        code = run_demo(data, free_port(), check=True)
    return data, code, "\n".join(said)


def copied(seeded: tuple[Path, int, str], place: Path) -> Path:
    shutil.copytree(seeded[0], place)
    return place


def test_the_check_takes_every_step_of_an_auditor(seeded: tuple[Path, int, str]) -> None:
    data, code, said = seeded
    assert code == 0, said
    assert steps(said) == ALL_STEPS
    assert "✗" not in said
    made = {one.name for one in data.with_name(data.name + "-audit").iterdir()}
    assert made == {"bundle.zip", "published", "tampered.db"}


TAKEN = (
    "the feed by position", "the state from the feed of cells", "the exported budget adds up",
    "the table of resolution No. 835", "the data package's hashes", "a workbook of the state, imported",
)  # fmt: skip


def test_the_check_takes_what_an_integrator_takes(seeded: tuple[Path, int, str]) -> None:
    for title in TAKEN:
        (line,) = [line for line in seeded[2].splitlines() if title in line]
        assert line.startswith("  ✓ "), line


def test_a_state_that_is_not_the_servers_fails_the_check(
    seeded: tuple[Path, int, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The integrator's check is no show either: one cell that is lost on the way is found."""
    put = integrator._put

    def lossy(state: dict[str, Any], path: str, value: Any) -> None:
        if path != "/financing/3.3.2/2025/local":
            put(state, path, value)

    monkeypatch.setattr(integrator, "_put", lossy)
    code, said = demo(copied(seeded, tmp_path / "data"), capsys)
    assert code == 1
    assert "  ✗ стан відтворено" in said
    assert steps(said) == ALL_STEPS


def test_every_invented_thing_is_named_as_invented(seeded: tuple[Path, int, str]) -> None:
    data, _, said = seeded
    assert "witness.demo.example / an invented witness" in said
    policy = (data / "witnesses.policy").read_text()
    assert "\nwitness witness.demo.example witness.demo.example+" in policy
    if DemoAuthority.is_possible():
        assert "«Demo TSA – invented»" in said


def test_the_commands_that_it_prints_do_what_it_did(seeded: tuple[Path, int, str], tmp_path: Path) -> None:
    data, _, said = seeded
    prompt = Prompt(tmp_path)
    commands = [line.strip() for line in said.splitlines() if line.startswith("    ")]
    assert commands[0].startswith("export PLEDGER_SERVER=http://127.0.0.1:")
    assert f"PLEDGER_TRUST={data / 'trust.json'}" in commands[0]
    asked = [line.split() for line in commands[1:]]
    assert [words[1] for words in asked] == ["bundle", *["verify"] * 4]
    trust = {"PLEDGER_TRUST": str(shutil.copy(data / "trust.json", tmp_path / "trust.json"))}
    offline = [data.with_name(data.name + "-audit") / "bundle.zip", *(words[2] for words in asked[2:])]
    codes = [prompt.run("verify", target, **trust) for target in offline]
    assert [one.code for one in codes] == [0, 0, 0, 1]
    assert "VERIFIED" in codes[0].out
    assert codes[3].out.rstrip().splitlines()[-1].startswith("FAILED: Tree")


def test_the_bundle_is_the_real_programme_of_that_day_and_complete(seeded: tuple[Path, int, str]) -> None:
    data, _, said = seeded
    report = verify_bundle(data.with_name(data.name + "-audit") / "bundle.zip", None)
    assert report.cover["subject"]["as_of"] == "2025-12-31"
    assert report.cover["complete"] is True
    assert report.verdict == "self-consistent"  # nobody is believed here
    assert "2025-12-31" in said


def test_the_trust_file_names_the_witness_and_the_authority(seeded: tuple[Path, int, str]) -> None:
    data = seeded[0]
    trust = json.loads((data / "trust.json").read_text())
    assert trust["policy"] == (data / "witnesses.policy").read_text()
    assert len(trust.get("tsa", [])) == (1 if shutil.which("openssl") else 0)


def test_a_second_start_goes_on_with_the_same_ledger_and_witness(
    seeded: tuple[Path, int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = copied(seeded, tmp_path / "data")
    before = json.loads((data / "trust.json").read_text())
    code, said = demo(data, capsys)
    assert (code, steps(said)) == (0, ALL_STEPS)
    after = json.loads((data / "trust.json").read_text())
    assert {name: after[name] for name in ("origin", "genesis", "log_key")} == {
        name: before[name] for name in ("origin", "genesis", "log_key")
    }
    key = re.compile(r"witness\.demo\.example\+\S+")
    assert key.findall(after["policy"]) == key.findall(before["policy"])


@pytest.mark.parametrize("gone", ["demo-witness", "witnesses.policy", "trust.json"])
def test_a_demo_that_lost_what_stands_beside_it_goes_on(
    seeded: tuple[Path, int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    """A new witness has a new key: what the old one said counts no longer, and it is asked anew."""
    data = copied(seeded, tmp_path / "data")
    lost = data / gone
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    code, said = demo(data, capsys)
    assert (code, steps(said)) == (0, ALL_STEPS), said
    assert demo(data, capsys)[0] == 0, "and the next time, too"


def test_a_demo_that_lost_its_authority_says_what_that_means_and_what_to_do(
    seeded: tuple[Path, int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody but the authority that is gone can vouch for its stamps: that is not passed over."""
    data = copied(seeded, tmp_path / "data")
    if not DemoAuthority.is_possible():
        pytest.skip(NO_OPENSSL)
    shutil.rmtree(data / "demo-tsa")
    code, said = demo(data, capsys)
    assert (code, steps(said)[-1]) == (1, ("✗", "4"))
    assert "Теки demo-tsa немає" in said
    assert "The folder demo-tsa is gone" in said
    assert said.count(f"rm -r {data}") == 2


def test_a_demo_whose_audit_was_taken_away_makes_it_again(
    seeded: tuple[Path, int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = copied(seeded, tmp_path / "data")
    shutil.copytree(seeded[0].with_name("data-audit"), tmp_path / "data-audit")
    assert demo(data, capsys)[0] == 0
    shutil.rmtree(tmp_path / "data-audit")
    code, said = demo(data, capsys)
    assert (code, steps(said)) == (0, ALL_STEPS), said
    made = {one.name for one in (tmp_path / "data-audit").iterdir()}
    assert made == {"bundle.zip", "published", "tampered.db"}


def old_folder(seeded: tuple[Path, int, str], place: Path) -> Path:
    """As demos were made before there were service keys: without one, and without a witness."""
    data = copied(seeded, place)
    (data / "service-key.pem").unlink()
    (data / "witnesses.policy").unlink()
    for name in ("demo-witness", "demo-tsa"):
        shutil.rmtree(data / name, ignore_errors=True)
    return data


def test_an_old_folder_is_served_and_told_what_it_lacks(
    seeded: tuple[Path, int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = old_folder(seeded, tmp_path / "old")
    code, said = demo(data, capsys)
    assert code == 1
    assert said.count("/v1/programmes/") == 14  # it answered every question
    assert steps(said) == []
    assert "службового ключа" in said
    assert "without a service key" in said
    assert said.count(f"rm -r {data}") == 2
    assert not (data / "demo-witness").exists()


def test_a_machine_without_openssl_is_told_so_and_goes_on(
    seeded: tuple[Path, int, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = copied(seeded, tmp_path / "data")
    shutil.rmtree(data / "demo-tsa", ignore_errors=True)
    without_openssl(monkeypatch, tmp_path / "nothing")
    code, said = demo(data, capsys)
    assert (code, steps(said)) == (0, ALL_STEPS)
    assert "no openssl here: no time stamps" in said
    assert "Demo TSA" not in said
    assert "tsa" not in json.loads((data / "trust.json").read_text())


def test_a_tampering_that_nobody_finds_fails_the_check(
    seeded: tuple[Path, int, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The check is no show: a copy in which nothing was changed makes it fail."""
    data = copied(seeded, tmp_path / "data")

    def honest(source: Path, target: Path) -> str:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
        return "nothing"

    monkeypatch.setattr(audit, "tampered_copy", honest)
    code, said = demo(data, capsys)
    assert code == 1
    assert steps(said) == [*ALL_STEPS[:5], ("✗", "6")]


def test_a_ledger_that_was_tampered_with_fails_the_check(
    seeded: tuple[Path, int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = copied(seeded, tmp_path / "data")
    with closing(sqlite3.connect(data / "ledger.db")) as file:
        file.execute("UPDATE payloads SET leaf_index = leaf_index + 1 WHERE leaf_index = 70")
        file.commit()
    code, said = demo(data, capsys)
    assert code == 1
    assert steps(said)[-1] == ("✗", "4")
    assert "tables" in said


# -- pieces --------------------------------------------------------------------------------


def test_the_forged_copy_differs_in_one_digit_and_the_source_stays(
    seeded: tuple[Path, int, str], tmp_path: Path
) -> None:
    source = seeded[0] / "ledger.db"
    words = tampered_copy(source, tmp_path / "forged.db")
    number, old, new = re.findall(r"[0-9.]+", words)
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1
    query = "SELECT rowid, state FROM stored_events"
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(tmp_path / "forged.db")) as other:
        pairs = zip(one.execute(query), other.execute(query), strict=True)
        differ = [(a, b) for a, b in pairs if a != b]
    assert [a[0] for a, _ in differ] == [int(number)]
    assert len(differ[0][0][1]) == len(differ[0][1][1])


def test_a_ledger_without_an_amount_cannot_be_forged_so(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "empty.db")) as file:
        file.execute("CREATE TABLE stored_events (state BLOB)")
        file.execute("INSERT INTO stored_events VALUES (?)", (b'{"payload":"e30"}',))
        file.commit()
    with pytest.raises(StorageError, match="no amount"):
        tampered_copy(tmp_path / "empty.db", tmp_path / "forged.db")


def test_stamps_of_the_demos_authority_hold_by_its_root_alone(tmp_path: Path) -> None:
    if not DemoAuthority.is_possible():
        pytest.skip(NO_OPENSSL)
    authority = DemoAuthority(tmp_path / "tsa", SystemClock())
    again = DemoAuthority(tmp_path / "tsa", FrozenClock())
    assert again.root.read_bytes() == authority.root.read_bytes()
    assert not ((tmp_path / "tsa").stat().st_mode & 0o077)
    with BackgroundServer(authority.config(), ready="/healthz") as server:
        asked = Authority(f"{server.url}/", (authority.root.read_bytes(),))
        first = ask_for_stamp(b"a text\n", asked)
        second = ask_for_stamp(b"another text\n", asked)
    assert first.stamp.is_over(b"a text\n")
    assert first.response != second.response


def test_a_port_in_use_is_told_and_the_witness_is_let_go(
    seeded: tuple[Path, int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = copied(seeded, tmp_path / "data")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StorageError, match="is the port in use"):
            run_demo(data, taken.getsockname()[1], check=True)
    code, _ = demo(data, capsys)
    assert code == 0


def test_a_round_that_never_comes_is_told(
    seeded: tuple[Path, int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "ROUND_SECONDS_MAX", 0.0)
    said: list[str] = []
    data = copied(seeded, tmp_path / "data")
    monkeypatch.setattr(Client, "ledger", lambda _: {"witnessed": None})
    beside = Beside(data / "witnesses.policy")
    assert not Auditor(data, "http://127.0.0.1:1", {"audited_as_of": ""}, beside).audit(said.append)
    assert said[0].startswith("  ✗ 1. ")
    assert "witnessed" in said[0]
