"""The files of a bundle: present, withheld, missing, left out and altered told apart.

Of a file that is not here only its entries' words are proved. That it is withheld holds if one of them
restricts it; that it was never uploaded is the maker's word, and a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from ledger.attachments import holds_private_key, is_container
from ledger.entry import read_entry
from ledger.errors import LedgerError
from ledger.event import FileRef
from ledger.verify.archive import Archive
from ledger.verify.entry_file import EntryFile
from ledger.verify.manifest import STATES, FileRow
from ledger.verify.report import Check, Fault

Named = Sequence[tuple[str, FileRef]]  # (event, what it says of a file), in the order of the log


def check_files(check: Check, archive: Archive, file: EntryFile) -> None:
    """Each file that the bundle lists is named by an entry that is here, and is what it says."""
    named, listed = list(_named(file)), archive.manifest.files
    _check_rows(check, listed, named)
    refs: dict[str, list[FileRef]] = {}
    for _, ref in named:  # two events may name one file, and one of them its size wrongly
        refs.setdefault(ref.sha256, []).append(ref)
    states = {row.sha256: row.state for row in listed}
    here = {*_contents(archive, check, refs)}
    for digest, found in refs.items():
        if digest in states:
            _check_state(check, digest, found, states[digest], present=digest in here)
    counted = Counter(states.values())
    check.facts.update({state: counted[state] for state in STATES})
    if not named and check.status == "ok":
        check.skip("no-files")


def _check_rows(check: Check, listed: Sequence[FileRow], named: Named) -> None:
    """One row for each file that an entry names, in the order of the log, saying what the entry says."""
    said = [(row.event, row.sha256, row.size, row.name) for row in listed]
    mine = [(event, ref.sha256, ref.size, ref.name) for event, ref in named]
    if said == mine:
        return
    told = {ref.sha256: ref.name for _, ref in named}
    known = {row.sha256 for row in listed}
    for digest in sorted(known - told.keys()):
        check.fail(Fault("file-unnamed", None, digest))
    for digest in sorted(told.keys() - known):
        check.fail(Fault("file-unlisted", None, digest, told[digest]))
    if known == told.keys():
        place = next((n for n, (one, other) in enumerate(zip(said, mine, strict=False)) if one != other), 0)
        row = listed[min(place, len(listed) - 1)]
        check.fail(Fault("file-row-differs", None, row.sha256, row.name))


def _contents(archive: Archive, check: Check, named: Mapping[str, Sequence[FileRef]]) -> Iterator[str]:
    """The files that are here. One that no entry names, or of another size, is not unpacked."""
    for digest, size in archive.files():
        check.count += 1
        refs = named.get(digest, [])
        if not refs:
            check.fail(Fault("file-unnamed", None, digest))
        elif size not in {ref.size for ref in refs} or sha256(archive.content(digest)).hexdigest() != digest:
            check.fail(Fault("file-altered", None, digest, refs[0].name))
        elif _is_restricted(refs):
            check.fail(Fault("file-restricted", None, digest, refs[0].name))
        yield digest


def _is_restricted(refs: Sequence[FileRef]) -> bool:
    """Does an entry here say so? A container of signatures or keys is, whatever its entry says."""
    return any(
        ref.access == "restricted"
        or is_container(ref.name, ref.media_type)
        or holds_private_key(ref.name, ref.media_type)
        for ref in refs
    )


def _check_state(check: Check, digest: str, refs: Sequence[FileRef], state: str, *, present: bool) -> None:
    """What the bundle says of a file is so, as far as can be told without the server."""
    name = refs[0].name
    if (state == "present") != present:
        check.fail(Fault("file-missing" if state == "present" else "file-state", None, digest, name))
    elif state == "withheld" and not _is_restricted(refs):
        check.fail(Fault("file-unrestricted", None, digest, name))
    elif state == "missing" and check.reason != "files-left-out":
        check.warn("files-missing")
    elif state == "left-out":  # nothing is shown of it: neither that it is there nor that it is not
        check.warn("files-left-out")


def _named(file: EntryFile) -> Iterator[tuple[str, FileRef]]:
    """The files that the entries here name."""
    _, end = file.bounds()
    for row in file.rows(0, end):
        try:
            event = read_entry(row.raw).stated().event
        except (LedgerError, ValueError, KeyError, TypeError):
            continue  # another check says that this is no entry
        yield from ((event.id, ref) for ref in event.files)
