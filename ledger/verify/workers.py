"""All cores: the same function over many tasks, in forked processes that share what was read before.

Small work is done here and now, in order: a process costs more than a thousand signatures.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_shared: Any = None


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    function: Callable[[Any, Task], Result],
    shared: Any,
    tasks: Sequence[Task],
    *,
    processes: int,
) -> Iterator[Result]:
    """function(shared, task) for each task, the results in the order of the tasks.

    shared is handed to the processes by forking, uncopied; tasks and results must be picklable.
    """
    if processes <= 1 or len(tasks) <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        for task in tasks:
            yield function(shared, task)
        return
    global _shared  # noqa: PLW0603 -- the one way to hand a large value to forked processes unpickled
    _shared = (function, shared)
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            yield from pool.imap(_call, tasks)
    finally:
        _shared = None


def _call(task: Any) -> Any:
    function, shared = _shared
    return function(shared, task)
