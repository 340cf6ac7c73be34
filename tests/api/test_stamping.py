"""Asking an authority: a real one on loopback, and everything that it can do wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from api.stamp_authority import Authority, NoStamp, authority_of
from api.stamping import Stamped, ask_for_stamp
from ledger.stamps import RESPONSE_BYTES_MAX, read_stamp, request_for
from tests.support import tsa
from tests.support.certificates import root

TEXT = b"town.example/pledger\n60\nqINS1GRFQNYEPQc1ds/FnAQhB1cdpPHdQfBV1AhG5lU=\n"
ANSWER_SECONDS_MAX = 30.0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tsa.Authority:
    return tsa.Authority(tmp_path_factory.mktemp("authority"))


def ask(url: str, office: tsa.Authority) -> Stamped:
    return ask_for_stamp(TEXT, Authority(url, tuple(office.roots)), seconds_max=ANSWER_SECONDS_MAX)


def answered(office: tsa.Authority, answer: Callable[[bytes], bytes]) -> str:
    """What is said when an authority answers like this."""
    with tsa.serving(answer) as url, pytest.raises(NoStamp) as caught:
        ask(url, office)
    return str(caught.value)


def over(office: tsa.Authority, handler: Callable[[httpx.Request], httpx.Response]) -> str:
    """What is said when the connection behaves like this."""
    with pytest.raises(NoStamp) as caught:
        ask_for_stamp(
            TEXT,
            Authority("http://127.0.0.1:1/", tuple(office.roots)),
            transport=httpx.MockTransport(handler),
        )
    return str(caught.value)


def test_an_authority_stamps_a_text_and_openssl_agrees(office: tsa.Authority) -> None:
    with tsa.serving(office.reply) as url:
        stamped = ask(url, office)
    assert stamped.stamp == read_stamp(stamped.response)
    assert stamped.stamp.is_over(TEXT)
    assert office.accepted_by_openssl(stamped.response, TEXT)


def test_a_stamp_over_another_text_is_not_taken(office: tsa.Authority) -> None:
    assert "another text" in answered(office, lambda query: office.stamp(TEXT + b"x"))


def test_a_stamp_for_another_request_is_not_taken(office: tsa.Authority) -> None:
    """An old stamp over the same text is a true one, but says nothing of now."""
    assert "nonce" in answered(office, lambda query: office.reply(request_for(TEXT).der))
    assert "nonce" in answered(office, lambda query: office.at(datetime(2025, 9, 1, tzinfo=UTC), TEXT))


def test_a_stamp_of_somebody_else_is_not_taken(office: tsa.Authority, tmp_path: Path) -> None:
    other = tsa.Authority(tmp_path / "other", top=root("Another root"))
    assert "trusted authority" in answered(office, other.reply)


def test_a_refusal_is_told(office: tsa.Authority) -> None:
    assert "did not grant" in answered(office, lambda query: tsa.response(b"", 2))


@pytest.mark.parametrize("answer", [b"", b"<html>", bytes(RESPONSE_BYTES_MAX)])
def test_what_is_no_stamp_is_not_taken(office: tsa.Authority, answer: bytes) -> None:
    assert "malformed" in answered(office, lambda query: answer)


def test_an_answer_without_end_is_cut_off(office: tsa.Authority) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while given < 10 * RESPONSE_BYTES_MAX // 1024:  # what would read on shall not fill the memory
            given += 1
            yield bytes(1024)

    said = over(office, lambda request: httpx.Response(200, content=endless()))
    assert f"more than {RESPONSE_BYTES_MAX} bytes" in said
    assert given <= RESPONSE_BYTES_MAX // 1024 + 2


def test_a_silent_authority_is_given_up(office: tsa.Authority) -> None:
    async def silent(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    authority = Authority("http://127.0.0.1:1/", tuple(office.roots))
    with pytest.raises(NoStamp, match="no answer within"):
        ask_for_stamp(TEXT, authority, seconds_max=0.05, transport=httpx.MockTransport(silent))


def test_a_redirect_is_not_followed(office: tsa.Authority) -> None:
    said = over(
        office, lambda request: httpx.Response(302, headers={"Location": "http://elsewhere.example/"})
    )
    assert "answered 302" in said


def test_the_request_is_as_rfc_3161_has_it(office: tsa.Authority) -> None:
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    assert "answered 503" in over(office, handler)
    (request,) = seen
    assert (request.method, request.headers["Content-Type"]) == ("POST", "application/timestamp-query")


def test_an_authority_that_is_down_is_told(office: tsa.Authority) -> None:
    with tsa.serving(office.reply) as url:
        pass
    with pytest.raises(NoStamp, match=r"127\.0\.0\.1"):
        ask(url, office)


@pytest.mark.parametrize("url", ["ftp://tsa.example/", "file:///etc/passwd", "http://", "tsa", "http://[::1"])
def test_what_is_no_web_address_is_not_asked(office: tsa.Authority, url: str) -> None:
    with pytest.raises(NoStamp, match="address"):
        ask(url, office)


def test_the_certificates_to_trust_are_a_pem_file(office: tsa.Authority, tmp_path: Path) -> None:
    assert authority_of("http://tsa.example/", office.folder / "root.pem").roots == (office.top.pem,)
    with pytest.raises(NoStamp, match="cannot be read"):
        authority_of("http://tsa.example/", tmp_path / "absent.pem")
    (tmp_path / "odd.pem").write_text("nothing")
    with pytest.raises(NoStamp, match="no PEM certificate"):
        authority_of("http://tsa.example/", tmp_path / "odd.pem")
