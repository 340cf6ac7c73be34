"""Writing which entries stand in doubt, from which position on and until which.

ledger/doubt.py judges a statement by the registry as it stands now. Here its verdicts are kept:
with each entry the statements are judged again whose doubt it may change, and where a verdict is
another one, those that rest on that statement, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.doubt import day_of
from ledger.event import Stated
from ledger.ids import REGISTRAR, SERVICE, TRUST
from ledger.statements import slots_of
from ledger.store.base import LogReader
from ledger.world import World
from projections.disturbed import DISTURBING, disturbed_by, resting_on
from projections.enactments import Enactments
from projections.judging import Judge
from projections.signatures import OPEN, REAFFIRMED, Signatures, SignerIds
from projections.store.base import Writing


@dataclass(slots=True)
class DoubtsKnown:
    """What outlives a transaction. registry: does any statement of the registry stand in doubt?"""

    ids: SignerIds
    registry: bool | None = None


class Doubts:
    """Keeps the tables of doubt up with the log, within one transaction."""

    def __init__(self, cursor: Writing, log: LogReader, known: DoubtsKnown) -> None:
        self._cursor, self._log, self._known = cursor, log, known
        self._signatures = Signatures(cursor, known.ids)
        self._enactments = Enactments(cursor)

    def flush(self) -> None:
        self._signatures.flush()

    def take(self, before: World, after: World, stated: Stated) -> tuple[World, set[int]]:
        """Take an entry: the world after it with what had to be loaded, and whose doubt is another now."""
        self._signatures.note(stated)
        self._enactments.note(after, stated)
        if stated.event.kind == REAFFIRMED:
            self._signatures.note_reaffirmed(after, stated)
        disturbed: list[int] = []
        if stated.event.kind in DISTURBING:
            tail = self._log.at_position(stated.index + 1)
            disturbed.extend(disturbed_by(before, after, stated, self._signatures, tail))
        if self._stood_in_doubt(before, stated):
            disturbed.extend(resting_on(after, stated, self._signatures))
        rests_on_doubt = self._in_registry() or self._endorsed_in_doubt(stated)
        if not disturbed and not rests_on_doubt and _holds_office(after, stated):
            return after, set()
        tail = self._log.at_position(stated.index + 1)
        judge = Judge(self._cursor, self._signatures, tail, after)
        changed = judge.judge([stated.index, *disturbed])
        if changed:
            self._known.registry = None
        return judge.world, changed

    def _in_registry(self) -> bool:
        """Else no new entry can rest on a statement of the registry that is in doubt."""
        if self._known.registry is None:
            query = (
                f"SELECT 1 FROM doubts WHERE known_to={OPEN} AND stream<>'{TRUST}' "
                "AND substr(stream,1,10)<>'programme:' LIMIT 1"
            )
            self._known.registry = self._cursor.execute(query).fetchone() is not None
        return self._known.registry

    def _endorsed_in_doubt(self, stated: Stated) -> bool:
        """Does it enact what was endorsed by a statement that is in doubt already?"""
        endorsed, stream = self._enactments.endorsed(stated), stated.event.subject
        return any(self._stands_in_doubt(stream, index) for index in endorsed)

    def _stood_in_doubt(self, before: World, stated: Stated) -> bool:
        """Does it take the place of a statement in doubt, on which others rest?"""
        corrects, stream = stated.event.relations.corrects, stated.event.subject
        old = slots_of(before, stream).get(corrects.event) if corrects is not None else None
        return old is not None and self._stands_in_doubt(stream, old.event_index)

    def _stands_in_doubt(self, stream: str, index: int) -> bool:
        query = f"SELECT 1 FROM doubts WHERE stream=? AND leaf_index=? AND known_to={OPEN}"
        return self._cursor.execute(query, (stream, index)).fetchone() is not None


def _holds_office(world: World, stated: Stated) -> bool:
    """Did its officials hold their offices when it was recorded? That is nearly always so."""
    day = day_of(world, stated.recorded_at)
    for signer in stated.event.signers:
        body = world.body_of(f"office:{signer.office}")
        if signer.office in (REGISTRAR, SERVICE) or body is None:
            continue
        if not any(mandate.holds(day) for mandate in body.mandates_of(signer.person, signer.office)):
            return False
    return True
