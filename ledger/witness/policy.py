"""Which logs and witnesses somebody relies on, and how many of them it takes.

    log <vkey> [url]
    witness <name> <vkey> [url]
    group <name> <k|any|all> <name> …
    quorum <name|none>

A line names only what stands above it, and each name is a member at most once, so that groups
form trees and one witness counts in one way. Source: C2SP tlog-policy (draft).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.cosignature import CosignatureVerifier, time_of
from ledger.errors import VerificationError
from ledger.note import Ed25519Verifier, NoteError, Verifier, parse_note
from ledger.sentence import Sentence

NONE: Final = "none"
LINES_MAX: Final = 64  # of each kind; the draft asks for 32 at least
POLICY_BYTES_MAX: Final = 65_536

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile("[ \t]+")
_THRESHOLD = re.compile("[1-9][0-9]{0,3}")


class PolicyError(VerificationError):
    """A policy cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose checkpoints count; its name is the origin."""

    verifier: Ed25519Verifier
    url: str | None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """name: only of this policy; the key has a name of its own."""

    name: str
    verifier: CosignatureVerifier
    url: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """It has seen a checkpoint when `threshold` of its members have; 1 ≤ threshold ≤ members."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """quorum: the name of a witness or group, or "none": then no cosignature is asked for."""

    logs: tuple[PolicyLog, ...]
    witnesses: Mapping[str, PolicyWitness]
    groups: Mapping[str, Group]
    quorum: str

    @property
    def in_quorum(self) -> tuple[str, ...]:
        """The witnesses that can count towards the quorum, in the policy's order."""
        reached = set(self._below(self.quorum)) if self.quorum != NONE else set()
        return tuple(name for name in self.witnesses if name in reached)

    def reached_at(self, times: Mapping[str, int]) -> int | None:
        """The least time by which cosignatures satisfy the quorum; None: they do not, or none is asked for.

        times: witness → POSIX seconds.
        """
        return self._reached(self.quorum, times) if self.quorum != NONE else None

    def _reached(self, name: str, times: Mapping[str, int]) -> int | None:
        if name in self.witnesses:
            return times.get(name)
        group = self.groups[name]
        members = (self._reached(member, times) for member in group.members)
        reached = sorted(time for time in members if time is not None)
        return reached[group.threshold - 1] if len(reached) >= group.threshold else None

    def _below(self, name: str) -> Iterator[str]:
        if name in self.witnesses:
            yield name
        else:
            for member in self.groups[name].members:
                yield from self._below(member)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a policy finds in a note.

    times: policy's name of each witness that cosigned → its earliest time, POSIX seconds.
    satisfied: the quorum holds; also by `quorum none`, when `at` is None and nobody vouches.
    at: the least time by which the quorum was reached. missing: of the quorum, who did not cosign.
    """

    checkpoint: Checkpoint
    times: Mapping[str, int]
    satisfied: bool
    at: int | None
    missing: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Who cosigned, in the policy's order."""
        return tuple(self.times)


def judge(
    note: str | bytes, policy: Policy, *, logs: Iterable[Verifier] = (), latest: int | None = None
) -> Witnessed:
    """Judge a checkpoint by a policy.

    logs: keys of the log that the caller knows otherwise, added to those of the policy.
    latest: cosignatures of a later time (POSIX seconds) do not count. Signatures of unknown
    keys are ignored; one of a known key that does not hold rejects the whole.
    Raises NoteError when it does, the note is malformed or no known key of its log signed it.
    """
    known = [*(log.verifier for log in policy.logs), *logs]
    witnesses = [witness.verifier for witness in policy.witnesses.values()]
    checkpoint, opened = open_checkpoint(note, [*known, *witnesses])
    log_ids = {(log.name, log.key_id) for log in known if log.name == checkpoint.origin}
    if not any((one.name, one.key_id) in log_ids for one in opened.verified):
        # A witness may bear the log's name; it is still no log.
        raise NoteError(f"no known key of the log {checkpoint.origin} signed the checkpoint")
    times = dict(_times(note, policy, latest))
    at = policy.reached_at(times)
    missing = tuple(name for name in policy.in_quorum if name not in times)
    return Witnessed(checkpoint, times, at is not None or policy.quorum == NONE, at, missing)


