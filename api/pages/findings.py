"""GET /programmes/{p}/findings: what needs attention, with its words, its figures and what was said of it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response

from api.pages.frame import Frame, open_frame
from api.pages.page import Page
from api.pages.routing import page_router
from api.pages.telling import open_teller
from api.print.wording import by_alphabet

router = page_router()
SEVERITIES: Final = ("blocks", "ask", "note")
STATUSES: Final = ("open", "answered", "accepted", "resolved")
Row = dict[str, Any]
THEMES: Final = ("document", "acts", "consent", "keys", "money", "indicators", "reports", "publication")


@router.get("/programmes/{programme}/findings")
async def show_findings(
    request: Request,
    programme: str,
    as_of: str | None = None,
    known: str | None = None,
    status: str | None = None,
    severity: str | None = None,
    theme: str | None = None,
    code: str | None = None,
    after: str | None = None,
) -> Response:
    page = Page(request, "findings")
    frame = await open_frame(page, programme, as_of, known)
    wanted = {"status": status, "severity": severity, "theme": theme, "code": code}
    found = await page.ask(frame.url("/findings"), **frame.at, **wanted, after=after)
    items = found["items"]
    following = {**wanted, "after": items[-1]["id"]} if found["next"] else None
    return await page.drawn(
        "findings.html",
        **frame.given("findings"),
        found=found,
        groups=_groups(items, found["counts"], whole=not any(wanted.values()) and not found["next"]),
        wanted=wanted,
        filters=_filters(frame, wanted, found["counts"]),
        tell=await open_teller(frame),
        anchor=anchor,
        parted=_parted,
        askers=await _askers(frame) if code else [],
        next=frame.frozen("/findings", **following) if following else None,
        first=frame.frozen("/findings", **wanted) if after else None,
        twin=page.twin(page.words("twin"), frame.url("/findings"), **frame.asked, **wanted, after=after),
    )


async def _askers(frame: Frame) -> list[tuple[str, str]]:
    """Offices that may ask about a finding on the record: (id, name)."""
    found = await frame.page.ask("/v1/offices", limit=500, known=frame.point.known)
    able = [(row["id"], row["name"]) for row in found["items"] if "observation.made" in row["kinds"]]
    return sorted(able, key=lambda one: by_alphabet(one[1]))


def anchor(finding: str) -> str:
    """The id of a finding's place on the page: the finding's own, without the spaces that no id may have."""
    return "-".join(finding.split())


def link_of(frame: Frame, finding: str) -> str:
    """Where a finding is shown, by its rule, so that a long list is not in the way."""
    code = finding.partition(":")[0]
    return frame.href("/findings", code=code, anchor=quote(anchor(finding)))


def _parted(row: Row) -> tuple[list[tuple[Row, Row | None]], list[Row]]:
    """The quotes, each with the cell that holds its words, if one does; and the cells that no quote shows."""
    texts = {cell["path"]: cell for cell in row["cells"] if cell["state"] == "set"}
    quoted = [(quote, texts.get(f"/printed/{quote['printed']}/text")) for quote in row["quotes"]]
    shown = {cell["path"] for quote, cell in quoted if cell is not None and cell["value"] == quote["text"]}
    kept = [(quote, cell if cell is not None and cell["path"] in shown else None) for quote, cell in quoted]
    return kept, [cell for cell in row["cells"] if cell["path"] not in shown]


def _groups(items: list[Row], counts: Row, *, whole: bool) -> list[tuple[str, int, list[Row]]]:
    """By severity: (severity, how many there are, those shown). The door's count where all is shown."""
    found = [(one, [row for row in items if row["severity"] == one]) for one in SEVERITIES]
    return [
        (one, counts["by_severity"].get(one, 0) if whole else len(rows), rows) for one, rows in found if rows
    ]


def _filters(
    frame: Frame, wanted: dict[str, str | None], counts: Row
) -> list[tuple[str, list[tuple[str, int | None]]]]:
    """(parameter, [(value, how many are found; None where nothing counts them)])."""
    themes = [one for one in THEMES if one in counts["by_theme"] or one == wanted["theme"]]
    offered: dict[str, tuple[str, ...] | list[str]] = {
        "severity": SEVERITIES,
        "status": STATUSES,
        "theme": themes,
    }
    return [
        (
            name,
            [(one, counts[f"by_{name}"].get(one, 0) if one != "resolved" else None) for one in values],
        )
        for name, values in offered.items()
    ]
