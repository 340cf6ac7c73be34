"""Every codec: what is read is written again byte by byte, and all else is refused as documented."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.fuzz.codecs import CODECS, Codec
from tests.fuzz.mutating import TOKENS, near

pytestmark = pytest.mark.thorough

FUZZ = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

every_codec = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)


@every_codec
def test_what_is_good_is_read_and_written_again_as_it_was(codec: Codec) -> None:
    assert codec.seeds
    assert [raw[:80] for raw in codec.seeds if not codec.try_bytes(raw)] == []


@every_codec
@FUZZ
@given(data=st.data())
def test_what_is_nearly_good_is_read_in_one_spelling_or_refused(codec: Codec, data: st.DataObject) -> None:
    codec.try_bytes(data.draw(near(codec.seeds)))


@every_codec
def test_what_parsers_trip_over_is_read_in_one_spelling_or_refused(codec: Codec) -> None:
    seed = min(codec.seeds, key=len)
    half = len(seed) // 2
    for token in TOKENS:
        for raw in (token, token + seed, seed + token, seed[:half] + token + seed[half:]):
            codec.try_bytes(raw)


@every_codec
@FUZZ
@given(raw=st.binary(max_size=200))
def test_whatever_bytes_are_read_in_one_spelling_or_refused(codec: Codec, raw: bytes) -> None:
    codec.try_bytes(raw)


@every_codec
def test_a_codec_has_tests_of_its_own_that_say_what_it_reads(codec: Codec) -> None:
    assert "def test_" in (ROOT / codec.more).read_text(encoding="utf-8")
