"""Forms of reports: what an indicator reached, where a measure stands, what was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import Request, Response

from api.pages.routing import page_router
from api.pages.wording import number
from api.pages.work_desk import Desk, Field, Option, Payload, Sheet, Statement, tell
from api.pages.work_facts import (
    accumulations_of,
    indicators_of,
    measures_of,
    periods_of,
    sources_of,
    state_of,
)
from api.pages.work_reading import Reader
from api.pages.work_steps import show, take

router = page_router()
PLACES: Final = 6  # after the comma, of an indicator's value
ACCUMULATIONS: Final = ("period", "ytd")
PHASES: Final = ("paid", "commitment", "incurred", "payable")
STATUSES: Final = ("not-started", "in-progress", "done", "stopped")
_SPARE_LINES: Final = 4


async def plan_actual(desk: Desk) -> Sheet:
    """Asked for: programme; indicator and period may be named."""
    programme = desk.get("programme")
    frame, teller = await tell(desk, programme)
    rows = {row["indicator"]: row for row in await indicators_of(frame, desk.get("period")[:4])}
    usual = await accumulations_of(frame)
    periods = await periods_of(frame, teller)
    chosen = rows.get(desk.get("indicator"))

    def build(read: Reader) -> list[Statement]:
        indicator = read.choice("indicator", rows)
        data: Payload = {
            "indicator": indicator,
            "period": read.choice("period", [one for one, _ in periods]),
            "accumulation": read.choice("accumulation", ACCUMULATIONS),
            "value": read_value(read, "value", rows.get(indicator), required=True),
        }
        data |= _fraction(read)
        if note := read.text("note"):
            data["note"] = note
        payload = {"kind": "actual.reported", "subject": f"programme:{programme}", "data": data}
        return [Statement(payload, _places("indicator", "period", "accumulation", "value", "numerator",
                                           "denominator", "note"))]  # fmt: skip

    label = desk.label
    fields = [
        Field("indicator", label("indicator"), "choice", required=True, value=desk.get("indicator"),
              options=[(one, f"{one} {row['name']}") for one, row in rows.items()]),
        Field("period", label("period"), "choice", required=True, options=periods),
        Field("accumulation", label("accumulation"), "choice", required=True, hint=label("accumulation-hint"),
              options=accumulation_options(desk), value=usual.get(desk.get("indicator"), "period")),
        Field("value", label("value"), required=True, decimal=True, hint=value_hint(desk, chosen)),
        Field("numerator", label("numerator"), decimal=True, hint=label("fraction-hint")),
        Field("denominator", label("denominator"), decimal=True),
        Field("note", label("note"), "area"),
    ]  # fmt: skip
    return Sheet(
        desk, "/work/actual", "actual", build, fields,
        {"programme": programme, "office": desk.office["office"]},
        about=frame.title, lede=label("actual-lede"), files=True, frame=frame, teller=teller,
    )  # fmt: skip


async def plan_grid(desk: Desk) -> Sheet:
    """Asked for: programme, period. A row of each indicator; what is left empty is not reported."""
    programme, period = desk.get("programme"), desk.get("period")
    frame, teller = await tell(desk, programme)
    indicators = await indicators_of(frame, period[:4])
    usual, told = await accumulations_of(frame), await state_of(frame, "actuals")
    due = await _due(desk, period)
    rows = [
        {
            **row,
            "place": place,
            "due": row["indicator"] in due,
            "usual": usual.get(row["indicator"], "period"),
            "reported": _reported(told, row["indicator"], period),
            "target": row["target_now"] if str(row["year"]) == period[:4] else None,
        }
        for place, row in enumerate(indicators)
    ]

    lede = desk.label("actuals-choose")
    if period:
        lede = desk.label("actuals-lede", period=teller.period(period), n=len(rows))

    def build(read: Reader) -> list[Statement]:
        made = [_row_statement(read, programme, period, row) for row in rows]
        return [one for one in made if one is not None]

    return Sheet(
        desk, "/work/actuals", "actuals", build, (),
        {"programme": programme, "period": period, "office": desk.office["office"]},
        about=frame.title, frame=frame, teller=teller, template="work_grid.html",
        lede=lede,
        facts={
            "rows": rows, "period": period, "periods": await periods_of(frame, teller),
            "accumulations": accumulation_options(desk), "due": [row for row in rows if row["due"]],
            "file_fields": [f"file-{row['place']}" for row in rows],
            "labels": {
                f"{name}-{row['place']}": row["indicator"]
                for name in ("value", "accumulation", "file") for row in rows
            },
            "twin": desk.page.twin(desk.label("indicator"), frame.url("/indicators"), **frame.at),
        },
    )  # fmt: skip


async def _due(desk: Desk, period: str) -> set[str]:
    """The indicators that the office is asked to report on for a period, by the policies in force."""
    asked = await desk.page.ask(
        "/v1/inbox", office=desk.office["office"], task="report", limit=500, known=desk.known
    )
    return {
        one["about"]["indicator"]
        for one in asked["items"]
        if one["about"]["indicator"] and one["about"]["period"] == period
    }


def _reported(told: Mapping[str, Any], indicator: str, period: str) -> str | None:
    """What stands on the record already for the period."""
    values = told.get(indicator, {}).get(period, {})
    return next((number(str(value)) for value in values.values()), None)


def _row_statement(read: Reader, programme: str, period: str, row: Mapping[str, Any]) -> Statement | None:
    place = row["place"]
    field = f"value-{place}"
    if not read.posted.get(field):
        if read.posted.files.get(f"file-{place}"):
            read.wrong(field, "file-without-value")
        return None
    data = {
        "indicator": row["indicator"],
        "period": period,
        "accumulation": read.choice(f"accumulation-{place}", ACCUMULATIONS),
        "value": read_value(read, field, row, required=True),
    }
    payload = {"kind": "actual.reported", "subject": f"programme:{programme}", "data": data}
    places = [
        ("", field),
        ("/data", field),
        ("/data/accumulation", f"accumulation-{place}"),
        ("/files", f"file-{place}"),
    ]
    return Statement(payload, places, f"file-{place}")


def read_value(read: Reader, field: str, row: Mapping[str, Any] | None, *, required: bool) -> str | None:
    """Так or Ні where the indicator is one of those, else a number."""
    if row is not None and row["kind"] == "boolean":
        return read.yes_no(field, required=required)
    return read.number(field, places=PLACES, required=required)


def _fraction(read: Reader) -> Payload:
    """Of a percentage, both or none; the ledger says which one is missing."""
    parts = {name: read.number(name, places=PLACES, required=False) for name in ("numerator", "denominator")}
    return {name: value for name, value in parts.items() if value is not None}


def accumulation_options(desk: Desk) -> list[Option]:
    return [(one, desk.label(f"accumulation-{one}")) for one in ACCUMULATIONS]


def value_hint(desk: Desk, row: Mapping[str, Any] | None) -> str:
    if row is None:
        return desk.label("value-hint")
    return desk.label("value-yes-no" if row["kind"] == "boolean" else "value-unit", unit=row["unit"] or "")


def _places(*names: str) -> list[tuple[str, str]]:
    return [(f"/data/{name}", name) for name in names]


async def plan_progress(desk: Desk) -> Sheet:
    programme = desk.get("programme")
    frame, teller = await tell(desk, programme)
    measures, periods = await measures_of(frame), await periods_of(frame, teller)

    def build(read: Reader) -> list[Statement]:
        data: Payload = {
            "measure": read.choice("measure", [one for one, _ in measures]),
            "period": read.choice("period", [one for one, _ in periods]),
            "status": read.choice("status", STATUSES),
        }
        if note := read.text("note"):
            data["note"] = note
        payload = {"kind": "progress.reported", "subject": f"programme:{programme}", "data": data}
        return [Statement(payload, _places("measure", "period", "status", "note"))]

    label = desk.label
    fields = [
        Field("measure", label("measure"), "choice", options=measures, required=True),
        Field("period", label("period"), "choice", options=periods, required=True),
        Field("status", label("status"), "choice", required=True,
              options=[(one, label(f"value-{one}")) for one in STATUSES]),
        Field("note", label("progress-note"), "area"),
    ]  # fmt: skip
    return Sheet(
        desk, "/work/progress", "progress", build, fields,
        {"programme": programme, "office": desk.office["office"]}, about=frame.title,
        lede=label("progress-lede"), files=True, frame=frame, teller=teller,
    )  # fmt: skip


async def plan_payment(desk: Desk) -> Sheet:
    """Lines of money of one period: a line of each planned measure and source, and some to choose."""
    programme = desk.get("programme")
    frame, teller = await tell(desk, programme)
    measures, sources = await measures_of(frame), await sources_of(frame)
    periods = await periods_of(frame, teller)
    year = (desk.get("period") or desk.as_of)[:4]
    rows = _planned(await state_of(frame, "financing"), year, desk.get("measure"))
    sent = len([name for name in desk.posted.fields if name.startswith("amount-")])
    rows += [{"measure": "", "source": ""} for _ in range(max(_SPARE_LINES, sent - len(rows)))]

    def build(read: Reader) -> list[Statement]:
        period = read.choice("period", [one for one, _ in periods])
        lines, places = read_lines(read, measures, sources, period[:4])
        data = {
            "phase": read.choice("phase", PHASES),
            "period": period,
            "accumulation": read.choice("accumulation", ACCUMULATIONS),
            "lines": lines,
        }
        payload = {"kind": "spending.reported", "subject": f"programme:{programme}", "data": data}
        return [Statement(payload, [*places, *_places("phase", "period", "accumulation")])] if lines else []

    label = desk.label
    fields = [
        Field("phase", label("phase"), "choice", required=True, value="paid",
              options=[(one, label(f"phase-{one}")) for one in PHASES]),
        Field("period", label("period"), "choice", options=periods, required=True),
        Field("accumulation", label("accumulation"), "choice", options=accumulation_options(desk),
              value="ytd", required=True),
    ]  # fmt: skip
    return Sheet(
        desk, "/work/payment", "payment", build, fields,
        {"programme": programme, "office": desk.office["office"]}, about=frame.title,
        lede=label("payment-lede"), files=True, frame=frame, teller=teller, template="work_payment.html",
        facts={
            "rows": rows, "measures": measures, "sources": sources,
            "labels": {
                f"{name}-{place}": f"{label('row', n=place + 1)}, {label(name)}"
                for name in ("measure", "source", "amount") for place in range(len(rows))
            },
            "twin": desk.page.twin(desk.label("now"), frame.url("/budget"), **frame.at),
        },
    )  # fmt: skip


def _planned(financing: Mapping[str, Any], year: str, measure: str) -> list[dict[str, str]]:
    """Measures and sources with a plan in the year; budget codes are told by the treasury's import."""
    found = [
        {"measure": row, "source": segment}
        for row, years in financing.items()
        for segment in years.get(year, {})
        if "." not in segment and measure in ("", row)
    ]
    return found or ([{"measure": measure, "source": ""}] if measure else [])


