"""Rebuilding: a new generation from the log, swapped in when it is whole."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from ledger.store.base import LogReader
from ledger.verify.workers import cores
from projections.search.aside import Aside
from projections.store.base import Generation, Generations
from projections.store.sqlite import FileGeneration, FileGenerations
from projections.writer import Writer

BATCH_ENTRIES = 2000
KEPT_MAX = 300_000  # statements in memory, some 1 kB each: nothing else uses the process
ASIDE_ENTRIES_MIN = 10_000  # a process of its own costs more than the words of fewer

Progress = Callable[[int, int], None]


def rebuild(directory: Path, log: LogReader, progress: Progress | None = None) -> Path:
    """As rebuild_in, for the files of a ledger's directory; returns the new one's path."""
    return directory / rebuild_in(FileGenerations(directory), log, progress)


def rebuild_in(generations: Generations, log: LogReader, progress: Progress | None = None) -> str:
    """Build a new generation up to the log's head and make it current; returns its name.

    progress(applied, size) is called after each batch. A server that is running notices
    the new generation and goes on with it; nothing stops meanwhile. A rebuild that fails
    leaves the old generation in use and nothing of itself behind. Raises StorageError.
    """
    generation = generations.create()
    collected = gc.isenabled()
    # Worlds are trees of immutable values without cycles: looking for cycles took half the time.
    gc.disable()
    try:
        aside = _start_aside(generation, log.head().size)
        if isinstance(generation, FileGeneration) and aside is not None:
            with aside:
                _apply_all(generation, log, progress, aside)
                aside.finish()
                generation.take_words(aside.path)
        else:
            _apply_all(generation, log, progress)
    except BaseException:
        generation.close()
        generations.remove(generation.name)
        raise
    finally:
        if collected:
            gc.enable()
    generation.close()
    generations.make_current(generation.name)
    return generation.name


def _start_aside(generation: Generation, size: int) -> Aside | None:
    """A process for the words, where there is a core for it and enough to do."""
    if not isinstance(generation, FileGeneration) or size < ASIDE_ENTRIES_MIN or cores() < 2:
        return None
    try:
        return Aside(generation.path.with_name(f"{generation.name}-words"))
    except OSError:  # no process may be started here: it takes longer, and that is all
        return None


def _apply_all(
    generation: Generation, log: LogReader, progress: Progress | None, aside: Aside | None = None
) -> None:
    writer = Writer(generation, log, words=aside is None, kept_max=KEPT_MAX)
    size = log.head().size
    while writer.position < size:
        entries = log.entries(writer.position, BATCH_ENTRIES)
        writer.apply(entries)
        if aside is not None:
            aside.take(entries)
        if progress is not None:
            progress(writer.position, size)
        if writer.position >= size:
            size = log.head().size
