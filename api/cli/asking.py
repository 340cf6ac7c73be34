"""One question to the API, and its answer: as JSON, or below a line that says for when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.cli.doubts import show_legend
from api.cli.screen import line, print_raw, say
from api.cli.watching import watched
from api.cli.words import header, said
from api.client import Client
from api.texts.language import Language

View = Callable[[Mapping[str, Any], Language], None]
Parameters = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom to ask, and how to show what is answered."""

    server: str
    as_json: bool
    language: Language

    def show(self, path: str, parameters: Parameters, view: View, *, dated: bool = True) -> None:
        """dated: the answer has as_of and known, which the first line tells.

        JSON is one page as the API gives it; a table has all pages, unless a limit was asked for.
        """
        text, members, witnessed = "", dict[str, Any](), None
        with Client(self.server) as client, watched(client):
            if self.as_json:
                text = client.get(path, parameters).text
            else:
                members, witnessed = _joined(client, path, parameters)
        if self.as_json:
            print_raw(text)
            return
        if dated:
            line(header(members, self.language, witnessed), "dim")
        view(members, self.language)
        show_legend(members, self.language)
        if members.get("next"):
            say(said(("це не все: більший --limit", "there is more: a larger --limit"), self.language))


def _joined(client: Client, path: str, parameters: Parameters) -> tuple[dict[str, Any], int | None]:
    """The first page with the rows of the following ones, and how much of the log witnesses have seen.

    Only the first page if a limit was asked for.
    """
    pages = client.pages(path, parameters)
    answer = next(pages)
    first = answer.members
    if parameters.get("limit") is not None:
        return first, answer.witnessed
    for page in pages:
        for name in ("items", "changes"):
            if name in first:
                first[name] = [*first[name], *page.members.get(name, [])]
    return {**first, "next": None}, answer.witnessed


def rows_of(answer: Mapping[str, Any], name: str = "items") -> list[dict[str, Any]]:
    """The rows of a list answer."""
    items = answer.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def number(index: Any) -> str | None:
    """A leaf index as people count entries: № 1 is the first."""
    return f"№ {index + 1}" if isinstance(index, int) else None


def signers(items: Any) -> str:
    """Who signed: persons with their offices."""
    if not isinstance(items, list):
        return ""
    return ", ".join(f"{one.get('person')} ({one.get('office')})" for one in items if isinstance(one, dict))


def act(given: Any, language: Language) -> str | None:
    """A legal act by its number, date and point; a blank number is said to be blank."""
    if not isinstance(given, dict):
        return None
    blank = said(("без номера", "no number"), language)
    point = f", {said(('п.', 'p.'), language)} {given['point']}" if given.get("point") else ""
    return f"{given.get('number') or blank} {said(('від', 'of'), language)} {given.get('date')}{point}"
