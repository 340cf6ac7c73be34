"""The operator's file: what is taken, and what is wrong with the rest, by its line and in two languages."""

from __future__ import annotations

import stat
from base64 import b64encode
from pathlib import Path

import pytest

from api.texts.sentences import words_of
from api.webhooks.configuration import UnfitHooks, read_hooks
from api.webhooks.opening import read_checked
from api.webhooks.signing import make_secret, read_secrets
from ledger.errors import LedgerError

GOOD = """\
# two receivers
[[webhook]]
id = "portal"
url = "https://portal.example/pledger?key=1"
secret_file = "portal.secret"

[[webhook]]
id = "press-2"
url = "https://press.example:8443/"
secret_file = "/etc/pledger/press.secret"
kinds = ["financing.changed", "programme.amended"]
subjects = ["root", "programme:town-2025"]
enabled = false
after = 0
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "webhooks.toml"
    path.write_text(text, encoding="utf8")
    return path


def test_a_file_of_webhooks_is_read_as_it_says(tmp_path: Path) -> None:
    portal, press = read_hooks(written(tmp_path, GOOD))
    assert (portal.id, portal.kinds, portal.subjects, portal.enabled, portal.after) == (
        "portal", None, None, True, None,
    )  # fmt: skip
    assert portal.secret_file == tmp_path / "portal.secret"
    assert portal.shown_url == "https://portal.example/pledger"
    assert press.secret_file == Path("/etc/pledger/press.secret")
    assert press.kinds == frozenset(["financing.changed", "programme.amended"])
    assert press.subjects == frozenset(["root", "programme:town-2025"])
    assert (press.enabled, press.after) == (False, 0)


@pytest.mark.parametrize("text", ["", "# nothing\n", "webhook = []\n"])
def test_a_file_without_webhooks_has_none(tmp_path: Path, text: str) -> None:
    assert read_hooks(written(tmp_path, text)) == ()


HEAD = '[[webhook]]\nid = "a"\nurl = "https://a.example/"\nsecret_file = "s"\n'


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        (HEAD + "secret = 1\n", 5, "secret"),
        ("verify = false\n" + HEAD, 1, "verify"),
        (HEAD + "[proxy]\n", 5, "proxy"),
        (HEAD + '\n[[webhook]]\nid = "b"\nsecret_file = "s"\n', 6, "url"),
        (HEAD + "\n" + HEAD, 7, "a"),
        (HEAD.replace("https", "http"), 3, "url"),
        (HEAD.replace("https://", "https://u:p@"), 3, "url"),
        (HEAD.replace('"a"', '"A b"'), 2, "id"),
        (HEAD.replace('"a"', '""'), 2, "id"),
        (HEAD.replace('"a"', "1"), 2, "id"),
        (HEAD + 'kinds = ["financing.chnged"]\n', 5, "kinds"),
        (HEAD + "kinds = []\n", 5, "kinds"),
        (HEAD + 'kinds = "financing.changed"\n', 5, "kinds"),
        (HEAD + 'subjects = ["programme"]\n', 5, "subjects"),
        (HEAD + 'enabled = "yes"\n', 5, "enabled"),
        (HEAD + "after = -1\n", 5, "after"),
        (HEAD + "after = true\n", 5, "after"),
        (HEAD + "after = 1.5\n", 5, "after"),
        (HEAD + "url = 1\n", 5, "TOML"),
        (HEAD + "kinds = [\n", 6, "TOML"),
        ("webhook = 1\n", 1, "webhook"),
        ("[webhook]\n", 1, "webhook"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_in_both_languages(
    tmp_path: Path, text: str, line: int, named: str
) -> None:
    with pytest.raises(UnfitHooks) as caught:
        read_hooks(written(tmp_path, text))
    english, ukrainian = words_of(caught.value, "en"), words_of(caught.value, "uk")
    assert f"line {line}" in english
    assert f"рядок {line}" in ukrainian
    assert named in english
    assert named in ukrainian


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = HEAD.replace("https", "ftp") + 'enabled = 3\nsecrets = "x"\n'
    with pytest.raises(UnfitHooks) as caught:
        read_hooks(written(tmp_path, text))
    assert [name in str(caught.value) for name in ("url", "enabled", "secrets")] == [True] * 3


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"[" * 20_000, b"a=1\n" * 400_000, b"x = " + b"[" * 5000])
def test_a_file_that_is_no_such_text_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_bytes(raw)
    with pytest.raises(UnfitHooks):
        read_hooks(path)


def test_more_webhooks_than_threads_are_good_for_are_refused(tmp_path: Path) -> None:
    text = "".join(HEAD.replace('"a"', f'"a{number}"') for number in range(33))
    with pytest.raises(UnfitHooks, match="33"):
        read_hooks(written(tmp_path, text))


def test_a_new_secret_is_one_of_its_own_and_can_be_read(tmp_path: Path) -> None:
    first, second = make_secret(), make_secret()
    assert first != second
    assert first.startswith("whsec_")
    place = tmp_path / "secret"
    place.touch(0o600)
    place.write_text(f"{first}\n{second}\n", encoding="utf8")
    assert read_secrets(place) == (first, second)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "secret",
        "whsec_",
        "whsec_short",
        "whsec_" + b64encode(b"x" * 23).decode(),
        "whsec_" + b64encode(b"x" * 65).decode(),
        b64encode(b"x" * 32).decode(),
        "whsec_" + b64encode(b"x" * 32).decode()[:-1],
        "\n".join(["whsec_" + b64encode(b"x" * 32).decode()] * 3),
    ],
)
def test_what_is_no_secret_is_refused_and_never_shown(tmp_path: Path, content: str) -> None:
    place = tmp_path / "portal.secret"
    place.touch(0o600)
    place.write_text(content, encoding="utf8")
    with pytest.raises(LedgerError) as caught:
        read_secrets(place)
    assert len(content) < 8 or content not in str(caught.value)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    place = tmp_path / "portal.secret"
    place.write_text(make_secret(), encoding="utf8")
    place.chmod(mode)
    path = written(tmp_path, GOOD.partition("\n\n")[0])
    with pytest.raises(LedgerError, match="chmod 600"):
        read_checked(path)
    place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert len(read_checked(path)) == 1
