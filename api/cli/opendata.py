"""opendata: a release as a folder for any web server, its check, and the publication to be signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli import options
from api.cli.screen import REFUSED, err, line, say
from api.cli.usage import Misused
from api.cli.words import said
from api.texts.language import Language
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from api.opendata.making import Manifest

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write or refresh.")]
JsonOut = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]


def publish(
    folder: Folder,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="LEDGER", help="The ledger's directory; a server may run in it."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option("--server", metavar="URL", help="Take a server's release, instead of --data."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="URL",
            help="Address of the site whose /opendata the folder will be: for the catalogue.",
        ),
    ] = None,
    licence: Annotated[
        str, typer.Option("--licence", help="With --data: CC-BY-4.0 or CC0-1.0.")
    ] = "CC-BY-4.0",
    as_json: JsonOut = False,
    language: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Publish the open data as files that any web server can serve as /opendata.

    Tables, data packages, the tables of resolution No. 835, the catalogue. Files are named by their hash;
    only what is missing is written, latest.json last. A folder that shows another ledger or a newer state is
    refused, and so is one that lies in a ledger's directory. What a server gives is checked by its hash.
    """
    from api.cli.addresses import check_address
    from api.opendata.packages import LICENCES

    if (data is None) == (server is None):
        raise Misused(("дайте одне з --data та --server", "give one of --data and --server"))
    if licence not in LICENCES:
        raise Misused(("ліцензія: CC-BY-4.0 або CC0-1.0", "licence: CC-BY-4.0 or CC0-1.0"))
    for address, name in ((server, "--server"), (url, "--url")):
        if address is not None:
            check_address(address, name)
    _check_folder(folder, data, language)
    base = url.rstrip("/") if url is not None else None
    manifest = _of_data(folder, data, licence, base) if data else _of_server(folder, str(server))
    _finish(folder, manifest, base, language, as_json=as_json)


def _finish(folder: Path, manifest: Manifest, base: str | None, language: Language, *, as_json: bool) -> None:
    from api.cli.files import pretty
    from api.opendata.folder import write_folder

    known = base or manifest["public_url"]
    written = write_folder(folder, manifest, known)
    told = {
        "release": manifest["release"],
        "position": manifest["position"],
        "as_of": manifest["as_of"],
        "written": written,
        "catalogue": known is not None,
    }
    if known is None:
        say(said(_NO_URL, language), "yellow")
    for programme in manifest["unavailable"]:
        say(said(_UNAVAILABLE, language).format(programme=programme), "yellow")
    if as_json:
        typer.echo(pretty(told), nl=False)
        return
    line(said(_DONE, language).format(folder=folder, **told))


_NO_URL: Final = (
    "Каталогу не записано: невідома адреса сайту (--url).",
    "No catalogue was written: the site's address is not known (--url).",
)
_UNAVAILABLE: Final = (
    "Програми {programme} немає у випуску: її дані тимчасово недоступні.",
    "The release has no data of {programme}: they are unavailable for now.",
)
_DONE: Final = (
    "{folder}: випуск {release}, стан на {as_of} за {position} записами; документів записано: {written}",
    "{folder}: release {release}, the state on {as_of} by {position} entries; documents written: {written}",
)


def _check_folder(folder: Path, data: Path | None, language: Language) -> None:
    """What is published lies apart from a ledger and from other files: else say so, and exit 1."""
    from api.opendata.folder import LATEST, OURS
    from ledger.tlog.publishing import UnfitFolder, check_folder

    try:
        check_folder(folder, data)
    except UnfitFolder as error:
        names = {path.name for path in folder.iterdir()} if error.reason == "not-empty" else set[str]()
        if error.reason == "not-empty" and (LATEST in names or names <= OURS):
            return
        say(said(_UNFIT[error.reason], language).format(folder=folder, there=error.there), "red")
        raise typer.Exit(REFUSED) from error


_UNFIT: Final = {
    "ledger": (
        (
            "{folder} не підходить: {there} належить реєстру або свідкові, а опубліковане роздають усім."
            " Нічого не записано: назвіть окрему теку."
        ),
        (
            "{folder} will not do: {there} belongs to a ledger or a witness, and what is published is served"
            " to everybody. Nothing was written: name a folder of its own."
        ),
    ),
    "not-empty": (
        "{folder} не підходить: там є {there}, це не відкриті дані. Нічого не записано: назвіть нову теку.",
        "{folder} will not do: it holds {there}, no open data. Nothing was written: name a new folder.",
    ),
}


def _of_data(folder: Path, data: Path, licence: str, base: str | None) -> Manifest:
    """Made here, from a copy of the ledger's file."""
    from rich.progress import Progress

    from api.bundles.copied import copied
    from api.opendata.folder import check_follows
    from api.opendata.making import make
    from api.opendata.publisher import is_of, point_of
    from api.opendata.shelf import Shelf
    from ledger.errors import StorageError

    with Progress(console=err(), transient=True) as bar:
        copying, making = bar.add_task("copy", total=None), bar.add_task("opendata", total=None)
        with copied(data, progress=lambda n, of: bar.update(copying, completed=n, total=of)) as source:
            point = point_of(source, licence=licence, public=base)
            if point is None:
                raise StorageError(f"{data} holds no entries")
            shown = check_follows(folder, {"genesis": point.genesis, "position": point.known.position})
            before = shown if shown is not None and is_of(shown, source.ledger.reader) else None
            return make(
                Shelf(folder),
                source.follower,
                point,
                before=before,
                progress=lambda n, of: bar.update(making, completed=n, total=of),
            )


