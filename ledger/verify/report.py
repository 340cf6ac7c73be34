"""What a verification found: named checks, and one verdict over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["ok", "failed", "warning", "skipped"]
Verdict = Literal["verified", "self-consistent", "failed"]

# In the order in which they are told. Source: docs/proof.md.
CHECKS = (
    "format",
    "checkpoint",
    "tree",
    "remembered",
    "genesis",
    "entries",
    "signatures",
    "authority",
    "rules",
    "heads",
    "complete",
    "witnesses",
    "stamps",
    "files",
    "answer",
    "doubt",
    "print",
    "tables",
    "receipt",
)
FAULTS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. code: a stable name; index: of the entry, if it is about one; where:
    event, table, file or path; detail: what was found, for people who look closer."""

    code: str
    index: int | None = None
    where: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "index": self.index, "where": str(self.where), "detail": self.detail}


@dataclass(slots=True)
class Check:
    """count: how many things were looked at; faults: the first of them, wrong: how many there are.

    facts: what its words need. reason: why it was skipped, or what it warns of (a stable name).
    """

    name: str
    status: Status = "ok"
    count: int = 0
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def fail(self, fault: Fault) -> None:
        self.status = "failed"
        self.wrong += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)

    def warn(self, reason: str, **facts: Any) -> None:
        """Say something that the reader must know, unless the check has failed already."""
        if self.status != "failed":
            self.status, self.reason = "warning", reason
        self.facts.update(facts)

    def skip(self, reason: str, **facts: Any) -> None:
        """Say why this was not checked."""
        if self.status == "ok" and self.count == 0:
            self.status, self.reason = "skipped", reason
        self.facts.update(facts)

    def to_json(self) -> dict[str, Any]:
        return {
            "check": self.name,
            "status": self.status,
            "count": self.count,
            "wrong": self.wrong,
            "reason": self.reason or None,
            "facts": self.facts,
            "faults": [fault.to_json() for fault in self.faults],
        }


@dataclass(slots=True)
class Report:
    """kind: bundle, ledger, folder, server or receipt. authenticated: the verifier had anchors, and all
    that hangs on them held. unauthenticated: why not, as a stable name."""

    kind: str
    origin: str = ""
    genesis: str = ""
    size: int = 0
    root: str = ""
    authenticated: bool = False
    cover: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)

    def check(self, name: str) -> Check:
        """The check of this name, made when it is first asked for."""
        assert name in CHECKS  # one list of names for code, texts and documents
        return self.checks.setdefault(name, Check(name))

    def in_order(self) -> Iterator[Check]:
        return (self.checks[name] for name in CHECKS if name in self.checks)

    @property
    def verdict(self) -> Verdict:
        if not self.checks or any(check.status == "failed" for check in self.checks.values()):
            return "failed"
        return "verified" if self.authenticated else "self-consistent"

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "kind": self.kind,
            "origin": self.origin,
            "genesis": self.genesis,
            "tree_size": self.size,
            "root": self.root,
            "authenticated": self.authenticated,
            "cover": self.cover,
            "checks": [check.to_json() for check in self.in_order()],
        }
