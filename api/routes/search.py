"""GET /v1/search: one question for entries, hashes, keys, codes and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from api import tables
from api.csv_table import to_csv
from api.documented import DATED, problems
from api.models.search import Search
from api.parameters import AskedPoint, Format, Limit, Whole
from api.responses import csv_answer, json_answer, url_with
from api.routes.router import new_router
from api.tables_registry import FOUND, found_rows
from api.views import open_view
from projections.doubtful import mark_entries
from projections.search.finding import find
from projections.search.showing import show

router = new_router("service")

QUESTION_MAX = 200
Question = Annotated[
    str,
    Query(
        max_length=QUESTION_MAX,
        description="An entry's number (№ 35), an event's id, a hash of payload, leaf or file, a key's "
        "thumbprint (of either 8 characters or more), a code, an act's number, or words that all must be "
        "there.",
        examples=["документообіг"],
    ),
]
After = Annotated[Whole, Query(ge=0, description="Leave out so many items from the top.", examples=[100])]


@router.get(
    "/v1/search",
    response_model=Search,
    summary="Search the record",
    description="Exact things first, then what has such a name, then entries that say so, the newest first. "
    "Case, apostrophes, stress marks and soft hyphens do not matter, ґ is found as г; words of three letters "
    "and more are found by their beginning, without their ending. A thing is found by every name it had. "
    "Nothing in a question is an operator. What answers to the day is only the titles.",
    responses=tables.responses(problems(*DATED), FOUND),
)
def search(
    request: Request,
    asked: AskedPoint,
    q: Question = "",
    after: After = 0,
    limit: Limit = 50,
    form: Format = "json",
) -> Response:
    with open_view(request, asked) as view:
        found = find(view.reading, q)
        rows = show(view.reading, found, view.as_of, after=after, limit=limit)
        mark_entries(view.reading, rows)
    position, next_url = view.known.position, None
    if after + limit < found.total:
        frozen = {"known": position, "as_of": view.as_of, "min_position": None}
        next_url = url_with(request, **frozen, after=after + limit)
    if form == "csv":
        return csv_answer(
            to_csv(FOUND, found_rows(rows)), name="search", position=position, next_url=next_url
        )
    content = {"q": q, "items": rows, "total": found.total, "next": next_url, **view.point()}
    return json_answer(content, position=position, next_url=next_url)
