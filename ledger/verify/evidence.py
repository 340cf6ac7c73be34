"""What the service key recorded, and what it rests on: heads, cosignatures, stamps."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ledger.checkpoint import Checkpoint
from ledger.clock import format_instant, parse_instant
from ledger.errors import VerificationError
from ledger.heads import heads_root
from ledger.note import Ed25519Verifier, parse_note
from ledger.registry import Root
from ledger.stamps import Stamp, UnknownAuthority, check_stamp
from ledger.verify.anchors import Anchors
from ledger.verify.entry_file import EntryFile
from ledger.verify.judging import Placed
from ledger.verify.registry import Registry
from ledger.verify.report import FAULTS_KEPT, Check, Fault
from ledger.verify.tree import open_by_log, read_note
from ledger.witness.policy import NONE, Policy, judge, parse_policy

CLOCK_SKEW = timedelta(minutes=5)  # of the ledger's machine against the authority's

WITNESSED, ANCHORED, HEADS = "checkpoint.witnessed", "timestamp.anchored", "ledger.heads"


def of_kind(registry: Registry, kind: str) -> list[Placed]:
    return [placed for placed in registry.trust if placed.submission.event.kind == kind]


def noted_sizes(registry: Registry) -> Iterable[int]:
    """The sizes of the trees that trust entries, and changes of the log's key, speak of."""
    for placed in (*of_kind(registry, WITNESSED), *of_kind(registry, ANCHORED), *registry.rotations):
        try:
            yield read_note(placed.submission.event.data.checkpoint).size
        except VerificationError:
            continue  # check_noted says so


def check_noted(check: Check, registry: Registry, kind: str, roots: Mapping[int, bytes]) -> None:
    """Each checkpoint in a trust entry is the log's own, of the very tree that its entries give."""
    _compare_noted(check, of_kind(registry, kind), registry, roots)


def compare_rotations(check: Check, registry: Registry, roots: Mapping[int, bytes]) -> None:
    """Each checkpoint that an old and a new key of the log signed together is of that tree, too.

    Who has the old key alone cannot make another.
    """
    _compare_noted(check, registry.rotations, registry, roots)


def _compare_noted(
    check: Check, entries: Iterable[Placed], registry: Registry, roots: Mapping[int, bytes]
) -> None:
    for placed in entries:
        check.count += 1
        event, index = placed.submission.event, placed.entry.index
        try:
            said = open_by_log(event.data.checkpoint, registry.root_at(read_note(event.data.checkpoint).size))
        except VerificationError as error:
            check.fail(Fault("note-unsigned", index, event.id, str(error)))
            continue
        found = roots.get(said.size)
        if found is not None and found != said.root:
            words = f"size {said.size}, root {said.root.hex()}; the entries give {found.hex()}"
            check.fail(Fault("other-root", index, event.id, words))


def check_heads(check: Check, file: EntryFile, registry: Registry) -> None:
    """Recompute every heads entry from all entries before it."""
    ends: dict[str, tuple[int, int]] = {}
    done = 0
    for placed in of_kind(registry, HEADS):
        data, index = placed.submission.event.data, placed.entry.index
        check.count += 1
        if not done <= data.size <= index:
            check.fail(Fault("heads-size", index, placed.submission.event.id, str(data.size)))
            continue
        for row in file.rows(done, data.size):
            ends[str(row.stream)] = (row.version, row.leaf)
        done = data.size
        root = heads_root((stream, version, last) for stream, (version, last) in ends.items()).hex()
        if (root, len(ends)) != (data.root, data.streams):
            words = f"{data.root} of {data.streams}; the entries give {root} of {len(ends)}"
            check.fail(Fault("heads-differ", index, placed.submission.event.id, words))


def read_policy(anchors: Anchors | None) -> Policy | None:
    """The verifier's own policy. Raises VerificationError."""
    if anchors is None or anchors.policy is None:
        return None
    return parse_policy(anchors.policy)


