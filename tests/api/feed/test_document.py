"""docs/feed.md: its function gives the server's hashes, and it names every member that is sent."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from api.models.feed import CellTold, EntryTold
from tests.api.feed import consumer
from tests.api.feed.served import Served
from tests.conftest import ROOT
from tests.support.town import PROGRAMME_ID

TEXT = (ROOT / "docs" / "feed.md").read_text(encoding="utf8")


def documented() -> Any:
    """state_hash as the document prints it."""
    (source,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Any] = {"json": json, "hashlib": hashlib}
    exec(source, names)  # noqa: S102 -- the project's own document
    return names["state_hash"]


def test_the_function_in_the_document_gives_the_servers_hash(live: Served) -> None:
    page = live.json("/v1/feed/cells?limit=500&as_of=2025-04-15")
    cells = [(item["path"], item["value"]) for item in page["items"] if item["cell"] != "none"]
    assert documented()(cells) == consumer.state_hash(cells) == page["states"][PROGRAMME_ID]
    odd = [("/a/b", 'є"\\\u2028\x1f\x7f'), ("/a/ц", None), ("/a/c", ""), ("/я", "-")]
    assert documented()(odd) == consumer.state_hash(odd)
    assert documented()(cells[1:]) != page["states"][PROGRAMME_ID]


def test_every_member_of_a_message_is_named_in_the_document() -> None:
    for shape in (EntryTold, CellTold):
        for name, field in shape.model_fields.items():
            assert f"`{field.alias or name}`" in TEXT, name
