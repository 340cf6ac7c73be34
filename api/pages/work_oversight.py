"""Forms of review: accept or return a report, observe, answer, re-affirm, correct or take back an entry."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from fastapi import Request, Response

from api.pages.routing import page_router
from api.pages.telling import Teller
from api.pages.wording import entry_number, money, number, short_day
from api.pages.work_desk import Desk, Field, Payload, Sheet, Statement, tell
from api.pages.work_reading import Reader
from api.pages.work_steps import show, take

router = page_router()
OUTCOMES: Final = ("explained", "corrected", "rejected")
_MONEY: Final = frozenset(("amount", "stated_old"))
_TEXTS: Final = frozenset(("note", "text", "reason"))
_CORRECTED: Final = frozenset(
    ("actual.reported", "progress.reported", "spending.reported", "observation.made", "observation.answered",
     "report.accepted", "report.returned", "transfer.made", "transfer.returned", "appropriation.set",
     "financing.changed")
)  # fmt: skip


async def _event(desk: Desk, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = await desk.page.ask(f"/v1/events/{desk.get(name)}")
    return found


async def _about(desk: Desk, stream: str) -> tuple[Any, Teller | None, str]:
    """The frame, the words of a programme's cells, and its title; none of it for another stream."""
    family, _, name = stream.partition(":")
    if family != "programme":
        return None, None, ""
    frame, teller = await tell(desk, name)
    return frame, teller, frame.title


async def _plan_review(desk: Desk, name: str, kind: str, *, must: bool) -> Sheet:
    event = await _event(desk, "report")
    frame, teller, title = await _about(desk, event["stream"])

    def build(read: Reader) -> list[Statement]:
        data: Payload = {"report": event["slot"]}
        if note := read.text("note", required=must):
            data["note"] = note
        payload = {"kind": kind, "subject": event["stream"], "effective": read.day("effective"), "data": data}
        return [Statement(payload, [("/data/note", "note"), ("/data/report", "form")])]

    label = desk.label
    fields = [
        Field(
            "effective",
            label(f"{name}-day"),
            required=True,
            hint=label("day-hint"),
            value=short_day(desk.as_of),
        ),
        Field("note", label(f"{name}-note"), "area", required=must),
    ]
    return Sheet(
        desk, f"/work/{name}", name, build, fields,
        {"report": event["slot"], "office": desk.office["office"]}, about=title, lede=label(f"{name}-lede"),
        quote=_told(desk, teller, event), frame=frame, teller=teller, named=[event], facts={"event": event},
    )  # fmt: skip


def _said(desk: Desk, teller: Teller | None, event: Mapping[str, Any]) -> str:
    return f"{entry_number(event['index'])}. {_told(desk, teller, event)}"


def _told(desk: Desk, teller: Teller | None, event: Mapping[str, Any]) -> str:
    told: str = (
        teller.sentence(event["sentence"], [event], event["writes"])
        if teller
        else event["sentence"][desk.page.language]
    )
    return told


async def plan_accept(desk: Desk) -> Sheet:
    return await _plan_review(desk, "accept", "report.accepted", must=False)


async def plan_return(desk: Desk) -> Sheet:
    return await _plan_review(desk, "return", "report.returned", must=True)


async def plan_answer(desk: Desk) -> Sheet:
    found = await desk.page.ask(f"/v1/observations/{desk.get('observation')}")
    item = found["item"]
    frame, teller, title = await _about(desk, item["stream"])

    def build(read: Reader) -> list[Statement]:
        data = {
            "observation": item["id"],
            "text": read.text("text", required=True),
            "outcome": read.choice("outcome", OUTCOMES),
        }
        payload = {"kind": "observation.answered", "subject": item["stream"], "data": data}
        return [Statement(payload, [("/data/text", "text"), ("/data/outcome", "outcome")])]

    label = desk.label
    fields = [
        Field("outcome", label("outcome"), "choice", required=True,
              options=[(one, label(f"outcome-{one}")) for one in OUTCOMES]),
        Field("text", label("answer-text"), "area", required=True),
    ]  # fmt: skip
    return Sheet(
        desk, "/work/answer", "answer", build, fields,
        {"observation": item["id"], "office": desk.office["office"]}, about=title, lede=label("answer-lede"),
        quote=item["text"], files=True, frame=frame, teller=teller, named=[item], facts={"observation": item},
    )  # fmt: skip


