"""What stands while the demo runs: two PostgreSQL servers, a witness, a signer, two `pledger serve`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
from psycopg.conninfo import conninfo_to_dict

from api.client import Client
from api.demo.beside import Beside, Say, standing_beside
from api.demo.run import _story
from ledger.directory import Directory
from ledger.store.place import Database
from tests.demo_postgres.commands import Commands
from tests.support.ports import free_port
from tests.support.postgres import PostgresServer

NAME: Final = "pledger"  # of the database
ROUND_SECONDS: Final = 1.0  # what was recorded after the failover is witnessed soon


class Stand:
    """data: this demo's folder. All that is started ends with the `with`, last come, first gone."""
