"""report.accepted: the programme's head, or the commission, accepts a report."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.timeline import Write
from ledger.values import EventId, Strict, Text

REPORTS = ("actual.reported", "progress.reported", "spending.reported")


class ReportAccepted(Strict):
    """report: the first event of the report's slot."""

    report: EventId
    note: Text = ""


def check_report(view: View, report: str) -> None:
    """Refuse an event that is no report of this programme, or one that was voided."""
    slot = view.programme.timeline.slots.get(report)
    if slot is None or slot.kind not in REPORTS or not slot.writes:
        raise Refusal("unknown-report", "/data/report", report)


def writes(data: ReportAccepted, effective: str, slot: str) -> Iterator[Write]:
    yield Write(f"/reports/{data.report}", effective, "set", "accepted", "/data/report")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: ReportAccepted | None = event.data
    if data is not None:
        check_report(view, data.report)
    yield from ()


KIND = Kind(
    "report.accepted",
    schema=1,
    family="programme",
    data=ReportAccepted,
    effective="required",
    writes=writes,
    decide=decide,
    title_uk="Прийнято звіт",
    title_en="Report accepted",
    uk="Прийнято звіт {report}",
    en="Report {report} accepted",
    example={"report": "01890a5d-ac96-774b-bcce-b302099a8057", "note": ""},
)
