"""follow: what is recorded, line by line as it comes, from where the last time ended."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli import options

if TYPE_CHECKING:
    from api.client import Client
    from api.texts.language import Language

WAIT_SECONDS: Final = 20  # less than a client waits for an answer
AGAIN_SECONDS: Final = (1, 2, 4, 8, 15, 30)
_SHORTER: Final = (
    "журнал коротший, ніж був: його відновлено з давнішої копії, або показують інший",
    "the log is shorter than it was: it was put back from an older copy, or another one is shown",
)


def follow(
    after: Annotated[
        int | None,
        typer.Option(
            "--after",
            min=0,
            metavar="N",
            help="Begin at position N; default the end, with --cursor the start.",
        ),
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only events of this kind.")] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", metavar="STREAM", help="Only this stream: programme:ID, body:ID."),
    ] = None,
    cursor: Annotated[
        Path | None,
        typer.Option(
            "--cursor", metavar="FILE", help="Go on from the position in FILE, and write it after each line."
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Print what there is, and end.")] = False,
    server: options.Server = options.DEFAULT_SERVER,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each event as the API gives it, one a line.")
    ] = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Print what is recorded, line by line as it comes; Ctrl-C ends it."""
    shown = _Shown(as_json, lang)
    wanted = {"kind": kind, "subject": subject}
    try:
        _Following(server, wanted, cursor, once, shown).run(after)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@dataclass(frozen=True, slots=True)
class _Shown:
    as_json: bool
    language: Language

    def line(self, row: Mapping[str, Any]) -> None:
        """On the screen, or in the pipe, before the cursor moves beyond it."""
        from api.cli.screen import line, print_raw

        if self.as_json:
            print_raw(json.dumps(row, ensure_ascii=False))
        else:
            line(_told(row, self.language))
        sys.stdout.flush()


def _told(row: Mapping[str, Any], language: Language) -> str:
    from api.cli.asking import number, signers
    from api.texts.doubts import DOUBTS

    doubt = DOUBTS.get(str(row.get("doubt")))
    sentence = row.get("sentence")
    parts = (
        number(row.get("index")),
        row.get("recorded_at"),
        f"{row.get('kind')}{f' {doubt.mark}' if doubt is not None else ''}",
        sentence.get(language) if isinstance(sentence, dict) else None,
        signers(row.get("signers")),
    )
    return " · ".join(str(part) for part in parts if part)


@dataclass(slots=True)
class _Following:
    """One run. The server is asked page by page, and its head is compared before a page is shown."""

    server: str
    wanted: Mapping[str, str | None]
    file: Path | None
    once: bool
    shown: _Shown
    genesis: str = ""
    failed: int = 0  # questions in a row

    def run(self, after: int | None) -> None:
        from api.client import Client

        with Client(self.server) as client:
            at = after
            while True:
                try:
                    at = self._begin(client, after) if not self.genesis or at is None else at
                    page = self._page(client, at)
                except _later() as error:
                    self._wait(error)
                    continue
                self.failed = 0
                at = self._show(page)
                if self.once and page.get("next") is None:
                    return

    def _begin(self, client: Client, after: int | None) -> int:
        """The position to begin at. Raises Unreadable for a cursor of another ledger."""
        from api.cli.cursors import read_cursor
        from api.cli.watching import watched

        with watched(client):
            said = client.ledger()
        self.genesis = str(said.get("genesis"))
        kept = read_cursor(self.file, self.genesis) if self.file is not None else None
        if kept is not None:
            return kept
        if after is not None:
            return after
        return 0 if self.once or self.file is not None else int(said.get("position") or 0)

    def _page(self, client: Client, at: int) -> dict[str, Any]:
        from api.cli.watching import watched

        asked = {**self.wanted, "after": at, "wait": None if self.once else WAIT_SECONDS}
        with watched(client):
            return client.get("/v1/events", asked).members

    def _show(self, page: Mapping[str, Any]) -> int:
        """Print a page, and keep how far it was printed; the position to go on from."""
        from api.cli.asking import rows_of

        for row in rows_of(page):
            self.shown.line(row)
            self._keep(int(row["index"]) + 1)
        self._keep(int(page["after"]))
        return int(page["after"])

    def _keep(self, after: int) -> None:
        from api.cli.cursors import Cursor, write_cursor

        if self.file is not None:
            write_cursor(self.file, Cursor(self.genesis, after))

    def _wait(self, error: Exception) -> None:
        """Until the server is asked again. Raises the error where waiting is not wanted, or no help."""
        from api.cli.screen import say
        from api.cli.words import said
        from api.client import NOT_NOW, ServerProblem

        passing = not isinstance(error, ServerProblem) or error.status in NOT_NOW or error.status >= 500
        if isinstance(error, ServerProblem) and error.code == "position-ahead":
            say(said(_SHORTER, self.shown.language), "red")
        if self.once or not passing:
            raise error
        seconds = AGAIN_SECONDS[min(self.failed, len(AGAIN_SECONDS) - 1)]
        if not self.failed:
            words = ("сервер не відповідає; спроби тривають", "the server does not answer; it is tried again")
            say(said(words, self.shown.language))
        self.failed += 1
        threading.Event().wait(seconds)


def _later() -> tuple[type[Exception], ...]:
    from api.client import ServerProblem, Unreachable

    return Unreachable, ServerProblem


def register(app: typer.Typer) -> None:
    app.command(epilog="Стежити за журналом: рядок на подію, щойно її записано.")(follow)
