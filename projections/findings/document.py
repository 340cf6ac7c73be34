"""What is wrong inside the document itself: all its rules. Shown with quotes, never rewritten."""

from __future__ import annotations

from projections.findings import (
    document_expected,
    document_governance,
    document_identity,
    document_indicators,
    document_links,
    document_money,
    document_text,
)
from projections.findings.rule import Rule

RULES: tuple[Rule, ...] = (
    *document_identity.RULES,
    *document_text.RULES,
    *document_money.RULES,
    *document_indicators.RULES,
    *document_expected.RULES,
    *document_links.RULES,
    *document_governance.RULES,
)
