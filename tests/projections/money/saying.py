"""Short words for what a council says about money; every figure in these tests was added up by hand."""

from __future__ import annotations

from typing import Any

from tests.projections.adopted import Adopted

Row = dict[str, Any]

LINE: Row = {"measure": "3.3.2", "year": 2025, "source": "local"}
TREASURY: Row = {"kpkvk": "0217520", "kekv": "2210", "fund": "general"}
TREASURY_LINE = "0217520.2210.general._"


def line(amount: str | None, op: str = "set", **axes: Any) -> Row:
    """One line of a money decision; LINE unless other axes are named."""
    said = LINE | {"op": op} | axes
    return said if amount is None else said | {"amount": amount}


def decide(
    adopted: Adopted, act: str, date: str, *lines: Row, kind: str = "financing.changed", since: str = ""
) -> str:
    """An act in force from its date, and its one money decision; returns the event."""
    adopted.pass_act(act, date, number=act.rpartition("-")[2])
    return adopted.say(kind, {"lines": list(lines)}, act=act, effective=since or date).event


def grant(adopted: Adopted, act: str, date: str, *lines: Row, since: str = "") -> str:
    return decide(adopted, act, date, *lines, kind="appropriation.set", since=since)


def schedule(adopted: Adopted, date: str, *lines: Row) -> str:
    return adopted.say("schedule.changed", {"lines": list(lines)}, effective=date).event


def extract(adopted: Adopted, day: str, *lines: Row, year: int = 2025, **common: Any) -> str:
    data = {"year": year, "day": day, "lines": [TREASURY | one for one in lines]}
    return adopted.say("treasury.imported", data, **common).event


def allocate(adopted: Adopted, *lines: Row, since: str = "2025-01-01") -> str:
    """LINE, or another line of the programme, with the treasury line that pays for it, or TREASURY."""
    said = [LINE | TREASURY | {"op": "set"} | one for one in lines]
    return adopted.say("allocation.mapped", {"lines": said}, effective=since).event


def spend(adopted: Adopted, phase: str, period: str, amount: str, mode: str = "ytd", **axes: Any) -> str:
    data = {
        "phase": phase,
        "period": period,
        "accumulation": mode,
        "lines": [LINE | axes | {"amount": amount}],
    }
    return adopted.say("spending.reported", data).event


def transfer(adopted: Adopted, amount: str, day: str, **axes: Any) -> str:
    data = LINE | axes | {"amount": amount, "payer": "місцевий бюджет", "recipient": "обласний бюджет"}
    return adopted.say("transfer.made", data, effective=day).event
