"""What the door asks about, by code, in a few words: (Ukrainian, English)."""

from __future__ import annotations

NAMES: dict[str, tuple[str, str]] = {
    "changed-since-proposed": ("після пропозиції показники змінилися", "cells changed since it was proposed"),
    "changed-since-seen": (
        "після підготовки події показники змінилися",
        "cells changed since it was prepared",
    ),
    "endorsements-missing": ("бракує погоджень", "endorsements are missing"),
    "later-decisions": ("є пізніші рішення про ті самі показники", "later decisions stand on the same cells"),
    "later-status": ("в акта є пізніший статус", "the act has a later status"),
    "lower-than-before": ("наростаючий підсумок менший, ніж був", "a cumulative amount is lower than before"),
    "mixed-script": ("слово змішує літери двох абеток", "a word mixes letters of two scripts"),
    "old-mismatch": ("назване попереднє значення не чинне", "the stated old value is not in force"),
    "other-text": ("погоджено інший текст", "another text was endorsed"),
    "over-appropriation": ("більше за бюджетні призначення", "above the appropriation"),
    "override-short": ("голосів за подолання зупинення замало", "too few votes to override the suspension"),
    "own-report": ("прийнято власний звіт", "an own report was accepted"),
    "programme-closed": ("програму вже завершено", "the programme was closed already"),
    "removals-differ": ("вилучення не збігаються з новою редакцією", "removals differ from the new edition"),
    "returned-above-sent": ("повернуто більше, ніж передано", "more was returned than sent"),
    "shares-above-one": (
        "частки рядка казначейства разом більші за одиницю",
        "shares add up to more than one",
    ),
    "suspended-late": ("зупинено пізніше п'яти днів", "suspended later than five days"),
    "totals-differ": ("підсумки не збігаються з надрукованими", "totals differ from the printed ones"),
}


def name_of(code: str) -> tuple[str, str]:
    return NAMES.get(code, (code, code))
