"""The version that is running."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def _version() -> str:
    try:
        return version("pledger")
    except PackageNotFoundError:  # a copy of the tree that is not installed
        return "0"


VERSION = _version()
