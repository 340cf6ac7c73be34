"""Who signed what, and what was re-affirmed by what: where doubt is looked for."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.event import Signer, Stated
from ledger.ids import REGISTRAR
from ledger.statements import slots_of
from ledger.world import World
from projections.store.base import Writing

OPEN = 1 << 62  # known_to of a row that is still known
REAFFIRMED = "entry.reaffirmed"
_REAFFIRMED = "INSERT INTO reaffirmations VALUES (?,?,?) ON CONFLICT DO NOTHING"

SignerIds = dict[tuple[str, str, str], int]


class Signatures:
    """The tables `signers`, `signatures` and `reaffirmations`, within one transaction.

    ids: the signers that are known to be in the table; it outlives the transaction.
    """

    def __init__(self, cursor: Writing, ids: SignerIds) -> None:
        self._cursor, self._ids = cursor, ids
        self._noted: list[tuple[int, int]] = []

    def note(self, stated: Stated) -> None:
        self._noted += [(self._id(signer), stated.index) for signer in stated.event.signers]

    def flush(self) -> None:
        self._cursor.executemany("INSERT INTO signatures VALUES (?,?) ON CONFLICT DO NOTHING", self._noted)
        self._noted.clear()

    def note_reaffirmed(self, world: World, stated: Stated) -> None:
        """The statements in force that an entry.reaffirmed names. world: with it."""
        stream = stated.event.subject
        slots = slots_of(world, stream)
        named = [slots[one.event].event for one in stated.event.data.entries if one.event in slots]
        rows = [(stream, event, stated.index) for event in named]
        self._cursor.executemany(_REAFFIRMED, rows)

    def reaffirming(self, stream: str, event: str) -> list[int]:
        """The entries that re-affirm a statement, oldest first."""
        query = "SELECT leaf_index FROM reaffirmations WHERE stream=? AND event=? ORDER BY leaf_index"
        return [row[0] for row in self._cursor.execute(query, (stream, event)).fetchall()]

    def reaffirmed_by(self, index: int) -> list[str]:
        """The events that an entry.reaffirmed names."""
        query = "SELECT event FROM reaffirmations WHERE leaf_index=? ORDER BY event"
        return [row[0] for row in self._cursor.execute(query, (index,)).fetchall()]

    def by_key(self, kid: str, since: int = 0) -> Iterator[int]:
        """Entries from a leaf index on that a key signed, and older ones that stand in doubt."""
        return self._signed("kid=?", (kid,), since)

    def by_holder(self, person: str, office: str, since: int = 0) -> Iterator[int]:
        return self._signed("person=? AND office=?", (person, office), since)

    def by_office(self, office: str) -> Iterator[int]:
        return self._signed("office=?", (office,), 0)

    def by_registrars(self) -> Iterator[int]:
        return self._signed("office=?", (REGISTRAR,), 0)

    def _signed(self, who: str, names: tuple[str, ...], since: int) -> Iterator[int]:
        self.flush()
        query = (
            f"SELECT DISTINCT leaf_index FROM signers JOIN signatures ON signer=id WHERE {who} "
            f"AND (leaf_index>=? OR leaf_index IN (SELECT leaf_index FROM doubts WHERE known_to={OPEN})) "
            "ORDER BY leaf_index"
        )
        return iter([row[0] for row in self._cursor.execute(query, (*names, since)).fetchall()])

    def _id(self, signer: Signer) -> int:
        key = (signer.person, signer.office, signer.kid)
        known = self._ids.get(key)
        if known is None:
            query = "INSERT INTO signers (person, office, kid) VALUES (?,?,?) ON CONFLICT DO NOTHING"
            self._cursor.execute(query, key)
            query = "SELECT id FROM signers WHERE person=? AND office=? AND kid=?"
            known = self._ids[key] = int(self._cursor.execute(query, key).fetchone()[0])
        return known
