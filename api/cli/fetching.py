"""Where a bundle comes from, a server or a ledger's own file; it is verified as soon as it is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from api.cli.screen import REFUSED, err, line, say
from api.cli.words import said
from api.texts.language import Language

if TYPE_CHECKING:
    from api.bundles.questions import Space
    from api.cli.trusted import Trust
    from api.client import Parameters
    from ledger.seen import Seen
    from ledger.verify.report import Report


@dataclass(frozen=True, slots=True)
class Fetching:
    """From where, whereto, and how it is told.

    data: a ledger's directory or file, instead of the server; files: with the public files;
    place: of the trust file, if one was named; prints: with the documents to print, in the language;
    address: what their links begin with where no server makes them.
    """

    server: str
    data: Path | None
    files: bool
    out: Path | None
    place: Path | None
    as_json: bool
    language: Language
    prints: bool = False
    address: str | None = None

    def fetch(self, space: Space, name: str, parameters: dict[str, str | None]) -> None:
        """Get it, verify it right away by the trust file, and say what came of it."""
        from api.cli.trusted import find_trust
        from api.cli.watching import heads_beside

        trusted = find_trust(self.place)
        kept = heads_beside(self.place).remembered(trusted.log) if trusted is not None else None
        with self._written() as target:
            if self.data is None:
                called = self._download(space, name, parameters, kept, trusted, target)
            else:
                called = self._make(space, name, parameters, kept, target)
        file = self._put(Path(target.name), called)
        report = _verify(file, trusted, kept) if trusted is not None else None
        self._tell(file, report, trusted)
        if report is not None:
            self._hint(report, trusted)
        if report is not None and report.verdict != "verified":
            raise typer.Exit(REFUSED)

    @contextmanager
    def _written(self) -> Iterator[Any]:
        """A file to write into, beside its place; it goes if it does not become whole."""
        from tempfile import NamedTemporaryFile

        folder, _ = place_for(self.out)
        with NamedTemporaryFile(dir=folder, prefix=".pledger-", suffix=".part", delete=False) as target:
            try:
                yield target
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise

    def _put(self, part: Path, called: str) -> Path:
        """called: the name that says what it is."""
        folder, given = place_for(self.out)
        part.chmod(0o644)
        return part.replace(folder / (given or called or "pledger-bundle.zip"))

    def _download(
        self,
        space: Space,
        name: str,
        parameters: Parameters,
        kept: Seen | None,
        trusted: Trust | None,
        target: Any,
    ) -> str:
        """Raises HeadAlarm if the log is not the one that was seen before."""
        from api.cli.watching import watched
        from api.client import Client, segment

        asked = {
            **parameters,
            "from": kept.size if kept is not None else None,
            "files": None if self.files else "no",
            "print": self.language if self.prints else None,
        }
        with Client(self.server) as client, watched(client, self.place, trusted), bar() as told:
            return client.bundle(f"/v1/{space}/{segment(name)}/bundle", asked, target.file, told)

    def _make(
        self, space: Space, name: str, parameters: dict[str, str | None], kept: Seen | None, target: Any
    ) -> str:
        """From a ledger's own file, here. Raises ServerProblem in a server's words, StorageError."""
        from api.cli.bundling_copy import FromCopy, words_of_no_files
        from api.print.bundled import Prints

        assert self.data is not None
        pages = Prints(self.language, (self.address or "").rstrip("/")) if self.prints else None
        copy = FromCopy(self.data, kept.size if kept is not None else None, self.files, pages)
        with bar("entries") as told:
            called = copy.make(space, name, parameters, target.file, told, self.language)
        if copy.lacks_files:
            say(words_of_no_files(self.data, self.language), "yellow")
        return called

    def _hint(self, report: Report, trusted: Trust | None) -> None:
        """Taken while witnesses are away: up to where they vouch for all, the server says."""
        from api.cli.verdicts import is_witnessed
        from api.cli.watching import heads_beside
        from api.cli.witnessed_hint import HINT, witnessed_position
        from api.client import Client

        if self.data is not None or trusted is None or trusted.policy is None or is_witnessed(report):
            return
        head = heads_beside(self.place).remembered(trusted.log)
        if head is None:
            return
        with Client(self.server) as client:
            known = witnessed_position(client, head.checkpoint)
        if known is not None:
            say(said(HINT, self.language).format(known=known), "yellow")

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


def place_for(out: Path | None) -> tuple[Path, str]:
    """The folder, and the file's name there; "" for the one that says what it is. Raises Unreadable."""
    from api.cli.files import Unreadable

    if out is None or out.is_dir():
        return out or Path(), ""
    if not out.parent.is_dir():
        raise Unreadable(f"{out.parent}: no such directory")
    return out.parent, out.name


@contextmanager
def bar(counted: str = "") -> Iterator[Callable[[int, int], None]]:
    """Bytes as they come, or other things that are counted, on stderr, while a person watches."""
    from rich.progress import DownloadColumn, MofNCompleteColumn, Progress, TextColumn

    console = err()
    if not console.is_interactive:  # there a bar would leave an empty line
        yield lambda done, of: None
        return
    column = MofNCompleteColumn() if counted else DownloadColumn()
    with Progress(TextColumn(counted or "bundle"), column, console=console, transient=True) as bar:
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
