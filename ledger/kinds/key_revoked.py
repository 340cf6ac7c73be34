"""key.revoked: a key signs no more, and may throw doubt on what it signed from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.registry import Body, Revoked, Root, keep
from ledger.values import Day, Kid, Strict, Text

CAUSES = {
    "lost": ("втрачено", "lost"),
    "stolen": ("викрадено", "stolen"),
    "left": ("особа залишила посаду", "the person left"),
    "other": ("інше", "other"),
}


class KeyRevoked(Strict):
    """suspect_from: the first day whose entries by this key are doubted, absent for none.

    Stated for the root it holds everywhere, for a body there. A correction may move suspect_from.
    """

    kid: Kid
    cause: Literal["lost", "stolen", "left", "other"]
    suspect_from: Day | None = None
    note: Text = ""


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: KeyRevoked = event.data
    registry = view.registry
    known = registry.kept.get(view.slot)
    if known is not None:
        if known.about != data.kid:
            raise Refusal("correction-changes-id", "/data/kid", data.kid)
    elif data.kid in registry.revoked:
        raise Refusal("key-revoked", "/data/kid", data.kid, revoked=registry.revoked[data.kid].event)
    if not _is_known(view, data.kid):
        raise Refusal("unknown-key", "/data/kid", data.kid, instead=_who_may(view, data.kid))
    if data.suspect_from is not None and data.suspect_from > view.today:
        raise Refusal("suspect-ahead", "/data/suspect_from", data.suspect_from, today=view.today)
    _check_registrars_left(view, data.kid)
    yield from ()


def _is_known(view: View, kid: str) -> bool:
    """The root revokes any key that the ledger knows, a body those that it accepted."""
    if view.body is None:
        return f"key:{kid}" in view.world.names
    return kid in view.body.keys or kid in view.body.registrars


def _who_may(view: View, kid: str) -> list[str]:
    """Who revokes a key that is another body's: the root's registrars; of what nobody knows, nobody."""
    known = f"key:{kid}" in view.world.names
    return sorted({one.person for one in view.root.registrars.values()}) if known else []


def _check_registrars_left(view: View, kid: str) -> None:
    """At least k registrars stay able to sign: else nobody could ever set it right.

    The root's revocation holds in every body; in which order they are asked does not depend on chance.
    """
    names = sorted(view.world.root.bodies) if view.body is None else ()
    for registry in (view.registry, *(view.world.bodies[name] for name in names)):
        if kid not in registry.registrars:
            continue
        gone = {kid, *view.root.revoked, *registry.revoked}
        left = {one.person for other, one in registry.registrars.items() if other not in gone}
        if len(left) < registry.threshold:
            instead = sorted({one.person for one in registry.registrars.values()})  # they name new ones
            details = {"needed": registry.threshold, "left": sorted(left), "instead": instead}
            raise Refusal("too-few-registrars-left", "/data/kid", kid, **details)


def evolve(registry: Root | Body, stated: Stated) -> Root | Body:
    data: KeyRevoked = stated.event.data
    kept = keep(stated, data.kid, registry.kept.get(stated.slot))
    revoked = Revoked(kept.index, stated.event.id, data.suspect_from)
    registrars = registry.registrars
    if data.kid in registrars:
        registrars = registrars.delete(data.kid)
    return replace(
        registry,
        registrars=registrars,
        revoked=registry.revoked.set(data.kid, revoked),
        kept=registry.kept.set(stated.slot, kept),
    )


def phrases(data: KeyRevoked, olds: object) -> Iterator[Words]:
    yield {"kid": data.kid, "cause": CAUSES[data.cause], "since": data.suspect_from or ("немає", "none")}


KIND = Kind(
    "key.revoked",
    schema=1,
    family="body",
    also=("root",),
    data=KeyRevoked,
    registrar=True,
    voidable=False,
    refers=lambda data: [f"key:{data.kid}"],
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Відкликано ключ",
    title_en="Key revoked",
    uk="Ключ {kid} відкликано ({cause}); під сумнівом записи з: {since}",
    en="Key {kid} is revoked ({cause}); entries in doubt from: {since}",
    example={
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "cause": "stolen",
        "suspect_from": "2025-09-01",
    },
)
