"""The log as files under /log/: checkpoints, tiles of hashes and bundles of entries (C2SP tlog-tiles)."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import Path, Request, Response

from api.context import Context, context_of
from api.documented import problems
from api.models.events import CHECKPOINT
from api.problems import Problem
from api.responses import answer_headers, is_unchanged
from api.routes.router import new_router
from ledger.errors import Stopped
from ledger.tlog.paths import BadTilePath, TilePath, parse_path
from ledger.tlog.stored import newest_stored
from ledger.tlog.tiles import tile_content

router = new_router("proofs")

OCTETS = "application/octet-stream"
NOTE = "text/plain; charset=utf-8"
FOR_EVER = "public, max-age=31536000, immutable"
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}, "example": "…"}
_NOTE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The note.",
        "content": {"text/plain": {"schema": {"type": "string"}, "example": CHECKPOINT}},
    }
}
_EXPECTED = {
    "uk": "шлях тайла C2SP tlog-tiles, як 0/x001/x234/067 або entries/000.p/5",
    "en": "the path of a tile (C2SP tlog-tiles), such as 0/x001/x234/067 or entries/000.p/5",
}

Level = Annotated[str, Path(description="Tile level, 0 to 63.", examples=["0"])]
Place = Annotated[
    str,
    Path(
        description="The tile's index in groups of three digits, all but the last after an x; then .p/W for "
        "the first W hashes or entries alone, 1 to 255.",
        examples=["x001/x234/067", "000.p/5"],
    ),
]


@router.get(
    "/log/checkpoint",
    summary="The log's newest checkpoint",
    description="A signed note (C2SP tlog-checkpoint); the tiles of its size are here.",
    responses={**_NOTE_ANSWER, **problems("unknown-parameter", "stopped")},
    response_class=Response,
)
def show_log_checkpoint(request: Request) -> Response:
    signed = context_of(request).checkpoint()
    if signed is None:
        raise Stopped("the log's head is not signed")
    return Response(signed[1], 200, answer_headers(position=signed[0]), NOTE)


@router.get(
    "/log/checkpoint.witnessed",
    summary="The newest witnessed checkpoint",
    description="The newest checkpoint with enough cosignatures of witnesses, with them.",
    responses={**_NOTE_ANSWER, **problems("unknown-parameter", "not-witnessed")},
    response_class=Response,
)
def show_witnessed_checkpoint(request: Request) -> Response:
    witnessed = context_of(request).witnessed()
    if witnessed is None:
        raise Problem("not-witnessed")
    return Response(witnessed[1], 200, answer_headers(), NOTE)


@router.get(
    "/log/tile/entries/{place:path}",
    summary="A bundle of entries",
    description="Up to 256 entries: each its length as uint16 big-endian, then its bytes. It never changes.",
    responses={
        200: {"description": "The bundle.", "content": {OCTETS: _BINARY}},
        **problems("bad-parameter", "unknown-parameter", "no-such-tile"),
    },
    response_class=Response,
)
def show_entries_tile(request: Request, place: Place) -> Response:
    return _show(request, f"entries/{place}")


@router.get(
    "/log/tile/{level}/{place:path}",
    summary="A tile of hashes",
    description="Up to 256 hashes of 32 bytes: of leaves at level 0, of complete subtrees 256^L wide at "
    "level L. It never changes.",
    responses={
        200: {"description": "The tile.", "content": {OCTETS: _BINARY}},
        **problems("bad-parameter", "unknown-parameter", "no-such-tile"),
    },
    response_class=Response,
)
def show_hash_tile(request: Request, level: Level, place: Place) -> Response:
    return _show(request, f"{level}/{place}")


def _show(request: Request, below: str) -> Response:
    """Raises Problem bad-parameter, no-such-tile."""
    context, tile = context_of(request), _read(below)
    if not tile.reached_by(_signed_size(context)):
        raise Problem("no-such-tile", "/path/place", str(tile))
    content = tile_content(context.ledger.reader, tile)
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
    if is_unchanged(request, headers["ETag"]):
        return Response(None, 304, headers)
    return Response(content, 200, headers, OCTETS)


def _read(below: str) -> TilePath:
    try:
        return parse_path(f"tile/{below}")
    except BadTilePath:
        raise Problem("bad-parameter", "/path/place", below, name="place", expected=_EXPECTED) from None


def _signed_size(context: Context) -> int:
    """How long the log is that a checkpoint vouches for: what is not signed might yet be lost."""
    signed = context.checkpoint() or newest_stored(context.ledger.reader)
    return signed[0] if signed is not None else 0
