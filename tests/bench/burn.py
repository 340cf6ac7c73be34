"""A process that takes processor time and does nothing: the control for whoever shares the machine.

python -m tests.bench.burn SHARE        # of one core, until it is ended
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

STEP_SECONDS = 0.005


@contextmanager
def burning(cores: float) -> Iterator[None]:
    """So much processor time a second, by as many processes as that takes."""
    with ExitStack() as opened:
        count = math.ceil(cores)
        for _ in range(count):
            command = [sys.executable, "-m", "tests.bench.burn", str(cores / count)]
            process = subprocess.Popen(command)
            opened.callback(process.wait, 30)
            opened.callback(process.kill)
        yield


def main() -> None:
    share, begun = float(sys.argv[1]), time.perf_counter()
    while True:
        if time.process_time() < share * (time.perf_counter() - begun):
            sum(range(20_000))
        else:
            time.sleep(STEP_SECONDS)


if __name__ == "__main__":
    main()
