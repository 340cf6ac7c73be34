"""What the pages of acts, offices, persons and keys share: one resolved position, names, whole lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import Request
from markupsafe import Markup

from api.pages.page import Page
from api.pages.telling import Teller, codes_in, read_acts, read_entries
from api.pages.wording import Words, short_day, short_moment
from api.print.wording import by_alphabet

PAGES_MAX: Final = 10  # of 500 rows: what a page of ours follows; it says so where there is more
Row = dict[str, Any]


def registry_page(request: Request) -> Page:
    return Page(request, "registry")


def stateline(page: Page, known: Mapping[str, Any], as_of: str | None = None) -> Markup:
    """as_of: where the page is about a day too."""
    zone = page.context.identity.zone
    facts = {
        "known": Markup("<strong>{}</strong>").format(short_moment(known["recorded_at"], zone)),
        "position": known["position"],
    }
    if as_of is None:
        return page.words("stateline-known", **facts)
    day = Markup("<strong>{}</strong>").format(short_day(as_of))
    return page.words("stateline", as_of=day, **facts)


async def whole(page: Page, path: str, /, **params: object) -> tuple[list[Row], bool]:
    """All rows of a list, and whether there are more than a page of ours shows."""
    rows: list[Row] = []
    after: str | None = None
    for _ in range(PAGES_MAX):
        found = await page.ask(path, limit=500, after=after, **params)
        rows += found["items"]
        if not found["next"]:
            return rows, False
        after = rows[-1]["id"]
    return rows, True


async def kinds(page: Page) -> dict[str, str]:
    """The title of every kind of event, in the page's language."""
    found = await page.ask("/v1/schemas")
    return {one["kind"]: one["title"][page.language] for one in found["items"]}


async def all_names(page: Page, known: int) -> dict[str, str]:
    """Of offices, persons and bodies, by id, and of the two offices that are in no list."""
    words = Words(page.language, "registry")
    names = {name: str(words(f"office-{name}")) for name in ("registrar", "service")}
    for family in ("bodies", "offices", "persons"):
        names |= await page.names(family, known)
    return names


async def open_teller(
    page: Page, known: int, streams: Iterable[str] = (), sentences: Iterable[Mapping[str, str] | None] = ()
) -> Teller:
    """For sentences of entries. streams: theirs; a source of money is called as their programmes call it.

    sentences: in whichever language; the acts that they mention are named.
    """
    sources: dict[str, set[str]] = {}
    for programme in dict.fromkeys(one.partition(":")[2] for one in streams if one.startswith("programme:")):
        found = await page.ask_maybe(f"/v1/programmes/{programme}", path="/sources", known=known)
        for name, said in (found["state"].get("sources", {}) if found else {}).items():
            sources.setdefault(name, set()).add(said.get("name") or name)
    told = {name: said.pop() for name, said in sources.items() if len(said) == 1}
    texts = [text for one in sentences if one for text in one.values()]
    names = await all_names(page, known) | await _acts(page, known, texts) | await read_entries(page, texts)
    titles = await page.names("programmes", known)
    return Teller(page, Words(page.language, "telling"), names, told, titles)


async def _acts(page: Page, known: int, texts: Iterable[str]) -> dict[str, str]:
    """Those that the texts mention, by number and day."""
    words = Words(page.language, "registry")
    return {
        act["id"]: str(
            words("act-short", number=act["number"] or act["project_number"], day=short_day(act["date"]))
        )
        for act in await read_acts(page, known, codes_in(texts))
        if act["number"] or act["project_number"]
    }


def by_name(rows: Iterable[Row], member: str = "name") -> list[Row]:
    return sorted(rows, key=lambda row: by_alphabet(row.get(member) or row["id"]))
