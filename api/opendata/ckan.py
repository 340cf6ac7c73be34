"""What a CKAN portal takes: payloads of package_create, and package_list, _show and _search to harvest.

Source: CKAN's Action API, version 3; its harvester asks package_search by metadata_modified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from api.opendata.datasets import Dataset, File, datasets
from api.opendata.making import Manifest
from api.opendata.packages import LICENCES, version_of

LICENCE_IDS: Final = {"CC-BY-4.0": "cc-by-4.0", "CC0-1.0": "cc-zero"}
ROWS_MAX: Final = 1000
SORTS: Final = ("id asc", "name asc", "metadata_modified asc", "metadata_modified desc")
_SINCE: Final = re.compile(
    r"\+?\s*metadata_modified:\[(\*|[0-9T:.Z-]{10,32}) TO (\*|NOW|[0-9T:.Z-]{10,32})\]"
)
Node = dict[str, Any]


def payload(one: Dataset, manifest: Manifest, base: str) -> Node:
    """The body of package_create; owner_org is the portal's own to add."""
    return {
        "name": one.name,
        "title": one.uk,
        "notes": f"{one.about_uk}\n\n{one.about_en}",
        "author": "; ".join(body["name"] for body in one.publishers) or manifest["origin"],
        "license_id": LICENCE_IDS[manifest["licence"]],
        "url": base + one.page,
        "version": version_of(manifest),
        "state": "active",
        "type": "dataset",
        "private": False,
        "tags": [{"name": name} for name in ("цільові програми", "бюджет", "індикатори")],
        "extras": _extras(one, manifest, base),
        "resources": [_resource(file, one, base) for file in one.files],
    }


def _extras(one: Dataset, manifest: Manifest, base: str) -> list[Node]:
    said: dict[str, str | None] = {
        "as_of": manifest["as_of"],
        "position": str(manifest["position"]),
        "datapackage": base + one.package,
        "publisher_edrpou": "; ".join(body["edrpou"] for body in one.publishers if body["edrpou"]) or None,
        "term_from": one.years[0],
        "term_to": one.years[1],
    }
    return [{"key": name, "value": value} for name, value in said.items() if value is not None]


def _resource(file: File, one: Dataset, base: str) -> Node:
    return {
        "name": file.name,
        "description": f"{file.uk} / {file.en}",
        "url": base + file.path,
        "format": "CSV",
        "mimetype": "text/csv",
        "size": file.said["bytes"],
        "hash": file.said["sha256"],
        "last_modified": _naive(one.modified),
    }


def shown(one: Dataset, manifest: Manifest, base: str) -> Node:
    """A data set as package_show answers it."""
    found = payload(one, manifest, base)
    resources = [
        {
            **resource,
            "id": str(uuid5(UUID(one.uuid), resource["name"])),
            "package_id": one.uuid,
            "position": place,
            "state": "active",
            "created": _naive(one.issued or one.modified),
        }
        for place, resource in enumerate(found["resources"])
    ]
    return {
        **found,
        "id": one.uuid,
        "metadata_created": _naive(one.issued or one.modified),
        "metadata_modified": _naive(one.modified),
        "num_resources": len(resources),
        "num_tags": len(found["tags"]),
        "isopen": True,
        "license_title": LICENCES[manifest["licence"]]["title"],
        "license_url": LICENCES[manifest["licence"]]["path"],
        "tags": [{**tag, "display_name": tag["name"], "state": "active"} for tag in found["tags"]],
        "resources": resources,
        "organization": None,
        "groups": [],
    }


def _naive(instant: str) -> str:
    """CKAN writes UTC without a zone."""
    return instant.removesuffix("Z")


def parse_since(filtered: str) -> tuple[str, str] | None:
    """(from, to) of `metadata_modified:[A TO B]`, "" for open; None if it is another filter."""
    if filtered.strip() in ("", "*:*"):
        return "", ""
    found = _SINCE.fullmatch(filtered.strip())
    if found is None:
        return None
    try:
        first, last = ("" if end in ("*", "NOW") else _moment(end) for end in found.groups())
    except ValueError:  # it would silently find nothing
        return None
    return first, last


def _moment(end: str) -> str:
    """As the moments that it is compared with are written. Raises ValueError."""
    moment = datetime.fromisoformat(_naive(end))
    if moment.tzinfo is not None:
        raise ValueError("CKAN's moments are UTC, with Z or without a zone")
    return moment.isoformat(timespec="microseconds")


def search(
    manifest: Manifest,
    base: str,
    *,
    words: str = "",
    within: tuple[str, str] = ("", ""),
    sort: str = "id asc",
    start: int = 0,
    rows: int = 10,
) -> Node:
    """Data sets whose title or name has all the words, changed within an interval (both ends inclusive)."""
    found = [one for one in datasets(manifest) if _fits(one, words, within)]
    by, _, order = sort.partition(" ")
    found.sort(key=lambda one: _sort_key(one)[by], reverse=order == "desc")
    page = found[start : start + min(rows, ROWS_MAX)]
    return {
        "count": len(found),
        "sort": sort,
        "facets": {},
        "search_facets": {},
        "results": [shown(one, manifest, base) for one in page],
    }


def _sort_key(one: Dataset) -> Mapping[str, str]:
    return {"id": one.uuid, "name": one.name, "metadata_modified": one.modified}


def _fits(one: Dataset, words: str, within: tuple[str, str]) -> bool:
    first, last = within
    modified = _naive(one.modified)
    if (first and modified < first) or (last and modified > last):
        return False
    text = f"{one.name} {one.uk} {one.en}".casefold()
    return words.strip() in ("", "*:*", "*") or all(word in text for word in words.casefold().split())
