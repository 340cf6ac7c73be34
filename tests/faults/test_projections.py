"""The projections go while a server answers from them: deleted, truncated, rotten, pointed elsewhere."""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledger.envelope import prove_possession
from ledger.service import Ledger
from ledger.service_key import make_service_key
from tests.faults.conftest import Reckoned
from tests.faults.load import Load, wait_until
from tests.faults.pages import flip
from tests.faults.process import Ended, Forge, Server
from tests.faults.stores import SQLiteStore
from tests.faults.table import breaks
from tests.support.log import IAT
from tests.support.town import ORIGIN

pytestmark = pytest.mark.thorough

WATCHED = 40  # questions while it is broken
BUDGET = "/v1/programmes/roads/budget"


def current(store: SQLiteStore) -> Path:
    return store.path / (store.path / "CURRENT").read_text(encoding="utf8").strip()


def delete_all(store: SQLiteStore) -> None:
    for file in [*store.path.glob("projections-*"), store.path / "CURRENT"]:
        file.unlink(missing_ok=True)


def delete_files(store: SQLiteStore) -> None:
    for file in store.path.glob("projections-*"):
        file.unlink(missing_ok=True)


def delete_pointer(store: SQLiteStore) -> None:
    (store.path / "CURRENT").unlink()


def spoil_pointer(store: SQLiteStore) -> None:
    (store.path / "CURRENT").write_bytes(b"\xff\xfe../../elsewhere\n")


def point_nowhere(store: SQLiteStore) -> None:
    (store.path / "CURRENT").write_text("projections-77.db\n", encoding="ascii")


def truncate_all(store: SQLiteStore) -> None:
    os.truncate(current(store), 0)


def truncate_half(store: SQLiteStore) -> None:
    os.truncate(current(store), 8192)


def truncate_log(store: SQLiteStore) -> None:
    os.truncate(f"{current(store)}-wal", 0)


def rot_pages(store: SQLiteStore) -> None:
    path, chance = current(store), random.Random(5)
    for page in range(2, path.stat().st_size // 4096 + 1):
        flip(path, page, chance)


def watch(server: Server, position: int, healthy: Any) -> None:
    """What is answered of an earlier position is what was answered then; else it is a 503."""
    for _ in range(WATCHED):
        for target in (f"{BUDGET}?known={position}", "/v1/programmes"):
            answer = server.ask(target)
            assert answer.status in (200, 503), (target, answer)
            if answer.status == 200 and target.startswith(BUDGET):
                assert answer.body == healthy
        assert server.ask("/healthz").status == 200


def broken(store: SQLiteStore, load: Load, damage: Callable[[SQLiteStore], None]) -> tuple[Server, int, Any]:
    """A server whose projections were damaged: it appends all the same, and answers nothing wrong."""
    server = store.serve().ready()
    with load.on(server):
        load.wait_for(60, server)
        position = int(server.ask("/v1").body["position"])
        server.wait_until(f"{BUDGET}?known={position}&min_position={position}", 200)
        healthy = server.ask(f"{BUDGET}?known={position}").body
        damage(store)
        watch(server, position, healthy)
        load.wait_for(60, server)
    return server, position, healthy


def well_again(server: Server, load: Load, position: int, healthy: Any) -> None:
    """Everything is worked in, and the same figures are answered as before and as after a rebuild."""
    server.ready()
    head = int(server.ask("/v1").body["position"])
    wait_until(lambda: server.ask(f"/v1/programmes?min_position={head}").status == 200)
    assert server.ask(f"{BUDGET}?known={position}").body == healthy
    load.settle(server)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(delete_all, marks=pytest.mark.slow),
        delete_files,
        delete_pointer,
        spoil_pointer,
        point_nowhere,
        truncate_all,
    ],
)
@breaks("projections-deleted")
def test_projections_that_are_gone_are_built_anew_while_it_serves(
    store: SQLiteStore, load: Load, damage: Callable[[SQLiteStore], None], reckoned: Reckoned
) -> None:
    server, position, healthy = broken(store, load, damage)
    well_again(server, load, position, healthy)
    assert server.stop().code == 0
    server = store.serve().ready()
    well_again(server, load, position, healthy)
    assert server.stop().code == 0
    assert not load.refused
    reckoned(at_least=120)
    assert store.check() >= load.count


