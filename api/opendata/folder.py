"""A release as a static folder: the same files, the documents about them, and copies under fixed names.

DIR is to be served as /opendata of any web server. latest.json is written last: until then the folder shows
what it showed before.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from api.opendata.ckan import payload
from api.opendata.datasets import datasets
from api.opendata.dcat import catalogue
from api.opendata.making import Manifest
from api.opendata.metadata import metadata
from api.opendata.official import OFFICIAL
from api.opendata.packages import package, programme_package
from api.opendata.shelf import FILE_NAME, FORMAT, RELEASE_NAME, Shelf, files_of, hash_of
from ledger.durable import replace_durably
from ledger.errors import StorageError
from ledger.sentence import Sentence
from ledger.values import ID

LATEST: Final = "latest.json"
OURS: Final = frozenset(
    [
        "files",
        "releases",
        "incoming",
        "latest",
        "835",
        "programmes",
        "ckan",
        "catalog.jsonld",
        "datapackage.json",
        "datapackage-1.json",
    ]
)
_ID: Final = re.compile(ID)


class OtherRelease(StorageError):
    """The folder shows another ledger, or a newer state than what would be written."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file. name: below the folder; why: missing, damaged, unreadable, differs."""

    name: str
    why: str


def is_sound(manifest: Any) -> bool:
    """May the names in a manifest be used as names of files? It may come from anybody."""
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return False
    if not RELEASE_NAME.fullmatch(str(manifest.get("release"))):
        return False
    ids = list(manifest["programmes"])
    return all(_ID.fullmatch(one) for one in ids) and all(
        FILE_NAME.fullmatch(part["file"]) and part["file"].startswith(part["sha256"])
        for part in parts_of(manifest)
    )


def parts_of(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every file of a release, as the manifest says it."""
    if "file" in manifest:
        yield manifest
    for inner in manifest.values():
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from parts_of(one)


def latest_in(folder: Path) -> Manifest | None:
    """What the folder shows; None if it is new, or nothing was finished in it. Raises StorageError."""
    path = folder / LATEST
    try:
        found = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, orjson.JSONDecodeError) as error:
        raise StorageError(
            Sentence("{path} cannot be read: {why}", "file-unreadable", path=path, why=error)
        ) from error
    if not is_sound(found):
        raise OtherRelease(Sentence("{path} is no release of open data", "opendata-not-ours", path=path))
    checked: Manifest = found
    return checked


def check_follows(folder: Path, manifest: Manifest) -> Manifest | None:
    """What the folder shows, which must be of the same ledger and not newer. Raises OtherRelease."""
    shown = latest_in(folder)
    if shown is not None and shown["genesis"] != manifest["genesis"]:
        raise OtherRelease(
            Sentence("{folder} holds the open data of another ledger", "opendata-other-ledger", folder=folder)
        )
    if shown is not None and shown["position"] > manifest["position"]:
        raise OtherRelease(
            Sentence(
                "{folder} shows a newer state: {there} entries, not {here}",
                "opendata-newer",
                folder=folder,
                there=shown["position"],
                here=manifest["position"],
            )
        )
    return shown


def write_folder(folder: Path, manifest: Manifest, base: str | None) -> int:
    """What stands beside the files; how many were written. base: address of the site, None if not known.

    The files and the manifest are on the shelf already. What is there already is left as it is.
    """
    shelf, written = Shelf(folder), 0
    for name, content in _documents(manifest, base):
        written += _put(folder / name, content)
    for name, file in _copies(manifest):
        written += _copy(shelf.files / file, folder / name)
    for path in _outlived(folder, manifest, base):
        _remove(path)
    return written + _put(folder / LATEST, _json(manifest))


def _documents(manifest: Manifest, base: str | None) -> Iterator[tuple[str, bytes]]:
    yield "datapackage.json", _json(package(manifest, "2"))
    yield "datapackage-1.json", _json(package(manifest, "1"))
    for programme in manifest["programmes"]:
        yield f"programmes/{programme}/datapackage.json", _json(programme_package(manifest, programme))
    for table in OFFICIAL:
        yield f"835/{table}.csv-metadata.json", _json(metadata(table))
    if base is not None:
        yield "catalog.jsonld", _json(catalogue(manifest, base))
        yield (
            "ckan/package.json",
            _json({"items": [payload(one, manifest, base) for one in datasets(manifest)]}),
        )


def _copies(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """(name in the folder, name on the shelf)."""
    for table, parts in manifest["tables"].items():
        for number, part in enumerate(parts, start=1):
            place = f"-{number}" if len(parts) > 1 else ""
            yield f"latest/{table}{place}.csv", part["file"]
    for table, dialects in manifest["official"].items():
        for dialect, part in dialects.items():
            ending = "" if dialect == "official" else f".{dialect}"
            yield f"835/{table}{ending}.csv", part["file"]
    yield "835/lacking.json", manifest["lacking"]["file"]
    for programme, section in manifest["programmes"].items():
        for parts in section["tables"].values():
            for part in parts:
                yield f"programmes/{programme}/files/{part['file']}", part["file"]


def _outlived(folder: Path, manifest: Manifest, base: str | None) -> Iterator[Path]:
    """What an earlier release left under a fixed name, and this one has not: it would pass for the newest."""
    shown = {name for name, _ in _copies(manifest)} | {name for name, _ in _documents(manifest, base)}
    for found in ("latest/*.csv", "programmes/*/datapackage.json", "catalog.jsonld", "ckan/package.json"):
        yield from (one for one in folder.glob(found) if one.relative_to(folder).as_posix() not in shown)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def _json(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def _put(path: Path, content: bytes) -> int:
    """1 if it was written, 0 if these bytes are there already."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        if path.is_file() and path.read_bytes() == content:
            return 0
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        _settle(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return 1


def _copy(source: Path, path: Path) -> int:
    """As _put, of a file that may be large."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        if path.is_file() and hash_of(path) == source.stem:
            return 0
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, temporary)
        _settle(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return 1


def _settle(temporary: Path, path: Path) -> None:
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    replace_durably(temporary, path)


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(Sentence("{path} cannot be written: {why}", "file-unwritable", path=path, why=error))


def check_release(folder: Path) -> tuple[Manifest, list[Fault]]:
    """Recompute the hash of every file of the folder's newest release, and of the copies.

    Raises StorageError where there is none.
    """
    manifest = latest_in(folder)
    if manifest is None:
        raise StorageError(Sentence("{folder} holds no release of open data", "opendata-none", folder=folder))
    wanted = {f"files/{name}": name[:64] for name in files_of(manifest)}
    wanted |= {name: file[:64] for name, file in _copies(manifest)}
    faults = [
        Fault(name, why) for name, sha256 in sorted(wanted.items()) if (why := _fault(folder / name, sha256))
    ]
    for name, content in _documents(manifest, None):
        path = folder / name
        if not path.is_file():
            faults.append(Fault(name, "missing"))
        elif path.read_bytes() != content:
            faults.append(Fault(name, "differs"))
    return manifest, faults


def _fault(path: Path, sha256: str) -> str:
    try:
        return "" if hash_of(path) == sha256 else "damaged"
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