def _times(note: str | bytes, policy: Policy, latest: int | None) -> Iterator[tuple[str, int]]:
    """Of each witness the earliest time that counts; the signatures have been checked."""
    signatures = parse_note(note).signatures
    for name, witness in policy.witnesses.items():
        key = (witness.verifier.name, witness.verifier.key_id)
        times = [time_of(one) for one in signatures if (one.name, one.key_id) == key]
        counted = [time for time in times if latest is None or time <= latest]
        if counted:
            yield name, min(counted)


def parse_policy(text: str | bytes) -> Policy:
    """Read a policy. Raises PolicyError with the number of the line."""
    reading = _Reading()
    for number, line in enumerate(_decoded(text).split("\n"), start=1):
        try:
            reading.take(line)
        except NoteError as error:
            raise PolicyError(
                Sentence("line {number}: {why}", "policy-line", number=number, why=error)
            ) from error
    if reading.quorum is None:
        raise PolicyError(Sentence("there is no quorum line", "policy-no-quorum"))
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


def _decoded(text: str | bytes) -> str:
    try:
        raw = text.encode() if isinstance(text, str) else text
        decoded = raw.decode()
    except UnicodeError as error:
        raise PolicyError(Sentence("a policy is UTF-8 text", "policy-no-text")) from error
    if len(raw) > POLICY_BYTES_MAX:
        raise PolicyError(
            Sentence("a policy has at most {size_max} bytes", "policy-too-long", size_max=POLICY_BYTES_MAX)
        )
    return decoded


class _Reading:
    """A policy as far as it was read. Its methods raise NoteError; the caller knows the line."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: dict[str, PolicyWitness] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()
        self._keys: set[bytes] = set()

    def take(self, line: str) -> None:
        if _CONTROL.search(line):
            raise NoteError("a control character; lines end in a newline alone")
        words = _BLANKS.split(line.strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            return
        readers = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        if words[0] not in readers:
            raise NoteError(f"{words[0]!r} is none of log, witness, group and quorum")
        readers[words[0]](words[1:])

    def _log(self, words: list[str]) -> None:
        key, url = _one_or_two(words, "log <vkey> [url]")
        verifier = Ed25519Verifier.parse(key)
        self._count(len(self.logs), "logs")
        self._new_key(verifier.key.public_key)
        self.logs.append(PolicyLog(verifier, url))

    def _witness(self, words: list[str]) -> None:
        name, rest = self._new_name(words), words[1:]
        key, url = _one_or_two(rest, "witness <name> <vkey> [url]")
        verifier = CosignatureVerifier.parse(key)
        self._count(len(self.witnesses), "witnesses")
        self._new_key(verifier.key.public_key)
        self.witnesses[name] = PolicyWitness(name, verifier, url)

    def _group(self, words: list[str]) -> None:
        name, how, members = self._new_name(words), words[1:2], words[2:]
        if not how or not members:
            raise NoteError("expected: group <name> <k|any|all> <name> …")
        self._count(len(self.groups), "groups")
        for member in members:
            self._check_defined(member)
            if member in self._members:
                raise NoteError(f"{member} is a member already: each name counts in one way")
            self._members.add(member)
        self.groups[name] = Group(name, _threshold(how[0], len(members)), tuple(members))

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise NoteError("expected: quorum <name|none>")
        if self.quorum is not None:
            raise NoteError("a second quorum line")
        if words[0] != NONE:
            self._check_defined(words[0])
        self.quorum = words[0]

    def _new_name(self, words: list[str]) -> str:
        name = words[0] if words else ""
        if not name or name == NONE or name in self.witnesses or name in self.groups:
            raise NoteError(f"{name!r} is missing, reserved or defined above")
        return name

    def _new_key(self, public_key: bytes) -> None:
        # Under another name it is still one key, and a log that witnesses itself is no witness.
        if public_key in self._keys:
            raise NoteError("this public key stands in a line above")
        self._keys.add(public_key)

    def _check_defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise NoteError(f"{name} is not defined above")

    @staticmethod
    def _count(count: int, what: str) -> None:
        if count >= LINES_MAX:
            raise NoteError(f"more than {LINES_MAX} {what}")


def _one_or_two(words: list[str], form: str) -> tuple[str, str | None]:
    if not 1 <= len(words) <= 2:
        raise NoteError(f"expected: {form}")
    return words[0], words[1] if len(words) == 2 else None


def _threshold(text: str, members: int) -> int:
    if text in ("any", "all"):
        return 1 if text == "any" else members
    if not _THRESHOLD.fullmatch(text) or int(text) > members:
        raise NoteError(f"{text} is no threshold of {members} members")
    return int(text)
