"""Asking witnesses for cosignatures, all of a policy at once. Source: C2SP tlog-witness v1.0.0."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from api.witness.asking import NoAnswer, address
from api.witness.dialogue import Asked, Dialogue, Prove
from api.witness.hints import SizeHints
from api.witness.outcomes import (
    Collected,
    LongerLogSeen,
    OtherRootSeen,
    Outcome,
    Seen,
    State,
    WitnessAlarm,
)
from ledger.checkpoint import open_checkpoint
from ledger.clock import Clock, SystemClock
from ledger.note import NoteError, Signature, Verifier, format_note, parse_note
from ledger.witness.policy import Policy, PolicyWitness, judge

if TYPE_CHECKING:
    import httpx

SECONDS_MAX: Final = 15.0  # for one witness, all requests together

_Question: TypeAlias = Callable[[Dialogue], Awaitable[Outcome]]


def collect(
    note: str,
    prove: Prove,
    policy: Policy,
    *,
    logs: Iterable[Verifier] = (),
    newest: int | None = None,
    hints: SizeHints | None = None,
    clock: Clock | None = None,
    seconds_max: float = SECONDS_MAX,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Collected:
    """Ask every witness of the policy that has not cosigned the note yet.

    note: our signed checkpoint. logs: the log's keys, added to those of the policy. newest: how
    many entries we hold, if more than the note's size. hints: by default none are kept. It
    blocks for about seconds_max at most; call it outside an event loop. Too few answers are no
    error: see Collected.satisfied.
    Raises WitnessAlarm after all have answered (its `collected` has what the others gave),
    NoteError for a note that is not the log's own or bears a wrong cosignature of a known
    witness, and whatever prove raises.
    """
    round_ = _Round(note, prove, policy, tuple(logs), newest=newest, clock=clock)
    had, kept = round_.cosignatures_given(), hints or SizeHints(None)
    collected = asyncio.run(round_.ask(lambda one: one.cosignature(kept), had, seconds_max, transport))
    _raise(OtherRootSeen, "other-root", collected, newest)
    _raise(LongerLogSeen, "longer", collected, newest)
    return collected


def largest_seen(
    note: str,
    policy: Policy,
    *,
    logs: Iterable[Verifier] = (),
    clock: Clock | None = None,
    seconds_max: float = SECONDS_MAX,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Seen:
    """Ask every witness how much of the log it has cosigned, and show it nothing new.

    note: our newest checkpoint. A witness that remembers this very tree cosigns it once more.
    Raises OtherRootSeen, and NoteError as collect does. A larger size than ours is in the
    answer: check_none_longer.
    """
    round_ = _Round(note, _no_proof, policy, tuple(logs), newest=None, clock=clock)
    collected = asyncio.run(round_.ask(lambda one: one.size(), {}, seconds_max, transport))
    _raise(OtherRootSeen, "other-root", collected, None)
    return Seen({one.witness: one.size for one in collected.outcomes}, collected)


def check_none_longer(seen: Seen) -> None:
    """Raises LongerLogSeen when a witness has cosigned more than the checkpoint that was shown."""
    _raise(LongerLogSeen, "longer", seen.collected, None)


def _raise(error: type[WitnessAlarm], state: State, collected: Collected, newest: int | None) -> None:
    checkpoint = collected.witnessed.checkpoint
    seen = {one.witness: one.size or 0 for one in collected.outcomes if one.state == state}
    if seen:
        raise error(checkpoint.origin, max(checkpoint.size, newest or 0), seen, collected)


class _Round:
    """One checkpoint, and every witness of a policy."""

    def __init__(
        self,
        note: str,
        prove: Prove,
        policy: Policy,
        logs: tuple[Verifier, ...],
        *,
        newest: int | None,
        clock: Clock | None,
    ) -> None:
        self._note, self._policy, self._logs = note, policy, logs
        checkpoint, opened = open_checkpoint(note, [*(log.verifier for log in policy.logs), *logs])
        self._by_log, timed = opened.verified, clock or SystemClock()
        self._asked = Asked(
            checkpoint,
            opened.text,
            format_note(opened.text, opened.verified),
            max(checkpoint.size, newest or 0),
            prove,
            lambda: int(timed.now().timestamp()),
        )

    def cosignatures_given(self) -> dict[str, Signature]:
        """Those of the policy's witnesses that stand below the note already. Raises NoteError."""
        judge(self._note, self._policy, logs=self._logs)
        found = {(one.name, one.key_id): one for one in parse_note(self._note).signatures}
        keys = {
            name: (one.verifier.name, one.verifier.key_id) for name, one in self._policy.witnesses.items()
        }
        return {name: found[key] for name, key in keys.items() if key in found}

    async def ask(
        self,
        question: _Question,
        had: Mapping[str, Signature],
        seconds_max: float,
        transport: httpx.AsyncBaseTransport | None,
    ) -> Collected:
        """had: witnesses that need not be asked, and their cosignatures."""
        names = [name for name in self._policy.witnesses if name not in had]
        answered = await asyncio.gather(
            *(self._in_time(self._policy.witnesses[name], question, seconds_max, transport) for name in names)
        )
        size = self._asked.checkpoint.size
        outcomes = {name: Outcome(name, "cosigned", "before", size, one) for name, one in had.items()}
        outcomes |= dict(zip(names, answered, strict=True))
        return self._collected([outcomes[name] for name in self._policy.witnesses])

    def _collected(self, outcomes: Sequence[Outcome]) -> Collected:
        cosignatures = [one.cosignature for one in outcomes if one.cosignature is not None]
        note = format_note(self._asked.text, [*self._by_log, *cosignatures])
        return Collected(note, judge(note, self._policy, logs=self._logs), tuple(outcomes))

    async def _in_time(
        self,
        witness: PolicyWitness,
        question: _Question,
        seconds_max: float,
        transport: httpx.AsyncBaseTransport | None,
    ) -> Outcome:
        """Whatever a witness does, it takes no longer than its time and holds nobody else up."""
        import httpx  # noqa: PLC0415 -- a large library, for those who ask

        if witness.url is None:
            return Outcome(witness.name, "no-address", "the policy names no URL for it")
        try:
            async with asyncio.timeout(seconds_max):
                url, local = address(witness.url)
                # A proxy of the environment must not be asked for this machine.
                async with httpx.AsyncClient(
                    transport=transport, timeout=seconds_max, trust_env=not local
                ) as client:
                    return await question(Dialogue(witness, self._asked, client, url))
        except TimeoutError:
            return Outcome(witness.name, "unreachable", f"no answer within {seconds_max:g} s")
        except NoAnswer as error:
            return Outcome(witness.name, "unreachable", str(error))
        except NoteError as error:
            return Outcome(witness.name, "untrue", str(error))


def _no_proof(old: int) -> Sequence[bytes]:
    raise AssertionError(f"to learn a size no proof from {old} is needed")


__all__ = [
    "Collected",
    "LongerLogSeen",
    "OtherRootSeen",
    "Outcome",
    "Seen",
    "SizeHints",
    "WitnessAlarm",
    "check_none_longer",
    "collect",
    "largest_seen",
]
