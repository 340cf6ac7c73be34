"""One request for a page: what it may ask, how it builds links, how it is drawn and sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response

from api.context import Context, context_of
from api.models.service import DEMO
from api.pages.asking import Refused, ask, twin_url
from api.pages.drawing import environment
from api.pages.kept import Drawn
from api.pages.wording import Words
from api.responses import is_unchanged
from api.texts.language import Language
from api.version import VERSION
from api.views import SHARED

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
GZIP_LEAST: Final = 1000  # bytes; below it the header costs more than is won
DRAWN: Final = "pledger.drawn"  # of a request's scope: the page that was sent
_NAMES_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Twin:
    """The same data for machines. json, csv: addresses with the page's own query."""

    what: str
    json: str
    csv: str


class Page:
    """section: of the words (words/<section>.toml), and what the masthead marks as current.

    In a template: `w` the words, `href(path, **params)` a link to a page in this language, `page` this.
    """

    def __init__(self, request: Request, section: str) -> None:
        self.request = request
        request.scope.setdefault(SHARED, {})  # handed on to every question with the rest of the scope
        self.language: Language = "en" if request.query_params.get("lang") == "en" else "uk"
        self.section = section
        self.words = Words(self.language, section)
        self.twins: list[Twin] = []
        self._names: dict[str, dict[str, str]] = {}

    @property
    def context(self) -> Context:
        return context_of(self.request)

    async def ask(self, path: str, /, **params: object) -> Any:
        """GET of the JSON door, e.g. `/v1/programmes/x/budget`. Raises Refused; drawn as an error page."""
        return await ask(self.request, self.language, path, params)

    async def ask_maybe(self, path: str, /, **params: object) -> Any | None:
        """As ask; None where there is no such thing."""
        try:
            return await self.ask(path, **params)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    async def post(self, path: str, body: bytes, media_type: str) -> Any:
        """POST to the JSON door. Raises Refused."""
        return await ask(
            self.request, self.language, path, {}, method="POST", body=body, media_type=media_type
        )

    def href(self, path: str, /, **params: object) -> str:
        """A page's address in this language; params that are None or "" are left out."""
        anchor = params.pop("anchor", None)
        lang = {"lang": "en"} if self.language == "en" else {}
        return twin_url(path, {**params, **lang}) + (f"#{anchor}" if anchor else "")

    def here(self, **changes: object) -> str:
        """This page with other parameters; `lang` may be one of them."""
        query = {**self.request.query_params, **changes}
        return twin_url(self.request.scope["path"], query)

    def twin(self, what: str, path: str, /, **params: object) -> Twin:
        """Name the data twin of a table of this page, with its query. what: in words, for a screen reader."""
        made = Twin(what, twin_url(path, params), twin_url(path, {**params, "format": "csv"}))
        self.twins.append(made)
        return made

    async def names(self, family: str, known: int) -> dict[str, str]:
        """Names by id of a family, e.g. "offices" or "programmes", as far as one page of their list goes."""
        if family not in self._names:
            rows = await self.ask(f"/v1/{family}", limit=_NAMES_AT_ONCE, known=known)
            self._names[family] = {
                row["id"]: row.get("name") or row.get("title") or row["id"] for row in rows["items"]
            }
        return self._names[family]

    def render(self, template: str, /, *, status: int = 200, **given: Any) -> Response:
        """Draw a template of templates/ with what is given, and send it.

        given may have: title, stateline (markup), crumbs [(words, address)], scripts [file of static/].
        """
        return self.send(self.draw(template, **given), status)

    async def drawn(self, template: str, /, **given: Any) -> Response:
        """As render, beside the loop: for pages whose tables are long."""
        html = await asyncio.to_thread(self.draw, template, **given)
        return self.send(html)

    def draw(self, template: str, /, **given: Any) -> str:
        context = self.context
        facts = {
            "page": self,
            "w": self.words,
            "href": self.href,
            "here": self.here,
            "language": self.language,
            "zone": context.identity.zone,
            "version": VERSION,
            "demo_ledger": DEMO[self.language] if context.settings.demo else "",
            "log": {"position": context.position, "origin": context.identity.origin},
            "scripts": (),
            "crumbs": (),
            "stateline": "",
        }
        return environment(self.language).get_template(template).render({**facts, **given})

    def send(self, html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Headers, validator and compression of a page. headers: in place of the usual ones."""
        drawn = Drawn.of(html)
        if status == 200 and headers is None:
            self.request.scope[DRAWN] = drawn
        return self.answer(drawn, status, headers)

    def answer(self, drawn: Drawn, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Send what was drawn, now or before."""
        sent = {
            "Cache-Control": "no-cache" if status < 400 else "no-store",
            "Content-Language": self.language,
            "Content-Security-Policy": CSP,
            "Vary": "Accept-Encoding",
            **(headers or {}),
        }
        if status == 200 and self.request.method == "GET":
            sent["ETag"] = drawn.etag
            if is_unchanged(self.request, drawn.etag):
                return Response(None, 304, sent)
        body = drawn.body
        # Nothing on a page is secret that its size could betray.
        if len(body) >= GZIP_LEAST and takes_gzip(self.request):
            sent["Content-Encoding"] = "gzip"
            body = drawn.packed
        return Response(body, status, sent, "text/html; charset=utf-8")


def takes_gzip(request: Request) -> bool:
    accepted = request.headers.get("accept-encoding", "")
    return "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", "")
