"""Looking at a page as a test does: its text, its links, its parts."""

from __future__ import annotations

import re
from html import unescape

from starlette.testclient import TestClient

NO_BREAK_SPACE = "\xa0"


def opened(site: TestClient, address: str) -> str:
    """The page's markup. Fails unless it answers 200."""
    answer = site.get(address)
    assert answer.status_code == 200, (address, answer.text[:600])
    return answer.text


def text_of(markup: str) -> str:
    """What is read: no tags, plain spaces."""
    bare = unescape(re.sub(r"<[^>]+>", " ", markup)).replace(NO_BREAK_SPACE, " ")
    return re.sub(r"\s+", " ", bare)


def links_of(markup: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="([^"]*)"', markup)]


def twins_of(markup: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="([^"]*)" data-twin="(?:json|csv)"', markup)]


def ids_of(markup: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'\sid="([^"]*)"', markup)]


def part_of(markup: str, start: str, end: str) -> str:
    """Between two pieces of markup, each of which must be there."""
    assert start in markup, start
    rest = markup.partition(start)[2]
    assert end in rest, end
    return rest.partition(end)[0]
