"""Pieces of HTML: everything that is not markup is escaped here, and nowhere else."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

from api.models.service import DEMO
from api.texts.language import Language
from api.version import VERSION

WORDS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent.parent / "texts" / "pages.toml").read_text(encoding="utf8")
)


def tag(name: str, *inside: str, **attributes: str) -> str:
    """An element around markup; attributes are escaped, `class_` and `data_label` are spelt as HTML does."""
    spelled = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{spelled}>{''.join(inside)}</{name}>"


def text(words: object) -> str:
    return escape(str(words))


def link(url: str, words: str, **attributes: str) -> str:
    return tag("a", text(words), href=url, **attributes)


def segment(name: str) -> str:
    """One segment of a path."""
    return quote(name, safe="")


def table(caption: str, columns: Iterable[str], rows: Iterable[list[str]]) -> str:
    """A table that becomes blocks on narrow screens; cells are markup, the first heads its row."""
    names = list(columns)
    head = "".join(tag("th", text(name), scope="col", role="columnheader") for name in names)
    body = "".join(_row(names, row) for row in rows)
    return tag(
        "table",
        tag("caption", text(caption)),
        tag("thead", tag("tr", head, role="row"), role="rowgroup"),
        tag("tbody", body, role="rowgroup"),
        class_="stack",
        role="table",
    )


def _row(names: list[str], cells: list[str]) -> str:
    first = tag("th", cells[0], scope="row", role="rowheader")
    rest = (
        tag("td", tag("span", cell), data_label=name, role="cell")
        for name, cell in zip(names[1:], cells[1:], strict=True)
    )
    return tag("tr", first, *rest, role="row")


def page(*, language: Language, path: str, title: str, main: str, demo: bool) -> str:
    """A whole document. path: of this page, for the link to the other language."""
    words = WORDS[language]
    other = "en" if language == "uk" else "uk"
    own = "" if language == "uk" else "?lang=en"
    items = [
        tag("li", link(f"/{own}", words["programmes"])),
        tag("li", link(f"/api{own}", words["addresses"])),
        tag(
            "li",
            link(
                path if other == "uk" else f"{path}?lang=en",
                words["other-language"],
                lang=other,
                hreflang=other,
            ),
        ),
    ]
    brand = tag("a", "Pledger", tag("span", text(words["brand"])), class_="brand", href=f"/{own}")
    nav = tag("nav", tag("ul", *items, class_="nav"), aria_label=words["sections"])
    header = tag("header", tag("div", brand, nav, class_="wrap"), class_="masthead")
    notice = tag("p", tag("span", text(DEMO[language]), class_="demo")) if demo else ""
    foot = tag("footer", tag("p", text(words["foot"].format(version=VERSION))), class_="foot")
    content = tag("div", tag("main", notice, main, id="main"), foot, class_="wrap")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        + tag("title", text(title))
        + '<link rel="stylesheet" href="/static/pledger.css">'
    )
    skip = tag("a", text(words["skip"]), class_="skip", href="#main")
    return "<!doctype html>\n" + tag(
        "html", tag("head", head), tag("body", skip, header, content), lang=language
    )
