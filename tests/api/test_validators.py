"""Answers that still hold are told so without the tables, for as long as they do and no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api import validators
from api.routes import programmes
from api.validators import Moment, Validators, give
from ledger.errors import StorageError
from projections.follower import Follower
from projections.rebuild import rebuild
from tests.api.door import BASE, Answer, Door
from tests.support.town import PROGRAMME

ADDRESSES = (
    BASE,
    f"{BASE}?as_of=2025-01-02",
    f"{BASE}?known={{position}}",
    f"{BASE}/budget",
    f"{BASE}/indicators",
)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often tables were read since it was asked last."""
    counted = [0]
    reading = Follower.reading

    def count(follower: Follower, *given: Any) -> Any:
        counted[0] += 1
        return reading(follower, *given)

    monkeypatch.setattr(Follower, "reading", count)

    def since() -> int:
        found, counted[0] = counted[0], 0
        return found

    return since


def again(door: Door, address: str, etag: str) -> Answer:
    return door.get(address, if_none_match=etag)


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_asks_again_is_answered_without_the_tables_and_as_by_them(
    door: Door, read: Callable[[], int], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    address = address.format(position=door.town.position)
    etag = door.get(address).headers["etag"]
    assert read() > 0
    for asked in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        quick = again(door, address, asked)
        assert (quick.status_code, quick.content, read()) == (304, b"", 0)
    monkeypatch.setattr(Validators, "find", lambda *_: None)
    slow = again(door, address, etag)
    assert (slow.status_code, read() > 0) == (304, True)
    assert named(quick) == named(slow)


def named(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "pledger-request"}


def test_another_validator_or_address_gets_its_own_answer(door: Door, read: Callable[[], int]) -> None:
    etag = door.get(BASE).headers["etag"]
    read()
    for address, asked in ((BASE, 'W/"x"'), (f"{BASE}/budget", etag), (f"{BASE}?as_of=2025-01-02", etag)):
        assert again(door, address, asked).status_code == 200
        assert read() > 0


def test_an_append_elsewhere_is_looked_up_and_one_here_voids_it(door: Door, read: Callable[[], int]) -> None:
    first = door.get(BASE)
    etag = first.headers["etag"]
    door.say("person.registered", "root", {"person": "p-new", "name": "Нова особа"})
    read()
    answer = again(door, BASE, etag)
    assert (answer.status_code, read() > 0) == (304, True)
    assert int(answer.headers["pledger-position"]) == int(first.headers["pledger-position"]) + 1
    assert (again(door, BASE, etag).status_code, read()) == (304, 0)
    lines = {"lines": [{"measure": "1.1", "year": 2025, "source": "local", "op": "set", "amount": "7.00"}]}
    door.say("financing.changed", PROGRAMME, lines)
    assert again(door, BASE, etag).status_code == 200


def test_on_another_day_the_state_of_today_is_another_question(door: Door, read: Callable[[], int]) -> None:
    today, dated = door.get(BASE).headers["etag"], f"{BASE}?as_of=2025-01-02"
    fixed = door.get(dated).headers["etag"]
    door.town.clock.advance(days=1)
    read()
    assert again(door, BASE, today).status_code == 200
    assert read() > 0
    assert (again(door, dated, fixed).status_code, read() > 0) == (304, True)


def test_tables_made_anew_are_looked_at(door: Door, read: Callable[[], int]) -> None:
    etag = door.get(BASE).headers["etag"]
    context = door.client.app.state.context  # type: ignore[attr-defined]
    before = context.follower.generation
    rebuild(context.ledger.directory.path, context.ledger.reader)
    context.follower._switch()
    assert context.follower.generation != before
    read()
    assert (again(door, BASE, etag).status_code, read() > 0) == (304, True)


def test_what_failed_is_not_kept(
    door: Door, read: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = door.get(BASE).headers["etag"]
    door.say("person.registered", "root", {"person": "p-new", "name": "Нова особа"})

    def broken(*_: object) -> None:
        raise StorageError("a page is rotten")

    monkeypatch.setattr(programmes, "state_of", broken)
    assert door.get(BASE).status_code == 503
    read()
    again(door, BASE, etag)
    assert read() > 0


def test_no_more_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validators, "KEPT_MAX", 3)
    kept, moment = Validators(), ("1", 1, 1, "2025-01-01")

    def scope(name: int) -> dict[str, Any]:
        return {"path": f"/{name}", "query_string": b"", "headers": [(b"if-none-match", b"*")]}

    for name in (1, 2, 1, 3, 4):
        asked = scope(name)
        give(asked, f'W/"{name}"', 1)
        kept.keep(asked, moment)
    found = [name for name in (1, 2, 3, 4) if kept.find(scope(name), moment) is not None]
    assert found == [1, 3, 4], "the one that was given longest ago went"
    later: Moment = ("1", 2, 2, "2025-01-01")
    assert all(kept.find(scope(name), later) is None for name in (1, 3, 4))
