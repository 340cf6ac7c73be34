"""What the coverage-guided harnesses share: a target, and how atheris is started on it.

A harness is a file `harness_<name>.py` with a TARGET. It is run as a process of its own:

    python -m tests.fuzz.harness NAME CORPUS SEEDS CRASHES SECONDS

The exit code is 0 when the time is over, another one after a crash, whose input then lies in CRASHES. Linux
alone has atheris; nothing but `main` imports it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

NAMES = ("envelope", "note", "tile", "import")
# What counts its branches. The rest is compiled, or not ours.
INSTRUMENTED = ("ledger", "api.importers", "tests.fuzz.harness_")
INPUT_SECONDS_MAX = 10
MEMORY_MIB_MAX = 2048


@dataclass(frozen=True)
class Target:
    """try_bytes raises nothing, whatever bytes it gets; bytes_max: more it does not get."""

    try_bytes: Callable[[bytes], object]
    bytes_max: int


def target_of(name: str) -> Target:
    """The TARGET of a harness's file."""
    target: Target = import_module(f"tests.fuzz.harness_{name}").TARGET
    return target


def main(name: str, corpus: str, seeds: str, crashes: str, seconds: str) -> None:
    atheris: Any = import_module("atheris")  # untyped, and not there on other systems

    with atheris.instrument_imports(include=[*INSTRUMENTED]):
        target = target_of(name)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={target.bytes_max}",
        f"-artifact_prefix={crashes}/",
        f"-timeout={INPUT_SECONDS_MAX}",
        f"-rss_limit_mb={MEMORY_MIB_MAX}",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, corpus, seeds], target.try_bytes)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
