"""How the ledger stands, looked up whenever somebody scrapes: gauges over an open context."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ledger.append.appender import QUEUE_MAX
from ledger.clock import parse_instant

if TYPE_CHECKING:
    from api.context import Context

log = logging.getLogger("pledger.metrics")


class Standing(Collector):
    """What cannot be looked up is left out, and said by pledger_collect_failures: no figure is made up.

    context: the open one, None while there is none.
    """

    def __init__(self, context: Callable[[], Context | None]) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        context = self._context()
        if context is None:
            return
        failures = 0
        for look in _LOOKS:
            try:
                yield from list(look(context))
            except Exception:
                failures += 1
                log.exception("a metric could not be looked up: %s", look.__name__)
        yield _gauge("collect_failures", "Groups of figures that could not be looked up now.", failures)

    def describe(self) -> Iterator[Metric]:
        """Nothing: names are not looked up before there is a ledger."""
        return iter(())


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pledger_{name}", words, value=value)


def _log(context: Context) -> Iterator[Metric]:
    head = context.ledger.reader.head()
    yield _gauge("log_entries", "Entries in the log.", head.size)
    if head.recorded_at:
        at = parse_instant(head.recorded_at).timestamp()
        yield _gauge("log_last_entry_timestamp_seconds", "When the last entry was recorded.", at)
    applied = context.follower.position
    yield _gauge("projections_entries", "Entries that the projections hold.", applied)
    yield _gauge("projections_lag_entries", "Entries that they lack.", max(head.size - applied, 0))
    fault = context.follower.fault is not None
    yield _gauge("projections_at_fault", "1 while the projections have stopped at a fault.", fault)
    blocked = len(context.follower.blocked)
    yield _gauge("programmes_blocked", "Programmes of which an entry cannot be worked in.", blocked)


def _appending(context: Context) -> Iterator[Metric]:
    appender = context.ledger.appender
    stopped = appender.stopped is not None
    yield _gauge("appending_stopped", "1 while nothing is appended; /readyz says why.", stopped)
    yield _gauge("queue_submissions", "Submissions that wait to be appended.", appender.waiting)
    yield _gauge("queue_submissions_max", "How many may wait.", QUEUE_MAX)


def _signed(context: Context) -> Iterator[Metric]:
    newest = context.checkpoint()
    if newest is not None:
        yield _gauge("checkpoint_entries", "Entries under the newest signed checkpoint.", newest[0])


def _outside(context: Context) -> Iterator[Metric]:
    """Only where somebody is asked, and has answered."""
    standing = context.trust.standing
    size = context.trust.witnessed_size
    if size is not None:
        yield _gauge("witnessed_entries", "Entries that enough witnesses vouch for.", size)
    if standing.witnessed is not None:
        at = parse_instant(standing.witnessed.at).timestamp()
        yield _gauge("witnessed_timestamp_seconds", "When that quorum was reached.", at)
    if standing.stamped is not None:
        yield _gauge("stamped_entries", "Entries under the newest time stamp.", standing.stamped.size)
        at = parse_instant(standing.stamped.at).timestamp()
        yield _gauge("stamped_timestamp_seconds", "The time of that stamp.", at)


def _webhooks(context: Context) -> Iterator[Metric]:
    """Only where this process sends; names are the operator's own."""
    states = context.webhooks.standing() if context.webhooks is not None else []
    if not states:
        return
    size = context.ledger.reader.head().size
    told = CounterMetricFamily("pledger_webhook_delivered", "Messages that were taken.", labels=["webhook"])
    failed = CounterMetricFamily("pledger_webhook_failed", "Tries that failed.", labels=["webhook"])
    died = CounterMetricFamily("pledger_webhook_dead", "Messages that were given up.", labels=["webhook"])
    lag = GaugeMetricFamily("pledger_webhook_lag_entries", "Entries not told of yet.", labels=["webhook"])
    gone = GaugeMetricFamily(
        "pledger_webhook_off", "1 after the receiver answered that it wants no more.", labels=["webhook"]
    )
    for one in states:
        told.add_metric([one.id], one.delivered)
        failed.add_metric([one.id], one.failed)
        died.add_metric([one.id], one.died)
        lag.add_metric([one.id], max(size - one.position, 0))
        gone.add_metric([one.id], one.off_since is not None)
    yield from (told, failed, died, lag, gone)


_LOOKS: Final = (_log, _appending, _signed, _outside, _webhooks)
