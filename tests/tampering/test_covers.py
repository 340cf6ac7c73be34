"""README.txt, which people read first, says what the rest of a bundle says, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.verify.manifest import STATES, read_manifest
from ledger.verify.readme import readme
from tests.tampering.archives import Members, anchors, edit, fit_cover, judged_bundle, packed

COVER = "README.txt"


def _judged(members: Members, folder: Path) -> tuple[str, frozenset[str]]:
    return judged_bundle(packed(folder / "b.zip", members), anchors())


def _words(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


LIES: dict[str, Callable[[str], str]] = {
    "a selection is called complete": _words("Добірка:", "Повна:"),
    "the same in English": _words("Selection:", "Complete:"),
    "another event": _words("Подія 0", "Подія 1"),
    "a witness more": _words("No witness cosigned", "Everybody cosigned"),
    "a byte more": lambda text: text + " ",
    "a byte less": lambda text: text[:-1],
    "other ends of lines": lambda text: text.replace("\n", "\r\n"),
    "a mark before it": lambda text: "\ufeff" + text,
    "nothing": lambda text: "",
}


@pytest.mark.parametrize("name", LIES)
def test_a_cover_that_says_otherwise_is_told(name: str, event: Members, tmp_path: Path) -> None:
    text = event[COVER].decode()
    if name == "a witness more":
        text = text.replace("Cosigned, as the signature lines say, by:", "No witness cosigned")
    changed = event | {COVER: LIES[name](text).encode()}
    assert changed[COVER] != event[COVER]
    assert _judged(changed, tmp_path) == ("failed", frozenset(["format/readme-differs"]))


def test_no_line_of_the_cover_can_be_left_out_or_exchanged(programme: Members, tmp_path: Path) -> None:
    lines = programme[COVER].decode().splitlines(keepends=True)
    for place in range(0, len(lines) - 1, 3):
        less = lines[:place] + lines[place + 1 :]
        assert _judged(programme | {COVER: "".join(less).encode()}, tmp_path)[0] == "failed", place


def test_bytes_that_are_no_text_are_no_cover(programme: Members, tmp_path: Path) -> None:
    changed = programme | {COVER: b"\xff\xfe"}
    assert _judged(changed, tmp_path) == ("failed", frozenset(["format/readme-differs"]))


def test_a_cover_made_to_fit_says_what_the_manifest_says(programme: Members, tmp_path: Path) -> None:
    """So that the attacks beside this one are found by what they do, not by their cover."""
    changed = dict(programme)
    edit(changed, "bundle.json", lambda manifest: manifest.update(complete=False))
    assert _judged(changed, tmp_path) == ("failed", frozenset(["format/readme-differs"]))
    fit_cover(changed)
    assert b"Selection: proves no absence" in changed[COVER]
    assert _judged(changed, tmp_path) == ("verified", frozenset())


def test_it_says_that_nobody_signs_when_it_was_made(programme: Members) -> None:
    text = programme[COVER].decode()
    assert "made_at" in text
    assert json.loads(programme["bundle.json"])["made_at"] not in text


# -- the words are part of the format ------------------------------------------------------------

NOTE = (
    "town.example/pledger\n60\nqINS1GRFQNYEPQc1ds/FnAQhB1cdpPHdQfBV1AhG5lU=\n\n"
    "— town.example/pledger AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
)
EVENT = "01890a5d-ac96-774b-bcce-b302099a8057"
_POINT = {"as_of": "2025-12-31", "known": 57}
SUBJECTS: dict[str, Any] = {
    "programme": {"type": "programme", "programme": "p", **_POINT},
    "diff": {"type": "diff", "programme": "p", "from": _POINT, "to": _POINT},
    "cell": {"type": "cell", "programme": "p", "path": "/title", **_POINT},
    "event": {"type": "event", "event": EVENT, "known": 57},
    "act": {"type": "act", "act": "a", "known": 57},
}
PINNED = "1add5567605ae2f2eb8d01d5dd37866e019525b8fdb85aacfb38a3ffc42e0590"


def test_the_words_of_the_cover_do_not_change_within_a_format() -> None:
    """Other words would refuse every bundle that was made before: they ask for another format."""
    text = ""
    for subject in SUBJECTS.values():
        for files in ((), STATES):
            manifest = {
                "format": "pledger-bundle/1",
                "ledger": {"origin": "town.example/pledger", "genesis": "0" * 64},
                "subject": subject,
                "complete": subject["type"] in ("programme", "diff", "cell"),
                "heads": {"index": 58, "size": 58},
                "streams": [],
                "singles": [],
                "files": [
                    {"sha256": f"{place}" * 64, "size": 1, "name": "x", "event": EVENT, "state": state}
                    for place, state in enumerate(files)
                ],
                "made_at": "2026-01-01T00:00:00.000000Z",
            }
            text += readme(read_manifest(manifest), NOTE, len(files))
    assert sha256(text.encode()).hexdigest() == PINNED
