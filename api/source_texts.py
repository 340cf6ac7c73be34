"""Source texts at hand: what an adoption names by hash, read from a folder when the server starts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

TEXT_BYTES_MAX = 8 * 1024 * 1024


def read_source_texts(folder: Path | None) -> Mapping[str, str]:
    """SHA-256, hexadecimal → text, of the folder's UTF-8 files; whatever else lies there is passed over.

    Which of them an adoption names is not asked here: a file that none names is never looked at again.
    Raises OSError.
    """
    found: dict[str, str] = {}
    for file in sorted(folder.iterdir()) if folder is not None else ():
        if not file.is_file() or file.stat().st_size > TEXT_BYTES_MAX:
            continue
        content = file.read_bytes()
        try:
            found[hashlib.sha256(content).hexdigest()] = content.decode()
        except UnicodeDecodeError:
            continue
    return found
