"""What a forger who has no key makes of a bundle of the storied town, and what the page by hand says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.api.story import EVENTS, POSITIONS
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME

Members = dict[str, bytes]  # of the archive: name → content
Forging = Callable[[Members], None]


@contextmanager
def edit(members: Members, name: str) -> Iterator[Any]:
    """A JSON member of the archive, to be changed in place."""
    content = json.loads(members[name])
    yield content
    members[name] = json.dumps(content, ensure_ascii=False).encode()


def drop(members: Members, index: int) -> None:
    """Take an entry and its proof away."""
    del members[f"entries/{index}.json"]
    with edit(members, "proofs.json") as proofs:
        del proofs["proofs"][str(index)]


def cut(stream: str, *, honest: bool = False, row: bool = True, index: int | None = None) -> Forging:
    """Take away the last entry of a stream; it says no more of itself that it is whole, unless honest.

    row: False takes away what bundle.json says of the stream, too. index: another entry than the last.
    """

    def change(members: Members) -> None:
        with edit(members, "bundle.json") as manifest:
            (found,) = (one for one in manifest["streams"] if one["stream"] == stream)
            found["whole"] = honest
            if not row:
                manifest["streams"].remove(found)
        drop(members, found["last"] if index is None else index)

    return change


def incomplete(members: Members) -> None:
    """The bundle of a programme says that it is a selection."""
    cut(PROGRAMME)(members)
    with edit(members, "bundle.json") as manifest:
        manifest["complete"] = False


def other_heads(members: Members) -> None:
    """Under `heads` stands an entry of the programme, so that nothing is committed."""
    with edit(members, "bundle.json") as manifest:
        manifest["heads"]["index"] = POSITIONS["changed"] - 1


def other_size(members: Members) -> None:
    with edit(members, "bundle.json") as manifest:
        manifest["heads"]["size"] -= 1


def other_programme(members: Members) -> None:
    with edit(members, "bundle.json") as manifest:
        manifest["subject"]["programme"] = "another"


def other_day(members: Members) -> None:
    with edit(members, "answer.json") as answer:
        answer["as_of"] = "2025-01-01"


def beyond(members: Members) -> None:
    """It claims to know more than the heads commit."""
    with edit(members, "bundle.json") as manifest, edit(members, "answer.json") as answer:
        manifest["subject"]["known"] += 1
        answer["known"]["position"] += 1


def unlisted(members: Members) -> None:
    with edit(members, "proofs.json") as proofs:
        del proofs["proofs"]["3"]


def renamed(members: Members) -> None:
    """The entry of heads lies in another's place, and another in its."""
    heads = json.loads(members["bundle.json"])["heads"]["index"]
    one, other = f"entries/{heads}.json", "entries/3.json"
    members[one], members[other] = members[other], members[one]


def other_figure(members: Members) -> None:
    with edit(members, "answer.json") as answer:
        if "state" in answer:
            answer["state"]["financing"]["1.1"]["2025"]["local"] = "100.01"
        else:
            answer["value"]["value"] = "100.01"


def other_place(members: Members) -> None:
    """A stream's place beyond the last, to which the same path leads: neighbours could be made of it."""
    with edit(members, "bundle.json") as manifest:
        manifest["streams"][1]["place"] += 8


def two_answers(members: Members) -> None:
    """One that is checked, and one that is read."""
    members["answer.json"] += members["answer.json"].replace(b"100.00", b"100.01")


def other_event(members: Members) -> None:
    """The figure is said to be of an entry that states nothing of it."""
    with edit(members, "answer.json") as answer:
        of = answer["cells"][LINE_CELL] if "cells" in answer else answer["value"]
        of["event"] = EVENTS["reported"]


# of which bundle, what is done to it, what is told
FORGED: list[tuple[str, Forging, str]] = [
    ("programme", cut(PROGRAMME), f"the stream {PROGRAMME} is not here as a whole"),
    ("cell", cut(PROGRAMME), f"the stream {PROGRAMME} is not here as a whole"),
    ("programme", incomplete, f"the stream {PROGRAMME} is not here as a whole"),
    ("programme", cut(PROGRAMME, row=False), f"the stream {PROGRAMME} is not here as a whole"),
    ("programme", cut(PROGRAMME, honest=True), "entries are missing"),
    ("programme", cut("root", index=1), "the stream root is not here as a whole"),
    ("event", cut("root", index=1), "the stream root is not here as a whole"),
    ("programme", cut("root", index=1, honest=True), "entries are missing"),
    ("programme", cut("root"), "no service key that the root enrolled signed the heads"),
    ("programme", cut(COUNCIL_STREAM), f"the stream {COUNCIL_STREAM} is not here as a whole"),
    ("event", cut(COUNCIL_STREAM), f"the stream {COUNCIL_STREAM} is not here as a whole"),
    ("programme", cut(COUNCIL_STREAM, row=False), f"the stream {COUNCIL_STREAM} is not here as a whole"),
    ("programme", other_heads, "is not what bundle.json says of the heads"),
    ("programme", other_size, "is not what bundle.json says of the heads"),
    ("programme", other_programme, "the stream programme:another is not here as a whole"),
    ("programme", other_day, "the answer is to another question"),
    ("cell", beyond, "the answer knows entries that the heads do not commit"),
    ("programme", other_place, "no such place"),
    ("programme", two_answers, "more than one answer"),
    ("programme", unlisted, "the entries are not those that proofs.json lists"),
    ("programme", renamed, "not of the place where it lies"),
    ("programme", other_figure, "its entry states another amount than the answer"),
    ("cell", other_figure, "its entry states another amount than the answer"),
    ("programme", other_event, "the entry that the answer names states nothing of"),
]
