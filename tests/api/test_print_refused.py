"""What is not printed, and what is not drawn again. Source: docs/print.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.limits.gate import is_dear
from tests.api.door import BASE, Door, open_door, problem_of
from tests.api.printed import IN_FORCE, SUSPENDED, ask
from tests.support.town import TestLedger


@pytest.mark.parametrize(
    ("route", "code", "pointer"),
    [
        ("report", "missing-parameter", "/query/year"),
        ("comparison", "missing-parameter", "/query/from_as_of"),
        ("comparison?from_as_of=2025-01-15&proposal=x", "bad-parameter", "/query/proposal"),
        ("annex", "missing-parameter", "/query/annex"),
        ("annex?annex=passport", "bad-parameter", "/query/annex"),
        ("annex?annex=measures&number=0", "bad-parameter", "/query/number"),
        ("poster", "bad-parameter", "/path/print"),
        ("state?format=docx", "bad-parameter", "/query/format"),
        ("state?lang=de", "bad-parameter", "/query/lang"),
        ("state?year=2025", "unknown-parameter", "/query/year"),
        ("state?as_of=2025-13-01", "bad-parameter", "/query/as_of"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    storied: Door, route: str, code: str, pointer: str
) -> None:
    document = problem_of(storied.get(f"{BASE}/print/{route}"), 400, code)
    assert document["errors"][0]["pointer"] == pointer


def test_no_such_programme_and_no_such_position(storied: Door) -> None:
    problem_of(storied.get("/v1/programmes/nobody/print/state"), 404, "no-such-programme")
    problem_of(storied.get(f"{BASE}/print/state?known=99999"), 404, "position-ahead")


def test_too_long_a_document_is_refused_in_clear_words(
    storied: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.print.making.ROWS_MAX", 10)
    document = problem_of(ask(storied, "state", as_of=IN_FORCE), 422, "print-too-large")
    assert document["details"]["most"] == 10
    monkeypatch.setattr("api.print.making.ROWS_MAX", 1000)
    monkeypatch.setattr("api.print.making.TEXT_MAX", 100)
    problem_of(ask(storied, "state", as_of=IN_FORCE), 422, "print-too-large")


def test_no_more_are_drawn_at_once_than_there_are_slots(storied_town: TestLedger, tmp_path: Path) -> None:
    with open_door(storied_town, tmp_path / "town", bundles_at_once=1) as door:
        context: Any = door.client.app.state.context  # type: ignore[attr-defined]
        portal = door.client.portal
        assert portal is not None
        portal.call(context.bundles.acquire)
        answer = ask(door, "state")
        problem_of(answer, 503, "busy")
        assert answer.headers["retry-after"]
        portal.call(context.bundles.release)
        assert ask(door, "state").status_code == 200


def test_a_kept_copy_is_known_again_and_another_question_is_not_taken_for_it(storied: Door) -> None:
    first = ask(storied, "state", as_of=IN_FORCE)
    tag = first.headers["etag"]
    route = f"{BASE}/print/state?as_of="
    assert storied.get(route + IN_FORCE, if_none_match=tag).status_code == 304
    assert storied.get(route + SUSPENDED, if_none_match=tag).status_code == 200
    assert storied.get(route + IN_FORCE, if_none_match=tag, host="other.example").status_code == 200


def test_printing_is_counted_among_what_is_dear() -> None:
    assert is_dear({"type": "http", "method": "GET", "path": f"{BASE}/print/state"})
    assert not is_dear({"type": "http", "method": "GET", "path": f"{BASE}/budget"})
