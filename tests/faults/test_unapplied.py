"""An entry that the projections cannot take: its programme answers nothing, and everything else goes on."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Reckoned
from tests.faults.load import Load, wait_until
from tests.faults.planted import BUG, UNAPPLIED
from tests.faults.process import Answer, Forge, Server
from tests.faults.stores import Store
from tests.faults.table import breaks
from tests.support.log import SCHOOLS

pytestmark = pytest.mark.thorough


def budget(server: Server, programme: str, question: str = "") -> Answer:
    return server.ask(f"/v1/programmes/{programme}/budget{question}")


def is_blocked(server: Server, programme: str) -> bool:
    answer = budget(server, programme)
    return answer.status == 503 and answer.body["type"].endswith(":programme-blocked")


def others_answer(server: Server) -> None:
    """All that was recorded is in the figures of the others."""
    head = int(server.ask("/v1").body["position"])
    for programme in ("roads", "books"):
        wait_until(lambda: budget(server, programme, f"?min_position={head}").status == 200)  # noqa: B023
    assert server.ask("/v1/programmes").status == 200


@breaks("entry-unapplied")
def test_a_programme_whose_entry_cannot_be_applied_is_blocked_alone(
    store: Store, load: Load, forge: Forge, reckoned: Reckoned
) -> None:
    server = store.serve(**{BUG: "applies not all"}).ready()
    with load.on(server):
        load.wait_for(30, server)
        answer = load.submit(server, [store.small.transfer(SCHOOLS, reason=UNAPPLIED)])
        assert answer.status == 201
        wait_until(lambda: is_blocked(server, "schools"))
        load.wait_for(30, server)
    load.settle(server)
    index = int(answer.body["index"])
    others_answer(server)
    assert is_blocked(server, "schools")
    assert budget(server, "schools", f"?known={index}").status == 200, "what was known before is known"
    assert budget(server, "schools", f"?known={index + 1}").status == 503
    notes = server.ready().ask("/readyz").body["notes"]
    assert [(note["code"], note["programmes"]) for note in notes] == [("programme-blocked", ["schools"])]
    assert f"№ {index + 1} cannot be applied" in server.errors()
    assert server.stop().code == 0
    mended_by_a_rebuild(store, forge)
    reckoned(at_least=61)
    assert store.check() >= load.count


def mended_by_a_rebuild(store: Store, forge: Forge) -> None:
    """A program without the bug does not believe by itself that what it finds was mended."""
    server = store.serve().ready()
    assert is_blocked(server, "schools")
    assert forge.run("rebuild", "--data", store.small.path).code == 0
    wait_until(lambda: budget(server, "schools").status == 200)
    others_answer(server)
    assert server.wait_until("/readyz", 200).body["notes"] == []
    assert server.stop().code == 0
