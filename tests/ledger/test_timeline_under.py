"""The cells below a path: all of them, once, in the order in which they came, however many came at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from ledger.timeline import Slot, Timeline, Write

PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
STATEMENTS = st.lists(st.lists(PATHS, max_size=6), max_size=6)


def slot(index: int, paths: Sequence[str]) -> Slot:
    writes = tuple(Write(path, "2025-01-01", "set", "1.00", str(at)) for at, path in enumerate(paths))
    name = f"s-{index}"
    return Slot(name, index, "financing.changed", None, name, index, "", writes)


def stated(statements: Iterable[Sequence[str]]) -> Timeline:
    timeline = Timeline()
    for index, paths in enumerate(statements):
        timeline = timeline.state_slot(slot(index, paths), None)
    return timeline


def below(written: Sequence[str], prefix: str) -> list[str]:
    """By the rule: the path itself if it is a cell, then each child's cells, first come, first."""
    found = [prefix] if prefix in written else []
    depth = prefix.count("/") + 1
    under = (path for path in written if path.startswith(prefix + "/"))
    for child in dict.fromkeys("/".join(path.split("/")[: depth + 1]) for path in under):
        found += below(written, child)
    return found


@given(STATEMENTS)
def test_cells_below_a_path_come_in_the_order_in_which_they_were_first_written(
    statements: list[list[str]],
) -> None:
    timeline, written = stated(statements), [path for paths in statements for path in paths]
    for prefix in ("", "/a", "/b", "/a/a", "/a/b/c"):
        assert list(timeline.under(prefix)) == below(written, prefix)


@given(STATEMENTS)
def test_it_is_one_whether_writes_come_in_one_statement_or_in_many(statements: list[list[str]]) -> None:
    written = [path for paths in statements for path in paths]
    one, many = stated([written]), stated([[path] for path in written])
    assert one.children == many.children
    assert dict(one.children) == dict(stated(statements).children)


@given(STATEMENTS, st.lists(PATHS, max_size=6))
def test_a_statement_made_anew_leaves_its_cells_known(statements: list[list[str]], anew: list[str]) -> None:
    timeline = stated([*statements, ["/a/b"]])
    again = timeline.state_slot(slot(len(statements), anew), None)
    assert set(again.under("")) == set(timeline.under("")) | {*anew}
    assert list(timeline.under("")) == list(stated([*statements, ["/a/b"]]).under("")), (
        "the older one is as before"
    )
    assert {path for path in again.cells if not again.cells[path]} == {"/a/b"} - {*anew} - {
        path for paths in statements for path in paths
    }
