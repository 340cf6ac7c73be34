"""While a programme cannot be kept up its every address says so, and all other addresses answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import orjson
import pytest

from ledger.event import Stated
from projections.writer import _Batch
from tests.api.door import BASE, Door, open_door
from tests.support.people import SECRETARY
from tests.support.town import PROGRAMME, PROGRAMME_ID, TestLedger, line

OF_THE_PROGRAMME = (
    "",
    "?path=/financing",
    "/budget",
    "/indicators",
    "/history",
    "/reports",
    "/obligations",
    "/obligations?format=ics",
    "/evaluation?year=2025",
    "/questions",
    "/questions/2",
    "/diff?from_known=27&to_as_of=2025-12-31",
    "/blame?path=/title",
)
OF_OTHERS = (
    "/",
    "/v1",
    "/v1/programmes",
    "/v1/events",
    "/v1/acts",
    "/v1/proposals",
    "/v1/policies",
    "/v1/observations",
    "/v1/bodies",
    "/v1/keys",
    f"/v1/inbox?office={SECRETARY.office}",
    "/v1/checkpoint",
    "/log/checkpoint",
    "/healthz",
    "/readyz",
)


@pytest.fixture(scope="module")
def blocked(storied_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Door, int]]:
    """A door whose programme is blocked from its newest entry on, which was recorded all the same."""
    real, poisoned = _Batch.programme, set[str]()

    def programme(batch: _Batch, before: Any, after: Any, name: str, stated: Stated) -> None:
        real(batch, before, after, name, stated)
        if stated.event.id in poisoned:
            raise KeyError("planted")

    with (
        patch.object(_Batch, "programme", programme),
        open_door(storied_town, tmp_path_factory.mktemp("blocked") / "town") as door,
    ):
        data = {"lines": [line("175.00")]}
        envelope = door.town.envelope("financing.changed", PROGRAMME, data, effective="2026-02-01")
        poisoned.add(orjson.loads(envelope.payload)["id"])
        answer = door.post(envelope)
        assert answer.status_code == 201, answer.text
        door.settle()
        yield door, answer.json()["index"]


@pytest.mark.parametrize("path", OF_THE_PROGRAMME)
def test_each_of_its_addresses_refuses_and_says_up_to_where_it_can_be_asked(
    blocked: tuple[Door, int], path: str
) -> None:
    door, index = blocked
    answer = door.get(BASE + path)
    assert answer.status_code == 503
    told = answer.json()
    assert told["type"].endswith(":programme-blocked")
    assert answer.headers["retry-after"]
    for words in told["message"].values():
        assert PROGRAMME_ID in words
        assert f"known={index}" in words
    mark = "&" if "?" in path else "?"
    known = "" if "from_known" in path else f"{mark}known={index}"
    if known:
        assert door.get(BASE + path + known).status_code == 200, "what was known before is there"


@pytest.mark.parametrize("path", OF_OTHERS)
def test_everything_else_answers(blocked: tuple[Door, int], path: str) -> None:
    door, _ = blocked
    assert door.get(path).status_code == 200, door.get(path).text


def test_the_list_of_programmes_says_that_it_does_not_answer(blocked: tuple[Door, int]) -> None:
    door, _ = blocked
    (row,) = door.json("/v1/programmes")["items"]
    assert (row["id"], row["status"], row["title"]) == (PROGRAMME_ID, "unavailable", None)
    assert "не відповідає" in door.get("/").text


def test_the_server_is_ready_and_rings_the_alarm(blocked: tuple[Door, int]) -> None:
    door, _ = blocked
    (note,) = door.json("/readyz")["notes"]
    assert (note["code"], note["programmes"]) == ("programme-blocked", [PROGRAMME_ID])


def test_entries_are_still_taken_and_their_receipts_hold(blocked: tuple[Door, int]) -> None:
    door, index = blocked
    envelope = door.town.envelope(
        "financing.changed", PROGRAMME, {"lines": [line("180.00")]}, effective="2026-03-01"
    )
    answer = door.post(envelope)
    assert answer.status_code == 201
    assert answer.json()["index"] > index
    event = answer.json()["event"]
    told = door.json(f"/v1/events/{event}")
    assert (told["unavailable"], told["doubt"], told["writes"]) == (True, "undetermined", [])
    assert door.get(f"/v1/events/{event}/receipt").status_code == 200
