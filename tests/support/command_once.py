"""typer's runner, for which a program's commands are made once: that takes longer than most of them run."""

from __future__ import annotations

from functools import cache

import typer.main
import typer.testing
from typer.testing import CliRunner

# It asks for them anew before each run, and has no other way to be given them.
typer.testing._get_command = cache(typer.main.get_command)  # type: ignore[attr-defined]  # so it is private

__all__ = ["CliRunner"]
