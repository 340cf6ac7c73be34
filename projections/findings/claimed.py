"""Back-dating: when signers claim to have signed, and when it cannot have been.

The recorded times alone decide: witnesses and stamps come later, and are shown beside (Case.times).
Source: time.md, three lags; docs/findings-lifetime-a.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import orjson

from ledger.canonical import decode_base64url
from ledger.clock import format_instant, local_date, parse_instant
from ledger.ids import LeafIndex
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.rule import Hit, Rule

CLOCKS_APART = timedelta(minutes=5)  # a signer's clock may be as wrong as the ledger lets its own be

_BEFORE = (
    "раніше за запис, який підписувач уже бачив",
    "before an entry that the signer had already seen",
)
_AFTER = ("пізніше, ніж подію зареєстровано", "later than the event was recorded")


def _of_slot(case: Case, slot: str) -> Iterator[Hit]:
    for place, said in enumerate(case.statements(slot)):
        yield from _back_dated(case, said, f"{slot}/{said.stated.event.id}" if place else slot)


def _of_act(case: Case, act: str) -> Iterator[Hit]:
    for said in case.act_entries(act):
        yield from _back_dated(case, said, f"{act}/{said.stated.event.id}")


def _back_dated(case: Case, said: Said, key: str) -> Iterator[Hit]:
    """One hit for each person whose claim cannot be true."""
    recorded = parse_instant(said.stated.recorded_at)
    for person, claimed in sorted(_claims(case, said).items()):
        # What was seen is no later than what was recorded: nearly always there is nothing to look up.
        seen = _seen(case, said) if _day(case, claimed) < said.day else None
        if seen is not None and _apart(case, claimed, seen[1]):
            yield _hit(case, f"{key}/{person}", said, person, claimed, (seen[0], said.index), _BEFORE)
        elif _apart(case, recorded, claimed):
            yield _hit(case, f"{key}/{person}", said, person, claimed, (said.index,), _AFTER)


def _claims(case: Case, said: Said) -> dict[str, datetime]:
    """Person → the earliest time that a signature of theirs claims."""
    persons = {signer.kid: signer.person for signer in said.stated.event.signers}
    found: dict[str, datetime] = {}
    for one in case.reading.entry(LeafIndex(said.index)).envelope["signatures"]:
        header = orjson.loads(decode_base64url(one["protected"]))
        person, claimed = persons[header["kid"]], datetime.fromtimestamp(header["iat"], UTC)
        found[person] = min(claimed, found.get(person, claimed))
    return found


def _seen(case: Case, said: Said) -> tuple[int, datetime] | None:
    """The last entry that the signer had seen: leaf index, and when it was recorded."""
    index = said.stated.event.seen - 1
    if index < 0:
        return None
    known = case.dossier.said.get(index)
    if known is not None:
        return index, parse_instant(known.stated.recorded_at)
    return index, parse_instant(case.reading.entry(LeafIndex(index)).recorded_at)


def _day(case: Case, moment: datetime) -> str:
    try:
        return local_date(moment, case.dossier.zone).isoformat()
    except OverflowError:  # in the last hours that can be written it is a day later east of Greenwich
        return date.max.isoformat()


def _apart(case: Case, one: datetime, later: datetime) -> bool:
    """Is one on an earlier local day, and not merely by a clock that is a little wrong?"""
    return later - one > CLOCKS_APART and _day(case, one) < _day(case, later)


def _hit(
    case: Case,
    key: str,
    said: Said,
    person: str,
    claimed: datetime,
    entries: tuple[int, ...],
    how: tuple[str, str],
) -> Hit:
    words = {
        "person": person,
        "claimed": format_instant(claimed),
        "recorded": said.stated.recorded_at,
        "how": how,
    }
    return Hit(key, entries=entries, words=words, day=case.happened(said))


_SLOTS = Rule(
    "ACT-BACKDATED",
    "ask",
    "Заявлений час підпису ({person}): {claimed} – {how}; зареєстровано {recorded}",
    "The claimed time of the signature ({person}): {claimed}, {how}; recorded {recorded}",
    _of_slot,
    "slot",
)
# The same of an act's own statements: one code, asked of both.
RULES: tuple[Rule, ...] = (_SLOTS, replace(_SLOTS, check=_of_act, topic="act"))
