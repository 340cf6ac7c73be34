"""What every page about one programme shares: its title, the state it shows, its tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from api.pages.page import Page
from api.pages.wording import short_day, short_moment

LAST_DAY: Final = "9998-12-31"
TABS: Final = (
    ("state", ""),
    ("compare", "/compare"),
    ("history", "/history"),
    ("money", "/money"),
    ("findings", "/findings"),
    ("duties", "/calendar"),
    ("evaluation", "/evaluation"),
    ("questions", "/questions"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """A resolved state. as_of: the day; known: the position; recorded_at: of its last entry, RFC 3339."""

    as_of: str
    known: int
    recorded_at: str

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Point:
        """Of any answer that echoes `as_of` and `known`."""
        known = answer["known"]
        return cls(answer["as_of"], known["position"], known["recorded_at"])


@dataclass(frozen=True, slots=True)
class Frame:
    """asked: as_of and known as the reader wrote them (None where not), carried on by the tabs."""

    page: Page
    id: str
    title: str
    adopted: bool
    body: str
    point: Point
    asked: dict[str, str | None]

    def tabs(self) -> list[tuple[str, str]]:
        """(name of the words `tab-…`, address)."""
        return [(name, self.href(rest)) for name, rest in TABS]

    def href(self, rest: str = "", **params: object) -> str:
        """A page about this programme at the state asked for, e.g. rest="/history"."""
        return self.page.href(f"/programmes/{self.id}{rest}", **{**self.asked, **params})

    def frozen(self, rest: str = "", **params: object) -> str:
        """The same, bound to the resolved day and position: never another content."""
        point = {"as_of": self.point.as_of, "known": self.point.known}
        return self.page.href(f"/programmes/{self.id}{rest}", **{**params, **point})

    def url(self, rest: str = "") -> str:
        """Of the JSON door."""
        return f"/v1/programmes/{self.id}{rest}"

    @property
    def at(self) -> dict[str, Any]:
        """Parameters that pin every further question to the state shown."""
        return {"as_of": self.point.as_of, "known": self.point.known}

    def given(self, tab: str, **more: Any) -> dict[str, Any]:
        """For templates that extend programme_frame.html."""
        crumbs = [(self.page.words("programmes"), self.page.href("/")), (self.title, self.href())]
        return {
            "frame": self,
            "tab": tab,
            "crumbs": crumbs if tab != "state" else crumbs[:1],
            "stateline": self.stateline(),
            **more,
        }

    def stateline(self) -> Markup:
        point, zone = self.point, self.page.context.identity.zone
        return self.page.words(
            "stateline",
            as_of=Markup("<strong>{}</strong>").format(short_day(point.as_of)),
            known=Markup("<strong>{}</strong>").format(short_moment(point.recorded_at, zone)),
            position=point.known,
        )


async def open_frame(page: Page, programme: str, as_of: str | None = None, known: str | None = None) -> Frame:
    """Resolve the state asked for. Raises Refused, e.g. no-such-programme."""
    answer = await page.ask(f"/v1/programmes/{programme}", path="/title", as_of=as_of, known=known)
    point = Point.of(answer)
    told = await page.ask(f"/v1/programmes/{programme}", path="/body", as_of=point.as_of, known=point.known)
    title, body = answer["state"].get("title"), told["state"].get("body")
    # Before its day of adoption a programme is called as it will be, as far as that is known.
    named = title or await _later_title(page, programme, point.known)
    return Frame(
        page=page,
        id=programme,
        title=named or page.words("programme-untitled", id=programme),
        adopted=title is not None,
        body=body or "",
        point=point,
        asked={"as_of": as_of, "known": known},
    )


async def _later_title(page: Page, programme: str, known: int) -> str | None:
    answer = await page.ask(f"/v1/programmes/{programme}", path="/title", as_of=LAST_DAY, known=known)
    title: str | None = answer["state"].get("title")
    return title
