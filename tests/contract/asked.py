"""What a portal asks a ledger: by a name of the question, its address and the status of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from tests.support.demo import PROGRAMME

BASE = f"/v1/programmes/{PROGRAMME}"
DAY = "as_of=2026-02-01"
CELL = "/financing/3.3.2/2025/local"
_KIND = re.compile(r"\{event:([a-z_.]+)\}")


@dataclass(frozen=True, slots=True)
class Asked:
    """status: what the answer must have. method, body: of a question that needs one."""

    url: str
    status: int = 200
    method: str = "GET"
    body: Any = None


# {event:kind} stands for the first event of the kind, {id:/v1/…} for the first item of the list there.
ASKED: dict[str, Asked] = {
    "service": Asked("/v1"),
    "health": Asked("/healthz"),
    "readiness": Asked("/readyz"),
    "search": Asked("/v1/search?q=%D0%BF%D1%80%D0%BE%D0%B3%D1%80%D0%B0%D0%BC%D0%B0&limit=5"),
    "events": Asked("/v1/events?limit=20"),
    "event": Asked("/v1/events/{event:financing.changed}"),
    "event-registered": Asked("/v1/events/{event:act.registered}"),
    "receipt": Asked("/v1/events/{event:financing.changed}/receipt"),
    "checks": Asked("/v1/events/{event:financing.changed}/checks"),
    "writes": Asked("/v1/events/{event:financing.changed}/writes"),
    "log-history": Asked("/v1/history?limit=20"),
    "programmes": Asked(f"/v1/programmes?{DAY}"),
    "state": Asked(f"{BASE}?{DAY}"),
    "budget": Asked(f"{BASE}/budget?{DAY}"),
    "indicators": Asked(f"{BASE}/indicators?{DAY}"),
    "tree": Asked(f"{BASE}/tree?{DAY}"),
    "history": Asked(f"{BASE}/history?limit=50"),
    "diff": Asked(f"{BASE}/diff?from_as_of=2025-02-20&to_as_of=2025-12-31"),
    "blame": Asked(f"{BASE}/blame?path={CELL}&{DAY}"),
    "timeline": Asked(f"{BASE}/timeline?{DAY}"),
    "money": Asked(f"{BASE}/money?by=source-tree&{DAY}"),
    "moves": Asked(f"{BASE}/moves?from_as_of=2025-02-20&to_as_of=2025-12-31"),
    "reconciliation": Asked(f"{BASE}/reconciliation?year=2025&{DAY}"),
    "reports": Asked(f"{BASE}/reports?{DAY}"),
    "findings": Asked(f"{BASE}/findings?{DAY}"),
    "questions": Asked(f"{BASE}/questions?{DAY}"),
    "question-6": Asked(f"{BASE}/questions/6?{DAY}"),
    "question-17": Asked(f"{BASE}/questions/17?year=2025&{DAY}"),
    "obligations": Asked(f"{BASE}/obligations?{DAY}"),
    "evaluation": Asked(f"{BASE}/evaluation?year=2025&{DAY}"),
    "acts": Asked("/v1/acts"),
    "act": Asked("/v1/acts/{id:/v1/acts}"),
    "bodies": Asked("/v1/bodies"),
    "body": Asked("/v1/bodies/{id:/v1/bodies}"),
    "registrars": Asked("/v1/registrars"),
    "offices": Asked("/v1/offices"),
    "persons": Asked("/v1/persons"),
    "mandates": Asked("/v1/mandates"),
    "keys": Asked("/v1/keys"),
    "proposals": Asked(f"/v1/proposals?{DAY}"),
    "proposal": Asked("/v1/proposals/{id:/v1/proposals}"),
    "policies": Asked(f"/v1/policies?programme={PROGRAMME}&{DAY}"),
    "observations": Asked("/v1/observations"),
    "observation": Asked("/v1/observations/{id:/v1/observations}"),
    "inbox-office": Asked(f"/v1/inbox?office=programme-head&{DAY}"),
    "inbox-person": Asked(f"/v1/inbox?person=demo-head&{DAY}"),
    "schemas": Asked("/v1/schemas"),
    "schema": Asked("/v1/schemas/financing.changed"),
    "inclusion": Asked("/v1/proofs/inclusion?index=3"),
    "consistency": Asked("/v1/proofs/consistency?from=3"),
    "feed": Asked("/v1/events?after=110&wait=1"),
    "feed-acts": Asked("/v1/feed/acts?limit=5"),
    "feed-cells": Asked(f"/v1/feed/cells?{DAY}&limit=100"),
    "feed-cells-since": Asked(f"/v1/feed/cells?after=50&from_as_of=2025-12-31&{DAY}&limit=100"),
    "exports": Asked("/v1/exports"),
    "duty": Asked("/v1/opendata/duty"),
    "package": Asked("/opendata/datapackage.json"),
    "package-1": Asked("/opendata/datapackage.json?profile=1"),
    "package-of-programme": Asked(f"/opendata/programmes/{PROGRAMME}/datapackage.json"),
    "official-columns": Asked("/opendata/835/programs.csv-metadata.json"),
    "lacking": Asked("/opendata/835/lacking.json"),
    "releases": Asked("/opendata/releases"),
    "catalogue": Asked("/opendata/catalog.jsonld"),
    "ckan-payload": Asked("/opendata/ckan/package.json"),
    "ckan-list": Asked("/opendata/ckan/api/3/action/package_list"),
    "ckan-search": Asked("/opendata/ckan/api/3/action/package_search"),
    "drafts": Asked("/v1/drafts", method="POST", body={"payload": {"kind": "x"}}),
    "problem-parameter": Asked(f"{BASE}/budget?as_of=2025-02-30", 400),
    "problem-not-there": Asked("/v1/programmes/no-such/budget", 404),
    "problem-ahead": Asked(f"{BASE}?known=99999", 404),
    "problem-cursor-ahead": Asked("/v1/events?after=99999", 404),
}


class Getting(Protocol):
    """An HTTP client over the demo's ledger."""

    def get(self, url: str) -> Any: ...
    def request(self, method: str, url: str, *, json: Any = None) -> Any: ...


def ask(client: Getting, asked: Asked) -> Any:
    """The answer. Its status must be as told."""
    url = _filled(client, asked.url)
    answer = client.request(asked.method, url, json=asked.body) if asked.body else client.get(url)
    assert answer.status_code == asked.status, (asked.url, answer.text)
    return answer


def _filled(client: Getting, url: str) -> str:
    for found in [*_KIND.finditer(url)]:
        items = client.get(f"/v1/events?kind={found[1]}&limit=1").json()["items"]
        url = url.replace(found[0], items[0]["event"])
    path, mark, rest = url.partition("{id:")
    if mark:
        where, _, end = rest.partition("}")
        url = path + client.get(where).json()["items"][0]["id"] + end
    return url


def paths(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Each place of an answer, with the type of what stands there.

    Items of a list share a place, and so do members that are named by what they are about.
    """
    yield at, _TYPES[type(value)]
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{at}/{'*' if IDENTITY.search(name) else name}")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{at}[]")


IDENTITY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7|^/")
_TYPES = {
    dict: "object", list: "list", str: "text", int: "number", float: "number", bool: "boolean",
    type(None): "null",
}  # fmt: skip
