"""A new server's folder: initdb once in a process, a copy of it for each server."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.postgres_home import Home, home
from tests.support.postgres_install import account, run

USER = "pledger"

# What every server has. The rest is PostgreSQL's own: fsync and full_page_writes on, commits synchronous.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "dynamic_shared_memory_type": "mmap",  # in the server's folder: what a killed one leaves goes with it
    "io_method": "sync",  # no processes that only read
    "wal_retrieve_retry_interval": "100ms",  # a standby looks for its primary again at once
    "wal_receiver_status_interval": "1s",
    "log_line_prefix": "%m [%p] %q%u@%d/%a ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "lc_messages": "C",
    "scram_iterations": "1",  # the password is 128 random bits: stretching it adds nothing but time
}

# For tests that ask nothing about durability: nothing survives a power cut, and all is quicker.
HASTY = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Template:
    data: Path
    password: str


def new_folder(name: str) -> Path:
    """A folder that the servers' account owns, for one server."""
    folder = home().folder / name
    folder.mkdir(mode=0o700)
    give(folder)
    return folder


def give(path: Path) -> None:
    """Make it the servers' account's."""
    owner = account()
    if owner:
        os.chown(path, owner["user"], owner["group"])


def template() -> Template:
    """This process's own."""
    return _template(home())


@cache
def _template(_place: Home) -> Template:
    folder = new_folder("template")
    password, asked = secrets.token_hex(16), folder / "password"
    asked.write_text(password, "utf-8")
    give(asked)
    settings = [word for name, value in SETTINGS.items() for word in ("--set", f"{name}={value}")]
    # The builtin provider sorts by code points on every machine and knows Ukrainian letters' case.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    common = ["--username", USER, "--auth=scram-sha-256", "--pwfile", str(asked), "--no-sync"]
    run("initdb", "-D", str(folder / "data"), *common, *locale, *settings, "--no-instructions")
    asked.unlink()
    return Template(folder / "data", password)


def copy_template(target: Path) -> str:
    """Copy the template's data there; the password. All copies have one system identifier."""
    made = template()
    shutil.copytree(made.data, target)
    for path in (target, *target.rglob("*")):
        give(path)
    return made.password
