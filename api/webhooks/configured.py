"""Whether a server has webhooks at all: without them it imports nothing of theirs."""

from __future__ import annotations

from pathlib import Path

from api.settings import Settings

CONFIGURATION = "webhooks.toml"


def configuration_of(settings: Settings) -> Path | None:
    """The file that the settings name, else webhooks.toml in the data, where there is one."""
    own = settings.data / CONFIGURATION
    return settings.webhooks or (own if own.exists() else None)
