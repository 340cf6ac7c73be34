"""One round: heads, the checkpoint over them, what witnesses and the authority say of it.

A round that got its heads in but too few cosignatures goes on with the same heads, however long
it takes, so that witnesses who are away do not make the log grow. Source: docs/proof.md, Witnesses.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from api.readiness import Reason
from api.stamp_authority import NoStamp
from api.trust.guard import alarmed
from api.trust.judged import WITNESSED
from api.trust.outside import Outside
from api.trust.standing import ANCHORED
from api.witness.hints import SizeHints
from api.witnessing import Collected, LongerLogSeen, WitnessAlarm, collect
from ledger.clock import Clock
from ledger.errors import LedgerError
from ledger.ids import TRUST
from ledger.merkle import prove_consistency
from ledger.note import Ed25519Verifier, parse_note
from ledger.service import Ledger
from ledger.service_signing import TrustWriter, due, heads_data
from ledger.trust import Trust, size_of

State = Literal["quiet", "recorded", "partly", "short", "failed", "alarm"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a round.

    quiet (nothing was to be done); recorded; partly (recorded, but there is no stamp); short (too few
    cosignatures: nothing was recorded); failed (it could not be made); alarm (a witness says that the
    log has another past). words: for an operator. missed: each witness that did not cosign, and what
    came of it (api/witness/outcomes.py). reason: of an alarm.
    """

    state: State
    words: str = ""
    missed: Mapping[str, str] = field(default_factory=dict)
    reason: Reason | None = None

    @property
    def settled(self) -> bool:
        """Nothing is left to do until the log grows."""
        return self.state in ("quiet", "recorded")


class Rounds:
    """Makes rounds for one ledger; used by one thread."""

    def __init__(
        self,
        ledger: Ledger,
        asked: Outside,
        clock: Clock,
        hints: SizeHints | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger, self._asked, self._clock, self._stopping = ledger, asked, clock, stopping
        self._anew = False
        self._hints = hints or SizeHints(None)
        self._writer = TrustWriter(ledger, clock)
        self._quiet_at = -1

    def ask_anew(self) -> None:
        """What is recorded does not hold by this policy and these certificates: make one round anyway."""
        self._anew = True

    def make(self) -> Outcome:
        """Make a round if one is due, or go on with the last. Raises nothing of the ledger's own."""
        try:
            return self._made()
        except LongerLogSeen as alarm:
            if max(alarm.seen.values()) <= self._ledger.reader.head().size:
                return Outcome("failed", "a witness has cosigned entries that came while it was asked")
            return Outcome("alarm", str(alarm), _missed(alarm.collected), alarmed(alarm))
        except WitnessAlarm as alarm:
            return Outcome("alarm", str(alarm), _missed(alarm.collected), alarmed(alarm))
        except LedgerError as error:
            return Outcome("failed", str(error))

    def _made(self) -> Outcome:
        size = self._ledger.reader.head().size
        note = self._note() if size != self._quiet_at else None
        if note is not None:
            return self._ask(note)
        self._quiet_at = size  # it costs nothing to say so again
        return Outcome("quiet")

    def _note(self) -> str | None:
        """The checkpoint to be witnessed and stamped: over heads that wait for it, or over new ones."""
        world = self._ledger.world_now(TRUST)
        lacking = self._lacking(world.trust)
        # An authority that is away keeps nobody from being witnessed: a later stamp covers earlier heads too.
        if lacking and not (lacking == [ANCHORED] and due(world, self._ledger.reader)):
            covering = self._covering(world.trust)
            if covering is not None:
                self._anew = False
                return covering
        elif not world.root.opened or not (self._anew or due(world, self._ledger.reader)):
            return None
        note = self._writer.state("ledger.heads", heads_data(self._ledger.reader)).checkpoint
        self._anew = False
        return note

    def _covering(self, trust: Trust) -> str | None:
        """A checkpoint over the newest heads: ours, or that of another process, which stated them.

        None if whoever stated them was ended before it was kept: then heads are stated anew.
        """
        assert trust.heads is not None
        newest = self._ledger.appender.checkpoint
        if newest is None or newest[0] <= trust.heads.index:
            newest = self._ledger.reader.checkpoint_after(trust.heads.index)
        return newest[1] if newest is not None else None

    def _lacking(self, trust: Trust) -> list[str]:
        """Kinds that the newest heads still lack, of those that are asked for."""
        if trust.heads is None:
            return []
        covered = {WITNESSED: size_of(trust.witnessed), ANCHORED: size_of(trust.anchored)}
        asked = {WITNESSED: self._asked.policy, ANCHORED: self._asked.authority}
        return [kind for kind in covered if asked[kind] is not None and covered[kind] <= trust.heads.index]

    def _ask(self, note: str) -> Outcome:
        """Raises WitnessAlarm and whatever recording raises."""
        lacking = self._lacking(self._ledger.world_now(TRUST).trust)
        said: list[tuple[str, dict[str, Any]]] = []
        told, missed = list[str](), dict[str, str]()
        if WITNESSED in lacking:
            collected = self._collected(note)
            missed = _missed(collected)
            told = [
                f"{one.witness} ({one.state}: {one.detail})"
                for one in collected.outcomes
                if one.witness in missed
            ]
            if not collected.satisfied:
                return Outcome("short", "too few cosignatures: " + "; ".join(told), missed)
            said.append((WITNESSED, {"checkpoint": collected.note}))
        if ANCHORED in lacking and not self._stopping():
            try:
                said.append((ANCHORED, {"checkpoint": note, "response": self._response(note)}))
            except NoStamp as error:
                told.append(str(error))
        if self._stopping():
            return Outcome("failed", "the server is stopping")
        if said:
            self._writer.state_all(said)
        state: State = "recorded" if len(said) == len(lacking) else "partly"
        return Outcome(state, "; ".join(told), missed)

    def _collected(self, note: str) -> Collected:
        policy, reader = self._asked.policy, self._ledger.reader
        assert policy is not None
        size = int(parse_note(note).text.split("\n")[1])
        return collect(
            note,
            lambda old: prove_consistency(reader.nodes, old, size),
            policy,
            logs=[Ed25519Verifier.parse(key) for key in self._ledger.root.log_keys],
            newest=reader.head().size,
            hints=self._hints,
            clock=self._clock,
        )

    def _response(self, note: str) -> str:
        """base64 of the authority's answer. Raises NoStamp."""
        from api.stamping import ask_for_stamp  # noqa: PLC0415 -- large libraries, for those with an authority

        assert self._asked.authority is not None
        text = parse_note(note).text.encode()
        return b64encode(ask_for_stamp(text, self._asked.authority).response).decode()


def _missed(collected: Collected) -> dict[str, str]:
    """Who did not cosign, and what came of it."""
    return {one.witness: one.state for one in collected.outcomes if one.state != "cosigned"}
