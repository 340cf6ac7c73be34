"""What is refused about programmes, their money and their reports."""

from __future__ import annotations

from typing import Any

from ledger.envelope import Envelope
from tests.ledger.refusals.row import Make, Row, one
from tests.support.people import COUNCIL, FOREIGN
from tests.support.story import ACTUAL, CLOSED, TRANSFER
from tests.support.town import PROGRAMME, PROGRAMME_DATA, Payload, TestLedger, line, lines

NEVER = "01890a5d-ac96-774b-bcce-b302099a8057"
NEW = PROGRAMME_DATA | {"programme": "new"}
SPENDING: Payload = {
    "phase": "paid",
    "period": "2025-Q1",
    "accumulation": "period",
    "lines": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "25.00"}],
}
PLAN = {"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}
FLOW = {"id": "i-9", "name": "Показник", "kind": "flow", "unit": "одиниць"}


def adopt(*without: str, **change: Any) -> Make:
    data = {name: value for name, value in (NEW | change).items() if name not in without}
    return one("programme.adopted", "programme:new", data)


def adopt_again(town: TestLedger, **change: Any) -> list[Envelope]:
    """A correction of the adoption."""
    slot = next(event for event, one in town.recorded.items() if b'"kind":"programme.adopted"' in one.payload)
    data = {name: value for name, value in (PROGRAMME_DATA | change).items() if value is not None}
    return [town.envelope("programme.adopted", PROGRAMME, data, effective="2025-01-01", corrects=slot)]


def in_parts(*parts: tuple[int, int]) -> Make:
    """A batch of one adoption's parts."""

    def make(town: TestLedger) -> list[Envelope]:
        said: list[Payload] = []
        for number, of in parts:
            whole = NEW if number == 1 else {"programme": "new", "body": COUNCIL}
            said.append(whole | {"part": {"number": number, "of": of}})
        return [town.envelope("programme.adopted", "programme:new", data) for data in said]

    return make


def amend(**data: Any) -> Make:
    return one("programme.amended", PROGRAMME, data)


def money(kind: str = "financing.changed", **change: Any) -> Make:
    return one(kind, PROGRAMME, lines(line("1.00", **change)))


def report(kind: str, data: Payload) -> Make:
    return one(kind, PROGRAMME, data)


def spending(**change: Any) -> Make:
    return one("spending.reported", PROGRAMME, SPENDING | change)


def spent(**change: Any) -> Make:
    return spending(lines=[SPENDING["lines"][0] | change])


def node(number: str, parent: str | None = None) -> Payload:
    row = {"id": number, "level": "task", "title": "Завдання"}
    return row if parent is None else row | {"parent": parent}


ADOPTION = (
    Row(
        "a programme of another id than its subject",
        "not-the-subject",
        "/data/programme",
        adopt(programme="other"),
    ),
    *(
        Row(f"an adoption without {name}", "missing-field", f"/data/{name}", adopt(name))
        for name in ("title", "currency", "term")
    ),
    Row(
        "a corrected adoption without a body",
        "missing-field",
        "/data/body",
        lambda t: adopt_again(t, body=None),
    ),
    Row(
        "a corrected adoption by an unknown body",
        "unknown-body",
        "/data/body",
        lambda t: adopt_again(t, body="nowhere"),
    ),
    Row(
        "an adoption moved to another council",
        "correction-changes-id",
        "/data/body",
        lambda t: adopt_again(t, body=FOREIGN),
    ),
    Row(
        "an adoption corrected into a third part of two",
        "part-out-of-order",
        "/data/part/of",
        lambda t: adopt_again(t, part={"number": 3, "of": 2}),
    ),
    Row(
        "a programme adopted twice",
        "programme-exists",
        "/data/programme",
        one("programme.adopted", PROGRAMME, PROGRAMME_DATA),
    ),
    Row(
        "a term that ends before it begins",
        "ends-before-start",
        "/data/term/to",
        adopt(term={"from": 2026, "to": 2025}),
    ),
    Row("a second part without a first", "part-out-of-order", "/data/part", in_parts((2, 2))),
    Row(
        "a third part after the first",
        "part-out-of-order",
        "/envelopes/1/data/part",
        in_parts((1, 3), (3, 3)),
    ),
    Row("a first part alone", "part-missing", "/data/part", in_parts((1, 2))),
    Row("a batch without its last part", "part-missing", "/envelopes/0/data/part", in_parts((1, 3), (2, 3))),
    Row(
        "money for a measure that is not there",
        "unknown-measure",
        "/data/financing/0/measure",
        adopt(financing=[PLAN | {"measure": "9"}]),
    ),
    Row(
        "money from a source that is not there",
        "unknown-source",
        "/data/financing/0/source",
        adopt(financing=[PLAN | {"source": "moon"}]),
    ),
    Row(
        "money of a year after the term",
        "unknown-year",
        "/data/financing/0/year",
        adopt(financing=[PLAN | {"year": 2028}]),
    ),
    Row(
        "a target of a year after the term",
        "unknown-year",
        "/data/indicators/0/targets/2028",
        adopt(indicators=[FLOW | {"targets": {"2028": "1"}}]),
    ),
    Row(
        "an indicator of a measure that is not there",
        "unknown-measure",
        "/data/indicators/0/measure",
        adopt(indicators=[FLOW | {"measure": "9"}]),
    ),
    Row(
        "a row below one that is not there",
        "unknown-measure",
        "/data/tree/0/parent",
        adopt(tree=[node("2", "9")], indicators=[], financing=[]),
    ),
    Row(
        "a source below one that is not there",
        "unknown-source",
        "/data/sources/0/parent",
        adopt(sources=[{"id": "a", "name": "А", "parent": "b"}], financing=[]),
    ),
    Row(
        "a row below itself",
        "circular-parent",
        "/data/tree/0/parent",
        adopt(tree=[node("2", "2")], indicators=[], financing=[]),
    ),
    Row(
        "two sources below each other",
        "circular-parent",
        "/data/sources/0/parent",
        adopt(
            sources=[{"id": "a", "name": "А", "parent": "b"}, {"id": "b", "name": "Б", "parent": "a"}],
            financing=[],
        ),
    ),
    Row("an unknown printed total", "malformed", "/data/totals/sum", adopt(totals={"sum": "1.00"})),
)
AMENDMENT = (
    Row(
        "an amended term that ends before it begins",
        "ends-before-start",
        "/data/term/to",
        amend(term={"from": 2026, "to": 2025}),
    ),
    Row(
        "a plan row of a year after the term",
        "unknown-year",
        "/data/financing/0/year",
        amend(financing=[PLAN | {"year": 2028}]),
    ),
    Row(
        "a plan row outside the amended term",
        "unknown-year",
        "/data/financing/0/year",
        amend(term={"from": 2026, "to": 2027}, financing=[PLAN]),
    ),
    Row(
        "a removal of a cell that never was",
        "unknown-cell",
        "/data/removed/0",
        amend(removed=["/tree/9/title"]),
    ),
    Row(
        "a removal by a new edition of a cell that never was",
        "unknown-cell",
        "/data/restated/0/removals",
        amend(restated=[{"annex": "tree", "removals": ["/tree/9/title"]}]),
    ),
    Row(
        "a removal of a cell of another annex",
        "unknown-cell",
        "/data/restated/0/removals",
        amend(restated=[{"annex": "indicators", "removals": ["/tree/1.1/title"]}]),
    ),
    Row("a removal of what is no annex", "malformed", "/data/removed/0", amend(removed=["/title"])),
    Row(
        "a parent put below its child on the record",
        "circular-parent",
        "/data/tree/0/parent",
        amend(tree=[node("1", "1.1")]),
    ),
    Row(
        "a programme closed twice",
        "programme-closed-already",
        "/subject",
        one("programme.closed", CLOSED, {"outcome": "completed"}),
    ),
    Row(
        "an end that is neither",
        "unknown-value",
        "/data/outcome",
        one("programme.closed", PROGRAMME, {"outcome": "lost"}),
    ),
)
MONEY = (
    *(
        Row(
            f"{kind} of {member} {got!r}",
            f"unknown-{member}",
            f"/data/lines/0/{member}",
            money(kind, **{member: got}),
        )
        for kind in ("financing.changed", "appropriation.set")
        for member, got in (("measure", "9"), ("source", "moon"), ("year", 2028))
    ),
    Row(
        "an appropriation without an amount",
        "missing-field",
        "/data/lines/0/amount",
        one("appropriation.set", PROGRAMME, lines(line(None))),
    ),
    Row(
        "a transfer of nothing",
        "not-positive",
        "/data/amount",
        report("transfer.made", TRANSFER | {"amount": "0.00"}),
    ),
    Row(
        "a transfer below zero",
        "not-positive",
        "/data/amount",
        report("transfer.made", TRANSFER | {"amount": "-1.00"}),
    ),
    Row(
        "a transfer for a measure that is not there",
        "unknown-measure",
        "/data/measure",
        report("transfer.made", TRANSFER | {"measure": "9"}),
    ),
    Row(
        "a return of no transfer",
        "unknown-transfer",
        "/data/transfer",
        report("transfer.returned", PLAN | {"transfer": NEVER}),
    ),
    Row(
        "a return from another source than was sent",
        "unknown-transfer",
        "/data/transfer",
        lambda t: [
            t.envelope(
                "transfer.returned", PROGRAMME, PLAN | {"transfer": t.ids["transfer"], "source": "oblast"}
            )
        ],
    ),
    Row(
        "a return below zero",
        "not-positive",
        "/data/amount",
        lambda t: [
            t.envelope(
                "transfer.returned", PROGRAMME, PLAN | {"transfer": t.ids["transfer"], "amount": "-1.00"}
            )
        ],
    ),
    Row(
        "a return of a source that is not there",
        "unknown-source",
        "/data/source",
        report("transfer.returned", PLAN | {"transfer": NEVER, "source": "moon"}),
    ),
)
REPORTS = (
    Row(
        "an actual of no indicator",
        "unknown-indicator",
        "/data/indicator",
        report("actual.reported", ACTUAL | {"indicator": "i-9"}),
    ),
    Row(
        "an actual before the term",
        "unknown-period",
        "/data/period",
        report("actual.reported", ACTUAL | {"period": "2024-Q4"}),
    ),
    Row(
        "a yes for a number",
        "value-of-another-kind",
        "/data/value",
        report("actual.reported", ACTUAL | {"value": "Так"}),
    ),
    Row(
        "a number for a yes",
        "value-of-another-kind",
        "/data/value",
        report("actual.reported", ACTUAL | {"indicator": "i-2"}),
    ),
    Row(
        "a numerator alone",
        "missing-field",
        "/data/denominator",
        report("actual.reported", ACTUAL | {"numerator": "1"}),
    ),
    Row(
        "a denominator alone",
        "missing-field",
        "/data/numerator",
        report("actual.reported", ACTUAL | {"denominator": "1"}),
    ),
    Row(
        "a denominator of zero",
        "not-positive",
        "/data/denominator",
        report("actual.reported", ACTUAL | {"numerator": "1", "denominator": "0.00"}),
    ),
    Row(
        "progress of no measure",
        "unknown-measure",
        "/data/measure",
        report("progress.reported", {"measure": "9", "period": "2025-Q1", "status": "done"}),
    ),
    Row(
        "progress after the term",
        "unknown-period",
        "/data/period",
        report("progress.reported", {"measure": "1.1", "period": "2028", "status": "done"}),
    ),
    Row(
        "progress of a status of its own",
        "unknown-value",
        "/data/status",
        report("progress.reported", {"measure": "1.1", "period": "2025", "status": "nearly"}),
    ),
    Row("spending after the term", "unknown-period", "/data/period", spending(period="2028-Q1")),
    Row(
        "spending of a measure that is not there",
        "unknown-measure",
        "/data/lines/0/measure",
        spent(measure="9"),
    ),
    Row("spending of another year than its period's", "unknown-year", "/data/lines/0/year", spent(year=2026)),
    Row(
        "a report accepted that nobody made",
        "unknown-report",
        "/data/report",
        report("report.accepted", {"report": NEVER}),
    ),
    Row(
        "a decision accepted as a report",
        "unknown-report",
        "/data/report",
        lambda t: [t.envelope("report.accepted", PROGRAMME, {"report": t.ids["financing"]})],
    ),
    Row(
        "a report returned that nobody made",
        "unknown-report",
        "/data/report",
        report("report.returned", {"report": NEVER, "note": "Ні"}),
    ),
    Row(
        "a report returned without a word",
        "malformed",
        "/data/note",
        lambda t: [t.envelope("report.returned", PROGRAMME, {"report": t.ids["actual"], "note": ""})],
    ),
)
PROGRAMMES = (*ADOPTION, *AMENDMENT, *MONEY, *REPORTS)
