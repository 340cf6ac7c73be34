"""The certificates under a time stamp: who may stamp, until when, and which certificate it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from ledger.errors import VerificationError
from ledger.stamps import StampError, check_stamp
from tests.support.certificates import STAMPING, Party, Wanted, between, made, root
from tests.support.tsa import Authority, response, tst_info

TEXT = b"town.example/pledger\n60\nqINS1GRFQNYEPQc1ds/FnAQhB1cdpPHdQfBV1AhG5lU=\n"
MOMENT = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)
BEFORE, AFTER = MOMENT - timedelta(days=30), MOMENT + timedelta(days=30)

SHA512_OID = bytes.fromhex("0609608648016503040203")
SHA1_OID = bytes.fromhex("06052b0e03021a")


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


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(purposes=None), "names no purpose"),
        (Wanted(critical=False), "not critical"),
        (Wanted(purposes=(ExtendedKeyUsageOID.CODE_SIGNING,)), "not time stamping alone"),
        (Wanted(purposes=(*STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)), "not time stamping alone"),
        (Wanted(purposes=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)), "not time stamping alone"),
        (Wanted(enciphers=True), "unsuitable certificate purpose"),
        (Wanted(authority=True), "unsuitable certificate purpose"),
        (Wanted(until=BEFORE), "expired"),
        (Wanted(since=AFTER), "not yet valid"),
    ],
)
def test_a_certificate_that_may_not_stamp_does_not(
    tmp_path: Path, top: Party, wanted: Wanted, said: str
) -> None:
    authority = Authority(tmp_path, made(wanted, top), top)
    answer = authority.at(MOMENT, TEXT)
    assert said in refused(answer, authority)
    assert not authority.accepted_by_openssl(answer, TEXT, at=MOMENT)


def test_a_certificate_that_expired_since_is_no_fault(tmp_path: Path, top: Party) -> None:
    authority = Authority(tmp_path, made(Wanted(since=BEFORE, until=AFTER), top), top)
    answer = authority.at(MOMENT, TEXT)
    assert check_stamp(answer, TEXT, authority.roots).gen_time == MOMENT
    assert authority.accepted_by_openssl(answer, TEXT, at=MOMENT)
    assert not authority.accepted_by_openssl(answer, TEXT)  # it judges today, when nobody says else


def test_a_root_that_had_expired_is_a_fault(tmp_path: Path) -> None:
    ended = root(until=BEFORE)
    authority = Authority(tmp_path, made(Wanted(), ended), ended)
    assert "expired" in refused(authority.at(MOMENT, TEXT), authority)


def test_a_chain_over_an_authority_between_holds(tmp_path: Path, top: Party) -> None:
    authority = Authority(tmp_path, top=top, chain=[between(top)])
    answer = authority.at(MOMENT, TEXT)
    assert check_stamp(answer, TEXT, authority.roots).gen_time == MOMENT
    assert authority.accepted_by_openssl(answer, TEXT, at=MOMENT)


def test_a_chain_that_was_broken_at_gen_time_does_not_hold(tmp_path: Path, top: Party) -> None:
    ended = Authority(tmp_path / "ended", top=top, chain=[between(top, until=BEFORE)])
    assert "expired" in refused(ended.at(MOMENT, TEXT), ended)
    # The certificate of a time-stamping authority issues none of its own.
    leaf = made(Wanted("A leaf"), top)
    below = Authority(tmp_path / "below", made(Wanted("Below a leaf"), leaf), top, [leaf])
    assert refused(below.at(MOMENT, TEXT), below)


def test_a_root_of_the_same_name_is_another_root(authority: Authority) -> None:
    answer = authority.at(MOMENT, TEXT)
    with pytest.raises(StampError, match="trusted authority"):
        check_stamp(answer, TEXT, [root().pem])
    with pytest.raises(StampError, match="no time-stamping authority is trusted"):
        check_stamp(answer, TEXT, [])
    with pytest.raises(StampError, match="cannot be read"):
        check_stamp(answer, TEXT, [b"no certificate"])


def test_one_of_several_roots_is_enough(authority: Authority, top: Party) -> None:
    answer = authority.at(MOMENT, TEXT)
    assert check_stamp(answer, TEXT, [top.pem, *authority.roots]).gen_time == MOMENT
    assert check_stamp(answer, TEXT, [top.pem + authority.top.pem]).gen_time == MOMENT


def test_the_signers_own_certificate_is_no_root(authority: Authority) -> None:
    with pytest.raises(StampError, match="trusted authority"):
        check_stamp(authority.at(MOMENT, TEXT), TEXT, [authority.signer.pem])


@pytest.fixture
def twins(tmp_path: Path, top: Party) -> Authority:
    """Its signer's key, issuer and number stand in a second certificate, which lies beside."""
    first = made(Wanted(serial=7), top)
    second = made(Wanted(serial=7, until=AFTER), top, first.key)
    return Authority(tmp_path / "twins", first, top, [second])


def test_a_certificate_put_in_the_signers_place_is_noticed(twins: Authority) -> None:
    """The key, the signature and the chain hold; but the authority signed which certificate it used."""
    answer = response(twins.sign(tst_info(MOMENT, TEXT), "-nocerts"))
    assert "another one" in refused(answer, twins)
    assert not twins.accepted_by_openssl(answer, TEXT, at=MOMENT)


def test_a_second_certificate_with_the_signers_number_is_noticed(twins: Authority) -> None:
    answer = response(twins.sign(tst_info(MOMENT, TEXT)))
    assert "one signer with one certificate" in refused(answer, twins)


def test_a_stamp_without_its_certificate_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    answer = response(authority.sign(tst_info(MOMENT, TEXT), "-nocerts"))
    assert "one signer with one certificate" in refused(answer, authority)


def test_an_authority_has_to_sign_which_certificate_is_its_own(authority: Authority) -> None:
    token = authority.sign(tst_info(MOMENT, TEXT), plain=True)
    assert "did not sign which certificate" in refused(response(token), authority)
    assert not authority.accepted_by_openssl(response(token), TEXT, at=MOMENT)


def test_certificates_may_stand_in_any_order(tmp_path: Path, top: Party) -> None:
    """openssl writes them as they come, though DER would sort them; over many, both orders come up."""
    for number in range(6):
        authority = Authority(tmp_path / str(number), top=top, chain=[between(top)])
        answer = authority.at(MOMENT, TEXT)
        assert check_stamp(answer, TEXT, authority.roots).gen_time == MOMENT
        check_stamp(authority.stamp(TEXT), TEXT, authority.roots)
