"""Shapes of open data: releases, packages, the catalogue, CKAN's answers, and the duty to publish."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.models.shape import EVENT, HASH, KNOWN, Doubt, KnownPoint, Shape, Words, example

_RELEASE = "0000000120-2026-11-23-064a8e632d104d65"
_FILE: dict[str, Any] = {"file": f"{HASH}.csv", "sha256": HASH, "bytes": 2711, "rows": 12}


def _open(**members: Any) -> ConfigDict:
    """A document of another standard: what it may have, that standard says."""
    return ConfigDict(extra="allow", json_schema_extra={"example": members})


class KeptFile(Shape):
    """A file of a release: /opendata/files/<file>. rows: without the header."""

    file: str
    sha256: str
    bytes: int
    rows: int


class ReleaseRow(Shape):
    """recorded_at: of the last entry that it shows; modified: when what it shows became so."""

    release: str
    as_of: str
    position: int
    recorded_at: str
    modified: str


class Releases(Shape):
    """Newest first."""

    model_config = example(
        items=[
            {
                "release": _RELEASE,
                "as_of": "2026-11-23",
                "position": 120,
                "recorded_at": "2026-11-23T02:12:27.226411Z",
                "modified": "2026-11-23T02:12:27.226411Z",
            }
        ],
        next=None,
    )
    items: list[ReleaseRow]
    next: str | None


class PublishingBody(Shape):
    id: str
    name: str
    edrpou: str | None


class ProgrammeTerm(Shape):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: str | None = Field(alias="from")
    to: str | None


class ProgrammeSection(Shape):
    """A programme's own files. concern: what they depend on."""

    title: str | None
    body: str
    term: ProgrammeTerm
    concern: str
    modified: str
    issued: str
    tables: dict[str, list[KeptFile]]


class Release(Shape):
    """A frozen state as files. last: hash of the entry before the position; unavailable: programmes left out.

    official: the tables of resolution No. 835 by dialect; lacking: what of them the record cannot say;
    signed: positions that signed publications name.
    """

    model_config = example(
        format="pledger-opendata/1",
        version=1,
        rules=8,
        release=_RELEASE,
        origin="town.example/pledger",
        genesis=HASH,
        as_of="2026-11-23",
        position=120,
        recorded_at="2026-11-23T02:12:27.226411Z",
        modified="2026-11-23T02:12:27.226411Z",
        last=HASH,
        licence="CC-BY-4.0",
        public_url=None,
        bodies=[{"id": "town-council", "name": "Міська рада", "edrpou": None}],
        tables={"budget": [_FILE]},
        official={"programs": {"official": _FILE, "2020": _FILE, "lutsk": _FILE}},
        lacking={"file": f"{HASH}.json", "sha256": HASH, "bytes": 2, "rows": 0},
        unavailable=[],
        signed=[112],
        programmes={},
    )
    format: Literal["pledger-opendata/1"]
    version: int
    rules: int
    release: str
    origin: str
    genesis: str
    as_of: str
    position: int
    recorded_at: str
    modified: str
    last: str
    licence: str
    public_url: str | None
    bodies: list[PublishingBody]
    tables: dict[str, list[KeptFile]]
    official: dict[str, dict[str, KeptFile]]
    lacking: KeptFile
    unavailable: list[str]
    signed: list[int]
    programmes: dict[str, ProgrammeSection]


class DataPackage(Shape):
    """Data Package v2 (`$schema`), or v1 (`profile`). Source: datapackage.org."""

    model_config = _open(
        **{
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "pledger",
            "resources": [{"name": "budget", "path": f"files/{HASH}.csv", "hash": f"sha256:{HASH}"}],
        }
    )
    name: str
    resources: list[dict[str, Any]]


class LackingField(Shape):
    """A field that stays empty, or holds our own id. column "": the whole row is left out."""

    table: Literal["programs", "amendments", "reports"]
    row: str
    column: str
    why: Words


class Lacks(Shape):
    model_config = example(
        items=[
            {
                "table": "programs",
                "row": "town-digital-2025",
                "column": "publisherId",
                "why": {"uk": "коду ЄДРПОУ в реєстрі немає", "en": "no registry code is on the record"},
            }
        ]
    )
    items: list[LackingField]


class TableMetadata(Shape):
    """Columns of a table of resolution No. 835, in our own words. Source: W3C CSVW."""

    model_config = _open(
        **{"@context": ["http://www.w3.org/ns/csvw", {"@language": "uk"}], "url": "programs.csv"}
    )
    url: str


class Catalogue(Shape):
    """DCAT-AP 3 as JSON-LD."""

    model_config = _open(**{"@type": "dcat:Catalog", "dcat:dataset": []})


class CkanPackages(Shape):
    """Payloads of package_create."""

    model_config = example(items=[{"name": "pledger-835", "resources": []}])
    items: list[dict[str, Any]]


class CkanAnswer(Shape):
    """An answer of CKAN's Action API, version 3."""

    model_config = example(help="", success=True, result=["pledger-tables", "pledger-835"])
    help: str
    success: Literal[True]
    result: Any


class DutyRow(Shape):
    """One data set of a programme, or none of it (dataset null, status never-published).

    published: the event, the day and the position of the newest publication on the record; changed: the first
    change that it does not show; due: the last day on which to publish that; policy: the event that sets the
    time, null where resolution No. 835 does.
    """

    programme: str
    dataset: str | None
    status: Literal["fresh", "due", "overdue", "never-published", "unavailable"]
    published: DutyPublished | None
    changed: DutyChange | None
    due: str | None
    policy: str | None


class DutyPublished(Shape):
    event: str
    index: int
    day: str
    position: int
    doubt: Doubt | None


class DutyChange(Shape):
    event: str
    index: int
    day: str


class Duty(Shape):
    """What a signed publication is owed for. A release of the server is none: nobody signed it."""

    model_config = example(
        items=[
            {
                "programme": "town-digital-2025",
                "dataset": "programs-835",
                "status": "due",
                "published": {
                    "event": EVENT,
                    "index": 112,
                    "day": "2026-11-20",
                    "position": 112,
                    "doubt": None,
                },
                "changed": {"event": EVENT, "index": 116, "day": "2026-11-23"},
                "due": "2026-11-26",
                "policy": None,
            }
        ],
        next=None,
        as_of="2026-11-23",
        known=KNOWN,
    )
    items: list[DutyRow]
    next: str | None
    as_of: str
    known: KnownPoint
