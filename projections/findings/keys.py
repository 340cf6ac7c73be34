"""Signatures in doubt: a mandate that did not hold, or a key revoked with a suspect range.

Source: docs/authority.md, Doubt; docs/findings-lifetime-a.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import orjson

from projections.findings.case import Case
from projections.findings.rule import Hit, Rule
from projections.recording import Doc

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


_OF_ACTS: WeakKeyDictionary[Case, Mapping[int, Sequence[Doc]]] = WeakKeyDictionary()
_ABOUT_ACTS = (
    "SELECT leaf_index, causes FROM doubts WHERE act IS NOT NULL AND known_from<=? AND known_to>? "
    "AND EXISTS (SELECT 1 FROM citations WHERE act=doubts.act AND programme=?)"
)


def doubts_of_acts(case: Case) -> Mapping[int, Sequence[Doc]]:
    """As case.doubts, of the entries about the acts that the programme cites; read once for a case."""
    if case not in _OF_ACTS:
        rows = case.reading.rows(_ABOUT_ACTS, [case.position, case.position, case.programme])
        members = ("doubt", "kid", "person", "office", "because")
        _OF_ACTS[case] = {
            index: [dict(zip(members, cause, strict=True)) for cause in orjson.loads(causes)]
            for index, causes in rows
        }
    return _OF_ACTS[case]


def doubts_at(case: Case, index: int) -> Sequence[Doc]:
    """What stands against an entry of the programme, or about one of its acts."""
    return case.doubts.get(index) or doubts_of_acts(case).get(index, ())


def _doubted(*names: str) -> Callable[[Case, str], Iterator[Hit]]:
    """A check for some doubts of the statement in force: one hit for each person in an office."""

    def check(case: Case, slot: str) -> Iterator[Hit]:
        stated = case.timeline.slots.get(slot)
        index = stated.event_index if stated is not None else -1
        yield from _hits(case, slot, index, case.doubts.get(index, ()), names)

    return check


def _doubted_act(*names: str) -> Callable[[Case, str], Iterator[Hit]]:
    """The same of an act's registration and of each of its statuses."""

    def check(case: Case, act: str) -> Iterator[Hit]:
        newest = {said.stated.slot: said.index for said in case.act_entries(act)}
        doubts = doubts_of_acts(case)
        for slot, index in newest.items():
            yield from _hits(case, slot, index, doubts.get(index, ()), names, act)

    return check


def _hits(
    case: Case, slot: str, index: int, doubts: Sequence[Doc], names: Sequence[str], act: str | None = None
) -> Iterator[Hit]:
    told = set[tuple[str, str]]()
    for doubt in doubts:
        who = (doubt["person"], doubt["office"])
        if doubt["doubt"] in names and who not in told:
            told.add(who)
            yield _hit(case, slot, index, doubt, act)


def _hit(case: Case, slot: str, index: int, doubt: Doc, act: str | None) -> Hit:
    name, because = str(doubt["doubt"]), doubt["because"]
    thrown = case.reading.log.events([because]).values() if because is not None else ()
    words = {
        "person": doubt["person"],
        "office": doubt["office"],
        "kid": doubt["kid"],
        "doubt": name,
        "why": WORDS.get(name, ""),
    }
    if act is not None:
        words["act"] = act
    return Hit(
        f"{slot}/{doubt['person']}/{doubt['office']}",
        entries=tuple(sorted({index, *thrown})),
        words=words,
        day=case.happened(case.said(index)),
    )


_MANDATE = Rule(
    "KEY-MANDATE",
    "ask",
    "Повноваження підписувача {person} ({office}): {why}",
    "The mandate of the signer {person} ({office}): {why}",
    _doubted("undetermined", "ended-late"),
    "slot",
)
_SUSPECT = Rule(
    "KEY-SUSPECT",
    "ask",
    "Запис під сумнівом: ключ ({person}, {office}) відкликано, його підписи від названого дня ненадійні, "
    "або запис спирається на такий підпис",
    "The entry is in doubt: the key ({person}, {office}) was revoked and is not trusted from a day on, "
    "or the entry rests on such a signature",
    _doubted("suspect"),
    "slot",
)
RULES: tuple[Rule, ...] = (
    _MANDATE,
    replace(
        _MANDATE,
        uk="Запис про акт {act}: повноваження підписувача {person} ({office}): {why}",
        en="An entry about act {act}: the mandate of the signer {person} ({office}): {why}",
        check=_doubted_act("undetermined", "ended-late"),
        topic="act",
    ),
    _SUSPECT,
    replace(
        _SUSPECT,
        uk="Запис про акт {act} під сумнівом: ключ ({person}, {office}) відкликано, його підписи від "
        "названого дня ненадійні",
        en="An entry about act {act} is in doubt: the key ({person}, {office}) was revoked and is not "
        "trusted from a day on",
        check=_doubted_act("suspect"),
        topic="act",
    ),
)
