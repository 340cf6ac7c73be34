"""Bundles of the story, fetched once."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.api.bundling import Desk, open_desk
from tests.support.town import PROGRAMME
from tests.tampering.archives import BASE, CELL_PATH, DAY, Members, unpacked
from tests.tampering.story import (
    CONTENT,
    PRESENT,
    told,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(told().town, tmp_path_factory.mktemp("bundles")) as opened:
        opened.door.client.put(
            f"/v1/files/{PRESENT['sha256']}",
            content=CONTENT,
            headers={"Content-Type": "application/octet-stream"},
        ).raise_for_status()
        yield opened


@pytest.fixture(scope="module")
def programme(desk: Desk) -> Members:
    """A complete bundle of the programme's state."""
    size = json.loads(desk.fetch(BASE, as_of=DAY).read("bundle.json"))["heads"]["size"]
    return unpacked(desk.fetch(BASE, as_of=DAY, known=size).path)


@pytest.fixture(scope="module")
def cell(desk: Desk) -> Members:
    """A complete bundle of one value."""
    return unpacked(desk.fetch(BASE, as_of=DAY, path=CELL_PATH).path)


@pytest.fixture(scope="module")
def event(desk: Desk) -> Members:
    """A selection: the correction of the last decision."""
    entries = desk.door.town.ledger.reader.entries(0, told().size)
    last = [entry for entry in entries if entry.stream == PROGRAMME][-1]
    return unpacked(desk.fetch(f"/v1/events/{last.event_id()}").path)