async def plan_observe(desk: Desk) -> Sheet:
    """About a cell, an event or a finding, as the address names it, or as it is typed."""
    programme = desk.get("programme")
    frame, teller = await tell(desk, programme)
    offices = await desk.page.ask("/v1/offices", limit=500, known=desk.known)
    able = [(one["id"], one["name"]) for one in offices["items"] if "observation.answered" in one["kinds"]]
    about = next((name for name in ("event", "cell", "finding") if desk.get(name)), "cell")

    def build(read: Reader) -> list[Statement]:
        told: Payload = {
            name: read.text(name) for name in ("cell", "event", "finding") if read.posted.get(name)
        }
        if not told:
            read.wrong("cell", "required")
        as_of = read.day("as_of", required=False)
        if as_of:
            told["as_of"] = as_of
        data: Payload = {"about": told, "text": read.text("text", required=True)}
        if to := read.choice("to", [one for one, _ in able], required=False):
            data["to"] = to
        if due := read.day("due", required=False):
            data["due"] = due
        payload = {"kind": "observation.made", "subject": f"programme:{programme}", "data": data}
        places = [(f"/data/about/{name}", name) for name in ("cell", "event", "finding", "as_of")]
        return [Statement(payload, [*places, *((f"/data/{one}", one) for one in ("text", "to", "due"))])]

    label = desk.label
    fields = [
        Field(about, label(f"about-{about}"), required=True, hint=label(f"about-{about}-hint")),
        *([] if about == "event" else [Field("as_of", label("about-day"), hint=label("day-hint"))]),
        Field("text", label("observe-text"), "area", required=True),
        Field("to", label("observe-to"), "choice", options=able, hint=label("observe-to-hint")),
        Field("due", label("observe-due"), hint=label("day-hint")),
    ]
    return Sheet(
        desk, "/work/observe", "observe", build, fields,
        {"programme": programme, "office": desk.office["office"]}, about=frame.title,
        lede=label("observe-lede"), files=True, frame=frame, teller=teller,
    )  # fmt: skip


async def plan_reaffirm(desk: Desk) -> Sheet:
    event = await _event(desk, "event")
    frame, teller, title = await _about(desk, event["stream"])

    def build(read: Reader) -> list[Statement]:
        data = {"entries": [{"event": event["slot"]}]}
        return [Statement({"kind": "entry.reaffirmed", "subject": event["stream"], "data": data})]

    return Sheet(
        desk, "/work/reaffirm", "reaffirm", build, (),
        {"event": event["slot"], "office": desk.office["office"]}, about=title,
        lede=desk.label("reaffirm-lede"), quote=_said(desk, teller, event), frame=frame, teller=teller,
        named=[event], facts={"event": event},
    )  # fmt: skip


async def plan_correct(desk: Desk) -> Sheet:
    """What stands in force, each amount, number and text of it to be corrected; or the whole taken back."""
    asked = await _event(desk, "event")
    event = asked
    if asked["in_force"]["event"] != asked["event"]:
        event = await desk.page.ask(f"/v1/events/{asked['in_force']['event']}")
    frame, teller, title = await _about(desk, event["stream"])
    said = payload_of(event)
    leaves = correctable(said.get("data")) if event["kind"] in _CORRECTED else []

    def build(read: Reader) -> list[Statement]:
        payload: Payload = {
            name: said[name] for name in ("kind", "subject", "effective", "act", "files") if name in said
        }
        payload["relations"] = {**said.get("relations", {}), "corrects": {"event": asked["slot"]}}
        if not read.posted.get("reason"):
            read.wrong("reason", "correct-reason")
        if read.choice("how", ("mend", "void")) == "void":
            return [Statement({**payload, "data": None})]
        data = orjson.loads(orjson.dumps(said["data"]))
        changed = False
        places = []
        for place, (path, old) in enumerate(leaves):
            field = f"leaf-{place}"
            new = _read_leaf(read, field, path, old)
            changed = changed or new != old
            _put(data, path, new)
            places.append(("/data/" + "/".join(map(str, path)), field))
        if not changed and leaves and not read.errors:
            read.wrong("leaf-0", "unchanged")
        return [Statement({**payload, "data": data}, places)]

    label = desk.label
    ways = [("mend", label("how-mend"))] if leaves else []
    fields = [
        Field("how", label("how"), "choice", options=[*ways, ("void", label("how-void"))], required=True,
              value=ways[0][0] if ways else "", hint="" if leaves else label("how-only-void")),
        *(_leaf_field(desk, place, path, old) for place, (path, old) in enumerate(leaves)),
    ]  # fmt: skip
    return Sheet(
        desk, "/work/correct", "correct", build, fields,
        {"event": asked["slot"], "office": desk.office["office"]}, about=title, lede=label("correct-lede"),
        quote=_said(desk, teller, event), frame=frame, teller=teller, named=[asked, event],
        facts={"event": event},
    )  # fmt: skip


