"""What the imports of rows share: read, judge on a server, show, and write the drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli.import_files import write_drafts
from api.cli.import_judging import judged
from api.cli.screen import OK, REFUSED, line, print_raw
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.cli.previews import Preview
    from api.importers.rows import Asked, Taken
    from api.texts.language import Language

Members = dict[str, Any]
_OF_PERIODS: Final = ("actuals", "spending")  # of which a period must be over
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the draft payloads go.")]
Person = Annotated[str | None, typer.Option("--person", metavar="P", help="Who will sign.")]
Office = Annotated[str | None, typer.Option("--office", metavar="O", help="In which office.")]
Acknowledge = Annotated[
    list[str] | None,
    typer.Option("--acknowledge", metavar="CODE", help="Acknowledge a discrepancy; may be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print what came of it as JSON on stdout.")]


@dataclass(frozen=True, slots=True)
class Job:
    """One import. shape: its name in SHAPES; word: in the names of the drafts' files."""

    shape: str
    word: str
    out: Path
    server: str | None
    person: str | None
    office: str | None
    acknowledge: Sequence[str]
    language: Language
    as_json: bool = False


def run(job: Job, file: Path, asked: Asked) -> None:
    """Everything that a command does after it has read its options. Raises typer.Exit at the end."""
    from dataclasses import replace

    from api.cli.files import read_bytes
    from api.importers.payloads import payload_of
    from api.importers.shapes import SHAPES

    signers = signers_of(job.person, job.office)
    check_free(job.out)
    asked = replace(asked, name=file.name, today=today_of(job.server) if job.shape in _OF_PERIODS else "")
    raw = read_bytes(file)
    taken = SHAPES[job.shape].read(raw, asked)
    payloads = [payload_of(made, {"signers": signers} if signers else {}) for made in taken.made]
    previews = judged(job, raw, asked, taken, payloads)
    finish(job, taken, payloads, previews)


def finish(job: Job, taken: Taken, payloads: Sequence[Members], previews: Sequence[Preview]) -> None:
    """Write, show, and leave with 1 unless all would be recorded."""
    done = [preview.payload for preview in previews] or payloads
    if job.as_json:
        print_raw(_as_json(job, taken, done, previews))
    else:
        summarise(taken, job.language)
    write_drafts(job.out, done, job.word)
    recordable = all(preview.recordable for preview in previews)
    raise typer.Exit(OK if recordable else REFUSED)


def signers_of(person: str | None, office: str | None) -> list[Members]:
    if (person is None) != (office is None):
        raise Misused(
            (
                "підписант – особа на посаді: дайте обидві",
                "a signer is a person in an office: give both",
            ),
            "--person",
        )
    return [{"person": person, "office": office}] if person and office else []


def check_free(out: Path) -> None:
    """Drafts of an earlier import must not be signed together with those of this one."""
    if out.is_dir() and any(out.iterdir()):
        words = (
            f"у теці {out} вже щось є: назвіть порожню",
            f"{out} is not empty: name an empty directory",
        )
        raise Misused(words, "--out")


def today_of(server: str | None) -> str:
    """The last day that has come: by the server's calendar, else by this machine's."""
    from api.client import Client
    from ledger.clock import SystemClock

    if server is None:
        return SystemClock().now().astimezone().date().isoformat()
    with Client(server) as client:
        return str(client.get("/v1/programmes", {"limit": 1}).members.get("as_of") or "")


def summarise(taken: Taken, language: Language) -> None:
    """What was read and what was left out: a row that is not taken must not pass unnoticed."""
    from api.cli.words import said

    for words, number in (
        (("рядків узято", "rows taken"), taken.rows),
        (("рядків не взято (порожні, підсумки чи не ті)", "rows left out"), taken.skipped),
        (("подій", "events"), len(taken.made)),
    ):
        line(f"{said(words, language)}: {number}", "bold" if words[1] == "rows taken" else "")
    for total in taken.totals:
        printed = f"{said(('надруковано', 'printed'), language)} {total.printed}, " if total.printed else ""
        text = f"{total.name}: {printed}{said(('пораховано', 'counted'), language)} {total.counted}"
        line(text if total.agrees else f"{text} ✗", "" if total.agrees else "bold red")


def _as_json(job: Job, taken: Taken, payloads: Sequence[Members], previews: Sequence[Preview]) -> str:
    import json

    from api.importers.summary import summary_of

    items: list[Mapping[str, Any]] = [preview.members for preview in previews]
    shown = {
        "shape": job.shape,
        "items": items or [{"payload": payload} for payload in payloads],
        "summary": summary_of(taken),
    }
    return json.dumps(shown, ensure_ascii=False)
