"""A town with a service key, watched by witnesses and an authority on loopback."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from api.stamp_authority import Authority
from api.trust.outside import Outside
from api.trust.round import Outcome, Rounds
from api.witness.app import config
from ledger.clock import Clock
from ledger.event import Stated
from ledger.log import open_reader
from ledger.note import parse_note
from ledger.witness.memory import WitnessMemory
from ledger.witness.policy import Policy, parse_policy
from ledger.witness.witness import Witness, logs_of
from tests.api.running import _port as port_of
from tests.support import service, tsa
from tests.support.people import MACHINE
from tests.support.town import PROGRAMME, TestLedger, lines
from tests.support.witnessing import cosigner

NAMES = ("w1", "w2", "w3")
WAIT_SECONDS_MAX = 30.0


class Watcher:
    """One witness behind a port of its own, which stays while it is away."""

    def __init__(self, folder: Path, name: str, log_key: str, clock: Clock) -> None:
        self.name, self._clock = name, clock
        self._path = folder / f"{name}.db"
        self._log_key = log_key
        self.signer = cosigner(f"{name}.example", clock)
        self._port = 0
        self._running = False
        self.start()

    @property
    def line(self) -> str:
        """Its line of a policy."""
        return f"witness {self.name} {self.signer.key} http://127.0.0.1:{self._port}"

    def start(self) -> None:
        made = WitnessMemory if self._path.exists() else WitnessMemory.create
        self.memory = made(self._path, self.signer.verifier)
        witness = Witness(self.signer, self.memory, logs_of([self._log_key]), self._clock)
        self._server = uvicorn.Server(config(witness, "127.0.0.1", self._port))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self._port, self._running = port_of(self._server, self._thread), True

    def end(self) -> None:
        """Ask it to stop, and do not wait for it."""
        self._server.should_exit = True

    def stop(self) -> None:
        if self._running:
            self.end()
            self._thread.join()
            self.memory.close()
            self._running = False

    def seen(self) -> int:
        """The size that it cosigned last."""
        heads = self.memory.heads()
        return heads[0].checkpoint.size if heads else 0


class Watched:
    """A town, its witnesses and its authority. authority_down: its office answers nothing that holds."""

    def __init__(self, town: TestLedger, folder: Path) -> None:
        self.town, self.folder = town, folder
        self.clock = town.clock
        self.office = service.authority()
        self.authority_down = False
        self.asked_for_stamps = 0
        self._stack = ExitStack()
        self.watchers = [Watcher(folder, name, town.log_key, self.clock) for name in NAMES]
        for watcher in self.watchers:
            self._stack.callback(watcher.stop)
        self.tsa_url = self._stack.enter_context(tsa.serving(self._stamped))

    def close(self) -> None:
        self.stop_all()
        self._stack.close()

    def stop_all(self) -> None:
        """Every witness goes away, at once."""
        for watcher in self.watchers:
            watcher.end()
        for watcher in self.watchers:
            watcher.stop()

    def _stamped(self, query: bytes) -> bytes:
        self.asked_for_stamps += 1
        return b"" if self.authority_down else self.office.reply(query)

    # -- whom to ask --------------------------------------------------------------

    def policy_text(self, threshold: str = "2") -> str:
        names = " ".join(watcher.name for watcher in self.watchers)
        return "\n".join(
            [
                f"log {self.town.log_key}",
                *(watcher.line for watcher in self.watchers),
                f"group g {threshold} {names}",
                "quorum g",
                "",
            ]
        )

    def policy(self, threshold: str = "2") -> Policy:
        return parse_policy(self.policy_text(threshold))

    @property
    def authority(self) -> Authority:
        return Authority(self.tsa_url, tuple(self.office.roots))

    def outside(self, threshold: str = "2") -> Outside:
        return Outside(self.policy(threshold), self.authority)

    def files(self) -> dict[str, Any]:
        """As settings name them."""
        policy, certificates = self.folder / "policy.txt", self.folder / "tsa.pem"
        policy.write_text(self.policy_text())
        certificates.write_bytes(self.office.top.pem)
        return {"witness_policy": policy, "tsa_url": self.tsa_url, "tsa_certificates": certificates}

    # -- what happens -------------------------------------------------------------

    def rounds(self, outside: Outside | None = None) -> Rounds:
        return Rounds(self.town.ledger, outside or self.outside(), self.clock)

    def round(self, outside: Outside | None = None) -> Outcome:
        return self.rounds(outside).make()

    def say(self) -> None:
        """An official changes the plan."""
        self.town.submit("financing.changed", PROGRAMME, lines("150.00"))

    def stated(self) -> list[Stated]:
        """What the stream trust holds; the ledger may be closed."""
        with closing(open_reader(self.town.ledger.directory.place)) as reader:
            return [entry.stated() for entry in reader.stream("trust")]

    def kinds(self) -> list[str]:
        return [stated.event.kind for stated in self.stated()]

    def newest(self, kind: str) -> Any:
        """Data of the newest statement of a kind."""
        return [stated.event.data for stated in self.stated() if stated.event.kind == kind][-1]


def write_service_key(path: Path) -> None:
    """The service key of tests, as a file in a ledger's directory."""
    key = MACHINE.key.handle
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(path / "service-key.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)


def serviced_town(path: Path) -> TestLedger:
    """A town with a programme whose own machine may speak; closed, to be copied."""
    town = TestLedger.with_programme(path)
    write_service_key(path)
    service.enrol(town)
    town.close()
    return town


@contextmanager
def watched(model: TestLedger, folder: Path) -> Iterator[Watched]:
    """A copy of a serviced town, its ledger open in this process."""
    town = TestLedger.copy_of(model, folder / "town")
    made = Watched(town, folder)
    try:
        yield made
    finally:
        made.close()
        town.close()


def size_of(note: str) -> int:
    return int(parse_note(note).text.split("\n")[1])


def until(holds: Callable[[], object]) -> None:
    """Wait for what another thread does; it is looked for, not slept for."""
    end = time.monotonic() + WAIT_SECONDS_MAX
    while not holds():
        assert time.monotonic() < end, "it takes too long"
        threading.Event().wait(0.005)
