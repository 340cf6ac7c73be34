"""The data sets of a release as a catalogue lists them: all tables, those of No. 835, and each programme."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from api.opendata.making import Manifest
from api.opendata.official import OFFICIAL, TITLES
from api.opendata.tables import ALL

__all__ = ["Dataset", "File", "dataset_of", "datasets"]
NAME_MAX: Final = 100  # of a CKAN data set
_SPACE: Final = UUID("5b0d7a52-3a53-5e0c-9a3b-7f6d1f0f3c11")  # of made ids


@dataclass(frozen=True, slots=True)
class File:
    """One distribution. name: in its data set; path: from the server's root; said: sha256, bytes, rows."""

    name: str
    uk: str
    en: str
    path: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dataset:
    """package, page: addresses from the server's root. years: first and last, of a programme's term."""

    name: str
    uuid: str
    uk: str
    en: str
    about_uk: str
    about_en: str
    publishers: tuple[Mapping[str, Any], ...]
    issued: str | None
    modified: str
    years: tuple[str | None, str | None]
    page: str
    package: str
    files: tuple[File, ...]


def datasets(manifest: Manifest) -> Iterator[Dataset]:
    """All of a release, in one order."""
    yield _tables(manifest)
    yield _official(manifest)
    for programme in manifest["programmes"]:
        yield _programme(manifest, programme)


def dataset_of(manifest: Manifest, name: str) -> Dataset | None:
    return next((one for one in datasets(manifest) if name in (one.name, one.uuid)), None)


def _uuid(manifest: Manifest, name: str) -> str:
    return str(uuid5(_SPACE, f"{manifest['genesis']} {name}"))


def _tables(manifest: Manifest) -> Dataset:
    return Dataset(
        "pledger-tables",
        _uuid(manifest, "pledger-tables"),
        "Програми громади: усі таблиці",
        "Programmes of the community: all tables",
        "Бюджет, індикатори, заходи, акти й події всіх програм реєстру.",
        "Budget, indicators, measures, acts and events of every programme on the record.",
        tuple(manifest["bodies"]),
        None,
        manifest["modified"],
        (None, None),
        "/opendata",
        "/opendata/datapackage.json",
        tuple(files_of(manifest["tables"], "/opendata/files")),
    )


def files_of(tables: Mapping[str, Any], folder: str) -> Iterator[File]:
    """Of a table in parts each part."""
    for name, parts in tables.items():
        table = ALL[name]
        for number, part in enumerate(parts, start=1):
            place = f"-{number}" if len(parts) > 1 else ""
            yield File(name + place, table.uk, table.en, f"{folder}/{part['file']}", part)


def _official(manifest: Manifest) -> Dataset:
    files = (
        File(f"835-{name}", *TITLES[name], f"/opendata/files/{part['file']}", part)
        for name in OFFICIAL
        for part in (manifest["official"][name]["official"],)
    )
    return Dataset(
        "pledger-835",
        _uuid(manifest, "pledger-835"),
        "Перелік цільових місцевих програм",
        "Local target programmes (resolution No. 835)",
        "Таблиці programs, amendments, reports за постановою № 835.",
        "Tables programs, amendments and reports of resolution No. 835.",
        tuple(manifest["bodies"]),
        None,
        manifest["modified"],
        (None, None),
        "/opendata",
        "/opendata/datapackage.json",
        tuple(files),
    )


def _programme(manifest: Manifest, programme: str) -> Dataset:
    section = manifest["programmes"][programme]
    title = section["title"] or programme
    name = slug(f"programme-{programme}")
    return Dataset(
        name,
        _uuid(manifest, name),
        title,
        title,
        f"Таблиці програми: {title}",
        f"Tables of the programme: {title}",
        tuple(body for body in manifest["bodies"] if body["id"] == section["body"]),
        section["issued"],
        section["modified"],
        (section["term"]["from"], section["term"]["to"]),
        f"/programmes/{programme}",
        f"/opendata/programmes/{programme}/datapackage.json",
        tuple(files_of(section["tables"], f"/opendata/programmes/{programme}/files")),
    )


def slug(name: str) -> str:
    """A name as CKAN takes it: lower-case letters, digits, - and _; no two ids have one."""
    plain = name.replace("_", "__").replace(".", "_-")
    if len(plain) <= NAME_MAX:
        return plain
    return plain[: NAME_MAX - 17] + "-" + hashlib.sha256(plain.encode()).hexdigest()[:16]
