"""A bundle from an open ledger: gather, prove, write. Source: docs/proof.md, Bundles."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any

from api.bundles.answers import about, answer_of
from api.bundles.checkpoints import Covering, covering
from api.bundles.evidence import Evidence, Heads, gather, read_heads
from api.bundles.files import Listed, list_files
from api.bundles.proofs import Nodes, stream_rows
from api.bundles.resting import resting_heads
from api.bundles.subjects import Subject
from api.bundles.writing import Writer
from api.print.bundled import Printed, Prints, printed
from api.sources import Source
from ledger.clock import format_instant
from ledger.ids import TRUST
from ledger.store.entries import open_entries
from ledger.verify.manifest import FORMAT, read_manifest
from ledger.verify.readme import readme


@dataclass(frozen=True, slots=True)
class Made:
    """complete: does it prove that nothing is left out; entries: how many are in it."""

    complete: bool
    entries: int


def newest_heads(source: Source) -> Heads | None:
    """The last that the service stated and a checkpoint covers: up to there a bundle can be made."""
    checkpoint = source.checkpoint()
    covered = checkpoint[0] if checkpoint is not None else None
    return read_heads(source.ledger.reader, source.ledger.world_now(TRUST).trust.heads, covered)


def make_bundle(
    source: Source,
    subject: Subject,
    heads: Heads,
    target: IO[bytes],
    remembered: int | None = None,
    with_files: bool = True,
    prints: Prints | None = None,
) -> Made:
    """Write a bundle into a file that is open for writing and seeking.

    heads: the newest of this ledger, and not behind the subject's positions, which the projections hold
    already; witnessed ones are taken instead if they reach as far.
    remembered: the size of a tree that the asker saw; a proof joins it to the checkpoint's.
    with_files: put the bytes of public files into it; else they are listed as left out.
    prints: with the template and the data of its documents.
    Raises Problem, StorageError, Stopped.
    """
    heads = resting_heads(source, subject.position, heads)
    answer, pages = answer_of(source, subject), printed(source, subject, prints)
    with closing(open_entries(source.ledger.directory.place)) as file:
        evidence = gather(file, source.identity.genesis, subject, heads, about(source, subject))
        checkpoint = covering(source, file, evidence.indexes[-1], heads.size)
        files = list_files(source, file, evidence.indexes, with_bytes=with_files)
        manifest = _manifest(source, subject, evidence, files, pages)
        words = readme(read_manifest(manifest), checkpoint.note, len(checkpoint.stamps))
        nodes = Nodes(source.ledger.reader)
        with Writer(target) as out:
            out.members(manifest, "bundle.json")
            out.members(answer, "answer.json")
            out.member("README.txt", words.encode())
            out.member("checkpoint", checkpoint.note.encode())
            out.entries(file, evidence.indexes)
            out.proofs(nodes, evidence.indexes, checkpoint.size)
            _outside(out, checkpoint, nodes, remembered)
            out.files(files)
            for page in pages:
                out.member(page.name, page.content)
    return Made(subject.is_complete, len(evidence.indexes))


def _outside(out: Writer, checkpoint: Covering, nodes: Nodes, remembered: int | None) -> None:
    """What others stated of the checkpoint, and how it is joined to what the asker saw."""
    if remembered is not None and remembered != checkpoint.size:
        out.members(nodes.join(remembered, checkpoint.size), "consistency.json")
    for number, response in enumerate(checkpoint.stamps, 1):
        out.member(f"stamps/{number}.tsr", response)


def _manifest(
    source: Source, subject: Subject, evidence: Evidence, files: list[Listed], pages: list[Printed]
) -> dict[str, Any]:
    identity, heads = source.identity, evidence.heads
    return {
        "format": FORMAT,
        "ledger": {"origin": identity.origin, "genesis": identity.genesis},
        "subject": subject.to_json(),
        "complete": subject.is_complete,
        "heads": {"index": heads.index, "size": heads.size},
        "streams": stream_rows(source.ledger.reader, evidence),
        "singles": list(evidence.singles),
        "files": [one.to_json() for one in files],
        **({"print": [one.to_json() for one in pages]} if pages else {}),
        "made_at": format_instant(source.clock.now()),
    }
