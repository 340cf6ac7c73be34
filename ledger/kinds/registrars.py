"""Naming registrars, in the opening of the ledger or of a body, or afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from immutables import Map

from ledger.keys import PublicKey
from ledger.registry import Reference, Registrar, RegistrarSet


class Named(Protocol):
    """A person and the key, as an event names a registrar."""

    @property
    def person(self) -> str: ...
    def public_key(self) -> PublicKey: ...


def registrar_set(named: Iterable[Named], k: int, index: int, by: Reference) -> RegistrarSet:
    """by: stream and slot of who names them; index: its leaf index."""
    registrars = {one.public_key().kid: Registrar(one.person, one.public_key()) for one in named}
    return RegistrarSet(index, by, Map(registrars), k)


def owners_with(owners: Map[str, str], new: RegistrarSet) -> Map[str, str]:
    """Whose keys are whose, after a set was named."""
    return owners.update({kid: one.person for kid, one in new.registrars.items()})
