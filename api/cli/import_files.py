"""Drafts of an import as files, in batches as they will be recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from api.cli.screen import say

Members = dict[str, Any]
BATCH: Final = 256  # what a ledger takes at once (ledger.envelope.BATCH_COUNT_MAX)


def batches(payloads: Sequence[Members]) -> Iterator[list[Members]]:
    """As many as are judged and recorded together: counted, and small enough."""
    from ledger import canonical
    from ledger.envelope import BATCH_SIZE_MAX

    batch: list[Members] = []
    size = 0
    for payload in payloads:
        more = 2 * len(canonical.dumps(payload)) + 2_000  # as base64 with signatures, and room
        if batch and (len(batch) == BATCH or size + more > BATCH_SIZE_MAX):
            yield batch
            batch, size = [], 0
        batch.append(payload)
        size += more
    if batch:
        yield batch


def write_drafts(out: Path, payloads: Sequence[Members], word: str) -> None:
    """01-actual.json, 02-…; of several batches each in its own folder, as `submit --batch` takes them.

    All of them or none: the directory appears when its last file is whole. Raises StorageError.
    """
    from shutil import rmtree
    from tempfile import mkdtemp

    from ledger.errors import StorageError
    from ledger.sentence import Sentence

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            written = _write(fresh, payloads, word)
            fresh.chmod(0o777 & ~_umask())
            fresh.replace(out)
        except BaseException:
            rmtree(fresh, ignore_errors=True)
            raise
    except OSError as error:
        raise StorageError(
            Sentence("{path} cannot be written: {why}", "file-unwritable", path=out, why=error)
        ) from error
    for name in written:
        say(f"→ {out / name}")


def _write(folder: Path, payloads: Sequence[Members], word: str) -> list[str]:
    """The names to tell: of the files, or of the folders where there are several."""
    import orjson

    groups = list(batches(payloads))
    width = max(2, len(str(len(payloads))))
    number, told = 0, list[str]()
    for place, group in enumerate(groups, 1):
        below = f"{place:03}/" if len(groups) > 1 else ""
        (folder / below).mkdir(exist_ok=True)
        for payload in group:
            number += 1
            name = f"{below}{number:0{width}}-{word}.json"
            (folder / name).write_bytes(orjson.dumps(payload, option=orjson.OPT_INDENT_2) + b"\n")
            told += [] if below else [name]
        told += [f"{below} ({len(group)})"] if below else []
    return told


def _umask() -> int:
    """What this process leaves out of a new directory's mode: mkdtemp leaves out more."""
    import os

    mask = os.umask(0o077)
    os.umask(mask)
    return mask
