"""Rebuilding: a new generation from the log, swapped in when it is whole."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from ledger.store.base import LogReader
from projections.store.base import Generations
from projections.store.sqlite import FileGenerations
from projections.writer import Writer

BATCH_ENTRIES = 2000

Progress = Callable[[int, int], None]


def rebuild(directory: Path, log: LogReader, progress: Progress | None = None) -> Path:
    """As rebuild_in, for the files of a ledger's directory; returns the new one's path."""
    return directory / rebuild_in(FileGenerations(directory), log, progress)


def rebuild_in(generations: Generations, log: LogReader, progress: Progress | None = None) -> str:
    """Build a new generation up to the log's head and make it current; returns its name.

    progress(applied, size) is called after each batch. A server that is running notices
    the new generation and goes on with it; nothing stops meanwhile. A rebuild that fails
    leaves the old generation in use and nothing of itself behind.
    """
    generation = generations.create()
    collected = gc.isenabled()
    # Worlds are trees of immutable values without cycles: looking for cycles took half the time.
    gc.disable()
    try:
        writer = Writer(generation, log)
        size = log.head().size
        while writer.position < size:
            writer.apply(log.entries(writer.position, BATCH_ENTRIES))
            if progress is not None:
                progress(writer.position, size)
            if writer.position >= size:
                size = log.head().size
    except BaseException:
        generation.close()
        generations.remove(generation.name)
        raise
    finally:
        if collected:
            gc.enable()
    writer.close()
    generations.make_current(generation.name)
    return generation.name
