"""A forged event that takes a value away is seen where the value is shown, or would have been."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.door import BASE, Door, open_door
from tests.support.people import SECRETARY, key_of
from tests.support.town import (
    ACT,
    ACT_DATA,
    ADOPTED_FROM,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    Payload,
    TestLedger,
    line,
    lines,
    remember,
)

STOLEN = SECRETARY.using(key_of("stolen"))
REVISION = "town-9-2025-02-01"
NEW_CELL = "/financing/1.2/2027/local"  # nothing but the revision ever wrote it
YEAR = "2025-12-31"
BEFORE_QUASHING = "2025-01-31"
QUASHED: Payload = {"act": REVISION, "status": "quashed", "date": "2025-09-01", "start": "2025-02-01"}


@pytest.fixture
def door(model_town: TestLedger, tmp_path: Any) -> Iterator[Door]:
    """The programme, a second key, an act that revises measure 1.1 and adds 1.2, and a report, all sound."""
    with open_door(model_town, tmp_path / "town") as opened:
        town = opened.town
        remember(STOLEN.key)
        opened.say("key.enrolled", COUNCIL_STREAM, town.key_data(STOLEN))
        act = ACT_DATA | {"act": REVISION, "date": "2025-02-01", "in_force": "2025-02-01"}
        opened.say("act.registered", COUNCIL_STREAM, act)
        revised = lines(line("500.00"), line("80.00", measure="1.2", year=2027))
        said = opened.say("financing.changed", PROGRAMME, revised, act=REVISION, effective="2025-02-01")
        town.ids["revised"] = said["event"]
        report = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "3"}
        town.ids["reported"] = opened.say("actual.reported", PROGRAMME, report)["event"]
        yield opened


def revoke(door: Door) -> None:
    suspect = {"kid": STOLEN.key.public.kid, "cause": "stolen", "suspect_from": "2025-09-01"}
    door.say("key.revoked", COUNCIL_STREAM, suspect)


def state(door: Door, day: str = YEAR) -> Any:
    return door.json(f"{BASE}?as_of={day}")


def doubted(door: Door, day: str = YEAR) -> dict[str, str]:
    """The cells in doubt, those that are gone too."""
    found = state(door, day)
    words = {path: cell["doubt"] for path, cell in found["cells"].items() if cell["doubt"]}
    return words | {row["path"]: row["doubt"] for row in found["gone"]}


def budget(door: Door) -> tuple[dict[str, Any], Any]:
    answer = door.json(f"{BASE}/budget?as_of={YEAR}")
    return {row["cell"]: row for row in answer["items"]}, answer["totals"]["all"][0]


def test_a_forged_quashing_marks_the_value_that_stands_instead_and_the_cell_that_is_gone(door: Door) -> None:
    door.say("act.status_changed", COUNCIL_STREAM, QUASHED, by=STOLEN)
    assert doubted(door) == {}
    revoke(door)
    found = state(door)
    assert found["cells"][LINE_CELL]["doubt"] == "suspect"
    assert found["gone"] == [{"path": NEW_CELL, "doubt": "suspect"}]
    assert doubted(door) == {LINE_CELL: "suspect", NEW_CELL: "suspect"}
    assert doubted(door, BEFORE_QUASHING) == {}


def test_a_forged_quashing_marks_budget_rows_and_totals(door: Door) -> None:
    door.say("act.status_changed", COUNCIL_STREAM, QUASHED, by=STOLEN)
    revoke(door)
    rows, total = budget(door)
    assert rows[LINE_CELL]["doubtful"]["amended"] == rows[NEW_CELL]["doubtful"]["amended"] == "suspect"
    assert rows[NEW_CELL]["amended"] is None
    assert total["doubtful"]["amended"] == "suspect"
    assert "original" not in total["doubtful"]
    text = door.get(f"{BASE}/budget?as_of={YEAR}&format=csv").text
    table = {row["cell"]: row for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))}
    assert "amended: suspect" in table[NEW_CELL]["doubtful"]


def test_blame_names_the_forged_quashing_though_it_wrote_nothing(door: Door) -> None:
    forged = door.say("act.status_changed", COUNCIL_STREAM, QUASHED, by=STOLEN)
    revoke(door)
    for path in (LINE_CELL, NEW_CELL):
        answer = door.json(f"{BASE}/blame?path={path}&as_of={YEAR}")
        assert answer["doubt"] == "suspect"
        assert [(one["event"], one["kind"]) for one in answer["doubted_by"]] == [
            (forged["event"], "act.status_changed")
        ]


def test_a_diff_marks_the_side_that_a_forged_quashing_emptied(door: Door) -> None:
    before = door.town.position
    door.say("act.status_changed", COUNCIL_STREAM, QUASHED, by=STOLEN)
    revoke(door)
    days = f"from_as_of={YEAR}&from_known={before}&to_as_of={YEAR}&to_known={door.town.position}"
    changes = {change["path"]: change for change in door.json(f"{BASE}/diff?{days}")["changes"]}
    for path in (LINE_CELL, NEW_CELL):
        assert (changes[path]["old_doubt"], changes[path]["new_doubt"]) == (None, "suspect")
    assert changes[NEW_CELL]["new"] is None


def test_a_sound_quashing_after_the_forged_one_decides_and_nothing_is_marked(door: Door) -> None:
    door.say("act.status_changed", COUNCIL_STREAM, QUASHED, by=STOLEN)
    door.say("act.status_changed", COUNCIL_STREAM, QUASHED | {"order": "постанова (приклад)"})
    revoke(door)
    assert doubted(door) == {}


def test_a_re_affirmed_quashing_is_marked_no_longer(door: Door) -> None:
    said = door.say("act.status_changed", COUNCIL_STREAM, QUASHED, by=STOLEN)
    revoke(door)
    statement = {"event": said["event"], "payload": door.town.statements[said["event"]]}
    door.say("entry.reaffirmed", COUNCIL_STREAM, {"entries": [statement]})
    assert doubted(door) == {}


def test_a_forged_restoration_marks_the_value_that_counts_by_it(door: Door) -> None:
    door.say("act.status_changed", COUNCIL_STREAM, QUASHED)
    restored = {"act": REVISION, "status": "restored", "date": "2025-09-01", "start": "2025-03-01"}
    door.say("act.status_changed", COUNCIL_STREAM, restored, by=STOLEN)
    revoke(door)
    assert doubted(door) == {LINE_CELL: "suspect", NEW_CELL: "suspect"}
    assert doubted(door, "2025-02-20") == {}  # soundly quashed, and not restored yet


def test_a_forged_void_marks_what_it_took_away(door: Door) -> None:
    door.say("financing.changed", PROGRAMME, None, act=REVISION, corrects=door.town.ids["revised"], by=STOLEN)
    revoke(door)
    assert doubted(door) == {LINE_CELL: "suspect", NEW_CELL: "suspect"}
    rows, total = budget(door)
    assert rows[NEW_CELL]["doubtful"] == {"amended": "suspect", "unfunded": "suspect", "variance": "suspect"}
    assert total["doubtful"]["amended"] == "suspect"


def test_a_forged_correction_marks_the_cell_that_it_no_longer_writes(door: Door) -> None:
    less = lines(line("500.00"))
    door.say(
        "financing.changed", PROGRAMME, less, act=REVISION, effective="2025-02-01",
        corrects=door.town.ids["revised"], by=STOLEN,
    )  # fmt: skip
    revoke(door)
    assert doubted(door)[NEW_CELL] == "suspect"
    honest = lines(line("500.00"), line("80.00", measure="1.2", year=2027))
    door.say(
        "financing.changed", PROGRAMME, honest, act=REVISION, effective="2025-02-01",
        corrects=door.town.ids["revised"],
    )  # fmt: skip
    assert doubted(door) == {}


def test_a_forged_correction_of_the_adoption_marks_the_original_that_it_drops(door: Door) -> None:
    town = door.town
    slots = town.programme().timeline.slots.values()
    (adoption,) = (slot.id for slot in slots if slot.kind == "programme.adopted")
    less = PROGRAMME_DATA | {"financing": PROGRAMME_DATA["financing"][:1]}
    how = {"effective": ADOPTED_FROM, "corrects": adoption, "acknowledges": ["later-decisions"]}
    door.say("programme.adopted", PROGRAMME, less, by=STOLEN, **how)
    revoke(door)
    rows, total = budget(door)
    dropped = rows["/financing/1.2/2025/local"]
    assert (dropped["original"], dropped["doubtful"]["original"]) == (None, "suspect")
    assert rows[LINE_CELL]["doubtful"]["original"] == total["doubtful"]["original"] == "suspect"


def test_a_forged_void_of_a_report_marks_the_indicator(door: Door) -> None:
    door.say("actual.reported", PROGRAMME, None, corrects=door.town.ids["reported"], by=STOLEN)
    revoke(door)
    rows = door.json(f"{BASE}/indicators?as_of={YEAR}")["items"]
    row = next(row for row in rows if (row["indicator"], row["year"]) == ("i-1", 2025))
    assert row["actual"] is None
    assert {"actual", "latest", "achievement"} <= {*row["doubtful"]}


def test_a_forged_suspension_of_the_adopting_act_marks_the_whole_programme(door: Door) -> None:
    suspended = {
        "act": ACT,
        "status": "suspended",
        "date": "2025-09-01",
        "start": "2025-06-01",
        "by": "court",
    }
    door.say("act.status_changed", COUNCIL_STREAM, suspended, by=STOLEN)
    revoke(door)
    words = doubted(door)
    assert words["/title"] == words["/indicators/i-1/name"] == "suspect"
    (programme,) = door.json(f"/v1/programmes?as_of={YEAR}")["items"]
    assert (programme["title"], programme["doubt"]) == (None, "suspect")
    rows = door.json(f"{BASE}/indicators?as_of={YEAR}")["items"]
    assert {row["indicator"] for row in rows} >= {"i-1"}
    assert all(row["doubt"] == "suspect" for row in rows)