def payload_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The members that were signed."""
    text = event["envelope"]["payload"]
    found: dict[str, Any] = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


Path = tuple[str | int, ...]


def correctable(data: Any, path: Path = ()) -> list[tuple[Path, str]]:
    """Amounts, numbers, statuses and texts, in their order; not what names the cell or another entry."""
    if isinstance(data, Mapping):
        found = [leaf for name in data for leaf in correctable(data[name], (*path, name))]
        return [
            leaf for leaf in found if leaf[0][-1] in _MONEY | _TEXTS | {"value", "numerator", "denominator"}
        ]
    if isinstance(data, Sequence) and not isinstance(data, str):
        return [leaf for place, one in enumerate(data) for leaf in correctable(one, (*path, place))]
    return [(path, data)] if isinstance(data, str) else []


def _leaf_field(desk: Desk, place: int, path: Path, old: str) -> Field:
    name = str(path[-1])
    label = desk.label(f"leaf-{name}")
    at = next((one for one in path if isinstance(one, int)), None)
    shown = money(old) if name in _MONEY and old not in ("", "-") else old if name in _TEXTS else number(old)
    return Field(
        f"leaf-{place}", label if at is None else desk.label("leaf-line", n=at + 1, leaf=label),
        "area" if name in _TEXTS else "line", value=shown, decimal=name not in _TEXTS,
    )  # fmt: skip


def _read_leaf(read: Reader, field: str, path: Path, old: str) -> str | None:
    name = path[-1]
    if name in _TEXTS:
        return read.text(field)
    if old in ("Так", "Ні"):
        return read.yes_no(field)
    if name in _MONEY:
        typed = read.posted.get(field)
        return typed if typed in ("-",) and old == "-" else read.money(field)
    return read.number(field, places=6)


def _put(data: Any, path: Path, value: str | None) -> None:
    for name in path[:-1]:
        data = data[name]
    data[path[-1]] = value


@router.get("/work/accept")
async def show_accept(request: Request, office: str, report: str) -> Response:
    return await show(request, plan_accept)


@router.post("/work/accept")
async def take_accept(request: Request) -> Response:
    return await take(request, plan_accept)


@router.get("/work/return")
async def show_return(request: Request, office: str, report: str) -> Response:
    return await show(request, plan_return)


@router.post("/work/return")
async def take_return(request: Request) -> Response:
    return await take(request, plan_return)


@router.get("/work/answer")
async def show_answer(request: Request, office: str, observation: str) -> Response:
    return await show(request, plan_answer)


@router.post("/work/answer")
async def take_answer(request: Request) -> Response:
    return await take(request, plan_answer)


@router.get("/work/observe")
async def show_observe(
    request: Request, office: str, programme: str, cell: str = "", event: str = "", finding: str = "",
    as_of: str = "",
) -> Response:  # fmt: skip
    return await show(request, plan_observe)


@router.post("/work/observe")
async def take_observe(request: Request) -> Response:
    return await take(request, plan_observe)


@router.get("/work/reaffirm")
async def show_reaffirm(request: Request, office: str, event: str) -> Response:
    return await show(request, plan_reaffirm)


@router.post("/work/reaffirm")
async def take_reaffirm(request: Request) -> Response:
    return await take(request, plan_reaffirm)


@router.get("/work/correct")
async def show_correct(request: Request, office: str, event: str) -> Response:
    return await show(request, plan_correct)


@router.post("/work/correct")
async def take_correct(request: Request) -> Response:
    return await take(request, plan_correct)
