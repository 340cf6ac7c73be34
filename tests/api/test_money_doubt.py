"""Money marks what rests on an entry in doubt, and nothing once it is re-affirmed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.door import BASE, Door, open_door
from tests.api.doubtful_town import POSITIONS, tell
from tests.support.town import PROGRAMME, TestLedger

TREASURY = {"kpkvk": "0217520", "kekv": "2210", "fund": "general"}
MARKED = {"topped": None, "revoked": "suspect", "reaffirmed": None}


@pytest.fixture(scope="module")
def doubted(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The town of the stolen key, with a treasury extract and its allocation; its tests only read."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("doubted") / "town")
    mapped = TREASURY | {"op": "set", "year": 2025, "measure": "1.1", "source": "local"}
    town.submit("allocation.mapped", PROGRAMME, {"lines": [mapped]}, effective="2025-01-01")
    amounts = {"approved": "280.00", "amended": "280.00", "paid": "9.00"}
    extract = {"year": 2025, "day": "2025-06-30", "lines": [TREASURY | amounts]}
    town.submit("treasury.imported", PROGRAMME, extract)
    tell(town)
    town.close()
    with open_door(town, tmp_path_factory.mktemp("doubt") / "town") as opened:
        yield opened


def asked(door: Door, part: str, when: str) -> Any:
    return door.json(f"{BASE}/{part}as_of=2025-12-31&known={POSITIONS[when]}")


@pytest.mark.parametrize("when", MARKED)
def test_the_chain_marks_each_step_that_rests_on_it(doubted: Door, when: str) -> None:
    rows = {row["key"]["measure"]: row for row in asked(doubted, "money?", when)["items"]}
    steps = {one["step"]: one["doubt"] for one in rows["1.1"]["steps"] if one["amount"] is not None}
    assert steps == dict.fromkeys(("need", "appropriation", "paid"), MARKED[when])
    assert rows["1.1"]["transferred"]["doubt"] is None
    assert (rows["1.1"]["doubt"], rows["1.2"]["doubt"]) == (MARKED[when], None)


@pytest.mark.parametrize("when", MARKED)
def test_the_tree_of_sources_marks_its_sums(doubted: Door, when: str) -> None:
    (node,) = asked(doubted, "money?", when)["totals"]["by_source_tree"]
    assert node["doubt"] == MARKED[when]
    shares = {
        one["measure"]: one["doubt"] for one in asked(doubted, "budget?", when)["totals"]["co_financing"]
    }
    assert shares == {"1.1": MARKED[when], "1.2": None}


@pytest.mark.parametrize("when", MARKED)
def test_the_ledgers_side_is_marked_and_the_treasurys_is_not(doubted: Door, when: str) -> None:
    (item,) = asked(doubted, "reconciliation?", when)["items"]
    for one in item["comparisons"]:
        assert (one["treasury"]["doubt"], one["ledger"]["doubt"], one["doubt"]) == (
            None,
            MARKED[when],
            MARKED[when],
        )
        assert one["status"] == "agrees"
    assert item["doubt"] == MARKED[when]


@pytest.mark.parametrize("when", MARKED)
def test_moves_mark_what_was_moved_by_it(doubted: Door, when: str) -> None:
    position = POSITIONS[when]
    answer = doubted.json(f"{BASE}/moves?from_as_of=2025-01-31&from_known={position}&to_known={position}")
    found = {row["of"]: row["doubt"] for row in answer["items"]}
    assert found == dict.fromkeys(("financing", "appropriation"), MARKED[when])
