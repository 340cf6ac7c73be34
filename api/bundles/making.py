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
from api.bundles.readme import readme
from api.bundles.subjects import Subject
from api.bundles.writing import Writer
from api.context import Context
from ledger.clock import format_instant
from ledger.ids import TRUST
from ledger.verify.archive import FORMAT
from ledger.verify.entry_file import EntryFile


@dataclass(frozen=True, slots=True)
class Made:
    """complete: does it prove that nothing is left out; entries: how many are in it."""

    complete: bool
    entries: int


def newest_heads(context: Context) -> Heads | None:
    """The last that the service stated: up to there a bundle can be made."""
    return read_heads(context.ledger.reader, context.ledger.world_now(TRUST).trust.heads)


def make_bundle(
    context: Context, subject: Subject, heads: Heads, target: IO[bytes], remembered: int | None = None
) -> Made:
    """Write a bundle into a file that is open for writing and seeking.

    heads: of this ledger, and not behind the subject's positions, which the projections hold already.
    remembered: the size of a tree that the asker saw; a proof joins it to the checkpoint's.
    Raises Problem, StorageError, Stopped.
    """
    answer = answer_of(context, subject)
    with closing(EntryFile(context.ledger.directory.ledger_db)) as file:
        evidence = gather(file, context.identity.genesis, subject, heads, about(context, subject))
        checkpoint = covering(context, file, evidence.indexes[-1], heads.size)
        files = list_files(context, file, evidence.indexes)
        words = readme(context.identity, subject, heads, checkpoint, files)
        manifest = _manifest(context, subject, evidence, files)
        nodes = Nodes(context.ledger.reader)
        with Writer(target) as out:
            out.members(manifest, "bundle.json")
            out.members(answer, "answer.json")
            out.member("README.txt", words.encode())
            out.member("checkpoint", checkpoint.note.encode())
            out.entries(file, evidence.indexes)
            out.proofs(nodes, evidence.indexes, checkpoint.size)
            _outside(out, checkpoint, nodes, remembered)
            out.files(files)
    return Made(subject.is_complete, len(evidence.indexes))


def _outside(out: Writer, checkpoint: Covering, nodes: Nodes, remembered: int | None) -> None:
    """What others stated of the checkpoint, and how it is joined to what the asker saw."""
    if remembered is not None and remembered != checkpoint.size:
        out.members(nodes.join(remembered, checkpoint.size), "consistency.json")
    for number, response in enumerate(checkpoint.stamps, 1):
        out.member(f"stamps/{number}.tsr", response)


def _manifest(context: Context, subject: Subject, evidence: Evidence, files: list[Listed]) -> dict[str, Any]:
    identity, heads = context.identity, evidence.heads
    return {
        "format": FORMAT,
        "ledger": {"origin": identity.origin, "genesis": identity.genesis},
        "subject": subject.to_json(),
        "complete": subject.is_complete,
        "heads": {"index": heads.index, "size": heads.size},
        "streams": stream_rows(context.ledger.reader, evidence),
        "singles": list(evidence.singles),
        "files": [one.to_json() for one in files],
        "made_at": format_instant(context.clock.now()),
    }
