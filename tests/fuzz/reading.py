"""Every answer that a ledger's server can give about what it holds: none may be a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.clock import Clock

RECORDS = ("acts", "bodies", "proposals", "policies", "observations")
OPEN_DATA = (
    "/opendata",
    "/opendata/datapackage.json",
    "/opendata/835/programs.csv",
    "/opendata/catalog.jsonld",
    "/opendata/ckan/package.json",
    "/v1/opendata/duty",
)
EXPORTS = ("events", "cells", "budget", "indicators", "acts")
LISTS = ("offices", "persons", "mandates", "keys", "events", "history", "programmes", *RECORDS)
MONEY = ("/money", "/money?by=source-tree", "/moves?from_as_of=2025-01-01", "/reconciliation?year=2025")
DIFF = "/diff?from_as_of=2025-01-01"
LOOKED = ("/findings", "/findings?status=resolved", "/obligations", "/evaluation?year=2025", "/questions")
VIEWS = (
    "",
    "/budget",
    "/indicators",
    "/indicators?limit=1",
    "/tree",
    "/history",
    "/reports",
    "/timeline",
    DIFF,
    "/bundle",
    *MONEY,
    *LOOKED,
)


def read_everything(folder: Path, clock: Clock) -> int:
    """Ask a server over a ledger's folder for all that it lists; how many questions there were."""
    with TestClient(create_app(Settings(data=folder), clock=clock), raise_server_exceptions=False) as client:
        context = client.app.state.context  # type: ignore[attr-defined] # the test client hides the type
        context.wait_for(context.position)
        asked = 0
        for path in _paths(client):
            answer = client.get(path)
            assert answer.status_code < 500, (path, answer.text)
            asked += 1
        return asked


def _items(client: TestClient, path: str) -> list[dict[str, str]]:
    items: list[dict[str, str]] = client.get(path).json()["items"]
    return items


def _paths(client: TestClient) -> Iterator[str]:
    yield from (f"/v1/{name}" for name in LISTS)
    yield from OPEN_DATA
    yield from (f"/v1/exports/{name}?format={form}" for name in EXPORTS for form in ("csv", "parquet"))
    yield from (
        "/",
        "/v1",
        "/readyz",
        "/v1/checkpoint",
        "/v1/feed/acts",
        "/v1/feed/cells?limit=500",
        "/log/checkpoint",
        "/v1/search?q=%D0%B7%D0%B0%D1%85%D1%96%D0%B4",
    )
    for programme in _items(client, "/v1/programmes"):
        base = f"/v1/programmes/{quote(programme['id'])}"
        yield from (base + view for view in VIEWS)
        yield from _of_cells(client, base)
    for name in RECORDS:
        yield from (f"/v1/{name}/{quote(one['id'])}" for one in _items(client, f"/v1/{name}"))
    yield from (f"/v1/inbox?office={quote(one['id'])}" for one in _items(client, "/v1/offices"))
    for event in _items(client, "/v1/events?limit=100"):
        yield from (f"/v1/events/{event['event']}{more}" for more in ("", "/receipt", "/checks", "/writes"))


def _of_cells(client: TestClient, base: str) -> Iterator[str]:
    """Who is to blame for the first cells, and the state on days far from today."""
    for path in [*client.get(base).json()["cells"]][:3]:
        yield f"{base}/blame?path={quote(path, safe='')}"
    yield from (f"{base}?as_of={day}" for day in ("0001-01-01", "9999-12-31", "2025-02-28"))
