"""Time stamps: a published one, those of a real authority made by openssl, and every defect."""

from __future__ import annotations

import random
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from ledger.stamps import (
    RESPONSE_BYTES_MAX,
    Stamp,
    StampError,
    UnknownAuthority,
    check_stamp,
    read_stamp,
    request_for,
)
from tests.support.certificates import Party, Wanted, made, root
from tests.support.tsa import Authority, der, der_integer, response, tst_info

TEXT = b"town.example/pledger\n60\nqINS1GRFQNYEPQc1ds/FnAQhB1cdpPHdQfBV1AhG5lU=\n"
MOMENT = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)
BEFORE, AFTER = MOMENT - timedelta(days=30), MOMENT + timedelta(days=30)

SHA512_OID = bytes.fromhex("0609608648016503040203")
SHA1_OID = bytes.fromhex("06052b0e03021a")


@dataclass(frozen=True)
class Published:
    """The stamp in the published vectors, and who gave it."""

    response: bytes
    text: bytes
    roots: list[bytes]


@pytest.fixture(scope="module")
def published(vectors: Path) -> Published:
    folder = vectors / "rfc3161"
    return Published(
        (folder / "happy.tsr").read_bytes(),
        (folder / "message.bin").read_bytes(),
        [(folder / "tsa-root.pem").read_bytes()],
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def top() -> Party:
    return root()


def refused(answer: bytes, authority: Authority, text: bytes = TEXT) -> str:
    """What is said when a stamp is refused."""
    with pytest.raises(VerificationError) as caught:
        check_stamp(answer, text, authority.roots)
    return str(caught.value)


def test_the_published_stamp_holds_and_says_when(published: Published) -> None:
    stamp = check_stamp(published.response, published.text, published.roots)
    assert stamp == read_stamp(published.response)
    # As `openssl ts -reply -in happy.tsr -text` prints them.
    assert stamp.gen_time == datetime(2025, 6, 12, 12, 2, 20, tzinfo=UTC)
    assert stamp.imprint == sha256(published.text).digest()
    assert stamp.hash_algorithm == "sha256"
    assert stamp.policy == "1.3.6.1.4.1.57264.2"
    assert stamp.serial == 0x559742C71EDAE5B645233A7AC43A8D033142A5AC
    assert stamp.nonce == 0x8F59F2AFE69CC8A8
    assert stamp.accuracy == timedelta(seconds=1)


def test_the_published_stamp_is_over_no_other_text(published: Published) -> None:
    with pytest.raises(StampError, match="another text"):
        check_stamp(published.response, published.text + b"\n", published.roots)


def test_the_published_stamp_holds_by_nobody_elses_root(published: Published, top: Party) -> None:
    with pytest.raises(UnknownAuthority, match="trusted authority"):
        check_stamp(published.response, published.text, [top.pem])


def test_a_strangers_stamp_is_told_apart_from_one_that_nobody_made(published: Published, top: Party) -> None:
    """Each byte of its signature, which ends the response, and of the time that is signed."""
    signature = range(len(published.response) - 60, len(published.response))
    time = published.response.index(b"20250612120220Z")
    for place in (*signature, time, time + 13):
        changed = bytearray(published.response)
        changed[place] ^= 1
        with pytest.raises(VerificationError) as caught:
            check_stamp(bytes(changed), published.text, [top.pem])
        assert not isinstance(caught.value, UnknownAuthority), place


def test_no_byte_of_the_published_stamp_can_be_changed_to_say_something_else(published: Published) -> None:
    honest = read_stamp(published.response)
    unnoticed = []
    for place in range(len(published.response)):
        changed = bytearray(published.response)
        changed[place] ^= 1 << place % 8
        with suppress(VerificationError):
            assert check_stamp(bytes(changed), published.text, published.roots) == honest
            unnoticed.append(place)
    # No signature covers these: the versions of SignedData and SignerInfo, and how the signature is
    # called, where the key says it already. Places as `openssl asn1parse -in happy.tsr` prints them.
    assert set(unnoticed) <= {34, 792, *range(1146, 1156)}


def test_a_request_asks_for_sha256_a_nonce_and_the_certificate(authority: Authority) -> None:
    request = request_for(TEXT)
    (authority.folder / "asked.tsq").write_bytes(request.der)
    shown = subprocess.run(
        ["openssl", "ts", "-query", "-in", "asked.tsq", "-text"],
        cwd=authority.folder,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert "Hash Algorithm: sha256" in shown
    assert f"Nonce: 0x{request.nonce:016X}" in shown
    assert "Certificate required: yes" in shown
    assert sha256(TEXT).digest() in request.der


def test_no_two_requests_have_one_nonce() -> None:
    assert len({request_for(TEXT).nonce for _ in range(50)}) == 50


def test_an_authoritys_answer_holds_for_us_and_for_openssl(authority: Authority) -> None:
    request = request_for(TEXT)
    answer = authority.reply(request.der)
    stamp = check_stamp(answer, TEXT, authority.roots)
    assert stamp.nonce == request.nonce
    assert stamp.policy == "1.2.3.4.1"
    assert stamp.is_over(TEXT)
    assert authority.accepted_by_openssl(answer, TEXT)
    assert not authority.accepted_by_openssl(answer, TEXT + b"x")


def test_the_local_time_zone_changes_nothing(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, top: Party, tmp_path: Path
) -> None:
    # Valid for one hour around genTime: a zone's hours taken for UTC would miss it.
    hour = timedelta(minutes=30)
    signer = made(Wanted(since=MOMENT - hour, until=MOMENT + hour), top)
    answer = Authority(tmp_path, signer, top).at(MOMENT, TEXT)
    for zone in ("Europe/Kyiv", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        assert check_stamp(answer, TEXT, [top.pem]).gen_time == MOMENT


def test_a_stamp_knows_how_far_it_may_be_off(authority: Authority) -> None:
    """A fraction is cut off, so the stamp may be almost a second younger than it says."""
    stamp = check_stamp(authority.at(MOMENT, TEXT, fraction=b".75"), TEXT, authority.roots)
    assert stamp.gen_time == MOMENT
    assert (stamp.earliest, stamp.latest) == (MOMENT, MOMENT + timedelta(seconds=1))
    stated = read_stamp(authority.stamp(TEXT))  # accuracy = secs:1
    assert stated.earliest == stated.gen_time - timedelta(seconds=1)
    assert stated.latest == stated.gen_time + timedelta(seconds=2)


def test_a_longer_hash_is_fine_and_a_shorter_one_is_not(authority: Authority) -> None:
    answer = authority.at(MOMENT, TEXT, algorithm=SHA512_OID, imprint=sha512(TEXT).digest())
    assert check_stamp(answer, TEXT, authority.roots).hash_algorithm == "sha512"
    sha1 = authority.at(MOMENT, TEXT, algorithm=SHA1_OID, imprint=bytes(20))
    assert "1.3.14.3.2.26" in refused(sha1, authority)
    with pytest.raises(StampError, match="not by SHA-256, 384 or 512"):
        read_stamp(sha1)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"imprint": bytes(31)}, "no sha256"),
        ({"version": b"\x02"}, "version 1"),
        ({"policy": b""}, "with a policy"),
    ],
)
def test_what_is_stamped_must_be_well_formed(
    authority: Authority, parts: dict[str, bytes], said: str
) -> None:
    answer = authority.at(MOMENT, TEXT, **parts)
    assert said in refused(answer, authority)
    with pytest.raises(StampError):
        read_stamp(answer)


