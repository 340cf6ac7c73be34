"""Open data: releases, their files, data packages, the tables of resolution No. 835, and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import orjson
from fastapi import Path, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from api import csv_table
from api.context import public_address
from api.documented import QUESTION, Responses, problems
from api.models.opendata import (
    Catalogue,
    DataPackage,
    Lacks,
    Release,
    Releases,
    TableMetadata,
)
from api.opendata.dcat import MEDIA_TYPE as JSON_LD
from api.opendata.dcat import catalogue
from api.opendata.metadata import metadata
from api.opendata.official import Dialect, OfficialName, header
from api.opendata.packages import Profile, package, programme_package
from api.opendata.tables import ALL
from api.responses import JSON_TYPE, answer_headers, is_unchanged, json_answer
from api.routes import opendata_ckan, opendata_duty
from api.routes.opendata_parts import ERRORS, MISSING, answered, latest_of, missing, publisher_of
from api.routes.router import new_router

router = new_router("opendata")
FOREVER: Final = "public, max-age=31536000, immutable"
TYPES: Final = {"csv": csv_table.MEDIA_TYPE, "json": JSON_TYPE}
_HEADER_ROW: Final = ",".join(header("programs", "official")) + "\r\n"
_FILE: Final = r"^[0-9a-f]{64}\.(csv|json)$"

MaybeProfile = Annotated[Profile, Query(description="Version of the Data Package standard: 2 or 1.")]
MaybeDialect = Annotated[
    Dialect,
    Query(description="Column names: official, or those of a dialect that is met (docs/opendata.md)."),
]
FileName = Annotated[
    str,
    Path(pattern=_FILE, description="A file's name: its SHA-256 and ending.", examples=["ab" * 32 + ".csv"]),
]
ReleaseName = Annotated[
    str, Path(description="A release's name.", examples=["0000000120-2026-11-23-064a8e632d104d65"])
]
ProgrammeName = Annotated[str, Path(description="A programme's id.", examples=["town-digital-2025"])]
TableName = Annotated[str, Path(description="A table's name, `events-2` for a part.", examples=["budget"])]
OfficialTable = Annotated[OfficialName, Path(description="A table of resolution No. 835.")]


def _csv(errors: Responses) -> Responses:
    told = {"text/csv": {"schema": {"type": "string"}, "example": _HEADER_ROW}}
    return {200: {"description": "The table.", "content": told}, **errors}


class CsvAnswer(Response):
    """For the OpenAPI document: of which type the answer is."""

    media_type = "text/csv"


class JsonLdAnswer(JSONResponse):
    """For the OpenAPI document: of which type the answer is."""

    media_type = JSON_LD


@router.get(
    "/opendata/datapackage.json",
    response_model=DataPackage,
    summary="The data package of the whole ledger",
    description="All tables of the newest release, each with its schema, hash and size; Data Package v2, or "
    "v1 on request. The release is as of today and of all entries; at most one is made in some minutes.",
    responses=ERRORS,
)
def show_package(request: Request, profile: MaybeProfile = "2") -> Response:
    manifest = latest_of(request)
    return answered(request, manifest, package(manifest, profile))


@router.get(
    "/opendata/programmes/{programme}/datapackage.json",
    response_model=DataPackage,
    summary="The data package of one programme",
    description="The programme's own tables of the newest release.",
    responses=MISSING,
)
def show_programme_package(
    request: Request, programme: ProgrammeName, profile: MaybeProfile = "2"
) -> Response:
    manifest = latest_of(request)
    if programme not in manifest["programmes"]:
        raise missing(programme, "/path/programme")
    return answered(request, manifest, programme_package(manifest, programme, profile))


@router.get(
    "/opendata/files/{name}",
    summary="A file of a release",
    description="The bytes whose SHA-256 is the name: they never change.",
    response_class=CsvAnswer,
    responses=_csv(problems(*QUESTION, "no-such-open-data")),
)
def show_file(request: Request, name: FileName) -> Response:
    return _file(request, name)


@router.get(
    "/opendata/programmes/{programme}/files/{name}",
    summary="A file of a programme's package",
    description="The same as /opendata/files/{name}: a package's paths lead below its own address.",
    response_class=CsvAnswer,
    responses=_csv(problems(*QUESTION, "no-such-open-data")),
)
def show_programme_file(request: Request, programme: ProgrammeName, name: FileName) -> Response:
    return _file(request, name)


def _file(request: Request, name: str) -> Response:
    etag = f'"{name}"'
    headers = {"Cache-Control": FOREVER, "ETag": etag}
    path = publisher_of(request).shelf.file(name)
    if path is None:
        raise missing(name, "/path/name")
    if is_unchanged(request, etag):
        return Response(None, 304, headers)
    return FileResponse(path, 200, headers, TYPES[name.rpartition(".")[2]])


@router.get(
    "/opendata/latest/{table}.csv",
    summary="The newest file of a table",
    description="Leads to the immutable file of the newest release. A table in parts has its parts' names: "
    f"events-1, events-2. Tables: {', '.join(ALL)}.",
    response_class=CsvAnswer,
    responses={307: {"description": "The file's address is in Location."}, **_csv(MISSING)},
)
def show_latest(request: Request, table: TableName) -> Response:
    manifest = latest_of(request)
    found = part_of(manifest["tables"], table)
    if found is None:
        raise missing(table, "/path/table")
    headers = answer_headers(position=manifest["position"])
    return Response(None, 307, {**headers, "Location": f"/opendata/files/{found['file']}"})


def part_of(tables: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """A table's file, or the file of a part: `events` is `events-1` while there is no other."""
    table, _, number = name.partition("-")
    parts = tables.get(table, [])
    place = int(number) if number.isdecimal() and len(number) < 10 else 1 if not number else 0
    if not 1 <= place <= len(parts) or (not number and len(parts) > 1):
        return None
    found: Mapping[str, Any] = parts[place - 1]
    return found


