"""The rows see what they are for: bugs that are planted in the server are in the figures."""

from __future__ import annotations

import time

import pytest

from tests.faults.account import Account, reckon
from tests.faults.load import Load
from tests.faults.planted import BUG
from tests.faults.stores import SQLiteStore, Store
from tests.faults.table import breaks

pytestmark = pytest.mark.thorough

ROUNDS_MAX = 12


def killed_with(store: Store, load: Load, bug: str) -> Account:
    """Kill servers with a bug until it shows, or for long enough."""
    for _ in range(ROUNDS_MAX):
        server = store.serve(**{BUG: bug})
        server.wait_until("/healthz", 200)
        with load.on(server):
            load.wait_for(10, server)
            time.sleep(0.01)
            server.kill()
        server.end()
        account = reckon(load, store.found())
        if account.lost or account.half:
            break
    return account


@breaks("killed")
def test_a_receipt_before_its_commit_is_found_out(store: Store, load: Load) -> None:
    account = killed_with(store, load, "acknowledges early")
    assert account.lost > 0, account


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # the bug is planted in that store
def test_a_commit_in_halves_is_found_out(store: SQLiteStore, load: Load) -> None:
    account = killed_with(store, load, "commits in halves")
    assert account.half > 0, account
