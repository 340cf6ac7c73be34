"""A log's pasts, and its signer as a service: in a thread of the test's process, or one to be killed."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from ledger.merkle import EMPTY_ROOT, Frontier, NodeId, leaf_hash, prove_consistency, tree_root
from ledger.sentence import Sentence
from ledger.signer import FileLogSigner, LogSigner, generate_key
from ledger.signing.listening import unix_socket
from ledger.signing.server import Limits, SignerServer

ORIGIN = "example.org/log"
SIZE_MAX = 400
START_SECONDS_MAX = 60.0
ROOT = Path(__file__).resolve().parents[2]


class Past:
    """What a log's entries were: two pasts differ from leaf `forked` on if their words differ."""

    def __init__(self, words: str = "", forked: int = 0) -> None:
        self.leaves = [leaf_hash(f"{words if at >= forked else ''} {at}".encode()) for at in range(SIZE_MAX)]
        self._nodes = {(level, at): node for level, at, node in Frontier.empty().extend(self.leaves)[1]}

    @cache  # noqa: B019 -- there are few
    def root(self, size: int) -> bytes:
        return tree_root(self.leaves[:size]) if size else EMPTY_ROOT

    def proof(self, old: int, new: int) -> list[bytes]:
        return prove_consistency(self._read, old, new) if 0 < old < new else []

    def _read(self, wanted: Sequence[NodeId]) -> list[bytes]:
        return [self._nodes[node] for node in wanted]


TRUE = Past()
FORKED = Past("another past", 2)


def signed(signer: LogSigner, size: int, past: Past = TRUE) -> str:
    """What a process does that has read a head of this size."""
    last, _ = signer.last()
    return signer.sign(size, past.root(size), past.proof(last, size), last)


class Place:
    """A folder with key and memory, and where a service of it listens."""

    def __init__(self, folder: Path) -> None:
        self.key, self.memory, self.next_key = folder / "log.pem", folder / "memory", folder / "next.pem"
        self.socket = folder / "s"
        self.address = f"unix:{self.socket}"
        generate_key(self.key)
        FileLogSigner.create(self.key, self.memory, origin=ORIGIN).close()

    def open(self) -> FileLogSigner:
        return FileLogSigner(self.key, self.memory, self.next_key)


class Service:
    """A signer's service in a thread; it can be stopped and started again. told: for its operator."""

    def __init__(
        self, place: Place, token: bytes | None = None, limits: Limits | None = None, *, tcp: bool = False
    ) -> None:
        self.place, self.token, self.limits, self.tcp = place, token, limits, tcp
        self.told: list[Sentence] = []
        self.address = place.address
        self.well = True
        self._running: threading.Thread | None = None

    def start(self, port: int = 0) -> None:
        self._opened = ExitStack()
        signer = self._opened.enter_context(self.place.open())
        if self.tcp:
            bound = self._opened.enter_context(socket.create_server(("127.0.0.1", port)))
            self.address = f"127.0.0.1:{bound.getsockname()[1]}"
        else:
            bound = self._opened.enter_context(unix_socket(self.place.socket))
        bound.listen()
        started = threading.Event()
        self._running = threading.Thread(target=self._run, args=(signer, bound, started), daemon=True)
        self._running.start()
        assert started.wait(START_SECONDS_MAX)

    def _run(self, signer: FileLogSigner, bound: socket.socket, started: threading.Event) -> None:
        async def serve() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            started.set()
            server = SignerServer(signer, self.token, self.told.append, self.limits)
            self.well = await server.run([bound], self._stop)

        asyncio.run(serve())

    def stop(self) -> None:
        """As SIGTERM would."""
        if self._running is not None:
            if self._running.is_alive():
                self._loop.call_soon_threadsafe(self._stop.set)
            self.wait()

    def wait(self) -> None:
        """Until it has ended, by itself or as it was told."""
        assert self._running is not None
        self._running.join(START_SECONDS_MAX)
        assert not self._running.is_alive()
        self._running = None
        self._opened.close()


@contextmanager
def serving(
    place: Place, token: bytes | None = None, limits: Limits | None = None, *, tcp: bool = False
) -> Iterator[Service]:
    service = Service(place, token, limits, tcp=tcp)
    service.start()
    try:
        yield service
    finally:
        service.stop()


@contextmanager
def process(place: Place, *words: str) -> Iterator[subprocess.Popen[str]]:
    """tests/ledger/signer_child.py, ready to be asked; killed afterwards. words: where it dies by itself."""
    command = [sys.executable, "-m", "tests.ledger.signer_child"]
    files = [str(place.key), str(place.memory), str(place.socket)]
    child = subprocess.Popen([*command, *files, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.communicate()
