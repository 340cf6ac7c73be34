"""What is given at the prompt and cannot be meant: exit code 2, before anything is asked or made."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api.cli.addresses import fault_of
from tests.api.cli_runner import Prompt, prompt
from tests.support.witnessing import SmallLog

__all__ = ["prompt"]
LANGUAGES = ("uk", "en")
UNFIT = ("?x", "/?x=1", "?", "#part", "/#", "/..", "/.", "/a/../b", "/%2e%2e/b", "/a/%2E/")


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server that knows nothing, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name above
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("end", UNFIT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_is_more_than_one_is_refused_and_nobody_is_asked(
    prompt: Prompt, end: str, language: str
) -> None:
    trust = prompt.home / "trust.json"
    with listening() as (url, asked):
        for words in (
            ("verify", url + end),
            ("publish", prompt.home / "log", "--server", url + end, "--trust", trust),
        ):
            ran = prompt.run(*words, PLEDGER_LANG=language)
            assert (ran.code, ran.out) == (2, ""), ran
            assert {"uk": "адрес", "en": "address"}[language] in ran.err
        assert asked == []


@pytest.mark.parametrize(
    "url", ["ftp://x", "FTP://x/y", "file:///etc/passwd", "ws://127.0.0.1/", "http:///x"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_http_and_https_are_read_and_that_is_said(prompt: Prompt, url: str, language: str) -> None:
    ran = prompt.run("verify", url, PLEDGER_LANG=language)
    assert (ran.code, ran.out) == (2, "")
    assert "no such file" not in ran.err
    assert ("https" in ran.err) or url.startswith("http:")


def test_a_scheme_in_capitals_is_an_address_too(prompt: Prompt) -> None:
    with listening() as (url, asked):
        assert prompt.run("verify", url.replace("http", "HTTP", 1)).code == 3
        assert asked


@pytest.mark.parametrize("url", ["http://a.example", "https://a.example/", "http://127.0.0.1:8111/town/x.y"])
def test_a_plain_address_and_one_below_a_path_are_fit(url: str) -> None:
    assert fault_of(url) is None


@pytest.mark.parametrize("name", ["a b", "a+b", "", "a\tb"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_witness_gets_no_name_that_no_note_could_hold(
    prompt: Prompt, tmp_path: Path, name: str, language: str
) -> None:
    key = SmallLog().key
    words = ("witness", "serve", tmp_path / "w", "--name", name, "--log", key, "--port", 0)
    ran = prompt.run(*words, PLEDGER_LANG=language)
    assert (ran.code, ran.out) == (2, "")
    assert "--name" in ran.err
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["x", "", "a.example+00000000+AAAA"])
def test_what_is_no_log_key_is_not_rotated_to(prompt: Prompt, key: str, language: str) -> None:
    words = ("logkey", "rotate", key, "--registrar", "p-1", "--out", prompt.home / "rotation.json")
    ran = prompt.run(*words, PLEDGER_LANG=language)
    assert (ran.code, ran.out) == (2, "")
    assert {"uk": "ключ", "en": "key"}[language] in ran.err
