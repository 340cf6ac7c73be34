"""Webhooks of a server: from its settings to threads that are ready to start."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from api.settings import Settings
from api.webhooks.address import Reach
from api.webhooks.configuration import Hook, read_hooks
from api.webhooks.configured import configuration_of
from api.webhooks.delivery import Told
from api.webhooks.memory import Memory
from api.webhooks.schedule import Schedule
from api.webhooks.sender import Follows, Sender
from api.webhooks.signing import read_secrets
from ledger.clock import Clock
from ledger.service import Ledger

log = logging.getLogger("pledger.webhooks")

MEMORY = "webhooks.db"
EVERYWHERE: Final = Reach()


def read_checked(path: Path) -> tuple[Hook, ...]:
    """All webhooks of a file; the secret of each is there. Raises StorageError, Stopped."""
    hooks = read_hooks(path)
    for hook in hooks:
        read_secrets(hook.secret_file)
    return hooks


def open_webhooks(
    settings: Settings,
    ledger: Ledger,
    follows: Follows,
    checkpoint: Callable[[], tuple[int, str] | None],
    clock: Clock,
    *,
    reach: Reach = EVERYWHERE,
    schedule: Schedule | None = None,
) -> Sender | None:
    """None where no webhook is configured. checkpoint: the newest signed one, as (size, note).

    Each webhook that is not known yet begins here, also in a process that only stands by: it will repeat what
    another one sent, and lose nothing. Raises StorageError, Stopped.
    """
    path = configuration_of(settings)
    hooks = read_checked(path) if path is not None else ()
    if not hooks:
        return None
    memory = Memory(settings.data / MEMORY, ledger.root.genesis)
    try:
        _begin(memory, hooks, ledger.reader.head().size)
        told = Told(
            ledger.reader,
            lambda: end_of(follows, checkpoint),
            memory,
            clock,
            schedule or Schedule(),
            settings.public_url,
        )
        return Sender(hooks, told, follows, reach)
    except BaseException:
        memory.close()
        raise


def _begin(memory: Memory, hooks: tuple[Hook, ...], size: int) -> None:
    for name in memory.not_beyond(size):
        log.warning("webhook %s was told of more entries than there are: it goes on at the end", name)
    for hook in hooks:
        memory.begin(hook.id, size if hook.after is None else min(hook.after, size))


def end_of(follows: Follows, checkpoint: Callable[[], tuple[int, str] | None]) -> int:
    """What is told can be read at once, and lies under a signed head: it is not going to vanish."""
    newest = checkpoint()
    return min(follows.position, newest[0] if newest is not None else 0)
