"""The real programme's document: exactly what a reader of the source found in it, each with its quote."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from projections.findings.document import RULES
from projections.findings.document_texts import flattened
from projections.findings.rule import Hit, Rule
from projections.findings.words import fill
from tests.api.small_programme import ROOT
from tests.projections.findings.mendings import MENDINGS
from tests.projections.findings.papers import Finding, belz_texts, edited, findings, hits, paper, real

# PLEDGER_UPDATE_GOLDEN=1 writes it anew: then it is to be read against the source.
GOLDEN = ROOT / "tests" / "data" / "findings-belz.json"
DOCS = ROOT / "docs" / "findings-document.md"

# As domain.md tells them, code by code: how many places each has.
PLACES = {
    "DOC-TERM": 1, "DOC-PERIOD": 1, "DOC-DATE": 1, "DOC-NUMBER": 1, "DOC-PLACEHOLDER": 10, "DOC-ANNEXREF": 2,
    "DOC-TEMPLATE": 5, "DOC-SCRIPT": 2, "DOC-FOOTNOTE": 1, "DOC-COLUMN": 1, "DOC-SECTION": 1,
    "FIN-YEARGAP": 1, "FIN-SOURCE": 1, "FIN-UNFUNDED": 2, "FIN-TRANSFER": 1, "FIN-HISTORY": 1,
    "FIN-PREDECESSOR": 1, "IND-DYN": 2, "IND-UNIT": 1, "IND-NOCHANGE": 5, "IND-BASE": 2, "IND-DENOM": 5,
    "EXP-OVER": 1, "EXP-UNDER": 3, "EXP-ORPHAN": 5, "EXP-ECHO": 1, "LINK-CODE": 12, "LINK-GAP": 7,
    "LINK-DUP": 1, "LINK-INFERRED": 1, "GOV-ROLES": 2, "GOV-CODES": 3, "GOV-DEADLINE": 2,
}  # fmt: skip


def told(rule: Rule, hit: Hit) -> dict[str, Any]:
    quotes = [{"at": quote.at, "text": quote.text, "printed": quote.printed} for quote in hit.quotes]
    return {
        "code": rule.code,
        "key": hit.key,
        "severity": rule.severity,
        "uk": fill(rule.uk, hit.words, "uk"),
        "cells": list(hit.cells),
        "quotes": quotes,
    }


def golden() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf8"))
    return found


def test_the_real_document_has_the_findings_that_were_checked_by_hand() -> None:
    found = [told(rule, hit) for rule, hit in hits(paper(real()))]
    if os.environ.get("PLEDGER_UPDATE_GOLDEN"):
        Path(GOLDEN).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf8")
    assert found == golden()


def test_every_row_of_the_table_of_flaws_is_found_as_often_as_it_has_places() -> None:
    assert Counter(one["code"] for one in golden()) == PLACES


def test_no_finding_is_told_twice() -> None:
    assert max(Counter(findings(real())).values()) == 1


def test_every_finding_names_cells_that_hold_and_quotes_the_paper() -> None:
    for one in golden():
        assert one["cells"], one
        assert set(one["cells"]) <= real().cells.keys(), one
        assert one["quotes"], one
        assert all(quote["text"] for quote in one["quotes"]), one


def test_every_quote_of_the_golden_file_stands_in_the_source_texts() -> None:
    said = [flattened(text) for text in belz_texts().values()]
    for one in golden():
        for quote in one["quotes"]:
            assert any(flattened(quote["text"]) in text for text in said), (one["code"], quote)


def test_a_sentence_asks_for_attention_and_accuses_nobody() -> None:
    for rule, hit in hits(paper(real())):
        for language, form in (("uk", rule.uk), ("en", rule.en)):
            said = fill(form, hit.words, language)
            assert "{" not in said
            assert "порушен" not in said.lower()
            assert "violat" not in said.lower()
            assert "не встановлено" not in said, "a word is missing"
            assert "not set" not in said, "a word is missing"


def test_each_finding_has_a_mending() -> None:
    assert MENDINGS.keys() == {(one["code"], one["key"]) for one in golden()}


@pytest.mark.parametrize("finding", MENDINGS, ids="/".join)
def test_mending_a_flaw_takes_away_its_finding_and_no_other(finding: Finding) -> None:
    before, after = findings(real()), findings(edited(real(), MENDINGS[finding]))
    assert [one for one in before if one not in after] == [finding]
    assert [one for one in after if one not in before] == []


def test_a_document_whose_flaws_are_all_mended_but_one_has_that_one() -> None:
    """What each rule says is its own: it does not go silent because another speaks."""
    for rule in RULES:
        alone = [(one.code, hit.key) for one, hit in hits(paper(real()), (rule,))]
        assert alone == [one for one in findings(real()) if one[0] == rule.code]


def test_the_table_of_the_documentation_has_every_rule_with_its_severity() -> None:
    rows = [
        line.split("|")[1:3] for line in DOCS.read_text(encoding="utf8").splitlines() if line.startswith("| ")
    ]
    said = {code.strip(): severity.strip() for codes, severity in rows[1:] for code in codes.split(",")}
    assert said == {rule.code: rule.severity for rule in RULES}
