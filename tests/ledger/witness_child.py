"""A witness that answers requests from stdin until it is killed.

    python -m tests.ledger.witness_child STATE [POINT]

Each line on stdin is a base64 request body; each reply is one JSON line. With POINT it kills
itself there on its next cosignature: "before" the commit, or "after" it and before the reply.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.clock import SystemClock
from ledger.witness.memory import Head, WitnessMemory, WitnessWriting
from ledger.witness.witness import Witness, logs_of
from tests.support.witnessing import SmallLog, cosigner


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(point: str) -> None:
    """Plant the kill."""
    keep, writing = WitnessWriting.keep, WitnessMemory.writing

    def fatal_keep(self: WitnessWriting, head: Head) -> None:
        keep(self, head)
        die()

    @contextmanager
    def fatal_writing(self: WitnessMemory) -> Iterator[WitnessWriting]:
        with writing(self) as one:
            yield one
        die()

    if point == "before":
        WitnessWriting.keep = fatal_keep  # type: ignore[method-assign]
    else:
        WitnessMemory.writing = fatal_writing  # type: ignore[method-assign]


def main(state: str, *points: str) -> None:
    clock = SystemClock()
    signer = cosigner(clock=clock)
    memory = WitnessMemory(Path(state), signer.verifier)
    witness = Witness(signer, memory, logs_of([SmallLog().key]), clock)
    for point in points:
        die_at(point)
    print("open", flush=True)
    for line in sys.stdin:
        reply = witness.add_checkpoint(b64decode(line))
        print(json.dumps([reply.status, reply.body.decode()]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
