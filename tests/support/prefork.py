"""`pledger` as a command on the PATH that has nothing to import: a process that knows it all is forked.

A shell script of many commands takes seconds in this way, not minutes; each still is a process of its own,
with its own arguments, folder, environment, standard streams and exit code.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

ROOT: Final = Path(__file__).resolve().parents[2]
REQUEST_BYTES_MAX: Final = 1 << 20
LOST: Final = 70  # the forked process ended without a word

# What a shell starts. It passes on what it was given, waits, and is stopped with whom it started.
_COMMAND: Final = """\
#!{python} -IS
import json, os, signal, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({place!r})
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(line, [len(asked).to_bytes(4, "big") + asked], [0, 1, 2])
    child = int.from_bytes(line.recv(4), "big")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(child, number))
    code = line.recv(1)
sys.exit(code[0] if code else {lost})
"""


@contextmanager
def command_on_path(folder: Path, env: Mapping[str, str], *, before: str = "") -> Iterator[Path]:
    """A folder for the PATH that holds `pledger`. Whatever it started ends with it.

    env: of the commands, as far as it is looked at when modules are imported; before: Python, run once.
    """
    folder.mkdir(parents=True)
    place = folder / "line"
    command = folder / "pledger"
    command.write_text(_COMMAND.format(python=sys.executable, place=str(place), lost=LOST))
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen(64)
        script = f"{before}\nfrom tests.support.prefork import serve\nserve({listening.fileno()})\n"
        server = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=dict(env),
            pass_fds=[listening.fileno()],
            start_new_session=True,
        )
        try:
            yield folder
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def serve(listening_fd: int) -> NoReturn:
    """Fork for each that calls. Everything that a command may need is imported here, once."""
    import httpx  # noqa: F401
    import rich.progress
    import rich.table  # noqa: F401

    import api.client
    import api.server  # noqa: F401
    import ledger.verify.bundle
    import ledger.verify.ledger_file
    import ledger.verify.tiles  # noqa: F401
    from api.cli.main import main

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    listening = socket.socket(fileno=listening_fd)
    while True:
        line, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _run(line, main)
        line.close()


def _run(line: socket.socket, main: Any) -> NoReturn:
    """One command, in the forked process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = LOST
    try:
        _become(line)
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter does with what nobody caught
        traceback.print_exc()
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        line.sendall(bytes([code]))
        os._exit(code)


def _become(line: socket.socket) -> None:
    """Take over arguments, folder, environment and streams of who called."""
    first, fds, _, _ = socket.recv_fds(line, REQUEST_BYTES_MAX, 3)
    size, asked = int.from_bytes(first[:4], "big"), first[4:]
    while len(asked) < size:
        asked += line.recv(REQUEST_BYTES_MAX)
    arguments, folder, environment = json.loads(asked)
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
        os.close(fd)
    sys.argv = ["pledger", *arguments]
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    line.sendall(os.getpid().to_bytes(4, "big"))
