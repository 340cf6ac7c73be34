"""README.txt of a bundle: the cover first, then how to check it, in both languages.

It is the part that people read first, so that the verifier makes it again from the rest and compares the
bytes. The words in readme.toml are therefore part of the format: other words are another format.
Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ledger.errors import VerificationError
from ledger.kinds.checkpoint_witnessed import stated_times
from ledger.note import parse_note
from ledger.verify.manifest import STATES, Manifest
from ledger.verify.tree import read_note

_WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "readme.toml").read_text(encoding="utf8")
)
RULE: Final = "-" * 72


def readme(manifest: Manifest, note: str, stamps: int) -> str:
    """The whole text; `made_at` is not in it. note: the checkpoint; stamps: how many there are over it.

    Raises VerificationError for a note that is no checkpoint.
    """
    names = _cosigners(note)
    facts = _facts(manifest, note, stamps, names)
    lines = list(_lines(manifest, stamps, names))
    parts = [[_line(_WORDS[language], name, facts) for name in lines] for language in ("uk", "en")]
    return f"\n{RULE}\n\n".join("\n".join(part) + "\n" for part in parts)


def _cosigners(note: str) -> list[str]:
    """Who cosigned, as the lines say: whether they hold is for each verifier."""
    parsed = parse_note(note)
    return list(dict.fromkeys(one.name for one in stated_times(parsed, parsed.text.split("\n", 1)[0])))


def _lines(manifest: Manifest, stamps: int, names: list[str]) -> Iterator[str]:
    """Which lines there are, in order; "" is an empty one, and others stand as they are."""
    subject, states = manifest.subject, {row.state for row in manifest.files}
    yield from ("title", "", subject.type, "known", "complete" if manifest.complete else "selection")
    yield from ("", "checkpoint", "witnessed" if names else "unwitnessed")
    yield from ("stamped" if stamps else "unstamped", "files" if states else "nofiles")
    yield from (["leftout"] if "left-out" in states else [])
    yield from (["print"] if manifest.prints else [])
    yield from ("genesis", "", "check", "", "    pledger verify FILE --trust trust.json", "")
    yield from ("trust", "hand", "made", "", "parts")


def _line(words: dict[str, str], name: str, facts: dict[str, Any]) -> str:
    return words[name].format_map(facts) if name in words else name


def _facts(manifest: Manifest, note: str, stamps: int, names: list[str]) -> dict[str, Any]:
    said, subject = read_note(note), manifest.subject
    states = Counter({row.sha256: row.state for row in manifest.files}.values())
    first, last = subject.points[0], subject.points[-1]
    return {
        "origin": manifest.origin,
        "genesis": manifest.genesis,
        "name": subject.name,
        "path": subject.path,
        "as_of": last[0],
        "known": last[1],
        "from_as_of": first[0],
        "from_known": first[1],
        "size": said.size,
        "heads_size": manifest.heads[1],
        "index": manifest.heads[0] + 1,
        "root": said.root.hex(),
        "names": ", ".join(names),
        "count": stamps,
        "prints": sum(1 for one in manifest.prints if one.name.endswith(".json")),
        **{state.replace("-", "_"): states[state] for state in STATES},
    }


def is_readme(given: bytes, manifest: Manifest, note: str, stamps: int) -> bool:
    """Is it the text that belongs to the rest, to the byte?"""
    try:
        return given == readme(manifest, note, stamps).encode()
    except VerificationError:
        return False
