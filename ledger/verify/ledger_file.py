"""Verify a ledger.db, or a copy of one: entries, tree, tables, and the checkpoints that it stores."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ledger.append.appender import GROUP_MAX
from ledger.envelope import BATCH_COUNT_MAX
from ledger.errors import StorageError, VerificationError
from ledger.sentence import Sentence
from ledger.verify.anchors import Anchors
from ledger.verify.entry_file import EntryFile
from ledger.verify.report import Fault, Report
from ledger.verify.tables import check_note_signatures, check_tables, newest_note, stored_notes
from ledger.verify.tree import read_note
from ledger.verify.whole import Evidence, Progress, quiet, verify_whole

TAIL_MAX = GROUP_MAX + BATCH_COUNT_MAX  # a commit is no larger, and each stores the checkpoint before it


def verify_ledger_file(path: Path, anchors: Anchors | None, progress: Progress = quiet) -> Report:
    """Raises StorageError if the file cannot be read as a database at all."""
    report, file = Report("ledger"), EntryFile(path)
    try:
        file.connection.execute("BEGIN")  # one picture of a ledger that may be in use
        count, end = file.bounds()
        form = report.check("format")
        form.count = count
        if count != end:
            form.fail(Fault("entries-missing", None, "stored_events", f"{count} of {end}"))
        newest = _newest(report, file)
        if newest is not None:
            _verify(report, file, end, _measure(newest, end, anchors), anchors, progress)
    except sqlite3.DatabaseError as error:
        raise StorageError(
            Sentence("{path} is damaged: {why}", "ledger-damaged", path=path, why=error)
        ) from error
    finally:
        file.close()
    return report


def _newest(report: Report, file: EntryFile) -> tuple[int, str] | None:
    """The newest checkpoint that is stored."""
    form = report.check("format")
    try:
        found = newest_note(file.connection)
    except sqlite3.OperationalError as error:
        form.fail(Fault("other-columns", None, "checkpoints", str(error)))
        return None
    if found is None:
        form.fail(Fault("no-checkpoint", None, "checkpoints"))
    return found


def _measure(newest: tuple[int, str], end: int, anchors: Anchors | None) -> tuple[int, str]:
    """The checkpoint that all is measured by: the largest over entries that are here.

    The last commit's is stored by the next one, so that one seen elsewhere may be newer than all stored.
    """
    found = newest
    for note in anchors.remembered if anchors is not None else ():
        try:
            size = read_note(note).size
        except VerificationError:
            continue  # the check of what is remembered says so
        if found[0] < size <= end:
            found = size, note
    return found


def _verify(
    report: Report,
    file: EntryFile,
    end: int,
    newest: tuple[int, str],
    anchors: Anchors | None,
    progress: Progress,
) -> None:
    size, note = newest
    evidence = Evidence(file, note, stored=stored_notes(file.connection, size), end=end)
    registry = verify_whole(report, evidence, anchors, progress)
    tables = report.check("tables")
    if registry is not None:
        check_note_signatures(tables, file, registry, size)
    check_tables(tables, file, end, lambda done, of: progress("tables", done, of))
    if end - size > TAIL_MAX:
        words = f"{end - size} entries after the newest checkpoint, of size {size}"
        tables.fail(Fault("checkpoints-missing", size, "checkpoints", words))
    elif end > size:  # the last commit's checkpoint is stored by the next one
        tables.warn("tail-unsigned", tail=end - size)
