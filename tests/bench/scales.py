"""How much of everything there is in a log of so many events."""

from __future__ import annotations

from tests.bench.workload import Scale

SMALL = 20_000  # below it the programmes of the default scale would be most of the log
EVENTS_EACH = 1000  # of a programme, at least
PROGRAMMES_MAX = 50  # of a council


def scale_of(events: int) -> Scale:
    """A hundred programmes up to 100,000 events, then one for a thousand events, and councils with them."""
    if events < SMALL:
        return Scale(programmes=2, wide=10)
    least = Scale()
    programmes = max(least.councils * least.programmes, events // EVENTS_EACH)
    councils = max(least.councils, -(-programmes // PROGRAMMES_MAX))
    return Scale(councils=councils, programmes=-(-programmes // councils))
