"""Everything that a server does to be witnessed: guards, makes rounds, and knows how it stands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from api.readiness import Reason
from api.trust.guard import ASKING, ask_for_longer
from api.trust.lateness import Lateness
from api.trust.outside import Outside
from api.trust.round import Outcome, Rounds
from api.trust.runner import Runner
from api.trust.service_key import unusable
from api.trust.standing import Standing, StandingReader
from api.witness.hints import SizeHints
from ledger.clock import Clock, format_instant
from ledger.service import Ledger

log = logging.getLogger("pledger.trust")


class TrustKeeper:
    """Starts with the server and stops with it. Without a service key or a policy it does nothing.

    seconds: between rounds. late: how long the log may be without witnesses before the server says that it
    is not ready. leads: of several processes of one ledger only one makes rounds; all guard, and look how it
    stands. held: why it lets nothing be appended, None while it does.
    """

    def __init__(
        self,
        ledger: Ledger,
        asked: Outside,
        clock: Clock,
        *,
        seconds: float,
        late: timedelta,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._leads = leads
        self._ledger, self._asked, self._clock = ledger, asked, clock
        self._reader = StandingReader(ledger, asked)
        self._runner = Runner(self._turn, seconds)
        hints = SizeHints(ledger.directory.witness_sizes)
        self._rounds = Rounds(ledger, asked, clock, hints, self._runner.stopping)
        self._late = late
        self._lateness = Lateness(late)
        self._guarded = asked.policy is None
        self.held: Reason | None = None
        self._told = ("", "")

    def start(self) -> None:
        """Before anything is taken: with a policy nothing is, until the witnesses were asked."""
        self._look()
        if self._reader.unwitnessed is not None or self._reader.unstamped is not None:
            self._rounds.ask_anew()
        if not self._guarded:
            self._hold(ASKING)
        if self._asked != Outside() or self._ledger.directory.service_key.exists():
            self._runner.start()

    def wake(self) -> None:
        """The log has grown."""
        self._runner.wake()

    def close(self) -> None:
        self._runner.close()

    @property
    def standing(self) -> Standing:
        return self._reader.now

    @property
    def witnessed_size(self) -> int | None:
        """Entries that enough witnesses vouch for; None where no policy asks for any."""
        if self._asked.policy is None:
            return None
        newest = self._reader.now.witnessed
        return newest.size if newest is not None else 0

    def reasons(self) -> list[Reason]:
        """Why the server is not as it should be; only where a policy asks for witnesses."""
        since = self._lateness.late_since(self._clock.now())
        if self._asked.policy is None or since is None:
            return []
        return [unusable(self._ledger, since) or self._lateness.reason(since, self.witnessed_size or 0)]

    def notes(self) -> list[Reason]:
        """What is not as it should be and no reason to send anybody away: nothing is stamped for long.

        It counts from the first entry that no stamp covers, as the log has it.
        """
        since = self._reader.unstamped
        if since is None or self._clock.now() - since < self._late:
            return []
        newest = self._reader.now.stamped
        size = newest.size if newest is not None else 0
        return [Reason("not-stamped", {"since": format_instant(since), "size": size})]

    def _hold(self, reason: Reason | None) -> None:
        """Let nothing be appended for a reason; None: let it go on."""
        self.held = reason
        self._ledger.appender.hold(reason.detail if reason is not None else None)

    def _look(self) -> None:
        self._ledger.world_now()  # keys that another process recorded
        self._reader.refresh()
        self._lateness.known(self._reader.unwitnessed)

    # -- the runner's thread ------------------------------------------------------

    def _turn(self) -> bool:
        outcome = self._guard() or (self._rounds.make() if self._leads() else Outcome("quiet"))
        if outcome.state == "alarm":
            self._guarded = False
            self._hold(outcome.reason)
        self._look()
        self._lateness.note(outcome, self._clock.now())
        self._tell(outcome)
        return outcome.settled or outcome.state == "partly"  # what comes next is witnessed as soon as ever

    def _tell(self, outcome: Outcome) -> None:
        """In the server's log, and not again while it stays the same."""
        if outcome.state != "quiet" and (outcome.state, outcome.words) != self._told:
            self._told = outcome.state, outcome.words
            level = logging.INFO if outcome.settled else logging.WARNING
            log.log(level, "round of witnesses and stamps: %s. %s", outcome.state, outcome.words)

    def _guard(self) -> Outcome | None:
        """Ask again as long as a witness has seen more than there is."""
        if self._guarded or self._asked.policy is None:
            return None
        reason = ask_for_longer(self._ledger, self._asked.policy, self._clock)
        if reason is not None:
            return Outcome("alarm", reason.detail, reason=reason)
        self._guarded = True
        self._hold(None)
        return None
