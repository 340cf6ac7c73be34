"""A pytest plugin: whatever ledger a test closes must pass the offline verifier, entry by entry.

The door let each of these entries in; the verifier judges them again by another way through the rules
(a registry replayed once, programmes beside it, and beside only a part of it), so that they must agree on
thousands of ledgers.

    make test-verified
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import StorageError
from ledger.service import Ledger
from ledger.verify.entry_file import EntryFile
from ledger.verify.programmes import judge_programme
from ledger.verify.regions import Region
from ledger.verify.registry import replay_registry
from ledger.verify.report import Check, Fault
from ledger.verify.whole import read_genesis

_close = Ledger.close
_faults: list[tuple[str, Any]] = []
_looked_at = 0


def _close_and_verify(self: Ledger) -> None:
    path = self.directory.ledger_db
    _close(self)
    _faults.extend((str(path), fault) for fault in _verify(path))


def faults_of(path: Path) -> list[Fault]:
    """What the verifier has against the entries of a closed ledger's file."""
    return list(_verify(path))


def _verify(path: Path) -> Iterator[Fault]:
    """What the verifier has against the entries of a closed ledger; nothing if it was removed already."""
    global _looked_at  # noqa: PLW0603 -- counted over all tests, for the last line
    file = EntryFile(path)
    try:
        count, _ = file.bounds()
        if not count:
            return
        opening = Check("genesis")
        genesis = read_genesis(opening, file, None)
        yield from opening.faults
        if genesis is None:
            return
        registry = replay_registry(file, genesis, count)
        yield from (*registry.form_faults, *registry.faults)
        region = Region(file, genesis, registry.names, count, registry.root.bodies)
        for stream, _ in file.programmes(count):
            judged, part = judge_programme(file, registry, stream, count), region.judge(stream)
            yield from (*judged.form_faults, *judged.faults)
            if (part.faults, part.form_faults) != (judged.faults, judged.form_faults):
                yield Fault("judged-otherwise", None, stream, repr(part.faults))
        _looked_at += 1
    except StorageError:
        return
    finally:
        file.close()


@pytest.fixture(autouse=True)
def _verified() -> Iterator[None]:
    """Fails the test after which a ledger was closed that does not verify."""
    yield
    found = list(_faults)
    _faults.clear()
    assert not found, found


def pytest_configure() -> None:
    Ledger.close = _close_and_verify  # type: ignore[method-assign] # this plugin is for nothing else


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line(f"{_looked_at} ledgers verified in this process")
