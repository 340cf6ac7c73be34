"""The tree over what is here, and the checkpoints that speak of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import VerificationError
from ledger.merkle import HASH_BYTES, Frontier
from ledger.note import Ed25519Verifier, parse_note
from ledger.registry import Root
from ledger.verify.anchors import Anchors
from ledger.verify.report import Check, Fault


class Growing:
    """The tree as leaf after leaf comes: its roots at the sizes that are asked for.

    wanted: few sizes, whose roots are kept in `roots`: size → 32 bytes. stops: sizes in rising order, any
    number of them; told each with its root as soon as the tree has it.
    """

    def __init__(
        self,
        wanted: Iterable[int],
        stops: Iterable[int] = (),
        told: Callable[[int, bytes], None] = lambda size, root: None,
    ) -> None:
        self.frontier = Frontier.empty()
        self.roots: dict[int, bytes] = {}
        self._wanted = set(wanted)
        self._told = told
        self._stops = iter(stops)
        self._stop = next(self._stops, None)
        self._sizes = sorted(self._wanted)
        self._note()

    def take(self, leaves: bytes) -> None:
        """Leaf hashes, one after another."""
        hashes = [leaves[at : at + HASH_BYTES] for at in range(0, len(leaves), HASH_BYTES)]
        start, done = self.frontier.size, 0
        while (stop := self._next_stop()) is not None and stop <= start + len(hashes):
            self._extend(hashes[done : stop - start])
            done = stop - start
        self._extend(hashes[done:])

    def _next_stop(self) -> int | None:
        """The least size above the present one at which the root is asked for."""
        at = bisect_right(self._sizes, self.frontier.size)
        found = [self._sizes[at]] if at < len(self._sizes) else []
        return min([*found, *([self._stop] if self._stop is not None else [])], default=None)

    def _extend(self, hashes: list[bytes]) -> None:
        self.frontier = self.frontier.extend(hashes)[0]
        self._note()

    def _note(self) -> None:
        size = self.frontier.size
        if size in self._wanted:
            self.roots[size] = self.frontier.root()
        while self._stop is not None and self._stop <= size:
            if self._stop == size:
                self._told(size, self.frontier.root())
            self._stop = next(self._stops, None)


class Stored:
    """Checkpoints compared with the tree as it grows, one at a time: there may be as many as entries."""

    def __init__(self, check: Check, notes: Iterable[tuple[int, str]]) -> None:
        self.count = 0
        self._check, self._notes = check, notes
        self._said: Checkpoint | None = None

    def sizes(self) -> Iterator[int]:
        """The sizes to stop at; what is no checkpoint is passed over, and told by another check."""
        for _, note in self._notes:
            try:
                self._said = read_note(note)
            except VerificationError:
                continue
            yield self._said.size

    def compare(self, size: int, root: bytes) -> None:
        """Called with the root at the size that was given last."""
        self.count += 1
        if self._said is not None and self._said.root != root:
            words = (
                f"stored checkpoint: size {size}, root {self._said.root.hex()}; the entries give {root.hex()}"
            )
            self._check.fail(Fault("other-root", None, "stored checkpoint", words))


def read_note(note: str) -> Checkpoint:
    """What a note says, with nothing verified. Raises VerificationError."""
    return parse_checkpoint(parse_note(note).text)


def open_by_log(note: str, root: Root) -> Checkpoint:
    """A checkpoint that the log's key in force at its place signed. Raises VerificationError.

    root: the registry as of the checkpoint's size. While keys overlap both sign, so that the one in
    force is always among them.
    """
    return open_checkpoint(note, [Ed25519Verifier.parse(root.log_key)])[0]


def compare_roots(check: Check, said: Iterable[Checkpoint], roots: Mapping[int, bytes], where: str) -> None:
    """Compare what checkpoints say with the tree that was computed."""
    for one in said:
        check.count += 1
        found = roots.get(one.size)
        if found is None:
            check.fail(Fault("log-shorter", None, where, f"{where}: size {one.size}"))
        elif found != one.root:
            detail = f"{where}: size {one.size}, root {one.root.hex()}; the entries give {found.hex()}"
            check.fail(Fault("other-root", None, where, detail))


def remembered_by(anchors: Anchors | None, check: Check, root: Root) -> list[Checkpoint]:
    """What the verifier remembers; also what a key signed that came after what is verified."""
    if anchors is None:
        return []
    return list(opened(anchors.remembered, check, root, "remembered checkpoint", (anchors.log_key,)))


def opened(
    notes: Iterable[str], check: Check, root: Root, where: str, also: Iterable[str] = ()
) -> Iterator[Checkpoint]:
    """The checkpoints in these notes, each signed by some key that this log ever had. also: further keys."""
    verifiers = [Ed25519Verifier.parse(key) for key in dict.fromkeys((*root.log_keys, *also))]
    for note in notes:
        try:
            yield open_checkpoint(note, verifiers)[0]
        except VerificationError as error:
            check.count += 1
            check.fail(Fault("note-unsigned", None, where, str(error)))
