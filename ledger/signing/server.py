"""The signer as a process of its own: many ask, one signature is made at a time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.errors import Moved, Stopped
from ledger.sentence import Sentence, sentence_of
from ledger.signer import FileLogSigner
from ledger.signing import wire

CONNECTIONS_MAX: Final = 64
_WHY_CHARACTERS_MAX: Final = 500
_GONE: Final = (OSError, asyncio.CancelledError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)

Tell = Callable[[Sentence], None]
"""Where a signer's words for its operator go."""


@dataclass(frozen=True, slots=True)
class Limits:
    """request_seconds: for the rest of a request once it began, for the first one, and for taking an answer.

    idle_seconds: between two requests of one connection.
    """

    connections_max: int = CONNECTIONS_MAX
    request_seconds: float = 5.0
    idle_seconds: float = 600.0


class SignerServer:
    """Serves one FileLogSigner. token: asked of every request; None where a file's rights decide."""

    def __init__(
        self, signer: FileLogSigner, token: bytes | None, tell: Tell, limits: Limits | None = None
    ) -> None:
        self._signer, self._token, self._tell = signer, token, tell
        self._limits = limits or Limits()
        self._serving: set[asyncio.Task[None]] = set()
        self._stop: asyncio.Event | None = None
        self._told: tuple[int, bytes] | None = None

    async def run(self, sockets: Sequence[socket.socket], stop: asyncio.Event) -> bool:
        """Serve on bound sockets until stop is set or the memory fails; True if the memory is well.

        A signature under way is finished, and its answer sent.
        """
        self._stop = stop
        servers = [await self._listen(one) for one in sockets]
        await stop.wait()
        for server in servers:
            server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        return self._signer.usable

    async def _listen(self, bound: socket.socket) -> asyncio.Server:
        if bound.family == socket.AF_UNIX:
            return await asyncio.start_unix_server(self._connected, sock=bound, limit=wire.LINE_BYTES_MAX)
        return await asyncio.start_server(self._connected, sock=bound, limit=wire.LINE_BYTES_MAX)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            # Whoever sends nonsense, nothing, or goes away is let go.
            with contextlib.suppress(*_GONE):
                await self._converse(reader, writer)
        finally:
            self._serving.discard(task)
            await self._close(writer)

    async def _close(self, writer: asyncio.StreamWriter) -> None:
        """What was written is sent first, unless nobody takes it."""
        writer.close()
        with contextlib.suppress(OSError):
            try:
                async with asyncio.timeout(self._limits.request_seconds):
                    await writer.wait_closed()
            except TimeoutError:
                writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._serving) > self._limits.connections_max:
            await self._send(writer, wire.seal_answer(None, b"", _refused("busy", "too many are connected")))
            return
        nonce, number = wire.fresh(), 0
        await self._send(writer, wire.greeting(nonce))
        wait = self._limits.request_seconds
        while True:
            line = await self._read(reader, wait)
            try:
                request = wire.read_request(self._token, nonce, line)
                if request.number != number:
                    raise wire.WireError("a request was left out, or said again")
            except wire.WireError as error:
                kind = "token" if isinstance(error, wire.NotAuthentic) else "malformed"
                await self._send(writer, wire.seal_answer(None, b"", _refused(kind, str(error))))
                return
            await self._send(writer, wire.seal_answer(self._token, request.mac, self._answer(request)))
            number, wait = number + 1, self._limits.idle_seconds

    async def _read(self, reader: asyncio.StreamReader, wait: float) -> bytes:
        """One line. Raises TimeoutError, IncompleteReadError, LimitOverrunError."""
        async with asyncio.timeout(wait):
            first = await reader.readexactly(1)
        async with asyncio.timeout(self._limits.request_seconds):
            return first if first == b"\n" else first + await reader.readuntil(b"\n")

    async def _send(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        writer.write(line)
        async with asyncio.timeout(self._limits.request_seconds):
            await writer.drain()

    def _answer(self, request: wire.Request) -> dict[str, Any]:
        """Nothing else runs meanwhile, so that no two signatures are made at once and none is half made."""
        signer, tree = self._signer, request.tree
        if tree is None:
            size, root = signer.last()
            keys = list(signer.verifier_keys)
            return {"keys": keys, "origin": signer.origin, "root": root.hex(), "size": size}
        try:
            return {"note": signer.sign(tree.size, tree.root, tree.proof, tree.since)}
        except Moved as moved:
            return _refused("moved", _why(moved), moved.size, moved.root)
        except Stopped as stopped:
            return self._stopped(stopped, tree)

    def _stopped(self, stopped: Stopped, tree: wire.Tree) -> dict[str, Any]:
        """The operator is told once of each tree, for whoever is refused asks again."""
        said = sentence_of(stopped)
        if said is not None and self._told != (tree.size, tree.root):
            self._told = (tree.size, tree.root)
            self._tell(said)
        if self._signer.usable:
            return _refused("history", _why(stopped), *self._signer.last())
        assert self._stop is not None
        self._stop.set()  # only a process that opens the memory anew can know what it holds
        return _refused("failed", str(stopped))


def _why(stopped: Stopped) -> str:
    """What the proof lacked, without the advice: whoever asked puts it into words of its own."""
    said = sentence_of(stopped)
    return str(said.given.get("why", said)) if said is not None else str(stopped)


def _refused(kind: str, why: str, size: int | None = None, root: bytes = b"") -> dict[str, Any]:
    last = {} if size is None else {"root": root.hex(), "size": size}
    return {"refused": kind, "why": why[:_WHY_CHARACTERS_MAX], **last}
