"""programme.adopted: the programme as the act adopts it, whole or in parts of one batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common, Stated
from ledger.ids import split_stream
from ledger.kinds.annexes import (
    Annexes,
    FieldName,
    ListOrText,
    Term,
    annex_writes,
    check_annexes,
    check_plan_years,
)
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.programme import Programme
from ledger.timeline import Write
from ledger.values import Blank, Id, Line, Money, Name, Strict, is_money, money


class Predecessor(Strict):
    """The programme that this one follows."""

    title: Name
    number: Line = ""
    date: Line = ""


class Part(Strict):
    number: Annotated[int, Field(ge=1, le=200)]
    of: Annotated[int, Field(ge=1, le=200)]


TotalKey = Annotated[str, Field(pattern=r"^(total|[0-9]{4}|source:[a-z0-9-]{1,32})$")]


class ProgrammeAdopted(Annexes):
    """Part 1 names the programme; further parts of the same batch add to its annexes.

    totals: the printed ones, compared with the sums and never used as values.
    """

    programme: Id
    title: Name | None = None
    body: Id | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    term: Term | None = None
    passport: Annotated[Mapping[FieldName, ListOrText], Field(max_length=60)] = {}
    totals: Annotated[Mapping[TotalKey, Money | Blank], Field(max_length=120)] = {}
    predecessor: Predecessor | None = None
    part: Part = Part(number=1, of=1)


def writes(data: ProgrammeAdopted, effective: str, slot: str) -> Iterator[Write]:
    head = {"title": data.title, "body": data.body, "currency": data.currency}
    for name, value in head.items():
        if value is not None:
            yield Write(f"/{name}", effective, "set", value, f"/data/{name}")
    if data.term is not None:
        yield Write("/term/from", effective, "set", str(data.term.from_), "/data/term/from")
        yield Write("/term/to", effective, "set", str(data.term.to), "/data/term/to")
    for field, text in data.passport.items():
        yield Write(f"/passport/{field}", effective, "set", text, f"/data/passport/{field}")
    if data.predecessor is not None:
        for name, text in data.predecessor.model_dump().items():
            yield Write(f"/predecessor/{name}", effective, "set", text, f"/data/predecessor/{name}")
    for key, total in data.totals.items():
        yield Write(f"/printed_totals/{key}", effective, "set", total, f"/data/totals/{key}")
    yield from annex_writes(data, effective)


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ProgrammeAdopted | None = event.data
    if data is None:
        return
    _check_identity(view, event, data)
    programme = view.before or Programme(id=data.programme)
    check_annexes(programme, data)
    if data.term is not None:
        if data.term.from_ > data.term.to:
            raise Refusal("ends-before-start", "/data/term/to", data.term.to)
        check_plan_years(data, data.term.from_, data.term.to)
    elif view.before is not None and (term := view.before.term()) is not None:
        check_plan_years(data, *term)
    if data.part.number == data.part.of or event.relations.corrects is not None:
        yield from _compare_totals(view)


def _check_identity(view: View, event: Common, data: ProgrammeAdopted) -> None:
    if split_stream(event.subject)[1] != data.programme:
        raise Refusal("not-the-subject", "/data/programme", data.programme)
    correction = event.relations.corrects is not None
    if data.part.number == 1:
        for name in ("title", "body", "currency", "term"):
            if getattr(data, name) is None:
                raise Refusal("missing-field", f"/data/{name}")
        if not correction and view.before is not None:
            raise Refusal("programme-exists", "/data/programme", data.programme)
        if data.body not in view.root.bodies:
            raise Refusal("unknown-body", "/data/body", data.body)
        if correction and view.before is not None and data.body != view.before.body:
            raise Refusal("correction-changes-id", "/data/body", data.body)
    elif not correction and (
        view.before is None or view.before.parts_due != (data.part.number, data.part.of)
    ):
        raise Refusal("part-out-of-order", "/data/part", data.part.number)
    if data.part.number > data.part.of:
        raise Refusal("part-out-of-order", "/data/part/of", data.part.of)


def _compare_totals(view: View) -> Iterator[Discrepancy]:
    """The printed totals beside the sums of the adoption's own parts, corrected as they are."""
    assert view.after is not None  # a programme kind
    sums: dict[str, Decimal] = {}
    totals: dict[str, str] = {}
    for slot in view.after.timeline.slots.values():
        if slot.kind != "programme.adopted":
            continue
        for write in slot.writes:
            _, family, *rest = write.path.split("/")
            if family == "printed_totals":
                totals[rest[0]] = write.value
            elif family == "financing" and is_money(write.value):
                for key in ("total", rest[1], f"source:{rest[2].split('.')[0]}"):
                    sums[key] = sums.get(key, Decimal(0)) + Decimal(write.value)
    for key, printed in sorted(totals.items()):
        computed = sums.get(key, Decimal(0))
        if is_money(printed) and Decimal(printed) != computed:
            yield Discrepancy(
                "totals-differ", f"/data/totals/{key}", {"stated": printed, "in_force": money(computed)}
            )


def evolve(programme: Programme, stated: Stated) -> Programme:
    data: ProgrammeAdopted | None = stated.event.data
    if data is None or stated.event.relations.corrects is not None:
        return programme
    last = data.part.number == data.part.of
    due = None if last else (data.part.number + 1, data.part.of)
    return replace(programme, body=data.body or programme.body, parts_due=due)


def phrases(data: ProgrammeAdopted, olds: object) -> Iterator[dict[str, object]]:
    yield {"title": data.title or data.programme, "number": data.part.number, "of": data.part.of}


KIND = Kind(
    "programme.adopted",
    schema=1,
    family="programme",
    data=ProgrammeAdopted,
    act="required",
    effective="required",
    voidable=False,
    writes=writes,
    decide=decide,
    evolve=evolve,
    phrases=phrases,
    title_uk="Затверджено програму",
    title_en="Programme adopted",
    uk="Затверджено програму «{title}» (частина {number} з {of})",
    en="Programme “{title}” adopted (part {number} of {of})",
    example={
        "programme": "town-digital-2025",
        "title": "Програма (приклад)",
        "body": "town-council",
        "currency": "UAH",
        "term": {"from": 2025, "to": 2027},
        "sources": [{"id": "local", "name": "місцевий бюджет"}],
        "tree": [{"id": "1", "level": "measure", "title": "Захід (приклад)"}],
        "indicators": [
            {"id": "1.1", "name": "Індикатор", "kind": "flow", "unit": "одиниць", "targets": {"2025": "2"}}
        ],
        "financing": [{"measure": "1", "year": 2025, "source": "local", "amount": "100.00"}],
    },
)
