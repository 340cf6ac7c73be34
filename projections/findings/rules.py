"""Every rule, theme by theme."""

from __future__ import annotations

from projections.findings import (
    acknowledged,
    acts,
    balance,
    consent,
    document,
    duties,
    indicators,
    keys,
    limits,
    lines,
    money,
    publication,
    reports,
    splitting,
    transfers,
    treasury,
)
from projections.findings.rule import Rule

THEMES: dict[str, tuple[Rule, ...]] = {
    "document": document.RULES,
    "acts": acts.RULES,
    "consent": (*consent.RULES, *acknowledged.RULES),
    "keys": keys.RULES,
    "money": (
        *money.RULES,
        *limits.RULES,
        *lines.RULES,
        *balance.RULES,
        *splitting.RULES,
        *transfers.RULES,
        *treasury.RULES,
    ),
    "indicators": indicators.RULES,
    "reports": (*reports.RULES, *duties.RULES),
    "publication": publication.RULES,
}
RULES: tuple[Rule, ...] = tuple(rule for rules in THEMES.values() for rule in rules)
CODES = frozenset(rule.code for rule in RULES)
