"""Data Packages over a release: v2, and v1 for who still reads that; of the ledger, and of one programme.

Source: datapackage.org, Data Package, Data Resource and Table Schema 2.0; specs.frictionlessdata.io for v1;
column types of the Fiscal Data Package 1.0rc1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from api.opendata.making import Manifest
from api.opendata.official import COLUMNS, OFFICIAL, TITLES
from api.opendata.point import VERSION
from api.opendata.table import Column, Table
from api.opendata.tables import ALL

Profile = Literal["1", "2"]
_V2: Final = "https://datapackage.org/profiles/2.0/"
LICENCES: Final = {
    "CC-BY-4.0": {
        "name": "CC-BY-4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
        "title": "Creative Commons Attribution 4.0",
    },
    "CC0-1.0": {
        "name": "CC0-1.0",
        "path": "https://creativecommons.org/publicdomain/zero/1.0/",
        "title": "CC0 1.0",
    },
}
_TITLE: Final = "Програми громади: бюджет, індикатори, заходи, акти, події"
_ABOUT: Final = (
    "Стан реєстру на {as_of} за {position} записами. Порожнє поле – не сказано; blank – місце в документі "
    "порожнє; "
    "removed – вилучено; апостроф на початку тексту додано, щоб електронна таблиця не взяла його за формулу. "
    "State of the ledger on {as_of} by {position} entries. An empty field: not stated; blank: left blank "
    "on paper; "
    "removed: taken away; an apostrophe before a text keeps spreadsheets from computing it."
)


def package(manifest: Manifest, profile: Profile = "2") -> dict[str, Any]:
    """Of the whole ledger: all tables, and those of resolution No. 835."""
    resources = [*_tables(manifest["tables"], profile), *_official(manifest, profile)]
    unavailable = manifest["unavailable"]
    more = {"unavailable": unavailable} if unavailable else {}
    return _package(manifest, "pledger", _TITLE, manifest["bodies"], resources, profile) | more


def programme_package(manifest: Manifest, programme: str, profile: Profile = "2") -> dict[str, Any]:
    """Of one programme, which the release must have."""
    section = manifest["programmes"][programme]
    bodies = [body for body in manifest["bodies"] if body["id"] == section["body"]]
    resources = list(_tables(section["tables"], profile))
    title = section["title"] or programme
    found = _package(manifest, f"pledger.{programme}", title, bodies, resources, profile)
    return found | {"id": f"{found['id']}:{programme}"}


def _package(
    manifest: Manifest,
    name: str,
    title: str,
    bodies: list[dict[str, Any]],
    resources: list[dict[str, Any]],
    profile: Profile,
) -> dict[str, Any]:
    public = manifest["public_url"]
    head = {"$schema": f"{_V2}datapackage.json"} if profile == "2" else {"profile": "tabular-data-package"}
    source = {"title": manifest["origin"], **({"path": public} if public else {})}
    return {
        **head,
        "name": name,
        "id": f"urn:pledger:{manifest['genesis']}:opendata",
        "title": title,
        "description": _ABOUT.format(**manifest),
        "version": version_of(manifest),
        "created": manifest["recorded_at"],
        **({"homepage": f"{public}/opendata"} if public else {}),
        "licenses": [LICENCES[manifest["licence"]]],
        "sources": [source],
        "contributors": [_publisher(body, profile) for body in bodies]
        or [{"title": manifest["origin"], **_role(profile)}],
        "resources": resources,
    }


def version_of(manifest: Manifest) -> str:
    """SemVer: the tables' shape, the position; the day as build metadata."""
    return f"{VERSION}.0.{manifest['position']}+{manifest['as_of']}"


def _role(profile: Profile) -> dict[str, Any]:
    return {"roles": ["publisher"]} if profile == "2" else {"role": "publisher"}


def _publisher(body: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    return {"title": body["name"], **_role(profile)}


def _tables(files: Mapping[str, Any], profile: Profile) -> Iterator[dict[str, Any]]:
    """A table of several parts is several resources, so that each has its own hash."""
    for name, parts in files.items():
        table = ALL[name]
        for number, part in enumerate(parts, start=1):
            place = f"-{number}" if name == "events" and "programmes" in files and len(parts) > 1 else ""
            yield _resource(name + place, table, part, profile, is_linked="programmes" in files)


def _resource(
    name: str, table: Table, part: Mapping[str, Any], profile: Profile, *, is_linked: bool
) -> dict[str, Any]:
    schema = _schema(table.columns, table.key, profile)
    if is_linked and table.of_programme is not None:
        reference = {"resource": "programmes", "fields": ["id"]}
        schema["foreignKeys"] = [{"fields": [table.of_programme], "reference": reference}]
    about = f"{table.about_uk} {table.about_en}"
    return _file(name, f"{table.uk} / {table.en}", about, part, profile) | {"schema": schema}


def _official(manifest: Manifest, profile: Profile) -> Iterator[dict[str, Any]]:
    for name in OFFICIAL:
        uk, en = TITLES[name]
        part = manifest["official"][name]["official"]
        about = "Постанова № 835, таблиця / Resolution No. 835, table: " + name
        schema = _schema(COLUMNS[name], ("uid",), profile)
        yield _file(f"835-{name}", f"{uk} / {en}", about, part, profile) | {"schema": schema}


def _file(name: str, title: str, about: str, part: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    head = (
        {"$schema": f"{_V2}dataresource.json", "type": "table"}
        if profile == "2"
        else {"profile": "tabular-data-resource"}
    )
    return {
        **head,
        "name": name,
        "path": f"files/{part['file']}",
        "title": title,
        "description": about,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": part["bytes"],
        "hash": f"sha256:{part['sha256']}",
    }


def _schema(columns: tuple[Column, ...], key: tuple[str, ...], profile: Profile) -> dict[str, Any]:
    head = {"$schema": f"{_V2}tableschema.json"} if profile == "2" else {}
    return {
        **head,
        "fields": [field_of(column) for column in columns],
        "missingValues": [""],
        "primaryKey": list(key),
    }


def field_of(column: Column) -> dict[str, Any]:
    """A column by Table Schema; columnType: by the Fiscal Data Package."""
    return {
        "name": column.name,
        "type": column.type,
        "title": column.uk,
        "description": column.en,
        **({"columnType": column.fiscal} if column.fiscal else {}),
        **({"constraints": {"enum": list(column.enum)}} if column.enum else {}),
    }
