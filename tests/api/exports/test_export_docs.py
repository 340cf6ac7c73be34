"""docs/bulk.md: its SQL runs over what is exported, and it names every table, filter and form."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from api.exports.table import FORMS
from api.exports.tables import TABLES
from tests.api.exports.asking import Exports
from tests.conftest import ROOT

BULK = (ROOT / "docs" / "bulk.md").read_text(encoding="utf8")
QUESTIONS = [
    one.strip()
    for block in re.findall(r"```sql\n(.*?)```", BULK, re.DOTALL)
    for one in block.split(";")
    if one.strip()
]


def test_there_is_a_question_for_each_form() -> None:
    assert {form for form in FORMS for one in QUESTIONS if f"budget.{form}'" in one} == set(FORMS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: re.findall(r"budget\.\w+", one)[0])
def test_the_sql_of_the_page_gives_what_the_api_says(exports: Exports, tmp_path: Path, question: str) -> None:
    for form in FORMS:
        (tmp_path / f"budget.{form}").write_bytes(exports.answer("budget", format=form).content)
    with duckdb.connect() as connection:
        asked = connection.execute(question.replace("'budget.", f"'{tmp_path}/budget."))
        place = [column[0] for column in asked.description or ()].index("plan")
        found = asked.fetchall()
    stated = [row["amended"] for row in exports.rows("budget")]
    assert sum(row[place] for row in found if row[place] is not None) == sum(
        Decimal(one) for one in stated if one not in (None, "-", "", "removed")
    )


def test_every_table_with_its_filters_and_every_form_is_told() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|", BULK, re.MULTILINE))
    assert {name: re.findall(r"`(\w+)`", said) for name, said in rows.items()} == {
        name: list(table.filters) for name, table in TABLES.items()
    }
    assert all(f"`{form}`" in BULK or f"format={form}" in BULK for form in FORMS)
