"""Shape of a verification's report: that of `pledger verify --json`."""

from __future__ import annotations

from typing import Any, Literal

from api.models.shape import Shape, Words, example


class FoundFault(Shape):
    """One thing that is wrong. index: of the entry, if it is about one."""

    code: str
    index: int | None
    where: str
    detail: str
    words: Words


class FoundCheck(Shape):
    """count: how many things were looked at; wrong: how many of them do not hold."""

    check: str
    status: Literal["ok", "failed", "warning", "skipped"]
    count: int
    wrong: int
    reason: str | None
    facts: dict[str, Any]
    faults: list[FoundFault]
    title: Words
    means: Words
    words: Words


class Verification(Shape):
    """authenticated: by the trust file that was sent along; without one never."""

    verdict: Literal["verified", "self-consistent", "failed"]
    kind: str
    origin: str
    genesis: str
    tree_size: int
    root: str
    authenticated: bool
    cover: dict[str, Any]
    checks: list[FoundCheck]
    words: Words

    model_config = example(
        verdict="self-consistent",
        kind="bundle",
        origin="ledger.example/town",
        genesis="ab" * 32,
        tree_size=57,
        root="cd" * 32,
        authenticated=False,
        cover={"complete": True},
        checks=[],
        words={"uk": "Внутрішньо узгоджено", "en": "Self-consistent"},
    )
