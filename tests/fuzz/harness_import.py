"""A programme's YAML file: as `pledger import` reads it, and the events that are made of it."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from api.importers.drafts import to_events
from api.importers.errors import ImportFileError
from api.importers.programme import read_programme
from tests.fuzz.harness import Target

_FILE = Path(tempfile.mkdtemp(prefix="pledger-import-")) / "programme.yaml"


def try_bytes(raw: bytes) -> None:
    _FILE.write_bytes(raw)
    with suppress(ImportFileError):
        to_events(read_programme(_FILE))


TARGET = Target(try_bytes, bytes_max=16_384)
