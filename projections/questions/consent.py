"""Questions about consent: who proposed and approved, and whether it was this text that was endorsed."""

from __future__ import annotations

from typing import Any

from ledger.consent import Proposal, Voice
from ledger.policy import rules_of
from projections.findings.case import Case
from projections.questions.question import Answer, Asked, Item, Question, lacks, nothing
from projections.records import read_record

# -- 13 ---------------------------------------------------------------------------------


def same_person(asked: Asked) -> Answer:
    """Pairs by person, not by key. A note: small councils lawfully combine offices."""
    proposals = _known(asked.case)
    if not proposals:
        return nothing(
            "change.proposed", "жодної зміни не пропонували", "no change was proposed on the record"
        )
    found = asked.items("GOV-SAMEPERSON")
    named = {entry for item in found for entry in item.entries}
    items = (*found, *(_own_voice(one) for one in proposals if one.index not in named and _own(one)))
    figures = {"proposals": len(proposals), "pairs": len(items)}
    yes = (
        f"Так, до відома: {len(items)} (пропозицій {len(proposals)}); у малих радах посади законно поєднують",
        (
            f"Yes, as a note: {len(items)} (of {len(proposals)} proposals); small councils lawfully combine "
            "offices"
        ),
    )
    no = (
        f"Ніхто: у жодній з {len(proposals)} пропозицій особа не погодила власної зміни",
        f"Nobody: in none of the {len(proposals)} proposals did a person approve their own change",
    )
    return Answer("yes" if items else "no", yes if items else no, items, figures=figures)


def _own(proposal: Proposal) -> list[Voice]:
    """What its proposers themselves endorse in it, as each office said last."""
    return [voice for voice in proposal.newest() if voice.endorses and voice.person in proposal.proposers]


def _own_voice(proposal: Proposal) -> Item:
    """Of a change that was not enacted (yet): no finding speaks of it."""
    voices = _own(proposal)
    who = ", ".join(f"{voice.person} ({voice.office})" for voice in voices)
    sentence = (
        f"Зміну {proposal.slot} пропонувала й погодила та сама особа: {who}; її ще не внесено",
        f"Change {proposal.slot} was proposed and endorsed by one person: {who}; it is not enacted",
    )
    values = {
        "person": voices[0].person,
        "proposed_as": [one.office for one in proposal.signers if one.person == voices[0].person],
        "other_as": [voice.office for voice in voices],
    }
    entries = (proposal.index, *(voice.index for voice in voices))
    return Item(sentence, proposal.paths, tuple(sorted(set(entries))), values=values)


def _known(case: Case) -> list[Proposal]:
    """Those recorded by D, oldest first."""
    found = [one for one in case.plan.proposals.values() if case.said(one.index).day <= case.day]
    return sorted(found, key=lambda one: one.index)


# -- 14 ---------------------------------------------------------------------------------

APART = ("GOV-OTHERTEXT", "GOV-ENDORSE", "GOV-REFUSED")


def this_text(asked: Asked) -> Answer:
    """What was endorsed beside what was enacted, as a diff. Changes from the floor are normal."""
    case = asked.case
    found = asked.items(*APART)
    named = {entry for item in found for entry in item.entries}
    shown = [_enacted(case, one) for one in _known(case) if one.closed == "enacted"]
    shown = [item for item in shown if item.values["enacted_by"]["day"] <= case.day]
    others = [item for item in shown if not item.values["same_text"] and item.values["index"] not in named]
    bare = [item for item in shown if not item.values["endorsed_by"]]
    items = (*found, *shown)
    figures = {
        "enacted": len(shown),
        "same_text": sum(1 for item in shown if item.values["same_text"]),
        "other_text": sum(1 for item in shown if not item.values["same_text"]),
        "found": len(found),
    }
    if found or others:
        words = (
            (
                f"Не зовсім: внесено зміненим текстом {figures['other_text']} з {len(shown)}; усього "
                f"потребує уваги {len(found)}. Зміни із зали – звичайна річ"
            ),
            (
                f"Not quite: {figures['other_text']} of {len(shown)} were enacted with another text; "
                f"{len(found)} need attention. Changes from the floor are normal"
            ),
        )
        return Answer("no", words, items, figures=figures)
    if not shown or bare:
        return _unasked(case, shown, bare, figures)
    words = (
        f"Так: внесено саме погоджений текст (змін: {len(shown)})",
        f"Yes: it is the endorsed text that was enacted (changes: {len(shown)})",
    )
    return Answer("yes", words, items, figures=figures)


