"""What an entry can be found by is read from its payload alone, and is all that its event says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from ledger.canonical import dumps
from ledger.kinds import KINDS
from ledger.kinds.base import Kind
from projections.search.folding import words_of, words_of_all
from projections.search.indexing import ENTRY, UNSAID, Words, _texts, keys_of
from tests.ledger.test_kinds import event_of

LEAF = "ab" * 32


def found_by(kind: Kind, data: Any) -> set[str]:
    payload = dumps(event_of(kind, data).model_dump(mode="json", by_alias=True, exclude_unset=True))
    return {word for what, word, _ in keys_of(payload, LEAF) if what == ENTRY}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_an_events_model_says_no_other_words_than_its_payload(kind: Kind) -> None:
    event = event_of(kind, kind.example)
    said = words_of_all(_texts(event.data.model_dump(mode="json", by_alias=True, exclude_none=True)))
    hashes = {word for word in found_by(kind, kind.example) if len(word) == 64}
    assert found_by(kind, kind.example) == said | hashes | words_of(event.reason)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def models_of_kinds() -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    waiting: list[type[BaseModel]] = [kind.data for kind in KINDS.values()]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            for field in model.model_fields.values():
                waiting += models_in(field.annotation)
    return found


def meant(default: Any) -> list[str]:
    if isinstance(default, BaseModel):
        default = default.model_dump(mode="json")
    return [text for text in _texts(list(default) if isinstance(default, tuple) else default) if text]


def test_only_a_deadline_means_a_word_that_its_payload_need_not_say() -> None:
    unsaid = {
        (model.__name__, name, text)
        for model in models_of_kinds()
        for name, field in model.model_fields.items()
        if not field.is_required()
        for text in meant(field.get_default(call_default_factory=True))
    }
    assert unsaid == {("Deadline", "shift", UNSAID)}


def test_a_deadline_without_a_shift_is_found_by_the_one_that_it_means() -> None:
    kind = KINDS["policy.set"]
    deadline = {"kinds": ["actual.reported"], "period": "month", "months": 1, "day": 5}
    without = {name: value for name, value in kind.example.items() if name != "deadlines"}
    assert UNSAID not in found_by(kind, without)
    assert UNSAID in found_by(kind, without | {"deadlines": [deadline]})
    assert UNSAID in found_by(kind, without | {"deadlines": [deadline | {"shift": "none"}]})
    assert UNSAID not in found_by(kind, without | {"deadlines": [deadline | {"shift": "next"}]})


def test_words_come_in_the_order_of_the_table_each_with_the_entries_that_say_it() -> None:
    words = Words()
    payloads = [
        dumps({"kind": "report.returned", "subject": "programme:x", "data": {"reason": reason}})
        for reason in ("школа їжак", "їжак школа", "абетка")
    ]
    for index, payload in enumerate(payloads):
        words.take(index, payload, LEAF)
    rows = list(words.rows())
    assert rows == sorted(rows, key=lambda row: (*(part.encode() for part in row[:3]), row[3]))
    assert len(rows) == words.count
    assert [row[3] for row in rows if row[1] == "їжак"] == [0, 1]
    assert [row[3] for row in rows if row[1] == LEAF] == [0, 1, 2]
