"""Signatures in doubt: a mandate that did not hold, or a key revoked with a suspect range.

Source: docs/authority.md, Doubt; docs/findings-lifetime-a.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from projections.findings.case import Case
from projections.findings.rule import Hit, Rule

WORDS = {
    "undetermined": (
        "не визначено до підтвердження: за заявою підписано до припинення, а зареєстровано після",
        "undetermined until re-affirmed: claimed to be signed before its end, recorded after it",
    ),
    "ended-late": (
        "їх уже було припинено, про що зареєстровано пізніше",
        "it had ended, which was registered later",
    ),
}


def _doubted(*names: str) -> Callable[[Case, str], Iterator[Hit]]:
    """A check for some doubts of the statement in force: one hit for each person in an office."""

    def check(case: Case, slot: str) -> Iterator[Hit]:
        stated = case.timeline.slots.get(slot)
        index = stated.event_index if stated is not None else -1
        told = set[tuple[str, str]]()
        for doubt in case.doubts.get(index, ()):
            who = (doubt["person"], doubt["office"])
            if doubt["doubt"] in names and who not in told:
                told.add(who)
                yield _hit(case, slot, index, doubt)

    return check


def _hit(case: Case, slot: str, index: int, doubt: dict[str, str | None]) -> Hit:
    name, because = str(doubt["doubt"]), doubt["because"]
    thrown = case.reading.log.events([because]).values() if because is not None else ()
    words = {
        "person": doubt["person"],
        "office": doubt["office"],
        "kid": doubt["kid"],
        "doubt": name,
        "why": WORDS.get(name, ""),
    }
    return Hit(
        f"{slot}/{doubt['person']}/{doubt['office']}",
        entries=tuple(sorted({index, *thrown})),
        words=words,
        day=case.happened(case.said(index)),
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "KEY-MANDATE",
        "ask",
        "Повноваження підписувача {person} ({office}): {why}",
        "The mandate of the signer {person} ({office}): {why}",
        _doubted("undetermined", "ended-late"),
        "slot",
    ),
    Rule(
        "KEY-SUSPECT",
        "ask",
        "Запис під сумнівом: ключ ({person}, {office}) відкликано, його підписи від названого дня ненадійні, "
        "або запис спирається на такий підпис",
        "The entry is in doubt: the key ({person}, {office}) was revoked and is not trusted from a day on, "
        "or the entry rests on such a signature",
        _doubted("suspect"),
        "slot",
    ),
)
