"""Forms about changes of money: propose one, endorse or refuse it, take it back, enact it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response

from api.pages.routing import page_router
from api.pages.work_desk import Desk, Field, Payload, Sheet, Statement, tell
from api.pages.work_facts import measures_of, sources_of, state_of, years_of
from api.pages.work_reading import Reader
from api.pages.work_steps import show, take

router = page_router()
OPERATIONS: Final = ("set", "add", "unset")
_SPARE_LINES: Final = 4


async def plan_propose(desk: Desk) -> Sheet:
    """Every planned amount with what is in force, to be changed or left; and lines for new ones."""
    programme = desk.get("programme")
    frame, teller = await tell(desk, programme)
    measures, sources, years = await measures_of(frame), await sources_of(frame), await years_of(frame)
    rows = _planned(await state_of(frame, "financing"), desk.as_of[:4])
    fresh = [{"place": len(rows) + more} for more in range(_SPARE_LINES)]

    def build(read: Reader) -> list[Statement]:
        effective = read.day("effective")
        lines: list[Payload] = []
        places = [
            ("/data/change/effective", "effective"),
            ("/data/note", "note"),
            ("/data/change/data", "form"),
        ]
        for row in [*rows, *fresh]:
            line = _line(read, row, measures, sources, years)
            if line is None:
                continue
            at = f"/data/change/data/lines/{len(lines)}"
            places += [(at, f"amount-{row['place']}"), (f"{at}/op", f"op-{row['place']}")]
            places += [
                (f"{at}/{name}", f"{name}-{row['place']}")
                for name in ("measure", "year", "source")
                if "measure" not in row
            ]
            lines.append(line)
        change = {"kind": "financing.changed", "schema": 1, "effective": effective, "data": {"lines": lines}}
        data = {"change": change, "note": read.text("note", required=True)}
        payload = {"kind": "change.proposed", "subject": f"programme:{programme}", "data": data}
        return [Statement(payload, places)] if lines else []

    label = desk.label
    fields = [
        Field("effective", label("effective"), required=True, hint=label("day-hint")),
        Field("note", label("propose-note"), "area", required=True),
    ]
    return Sheet(
        desk, "/work/propose", "propose", build, fields,
        {"programme": programme, "office": desk.office["office"]}, about=frame.title,
        lede=label("propose-lede"), files=True, frame=frame, teller=teller, template="work_propose.html",
        facts={"rows": rows, "fresh": fresh, "measures": measures, "sources": sources, "years": years,
               "labels": _labels(desk, rows, fresh),
               "operations": [(one, label(f"op-{one}")) for one in OPERATIONS],
               "twin": desk.page.twin(label("now"), frame.url("/budget"), **frame.at)},
    )  # fmt: skip


def _labels(desk: Desk, rows: Any, fresh: Any) -> dict[str, str]:
    """Of the controls of the tables, for the list of errors."""
    told = {row["place"]: f"{row['measure']}, {row['year']}" for row in rows}
    told |= {row["place"]: desk.label("row", n=n) for n, row in enumerate(fresh, 1)}
    names = {"op": "operation", "amount": "amount", "measure": "measure", "year": "year", "source": "source"}
    return {
        f"{name}-{place}": f"{words}, {desk.label(label)}"
        for place, words in told.items()
        for name, label in names.items()
    }


def _planned(financing: Mapping[str, Any], year: str) -> list[dict[str, Any]]:
    """Of this year and later; amounts with budget codes of their own are proposed by the command line."""
    found = [
        {"measure": measure, "year": at, "source": segment, "now": amount}
        for measure, years in financing.items()
        for at, segments in years.items()
        for segment, amount in segments.items()
        if at >= year and "." not in segment and isinstance(amount, str)
    ]
    return [{**row, "place": place} for place, row in enumerate(found)]


def _line(read: Reader, row: Mapping[str, Any], measures: Any, sources: Any, years: Any) -> Payload | None:
    """A line that changes something; None where nothing was chosen."""
    place = row["place"]
    operation, amount = read.posted.get(f"op-{place}"), read.posted.get(f"amount-{place}")
    if not operation and not amount:
        return None
    line: Payload = {"op": read.choice(f"op-{place}", OPERATIONS)}
    if "measure" in row:
        line |= {"measure": row["measure"], "year": int(row["year"]), "source": row["source"]}
        old = read.posted.get(f"old-{place}")
        if old not in ("", "-") and line["op"] != "add":
            line["stated_old"] = old
    else:
        year = read.choice(f"year-{place}", [str(one) for one in years])
        line["measure"] = read.choice(f"measure-{place}", [one for one, _ in measures])
        line["source"] = read.choice(f"source-{place}", [one for one, _ in sources])
        line["year"] = int(year) if year.isdecimal() else 0
    if operation == "unset":
        if amount:
            read.wrong(f"amount-{place}", "unset-amount")
    else:
        line["amount"] = read.money(f"amount-{place}")
    return line


@dataclass(frozen=True, slots=True)
class _Voice:
    """A statement about a proposal. text: the member for what is written; must: it may not be empty."""

    name: str
    kind: str
    text: str
    must: bool


_VOICES: Final = {
    "endorse": _Voice("endorse", "change.endorsed", "note", must=False),
    "refuse": _Voice("refuse", "change.refused", "reason", must=True),
    "withdraw": _Voice("withdraw", "change.withdrawn", "reason", must=False),
}


async def _named(desk: Desk, proposal: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The proposal, and the policies that may be spoken of: called by their entries' numbers."""
    asked = await desk.page.ask("/v1/policies", programme=proposal["programme"], known=desk.known)
    return [proposal, *asked["items"]]


