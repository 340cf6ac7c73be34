"""Errors in words, and the exit code of each: 1 refused, 2 usage, 3 cannot read or reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.cli.alarms import alarm_lines
from api.cli.files import Unreadable
from api.cli.screen import REFUSED, UNREACHABLE, USAGE, say
from api.cli.words import said
from api.client import ServerProblem, Unreachable
from api.importers.errors import ImportFileError
from api.texts.catalogue import DISCREPANCIES
from api.texts.fill import fill
from api.texts.language import Language
from api.texts.sentences import refusal_words, words_of
from ledger.door import NeedsAcknowledgement
from ledger.errors import LedgerError, Refusal, StorageError, VerificationError
from ledger.seen import HeadAlarm
from ledger.sentence import sentence_of

_REFUSED = (Refusal, NeedsAcknowledgement, VerificationError, ImportFileError)
_NOT_ANSWERED = (404, 408, 410, 429)
_QUESTIONS = ("bad-parameter", "missing-parameter", "unknown-parameter", "repeated-parameter")


def exit_code(error: LedgerError) -> int:
    """Refused and needs acknowledgement are 1; a question that makes no sense is usage."""
    if isinstance(error, ServerProblem):
        if error.status >= 500 or error.status in _NOT_ANSWERED:
            return UNREACHABLE
        return USAGE if error.code in _QUESTIONS else REFUSED
    return REFUSED if isinstance(error, _REFUSED) else UNREACHABLE


def explain(error: LedgerError, language: Language) -> None:
    """Say on stderr what went wrong, where, and what there is to know about it."""
    for line in _lines(error, language):
        say(line, "red" if not line.startswith(" ") else "")


def _lines(error: LedgerError, language: Language) -> Iterator[str]:
    if isinstance(error, ServerProblem):
        yield from problem_lines(error, language)
    elif isinstance(error, ImportFileError):
        for problem in error.problems:
            where = f"{said(('рядок', 'line'), language)} {problem.line}: {problem.path or '/'}"
            yield f"{where} [{problem.code}]"
            yield f"  {problem.uk}"
            yield f"  {problem.en}"
    elif isinstance(error, Refusal):
        words = refusal_words(error, language)
        yield f"{words} [{error.code}]"
        yield from place_lines({"pointer": error.pointer, "got": error.got}, words)
    elif isinstance(error, NeedsAcknowledgement):
        yield said(("потребує підтвердження:", "needs acknowledgement:"), language)
        for found in error.found:
            item = {**found.details, "code": found.code, "pointer": found.pointer}
            yield from discrepancy_lines(item, language)
    elif isinstance(error, HeadAlarm):
        yield from alarm_lines(error, language)
    elif isinstance(error, Unreachable):
        yield said(("сервер не відповів: ", "no answer: "), language) + words_of(error, language)
    elif isinstance(error, Unreadable):
        yield said(("не читається: ", "cannot read: "), language) + error.words(language)
    elif isinstance(error, StorageError) and sentence_of(error) is None:
        yield said(("не читається: ", "cannot read: "), language) + words_of(error, language)
    else:
        yield words_of(error, language)


def problem_lines(problem: ServerProblem, language: Language) -> Iterator[str]:
    """A problem document: its message, then each place with what was got there."""
    words = problem.message(language)
    yield f"{words} [{problem.code}]"
    if not problem.discrepancies:  # each of them names its own place
        for item in problem.errors:
            yield from place_lines(item, words)
    for item in problem.discrepancies:
        yield from discrepancy_lines(item, language)


def place_lines(item: Mapping[str, Any], words: str) -> Iterator[str]:
    """Where it was and what stood there, unless the words have said so."""
    pointer, got = str(item.get("pointer") or ""), item.get("got")
    if pointer and pointer not in words:
        yield f"  {pointer}" + (f": {got}" if got is not None else "")


def discrepancy_lines(item: Mapping[str, Any], language: Language) -> Iterator[str]:
    """One discrepancy in words, with its code (what `acknowledges` names) and its place."""
    code = str(item.get("code", ""))
    mark = "✓" if item.get("acknowledged") else "!"
    yield f"  {mark} {_words_of(item, language)} [{code}]"
    place = item.get("pointer") or "/"
    yield f"    {place}" + (f" ({item['event']})" if item.get("event") else "")


def _words_of(item: Mapping[str, Any], language: Language) -> str:
    """The API's own words if it has some, else ours."""
    message = item.get("message")
    if isinstance(message, dict) and message.get(language):
        return str(message[language])
    form = DISCREPANCIES.get(str(item.get("code")))
    return fill(form[language], item, language) if form else str(item.get("code"))
