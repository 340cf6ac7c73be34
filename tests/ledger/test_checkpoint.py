"""Checkpoints: one spelling each, and only the log's own signature opens them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import SIZE_MAX, Checkpoint, format_checkpoint, open_checkpoint, parse_checkpoint
from ledger.merkle import EMPTY_ROOT
from ledger.note import Ed25519Signer, Ed25519Verifier, NoteError, sign_note

ORIGIN = "example.org/log"
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
ROOT = base64.b64encode(CHECKPOINT.root).decode()


def signer(name: str, seed: int) -> Ed25519Signer:
    return Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def verifier(name: str, seed: int) -> Ed25519Verifier:
    return Ed25519Verifier(signer(name, seed).key)


ORIGINS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(ORIGINS, st.integers(0, SIZE_MAX), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


def test_the_three_lines_are_origin_size_and_root() -> None:
    assert format_checkpoint(CHECKPOINT) == f"{ORIGIN}\n7\n{ROOT}\n"


def test_the_published_tree_text_is_read(vectors: Path) -> None:
    (path,) = (vectors / "go-sumdb").glob("*.json")
    tree = json.loads(path.read_text())["tree"]
    checkpoint = parse_checkpoint(tree["text"])
    assert (checkpoint.origin, checkpoint.size) == ("go.sum database tree", tree["size"])
    assert format_checkpoint(checkpoint) == tree["text"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        f"{ORIGIN}\n7\n{ROOT}",
        f"{ORIGIN}\n7\n{ROOT}\n\n",
        f"{ORIGIN}\n7\n{ROOT}\nextension\n",
        f"{ORIGIN}\n7\n{ROOT}\nextension",
        f"{ORIGIN}\n7\n",
        f"\n7\n{ROOT}\n",
        f"{ORIGIN}\n07\n{ROOT}\n",
        f"{ORIGIN}\n00\n{ROOT}\n",
        f"{ORIGIN}\n+7\n{ROOT}\n",
        f"{ORIGIN}\n-7\n{ROOT}\n",
        f"{ORIGIN}\n 7\n{ROOT}\n",
        f"{ORIGIN}\n7 \n{ROOT}\n",
        f"{ORIGIN}\n1_0\n{ROOT}\n",
        f"{ORIGIN}\n٧\n{ROOT}\n",
        f"{ORIGIN}\n0x7\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n7\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n7\n{ROOT} \n",
        f"{ORIGIN}\n7\n{ROOT.replace('8=', '9=')}\n",
        f"{ORIGIN}\n7\n{base64.b64encode(bytes(31)).decode()}\n",
        f"{ORIGIN}\n7\n{base64.b64encode(bytes(33)).decode()}\n",
        f"{ORIGIN}\n7\n\n",
        f"{ORIGIN}\n7\nж\n",
        f"{ORIGIN}\r\n7\r\n{ROOT}\r\n",
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


@given(st.one_of(st.text(), st.text("a\n07AA=", max_size=60)))
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        checkpoint = parse_checkpoint(text)
    except NoteError:
        return
    assert format_checkpoint(checkpoint) == text


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 0, EMPTY_ROOT),
        ("a\nb", 0, EMPTY_ROOT),
        ("a", -1, EMPTY_ROOT),
        ("a", 2**63, EMPTY_ROOT),
        ("a", 1, b""),
    ],
)
def test_a_checkpoint_of_impossible_values_cannot_be_made(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(NoteError):
        Checkpoint(origin, size, root)


def test_a_checkpoint_opens_under_the_logs_key_and_keeps_the_witnesses() -> None:
    log, witness = signer(ORIGIN, 1), signer("example.org/witness", 2)
    note = sign_note(format_checkpoint(CHECKPOINT), [log, witness])
    checkpoint, opened = open_checkpoint(note, [verifier(ORIGIN, 1)])
    assert checkpoint == CHECKPOINT
    assert [signature.name for signature in opened.unknown] == [witness.name]
    _, opened = open_checkpoint(note.encode(), [verifier(ORIGIN, 1), verifier(witness.name, 2)])
    assert [signature.name for signature in opened.verified] == [ORIGIN, witness.name]


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    note = sign_note(format_checkpoint(CHECKPOINT), [signer("example.org/witness", 2)])
    with pytest.raises(NoteError, match="no known key of the log"):
        open_checkpoint(note, [verifier(ORIGIN, 1), verifier("example.org/witness", 2)])


def test_another_logs_key_does_not_open_the_checkpoint() -> None:
    note = sign_note(format_checkpoint(CHECKPOINT), [signer("example.org/other", 1)])
    with pytest.raises(NoteError):
        open_checkpoint(note, [verifier("example.org/other", 1)])


def test_while_keys_rotate_either_key_opens_the_checkpoint() -> None:
    note = sign_note(format_checkpoint(CHECKPOINT), [signer(ORIGIN, 1), signer(ORIGIN, 2)])
    for keys in ([1], [2], [1, 2]):
        assert open_checkpoint(note, [verifier(ORIGIN, seed) for seed in keys])[0] == CHECKPOINT


def test_every_checkpoint_of_a_real_log_opens(vectors: Path) -> None:
    folder = vectors / "tessera-log"
    key = Ed25519Verifier.parse((folder / "SOURCE").read_text().split("vkey ")[1].split()[0])
    paths = sorted((folder / "testdata" / "log").glob("checkpoint.*"))
    assert paths
    for path in paths:
        checkpoint, _ = open_checkpoint(path.read_bytes(), [key])
        assert f"checkpoint.{checkpoint.size}" == path.name
        with pytest.raises(NoteError):
            open_checkpoint(path.read_text().replace(f"\n{checkpoint.size}\n", "\n16\n"), [key])
