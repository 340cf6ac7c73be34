"""The primary dies under load and its standby is promoted; and the old primary comes back."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import Reckoned
from tests.faults.load import Load, wait_until
from tests.faults.postgres import PostgresStore
from tests.faults.postgres_fleet import LATER, Fleet, fleet_of, hosts, loaded
from tests.faults.process import Forge, Server
from tests.faults.table import breaks
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import dbname_of

pytestmark = pytest.mark.thorough

FAILOVER_SECONDS_MAX = 45.0  # of a busy machine; what it took is printed
PATIENCE = 3.0


class Chain:
    """A primary, the standby that its commits wait for, and the one that will be waited for after a failover.

    Promoted, `second` waits for `third`: nothing is taken by one server alone, before or afterwards.
    """

    def __init__(self, first: PostgresServer) -> None:
        self.first = first
        self.second = first.standby("second", synchronous=True)
        self.third = self.second.standby("third")
        self.second.configure(synchronous_standby_names='"third"')

    def fail_over(self) -> float:
        """Kill the primary and promote its standby; how many seconds that took."""
        began = time.monotonic()
        self.first.stop("kill")
        self.second.promote()
        return time.monotonic() - began


@pytest.fixture
def chain(own_postgres: PostgresServer) -> Chain:
    return Chain(own_postgres)


Told = Callable[[str], None]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Print figures, also of a test that passes."""

    def tell(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}")

    return tell


def codes(server: Server) -> set[str]:
    """Why it is not ready."""
    details = server.ask("/readyz").body.get("details", {})
    return {reason["code"] for reason in details.get("reasons", [])}


def failed_over(fleet: Fleet, load: Load, chain: Chain, told: Told) -> tuple[Server, Server]:
    """Two machines under load that have gone on with the standby, projections too."""
    servers = fleet.serve().ready(), fleet.serve().ready()
    with loaded(load, *servers):
        load.wait_for(60, servers[0])
        refused, cut, began = load.refused.total(), load.cut, time.monotonic()
        promoted = chain.fail_over()
        load.wait_for(1, servers[0])
        first = time.monotonic() - began
        load.wait_for(60, servers[1])
        refused, cut = load.refused.total() - refused, load.cut - cut
    told(
        f"failover: promoted {promoted:.1f} s after the kill, first acknowledged after {first:.1f} s,"
        f" {refused} refused and {cut} cut meanwhile"
    )
    assert first < FAILOVER_SECONDS_MAX
    for server in servers:
        load.settle(server.ready())
        head = int(server.ask("/v1").body["position"])
        wait_until(lambda: server.ask(f"/v1/programmes?min_position={head}").status == 200)  # noqa: B023
    assert set(load.refused) <= LATER, load.refused
    return servers


@breaks("failover")
def test_a_standby_that_is_promoted_under_load_has_all_that_was_acknowledged(
    store: PostgresStore, load: Load, forge: Forge, chain: Chain, reckoned: Reckoned, told: Told
) -> None:
    both = hosts(store.conninfo, chain.first, chain.second)
    with fleet_of(store, forge, "--standbys", 1, database=both, seconds=PATIENCE) as fleet:
        store.conninfo = chain.second.conninfo(dbname_of(store.conninfo))
        servers = failed_over(fleet, load, chain, told)
        for server in servers:
            assert server.stop().code == 0
        fleet.settle(load)  # a new machine: the signer's memory is not ahead of what there is
    reckoned(at_least=121)
    assert store.check() >= load.count


@pytest.mark.slow
@breaks("split-brain")
def test_an_old_primary_that_comes_back_has_nothing_acknowledged(
    store: PostgresStore, load: Load, forge: Forge, chain: Chain, reckoned: Reckoned, told: Told
) -> None:
    old = store.conninfo
    both = hosts(old, chain.first, chain.second)
    new = chain.second.conninfo(dbname_of(old))
    with fleet_of(store, forge, "--standbys", 1, database=both, seconds=PATIENCE) as fleet:
        store.conninfo = new
        for server in failed_over(fleet, load, chain, told):
            assert server.stop().code == 0
        chain.first.start()
        astray, well = fleet.serve(database=old), fleet.serve(database=new).ready()
        astray.wait_until("/readyz", 503)
        with load.on(well):
            load.wait_for(30, well)
        acknowledged, strays = load.count, Load(store.small)
        with strays.on(astray):
            strays.wait_for_refusals("503 stopped", 8)
        assert strays.count == 0
        assert load.count == acknowledged
        assert codes(astray) & {"log-shorter", "appending-stopped", "standby-missing"}
        for server in (astray, well):
            assert server.stop().code == 0
        fleet.database = new
        fleet.settle(load)
    reckoned(at_least=151)
    assert store.check() >= load.count
