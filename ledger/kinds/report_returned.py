"""report.returned: a report goes back to its author, with the reason."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.report_accepted import check_report
from ledger.timeline import Write
from ledger.values import EventId, RequiredText, Strict


class ReportReturned(Strict):
    """note: what has to be mended; it may not be blank."""

    report: EventId
    note: RequiredText


def writes(data: ReportReturned, effective: str, slot: str) -> Iterator[Write]:
    yield Write(f"/reports/{data.report}", effective, "set", "returned", "/data/report")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ReportReturned | None = event.data
    if data is not None:
        check_report(view, data.report)
    yield from ()


KIND = Kind(
    "report.returned",
    schema=1,
    family="programme",
    data=ReportReturned,
    effective="required",
    writes=writes,
    decide=decide,
    title_uk="Повернено звіт",
    title_en="Report returned",
    uk="Повернено звіт {report}: {note}",
    en="Report {report} returned: {note}",
    example={"report": "01890a5d-ac96-774b-bcce-b302099a8057", "note": "Додайте підтвердні документи"},
)
