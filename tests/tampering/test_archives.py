"""An archive that is a trick is no bundle; whatever is in one, the verifier ends with a verdict."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.tampering.archives import Members, anchors, judged_bundle, packed
from tests.tampering.story import PRESENT


def _plain(target: Path, members: Members, *more: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in [*members.items(), *more]:
            archive.writestr(name, content)
    return target


TRICKS: dict[str, tuple[str, bytes]] = {
    "a name of a folder above": ("../answer.json", b"{}"),
    "a name from the root": ("/answer.json", b"{}"),
    "a folder": ("entries/", b""),
    "a folder of its own": ("more/answer.json", b"{}"),
    "an index with a zero before it": ("entries/01.json", b"{}"),
    "another alphabet": ("аnswer.json", b"{}"),
    "an entry larger than any": ("entries/999.json", b" " * 70_000),
}


@pytest.mark.parametrize("name", TRICKS)
def test_an_archive_with_what_does_not_belong_there_fails(
    name: str, programme: Members, tmp_path: Path
) -> None:
    path = _plain(tmp_path / "trick.zip", programme, TRICKS[name])
    assert judged_bundle(path, anchors()) == ("failed", frozenset(["format/bundle-malformed"]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["answer.json", "bundle.json", "checkpoint", "entries/0.json"])
def test_a_name_that_is_twice_in_an_archive_fails(name: str, programme: Members, tmp_path: Path) -> None:
    path = _plain(tmp_path / "twice.zip", programme, (name, programme[name]))
    assert judged_bundle(path, anchors()) == ("failed", frozenset(["format/bundle-malformed"]))


@pytest.mark.parametrize("name", ["bundle.json", "answer.json", "README.txt", "checkpoint", "proofs.json"])
def test_an_archive_without_a_needed_part_fails(name: str, programme: Members, tmp_path: Path) -> None:
    path = packed(tmp_path / "less.zip", {one: raw for one, raw in programme.items() if one != name})
    assert judged_bundle(path, anchors())[0] == "failed"


@pytest.mark.parametrize("name", ["checkpoint", "entries/0.json", f"files/{PRESENT['sha256']}"])
def test_a_bomb_is_not_unpacked(name: str, programme: Members, tmp_path: Path) -> None:
    """A little archive of very much: it is counted as it comes, and stopped."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, raw in programme.items():
            if one == name:
                with archive.open(one, "w") as out:
                    for _ in range(65):
                        out.write(bytes(1024 * 1024))
            else:
                archive.writestr(one, raw)
    assert path.stat().st_size < 1_000_000
    assert judged_bundle(path, anchors()) == ("failed", frozenset(["format/bundle-malformed"]))


def test_a_cut_archive_fails(programme: Members, tmp_path: Path) -> None:
    whole = packed(tmp_path / "whole.zip", programme).read_bytes()
    for kept in (10, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.zip").write_bytes(whole[:kept])
        assert judged_bundle(tmp_path / "cut.zip", anchors())[0] == "failed"


@pytest.mark.parametrize(
    "raw", [b"[]", b"{", b"\xff", b'{"format":"pledger-bundle/1"}', b'{"format":"other"}', b"[" * 5000]
)
@pytest.mark.parametrize(
    "name", ["bundle.json", "answer.json", "proofs.json", "checkpoint", "entries/3.json"]
)
def test_members_of_no_shape_fail(name: str, raw: bytes, programme: Members, tmp_path: Path) -> None:
    path = packed(tmp_path / "odd.zip", programme | {name: raw})
    assert judged_bundle(path, anchors())[0] == "failed"
