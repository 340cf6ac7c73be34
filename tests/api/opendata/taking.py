"""Taking open data as its readers do: a package with all its files in a folder, tables as rows."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from frictionless import Package


class Site:
    """A client of a server, or of a folder that was published."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def json(self, path: str) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def bytes(self, path: str) -> bytes:
        """Of a file, also by way of `latest`."""
        answer = self.client.get(path)
        if answer.status_code == 307:
            answer = self.client.get(answer.headers["location"])
        assert answer.status_code == 200, (path, answer.text)
        return bytes(answer.content)

    def rows(self, path: str) -> list[dict[str, str]]:
        return rows_of(self.bytes(path))

    def table(self, name: str) -> list[dict[str, str]]:
        return self.rows(f"/opendata/latest/{name}.csv")

    def download(self, package: str, folder: Path) -> Path:
        """A package with its files, each checked by its hash; where it lies."""
        found = self.json(package)
        base = package.partition("?")[0].rpartition("/")[0]
        folder.mkdir(parents=True)
        for resource in found["resources"]:
            content = self.bytes(f"{base}/{resource['path']}")
            assert len(content) == resource["bytes"]
            assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
            path = folder / resource["path"]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        (folder / "datapackage.json").write_text(json.dumps(found), encoding="utf8")
        return folder / "datapackage.json"


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf8"), newline="")))


def header_of(content: bytes) -> bytes:
    return content.partition(b"\r\n")[0]


def faults_of(package: Path) -> list[list[Any]]:
    """What frictionless finds wrong with a package; nothing, if all is well."""
    report = Package(str(package)).validate()
    found: list[list[Any]] = report.flatten(["rowNumber", "fieldName", "type", "note"])
    assert report.valid == (not found)
    return found


__all__ = ["Site", "faults_of", "header_of", "rows_of"]
