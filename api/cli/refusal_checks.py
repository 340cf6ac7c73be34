"""receipt check of a signed refusal: what was refused, by which rule, and whose key says so.

The file shows that a key signed it. That the key is the ledger's own service key, only the ledger shows:
without it the verdict is never more than "self-consistent, NOT authenticated".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import typer

from api.cli.refusal_words import LABELS, MARKS, NAMES, REASONS, VERDICTS, WHOSE, rule_words
from api.cli.screen import REFUSED, line, say
from api.cli.words import said
from api.texts.language import Language

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from api.client import Client
    from ledger.keys import PublicKey
    from ledger.refusals import Refused
    from ledger.seen import Seen

SUFFIX: Final = ".refusal.json"
Status = Literal["ok", "failed", "skipped"]
Verdict = Literal["verified", "self-consistent", "failed"]


@dataclass(slots=True)
class _Judged:
    """What was refused, and each check with its status and what is to be known of it."""

    refused: Refused
    checks: dict[str, tuple[Status, str]] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Verified only if the log shows the key; that there is no statement to compare with is told."""
        states = {name: status for name, (status, _) in self.checks.items()}
        if "failed" in states.values() or states["signature"] != "ok":
            return "failed"
        needed = (states["genesis"], states["service-key"])
        return "verified" if needed == ("ok", "ok") else "self-consistent"

    def to_json(self) -> dict[str, Any]:
        one = self.refused
        return {
            "verdict": self.verdict,
            "kind": "refusal",
            "origin": one.origin,
            "genesis": one.genesis,
            "authenticated": self.verdict == "verified",
            "refused": {
                "payloads": list(one.payloads),
                "code": one.code,
                "pointer": one.pointer,
                "position": one.position,
                "refused_at": one.refused_at,
                "kid": one.kid,
            },
            "checks": [
                {"check": name, "status": status, "detail": detail}
                for name, (status, detail) in self.checks.items()
            ],
        }


def is_refusal(file: Path) -> bool:
    """Does the file say that it is a kept refusal?"""
    from api.cli.files import read_members
    from ledger.errors import LedgerError

    with suppress(LedgerError):
        return "refusal" in read_members(file)
    return False


