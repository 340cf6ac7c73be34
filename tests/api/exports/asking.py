"""An export read back, and the same rows as the lists of the API give them, page by page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi.testclient import TestClient

Row = dict[str, Any]


class Exports:
    """A client of a door, as somebody uses it who wants tables."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._kept: dict[str, list[Row]] = {}

    def answer(self, table: str, /, **query: object) -> Any:
        answer = self.client.get(f"/v1/exports/{table}?{urlencode(query)}")
        assert answer.status_code == 200, answer.text
        return answer

    def rows(self, table: str, /, **query: object) -> list[Row]:
        """As JSON Lines; asked once, for nothing is written meanwhile."""
        asked = f"{table}?{urlencode(query)}"
        if asked not in self._kept:
            body = self.answer(table, **query).content
            assert body == b"" or body.endswith(b"\n")
            self._kept[asked] = [orjson.loads(line) for line in body.split(b"\n")[:-1]]
        return self._kept[asked]

    def records(self, table: str, /, **query: object) -> list[dict[str, str]]:
        """As CSV."""
        text = self.answer(table, format="csv", **query).text
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def items(self, path: str, /, **query: object) -> Iterator[Row]:
        """All items of a list, following its pages."""
        url: str | None = f"{path}?{urlencode(query)}"
        while url is not None:
            answer = self.client.get(url)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            yield from page["items"]
            url = page.get("next")

    def programmes(self, point: Row, programme: str | None, body: str | None) -> list[str]:
        """The ids of those that a selection names, as the list of programmes has them."""
        wanted = {"body": body} if body is not None else {}
        names = [row["id"] for row in self.items("/v1/programmes", **point, **wanted)]
        return [name for name in names if programme in (None, name)]

    def listed(self, table: str, point: Row, **query: object) -> list[Row]:
        """What the lists say: the rows that the export must have. point: as_of, known."""
        return list(getattr(self, f"_listed_{table}")(point, dict(query)))

    def _each(self, point: Row, query: Row) -> Iterator[tuple[str, str]]:
        for name in self.programmes(point, query.pop("programme", None), query.pop("body", None)):
            yield name, f"/v1/programmes/{name}"

    def _listed_budget(self, point: Row, query: Row) -> Iterator[Row]:
        for name, base in self._each(point, query):
            for row in self.items(f"{base}/budget", **point, **query):
                yield {"programme": name, **row}

    def _listed_indicators(self, point: Row, query: Row) -> Iterator[Row]:
        for name, base in self._each(point, query):
            for row in self.items(f"{base}/indicators", **point, **query):
                yield {"programme": name, **row}

    def _listed_cells(self, point: Row, query: Row) -> Iterator[Row]:
        """As the state has them: a tree of values, and what set each."""
        for name, base in self._each(point, query):
            state = self.client.get(f"{base}?{urlencode({**point, **query})}").json()
            for path, origin in state["cells"].items():
                value: Any = state["state"]
                for part in path.split("/")[1:]:
                    value = value[part]
                yield {"programme": name, "path": path, "value": value, **origin}

    def _listed_acts(self, point: Row, query: Row) -> Iterator[Row]:
        known = {"known": point["known"]} if "known" in point else {}
        return self.items("/v1/acts", **known, **query)

    def _listed_events(self, point: Row, query: Row) -> Iterator[Row]:
        """By the feed, the history of the log, or a programme's: whichever has the filters. The feed alone
        has no position: what it says of doubt is of now."""
        known = {"known": point["known"]} if "known" in point else {}
        programme = query.pop("programme", None)
        if programme is not None:
            yield from self._oldest_first(f"/v1/programmes/{programme}/history", known | query)
        elif query.keys() & {"office", "act"} or (known and "subject" not in query):
            yield from self._oldest_first("/v1/history", known | query)
        else:
            end = int(known.get("known", 1 << 40))
            rows = self.items("/v1/events", limit=500, **query)
            yield from (row for row in rows if row["index"] < end)

    def _oldest_first(self, path: str, query: Row) -> list[Row]:
        return list(self.items(path, limit=500, **query))[::-1]
