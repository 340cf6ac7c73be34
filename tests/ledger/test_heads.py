"""Heads: the root over where each stream ends, recomputed here by brute force from the entries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entry import Entry
from ledger.errors import VerificationError
from ledger.heads import check_head, heads_leaf, heads_root, prove_head
from ledger.ids import TRUST
from ledger.service import Ledger
from ledger.service_signing import due, heads_data
from tests.support import service
from tests.support.log import Small
from tests.support.town import PROGRAMME, TestLedger, lines

Row = tuple[str, int, int]
names = st.from_regex(r"(root|trust|(body|programme):[a-z0-9][a-z0-9._-]{0,8})", fullmatch=True)
rows = st.dictionaries(
    names, st.tuples(st.integers(1, 99), st.integers(0, 999)), min_size=1, max_size=20
).map(lambda found: [(name, version, last) for name, (version, last) in found.items()])


def leaf_of(row: Row) -> bytes:
    """RFC 6962 §2.1 and docs/proof.md, word for word."""
    text = f'{{"last":{row[2]},"stream":{json.dumps(row[0])},"version":{row[1]}}}'
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


def brute_root(found: Sequence[Row]) -> bytes:
    return root_of([leaf_of(row) for row in sorted(found, key=lambda row: row[0].encode("utf-8"))])


def brute_rows(entries: Sequence[Entry], size: int) -> list[Row]:
    """Where each stream ends, by looking at every entry."""
    ends: dict[str, Row] = {}
    for entry in entries[:size]:
        ends[entry.stream] = (entry.stream, entry.version, entry.index)
    return sorted(ends.values(), key=lambda row: row[0].encode())


def test_a_leaf_is_the_canonical_json_of_the_document() -> None:
    assert heads_leaf("root", 9, 55) == b'{"last":55,"stream":"root","version":9}'
    assert heads_leaf("body:a", 1, 0) == b'{"last":0,"stream":"body:a","version":1}'


def test_the_root_of_one_stream_is_its_leafs_hash() -> None:
    expected = hashlib.sha256(b'\x00{"last":55,"stream":"root","version":9}').hexdigest()
    assert heads_root([("root", 9, 55)]).hex() == expected


@given(rows, st.data())
def test_the_root_is_the_brute_one_in_whatever_order_the_streams_come(
    found: list[Row], data: st.DataObject
) -> None:
    assert heads_root(data.draw(st.permutations(found))) == brute_root(found)


@given(rows, st.data())
def test_each_stream_is_proved_and_no_other_end_of_it_is(found: list[Row], data: st.DataObject) -> None:
    root = heads_root(found)
    stream, version, last = data.draw(st.sampled_from(found))
    proof = prove_head(found, stream)
    assert proof is not None
    assert (proof.stream, proof.version, proof.last) == (stream, version, last)
    assert proof.place == sorted(row[0].encode() for row in found).index(stream.encode())
    check_head(proof, root=root, streams=len(found))
    for wrong in (
        replace(proof, last=last + 1),
        replace(proof, version=version + 1),
        replace(proof, stream=f"{stream}x"),
        replace(proof, place=proof.place + 1),
    ):
        with pytest.raises(VerificationError):
            check_head(wrong, root=root, streams=len(found))
    with pytest.raises(VerificationError):
        check_head(proof, root=hashlib.sha256(root).digest(), streams=len(found))


def test_what_is_not_among_the_heads_has_no_proof() -> None:
    assert prove_head([("root", 1, 0)], "trust") is None


def test_a_stream_that_ends_twice_has_no_root() -> None:
    with pytest.raises(VerificationError, match="twice"):
        heads_root([("root", 1, 0), ("root", 2, 1)])


def test_names_are_sorted_by_their_bytes_and_not_by_anybodys_alphabet() -> None:
    """ASCII puts `-` before `.`, digits, `:` and letters."""
    found = [("programme:b", 1, 3), ("programme:a.b", 1, 2), ("programme:a-b", 1, 1), ("body:z", 1, 0)]
    ordered = ["body:z", "programme:a-b", "programme:a.b", "programme:b"]
    for place, stream in enumerate(ordered):
        proof = prove_head(found, stream)
        assert proof is not None
        assert proof.place == place


def test_the_store_gives_the_heads_of_every_position(ledger: Ledger, small: Small) -> None:
    small.submit(ledger, small.transfer(), small.person(), small.act())
    entries = ledger.reader.entries(0, 999)
    assert ledger.reader.heads(0) == []
    for size in range(1, len(entries) + 1):
        found = ledger.reader.heads(size)
        assert found == brute_rows(entries, size), size
        assert heads_root(found) == brute_root(brute_rows(entries, size))
    assert ledger.reader.heads(len(entries) + 5) == ledger.reader.heads(len(entries))


def test_a_round_is_due_only_when_something_else_was_said_after_the_heads(tmp_path: Path) -> None:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        service.enrol(town)
        reader = town.ledger.reader

        def is_due() -> bool:
            return due(town.world(TRUST), reader)

        assert is_due(), "there were no heads yet"
        size = town.position
        data = heads_data(reader)
        rows = brute_rows(reader.entries(0, 999), size)
        assert data == {"size": size, "root": brute_root(rows).hex(), "streams": len(rows)}
        town.submit("ledger.heads", TRUST, data)
        assert not is_due()
        town.submit("checkpoint.witnessed", TRUST, service.witnessed(town))
        assert not is_due(), "trust entries cause no others"
        town.submit("financing.changed", PROGRAMME, lines("150.00"))
        assert is_due()
        town.submit("ledger.heads", TRUST, heads_data(reader))
        assert not is_due()


def test_what_came_in_between_the_heads_and_their_record_is_due(tmp_path: Path) -> None:
    """The heads cover `size` entries, however late they were recorded."""
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        service.enrol(town)
        data = heads_data(town.ledger.reader)
        town.submit("financing.changed", PROGRAMME, lines("150.00"))
        town.submit("ledger.heads", TRUST, data)
        assert due(town.world(TRUST), town.ledger.reader)


def test_heads_of_an_earlier_size_are_those_of_then(tmp_path: Path) -> None:
    with TestLedger.with_programme(tmp_path / "ledger") as town:
        reader, size = town.ledger.reader, town.position
        then = heads_data(reader)
        town.submit("financing.changed", PROGRAMME, lines("150.00"))
        assert heads_data(reader, size) == then
        assert heads_data(reader)["size"] == size + 1
        assert heads_data(reader)["root"] != then["root"]
