"""A page is drawn once for an address, an end of the log and a day; never shown for another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.pages.kept import Drawn, Kept
from api.pages.page import Page
from tests.api.door import Door, open_door
from tests.support.town import PROGRAMME, PROGRAMME_ID, TestLedger, lines

PAGE = f"/programmes/{PROGRAMME_ID}"


@pytest.fixture
def own(storied_town: TestLedger, tmp_path: Path) -> Iterator[Door]:
    with open_door(storied_town, tmp_path / "town") as opened:
        yield opened


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were drawn."""
    found: list[str] = []
    draw = Page.draw

    def noted(self: Page, template: str, /, **given: Any) -> str:
        found.append(template)
        return draw(self, template, **given)

    monkeypatch.setattr(Page, "draw", noted)
    return found


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}/history", f"{PAGE}?as_of=2025-04-15&by=source&lang=en"])
def test_the_same_page_is_drawn_once_and_is_the_same(own: Door, drawn: list[str], page: str) -> None:
    first, again = own.get(page), own.get(page)
    assert len(drawn) == 1
    assert first.status_code == again.status_code == 200
    assert first.text == again.text
    own_name = {"pledger-request": ""}
    assert dict(first.headers) | own_name == dict(again.headers) | own_name
    plain = own.client.get(page, headers={"Accept-Encoding": "identity"})
    assert plain.text == first.text
    assert "content-encoding" not in plain.headers
    unchanged = own.client.get(page, headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert len(drawn) == 1


def test_a_later_entry_a_later_day_another_address_and_another_language_are_other_pages(
    own: Door, drawn: list[str]
) -> None:
    own.get(PAGE)
    assert "999,00" not in own.get(PAGE).text
    own.say("financing.changed", PROGRAMME, lines("999.00"), act="town-2-2025-03-10", effective="2025-04-01")
    assert "999,00" in own.get(PAGE).text
    assert len(drawn) == 2
    own.get(f"{PAGE}?lang=en")
    own.get(f"{PAGE}?by=source")
    own.get(f"{PAGE}?as_of=2025-04-15")
    assert len(drawn) == 5
    before = own.get(PAGE).text
    own.town.clock.advance(days=1)
    assert own.get(PAGE).text != before
    assert len(drawn) == 6


def test_two_logs_of_one_length_have_no_page_in_common(storied_town: TestLedger, tmp_path: Path) -> None:
    """As after a failover that lost what was never acknowledged."""
    pages, told = Kept(), list[str]()
    for amount in ("999.00", "888.00"):
        with open_door(storied_town, tmp_path / amount) as door:
            door.client.app.state.kept_pages = pages  # type: ignore[attr-defined]  # it is our application
            data = lines(amount)
            door.say("financing.changed", PROGRAMME, data, act="town-2-2025-03-10", effective="2025-04-01")
            told.append(door.get(PAGE).text)
    assert "999,00" in told[0]
    assert "888,00" in told[1]


def test_a_refusal_is_told_anew_each_time(own: Door, drawn: list[str]) -> None:
    for _ in range(2):
        assert own.get(f"{PAGE}?as_of=2025-02-30").status_code == 400
        assert own.get("/programmes/nowhere").status_code == 404
    assert len(drawn) == 4


def test_a_page_of_before_is_not_shown_once_the_log_grew_while_it_was_drawn(
    own: Door, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grown: list[str] = []
    draw = Page.draw

    def growing(self: Page, template: str, /, **given: Any) -> str:
        if not grown:
            grown.append(template)
            data = lines("999.00")
            own.say("financing.changed", PROGRAMME, data, act="town-2-2025-03-10", effective="2025-04-01")
        return draw(self, template, **given)

    monkeypatch.setattr(Page, "draw", growing)
    own.get(f"{PAGE}/history")  # drawn beside the loop, so that the door can take an entry meanwhile
    assert "999,00" in own.get(f"{PAGE}/history").text
    assert len(drawn) == 2


def test_no_more_is_kept_than_there_is_room_for() -> None:
    pages = [Drawn.of(f"{n}" * 1000) for n in range(5)]
    kept = Kept(bytes_max=3 * max(page.size for page in pages))
    for n, page in enumerate(pages):
        kept.put(n, page)
        assert kept.get(0) is pages[0]  # asked for again, and so never the oldest
    assert [n for n in range(5) if kept.get(n) is not None] == [0, 3, 4]
    kept.put(4, pages[4])
    assert [n for n in range(5) if kept.get(n) is not None] == [0, 3, 4]
    kept.put("huge", Drawn.of("".join(chr(0x4E00 + n % 9000) for n in range(20_000))))
    assert [n for n in range(5) if kept.get(n) is not None] == []
    assert kept.get("huge") is None
