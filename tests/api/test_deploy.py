"""The files to deploy with: every option and setting in them is there, and the unit confines the server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from api.limits.addresses import parse_networks
from api.settings import Settings
from tests.api.door import Door
from tests.api.test_metrics import names_of
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "pledger.service").read_text(encoding="utf8")
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf8")


def directives() -> dict[str, list[str]]:
    """Each directive of the unit with its values; lines that are continued are one."""
    found: dict[str, list[str]] = {}
    for line in UNIT.replace("\\\n", " ").splitlines():
        name, is_one, value = line.partition("=")
        if is_one and not line.startswith("#"):
            found.setdefault(name.strip(), []).append(value.strip())
    return found


def command() -> list[str]:
    (started,) = directives()["ExecStart"]
    return started.split()


def test_every_option_of_the_unit_is_known_to_serve() -> None:
    words = command()
    assert words[1] == "serve"
    shown = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "serve", "--help"],
        capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
    ).stdout  # fmt: skip
    known = set(re.findall(r"--[a-z-]+", shown))
    asked = {word for word in words if word.startswith("--")}
    assert {"--data", "--log-format", "--forwarded-allow-ips", "--metrics"} <= asked <= known


def test_the_values_of_the_unit_are_taken() -> None:
    words = command()
    values = dict(pairwise(words))
    assert len(parse_networks(values["--forwarded-allow-ips"])) == 2
    assert values["--metrics"].startswith("127.0.0.1:")
    assert values["--host"] == "127.0.0.1"
    assert directives()["StateDirectory"] == [Path(values["--data"]).name]


def test_systemd_waits_longer_than_the_server_takes_to_stop() -> None:
    defaults = Settings(data=Path("x"))
    (wait,) = directives()["TimeoutStopSec"]
    assert int(wait) > defaults.drain_seconds + defaults.shutdown_seconds + 10
    assert directives()["KillSignal"] == ["SIGTERM"]
    assert directives()["Restart"] == ["on-failure"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
        ("User", "pledger"),
    ],
)
def test_the_unit_confines_the_server(name: str, value: str) -> None:
    assert directives()[name] == [value]
    assert directives()["SystemCallFilter"][0] == "@system-service"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_reads_the_unit_without_a_word(tmp_path: Path) -> None:
    unit = tmp_path / "pledger.service"
    unit.write_text(UNIT.replace(command()[0], sys.executable), encoding="utf8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in (checked.stdout + checked.stderr).splitlines() if "pledger.service" in line]
    assert ours == []
    assert checked.returncode == 0


SIGNER = (DEPLOY / "pledger-signer.service").read_text(encoding="utf8")
DROP_IN = (DEPLOY / "pledger.service.d" / "postgresql.conf").read_text(encoding="utf8")
SOCKET = "unix:/run/pledger-signer/socket"


def test_every_option_of_the_signers_unit_is_known() -> None:
    (started,) = re.findall(r"^ExecStart=(.*)$", SIGNER.replace("\\\n", " "), re.MULTILINE)
    words = started.split()
    assert words[1:3] == ["signer", "serve"]
    shown = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "signer", "serve", "--help"],
        capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
    ).stdout  # fmt: skip
    asked = {word for word in words if word.startswith("--")}
    assert {"--log-key", "--memory", "--listen"} <= asked <= set(re.findall(r"--[a-z-]+", shown))
    assert dict(pairwise(words))["--listen"] == SOCKET


def test_a_server_finds_the_socket_of_the_unit_and_may_open_it() -> None:
    assert f"Environment=PLEDGER_SIGNER={SOCKET}\n" in DROP_IN
    (group,) = re.findall(r"^Group=(.*)$", SIGNER, re.MULTILINE)
    assert f"SupplementaryGroups={group}\n" in DROP_IN
    told = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf8")
    assert set(re.findall(r"unix:/run/pledger-signer/\w+", told)) == {SOCKET}


def test_a_database_or_a_signer_that_comes_late_does_not_leave_the_server_failed() -> None:
    assert directives()["StartLimitIntervalSec"] == ["0"]
    assert "StartLimitIntervalSec=0\n" in SIGNER
    assert any("pledger-signer.service" in one.split() for one in directives()["After"])
    assert "Requires" not in directives()
    assert re.findall("^Requires=", DROP_IN, re.MULTILINE) == []


def test_the_list_of_files_to_deploy_is_whole() -> None:
    told = (DEPLOY / "README.md").read_text(encoding="utf8")
    listed = set(re.findall(r"^\| `([^`]+)` \|", told, re.MULTILINE))
    there = {str(path.relative_to(DEPLOY)) for path in DEPLOY.rglob("*") if path.is_file()}
    assert listed == there - {"README.md"}
    assert "--no-build-isolation --no-index" in told


SETTINGS = re.compile(r"PLEDGER_([A-Z_]+)\b(?!…)")
# Read by the command line, not by the server.
OF_THE_CLIENT = {"LANG", "TRUST", "SERVER", "VECTORS", "BELZ", "NO_SKIP", "KEY", "OFFICE", "PASSPHRASE"}


@pytest.mark.parametrize(
    "name",
    [
        "deploy/pledger.service",
        "deploy/pledger.service.d/postgresql.conf",
        "deploy/README.md",
        "docs/operations.md",
    ],
)
def test_every_setting_that_is_named_is_one(name: str) -> None:
    named = set(SETTINGS.findall((ROOT / name).read_text(encoding="utf8")))
    assert {one.lower() for one in named - OF_THE_CLIENT} <= set(Settings.model_fields)


OURS = (
    "metrics", "log_format", "forwarded_allow_ips", "writes_per_second", "writes_burst", "reads_per_second",
    "reads_burst", "key_per_second", "key_burst", "requests_at_once", "connections_max", "drain_seconds",
    "shutdown_seconds", "lag_max", "body_seconds", "upload_seconds", "uploads_at_once", "bundles_at_once",
    "exports_at_once",
    "streams_max", "streams_per_address",
    "wait_seconds", "requests_per_address", "answer_stall_seconds", "upload_grace_seconds",
)  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_a_setting_stands_in_the_handbook_with_its_default(name: str) -> None:
    (row,) = re.findall(rf"^\| `PLEDGER_{name.upper()}` \|.*$", OPERATIONS, re.MULTILINE)
    default = Settings.model_fields[name].default
    shown = {None: "–", "": "–"}.get(default, f"{default:g}" if isinstance(default, float) else str(default))
    assert row.split("|")[2].strip().replace(",", "") == shown


def test_the_proxy_replaces_what_a_client_says_of_its_address() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX
    assert "Strict-Transport-Security" in NGINX
    assert NGINX.count("{") == NGINX.count("}")


def test_the_proxy_takes_files_as_large_as_the_server_does() -> None:
    from ledger.event import FILE_BYTES_MAX

    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(megabytes) << 20 >= FILE_BYTES_MAX


def test_every_metric_stands_in_the_handbook_and_no_other_does(door: Door) -> None:
    door.get("/nope")
    told = set(re.findall(r"`(pledger_[a-z_]+)", OPERATIONS))
    commits = {"pledger_appended_entries_total", "pledger_commit_entries", "pledger_commit_seconds"}
    witnessed = {
        "pledger_witnessed_entries",
        "pledger_witnessed_timestamp_seconds",
        "pledger_stamped_entries",
        "pledger_stamped_timestamp_seconds",
    }
    webhooks = {f"pledger_webhook_{name}" for name in ("delivered_total", "failed_total", "dead_total")}
    webhooks |= {"pledger_webhook_lag_entries", "pledger_webhook_off"}
    assert told == names_of(door) | commits | witnessed | webhooks