def read_lines(
    read: Reader, measures: Sequence[Option], sources: Sequence[Option], year: str
) -> tuple[list[Payload], list[tuple[str, str]]]:
    """Lines with an amount; one of which only the amount is missing is left out as not reported."""
    lines: list[Payload] = []
    places: list[tuple[str, str]] = []
    for row in _numbered(read, "amount"):
        if not read.posted.get(f"amount-{row}"):
            continue
        line = {
            "measure": read.choice(f"measure-{row}", [one for one, _ in measures]),
            "year": int(year) if year.isdecimal() else 0,
            "source": read.choice(f"source-{row}", [one for one, _ in sources]),
            "amount": read.money(f"amount-{row}"),
        }
        at = f"/data/lines/{len(lines)}"
        places += [
            (at, f"amount-{row}"),
            (f"{at}/measure", f"measure-{row}"),
            (f"{at}/source", f"source-{row}"),
        ]
        lines.append(line)
    return lines, places


def _numbered(read: Reader, name: str) -> list[int]:
    """The numbers of the rows that came, in their order."""
    found = (key.removeprefix(f"{name}-") for key in read.posted.fields if key.startswith(f"{name}-"))
    return sorted(int(one) for one in found if one.isascii() and one.isdecimal() and len(one) < 5)


@router.get("/work/actual")
async def show_actual(
    request: Request, office: str, programme: str, indicator: str = "", period: str = ""
) -> Response:
    return await show(request, plan_actual)


@router.post("/work/actual")
async def take_actual(request: Request) -> Response:
    return await take(request, plan_actual)


@router.get("/work/actuals")
async def show_actuals(request: Request, office: str, programme: str, period: str = "") -> Response:
    return await show(request, plan_grid)


@router.post("/work/actuals")
async def take_actuals(request: Request) -> Response:
    return await take(request, plan_grid)


@router.get("/work/progress")
async def show_progress(
    request: Request, office: str, programme: str, measure: str = "", period: str = ""
) -> Response:
    return await show(request, plan_progress)


@router.post("/work/progress")
async def take_progress(request: Request) -> Response:
    return await take(request, plan_progress)


@router.get("/work/payment")
async def show_payment(
    request: Request, office: str, programme: str, measure: str = "", period: str = ""
) -> Response:
    return await show(request, plan_payment)


@router.post("/work/payment")
async def take_payment(request: Request) -> Response:
    return await take(request, plan_payment)
