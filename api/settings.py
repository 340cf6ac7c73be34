"""Settings of a server: arguments first, then the environment (PLEDGER_DATA, PLEDGER_DEMO, …)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """data: the ledger's directory. demo: the ledger is signed by demo keys, and says so."""

    model_config = SettingsConfigDict(env_prefix="PLEDGER_", frozen=True)

    data: Path
    demo: bool = False
    wait_seconds: float = Field(default=2.0, ge=0)  # for the projections to catch up
    body_seconds: float = Field(default=30.0, gt=0)  # for a submission's body to arrive
    upload_seconds: float = Field(default=600.0, gt=0)
    uploads_at_once: int = Field(default=4, ge=1)
    bundles_at_once: int = Field(default=2, ge=1)
    lag_max: int = Field(default=1000, ge=0)  # entries; beyond it /readyz says no
    witness_policy: Path | None = None  # a tlog-policy; else witnesses.policy in data, where there is one
    tsa_url: str | None = None  # a time-stamping authority (RFC 3161), and what its certificates lead to
    tsa_certificates: Path | None = None  # PEM
    trust_seconds: float = Field(default=60.0, gt=0)  # between rounds of witnesses and stamps
    trust_late_seconds: float = Field(default=1800.0, ge=0)  # without enough witnesses; then /readyz says no
