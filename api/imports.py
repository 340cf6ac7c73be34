"""A file of rows read for a ledger that is open: with what its programme has, and what its act says."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from api.context import Context
from api.importers.edition import ANNEXES
from api.importers.errors import ImportFileError, Problems
from api.importers.errors import Problem as FileProblem
from api.importers.row_places import place_of
from api.importers.rows import Asked, Taken
from api.importers.shapes import SHAPES, Beside, Shape
from api.importers.treasury import MEANINGS
from api.parameters import bad_parameter, missing_parameter
from api.problems import Problem
from ledger.entry import Entry
from ledger.envelope import BATCH_COUNT_MAX
from ledger.ids import programme_stream
from ledger.programme import Programme
from ledger.streams import load_stream
from projections.reading import entry_at
from projections.records import read_record
from projections.state import is_known, read_state

FILE_BYTES_MAX: Final = 8 * 1024 * 1024
_REPORTS: Final = ("actual.reported", "spending.reported", "treasury.imported")
_READ: Final = ("act", "point", "kpkvk", "fund", "annex")  # otherwise than they are said
Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What a client says beside the file. given: the parameters that were there, as they are called.

    act: the id of a registered act; asked: the rest, so far without what the record has of it.
    """

    shape: str
    given: frozenset[str]
    asked: Asked
    act: str = ""


def question_of(context: Context, shape: str, said: dict[str, Any]) -> Question:
    """said: the parameters that were there, as POST /v1/imports/{shape} has them. Raises Problem."""
    given = frozenset(said)
    members = {name: value for name, value in said.items() if name not in _READ}
    codes = frozenset(code for code in str(said.get("kpkvk", "")).split(",") if code)
    act = str(said.get("act", ""))
    asked = Asked(
        **members,
        today=context.today(),
        kpkvk=codes,
        funds=_funds(str(said.get("fund", ""))),
        annexes=_annexes(str(said.get("annex", ""))),
        cites={"id": act} | ({"point": said["point"]} if "point" in said else {}),
    )
    return Question(shape, given, asked, act)


def _annexes(text: str) -> tuple[str, ...]:
    """Each once, in their own order."""
    given = [one for one in text.split(",") if one]
    for one in given:
        if one not in ANNEXES:
            raise bad_parameter("annex", one, "annexes")
    return tuple(annex for annex in ANNEXES if annex in given)