def _of_server(folder: Path, server: str) -> Manifest:
    """A server's newest release: what is missing here is fetched, and checked by its hash."""
    from rich.progress import Progress

    from api.client import Client
    from api.opendata.fetching import fetch_release
    from api.opendata.folder import check_follows
    from api.opendata.shelf import Shelf

    with Client(server) as client, Progress(console=err(), transient=True) as bar:
        task = bar.add_task("opendata", total=None)
        return fetch_release(
            client,
            Shelf(folder),
            lambda manifest: check_follows(folder, manifest),
            lambda done, total: bar.update(task, completed=done, total=total),
        )


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that was published.")],
    as_json: JsonOut = False,
    language: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Recompute the hash of every file of a published folder. Exit 1 if one is missing or damaged."""
    from api.cli.files import pretty
    from api.opendata.folder import check_release

    manifest, faults = check_release(folder)
    if as_json:
        rows = [{"file": one.name, "why": one.why} for one in faults]
        typer.echo(pretty({"release": manifest["release"], "ok": not faults, "faults": rows}), nl=False)
    else:
        for one in faults:
            say(f"{one.name}: {said(_FAULTS[one.why], language)}", "red")
        line(said(_CHECKED[bool(faults)], language).format(folder=folder, n=len(faults), **manifest))
    if faults:
        raise typer.Exit(REFUSED)


_FAULTS: Final = {
    "missing": ("файла немає", "there is no such file"),
    "damaged": ("зміст не той: геш інший", "its content is another: the hash differs"),
    "differs": ("не те, що описує випуск", "not what describes the release"),
    "unreadable": ("не прочитати", "cannot be read"),
}
_CHECKED: Final = {
    False: ("{folder}: випуск {release} цілий", "{folder}: release {release} is whole"),
    True: ("{folder}: випуск {release}: вад {n}", "{folder}: release {release}: {n} faults"),
}


def draft(
    programme: Annotated[
        str, typer.Option("--programme", metavar="ID", help="Of which programme it is said.")
    ],
    office: Annotated[str, typer.Option("--office", metavar="ID", help="The office that signs.")],
    person: Annotated[str, typer.Option("--person", metavar="ID", help="Who signs.")],
    dataset: Annotated[
        str, typer.Option("--dataset", metavar="ID", help="The data set's id on the record.")
    ] = "programs-835",
    server: options.Server = options.DEFAULT_SERVER,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the payload there, to be signed.")
    ] = None,
    language: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """Make the payload of dataset.published for the server's newest release, to be signed.

    A release is what the server made; on the record stands what an official signed. The payload names the
    release's position and its file by hash: check the file before you sign.
    """
    from api.cli.files import pretty, write_text
    from api.cli.watching import watched
    from api.client import Client

    with Client(server) as client, watched(client):
        manifest = client.get("/opendata/releases/latest").members
        payload = {
            "kind": "dataset.published",
            "subject": f"programme:{programme}",
            "effective": manifest["as_of"],
            "signers": [{"person": person, "office": office}],
            "data": _published(manifest, programme, dataset, client.url),
        }
        answer = client.draft(payload)
    completed = answer.members.get("payload") or payload
    if out is None:
        typer.echo(pretty(completed), nl=False)
        return
    write_text(out, pretty(completed))
    say(f"→ {out}")
    line(said(_SIGN, language).format(out=out))


_SIGN: Final = (
    "Тепер: pledger sign {out}, потім pledger submit.",
    "Now: pledger sign {out}, then pledger submit.",
)


def _published(manifest: dict[str, Any], programme: str, dataset: str, server: str) -> dict[str, Any]:
    """The file that stands for a data set: a table of No. 835 by `<table>-835`, a table by its own name."""
    from ledger.errors import StorageError

    if programme not in manifest["programmes"]:  # not known, or its data are unavailable: it has no row
        raise StorageError(
            Sentence("the release has no programme {programme}", "opendata-no-programme", programme=programme)
        )
    table = dataset.removesuffix("-835")
    if dataset.endswith("-835"):
        part = manifest["official"].get(table, {}).get("official")
    else:
        parts = manifest["tables"].get(table, [])
        part = parts[-1] if parts else None
    if part is None:
        raise StorageError(
            Sentence("the release has no data set {dataset}", "opendata-no-dataset", dataset=dataset)
        )
    url = f"{manifest['public_url'] or server}/opendata/files/{part['file']}"
    return {"dataset": dataset, "position": manifest["position"], "url": url, "sha256": part["sha256"]}


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Записує відкриті дані файлами, які роздасть будь-який вебсервер.")(publish)
    family.command(epilog="Перевіряє геш кожного файлу опублікованої теки.")(check)
    family.command(epilog="Готує подію про оприлюднення набору, щоб її підписати.")(draft)
    app.add_typer(
        family,
        name="opendata",
        help="Open data as files: publish, check; draft the publication to be signed.",
        epilog="Відкриті дані: теки файлів, їх перевірка, подія про оприлюднення.",
    )
