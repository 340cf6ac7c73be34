"""What an event says, shown before anybody signs or submits it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from api.cli.files import read_members
from api.cli.screen import say
from api.cli.words import said
from api.texts.language import Language
from ledger import canonical
from ledger.envelope import EnvelopeJSON, parse_envelope
from ledger.event import Common
from ledger.kinds import kind_of
from ledger.submission import read_payload

SHOWN_MAX: Final = 4000

Tell = Callable[[str, str], None]  # a line and its style


@dataclass(frozen=True, slots=True)
class Statement:
    """payload: canonical bytes; envelope: as far as it is signed, None before the first signature."""

    path: Path
    payload: bytes
    event: Common
    envelope: EnvelopeJSON | None

    @property
    def hash(self) -> str:
        """SHA-256 of the payload, hexadecimal."""
        return sha256(self.payload).hexdigest()

    @property
    def signed_by(self) -> tuple[str, ...]:
        return parse_envelope(self.envelope).kids if self.envelope is not None else ()

    @property
    def named(self) -> list[str]:
        """The kids that the event says sign it."""
        return [signer.kid for signer in self.event.signers]


def read_statement(path: Path) -> Statement:
    """A payload of any layout, or an envelope. Raises Unreadable, Refusal."""
    members = read_members(path)
    if members.keys() == {"payload", "signatures"}:
        parsed = parse_envelope(members)
        return Statement(path, parsed.payload, read_payload(parsed.payload), members)
    payload = canonical.dumps(members)
    return Statement(path, payload, read_payload(payload), None)


def describe(statement: Statement, language: Language, *, full: bool) -> None:
    """Say on stderr what is to be signed: the sentence, who signs, the text itself and its hash."""
    event = statement.event
    say(f"{statement.path}: {event.kind} → {event.subject}", "bold")
    say(f"  {kind_of(event.kind).sentence(event, language, _Unknown(language))}")
    for label, text in _facts(event, language):
        say(f"  {label}: {text}")
    for signer in event.signers:
        mark = "✓" if signer.kid in statement.signed_by else "·"
        say(f"  {mark} {signer.person}, {signer.office}, {signer.kid}")
    show_canonical(statement.payload, language, full=full)


class _Unknown(dict[str, str]):
    """The values that writes find: offline nobody knows them, and none would be a lie."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._word = said(("(чинне значення)", "(the value in force)"), language)

    def get(self, key: str, default: Any = None) -> str:
        return self._word


def _facts(event: Common, language: Language) -> list[tuple[str, str]]:
    facts = [
        (("реєстр", "ledger"), f"{event.ledger.origin} {event.ledger.genesis}"),
        (("діє з", "effective"), event.effective),
        (("акт", "act"), f"{event.act.id}, {event.act.point or '—'}" if event.act else None),
        (("підстава", "reason"), event.reason),
        (("бачив реєстр до №", "had seen up to №"), str(event.seen)),
        (("визнано", "acknowledges"), ", ".join(event.acknowledges)),
        (("приклад", "example"), event.example),
    ]
    return [(said(label, language), text) for label, text in facts if text]


def show_canonical(payload: bytes, language: Language, *, full: bool, tell: Tell = say) -> None:
    """The canonical text, and the hash that stands for it on every page."""
    text = payload.decode()
    tell(said(("  канонічний текст:", "  canonical text:"), language), "")
    tell(text if full or len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…", "dim")
    if not full and len(text) > SHOWN_MAX:
        rest = len(text) - SHOWN_MAX
        tell(said((f"  ще {rest} знаків: --full", f"  {rest} more characters: --full"), language), "")
    tell(f"  SHA-256: {sha256(payload).hexdigest()}", "bold")


def differences(given: Mapping[str, Any], completed: Mapping[str, Any], at: str = "") -> list[str]:
    """Pointers of what a person stated and a server returned otherwise; additions are no difference."""
    found: list[str] = []
    for name, value in given.items():
        place = f"{at}/{name}"
        other = completed.get(name)
        if isinstance(value, dict) and isinstance(other, dict):
            found.extend(differences(value, other, place))
        elif isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
            inner = [dict(enumerate(items)) for items in (value, other)]
            found.extend(differences(_named(inner[0]), _named(inner[1]), place))
        elif name not in completed or value != other:
            found.append(place)
    return found


def _named(items: Mapping[int, Any]) -> dict[str, Any]:
    return {str(place): item for place, item in items.items()}