@pytest.mark.parametrize("status", [1, 2, 3, 4, 5, 6, 255])
def test_only_what_was_granted_is_a_stamp(authority: Authority, status: int) -> None:
    token = authority.sign(tst_info(MOMENT, TEXT))
    check_stamp(response(token), TEXT, authority.roots)
    for answer in (response(token, status), response(b"", status)):
        assert refused(answer, authority)
        with pytest.raises(StampError):
            read_stamp(answer)


def test_an_authority_that_refuses_says_so_and_that_is_no_stamp(authority: Authority) -> None:
    """openssl answers a request that it cannot take by status 2."""
    query = der(0x30, der_integer(1), der(0x30, der(0x30, SHA1_OID), der(0x04, bytes(20))))
    with pytest.raises(StampError, match="did not grant"):
        read_stamp(authority.reply(query))


def test_a_grant_without_a_token_is_no_stamp() -> None:
    with pytest.raises(StampError, match="malformed"):
        read_stamp(response(b""))


def test_a_local_stamp_changed_anywhere_says_the_same_or_nothing(authority: Authority) -> None:
    answer = authority.at(MOMENT, TEXT, nonce=der_integer(77))
    honest = check_stamp(answer, TEXT, authority.roots)
    chance = random.Random(16)
    held = 0
    for _ in range(600):
        changed = bytearray(answer)
        for place in chance.sample(range(len(answer)), chance.choice((1, 1, 1, 2, 5))):
            changed[place] = chance.randrange(256)
        with suppress(VerificationError):
            assert check_stamp(bytes(changed), TEXT, authority.roots) == honest
            held += 1
    assert held < 100  # what no signature covers: how things are called, and the root beside


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x30",
        b"\x30\x00",
        b"\x30\x80\x00\x00",
        b"\x30\x03\x02\x01\x00",
        b"\x1f\x81\x01\x00",
        b"\x30\x85\x00\x00\x00\x00\x01",
        b"-----BEGIN PKCS7-----\n",
        b"{}",
        bytes(1000),
        b"\x30\x82\xff\xff" + bytes(65_535),
    ],
)
def test_garbage_is_no_stamp(authority: Authority, garbage: bytes) -> None:
    assert refused(garbage, authority)
    with pytest.raises(VerificationError):
        read_stamp(garbage)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(VerificationError):
        read_stamp(data)


def test_every_stamp_that_is_cut_short_or_goes_on_is_refused(published: Published) -> None:
    for length in range(0, len(published.response), 7):
        with pytest.raises(VerificationError):
            read_stamp(published.response[:length])
    with pytest.raises(VerificationError):
        read_stamp(published.response + b"\x00")


def test_a_stamp_too_large_for_an_entry_is_refused(authority: Authority) -> None:
    large = authority.at(MOMENT, TEXT, nonce=der(0x02, b"\x01" + bytes(RESPONSE_BYTES_MAX)))
    assert f"{RESPONSE_BYTES_MAX} bytes" in refused(large, authority)


def test_a_stamp_is_a_value() -> None:
    stamp = Stamp(MOMENT, sha256(TEXT).digest(), "sha256", "1.2.3", 7, None)
    assert stamp.is_over(TEXT)
    assert not stamp.is_over(b"")