def _unasked(case: Case, shown: list[Item], bare: list[Item], figures: dict[str, int]) -> Answer:
    """Nobody endorsed: either no policy asks for it, or nothing was enacted through a proposal."""
    kinds = {kind for policy in case.policies() for rule in policy.said.rules for kind in rule.kinds}
    asks = any(rule.endorsements for kind in kinds for _, rule in rules_of(case.policies(), kind))
    counts = (
        f"внесено {len(shown)}, з них без погоджень {len(bare)}",
        f"{len(shown)} enacted, {len(bare)} of them endorsed by nobody",
    )
    if not asks:
        uk, en = (
            f"жодне правило не вимагає погоджень; {counts[0]}",
            f"no policy asks for endorsements; {counts[1]}",
        )
        words = (f"Не налаштовано: {uk}", f"Not configured: {en}")
        missing = (lacks("policy.endorsements", uk, en),)
        return Answer("not-configured", words, tuple(shown), missing, figures)
    words = (f"Не визначено: {counts[0]}", f"Undetermined: {counts[1]}")
    return Answer("undetermined", words, tuple(shown), (lacks("change.endorsed", *counts),), figures)


def _enacted(case: Case, proposal: Proposal) -> Item:
    """A proposal that was enacted: who had endorsed it, and where the two texts differ."""
    index = case.reading.log.events([proposal.closed_by or ""])[proposal.closed_by or ""]
    said = case.said(index)
    consent = read_record(case.reading, "consent", said.stated.event.id) or {}
    standing = proposal.endorsed_before(index)
    voices = [voice for voice in proposal.voices if voice.index in standing]
    differences: list[Any] = consent.get("differences", [])
    values = {
        "proposal": proposal.slot,
        "index": index,
        "same_text": proposal.same_text,
        "endorsed_by": [
            {"person": voice.person, "office": voice.office, "event": voice.event} for voice in voices
        ],
        "enacted_by": {"event": said.stated.event.id, "index": index, "day": said.day},
        "differences": differences,
        "differences_total": consent.get("differences_total", len(differences)),
        "met": consent.get("met"),
    }
    offices = ", ".join(dict.fromkeys(voice.office for voice in voices))
    same = ("той самий текст", "the same text") if proposal.same_text else ("інший текст", "another text")
    sentence = (
        (
            f"Зміна {proposal.slot} внесена {said.day}: {same[0]}, відмінностей "
            f"{values['differences_total']}; погодили: {offices or 'ніхто'}"
        ),
        (
            f"Change {proposal.slot} was enacted on {said.day}: {same[1]}, {values['differences_total']} "
            f"differences; endorsed by: {offices or 'nobody'}"
        ),
    )
    cells = tuple(dict.fromkeys(write.path for write in said.writes))
    act = said.stated.event.act.id if said.stated.event.act is not None else None
    entries = (proposal.index, *(voice.index for voice in voices), index)
    return Item(sentence, cells, tuple(sorted(set(entries))), act, None, "apart", values)


QUESTIONS = (
    Question(
        13,
        "Хто сам запропонував і погодив?",
        "Who proposed and approved it alone?",
        ("GOV-SAMEPERSON",),
        same_person,
    ),
    Question(14, "Чи погоджено саме цей текст?", "Was it this text that was endorsed?", APART, this_text),
)
