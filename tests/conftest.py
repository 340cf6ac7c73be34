"""What all tests share: the vectors, hypothesis profiles, and skips that CI does not let pass."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.places import ON_POSTGRES, forget_below

pytest_plugins = ["tests.support.postgres_fixtures"]

ROOT = Path(__file__).resolve().parent.parent
NO_VECTORS = "vectors not here: set PLEDGER_VECTORS"

# With PLEDGER_NO_SKIP=1 a skip fails its test unless its reason starts with one of these.
NO_BELZ = "source texts not here: set PLEDGER_BELZ"
NO_MOUNT = "no file system may be mounted here: only root may"
NO_SYSTEMD = "there is no systemd here"
NO_ACCESS_LISTS = "this file system keeps no access lists"

# Skips that say what is missing, and are fine on a machine without the shared documents, or of another make.
ALLOWED_SKIPS = (NO_VECTORS, NO_BELZ, NO_MOUNT, NO_SYSTEMD, NO_ACCESS_LISTS)

# Time limits of a shared two-core machine say nothing about the code.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


def vectors_folder() -> Path:
    """Where published test vectors would lie: PLEDGER_VECTORS, else beside the checkout."""
    named = os.environ.get("PLEDGER_VECTORS")
    return Path(named) if named else ROOT.parent / "shared" / "vectors"


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of published test vectors; the test is skipped where there is none."""
    folder = vectors_folder()
    if not folder.is_dir():
        pytest.skip(NO_VECTORS)
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With PLEDGER_TEST_STORE=postgres leave out what is about ledger.db itself."""
    about_files = [item for item in items if ON_POSTGRES and item.get_closest_marker("sqlite")]
    if about_files:
        config.hook.pytest_deselected(items=about_files)
        items[:] = [item for item in items if not item.get_closest_marker("sqlite")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Remove the databases of what the test made in its own folder."""
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    yield
    if folder is not None:
        forget_below(folder)


def _skip_reason(longrepr: object) -> str:
    """The reason out of a skipped report: (file, line, "Skipped: reason")."""
    reason = longrepr[2] if isinstance(longrepr, tuple) else longrepr
    return str(reason).removeprefix("Skipped: ")


def _fail_if_unexpected(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip that is not allowed into a failure; an expected failure is no skip."""
    if os.environ.get("PLEDGER_NO_SKIP") != "1" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = _skip_reason(report.longrepr)
    if not reason.startswith(ALLOWED_SKIPS):
        report.outcome = "failed"
        report.longrepr = f"skipped, which tests/conftest.py does not allow here: {reason}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """See to tests and fixtures that skip."""
    report = yield
    _fail_if_unexpected(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """See to whole files that skip, as importorskip does."""
    report = yield
    _fail_if_unexpected(report)
    return report
