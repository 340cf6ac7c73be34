"""bundle.json, proofs.json and consistency.json have one shape each: what is more, or otherwise, is refused.

Source: docs/proof.md, Bundles.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.bundling import Desk
from tests.tampering.archives import (
    BASE,
    DAY,
    Members,
    anchors,
    edit,
    fit_cover,
    judged_bundle,
    packed,
    unpacked,
)

MALFORMED = ("failed", frozenset(["format/bundle-malformed"]))
ODD: list[Any] = [None, True, 7, -1, "x", "", [], [7], [[]], [{}], {}, {"x": 1}]
MEMBERS = ("format", "ledger", "subject", "complete", "heads", "streams", "singles", "files", "made_at")
# What is well formed all the same: whether it is true is another question.
ALLOWED: dict[str, list[Any]] = {
    "complete": [True],
    "singles": [[], [7]],
    "files": [[]],
    "streams": [[]],
}


def _judged(members: Members, folder: Path) -> tuple[str, frozenset[str]]:
    return judged_bundle(packed(folder / "b.zip", members), anchors())


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_of_the_manifest_that_is_missing_or_odd_is_refused(
    name: str, programme: Members, tmp_path: Path
) -> None:
    for value in ODD:
        if value in ALLOWED.get(name, []):
            continue
        changed = dict(programme)
        edit(changed, "bundle.json", _with(name, value))
        assert _judged(changed, tmp_path) == MALFORMED, value
    changed = dict(programme)
    edit(changed, "bundle.json", lambda manifest: manifest.pop(name) and None)
    assert _judged(changed, tmp_path) == MALFORMED


def _with(name: str, value: Any) -> Callable[[Any], Any]:
    return lambda manifest: manifest.update({name: value})


def _one(name: str, /, **said: Any) -> Callable[[Any], Any]:
    return lambda manifest: manifest[name].update(said)


def _first(name: str, /, **said: Any) -> Callable[[Any], Any]:
    return lambda manifest: manifest[name][0].update(said)


def _again(name: str, /, **said: Any) -> Callable[[Any], Any]:
    """The first row once more, behind itself."""
    return lambda manifest: manifest[name].insert(1, {**manifest[name][0], **said})


def _turned(name: str) -> Callable[[Any], Any]:
    return lambda manifest: manifest[name].reverse()


OTHERWISE: dict[str, Callable[[Any], Any]] = {
    "a member more": lambda manifest: manifest.update(note="VERIFIED"),
    "a member more of the ledger": _one("ledger", name="Town"),
    "a genesis that is none": _one("ledger", genesis="00"),
    "an origin that is no text": _one("ledger", origin=7),
    "a member more of the heads": _one("heads", root="00"),
    "an index that is true": _one("heads", index=True),
    "an index below none": _one("heads", index=-1),
    "a size that is text": _one("heads", size="60"),
    "a stream twice": _again("streams"),
    "a stream twice, otherwise": _again("streams", version=1),
    "streams out of order": _turned("streams"),
    "a member more of a stream": _first("streams", body="x"),
    "a version that is text": _first("streams", version="3"),
    "a place that is none": _first("streams", place=None),
    "whole that is a number": _first("streams", whole=1),
    "a stream of no family": _first("streams", stream="office:x"),
    "a proof that is no list": _first("streams", proof="x"),
    "a proof of short hashes": _first("streams", proof=["AAAA"]),
    "a proof in another spelling": _first("streams", proof=["A" * 42 + "B="]),
    "a single that is no number": lambda manifest: manifest.update(singles=["3"]),
    "a single that is true": lambda manifest: manifest.update(singles=[True]),
    "a single that is not here": lambda manifest: manifest.update(singles=[9_999]),
    "a file in two states": _again("files", state="withheld"),
    "a state that is none": _first("files", state="lost"),
    "a member more of a file": _first("files", media_type="text/plain"),
    "a size that is true": _first("files", size=True),
    "a name that is no text": _first("files", name=7),
    "an event that is none": _first("files", event="x"),
    "a hash in capitals": lambda manifest: manifest["files"][0].update(
        sha256=manifest["files"][0]["sha256"].upper()
    ),
    "an instant without its zone": lambda manifest: manifest.update(made_at="2025-09-01T00:00:00.000000"),
    "an instant of whole seconds": lambda manifest: manifest.update(made_at="2025-09-01T00:00:00Z"),
    "a day that is none": lambda manifest: manifest.update(made_at="2025-02-30T00:00:00.000000Z"),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_manifest_that_says_more_or_otherwise_is_refused(
    name: str, programme: Members, tmp_path: Path
) -> None:
    changed = dict(programme)
    edit(changed, "bundle.json", OTHERWISE[name])
    assert changed["bundle.json"] != programme["bundle.json"]
    assert _judged(changed, tmp_path) == MALFORMED


@pytest.mark.parametrize("given", [[5, 4], [4, 4]])
def test_single_entries_stand_in_order_each_once(
    given: list[int], programme: Members, tmp_path: Path
) -> None:
    changed = dict(programme)
    edit(changed, "bundle.json", lambda manifest: manifest.update(singles=given))
    assert _judged(changed, tmp_path) == MALFORMED


@pytest.mark.parametrize("text", [b"48.0", b"4.8e1", b"-0"])
def test_a_number_is_whole_and_written_as_one(text: bytes, programme: Members, tmp_path: Path) -> None:
    changed = dict(programme)
    size = json.loads(programme["bundle.json"])["heads"]["size"]
    raw = programme["bundle.json"].replace(b'"size":%d}' % size, b'"size":%s}' % text, 1)
    assert raw != programme["bundle.json"]
    changed["bundle.json"] = raw
    assert _judged(changed, tmp_path) == MALFORMED


# -- files: what the entries say of them ---------------------------------------------------------


FILES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "another name": (_first("files", name="all-is-well.txt"), "files/file-row-differs"),
    "another size": (_first("files", size=1), "files/file-row-differs"),
    "another event": (
        _first("files", event="01890a5d-ac96-774b-bcce-b302099a8057"),
        "files/file-row-differs",
    ),
    "another order": (_turned("files"), "files/file-row-differs"),
    "a row twice": (_again("files"), "files/file-row-differs"),
    "a row too few": (lambda manifest: manifest["files"].pop() and None, "files/file-unlisted"),
    "a file of no entry": (_again("files", sha256="0" * 64), "files/file-unnamed"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_row_of_a_file_says_what_its_entry_says(name: str, programme: Members, tmp_path: Path) -> None:
    change, expected = FILES[name]
    changed = dict(programme)
    edit(changed, "bundle.json", change)
    fit_cover(changed)
    verdict, finds = _judged(changed, tmp_path)
    assert (verdict, finds) == ("failed", frozenset([expected]))


# -- proofs.json and consistency.json ------------------------------------------------------------


PROOFS: dict[str, Callable[[Any], Any]] = {
    "a member more": lambda proofs: proofs.update(root="00"),
    "a size that is true": lambda proofs: proofs.update(tree_size=True),
    "proofs that are a list": lambda proofs: proofs.update(proofs=[]),
    "an index with a zero before it": lambda proofs: proofs["proofs"].update({"007": []}),
    "an index with a sign": lambda proofs: proofs["proofs"].update({"+7": []}),
    "a proof that is text": lambda proofs: proofs["proofs"].update({"0": "AAAA"}),
    "a proof of numbers": lambda proofs: proofs["proofs"].update({"0": [7]}),
    "a proof of short hashes": lambda proofs: proofs["proofs"].update({"0": ["AAAA"]}),
}


@pytest.mark.parametrize("name", PROOFS)
def test_proofs_of_another_shape_are_refused(name: str, programme: Members, tmp_path: Path) -> None:
    changed = dict(programme)
    edit(changed, "proofs.json", PROOFS[name])
    assert _judged(changed, tmp_path) == MALFORMED


JOINED: dict[str, Callable[[Any], Any]] = {
    "a member more": lambda joined: joined.update(root="00"),
    "a member less": lambda joined: joined.pop("proof") and None,
    "from that is true": lambda joined: joined.update({"from": True}),
    "sizes the other way round": lambda joined: joined.update({"from": joined["to"], "to": joined["from"]}),
    "a proof that is text": lambda joined: joined.update(proof="AAAA"),
    "a proof in another spelling": lambda joined: joined.update(proof=["A" * 42 + "B="]),
}


@pytest.mark.parametrize("name", JOINED)
def test_a_join_of_another_shape_is_refused(name: str, desk: Desk, tmp_path: Path) -> None:
    """Also by a verifier that remembers nothing: what stands there is read all the same."""
    members = unpacked(desk.fetch(BASE, as_of=DAY, from_=5).path)
    assert _judged(members, tmp_path)[0] == "verified"
    edit(members, "consistency.json", JOINED[name])
    assert _judged(members, tmp_path) == MALFORMED
