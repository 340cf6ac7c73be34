"""The doubt that stands beside an event, and beside what it wrote, in every output that shows it."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.api.stories.story import Story, address
from tests.support.town import PROGRAMME_ID, Payload

Marks = dict[str, str | None]  # output → the word that stands there


def of_entry(story: Story, name: str) -> Marks:
    """Beside the event itself, as known now."""
    event = story.event(name)
    feed = story.json(f"/v1/events?after={event['index']}&limit=1")["items"]
    return {
        "event": event["doubt"],
        "feed": feed[0]["doubt"],
        "history": story.row(story.read("history")["items"], name)["doubt"],
        "history.csv": _csv(story, "history", "event", story.events[name])["doubt"] or None,
        "the newest of the causes": event["doubts"][-1]["doubt"] if event["doubts"] else None,
    }


def of_value(story: Story, name: str, cell: str, known: str | None = None) -> Marks:
    """Beside the value that the event has in a cell; known: as of a name's position, else now."""
    at = {} if known is None else {"known": story.known[known]}
    state = story.read("", path=cell, **at)["cells"][cell]
    blame = story.read("blame", path=cell, **at)
    assert state["event"] == story.events[name] == blame["value"]["event"]
    diff = {"from_as_of": "2024-01-01", "path": cell} | {f"to_{k}": v for k, v in at.items()}
    (change,) = story.read("diff", **diff)["changes"]
    row = _csv(story, "diff", "path", cell, **diff)
    return {
        "state": state["doubt"],
        "blame": blame["value"]["doubt"],
        "blame, its write": blame["items"][0]["doubt"],
        "diff": change["new"]["doubt"],
        "diff, its cause": change["causes"][0]["doubt"],
        "diff.csv": row["doubt"] or None,
        "diff.csv, new": row["new_doubt"] or None,
    }


def of_plan(story: Story, cell: str) -> Marks:
    """Beside a measure's plan of a year, and the total that it makes."""
    _, _, measure, year, _ = cell.split("/")
    asked = {"measure": measure, "year": year}
    answer = story.read("budget", **asked)
    (row,) = answer["items"]
    (total,) = answer["totals"]["by_measure"]
    return {
        "budget": row["doubt"],
        "budget, its column": row["doubtful"].get("amended"),
        "budget, total": total["doubtful"].get("amended"),
        "budget.csv": _csv(story, "budget", "measure", measure, **asked)["doubt"] or None,
    }


def of_report(story: Story, name: str) -> Marks:
    """Beside a report of an indicator, and the figure that it makes."""
    report = story.row(story.read("reports")["items"], name)
    (row,) = (one for one in story.read("indicators")["items"] if one["indicator"] == report["indicator"])
    assert row["report"] == report["report"]
    return {
        "reports": report["doubt"],
        "indicators": row["doubt"],
        "indicators, its column": row["doubtful"].get("latest"),
        "indicators.csv": _csv(story, "indicators", "indicator", report["indicator"])["doubt"] or None,
    }


def _csv(story: Story, part: str, column: str, value: str, **query: Any) -> dict[str, str]:
    """Of a table's CSV twin the one row that has this value in a column."""
    text = story.get(address(part, format="csv", **query)).text.removeprefix("\ufeff")
    (found,) = (row for row in csv.DictReader(io.StringIO(text)) if row[column] == value)
    return found


def waiting(story: Story, office: str) -> dict[str, Payload]:
    """What waits for an office to be re-affirmed, by what the story calls the events."""
    items = story.json(f"/v1/inbox?office={office}&task=reaffirm")["items"]
    mine = [one for one in items if one["programme"] == PROGRAMME_ID]
    return {story.names([one["about"]["event"]])[0]: one for one in mine}
