"""A process that appends to a ledger until its input ends, and says each size that was acknowledged."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.support.town import PROGRAMME, TestLedger, lines


def main(path: Path) -> None:
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    with TestLedger.with_programme(path) as town:
        amount = 100
        while not ended.is_set():
            amount += 1
            receipt = town.submit("financing.changed", PROGRAMME, lines(f"{amount}.00"))
            print(receipt.index + 1, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