def _funds(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in filter(None, text.split(",")):
        code, _, meaning = one.partition(":")
        if not code or meaning not in MEANINGS:
            raise bad_parameter("fund", one, "funds")
        found[code] = meaning
    return found


def read_file(context: Context, question: Question, raw: bytes) -> Taken:
    """Raises Problem: what was asked makes no sense, the file is wrong, or holds too many events."""
    shape = SHAPES[question.shape]
    _check_given(shape, question)
    asked, known = _BESIDE[shape.beside](context, question)
    try:
        taken = shape.read(raw, asked, known)
    except ImportFileError as error:
        raise invalid(error.problems) from None
    _check_certificates(context, known, taken)
    if len(taken.made) > BATCH_COUNT_MAX:
        raise Problem("import-too-many-events", "", len(taken.made), most=BATCH_COUNT_MAX)
    return taken


def _check_given(shape: Shape, question: Question) -> None:
    """What one shape asks for is not silently passed over with another."""
    for name in sorted(question.given):
        if name not in shape.asks:
            raise Problem("unknown-parameter", f"/query/{name}", name, allowed=sorted(shape.asks))
    for name in shape.needs:
        if name not in question.given:
            raise missing_parameter(name)


def programme_of(context: Context, name: str) -> Programme:
    """The programme at the head, as drafts are judged by it. Raises Problem no-such-programme."""
    world = context.world()
    tail = context.ledger.reader.at_position(world.position)
    found = load_stream(world, programme_stream(name), tail).programmes.get(name)
    if found is None or not found.body:
        raise Problem("no-such-programme", "/query/programme", name, position=world.position)
    return found


def _with_programme(context: Context, question: Question) -> tuple[Asked, Programme]:
    return question.asked, programme_of(context, question.asked.programme)


def _with_state(context: Context, question: Question) -> tuple[Asked, None]:
    """As of the day from which the file counts, at the newest position. Raises Problem no-such-programme."""
    asked = question.asked
    with context.reading(context.newest_position()) as reading:
        position = reading.position
        if not is_known(reading, asked.programme):
            raise Problem("no-such-programme", "/query/programme", asked.programme, position=position)
        state = read_state(reading, asked.programme, asked.effective)["state"]
    return replace(asked, state=state, seen=position), None


def _with_act(context: Context, question: Question) -> tuple[Asked, None]:
    """With the registration in force, whose votes the file's replace. Raises Problem no-such-record."""
    asked, act = question.asked, question.act
    position = context.newest_position()
    with context.reading(position) as reading:
        found = read_record(reading, "act", act)
    if found is None:
        raise Problem("no-such-record", "/query/act", act, position=position, list="/v1/acts")
    index = context.ledger.reader.events([found["event"]])[found["event"]]
    entry = entry_at(context.ledger.reader, index)
    stated = entry.stated()
    corrects = {"event": stated.slot, "payload": stated.payload_hash}
    return replace(asked, body=found["body"], act=_data_of(entry), corrects=corrects), None


_BESIDE: Final[Mapping[Beside, Callable[[Context, Question], tuple[Asked, Programme | None]]]] = {
    "programme": _with_programme,
    "state": _with_state,
    "registration": _with_act,
}


def _check_certificates(context: Context, known: Programme | None, taken: Taken) -> None:
    """A change that is added twice counts twice, and nothing else would tell. Raises Problem."""
    stated = {_certificate(made.event.data): made for made in taken.made if "certificate" in made.event.data}
    if known is None or not stated:
        return
    problems = Problems()
    for event, certificate in _recorded_certificates(context, known):
        made = stated.pop(certificate, None)
        if made is not None:
            row, (number, date) = made.rows[0], certificate
            words = {"number": number, "date": date, "event": event}
            problems.add(row.line, row.at("number"), "certificate-recorded", **words)
    try:
        problems.raise_if_any()
    except ImportFileError as error:
        raise invalid(error.problems) from None


def _recorded_certificates(context: Context, known: Programme) -> Iterator[tuple[str, tuple[str, str]]]:
    """Of the schedule's changes in force: (slot, number and date)."""
    for slot in known.timeline.slots.values():
        if slot.kind == "schedule.changed" and slot.writes:
            data = _data_of(entry_at(context.ledger.reader, slot.event_index))
            if data.get("certificate"):
                yield slot.id, _certificate(data)


def _certificate(data: Mapping[str, Any]) -> tuple[str, str]:
    said = data["certificate"]
    return said["number"], said.get("date") or ""


def _data_of(entry: Entry) -> Mapping[str, Any]:
    """As it was signed."""
    text = str(entry.envelope["payload"])
    data: Mapping[str, Any] = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))["data"]
    return data


def invalid(problems: Sequence[FileProblem]) -> Problem:
    """What is wrong with a file, as the one problem document that says all of it."""
    errors = [
        {"pointer": one.path if one.path[:1] == "/" else f"/{one.line}", "got": None} for one in problems
    ]
    members = {"problems": [shown(one) for one in problems]}
    return Problem("import-file-invalid", errors=errors, members=members, count=len(problems))


def shown(problem: FileProblem) -> Members:
    """One of them, as clients read it."""
    return {
        "line": problem.line,
        "place": problem.path,
        "code": problem.code,
        "message": {"uk": problem.uk, "en": problem.en},
    }


def replaced(drafts: Sequence[Mapping[str, Any]]) -> int:
    """How many reported cells have a value already, that the drafts would replace, though it be the same."""
    paths = {
        (row["programme"], row["path"])
        for draft in drafts
        for row in draft["diff"]
        if row["old"] is not None and draft["payload"].get("kind") in _REPORTS
    }
    return len(paths)


def refusals(taken: Taken, drafts: Sequence[Mapping[str, Any]]) -> list[Members]:
    """What the door would refuse, said of the rows that it came from; of the file (line 0) where of none."""
    found = []
    for made, draft in zip(taken.made, drafts, strict=True):
        refusal = draft["refusal"]
        if refusal is not None:
            pointer = next((one["pointer"] for one in refusal["errors"]), "")
            line, place = place_of(made, pointer) or (0, "")
            code = refusal["type"].rpartition(":")[2]
            found.append({"line": line, "place": place, "code": code, "message": refusal["message"]})
    return found
