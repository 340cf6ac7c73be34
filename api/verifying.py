"""The verifier of the command line, run beside the server on what somebody uploaded.

A process of its own, with limits of time and memory: an archive is made by whoever sends it, and the
server's own data and trust are out of its reach.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import orjson

from api.problems import Problem
from api.texts.language import Language

SIZE_MAX: Final = 32 * 1024 * 1024  # bytes of an upload; larger ones are for the verifier at home
TRUST_SIZE_MAX: Final = 256 * 1024
SECONDS_MAX: Final = 120.0
MEMORY_MAX: Final = 2 * 1024**3  # bytes of address space
_REPORTED: Final = (0, 1)  # exit codes with a report: verified; failed, or not authenticated


async def verify_upload(bundle: bytes, trust: bytes | None, language: Language) -> dict[str, Any]:
    """The report of `pledger verify --json`. language: of what it says where there is none.

    Raises Problem not-verifiable, verifier-overloaded.
    """
    with tempfile.TemporaryDirectory(prefix="pledger-verify-") as name:
        folder = Path(name)
        await asyncio.to_thread(_write, folder, bundle, trust)
        command = ["verify", "bundle.zip", "--json", "--lang", language]
        if trust is not None:
            command += ["--trust", "trust.json"]
        code, out, err = await _run(folder, command)
    if code not in _REPORTED:
        raise Problem("not-verifiable", "", reason=_last_line(err))
    report: dict[str, Any] = orjson.loads(out)
    return report


def _write(folder: Path, bundle: bytes, trust: bytes | None) -> None:
    (folder / "bundle.zip").write_bytes(bundle)
    if trust is not None:
        (folder / "trust.json").write_bytes(trust)


async def _run(folder: Path, command: list[str]) -> tuple[int, bytes, bytes]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _LIMITED,
        *command,
        cwd=folder,
        env=_environment(folder),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS_MAX):
            out, err = await process.communicate()
    except (TimeoutError, asyncio.CancelledError) as stopped:
        _kill(process.pid)
        await process.wait()
        if isinstance(stopped, TimeoutError):
            raise Problem("verifier-overloaded", seconds=round(SECONDS_MAX)) from None
        raise
    return process.returncode or 0, out, err


# The limits are set by the process itself, before it reads anything.
_LIMITED: Final = f"""
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_MAX}, {MEMORY_MAX}))
    resource.setrlimit(resource.RLIMIT_CPU, ({int(SECONDS_MAX)}, {int(SECONDS_MAX)}))
except ImportError:
    pass
from api.cli.main import main
sys.argv[0] = "pledger"
main()
"""


def _environment(folder: Path) -> dict[str, str]:
    """Without this server's own trust, addresses and secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    root = str(Path(__file__).resolve().parent.parent)
    return kept | {"PYTHONPATH": root, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "NO_COLOR": "1",
                   "PYTHONUTF8": "1", "TMPDIR": str(folder)}  # fmt: skip


def _kill(pid: int) -> None:
    """With the workers that it started: they are of its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, 9)


def _last_line(err: bytes) -> str:
    lines = [line for line in err.decode("utf8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
