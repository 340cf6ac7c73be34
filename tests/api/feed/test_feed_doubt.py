"""A key turns out to be stolen: cells and acts that rest on it are told again, though their values stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from tests.api import doubtful_town
from tests.api.door import Door, open_door
from tests.api.doubtful_town import CELLS, POSITIONS, STOLEN
from tests.support.town import ACT_DATA, COUNCIL_STREAM, TestLedger, remember

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def doubted(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("told") / "town")
    doubtful_town.tell(town)
    town.close()
    with open_door(town, tmp_path_factory.mktemp("doubted") / "town") as door:
        yield door


def cells(door: Door, after: int, known: int) -> dict[str, Any]:
    query = f"?after={after}&known={known}&as_of={DAY}&limit=500"
    return {item["path"]: item for item in door.json(f"/v1/feed/cells{query}")["items"]}


def test_what_rests_on_the_key_is_told_with_its_doubt_and_again_when_it_is_lifted(doubted: Door) -> None:
    before, revoked, lifted = (POSITIONS[name] for name in ("topped", "revoked", "act-reaffirmed"))
    shaken = cells(doubted, before, revoked)
    assert set(shaken) >= CELLS
    assert {shaken[path]["doubt"] for path in CELLS} == {"suspect"}
    healed = cells(doubted, revoked, lifted)
    assert set(healed) >= CELLS
    assert {healed[path]["doubt"] for path in CELLS} == {None}


def test_from_every_position_to_every_other_the_copy_is_what_there_is(doubted: Door) -> None:
    positions = sorted({*POSITIONS.values(), 27})
    whole = {position: cells(doubted, 0, position) for position in positions}
    for one, other in combinations(positions, 2):
        moved = cells(doubted, one, other)
        kept = {path: item for path, item in (whole[one] | moved).items() if present(item)}
        assert kept == whole[other], (one, other)


def present(item: dict[str, Any]) -> bool:
    return item["cell"] != "none" or item["doubt"] is not None


def test_an_act_is_told_again_when_what_is_said_of_it_comes_into_doubt(doubted: Door) -> None:
    found = doubted.json(f"/v1/feed/acts?after={POSITIONS['topped']}&known={POSITIONS['revoked']}")
    assert [(item["act"]["id"], item["act"]["doubt"]) for item in found["items"]] == [("town-9", "suspect")]
    assert found["items"][0]["index"] == POSITIONS["revoked"] - 1
    lifted = doubted.json(f"/v1/feed/acts?after={POSITIONS['revoked']}")
    assert [(item["act"]["id"], item["act"]["doubt"]) for item in lifted["items"]] == [("town-9", None)]


def test_acts_that_one_entry_puts_in_doubt_are_all_told_however_few_a_page_holds(door: Door) -> None:
    names = ["town-10", "town-11", "town-9"]
    door.say("key.enrolled", COUNCIL_STREAM, door.town.key_data(STOLEN))
    remember(STOLEN.key)
    for name in names:
        door.say("act.registered", COUNCIL_STREAM, ACT_DATA | {"act": name, "number": name}, by=STOLEN)
    since = door.town.position
    revoked = {"kid": STOLEN.key.public.kid, "cause": "stolen", "suspect_from": "2025-01-01"}
    door.say("key.revoked", COUNCIL_STREAM, revoked)
    page = door.json(f"/v1/feed/acts?limit=1&after={since}")
    found = [item["act"]["id"] for item in page["items"]]
    while page["next"] is not None:
        page = door.json(page["next"])
        found += [item["act"]["id"] for item in page["items"]]
    assert found == names
    assert page["after"] == door.town.position
