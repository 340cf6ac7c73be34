"""bundle.json, proofs.json and consistency.json, each read in its one shape: nothing more, nothing otherwise.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.clock import format_instant, parse_instant
from ledger.values import EVENT_ID, SHA256
from ledger.verify.completeness import StreamRow, read_rows
from ledger.verify.strict import BundleError, hashes, matching, members, number, rows, text, truth
from ledger.verify.subject import Subject, read_subject

FORMAT: Final = "pledger-bundle/1"
# What a bundle says of a file that its entries name; ledger/verify/bundle_files.py judges it.
STATES: Final = ("present", "withheld", "missing", "left-out")
_INDEX: Final = r"0|[1-9][0-9]{0,15}"
_PRINT: Final = r"print/[a-z0-9-]{1,40}\.(?:json|typ)"


@dataclass(frozen=True, slots=True)
class FileRow:
    """What an event says of a file, and the bundle of its bytes. state: one of STATES."""

    sha256: str
    size: int
    name: str
    event: str
    state: str


@dataclass(frozen=True, slots=True)
class PrintRow:
    """A template, or the data of a print, beside the answer. name: its place in the archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """bundle.json. heads: index and size of the entry of heads; singles: leaf indexes, rising; prints: if
    the bundle was asked for with them."""

    origin: str
    genesis: str
    subject: Subject
    complete: bool
    heads: tuple[int, int]
    streams: tuple[StreamRow, ...]
    singles: tuple[int, ...]
    files: tuple[FileRow, ...]
    made_at: str
    asked: Mapping[str, Any]  # `subject`, as it stands there
    prints: tuple[PrintRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """consistency.json: the tree of `old` entries is the beginning of that of `new`."""

    old: int
    new: int
    proof: tuple[bytes, ...]


def read_manifest(given: Mapping[str, Any]) -> Manifest:
    """Raises BundleError."""
    if given.get("format") != FORMAT:
        raise BundleError(f"the format is {given.get('format')!r}, not {FORMAT}")
    subject = read_subject(given)
    try:
        return _manifest(given, subject)
    except ValueError as error:
        raise BundleError(f"bundle.json is no manifest of a bundle: {error}") from error


def _manifest(given: Mapping[str, Any], subject: Subject) -> Manifest:
    """Raises ValueError, BundleError."""
    names = ("format", "ledger", "subject", "complete", "heads", "streams", "singles", "files", "made_at")
    said = members(given, *names, *(("print",) if "print" in given else ()))
    ledger, heads = members(said["ledger"], "origin", "genesis"), members(said["heads"], "index", "size")
    made_at = text(said["made_at"])
    if format_instant(parse_instant(made_at)) != made_at:
        raise ValueError(f"{made_at!r} is no instant of ours")
    return Manifest(
        origin=text(ledger["origin"]),
        genesis=matching(ledger["genesis"], SHA256),
        subject=subject,
        complete=truth(said["complete"]),
        heads=(number(heads["index"]), number(heads["size"])),
        streams=read_rows(said["streams"]),
        singles=_rising(said["singles"]),
        files=_files(said["files"]),
        made_at=made_at,
        asked=said["subject"],
        prints=_prints(said["print"]) if "print" in said else (),
    )


def _rising(value: Any) -> tuple[int, ...]:
    """Leaf indexes in order, none twice. Raises ValueError."""
    found = tuple(number(one) for one in rows(value))
    if list(found) != sorted({*found}):
        raise ValueError("the single entries do not stand in order, each once")
    return found


def _files(value: Any) -> tuple[FileRow, ...]:
    """Raises ValueError."""
    found = tuple(_file(one) for one in rows(value))
    states: dict[str, str] = {}
    for one in found:
        if states.setdefault(one.sha256, one.state) != one.state:
            raise ValueError(f"the file {one.sha256} is in two states")
    return found


def _prints(value: Any) -> tuple[PrintRow, ...]:
    """By name, each once, and some: a bundle without prints has no such list. Raises ValueError."""
    found = []
    for one in rows(value):
        row = members(one, "name", "size", "sha256")
        name = matching(row["name"], _PRINT)
        found.append(PrintRow(name, number(row["size"]), matching(row["sha256"], SHA256)))
    names = [one.name for one in found]
    if not names or names != sorted({*names}):
        raise ValueError("the prints do not stand in order, each once")
    return tuple(found)


def _file(value: Any) -> FileRow:
    row = members(value, "sha256", "size", "name", "event", "state")
    if row["state"] not in STATES:
        raise ValueError(f"{row['state']!r} is no state of a file")
    return FileRow(
        matching(row["sha256"], SHA256),
        number(row["size"]),
        text(row["name"]),
        matching(row["event"], EVENT_ID),
        row["state"],
    )


def read_proofs(given: Mapping[str, Any]) -> tuple[int, Mapping[int, tuple[bytes, ...]]]:
    """proofs.json: the size of the tree, and each entry's audit path by its index. Raises BundleError."""
    try:
        said = members(given, "tree_size", "proofs")
        found = {int(matching(name, _INDEX)): hashes(one) for name, one in members(said["proofs"]).items()}
        return number(said["tree_size"]), found
    except ValueError as error:
        raise BundleError(f"proofs.json holds no proofs: {error}") from error


def read_joined(given: Mapping[str, Any]) -> Joined:
    """Raises BundleError."""
    try:
        said = members(given, "from", "to", "proof")
        old, new = number(said["from"]), number(said["to"])
        if old >= new:
            raise ValueError(f"{old} is not before {new}")
        return Joined(old, new, hashes(said["proof"]))
    except ValueError as error:
        raise BundleError(f"consistency.json joins no trees: {error}") from error
