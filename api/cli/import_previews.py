"""What imports of whole annexes share: the state they are compared with, judging, and JSON of both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.cli.screen import err, print_raw

if TYPE_CHECKING:
    from api.cli.previews import Preview
    from api.texts.language import Language

Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Previewed:
    """payloads: as the server completed them, or as they were without one; previews: none without one."""

    payloads: Sequence[Members]
    previews: Sequence[Preview]

    @property
    def recordable(self) -> bool:
        return all(preview.recordable for preview in self.previews)

    def print_json(self, more: Mapping[str, Any]) -> None:
        judged = [preview.members for preview in self.previews]
        items = judged or [{"payload": payload} for payload in self.payloads]
        print_raw(json.dumps({**more, "items": items}, ensure_ascii=False))


def previewed(
    server: str | None,
    payloads: Sequence[Members],
    acknowledge: Sequence[str],
    language: Language,
    *,
    quiet: bool,
) -> Previewed:
    """Payloads judged as one batch; nothing is asked without a server. quiet: say nothing of it."""
    from api.cli.previews import judge_batch, show_outcome
    from api.cli.watching import watched
    from api.client import Client

    if server is None or not payloads:
        return Previewed(payloads, ())
    with Client(server) as client, watched(client), waiting("judged", language):
        previews = judge_batch(client, payloads, acknowledge)
    for preview in previews:
        if not quiet:
            show_outcome(preview, language)
    return Previewed([preview.payload for preview in previews], previews)


def state_at(server: str, programme: str, as_of: str | None, known: str | None = None) -> Members:
    """The programme's state with the point that it is of."""
    from api.client import Client

    with Client(server) as client:
        return client.programme(programme, "", {"as_of": as_of, "known": known}).members


@contextmanager
def reading(language: Language) -> Iterator[None]:
    """Say that a file is being read, while a person watches."""
    with waiting("read", language):
        yield


@contextmanager
def waiting(what: str, language: Language) -> Iterator[None]:
    """A bar that moves on stderr, if that is a terminal. what: read or judged."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from api.cli.words import said

    console = err()
    if not console.is_interactive:
        yield
        return
    words = {"read": ("читання файлу", "reading the file")}
    text = said(words.get(what, ("перевірка на сервері", "judged by the server")), language)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
    ) as shown:
        shown.add_task(text, total=None)
        yield
