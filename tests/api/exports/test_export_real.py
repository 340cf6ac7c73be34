"""The demo's real programme: its whole tables are its lists, on several days and positions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.exports.tables import TABLES
from api.settings import Settings
from tests.api.exports.asking import Exports, Row
from tests.api.exports.test_export_rows import bare, point_of
from tests.support.clock import FrozenClock
from tests.support.demo import demo_copy, demo_model

__all__ = ["demo_model"]
pytestmark = pytest.mark.slow  # telling the demo takes half a minute

POINTS: list[Row] = [{}, {"as_of": "2025-06-30"}, {"as_of": "2027-12-31", "known": "40"}]


@pytest.fixture(scope="module")
def demo(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exports]:
    data = demo_copy(demo_model, tmp_path_factory.mktemp("demo") / "data")
    app = create_app(Settings(data=data, demo=True), clock=FrozenClock(datetime(2027, 1, 1, tzinfo=UTC)))
    with TestClient(app, follow_redirects=False) as client:
        app.state.context.wait_for(app.state.context.position)
        yield Exports(client)


@pytest.mark.parametrize("point", POINTS, ids=str)
@pytest.mark.parametrize("table", sorted(TABLES))
def test_each_table_of_the_real_programme_is_its_list(demo: Exports, table: str, point: Row) -> None:
    asked = point_of(table, point)
    rows = [bare(table, row) for row in demo.rows(table, **asked) if not row.get("gone")]
    assert rows == demo.listed(table, asked)
    assert len(demo.records(table, **asked)) == len(demo.rows(table, **asked))
    assert demo.answer(table, format="parquet", **asked).content[:4] == b"PAR1"


def test_what_is_gone_by_a_doubt_is_told_by_the_state_too(demo: Exports) -> None:
    for programme in demo.programmes({}, None, None):
        state = demo.client.get(f"/v1/programmes/{programme}").json()
        gone = [row for row in demo.rows("cells", programme=programme) if row["gone"]]
        assert [{"path": row["path"], "doubt": row["doubt"]} for row in gone] == state["gone"]