async def _proposal(desk: Desk) -> Mapping[str, Any]:
    found = await desk.page.ask(f"/v1/proposals/{desk.get('proposal')}")
    item: Mapping[str, Any] = found["item"]
    return item


async def _plan_voice(desk: Desk, voice: _Voice) -> Sheet:
    proposal = await _proposal(desk)
    frame, teller = await tell(desk, proposal["programme"])

    def build(read: Reader) -> list[Statement]:
        data: Payload = {"proposal": proposal["id"]}
        if said := read.text("said", required=voice.must):
            data[voice.text] = said
        payload = {"kind": voice.kind, "subject": proposal["subject"], "data": data}
        return [Statement(payload, [(f"/data/{voice.text}", "said")])]

    fields = [Field("said", desk.label(f"{voice.name}-said"), "area", required=voice.must)]
    return Sheet(
        desk, f"/work/{voice.name}", voice.name, build, fields,
        {"proposal": proposal["id"], "office": desk.office["office"]}, about=frame.title,
        lede=desk.label(f"{voice.name}-lede"), quote=proposal["note"], frame=frame, teller=teller,
        named=await _named(desk, proposal), facts={"proposal": proposal, "lines": _lines(proposal, teller)},
    )  # fmt: skip


def _lines(proposal: Mapping[str, Any], teller: Any) -> list[dict[str, Any]]:
    """What a change of financing asks for, line by line."""
    lines = proposal["change"]["data"].get("lines", []) if proposal["kind"] == "financing.changed" else []
    return [
        {
            "op": line["op"],
            "cell": teller.cell(f"/financing/{line['measure']}/{line['year']}/{line['source']}"),
            "path": f"/financing/{line['measure']}/{line['year']}/{line['source']}",
            "amount": line.get("amount"),
        }
        for line in lines
    ]


async def plan_endorse(desk: Desk) -> Sheet:
    return await _plan_voice(desk, _VOICES["endorse"])


async def plan_refuse(desk: Desk) -> Sheet:
    return await _plan_voice(desk, _VOICES["refuse"])


async def plan_withdraw(desk: Desk) -> Sheet:
    return await _plan_voice(desk, _VOICES["withdraw"])


async def plan_enact(desk: Desk) -> Sheet:
    """The act is chosen of those registered; the text is the proposal's own."""
    proposal = await _proposal(desk)
    frame, teller = await tell(desk, proposal["programme"])
    acts = await desk.page.ask("/v1/acts", limit=500, known=desk.known)
    options = [
        (one["id"], f"{teller.name(one['id'])} {one.get('title') or ''}".strip()) for one in acts["items"]
    ]

    def build(read: Reader) -> list[Statement]:
        act: Payload = {"id": read.choice("act", [one for one, _ in options])}
        if point := read.text("point"):
            act["point"] = point
        payload = {
            "subject": proposal["subject"],
            "relations": {"enacts": {"proposal": proposal["id"]}},
            "act": act,
        }
        return [Statement(payload, [("/act", "act"), ("/act/point", "point")])]

    label = desk.label
    fields = [
        Field("act", label("act"), "choice", options=options, required=True),
        Field("point", label("point"), hint=label("point-hint")),
    ]
    return Sheet(
        desk, "/work/enact", "enact", build, fields,
        {"proposal": proposal["id"], "office": desk.office["office"]}, about=frame.title,
        lede=label("enact-lede"), quote=proposal["note"], frame=frame, teller=teller,
        named=await _named(desk, proposal),
        facts={"proposal": proposal, "lines": _lines(proposal, teller)},
    )  # fmt: skip


@router.get("/work/propose")
async def show_propose(request: Request, office: str, programme: str) -> Response:
    return await show(request, plan_propose)


@router.post("/work/propose")
async def take_propose(request: Request) -> Response:
    return await take(request, plan_propose)


@router.get("/work/endorse")
async def show_endorse(request: Request, office: str, proposal: str) -> Response:
    return await show(request, plan_endorse)


@router.post("/work/endorse")
async def take_endorse(request: Request) -> Response:
    return await take(request, plan_endorse)


@router.get("/work/refuse")
async def show_refuse(request: Request, office: str, proposal: str) -> Response:
    return await show(request, plan_refuse)


@router.post("/work/refuse")
async def take_refuse(request: Request) -> Response:
    return await take(request, plan_refuse)


@router.get("/work/withdraw")
async def show_withdraw(request: Request, office: str, proposal: str) -> Response:
    return await show(request, plan_withdraw)


@router.post("/work/withdraw")
async def take_withdraw(request: Request) -> Response:
    return await take(request, plan_withdraw)


@router.get("/work/enact")
async def show_enact(request: Request, office: str, proposal: str) -> Response:
    return await show(request, plan_enact)


@router.post("/work/enact")
async def take_enact(request: Request) -> Response:
    return await take(request, plan_enact)
