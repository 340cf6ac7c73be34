"""Observations that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from projections.duties.desk import Desk, Office
from projections.duties.duty import About, Duty, shorten
from projections.observations import read_observations
from projections.recording import Doc

ANSWERED = "observation.answered"
ALL = 1 << 30


def opened(desk: Desk) -> list[Doc]:
    """Looks at all observations that were ever made."""
    return read_observations(desk.reading, stream=None, is_open=True, after="", limit=ALL)


def observing(desk: Desk, office: Office) -> Iterator[Duty]:
    """Those addressed to the office, and those to nobody that it may answer."""
    for one in desk.once("observations", opened):
        owned = desk.owned[one["stream"]]
        if one["to"] is not None and one["to"] != office.id:
            continue
        if one["to"] is None and not desk.may_sign(office, ANSWERED, owned):
            continue
        text = shorten(one["text"])
        yield Duty(
            "answer",
            office.id,
            About(kind=ANSWERED, event=one["id"]),
            (text, text),
            f"/v1/observations/{one['id']}",
            programme=one["programme"],
            since=one["recorded_at"],
            due=one["due"],
            event=one["event"],
            index=one["index"],
            barred=frozenset(signer["person"] for signer in one["signers"]),
            shared=one["to"] is None,
        )
