"""«Програма має 0 грн на 2026?» Never set, a printed dash, a blank and 0.00 are four different answers."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Literal

from ledger.timeline import Answer as Held
from ledger.values import is_money, money
from projections.findings.case import Case
from projections.questions.looking import shown, term_of
from projections.questions.question import Answer, Asked, Item, Pair, Question, lacks

Word = Literal["none", "removed", "dash", "blank", "zero", "amount"]
WORDS: dict[Word, Pair] = {
    "none": ("не встановлено", "not stated"),
    "removed": ("вилучено", "removed"),
    "dash": ("прочерк «-»", "a printed “-”"),
    "blank": ("порожньо «____»", "a blank “____”"),
    "zero": ("0.00", "0.00"),
    "amount": ("сума", "an amount"),
}


def zero_planned(asked: Asked) -> Answer:
    """The plan of one year, line by line; the programme's answer is one of the words."""
    case = asked.case
    year = asked.year or _next_year(case)
    cells = [path for path in case.under("/financing") if path.split("/")[3] == str(year)]
    held = {path: case.answer(path) for path in cells}
    found = {path: answer for path, answer in held.items() if answer is not None}
    items = tuple(_line(path, answer) for path, answer in sorted(found.items()))
    counted = Counter(item.values["state"] for item in items)
    sums = [Decimal(item.values["value"]) for item in items if item.values["state"] in ("zero", "amount")]
    whole = money(sum(sums, Decimal(0))) if sums else None
    state = _together(counted)
    figures = {
        "year": year,
        "state": state,
        "sum": whole,
        "lines": len(items),
        **{str(word): counted[word] for word in WORDS},
    }
    if state == "amount":
        words = (f"Ні: план на {year} рік – {whole}", f"No: the plan for {year} is {whole}")
        return Answer("no", words, items, figures=figures)
    if state == "zero":
        uk, en = (
            f"Так: план на {year} рік – 0.00, записано прямо",
            f"Yes: the plan for {year} is 0.00, as stated",
        )
        return Answer("yes", (uk, en), items, figures=figures)
    uk, en = _told(state, counted)
    missing = lacks("financing.changed", f"сума на {year} рік", f"an amount for {year}")
    words = (
        f"Не визначено: план на {year} рік – {uk}; це не 0",
        f"Undetermined: the plan for {year} is {en}; that is no 0",
    )
    return Answer("undetermined", words, items, (missing,), figures)


def _next_year(case: Case) -> int:
    """The year after D's, within the programme's term."""
    first, last = term_of(case)
    return max(first, min(last, int(case.day[:4]) + 1))


def state_of(held: Held) -> Word:
    if held.removed:
        return "removed"
    if is_money(held.value):
        return "amount" if Decimal(held.value) else "zero"
    return "dash" if held.value == "-" else "blank"


def _together(counted: Counter[str]) -> str:
    """mixed: some lines say one thing and some another, and none of them an amount above zero."""
    if not counted:
        return "none"
    if counted["amount"]:
        return "amount"
    return next(iter(counted)) if len(counted) == 1 else "mixed"


def _told(state: str, counted: Counter[str]) -> Pair:
    if state == "mixed":
        parts = [(word, counted[word]) for word in WORDS if counted[word]]
        said = [", ".join(f"{WORDS[word][side]}: {count}" for word, count in parts) for side in (0, 1)]
        return (said[0], said[1])
    return WORDS["none"] if state == "none" else next(WORDS[word] for word in WORDS if word == state)


def _line(path: str, held: Held) -> Item:
    state = state_of(held)
    words = WORDS[state]
    value = shown(held)
    text = (value, value) if state == "amount" else words
    sentence = (f"{path}: {text[0]}", f"{path}: {text[1]}")
    entries = tuple(sorted({placed.entry for placed in held.chain}))
    return Item(sentence, (path,), entries, held.last.act, values={"state": state, "value": value})


QUESTIONS = (
    Question(17, "Програма має 0 грн на 2026?", "Does the programme have 0 UAH for 2026?", (), zero_planned),
)
