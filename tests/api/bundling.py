"""A town behind the HTTP door whose heads are stated and witnessed, and bundles fetched from it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ledger.entry import read_entry
from ledger.service_signing import heads_data
from ledger.verify.anchors import Anchors
from ledger.verify.bundle import verify_bundle
from ledger.verify.manifest import read_manifest
from ledger.verify.readme import readme
from ledger.verify.report import Report
from tests.api.door import Door, open_door
from tests.support.service import cosigned, enrol
from tests.support.town import TestLedger

WITNESS = "witness.example/w1"


def prove(town: TestLedger) -> None:
    """The service states where the streams end, and a witness cosigns the checkpoint over that."""
    if not town.world("root").root.services:
        enrol(town)
    town.submit("ledger.heads", "trust", heads_data(town.ledger.reader))
    witness(town)


def witness(town: TestLedger) -> None:
    """The newest checkpoint with a witness's line."""
    newest = town.ledger.appender.checkpoint
    assert newest is not None
    town.submit("checkpoint.witnessed", "trust", {"checkpoint": cosigned(newest[1], WITNESS)})


@dataclass
class Desk:
    """Fetches bundles through the door and verifies them."""

    door: Door
    anchors: Anchors
    folder: Path
    count: int = 0

    def get(self, route: str, /, **question: object) -> Any:
        return self.door.get(f"{route}/bundle" + (f"?{urlencode(question)}" if question else ""))

    def fetch(self, route: str, /, **question: object) -> Bundle:
        """A bundle that must be there; `from_` asks for `from`."""
        asked = {name.rstrip("_"): value for name, value in question.items()}
        answer = self.get(route, **asked)
        assert answer.status_code == 200, answer.text
        self.count += 1
        place = self.folder / f"{self.count}.zip"
        place.write_bytes(answer.content)
        return Bundle(place, self.anchors, answer)


@dataclass
class Bundle:
    """A bundle as it came. answer: the HTTP response that brought it."""

    path: Path
    anchors: Anchors
    answer: Any

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()

    def read(self, name: str) -> bytes:
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name)

    def json(self, name: str) -> Any:
        return json.loads(self.read(name))

    @property
    def manifest(self) -> Any:
        return self.json("bundle.json")

    @property
    def names(self) -> list[str]:
        with zipfile.ZipFile(self.path) as archive:
            return archive.namelist()

    @property
    def indexes(self) -> set[int]:
        return {int(name[8:-5]) for name in self.names if name.startswith("entries/")}

    def report(self, anchors: Anchors | None = None) -> Report:
        return verify_bundle(self.path, anchors)

    def verified(self) -> Report:
        """By the town's own anchors it must hold."""
        report = self.report(self.anchors)
        assert report.verdict == "verified", faults(report)
        return report


def faults(report: Report) -> dict[str, list[str]]:
    """What failed, for people who read a failing test."""
    return {
        one.name: [f"{fault.code} {fault.index} {fault.where} {fault.detail}" for fault in one.faults]
        for one in report.in_order()
        if one.faults
    }


def members(archive: Path) -> list[tuple[str, bytes]]:
    """Name and bytes of all that is in an archive, in its order, but for when it was made."""
    with zipfile.ZipFile(archive) as opened:
        found = [(name, opened.read(name)) for name in opened.namelist()]
    manifest = json.loads(found[0][1])
    assert manifest.pop("made_at")
    return [(found[0][0], json.dumps(manifest).encode()), *found[1:]]


def file_states(archive: Path) -> dict[str, str]:
    with zipfile.ZipFile(archive) as opened:
        listed = json.loads(opened.read("bundle.json"))["files"]
    return {row["name"]: row["state"] for row in listed}


@contextmanager
def open_desk(town: TestLedger, folder: Path, **settings: Any) -> Iterator[Desk]:
    """A closed town behind the door."""
    anchors = Anchors(town.name["origin"], town.name["genesis"], town.log_key)
    with open_door(town, folder / "served", **settings) as door:
        yield Desk(door, anchors, folder)


@dataclass(frozen=True)
class Forgery:
    """How an archive is cut that must not be: without some entries, and its lists made to fit.

    rows: what becomes of a stream that lost one: "kept" as it is, said not to be "whole", or "gone".
    """

    rows: str = "kept"
    claim: bool = True  # go on saying that it is complete


def cut(bundle: Bundle, gone: set[int], how: Forgery) -> Bundle:
    """The bundle as somebody without the service key would make it up: all lists fit what is left."""
    manifest, proofs = bundle.manifest, bundle.json("proofs.json")
    lost = {json.loads(bundle.read(f"entries/{index}.json"))["stream"] for index in gone}
    manifest["singles"] = [index for index in manifest["singles"] if index not in gone]
    if how.rows == "gone":
        manifest["streams"] = [row for row in manifest["streams"] if row["stream"] not in lost]
    elif how.rows == "whole":
        manifest["streams"] = [
            row | {"whole": row["whole"] and row["stream"] not in lost} for row in manifest["streams"]
        ]
    manifest["complete"] = manifest["complete"] and how.claim
    proofs["proofs"] = {index: path for index, path in proofs["proofs"].items() if int(index) not in gone}
    named = _files_named(bundle, bundle.indexes - gone)
    events = {read_entry(bundle.read(f"entries/{index}.json")).event_id() for index in gone}
    manifest["files"] = [row for row in manifest["files"] if row["event"] not in events]
    left = {"bundle.json": manifest, "proofs.json": proofs}
    stamps = sum(1 for name in bundle.names if name.startswith("stamps/"))
    cover = readme(read_manifest(manifest), bundle.read("checkpoint").decode(), stamps)
    path = bundle.path.with_suffix(f".{sorted(gone)[0]}.{how.rows}.zip")
    with zipfile.ZipFile(bundle.path) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name.startswith("entries/") and int(name[8:-5]) in gone:
                continue
            if name.startswith("files/") and name[6:] not in named:
                continue
            changed = cover if name == "README.txt" else json.dumps(left[name]) if name in left else None
            new.writestr(name, old.read(name) if changed is None else changed)
    return Bundle(path, bundle.anchors, bundle.answer)


def _files_named(bundle: Bundle, indexes: set[int]) -> set[str]:
    raw = (bundle.read(f"entries/{index}.json") for index in indexes)
    return {file.sha256 for one in raw for file in read_entry(one).stated().event.files}
