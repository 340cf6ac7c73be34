"""What a server says of an import's drafts, said of the file's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from api.cli.import_files import BATCH, batches
from api.cli.screen import err, line

if TYPE_CHECKING:
    from api.cli.import_drafts import Job
    from api.cli.previews import Preview
    from api.client import Client
    from api.importers.rows import Asked, Made, Taken
    from api.texts.language import Language

Members = dict[str, Any]


def judged(job: Job, raw: bytes, asked: Asked, taken: Taken, payloads: Sequence[Members]) -> list[Preview]:
    """What the server says of all of them, said of the rows; nothing without a server.

    Raises ImportFileError for what the server knows to be wrong with the file, by its cells.
    """
    from api.cli.watching import watched
    from api.client import Client

    if job.server is None:
        return []
    with Client(job.server) as client, watched(client), _bar(len(payloads), job.language) as tell:
        # A new act is no file of rows alone, and more than a batch the server does not read at once.
        if len(payloads) <= BATCH and (asked.act is None or asked.corrects is not None):
            previews = _imported(client, job, raw, asked, payloads)
        else:
            previews = list(_judged(client, payloads, job.acknowledge, tell))
    if not job.as_json:
        show_judged(taken.made, previews, job.language)
    return previews


def _imported(
    client: Client, job: Job, raw: bytes, asked: Asked, payloads: Sequence[Members]
) -> list[Preview]:
    """The file as the server reads it, each draft held against the one that was read here."""
    from api.cli.previews import read_preview
    from api.client import ServerProblem, Unreachable
    from api.importers.errors import ImportFileError, Problem

    said = {**_parameters(job.shape, asked), "person": job.person, "office": job.office}
    said["acknowledge"] = ",".join(job.acknowledge)
    try:
        items = client.import_file(job.shape, raw, said).members.get("items")
    except ServerProblem as problem:
        found = problem.members.get("problems")
        if not isinstance(found, list):
            raise
        raise ImportFileError(
            Problem(one["line"], one["place"], one["code"], one["message"]["uk"], one["message"]["en"])
            for one in found
        ) from None
    if not isinstance(items, list) or len(items) != len(payloads):
        raise Unreachable("the answer does not hold as many drafts as the file makes")
    return [read_preview(given, members) for given, members in zip(payloads, items, strict=True)]


def _parameters(shape: str, asked: Asked) -> dict[str, str | int | None]:
    """As POST /v1/imports/{shape} takes what was asked beside the file."""
    from api.importers.shapes import SHAPES

    special: dict[str, str | None] = {
        "act": str(asked.act["act"]) if asked.act is not None else None,
        "kpkvk": ",".join(sorted(asked.kpkvk)),
        "fund": ",".join(f"{code}:{meaning}" for code, meaning in asked.funds.items()),
    }
    found: dict[str, str | int | None] = {}
    for name in SHAPES[shape].asks:
        value = special[name] if name in special else getattr(asked, name)
        found[name] = value or None
    return found


def _judged(
    client: Client, payloads: Sequence[Members], acknowledge: Sequence[str], tell: Callable[[int], None]
) -> Iterator[Preview]:
    from api.cli.previews import judge_batch

    for batch in batches(payloads):
        yield from judge_batch(client, batch, acknowledge)
        tell(len(batch))


def show_judged(made: Sequence[Made], previews: Sequence[Preview], language: Language) -> None:
    """One after the other: what would be recorded, counted; the others with their rows."""
    from api.cli.previews import show_outcome
    from api.cli.words import said

    good = sum(preview.recordable for preview in previews)
    words = ("подій, які буде зареєстровано", "events that would be recorded")
    line(f"{said(words, language)}: {good} / {len(previews)}", "bold")
    for one, preview in zip(made, previews, strict=True):
        if preview.recordable and not preview.discrepancies:
            continue
        _show_rows(one, preview, language)
        show_outcome(preview, language)


def _show_rows(made: Made, preview: Preview, language: Language) -> None:
    from api.cli.words import said
    from api.importers.row_places import place_of

    for pointer in dict.fromkeys(_pointers(preview)):
        place = place_of(made, pointer)
        if place is not None:
            line(f"{said(('рядок', 'line'), language)} {place[0]}: {place[1]}", "bold")


def _pointers(preview: Preview) -> Iterator[str]:
    refusal = preview.members.get("refusal")
    errors = refusal.get("errors") if isinstance(refusal, dict) else None
    for item in [*(errors if isinstance(errors, list) else []), *preview.discrepancies]:
        if isinstance(item, dict):
            yield str(item.get("pointer", ""))


@contextmanager
def _bar(total: int, language: Language) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while a person watches."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from api.cli.words import said

    console = err()
    if not console.is_interactive:
        yield lambda more: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(said(("перевірка на сервері", "judged by the server"), language), total=total)
        yield lambda more: shown.advance(task, more)
