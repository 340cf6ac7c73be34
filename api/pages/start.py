"""The start page: what this is, which programmes there are, how to ask and how to check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.html import WORDS, link, page, segment, table, tag, text
from api.texts.doubts import DOUBTS
from api.texts.language import Language

Programme = Mapping[str, Any]
_IS = {"in-force": "good", "not-in-force": "none", "closed": "none", "unavailable": "bad"}


def start_page(
    *,
    language: Language,
    service: Mapping[str, Any],
    as_of: str,
    programmes: Sequence[Programme],
    bodies: Mapping[str, str],
    more: bool,
) -> str:
    words = WORDS[language]
    main = "".join(
        [
            tag("h1", text(words["start-heading"])),
            tag("p", text(words["start-lede"]), class_="lede"),
            _restored(words, service["restored"]),
            _programmes(language, service, as_of, programmes, bodies, more),
            _asking(words, programmes, as_of, service),
            _checking(words, service),
        ]
    )
    demo = service["demo"] is not None
    return page(language=language, path="/", title=words["start-title"], main=main, demo=demo)


def _restored(words: Mapping[str, str], restored: Mapping[str, Any] | None) -> str:
    """That a backup stands here, and what it lacks: nobody shall overlook it."""
    if restored is None:
        return ""
    said = [words["restored"].format(at=restored["at"], size=restored["size"])]
    if restored["missing"] is not None:
        missing = restored["missing"]
        said.append(words["restored-missing"].format(first=missing["from"], last=missing["to"]))
    if restored["unprotected"]:
        said.append(words["restored-unprotected"].format(size=restored["size"]))
    return tag("p", tag("strong", text(" ".join(said)), class_="is doubt"), role="note")


def _section(name: str, heading: str, *inside: str) -> str:
    return tag("section", tag("h2", text(heading), id=f"{name}-h"), *inside, aria_labelledby=f"{name}-h")


def _programmes(
    language: Language,
    service: Mapping[str, Any],
    as_of: str,
    programmes: Sequence[Programme],
    bodies: Mapping[str, str],
    more: bool,
) -> str:
    words = WORDS[language]
    if not programmes:
        return _section("programmes", words["programmes"], tag("p", text(words["none-yet"])))
    caption = words["table-caption"].format(as_of=as_of, position=service["position"])
    columns = [words[name] for name in ("programme", "body", "term", "status", "data")]
    rows = [_programme(language, programme, bodies) for programme in programmes]
    rest = tag("p", link(f"/v1/programmes?after={segment(programmes[-1]['id'])}", words["more"]))
    return _section("programmes", words["programmes"], table(caption, columns, rows), rest if more else "")


def _programme(language: Language, programme: Programme, bodies: Mapping[str, str]) -> list[str]:
    words = WORDS[language]
    base = f"/v1/programmes/{segment(programme['id'])}"
    data = [
        link(base, words["state"]),
        link(f"{base}/budget", words["budget"]) + " " + link(f"{base}/budget?format=csv", "CSV"),
        link(f"{base}/indicators", words["indicators"]) + " " + link(f"{base}/indicators?format=csv", "CSV"),
        link(f"{base}/history", words["history"]),
    ]
    first, last = programme["term"]["from"], programme["term"]["to"]
    return [
        link(base, programme["title"] or programme["id"]) + _doubt(programme["doubt"], language),
        text(bodies.get(programme["body"], programme["body"])),
        text(f"{first}–{last}" if first and last else "–"),
        tag("span", text(words[programme["status"]]), class_=f"is {_IS[programme['status']]}"),
        " · ".join(data),
    ]


def _doubt(word: str | None, language: Language) -> str:
    """What the row says may rest on an entry in doubt: in words, and why in full."""
    if word is None:
        return ""
    doubt = DOUBTS[word]
    return " " + tag("strong", text(doubt.name[language]), class_="is doubt", title=doubt.why[language])


def _asking(
    words: Mapping[str, str], programmes: Sequence[Programme], as_of: str, service: Mapping[str, Any]
) -> str:
    base = f"/v1/programmes/{segment(programmes[0]['id'])}" if programmes else "/v1/programmes/{id}"
    position = service["position"]
    asked = [
        ("ask-as-of", f"{base}?as_of={as_of}"),
        ("ask-known", f"{base}/budget?known={as_of}"),
        ("ask-freeze", f"{base}/budget?as_of={as_of}&known={position}"),
        ("ask-diff", f"{base}/diff?from_as_of={as_of[:4]}-01-01&to_as_of={as_of}"),
        ("ask-blame", f"{base}/blame?path=/title"),
        ("ask-csv", f"{base}/budget?format=csv"),
    ]
    items = [tag("li", text(words[name]), "<br>", _address(url)) for name, url in asked]
    intro = tag("p", text(words["ask-intro"]), class_="intro")
    return _section("ask", words["ask-heading"], intro, tag("ul", *items))


def _address(url: str) -> str:
    """A link to what can be asked here, else only its form."""
    return tag("code", text(url)) if "{" in url else tag("a", tag("code", text(url)), href=url)


def _checking(words: Mapping[str, str], service: Mapping[str, Any]) -> str:
    facts = [
        ("origin", service["origin"]),
        ("genesis", service["genesis"] or words["nothing"]),
        ("log-key", service["log_key"]),
        ("position", service["position"]),
        ("last", service["recorded_at"] or words["nothing"]),
    ]
    listed = "".join(
        tag("dt", text(words[name])) + tag("dd", text(value), class_="mono") for name, value in facts
    )
    links = " · ".join(
        [
            link("/v1/checkpoint", words["checkpoint"]),
            link("/v1", words["service"]),
            link("/api", words["all-addresses"]),
        ]
    )
    intro = tag("p", text(words["check-intro"]), class_="intro")
    return _section(
        "check", words["check-heading"], intro, tag("dl", listed, class_="facts"), tag("p", links)
    )
