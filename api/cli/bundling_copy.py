"""A bundle made here from a ledger's directory: the question checked and answered as a server would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import TypeAdapter, ValidationError

from api.bundles.copied import Copied, copied, has_files
from api.bundles.making import make_bundle, newest_heads
from api.bundles.questions import Question, Space, check_question, subject_of
from api.cli.words import said
from api.client import ServerProblem
from api.parameters import Asked, AsOf, CellPath, KnownText, bad_parameter
from api.print.bundled import Prints
from api.problems import Problem
from api.texts.language import Language
from ledger.clock import Clock

_TYPES: dict[str, Any] = {
    "as_of": AsOf,
    "known": KnownText,
    "path": CellPath | None,
    "from_as_of": AsOf,
    "from_known": KnownText,
}


@dataclass(frozen=True, slots=True)
class FromCopy:
    """data: a ledger's directory, or its file; remembered: the size of a tree that was seen;
    files: with them? prints: with the documents?"""

    data: Path
    remembered: int | None
    files: bool
    prints: Prints | None = None
    clock: Clock | None = None

    @property
    def lacks_files(self) -> bool:
        """Were files asked for, of a copy that holds none?"""
        return self.files and not has_files(self.data)

    def make(
        self,
        space: Space,
        name: str,
        parameters: dict[str, str | None],
        target: IO[bytes],
        told: Callable[[int, int], None],
        language: Language,
    ) -> str:
        """Write the archive into an open file; the name that says what it is.

        told(applied, size): entries as they are worked in. Raises ServerProblem, StorageError, Stopped.
        """
        try:
            question = _question(space, name, parameters)
            with copied(self.data, clock=self.clock, progress=told) as source:
                return self._make(source, question, target)
        except Problem as problem:
            raise ServerProblem(problem.status, problem.document(language=language, request_id="-")) from None

    def _make(self, source: Copied, question: Question, target: IO[bytes]) -> str:
        heads = newest_heads(source)
        if heads is None:
            raise Problem("no-heads")
        subject = subject_of(source, heads, question)
        seen = self.remembered
        # A copy may be older than what was seen since: then nothing in it can join the two.
        joined = seen if seen is not None and seen <= source.position else None
        with_files = self.files and has_files(self.data)
        make_bundle(source, subject, heads, target, joined, with_files, self.prints)
        return subject.file_name()


def _question(space: Space, name: str, parameters: dict[str, str | None]) -> Question:
    """The same spelling of each parameter as over HTTP. Raises Problem bad-parameter."""
    for parameter, value in parameters.items():
        try:
            TypeAdapter(_TYPES[parameter]).validate_python(value)
        except ValidationError:
            raise bad_parameter(parameter, value) from None
    given = {one: value for one, value in parameters.items() if one not in ("as_of", "known")}
    question = Question(space, name, Asked(parameters.get("as_of"), parameters.get("known"), 0), **given)
    check_question(question)
    return question


def words_of_no_files(data: Path, language: Language) -> str:
    """What to say of a copy without documents."""
    return said(_NO_FILES, language).format(data=data)


_NO_FILES = (
    "Теки files поруч немає: файлів у пакеті немає, і він каже лише це ({data})",
    "There is no files folder beside it: no files are in the bundle, and it says no more than that ({data})",
)
