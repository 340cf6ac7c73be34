"""tlog-proof: the example of its document, one spelling each, and nothing proved by a changed one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import open_checkpoint
from ledger.errors import VerificationError
from ledger.merkle import InclusionProofError, leaf_hash
from ledger.note import Ed25519Verifier, NoteError
from ledger.service import Ledger
from ledger.tlog.proof import TlogProof, TlogProofError, check_proof, format_proof, parse_proof
from ledger.tlog.reading import TiledLog, fetch_folder
from tests.support.log import Small
from tests.support.tiles import Files, MadeLog

LOG = MadeLog(9)
TILED = TiledLog(Files(LOG.files()), LOG.checkpoint())
PROOF = TlogProof(5, tuple(TILED.prove_inclusion(5)), LOG.note())
TEXT = format_proof(PROOF)
HASHES = [b64encode(one).decode() for one in PROOF.proof]


def test_the_lines_are_those_of_the_document() -> None:
    assert "\n".join(["c2sp.org/tlog-proof@v1", "index 5", *HASHES, "", LOG.note()]) == TEXT
    with_extra = replace(PROOF, extra=b"yage")
    lines = ["c2sp.org/tlog-proof@v1", "extra eWFnZQ==", "index 5", *HASHES, "", LOG.note()]
    assert format_proof(with_extra) == "\n".join(lines)
    assert parse_proof("\n".join(lines)) == with_extra


@given(
    st.integers(0, 10**19 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(max_size=40),
)
def test_a_proof_is_read_as_it_was_written(index: int, hashes: list[bytes], extra: bytes) -> None:
    proof = TlogProof(index, tuple(hashes), LOG.note(), extra)
    assert parse_proof(format_proof(proof)) == proof
    assert parse_proof(format_proof(proof).encode()) == proof


def swapped(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\n\n" + LOG.note(),
        LOG.note(),
        " " + TEXT,
        "\n" + TEXT,
        TEXT + "\n",
        TEXT[:-1],
        TEXT.replace("\n", "\r\n"),
        TEXT.partition("\n\n")[0] + "\n\n",
        TEXT.partition("\n\n")[0] + "\n",
        swapped("tlog-proof@v1", "tlog-proof@v2"),
        swapped("tlog-proof@v1", "tlog-proof@v1 "),
        swapped("index 5", "index 05"),
        swapped("index 5", "index +5"),
        swapped("index 5", "index -5"),
        swapped("index 5", "index 5 "),
        swapped("index 5", "index  5"),
        swapped("index 5", "index ٥"),
        swapped("index 5", "index 5_0"),
        swapped("index 5", f"index {'9' * 30}"),
        swapped("index 5", "Index 5"),
        swapped("index 5\n", ""),
        swapped("index 5\n", "index 5\nindex 5\n"),
        swapped("index 5\n", "index 5\nextra eWFnZQ==\n"),
        swapped("index 5\n", "extra \nindex 5\n"),
        swapped("index 5\n", "extra\nindex 5\n"),
        swapped("index 5\n", "extra eWFnZQ\nindex 5\n"),
        swapped("index 5\n", "extra eWFnZR==\nindex 5\n"),
        swapped("index 5\n", "extra eWFnZQ==\nextra eWFnZQ==\nindex 5\n"),
        swapped("index 5\n", "index 5\n\n"),
        swapped(HASHES[0], HASHES[0][:-1]),
        swapped(HASHES[0], HASHES[0] + " "),
        swapped(HASHES[0], b64encode(bytes(31)).decode()),
        swapped(HASHES[0], b64encode(bytes(33)).decode()),
        swapped(HASHES[0], "____"),
        swapped("index 5\n", "index 5\n" + (HASHES[0] + "\n") * 64),
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(TlogProofError):
        parse_proof(text)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(TlogProofError):
        parse_proof(TEXT.encode() + b"\xff")


@given(st.text(max_size=60) | st.binary(max_size=60), st.integers(0, len(TEXT)))
def test_whatever_is_read_is_written_the_same(inserted: str | bytes, at: int) -> None:
    raw = TEXT.encode()
    given = inserted if isinstance(inserted, bytes) else inserted.encode("utf-8", "replace")
    for text in (given, raw[:at] + given + raw[at:]):
        try:
            proof = parse_proof(text)
        except TlogProofError:
            continue
        assert format_proof(proof).encode() == text


def test_every_leaf_of_a_real_log_is_proved_by_a_file(vectors: Path) -> None:
    folder = vectors / "tessera-log"
    key = Ed25519Verifier.parse((folder / "SOURCE").read_text().split("vkey ")[1].split()[0])
    log = folder / "testdata" / "log"
    for size in range(1, 16):
        note = (log / f"checkpoint.{size}").read_text()
        tiled = TiledLog(fetch_folder(log), open_checkpoint(note, [key])[0])
        for index, entry in enumerate(tiled.entries()):
            text = format_proof(TlogProof(index, tuple(tiled.prove_inclusion(index)), note))
            checkpoint = check_proof(parse_proof(text), leaf_hash=leaf_hash(entry), verifiers=[key])
            assert checkpoint.size == size


CHANGES: dict[str, Callable[[TlogProof], TlogProof]] = {
    "another index": lambda p: replace(p, index=4),
    "an index beyond the tree": lambda p: replace(p, index=9),
    "a hash changed": lambda p: replace(p, proof=(bytes(32), *p.proof[1:])),
    "a hash less": lambda p: replace(p, proof=p.proof[:-1]),
    "a hash more": lambda p: replace(p, proof=(*p.proof, bytes(32))),
    "another tree's checkpoint": lambda p: replace(p, checkpoint=LOG.note(8)),
    "another log's checkpoint": lambda p: replace(p, checkpoint=MadeLog(9, "other ").note()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_proof_proves_nothing(change: str) -> None:
    leaf = LOG.leaves[5]
    assert check_proof(PROOF, leaf_hash=leaf, verifiers=LOG.verifiers) == LOG.checkpoint()
    with pytest.raises(InclusionProofError):
        check_proof(CHANGES[change](PROOF), leaf_hash=leaf, verifiers=LOG.verifiers)


def test_a_proof_by_another_key_or_of_another_leaf_proves_nothing() -> None:
    with pytest.raises(InclusionProofError):
        check_proof(PROOF, leaf_hash=LOG.leaves[4], verifiers=LOG.verifiers)
    for verifiers in ([], MadeLog(0, seed=2).verifiers, MadeLog(0, origin="x").verifiers):
        with pytest.raises(NoteError):
            check_proof(PROOF, leaf_hash=LOG.leaves[5], verifiers=verifiers)


def test_extra_data_changes_nothing_for_nobody_vouches_for_it() -> None:
    more = replace(PROOF, extra=b"recorded by the mayor")
    assert check_proof(more, leaf_hash=LOG.leaves[5], verifiers=LOG.verifiers) == LOG.checkpoint()


def test_a_receipt_as_a_file_proves_its_entry(ledger: Ledger, small: Small) -> None:
    key = Ed25519Verifier.parse(small.log_key)
    (receipt,) = small.submit(ledger, small.transfer())
    proof = parse_proof(receipt.to_tlog_proof())
    assert (proof.index, proof.proof, proof.checkpoint) == (receipt.index, receipt.proof, receipt.checkpoint)
    assert proof.extra == b""
    check_proof(proof, leaf_hash=leaf_hash(receipt.entry), verifiers=[key])
    with pytest.raises(VerificationError):
        check_proof(proof, leaf_hash=leaf_hash(receipt.entry + b" "), verifiers=[key])
