"""The files of a bundle: present, withheld, missing and altered told apart."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from ledger.entry import read_entry
from ledger.errors import LedgerError
from ledger.event import FileRef
from ledger.verify.archive import Archive
from ledger.verify.entry_file import EntryFile
from ledger.verify.report import Check, Fault

STATES = ("present", "withheld", "missing")


def check_files(check: Check, archive: Archive, file: EntryFile) -> None:
    """Each file that the bundle lists is named by an entry that is here, and is what it says."""
    named: dict[str, list[FileRef]] = {}
    for ref in _named(file):  # two events may name one file, and one of them its size wrongly
        named.setdefault(ref.sha256, []).append(ref)
    listed = archive.manifest.get("files")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    states = {str(row.get("sha256")): row.get("state") for row in rows}
    here = dict.fromkeys(digest for digest, _ in _contents(archive, check, named))
    for digest, refs in named.items():
        _check_state(check, digest, refs[0], states.get(digest), present=digest in here)
    for digest in sorted(states.keys() - named.keys()):
        check.fail(Fault("file-unnamed", None, digest))
    counted = {state: sum(1 for one in states.values() if one == state) for state in STATES}
    check.facts.update(counted)
    if not named and check.status == "ok":
        check.skip("no-files")


def _contents(archive: Archive, check: Check, named: dict[str, list[FileRef]]) -> Iterator[tuple[str, bytes]]:
    for digest, content in archive.files():
        check.count += 1
        refs = named.get(digest, [])
        if not refs:
            check.fail(Fault("file-unnamed", None, digest))
        elif sha256(content).hexdigest() != digest or len(content) not in {ref.size for ref in refs}:
            check.fail(Fault("file-altered", None, digest, refs[0].name))
        elif any(ref.access == "restricted" for ref in refs):
            check.fail(Fault("file-restricted", None, digest, refs[0].name))
        yield digest, content


def _check_state(check: Check, digest: str, ref: FileRef, state: Any, *, present: bool) -> None:
    """What the bundle says of a file is so, as far as can be told without the server."""
    if state not in STATES:
        check.fail(Fault("file-unlisted", None, digest, ref.name))
    elif (state == "present") != present:
        check.fail(Fault("file-missing" if state == "present" else "file-state", None, digest, ref.name))
    elif state == "missing":
        check.warn("files-missing")


def _named(file: EntryFile) -> Iterator[FileRef]:
    """The files that the entries here name."""
    _, end = file.bounds()
    for row in file.rows(0, end):
        try:
            yield from read_entry(row.raw).stated().event.files
        except (LedgerError, ValueError, KeyError, TypeError):
            continue  # another check says that this is no entry
