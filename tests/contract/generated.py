"""A client of the service as an integrator gets one: generated from the OpenAPI document."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "docs" / "client.yaml"
NAME = "pledger_client"


def generate(document: Any, folder: Path) -> str:
    """Make the package in a folder; what the generator said, its progress left out."""
    told = folder / "openapi.json"
    told.write_text(json.dumps(document), encoding="utf8")
    command = (
        "generate",
        "--path",
        told,
        "--config",
        CONFIG,
        "--meta",
        "none",
        "--output-path",
        folder / NAME,
    )
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *map(str, command)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if line and not line.startswith("Generating "))


@dataclass(frozen=True)
class Generated:
    """The imported package, and one client of it. modules: of the operations, by operationId."""

    package: ModuleType
    modules: dict[str, ModuleType]
    client: Any

    def call(self, operation: str, *values: Any, **named: Any) -> Any:
        """The answer as the client read it: status_code, headers, content, parsed."""
        return self.modules[operation].sync_detailed(*values, client=self.client, **named)

    def parse(self, operation: str, status: int, content: Any) -> Any:
        """What the client makes of an answer that came at another time."""
        answer = httpx.Response(status, json=content)
        return self.modules[operation]._parse_response(client=self.client, response=answer)

    def model(self, name: str) -> Any:
        return getattr(importlib.import_module(f"{NAME}.models"), name)


def load(folder: Path, url: str) -> Generated:
    """Import all of it. The folder must be on sys.path."""
    package = importlib.import_module(NAME)
    modules = {path.stem: importlib.import_module(dotted) for path, dotted in _operations(folder / NAME)}
    client = importlib.import_module(f"{NAME}.client").Client(base_url=url, timeout=httpx.Timeout(30))
    return Generated(package, modules, client)


def _operations(package: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((package / "api").glob("*/*.py")):
        if path.stem != "__init__":
            yield path, f"{NAME}.api.{path.parent.name}.{path.stem}"
