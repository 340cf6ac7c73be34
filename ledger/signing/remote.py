"""The log key held by another process: asked over a socket, and believed only as far as it proves itself."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from ledger.checkpoint import Checkpoint, open_overlap
from ledger.errors import Moved, Stopped, VerificationError
from ledger.note import Ed25519Verifier, NoteError, parse_note
from ledger.sentence import Sentence
from ledger.signer import not_signed
from ledger.signing import wire
from ledger.signing.address import parse_address
from ledger.signing.connection import Connection

TIMEOUT_SECONDS: Final = 5.0

Answer = TypeVar("Answer")


class RemoteLogSigner:
    """A LogSigner whose key is held by a service (ledger/signing/server.py). Thread-safe.

    A connection that broke is made anew once for each question: to be signed twice does a tree no harm.
    The keys that are named first stay: a next key may come beside them, and none may go while this lives.
    """

    def __init__(
        self, address: str, token: bytes | None = None, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        """Connect, and learn origin and keys. address: unix:PATH or HOST:PORT; token: where it asks for one.

        timeout_seconds: for each question with its answer. Raises Stopped, of nobody there too.
        """
        self._address, self._token, self._timeout = parse_address(address), token, timeout_seconds
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._closed = False
        self._origin = ""
        self._verifiers: tuple[Ed25519Verifier, ...] = ()
        try:
            self.last()
        except BaseException:
            self.close()
            raise

    @property
    def verifier_key(self) -> str:
        return self.verifier_keys[0]

    @property
    def verifier_keys(self) -> tuple[str, ...]:
        return tuple(str(one.key) for one in self._verifiers)

    @property
    def origin(self) -> str:
        return self._origin

    def last(self) -> tuple[int, bytes]:
        with self._lock:
            return self._asked(self._state)

    def sign(self, size: int, root: bytes, proof: Sequence[bytes], since: int | None = None) -> str:
        tree = wire.Tree(size, root, tuple(proof), since)
        try:
            request = wire.ask_sign(tree)
        except wire.WireError as error:
            raise Stopped(
                Sentence(
                    "the log signer was not asked for a tree of size {size}: {why}",
                    "signer-not-asked",
                    size=size,
                    why=error,
                )
            ) from error
        with self._lock:
            return self._asked(lambda connection: self._note(connection.ask(request), tree))

    def close(self) -> None:
        """End the connection; nothing can be asked afterwards."""
        with self._lock:
            self._closed = True
            self._drop()

    # -- asking, under the lock -----------------------------------------------------

    def _asked(self, question: Callable[[Connection], Answer]) -> Answer:
        """Ask, and once more if the connection broke. Raises Stopped for all that can go wrong."""
        if self._closed:
            raise Stopped(
                Sentence(
                    "the connection to the log signer {address} was closed",
                    "signer-closed",
                    address=self._address,
                )
            )
        try:
            return self._tried(question)
        except OSError as error:
            why = error if error.errno else TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            raise Stopped(
                Sentence(
                    "the log signer {address} does not answer: {why}. Nothing is signed until it does: start"
                    " `pledger signer serve` there, or read what it says",
                    "signer-away",
                    address=self._address,
                    why=why,
                )
            ) from error
        except wire.NotAuthentic as error:
            raise Stopped(
                Sentence(
                    "the log signer {address} and this process do not have the same token, or somebody is"
                    " between them: give both the same file",
                    "signer-other-token",
                    address=self._address,
                )
            ) from error
        except (wire.WireError, NoteError) as error:
            raise Stopped(
                Sentence(
                    "what the log signer {address} answers is not taken: {why}. Is it this log's signer?",
                    "signer-wrong",
                    address=self._address,
                    why=error,
                )
            ) from error

    def _tried(self, question: Callable[[Connection], Answer]) -> Answer:
        try:
            try:
                return question(self._connected())
            except TimeoutError:
                raise
            except OSError:
                self._drop()
                return question(self._connected())
        except (OSError, VerificationError):
            self._drop()  # what else comes over it would be the answer to another question
            raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._address, self._token, self._timeout)
            self._state(self._connection)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _state(self, connection: Connection) -> tuple[int, bytes]:
        """What was signed last; and the signer still has the keys that it had."""
        origin, keys, size, root = wire.read_state(self._granted(connection.ask(wire.ask_last())))
        verifiers = tuple(map(Ed25519Verifier.parse, keys))
        if len(set(keys)) < len(keys) or any(one.name != origin for one in verifiers):
            raise wire.WireError("its keys are not those of one log")
        known = self._verifiers
        if known and (origin != self._origin or verifiers[: len(known)] != known):
            raise wire.WireError("it has other keys than before; after a rotation start this process anew")
        self._origin, self._verifiers = origin, verifiers
        return size, root

    def _note(self, answer: Mapping[str, Any], tree: wire.Tree) -> str:
        """The note, if it is signed by each of the keys, by nobody else, and over this tree."""
        note = self._granted(answer, tree).get("note")
        if not isinstance(note, str) or answer.keys() != {"note"}:
            raise wire.WireError("an answer has another shape")
        if open_overlap(note, self._verifiers) != Checkpoint(self._origin, tree.size, tree.root):
            raise wire.WireError("it signed another tree")
        signed = [(one.name, one.key_id) for one in parse_note(note).signatures]
        if signed != [(one.name, one.key_id) for one in self._verifiers]:
            raise wire.WireError("somebody else signed, too")
        return note

    def _granted(self, answer: Mapping[str, Any], tree: wire.Tree | None = None) -> Mapping[str, Any]:
        """The answer, unless it is a refusal. Raises Moved, Stopped, WireError."""
        kind = answer.get("refused")
        if kind is None:
            return answer
        said = answer.get("why")
        given = said if isinstance(said, str) else ""
        why = VerificationError(given)
        if kind == "token":
            raise wire.NotAuthentic(given)
        if tree is not None and kind in ("moved", "history"):
            size, root = wire.read_tree(answer)
            words = not_signed(tree.size, why, size, root)
            raise Moved(words, size, root) if kind == "moved" else Stopped(words)
        if kind != "failed":
            raise wire.WireError(given)
        raise Stopped(
            Sentence(
                "the log signer {address} signs nothing: {why}",
                "signer-failed",
                address=self._address,
                why=why,
            )
        )
