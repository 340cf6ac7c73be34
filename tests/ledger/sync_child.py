"""A process whose syncs are counted, by sync_count.c preloaded or by strace around it.

    python -m tests.ledger.sync_child DIRECTORY LOG_KEY GENESIS COMMITS

Prints JSON: for each of COMMITS single submissions and as many batches the letters of the
syncs that had returned before its receipt, and what became of submissions while syncs failed.
Without the preloaded library the letters are missing, and strace counts.
"""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path

from ledger.service import Ledger
from tests.support.log import Small, audit

DEADLINE = 60.0


class Syncs:
    """The preloaded library, if it is there."""

    def __init__(self) -> None:
        library = ctypes.CDLL(None)
        self.there = hasattr(library, "sync_log")
        if self.there:
            library.sync_log.restype = ctypes.c_char_p
            library.fail_syncs.argtypes = [ctypes.c_char]
        self._library = library

    def forget(self) -> None:
        if self.there:
            self._library.forget_syncs()

    def letters(self) -> str:
        return str(self._library.sync_log().decode()) if self.there else ""

    def fail(self, letter: str) -> None:
        """Syncs of this kind of file fail from now on; "" mends them."""
        self._library.fail_syncs(letter.encode() or b"\0")


def commit(small: Small, ledger: Ledger, syncs: Syncs, count: int) -> str:
    payloads = [small.transfer() for _ in range(count)]
    syncs.forget()
    receipts = ledger.submit([small.sign(payload) for payload in payloads]).result(DEADLINE)
    letters = syncs.letters()
    for payload, receipt in zip(payloads, receipts, strict=True):
        small.check(payload, receipt)
    return letters


def fail(small: Small, ledger: Ledger, syncs: Syncs, letter: str) -> str:
    """What a submission gets while syncs fail, and then what the same one gets."""
    payload = small.transfer()
    syncs.fail(letter)
    error = ledger.submit([small.sign(payload)]).exception(DEADLINE)
    syncs.fail("")
    again = ledger.submit([small.sign(payload)]).exception(DEADLINE)
    return f"{type(error).__name__}, {type(again).__name__}"


def main(path: str, log_key: str, genesis: str, commits: str) -> None:
    small, syncs = Small(Path(path), log_key, genesis), Syncs()
    told: dict[str, object] = {}
    with Ledger(small.path) as ledger:
        told["singles"] = [commit(small, ledger, syncs, 1) for _ in range(int(commits))]
        told["batches"] = [commit(small, ledger, syncs, 20) for _ in range(int(commits))]
        if syncs.there:
            told["disk"] = fail(small, ledger, syncs, "w")
            told["memory"] = fail(small, ledger, syncs, "m")
    audit(small.path, log_key)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
