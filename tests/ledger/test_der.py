"""Looking into DER, and writing it again, byte by byte the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.der import SEQUENCE, DerError, Element, read_element


def test_an_element_is_its_tag_and_what_is_inside() -> None:
    # SEQUENCE { INTEGER 5, OCTET STRING "ab" }, X.690 §8.9
    element = read_element(bytes.fromhex("3007020105" + "0402" + "6162"))
    assert element.tag == SEQUENCE
    assert element.parts() == [Element(0x02, b"\x05"), Element(0x04, b"ab")]
    assert (element.part(0), element.part(-1)) == (Element(0x02, b"\x05"), Element(0x04, b"ab"))


@pytest.mark.parametrize("place", [2, -3])
def test_a_part_that_is_missing_is_told(place: int) -> None:
    with pytest.raises(DerError, match="missing"):
        read_element(bytes.fromhex("3006020105020106")).part(place)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1 << 24])
def test_what_is_written_is_read_again(length: int) -> None:
    element = Element(0x04, bytes(length))
    assert read_element(element.der) == element


@given(st.binary(max_size=200))
def test_what_can_be_read_is_written_the_same(data: bytes) -> None:
    try:
        element = read_element(data)
    except DerError:
        return
    assert element.der == data


def test_an_element_holds_others_in_the_place_of_its_own() -> None:
    parts = [Element(0x02, b"\x01"), Element(0x04, b"x")]
    assert Element(SEQUENCE, b"").holding(parts).parts() == parts


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "30",
        "3001",  # cut off
        "300100ff",  # goes on
        "3080020105" + "0000",  # no length, X.690 §8.1.3.6
        "30810101",  # a short length in the long form, §10.1
        "308200" + "80" + "00" * 128,  # a leading zero
        "3085" + "0000000001" + "00",  # longer than 2^32
        "30ff" + "00" * 127,
        "1f8101" + "00",  # a tag above 30
    ],
)
def test_what_is_no_der_is_refused(malformed: str) -> None:
    with pytest.raises(DerError):
        read_element(bytes.fromhex(malformed))
