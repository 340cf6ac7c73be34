"""When a message that was not taken is sent again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

DELAYS_SECONDS: Final = (5.0, 30.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0)
JITTER: Final = 0.2  # so that receivers that fell together are not asked together
ASKED_SECONDS_MAX: Final = 36_000.0  # of Retry-After
_RANDOM: Final = random.SystemRandom()


class Schedule:
    """delays: after the first try, the second …; with one more failure the message is dead.

    chance: between 0 and 1.
    """

    def __init__(
        self,
        delays: Sequence[float] = DELAYS_SECONDS,
        chance: Callable[[], float] = _RANDOM.random,
    ) -> None:
        self._delays, self._chance = tuple(delays), chance

    def delay(self, attempts: int, asked: float | None) -> float | None:
        """Seconds until the next try after so many; None: there is none.

        asked: by the receiver. It is never tried sooner than it wants, nor than we would anyway: else one
        that always says "in a second" would turn all messages into dead ones within seconds.
        """
        if attempts > len(self._delays):
            return None
        base = self._delays[attempts - 1]
        return max(base * (1 + JITTER * (2 * self._chance() - 1)), min(asked or 0.0, ASKED_SECONDS_MAX))

    @property
    def longest(self) -> float:
        """No wait that we set is longer: if one is, the clock went back."""
        return max(*self._delays, ASKED_SECONDS_MAX) * (1 + JITTER)


def asked_seconds(text: str | None, now: datetime) -> float | None:
    """Retry-After: seconds, or a date. None for what is neither. Source: RFC 9110 §10.2.3."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
