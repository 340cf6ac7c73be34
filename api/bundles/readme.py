"""README.txt of a bundle: the cover first, then how to check it, in both languages."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from api.bundles.checkpoints import Covering
from api.bundles.evidence import Heads
from api.bundles.files import Listed
from api.bundles.subjects import Subject
from api.context import Identity

_WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "readme.toml").read_text(encoding="utf8")
)
RULE: Final = "-" * 72


def readme(
    identity: Identity,
    subject: Subject,
    heads: Heads,
    checkpoint: Covering,
    files: Sequence[Listed],
) -> str:
    """The whole text. Nothing in it changes while the ledger stands still."""
    facts = _facts(identity, subject, heads, checkpoint, files)
    names = list(_names(subject, checkpoint, files))
    parts = [[_line(_WORDS[language], name, facts) for name in names] for language in ("uk", "en")]
    return f"\n{RULE}\n\n".join("\n".join(part) + "\n" for part in parts)


def _names(subject: Subject, checkpoint: Covering, files: Sequence[Listed]) -> Iterator[str]:
    """Which lines there are, in order; "" is an empty one, and others stand as they are."""
    yield from ("title", "", subject.type, "known", "complete" if subject.is_complete else "selection")
    yield from ("", "checkpoint", "witnessed" if checkpoint.witnesses() else "unwitnessed")
    yield from ("stamped" if checkpoint.stamps else "unstamped", "files" if files else "nofiles", "genesis")
    yield from (
        "",
        "check",
        "",
        "    pledger verify FILE --trust trust.json",
        "",
        "trust",
        "hand",
        "",
        "parts",
    )


def _line(words: dict[str, str], name: str, facts: dict[str, Any]) -> str:
    return words[name].format_map(facts) if name in words else name


def _facts(
    identity: Identity,
    subject: Subject,
    heads: Heads,
    checkpoint: Covering,
    files: Sequence[Listed],
) -> dict[str, Any]:
    states = Counter({one.ref.sha256: one.state for one in files}.values())
    start = subject.start
    return {
        "origin": identity.origin,
        "genesis": identity.genesis,
        "name": subject.name,
        "path": subject.path,
        "as_of": subject.point.as_of,
        "known": subject.point.known.position,
        "from_as_of": start.as_of if start is not None else "",
        "from_known": start.known.position if start is not None else "",
        "size": checkpoint.size,
        "heads_size": heads.size,
        "index": heads.index + 1,
        "root": checkpoint.root.hex(),
        "names": ", ".join(dict.fromkeys(one.name for one in checkpoint.witnesses())),
        "count": len(checkpoint.stamps),
        **{state: states[state] for state in ("present", "withheld", "missing")},
    }
