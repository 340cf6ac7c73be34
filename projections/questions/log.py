"""«Чи видалили запис в адміністратора бази?» What a server can say of itself, and what it cannot.

Whoever cuts the end of a log and signs a shorter one leaves nothing in it that tells. Only a checkpoint that
somebody else has kept (a reader, a witness, a time-stamping authority) detects it; so the server alone never
says "no".
"""

from __future__ import annotations

from typing import Any

from ledger.ids import LeafIndex
from projections.anchoring import Kind, first_over
from projections.findings.case import Case
from projections.questions.question import Answer, Asked, Item, Pair, Question, lacks
from projections.recording import Doc

KINDS: tuple[Kind, ...] = ("witnessed", "stamped")
COMPARE: Pair = (
    "pledger ask 18 --checkpoint ФАЙЛ зі збереженою контрольною точкою, або pledger verify",
    "pledger ask 18 --checkpoint FILE with a checkpoint that you kept, or pledger verify",
)


def entry_removed(asked: Asked) -> Answer:
    """Up to where somebody outside vouches for the log, as the log itself records it."""
    case = asked.case
    found = {kind: newest(case, kind) for kind in KINDS}
    items = tuple(_anchor(kind, doc) for kind, doc in found.items() if doc is not None)
    covered = max((int(doc["size"]) for doc in found.values() if doc is not None), default=0)
    figures: dict[str, Any] = {
        "position": case.position,
        "covered": min(covered, case.position),
        "tail": max(case.position - covered, 0),
        "witnesses": sorted({one["name"] for one in (found["witnessed"] or {}).get("cosignatures", ())}),
    }
    missing = (lacks("checkpoint", *COMPARE),)
    if not covered:
        uk = (
            "ні свідків, ні позначок часу не записано; утрату кінця журналу без незалежно збереженої "
            "контрольної точки виявити неможливо"
        )
        en = (
            "neither witnesses nor time stamps are on record; without an independently kept checkpoint "
            "the loss of the log's tail is undetectable"
        )
        return Answer("undetermined", _words(uk, en), missing=missing, figures=figures)
    uk = (
        f"за записи № 1–{figures['covered']}, як каже сам журнал, ручаються ззовні, і їх утрату виявить "
        f"перевірка; утрату останніх {figures['tail']} виявить лише незалежно збережена контрольна точка"
    )
    en = (
        f"entries № 1–{figures['covered']} are vouched for outside, as the log itself says, and a "
        f"verification detects their loss; that of the last {figures['tail']} only an independently kept "
        "checkpoint detects"
    )
    return Answer("undetermined", _words(uk, en), items, missing, figures)


def _words(uk: str, en: str) -> Pair:
    return (f"Не визначено: {uk}. Як перевірити: {COMPARE[0]}", f"Undetermined: {en}. To check: {COMPARE[1]}")


def newest(case: Case, kind: Kind) -> Doc | None:
    """The largest recorded checkpoint of a kind, as known; None without."""
    found, index = None, 0
    low, high = 0, case.position
    while low < high:  # what covers an entry covers those before it
        middle = (low + high) // 2
        found = first_over(case.reading, LeafIndex(middle), kind)
        if found is not None:
            low, index = middle + 1, middle
        else:
            high = middle
    return first_over(case.reading, LeafIndex(index), kind)


def _anchor(kind: Kind, doc: Doc) -> Item:
    size = doc["size"]
    if kind == "witnessed":
        who = ", ".join(f"{one['name']} ({one['at']})" for one in doc["cosignatures"])
        sentence = (f"Свідки засвідчили № 1–{size}: {who}", f"Witnesses cosigned № 1–{size}: {who}")
    else:
        sentence = (f"Позначка часу на № 1–{size}: {doc['at']}", f"Time stamp on № 1–{size}: {doc['at']}")
    values = {name: value for name, value in doc.items() if name not in ("event", "index", "doubt")}
    return Item(sentence, entries=(int(doc["index"]),), values={"kind": kind, **values})


QUESTIONS = (
    Question(
        18,
        "Чи видалили запис в адміністратора бази?",
        "Was an entry removed by the database's administrator?",
        (),
        entry_removed,
    ),
)
