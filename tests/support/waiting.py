"""A town in which things wait: policies that ask for endorsements and reports, and who is asked.

town = waiting_town(path)
set_policy(town, {"policy": "consent", "rules": [...]})
proposal = propose(town, "150.00")
endorse(town, proposal, CHAIR)
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.people import COMMISSION, COUNCIL, FINANCE, REPORT_KINDS, Official, key_of
from tests.support.town import COUNCIL_STREAM, PROGRAMME, ZONE, Payload, TestLedger, lines

VOICES = ("change.endorsed", "change.refused")
CHAIR = Official(
    "p-chair",
    "budget-chair",
    COMMISSION,
    key_of("inbox chair"),
    (*VOICES, "report.accepted", "report.returned", "observation.made"),
)
LAWYER = Official("p-lawyer", "council-lawyer", COUNCIL, key_of("inbox lawyer"), VOICES)
EXECUTOR = Official(
    "p-executor",
    "executor",
    FINANCE,
    key_of("inbox executor"),
    (*VOICES, *REPORT_KINDS, "observation.answered"),
)
# The executor is the lawyer's deputy too, with the key that the council accepted.
DEPUTY = Official(
    "p-executor", "deputy-lawyer", COUNCIL, key_of("inbox deputy"), (*VOICES, "observation.answered")
)
OFFICIALS = (CHAIR, LAWYER, EXECUTOR, DEPUTY)


def waiting_town(path: Path) -> TestLedger:
    """with_programme, and OFFICIALS with their keys; the clock stands on 1 September 2025."""
    return TestLedger.copy_of(_model(), path)


@cache
def _model() -> TestLedger:
    folder = Path(tempfile.mkdtemp(prefix="pledger-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with TestLedger.with_programme(folder / "ledger") as town:
        for person in dict.fromkeys(one.person for one in OFFICIALS):
            town.submit("person.registered", "root", {"person": person, "name": f"Особа {person}"})
        for official in OFFICIALS:
            for kind, subject, data in town.enrolment(official):
                receipt = town.submit(kind, subject, data)
                town.ids[f"{kind} {data.get('office', official.office)}"] = receipt.event
        return town


def local_day(town: TestLedger) -> str:
    """Today in the town."""
    return str(town.clock.now().astimezone(ZoneInfo(ZONE)).date())


def set_policy(town: TestLedger, said: Payload, *, subject: str = COUNCIL_STREAM, start: str = "") -> str:
    """State a policy from today on, or from a later day; its event."""
    day = start or local_day(town)
    data = {"policy": "p", "title": "Правило", "start": day} | said
    return town.submit("policy.set", subject, data).event


def asks(*offices: str, **members: Any) -> Payload:
    """A rule that asks these offices to endorse changes of the money; all of them, unless said otherwise."""
    asked = {"offices": list(offices), "needed": len(offices), "shortfall": "refuse"} | members
    return {"kinds": ["financing.changed"], "endorsements": asked}


def change(amount: str) -> Payload:
    return {"kind": "financing.changed", "schema": 1, "effective": "2025-03-01", "data": lines(amount)}


def propose(town: TestLedger, amount: str, **common: Any) -> str:
    data = {"change": change(amount), "note": f"збільшити до {amount}"}
    return town.submit("change.proposed", PROGRAMME, data, **common).event


def speak(town: TestLedger, proposal: str, by: Official, *, refuses: str = "") -> str:
    """Endorse a proposal, or refuse it for a reason."""
    content = town.programme().proposals[proposal].content
    more = {"reason": refuses} if refuses else {"note": ""}
    kind = "change.refused" if refuses else "change.endorsed"
    data = {"proposal": proposal, "content": content} | more
    return town.submit(kind, PROGRAMME, data, by=by).event


def enact(town: TestLedger, proposal: str, amount: str) -> str:
    relations = {"enacts": {"proposal": proposal}}
    said = change(amount)
    return town.submit(
        "financing.changed", PROGRAMME, said["data"], effective=said["effective"], relations=relations
    ).event


def actual(town: TestLedger, period: str, *, indicator: str = "i-1", value: str = "3", **common: Any) -> str:
    data = {"indicator": indicator, "period": period, "accumulation": "period", "value": value}
    return town.submit("actual.reported", PROGRAMME, data, by=common.pop("by", EXECUTOR), **common).event
