"""Acts, bodies, offices, persons, mandates and keys, as known at a position."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.keys import PublicKey
from tests.api.door import Door, problem_of
from tests.api.story import ACT_TWO, POSITIONS
from tests.support.people import COUNCIL, SECRETARY
from tests.support.town import ACT

PATHS = ("acts", "bodies", "offices", "persons", "mandates", "keys")


@pytest.mark.parametrize("path", PATHS)
def test_a_list_pages_by_id_and_each_id_leads_to_its_record(storied: Door, path: str) -> None:
    whole = storied.json(f"/v1/{path}?limit=500")
    assert whole["next"] is None
    assert whole["items"]
    found: list[Any] = []
    url: str | None = f"/v1/{path}?limit=2"
    while url is not None:
        page = storied.json(url)
        found += page["items"]
        url = page["next"]
    assert found == whole["items"]
    for item in found:
        assert storied.json(f"/v1/{path}/{item['id']}")["item"] == item


@pytest.mark.parametrize("path", PATHS)
def test_a_record_that_is_not_there_is_404(storied: Door, path: str) -> None:
    document = problem_of(storied.get(f"/v1/{path}/none"), 404, "no-such-record")
    assert f"/v1/{path}" in document["message"]["en"]


@pytest.mark.parametrize("path", ["acts", "offices", "mandates", "keys"])
def test_a_list_can_be_of_one_body(storied: Door, path: str) -> None:
    items = storied.json(f"/v1/{path}?body={COUNCIL}")["items"]
    assert {item["body"] for item in items} == {COUNCIL}
    problem_of(storied.get(f"/v1/{path}?body=X"), 400, "bad-parameter")


def test_an_act_shows_when_it_counts_as_known_then(storied: Door) -> None:
    now = storied.json(f"/v1/acts/{ACT_TWO}")["item"]
    assert now["counts"] == [{"from": "2025-03-10", "to": "2025-05-01"}]
    assert [status["status"] for status in now["statuses"]] == ["suspended"]
    then = storied.json(f"/v1/acts/{ACT_TWO}?known={POSITIONS['corrected']}")["item"]
    assert then["counts"] == [{"from": "2025-03-10", "to": None}]
    problem_of(storied.get(f"/v1/acts/{ACT_TWO}?known=23"), 404, "no-such-record")
    assert [act["id"] for act in storied.json("/v1/acts?known=23")["items"]] == [ACT]


def test_a_key_can_be_checked_by_its_thumbprint(storied: Door) -> None:
    items = storied.json("/v1/keys?limit=500")["items"]
    kids = {PublicKey.from_jwk(item["jwk"]).kid for item in items}
    assert SECRETARY.key.public.kid in kids


def test_the_next_page_is_of_the_same_position(storied: Door) -> None:
    page = storied.json(f"/v1/persons?limit=1&known={POSITIONS['changed']}&min_position=3")
    assert f"known={page['known']['position']}" in page["next"]
    assert "min_position" not in page["next"]


def test_acts_can_be_asked_for_by_their_ids_and_what_is_no_act_is_left_out(storied: Door) -> None:
    found = storied.json(f"/v1/acts?ids={ACT_TWO},nothing")
    assert [act["id"] for act in found["items"]] == [ACT_TWO]
    assert found["total"] == 1
    assert found["items"][0] == storied.json(f"/v1/acts/{ACT_TWO}")["item"]


def test_acts_that_are_asked_for_by_id_are_still_those_of_the_words_and_of_the_position(
    storied: Door,
) -> None:
    both = storied.json(f"/v1/acts?ids={ACT},{ACT_TWO}&order=newest")
    assert {act["id"] for act in both["items"]} == {ACT, ACT_TWO}
    assert storied.json(f"/v1/acts?ids={ACT},{ACT_TWO}&known={POSITIONS['act'] - 1}")["total"] == 1
    assert storied.json(f"/v1/acts?ids={ACT}&q=немає-такого-слова")["items"] == []


def test_every_order_of_acts_counts_the_same_acts(storied: Door) -> None:
    by_id, newest = (storied.json(f"/v1/acts?order={order}") for order in ("id", "newest"))
    assert by_id["total"] == newest["total"] == len(by_id["items"])
    assert sorted(one["id"] for one in newest["items"]) == [one["id"] for one in by_id["items"]]


def test_ids_of_acts_longer_than_the_door_takes_are_refused(storied: Door) -> None:
    problem_of(storied.get("/v1/acts?ids=" + "a," * 4000), 400, "bad-parameter")
