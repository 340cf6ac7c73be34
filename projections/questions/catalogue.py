"""All twenty questions by number."""

from __future__ import annotations

from projections.questions import (
    acts,
    consent,
    empties,
    indicators,
    keys,
    knowledge,
    limits,
    log,
    payments,
    reports,
    treasury,
)
from projections.questions.question import Question

_THEMES = (acts, knowledge, reports, keys, limits, indicators, payments, consent, treasury, empties, log)
QUESTIONS: dict[int, Question] = {
    question.number: question
    for question in sorted((one for theme in _THEMES for one in theme.QUESTIONS), key=lambda one: one.number)
}
OF_YEAR = frozenset((1, 15, 17))  # that may be asked about another year
OF_POINTS = frozenset((2,))  # that may be asked about another earlier point
