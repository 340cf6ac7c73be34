"""`pledger demo`: a seeded ledger, a server with a witness beside it, and a self-check that audits them."""

from __future__ import annotations

import shutil
import tempfile
import threading
from contextlib import suppress
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console

from api.demo.audit import Auditor
from api.demo.background import BackgroundServer
from api.demo.beside import Beside, Say, standing_beside
from api.demo.clock import StoryClock
from api.demo.integrator import Integrator
from api.demo.own import KEYS, PASSPHRASE, is_own, refusal
from api.demo.story import Teller, read_story
from api.server import config
from api.settings import Settings
from ledger.keyfile import save_key
from ledger.keys import PrivateKey
from ledger.opening import create_ledger
from ledger.service import Ledger

NOT_OURS: Final = 2


def run_demo(data: Path, port: int, *, check: bool = False) -> int:
    """Seed `data` unless it is there, serve it on loopback, check it, and stay.

    check: stop after the self-check. Returns the exit code: 2 for a folder that is not the demo's.
    """
    console = Console(stderr=True)

    def say(line: str) -> None:
        console.print(line, soft_wrap=True, highlight=False, markup=False)  # addresses stay whole

    if not is_own(data):
        for line in refusal(data):
            say(line)
        return NOT_OURS
    if not (data / "ledger.db").exists():
        seed(data, say)
    with standing_beside(data, say) as beside, _server(data, beside, port) as server:
        story = _story()
        ok = self_check(server.url, story, say)
        ok = integrate(server.url, story, say) and ok
        ok = Auditor(data, server.url, story, beside).audit(say) and ok
        say(f"\n  {server.url}\n")
        if check:
            return 0 if ok else 1
        stay(say, "Ctrl+C зупиняє стенд / stops the demo")
    return 0


def _server(data: Path, beside: Beside, port: int) -> BackgroundServer:
    settings = Settings(data=data, demo=True).model_copy(update=beside.settings())
    return BackgroundServer(config(settings, "127.0.0.1", port), ready="/readyz")


def _story() -> dict[str, Any]:
    with resources.as_file(resources.files("api.demo")) as folder:
        return read_story(folder / "story.yaml")


def stay(say: Say, words: str) -> None:
    """Say how to end it, and stay until then; Ctrl+C may come as soon as that is said."""
    with suppress(KeyboardInterrupt):
        say(words)
        threading.Event().wait()


def seed(data: Path, say: Say) -> None:
    """Make the demo's ledger beside its place, and move it there when it is whole."""
    data.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: what lies beside it is somebody else's.
    fresh = Path(tempfile.mkdtemp(prefix=f".{data.name}-", dir=data.parent))
    try:
        with resources.as_file(resources.files("api.demo")) as folder:
            story = read_story(folder / "story.yaml")
            keys = _make_keys(story, fresh / KEYS)
            _tell(fresh, folder, story, keys, say)
        if data.exists():
            data.rmdir()
        fresh.rename(data)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _make_keys(story: dict[str, Any], folder: Path) -> dict[str, PrivateKey]:
    """One key per person, kept under a passphrase that everybody knows."""
    folder.mkdir()
    rows = [*story["registrars"]["people"], *story["offices"]]
    keys = {row["person"]: PrivateKey.generate(row.get("alg", "Ed25519")) for row in rows}
    for person, key in keys.items():
        save_key(folder / f"{person}.pem", key, PASSPHRASE)
    return keys


def _tell(data: Path, folder: Path, story: dict[str, Any], keys: dict[str, PrivateKey], say: Say) -> None:
    registrars = [(row["person"], row["name"], keys[row["person"]]) for row in story["registrars"]["people"]]
    clock = StoryClock(timedelta(days=sum(step.get("wait", 0) for step in story["steps"])))
    opening = create_ledger(
        data,
        origin=story["origin"],
        registrars=registrars,
        k=story["registrars"]["threshold"],
        zone=story["zone"],
        clock=clock,
        service=story["service"],
    )
    identity = {"origin": opening.origin, "genesis": opening.genesis}
    with Ledger(data, clock=clock) as ledger:
        Teller(ledger, identity, folder, story, keys, clock).tell(say)


def self_check(url: str, story: dict[str, Any], say: Say) -> bool:
    """Ask the running server what anyone would ask of the story's programme."""
    ok = True
    # A proxy of the environment must not be asked for this machine.
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        for question, path, *member in story["questions"]:
            address = f"/v1/programmes/{story['programme']}{path}"
            answer = client.get(address)
            rows = member[0] if member else "items"  # what may not be empty
            good = answer.status_code == httpx.codes.OK and bool(answer.json().get(rows))
            ok = ok and good
            say(f"  {'✓' if good else '✗'} {question}: {url}{address}")
    return ok


def integrate(url: str, story: dict[str, Any], say: Say) -> bool:
    """Take from the running server what a portal would."""
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        return Integrator(client, story["programme"], str(story["audited_as_of"])).integrate(say)
