"""What `pledger serve` is told about watching over it, and what is wrong with that, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.usage import Misused

if TYPE_CHECKING:
    from api.settings import Settings

Metrics = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Show Prometheus metrics on this address; else nowhere."),
]
LogFormat = Annotated[
    Literal["text", "json"] | None,
    typer.Option(help="Lines of the log on stderr; json: one for each request too. Default: text."),
]
Proxies = Annotated[
    str | None,
    typer.Option(
        "--forwarded-allow-ips",
        metavar="ADDRESSES",
        help="Proxies whose X-Forwarded-For is believed: addresses or networks, with commas. Default: none.",
    ),
]
Drain = Annotated[
    float | None,
    typer.Option(
        min=0, metavar="SECONDS", help="Go on so long after being told to stop, while /readyz says no."
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="CONNINFO",
        help="The PostgreSQL database that holds the ledger (postgresql://…); else what the file `database`"
        " in the data says, and without it ledger.db.",
    ),
]
Replica = Annotated[
    str | None, typer.Option(metavar="CONNINFO", help="Streaming replicas of that database, to read from.")
]
Standbys = Annotated[
    int | None,
    typer.Option(min=0, help="So many synchronous standbys must hold an entry before it is acknowledged."),
]
PublicUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="How readers reach this server (https://…): links on printed pages begin with it."
    ),
]
Webhooks = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Who is told of new entries (TOML); else webhooks.toml in the data, if it is there.",
    ),
]
SourceTexts = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder of documents that adoptions name by hash: findings then quote them by line.",
    ),
]
Signer = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="The signer that holds the log key (unix:PATH or HOST:PORT); else the data."
    ),
]
SignerToken = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The token by which a signer at HOST:PORT knows us.")
]


def check_proxies(settings: Settings) -> None:
    """Raises Misused for what is neither an address nor a network."""
    from api.limits.addresses import parse_networks

    try:
        parse_networks(settings.forwarded_allow_ips)
    except ValueError as error:
        given = settings.forwarded_allow_ips
        raise Misused(
            (
                f"--forwarded-allow-ips {given}: потрібні адреси або мережі через кому, як 127.0.0.1,::1",
                f"--forwarded-allow-ips {given}: addresses or networks with commas, as 127.0.0.1,::1",
            )
        ) from error


def place_of_metrics(settings: Settings) -> tuple[str, int] | None:
    """Where the metrics are shown; None: nowhere. Raises Misused for what is no HOST:PORT."""
    if settings.metrics is None:
        return None
    host, _, port = settings.metrics.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise Misused(
            (
                f"--metrics {settings.metrics}: потрібно HOST:PORT, як 127.0.0.1:9464",
                f"--metrics {settings.metrics}: HOST:PORT is needed, as 127.0.0.1:9464",
            )
        )
    return host, int(port)
