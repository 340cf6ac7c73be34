"""Rebuilding: a new generation from the log, swapped in when it is whole."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from ledger.store.base import LogReader
from projections.generation import following, make_current, remove_generation
from projections.writer import Writer

BATCH_ENTRIES = 2000

Progress = Callable[[int, int], None]


def rebuild(directory: Path, log: LogReader, progress: Progress | None = None) -> Path:
    """Build a new generation up to the log's head and make it current.

    progress(applied, size) is called after each batch. A server that is running notices
    the new generation and goes on with it; nothing stops meanwhile. A rebuild that fails
    leaves the old generation in use and nothing of itself behind.
    """
    path = following(directory)
    writer = Writer(path, log)
    collected = gc.isenabled()
    # Worlds are trees of immutable values without cycles: looking for cycles took half the time.
    gc.disable()
    try:
        size = log.head().size
        while writer.position < size:
            writer.apply(log.entries(writer.position, BATCH_ENTRIES))
            if progress is not None:
                progress(writer.position, size)
            if writer.position >= size:
                size = log.head().size
    except BaseException:
        writer.close()
        remove_generation(path)
        raise
    finally:
        if collected:
            gc.enable()
    writer.close()
    make_current(directory, path)
    return path
