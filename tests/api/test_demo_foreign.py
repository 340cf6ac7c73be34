"""`pledger demo` takes no folder that it did not make, and says what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.demo.own import is_own
from api.demo.run import seed
from ledger.errors import StorageError
from ledger.keyfile import save_key
from ledger.keys import PrivateKey
from tests.api.cli_runner import Prompt
from tests.support.ports import free_port
from tests.support.town import TestLedger

pytestmark = pytest.mark.sqlite  # a demo keeps its ledger in a file


def everything(folder: Path) -> dict[str, bytes | None]:
    """All that lies there, below its own path; None for a folder."""
    return {
        str(one.relative_to(folder)): None if one.is_dir() else one.read_bytes()
        for one in sorted(folder.rglob("*"))
    }


def real_ledger(place: Path) -> None:
    TestLedger.with_programme(place).close()


def with_a_marker(place: Path) -> None:
    """A folder of that name alone makes no ledger the demo's."""
    real_ledger(place)
    (place / "demo-keys").mkdir()


def with_keys_of_another(place: Path) -> None:
    """Keys by the right names and under the passphrase that everybody knows, which opened nothing here."""
    with_a_marker(place)
    for name in ("p-registrar-1", "p-registrar-2", "p-registrar-3"):
        save_key(place / "demo-keys" / f"{name}.pem", PrivateKey.generate(), "demo")


def without_its_database(place: Path) -> None:
    real_ledger(place)
    (place / "ledger.db").unlink()


def with_a_file_of_somebody(place: Path) -> None:
    place.mkdir()
    (place / "minutes.txt").write_text("протокол")


def with_an_empty_database(place: Path) -> None:
    (place / "demo-keys").mkdir(parents=True)
    (place / "ledger.db").touch()


FOREIGN = [
    real_ledger,
    with_a_marker,
    with_keys_of_another,
    without_its_database,
    with_a_file_of_somebody,
    with_an_empty_database,
]


@pytest.mark.parametrize("make", FOREIGN)
def test_a_folder_that_the_demo_did_not_make_is_refused_and_left_as_it_is(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    """An invented witness beside a real ledger would take its policy away, and let its log grow."""
    home = tmp_path / "home"
    home.mkdir()
    make(tmp_path / "town")
    before = everything(tmp_path)
    ran = Prompt(home).run("demo", "--data", tmp_path / "town", "--port", free_port(), "--check")
    assert ran.code == 2
    assert "реєстр у ній створив не стенд. Нічого не змінено" in ran.err
    assert "its ledger is none that the demo made" in ran.err
    assert ran.err.count("pledger demo --data build/demo") == 2, "what to do, in both languages"
    after = {name: content for name, content in everything(tmp_path).items() if not name.startswith("home/")}
    assert after == before


def test_a_demo_is_known_by_its_keys_and_not_by_its_name(tmp_path: Path) -> None:
    """Anybody can choose its origin; nobody else's registrars sign by a key that everybody can use."""
    data = tmp_path / "data"
    seed(data, print)
    assert is_own(data)
    (data / "demo-keys" / "demo-registrar-2.pem").unlink()
    save_key(data / "demo-keys" / "demo-registrar-2.pem", PrivateKey.generate(), "demo")
    assert not is_own(data)
    shutil.rmtree(data / "demo-keys")
    assert not is_own(data)


def test_a_file_is_no_folder_for_a_demo_and_what_is_not_there_or_empty_is_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    assert [is_own(tmp_path / name) for name in ("file", "empty", "nothing")] == [False, True, True]


def test_seeding_leaves_alone_what_lies_beside_and_leaves_nothing_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder beside it, whatever its name, may be somebody's ledger."""
    with_a_file_of_somebody(tmp_path / "data.new")
    told: list[Path] = []

    def tell(place: Path, *_: object) -> None:
        told.append(place)
        if len(told) == 1:
            raise StorageError("planted")

    monkeypatch.setattr("api.demo.run._tell", tell)
    before = everything(tmp_path)
    with pytest.raises(StorageError, match="planted"):
        seed(tmp_path / "data", print)
    assert everything(tmp_path) == before
    seed(tmp_path / "data", print)
    assert {one.name for one in tmp_path.iterdir()} == {"data", "data.new"}
    assert (tmp_path / "data.new" / "minutes.txt").read_text() == "протокол"
