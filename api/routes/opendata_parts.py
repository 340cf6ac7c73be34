"""What the routes of open data share: the newest release, and an answer that rests on one."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request, Response

from api.context import behind, context_of, public_address
from api.documented import QUESTION, problems
from api.opendata.making import Manifest
from api.opendata.publisher import NotMade, Publisher
from api.problems import Problem
from api.responses import JSON_TYPE, answer_headers, encode, is_unchanged, unchanged, weak_etag

__all__ = ["ERRORS", "MISSING", "Manifest", "answered", "latest_of", "missing", "publisher_of"]
ERRORS: Final = problems(*QUESTION, "no-ledger-yet", "behind")
MISSING: Final = problems(*QUESTION, "no-ledger-yet", "behind", "no-such-open-data")


def publisher_of(request: Request) -> Publisher:
    return context_of(request).opendata


def latest_of(request: Request) -> Manifest:
    """The newest release; a new one is made if it is time. Raises Problem no-ledger-yet, behind."""
    context = context_of(request)
    context.wait_for(min(1, context.position))
    try:
        found = context.opendata.latest()
    except NotMade as error:
        raise behind(error.size, 0) from error
    if found is None:
        raise Problem("no-ledger-yet", "/query/known", "0", opened=None)
    return found


def answered(request: Request, manifest: Manifest, content: Any, *, media_type: str = JSON_TYPE) -> Response:
    """What a release says, with its position and a validator."""
    etag = weak_etag(request, manifest["release"], public_address(request))
    if is_unchanged(request, etag):
        return unchanged(etag, manifest["position"])
    headers = answer_headers(position=manifest["position"], etag=etag)
    return Response(encode(content), 200, headers, media_type)


def missing(name: str, at: str) -> Problem:
    return Problem("no-such-open-data", at, name)
