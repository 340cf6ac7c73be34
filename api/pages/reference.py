"""The list of routes, out of the OpenAPI document: no viewer from elsewhere is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.pages.html import WORDS, link, page, table, tag, text
from api.texts.language import Language


def reference_page(*, language: Language, document: Mapping[str, Any], demo: bool) -> str:
    words = WORDS[language]
    described = {item["name"]: item["description"] for item in document["tags"]}
    by_tag: dict[str, list[list[str]]] = {}
    for path, method, operation in _operations(document):
        cells = [tag("code", text(path)), text(method.upper()), text(operation["summary"])]
        by_tag.setdefault(operation["tags"][0], []).append(cells)
    columns = [words["path"], words["method"], words["summary"]]
    sections = [
        tag("section", table(described[name], columns, by_tag[name]), lang="en")
        for name in described
        if name in by_tag
    ]
    openapi = link("/openapi.json", "openapi.json")
    intro = tag("p", text(words["routes-intro"]).replace("{link}", openapi), class_="intro")
    main = tag("h1", text(words["routes-heading"])) + intro + "".join(sections)
    return page(language=language, path="/api", title=words["routes-title"], main=main, demo=demo)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation
