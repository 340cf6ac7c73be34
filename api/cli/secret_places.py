"""A connection string where a directory or a file is wanted: refused, without showing it.

It may hold a password, and whatever is said of a path names the path.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from api.cli.usage import Misused

_WORDS: Final = (
    "host|hostaddr|port|dbname|user|password|passfile|service|options|connect_timeout|application_name"
    "|target_session_attrs|ssl[a-z_]+"
)
# The second slash is gone from what was a Path meanwhile.
_LIKE: Final = re.compile(rf"\s*postgres(ql)?:/|(.*\s)?({_WORDS})\s*=", re.IGNORECASE | re.DOTALL)
OPTIONS: Final = ("--database", "--replica")
# So many of a command's own arguments may be one; of `backup` that is the source.
ARGUMENTS: Final = {"migrate": 1, "copy": 2, "backup": 1}
FLAGS: Final = ("--json", "--verify", "--documents-required")  # of these, after which no value comes


def is_like_conninfo(text: str) -> bool:
    """A URI of PostgreSQL, or libpq's words (host=… dbname=…)."""
    return _LIKE.match(text) is not None


def refuse_conninfos(command: str, arguments: Sequence[str]) -> None:
    """arguments: of a command, as they were typed. Raises Misused, which does not show them."""
    allowed = ARGUMENTS.get(command, 0)
    for before, given in zip(["", *arguments], arguments, strict=False):
        option, has_value, value = given.partition("=") if given.startswith("--") else ("", "", given)
        if option in OPTIONS or (not has_value and before in OPTIONS):
            continue
        if is_like_conninfo(value):
            is_argument = not has_value and (not before.startswith("--") or before in FLAGS)
            allowed -= 1
            if allowed < 0 or not is_argument:
                raise _misused()


def refuse_conninfo(path: Path) -> None:
    """Raises Misused, which does not show it."""
    if is_like_conninfo(str(path)):
        raise _misused()


def _misused() -> Misused:
    return Misused(
        (
            (
                "тут має бути тека, файл чи адреса, а дано рядок під'єднання до бази (його тут не показано:"
                " у ньому може бути пароль). Базу називає --database або файл database у теці реєстру"
            ),
            (
                "a directory, a file or an address is wanted here, and a database's connection string was"
                " given (not shown: it may hold a password). A database is named by --database, or by"
                " the file `database` in the ledger's directory"
            ),
        )
    )
