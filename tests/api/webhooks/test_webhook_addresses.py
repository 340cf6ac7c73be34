"""Where messages may go: what is refused before a single byte is sent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from api.webhooks.address import Reach, is_https_url, is_public, system_addresses
from api.webhooks.posting import Post
from api.webhooks.refused import NotTaken
from tests.api.webhooks.conftest import Wired
from tests.api.webhooks.receiver import LOOPBACK, trusting

PUBLIC = [
    "93.184.215.14",
    "8.8.8.8",
    "1.1.1.1",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "2001:4860:4860::8888",
]
INNER = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "link-local, with the clouds' own": ["169.254.169.254", "fe80::1", "fe80::1%eth0", "fec0::1"],
    "of the provider": ["100.64.0.1", "100.127.255.255"],
    "nobody": ["0.0.0.0", "0.1.2.3", "::"],  # noqa: S104 -- to be refused
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "broadcast and reserved": ["255.255.255.255", "240.0.0.1"],
    "documents": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarks": ["198.18.0.1", "198.19.255.255"],
    "protocols": ["192.0.0.1", "192.88.99.1", "2001:2::1", "100::1", "5f00::1"],
    "IPv4 inside IPv6": [
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a00:1", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::ffff:0:7f00:1",
    ],
    "no address": ["", "localhost", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5"],
}  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [one for kind in INNER.values() for one in kind])
def test_no_other_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://portal.example",
        "https://portal.example/",
        "https://portal.example:8443/a/b?token=x-y_z~%2F&b=1",
        "https://93.184.215.14/hook",
        "https://[2606:2800:21f::1]:443/hook",
        "https://xn--80ak6aa92e.example/hook",
    ],
)
def test_an_https_address_is_taken(url: str) -> None:
    assert is_https_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.example/hook",
        "HTTP://portal.example/hook",
        "ftp://portal.example/",
        "//portal.example/hook",
        "portal.example/hook",
        "https:///hook",
        "https://user:pw@portal.example/",
        "https://portal.example@evil.example/",
        "https://portal.example/#part",
        "https://portal.example:0/",
        "https://portal.example:65536/",
        "https://portal.example:x/",
        "https://портал.example/",
        "https://portal.example/a b",
        "https://portal.example/\r\nHost: evil.example",
        "https://portal.example\\@evil.example/",
        "https://..example/",
        "https://[::1",
        "https://[1:2]/",
        "https://portal.example/" + "a" * 2000,
        "",
    ],
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    assert not is_https_url(url)


def refused(reach: Reach, url: str) -> NotTaken:
    with pytest.raises(NotTaken) as caught:
        Post(reach)(url, {}, b"{}")
    return caught.value


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
def test_a_receiver_on_this_machine_is_not_reached_however_it_is_written(wired: Wired, host: str) -> None:
    reach = Reach(system_addresses, is_public, trusting)
    error = refused(reach, f"https://{host}:{wired.receiver.port}/hook")
    # Whether such a spelling is a name at all is the system's to say.
    assert error.reason["code"] in ("webhook-not-public", "webhook-no-name")
    assert error.body is None
    assert wired.receiver.connections == 0


def test_one_inner_address_among_public_ones_is_enough_to_refuse_a_name(wired: Wired) -> None:
    reach = Reach(lambda host, port: ["93.184.215.14", LOOPBACK], is_public, trusting)
    error = refused(reach, wired.receiver.url)
    assert error.reason == {
        "code": "webhook-not-public",
        "given": {"host": "portal.example", "address": LOOPBACK},
    }
    assert wired.receiver.connections == 0


def test_a_name_is_asked_for_once_and_what_was_checked_is_connected_to(wired: Wired) -> None:
    """DNS rebinding: the second answer would lead inside, and nobody asks for it."""
    asked: list[str] = []
    judged: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        # The receiver stands at the first of these; the port is closed at the other.
        return [LOOPBACK] if len(asked) == 1 else ["127.0.0.2"]

    def admits(address: str) -> bool:
        judged.append(address)
        return address == LOOPBACK

    post = Post(Reach(resolve, admits, trusting))
    assert post(wired.receiver.url, {"webhook-id": "x"}, b"{}").status == 204
    assert (asked, judged) == (["portal.example"], [LOOPBACK])
    with pytest.raises(NotTaken) as caught:
        post(wired.receiver.url, {"webhook-id": "x"}, b"{}")
    assert caught.value.reason["code"] == "webhook-not-public"
    assert wired.receiver.connections == 1


def test_a_name_that_nobody_knows_is_told() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("unknown")

    for reach in (Reach(unknown), Reach(lambda host, port: [])):
        error = refused(reach, "https://portal.example/")
        assert error.reason == {"code": "webhook-no-name", "given": {"host": "portal.example"}}


def test_the_second_address_is_tried_where_the_first_cannot_be_reached(wired: Wired) -> None:
    reach = Reach(lambda host, port: ["127.0.0.3", LOOPBACK], lambda address: True, trusting)
    assert Post(reach)(wired.receiver.url, {}, b"{}").status == 204
