"""Programmes are data: nothing of one stands in code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTICULAR = re.compile(r"belz|Белз|riverside", re.IGNORECASE)


def test_no_programme_or_council_is_named_in_code() -> None:
    sources = [
        path
        for package in ("ledger", "projections", "api")
        for ending in ("*.py", "*.sql", "*.toml", "*.css")
        for path in (ROOT / package).rglob(ending)
    ]
    assert len(sources) > 100
    assert [path.name for path in sources if PARTICULAR.search(path.read_text(encoding="utf8"))] == []
