"""The CSV twins of the twenty questions: of one its items, of all their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from api.csv_table import to_csv
from api.tables import Rows

ANSWER = (
    "question", "verdict", "group", "sentence_uk", "sentence_en", "finding", "act", "cells", "events",
    "indexes", "values", "doubt",
)  # fmt: skip
ANSWERS = (
    "question", "title_uk", "title_en", "verdict", "sentence_uk", "sentence_en", "missing", "items_total",
    "findings", "figures", "link",
)  # fmt: skip


def answer(content: Mapping[str, Any]) -> bytes:
    """The first row is the answer itself, of the group `sentence`."""
    head = {"question": content["question"], "verdict": content["verdict"]}
    whole = {**head, "group": "sentence", **_words(content), "values": _json(content["figures"])}
    return to_csv(ANSWER, [whole, *({**head, **_item(item)} for item in content["items"])])


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **item,
        **_words(item),
        "cells": [cell["path"] for cell in item["cells"]] or None,
        "events": [event["event"] for event in item["events"]] or None,
        "indexes": [str(event["index"]) for event in item["events"]] or None,
        "values": _json(item["values"]),
    }


def answers(rows: Rows) -> bytes:
    return to_csv(ANSWERS, [_brief(row) for row in rows])


def _brief(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        **_words(row),
        "title_uk": row["title"]["uk"],
        "title_en": row["title"]["en"],
        "missing": [one["what"] for one in row["missing"]] or None,
        "figures": _json(row["figures"]),
    }


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"sentence_uk": row["sentence"]["uk"], "sentence_en": row["sentence"]["en"]}


def _json(values: Any) -> str:
    return orjson.dumps(values).decode()