@pytest.mark.parametrize("damage", [truncate_half, truncate_log, rot_pages])
@breaks("projections-rotten")
def test_projections_that_rot_answer_nothing_wrong_and_are_rebuilt_while_it_serves(
    store: SQLiteStore,
    load: Load,
    damage: Callable[[SQLiteStore], None],
    forge: Forge,
    reckoned: Reckoned,
) -> None:
    server, position, healthy = broken(store, load, damage)
    damaged = current(store)
    assert forge.run("rebuild", "--data", store.path).code == 0
    wait_until(lambda: current(store) != damaged and not damaged.exists())
    wait_until(lambda: server.ask(f"{BUDGET}?known={position}").status == 200)
    well_again(server, load, position, healthy)
    assert server.stop().code == 0
    assert not load.refused
    reckoned(at_least=120)
    assert store.check() >= load.count


@pytest.mark.slow
@pytest.mark.parametrize("damage", [rot_pages])
@breaks("projections-rotten")
def test_projections_that_rot_are_made_anew_unasked(
    store: SQLiteStore, load: Load, damage: Callable[[SQLiteStore], None]
) -> None:
    server, position, healthy = broken(store, load, damage)
    wait_until(lambda: server.ask(f"{BUDGET}?known={position}").status == 200)
    well_again(server, load, position, healthy)


@breaks("projections-rotten")
def test_a_figure_that_rots_unseen_has_no_bundle_that_verifies(
    store: SQLiteStore, load: Load, forge: Forge, tmp_path: Path, reckoned: Reckoned
) -> None:
    """SQLite keeps no sums of its pages: what still is a figure is answered. Its proof fails."""
    enrol_machine(store)
    server = store.serve(PLEDGER_TRUST_SECONDS="0.1").ready()
    with load.on(server):
        load.wait_for(30, server)
    load.settle(server)
    wait_until(lambda: bundled(forge, server, store, tmp_path).code == 0)
    healthy = server.ask(BUDGET).body["items"]
    with closing(sqlite3.connect(current(store))) as opened:
        opened.execute("""UPDATE lives SET said=replace(said, '"100.00"', '"900.00"')""")
        opened.commit()
    assert server.ask(BUDGET).body["items"] != healthy, "nothing was changed"
    ended = bundled(forge, server, store, tmp_path)
    assert ended.code == 1
    assert "value-differs" in ended.said + ended.errors
    assert forge.run("rebuild", "--data", store.path).code == 0
    wait_until(lambda: server.ask(BUDGET).body.get("items") == healthy)
    assert bundled(forge, server, store, tmp_path).code == 0
    assert server.stop().code == 0
    reckoned(at_least=30)
    assert store.check() >= load.count


def enrol_machine(store: SQLiteStore) -> None:
    """A service key, so that the server states where its streams end: a bundle then is complete."""
    small, key = store.small, make_service_key(store.path / "service-key.pem")
    proof = prove_possession(key, ledger=small.name, person="machine", iat=IAT)
    data = {"service": "machine", "jwk": key.public.to_jwk(), "possession": proof}
    with Ledger(small.path) as ledger:
        small.submit(ledger, small.payload("service_key.enrolled", "root", data))


def bundled(forge: Forge, server: Server, store: SQLiteStore, folder: Path) -> Ended:
    """Ask for a bundle, which verifies it."""
    trust, out = folder / "trust.json", folder / "bundle.zip"
    trusted = {"origin": ORIGIN, "genesis": store.small.genesis, "log_key": store.small.log_key}
    trust.write_text(json.dumps(trusted), encoding="utf8")
    out.unlink(missing_ok=True)
    url = f"http://127.0.0.1:{server.port}"
    words = ("bundle", "programme", "roads", "--as-of", "2025-12-31", "--server", url)
    return forge.run(*words, "--trust", trust, "--out", out, HOME=str(folder))
