"""Who stands beside the demo's server on loopback: an invented witness, and an invented authority."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any, Final

from api.demo.authority import DemoAuthority
from api.demo.background import BackgroundServer
from api.trust.fitting import log_keys
from api.trust.standing import ANCHORED
from api.witness.app import config
from ledger.clock import SystemClock
from ledger.directory import Directory
from ledger.ids import TRUST
from ledger.store.sqlite import SQLiteReader
from ledger.witness.folder import WitnessFolder
from ledger.witness.witness import Witness

WITNESS: Final = "witness.demo.example"
ROUND_SECONDS: Final = 5.0  # what a visitor records is witnessed and can be bundled soon
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Beside:
    """policy: file of the tlog-policy; tsa: the authority's root certificate, and its address.

    None: there is no witness (a ledger without a service key), or no authority (no openssl).
    """

    policy: Path | None = None
    tsa: Path | None = None
    tsa_url: str | None = None

    def settings(self) -> dict[str, Any]:
        """As the server's settings name them."""
        given = {"witness_policy": self.policy, "tsa_url": self.tsa_url, "tsa_certificates": self.tsa}
        named = {name: value for name, value in given.items() if value is not None}
        return named | {"trust_seconds": ROUND_SECONDS}


@contextmanager
def standing_beside(data: Path, say: Say) -> Iterator[Beside]:
    """Start both, and stop them again when the server has stopped. Raises StorageError, Stopped."""
    directory = Directory(data)
    if not directory.service_key.exists():
        yield Beside()  # nobody could record what they say
        return
    with ExitStack() as stack:
        folder = stack.enter_context(WitnessFolder(data / "demo-witness"))
        logs = _log_keys(directory)
        witness = folder.open(name=WITNESS, logs=logs, clock=SystemClock())
        watching = BackgroundServer(config(witness, "127.0.0.1", 0), ready="/healthz")
        policy = _write_policy(directory, logs, witness, stack.enter_context(watching).url)
        say(f"Вигаданий свідок {WITNESS} / an invented witness")
        if not DemoAuthority.is_possible():
            say("Немає openssl: без позначок часу / no openssl here: no time stamps")
            yield Beside(policy)
            return
        place = data / "demo-tsa"
        if not place.exists() and _is_stamped(directory):
            for line in _lost_authority(data):
                say(line)
        authority = DemoAuthority(place, SystemClock())
        stamping = stack.enter_context(BackgroundServer(authority.config(), ready="/healthz"))
        say("Вигадана служба часу «Demo TSA – invented» / an invented time-stamping authority")
        yield Beside(policy, authority.root, f"{stamping.url}/")


def _log_keys(directory: Directory) -> list[str]:
    reader = SQLiteReader(directory.ledger_db)
    try:
        return [str(one.key) for one in log_keys(reader)]
    finally:
        reader.close()


def _is_stamped(directory: Directory) -> bool:
    """Did some authority stamp this ledger already?"""
    reader = SQLiteReader(directory.ledger_db)
    try:
        return any(entry.stated().event.kind == ANCHORED for entry in reader.stream(TRUST))
    finally:
        reader.close()


def _lost_authority(data: Path) -> Iterator[str]:
    """What the auditor will not find good, and how to begin anew."""
    yield "Теки demo-tsa немає: колишніх позначок часу ніхто не підтвердить, тож крок 4 їх не прийме."
    yield f"  Створити новий стенд: зупиніть цей, rm -r {quote(str(data))}, запустіть знову."
    yield "The folder demo-tsa is gone: nobody vouches for the earlier time stamps; step 4 will refuse them."
    yield f"  To make a new demo: stop this one, rm -r {quote(str(data))}, start it again."


def _write_policy(directory: Directory, logs: list[str], witness: Witness, url: str) -> Path:
    """Of the one witness; its port is another at each start."""
    verifier = witness.signer.verifier
    lines = [*(f"log {log}" for log in logs), f"witness {WITNESS} {verifier.key} {url}", f"quorum {WITNESS}"]
    directory.witness_policy.write_text("".join(f"{line}\n" for line in lines), encoding="utf8")
    return directory.witness_policy
