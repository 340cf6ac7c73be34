"""Whether a witness has seen a longer log than the one that was opened: then an old backup was restored."""

from __future__ import annotations

import logging
from typing import Final

from api.readiness import Reason
from api.witnessing import LongerLogSeen, WitnessAlarm, check_none_longer, largest_seen
from ledger.clock import Clock
from ledger.errors import LedgerError, Stopped
from ledger.note import Ed25519Verifier
from ledger.service import Ledger
from ledger.witness.policy import Policy

log = logging.getLogger("pledger.trust")

ASKING: Final = Reason(
    "asking-witnesses",
    detail="the witnesses are being asked whether they have seen a longer log than this one",
)


def ask_for_longer(ledger: Ledger, policy: Policy, clock: Clock) -> Reason | None:
    """Why nothing may be appended: a witness has cosigned more than there is, or another history.

    None if no witness says so. One that does not answer does not stop the ledger: it is named in
    the server's log, and asked again by every round. It takes as long as the slowest witness.
    """
    try:
        newest = ledger.appender.checkpoint
        if newest is None:
            raise Stopped(ledger.appender.stopped or "the log's head is not signed")
        keys = ledger.root.log_keys or (ledger.signer.verifier_key,)
        logs = [Ed25519Verifier.parse(key) for key in keys]
        seen = largest_seen(newest[1], policy, logs=logs, clock=clock)
        check_none_longer(seen)
    except WitnessAlarm as alarm:
        return alarmed(alarm)
    except LedgerError as error:
        words = f"whether a witness has seen a longer log could not be asked: {error}"
        return Reason("witnesses-not-asked", detail=words)
    unasked = [one for one in seen.collected.outcomes if seen.sizes[one.witness] is None]
    for one in unasked:
        log.warning("witness %s did not say how much of the log it has seen: %s", one.witness, one.detail)
    return None


def alarmed(alarm: WitnessAlarm) -> Reason:
    """What a witness says against us, as a reason to take nothing more.

    Its answer bears no signature (C2SP tlog-witness): a claim, which people have to look into. To stop is
    right all the same, for after an old backup was restored every further signature would be a fork.
    """
    code = "witness-longer" if isinstance(alarm, LongerLogSeen) else "witness-other-root"
    return Reason(code, {"size": alarm.size, "seen": alarm.seen, "signed": False}, detail=str(alarm))
