"""Behind a door that reads from replicas: what a replica does not show yet is told, and can be read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.test_replica_http import Opened, lagging, servers
from tests.support.polling import until

__all__ = ["lagging", "servers"]

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]


def test_whoever_waits_is_told_by_the_primary_while_the_replica_stands_still(lagging: Opened) -> None:
    one = lagging()
    one.pause()
    hub = one.door.client.app.state.hub  # type: ignore[attr-defined] # the test client hides the type
    size = one.reading.position
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(one.door.json, f"/v1/events?after={size}&wait=25")
        until(lambda: hub.readers == 1 or held.done(), "the request is held")
        told = one.say()
        answer = held.result(30)
    assert [row["event"] for row in answer["items"]] == [told["event"]]
    assert answer["after"] == size + 1
    cells = one.door.json(f"/v1/feed/cells?after={answer['after']}&as_of=2025-06-01&limit=500")
    assert (cells["items"], cells["after"]) == ([], size + 1)
