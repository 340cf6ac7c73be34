"""A signer's service as a process, which can kill itself in the midst of a request.

    python -m tests.ledger.signer_child KEY MEMORY SOCKET [POINT SIZE]

With POINT it dies there, while it signs a tree of SIZE.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger import signer as signing
from ledger.signer import FileLogSigner
from ledger.signing.listening import unix_socket
from ledger.signing.server import SignerServer

# Where it may die: (owner, function, before or after its call).
POINTS: dict[str, tuple[Any, str, bool]] = {
    "before the proof is checked": (signing, "check_consistency", False),
    "after the proof is checked": (signing, "check_consistency", True),
    "before the memory is written": (os, "pwrite", False),
    "before the memory is durable": (os, "fdatasync", False),
    "after the memory is durable": (os, "fdatasync", True),
    "before the signature is made": (signing, "sign_note", False),
    "after the signature is made": (signing, "sign_note", True),
    "before the answer is sent": (SignerServer, "_send", False),
}


def die_at(point: str, size: int) -> None:
    """Plant the kill; it is armed while a tree of this size is signed."""
    owner, name, after = POINTS[point]
    real, sign, armed = getattr(owner, name), FileLogSigner.sign, False

    def fatal(*given: Any, **named: Any) -> Any:
        if not armed:
            return real(*given, **named)
        result = real(*given, **named) if after else None
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    def arming(self: FileLogSigner, wanted: int, *given: Any) -> str:
        nonlocal armed
        armed = armed or wanted == size
        return sign(self, wanted, *given)

    setattr(owner, name, fatal)
    planted: Callable[..., str] = arming
    FileLogSigner.sign = planted  # type: ignore[method-assign]


async def serve(held: FileLogSigner, path: Path) -> None:
    stop = asyncio.Event()
    with unix_socket(path) as bound:
        bound.listen()
        print("ready", flush=True)
        await SignerServer(held, None, print).run([bound], stop)


def main(key: str, memory: str, path: str, *fatal: str) -> None:
    held = FileLogSigner(Path(key), Path(memory))
    if fatal:
        die_at(fatal[0], int(fatal[1]))
    asyncio.run(serve(held, Path(path)))


if __name__ == "__main__":
    main(*sys.argv[1:])
