"""bundle: an answer with everything that is needed to check it without a network, into a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli import options
from api.cli.reading import Programme
from api.cli.screen import REFUSED, err, line, say
from api.cli.words import said
from api.texts.language import Language

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from api.client import Parameters
    from ledger.seen import Seen
    from ledger.verify.report import Report

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where to put it; by default a name that says what it is."),
]
Event = Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")]
Act = Annotated[str, typer.Argument(metavar="ACT", help="The act's id.")]
Cell = Annotated[str, typer.Argument(metavar="PATH", help="The cell: /financing/2.1.4/2025/local.")]
Json = Annotated[bool, typer.Option("--json", help="Print the file and what verifying it found, as JSON.")]


@dataclass(frozen=True, slots=True)
class _Fetching:
    """From whom, whereto, and how it is told. place: of the trust file, if one was named."""

    server: str
    out: Path | None
    place: Path | None
    as_json: bool
    language: Language

    def fetch(self, path: str, parameters: Parameters) -> None:
        """Download, verify right away by the trust file, and say what came of it."""
        from api.cli.trusted import find_trust
        from api.cli.watching import heads_beside

        trusted = find_trust(self.place)
        kept = heads_beside(self.place).remembered(trusted.log) if trusted is not None else None
        asked = {**parameters, "from": kept.size if kept is not None else None}
        file = self._download(f"/v1/{path}/bundle", asked, trusted)
        report = _verify(file, trusted, kept) if trusted is not None else None
        self._tell(file, report, trusted)
        if report is not None and report.verdict != "verified":
            raise typer.Exit(REFUSED)

    def _download(self, path: str, parameters: Parameters, trusted: Trust | None) -> Path:
        """The file, whole. Raises HeadAlarm if the log is not the one that was seen before."""
        from tempfile import NamedTemporaryFile

        from api.cli.watching import watched
        from api.client import Client

        folder = self.out.parent if self.out is not None else Path()
        with NamedTemporaryFile(dir=folder, prefix=".pledger-", suffix=".part", delete=False) as target:
            part = Path(target.name)
            try:
                with Client(self.server) as client, watched(client, self.place, trusted), _bar() as told:
                    name = client.bundle(path, parameters, _opened(target), told)
                target.close()
                file = self.out if self.out is not None else folder / (name or "pledger-bundle.zip")
                part.chmod(0o644)
                return part.replace(file)
            finally:
                with suppress(FileNotFoundError):
                    part.unlink()

    def _tell(self, file: Path, report: Report | None, trusted: Trust | None) -> None:
        from api.cli.files import pretty
        from api.cli.trusted import place_of
        from api.cli.verdicts import show_report, with_words

        if self.as_json:
            shown = with_words(report) if report is not None else None
            typer.echo(pretty({"file": str(file), "verification": shown}), nl=False)
        elif report is not None:
            show_report(report, str(file), str(place_of(self.place)), self.language)
        else:
            line(str(file))
        if report is None:
            say(said(_NOT_VERIFIED, self.language).format(file=file), "yellow")
        elif report.verdict != "verified":
            say(said(_FAILED, self.language).format(file=file), "bold red")


_NOT_VERIFIED: Final = (
    "Не перевірено: немає файлу довіри. `pledger verify {file} --trust ФАЙЛ`",
    "Not verified: there is no trust file. `pledger verify {file} --trust FILE`",
)
_FAILED: Final = (
    "Пакет НЕ СХОДИТЬСЯ: не покладайтеся на нього. Його збережено як свідчення: {file}",
    "The bundle does NOT verify: do not rely on it. It is kept as evidence: {file}",
)


def _opened(target: Any) -> IO[bytes]:
    """The file behind a named temporary one."""
    opened: IO[bytes] = target.file
    return opened


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Bytes as they come, on stderr."""
    from rich.progress import DownloadColumn, Progress, TextColumn

    with Progress(TextColumn("bundle"), DownloadColumn(), console=err(), transient=True) as bar:
        task = bar.add_task("bundle", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of or None)


def _verify(file: Path, trusted: Trust, kept: Seen | None) -> Report:
    """By the trust file, and by what was remembered before this question."""
    from ledger.verify.anchors import Anchors
    from ledger.verify.bundle import verify_bundle

    anchors = Anchors(
        trusted.origin,
        trusted.genesis,
        trusted.log_key,
        trusted.policy,
        tuple(text.encode() for text in trusted.tsa),
        (kept.note,) if kept is not None else (),
    )
    return verify_bundle(file, anchors)


def programme(
    programme: Programme,
    as_of: options.AsOf = None,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """A programme's state on a day: complete, as far as the heads of the streams prove it."""
    fetching = _Fetching(server, out, trust, as_json, lang)
    fetching.fetch(_path("programmes", programme), {"as_of": as_of, "known": known})


def diff(
    programme: Programme,
    from_as_of: Annotated[
        str | None, typer.Option("--from-as-of", metavar="DAY", help="The first point's day.")
    ] = None,
    from_known: Annotated[
        str | None, typer.Option("--from-known", metavar="POSITION|TIME", help="What was known at it.")
    ] = None,
    as_of: options.AsOf = None,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """What changed between two points: complete, as far as the heads of the streams prove it."""
    if from_as_of is None and from_known is None:
        raise typer.BadParameter("give --from-as-of, --from-known, or both")
    parameters = {"from_as_of": from_as_of, "from_known": from_known, "as_of": as_of, "known": known}
    _Fetching(server, out, trust, as_json, lang).fetch(_path("programmes", programme), parameters)


def cell(
    programme: Programme,
    path: Cell,
    as_of: options.AsOf = None,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """The story of one value, with its whole programme: nothing wrote it but what is told."""
    parameters = {"path": path, "as_of": as_of, "known": known}
    _Fetching(server, out, trust, as_json, lang).fetch(_path("programmes", programme), parameters)


def event(
    event: Event,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """One event: a selection, which proves no absence."""
    _Fetching(server, out, trust, as_json, lang).fetch(_path("events", event), {"known": known})


def act(
    act: Act,
    known: options.Known = None,
    out: Out = None,
    server: options.Server = options.DEFAULT_SERVER,
    trust: options.TrustFile = None,
    as_json: Json = False,
    lang: options.Lang = options.DEFAULT_LANGUAGE,
) -> None:
    """One legal act and what cites it: a selection, which proves no absence."""
    _Fetching(server, out, trust, as_json, lang).fetch(_path("acts", act), {"known": known})


def _path(space: str, name: str) -> str:
    from api.client import segment

    return f"{space}/{segment(name)}"


def register(app: typer.Typer) -> None:
    family = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    family.command(epilog="Стан програми на дату, з усіма доказами.")(programme)
    family.command(epilog="Що змінилося між двома точками, з усіма доказами.")(diff)
    family.command(epilog="Історія одного показника, з усіма доказами: програма в пакеті вся.")(cell)
    family.command(epilog="Одна подія, з доказами.")(event)
    family.command(epilog="Один правовий акт і те, що на нього посилається, з доказами.")(act)
    app.add_typer(
        family,
        name="bundle",
        help="Fetch an answer with its proofs as one file, and verify it.",
        epilog="Одержує відповідь разом із доказами одним файлом і одразу її перевіряє.",
    )
