"""The officials of the invented town, with keys that are the same in every run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from ledger.ids import REGISTRAR, SERVICE
from ledger.keys import ED25519, ES256, PrivateKey
from ledger.kinds import KINDS

COUNCIL = "town-council"
FINANCE = "finance-department"  # a child of the council
COMMISSION = "budget-commission"  # a child of the council
FOREIGN = "other-council"  # no relation of the council

OFFICE_KINDS = tuple(sorted(name for name, kind in KINDS.items() if kind.by_office))
MONEY_KINDS = tuple(
    name
    for name in OFFICE_KINDS
    if name.startswith(("financing.", "appropriation.", "transfer.", "spending."))
)
REPORT_KINDS = ("actual.reported", "progress.reported", "spending.reported")
REVIEW_KINDS = ("report.accepted", "report.returned")


def key_of(name: str, alg: str = ED25519) -> PrivateKey:
    """The key that belongs to a name: the same in every run, and made in no time."""
    seed = hashlib.sha256(f"a test key of {name}".encode()).digest()
    if alg == ES256:
        return PrivateKey(derive_private_key(int.from_bytes(seed) >> 1, SECP256R1()))
    return PrivateKey.from_seed(seed)


@dataclass(frozen=True)
class Official:
    """Who signs: a person in an office of a body, with a key."""

    person: str
    office: str
    body: str
    key: PrivateKey
    kinds: tuple[str, ...] = ()

    def signer(self) -> dict[str, str]:
        """The member of `signers` that stands for this official."""
        return {"kid": self.key.public.kid, "person": self.person, "office": self.office}

    def using(self, key: PrivateKey) -> Official:
        """The same person in the same office with another key."""
        return replace(self, key=key)


REGISTRARS = tuple(
    Official(f"p-registrar-{number}", REGISTRAR, "root", key_of(f"registrar {number}", alg))
    for number, alg in ((1, ED25519), (2, ES256), (3, ED25519))
)
SECRETARY = Official("p-secretary", "council-secretary", COUNCIL, key_of("secretary"), OFFICE_KINDS)
FINANCIER = Official(
    "p-financier",
    "finance-head",
    FINANCE,
    key_of("financier", ES256),
    (*MONEY_KINDS, "actual.reported", "progress.reported"),
)
COMMISSIONER = Official(
    "p-commissioner", "commission-chair", COMMISSION, key_of("commissioner"), (*REPORT_KINDS, *REVIEW_KINDS)
)
STRANGER = Official("p-stranger", "other-secretary", FOREIGN, key_of("stranger", ES256), OFFICE_KINDS)
OFFICIALS = (SECRETARY, FINANCIER, COMMISSIONER, STRANGER)
MACHINE = Official("service", SERVICE, "trust", key_of("service"))  # the ledger's own, once it is enrolled

PERSON_NAMES = {
    "p-registrar-1": "Реєстратор Перша",
    "p-registrar-2": "Реєстратор Друга",
    "p-registrar-3": "Реєстратор Третій",
    "p-secretary": "Секретар ради",
    "p-financier": "Начальниця фінансового відділу",
    "p-commissioner": "Голова бюджетної комісії",
    "p-stranger": "Секретар іншої ради",
}
BODIES = (
    (COUNCIL, "Міська рада", None),
    (FINANCE, "Фінансовий відділ", COUNCIL),
    (COMMISSION, "Бюджетна комісія", COUNCIL),
    (FOREIGN, "Рада іншої громади", None),
)
