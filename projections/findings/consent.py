"""Consent: who proposed and endorsed, whose endorsement is lacking or was refused, and of which text.

Source: docs/findings-lifetime-a.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.consent import Proposal, Voice, content_of, differences, members_of
from ledger.event import Signer
from ledger.kinds import kind_of
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.rule import Hit, Rule
from projections.recording import Doc
from projections.records import read_record

ADOPTED = "programme.adopted"
PLACES_MAX = 5  # of a differing text, named in one hit; its words say how many there are
APART = ("refused", "other-text")  # each has a finding of its own

# Why an office's endorsement does not count. Source: docs/authority.md, Consent.
WHY = {
    "missing": ("немає", "there is none"),
    "self": ("особа сама пропонувала", "the person proposed it"),
    "same-person": ("та сама особа вже погодила", "the same person endorsed already"),
    "mandate-ended": ("повноваження припинено", "the mandate ended"),
    "key-revoked": ("ключ відкликано", "the key was revoked"),
    "in-doubt": ("під сумнівом", "in doubt"),
}


def _enacted(case: Case, slot: str) -> tuple[Said, Proposal] | None:
    """The newest statement that enacts a proposal, with the proposal; None where the slot is void by now."""
    statements = case.statements(slot)
    if not statements or statements[-1].stated.event.data is None:
        return None
    for said in reversed(statements):
        enacts = said.stated.event.relations.enacts
        proposal = case.plan.proposals.get(enacts.proposal) if enacts is not None else None
        if proposal is not None:
            return said, proposal
    return None


def _standing(proposal: Proposal, index: int) -> list[Voice]:
    """The endorsements that stood when an entry enacted the proposal, oldest first."""
    newest = {voice.office: voice for voice in proposal.voices if voice.index < index}
    return sorted((one for one in newest.values() if one.endorses), key=lambda voice: voice.index)


def _same_person(case: Case, slot: str) -> Iterator[Hit]:
    found = _enacted(case, slot)
    if found is None:
        return
    said, proposal = found
    standing = _standing(proposal, said.index)
    alone = not any(voice.person not in proposal.proposers for voice in standing)
    for person in sorted(proposal.proposers):
        own = [voice for voice in standing if voice.person == person]
        signed = [one for one in said.stated.event.signers if one.person == person]
        if own:
            entries = (proposal.index, *(voice.index for voice in own), said.index)
            yield _pair(slot, person, proposal, own, entries, case.happened(said))
        elif signed and alone:
            yield _pair(slot, person, proposal, signed, (proposal.index, said.index), case.happened(said))


def _pair(
    slot: str,
    person: str,
    proposal: Proposal,
    other: list[Voice] | list[Signer],
    entries: tuple[int, ...],
    day: str,
) -> Hit:
    endorsed = any(isinstance(one, Voice) for one in other)
    words = {
        "person": person,
        "proposed_as": [one.office for one in proposal.signers if one.person == person],
        "did": ("погодила", "endorsed it") if endorsed else _ALONE,
        "other_as": list(dict.fromkeys(one.office for one in other)),
    }
    return Hit(f"{slot}/{person}", entries=tuple(sorted({*entries})), words=words, day=day)


_ALONE = ("внесла без погодження іншою особою", "enacted it, endorsed by nobody else")


def _consent(case: Case, said: Said) -> Doc | None:
    """How a statement stood to what was proposed and asked for: projections/consent_records.py."""
    data, adopts = said.stated.event.data, said.kind == ADOPTED
    if not adopts and not kind_of(said.kind).proposable:
        return None
    if adopts and data is not None and data.part.number > 1:  # one adoption in parts lacks one consent
        return None
    return read_record(case.reading, "consent", said.stated.event.id)


def _lacking(case: Case, slot: str) -> Iterator[Hit]:
    said = case.statements(slot)
    found = _consent(case, said[-1]) if said else None
    for one in found["tallies"] if found is not None else ():
        lacking = [row for row in one["lacking"] if row["why"] not in APART]
        if one["met"] or not lacking:
            continue
        policy = _index_of(case, said[-1], one["policy"])
        words = {
            "needed": one["needed"],
            "counted": len(one["counted"]),
            "lacking": [_lack(row) for row in lacking],
        }
        entries = (*policy, *(voice["index"] for voice in one["counted"]), said[-1].index)
        key = f"{slot}/{one['policy']}"
        yield Hit(key, entries=tuple(sorted({*entries})), words=words, day=case.happened(said[-1]))


def _lack(row: dict[str, Any]) -> tuple[str, str]:
    uk, en = WHY.get(row["why"], (row["why"], row["why"]))
    return f"{row['office']} ({uk})", f"{row['office']} ({en})"


def _index_of(case: Case, said: Said, event: str) -> tuple[int, ...]:
    """The leaf index of a policy by which a statement was judged."""
    return tuple(policy.index for policy in case.policies_at(said.index) if policy.event == event)


def _refused(case: Case, slot: str) -> Iterator[Hit]:
    enacted = _enacted(case, slot)
    found = _consent(case, enacted[0]) if enacted is not None else None
    if enacted is None or found is None:
        return
    said, proposal = enacted
    asked = {
        row["office"]: None for one in found["tallies"] for row in one["lacking"] if row["why"] == "refused"
    }
    for office in asked:
        voice = proposal.voice_of(office)
        if voice is not None:
            words = {"office": office, "person": voice.person}
            entries = (proposal.index, voice.index, said.index)
            yield Hit(f"{slot}/{office}", entries=entries, words=words, day=case.happened(said))


def _other_text(case: Case, slot: str) -> Iterator[Hit]:
    found = _enacted(case, slot)
    if found is None or found[1].same_text:
        return
    said, proposal = found
    standing = _standing(proposal, said.index)
    if not standing:
        return
    stated = content_of(members_of(said.stated.event))
    places = [one["path"] for one in differences(proposal.members, stated)]
    entries = (proposal.index, *(voice.index for voice in standing), said.index)
    words = {
        "count": len(places),
        "places": places[:PLACES_MAX],
        "offices": list(dict.fromkeys(voice.office for voice in standing)),
    }
    yield Hit(slot, entries=tuple(sorted({*entries})), words=words, day=case.happened(said))


RULES: tuple[Rule, ...] = (
    Rule(
        "GOV-SAMEPERSON",
        "note",
        "Особа {person} пропонувала зміну ({proposed_as}) і сама її {did} ({other_as})",
        "{person} proposed the change ({proposed_as}) and {did} ({other_as})",
        _same_person,
        "slot",
    ),
    Rule(
        "GOV-ENDORSE",
        "ask",
        "Зареєстровано без погоджень за правилом: потрібно {needed}, зараховано {counted}; бракує: {lacking}",
        "Recorded without endorsements by policy: {needed} needed, {counted} counted; lacking: {lacking}",
        _lacking,
        "slot",
    ),
    Rule(
        "GOV-REFUSED",
        "ask",
        "Зареєстровано, хоча в погодженні відмовлено: {office} ({person})",
        "Recorded although endorsement was refused: {office} ({person})",
        _refused,
        "slot",
    ),
    Rule(
        "GOV-OTHERTEXT",
        "note",
        "Внесений текст відрізняється від погодженого ({offices}): відмінностей {count}, зокрема {places}",
        "The enacted text differs from the endorsed one ({offices}): {count} differences, such as {places}",
        _other_text,
        "slot",
    ),
)
