"""What PostgreSQL's figures are measured on: real servers, a ledger in one, and its API processes.

Everything is on one machine: ratios of one run say something, figures of their own little.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.store.place import Database
from tests.bench.appends import EVENTS_TARGET, MEDIA_TYPE
from tests.bench.load import request
from tests.bench.server import Server
from tests.bench.stage import Stage
from tests.bench.workload import Scale
from tests.support.postgres import PostgresServer
from tests.support.postgres_processes import family

# Durable as it comes: fsync, full_page_writes and synchronous_commit are on. The rest is a small server's.
SETTINGS = {"shared_buffers": "256MB", "max_wal_size": "4GB", "max_connections": "200"}
OPEN_FILES = 8192
SIGNER_SECONDS = 60


def new_primary(**settings: object) -> PostgresServer:
    return PostgresServer.new(**SETTINGS | settings)


class Cluster:
    """A ledger in a database of `primary`; servers are started with serve(). scratch: an empty folder."""

    name = "ledger"  # of the database

    def __init__(
        self, scratch: Path, primary: PostgresServer, events: int, scale: Scale, *, planned: int | None = None
    ) -> None:
        self.scratch, self.primary = scratch, primary
        self.conninfo = primary.fresh_database(self.name)
        self.database = Database(self.conninfo)
        self.stage = Stage(scratch / "ledger", events, scale, database=self.database, planned=planned)
        primary.execute("VACUUM ANALYZE", self.name)

    def serve(self, name: str, **settings: object) -> Server:
        """An API process. Without `signer` it holds the log key itself, and is the only one."""
        given = {"database": self.conninfo} | settings
        return Server.pledger(self.stage.path, self.scratch, name=name, **given)

    def size(self) -> int:
        """How many entries there are now."""
        return int(self.primary.execute("SELECT size FROM pledger.head", self.name)[0][0])

    def reports(self, count: int) -> list[bytes]:
        """Requests that append reports, signed now; no more than there are cells (Workload.reports)."""
        self.stage.workload.position = self.size()  # what their signers have seen
        fresh = self.stage.workload.reports(count)
        return [request("POST", EVENTS_TARGET, raw, MEDIA_TYPE) for raw in fresh]

    @contextmanager
    def signer(self) -> Iterator[str]:
        """The log key as a process of its own; its address."""
        with serving_signer(self.stage.path, self.scratch / "signer.sock") as address:
            yield address


@contextmanager
def serving_signer(data: Path, listens: Path) -> Iterator[str]:
    command = str(Path(sys.executable).with_name("pledger"))
    address = f"unix:{listens}"
    arguments = [command, "signer", "serve", "--data", str(data), "--listen", address]
    with listens.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=log)
        try:
            _wait_listening(process, listens)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def _wait_listening(process: subprocess.Popen[bytes], listens: Path) -> None:
    limit = time.perf_counter() + SIGNER_SECONDS
    while time.perf_counter() < limit:
        with socket.socket(socket.AF_UNIX) as one:
            try:
                one.connect(str(listens))
                return
            except OSError:
                time.sleep(0.02)
        if process.poll() is not None:
            raise RuntimeError(listens.with_suffix(".log").read_text(encoding="utf8")[-2000:])
    raise RuntimeError("the signer does not listen")


def allow_open_files(count: int = OPEN_FILES) -> None:
    """For many clients: our own limit, which the processes that we start have too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def shared_memory_mb(pid: int) -> float:
    """Memory of a process in MB, pages that it shares counted in parts (PSS)."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf8").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024


def family_seconds(first: int) -> float:
    """Processor time of a process, of those that it started, and of those of them that ended."""
    return sum(cpu_seconds(pid) for pid in family(first))


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, with its children that ended; 0 where it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf8")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
