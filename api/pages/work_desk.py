"""Who writes and where: the office, its holders, and what a form of theirs is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from api.pages.forms import Posted
from api.pages.frame import Frame, open_frame
from api.pages.page import Page
from api.pages.telling import Teller, open_teller
from api.pages.work_reading import Reader
from api.parameters import bad_parameter

# Parts of addresses that are asked: with a slash they would be another address.
_IN_ADDRESSES = ("programme", "proposal", "report", "observation", "event")
Option = tuple[str, str]  # value, words
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One control. name: also its id; label, hint: words; value: what stands there at first."""

    name: str
    label: str
    kind: Literal["line", "area", "choice", "file", "check"] = "line"
    hint: str = ""
    options: Sequence[Option] = ()
    value: str = ""
    decimal: bool = False
    required: bool = False
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One draft. places: (JSON pointer, id of the field where a refusal at or below it belongs)."""

    payload: Payload
    places: Sequence[tuple[str, str]] = ()
    file: str = ""  # of the field with the document, "" for the form's own


@dataclass(frozen=True, slots=True)
class Desk:
    """posted: the query of a GET, or the form; office: as the inbox has it; known: position, as_of: day."""

    page: Page
    posted: Posted
    office: Mapping[str, Any]
    known: int
    as_of: str
    persons: Mapping[str, str]

    def get(self, name: str, default: str = "") -> str:
        return self.posted.get(name, default)

    def label(self, name: str, **facts: object) -> str:
        return self.page.words(name, **facts)

    async def frame(self, programme: str) -> Frame:
        return await open_frame(self.page, programme, known=str(self.known))


@dataclass(slots=True)
class Sheet:
    """One form: its words, controls, and how what was typed becomes drafts.

    about: what it is about, a sentence; carried: what stays with the form unseen; named: events to be
    called by number in sentences; rows: of a table of controls, for templates of their own.
    """

    desk: Desk
    path: str
    name: str
    build: Callable[[Reader], Sequence[Statement]]
    fields: Sequence[Field] = ()
    carried: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    lede: str = ""
    quote: str = ""
    template: str = "work_form.html"
    files: bool = False
    frame: Frame | None = None
    teller: Teller | None = None
    named: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


Plan = Callable[[Desk], Awaitable[Sheet]]


async def open_desk(page: Page, posted: Posted) -> Desk:
    """Raises Refused: without an office, or for one that is not there; Problem for what is no id."""
    for name in _IN_ADDRESSES:
        if "/" in posted.get(name):
            raise bad_parameter(name, posted.get(name)[:80], "id", where="form")
    asked = await page.ask("/v1/inbox", office=posted.get("office"), limit=1)
    known = asked["known"]["position"]
    persons = await page.names("persons", known)
    return Desk(page, posted, asked["offices"][0], known, asked["as_of"], persons)


async def tell(desk: Desk, programme: str) -> tuple[Frame, Teller]:
    frame = await desk.frame(programme)
    return frame, await open_teller(frame)


def query_of(page: Page) -> Posted:
    """The query of a GET, as if it had been a form."""
    return Posted({name: (value,) for name, value in page.request.query_params.items() if name != "lang"})
