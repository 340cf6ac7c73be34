"""Settings of a server: arguments first, then the environment (PLEDGER_DATA, PLEDGER_DEMO, …)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """data: the ledger's directory. demo: the ledger is signed by demo keys, and says so."""

    model_config = SettingsConfigDict(env_prefix="PLEDGER_", frozen=True)

    data: Path
    database: str | None = (
        None  # a connection string of PostgreSQL; else what the file `database` in data says
    )
    replica: str | None = None  # one of streaming replicas, to read from
    standbys: int = Field(
        default=0, ge=0
    )  # synchronous ones that must hold an entry before it is acknowledged
    database_unsafe: bool = False  # for tests: also where the database does not sync what it commits
    signer: str | None = None  # the address of the signer that holds the log key; else the key lies in data
    signer_token: Path | None = None
    demo: bool = False
    source_texts: Path | None = None  # a folder of documents that adoptions name by hash
    public_url: str | None = None  # as readers know the server; links on paper begin with it
    wait_seconds: float = Field(default=2.0, ge=0)  # for the projections to catch up
    body_seconds: float = Field(default=30.0, gt=0)  # for a submission's body to arrive
    upload_seconds: float = Field(default=600.0, gt=0)
    upload_grace_seconds: float = Field(default=30.0, gt=0)  # then each kB that came buys a second more
    answer_stall_seconds: float = Field(default=60.0, gt=0)  # for a client that takes nothing of an answer
    uploads_at_once: int = Field(default=4, ge=1)  # of one address at most the half
    bundles_at_once: int = Field(default=2, ge=1)
    exports_at_once: int = Field(default=2, ge=1)  # that are worked on, not those that wait for a client
    lag_max: int = Field(default=1000, ge=0)  # entries; beyond it /readyz says no
    webhooks: Path | None = None  # a TOML file; else webhooks.toml in data, where there is one
    witness_policy: Path | None = None  # a tlog-policy; else witnesses.policy in data, where there is one
    tsa_url: str | None = None  # a time-stamping authority (RFC 3161), and what its certificates lead to
    tsa_certificates: Path | None = None  # PEM
    trust_seconds: float = Field(default=60.0, gt=0)  # between rounds of witnesses and stamps
    trust_late_seconds: float = Field(default=1800.0, ge=0)  # without enough witnesses; then /readyz says no
    metrics: str | None = None  # HOST:PORT of a door of their own; None: nowhere
    log_format: Literal["text", "json"] = "text"  # json: a line for each request too
    forwarded_allow_ips: str = ""  # proxies whose X-Forwarded-For is believed: addresses, networks
    # By address, and by key; a rate of 0 limits nothing. What is dear is writing, judging and bundles.
    writes_per_second: float = Field(default=100.0, ge=0)
    writes_burst: int = Field(default=2000, ge=1)
    reads_per_second: float = Field(default=500.0, ge=0)
    reads_burst: int = Field(default=5000, ge=1)
    key_per_second: float = Field(default=1000.0, ge=0)  # entries
    key_burst: int = Field(default=20_000, ge=1)
    requests_at_once: int = Field(default=1000, ge=1)
    requests_per_address: int = Field(default=100, ge=1)  # of those at once
    streams_max: int = Field(default=500, ge=1)  # that follow the feed; of those requests
    streams_per_address: int = Field(default=20, ge=1)
    connections_max: int = Field(default=4000, ge=1)
    drain_seconds: float = Field(default=0.0, ge=0)  # between "not ready" and the end of listening
    shutdown_seconds: float = Field(default=10.0, gt=0)  # for what is under way, after that
    opendata_licence: Literal["CC-BY-4.0", "CC0-1.0"] = "CC-BY-4.0"  # of what is published as open data
    opendata_seconds: float = Field(default=300.0, ge=0)  # between two releases of it, at least
    opendata_keep: int = Field(default=100, ge=1)  # releases; those that were signed for are kept besides
