"""What copy, backup and restore share: where a ledger is said to be, bars, and the projections of an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ledger.errors import StorageError
from ledger.sentence import Sentence

if TYPE_CHECKING:
    from api.comparing import View
    from api.texts.language import Language
    from ledger.copying_ends import End
    from ledger.documents_named import Compared
    from ledger.store.base import LogReader
    from projections.store.base import Generations

Tell = Callable[[str, int, int], None]
LISTED_MAX = 20


def named_end(text: str) -> End:
    """A directory, a file or a connection string, with what the environment says of databases."""
    from api.settings import Settings
    from ledger.copying_ends import end_of

    settings = Settings(data=Path())
    return end_of(text, standbys=settings.standbys, unsafe=settings.database_unsafe)


def named_figures(named: Compared) -> dict[str, object]:
    """For --json: how many documents the log names, and those that are not here."""
    return {"documents_named": named.named, "documents_missing": list(named.missing)}


def tell_named(named: Compared, language: Language) -> None:
    """In words on stderr; the first of the missing ones by their hashes."""
    from api.cli.screen import say
    from api.texts.copying import WORDS

    words = WORDS[language]
    say(words["named"].format(named=named.named, here=named.here), "yellow" if named.missing else "")
    for sha256 in named.missing[:LISTED_MAX]:
        say(f"  {sha256}", "yellow")
    if named.missing:
        more = len(named.missing) - LISTED_MAX
        if more > 0:
            say(words["named-more"].format(more=more), "yellow")
        say(words["named-why"], "yellow")


@contextmanager
def bars(language: Language) -> Iterator[Tell]:
    """A bar on stderr for each stage, while a person watches."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    from api.cli.screen import err
    from api.texts.copying import WORDS

    console, tasks = err(), dict[str, TaskID]()
    if not console.is_interactive:
        yield lambda what, done, of: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as shown:

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(WORDS[language][what], total=None)
            shown.update(tasks[what], completed=done, total=of)

        yield tell


@contextmanager
def guarded(target: End) -> Iterator[Generations]:
    """The target's projections, while nobody else can serve it. Raises StorageError if somebody does.

    Of a directory its lock tells; of a database, that another process leads the writing of projections.
    """
    from ledger.store.place import Database
    from projections.store.sqlite import FileGenerations

    with ExitStack() as opened:
        if isinstance(target.place, Database):
            yield opened.enter_context(leading(target.place))
            return
        if target.directory is None:
            raise StorageError(
                Sentence(
                    "{path} is a lone file: name a ledger's directory, or a database", "copy-to-file",
                    path=target.place,
                )
            )  # fmt: skip
        target.directory.path.mkdir(parents=True, exist_ok=True)
        target.directory.lock()
        opened.callback(target.directory.unlock)
        yield FileGenerations(target.directory.path)


@contextmanager
def leading(database: object) -> Iterator[Generations]:
    """Only while no server uses a database. Raises StorageError if one does, or it is not migrated."""
    from ledger.store.place import Database
    from ledger.store.postgres.migrating import check_migrated
    from projections.store.postgres import SchemaGenerations

    assert isinstance(database, Database)
    check_migrated(database)
    generations = SchemaGenerations(database)
    try:
        if not generations.lead():
            raise StorageError(
                Sentence(
                    "a server uses the database {where}: stop it first", "database-in-use", where=database
                )
            )
        yield generations
    finally:
        generations.close()


@contextmanager
def built(generations: Generations, log: LogReader, tell: Tell) -> Iterator[View]:
    """The projections of a target, made anew and put in use."""
    from api.comparing import View
    from projections.rebuild import rebuild_in

    old = generations.current()
    name = rebuild_in(generations, log, lambda done, of: tell("projections", done, of))
    if old is not None and old != name:
        generations.remove(old)
    readers = generations.readers(name)
    try:
        yield View(log, readers)
    finally:
        readers.close()


@contextmanager
def in_use(source: End, log: LogReader, size: int, tell: Tell) -> Iterator[tuple[View, bool]]:
    """The projections that the source answers by; if none reach so far, made anew in a temporary folder.

    Also whether they were made anew.
    """
    with ExitStack() as opened:
        found = _current(source, log, size, opened)
        if found is not None:
            yield found, False
            return
        folder = opened.enter_context(TemporaryDirectory(prefix="pledger-copy-"))
        yield opened.enter_context(_made(Path(folder), log, tell)), True


@contextmanager
def _made(folder: Path, log: LogReader, tell: Tell) -> Iterator[View]:
    from projections.store.sqlite import FileGenerations

    with built(
        FileGenerations(folder), log, lambda _, done, of: tell("source-projections", done, of)
    ) as view:
        yield view


def _current(source: End, log: LogReader, size: int, opened: ExitStack) -> View | None:
    from api.comparing import View
    from ledger.store.place import Database
    from projections.store.sqlite import FileGenerations

    generations: Generations
    if isinstance(source.place, Database):
        from projections.store.postgres import SchemaGenerations

        generations = SchemaGenerations(source.place)
    elif source.directory is not None:
        generations = FileGenerations(source.directory.path)
    else:
        return None
    opened.callback(generations.close)
    name = generations.current()
    if name is None or not generations.is_usable(name):
        return None
    readers = generations.readers(name)
    opened.callback(readers.close)
    with readers.view() as (_, newest):
        return View(log, readers) if newest >= size else None
