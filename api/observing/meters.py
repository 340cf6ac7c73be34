"""What is counted at the door, in a registry of its own for each application.

Names of routes, codes and methods are the program's own, so that no client can make a new series. Nothing
says who asked, or for whom.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from api.version import VERSION

OnCommitted: TypeAlias = Callable[[int, float], None]
METHODS: Final = frozenset(["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "PATCH"])
NO_ROUTE: Final = "unmatched"
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
GROUP_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Meters:
    """Counters and histograms of one application. Thread-safe, as prometheus-client is."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        Info("pledger_build", "The program that runs.", registry=registry).info({"version": VERSION})
        self._requests = Counter(
            "pledger_http_requests",
            "Requests that were answered, by route as the OpenAPI document writes it, and class of status.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "pledger_http_request_seconds",
            "From a request's head to the end of its answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=registry,
        )
        self.under_way = Gauge(
            "pledger_http_requests_in_progress", "Requests that are being answered.", registry=registry
        )
        self._problems = Counter(
            "pledger_http_problems", "Problem documents, by code.", ["code"], registry=registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float, problem: str | None) -> None:
        """One request. status: 0 for one whose client had gone. problem: the code of its document."""
        named = method if method in METHODS else "other"
        kind = f"{status // 100}xx" if status else "none"
        self._requests.labels(named, route, kind).inc()
        self._seconds.labels(named, route).observe(seconds)
        if problem is not None:
            self._problems.labels(problem).inc()

    def watch_commits(self) -> OnCommitted:
        """Series of commits, and what to call after each with its entries and seconds.

        Made only where somebody calls it: a figure that nobody feeds would say that nothing happens.
        """
        entries = Counter(
            "pledger_appended_entries", "Entries that this process has appended.", registry=self.registry
        )
        sizes = Histogram(
            "pledger_commit_entries",
            "Entries in a commit of this process.",
            buckets=GROUP_SIZES,
            registry=self.registry,
        )
        durations = Histogram(
            "pledger_commit_seconds",
            "From the beginning of a commit of this process to its end.",
            buckets=SECONDS,
            registry=self.registry,
        )

        def committed(count: int, seconds: float) -> None:
            entries.inc(count)
            sizes.observe(count)
            durations.observe(seconds)

        return committed
