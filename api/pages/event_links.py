"""What an event has to do with others: what it corrects, answers, carries out, and what came after it."""

from __future__ import annotations

from typing import Any

from api.pages.page import Page

Row = dict[str, Any]
Related = tuple[str, Row]  # the name of the words `rel-…`, and {event, index, title}
ROWS_MAX = 40


async def read_related(page: Page, shown: Row, payload: Row) -> list[Related]:
    """Backwards first, then what became of it. Each row: event, index, title in both languages or None."""
    found: list[Related] = []
    for name, event in _named(payload):
        row = await page.ask_maybe(f"/v1/events/{event}") if isinstance(event, str) else None
        if row is not None:
            found.append((name, _short(row)))
    found += [("corrected-by", {**one, "title": None}) for one in shown["corrections"]]
    found += await _answers(page, shown)
    found += await _voices(page, shown)
    return found[:ROWS_MAX]


def _named(payload: Row) -> list[tuple[str, Any]]:
    """Events that the signed text names."""
    relations, data = payload.get("relations") or {}, payload.get("data") or {}
    named = [
        ("corrects", (relations.get("corrects") or {}).get("event")),
        ("enacts", (relations.get("enacts") or {}).get("proposal")),
    ]
    if isinstance(data, dict):
        named += [(name, data.get(name)) for name in ("proposal", "report", "observation")]
        about = data.get("about")
        named.append(("about", about.get("event") if isinstance(about, dict) else None))
        entries = data.get("entries")
        if isinstance(entries, list):
            named += [("entries", one.get("event")) for one in entries[:10] if isinstance(one, dict)]
    return [(name, event) for name, event in named if event]


def _short(row: Row) -> Row:
    return {"event": row["event"], "index": row["index"], "title": row["title"], "doubt": row["doubt"]}


async def _answers(page: Page, shown: Row) -> list[Related]:
    if shown["kind"] != "observation.made":
        return []
    found = await page.ask_maybe(f"/v1/observations/{shown['slot']}")
    return [("answered-by", {**one, "title": None}) for one in found["item"]["answers"]] if found else []


async def _voices(page: Page, shown: Row) -> list[Related]:
    """Who endorsed or refused what is proposed here, and what carried it out."""
    if shown["kind"] != "change.proposed":
        return []
    found = await page.ask_maybe(f"/v1/proposals/{shown['slot']}")
    if found is None:
        return []
    item = found["item"]
    named = [("endorsed-by" if one["endorses"] else "refused-by", one) for one in item["voices"]]
    rows = [(name, {**one, "title": None, "doubt": one.get("doubt")}) for name, one in named]
    if item["closed_by"]:
        closed = await page.ask_maybe(f"/v1/events/{item['closed_by']}")
        if closed is not None:
            rows.append(("closed-by", _short(closed)))
    return rows
