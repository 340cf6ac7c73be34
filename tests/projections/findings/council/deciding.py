"""How a council decides: a proposal, endorsements, an act, its publication, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ledger.kinds import KINDS
from tests.projections.findings.council.deeds import Deed, Line, Payload, Script, Told, later, weekday
from tests.projections.findings.council.hall import Stage
from tests.support.council import content_of
from tests.support.town import COUNCIL_STREAM

FAMILY = {
    "appropriation.set": "appropriation",
    "schedule.changed": "schedule",
    "financing.changed": "financing",
}
ENTERED = 7  # days from an act's date to its entry: registration lag, as usual


def act(
    script: Script,
    name: str,
    dated: str,
    entered: str,
    *,
    number: int,
    kind: str = "decision",
    session: str = "",
) -> None:
    """An act of the council, in force from its date, and published two days later."""
    data = {
        "act": f"{script.programme}-{name}",
        "kind": kind,
        "number": f"{number}",
        "date": dated,
        "title": "Про місцеву програму",
        "in_force": dated,
    } | ({"session": session} if session else {})
    status = {"act": data["act"], "status": "published", "date": later(dated, 2)}
    script.add(
        Deed(entered, f"act/{name}", "act.registered", data, subject=COUNCIL_STREAM),
        Deed(entered, f"published/{name}", "act.status_changed", status, subject=COUNCIL_STREAM),
    )


def decision(
    day: str,
    name: str,
    kind: str,
    rows: Iterable[tuple[Line, int, Decimal]],
    cited: Mapping[str, Any],
    *,
    op: str = "set",
) -> Deed:
    """Lines of money, each with its amount."""
    lines, family = list(rows), FAMILY[kind]

    def then(stage: Stage) -> None:
        for line, year, amount in lines:
            before = stage.held.get((family, line, year), Decimal())
            stage.held[family, line, year] = amount if op == "set" else before + amount

    data = {
        "lines": [line.axes(year) | {"op": op, "amount": f"{amount:.2f}"} for line, year, amount in lines]
    }
    return Deed(day, name, kind, data, members=dict(cited), then=then)


def added(
    day: str,
    name: str,
    kind: str,
    deltas: Mapping[tuple[Line, int], Decimal],
    cited: Mapping[str, Any],
    op: str,
) -> Deed:
    """As decision, by how much each line changes; the new amounts are known on the day."""

    def then(stage: Stage) -> None:
        for (line, year), delta in deltas.items():
            stage.held[FAMILY[kind], line, year] = _now(stage, FAMILY[kind], line, year) + delta

    return Deed(day, name, kind, _lines(FAMILY[kind], deltas, op), members=dict(cited), then=then)


def _lines(family: str, deltas: Mapping[tuple[Line, int], Decimal], op: str) -> Told:
    def data(stage: Stage) -> Payload:
        lines = []
        for (line, year), delta in deltas.items():
            amount = delta if op == "add" else _now(stage, family, line, year) + delta
            lines.append(line.axes(year) | {"op": op, "amount": f"{amount:.2f}"})
        return {"lines": lines}

    return data


def _now(stage: Stage, family: str, line: Line, year: int) -> Decimal:
    held = stage.held.get((family, line, year))
    if held is not None:
        return held
    return stage.script.plan.get((line, year), Decimal()) if family == "financing" else Decimal()


def amendment(
    script: Script,
    name: str,
    dated: str,
    deltas: Mapping[tuple[Line, int], Decimal],
    *,
    kind: str = "decision",
    session: str = "",
    op: str = "set",
    since: str = "",
    lag: int = ENTERED,
) -> None:
    """One act changes appropriation, schedule and need alike; the change of the need was proposed before."""
    entered = weekday(later(dated, lag))
    start = since or dated
    cited = {"act": f"{script.programme}-{name}", "effective": start}
    propose(script, name, dated, "financing.changed", _lines("financing", deltas, op), start)
    act(script, name, dated, entered, number=100 + len(script.deeds), kind=kind, session=session)
    script.add(
        added(entered, f"appropriation/{name}", "appropriation.set", deltas, cited, op),
        added(entered, f"schedule/{name}", "schedule.changed", deltas, cited, op),
        added(entered, f"enacted/{name}", "financing.changed", deltas, cited, op),
    )
    script.bend(f"enacted/{name}", data=lambda stage: stage.said[name], enacts=f"proposed/{name}")


def enactment(script: Script, name: str, dated: str, kind: str, data: Told, *, session: str = "") -> None:
    """What was proposed and endorsed is enacted word for word."""
    entered = weekday(later(dated, ENTERED))
    propose(script, name, dated, kind, data, dated)
    act(script, name, dated, entered, number=100 + len(script.deeds), session=session)
    cited = {"act": f"{script.programme}-{name}", "effective": dated}
    script.add(
        Deed(
            entered,
            f"enacted/{name}",
            kind,
            lambda stage: stage.said[name],
            enacts=f"proposed/{name}",
            members=cited,
        )
    )


def propose(script: Script, name: str, dated: str, kind: str, data: Told, effective: str) -> None:
    """The head proposes a change; the commission's chair and the mayor endorse it before the act."""

    def proposal(stage: Stage) -> Payload:
        stage.said[name] = said = (data(stage) if callable(data) else data) or {}
        change = {"kind": kind, "schema": KINDS[kind].schema, "effective": effective, "data": said}
        return {"change": change, "note": ""}

    script.add(
        Deed(weekday(later(dated, -9)), f"proposed/{name}", "change.proposed", proposal, "head"),
        Deed(weekday(later(dated, -6)), f"chair/{name}", "change.endorsed", agreed(name), "chair"),
        Deed(weekday(later(dated, -5)), f"mayor/{name}", "change.endorsed", agreed(name), "mayor"),
    )


def agreed(name: str, reason: str = "") -> Told:
    """What an endorsement says, and with a reason a refusal."""

    def data(stage: Stage) -> Payload:
        proposal = stage.slots[f"proposed/{name}"]
        content = content_of(stage.hall.town.recorded[proposal])
        return {"proposal": proposal, "content": content} | ({"reason": reason} if reason else {})

    return data


def suspend(script: Script, name: str, dated: str, *, after: int, **members: object) -> None:
    """The mayor suspends an act some days after it, and the council overrides it."""
    votes = {"for": 20, "against": 3, "abstained": 1, "of": 26}
    stopped, again = later(dated, after), later(dated, 14)
    said = {"act": f"{script.programme}-{name}"}
    suspended = said | {"status": "suspended", "date": stopped, "start": stopped, "by": "mayor"}
    resumed = said | {"status": "resumed", "date": again, "start": again, "by": "council", "votes": votes}
    script.add(
        Deed(
            later(dated, 9),
            f"suspended/{name}",
            "act.status_changed",
            suspended,
            subject=COUNCIL_STREAM,
            members=members,
        ),
        Deed(later(again, 1), f"resumed/{name}", "act.status_changed", resumed, subject=COUNCIL_STREAM),
    )
