"""What this person trusts: the origin, the genesis and the log key of one ledger, in a small file.

Whoever has it from an auditor or from `pledger init` need not believe the server in anything.
It may also say which witnesses (`policy`) and which time-stamping authorities (`tsa`) are believed.
Source: docs/proof.md, "Trust anchors".
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from api.cli.files import read_bytes, read_members, unreadable
from api.cli.words import Pair
from api.texts.fill import shorten
from ledger.checkpoint import parse_checkpoint
from ledger.errors import LedgerError, Refusal, VerificationError
from ledger.note import Ed25519Verifier, parse_note
from ledger.seen import Log
from ledger.sentence import Sentence
from ledger.witness.policy import PolicyError, parse_policy

VARIABLE: Final = "PLEDGER_TRUST"
WHY_MAX: Final = 200  # characters
_GENESIS = re.compile("[0-9a-f]{64}")
_LINE = re.compile("line ([0-9]+): ")


class NoTrust(LedgerError):
    """There is no trust file, so that nothing can be checked."""


@dataclass(frozen=True, slots=True)
class Trust:
    """genesis: SHA-256, hexadecimal. log_key: verifier key text; its name is the origin.

    policy: text of a tlog-policy; tsa: PEM texts, one certificate in each.
    """

    origin: str
    genesis: str
    log_key: str
    policy: str | None = None
    tsa: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if Ed25519Verifier.parse(self.log_key).name != self.origin or not self.origin:
            raise Ill(
                ("ключ журналу має інше ім’я, ніж origin", "the log key has another name than the origin")
            )
        if not _GENESIS.fullmatch(self.genesis):
            raise Ill(
                (
                    "genesis – не SHA-256 (64 шістнадцяткові знаки)",
                    "genesis is no SHA-256 (64 hexadecimal digits)",
                )
            )
        if self.policy is not None:
            parse_policy(self.policy)
        for text in self.tsa:
            _check_certificate(text)

    def to_json(self) -> dict[str, Any]:
        """The file's members; what is not set is left out."""
        policy = {"policy": self.policy} if self.policy is not None else {}
        tsa = {"tsa": list(self.tsa)} if self.tsa else {}
        return {"origin": self.origin, "genesis": self.genesis, "log_key": self.log_key, **policy, **tsa}

    @property
    def log(self) -> Log:
        """The log, as heads are checked by it."""
        return Log(self.origin, self.genesis, self.log_key)

    @property
    def ledger(self) -> dict[str, str]:
        """As events name their ledger."""
        return {"origin": self.origin, "genesis": self.genesis}


