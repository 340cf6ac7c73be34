"""What was measured of one peer at one thing, over all rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench.marks import median, percentile

NS_PER_MS = 1e6


@dataclass
class Figures:
    """ms: of every operation; rates: operations a second, one a round; rows: of each answer."""

    ms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)  # mean ms of processor time, one a round
    rows: list[int] = field(default_factory=list)

    def add_answers(self, said: Mapping[str, Any]) -> None:
        self._add(said)
        self.rows.extend(said["rows"])

    def add_appends(self, said: Mapping[str, Any]) -> None:
        self._add(said)
        self.rates.append(len(said["ns"]) / said["seconds"])

    def _add(self, said: Mapping[str, Any]) -> None:
        self.ms.extend(ns / NS_PER_MS for ns in said["ns"])
        self.cpus.append(said["cpu_ms"])

    @property
    def p50(self) -> float:
        return median(self.ms)

    @property
    def p99(self) -> float:
        return percentile(self.ms, 0.99)

    @property
    def per_second(self) -> float:
        return median(self.rates)

    @property
    def cpu_ms(self) -> float:
        return median(self.cpus)

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"count": len(self.ms), "p50_ms": self.p50, "p99_ms": self.p99}
        said["cpu_ms"] = self.cpu_ms
        if self.rates:
            said |= {"per_second": self.per_second, "rates": self.rates}
        if self.rows:
            said["rows"] = median(self.rows)
        return said
