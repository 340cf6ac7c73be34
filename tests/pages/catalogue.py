"""Every page of the demo's ledger, by address: what is looked at, held against its twins, and pictured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import quote

from tests.support.demo import PROGRAMME

BASE = f"/programmes/{PROGRAMME}"

# Pages of one template that differ in data alone.
ALIKE = ("programme-", "question-", "event-", "history-")


class Asks(Protocol):
    """json(path): the answer of the JSON door."""

    def json(self, path: str) -> Any: ...


# Pages without data of the ledger: forms, and what explains them. They have no twins.
WITHOUT_DATA = (
    "verify",
    "help",
    "reference",
    "keys-here",
    "embed",
    "work-start",
    "search-start",
    "sign-open",
    "sign-upload",
    "work-files",
    "work-import",
)


def pages(door: Asks) -> Iterator[tuple[str, str]]:
    """(name, address) of one page of each kind, and of those that look different with other data."""
    yield "start", "/"
    yield from _programme()
    yield from _records(door)
    yield from _work(door)
    yield "verify", "/verify"
    yield "help", "/help"
    yield "opendata", "/opendata"
    yield "reference", "/api"


def one_of_each(found: dict[str, str]) -> dict[str, str]:
    """The first page of each template."""
    chosen: dict[str, tuple[str, str]] = {}
    for name, address in found.items():
        template = next((start for start in ALIKE if name.startswith(start)), name)
        chosen.setdefault(template, (name, address))
    return dict(chosen.values())


def _programme() -> Iterator[tuple[str, str]]:
    yield "programme", BASE
    yield "programme-then", f"{BASE}?as_of=2025-12-31"
    yield "programme-before", f"{BASE}?as_of=2025-01-01"
    yield "programme-by-source", f"{BASE}?by=source"
    yield "figure", f"{BASE}/figure?path=/financing/3.3.2/2025/local"
    yield "figure-none", f"{BASE}/figure?path=/financing/1.1.1/2026/local"
    yield "indicator", f"{BASE}/indicators/3.1.1"
    yield "indicators", f"{BASE}/indicators"
    yield "compare", f"{BASE}/compare?from_as_of=2025-02-20&to_as_of=2025-12-31"
    yield "since-session", f"{BASE}/since-session"
    yield "history", f"{BASE}/history"
    yield "history-money", f"{BASE}/history?measure=3.3.2"
    yield "money", f"{BASE}/money"
    yield "findings", f"{BASE}/findings"
    yield "calendar", f"{BASE}/calendar"
    yield "evaluation", f"{BASE}/evaluation?year=2025"
    yield "questions", f"{BASE}/questions"
    for number in range(1, 21):
        yield f"question-{number}", f"{BASE}/questions/{number}"
    yield "widget-budget", f"/widgets/{PROGRAMME}/budget"
    yield "widget-indicator", f"/widgets/{PROGRAMME}/indicators/3.1.1"
    yield "embed", f"/widgets?programme={PROGRAMME}"


def _records(door: Asks) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for row in door.json("/v1/events?limit=500")["items"]:
        seen[row["kind"]] = row["event"]
    for kind in sorted(seen):
        yield f"event-{kind}", f"/events/{seen[kind]}"
    yield "history-all", "/history"
    yield "history-office", "/history?office=council-secretary"
    for family in ("acts", "offices", "keys"):
        yield family, f"/{family}"
        (row,) = door.json(f"/v1/{family}?limit=1")["items"]
        yield family.removesuffix("s"), f"/{family}/{quote(row['id'], safe='')}"
    (row,) = door.json("/v1/persons?limit=1")["items"]
    yield "person", f"/persons/{quote(row['id'], safe='')}"
    yield "search-start", "/search"
    yield "search", "/search?q=" + quote("документообіг")
    yield "search-nothing", "/search?q=" + quote("такого немає")


def _work(door: Asks) -> Iterator[tuple[str, str]]:
    yield "work-start", "/work"
    yield "work", "/work?office=programme-head"
    yield "work-executor", "/work?office=responsible-executor"
    yield "keys-here", "/work/keys"
    yield "sign-open", "/work/sign"
    yield "sign-upload", "/work/submit"
    asked = f"programme={PROGRAMME}&office=responsible-executor"
    yield "work-import", f"/work/import?{asked}"
    row = next(one for one in door.json("/v1/events?limit=500")["items"] if one["files"])
    yield "work-files", f"/work/files?event={row['event']}"
