"""What was answered yesterday can be read today, and today's answers hold all that yesterday's did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.app import create_app
from api.demo.run import seed
from api.settings import Settings
from tests.contract.asked import ASKED, ask, paths
from tests.contract.golden import ANSWERS, HOW, UPDATING, keep, load
from tests.contract.masking import masked
from tests.contract.routes import shape_of
from tests.contract.trimming import trimmed


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application over the real programme and what the demo tells of it."""
    data = tmp_path_factory.mktemp("contract") / "data"
    seed(data, lambda line: None)
    with TestClient(create_app(Settings(data=data, demo=True)), follow_redirects=False) as client:
        context = client.app.state.context  # type: ignore[attr-defined] # the test client hides the type
        context.wait_for(context.position)
        yield client


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_of_yesterday_is_still_of_its_shape(name: str) -> None:
    shape_of(ASKED[name]).validate_python(load(ANSWERS / f"{name}.json"), strict=True)


def test_every_answer_that_is_kept_is_one_that_is_asked() -> None:
    assert {path.stem for path in ANSWERS.glob("*.json")} == {*ASKED}


@pytest.mark.thorough
@pytest.mark.parametrize("name", ASKED)
def test_an_answer_of_today_lacks_nothing_that_yesterdays_had(demo: TestClient, name: str) -> None:
    today = ask(demo, ASKED[name]).json()
    shape_of(ASKED[name]).validate_python(today, strict=True)
    if UPDATING:
        keep(ANSWERS / f"{name}.json", masked(trimmed(today)))
    assert lacking(load(ANSWERS / f"{name}.json"), today) == [], HOW


def lacking(old: Any, new: Any) -> list[str]:
    """Places of the old answer that the new one has not, or has with another type than any that they had."""
    was, now = _types(old), _types(new)
    gone = [at for at in was if at not in now]
    other = [at for at in was if at in now and was[at] != {"null"} and not now[at] <= was[at] | {"null"}]
    return [*gone, *other]


def _types(value: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for at, name in paths(value):
        if not at.startswith("/state/"):  # named by the programme's own data
            found.setdefault(at, set()).add(name)
    return found


@pytest.mark.parametrize(
    ("new", "lost"),
    [
        ({"items": [{"a": "1", "b": None}], "next": None}, []),
        ({"items": [{"a": None, "b": "x", "c": 1}], "next": "/v1", "more": True}, []),
        ({"items": [{"a": "1"}], "next": None}, ["/items[]/b"]),
        ({"items": [{"a": 1, "b": None}], "next": None}, ["/items[]/a"]),
        ({"items": [{"a": "1", "b": None}]}, ["/next"]),
    ],
)
def test_a_member_that_goes_or_becomes_another_type_is_found(new: Any, lost: list[str]) -> None:
    assert lacking({"items": [{"a": "1", "b": None}], "next": None}, new) == lost


@pytest.mark.parametrize("name", ["budget", "event", "findings"])
def test_an_answer_that_has_not_what_its_shape_requires_is_found(name: str) -> None:
    first, *rest = load(ANSWERS / f"{name}.json").items()
    assert first
    with pytest.raises(ValidationError):
        shape_of(ASKED[name]).validate_python(dict(rest))


def test_what_is_kept_is_short() -> None:
    """A person can read what changed in it."""
    assert sum(path.stat().st_size for path in ANSWERS.glob("*.json")) < 600_000