def default_path() -> Path:
    """Where the trust file lies if nobody says otherwise (XDG base directories)."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "pledger" / "trust.json"


def named_path(path: Path | None) -> Path | None:
    """The trust file that a person named, by an option or in the environment; None for the usual one."""
    named = os.environ.get(VARIABLE)
    return path or (Path(named) if named else None)


def place_of(path: Path | None) -> Path:
    """Where the trust file lies, named or not; the memory of heads stands in `heads` beside it."""
    return named_path(path) or default_path()


def read_trust(path: Path | None) -> Trust:
    """The trust file named, or the one at its usual place. Raises NoTrust, Unreadable."""
    place = place_of(path)
    if named_path(path) is None and not place.exists():
        raise NoTrust(
            Sentence(
                "no trust file at {path}: get one from your auditor (--trust FILE), or run `pledger trust"
                " URL` to believe the server this once",
                "no-trust-file",
                path=place,
            )
        )
    try:
        return trust_of(read_members(place))
    except (VerificationError, Refusal) as error:
        raise unreadable(place, _prefixed(_NO_TRUST_FILE, why_of(error))) from error


_NO_TRUST_FILE: Final = ("це не файл довіри", "this is no trust file")
_NO_POLICY: Final = ("це не правила щодо свідків", "this is no policy of witnesses")
_NO_AUTHORITY: Final = ("це не сертифікат надавача позначок часу", "this is no certificate of an authority")


class Ill(VerificationError):
    """A member of a file is not as it should be. words: what is wrong, in both languages."""

    def __init__(self, words: Pair) -> None:
        super().__init__(words[1])
        self.words = words


def why_of(error: LedgerError) -> Pair:
    """What is wrong with a file that somebody gave, in words and on one line."""
    if isinstance(error, Ill):
        return error.words
    if isinstance(error, Refusal):  # of a parser of JSON: nothing else refuses here
        return "в JSON одне ім’я стоїть двічі", "the JSON has one name twice"
    text = shorten(error, WHY_MAX)
    line = _LINE.match(text)
    if isinstance(error, PolicyError) and line is not None:
        return f"рядок {line[1]} читається не як рядок таких правил", text
    if isinstance(error, PolicyError):
        return "правила мають бути текстом у UTF-8 з одним рядком quorum", text
    return "ключ журналу не читається", text


def _prefixed(what: Pair, why: Pair) -> Pair:
    return f"{what[0]}: {why[0]}", f"{what[1]}: {why[1]}"


def trust_of(members: Mapping[str, Any]) -> Trust:
    """What the members of a trust file say. Raises VerificationError."""
    origin, genesis, log_key = (_text(members, name) for name in ("origin", "genesis", "log_key"))
    policy, tsa = members.get("policy"), members.get("tsa", [])
    if policy is not None and not isinstance(policy, str):
        raise Ill(("policy має бути текстом", "policy has to be a text"))
    if not isinstance(tsa, list) or not all(isinstance(one, str) for one in tsa):
        raise Ill(("tsa має бути переліком текстів PEM", "tsa has to be a list of PEM texts"))
    return Trust(origin, genesis, log_key, policy, tuple(tsa))


def _text(members: Mapping[str, Any], name: str) -> str:
    """A member that has to be there, as a text. Raises Ill."""
    if name not in members:
        raise Ill((f"немає «{name}»", f"“{name}” is missing"))
    if not isinstance(members[name], str):
        raise Ill((f"«{name}» має бути текстом", f"“{name}” has to be a text"))
    return str(members[name])


def read_policy(path: Path) -> str:
    """The text of a tlog-policy in a file. Raises Unreadable."""
    raw = read_bytes(path)
    try:
        parse_policy(raw)
    except VerificationError as error:
        raise unreadable(path, _prefixed(_NO_POLICY, why_of(error))) from None
    return raw.decode()


def read_authority(path: Path) -> str:
    """The PEM text of one certificate in a file. Raises Unreadable."""
    text = read_bytes(path).decode("ascii", "replace")
    try:
        _check_certificate(text)
    except Ill as error:
        raise unreadable(path, _prefixed(_NO_AUTHORITY, error.words)) from None
    return text


def read_note(path: Path) -> str:
    """The text of a signed checkpoint in a file; no signature is looked at. Raises Unreadable."""
    raw = read_bytes(path)
    try:
        text = raw.decode()
        parse_checkpoint(parse_note(text).text)
    except (UnicodeDecodeError, VerificationError):
        raise unreadable(
            path, ("це не контрольна точка журналу", "this is no signed checkpoint of a log")
        ) from None
    return text


def _check_certificate(text: str) -> None:
    """Raises Ill."""
    try:
        count = len(x509.load_pem_x509_certificates(text.encode()))
    except ValueError:
        raise Ill(("у тексті PEM немає сертифіката", "there is no certificate in the PEM text")) from None
    if count != 1:
        raise Ill(
            (
                f"сертифікат має бути один, а їх {count}",
                f"there has to be one certificate, and there are {count}",
            )
        )


def find_trust(path: Path | None) -> Trust | None:
    """As read_trust; None if nobody named one and there is none."""
    try:
        return read_trust(path)
    except NoTrust:
        return None
