"""Verify a log of tiles, in a published folder or behind a server's /log/: entries and files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, StorageError, VerificationError
from ledger.tlog.paths import parse_path
from ledger.tlog.reading import Absent, Fetch, TiledLog, fetch_folder
from ledger.tlog.tiles import TileError
from ledger.verify.anchors import Anchors
from ledger.verify.report import Check, Fault, Report
from ledger.verify.spool import spooled
from ledger.verify.tree import read_note
from ledger.verify.whole import Evidence, Progress, quiet, read_signed, verify_whole

CHECKPOINT, WITNESSED = "checkpoint", "checkpoint.witnessed"
Kind = Literal["folder", "server"]


def verify_folder(path: Path, anchors: Anchors | None, progress: Progress = quiet) -> Report:
    """A published folder. Raises StorageError if it is none, or cannot be read."""
    fetch = fetch_folder(path)
    report = verify_log("folder", fetch, anchors, progress)
    tree = report.checks.get("tree")  # what is missing may have stopped it before
    if report.size and tree is not None and tree.status == "ok":
        _check_all_files(report.check("format"), path, fetch)
    return report


def verify_log(kind: Kind, fetch: Fetch, anchors: Anchors | None, progress: Progress = quiet) -> Report:
    """A log by whatever fetches its files. Raises StorageError if it has no checkpoint."""
    report = Report(kind)
    note = _text(fetch(CHECKPOINT))
    said = read_signed(report, note)
    if said is None:
        return report
    log = TiledLog(fetch, said)
    form = report.check("format")
    try:
        with spooled(_counted(log, progress)) as file:
            form.count = said.size
            verify_whole(report, Evidence(file, note, also=_witnessed(fetch)), anchors, progress)
    except TileError as error:
        report.check("tree").fail(Fault("tile-differs", None, "tile", str(error)))
    except Absent as error:
        form.fail(Fault("tile-missing", None, "tile", str(error)))
    except VerificationError as error:
        form.fail(Fault("malformed-entry", None, "tile/entries", str(error)))
    return report


def _counted(log: TiledLog, progress: Progress) -> Iterator[tuple[int, bytes]]:
    for index, raw in enumerate(log.entries()):
        if index % 256 == 0:
            progress("fetch", index, log.size)
        yield index, raw
    progress("fetch", log.size, log.size)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _witnessed(fetch: Fetch) -> list[str]:
    """The newest witnessed checkpoint, which must be of the same tree."""
    try:
        return [_text(fetch(WITNESSED))]
    except Absent:
        return []


def _check_all_files(check: Check, folder: Path, fetch: Fetch) -> None:
    """Each file of the folder is one that this log has had, to the byte: also those that nobody read."""
    log = TiledLog(fetch, read_checkpoint(fetch))
    for file in sorted((folder / "tile").rglob("*")):
        if file.is_dir():
            continue
        name = file.relative_to(folder).as_posix()
        check.facts["files"] = check.facts.get("files", 0) + 1
        try:
            path = parse_path(name)
            if log.content(path) != fetch(name):
                check.fail(Fault("tile-differs", None, name))
        except StorageError as error:
            check.fail(Fault("tile-missing", None, name, str(error)))
        except LedgerError as error:
            check.fail(Fault("tile-differs", None, name, str(error)))


def read_checkpoint(fetch: Fetch) -> Checkpoint:
    """What a log's checkpoint says, with its signature not looked at."""
    return read_note(_text(fetch(CHECKPOINT)))
