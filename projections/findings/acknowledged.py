"""What signers acknowledged at the door: it was recorded, and who acknowledged it is shown.

Source: design.md, the principle of the door; docs/findings-lifetime-a.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from projections.findings.case import Case
from projections.findings.discrepancies import name_of
from projections.findings.dossier import Said
from projections.findings.rule import Hit, Rule


def _of_slot(case: Case, slot: str) -> Iterator[Hit]:
    yield from _acknowledged(case, case.statements(slot), slot)


def _of_act(case: Case, act: str) -> Iterator[Hit]:
    """Of its registration and its statuses."""
    by_slot: dict[str, list[Said]] = {}
    for said in case.act_entries(act):
        by_slot.setdefault(said.stated.slot, []).append(said)
    for slot, statements in by_slot.items():
        yield from _acknowledged(case, statements, f"{act}/{slot}")


def _acknowledged(case: Case, statements: Sequence[Said], key: str) -> Iterator[Hit]:
    """One hit for each discrepancy, whichever statements of a slot acknowledge it."""
    by_code: dict[str, list[Said]] = {}
    for said in statements:
        for code in dict.fromkeys(said.stated.event.acknowledges):
            by_code.setdefault(code, []).append(said)
    for code, found in sorted(by_code.items()):
        signers = [signer for said in found for signer in said.stated.event.signers]
        yield Hit(
            f"{key}/{code}",
            entries=tuple(said.index for said in found),
            words={
                "discrepancy": code,
                "what": name_of(code),
                "signers": list(dict.fromkeys(f"{one.person} ({one.office})" for one in signers)),
            },
            day=case.happened(found[0]),
        )


_SLOTS = Rule(
    "GOV-ACKNOWLEDGED",
    "note",
    "Підписано з підтвердженням розбіжності: {what} ({discrepancy}). Підтвердили: {signers}",
    "Signed with a discrepancy acknowledged: {what} ({discrepancy}). By {signers}",
    _of_slot,
    "slot",
)
# The same of an act's own statements: one code, asked of both.
RULES: tuple[Rule, ...] = (_SLOTS, replace(_SLOTS, check=_of_act, topic="act"))
