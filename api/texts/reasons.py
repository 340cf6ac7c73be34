"""What the system or a library said of a failure, in words for people (reasons.toml).

Numbers of errors and the English of a library help nobody who has to do something about it.
"""

from __future__ import annotations

import errno
import socket
import sqlite3
import ssl
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PRIMARY: Final = 0xFF  # of SQLite's extended result codes (sqlite.org/rescode.html)
_ROWS: Final[dict[str, dict[str, dict[str, str]]]] = tomllib.loads(
    Path(__file__).with_name("reasons.toml").read_text(encoding="utf8")
)
_SQLITE: Final = {
    getattr(sqlite3, name): words for name, words in _ROWS["sqlite"].items() if hasattr(sqlite3, name)
}
# By name of their class, so that nobody here needs the library.
_TRANSPORT: Final = {
    "TimeoutException": "timeout",
    "NetworkError": "closed",
    "RemoteProtocolError": "closed",
    "DecodingError": "strange",
    "TooManyRedirects": "strange",
}


def system_words(error: OSError) -> dict[str, str]:
    """Both languages."""
    if isinstance(error, socket.gaierror):
        return _ROWS["transport"]["no-name"]
    if isinstance(error, ssl.SSLError):
        return _ROWS["transport"]["certificate" if isinstance(error, ssl.CertificateError) else "tls"]
    rows = _ROWS["system"]
    found = rows.get(errno.errorcode.get(error.errno or 0, ""))
    if found is not None:
        return found
    return {language: form.format(number=error.errno or "?") for language, form in rows["other"].items()}


def database_words(error: sqlite3.Error) -> dict[str, str]:
    """Both languages."""
    code = getattr(error, "sqlite_errorcode", None)
    return _SQLITE.get(code & _PRIMARY if code is not None else None, _ROWS["sqlite"]["other"])


def transport_words(error: Exception) -> dict[str, str]:
    """Why a connection failed, in both languages: what the system said below it, else its own kind."""
    for cause in _causes(error, whatever=True):
        if isinstance(cause, OSError) and not isinstance(cause, TimeoutError):
            return system_words(cause)
    kinds = [_TRANSPORT[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _TRANSPORT]
    # A connection that never was is not one that broke off.
    kind = "other" if not kinds or type(error).__name__ == "ConnectError" else kinds[0]
    return _ROWS["transport"][kind]


def words_below(error: BaseException) -> dict[str, str] | None:
    """What the system or the database said that is the cause of an error; None if neither did."""
    for cause in _causes(error):
        if isinstance(cause, OSError):
            return system_words(cause)
        if isinstance(cause, sqlite3.Error):
            return database_words(cause)
    return None


def kind_words(error: BaseException) -> dict[str, str] | None:
    """What errors of its class say, for one that has no words of its own."""
    kinds = [_ROWS["kind"][kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _ROWS["kind"]]
    return kinds[0] if kinds else None


def _causes(error: BaseException | None, *, whatever: bool = False) -> Iterator[BaseException]:
    """An error, and what it came from as far as somebody said so; whatever: what was under way, too."""
    for _ in range(20):
        if error is None:
            return
        yield error
        error = error.__cause__ or (error.__context__ if whatever else None)