def check_kept_refusal(
    file: Path,
    *,
    event: Path | None,
    server: str | None,
    trust: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Tell what it says and what of it holds; exit code 0 only if the log shows the key as a service key.

    Raises Unreadable, HeadAlarm, Unreachable, ServerProblem.
    """
    from api.cli.files import pretty, read_members
    from api.cli.trusted import find_trust

    members, trusted = read_members(file), find_trust(trust)
    refusal = members["refusal"] if isinstance(members["refusal"], dict) else {}
    judged = _Judged(_read(file, refusal))
    judged.checks["signature"] = _signature(refusal, _keys(members), judged.refused)
    judged.checks["genesis"] = _genesis(judged.refused, trusted)
    judged.checks["statement"] = _statement(file, event, judged.refused)
    judged.checks["service-key"] = _enrolled(server, trusted, trust, judged.refused)
    if as_json:
        typer.echo(pretty(judged.to_json()), nl=False)
    else:
        _tell(judged, language)
    if judged.verdict != "verified":
        raise typer.Exit(REFUSED)


def _read(file: Path, refusal: dict[str, Any]) -> Refused:
    """What it says. Raises Unreadable."""
    from api.cli.files import unreadable
    from ledger.refusals import RefusalError, read_refusal

    try:
        return read_refusal(refusal)[1]
    except RefusalError:
        raise unreadable(
            file, ("це не підписана відмова реєстру", "this is no signed refusal of a ledger")
        ) from None


def _keys(members: Mapping[str, Any]) -> dict[str, PublicKey]:
    """A kid is the hash of its key, so that nobody need be believed."""
    from ledger.errors import LedgerError
    from ledger.keys import PublicKey

    found: dict[str, PublicKey] = {}
    listed = members.get("keys")
    for jwk in listed if isinstance(listed, list) else ():
        with suppress(LedgerError):
            key = PublicKey.from_jwk(jwk)
            found[key.kid] = key
    return found


def _signature(
    refusal: dict[str, Any], keys: Mapping[str, PublicKey], refused: Refused
) -> tuple[Status, str]:
    from ledger.refusals import RefusalError, check_refusal

    key = keys.get(refused.kid)
    if key is None:
        return "failed", "no-key"
    try:
        check_refusal(refusal, key=key, genesis=refused.genesis)
    except RefusalError:
        return "failed", "not-signed"
    return "ok", ""


def _genesis(refused: Refused, trusted: Trust | None) -> tuple[Status, str]:
    if trusted is None:
        return "skipped", "no-trust"
    if (refused.origin, refused.genesis) != (trusted.origin, trusted.genesis):
        return "failed", f"{refused.origin} {refused.genesis}"
    return "ok", ""


def _statement(file: Path, event: Path | None, refused: Refused) -> tuple[Status, str]:
    """Is it about what was signed here? Raises Unreadable for a file that was named."""
    from ledger.errors import LedgerError

    if event is not None:
        found = _payload_hash(event)
    else:
        beside = file.with_name(file.name.removesuffix(SUFFIX) + ".json")
        if not file.name.endswith(SUFFIX) or not beside.exists():
            return "skipped", "no-statement"
        try:
            found = _payload_hash(beside)
        except LedgerError:  # some other file of that name
            return "skipped", "no-statement"
    return ("ok", "") if found in refused.payloads else ("failed", f"SHA-256 {found}")


def _payload_hash(path: Path) -> str:
    """Of an envelope or a payload, hexadecimal; what was refused need not be an event at all."""
    from api.cli.files import read_members
    from ledger import canonical
    from ledger.envelope import parse_envelope

    members = read_members(path)
    if members.keys() == {"payload", "signatures"}:
        return parse_envelope(members).payload_hash.hex()
    return sha256(canonical.dumps(members)).hexdigest()


def _enrolled(
    server: str | None, trusted: Trust | None, place: Path | None, refused: Refused
) -> tuple[Status, str]:
    """Does the log hold the key as a service key, in force when it refused? place: of the trust file."""
    from api.cli.watching import check_head
    from api.client import Client

    if server is None or trusted is None:
        return "skipped", "no-trust" if trusted is None else "not-asked"
    with Client(server) as client:
        item = _listed(client, refused.kid)
        seen = check_head(client, place, trusted)  # after the answer: no other log may come in between
        assert seen is not None  # there is a trust file
        if item is None:
            return "failed", "no-service-key"
        if item.get("status") != "live":
            return "skipped", "revoked"  # whoever has it now could have made this, and dated it back
        return _entered(client, seen, item, refused)


def _listed(client: Client, kid: str) -> dict[str, Any] | None:
    """The server's row of a service key."""
    newest = {"min_position": client.ledger().get("position"), "limit": 500}
    for item in client.items("/v1/keys", newest):
        if item.get("kid") == kid and item.get("office") == "service":
            return item
    return None


def _entered(client: Client, seen: Seen, item: Mapping[str, Any], refused: Refused) -> tuple[Status, str]:
    """The server's word is checked in the log's files, which the signed head vouches for."""
    from ledger.entry import read_entry
    from ledger.errors import LedgerError
    from ledger.keys import PublicKey
    from ledger.tlog.reading import TiledLog

    index = item.get("index")
    if not isinstance(index, int) or not 0 <= index < seen.size:
        return "failed", "no-service-key"
    try:
        entry = read_entry(next(TiledLog(client.log_file, seen.checkpoint).entries(index)))
        event = entry.stated().event
        kid = (
            PublicKey.from_jwk(event.data.jwk.model_dump()).kid
            if event.kind == "service_key.enrolled"
            else ""
        )
    except (LedgerError, AttributeError):
        return "failed", "no-service-key"
    if kid != refused.kid or entry.stream != "root":
        return "failed", "no-service-key"
    if index >= refused.position:
        return "failed", f"№ {index + 1} > {refused.position}"
    return "ok", f"№ {index + 1}"


def _tell(judged: _Judged, language: Language) -> None:
    one = judged.refused
    facts = [("rule", f"{rule_words(one.code, language)} [{one.code}]"), ("at", one.pointer or "/")]
    facts += [("position", str(one.position)), ("when", one.refused_at), ("key", one.kid)]
    facts += [("payload", payload) for payload in one.payloads]
    for label, text in facts:
        line(f"{said(LABELS[label], language)}: {text}")
    for name, (status, detail) in judged.checks.items():
        reason = said(REASONS[detail], language) if detail in REASONS else detail
        text = f"{said(MARKS[status], language):<12} {name}: {said(NAMES[name], language)}"
        line(text + (f" ({reason})" if reason else ""), "red" if status == "failed" else "")
    line(said(VERDICTS[judged.verdict], language), "bold")
    if judged.verdict == "verified":
        say(said(WHOSE, language))
