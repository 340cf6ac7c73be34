"""A server's own webhooks as a process that can be killed: `python child.py DATA PEM`.

It opens the ledger as a server does, with the loopback as the only place where messages may go, appends
nothing, and writes a line when it is ready.
"""

from __future__ import annotations

import ssl
import sys
import threading
from pathlib import Path

from api.context import Context
from api.settings import Settings
from api.webhooks.address import Reach


def main(data: str, pem: str) -> None:
    def trusting() -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=pem)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    reach = Reach(lambda host, port: ["127.0.0.1"], lambda address: address == "127.0.0.1", trusting)
    context = Context(Settings(data=Path(data)), reach=reach)
    assert context.webhooks is not None
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
