"""The oracle's abstract histories, told to a log so that exactly the chosen entries stand in a chosen doubt.

Whoever signs decides: a key that is revoked in the end, a person without a mandate, or one whose mandate
turns out to have ended before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.oracle.model import Entry
from tests.projections.feed import Feed, Payload
from tests.projections.suspects import FIRST_DAY, PROOF, ZONE, registrar, signer
from tests.projections.told import BODIES, Told
from tests.support.people import key_of

REGISTRARS = (registrar(1), registrar(2))
OFFICE, LATE = "secretary", "late"
SIGNERS = {
    None: signer("p-sound", OFFICE, "a sound key"),
    "suspect": signer("p-sound", OFFICE, "a stolen key"),
    "undetermined": signer("p-nobody", OFFICE, "somebody's key"),
    "ended-late": signer("p-late", LATE, "a late key"),
}
LONG_AGO = "2020-01-01"


class Doubted:
    """One history, told at once to a feed that is kept. doubts: by the index of an entry."""

    def __init__(self, feed: Feed, entries: Sequence[Entry], doubts: Mapping[int, str]) -> None:
        self.feed, self.doubts = feed, doubts
        ended = self._open()
        self.told = Told(_Signing(self), "h", entries)  # type: ignore[arg-type]
        while not self.told.done:
            self.told.tell_next()
        self._cast_doubt(ended)
        feed.keep()

    @property
    def programme(self) -> str:
        return self.told.programmes[0]

    def signer(self) -> Payload:
        """Who signs the entry that is being told."""
        return SIGNERS[self.doubts.get(len(self.told.positions) - 1)]

    def _open(self) -> str:
        """Everybody and every key in place; returns the mandate that will have ended."""
        named = [
            {"person": f"p-registrar-{n}", "name": "x", "jwk": key_of(f"registrar {n}").public.to_jwk()}
            for n in (1, 2, 3)
        ]
        opening = {"origin": "feed.example", "nonce": "00" * 32, "registrars": named, "k": 2, "zone": ZONE}
        self._say("ledger.opened", "root", opening | {"log_key": "log+00000000+" + "A" * 44})
        for body in BODIES:
            self._say("body.opened", "root", {"body": body, "name": "x"})
        stream, mandate = f"body:{BODIES[0]}", ""
        for office, person in ((OFFICE, "p-sound"), (LATE, "p-late")):
            data: Payload = {"office": office, "name": "x", "kinds": ["act.registered"]}
            self._say("office.created", stream, data, names=(f"office:{office}",))
            held = {"person": person, "office": office, "start": LONG_AGO}
            mandate = self._say("mandate.granted", stream, held)
        keys = {"a sound key": "p-sound", "a stolen key": "p-sound", "somebody's key": "p-nobody"}
        for key, person in (keys | {"a late key": "p-late"}).items():
            public = key_of(key).public
            data = {"person": person, "jwk": public.to_jwk(), "possession": PROOF}
            self._say("key.enrolled", stream, data, names=(f"key:{public.kid}",))
        return mandate

    def _cast_doubt(self, mandate: str) -> None:
        stream = f"body:{BODIES[0]}"
        revoked = {"kid": SIGNERS["suspect"]["kid"], "cause": "stolen", "suspect_from": LONG_AGO}
        self._say("key.revoked", stream, revoked)
        self._say("mandate.ended", stream, {"mandate": mandate, "end": FIRST_DAY.isoformat()})

    def _say(self, kind: str, subject: str, data: Payload, **more: Any) -> str:
        return self.feed.say(kind, subject, data, signers=REGISTRARS, **more)


class _Signing:
    """The feed as `Told` uses it: each entry is signed by whom its doubt asks for."""

    def __init__(self, doubted: Doubted) -> None:
        self._doubted, self._feed = doubted, doubted.feed

    @property
    def size(self) -> int:
        return self._feed.size

    def say(self, *said: Any, **more: Any) -> str:
        return self._feed.say(*said, **more, signers=[self._doubted.signer()])
