"""What a bundle says of itself drives neither memory nor time: by what is in it, it is bounded first."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.verify.archive import Archive
from ledger.verify.bundle import verify_bundle
from ledger.verify.entry_file import EntryFile
from ledger.verify.spool import spooled
from ledger.verify.strict import BundleError, read_json
from ledger.verify.sweep import sweep
from tests.tampering.archives import Members, anchors, edit, judged_bundle, packed
from tests.tampering.story import told

MALFORMED = ("failed", frozenset(["format/bundle-malformed"]))
FAR = 10**15
MEGABYTE = 1 << 20


def squeezed(path: Path, members: Members) -> Path:
    """Deflated, as whoever makes a bomb packs it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


# -- entries anywhere ----------------------------------------------------------------------


def _spread(raws: list[bytes], step: int) -> list[tuple[int, bytes]]:
    return [(place * step, raw) for place, raw in enumerate(raws)]


def _swept(
    entries: list[tuple[int, bytes]], end: int, **how: Any
) -> tuple[Any, list[tuple[int, int]], bytes]:
    leaves, done = list[bytes](), list[tuple[int, int]]()
    with spooled(entries) as file:
        found = sweep(
            file, {}, end, on_leaves=leaves.append, progress=lambda at, of: done.append((at, of)), **how
        )
    return found, done, b"".join(leaves)


def _entries(count: int) -> list[bytes]:
    file = EntryFile(told().database)
    try:
        return [row.raw for row in file.rows(0, count)]
    finally:
        file.close()


