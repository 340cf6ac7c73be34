"""import-votes: a named vote, exported by a person from where votes are kept, as votes of an act."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli import options
from api.cli.import_drafts import Acknowledge, AsJson, Job, Office, Out, Person, run
from api.cli.importing_rows import File
from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.importers.rows import Asked


def import_votes(
    file: File,
    out: Out,
    act: Annotated[str, typer.Option("--act", metavar="A", help="A registered act's id.")] = "",
    act_file: Annotated[
        Path | None,
        typer.Option("--act-file", metavar="FILE.json", help="A new act: data of act.registered."),
    ] = None,
    body: Annotated[str, typer.Option("--body", metavar="B", help="With --act-file: whose act it is.")] = "",
    server: options.MaybeServer = None,
    person: Person = None,
    office: Office = None,
    acknowledge: Acknowledge = None,
    as_json: AsJson = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Check a named vote and write the act's registration with its votes: 01-act.json.

    Of an act on the record (--act, with --server) it is a correction of its registration, the votes apart the
    same; with --act-file it is a new one. Printed totals are shown beside the counted ones.
    """
    asked = _new(act_file, body) if act_file is not None else _registered(act, server)
    job = Job("votes", "act", out, server, person, office, acknowledge or (), lang, as_json)
    run(job, file, asked)


def _new(path: Path, body: str) -> Asked:
    from api.cli.files import read_members
    from api.importers.rows import Asked

    if not body:
        words = ("скажіть, чий це акт (--body)", "say whose act it is (--body)")
        raise Misused(words, "--body")
    return Asked(body=body, act=read_members(path))


def _registered(act: str, server: str | None) -> Asked:
    """The act's registration in force, as the server has it."""
    from base64 import urlsafe_b64decode
    from json import loads

    from api.cli.watching import watched
    from api.client import Client, segment
    from api.importers.rows import Asked

    if not act or server is None:
        words = (
            "назвіть акт і сервер, де його зареєстровано (--act, --server), або новий акт (--act-file)",
            "name an act and the server where it is registered (--act, --server), or a new act (--act-file)",
        )
        raise Misused(words, "--act")
    with Client(server) as client, watched(client):
        item: dict[str, Any] = client.get(f"/v1/acts/{segment(act)}").members["item"]
        said = client.event(str(item["event"])).members
    text = str(said["envelope"]["payload"])
    payload = loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    corrects = {"event": str(said["slot"]), "payload": str(said["payload"])}
    return Asked(body=str(item["body"]), act=payload["data"], corrects=corrects)


def register(app: typer.Typer) -> None:
    app.command("import-votes", epilog="Перевіряє поіменне голосування і пише подію про акт із голосами.")(
        import_votes
    )
