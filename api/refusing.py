"""Refusals of submissions, signed by the service key: so that whoever is turned away can show it.

What could not be read as envelopes has no payload to name, and is answered without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from api.context import Context
from api.problems import Problem, problem_of
from ledger.door import NeedsAcknowledgement
from ledger.envelope import Envelope, EnvelopeJSON
from ledger.errors import Refusal
from ledger.refusals import NEEDS_ACKNOWLEDGEMENT, sign_refusal


@contextmanager
def refusing(context: Context, envelopes: Sequence[Envelope]) -> Iterator[None]:
    """Turn a refusal of these envelopes into the problem that holds it signed."""
    try:
        yield
    except (Refusal, NeedsAcknowledgement) as error:
        raise _problem(context, envelopes, error) from error


def _problem(
    context: Context, envelopes: Sequence[Envelope], error: Refusal | NeedsAcknowledgement
) -> Problem:
    problem = problem_of(error)
    signed = _signed(context, envelopes, error)
    if signed is not None:
        problem.members["refusal"] = signed
    return problem


def _signed(
    context: Context, envelopes: Sequence[Envelope], error: Refusal | NeedsAcknowledgement
) -> EnvelopeJSON | None:
    """None while no service key is enrolled."""
    found = context.ledger.service
    if found is None:
        return None
    root = context.ledger.root
    code, pointer = (error.code, error.pointer) if isinstance(error, Refusal) else (NEEDS_ACKNOWLEDGEMENT, "")
    return sign_refusal(
        found[0],
        ledger={"origin": root.origin, "genesis": root.genesis},
        payloads=[envelope.payload_hash.hex() for envelope in envelopes],
        code=code,
        pointer=pointer,
        position=context.position if error.position is None else error.position,
        now=context.clock.now(),
    )
