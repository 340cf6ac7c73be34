"""Records of programmes that cannot be kept up: what is known of them may have changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.ids import split_stream
from projections.reading import Reading
from projections.recording import Doc


def check_stream(reading: Reading, stream: str | None) -> None:
    """Raises Blocked for the stream of such a programme."""
    family, name = split_stream(stream) if stream is not None else ("", "")
    if family == "programme":
        reading.check(name)


def told(reading: Reading, rows: Iterable[Doc], member: str) -> Iterator[Doc]:
    """The rows of everything else; member: which names a row's stream. /readyz says what is left out."""
    for row in rows:
        family, name = split_stream(row[member])
        if family != "programme" or not reading.is_blocked(name):
            yield row
