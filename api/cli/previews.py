"""A draft as the server judged it: completed, said in a sentence, with all that would come of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from rich.text import Text

from api.cli.doubts import marked
from api.cli.enacting import show_enactment
from api.cli.failures import discrepancy_lines, place_lines
from api.cli.resting import show_rests
from api.cli.screen import line, say
from api.cli.sheet import Column, show_rows
from api.cli.statement import differences, show_canonical
from api.cli.words import is_money_path, present, said, value
from api.client import Client, Unreachable
from api.texts.language import Language
from ledger import canonical
from ledger.errors import VerificationError

RECORDED = "recorded"
_OUTCOMES = {
    RECORDED: ("буде зареєстровано", "would be recorded"),
    "needs-acknowledgement": ("потребує визнання розбіжностей", "needs acknowledgement"),
    "refused": ("буде відмовлено", "would be refused"),
}
_CHANGES = (
    Column("programme", "Програма", "Programme", "key"),
    Column("path", "Комірка", "Cell", "key", always=True),
    Column("day", "На день", "On day", "key"),
    Column("old", "Було", "Old", always=True),
    Column("new", "Стане", "New", always=True),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """given: what the person stated; payload: the same, completed by the server."""

    given: Mapping[str, Any]
    payload: dict[str, Any]
    members: Mapping[str, Any]

    @property
    def outcome(self) -> str:
        return str(self.members.get("outcome"))

    @property
    def recordable(self) -> bool:
        return self.outcome == RECORDED

    @property
    def discrepancies(self) -> list[dict[str, Any]]:
        """What was found, acknowledged or not."""
        return [item for item in self.members.get("discrepancies") or [] if isinstance(item, dict)]


def read_preview(given: Mapping[str, Any], members: Mapping[str, Any]) -> Preview:
    """A draft's answer, its hash computed here. Raises VerificationError if the server's differs."""
    payload = members.get("payload")
    if not isinstance(payload, dict):
        raise Unreachable("the answer holds no draft")
    if members.get("hash") is not None:  # else it was refused before it could be spelled
        _check_spelling(canonical.dumps(payload), members)
    return Preview(given, payload, members)


def _check_spelling(spelled: bytes, members: Mapping[str, Any]) -> None:
    claimed = (members["hash"], members.get("canonical"))
    if claimed != (sha256(spelled).hexdigest(), b64encode(spelled).decode()):
        raise VerificationError("the server shows another text or hash than its payload has: do not sign it")


def show_preview(preview: Preview, language: Language, *, full: bool) -> None:
    """The sentence, the canonical text and hash, the changes, what rests on them, what the door would say."""
    sentence = preview.members.get("sentence")
    if sentence:
        line(str(sentence.get(language, "")) if isinstance(sentence, dict) else str(sentence), "bold")
    if preview.members.get("hash") is not None:
        show_canonical(canonical.dumps(preview.payload), language, full=full, tell=line)
    _show_changes(preview.members, language)
    _show_enacting(preview.members.get("enacting"), language)
    show_rests(preview.members, language)
    show_outcome(preview, language)


def _show_enacting(enacting: Any, language: Language) -> None:
    """Of a draft that proposes, endorses or refuses a change: what carrying it out would do now."""
    if isinstance(enacting, dict):
        line(said(("Якщо пропозицію виконати зараз:", "If the proposal were enacted now:"), language), "bold")
        _show_changes(enacting, language)
        show_enactment(enacting, language)


def _show_changes(members: Mapping[str, Any], language: Language) -> None:
    changes = members.get("diff")
    if not isinstance(changes, list) or not changes:
        return
    show_rows(_CHANGES, [_change(change, language) for change in changes], language)
    total = members.get("diff_total")
    if isinstance(total, int) and total > len(changes):
        line(said((f"… усього змін: {total}", f"… changes in all: {total}"), language), "dim")


def _change(change: Mapping[str, Any], language: Language) -> dict[str, Any]:
    path = str(change.get("path"))
    sides = {name: side(change.get(name), language, money=is_money_path(path)) for name in ("old", "new")}
    return {**change, **sides}


def side(given: Any, language: Language, *, money: bool, doubt: Any = None) -> Text:
    """One side of a change: none, a value, or {"value", "removed"}. doubt: of what is none."""
    if isinstance(given, dict) and "value" in given:
        shown = present(None if given.get("removed") else given["value"], language, money=money)
        return marked(shown, given.get("doubt"))
    return marked(value(given, language, money=money), doubt)


def show_outcome(preview: Preview, language: Language) -> None:
    """What the door would say, and what the server made of the statement besides."""
    words = said(_OUTCOMES.get(preview.outcome, (preview.outcome,) * 2), language)
    line(words, "bold green" if preview.recordable else "bold red")
    refusal = preview.members.get("refusal")
    if isinstance(refusal, dict):
        _show_refusal(refusal, language)
    for item in preview.discrepancies:
        for text in discrepancy_lines(item, language):
            line(text)
    _warn_of_differences(preview, language)


def _show_refusal(refusal: Mapping[str, Any], language: Language) -> None:
    message = refusal.get("message")
    words = message.get(language) if isinstance(message, dict) else None
    code = str(refusal.get("type", "")).rpartition(":")[2]
    said_so = str(words or refusal.get("title") or code)
    line(f"  {said_so} [{code}]")
    errors = refusal.get("errors")
    for error in errors if isinstance(errors, list) else []:
        for text in place_lines(error, said_so):
            line(text)


def _warn_of_differences(preview: Preview, language: Language) -> None:
    """A server may complete what was left out; what it changes must catch the eye."""
    for place in differences(preview.given, preview.payload):
        words = ("увага: сервер змінив заявлене в", "note: the server changed what was stated at")
        say(f"{said(words, language)} {place}", "yellow")


def all_recordable(previews: Sequence[Preview]) -> bool:
    return all(preview.recordable for preview in previews)


def judge_batch(
    client: Client, payloads: Sequence[dict[str, Any]], acknowledge: Sequence[str]
) -> list[Preview]:
    """Payloads as one batch. Those that ask for an acknowledgement that was given are judged again."""
    previews = _judge(client, payloads)
    answers = [_acknowledged(preview, acknowledge) for preview in previews]
    if all(answer is None for answer in answers):
        return previews
    again = [answer or payload for answer, payload in zip(answers, payloads, strict=True)]
    return _judge(client, again)


def _judge(client: Client, payloads: Sequence[dict[str, Any]]) -> list[Preview]:
    items = client.drafts(payloads).members.get("drafts")
    if not isinstance(items, list) or len(items) != len(payloads):
        raise Unreachable("the answer does not hold as many drafts as were sent")
    return [read_preview(given, members) for given, members in zip(payloads, items, strict=True)]


def _acknowledged(preview: Preview, acknowledge: Sequence[str]) -> dict[str, Any] | None:
    """The statement with the codes that were found in it and may be acknowledged; None if with none."""
    found = {item.get("code") for item in preview.discrepancies}
    codes = [code for code in acknowledge if code in found]
    return {**preview.given, "acknowledges": codes} if codes else None