def check_witnesses(check: Check, note: str, root: Root, anchors: Anchors | None) -> None:
    """The quorum of the verifier's own policy cosigned this checkpoint; without a policy nothing is said.

    root: the registry, whose log keys signed it.
    """
    lines = len(parse_note(note).signatures)
    check.facts["lines"] = lines
    try:
        policy = read_policy(anchors)
    except VerificationError as error:
        check.fail(Fault("policy-unreadable", None, "", str(error)))
        return
    if policy is None:
        check.skip("no-policy")
        return
    check.count += 1
    logs = [Ed25519Verifier.parse(key) for key in root.log_keys]
    try:
        found = judge(note, policy, logs=logs)
    except VerificationError as error:
        check.fail(Fault("cosignature-bad", None, "", str(error)))
        return
    check.facts.update(names=sorted(found.names), missing=sorted(found.missing), at=_unix(found.at))
    if policy.quorum == NONE:
        check.warn("quorum-none")
    if not found.satisfied:
        check.fail(Fault("quorum-not-met", None, "", ", ".join(sorted(found.missing))))


def _unix(seconds: int | None) -> str | None:
    return format_instant(datetime.fromtimestamp(seconds, UTC)) if seconds is not None else None


@dataclass(frozen=True, slots=True)
class StampOf:
    """A stamp's bytes over a checkpoint's note. index: of the entry that keeps it, if it is in the log."""

    note: str
    response: bytes
    index: int | None = None
    where: str = ""


def stamps_of(registry: Registry) -> list[StampOf]:
    found = []
    for placed in of_kind(registry, ANCHORED):
        event = placed.submission.event
        response = b64decode(event.data.response)
        found.append(StampOf(event.data.checkpoint, response, placed.entry.index, event.id))
    return found


def check_stamps(check: Check, stamps: Sequence[StampOf], file: EntryFile, anchors: Anchors | None) -> None:
    """Each stamp by the verifier's own authorities; the recorded times lie between the stamps.

    One by somebody whom the verifier does not know proves nothing and is counted apart: whoever leaves
    it out gets the same.
    """
    if not stamps:
        check.skip("no-stamps")
        return
    if anchors is None or not anchors.tsa:
        check.skip("no-authority", stamps=len(stamps))
        return
    unknown = held = 0
    for one in stamps:
        check.count += 1
        try:
            said: Checkpoint = read_note(one.note)
            stamp = check_stamp(one.response, parse_note(one.note).text.encode(), anchors.tsa)
        except UnknownAuthority:
            unknown += 1
            continue
        except VerificationError as error:
            check.fail(Fault("stamp-bad", one.index, one.where, str(error)))
            continue
        held += 1
        check.facts["last"] = {"at": format_instant(stamp.gen_time), "size": said.size}
        check_times(check, one, said.size, stamp, file)
    if unknown:
        check.facts.update(unknown=unknown, held=held)
        if check.status == "ok":  # times that are apart are told first, and these beside
            check.warn("unknown-authority")


def check_times(check: Check, one: StampOf, size: int, stamp: Stamp, file: EntryFile) -> None:
    """Nothing under a stamp was recorded after it, and nothing from the entry on that keeps it before it.

    Two entries are enough for all: recorded times never go back from entry to entry here, gaps or none,
    or the check of entries fails. So if the last under the stamp is not too late none before it is, and
    if the one that keeps it is not too early none after it is. What stands between these two the stamp
    says nothing of; the stamps before and after it do. A bundle's stamps are over its own checkpoint,
    and it has nothing beyond that.
    """
    under = file.before(size)
    recorded = _instant(under[1]) if under is not None else None
    if under is not None and recorded is not None and recorded - stamp.latest > CLOCK_SKEW:
        words = f"{under[1]} > {format_instant(stamp.latest)}"
        _tell_apart(check, Fault("recorded-after-stamp", under[0], one.where, words))
    kept = file.recorded_at(one.index) if one.index is not None else None
    recorded = _instant(kept) if kept is not None else None
    if kept is not None and recorded is not None and stamp.earliest - recorded > CLOCK_SKEW:
        words = f"{kept} < {format_instant(stamp.earliest)}"
        _tell_apart(check, Fault("recorded-before-stamp", one.index, one.where, words))


def _tell_apart(check: Check, fault: Fault) -> None:
    """A line of its own, and no failure: whose clock is wrong is not known."""
    if len(check.faults) < FAULTS_KEPT:
        check.faults.append(fault)
    check.warn("times-apart")


def _instant(text: str) -> datetime | None:
    """When an entry says that it was recorded; None for what is no instant, as the check of entries tells."""
    try:
        return parse_instant(text)
    except ValueError:
        return None
