"""What a CKAN portal takes: payloads of package_create, and the reading half of its Action API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.context import public_address
from api.documented import QUESTION, problems
from api.models.opendata import CkanAnswer, CkanPackages
from api.opendata.ckan import ROWS_MAX, SORTS, parse_since, payload, search, shown
from api.opendata.datasets import dataset_of, datasets
from api.parameters import Whole, bad_parameter, missing_parameter
from api.routes.opendata_parts import ERRORS, Manifest, answered, latest_of, missing
from api.routes.router import new_router

router = new_router("opendata")
ACTION = "/opendata/ckan/api/3/action"

MaybeName = Annotated[
    str | None,
    Query(alias="id", max_length=100, description="A data set's name or id.", examples=["pledger-835"]),
]
MaybeWords = Annotated[
    str, Query(alias="q", max_length=200, description="Words of the title or name.", examples=["835"])
]
MaybeFilter = Annotated[
    str,
    Query(
        max_length=200,
        description="metadata_modified:[A TO B], each end an instant or *; or nothing.",
        examples=["metadata_modified:[2026-11-01T00:00:00Z TO *]"],
    ),
]
MaybeSort = Annotated[str, Query(max_length=40, description=f"One of: {', '.join(SORTS)}.")]
MaybeStart = Annotated[Whole, Query(ge=0, le=10**9, description="How many data sets to leave out.")]
MaybeRows = Annotated[Whole, Query(ge=0, le=ROWS_MAX, description="How many data sets at most.")]


def _told(request: Request, manifest: Manifest, name: str, result: Any) -> Response:
    help_address = f"{public_address(request)}/openapi.json#{name}"
    return answered(request, manifest, {"help": help_address, "success": True, "result": result})


@router.get(
    "/opendata/ckan/package.json",
    response_model=CkanPackages,
    summary="Payloads for CKAN's package_create",
    description="One for each data set of the newest release; owner_org is the portal's own to add.",
    responses=ERRORS,
)
def show_payloads(request: Request) -> Response:
    manifest, base = latest_of(request), public_address(request)
    return answered(
        request, manifest, {"items": [payload(one, manifest, base) for one in datasets(manifest)]}
    )


@router.get(
    f"{ACTION}/package_list",
    response_model=CkanAnswer,
    summary="CKAN: names of the data sets",
    description="As CKAN's Action API answers it, for a harvester.",
    responses=ERRORS,
)
def list_packages(request: Request) -> Response:
    manifest = latest_of(request)
    return _told(request, manifest, "package_list", [one.name for one in datasets(manifest)])


@router.get(
    f"{ACTION}/package_show",
    response_model=CkanAnswer,
    summary="CKAN: one data set",
    description="As CKAN's Action API answers it. Errors are problem documents, as everywhere here.",
    responses=problems(*QUESTION, "missing-parameter", "no-ledger-yet", "behind", "no-such-open-data"),
)
def show_ckan_package(request: Request, name: MaybeName = None) -> Response:
    if name is None:
        raise missing_parameter("id", "dataset")
    manifest = latest_of(request)
    found = dataset_of(manifest, name)
    if found is None:
        raise missing(name, "/query/id")
    return _told(request, manifest, "package_show", shown(found, manifest, public_address(request)))


@router.get(
    f"{ACTION}/package_search",
    response_model=CkanAnswer,
    summary="CKAN: data sets by words, and by when they changed",
    description="As CKAN's Action API answers it; of its filters only metadata_modified is known.",
    responses=ERRORS,
)
def search_packages(
    request: Request,
    words: MaybeWords = "",
    fq: MaybeFilter = "",
    sort: MaybeSort = "id asc",
    start: MaybeStart = 0,
    rows: MaybeRows = 10,
) -> Response:
    within = parse_since(fq)
    if within is None:
        raise bad_parameter("fq", fq, "fq")
    if sort not in SORTS:
        raise bad_parameter("sort", sort, "sort")
    manifest = latest_of(request)
    base = public_address(request)
    found = search(manifest, base, words=words, within=within, sort=sort, start=start, rows=rows)
    return _told(request, manifest, "package_search", found)
