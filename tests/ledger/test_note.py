"""Signed notes against Go's published examples, and every malformed note we could think of."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.note import (
    COSIGNATURE_V1,
    ED25519,
    Ed25519Signer,
    Ed25519Verifier,
    NoteError,
    Signature,
    VerifierKey,
    decode_base64,
    encode_base64,
    format_note,
    format_signature_line,
    open_note,
    parse_note,
    parse_signature_line,
    parse_verifier_key,
    sign_note,
)

TEXT = "first line\n\nthird line, після порожнього рядка\n"


def signer(name: str = "example.org/log", seed: int = 1) -> Ed25519Signer:
    return Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def verifier(name: str = "example.org/log", seed: int = 1) -> Ed25519Verifier:
    return Ed25519Verifier.parse(str(signer(name, seed).key))


SIGNED = sign_note(TEXT, [signer()])


@pytest.fixture
def go(vectors: Path) -> dict[str, Any]:
    (path,) = (vectors / "go-sumdb").glob("*.json")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def test_the_published_note_opens_under_both_keys(go: dict[str, Any]) -> None:
    note = go["text"] + "\n" + "".join(go["sig_lines"])
    opened = open_note(note, [Ed25519Verifier.parse(key) for key in go["vkeys"]])
    assert opened.text == go["text"]
    assert [signature.name for signature in opened.verified] == ["PeterNeumann", "EnochRoot"]
    assert opened.unknown == ()
    one = open_note(note.encode(), [Ed25519Verifier.parse(go["vkeys"][1])])
    assert [signature.name for signature in one.verified] == ["EnochRoot"]
    assert [signature.name for signature in one.unknown] == ["PeterNeumann"]


def test_signing_gives_the_published_signature_line(go: dict[str, Any]) -> None:
    name, _, material = go["skeys"][0].removeprefix("PRIVATE+KEY+").split("+", 2)
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(material)[1:])
    assert str(Ed25519Signer(name, key).key) == go["vkeys"][0]
    assert sign_note(go["text"], [Ed25519Signer(name, key)]) == go["text"] + "\n" + go["sig_lines"][0]


def test_published_keys_round_trip_and_bad_ones_are_refused(go: dict[str, Any]) -> None:
    for text in go["vkeys"]:
        assert str(parse_verifier_key(text)) == text
    for text in go["bad_vkeys"]:
        with pytest.raises(NoteError):
            parse_verifier_key(text)


def test_every_checkpoint_of_a_real_log_opens_under_its_published_key(vectors: Path) -> None:
    folder = vectors / "tessera-log"
    key = (folder / "SOURCE").read_text().split("vkey ")[1].split()[0]
    for path in (folder / "testdata" / "log").glob("checkpoint*"):
        note = path.read_text()
        opened = open_note(note, [Ed25519Verifier.parse(key)])
        assert format_note(opened.text, opened.verified) == note


def test_a_changed_text_or_signature_is_refused() -> None:
    open_note(SIGNED, [verifier()])
    parsed = parse_note(SIGNED)
    (signature,) = parsed.signatures
    with pytest.raises(NoteError):
        open_note(SIGNED.replace("first", "First"), [verifier()])
    for at in range(len(signature.blob)):
        blob = bytearray(signature.blob)
        blob[at] ^= 1
        changed = format_note(TEXT, [Signature(signature.name, signature.key_id, bytes(blob))])
        with pytest.raises(NoteError):
            open_note(changed, [verifier()])


def test_signatures_of_unknown_keys_are_ignored_but_do_not_suffice() -> None:
    stranger = Signature("example.org/log", b"\x00\x01\x02\x03", b"not checked at all")
    signatures = [stranger, *parse_note(SIGNED).signatures]
    opened = open_note(format_note(TEXT, signatures), [verifier()])
    assert opened.unknown == (stranger,)
    with pytest.raises(NoteError, match="no known key"):
        open_note(format_note(TEXT, [stranger]), [verifier()])
    with pytest.raises(NoteError, match="no known key"):
        open_note(SIGNED, [verifier("example.org/other")])
    with pytest.raises(NoteError, match="no known key"):
        open_note(SIGNED, [])


def test_one_failing_known_signature_rejects_the_note_despite_a_good_one() -> None:
    good, other = signer(), signer("example.org/witness", 2)
    bad = Signature(other.name, other.key_id, bytes(64))
    note = format_note(TEXT, [*parse_note(SIGNED).signatures, bad])
    open_note(note, [verifier(good.name)])
    with pytest.raises(NoteError, match="does not hold"):
        open_note(note, [verifier(), verifier(other.name, 2)])


def test_a_second_signature_by_one_key_counts_once_and_must_hold_too() -> None:
    (signature,) = parse_note(SIGNED).signatures
    assert open_note(format_note(TEXT, [signature] * 3), [verifier()]).verified == (signature,)
    forged = Signature(signature.name, signature.key_id, bytes(64))
    with pytest.raises(NoteError, match="does not hold"):
        open_note(format_note(TEXT, [signature, forged]), [verifier()])


def test_up_to_a_hundred_signatures_are_read_and_no_more() -> None:
    many = [Signature(f"w{number}", bytes(4), b"x") for number in range(99)]
    signatures = [*many, *parse_note(SIGNED).signatures]
    assert len(open_note(format_note(TEXT, signatures), [verifier()]).unknown) == 99
    with pytest.raises(NoteError, match="more than 100"):
        parse_note(format_note(TEXT, [many[0], *signatures]))


def test_the_text_ends_at_the_last_empty_line() -> None:
    assert parse_note(SIGNED).text == TEXT
    nested = sign_note(SIGNED, [signer(seed=2)])
    assert open_note(nested, [verifier(seed=2)]).text == SIGNED


LINE = format_signature_line(Signature("n", bytes(4), b"x"))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        f"text\n{LINE}\n",
        f"text\n\n{LINE}",
        f"text\n\n{LINE}\n\n",
        f"text\n\n{LINE}\nmore\n",
        f"text\r\n\r\n{LINE}\r\n",
        f"te\txt\n\n{LINE}\n",
        f"te\x00xt\n\n{LINE}\n",
        f"te\ud800xt\n\n{LINE}\n",
        f"text\n\n {LINE}\n",
        f"text\n\n{LINE} \n",
        f"text\n\n{LINE.replace('—', '-')}\n",
        f"text\n\n{LINE.replace('— ', '—')}\n",
        f"text\n\n{LINE.replace(' n ', '  n ')}\n",
        f"text\n\n{LINE.replace(' n ', ' n  ')}\n",
        f"text\n\n{LINE.replace(' n ', ' n+ ')}\n",
        "text\n\n— n\u00a0 AAAAAHg=\n",
        "text\n\n— n\u2028 AAAAAHg=\n",
        "text\n\n— n\n",
        "text\n\n— n \n",
        "text\n\n— n AAAAAA==\n",
        "text\n\n— n AAAAAAE\n",
        "text\n\n— n AAAAAAF=\n",
        "text\n\n— n AAAAAAE=AAAA\n",
        "text\n\n— n ____AAE=\n",
        "text\n\n— n А\n",
        b"text\xff\n\n\xe2\x80\x94 n AAAAAAE=\n",
    ],
)
def test_a_malformed_note_is_refused(note: str | bytes) -> None:
    with pytest.raises(NoteError):
        parse_note(note)


@given(st.one_of(st.text(), st.binary(), st.text("\n— nAE=", max_size=40)))
def test_any_input_is_read_exactly_or_refused(note: str | bytes) -> None:
    try:
        parsed = parse_note(note)
    except NoteError:
        return
    written = format_note(parsed.text, parsed.signatures)
    assert written == (note if isinstance(note, str) else note.decode())


@given(st.text())
def test_any_line_key_or_base64_is_read_exactly_or_refused(text: str) -> None:
    for parse in (parse_signature_line, parse_verifier_key, decode_base64):
        with pytest.raises(NoteError):
            parse(f"{text}\n")
    with suppress(NoteError):
        assert encode_base64(decode_base64(text)) == text


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"))


@given(TEXTS, st.integers(1, 255))
def test_what_is_signed_opens_again(text: str, seed: int) -> None:
    note = sign_note(f"{text}\n", [signer(seed=seed)])
    assert open_note(note.encode(), [verifier(seed=seed)]).text == f"{text}\n"


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "\ud800\n", "a\r\n"])
def test_what_can_be_no_note_text_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, [signer()])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb", "a\x01", "\ud800"])
def test_what_can_be_no_key_name_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        signer(name)


def test_a_verifier_key_names_its_type_and_its_own_id() -> None:
    key = signer().key
    text = str(key)
    assert parse_verifier_key(text) == key
    name, id_hex, material = text.split("+", 2)
    cosigner = VerifierKey(name, COSIGNATURE_V1, key.public_key)
    assert parse_verifier_key(str(cosigner)) == cosigner
    assert cosigner.key_id != key.key_id
    with pytest.raises(NoteError, match="type"):
        Ed25519Verifier.parse(str(cosigner))
    wrong_ids = ["00000000", id_hex[:-1], f"{id_hex}0", f" {id_hex[1:]}", "", "ж" * 8]
    bad = [f"{name}+{wrong}+{material}" for wrong in wrong_ids]
    short = VerifierKey(name, ED25519, key.public_key[:31])
    for other in [*bad, f"x{text}", name, f"{name}+{id_hex}", f"{text}=", str(short), "", "++"]:
        with pytest.raises(NoteError):
            parse_verifier_key(other)


def test_two_different_keys_with_one_id_are_refused() -> None:
    class Twin(Ed25519Verifier):
        @property
        def key_id(self) -> bytes:
            return verifier().key_id

    open_note(SIGNED, [verifier(), verifier()])
    with pytest.raises(NoteError, match="same id"):
        open_note(SIGNED, [verifier(), Twin(signer(seed=2).key)])
