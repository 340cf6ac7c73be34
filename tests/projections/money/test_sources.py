"""The tree of sources: who gives what, who pays which share, and what nobody said."""

from __future__ import annotations

from typing import Any

from projections.budget import read_budget
from projections.money.sources import Source, above, counted_twice, read_sources, share_out, sum_tree
from tests.projections.adopted import Adopted
from tests.projections.money.saying import decide, line, spend, transfer

Row = dict[str, Any]


def tree(adopted: Adopted, day: str) -> dict[str, Row]:
    rows = read_budget(adopted.reading(), adopted.programme, day)
    return {
        row["source"]: row for row in sum_tree(rows, read_sources(adopted.reading(), adopted.programme, day))
    }


def test_a_source_has_its_own_lines_and_those_of_all_below_it(riverside: Adopted) -> None:
    found = tree(riverside, "2030-01-01")
    assert {source: row["amended"] for source, row in found.items()} == {
        "local": "2715500.00",
        "other": "6049931.25",
        "grant": "3000431.25",
        "grant-water": "3000431.25",
        "oblast": "949500.00",
        "state": "2100000.00",
    }
    assert [(row["source"], row["parent"], row["depth"]) for row in found.values()] == [
        ("local", None, 0),
        ("other", None, 0),
        ("grant", "other", 1),
        ("grant-water", "grant", 2),
        ("oblast", "other", 1),
        ("state", "other", 1),
    ]
    assert (found["grant"]["own"], found["grant"]["below"], found["grant"]["mixed"]) == (0, 2, False)
    assert (found["grant-water"]["own"], found["grant-water"]["below"]) == (2, 0)
    assert found["grant-water"]["name"] == "вигаданий водний фонд"


def test_a_parent_with_an_amount_of_its_own_beside_its_childrens_is_marked_as_mixed(
    riverside: Adopted,
) -> None:
    axes: Row = {"measure": "w-b1x-left", "year": 2032}
    lines = [line("100.00", source=source, **axes) for source in ("other", "grant")]
    decide(riverside, "riverside-9", "2030-02-01", *lines)
    found = tree(riverside, "2030-02-01")
    assert (found["other"]["amended"], found["other"]["mixed"]) == ("6050131.25", True)
    assert (found["grant"]["amended"], found["grant"]["mixed"]) == ("3000531.25", True)
    assert not found["local"]["mixed"]


def test_a_source_that_no_statement_names_is_a_root_without_a_name() -> None:
    assert above("unknown", {}) == ["unknown"]


def test_statements_that_go_in_a_circle_do_not() -> None:
    sources = {"a": Source("a", "А", "b"), "b": Source("b", "Б", "a")}
    assert above("a", sources) == ["a", "b"]
    assert above("b", sources) == ["b", "a"]


def shares(adopted: Adopted, day: str) -> dict[tuple[str, int, str], str | None]:
    rows = share_out(read_budget(adopted.reading(), adopted.programme, day))
    return {(row["measure"], row["year"], row["source"]): row["share"] for row in rows}


def test_each_payers_share_is_of_the_measures_year_to_four_decimals(riverside: Adopted) -> None:
    # 2 100 000.00 from the state; 1 050 000.00 and 0.01 more from two others.
    axes: Row = {"measure": "w-b1x-left", "year": 2032}
    lines = [line("1050000.00", source="local", **axes), line("0.01", source="oblast", **axes)]
    decide(riverside, "riverside-9", "2030-02-01", *lines)
    found = shares(riverside, "2030-02-01")
    assert found["w-b1x-left", 2032, "state"] == "0.6667"
    assert found["w-b1x-left", 2032, "local"] == "0.3333"
    assert found["w-b1x-left", 2032, "oblast"] == "0.0000"
    assert found["w-a1x-posts", 2030, "local"] == "1.0000"


def test_there_is_no_share_of_nothing_and_a_blank_pays_none(riverside: Adopted) -> None:
    found = shares(riverside, "2030-01-01")
    assert found["w-b1x-left", 2033, "local"] is None
    assert ("w-b1x-right", 2033, "state") not in found
    decide(riverside, "riverside-9", "2030-02-01", line("-5.00", measure="w-b1x-left", year=2032))
    assert shares(riverside, "2030-02-01")["w-b1x-left", 2032, "state"] is None


def twice(adopted: Adopted, day: str) -> list[Row]:
    return counted_twice(read_budget(adopted.reading(), adopted.programme, day))


def test_money_sent_out_that_may_come_back_as_another_sources_line_is_named_and_not_subtracted(
    belz: Adopted,
) -> None:
    transfer(belz, "30000.00", "2025-06-01")
    assert twice(belz, "2025-06-01") == []
    spend(belz, "paid", "2025-Q3", "29000.00", source="oblast")
    assert twice(belz, "2025-09-29") == []
    assert twice(belz, "2025-09-30") == [
        {
            "measure": "3.3.2",
            "year": 2025,
            "source": "local",
            "transferred": "30000.00",
            "others": ["oblast"],
            "answer": "undetermined",
        }
    ]
    assert tree(belz, "2025-09-30")["local"]["transferred"] == "30000.00"


def test_money_of_another_measure_or_year_is_not_what_was_sent(belz: Adopted) -> None:
    transfer(belz, "30000.00", "2025-06-01")
    spend(belz, "paid", "2025-Q3", "29000.00", source="oblast", measure="3.3.4")
    decide(belz, "belz-7", "2025-06-01", line("1.00", source="oblast", year=2026))
    assert twice(belz, "2025-12-31") == []
