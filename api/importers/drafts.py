"""What a programme's file becomes: an act, and an adoption in as many parts as it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from api.importers.errors import Problems
from ledger import canonical

PART_MAX_BYTES: Final = 28_000
# An upper bound of what every part holds beside its pieces: the braces, its number, its programme.
_FRAME_BYTES: Final = 160
_ROOM_BYTES: Final = PART_MAX_BYTES - _FRAME_BYTES

# What a later member refers to comes before it.
_ORDER: Final = (
    "title", "body", "currency", "term", "passport", "totals", "sources", "predecessor",
    "tree", "indicators", "financing", "endorsements", "printed", "source_texts",
)  # fmt: skip
_SPLIT_BY_KEY: Final = frozenset(["passport", "totals"])


@dataclass(frozen=True, slots=True)
class Body:
    id: str
    name: str
    edrpou: str | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeFile:
    """A checked file. act: data of act.registered; adopted: data of programme.adopted, whole.

    point: the act's point that adopts the programme, None if the act has no points.
    """

    programme: str
    body: Body
    act: Mapping[str, Any]
    point: str | None
    adopted: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """An event before it has an id and signers. effective: None for kinds without one."""

    kind: str
    subject: str
    effective: str | None
    act: Mapping[str, str] | None
    data: Mapping[str, Any]
    files: tuple[Mapping[str, Any], ...] = ()


class _Piece(NamedTuple):
    """The least that is never cut: a row of a list, a key of a table, or a whole member."""

    member: str
    key: str | int | None
    value: Any


def to_events(file: ProgrammeFile) -> list[DraftEvent]:
    """The act, then the adoption in parts of at most PART_MAX_BYTES canonical bytes.

    Parts recombine by joining their lists and tables in order; each names the programme.
    """
    act = {"id": file.act["act"]} | ({"point": file.point} if file.point else {})
    parts = _pack(file)
    registered = DraftEvent("act.registered", f"body:{file.body.id}", None, None, deepcopy(dict(file.act)))
    return [registered] + [
        DraftEvent(
            "programme.adopted",
            f"programme:{file.programme}",
            file.act["date"],
            dict(act),
            _part(file, pieces, number, len(parts)),
        )
        for number, pieces in enumerate(parts, 1)
    ]


def check_sizes(file: ProgrammeFile, lines: Mapping[str, int], problems: Problems) -> None:
    """Note what no event can hold, whatever stands beside it."""
    if (size := len(canonical.dumps(dict(file.act)))) > PART_MAX_BYTES:
        problems.add(lines["/act"], "/act", "too-big-for-an-event", got=size, room=PART_MAX_BYTES)
    for piece in _pieces(file):
        if (size := _size(piece)) > _ROOM_BYTES:
            path = _place(piece)
            problems.add(lines.get(path, 0), path, "too-big-for-an-event", got=size, room=_ROOM_BYTES)


def _place(piece: _Piece) -> str:
    """Where a piece stands in the file: totals are printed in the passport."""
    top = "/passport/totals" if piece.member == "totals" else f"/{piece.member}"
    return top if piece.key is None else f"{top}/{piece.key}"


def _pieces(file: ProgrammeFile) -> Iterator[_Piece]:
    for member in _ORDER:
        value = file.adopted.get(member)
        if isinstance(value, list):
            yield from (_Piece(member, i, row) for i, row in enumerate(value))
        elif member in _SPLIT_BY_KEY and value is not None:
            yield from (_Piece(member, key, inner) for key, inner in value.items())
        elif value is not None:
            yield _Piece(member, None, value)


def _size(piece: _Piece) -> int:
    """An upper bound of the canonical bytes that a piece adds to a part."""
    wrapper = len(f'"{piece.member}":[],"{piece.key}":,')
    return wrapper + len(canonical.dumps(piece.value))


def _pack(file: ProgrammeFile) -> list[list[_Piece]]:
    """Fill parts in order; a piece that no longer fits opens the next one."""
    parts: list[list[_Piece]] = [[]]
    used = 0
    for piece in _pieces(file):
        size = _size(piece)
        if parts[-1] and used + size > _ROOM_BYTES:
            parts.append([])
            used = 0
        parts[-1].append(piece)
        used += size
    return parts


def _part(file: ProgrammeFile, pieces: list[_Piece], number: int, of: int) -> dict[str, Any]:
    data: dict[str, Any] = {"programme": file.programme}
    for member, key, value in deepcopy(pieces):
        if key is None:
            data[member] = value
        elif isinstance(key, int):
            data.setdefault(member, []).append(value)
        else:
            data.setdefault(member, {})[key] = value
    return data | {"part": {"number": number, "of": of}}
