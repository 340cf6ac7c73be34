"""`make mutants`: plant each bug in a copy of the tree and see a test fail.

Exit code 1 if a mutant survives. Two run at a time, each in a copy of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.catalogue import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = ("ledger", "projections", "api", "tests", "pyproject.toml")
TIMEOUT_SECONDS = 300
WORKERS = 2


@contextmanager
def copy_of_the_tree() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pledger-mutant-") as folder:
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, Path(folder) / name)
        yield Path(folder)


def is_killed(mutant: Mutant) -> bool:
    """Does some test fail with the bug planted?"""
    with copy_of_the_tree() as folder:
        target = folder / mutant.file
        text = target.read_text(encoding="utf8")
        target.write_text(text.replace(mutant.before, mutant.after), encoding="utf8")
        return run_tests(folder, mutant.tests) != 0


def is_sound(tests: tuple[str, ...]) -> bool:
    """Do the tests pass without a bug? Else they would kill any mutant."""
    with copy_of_the_tree() as folder:
        return run_tests(folder, tests) == 0


def run_tests(folder: Path, tests: tuple[str, ...]) -> int:
    paths = [str(path) for pattern in tests for path in sorted(folder.glob(pattern))]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", *paths]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "ci", "PYTHONPATH": str(folder)}
    environment.setdefault("PLEDGER_VECTORS", str(ROOT.parent / "shared" / "vectors"))
    environment.setdefault("PLEDGER_BELZ", str(ROOT.parent / "shared" / "belz"))
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return 1
    return done.returncode


def main() -> int:
    """Run all mutants, or those whose file or reason holds a word given as argument."""
    words = sys.argv[1:]
    chosen = [m for m in MUTANTS if not words or any(word in m.file + " " + m.why for word in words)]
    survivors = []
    with ThreadPoolExecutor(WORKERS) as pool:
        groups = list(dict.fromkeys(mutant.tests for mutant in chosen))
        for tests, sound in zip(groups, pool.map(is_sound, groups), strict=True):
            if not sound:
                sys.stdout.write(f"these fail without any planted bug: {' '.join(tests)}\n")
                return 1
        for mutant, killed in zip(chosen, pool.map(is_killed, chosen), strict=True):
            sys.stdout.write(f"{'killed  ' if killed else 'SURVIVED'} {mutant.file}: {mutant.why}\n")
            sys.stdout.flush()
            if not killed:
                survivors.append(mutant)
    sys.stdout.write(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants killed\n")
    return 1 if survivors or not chosen else 0


if __name__ == "__main__":
    raise SystemExit(main())
