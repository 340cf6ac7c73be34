"""A town with some history: what refusals and questions need to have happened before."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from ledger.ids import body_stream
from tests.support.people import (
    COUNCIL,
    FINANCE,
    FOREIGN,
    OFFICE_KINDS,
    SECRETARY,
    STRANGER,
    Official,
    key_of,
)
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    PROGRAMME,
    PROGRAMME_DATA,
    TestLedger,
    lines,
)

SECOND_ACT = "town-2-2025-02-01"
FOREIGN_ACT = "other-1-2025-01-10"
CLOSED_ID = "town-closed-2025"
CLOSED = f"programme:{CLOSED_ID}"
OTHER_PROGRAMME_ID = "town-second-2025"
OTHER_PROGRAMME = f"programme:{OTHER_PROGRAMME_ID}"

# Held an office until the end of August 2025 (the clock starts on the first of September).
FORMER = Official("p-former", "former-clerk", COUNCIL, key_of("former"), OFFICE_KINDS)
# The secretary also has an office of the finance department, which has not accepted her key.
DEPUTY = Official("p-secretary", "finance-deputy", FINANCE, SECRETARY.key, OFFICE_KINDS)
FOREIGN_STREAM = body_stream(FOREIGN)

ACTUAL = {"indicator": "i-1", "period": "2025-Q1", "accumulation": "period", "value": "3"}
TRANSFER = {
    "measure": "1.1",
    "year": 2025,
    "source": "local",
    "amount": "40.00",
    "payer": "місцевий бюджет",
    "recipient": "обласний бюджет",
}


def town_with_history(path: Path) -> TestLedger:
    """with_programme, and what `_tell` tells. Told once a run, then copied."""
    return TestLedger.copy_of(_model(), path)


@cache
def _model() -> TestLedger:
    folder = Path(tempfile.mkdtemp(prefix="pledger-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _tell(folder / "ledger") as town:
        return town


def _tell(path: Path) -> TestLedger:
    """with_programme, and: two more acts, two more programmes of which one is closed, a decision
    that was corrected, a report, a transfer, an ended mandate, and an office without a key."""
    town = TestLedger.with_programme(path)
    ids, submit = town.ids, town.submit
    ids["act"] = submit("act.registered", COUNCIL_STREAM, ACT_DATA | {"act": SECOND_ACT, "points": []}).event
    submit("act.registered", FOREIGN_STREAM, ACT_DATA | {"act": FOREIGN_ACT}, by=STRANGER)
    for programme in (CLOSED_ID, OTHER_PROGRAMME_ID):
        submit("programme.adopted", f"programme:{programme}", PROGRAMME_DATA | {"programme": programme})
    ids["closed"] = submit("programme.closed", CLOSED, {"outcome": "completed"}).event
    ids["financing"] = submit("financing.changed", PROGRAMME, lines("150.00")).event
    submit("financing.changed", PROGRAMME, lines("160.00"), corrects=ids["financing"])
    ids["actual"] = submit("actual.reported", PROGRAMME, ACTUAL).event
    ids["transfer"] = submit("transfer.made", PROGRAMME, TRANSFER).event
    ids["status"] = submit("act.status_changed", COUNCIL_STREAM, published(ACT)).event
    _add_people(town)
    return town


def _add_people(town: TestLedger) -> None:
    town.submit("person.registered", "root", {"person": FORMER.person, "name": "Колишній діловод"})
    for kind, subject, data in (*town.enrolment(FORMER), *town.enrolment(DEPUTY)[:2]):
        receipt = town.submit(kind, subject, data)
        town.ids[f"{kind} {data.get('office', data.get('person'))}"] = receipt.event
    ended = {"mandate": town.ids["mandate.granted former-clerk"], "end": "2025-09-01"}
    town.ids["ended"] = town.submit("mandate.ended", COUNCIL_STREAM, ended).event


def published(act: str) -> dict[str, str]:
    """A status that starts and stops nothing."""
    return {"act": act, "status": "published", "date": "2025-02-05"}
