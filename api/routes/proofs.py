"""Proofs over the log's tree, and its newest checkpoint."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

from fastapi import Query, Request, Response

from api.context import Context, context_of
from api.documented import QUESTION, problems
from api.models.events import CHECKPOINT, Consistency, Inclusion
from api.models.shape import EVENT
from api.parameters import Whole, ahead, bad_parameter, missing_parameter
from api.problems import Problem
from api.responses import answer_headers, json_answer
from api.routes.events import find_entry
from api.routes.router import new_router
from ledger.errors import Stopped
from ledger.merkle import leaf_hash, prove_consistency, prove_inclusion, read_frontier
from projections.reading import entry_at

router = new_router("proofs")

OfEvent = Annotated[str | None, Query(description="The event whose entry is proved.", examples=[EVENT])]
OfIndex = Annotated[
    Whole | None, Query(ge=0, description="The leaf index, instead of an event.", examples=[12])
]
Size = Annotated[
    Whole | None, Query(ge=1, description="The tree's size; by default the log's.", examples=[57])
]
From = Annotated[Whole, Query(alias="from", ge=0, description="The smaller tree's size.", examples=[8])]
To = Annotated[
    Whole | None, Query(ge=0, description="The larger tree's size; by default the log's.", examples=[57])
]


@router.get(
    "/v1/proofs/inclusion",
    response_model=Inclusion,
    summary="Prove that an entry is in the tree",
    description="RFC 6962 §2.1.1. Compare the root with that of a checkpoint of the same size.",
    responses=problems(*QUESTION, "missing-parameter", "no-such-event", "position-ahead"),
)
def show_inclusion(
    request: Request, event: OfEvent = None, index: OfIndex = None, size: Size = None
) -> Response:
    context = context_of(request)
    leaf = _leaf(context, event, index)
    tree_size = _tree_size(context, "size", size)
    if leaf >= tree_size:
        if index is not None and not context.reaches(leaf + 1):
            raise ahead("index", leaf, context.position)
        raise bad_parameter("size", tree_size)
    reader = context.ledger.reader
    shown = {
        "index": leaf,
        "size": tree_size,
        "leaf_hash": _text(leaf_hash(entry_at(reader, leaf).raw)),
        "proof": [_text(one) for one in prove_inclusion(reader.nodes, leaf, tree_size)],
        "root": _text(read_frontier(reader.nodes, tree_size).root()),
    }
    return json_answer(shown)


def _leaf(context: Context, event: str | None, index: int | None) -> int:
    if (event is None) == (index is None):
        raise missing_parameter("event", "leaf")
    if event is None:
        assert index is not None  # one of the two is there
        return index
    try:
        return find_entry(context, event).index
    except Problem:
        raise Problem("no-such-event", "/query/event", event) from None


def _tree_size(context: Context, name: str, size: int | None) -> int:
    head = context.ledger.reader.head().size  # what the checkpoints cover, announced yet or not
    if size is not None and size > head:
        raise ahead(name, size, head)
    return head if size is None else size


@router.get(
    "/v1/proofs/consistency",
    response_model=Consistency,
    summary="Prove that one tree extends another",
    description="RFC 6962 §2.1.2: the log of `from` entries is the beginning of that of `to` entries.",
    responses=problems(*QUESTION, "missing-parameter", "position-ahead"),
)
def show_consistency(request: Request, size: From, to: To = None) -> Response:
    context = context_of(request)
    new_size = _tree_size(context, "to", to)
    if size > new_size:
        raise ahead("from", size, new_size) if to is None else bad_parameter("from", size)
    nodes = context.ledger.reader.nodes
    shown = {
        "from": size,
        "to": new_size,
        "from_root": _text(read_frontier(nodes, size).root()),
        "to_root": _text(read_frontier(nodes, new_size).root()),
        "proof": [_text(one) for one in prove_consistency(nodes, size, new_size)],
    }
    return json_answer(shown)


def _text(digest: bytes) -> str:
    return b64encode(digest).decode()


@router.get(
    "/v1/checkpoint",
    summary="The newest checkpoint",
    description="A signed note (C2SP tlog-checkpoint): origin, size, root, and the log's signature.",
    responses={
        200: {
            "description": "The note.",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": CHECKPOINT}},
        },
        **problems("unknown-parameter", "stopped"),
    },
    response_class=Response,
)
def show_checkpoint(request: Request) -> Response:
    signed = context_of(request).checkpoint()
    if signed is None:
        raise Stopped("the log's head is not signed")
    return Response(signed[1], 200, answer_headers(position=signed[0]), "text/plain; charset=utf-8")
