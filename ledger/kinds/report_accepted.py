"""report.accepted: the programme's head, or the commission, accepts a report."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.errors import Refusal
from ledger.event import Common
from ledger.governing import adopter_of
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.remedy import Instead, offices_that_may
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
        yield from _own_reports(view, event, data.report)


def _own_reports(view: View, event: Common, report: str) -> Iterator[Discrepancy]:
    """A person who signed the report as it stands accepts it: by another key or office no less."""
    authors = {signer.person for signer in view.programme.timeline.slots[report].signers}
    for place, signer in enumerate(event.signers):
        if signer.person in authors:
            details = {"person": signer.person, "report": report, "instead": _others(view, event, authors)}
            yield Discrepancy("own-report", f"/signers/{place}/person", details)


def _others(view: View, event: Common, authors: set[str]) -> Instead:
    """Who else could accept it."""
    owner = view.world.root.current(adopter_of(view.world, event), view.today)
    found = offices_that_may(view.world, KIND.name, owner, view.today)
    return [
        {"office": one["office"], "persons": [who for who in one["persons"] if who not in authors]}
        for one in found
    ]


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