@router.get(
    "/opendata/835/{table}.csv",
    summary="A table of resolution No. 835",
    description="«Перелік цільових місцевих програм»: the official columns in the official order, of the "
    "newest "
    "release. What the record lacks is empty, and listed at /opendata/835/lacking.json.",
    response_class=CsvAnswer,
    responses=_csv(ERRORS),
)
def show_official(request: Request, table: OfficialTable, dialect: MaybeDialect = "official") -> Response:
    manifest = latest_of(request)
    name = manifest["official"][table][dialect]["file"]
    headers = answer_headers(position=manifest["position"], etag=f'"{name}"')
    path = publisher_of(request).shelf.file(name)
    if path is None:
        raise missing(name, "/path/table")
    if is_unchanged(request, f'"{name}"'):
        return Response(None, 304, headers)
    return FileResponse(path, 200, headers, csv_table.MEDIA_TYPE)


@router.get(
    "/opendata/835/{table}.csv-metadata.json",
    response_model=TableMetadata,
    summary="The columns of a table of resolution No. 835",
    description="CSV on the Web: the official names with our own words for them.",
    responses=problems(*QUESTION),
)
def show_official_columns(table: OfficialTable) -> Response:
    return json_answer(metadata(table))


@router.get(
    "/opendata/835/lacking.json",
    response_model=Lacks,
    summary="What the tables of resolution No. 835 lack",
    description="Every field that the record cannot fill, and every id that is our own, with the reason.",
    responses=ERRORS,
)
def show_lacking(request: Request) -> Response:
    manifest = latest_of(request)
    path = publisher_of(request).shelf.file(manifest["lacking"]["file"])
    if path is None:
        raise missing(manifest["lacking"]["file"], "")
    return answered(request, manifest, orjson.loads(path.read_bytes()))


@router.get(
    "/opendata/releases",
    response_model=Releases,
    summary="The releases that are kept",
    description="Newest first: which day and position each shows.",
    responses=problems(*QUESTION),
)
def list_releases(request: Request) -> Response:
    names = ("release", "as_of", "position", "recorded_at", "modified")
    rows = [{name: one[name] for name in names} for one in publisher_of(request).releases()]
    return json_answer({"items": rows, "next": None})


@router.get(
    "/opendata/releases/{release}",
    response_model=Release,
    summary="One release",
    description="Its manifest: every file with its hash, by table and by programme. `latest` is the newest.",
    responses=MISSING,
)
def show_release(request: Request, release: ReleaseName) -> Response:
    is_latest = release == "latest"
    manifest = latest_of(request) if is_latest else publisher_of(request).shelf.manifest(release)
    if manifest is None:
        raise missing(release, "/path/release")
    return answered(request, manifest, manifest)


@router.get(
    "/opendata/catalog.jsonld",
    response_model=Catalogue,
    response_class=JsonLdAnswer,
    summary="The catalogue of data sets",
    description="DCAT-AP 3 as JSON-LD: data sets, distributions with hashes and sizes, and the API as a "
    "service.",
    responses=ERRORS,
)
def show_catalogue(request: Request) -> Response:
    manifest = latest_of(request)
    return answered(request, manifest, catalogue(manifest, public_address(request)), media_type=JSON_LD)


# What CKAN harvests, and the duty to publish.
router.routes.extend([*opendata_ckan.router.routes, *opendata_duty.router.routes])
