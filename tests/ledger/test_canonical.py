"""One spelling: the canonical form, the text rules, base64url."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.errors import Refusal

NAMES = st.text(st.characters(max_codepoint=127), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def refusal(raw: bytes, size_max: int = 40_960) -> Refusal:
    with pytest.raises(Refusal) as caught:
        canonical.loads(raw, size_max=size_max)
    return caught.value


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


# --- RFC 8785


@given(VALUES)
def test_values_of_our_subset_are_written_as_an_independent_library_writes_them(value: Any) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_was_written_is_read_back_equal(value: Any) -> None:
    assert canonical.loads(canonical.dumps(value), size_max=10**6) == value


@given(VALUES, st.data())
def test_any_other_spelling_of_the_same_value_is_refused(value: Any, data: st.DataObject) -> None:
    other = json.dumps(
        value,
        indent=data.draw(st.sampled_from([None, 0, 1])),
        ensure_ascii=data.draw(st.booleans()),
        separators=data.draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,", ":")])),
    ).encode()
    if other == rfc8785.dumps(value):
        assert canonical.loads(other, size_max=10**6) == value
    else:
        assert refusal(other, 10**6).code == "not-canonical"


@given(st.binary(max_size=40) | st.text('{}[]":,\\ue0123.-n', max_size=20).map(str.encode))
def test_bytes_are_refused_or_are_their_own_canonical_form(raw: bytes) -> None:
    try:
        value = canonical.loads(raw, size_max=100)
    except Refusal:
        return
    assert rfc8785.dumps(value) == raw


@pytest.mark.parametrize("name", ["arrays", "unicode"])
def test_published_inputs_of_our_subset_give_the_published_outputs(vectors: Path, name: str) -> None:
    folder = vectors / "json-canonicalization" / "testdata"
    expected = (folder / "output" / f"{name}.json").read_bytes()
    assert canonical.dumps(json.loads((folder / "input" / f"{name}.json").read_bytes())) == expected
    assert refusal((folder / "input" / f"{name}.json").read_bytes()).code == "not-canonical"


@pytest.mark.parametrize("name", ["arrays", "unicode", "structures"])
def test_published_outputs_of_our_subset_are_read(vectors: Path, name: str) -> None:
    raw = (vectors / "json-canonicalization" / "testdata" / "output" / f"{name}.json").read_bytes()
    assert canonical.loads(raw, size_max=1000) == json.loads(raw)


@pytest.mark.parametrize(
    ("name", "code", "pointer"),
    [
        ("structures", "float-not-allowed", "/1/\n"),
        ("values", "float-not-allowed", "/numbers/0"),
        ("french", "name-not-ascii", ""),
        ("weird", "name-not-ascii", ""),
    ],
)
def test_published_inputs_outside_our_subset_are_refused_by_name(
    vectors: Path, name: str, code: str, pointer: str
) -> None:
    found = refusal((vectors / "json-canonicalization" / "testdata" / "input" / f"{name}.json").read_bytes())
    assert (found.code, found.pointer) == (code, pointer)


@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        (b"", "not-json", ""),
        (b"{", "not-json", ""),
        (b"{}{}", "not-json", ""),
        (b"NaN", "not-json", ""),
        (b'{"a":01}', "not-json", ""),
        (b'"\xff"', "not-json", ""),
        (b'"\xed\xa0\x80"', "not-json", ""),
        (b'"\\ud800"', "not-json", ""),
        (b'"\x01"', "not-json", ""),
        (b"\xef\xbb\xbf{}", "not-json", ""),
        (b"[" * 5000, "not-json", ""),
        (b'{"a":1,"a":1}', "not-canonical", ""),
        (b'{"a":1,"a":2}', "not-canonical", ""),
        (b'{"b":1,"a":2}', "not-canonical", ""),
        (b'{"a": 1}', "not-canonical", ""),
        (b"{}\n", "not-canonical", ""),
        (b'"\\u0061"', "not-canonical", ""),
        (b'"\\/"', "not-canonical", ""),
        (b'"\\u000A"', "not-canonical", ""),
        (b'"\\u001F"', "not-canonical", ""),
        (b"-0", "not-canonical", ""),
        (b"1.0", "float-not-allowed", ""),
        (b"1.5", "float-not-allowed", ""),
        (b"1e3", "float-not-allowed", ""),
        (b'{"a":[0,{"b/c~d":0.5}]}', "float-not-allowed", "/a/1/b~1c~0d"),
        (b"9007199254740992", "integer-too-large", ""),
        (b"-9007199254740992", "integer-too-large", ""),
        (b"18446744073709551616", "integer-too-large", ""),
        (b"[1,123456789012345678901234567890]", "integer-too-large", "/1"),
        (b"[1e300]", "integer-too-large", "/0"),
        ('{"ключ":1}'.encode(), "name-not-ascii", ""),
        ('{"a":[{"é":1}]}'.encode(), "name-not-ascii", "/a/0"),
        (nested(17), "too-deep", "/0" * 16),
        (nested(1000), "too-deep", "/0" * 16),
        (b'{"a":' * 17 + b"1" + b"}" * 17, "too-deep", "/a" * 16),
        ('{"é":'.encode() + nested(900) + b"}", "name-not-ascii", ""),
    ],
)
def test_bytes_that_are_not_canonical_are_refused_with_code_and_place(
    raw: bytes, code: str, pointer: str
) -> None:
    found = refusal(raw)
    assert (found.code, found.pointer) == (code, pointer)


def test_payloads_up_to_the_size_limit_are_read_and_one_byte_more_is_not() -> None:
    raw = b'"' + b"a" * 98 + b'"'
    assert canonical.loads(raw, size_max=100) == "a" * 98
    assert refusal(raw, 99).code == "payload-too-large"


def test_the_greatest_integers_and_the_greatest_depth_are_read() -> None:
    assert canonical.loads(b"[9007199254740991,-9007199254740991]", size_max=99)[1] == -(2**53) + 1
    assert canonical.loads(nested(16), size_max=99)


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        (1.0, "float-not-allowed", ""),
        ({"a": float("nan")}, "float-not-allowed", "/a"),
        ([2**53], "integer-too-large", "/0"),
        ([2**70], "integer-too-large", "/0"),
        ({"a": ["x\ud800"]}, "text-surrogate", "/a/0"),
        ({"a": (1, 2)}, "not-canonical", "/a"),
        (b"bytes", "not-canonical", ""),
        ({1: 2}, "name-not-ascii", ""),
        ({"\ud800": 2}, "name-not-ascii", ""),
    ],
)
def test_values_that_have_no_canonical_form_are_not_written(value: Any, code: str, pointer: str) -> None:
    with pytest.raises(Refusal) as caught:
        canonical.dumps(value)
    assert (caught.value.code, caught.value.pointer) == (code, pointer)


# --- text


def check(value: Any) -> None:
    canonical.check_text(canonical.dumps(value), value)


@pytest.mark.parametrize(
    "text",
    [
        "Рішення № 12 — «Про зміни», м. Київ, 1 250 000,50 ₴",
        "об’єкт і обʼєкт, Ґалаґан, Єва, їжак",
        "a\nb",
        'a "quoted" \\ text',
        "\\b \\u0007 only looks escaped",
        "n\nñ",
        "日本語 😀 ελληνικά",
        "x\u0301 has no composed form",
        "\n\u0303",
    ],
)
def test_ordinary_text_passes(text: str) -> None:
    check({"reason": text})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\tb", "text-control"),
        ("a\rb", "text-control"),
        ("a\bb", "text-control"),
        ("a\0b", "text-control"),
        ("a\x1bb", "text-control"),
        ("a\x7fb", "text-control"),
        ("a\x85b", "text-control"),
        ("a\u2028b", "text-control"),
        ("a\u200eb", "text-bidi"),
        ("a\u202eb", "text-bidi"),
        ("a\u2066b", "text-bidi"),
        ("a\u061cb", "text-bidi"),
        ("a\u200bb", "text-zero-width"),
        ("a\u200db", "text-zero-width"),
        ("a\u2060b", "text-zero-width"),
        ("a\ufeffb", "text-zero-width"),
        ("a\xadb", "text-zero-width"),
        ("a\ufe0fb", "text-zero-width"),
        ("a\U000e0041b", "text-zero-width"),
        ("a\ufffeb", "text-noncharacter"),
        ("a\uffffb", "text-noncharacter"),
        ("a\ufdd0b", "text-noncharacter"),
        ("a\U0010ffffb", "text-noncharacter"),
        ("A\u030a", "text-not-nfc"),
        ("и\u0306", "text-not-nfc"),
        ("\u2126", "text-not-nfc"),
    ],
)
def test_text_that_can_deceive_is_refused_with_its_place(text: str, code: str) -> None:
    value = {"data": [{"x": "добре", "y~/": text}], "z": "A\u030a"}
    with pytest.raises(Refusal) as caught:
        check(value)
    assert (caught.value.code, caught.value.pointer) == (code, "/data/0/y~0~1")


def test_a_name_is_text_too() -> None:
    with pytest.raises(Refusal) as caught:
        check({"a": {"b\tc": "d"}})
    assert (caught.value.code, caught.value.pointer) == ("text-control", "/a")


def test_quoted_source_text_keeps_bidi_and_zero_width_characters_but_nothing_worse() -> None:
    check({"printed": {"text": "a\u200bb\u202ec"}})
    check({"printed": [{"text": "\xad"}]})
    for value, code in [
        ({"printed": {"other": "\u200b"}}, "text-zero-width"),
        ({"text": "\u200b"}, "text-zero-width"),
        ({"printed": {"text": "\x07"}}, "text-control"),
        ({"printed": {"text": "A\u030a"}}, "text-not-nfc"),
    ]:
        with pytest.raises(Refusal) as caught:
            check(value)
        assert caught.value.code == code


def test_common_characters_are_stable_in_any_order_so_that_one_pass_settles_a_payload() -> None:
    common = re.compile(canonical._COMMON_CLASS)
    composing = {
        int(parts[1], 16)
        for point in range(sys.maxunicode + 1)
        if len(parts := unicodedata.decomposition(chr(point)).split()) == 2 and not parts[0].startswith("<")
    }
    for point in range(0x3000):
        char = chr(point)
        if common.fullmatch(char):
            assert unicodedata.normalize("NFC", char) == char
            assert not unicodedata.combining(char)
            assert point not in composing


def test_common_characters_are_all_allowed_one_by_one() -> None:
    common = re.compile(canonical._COMMON_CLASS)
    rules = [pattern for _, pattern in canonical._RULES]
    chars = [char for char in map(chr, range(0x110000)) if common.fullmatch(char)]
    assert len(chars) > 500
    assert not [char for char in chars if any(rule.search(char) for rule in rules)]


def test_every_invisible_character_that_unicode_knows_is_refused() -> None:
    # Arabic, Syriac, Kaithi and Egyptian signs of this category are drawn and take room.
    drawn = re.compile(
        "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]"
    )
    passed = set()
    for point in range(0x110000):
        char = chr(point)
        control = unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}
        if control and char != "\n" and not drawn.fullmatch(char):
            try:
                canonical.check_string(char)
            except Refusal:
                continue
            passed.add(hex(point))
    assert not passed


@given(VALUES)
def test_one_pass_over_a_payload_and_a_walk_over_its_strings_agree(value: Any) -> None:
    def strings(node: Any) -> list[str]:
        if isinstance(node, dict):
            return [*node, *(text for child in node.values() for text in strings(child))]
        if isinstance(node, list):
            return [text for child in node for text in strings(child)]
        return [node] if isinstance(node, str) else []

    def passes(check_one: Any, *args: Any) -> bool:
        try:
            check_one(*args)
        except Refusal:
            return False
        return True

    assert passes(check, value) == all(passes(canonical.check_string, text) for text in strings(value))


# --- base64url


@given(st.binary(max_size=100))
def test_base64url_is_read_back(data: bytes) -> None:
    assert canonical.decode_base64url(canonical.encode_base64url(data)) == data


@given(st.text("AB-_+/=Zz09 \n", max_size=8))
def test_text_is_refused_or_is_the_one_base64url_of_its_bytes(text: str) -> None:
    try:
        data = canonical.decode_base64url(text)
    except Refusal:
        return
    assert canonical.encode_base64url(data) == text


@pytest.mark.parametrize(
    "text",
    ["A", "AA==", "AB", "AAB", "+/+/", "AA AA", "AAAA\n", "AAAAA", "аааа", "AA=A", "=", "\ud800AAA", 5, None],
)
def test_other_spellings_of_base64url_are_refused(text: Any) -> None:
    with pytest.raises(Refusal) as caught:
        canonical.decode_base64url(text, "/x")
    assert (caught.value.code, caught.value.pointer) == ("not-base64url", "/x")
