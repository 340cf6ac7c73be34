"""What changed between two points, and the chain behind one cell."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import Query, Request, Response

from api import tables
from api.context import context_of
from api.documented import DATED, problems
from api.models.programmes import Blame, Diff
from api.parameters import (
    Asked,
    AskedPoint,
    AsOf,
    CellPath,
    Format,
    KnownText,
    Limit,
    MaybePath,
    MinPosition,
    ProgrammeId,
    bad_parameter,
    missing_parameter,
    resolve,
)
from api.responses import (
    JSON_TYPE,
    PATCH_TYPE,
    csv_answer,
    is_unchanged,
    json_answer,
    unchanged,
    url_with,
    weak_etag,
)
from api.routes.programmes import tag
from api.routes.router import new_router
from api.views import View, check_programme, known_json, open_view
from ledger.timeline import Rank
from projections.blame import read_blame
from projections.cells import read_cell
from projections.diff import Point, find_changes, read_sides, side
from projections.doubtful import read_doubters, read_doubtful, worst_of
from projections.patch import make_patch
from projections.positions import Known
from projections.state import read_state

router = new_router("programmes")

AfterPath = Annotated[
    str,
    Query(max_length=300, description="Changes after this path.", examples=["/financing/2.1.4/2025/local"]),
]
MaybeRank = Annotated[
    str | None,
    Query(
        max_length=80,
        description="Writes below this one, as `next` of the page before names it.",
        examples=["2025-06-01,2025-05-29,2,12,0"],
    ),
]
EVERYTHING = 1 << 53  # more rows than a ledger has
_RANK = re.compile(r"([0-9-]{10}),([0-9-]{10}),([0-9]{1,9}),([0-9]{1,15}),([0-9]{1,9})")
_PATCH = [
    {"op": "test", "path": "/financing/2.1.4/2025/local", "value": "30000.00"},
    {"op": "replace", "path": "/financing/2.1.4/2025/local", "value": "45000.00"},
]
_DIFF_RESPONSES = tables.responses(problems(*DATED, "missing-parameter", "no-such-programme"), tables.DIFF)
_DIFF_RESPONSES[200]["content"][PATCH_TYPE] = {
    "schema": {"type": "array", "items": {"type": "object"}},
    "example": _PATCH,
}


@router.get(
    "/v1/programmes/{programme}/diff",
    response_model=Diff,
    summary="What changed between two points",
    description="Each cell whose value or event differs, with why and by whom. Ask for "
    "`application/json-patch+json` to get RFC 6902 operations that turn the one state into the other.",
    responses=_DIFF_RESPONSES,
)
def show_diff(
    request: Request,
    programme: ProgrammeId,
    from_as_of: AsOf = None,
    from_known: KnownText = None,
    to_as_of: AsOf = None,
    to_known: KnownText = None,
    path: MaybePath = None,
    after: AfterPath = "",
    limit: Limit = 200,
    form: Format = "json",
    min_position: MinPosition = 0,
) -> Response:
    if from_as_of is None and from_known is None:
        raise missing_parameter("from_as_of", "point")
    earlier = None if from_known is None else resolve(context_of(request), from_known, name="from_known")
    with open_view(request, Asked(to_as_of, to_known, min_position, name="to_known")) as view:
        asked = _question(view, programme, earlier, from_as_of, path or "")
        etag = _diff_tag(request, asked)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        if form == "json" and wants_patch(request):
            content, position = _patch(asked), view.known.position
            return json_answer(content, position=position, etag=etag, media_type=PATCH_TYPE)
        sides = read_sides(view.reading, programme, asked.start, asked.end, prefix=asked.prefix)
        changes = find_changes(view.reading, programme, sides, after=after, limit=limit + 1)
        totals = sides.totals()
    return _diff_answer(request, asked, changes, totals, limit, form, etag)


def diff_of(view: View, programme: str, as_of: str, known: Known) -> dict[str, Any]:
    """The whole answer on one page. as_of, known: of the earlier point; view: of the later one."""
    start, end = Point(as_of, known.position), Point(view.as_of, view.known.position)
    asked = _Question(view, programme, start, known, end, "")
    sides = read_sides(view.reading, programme, start, end)
    changes = find_changes(view.reading, programme, sides, after="", limit=EVERYTHING)
    return _diff_content(asked, changes, sides.totals(), None)


class _Question(NamedTuple):
    """Two points of one programme."""

    view: View
    programme: str
    start: Point
    start_known: Known
    end: Point
    prefix: str

    def point(self, which: Literal["from", "to"]) -> dict[str, Any]:
        if which == "to":
            return self.view.point()
        return {"as_of": self.start.as_of, "known": known_json(self.start_known)}


def _question(
    view: View, programme: str, earlier: Known | None, from_as_of: str | None, prefix: str
) -> _Question:
    """Raises Problem no-such-programme if it is known at neither point."""
    known = earlier or view.known
    start = Point(from_as_of or view.as_of, known.position)
    end = Point(view.as_of, view.known.position)
    check_programme(view, programme, max(start.position, end.position))
    return _Question(view, programme, start, known, end, prefix)


def _diff_tag(request: Request, asked: _Question) -> str:
    concerns = [
        (asked.view.concern(asked.programme, point.position), point.as_of)
        for point in (asked.start, asked.end)
    ]
    # A mirrored question has another `why`, and both may end at one concern.
    return weak_etag(request, *concerns, asked.start.position <= asked.end.position, wants_patch(request))


def wants_patch(request: Request) -> bool:
    """Does Accept name JSON Patch, and not JSON before it?"""
    accepted = [item.partition(";")[0].strip() for item in request.headers.get("accept", "").split(",")]
    if PATCH_TYPE not in accepted:
        return False
    return JSON_TYPE not in accepted or accepted.index(PATCH_TYPE) < accepted.index(JSON_TYPE)


def _patch(asked: _Question) -> list[dict[str, Any]]:
    """RFC 6902 from the one nested state to the other."""
    reading = asked.view.reading
    old, new = (
        read_state(reading.at(point.position), asked.programme, point.as_of, asked.prefix)["state"]
        for point in (asked.start, asked.end)
    )
    return make_patch(old, new)


def _diff_answer(
    request: Request,
    asked: _Question,
    changes: list[dict[str, Any]],
    totals: dict[str, Any],
    limit: int,
    form: str,
    etag: str,
) -> Response:
    next_url = None
    if len(changes) > limit:
        del changes[limit:]
        frozen = {
            "from_as_of": asked.start.as_of,
            "from_known": asked.start.position,
            "to_as_of": asked.end.as_of,
            "to_known": asked.end.position,
        }
        next_url = url_with(request, **frozen, after=changes[-1]["path"], min_position=None)
    position = asked.end.position
    if form == "csv":
        name = f"{asked.programme}-diff"
        return csv_answer(tables.diff(changes), name=name, position=position, etag=etag, next_url=next_url)
    content = _diff_content(asked, changes, totals, next_url)
    return json_answer(content, position=position, etag=etag, next_url=next_url)


def _diff_content(
    asked: _Question, changes: list[dict[str, Any]], totals: dict[str, Any], next_url: str | None
) -> dict[str, Any]:
    return {
        "programme": asked.programme,
        "from": asked.point("from"),
        "to": asked.point("to"),
        "changes": changes,
        "totals": totals,
        "next": next_url,
    }


@router.get(
    "/v1/programmes/{programme}/blame",
    response_model=Blame,
    summary="The story of one cell",
    description="Every counting write of a cell by a day, the one in force first: value, act, reason, "
    "signers in their capacity, the value that it found, and the link to its proof.",
    responses=tables.responses(problems(*DATED, "missing-parameter", "no-such-programme"), tables.BLAME),
)
def show_blame(
    request: Request,
    programme: ProgrammeId,
    asked: AskedPoint,
    path: CellPath,
    after: MaybeRank = None,
    limit: Limit = 50,
    form: Format = "json",
) -> Response:
    below = read_rank(after) if after is not None else None
    with open_view(request, asked) as view:
        check_programme(view, programme, view.known.position)
        etag = tag(request, view, programme)
        if is_unchanged(request, etag):
            return unchanged(etag, view.known.position)
        content, following = blame_of(view, programme, path, below=below, limit=limit)
    next_url = None
    if following is not None:
        frozen = {"known": view.known.position, "as_of": view.as_of, "min_position": None}
        next_url = url_with(request, **frozen, after=write_rank(following))
    position = view.known.position
    if form == "csv":
        body = tables.blame(content["items"])
        name = f"{programme}-blame"
        return csv_answer(body, name=name, position=position, etag=etag, next_url=next_url)
    content["next"] = next_url
    return json_answer(content, position=position, etag=etag, next_url=next_url)


def blame_of(
    view: View, programme: str, path: str, *, below: Rank | None = None, limit: int = EVERYTHING
) -> tuple[dict[str, Any], Rank | None]:
    """A page of the answer, `next` null; and the rank of its last write if another page follows."""
    rows = read_blame(view.reading, programme, path, view.as_of, below=below, limit=limit + 1)
    answer = read_cell(view.reading, programme, path, view.as_of)
    doubtful = read_doubtful(view.reading, programme)
    causes = doubtful.causes(path, view.as_of, answer)
    following = rows[limit - 1][0] if len(rows) > limit else None
    content = {
        "programme": programme,
        **view.point(),
        "path": path,
        "value": side(path, view.as_of, answer, doubtful),
        "doubt": worst_of(causes.values()),
        "doubted_by": read_doubters(view.reading, causes),
        "items": [row for _, row in rows[:limit]],
        "next": None,
    }
    return content, following


def write_rank(rank: Rank) -> str:
    return ",".join(map(str, rank))


def read_rank(text: str) -> Rank:
    """Raises Problem bad-parameter for what write_rank does not write."""
    found = _RANK.fullmatch(text)
    if found is None:
        raise bad_parameter("after", text, "cursor")
    since, act_date, order, slot, line = found.groups()
    return (since, act_date, int(order), int(slot), int(line))
