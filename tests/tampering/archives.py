"""A bundle taken apart and put together again otherwise, as whoever hands it on could."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.errors import VerificationError
from ledger.verify.anchors import Anchors
from ledger.verify.bundle import verify_bundle
from ledger.verify.manifest import read_manifest
from ledger.verify.readme import readme
from tests.support.town import PROGRAMME_ID
from tests.tampering.harness import finds_of
from tests.tampering.rewriting import payload_of
from tests.tampering.story import told

Members = dict[str, bytes]

BASE = f"/v1/programmes/{PROGRAMME_ID}"
DAY = "2025-12-31"
CELL_PATH = "/financing/1.1/2025/local"


def anchors() -> Anchors:
    """The verifier's, who has no policy and never saw the log."""
    return replace(told().anchors, policy=None, remembered=())


def unpacked(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def edit(members: Members, name: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON member; what `change` returns takes its place, if it returns anything."""
    value = json.loads(members[name])
    changed = change(value)
    members[name] = json.dumps(value if changed is None else changed, ensure_ascii=False).encode()


def indexes_of(members: Members, *, stream: str = "", kind: str = "") -> list[int]:
    """The leaf indexes of entries of a stream, or of a kind, in order."""
    found = []
    for name, raw in members.items():
        if name.startswith("entries/"):
            entry = json.loads(raw)
            if stream in ("", entry["stream"]) and kind in ("", payload_of(entry)["kind"]):
                found.append(int(entry["index"]))
    return sorted(found)


def without(members: Members, index: int) -> None:
    """An entry left out, and its proof with it."""
    del members[f"entries/{index}.json"]
    edit(members, "proofs.json", lambda proofs: proofs["proofs"].pop(str(index)) and None)


def fit_cover(members: Members) -> None:
    """README.txt made anew for what the rest says now, as whoever changes the rest would."""
    stamps = sum(1 for name in members if name.startswith("stamps/"))
    manifest = read_manifest(json.loads(members["bundle.json"]))
    members["README.txt"] = readme(manifest, members["checkpoint"].decode(), stamps).encode()


def judged_bundle(path: Path, anchors: Anchors | None) -> tuple[str, frozenset[str]]:
    """The verdict, and what is told; an archive that is no bundle fails by its form."""
    try:
        report = verify_bundle(path, anchors)
    except VerificationError:
        return "failed", frozenset(["format/bundle-malformed"])
    return report.verdict, finds_of(report)