@pytest.mark.parametrize("chunk", [1, 7, 2048])
@pytest.mark.parametrize("step", [1, 3, FAR // 60])
def test_entries_far_apart_are_looked_at_as_those_side_by_side(
    chunk: int, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same is found, in as many parts as there are entries for them, however high the indexes."""
    monkeypatch.setattr("ledger.verify.sweep.CHUNK", chunk)
    raws = _entries(50)
    near, _, leaves = _swept(_spread(raws, 1), 50, gaps=True)
    found, done, spread_leaves = _swept(_spread(raws, step), 49 * step + 1, gaps=True)
    assert (found.count, spread_leaves) == (50, leaves)
    assert [fault.code for fault in found.signature_faults] == [one.code for one in near.signature_faults]
    assert [fault.code for fault in found.order_faults] == [one.code for one in near.order_faults]
    assert len(done) == -(-50 // chunk)
    assert done[-1] == (49 * step + 1, 49 * step + 1)


@pytest.mark.parametrize("chunk", [1, 7, 2048])
@pytest.mark.parametrize("step", [1, 3, FAR // 60])
def test_entries_at_or_beyond_the_end_are_not_looked_at(
    chunk: int, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.verify.sweep.CHUNK", chunk)
    found, done, _ = _swept(_spread(_entries(50), step), 20 * step, gaps=True)
    assert (found.count, done[-1]) == (20, (20 * step, 20 * step))


@pytest.mark.parametrize("end", [51, 60, FAR])
@pytest.mark.parametrize("chunk", [1, 7, 2048])
def test_where_none_may_be_missing_each_gap_is_told_also_behind_the_last(
    end: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.verify.sweep.CHUNK", chunk)
    found, done, _ = _swept(list(enumerate(_entries(50))), end, gaps=False)
    assert [fault.code for fault in found.order_faults] == ["entries-missing"]
    assert len(done) <= 51
    for missing in (0, 20, 49):
        kept = [one for one in enumerate(_entries(50)) if one[0] != missing]
        found, _, _ = _swept(kept, 50, gaps=False)
        assert "entries-missing" in {fault.code for fault in found.order_faults}


def test_an_entry_that_is_said_to_stand_far_away_is_soon_found_out(event: Members, tmp_path: Path) -> None:
    changed, last = dict(event), max(int(name[8:-5]) for name in event if name.startswith("entries/"))
    changed[f"entries/{FAR - 1}.json"] = changed.pop(f"entries/{last}.json")

    def move(proofs: Any) -> None:
        proofs["tree_size"] = FAR
        proofs["proofs"][str(FAR - 1)] = proofs["proofs"].pop(str(last))

    edit(changed, "proofs.json", move)
    lines = changed["checkpoint"].decode().split("\n")
    changed["checkpoint"] = "\n".join([lines[0], str(FAR), *lines[2:]]).encode()
    progress: list[tuple[str, int, int]] = []
    path = packed(tmp_path / "far.zip", changed)
    report = verify_bundle(path, anchors(), lambda *told_: progress.append(told_))
    assert report.verdict == "failed"
    assert len(progress) < 10


# -- members that grow ---------------------------------------------------------------------

GROWING: dict[str, Callable[[Members], bytes]] = {
    "proofs.json": lambda m: (
        b'{"tree_size":%d,"proofs":{%s}}'
        % (
            told().size,
            b",".join(b'"%d":[]' % place for place in range(MEGABYTE)),
        )
    ),
    "bundle.json": lambda m: m["bundle.json"].rstrip(b"}") + b',"x":[' + b"[]," * (2 * MEGABYTE) + b"[]]}",
    "answer.json": lambda m: b'{"x":[' + b"[]," * (5 * MEGABYTE) + b"[]]}",
    "consistency.json": lambda m: b'{"from":1,"to":2,"proof":[' + b"[]," * MEGABYTE + b"[]]}",
}


@pytest.mark.parametrize("name", GROWING)
def test_a_member_that_grows_in_memory_is_refused_before_it_is_read(
    name: str, event: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counting(which: str, content: bytes) -> dict[str, Any]:
        read.append(which)
        return read_json(which, content)

    monkeypatch.setattr("ledger.verify.archive.read_json", counting)
    path = squeezed(tmp_path / "bomb.zip", {**event, name: GROWING[name](event)})
    assert path.stat().st_size < MEGABYTE * 4
    assert judged_bundle(path, anchors()) == MALFORMED
    assert name not in read


@pytest.mark.parametrize("filler", [b"[],", b'"",', b"{},", b"7,"])
def test_many_small_values_in_the_room_of_the_proofs_are_refused_unread(
    filler: bytes, event: Members, tmp_path: Path
) -> None:
    """As many bytes as so many entries may have, in values that each take many times as much in memory."""
    entries = sum(1 for name in event if name.startswith("entries/"))
    room = entries * 3000 - 100
    content = b'{"tree_size":1,"proofs":{"0":[' + filler * (room // len(filler)) + b"7]}}"
    with Archive.open(squeezed(tmp_path / "b.zip", {**event, "proofs.json": content})) as opened:
        tracemalloc.start()
        with pytest.raises(BundleError, match="values"):
            opened.proofs()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 5 * len(content)


def test_more_bytes_than_so_many_entries_have_proofs_are_not_unpacked(event: Members, tmp_path: Path) -> None:
    """Blanks are JSON too."""
    content = b'{"tree_size":1,"proofs":{' + b" " * (8 * MEGABYTE) + b"}}"
    with (
        Archive.open(squeezed(tmp_path / "b.zip", {**event, "proofs.json": content})) as opened,
        pytest.raises(BundleError, match="bytes"),
    ):
        opened.proofs()


def test_proofs_as_long_as_they_ever_are_are_read(event: Members, tmp_path: Path) -> None:
    """64 hashes for each entry, in JSON with its spaces: a tree of any size."""
    one = "A" * 43 + "="
    proofs = {name[8:-5]: [one] * 64 for name in event if name.startswith("entries/")}
    content = json.dumps({"tree_size": 1 << 52, "proofs": proofs}).encode()
    with Archive.open(packed(tmp_path / "b.zip", {**event, "proofs.json": content})) as opened:
        size, found = opened.proofs()
    assert (size, len(found)) == (1 << 52, len(proofs))


def test_entries_that_unpack_to_a_hundred_times_their_bytes_are_refused_at_once(
    event: Members, tmp_path: Path
) -> None:
    bomb = dict(event) | {f"entries/{FAR + place}.json": bytes(65_535) for place in range(1400)}
    with pytest.raises(BundleError, match="packed"):
        Archive.open(squeezed(tmp_path / "b.zip", bomb))


def test_a_file_that_no_entry_names_is_told_and_not_unpacked(
    programme: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[str] = []

    def content(_: Archive, digest: str) -> bytes:
        unpacked.append(digest)
        return b""

    monkeypatch.setattr(Archive, "content", content)
    digest = "0" * 64
    path = squeezed(tmp_path / "b.zip", {**programme, f"files/{digest}": bytes(16 * MEGABYTE)})
    verdict, finds = judged_bundle(path, anchors())
    assert (verdict, "files/file-unnamed" in finds) == ("failed", True)
    assert digest not in unpacked
    assert unpacked  # what is named was


def test_no_more_stamps_are_looked_at_than_a_checkpoint_ever_has(event: Members, tmp_path: Path) -> None:
    many = dict(event) | {f"stamps/{number}.tsr": b"0" for number in range(1, 101)}
    assert judged_bundle(packed(tmp_path / "b.zip", many), anchors()) == MALFORMED
